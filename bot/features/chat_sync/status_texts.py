"""Whether a chat is shown on its record's timeline, in words (spec Y3, L1). Pure."""

from collections.abc import Mapping

from bot.domain.chat_sync import SyncProblem, SyncState
from bot.features.shared.failure_texts import describe_event_failure

_HINDRANCES = {
    "NotAllowed": "the app lacks rights there, which an administrator can give it",
    "BadRequest": "it is refused there; your administrator finds why in the log",
}
"""For errors whose own words are meant for who asks for something themselves."""

_WORDS: Mapping[SyncProblem, str] = {
    SyncProblem.CHATS_OFF: "Not kept up to date in Dynamics 365: chats are turned off",
    SyncProblem.SYNC_OFF: "Not kept up to date in Dynamics 365: chat sync is turned off",
    SyncProblem.CHANNEL: "Channels are not shown in Dynamics 365",
    SyncProblem.BEFORE_SYNC: "Not shown in Dynamics 365: it was connected before chat sync was turned on",
    SyncProblem.DISCONNECTED: "Not kept up to date in Dynamics 365 any more",
    SyncProblem.ACTIVITY_TABLE: "Not shown in Dynamics 365: activities have no timeline of their own",
    SyncProblem.NO_TIMELINE: "Not shown in Dynamics 365: records of this type have no timeline of chats",
    SyncProblem.REFUSED: "Not shown in Dynamics 365: who connected it may not add activities to the record",
    SyncProblem.DELETED: "Not shown in Dynamics 365: somebody deleted it there",
    SyncProblem.COMPLETED: "Not kept up to date any more: it was completed in Dynamics 365",
    SyncProblem.CANCELLED: "Not kept up to date any more: it was cancelled in Dynamics 365",
    SyncProblem.SCHEDULED: "Not kept up to date any more: it was scheduled in Dynamics 365",
    SyncProblem.IDLE: "Not kept up to date any more: nothing happened in the chat for {days}",
}


def describe_sync_state(state: SyncState, *, idle_days: int) -> str:
    """One sentence without its full stop."""
    if state.problem:
        days = "a day" if idle_days == 1 else f"{idle_days} days"
        return _WORDS[state.problem].format(days=days)
    if state.failure:
        so_far = "What is new may be missing" if state.written_at else "Not shown so far"
        return f"{so_far} in Dynamics 365: {_hindrance(state.failure)}"
    if state.written_at is None:
        return "On its way to the timeline in Dynamics 365"
    if not state.members_without_user:
        return "On the timeline in Dynamics 365"
    people = "member who has" if state.members_without_user == 1 else "members who have"
    return f"On the timeline in Dynamics 365, but for {state.members_without_user} {people} no user there"


def _hindrance(reason: str) -> str:
    return _HINDRANCES.get(reason.partition(": ")[0]) or describe_event_failure(reason).rstrip(".")


def no_timeline_reason(*, is_activity: bool) -> str:
    """Why chats are not shown on the timeline of a table's records, for those who set the table up."""
    why = "are activities themselves" if is_activity else "have no timeline of chats in Dynamics 365"
    return f"Chats are not synced to these records: they {why}."
