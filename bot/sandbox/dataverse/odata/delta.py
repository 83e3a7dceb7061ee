"""What has changed in a table since a moment, by versions ("Use change tracking")."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from http import HTTPStatus

from bot.sandbox.dataverse.odata.options import PAGE_AT_MOST
from bot.sandbox.dataverse.schema.model import Table
from bot.sandbox.dataverse.security.access import Caller
from bot.sandbox.errors import DataverseError, bad_query
from bot.sandbox.storage.rows import Removal
from bot.sandbox.values import Row

LIFETIME_DAYS = 7
"""How long a token is good: `organization.expirechangetrackingindays`, unless somebody changes it."""

_TIME = "%m/%d/%Y %H:%M:%S"
_TOKEN = re.compile(r"(\d{1,18})!(\d\d/\d\d/\d{4} \d\d:\d\d:\d\d)")
_COOKIE = re.compile(
    r'<cookie pagenumber="(\d{1,7})" rows="(\d{1,18})" removals="(\d{1,18})" token="([^"]{1,60})" istracking="True" />'
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """The state of all rows that a client knows: their highest version, and when that was."""

    version: int
    at: datetime

    def __str__(self) -> str:
        return f"{self.version}!{self.at.astimezone(UTC).strftime(_TIME)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """How far a client has read: up to which versions, and the token that it gets in the end."""

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
    """A page of what is new: rows as they are now, and rows that are gone."""

    rows: Sequence[Row]
    removals: Sequence[Removal]
    next: Position | None
    """Where the next page begins; None on the last one."""


def is_tracking(skip_token: str) -> bool:
    """Whether a page's token belongs to an answer about changes."""
    return 'istracking="True"' in skip_token


def token_of(text: str, version: int, now: datetime) -> Token:
    """The token in a delta link; raises `DataverseError` for one that is too old or not from these rows."""
    found = _TOKEN.fullmatch(text)
    if not found:
        raise bad_query("The $deltatoken is malformed. Use the @odata.deltaLink as it came.")
    try:
        at = datetime.strptime(found[2], _TIME).replace(tzinfo=UTC)
    except ValueError as error:
        raise bad_query("The $deltatoken is malformed. Use the @odata.deltaLink as it came.") from error
    token = Token(version=int(found[1]), at=at)
    # A sandbox without a file begins anew at each start, and then knows less than its older tokens.
    if now - at > timedelta(days=LIFETIME_DAYS) or token.version > version:
        raise _expired()
    return token


def first(now: Token, since: Token | None) -> Position:
    """Where reading begins. Without an earlier token all rows are new, and none is known to be gone."""
    if since is None:
        return Position(page=1, rows=0, removals=now.version, token=now)
    return Position(page=1, rows=since.version, removals=since.version, token=now)


def position_of(skip_token: str, version: int, now: datetime) -> Position:
    """Where a further page begins; raises `DataverseError` for a token that was not given away."""
    found = _COOKIE.fullmatch(skip_token)
    if not found:
        raise bad_query("The $skiptoken is malformed. Use the @odata.nextLink as it came.")
    return Position(
        page=int(found[1]), rows=int(found[2]), removals=int(found[3]), token=token_of(found[4], version, now)
    )


def delta(caller: Caller, table: Table, start: Position, page_size: int | None) -> Delta:
    """A page of changes: first the rows by version, then the removals, as the documentation has it.

    A row that changes while a client turns pages comes back with its new version, so nothing is lost in between.
    """
    size = page_size or PAGE_AT_MOST
    changed = [row for row in caller.readable(table) if row.version > start.rows]
    changed.sort(key=lambda row: row.version)
    gone = [each for each in caller.rows.removed(table.name) if start.removals < each.version <= start.token.version]
    rows = changed[:size]
    removals = gone[: size - len(rows)]
    more = len(rows) + len(removals) < len(changed) + len(gone)
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
