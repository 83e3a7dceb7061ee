"""The changes of a record, as live cards and summary cards store and show them."""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime

from bot.domain.errors import ChatSyncError
from bot.domain.formatting import format_value, with_labels
from bot.domain.key_fields import MAX_REPORTED_LENGTH, ReportedValue
from bot.domain.outgoing_messages import Subject, Switch
from bot.domain.posted_cards import CardChange, CardField, CardRecord, ReportedBefore
from bot.domain.record_types import RecordType, key_field_columns
from bot.domain.reported_change import ReportedColumn, is_visible
from bot.domain.tables import Column, Row, Table
from bot.domain.values import Connection, EnvironmentId, RecordRef
from bot.features.shared.answers import name_of, number_of, subject_of
from bot.features.shared.services import Services
from cards.key_fields import Change
from cards.record import RecordHeader

Tables = Mapping[tuple[EnvironmentId, str], Table]
"""Tables by environment and logical name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordChange:
    """A net change of a connected record that a live card or a summary card shows."""

    connection: Connection
    record_type: RecordType
    table: Table
    row: Row | None
    """The record as the app reads it now; None if it cannot."""
    at: datetime
    people: tuple[str, ...]
    """Names of the people who made the change."""
    columns: tuple[ReportedColumn, ...]
    before: Mapping[str, ReportedValue | None] = field(default_factory=dict)
    """The values that the chat knew before, by column."""
    urgent: bool = False

    @property
    def reported_before(self) -> ReportedBefore:
        """The values that the chat knew before, by connection and column."""
        return {(self.connection.id, name): value for name, value in self.before.items()}


def card_record(change: RecordChange) -> CardRecord:
    """Return the record as a card names it; by the names that the connection stores if it cannot be read."""
    connection, table, row = change.connection, change.table, change.row
    return CardRecord(
        ref=connection.record,
        kind=table.label,
        name=name_of(table, row) if row else connection.record_name,
        number=number_of(table, row) if row else connection.record_number,
    )


def card_changes(change: RecordChange) -> tuple[CardChange, ...]:
    """Return the changes to store. Secured values are stored only if somebody may see them on the card."""
    return tuple(_card_change(each, change) for each in change.columns)


def card_fields(change: RecordChange) -> tuple[CardField, ...]:
    """Return the present values of the key fields; none if the record cannot be read."""
    row = change.row
    if row is None:
        return ()
    columns = key_field_columns(change.record_type, change.table)
    hidden = not change.record_type.tell_secured
    return tuple(
        CardField(
            name=each.name,
            label=each.label,
            text=None if each.secured and hidden else format_value(each, row.value(each.name))[:MAX_REPORTED_LENGTH],
            secured=each.secured,
        )
        for each in columns
    )


def card_header(services: Services, record: CardRecord, tables: Tables) -> RecordHeader:
    """Return the header of a card, without an address if the environment is no longer configured."""
    known = record.ref.environment in services.environments
    url = services.links.open_url(record.ref) if known else ""
    table = table_of(record, tables)
    return RecordHeader(kind=table.label if table else record.kind, name=record.name, number=record.number, url=url)


def table_of(record: CardRecord, tables: Tables) -> Table | None:
    """Return the record's table, or None if it cannot be read now."""
    return tables.get((record.ref.environment, record.ref.table))


async def load_tables(services: Services, records: Iterable[CardRecord]) -> Tables:
    """Return the tables of the records, whose labels have all languages. One that cannot be read is missing."""
    tables: dict[tuple[EnvironmentId, str], Table] = {}
    for environment, name in {(each.ref.environment, each.ref.table) for each in records}:
        with suppress(ChatSyncError):
            if environment in services.environments:
                tables[environment, name] = await services.records.table(environment, name)
    return tables


def shown_changes(changes: Sequence[CardChange], record_type: RecordType) -> tuple[CardChange, ...]:
    """Return the changes of columns that are still key fields, with values only if the settings allow them now."""
    kept = (each for each in changes if each.column.name in record_type.key_fields)
    return tuple(replace(each, shows_values=_shows_values(each, record_type)) for each in kept)


def to_card(change: CardChange, table: Table | None) -> Change:
    """Return the change as a card shows it to everyone."""
    column = table.columns.get(change.column.name) if table else None
    label = column.label if column else change.column.label
    if not change.shows_values:
        return Change(label=label, old=None, new=None)
    return _labeled(label, column, change.column)


def _labeled(label: str, column: Column | None, stored: ReportedColumn) -> Change:
    return Change(label=label, old=with_labels(column, stored.old), new=with_labels(column, stored.new))


def change_for_reader(change: CardChange, table: Table, row: Row) -> Change:
    """Return the change as one reader sees it: with labels of the reader's table, and values only if they can see them.

    `row`: the record as the reader reads it now.
    """
    column = table.columns.get(change.column.name)
    label = column.label if column else change.column.label
    if not (change.shows_values and is_visible(change.column, column, row)):
        return Change(label=label, old=None, new=None)
    return _labeled(label, column, change.column)


def subject_of_values(record: RecordRef, record_type: RecordType, values: Sequence[CardField | CardChange]) -> Subject:
    """Return the subject of a card that shows these values: settings are checked again before it is sent."""
    to_everyone = not record_type.tell_each
    names = (each.column.name if isinstance(each, CardChange) else each.name for each in values)
    secured = {each.secured for each in values}
    return replace(
        subject_of(record, Switch.KEY_FIELDS),
        columns=tuple(dict.fromkeys(names)),
        shows_values=to_everyone and (record_type.tell_secured or False in secured),
        shows_secured=to_everyone and record_type.tell_secured and True in secured,
    )


def _card_change(reported: ReportedColumn, change: RecordChange) -> CardChange:
    column = change.table.columns.get(reported.name)
    secured, record_type = column is None or column.secured, change.record_type
    shown = not secured or record_type.tell_secured or record_type.tell_each
    stored = reported if shown else replace(reported, old=None, new="", raw=None)
    return CardChange(column=stored, at=change.at, people=change.people, shows_values=shown, secured=secured)


def _shows_values(change: CardChange, record_type: RecordType) -> bool:
    allowed = not change.secured or record_type.tell_secured
    return change.shows_values and allowed and not record_type.tell_each
