"""Chats as they are kept: rows beside those of Dataverse, in the same file."""

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.sandbox.dataverse.writes.coerce import instant
from bot.sandbox.storage.rows import Draft, Rows
from bot.sandbox.teams.channels import TEAM_MEMBERS, find_channel
from bot.sandbox.teams.people import DIRECTORY, SampleUser
from bot.sandbox.values import Row, Value

CHATS, MEMBERS, INSTALLED, MESSAGES = "teams_chat", "teams_member", "teams_installation", "teams_message"
TENANT_ID = "00000000-0000-4000-9000-0000000007e0"
MEMBERS_AT_MOST = 250
MESSAGES_KEPT = 200
"""Of each chat, the newest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A conversation as the bot hears of it."""

    id: str
    kind: str
    service_url: str
    bot_id: str
    bot_name: str
    tenant_id: str = TENANT_ID


def find_chat(rows: Rows, chat: str) -> Row | None:
    """The chat."""
    return rows.get(CHATS, chat)


def members_of(rows: Rows, chat: str) -> Sequence[Row]:
    """Who is in the chat."""
    return rows.where(MEMBERS, chat=chat)


def member(rows: Rows, chat: str, user_id: str) -> Row | None:
    """The person's membership, if they are in the chat."""
    return rows.get(MEMBERS, membership_id(chat, user_id))


def people_in(rows: Rows, conversation: str) -> Sequence[SampleUser]:
    """The people of a chat or of a channel's team, as far as the directory has them."""
    ids = TEAM_MEMBERS if find_channel(conversation) else [row.text("userId") for row in members_of(rows, conversation)]
    return [DIRECTORY[each] for each in ids if each in DIRECTORY]


def has_app(rows: Rows, place: str) -> bool:
    """Whether the bot's app is installed in the chat or team."""
    return rows.get(INSTALLED, place) is not None


def messages_of(rows: Rows, conversation: str) -> Sequence[Row]:
    """What was posted into the conversation, the newest first."""
    return sorted(rows.where(MESSAGES, chat=conversation), key=lambda row: row.number("number") or 0, reverse=True)


def membership_id(chat: str, user_id: str) -> str:
    """The id of a membership: opaque, as Graph's."""
    return base64.b64encode(f"MCMjMSMj{chat}##{user_id}".encode()).decode()


def put_chat(draft: Draft, place: Place, topic: str | None, at: datetime) -> Row:
    """Keeps a chat."""
    return draft.put(
        CHATS,
        place.id,
        {
            "chatType": place.kind,
            "topic": topic,
            "tenantId": place.tenant_id,
            "serviceUrl": place.service_url,
            "botId": place.bot_id,
            "botName": place.bot_name,
            "createdDateTime": instant(at),
            "lastUpdatedDateTime": instant(at),
        },
    )


def put_member(draft: Draft, chat: str, user: SampleUser, *, account: str, since: str | None) -> Row:
    """Puts a person into a chat; `account` is how the connector names them there."""
    values: Mapping[str, Value] = {
        "chat": chat,
        "userId": user.id,
        "account": account,
        "role": "owner",
        "visibleHistoryStartDateTime": since,
    }
    return draft.put(MEMBERS, membership_id(chat, user.id), values)


def put_message(draft: Draft, conversation: str, *, summary: str, card: str, at: datetime) -> int:
    """Keeps what was posted, and gives its number; what is very old goes."""
    there = messages_of(draft.rows, conversation)
    number = (there[0].number("number") or 0) + 1 if there else 1
    values: Mapping[str, Value] = {
        "chat": conversation,
        "number": number,
        "summary": summary,
        "card": card,
        "at": instant(at),
    }
    draft.put(MESSAGES, f"{conversation}/{number}", values)
    for old in there[MESSAGES_KEPT - 1 :]:
        draft.remove(old)
    return number
