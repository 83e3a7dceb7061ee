"""The connections of a chat and their held changes, in the transaction that stores decisions about them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from bot.domain.jobs import ChatJob, JobKind
from bot.domain.notifications.history import StoredDecision
from bot.domain.values import ChatId, ConnectionId
from bot.features.notifications.decide_changes import HeldChanges
from bot.store.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True, kw_only=True)
class LockedChat:
    """A chat whose connections are locked, so that no change of them is decided meanwhile."""

    to_check: frozenset[ConnectionId]
    """The connections that are not paused, and whose records have no news that was not read."""
    is_mute_ending: bool
    """True if a job posts the held changes with the sentence about who ended the mute."""
    held: HeldChanges

    def held_except(self, changes: Collection[int]) -> Sequence[StoredDecision]:
        """Return the held changes without these."""
        return _except(self.held, changes)


async def lock_chat(work: UnitOfWork, chat: ChatId, read: Collection[int]) -> LockedChat:
    """Lock the connections of the chat until the end of the transaction, and return the chat.

    `read`: changes that were held before the records were read. A change that is held since then is missing in what was
    read. A pending event posts a better card, because it contains who changed which column.
    """
    active = [each for each in await work.connections.for_chat(chat, for_update=True) if each.paused_at is None]
    end_of_mute = ChatJob(kind=JobKind.END_MUTE, chat_id=chat)
    pending, is_mute_ending = await work.inbox.has_pending([each.record for each in active], end_of_mute)
    held = await work.decisions.open_for(None, chats=[chat])
    changed = {each.connection for each in _except(held, read)}
    to_check = frozenset(each.id for each in active if each.record not in pending and each.id not in changed)
    return LockedChat(to_check=to_check, is_mute_ending=is_mute_ending, held=held)


def _except(held: HeldChanges, changes: Collection[int]) -> Sequence[StoredDecision]:
    return [each for of_connection in held.values() for each in of_connection if each.id not in changes]
