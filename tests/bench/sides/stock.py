"""Stock botbuilder: `CloudAdapter`, or `BotFrameworkAdapter`, under a `TeamsActivityHandler`.

It is given what it needs to take part: a fixed outgoing token in place of a token call for each message, and the repair
of link answers, which the shipped adapter serializes twice and then answers with an error.
"""

import asyncio
import os
import sys
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qs, urlsplit

from aiohttp import web
from botbuilder.core import (
    BotFrameworkAdapter,
    BotFrameworkAdapterSettings,
    CardFactory,
    MessageFactory,
    TurnContext,
    serializer_helper,
)
from botbuilder.core.teams import TeamsActivityHandler
from botbuilder.integration.aiohttp import CloudAdapter, ConfigurationBotFrameworkAuthentication, cloud_adapter
from botbuilder.schema import Activity, Attachment, ChannelAccount, ConversationAccount, ConversationReference
from botbuilder.schema.teams import (
    AppBasedLinkQuery,
    MessagingExtensionAttachment,
    MessagingExtensionResponse,
    MessagingExtensionResult,
)
from botframework.connector.auth import MicrosoftAppCredentials, PasswordServiceClientCredentialFactory

from tests.bench.samples import BOT, LINKS, card_activity, chat_id, help_card, link_answer, record_name, row_id
from tests.bench.sides.place import TOKEN, Place, place
from tests.fakes.sign_in import APP_ID, ISSUER, TENANT

_shipped = serializer_helper


def _repaired(value: Any) -> Any:
    """Answer without the bug of the shipped function, which fails on serialized answers."""
    return value if isinstance(value, dict) else _shipped(value)


class _FixedToken(MicrosoftAppCredentials):
    def get_access_token(self, force_refresh: bool = False) -> str:
        return TOKEN


class _FixedTokens(PasswordServiceClientCredentialFactory):
    async def create_credentials(
        self, app_id: str, oauth_scope: str, login_endpoint: str, validate_authority: bool
    ) -> MicrosoftAppCredentials:
        return _FixedToken(app_id, "x", TENANT, oauth_scope)


class StockBot(TeamsActivityHandler):
    """Answers link queries and messages as the product does."""

    def __init__(self) -> None:
        super().__init__()
        self._titles = {row_id(number): record_name(number) for number in range(LINKS)}
        self._help = help_card()

    async def on_message_activity(self, turn_context: TurnContext) -> None:
        await turn_context.send_activity(MessageFactory.attachment(CardFactory.adaptive_card(self._help)))

    async def on_teams_app_based_link_query(
        self, turn_context: TurnContext, query: AppBasedLinkQuery
    ) -> MessagingExtensionResponse:
        (row,) = parse_qs(urlsplit(query.url).query)["id"]
        made = link_answer(query.url, self._titles[row], "CAS-01001")["composeExtension"]["attachments"][0]
        preview = Attachment(content_type=made["preview"]["contentType"], content=made["preview"]["content"])
        shown = MessagingExtensionAttachment(content_type=made["contentType"], content=made["content"], preview=preview)
        result = MessagingExtensionResult(type="result", attachment_layout="list", attachments=[shown])
        return MessagingExtensionResponse(compose_extension=result)


def cloud(where: Place) -> CloudAdapter:
    """Return the adapter that Microsoft recommends for new bots."""
    vars(cloud_adapter)["serializer_helper"] = _repaired
    metadata = f"{where.tls_url}/openid"
    configuration = SimpleNamespace(
        TO_CHANNEL_FROM_BOT_LOGIN_URL=f"{where.tls_url}/{TENANT}",
        TO_CHANNEL_FROM_BOT_OAUTH_SCOPE=ISSUER,
        TO_BOT_FROM_CHANNEL_TOKEN_ISSUER=ISSUER,
        OAUTH_URL=where.tls_url,
        VALIDATE_AUTHORITY=False,
        TO_BOT_FROM_CHANNEL_OPENID_METADATA_URL=metadata,
        TO_BOT_FROM_EMULATOR_OPENID_METADATA_URL=metadata,
    )
    tokens = _FixedTokens(APP_ID, "x")
    return CloudAdapter(ConfigurationBotFrameworkAuthentication(configuration, credentials_factory=tokens))


def older(where: Place) -> BotFrameworkAdapter:
    """Return the earlier adapter."""
    credentials = _FixedToken(APP_ID, "x")
    metadata = f"{where.tls_url}/openid"
    return BotFrameworkAdapter(
        BotFrameworkAdapterSettings(APP_ID, "x", app_credentials=credentials, open_id_metadata=metadata)
    )


async def post(adapter: CloudAdapter, where: Place, number: int) -> None:
    """Post one proactive card into a chat, as Microsoft's samples do."""
    conversation = ConversationAccount(id=chat_id(number), is_group=True, tenant_id=TENANT)
    reference = ConversationReference(
        service_url=f"{where.tls_url}/", channel_id="msteams", bot=ChannelAccount(**BOT), conversation=conversation
    )
    content = card_activity(number)["attachments"][0]["content"]

    async def say(turn_context: TurnContext) -> None:
        await turn_context.send_activity(MessageFactory.attachment(CardFactory.adaptive_card(content)))

    await adapter.continue_conversation(reference, say, APP_ID)


async def fan_out(adapter: CloudAdapter, where: Place, count: int) -> None:
    """Post cards into this many chats, fifty at a time."""
    places = asyncio.Semaphore(50)

    async def one(number: int) -> None:
        async with places:
            await post(adapter, where, number)

    await asyncio.gather(*(one(number) for number in range(count)))


def _application(where: Place, kind: str) -> web.Application:
    bot, adapter = StockBot(), cloud(where)
    before, fans = older(where), set[asyncio.Task[None]]()

    async def messages(request: web.Request) -> web.StreamResponse:
        if kind == "cloud":
            return await adapter.process(request, bot) or web.Response(status=500)
        activity = Activity().deserialize(await request.json())
        answer = await before.process_activity(activity, request.headers.get("Authorization", ""), bot.on_turn)
        return web.json_response(answer.body, status=answer.status) if answer else web.Response(status=201)

    async def fan(request: web.Request) -> web.Response:
        fans.add(asyncio.create_task(fan_out(adapter, where, int(request.query["count"]))))
        return web.Response()

    async def alive(_request: web.Request) -> web.Response:
        return web.Response()

    app = web.Application()
    app.router.add_get("/healthz", alive)
    app.router.add_post("/_fan", fan)
    app.router.add_post("/api/messages", messages)
    return app


def main() -> None:
    """Serve until terminated, with the adapter `cloud` or `older`."""
    where = place()
    os.environ["REQUESTS_CA_BUNDLE"] = where.certificate
    web.run_app(
        _application(where, sys.argv[1]), host="127.0.0.1", port=where.port, access_log=None, print=lambda _: None
    )


if __name__ == "__main__":
    main()
