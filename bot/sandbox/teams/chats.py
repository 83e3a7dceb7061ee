"""Chats, members, app installations, and messages, stored as rows in the same file as Dataverse's rows."""

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.sandbox.dataverse.odata.columns import parse_instant
from bot.sandbox.dataverse.writes.coerce import instant
from bot.sandbox.storage.rows import Rows, Transaction
from bot.sandbox.teams.channels import TEAM_MEMBERS, find_channel
from bot.sandbox.teams.people import DIRECTORY, SampleUser
from bot.sandbox.values import Row, Value

CHATS, MEMBERS, INSTALLED, MESSAGES = "teams_chat", "teams_member", "teams_installation", "teams_message"
TENANT_ID = "00000000-0000-4000-9000-0000000007e0"
MAX_MEMBERS = 250
MAX_TOPIC_LENGTH = 250
MAX_MESSAGES = 200
"""Number of newest messages that are stored per chat."""
TARGETED_LIFETIME = timedelta(hours=24)
"""Time that clients show a targeted message ("Targeted messages")."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversation:
    """A conversation and its bot, as activities describe them."""

    id: str
    kind: str
    service_url: str
    bot_id: str
    bot_name: str
    tenant_id: str = TENANT_ID


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """The content of a message. Without an author, the bot posted it."""

    summary: str = ""
    """Text of the activity feed."""
    text: str = ""
    card: str = ""
    """Adaptive Card as JSON, or empty."""
    author: str = ""
    """Entra object ID of the person who wrote the message, or empty."""
    reply_to: int | None = None
    """Number of the message that this one replies to."""
    addressee: str = ""
    """Entra object ID of the only person who sees the message (a targeted message), or empty."""

    @property
    def values(self) -> Mapping[str, Value]:
        """Columns of the message's row."""
        return {
            "summary": self.summary,
            "text": self.text,
            "card": self.card,
            "author": self.author,
            "replyTo": self.reply_to,
            "addressee": self.addressee,
        }


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
        if find_channel(rows, conversation_id)
        else [row.text("userId") for row in members_of(rows, conversation_id)]
    )
    return [DIRECTORY[each] for each in ids if each in DIRECTORY]


def has_app(rows: Rows, conversation_id: str) -> bool:
    """Return True if the bot's app is installed in the chat or team."""
    return rows.get(INSTALLED, conversation_id) is not None


def find_message(rows: Rows, conversation_id: str, number: int) -> Row | None:
    """Return the message with this number, or None."""
    return rows.get(MESSAGES, f"{conversation_id}/{number}")


def is_topic(text: str) -> bool:
    """Return True if Teams accepts the text as the name of a chat."""
    return bool(text.strip()) and ":" not in text and len(text) <= MAX_TOPIC_LENGTH


def messages_of(rows: Rows, conversation_id: str) -> Sequence[Row]:
    """Return the messages in the conversation, newest first."""
    return sorted(rows.where(MESSAGES, chat=conversation_id), key=lambda row: row.number("number") or 0, reverse=True)


def is_visible(row: Row, person: str, now: datetime) -> bool:
    """Return True if this person sees the message. Targeted ones disappear when deleted, or after a day."""
    addressee = row.text("addressee")
    return not addressee or (addressee == person and not row.values.get("deleted") and not is_expired(row, now))


def is_expired(row: Row, now: datetime) -> bool:
    """Return True if the message is targeted and too old."""
    return bool(row.text("addressee")) and now - parse_instant(row.text("at")) >= TARGETED_LIFETIME


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


def put_message(transaction: Transaction, conversation_id: str, content: Content, at: datetime) -> int:
    """Store a message and return its number. The oldest messages beyond the limit are deleted."""
    existing = messages_of(transaction.rows, conversation_id)
    number = (existing[0].number("number") or 0) + 1 if existing else 1
    values = {**content.values, "chat": conversation_id, "number": number, "at": instant(at)}
    transaction.put(MESSAGES, f"{conversation_id}/{number}", values)
    for old in existing[MAX_MESSAGES - 1 :]:
        transaction.remove(old)
    return number
