"""The system that most of an answer's time went to."""

import asyncio
from collections.abc import Sequence

import pytest

from bot.domain.errors import ChatSyncError, InProgress, Unavailable
from bot.handlers.deadlines import Deadline
from bot.runtime.answer_time import answering, current_answer, waiting_for


class SteppedLoop(asyncio.SelectorEventLoop):
    """An event loop whose clock a test moves."""

    moved_s = 0.0

    def time(self) -> float:
        return super().time() + self.moved_s


def slow(waits: Sequence[tuple[tuple[str, ...], float]]) -> str:
    """Return the slow system after waits, each for some systems at once and for some seconds."""
    loop = SteppedLoop()

    async def run() -> str:
        with answering(10) as time:
            for systems, seconds in waits:
                for system in systems:
                    time.wait_begins(system)
                loop.moved_s += seconds
                for system in systems:
                    time.wait_ends(system)
            return time.slow_system()

    try:
        return loop.run_until_complete(run())
    finally:
        loop.close()


@pytest.mark.parametrize(
    ("waits", "named"),
    [
        ([(("A",), 9)], "A"),
        ([(("A",), 4), (("B",), 1), (("A",), 4)], "A"),
        ([(("A",), 2), (("B",), 3)], "B"),
        ([(("A", "A", "A"), 2), (("B",), 4)], "B"),
        ([(("A",), 1), ((), 9)], ""),
        ([(("A",), 3), (("B",), 3), (("C",), 3)], ""),
        ([((), 9)], ""),
        ([], ""),
    ],
)
def test_the_system_that_took_half_of_the_time_is_slow(
    waits: Sequence[tuple[tuple[str, ...], float]], named: str
) -> None:
    assert slow(waits) == named


async def test_outside_an_answer_nothing_is_recorded() -> None:
    assert current_answer() is None
    with waiting_for("A"):
        assert current_answer() is None


async def outcome(work: object, *, system: str = "") -> ChatSyncError:
    """Return the answer after the time is over."""

    async def never() -> None:
        with waiting_for(system):
            time = current_answer()
            assert time
            time.in_progress = work if isinstance(work, Exception) else None
            await asyncio.Event().wait()

    result = await Deadline(timeout_s=0.02).run(never())
    assert isinstance(result, ChatSyncError)
    return result


async def test_after_the_time_the_answer_names_the_slow_system_or_the_change_in_progress() -> None:
    slow_answer = await outcome(None, system="Microsoft Teams")
    assert isinstance(slow_answer, Unavailable)
    assert str(slow_answer) == "Microsoft Teams is taking too long to respond."
    going_on = InProgress("Adele is being added.", "The chat is told.")
    assert await outcome(going_on, system="Microsoft 365") is going_on
    unknown = await Deadline(timeout_s=0.01).run(asyncio.Event().wait())
    assert str(unknown) == "This is taking too long."
