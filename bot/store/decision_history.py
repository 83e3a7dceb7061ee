"""The decisions of a chat for a replay, in pages and with only what it needs (spec V10)."""

import json
from collections.abc import AsyncIterator, Collection, Iterator, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Row, Select, Text, case, cast, literal, select, tuple_, type_coerce
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.notifications.decide import Authors, Outcome
from bot.domain.notifications.history import Closing, DecidedColumn
from bot.domain.notifications.replay import CACHED_CHANGES, PastColumns, PastDecision
from bot.domain.values import ChatId, ConnectionId, UserId
from bot.store.codecs import raw_from_json
from bot.store.tables import decision as table
from bot.store.tables import from_microseconds, microseconds

PAGE_SIZE = 500
"""Decisions of a page. Work on one page is short, so that the event loop gets its turn between pages."""

Rows = Sequence[Row[*tuple[Any, ...]]]


class HistoryPage:
    """A page as it is stored. It is decoded when it is iterated, which takes time, so a thread can do it."""

    def __init__(self, rows: Rows, decoder: "_Decoder") -> None:
        self._rows = rows
        self._decoder = decoder

    def __iter__(self) -> Iterator[PastDecision]:
        """Return the decisions."""
        return iter(self._decoder.decode(self._rows))


class DecisionHistory:
    """The decisions of chats, oldest first."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def pages(
        self, chat: ChatId, *, since: datetime, at_most: int, columns: Collection[str], authors: bool
    ) -> AsyncIterator[HistoryPage]:
        """Yield the chat's last decisions since then, with these columns, and with their authors if needed."""
        decoder, query = _Decoder(columns), _past(with_columns=bool(columns), with_authors=authors)
        after, left = await self._start(chat, since, at_most), at_most
        while left > 0:
            size = min(PAGE_SIZE, left)
            rows = (await self._connection.execute(query.where(_follows(chat, after)).limit(size))).all()
            if rows:
                yield HistoryPage(rows, decoder)
                after, left = (rows[-1].at, rows[-1].id), left - len(rows)
            if len(rows) < size:
                return

    async def _start(self, chat: ChatId, since: datetime, at_most: int) -> "_Position":
        """Return the position before the first of the last decisions."""
        start = (microseconds(since), 0)
        newest_first = select(_AT, table.c.id).where(_follows(chat, start)).order_by(_AT.desc(), table.c.id.desc())
        found = (await self._connection.execute(newest_first.offset(at_most).limit(1))).first()
        return (found.at, found.id) if found else start


_Position = tuple[int, int]
_AT = type_coerce(table.c.at, BigInteger).label("at")
"""The time as it is stored, because conversions are left to the decoder."""

_NOBODY = '{"people": [], "integrations": [], "on_own_card": false}'


def _past(*, with_columns: bool, with_authors: bool) -> Select[Any]:
    later_posted = case((table.c.closed_as == Closing.POSTED.value, type_coerce(table.c.closed_at, BigInteger)))
    query = select(
        *(table.c.id, table.c.connection_id, _AT, table.c.outcome, table.c.news, later_posted.label("later_posted")),
        (cast(table.c.columns, Text) if with_columns else literal("[]")).label("columns_text"),
        (cast(table.c.authors, Text) if with_authors else literal(_NOBODY)).label("authors_text"),
    )
    return query.order_by(_AT, table.c.id)


def _follows(chat: ChatId, after: _Position) -> ColumnElement[bool]:
    """Return the condition for later decisions of the chat. The first two parts are those of an index."""
    return (table.c.chat_id == chat) & (after[0] <= _AT) & (tuple_(_AT, table.c.id) > after)


class _Decoder:
    """Decodes the pages of one history. Equal columns are decoded once."""

    def __init__(self, needed: Collection[str]) -> None:
        self._needed = frozenset(needed)
        self._changed = lru_cache(CACHED_CHANGES)(self._decode)
        self._shared = lru_cache(CACHED_CHANGES)(PastColumns)

    def decode(self, rows: Rows) -> Sequence[PastDecision]:
        """Return the decisions."""
        return [
            PastDecision(
                connection=ConnectionId(connection),
                at=from_microseconds(at),
                outcome=_OUTCOMES[outcome],
                changed=self._changed(columns),
                authors=_authors(authors),
                is_news=news,
                later_posted_at=None if later_posted is None else from_microseconds(later_posted),
            )
            for _, connection, at, outcome, news, later_posted, columns, authors in rows
        ]

    def _decode(self, text: str) -> PastColumns:
        """Return the needed columns. Texts that differ only in others share them."""
        return self._shared(tuple(_column(each) for each in json.loads(text) if each["name"] in self._needed))


def _column(stored: dict[str, Any]) -> DecidedColumn:
    # A codec would be forty times slower, and this runs for each change of a month.
    return DecidedColumn(
        name=stored["name"],
        old=raw_from_json(stored["old"]),
        new=raw_from_json(stored["new"]),
        has_values=stored["has_values"],
        old_is_known=stored["old_is_known"],
    )


@lru_cache(CACHED_CHANGES)
def _authors(text: str) -> Authors:
    stored = json.loads(text)
    return Authors(
        people=tuple(map(UserId, stored["people"])),
        integrations=frozenset(map(UserId, stored["integrations"])),
        on_own_card=stored["on_own_card"],
    )


_OUTCOMES = {each.value: each for each in Outcome}
