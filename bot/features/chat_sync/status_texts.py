"""Sentences about whether a record's timeline shows a chat (spec Y3, L1). Pure."""

from collections.abc import Mapping

from bot.domain.chat_sync import SyncProblem, SyncState
from bot.domain.stored_texts import restore_failure
from bot.domain.texts import plural, sentences, text
from bot.features.shared.failure_texts import describe_event_failure

_REASONS = {
    "NotAllowed": text("The app lacks permissions there. An administrator can grant them."),
    "BadRequest": text("Dynamics 365 rejected the change. Your administrator can find the reason in the log."),
}
"""Sentences for errors whose own text addresses the person who asked for the action."""

_SENTENCES: Mapping[SyncProblem, str] = {
    SyncProblem.CHATS_OFF: text("Not updated in Dynamics 365 because chats are turned off."),
    SyncProblem.SYNC_OFF: text("Not updated in Dynamics 365 because chat sync is turned off."),
    SyncProblem.CHANNEL: text("Channels are not shown in Dynamics 365."),
    SyncProblem.BEFORE_SYNC: text("Not shown in Dynamics 365 because it was connected before chat sync was turned on."),
    SyncProblem.DISCONNECTED: text("No longer updated in Dynamics 365."),
    SyncProblem.ACTIVITY_TABLE: text("Not shown in Dynamics 365 because activities do not have a timeline."),
    SyncProblem.NO_TIMELINE: text("Not shown in Dynamics 365 because this record type has no timeline for chats."),
    SyncProblem.REFUSED: text(
        "Not shown in Dynamics 365 because the person who connected it cannot add activities to the record."
    ),
    SyncProblem.DELETED: text("Not shown in Dynamics 365 because someone deleted it there."),
    SyncProblem.COMPLETED: text("No longer updated because it was completed in Dynamics 365."),
    SyncProblem.CANCELLED: text("No longer updated because it was canceled in Dynamics 365."),
    SyncProblem.SCHEDULED: text("No longer updated because it was scheduled in Dynamics 365."),
}

SYNC_IS_OFF = text(
    "Not updated in Dynamics 365 because chat sync is turned off. "
    "A Global Administrator can turn it on in the settings."
)
ONLY_MENTIONS = text(
    "Only messages that mention Chat Sync count as activity, because the app does not receive the others. "
    "An administrator can change this in the app package."
)
_STUCK_BEFORE_ROW = text("Not shown in Dynamics 365 yet.")
_STUCK_WITH_ROW = text("New activity may be missing in Dynamics 365.")
_PENDING = text("Will appear on the timeline in Dynamics 365 soon.")
_SHOWN = text("Shown on the timeline in Dynamics 365.")


def describe_sync_state(state: SyncState, *, idle_days: int) -> str:
    """Return whole sentences that say whether the record's timeline shows the chat, and if not, why."""
    if state.problem is SyncProblem.IDLE:
        return _idle_for(idle_days)
    if state.problem:
        return _SENTENCES[state.problem]
    if state.failure:
        return sentences(_STUCK_WITH_ROW if state.written_at else _STUCK_BEFORE_ROW, _reason(state.failure))
    if state.written_at is None:
        return _PENDING
    return _shown(state.members_without_user)


def _idle_for(days: int) -> str:
    return plural(
        days,
        "No longer updated because the chat had no activity for a day.",
        "No longer updated because the chat had no activity for {count} days.",
    )


def _shown(others: int) -> str:
    if not others:
        return _SHOWN
    return plural(
        others,
        "Shown on the timeline in Dynamics 365, without {count} member who has no user there.",
        "Shown on the timeline in Dynamics 365, without {count} members who have no user there.",
    )


def _reason(reason: str) -> str:
    name, _ = restore_failure(reason)
    return _REASONS.get(name) or describe_event_failure(reason)


def no_timeline_reason(*, is_activity: bool) -> str:
    """Return why timelines do not show chats of this table, for the administrator who sets it up."""
    return _ACTIVITIES_NOT_SHOWN if is_activity else _TYPE_NOT_SHOWN


_ACTIVITIES_NOT_SHOWN = text("Chats are not synced to these records, because they are activities themselves.")
_TYPE_NOT_SHOWN = text(
    "Chats are not synced to these records, because they have no timeline for chats in Dynamics 365."
)
