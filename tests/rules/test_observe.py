"""Logs contain events, types, and places in programs, and never texts from outside."""

import asyncio
import errno
import gc
import json
import logging
import sqlite3
import ssl
import sys
import threading
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import get_args

import aiosqlite
import pytest
from aiohttp import ClientSession, web
from sqlalchemy.exc import OperationalError

from bot.domain.errors import NotFound, Unavailable
from bot.domain.limits import HttpLimits
from bot.logs import (
    AccessLogger,
    LibraryLimit,
    LogFormat,
    correlation_id,
    get_logger,
    log_uncaught_errors,
    with_correlation_id,
)
from bot.logs.tracebacks import MAX_EXCEPTIONS, MAX_FRAMES, describe_error, format_traceback
from bot.web.server import serving
from tests.steps.process_logs import configured

SECRET = "a-marker-that-must-not-be-seen"


@dataclass
class Logs:
    log_format: LogFormat
    capture: pytest.CaptureFixture[str]

    @contextmanager
    def on(self) -> Iterator[None]:
        """Log in the block. pytest's own handler does not take part."""
        with configured(self.log_format):
            yield

    def said(self) -> str:
        """Return everything that the process has written."""
        return "".join(self.capture.readouterr())


@pytest.fixture(params=get_args(LogFormat))
def logs(request: pytest.FixtureRequest, capsys: pytest.CaptureFixture[str]) -> Logs:
    """Return the logging of the product in one of its formats."""
    return Logs(request.param, capsys)


class SecretError(Exception):
    """An error of somebody else, which quotes what it was given."""

    def __repr__(self) -> str:
        return f"SecretError({SECRET})"


def fail(secret: str = SECRET) -> None:
    raise SecretError(secret)


def chained() -> None:
    try:
        fail()
    except SecretError as error:
        error.add_note(SECRET)
        raise ValueError(SECRET) from error


def while_handled() -> None:
    try:
        fail()
    except SecretError:
        dict[str, str]()[SECRET]


def grouped() -> None:
    raise ExceptionGroup(SECRET, [SecretError(SECRET), ExceptionGroup(SECRET, [KeyError(SECRET)])])


def recursive(depth: int = 10 * MAX_FRAMES) -> None:
    return recursive(depth - 1) if depth else fail()


FAILURES: dict[Callable[[], None], list[str]] = {
    fail: ["SecretError"],
    chained: ["SecretError", "ValueError"],
    while_handled: ["SecretError", "KeyError"],
    grouped: ["ExceptionGroup", "SecretError", "KeyError"],
    recursive: ["SecretError"],
}


def raised(failure: Callable[[], object]) -> BaseException:
    try:
        failure()
    except BaseException as error:  # noqa: BLE001 - every kind is tested
        return error
    raise AssertionError(failure)


@pytest.mark.parametrize("failure", FAILURES, ids=lambda each: each.__name__)
def test_a_traceback_names_types_and_places_and_quotes_nothing(failure: Callable[[], None], logs: Logs) -> None:
    error = raised(failure)
    with logs.on():
        get_logger("bot.test").error("test.failed", exc_info=error)
        try:
            failure()
        except BaseException:  # noqa: BLE001 - every kind is tested
            get_logger("bot.test").exception("test.failed")
    said = logs.said()
    assert said.count("test.failed") == 2
    for kind in FAILURES[failure]:
        assert f"{kind}" in said
    assert f"in {failure.__name__}" in said
    assert "test_observe.py" in said
    assert SECRET not in said


def test_a_traceback_has_an_end() -> None:
    assert len(format_traceback(raised(recursive)).splitlines()) < MAX_FRAMES + 5
    first = error = Exception()
    for _ in range(10 * MAX_EXCEPTIONS):
        error.__cause__ = Exception()
        error = error.__cause__
    error.__cause__ = first  # a circle
    assert format_traceback(first).count("Traceback") == MAX_EXCEPTIONS


