"""Compare a record with what a chat knows of it: changed key fields, and whether it was closed or has a new owner."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.domain.catch_up import MissedChange, missed_changes
from bot.domain.key_fields import ReportedValue, reported_value
from bot.domain.notifications.history import StoredDecision
from bot.domain.record_lifecycle import is_closed, lifecycle_value, stored_name
from bot.domain.tables import OWNER, STATE, Row, Table
from bot.domain.values import Chat, Connection, ConnectionId, UserId
from bot.features.key_fields.current_records import CurrentRecord
from bot.features.key_fields.lifecycle_news import LifecycleNews, find_chats_without_owner, lifecycle_news
from bot.features.key_fields.read_facts import NewOwner, find_owner, state_label
from bot.features.shared.services import Services

AbsentOwners = Mapping[ConnectionId, NewOwner]
"""New owners of records who are not in the chat."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MissedNews:
    """The news of a record that a chat missed, and the values that it knows before and after."""

    record: CurrentRecord
    row: Row
    changes: tuple[MissedChange, ...]
    news: tuple[LifecycleNews, ...]
    lifecycle_before: Mapping[str, ReportedValue]
    """The lifecycle values that are out of date."""
    taken: Mapping[str, ReportedValue]
    """Values that were not known, and are from now on."""

    @property
    def connection(self) -> Connection:
        """The connection of the chat and the record."""
        return self.record.connection

    @property
    def is_reported(self) -> bool:
        """True if the chat gets a card about it."""
        return bool(self.changes or self.news)

    @property
    def show_values(self) -> bool:
        """True if the card can show the values of key fields to everyone in the chat."""
        return not self.record.record_type.tell_each

    @property
    def before(self) -> Mapping[str, ReportedValue | None]:
        """The values that the chat knew before the card."""
        lifecycle = self.lifecycle_before if self.news else {}
        return {**{each.column.name: each.old for each in self.changes}, **lifecycle}

    @property
    def values(self) -> Mapping[str, ReportedValue]:
        """The values that the chat knows from now on."""
        watch, read_at = self.record.watch, self.record.read_at
        changed = {each.column.name: reported_value(each.column, self.row, read_at) for each in self.changes}
        return {**{name: watch.numbered(name, value) for name, value in changed.items()}, **self.lifecycle_values}

    @property
    def lifecycle_values(self) -> Mapping[str, ReportedValue]:
        """The lifecycle values that the chat knows from now on."""
        columns, read_at, watch = self.record.watched, self.record.read_at, self.record.watch
        values = {name: lifecycle_value(columns[name], self.row, read_at) for name in self.lifecycle_before}
        return {name: watch.numbered(name, value) for name, value in values.items()}


def missed_news(
    record: CurrentRecord,
    row: Row,
    stored: Mapping[str, ReportedValue],
    absent_owner: NewOwner | None,
    held: Sequence[StoredDecision] = (),
) -> MissedNews:
    """Return what the chat missed of a record that exists. `stored` are the values that are stored at the moment.

    Values that were stored while the record was read are left alone: an event has just been reported. Changes in
    `held` count even if there is no value to compare with.
    """
    held_columns = _held_columns(record, stored, held)
    known = {name: value for name, value in record.known.items() if stored.get(name) == value}
    outdated = _outdated(record, row, known)
    missing = record.watch.missing(stored, record.watched)
    missing = {name: column for name, column in missing.items() if name not in held_columns}
    return MissedNews(
        record=record,
        row=row,
        changes=missed_changes(record.key_fields, row, known, held_columns),
        news=tuple(
            lifecycle_news(
                record.table,
                record.record_type,
                record.connection,
                closed_as=_closed_as(record.table, row, outdated.get(stored_name(STATE))),
                absent_owner=absent_owner if stored_name(OWNER) in outdated else None,
            )
        ),
        lifecycle_before=outdated,
        taken=record.watch.take(record.connection, missing, row, record.read_at),
    )


def _held_columns(
    record: CurrentRecord, stored: Mapping[str, ReportedValue], held: Sequence[StoredDecision]
) -> frozenset[str]:
    """Return the columns with held changes, unless an event has just been reported or the watch began later."""
    names = {each.name for one in held for each in one.columns if record.watch.has_begun(each.name, one.at)}
    now = record.watch.known(stored)
    return frozenset(name for name in names if now.get(name) == record.known.get(name))


async def find_absent_owners(services: Services, chat: Chat, records: Sequence[CurrentRecord]) -> AbsentOwners:
    """Return the new owners of the records who are not in the chat. Paused connections are left out."""
    found: dict[ConnectionId, NewOwner] = {}
    for record in records:
        owner = await _absent_owner(services, chat, record)
        if owner:
            found[record.connection.id] = owner
    return found


async def _absent_owner(services: Services, chat: Chat, record: CurrentRecord) -> NewOwner | None:
    row = record.row
    if row is None or record.connection.paused_at or stored_name(OWNER) not in _outdated(record, row, record.known):
        return None
    kind, _, user = str(row.value(OWNER).raw).partition(":")
    if kind != "systemuser" or not user:
        return None  # A team cannot join a chat.
    owner = await find_owner(services, record.connection.record.environment, UserId(user))
    return owner if owner and await find_chats_without_owner(services, owner, [chat]) else None


def _outdated(record: CurrentRecord, row: Row, known: Mapping[str, ReportedValue]) -> Mapping[str, ReportedValue]:
    """Return the known lifecycle values that differ from those of the record."""
    columns = {name: column for name, column in record.watched.items() if name != column.name and name in known}
    return {
        name: known[name]
        for name, column in columns.items()
        if lifecycle_value(column, row, record.read_at).raw != known[name].raw
    }


def _closed_as(table: Table, row: Row, before: ReportedValue | None) -> str | None:
    """Return the label of the state if a record that was open is closed."""
    state = row.value(STATE).raw
    if before is None or not isinstance(state, int):
        return None
    was_open = not is_closed(table.name, before.raw)
    return state_label(table, state) if was_open and is_closed(table.name, state) else None
