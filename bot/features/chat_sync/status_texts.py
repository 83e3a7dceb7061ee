"""Whether a chat is shown on its record's timeline, in words (spec Y3, L1). Pure."""

from collections.abc import Mapping

from bot.domain.chat_sync import SyncState, Unsynced
from bot.features.shared.failure_texts import event_in_words

_HINDRANCES = {
    "NotAllowed": "the app lacks rights there, which an administrator can give it",
    "BadRequest": "it is refused there; your administrator finds why in the log",
}
"""For errors whose own words are meant for who asks for something themselves."""

_WORDS: Mapping[Unsynced, str] = {
    Unsynced.CHATS_OFF: "Not kept up to date in Dynamics 365: chats are turned off",
    Unsynced.SYNC_OFF: "Not kept up to date in Dynamics 365: chat sync is turned off",
    Unsynced.CHANNEL: "Channels are not shown in Dynamics 365",
    Unsynced.BEFORE_SYNC: "Not shown in Dynamics 365: it was connected before chat sync was turned on",
    Unsynced.DISCONNECTED: "Not kept up to date in Dynamics 365 any more",
    Unsynced.ACTIVITY_TABLE: "Not shown in Dynamics 365: activities have no timeline of their own",
    Unsynced.NO_TIMELINE: "Not shown in Dynamics 365: records of this type have no timeline of chats",
    Unsynced.REFUSED: "Not shown in Dynamics 365: who connected it may not add activities to the record",
    Unsynced.DELETED: "Not shown in Dynamics 365: somebody deleted it there",
    Unsynced.COMPLETED: "Not kept up to date any more: it was completed in Dynamics 365",
    Unsynced.CANCELLED: "Not kept up to date any more: it was cancelled in Dynamics 365",
    Unsynced.SCHEDULED: "Not kept up to date any more: it was scheduled in Dynamics 365",
    Unsynced.IDLE: "Not kept up to date any more: nothing happened in the chat for {days}",
}


def sync_in_words(state: SyncState, *, idle_days: int) -> str:
    """One sentence without its full stop."""
    if state.why:
        days = "a day" if idle_days == 1 else f"{idle_days} days"
        return _WORDS[state.why].format(days=days)
    if state.stuck:
        so_far = "What is new may be missing" if state.written_at else "Not shown so far"
        return f"{so_far} in Dynamics 365: {_hindrance(state.stuck)}"
    if state.written_at is None:
        return "On its way to the timeline in Dynamics 365"
    if not state.others:
        return "On the timeline in Dynamics 365"
    people = "member who has" if state.others == 1 else "members who have"
    return f"On the timeline in Dynamics 365, but for {state.others} {people} no user there"


def _hindrance(reason: str) -> str:
    return _HINDRANCES.get(reason.partition(": ")[0]) or event_in_words(reason).rstrip(".")


def not_shown(*, is_activity: bool) -> str:
    """Why chats are not shown on the timeline of a table's records, for those who set the table up."""
    why = "are activities themselves" if is_activity else "have no timeline of chats in Dynamics 365"
    return f"Chats are not synced to these records: they {why}."