def test_codes_of_systems_and_texts_of_the_product_are_logged() -> None:
    full = sqlite3.OperationalError(SECRET)
    full.sqlite_errorname = "SQLITE_FULL"
    untrusted = ssl.SSLError(1, SECRET)
    untrusted.reason = "CERTIFICATE_VERIFY_FAILED"
    assert describe_error(OSError(errno.ENOSPC, SECRET, SECRET)) == "OSError [ENOSPC]"
    wrapped = OperationalError(SECRET, {}, full)
    assert describe_error(wrapped) == "sqlalchemy.exc.OperationalError [SQLITE_FULL]"
    assert describe_error(untrusted) == "ssl.SSLError [CERTIFICATE_VERIFY_FAILED]"
    assert describe_error(OSError(SECRET)) == "OSError"
    named = NotFound("{record} is gone.", "Look for {record}.", record=SECRET)
    assert str(named) == f"{SECRET} is gone."
    assert describe_error(named) == "NotFound: {record} is gone."
    assert describe_error(Unavailable("Teams is away.", retry_after_s=1)) == "Unavailable: Teams is away."


LIBRARIES = ("aiohttp.server", "aiohttp.client", "asyncio", "sqlalchemy.pool", "azure.identity", "msal", "py.warnings")


@pytest.mark.parametrize("name", LIBRARIES)
def test_of_a_librarys_message_only_its_origin_is_logged(name: str, logs: Logs) -> None:
    library = logging.getLogger(name)
    with logs.on():
        library.error(f"{SECRET} in the text")
        library.error("%s as an argument", SECRET)
        library.error("%s and %s do not fit", SECRET)
        library.error({"a dictionary": SECRET})
        library.error("the stack", stack_info=True, extra={SECRET: SECRET})
        library.error("Task failed", exc_info=raised(chained))
        library.info(SECRET)
    said = logs.said()
    assert said.count("library.message") == 6
    assert said.count("rules/test_observe.py") >= 6
    assert name in said
    assert "SecretError" in said
    assert SECRET not in said


async def test_a_task_whose_error_nobody_takes_is_logged_without_it(logs: Logs) -> None:
    async def failing() -> None:
        fail()

    with logs.on():
        task = asyncio.create_task(failing())
        await asyncio.wait({task})
        del task
        gc.collect()
    said = logs.said()
    assert "library.message" in said
    assert "SecretError" in said
    assert "in failing" in said
    assert SECRET not in said


async def test_errors_of_the_event_loop_are_logged_without_what_they_were_given(
    logs: Logs, unused_tcp_port: int
) -> None:
    def failing(_argument: str) -> None:
        fail()

    loop = asyncio.get_running_loop()
    with logs.on():
        async with serving(web.Application(), "127.0.0.1", unused_tcp_port, HttpLimits()):
            loop.call_soon(failing, SECRET)
            loop.call_exception_handler({"message": f"A message with {SECRET}", SECRET: SECRET})
            await asyncio.sleep(0)
            await asyncio.sleep(0)
    said = logs.said()
    assert said.count("event_loop.error") == 2
    assert "Exception in callback" in said
    assert "in failing" in said
    assert SECRET not in said


