"""The test runs themselves: a timeout fails its own test only, leaks are named, and nothing is left behind."""

import asyncio
import os
import signal
import sys
from asyncio.subprocess import DEVNULL, PIPE, STDOUT, Process
from pathlib import Path

import pytest

from tests.patience import PATIENCE_S, until
from tests.plugins.cleaner import MEMORY, VARIABLE, processes
from tests.process.bot_process import ROOT

PLUGINS = "tests.plugins.run_folder", "tests.plugins.timeouts", "tests.plugins.leaks"
INI = """
[pytest]
asyncio_mode = auto
asyncio_default_fixture_loop_scope = function
filterwarnings =
    error
    default::pluggy.PluggyTeardownRaisedWarning
"""


async def run(folder: Path, tests: str, *options: str) -> Process:
    """Start pytest on these tests, with the plugins of this project."""
    (folder / "pytest.ini").write_text(INI, encoding="utf-8")
    (folder / "conftest.py").write_text(f"pytest_plugins = {PLUGINS}\n", encoding="utf-8")
    (folder / "test_it.py").write_text(tests, encoding="utf-8")
    # A run of its own, whose files lie elsewhere.
    environment = {name: value for name, value in os.environ.items() if name != VARIABLE and "PYTEST" not in name}
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-q", "-rfE", *options),
        cwd=folder,
        env={**environment, "PYTHONPATH": str(ROOT)},
        stdin=DEVNULL,
        stdout=PIPE,
        stderr=STDOUT,
        # A shell starts its background jobs with SIGINT ignored, and their child processes inherit that.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )


async def output(process: Process) -> str:
    written, _ = await asyncio.wait_for(process.communicate(), PATIENCE_S)
    return written.decode()


HANGS = """
import gc, time, weakref

def spin(*_):
    end = time.monotonic() + 3
    while time.monotonic() < end:
        pass

def test_hangs_in_a_callback_of_the_collector():
    gc.callbacks.append(spin)
    try:
        gc.collect()
    finally:
        gc.callbacks.remove(spin)
    while True:
        time.sleep(0.01)

async def test_hangs_in_a_loop():
    import asyncio
    await asyncio.Event().wait()

def test_is_well():
    pass
"""


@pytest.mark.parametrize("workers", ["0", "2"])
async def test_a_timeout_fails_its_own_test_only(tmp_path: Path, workers: str) -> None:
    written = await output(await run(tmp_path, HANGS, "--timeout=2", "-n", workers))
    assert "2 failed, 1 passed" in written
    assert "The test took longer than 2 seconds." in written


LEAKS = """
import socket

kept = []

def test_leaks():
    one = socket.socket()
    me = [one]
    me.append(me)

def test_leaks_and_fails():
    one = socket.socket()
    me = [one]
    me.append(me)
    assert False

def test_is_well():
    pass
"""


async def test_what_a_test_leaves_open_fails_that_test_and_no_other(tmp_path: Path) -> None:
    written = await output(await run(tmp_path, LEAKS, "-n", "0"))
    # The first fails in its teardown, the second by itself.
    assert "1 failed, 2 passed, 1 error" in written
    assert "ERROR test_it.py::test_leaks - Failed: The test left something open" in written


INTERRUPTED = """
import subprocess, sys, tempfile, time
from pathlib import Path

def test_is_interrupted(tmp_path):
    subprocess.Popen([sys.executable, "-c", "import time; time.sleep(1000)"], start_new_session=True)
    tempfile.mkdtemp()
    Path("begun").write_text(tempfile.gettempdir())
    time.sleep(1000)
"""


def text_of(file: Path) -> str:
    return file.read_text(encoding="utf-8") if file.exists() else ""


def left_of(folder: Path) -> list[Path | int]:
    """Return the folders and the processes of a run that are still there."""
    return [*(each for each in (folder, MEMORY / folder.name) if each.exists()), *processes(str(folder))]


@pytest.mark.parametrize("workers", ["0", "2"])
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL], ids=lambda how: how.name)
async def test_of_a_run_that_is_interrupted_nothing_is_left(tmp_path: Path, workers: str, how: signal.Signals) -> None:
    process = await run(tmp_path, INTERRUPTED, "-n", workers)
    begun = tmp_path / "begun"

    async def has_begun() -> bool:
        return bool(text_of(begun))

    await until(has_begun)
    folder = Path(text_of(begun))
    assert left_of(folder)
    process.send_signal(how)

    async def nothing_is_left() -> bool:
        return not left_of(folder)

    await until(nothing_is_left)
    await process.communicate()
