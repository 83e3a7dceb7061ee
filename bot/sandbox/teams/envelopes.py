"""Activities in the format of Teams ("Activity schema"): the parts that all activities of a conversation share."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from html import escape

from bot.sandbox.teams.channels import CHANNELS, TEAM_ID
from bot.sandbox.teams.chats import Conversation
from bot.sandbox.teams.people import SampleUser
from bot.sandbox.values import Json

CONVERSATION_TYPES = {"group": "groupChat", "channel": "channel", "oneOnOne": "personal"}
"""Type of a conversation in activities, by its type in Graph."""
ADAPTIVE = "application/vnd.microsoft.card.adaptive"
_DEFAULT_LANGUAGE = "en-US"


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """The client of a person, as its activities describe it."""

    time_zone: str = ""
    """IANA name, or empty if it is not known."""
    language: str = ""
    """BCP 47 tag, or empty for the default."""

    @property
    def locale(self) -> str:
        """The language that activities name."""
        return self.language or _DEFAULT_LANGUAGE


NO_CLIENT = Client()


def envelope(
    conversation: Conversation, *, sender: SampleUser | None = None, root: int | None = None
) -> dict[str, Json]:
    """Return the shared parts. `root`: number of the channel post whose thread the activity belongs to."""
    now = datetime.now(UTC)
    thread = f"{conversation.id};messageid={message_id(root)}" if root is not None else conversation.id
    is_personal = conversation.kind == "oneOnOne"
    return {
        "id": f"f:{int(now.timestamp() * 1000)}",
        "timestamp": now.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "channelId": "msteams",
        "serviceUrl": conversation.service_url,
        "from": _account(sender) if sender else {"id": "29:sandbox"},
        "recipient": bot_account(conversation),
        "conversation": {
            "id": thread,
            "conversationType": CONVERSATION_TYPES[conversation.kind],
            "tenantId": conversation.tenant_id,
            **({} if is_personal else {"isGroup": True}),
        },
        "locale": _DEFAULT_LANGUAGE,
        "channelData": _channel_data(conversation),
    }


def client_info(client: Client) -> list[Json]:
    """Return the entity about the client, which Teams adds to what a person does; none for an unknown client."""
    if client == NO_CLIENT:
        return []
    return [{"type": "clientInfo", "locale": client.locale, "platform": "Web", "timezone": client.time_zone}]


def bot_account(conversation: Conversation) -> dict[str, Json]:
    """Return the bot as activities name it."""
    return {"id": conversation.bot_id, "name": conversation.bot_name}


def message_id(number: int) -> str:
    """Return the ID of a message in the Bot Connector."""
    return f"1:{number}"


def message_number(text: str) -> int | None:
    """Return the number of the message with this ID, or None if no message can have it."""
    digits = text.removeprefix("1:")
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < len("1000000000") else None


def with_mention(text: str, bot: Mapping[str, Json]) -> tuple[dict[str, Json], list[Json]]:
    """Return a message's text as Teams sends it: escaped, and with tags for mentions of the bot; and their entity."""
    name, tag = escape(f"@{bot['name']}", quote=False), f"<at>{escape(str(bot['name']), quote=False)}</at>"
    marked = escape(text, quote=False).replace(name, tag)
    mention: Json = {"type": "mention", "mentioned": bot, "text": tag}
    attachment: Json = {"contentType": "text/html", "content": f"<p>{marked}</p>"}
    message: dict[str, Json] = {"text": marked, "textFormat": "plain", "attachments": [attachment]}
    return message, [mention] if tag in marked else []


def _account(user: SampleUser) -> dict[str, Json]:
    return {"id": user.account, "name": user.name, "aadObjectId": user.id}


def _channel_data(conversation: Conversation) -> dict[str, Json]:
    tenant: dict[str, Json] = {"tenant": {"id": conversation.tenant_id}}
    if conversation.kind != "channel":
        return tenant
    # The team has the ID of its first channel.
    team = {"id": CHANNELS[0].id, "aadGroupId": TEAM_ID}
    return {**tenant, "team": team, "channel": {"id": conversation.id}}
