"""Read from Dataverse what cards about changed records need."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from bot.domain.change_texts import change_texts
from bot.domain.errors import NotAllowed
from bot.domain.event_values import typed_events
from bot.domain.key_fields import ColumnChange, RecordEvent, ReportedValue
from bot.domain.record_lifecycle import (
    WATCHED_COLUMNS,
    RecordLifecycle,
    confirmed,
    confirmed_values,
    lifecycle_of,
    merge_target,
)
from bot.domain.record_links import parse_guid
from bot.domain.record_types import RecordType, key_field_columns
from bot.domain.tables import LOOKUPS, STATE, Column, ColumnValue, Row, Table
from bot.domain.texts import text
from bot.domain.values import EnvironmentId, ObjectId, RecordRef, UserId
from bot.domain.watching import Watch, watch_of
from bot.features.shared.access import enabled_record_type
from bot.features.shared.answers import name_columns
from bot.features.shared.people_details import look_up_people, look_up_remarks
from bot.features.shared.services import Services


@dataclass(frozen=True, slots=True, kw_only=True)
class NewOwner:
    """A person who became the owner of a record."""

    object_id: ObjectId
    name: str
    can_be_added: bool = True
    """False if the person cannot sign in."""
    remark: str = ""
    """Remark about a person who may be added to a chat, such as that they have no Teams license."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeDetails:
    """The events of a record, with all data that a card needs."""

    record: RecordRef
    record_type: RecordType
    table: Table
    columns: tuple[Column, ...]
    """The key fields."""
    events: tuple[RecordEvent, ...]
    """The events, with values that Dataverse left out and with the names of rows in lookups."""
    row: Row | None
    """The record as the app reads it now, or None if the app cannot read it."""
    people: Mapping[UserId, str]
    """Known names of the people who changed the record."""
    integrations: frozenset[UserId] = frozenset()
    """The ones of them that are application users."""
    closed_as: str | None = None
    """Label of the closed state, if the events closed the record (spec K12)."""
    new_owner: NewOwner | None = None
    """The new owner, if it is another person than before."""
    merge_target: RecordRef | None = None
    """The record that this one was merged into."""
    watch: Watch
    lifecycle_events: tuple[RecordEvent, ...]
    """The events, only with changes of the owner and the state."""
    lifecycle_values: Mapping[str, ReportedValue] = field(default_factory=dict)
    """The owner and the state, if the events changed them, by the name under which they are stored."""
    _texts: dict[tuple[str, ColumnValue | None, ColumnValue], tuple[str | None, str]] = field(default_factory=dict)

    def texts(self, column: Column, old: ColumnValue | None, new: ColumnValue) -> tuple[str | None, str]:
        """Return both values as people read them. Each change is formatted once, because many chats get the same."""
        key = (column.name, old, new)
        if key not in self._texts:
            self._texts[key] = change_texts(column, old, new, self.row.value(column.name) if self.row else None)
        return self._texts[key]


async def load_change(services: Services, events: Sequence[RecordEvent]) -> ChangeDetails | None:
    """Return the details of the events of one record, or None if its table is turned off. Raises `Unavailable`."""
    record = events[0].record
    record_type = await enabled_record_type(services, record.environment, record.table)
    if record_type is None:
        return None
    table = await services.records.table(record.environment, record.table)
    key_fields = key_field_columns(record_type, table)
    watched = tuple(table.columns[name] for name in WATCHED_COLUMNS if name in table.columns)
    columns = {column.name: column for column in (*name_columns(table), *key_fields, *watched)}
    row = await services.records.read_or_none(record, list(columns.values()))
    typed = typed_events(events, list(table.columns.values()))
    complete_events = [_completed(event, (*key_fields, *watched), row) for event in typed]
    watch = watch_of(await services.administration.settings(record.environment), record.table)
    lifecycle_events = watch.lifecycle_events(events)
    lifecycle = confirmed(lifecycle_of(record.table, lifecycle_events), record.table, row) if row else RecordLifecycle()
    named_events, people, integrations, new_owner = await asyncio.gather(
        _with_lookup_names(services, record.environment, watch.key_field_events(complete_events), table, key_fields),
        _people(services, record.environment, events),
        _integrations(services, record.environment, events),
        find_owner(services, record.environment, lifecycle.new_owner),
    )
    return ChangeDetails(
        record=record,
        record_type=record_type,
        table=table,
        columns=key_fields,
        events=named_events,
        row=row,
        people=people,
        integrations=integrations,
        closed_as=None if lifecycle.closed_state is None else state_label(table, lifecycle.closed_state),
        new_owner=new_owner,
        merge_target=merge_target(record.environment, table, row) if row else None,
        watch=watch,
        lifecycle_events=lifecycle_events,
        lifecycle_values=confirmed_values(table, lifecycle_events, row) if row else {},
    )


