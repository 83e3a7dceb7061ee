"""Parse the change notifications that Graph posts ("Change notifications for Microsoft Teams resources"). Pure.

Graph's own samples differ in the case of property names, so case is ignored. No message is ever read.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from urllib.parse import unquote

import orjson

from bot.domain.errors import BadRequest
from bot.domain.subscriptions import ChatNotification, LifecycleEvent, LifecycleNotification
from bot.domain.values import ChatId
from bot.graph.encrypted_data import EncryptedData
from bot.graph.protocol import parse_instant

MAX_NOTIFICATIONS = 5_000
"""Maximum number of notifications in one POST; Graph sends fewer."""
MAX_TOKENS = 20
"""Maximum number of validation tokens; Graph sends one for each app and tenant."""
MAX_TOPIC_LENGTH = 1_000
"""Maximum number of characters of a chat's name that are stored; Teams allows a quarter as many."""

_MAX_ID = 500
_KEYED = re.compile(r"/?chats\('([^'()]+)'\)(?:/members\('[^'()]*'\))?", re.IGNORECASE)
_SLASHED = re.compile(r"/?chats/([^/'()]+)(?:/members(?:/[^/'()]+)?)?", re.IGNORECASE)
_LIFECYCLE = {each.value.lower(): each for each in LifecycleEvent}


_WINDOW = 1_000_000
_OVERLAP = 2_000
"""More bytes than a client state takes with its name, even if each character is escaped."""
_CLIENT_STATE = re.compile(
    rb'"clientstate"\s{0,100}+:\s{0,100}+"([^"\\]{0,1000}+(?:\\.[^"\\]{0,1000}+){0,200}+)"', re.DOTALL
)


def client_states(content: bytes) -> Iterator[bytes]:
    """Yield the client states that the raw bytes of a body name, at most one for each notification that may be there.

    This takes a thousandth of the time of parsing the body. It searches window by window, so that other threads run.
    """
    found = 0
    for begin in range(0, len(content), _WINDOW):
        window = content[begin : begin + _WINDOW + _OVERLAP]
        for match in _CLIENT_STATE.finditer(window.lower()):
            found += 1
            if found > MAX_NOTIFICATIONS:
                return
            yield _unescape(window[match.start(1) : match.end(1)])


def _unescape(text: bytes) -> bytes:
    """Return the text of a JSON string; empty if it is malformed."""
    try:
        decoded = orjson.loads(b'"' + text + b'"') if b"\\" in text else text
    except orjson.JSONDecodeError:
        return b""
    return decoded.encode() if isinstance(decoded, str) else text


@dataclass(frozen=True, slots=True, kw_only=True)
class Notification:
    """A notification that is not verified yet."""

    client_state: str
    tenant_id: str
    content: ChatNotification | LifecycleNotification
    encrypted: EncryptedData | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NotificationBatch:
    """The contents of one POST."""

    notifications: Sequence[Notification]
    unreadable: int
    """Number of notifications about unknown resources."""
    tokens: Sequence[str]
    """Validation tokens; the sender of notifications must have signed each of them."""


def parse_notifications(body: Mapping[str, object]) -> NotificationBatch:
    """Parse a collection of notifications; raise `BadRequest` for anything else."""
    fields = _lowercase_keys(body)
    rows, tokens = fields.get("value"), fields.get("validationtokens", [])
    if not isinstance(rows, list) or not isinstance(tokens, list | None):
        raise BadRequest("The body is not a collection of change notifications.")
    if len(rows) > MAX_NOTIFICATIONS or len(tokens or ()) > MAX_TOKENS:
        raise BadRequest("The body contains too many change notifications.")
    read = [_parse_notification(row) for row in rows]
    found = [each for each in read if each]
    # A value that is not text cannot be a valid token.
    texts = [token if isinstance(token, str) else "" for token in tokens or ()]
    return NotificationBatch(notifications=found, unreadable=len(read) - len(found), tokens=texts)


def with_resource_data(news: ChatNotification, data: Mapping[str, object]) -> ChatNotification:
    """Add the chat's name from its resource data; raise `ValueError` if the data is about something else."""
    fields = _lowercase_keys(data)
    if "topic" not in fields:
        return news
    topic, chat = fields["topic"], fields.get("id")
    if chat != news.chat or not isinstance(topic, str | None):
        raise ValueError("the data is about another chat")
    at = parse_instant(_short_text(fields, "lastupdateddatetime"))
    return replace(news, has_topic=True, topic=(topic or "").replace("\0", "")[:MAX_TOPIC_LENGTH] or None, at=at)


def _parse_notification(row: object) -> Notification | None:
    if not isinstance(row, dict):
        return None
    fields = _lowercase_keys(row)
    subscription = _short_text(fields, "subscriptionid")
    news = _parse_event(fields, subscription)
    if not subscription or news is None:
        return None
    return Notification(
        client_state=_short_text(fields, "clientstate"),
        tenant_id=_short_text(fields, "tenantid"),
        content=news,
        encrypted=_encrypted(fields.get("encryptedcontent")),
    )


def _parse_event(fields: Mapping[str, object], subscription: str) -> ChatNotification | LifecycleNotification | None:
    if "lifecycleevent" in fields:
        event = _LIFECYCLE.get(_short_text(fields, "lifecycleevent").lower())
        return LifecycleNotification(subscription=subscription, event=event) if event else None
    chat = _chat_of_resource(_short_text(fields, "resource"))
    return ChatNotification(subscription=subscription, chat=chat) if chat else None


def _chat_of_resource(resource: str) -> ChatId | None:
    """Return the chat of a resource such as `chats('19:…')/members('MCM…')`; None for any other resource."""
    found = _KEYED.fullmatch(resource) or _SLASHED.fullmatch(resource)
    chat = unquote(found[1]) if found else ""
    return ChatId(chat) if chat and "\0" not in chat else None


def _encrypted(content: object) -> EncryptedData | None:
    if content is None:
        return None
    fields = _lowercase_keys(content) if isinstance(content, dict) else {}
    texts = {
        "content": "data",
        "key": "datakey",
        "signature": "datasignature",
        "certificate_id": "encryptioncertificateid",
    }
    # Incomplete content counts as encrypted, so that it is rejected and not mistaken for a notification without data.
    return EncryptedData(**{part: _text(fields, name) for part, name in texts.items()})


def _lowercase_keys(row: Mapping[str, object]) -> Mapping[str, object]:
    return {str(name).lower(): value for name, value in row.items()}


def _text(row: Mapping[str, object], name: str) -> str:
    value = row.get(name)
    # The database cannot store a NUL, and no ID of Graph contains one.
    return value if isinstance(value, str) and "\0" not in value else ""


def _short_text(row: Mapping[str, object], name: str) -> str:
    value = _text(row, name)
    return value if len(value) <= _MAX_ID else ""
