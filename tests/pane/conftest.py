"""The same world as in the stories at the wire, and the folder of pictures."""

import os
from pathlib import Path

import pytest

from tests.wire.conftest import bare_world, connector, settings, world  # noqa: F401 - fixtures


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder for pictures, which `CHATSYNC_TEST_PICTURES` names. Otherwise, it is a temporary one."""
    named = os.environ.get("CHATSYNC_TEST_PICTURES")
    found = Path(named) if named else tmp_path_factory.mktemp("pictures")
    found.mkdir(parents=True, exist_ok=True)
    return found
