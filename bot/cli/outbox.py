"""`python app.py outbox`: messages that Teams does not have, and what is to become of them; chats that are stuck."""

from collections.abc import Callable, Sequence

from bot.clock import Clock
from bot.domain.audit import AuditEntry
from bot.domain.queue_states import KeptMessage, StuckChat
from bot.store.unit_of_work import Store

SHOWN = 100

Say = Callable[[str], object]


async def list_kept(store: Store, say: Say, *, waiting: bool) -> int:
    """Says which messages are parked, or wait, and why, never what they say; gives the exit code.

    With the parked ones come the chats whose rows in Dynamics 365 cannot be brought up to date.
    """
    async with store.reading() as work:
        kept = await (work.overview.waiting if waiting else work.overview.parked)(at_most=SHOWN + 1)
        stuck = () if waiting else await work.overview.stuck(at_most=SHOWN + 1)
    if not kept:
        say("No message waits.\n" if waiting else "No message is parked.\n")
    for message in kept[:SHOWN]:
        say(_line(message))
    if len(kept) > SHOWN:
        say(f"There are more than {SHOWN}.\n")
    _list_stuck(stuck, say)
    return 0


def _list_stuck(stuck: Sequence[StuckChat], say: Say) -> None:
    if stuck:
        say("Chats whose rows in Dynamics 365 cannot be brought up to date; it is tried again by itself:\n")
    for chat in stuck[:SHOWN]:
        asked_at = chat.asked_at.isoformat(timespec="seconds")
        say("\t".join([asked_at, f"{chat.attempts} failed attempts", chat.reason, chat.chat_id]) + "\n")
    if len(stuck) > SHOWN:
        say(f"There are more than {SHOWN}.\n")


async def settle_parked(
    store: Store, clock: Clock, say: Say, *, retry: bool, messages: Sequence[int] | None, by: str
) -> int:
    """Sends them again or gives them up, all for None, and keeps by whom; gives the exit code, 1 for none."""
    now, act = clock.now(), "retry message" if retry else "drop message"
    async with store.writing() as work:
        settled = await (work.overview.retry if retry else work.overview.drop)(messages, at=now)
        for message, chat in settled.items():
            details = {"message": str(message)}
            await work.audit.add(
                AuditEntry(at=now, act=act, person_id=None, person_name=by, chat_id=chat, record=None, details=details)
            )
    say(f"{len(settled)} {'put back to be sent' if retry else 'dropped'}.\n")
    return 0 if settled else 1


def _line(message: KeptMessage) -> str:
    kept_at = message.kept_at.isoformat(timespec="seconds")
    tried = f"{message.attempts} failed attempts"
    return "\t".join([str(message.id), kept_at, tried, message.reason or "-", message.chat_id]) + "\n"
