"""The Bot Connector for the sandbox's chats, which the bot posts to ("Bot Connector API reference")."""

from http import HTTPStatus

import orjson
from aiohttp import web

from bot.sandbox.refusals import ServiceError
from bot.sandbox.teams.channels import TEAM_ID, find_channel
from bot.sandbox.teams.chats import find_chat, has_app, people_in
from bot.sandbox.teams.people import SampleUser, find_user
from bot.sandbox.teams.sample_organization import TEAMS, SampleOrganization
from bot.sandbox.values import Json

MAX_MESSAGE_BYTES = 100_000
"""Message size limit ("Message size limits")."""


class ConnectorError(ServiceError):
    """A Bot Connector error with its HTTP status and error code."""

    def __init__(self, status: HTTPStatus, code: str) -> None:
        super().__init__(status, code, f"{code} happened.")


async def connector(request: web.Request) -> web.Response:
    """Handle a request to the Bot Connector. Raise `ConnectorError` if it is rejected."""
    teams = request.app[TEAMS]
    match request.method, request.match_info["path"].split("/"):
        case "POST", ["conversations", conversation, "activities", *reply] if len(reply) <= 1:
            return await _post(request, teams, conversation)
        case "PUT", ["conversations", conversation, "activities", activity]:
            return await _edit(request, teams, conversation, activity)
        case "GET", ["conversations", conversation, "members"]:
            return web.json_response([_account(user) for user in _members(teams, conversation)])
        case "GET", ["conversations", conversation, "pagedmembers"]:
            return web.json_response({"members": [_account(user) for user in _members(teams, conversation)]})
        case "GET", ["conversations", conversation, "members", user_id]:
            members, user = _members(teams, conversation), find_user(user_id)
            if user not in members:
                raise ConnectorError(HTTPStatus.NOT_FOUND, "MemberNotFoundInConversation")
            return web.json_response(_account(user))
    raise ConnectorError(HTTPStatus.NOT_IMPLEMENTED, "NotImplemented")


async def _post(request: web.Request, teams: SampleOrganization, conversation: str) -> web.Response:
    _require_bot(teams, conversation)
    number = await teams.post(conversation, *await _content(request))
    return web.json_response({"id": f"1:{number}"}, status=HTTPStatus.CREATED)


async def _edit(request: web.Request, teams: SampleOrganization, conversation: str, activity: str) -> web.Response:
    _require_bot(teams, conversation)
    if not await teams.edit(conversation, activity.removeprefix("1:"), *await _content(request)):
        raise ConnectorError(HTTPStatus.NOT_FOUND, "ActivityNotFoundInConversation")
    return web.json_response({"id": activity})


async def _content(request: web.Request) -> tuple[str, str]:
    """Return the summary and the card of the activity in the request."""
    content = await request.read()
    if len(content) > MAX_MESSAGE_BYTES:
        raise ConnectorError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "MessageSizeTooBig")
    try:
        activity = orjson.loads(content)
    except orjson.JSONDecodeError:
        activity = None
    if not isinstance(activity, dict) or activity.get("type") != "message":
        raise ConnectorError(HTTPStatus.BAD_REQUEST, "BadArgument")
    return str(activity.get("summary") or activity.get("text") or ""), _card(activity)


def _card(activity: dict[str, Json]) -> str:
    """Return the activity's first card as JSON, or an empty string."""
    attachments = activity.get("attachments")
    first = attachments[0] if isinstance(attachments, list) and attachments else None
    return orjson.dumps(first["content"]).decode() if isinstance(first, dict) and "content" in first else ""


def _members(teams: SampleOrganization, conversation: str) -> list[SampleUser]:
    _require_bot(teams, conversation)
    return list(people_in(teams.rows, conversation))


def _require_bot(teams: SampleOrganization, conversation: str) -> None:
    """Raise `ConnectorError` if the conversation does not exist or the bot is not in it."""
    channel = find_channel(conversation)
    if channel is None and find_chat(teams.rows, conversation) is None:
        raise ConnectorError(HTTPStatus.NOT_FOUND, "ConversationNotFound")
    if not has_app(teams.rows, TEAM_ID if channel else conversation):
        raise ConnectorError(HTTPStatus.FORBIDDEN, "BotNotInConversationRoster")


def _account(user: SampleUser) -> dict[str, Json]:
    given_name, _, surname = user.name.partition(" ")
    return {
        "id": user.account,
        "name": user.name,
        "givenName": given_name,
        "surname": surname,
        "email": user.mail,
        "userPrincipalName": user.address,
        "userRole": "guest" if user.guest else "user",
        "aadObjectId": user.id,
    }
