"""`python app.py outbox`: messages that Teams does not have, and what is to become of them; chats that are stuck."""

from collections.abc import Callable, Sequence

from bot.clock import Clock
from bot.domain.audit import AuditEntry
from bot.domain.queue_states import StuckChat, UndeliveredMessage
from bot.store.unit_of_work import Store

MAX_LISTED = 100

Say = Callable[[str], object]


async def list_undelivered(store: Store, say: Say, *, pending: bool) -> int:
    """Says which messages are parked, or wait, and why, never what they say; gives the exit code.

    With the parked ones come the chats whose rows in Dynamics 365 cannot be brought up to date.
    """
    async with store.reading() as work:
        kept = await (work.queue_states.pending if pending else work.queue_states.dead_letters)(at_most=MAX_LISTED + 1)
        stuck = () if pending else await work.queue_states.stuck_chats(at_most=MAX_LISTED + 1)
    if not kept:
        say("No message waits.\n" if pending else "No message is parked.\n")
    for message in kept[:MAX_LISTED]:
        say(_line(message))
    if len(kept) > MAX_LISTED:
        say(f"There are more than {MAX_LISTED}.\n")
    _list_stuck(stuck, say)
    return 0


def _list_stuck(stuck: Sequence[StuckChat], say: Say) -> None:
    if stuck:
        say("Chats whose rows in Dynamics 365 cannot be brought up to date; it is tried again by itself:\n")
    for chat in stuck[:MAX_LISTED]:
        asked_at = chat.enqueued_at.isoformat(timespec="seconds")
        say("\t".join([asked_at, f"{chat.attempts} failed attempts", chat.reason, chat.chat_id]) + "\n")
    if len(stuck) > MAX_LISTED:
        say(f"There are more than {MAX_LISTED}.\n")


async def resolve_dead_letters(
    store: Store, clock: Clock, say: Say, *, retry: bool, messages: Sequence[int] | None, by: str
) -> int:
    """Sends them again or gives them up, all for None, and keeps by whom; gives the exit code, 1 for none."""
    now, act = clock.now(), "retry message" if retry else "drop message"
    async with store.writing() as work:
        settled = await (work.queue_states.retry if retry else work.queue_states.discard)(messages, at=now)
        for message, chat in settled.items():
            details = {"message": str(message)}
            await work.audit.add(
                AuditEntry(at=now, act=act, person_id=None, person_name=by, chat_id=chat, record=None, details=details)
            )
    say(f"{len(settled)} {'put back to be sent' if retry else 'dropped'}.\n")
    return 0 if settled else 1


def _line(message: UndeliveredMessage) -> str:
    kept_at = message.enqueued_at.isoformat(timespec="seconds")
    tried = f"{message.attempts} failed attempts"
    return "\t".join([str(message.id), kept_at, tried, message.reason or "-", message.chat_id]) + "\n"
