"""One temporary folder for each run. When the run ends, however it ends, its processes end and the folder goes.

Every process that a test starts inherits an environment variable. The cleaner, a small process, waits for the end of
pytest, even an end by `kill -9`, then kills every process with this variable and removes the folder.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from tests.plugins import cleaner
from tests.plugins.cleaner import MEMORY, VARIABLE

_ROOM = 200_000_000
"""Bytes that have to be free there: each worker needs a few million."""

_cleaner: list[subprocess.Popen[bytes]] = []


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Make the folder. Workers, which start later, use the same one."""
    if VARIABLE in os.environ:
        return
    folder = tempfile.mkdtemp(prefix="chatsync-tests-")
    # PostgreSQL's own user passes through it.
    Path(folder).chmod(0o711)
    in_memory = MEMORY / Path(folder).name
    command = [sys.executable, "-I", cleaner.__file__, folder, str(in_memory)]
    # It outlives this process, which holds the other end of the pipe.
    _cleaner.append(subprocess.Popen(command, stdin=subprocess.PIPE, start_new_session=True, cwd="/"))
    os.environ[VARIABLE] = os.environ["TMPDIR"] = tempfile.tempdir = folder
    if MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > _ROOM:
        in_memory.mkdir()
    if config.option.basetemp is None:
        config.option.basetemp = f"{folder}/pytest"


def pytest_unconfigure() -> None:
    """Clean up, in the process that made the folder."""
    while _cleaner:
        _cleaner.pop().communicate()
