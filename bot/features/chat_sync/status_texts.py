"""Sentences about whether a record's timeline shows a chat (spec Y3, L1). Pure."""

from collections.abc import Mapping

from bot.domain.chat_sync import SyncProblem, SyncState
from bot.features.shared.failure_texts import describe_event_failure

_REASONS = {
    "NotAllowed": "The app lacks permissions there. An administrator can grant them.",
    "BadRequest": "Dynamics 365 rejected the change. Your administrator can find the reason in the log.",
}
"""Sentences for errors whose own text addresses the person who asked for the action."""

_SENTENCES: Mapping[SyncProblem, str] = {
    SyncProblem.CHATS_OFF: "Not updated in Dynamics 365 because chats are turned off.",
    SyncProblem.SYNC_OFF: "Not updated in Dynamics 365 because chat sync is turned off.",
    SyncProblem.CHANNEL: "Channels are not shown in Dynamics 365.",
    SyncProblem.BEFORE_SYNC: "Not shown in Dynamics 365 because it was connected before chat sync was turned on.",
    SyncProblem.DISCONNECTED: "No longer updated in Dynamics 365.",
    SyncProblem.ACTIVITY_TABLE: "Not shown in Dynamics 365 because activities do not have a timeline.",
    SyncProblem.NO_TIMELINE: "Not shown in Dynamics 365 because this record type has no timeline for chats.",
    SyncProblem.REFUSED: (
        "Not shown in Dynamics 365 because the person who connected it cannot add activities to the record."
    ),
    SyncProblem.DELETED: "Not shown in Dynamics 365 because someone deleted it there.",
    SyncProblem.COMPLETED: "No longer updated because it was completed in Dynamics 365.",
    SyncProblem.CANCELLED: "No longer updated because it was canceled in Dynamics 365.",
    SyncProblem.SCHEDULED: "No longer updated because it was scheduled in Dynamics 365.",
    SyncProblem.IDLE: "No longer updated because the chat had no activity for {days} days.",
}
_IDLE_FOR_A_DAY = "No longer updated because the chat had no activity for a day."

SYNC_IS_OFF = (
    "Not updated in Dynamics 365 because chat sync is turned off. "
    "A Global Administrator can turn it on in the settings."
)
ONLY_MENTIONS = (
    "Only messages that mention Chat Sync count as activity, because the app does not receive the others. "
    "An administrator can change this in the app package."
)
_STUCK_BEFORE_ROW = "Not shown in Dynamics 365 yet. {reason}"
_STUCK_WITH_ROW = "New activity may be missing in Dynamics 365. {reason}"
_PENDING = "Will appear on the timeline in Dynamics 365 soon."
_SHOWN = "Shown on the timeline in Dynamics 365."
_SHOWN_WITHOUT_ONE = "Shown on the timeline in Dynamics 365, without 1 member who has no user there."
_SHOWN_WITHOUT_SOME = "Shown on the timeline in Dynamics 365, without {others} members who have no user there."


def describe_sync_state(state: SyncState, *, idle_days: int) -> str:
    """Return whole sentences that say whether the record's timeline shows the chat, and if not, why."""
    if state.problem is SyncProblem.IDLE and idle_days == 1:
        return _IDLE_FOR_A_DAY
    if state.problem:
        return _SENTENCES[state.problem].format(days=idle_days)
    if state.failure:
        sentences = _STUCK_WITH_ROW if state.written_at else _STUCK_BEFORE_ROW
        return sentences.format(reason=_reason(state.failure))
    if state.written_at is None:
        return _PENDING
    return _shown(state.members_without_user)


def _shown(others: int) -> str:
    if not others:
        return _SHOWN
    return _SHOWN_WITHOUT_ONE if others == 1 else _SHOWN_WITHOUT_SOME.format(others=others)


def _reason(reason: str) -> str:
    return _REASONS.get(reason.partition(": ")[0]) or describe_event_failure(reason)


def no_timeline_reason(*, is_activity: bool) -> str:
    """Return why timelines do not show chats of this table, for the administrator who sets it up."""
    return _ACTIVITIES_NOT_SHOWN if is_activity else _TYPE_NOT_SHOWN


_ACTIVITIES_NOT_SHOWN = "Chats are not synced to these records, because they are activities themselves."
_TYPE_NOT_SHOWN = "Chats are not synced to these records, because they have no timeline for chats in Dynamics 365."
