"""Describe errors without their texts, which can quote messages, values, settings, and URLs.

A description consists of names, numbers, and sentences from program code only.
"""

import errno
import re
import sqlite3
import ssl
import traceback
from collections.abc import Iterator
from types import FrameType, TracebackType

MAX_FRAMES = 60
"""Frames of one traceback. The outermost and the innermost say most about a recursion."""
MAX_EXCEPTIONS = 20
"""Exceptions of one description, with causes and members of groups."""

_CAUSE = "The exception above caused the following exception:"
_CONTEXT = "While the exception above was handled, the following exception occurred:"
_MEMBER = "The exception group above contains the following exception:"

_SQLSTATE = re.compile(r"[0-9A-Z]{5}")
"""Form of PostgreSQL's error codes."""


def describe_error(error: BaseException) -> str:
    """Return what logs say about an error: its type, its error code, and its text if the product wrote it.

    Errors of the product have an attribute `log_text`, in which everything from outside is left out.
    """
    code, log_text = error_code(error), getattr(error, "log_text", None)
    name = f"{_type_name(type(error))} [{code}]" if code else _type_name(type(error))
    return f"{name}: {log_text}" if isinstance(log_text, str) else name


def error_code(error: BaseException) -> str | None:
    """Return the error code of an operating system, a database, or TLS; None if there is none.

    The codes come from fixed lists, so they quote nothing.
    """
    # SQLAlchemy keeps the exception of the driver.
    driver = getattr(error, "orig", None)
    return _own_code(error) or _own_code(driver)


def _own_code(error: object) -> str | None:
    if isinstance(error, sqlite3.Error):
        return getattr(error, "sqlite_errorname", None)
    if isinstance(error, ssl.SSLError):
        return str(error.reason) if error.reason else None
    if isinstance(error, OSError):
        return errno.errorcode.get(error.errno or 0)
    sqlstate = getattr(error, "sqlstate", None)
    return sqlstate if isinstance(sqlstate, str) and _SQLSTATE.fullmatch(sqlstate) else None


def format_traceback(error: BaseException) -> str:
    """Return the types and frames of an exception, its causes, and the members of exception groups."""
    return "\n".join(_lines(error, set()))


def _lines(error: BaseException, seen: set[int]) -> Iterator[str]:
    """Yield the lines of an exception after those of its cause. An exception is described once."""
    seen.add(id(error))
    earlier = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if earlier is not None and id(earlier) not in seen and len(seen) < MAX_EXCEPTIONS:
        yield from _lines(earlier, seen)
        yield _CAUSE if error.__cause__ else _CONTEXT
    yield "Traceback (most recent call last):"
    yield from _frames(error.__traceback__)
    yield describe_error(error)
    for member in error.exceptions if isinstance(error, BaseExceptionGroup) else ():
        if id(member) not in seen and len(seen) < MAX_EXCEPTIONS:
            yield _MEMBER
            yield from _lines(member, seen)


def _frames(first: TracebackType | None) -> Iterator[str]:
    frames = [_frame(frame, line) for frame, line in traceback.walk_tb(first)]
    half = MAX_FRAMES // 2
    yield from frames if len(frames) <= MAX_FRAMES else (*frames[:half], "  …", *frames[-half:])


def _frame(frame: FrameType, line: int) -> str:
    return f'  File "{frame.f_code.co_filename}", line {line}, in {frame.f_code.co_name}'


def _type_name(kind: type[BaseException]) -> str:
    is_known = kind.__module__ == "builtins" or kind.__module__.startswith("bot.")
    return kind.__qualname__ if is_known else f"{kind.__module__}.{kind.__qualname__}"
