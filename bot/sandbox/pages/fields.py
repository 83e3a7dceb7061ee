"""Form fields for a row's columns, and facts for the columns that cannot be edited."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from bot.sandbox.dataverse.odata.formats import Formatter
from bot.sandbox.dataverse.schema.activities import PARTICIPATION
from bot.sandbox.dataverse.schema.model import Column, Kind, Table
from bot.sandbox.dataverse.security.access import Caller
from bot.sandbox.dataverse.writes.checks import READ_ONLY_TABLES
from bot.sandbox.values import Ref, Row, Value

NO_VALUE = "–"
NO_ACCESS = "No access"


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """An option of a select control or a checkbox group."""

    value: str
    label: str
    chosen: bool
    state: str = ""
    """State that a status reason belongs to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """A column that can be edited."""

    name: str
    """Property that the Web API uses to set the column."""
    label: str
    control: str
    value: str = ""
    choices: tuple[Choice, ...] = ()
    length: int | None = None
    step: str = ""

    @property
    def is_wide(self) -> bool:
        """True if the control needs a full row of the form."""
        return self.control in {"textarea", "checkboxes"} or (
            self.control == "text" and (self.length or 0) > _LONG_TEXT_LENGTH
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """A read-only column, with the row that it references."""

    name: str
    """Property name in the row's JSON, or empty if the person may not see the value."""
    label: str
    text: str
    target: Ref | None = None


_LONG_TEXT_LENGTH = 100  # characters

_NUMBERS = frozenset({Kind.INTEGER, Kind.DECIMAL, Kind.DOUBLE, Kind.MONEY})
_CONTROLS: Mapping[Kind, str] = {
    **dict.fromkeys(_NUMBERS, "number"),
    Kind.BOOLEAN: "checkbox",
    Kind.MEMO: "textarea",
    Kind.MULTI_SELECT: "checkboxes",
    Kind.OWNER: "owner",
    Kind.PICKLIST: "select",
    Kind.STATE: "select",
    Kind.STATUS: "select",
    Kind.STRING: "text",
}
_OMITTED = frozenset({Kind.PARTY_LIST, Kind.IMAGE, Kind.FILE, Kind.UNIQUE_IDENTIFIER})


def fields_of(caller: Caller, table: Table, row: Row) -> Sequence[Field]:
    """Return the editable columns in the order of the table's definition."""
    return [
        _field(caller, table, column, caller.value(row, column))
        for column in table.columns.values()
        if _is_editable(caller, table, column)
    ]


def facts_of(caller: Caller, table: Table, row: Row) -> Sequence[Fact]:
    """Return the other columns."""
    formatter = Formatter(caller.schema, caller.rows, caller.user.id)
    shown = [
        _fact(caller, table, row, column, formatter)
        for column in table.columns.values()
        if column.readable and column.kind not in _OMITTED and not _is_editable(caller, table, column)
    ]
    return [*shown, *parties_of(caller, table, row)] if table.is_activity else shown


def parties_of(caller: Caller, table: Table, row: Row) -> Iterator[Fact]:
    """Yield an activity's users by participation type. Everyone may see the names of users."""
    own = [party for party in caller.rows.all("activityparty") if party.values.get("activityid") == row.ref]
    lists = {column.party_mask: column.label for column in table.columns.values() if column.party_mask is not None}
    for kind, name in PARTICIPATION.items():
        refs = [party.values.get("partyid") for party in own if party.values.get("participationtypemask") == kind]
        people = [
            caller.rows.get(ref.table, ref.id) for ref in refs if isinstance(ref, Ref) and ref.table == "systemuser"
        ]
        named = sorted(each.text("fullname") for each in people if each)
        if named:
            yield Fact(name="", label=lists.get(kind, name), text=", ".join(named))


def _is_editable(caller: Caller, table: Table, column: Column) -> bool:
    known = column.kind in _CONTROLS or column.kind is Kind.DATE_TIME
    allowed = caller.column("canread", table, column) and caller.column("canupdate", table, column)
    return known and column.updatable and column.readable and allowed and table.name not in READ_ONLY_TABLES


def _field(caller: Caller, table: Table, column: Column, value: Value) -> Field:
    label = f"{column.label} (UTC)" if column.kind is Kind.DATE_TIME and not column.date_only else column.label
    return Field(
        name="ownerid@odata.bind" if column.kind is Kind.OWNER else column.name,
        label=label,
        control=_control(column),
        value=_value(column, value),
        choices=tuple(_choices(caller, table, column, value)),
        length=column.max_length,
        step="1" if column.kind is Kind.INTEGER else f"{10 ** -(column.precision or 0):.{column.precision or 0}f}",
    )


def _control(column: Column) -> str:
    if column.kind is Kind.DATE_TIME:
        return "date" if column.date_only else "datetime-local"
    if column.kind is Kind.STRING:
        return {"Email": "email", "Url": "url", "Phone": "tel"}.get(column.text_format, "text")
    return _CONTROLS[column.kind]


def _value(column: Column, value: Value) -> str:
    """Return the value in the control's format."""
    if value is None or isinstance(value, Ref | tuple):
        return ""
    if isinstance(value, bool):
        return "checked" if value else ""
    if column.kind in _NUMBERS and isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).removesuffix("Z") if column.kind is Kind.DATE_TIME else str(value)


def _choices(caller: Caller, table: Table, column: Column, value: Value) -> Iterator[Choice]:
    if column.kind is Kind.OWNER:
        yield from _owners(caller, value)
        return
    if column.kind is Kind.BOOLEAN:
        return
    if column.kind is Kind.PICKLIST:
        yield Choice(value="", label=NO_VALUE, chosen=value is None)
    for option in column.options:
        chosen = option.value in value if isinstance(value, tuple) else option.value == value
        state = table.state.option(option.state) if table.state and option.state is not None else None
        yield Choice(
            value=str(option.value),
            label=option.label,
            chosen=chosen,
            state=str(state.value) if state else "",
        )


def _owners(caller: Caller, value: Value) -> Iterator[Choice]:
    for name in ("systemuser", "team"):
        table = caller.schema[name]
        for row in caller.readable(table):
            label = row.text(table.primary_name)
            yield Choice(value=f"/{table.set_name}({row.id})", label=label, chosen=row.ref == value)


def _fact(caller: Caller, table: Table, row: Row, column: Column, formatter: Formatter) -> Fact:
    if not caller.column("canread", table, column):
        return Fact(name="", label=column.label, text=NO_ACCESS)
    value = caller.value(row, column)
    text = formatter.text(row, column, value)
    if text is None:
        text = NO_VALUE if value is None or isinstance(value, Ref) else str(value)
    readable_target = caller.find_readable(value) if isinstance(value, Ref) else None
    return Fact(
        name=column.wire_name,
        label=column.label,
        text=text or NO_VALUE,
        target=readable_target.ref if readable_target else None,
    )
