"""The connections of a chat and their held changes, in the transaction that stores decisions about them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from bot.domain.jobs import ChatJob, JobKind
from bot.domain.notifications.history import StoredDecision
from bot.domain.values import ChatId, Connection, ConnectionId, RecordRef
from bot.features.notifications.decide_changes import HeldChanges
from bot.store.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True, kw_only=True)
class LockedChat:
    """A chat whose connections are locked, so that no change of them is decided meanwhile."""

    active: Sequence[Connection]
    """The connections that are not paused."""
    pending: Collection[RecordRef]
    """Records with events that are not processed."""
    is_mute_ending: bool
    """True if a job posts the held changes with the sentence about who ended the mute."""
    held: HeldChanges

    def to_check(self, read: Collection[int]) -> frozenset[ConnectionId]:
        """Return the connections whose records have no news that was not read. `read`: changes that were held before.

        A pending event posts a better card, because it contains who changed which column. A change that is held since
        the records were read is missing in what was read.
        """
        changed = {each.connection for each in self.without(read)}
        return frozenset(each.id for each in self.active if each.record not in self.pending and each.id not in changed)

    def without(self, decided: Collection[int]) -> Sequence[StoredDecision]:
        """Return the other held changes."""
        return [each for held in self.held.values() for each in held if each.id not in decided]


async def lock_chat(work: UnitOfWork, chat: ChatId) -> LockedChat:
    """Lock the connections of the chat until the end of the transaction, and return the chat."""
    active = [each for each in await work.connections.for_chat(chat, for_update=True) if each.paused_at is None]
    end_of_mute = ChatJob(kind=JobKind.END_MUTE, chat_id=chat)
    pending, is_mute_ending = await work.inbox.has_pending([each.record for each in active], end_of_mute)
    return LockedChat(
        active=active,
        pending=pending,
        is_mute_ending=is_mute_ending,
        held=await work.decisions.open_for(None, chats=[chat]),
    )
