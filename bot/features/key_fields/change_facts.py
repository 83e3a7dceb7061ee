"""Find out what changed for a chat, and describe it for the decision and for the history of decisions (spec V1)."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from bot.domain.formatting import canonical_value
from bot.domain.key_fields import NetChange, ReportedValue, net_changes
from bot.domain.notifications.condition_rules import hidden_columns
from bot.domain.notifications.conditions import ValueChange
from bot.domain.notifications.decide import Authors, Change
from bot.domain.notifications.history import DecidedColumn
from bot.domain.notifications.own_changes import OwnChanges, version_of
from bot.domain.record_lifecycle import LIFECYCLE_COLUMNS
from bot.domain.tables import OWNER, Column, ColumnValue, Raw, Row, Table
from bot.domain.values import ChatId, Connection
from bot.domain.watching import is_since
from bot.features.key_fields.lifecycle_news import LifecycleNews
from bot.features.key_fields.read_facts import ChangeDetails


def unknown_changes(
    details: ChangeDetails, connection: Connection, known: Mapping[str, ReportedValue], held: frozenset[str]
) -> Sequence[NetChange]:
    """Return the changes since the chat was connected that it does not know yet."""
    events = [event for event in details.events if is_since(event.at, connection.connected_at)]
    changes = [change for change in net_changes(details.columns, events, known) if change.notify]
    return [_since_held(change) if change.column.name in held else change for change in changes]


def _since_held(change: NetChange) -> NetChange:
    """Return the change from the value that the chat knows: it was not told of the changes in between."""
    if change.known is None or change.column.secured:
        return change
    return replace(change, old=ColumnValue(raw=change.known.raw, text=change.known.text))


def change_to_decide(
    details: ChangeDetails, chat: ChatId, changes: Sequence[NetChange], news: Sequence[LifecycleNews], own: OwnChanges
) -> Change:
    """Return the change as the rules of the chat see it. `own`: changes that were made on cards of chats."""
    columns = {**_lifecycle_changes(details), **{each.column.name: _value_change(each) for each in changes}}
    authors = _authors(details, changes, on_own_card=_is_own(details, chat, changes, own))
    # A new owner is never held, even if the chat need not be asked to add that person.
    is_handed_over = any(each.column.name == OWNER for each in changes) and not authors.on_own_card
    return Change(
        columns=columns,
        row=present_values(details.table, details.row) if details.row else {},
        hidden=hidden_columns(details.record_type, details.table),
        authors=authors,
        is_news=bool(news) or is_handed_over,
    )


def present_values(table: Table, row: Row) -> Mapping[str, Raw]:
    """Return the canonical values of the columns that were read."""
    columns = (table.columns[name] for name in row.values if name in table.columns)
    return {column.name: canonical_value(column, row.value(column.name).raw) for column in columns}


def decided_columns(details: ChangeDetails, changes: Sequence[NetChange], *, shown: bool) -> Sequence[DecidedColumn]:
    """Return the changed columns. Values are stored only if everyone in the chat is shown them."""
    shown = shown and not details.record_type.tell_each
    return [decided_column(each.column, _value_change(each), shown=shown) for each in changes]


def decided_column(column: Column, value: ValueChange, *, shown: bool) -> DecidedColumn:
    """Return the column for the history. Values of secured columns are never stored."""
    if not shown or column.secured:
        return DecidedColumn(name=column.name, old_is_known=value.old_is_known)
    return DecidedColumn(
        name=column.name, old=value.old, new=value.new, has_values=True, old_is_known=value.old_is_known
    )


def _value_change(change: NetChange) -> ValueChange:
    column, old = change.column, change.old
    return ValueChange(
        old=None if old is None else canonical_value(column, old.raw),
        new=canonical_value(column, change.new.raw),
        old_is_known=old is not None,
    )


def _lifecycle_changes(details: ChangeDetails) -> Mapping[str, ValueChange]:
    """Return the net changes of the owner and the state, which conditions can name (spec V4)."""
    ordered = sorted(details.lifecycle_events, key=lambda event: event.at)
    found: dict[str, ValueChange] = {}
    for column in (details.table.columns[name] for name in LIFECYCLE_COLUMNS if name in details.table.columns):
        touching = [each for event in ordered for each in event.changes if each.column == column.name]
        if touching:
            old, new = touching[0].old, canonical_value(column, touching[-1].new.raw)
            before = None if old is None else canonical_value(column, old.raw)
            if old is None or before != new:
                found[column.name] = ValueChange(old=before, new=new, old_is_known=old is not None)
    return found


def _authors(details: ChangeDetails, changes: Sequence[NetChange], *, on_own_card: bool) -> Authors:
    people = dict.fromkeys(person for change in changes for person in change.people)
    if not changes:
        people = dict.fromkeys(event.changed_by for event in details.events if event.changed_by)
    return Authors(
        people=tuple(people), integrations=details.integrations.intersection(people), on_own_card=on_own_card
    )


def _is_own(details: ChangeDetails, chat: ChatId, changes: Sequence[NetChange], own: OwnChanges) -> bool:
    """Check whether all events of the change come from cards of this chat."""
    mine = own.get(chat, ())
    names = {each.column.name for each in changes}
    events = [each for each in details.events if not names.isdisjoint(change.column for change in each.changes)]
    return bool(events) and all(version_of(each) in mine for each in events)
