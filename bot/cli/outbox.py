"""`python app.py outbox`: list, retry, or drop dead-lettered messages, and list chats that fail to sync."""

from collections.abc import Callable, Sequence

from bot.clock import Clock
from bot.domain.audit import AuditEntry
from bot.domain.queue_states import StuckChat, UndeliveredMessage
from bot.domain.stored_texts import restore_failure
from bot.store.unit_of_work import Store

MAX_LISTED = 100

Say = Callable[[str], object]


async def list_undelivered(store: Store, say: Say, *, pending: bool) -> int:
    """List dead-lettered or waiting messages with their reasons, never their text; return the exit code.

    Dead-lettered messages are listed with the chats whose rows in Dynamics 365 fail to update.
    """
    async with store.reading() as work:
        kept = await (work.queue_states.pending if pending else work.queue_states.dead_letters)(at_most=MAX_LISTED + 1)
        stuck = () if pending else await work.queue_states.stuck_chats(at_most=MAX_LISTED + 1)
    if not kept:
        say("No messages are waiting.\n" if pending else "No messages are dead-lettered.\n")
    for message in kept[:MAX_LISTED]:
        say(_line(message))
    if len(kept) > MAX_LISTED:
        say(f"Only the first {MAX_LISTED} are listed.\n")
    _list_failing(stuck, say)
    return 0


def _list_failing(stuck: Sequence[StuckChat], say: Say) -> None:
    if stuck:
        say("Chats whose rows in Dynamics 365 fail to update. Chat Sync retries them automatically:\n")
    for chat in stuck[:MAX_LISTED]:
        asked_at = chat.enqueued_at.isoformat(timespec="seconds")
        reason = ": ".join(filter(None, restore_failure(chat.reason)))
        say("\t".join([asked_at, f"{chat.attempts} failed attempts", reason, chat.chat_id]) + "\n")
    if len(stuck) > MAX_LISTED:
        say(f"Only the first {MAX_LISTED} are listed.\n")


async def resolve_dead_letters(
    store: Store, clock: Clock, say: Say, *, retry: bool, messages: Sequence[int] | None, by: str
) -> int:
    """Retry or drop the messages (all for None), and audit who did it; return the exit code, 1 if there were none."""
    now, act = clock.now(), "retry message" if retry else "drop message"
    async with store.writing() as work:
        changed = await (work.queue_states.retry if retry else work.queue_states.discard)(messages, at=now)
        for message, chat in changed.items():
            details = {"message": str(message)}
            await work.audit.add(
                AuditEntry(at=now, act=act, person_id=None, person_name=by, chat_id=chat, record=None, details=details)
            )
    say(f"{len(changed)} {'queued to be sent again' if retry else 'dropped'}.\n")
    return 0 if changed else 1


def _line(message: UndeliveredMessage) -> str:
    kept_at = message.enqueued_at.isoformat(timespec="seconds")
    attempts = f"{message.attempts} failed attempts"
    return "\t".join([str(message.id), kept_at, attempts, message.reason or "-", message.chat_id]) + "\n"