async def find_owner(services: Services, environment: EnvironmentId, user: UserId | None) -> NewOwner | None:
    """Return the owner, or None if the user has no Entra account or no name."""
    if user is None:
        return None
    person, name = await asyncio.gather(
        services.records.object_id(environment, user), _row_name(services, environment, f"systemuser:{user}")
    )
    return await _with_remark(services, NewOwner(object_id=person, name=name)) if person and name else None


async def _with_remark(services: Services, owner: NewOwner) -> NewOwner:
    """Return the owner with what the directory says about adding them; unchanged if it does not respond."""
    person = (await look_up_people(services, named=[owner.object_id], present=())).people.get(owner.object_id)
    if person is None:
        return owner
    remarks = await look_up_remarks(services, [person])
    return replace(owner, can_be_added=person.enabled, remark=remarks.get(owner.object_id, ""))


async def _people(
    services: Services, environment: EnvironmentId, events: Iterable[RecordEvent]
) -> Mapping[UserId, str]:
    users = list(dict.fromkeys(event.changed_by for event in events if event.changed_by))
    names = await asyncio.gather(*(_row_name(services, environment, f"systemuser:{user}") for user in users))
    return {user: name for user, name in zip(users, names, strict=True) if name}


async def _integrations(
    services: Services, environment: EnvironmentId, events: Iterable[RecordEvent]
) -> frozenset[UserId]:
    """Return the authors that are application users (spec V3)."""
    users = list(dict.fromkeys(event.changed_by for event in events if event.changed_by))
    found = await asyncio.gather(*(services.records.is_application_user(environment, user) for user in users))
    return frozenset(user for user, is_application in zip(users, found, strict=True) if is_application)


async def _with_lookup_names(
    services: Services,
    environment: EnvironmentId,
    events: Sequence[RecordEvent],
    table: Table,
    columns: Sequence[Column],
) -> tuple[RecordEvent, ...]:
    """Add the names of rows in lookups to the events, because Dataverse sends only their ids.

    The app may read more than the chat, so only rows of tables that the lookup can refer to are named.
    """
    lookups = {column.name: column for column in columns if column.type in LOOKUPS}
    changes = [change for event in events for change in event.changes if change.column in lookups]
    if not changes:
        return tuple(events)
    targets = await services.records.lookup_targets(environment, table.name)
    values = [(change.column, value) for change in changes for value in (change.old, change.new) if value]
    unnamed = dict.fromkeys(
        str(value.raw)
        for column, value in values
        if value.raw and str(value.raw).partition(":")[0] in targets.get(column, ())
    )
    names = await asyncio.gather(*(_row_name(services, environment, raw) for raw in unnamed))
    name_of_raw = dict(zip(unnamed, names, strict=True))
    return tuple(_with_names(event, name_of_raw) for event in events)


async def _row_name(services: Services, environment: EnvironmentId, raw: str) -> str | None:
    table, _, row_id = raw.partition(":")
    if parse_guid(row_id) is None:
        return None
    try:
        return await services.records.row_name(environment, table, row_id)
    except NotAllowed:
        return None


def state_label(table: Table, state: int) -> str:
    """Return the label of the state."""
    column = table.columns.get(STATE)
    return (column.options.get(state) if column else None) or text("Closed")


def _completed(event: RecordEvent, columns: Sequence[Column], row: Row | None) -> RecordEvent:
    """Return a stripped event with the current values of the columns; other events do not change (spec K5)."""
    if not event.stripped or row is None:
        return event
    changes = (ColumnChange(column=column.name, new=row.value(column.name)) for column in columns)
    return replace(event, changes=tuple(changes))


def _with_names(event: RecordEvent, names: Mapping[str, str | None]) -> RecordEvent:
    return replace(
        event,
        changes=tuple(
            replace(change, new=_with_name(change.new, names), old=change.old and _with_name(change.old, names))
            for change in event.changes
        ),
    )


def _with_name(value: ColumnValue, names: Mapping[str, str | None]) -> ColumnValue:
    return replace(value, text=names.get(str(value.raw))) if value.text is None else value
