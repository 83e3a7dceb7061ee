"""What an activity tells of a chat's life: who wrote and when, who came or went, what it is called. Pure.

Of a message nothing is taken but that there was one (spec S6, Y2).
"""

from dataclasses import dataclass
from datetime import UTC, datetime

from botbuilder.schema import Activity, ActivityTypes, ChannelAccount

from bot.domain.object_ids import is_app_account, parse_object_id
from bot.domain.values import ObjectId
from bot.handlers import activities as translate

_SAID = frozenset({ActivityTypes.message, ActivityTypes.message_update, ActivityTypes.message_delete})
_APP_ROLES = frozenset({"bot", "skill"})


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatEvent:
    """Members, topic or the app changed in a chat."""

    at: datetime | None
    by_people: bool
    """False where it was only about apps."""
    topic: str | None = None
    """The new one, empty for none; None where the activity does not tell."""


def is_human_message(activity: Activity) -> bool:
    """Whether a person wrote into the chat, changed what they had written, or deleted it."""
    if activity.type not in _SAID or activity.from_property is None or _is_app(activity, activity.from_property):
        return False
    return not translate.button_in_message(activity) and not translate.dialog_request_in_message(activity)


def message_author(activity: Activity, stand_in: ObjectId | None) -> ObjectId | None:
    """Who did it; None for those who are nobody in Entra ID."""
    return parse_object_id(activity.from_property.aad_object_id) or stand_in


def event_time(activity: Activity) -> datetime | None:
    """When it happened, by Teams' clock."""
    at = activity.timestamp
    if not isinstance(at, datetime):
        return None
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def chat_event(activity: Activity) -> ChatEvent | None:
    """What changed in the chat; None for activities that tell of nothing of the kind."""
    if activity.type == ActivityTypes.installation_update:
        return ChatEvent(at=event_time(activity), by_people=False)
    if activity.type != ActivityTypes.conversation_update:
        return None
    accounts = [*_accounts(activity.members_added), *_accounts(activity.members_removed)]
    topic = activity.topic_name if isinstance(activity.topic_name, str) else None
    if not accounts and topic is None:
        return None
    people = [each for each in accounts if not _is_app(activity, each)]
    return ChatEvent(at=event_time(activity), by_people=bool(people) or topic is not None, topic=topic)


def _accounts(listed: object) -> list[ChannelAccount]:
    return [each for each in listed if isinstance(each, ChannelAccount)] if isinstance(listed, list) else []


def _is_app(activity: Activity, account: ChannelAccount) -> bool:
    own = activity.recipient.id if activity.recipient else None
    named = str(account.id or "")
    return named == own or is_app_account(named) or account.role in _APP_ROLES
