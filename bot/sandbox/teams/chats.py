"""Chats, members, app installations, and messages, stored as rows in the same file as Dataverse's rows."""

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.sandbox.dataverse.writes.coerce import instant
from bot.sandbox.storage.rows import Rows, Transaction
from bot.sandbox.teams.channels import TEAM_MEMBERS, find_channel
from bot.sandbox.teams.people import DIRECTORY, SampleUser
from bot.sandbox.values import Row, Value

CHATS, MEMBERS, INSTALLED, MESSAGES = "teams_chat", "teams_member", "teams_installation", "teams_message"
TENANT_ID = "00000000-0000-4000-9000-0000000007e0"
MAX_MEMBERS = 250
MAX_MESSAGES = 200
"""Number of newest messages that are stored per chat."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversation:
    """A conversation and its bot, as activities describe them."""

    id: str
    kind: str
    service_url: str
    bot_id: str
    bot_name: str
    tenant_id: str = TENANT_ID


def find_chat(rows: Rows, chat: str) -> Row | None:
    """Return the chat, or None."""
    return rows.get(CHATS, chat)


def members_of(rows: Rows, chat: str) -> Sequence[Row]:
    """Return the memberships of the chat."""
    return rows.where(MEMBERS, chat=chat)


def find_member(rows: Rows, chat: str, user_id: str) -> Row | None:
    """Return the person's membership in the chat, or None."""
    return rows.get(MEMBERS, membership_id(chat, user_id))


def people_in(rows: Rows, conversation_id: str) -> Sequence[SampleUser]:
    """Return the directory's users who are members of the chat or of the channel's team."""
    ids = (
        TEAM_MEMBERS
        if find_channel(conversation_id)
        else [row.text("userId") for row in members_of(rows, conversation_id)]
    )
    return [DIRECTORY[each] for each in ids if each in DIRECTORY]


def has_app(rows: Rows, conversation_id: str) -> bool:
    """Return True if the bot's app is installed in the chat or team."""
    return rows.get(INSTALLED, conversation_id) is not None


def messages_of(rows: Rows, conversation_id: str) -> Sequence[Row]:
    """Return the messages in the conversation, newest first."""
    return sorted(rows.where(MESSAGES, chat=conversation_id), key=lambda row: row.number("number") or 0, reverse=True)


def membership_id(chat: str, user_id: str) -> str:
    """Return the opaque ID of a membership."""
    return base64.b64encode(f"MCMjMSMj{chat}##{user_id}".encode()).decode()


def put_chat(transaction: Transaction, conversation: Conversation, topic: str | None, at: datetime) -> Row:
    """Create a chat."""
    return transaction.put(
        CHATS,
        conversation.id,
        {
            "chatType": conversation.kind,
            "topic": topic,
            "tenantId": conversation.tenant_id,
            "serviceUrl": conversation.service_url,
            "botId": conversation.bot_id,
            "botName": conversation.bot_name,
            "createdDateTime": instant(at),
            "lastUpdatedDateTime": instant(at),
        },
    )


def put_member(transaction: Transaction, chat: str, user: SampleUser, *, account: str, since: str | None) -> Row:
    """Add a person to a chat. `account` is the person's ID in the Bot Connector."""
    values: Mapping[str, Value] = {
        "chat": chat,
        "userId": user.id,
        "account": account,
        "role": "guest" if user.guest else "owner",
        "visibleHistoryStartDateTime": since,
    }
    return transaction.put(MEMBERS, membership_id(chat, user.id), values)


def put_message(transaction: Transaction, conversation_id: str, *, summary: str, card: str, at: datetime) -> int:
    """Store a message and return its number. The oldest messages beyond the limit are deleted."""
    existing = messages_of(transaction.rows, conversation_id)
    number = (existing[0].number("number") or 0) + 1 if existing else 1
    values: Mapping[str, Value] = {
        "chat": conversation_id,
        "number": number,
        "summary": summary,
        "card": card,
        "at": instant(at),
    }
    transaction.put(MESSAGES, f"{conversation_id}/{number}", values)
    for old in existing[MAX_MESSAGES - 1 :]:
        transaction.remove(old)
    return number