def test_a_flood_of_a_librarys_message_is_one_line_a_minute(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    now = 1000.0
    with configured("json"):
        (handler,) = logging.getLogger().handlers
        (own_filter,) = handler.filters
        handler.removeFilter(own_filter)
        handler.addFilter(LibraryLimit(lambda: now))
        for second in range(120):
            now = 1000.0 + second
            for _ in range(5):
                logging.getLogger("asyncio").error("Too many open files %s", SECRET)
                get_logger("bot.test").warning("test.counted")
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    floods = [line for line in lines if line["event"] == "library.message"]
    assert [line["suppressed"] for line in floods] == [0, 299]
    assert len(lines) == len(floods) + 600


@pytest.mark.parametrize("fault", ["closed", "gone"])
def test_a_line_that_cannot_be_written_is_not_printed_elsewhere(
    fault: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    class Broken:
        def write(self, _text: str) -> None:
            raise BrokenPipeError if fault == "gone" else ValueError(SECRET)

        def flush(self) -> None:
            """Do nothing."""

    with configured("text"):
        (handler,) = logging.getLogger().handlers
        assert isinstance(handler, logging.StreamHandler)
        handler.setStream(Broken())
        logging.getLogger("aiohttp.server").error(SECRET)
        get_logger("bot.test").error("test.failed", name=SECRET)
    assert SECRET not in "".join(capsys.readouterr())


@pytest.fixture
def hooks() -> Iterator[None]:
    """Restore what Python does with errors that nothing catches."""
    before = sys.excepthook, threading.excepthook, sys.unraisablehook
    log_uncaught_errors()
    yield
    sys.excepthook, threading.excepthook, sys.unraisablehook = before
    logging.captureWarnings(capture=False)


def test_errors_that_nothing_catches_are_logged_without_their_texts(logs: Logs, hooks: None) -> None:
    class Unclosable:
        def __del__(self) -> None:
            chained()

    error = raised(chained)
    with logs.on():
        sys.excepthook(type(error), error, error.__traceback__)
        sys.excepthook(KeyboardInterrupt, KeyboardInterrupt(SECRET), None)
        thread = threading.Thread(target=grouped)
        thread.start()
        thread.join()
        Unclosable()
        gc.collect()
    said = logs.said()
    assert said.count("process.uncaught_error") == 3
    for where in ("main thread", "thread", "finalizer"):
        assert where in said
    assert SECRET not in said


def test_warnings_are_logged_without_their_texts(logs: Logs, hooks: None) -> None:
    with logs.on():
        warnings.showwarning(UserWarning(SECRET), UserWarning, "file.py", 1)
    said = logs.said()
    assert "py.warnings" in said
    assert SECRET not in said


async def test_written_table_values_are_never_logged(capsys: pytest.CaptureFixture[str]) -> None:
    with configured("text", "DEBUG"):
        async with aiosqlite.connect(":memory:") as connection:
            await connection.execute("SELECT ?", [SECRET])
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("foreign", [SECRET, "text with spaces", "1234-🚀-5678", "1" * 65, "", None, "short"])
def test_only_hexadecimal_ids_are_taken_from_outside(foreign: str | None) -> None:
    with with_correlation_id(foreign) as made:
        assert made == correlation_id() != foreign
        assert len(made) == 32


def test_the_id_of_dataverse_is_kept() -> None:
    with with_correlation_id("0F9F8B7A-1C2D-4E5F-8A9B-0C1D2E3F4A5B") as kept:
        assert kept == "0F9F8B7A-1C2D-4E5F-8A9B-0C1D2E3F4A5B"


async def test_the_line_about_a_request_contains_nothing_that_the_client_sent(
    capsys: pytest.CaptureFixture[str], unused_tcp_port: int
) -> None:
    async def answer(_request: web.Request) -> web.Response:
        return web.Response()

    app = web.Application()
    app.router.add_get("/rows/{name}", answer)
    app.router.add_get("/plain", answer)
    with configured("json", "DEBUG"):
        runner = web.AppRunner(app, access_log_class=AccessLogger)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", unused_tcp_port).start()
        here = f"http://127.0.0.1:{unused_tcp_port}"
        async with ClientSession() as session:
            await session.get(f"{here}/plain?{SECRET}")
            for method, path in [("GET", "/rows/"), ("GET", "/"), ("POST", "/rows/"), (SECRET.upper(), "/")]:
                headers = {"User-Agent": SECRET, "Cookie": SECRET, "Referer": SECRET}
                async with session.request(
                    method, f"{here}{path}{SECRET}%3Fcode={SECRET}?code={SECRET}", headers=headers
                ):
                    pass
        await runner.cleanup()
    said = capsys.readouterr().err
    requests = [line for line in map(json.loads, said.splitlines()) if line["event"] == "http.request_completed"]
    paths = [(line["method"], line["path"]) for line in requests]
    assert paths[:4] == [("GET", "/plain"), ("GET", "/rows/{name}"), ("GET", "unknown"), ("POST", "unknown")]
    assert SECRET.lower() not in said.lower()
