"""Change tracking by row versions ("Use change tracking")."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from http import HTTPStatus

from bot.sandbox.dataverse.odata.options import MAX_PAGE_SIZE
from bot.sandbox.dataverse.schema.model import Table
from bot.sandbox.dataverse.security.access import Caller
from bot.sandbox.errors import DataverseError, bad_query
from bot.sandbox.storage.rows import Removal
from bot.sandbox.values import Row

LIFETIME_DAYS = 7
"""Lifetime of a token, the default of `organization.expirechangetrackingindays`."""

_TIME = "%m/%d/%Y %H:%M:%S"
_TOKEN = re.compile(r"(\d{1,18})!(\d\d/\d\d/\d{4} \d\d:\d\d:\d\d)")
_COOKIE = re.compile(
    r'<cookie pagenumber="(\d{1,7})" rows="(\d{1,18})" removals="(\d{1,18})" token="([^"]{1,60})" istracking="True" />'
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """The highest row version that a client has seen, and the time of that state."""

    version: int
    at: datetime

    def __str__(self) -> str:
        return f"{self.version}!{self.at.astimezone(UTC).strftime(_TIME)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """The versions a client has read up to, and the token for its next delta link."""

    page: int
    rows: int
    removals: int
    token: Token

    def __str__(self) -> str:
        return (
            f'<cookie pagenumber="{self.page}" rows="{self.rows}" removals="{self.removals}" '
            f'token="{self.token}" istracking="True" />'
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Delta:
    """A page of changes: current rows and removals."""

    rows: Sequence[Row]
    removals: Sequence[Removal]
    next: Position | None
    """Start of the next page, or None on the last page."""


def is_tracking(skip_token: str) -> bool:
    """Return True if a skip token belongs to a response with changes."""
    return 'istracking="True"' in skip_token


def parse_token(text: str, version: int, now: datetime) -> Token:
    """Parse the token of a delta link. Raise `DataverseError` if it has expired or does not match these rows."""
    found = _TOKEN.fullmatch(text)
    if not found:
        raise bad_query("The $deltatoken is malformed. Use the @odata.deltaLink unchanged.")
    try:
        at = datetime.strptime(found[2], _TIME).replace(tzinfo=UTC)
    except ValueError as error:
        raise bad_query("The $deltatoken is malformed. Use the @odata.deltaLink unchanged.") from error
    token = Token(version=int(found[1]), at=at)
    # A sandbox without a file starts over, so tokens of an earlier run can be ahead of its version.
    if now - at > timedelta(days=LIFETIME_DAYS) or token.version > version:
        raise _expired()
    return token


def start_position(now: Token, since: Token | None) -> Position:
    """Return the start position. Without an earlier token, all rows are new and no removals are reported."""
    if since is None:
        return Position(page=1, rows=0, removals=now.version, token=now)
    return Position(page=1, rows=since.version, removals=since.version, token=now)


def parse_position(skip_token: str, version: int, now: datetime) -> Position:
    """Parse the position in a skip token. Raise `DataverseError` if it is malformed."""
    found = _COOKIE.fullmatch(skip_token)
    if not found:
        raise bad_query("The $skiptoken is malformed. Use the @odata.nextLink unchanged.")
    return Position(
        page=int(found[1]), rows=int(found[2]), removals=int(found[3]), token=parse_token(found[4], version, now)
    )


def delta(caller: Caller, table: Table, start: Position, page_size: int | None) -> Delta:
    """Return a page of changes: first the rows by version, then the removals, as documented by Dataverse.

    A row that changes between pages is returned again with its new version, so no change is lost. Raise
    `DataverseError` if a removal since the start was forgotten.
    """
    if start.removals < caller.rows.forgotten(table.name):
        raise _expired()
    size = page_size or MAX_PAGE_SIZE
    changed = [row for row in caller.readable(table) if row.version > start.rows]
    changed.sort(key=lambda row: row.version)
    deleted = [each for each in caller.rows.removed(table.name) if start.removals < each.version <= start.token.version]
    rows = changed[:size]
    removals = deleted[: size - len(rows)]
    more = len(rows) + len(removals) < len(changed) + len(deleted)
    following = replace(
        start,
        page=start.page + 1,
        rows=rows[-1].version if rows else start.rows,
        removals=removals[-1].version if removals else start.removals,
    )
    return Delta(rows=rows, removals=removals, next=following if more else None)


def _expired() -> DataverseError:
    return DataverseError(
        HTTPStatus.BAD_REQUEST,
        "0x80044352",
        "Version stamp associated with the client has expired. Please perform a full sync.",
    )
