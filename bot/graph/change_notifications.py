"""What Graph posts to tell of changes ("Change notifications for Microsoft Teams resources"). Pure.

The case of names differs between Graph's own samples, so it is ignored. Of messages nothing is read at all.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from urllib.parse import unquote

from bot.domain.errors import BadRequest
from bot.domain.subscriptions import ChatNotification, LifecycleEvent, LifecycleNotification
from bot.domain.values import ChatId
from bot.graph.encrypted_data import EncryptedData
from bot.graph.protocol import parse_instant

MAX_NOTIFICATIONS = 5_000
"""Of one POST; Graph sends fewer."""
MAX_TOKENS = 20
"""Graph sends one for each app and tenant."""
MAX_TOPIC_LENGTH = 1_000
"""Characters of a name that are kept; Teams takes a quarter as many."""

_LONGEST_ID = 500
_KEYED = re.compile(r"/?chats\('([^'()]+)'\)(?:/members\('[^'()]*'\))?", re.IGNORECASE)
_SLASHED = re.compile(r"/?chats/([^/'()]+)(?:/members(?:/[^/'()]+)?)?", re.IGNORECASE)
_LIFECYCLE = {each.value.lower(): each for each in LifecycleEvent}


@dataclass(frozen=True, slots=True, kw_only=True)
class Notification:
    """One notification, which nobody has checked yet."""

    client_state: str
    tenant_id: str
    content: ChatNotification | LifecycleNotification
    encrypted: EncryptedData | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NotificationBatch:
    """What came in one POST."""

    notifications: Sequence[Notification]
    unreadable: int
    """Those that are about nothing we know of."""
    tokens: Sequence[str]
    """Each must have been signed by who sends notifications."""


def parse_notifications(body: Mapping[str, object]) -> NotificationBatch:
    """The notifications; raises `BadRequest` for what is no collection of them."""
    named = _lower(body)
    rows, tokens = named.get("value"), named.get("validationtokens", [])
    if not isinstance(rows, list) or not isinstance(tokens, list | None):
        raise BadRequest("The body is no collection of change notifications.")
    if len(rows) > MAX_NOTIFICATIONS or len(tokens or ()) > MAX_TOKENS:
        raise BadRequest("The body holds more change notifications than are taken at once.")
    read = [_notification(row) for row in rows]
    found = [each for each in read if each]
    # What is no text cannot be a good token.
    given = [token if isinstance(token, str) else "" for token in tokens or ()]
    return NotificationBatch(notifications=found, unreadable=len(read) - len(found), tokens=given)


def with_resource_data(news: ChatNotification, data: Mapping[str, object]) -> ChatNotification:
    """The news with the chat's name from its resource data; raises `ValueError` for data of something else."""
    named = _lower(data)
    if "topic" not in named:
        return news
    topic, chat = named["topic"], named.get("id")
    if chat != news.chat or not isinstance(topic, str | None):
        raise ValueError("no data of this chat")
    at = parse_instant(_text(named, "lastupdateddatetime"))
    return replace(news, has_topic=True, topic=(topic or "").replace("\0", "")[:MAX_TOPIC_LENGTH] or None, at=at)


def _notification(row: object) -> Notification | None:
    if not isinstance(row, dict):
        return None
    named = _lower(row)
    subscription = _text(named, "subscriptionid")
    news = _news(named, subscription)
    if not subscription or news is None:
        return None
    return Notification(
        client_state=_text(named, "clientstate"),
        tenant_id=_text(named, "tenantid"),
        content=news,
        encrypted=_sealed(named.get("encryptedcontent")),
    )


def _news(named: Mapping[str, object], subscription: str) -> ChatNotification | LifecycleNotification | None:
    if "lifecycleevent" in named:
        event = _LIFECYCLE.get(_text(named, "lifecycleevent").lower())
        return LifecycleNotification(subscription=subscription, event=event) if event else None
    chat = _chat(_text(named, "resource"))
    return ChatNotification(subscription=subscription, chat=chat) if chat else None


def _chat(resource: str) -> ChatId | None:
    """The chat of a resource such as `chats('19:…')/members('MCM…')`."""
    found = _KEYED.fullmatch(resource) or _SLASHED.fullmatch(resource)
    return ChatId(unquote(found[1])) if found else None


def _sealed(content: object) -> EncryptedData | None:
    if content is None:
        return None
    named = _lower(content) if isinstance(content, dict) else {}
    texts = {
        "content": "data",
        "key": "datakey",
        "signature": "datasignature",
        "certificate_id": "encryptioncertificateid",
    }
    # What lacks a part stays sealed: it is refused, and not taken for a notification without data.
    return EncryptedData(**{part: _whole_text(named, name) for part, name in texts.items()})


def _lower(row: Mapping[str, object]) -> Mapping[str, object]:
    return {str(name).lower(): value for name, value in row.items()}


def _whole_text(row: Mapping[str, object], name: str) -> str:
    value = row.get(name)
    # What the database would not take is in no id of Graph's either.
    return value if isinstance(value, str) and "\0" not in value else ""


def _text(row: Mapping[str, object], name: str) -> str:
    value = _whole_text(row, name)
    return value if len(value) <= _LONGEST_ID else ""
