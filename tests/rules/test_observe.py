"""Logs contain events, and never message content or credentials."""

import logging
from collections.abc import Iterator

import aiosqlite
import pytest
import structlog

from bot.logs import LogFormat, configure_logging, get_logger

SECRET = "a-marker-that-must-not-be-seen"


@pytest.fixture(autouse=True)
def logs_as_before() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    yield
    root.handlers, root.level = handlers, level
    structlog.reset_defaults()


def fail(token: str) -> None:
    raise ValueError(f"a token of {len(token)} characters")


@pytest.mark.parametrize("log_format", ["text", "json"])
def test_a_traceback_shows_where_it_happened_and_no_values(
    log_format: LogFormat, capsys: pytest.CaptureFixture[str]
) -> None:
    configure_logging(log_format, "INFO")
    try:
        fail(SECRET)
    except ValueError:
        get_logger("test").exception("turn failed")
    said = capsys.readouterr().err
    assert "turn failed" in said
    assert "a token of 30 characters" in said
    assert SECRET not in said


async def test_written_table_values_are_never_logged(
    capsys: pytest.CaptureFixture[str],
) -> None:
    before = logging.getLogger("aiosqlite").level
    configure_logging("text", "DEBUG")
    async with aiosqlite.connect(":memory:") as connection:
        await connection.execute("SELECT ?", [SECRET])
    logging.getLogger("aiosqlite").setLevel(before)
    assert SECRET not in capsys.readouterr().err
