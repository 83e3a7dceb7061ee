"""`python app.py outbox`: messages that are parked, and what is to become of them."""

from collections.abc import Callable, Sequence

from bot.ports import Clock, ParkedMessage, Store

SHOWN = 100

Say = Callable[[str], object]


async def list_parked(store: Store, say: Say) -> int:
    """Says which messages are parked and why, never what they say; gives the exit code."""
    async with store.reading() as work:
        parked = await work.overview.parked(at_most=SHOWN + 1)
    if not parked:
        say("No message is parked.\n")
    for message in parked[:SHOWN]:
        say(_line(message))
    if len(parked) > SHOWN:
        say(f"There are more than {SHOWN}.\n")
    return 0


async def settle_parked(store: Store, clock: Clock, say: Say, *, retry: bool, messages: Sequence[int] | None) -> int:
    """Sends them again or gives them up, all for None; gives the exit code, 1 where there was none."""
    async with store.writing() as work:
        act = work.overview.retry if retry else work.overview.drop
        settled = await act(messages, at=clock.now())
    say(f"{settled} {'put back to be sent' if retry else 'dropped'}.\n")
    return 0 if settled else 1


def _line(message: ParkedMessage) -> str:
    kept_at = message.kept_at.isoformat(timespec="seconds")
    return f"{message.id}\t{kept_at}\t{message.attempts} attempts\t{message.reason}\t{message.chat_id}\n"
