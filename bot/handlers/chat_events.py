"""Events in a chat that its Dataverse row depends on: messages, members, and the topic. Pure.

The content of messages is never read (spec S6, Y2).
"""

from dataclasses import dataclass
from datetime import UTC, datetime

from botbuilder.schema import Activity, ActivityTypes, ChannelAccount

from bot.domain.object_ids import is_app_account, parse_object_id
from bot.domain.values import ObjectId
from bot.handlers import activities

_MESSAGE_TYPES = frozenset({ActivityTypes.message, ActivityTypes.message_update, ActivityTypes.message_delete})
_APP_ROLES = frozenset({"bot", "skill"})


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatEvent:
    """A change of a chat's members, its topic, or the app."""

    at: datetime | None
    by_people: bool
    """False if it concerns only apps."""
    topic: str | None = None
    """The new topic, or an empty text if it was removed; None if the activity does not contain it."""


def is_human_message(activity: Activity) -> bool:
    """Check whether a person wrote, edited, or deleted a message. Buttons that are sent as messages do not count."""
    if activity.type not in _MESSAGE_TYPES or activity.from_property is None:
        return False
    if _is_app(activity, activity.from_property):
        return False
    return not activities.button_in_message(activity) and not activities.dialog_request_in_message(activity)


def message_author(activity: Activity, emulator_user: ObjectId | None) -> ObjectId | None:
    """Return the Entra object ID of the author; None if the author has none."""
    return parse_object_id(activity.from_property.aad_object_id) or emulator_user


def event_time(activity: Activity) -> datetime | None:
    """Return the time of the activity by the clock of Teams."""
    at = activity.timestamp
    if not isinstance(at, datetime):
        return None
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def chat_event(activity: Activity) -> ChatEvent | None:
    """Return the change of the chat; None for other activities."""
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


def _accounts(members: object) -> list[ChannelAccount]:
    return [each for each in members if isinstance(each, ChannelAccount)] if isinstance(members, list) else []


def _is_app(activity: Activity, account: ChannelAccount) -> bool:
    bot_id = activity.recipient.id if activity.recipient else None
    account_id = str(account.id or "")
    return account_id == bot_id or is_app_account(account_id) or account.role in _APP_ROLES
