"""A timeout that fails its own test and nothing else.

pytest-timeout raises an error wherever the process is at that moment. If this is a hook of a plugin, the error ends the
whole worker; if it is a callback whose errors are ignored, nothing happens. This timer raises only inside the phases
of a test (setup, call, and teardown), and raises again as long as the phase goes on.
"""

import gc
import signal
import threading
import weakref
from collections.abc import Iterator
from dataclasses import dataclass
from time import monotonic
from types import CodeType, FrameType
from typing import Any

import pytest
from _pytest import runner

_AGAIN_S = 1.0
"""Time in which a phase must end after the error was raised in it."""
_WEAK = weakref.__file__
_TEARDOWN_S = 30.0
"""Time in which the teardown must end after the error was raised in an earlier phase."""

_PHASES: frozenset[CodeType] = frozenset(
    each.__code__ for each in (runner.pytest_runtest_setup, runner.pytest_runtest_call, runner.pytest_runtest_teardown)
)


@dataclass
class _Timer:
    """The timer of a test."""

    seconds: float
    raised_in: CodeType | None = None
    raised_at: float = 0

    def expire(self, _signal: int, frame: FrameType | None) -> None:
        phase = interruptible(frame)
        if phase is None or (self.raised_in not in {None, phase} and monotonic() < self.raised_at + _TEARDOWN_S):
            return
        self.raised_in, self.raised_at = phase, monotonic()
        pytest.fail(f"The test took longer than {self.seconds:g} seconds.")


@pytest.hookimpl(tryfirst=True)
def pytest_timeout_set_timer(item: pytest.Item, settings: Any) -> bool | None:
    """Start the timer, in place of that of pytest-timeout."""
    if threading.current_thread() is not threading.main_thread():
        return None
    signal.signal(signal.SIGALRM, _Timer(settings.timeout).expire)
    signal.setitimer(signal.ITIMER_REAL, settings.timeout, _AGAIN_S)
    return True


@pytest.hookimpl(tryfirst=True)
def pytest_timeout_cancel_timer(item: pytest.Item) -> bool:
    """Stop the timer."""
    signal.setitimer(signal.ITIMER_REAL, 0)
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    return True


def interruptible(frame: FrameType | None) -> CodeType | None:
    """Return the phase that an error raised in this frame would end; None if it would end nothing, or too much.

    Python ignores errors in callbacks of the garbage collector and of weak references, and in finalizers.
    """
    codes = [each.f_code for each in _callers(frame)]
    callbacks = {each.__code__ for each in gc.callbacks if hasattr(each, "__code__")}
    if any(code in callbacks or code.co_name == "__del__" or code.co_filename == _WEAK for code in codes):
        return None
    return next((code for code in codes if code in _PHASES), None)


def _callers(frame: FrameType | None) -> Iterator[FrameType]:
    while frame:
        yield frame
        frame = frame.f_back
