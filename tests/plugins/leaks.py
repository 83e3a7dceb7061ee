"""Fail a test that leaves something open, and not the one that runs when the garbage collector finds it."""

import gc
import sys
from collections.abc import Generator
from typing import Any

import pytest

_FAILED = pytest.StashKey[bool]()


@pytest.hookimpl(wrapper=True, trylast=True)
def pytest_runtest_teardown(item: pytest.Item) -> Generator[None, Any, None]:
    """Collect the garbage of the test within its own teardown."""
    yield
    found = _collect()
    if not item.stash.get(_FAILED, False):
        # Remaining objects stay, and are not checked again after each of the other tests.
        gc.freeze()
    if found:
        pytest.fail("The test left something open:\n" + "\n".join(found), pytrace=False)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Note that a test failed."""
    report = yield
    item.stash[_FAILED] = report.failed or item.stash.get(_FAILED, False)
    return report


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """After a test that failed, forget what its traceback kept alive. It failed, so nothing more needs to be said."""
    result = yield
    if item.stash.get(_FAILED, False):
        for name in ("last_exc", "last_type", "last_value", "last_traceback"):
            vars(sys).pop(name, None)
        _collect()
    return result


def _collect() -> list[str]:
    """Collect the garbage. Return what its finalizers complained of."""
    found: list[str] = []
    before = sys.unraisablehook
    sys.unraisablehook = lambda raised: found.append(f"{raised.exc_type.__name__}: {raised.exc_value}")
    try:
        gc.collect()
    finally:
        sys.unraisablehook = before
    return found


def pytest_collection_finish() -> None:
    """Exclude what was imported from further collections: it stays until the end."""
    gc.collect()
    gc.freeze()
