"""Factory functions for columns and tables."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import NotRequired, TypedDict, Unpack

from bot.sandbox.dataverse.schema.model import AlternateKey, Column, Kind, ManyToMany, Option, Ownership, Table, Target

MAX_INTEGER = 2_147_483_647
"""Largest value of an Integer column ("Column data types")."""

MAX_MONEY = 922_337_203_685_477.0
MAX_DECIMAL = 100_000_000_000.0


class ColumnOptions(TypedDict):
    """Optional column properties that the factory functions pass on."""

    secured: NotRequired[bool]
    readable: NotRequired[bool]
    creatable: NotRequired[bool]
    updatable: NotRequired[bool]
    required: NotRequired[bool]


READ_ONLY: ColumnOptions = {"creatable": False, "updatable": False}


def text(name: str, label: str, length: int = 100, *, form: str = "Text", **extra: Unpack[ColumnOptions]) -> Column:
    """Create a single-line text column."""
    return Column(name=name, kind=Kind.STRING, label=label, max_length=length, text_format=form, **extra)


def memo(name: str, label: str, length: int = 2000, *, rich: bool = False, **extra: Unpack[ColumnOptions]) -> Column:
    """Create a multiline or rich text column."""
    form = "RichText" if rich else "TextArea"
    return Column(name=name, kind=Kind.MEMO, label=label, max_length=length, text_format=form, **extra)


def choice(name: str, label: str, options: Mapping[int, str], **extra: Unpack[ColumnOptions]) -> Column:
    """Create a choice column."""
    return Column(name=name, kind=Kind.PICKLIST, label=label, options=_options(options), **extra)


def choices(name: str, label: str, options: Mapping[int, str], **extra: Unpack[ColumnOptions]) -> Column:
    """Create a multi-select choice column."""
    return Column(name=name, kind=Kind.MULTI_SELECT, label=label, options=_options(options), **extra)


def yes_no(name: str, label: str, no: str = "No", yes: str = "Yes", **extra: Unpack[ColumnOptions]) -> Column:
    """Create a yes/no column."""
    return Column(name=name, kind=Kind.BOOLEAN, label=label, options=_options({0: no, 1: yes}), **extra)


def whole(
    name: str, label: str, maximum: int = MAX_INTEGER, minimum: int = 0, **extra: Unpack[ColumnOptions]
) -> Column:
    """Create a whole number column."""
    return Column(name=name, kind=Kind.INTEGER, label=label, minimum=minimum, maximum=maximum, **extra)


def decimal(name: str, label: str, precision: int = 2, **extra: Unpack[ColumnOptions]) -> Column:
    """Create a decimal number column."""
    return _number(Column(name=name, kind=Kind.DECIMAL, label=label, precision=precision, **extra), MAX_DECIMAL)


def double(name: str, label: str, precision: int = 5, **extra: Unpack[ColumnOptions]) -> Column:
    """Create a floating-point number column."""
    return _number(Column(name=name, kind=Kind.DOUBLE, label=label, precision=precision, **extra), MAX_DECIMAL)


def money(name: str, label: str, **extra: Unpack[ColumnOptions]) -> tuple[Column, Column]:
    """Create a currency column, and the column with its amount in the base currency."""
    amount = _number(Column(name=name, kind=Kind.MONEY, label=label, precision=2, **extra), MAX_MONEY)
    base = replace(amount, name=f"{name}_base", label=f"{label} (Base)", base_of=name, **READ_ONLY)
    return amount, base


def moment(name: str, label: str, **extra: Unpack[ColumnOptions]) -> Column:
    """Create a date and time column in the user's time zone."""
    return Column(name=name, kind=Kind.DATE_TIME, label=label, **extra)


def day(name: str, label: str, **extra: Unpack[ColumnOptions]) -> Column:
    """Create a date-only column."""
    return Column(name=name, kind=Kind.DATE_TIME, label=label, date_only=True, **extra)


def guid(name: str, label: str, **extra: Unpack[ColumnOptions]) -> Column:
    """Create a unique identifier column."""
    return Column(name=name, kind=Kind.UNIQUE_IDENTIFIER, label=label, **extra)


def table_name(name: str, label: str, **extra: Unpack[ColumnOptions]) -> Column:
    """Create a column for the logical name of a table."""
    return Column(name=name, kind=Kind.ENTITY_NAME, label=label, max_length=128, **extra)


def image(name: str, label: str) -> Column:
    """Create an image column."""
    return Column(name=name, kind=Kind.IMAGE, label=label, creatable=False, updatable=False)


def file(name: str, label: str) -> Column:
    """Create a file column, which stores the file's ID."""
    return Column(name=name, kind=Kind.FILE, label=label, creatable=False, updatable=False)


def big(name: str, label: str, **extra: Unpack[ColumnOptions]) -> Column:
    """Create a big integer column."""
    return Column(name=name, kind=Kind.BIG_INT, label=label, **extra)


def lookup(
    name: str, label: str, table: str, collection: str = "", navigation: str = "", **extra: Unpack[ColumnOptions]
) -> Column:
    """Create a lookup to one table."""
    target = Target(table=table, navigation=navigation or name, collection=collection)
    return Column(name=name, kind=Kind.LOOKUP, label=label, targets=(target,), **extra)


def lookup_any(
    name: str, label: str, *targets: tuple[str, str], suffix: str = "", **extra: Unpack[ColumnOptions]
) -> Column:
    """Create a lookup to several tables, each given with the name of its collection."""
    made = tuple(
        Target(table=table, navigation=f"{name}_{table}{suffix}", collection=collection)
        for table, collection in targets
    )
    return Column(name=name, kind=Kind.LOOKUP, label=label, targets=made, **extra)


def customer(name: str, label: str, accounts: str, contacts: str, **extra: Unpack[ColumnOptions]) -> Column:
    """Create a lookup to accounts and contacts. `accounts` and `contacts` name the collections."""
    column = lookup_any(name, label, ("account", accounts), ("contact", contacts), **extra)
    return replace(column, kind=Kind.CUSTOMER)


def parties(name: str, label: str, mask: int) -> Column:
    """Create a list of activity parties with one participation type."""
    return Column(name=name, kind=Kind.PARTY_LIST, label=label, party_mask=mask, creatable=False, updatable=False)


def states(*definitions: tuple[int, str, Mapping[int, str]]) -> tuple[Column, Column]:
    """Create the state and status reason columns from each state's label and status reasons, the default one first."""
    state = tuple(
        Option(value=value, label=label, default_status=next(iter(reasons))) for value, label, reasons in definitions
    )
    status = tuple(
        Option(value=reason, label=label, state=value)
        for value, _, reasons in definitions
        for reason, label in reasons.items()
    )
    return (
        Column(name="statecode", kind=Kind.STATE, label="Status", options=state),
        Column(name="statuscode", kind=Kind.STATUS, label="Status Reason", options=status),
    )


def active_inactive() -> tuple[Column, Column]:
    """Create the two states of most tables."""
    return states((0, "Active", {1: "Active"}), (1, "Inactive", {2: "Inactive"}))


def currency() -> tuple[Column, Column]:
    """Create the currency and exchange rate columns, which every table with amounts has."""
    return (
        lookup("transactioncurrencyid", "Currency", "transactioncurrency"),
        decimal("exchangerate", "Exchange Rate", 10, **READ_ONLY),
    )


class TableOptions(TypedDict):
    """Optional table properties that `table` passes on."""

    is_activity: NotRequired[bool]
    is_virtual: NotRequired[bool]
    sends_updates: NotRequired[bool]
    tracked: NotRequired[bool]
    rights_from: NotRequired[str]
    number: NotRequired[tuple[str, str]]
    associations: NotRequired[tuple[ManyToMany, ...]]
    keys: NotRequired[tuple[AlternateKey, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """Names of a table. Empty names are derived from the logical name."""

    name: str
    label: str
    plural: str
    set_name: str = ""
    schema_name: str = ""
    primary_id: str = ""
    primary_name: str = "name"
    privilege: str | None = None


def table(
    names: Names,
    type_code: int,
    *columns: Column | tuple[Column, ...],
    ownership: Ownership = Ownership.USER,
    **extra: Unpack[TableOptions],
) -> Table:
    """Create a table with its own columns and Dataverse's standard columns for its ownership."""
    key = names.primary_id or f"{names.name}id"
    schema_name = names.schema_name or _schema_name(names.name)
    own = [guid(key, names.label, updatable=False), *_flatten(columns)]
    return Table(
        name=names.name,
        schema_name=schema_name,
        label=names.label,
        plural=names.plural,
        set_name=names.set_name,
        type_code=type_code,
        primary_id=key,
        primary_name=names.primary_name,
        columns={column.name: column for column in (*own, *_standard(names.name, ownership))},
        ownership=ownership,
        privilege=schema_name if names.privilege is None else names.privilege,
        **extra,
    )


def _number(column: Column, limit: float) -> Column:
    return replace(column, minimum=-limit, maximum=limit)


def _flatten(columns: Iterable[Column | tuple[Column, ...]]) -> Iterable[Column]:
    for each in columns:
        yield from (each,) if isinstance(each, Column) else each


def _schema_name(name: str) -> str:
    """Return the usual schema name for a logical name. A publisher's prefix stays lowercase."""
    return name if "_" in name else name[:1].upper() + name[1:]


def _options(labels: Mapping[int, str]) -> tuple[Option, ...]:
    return tuple(Option(value=value, label=label) for value, label in labels.items())


def _standard(name: str, ownership: Ownership) -> Iterable[Column]:
    if ownership is Ownership.NONE:
        return ()
    audit = (
        moment("createdon", "Created On", **READ_ONLY),
        lookup("createdby", "Created By", "systemuser", **READ_ONLY),
        lookup("createdonbehalfby", "Created By (Delegate)", "systemuser", **READ_ONLY),
        moment("modifiedon", "Modified On", **READ_ONLY),
        lookup("modifiedby", "Modified By", "systemuser", **READ_ONLY),
        lookup("modifiedonbehalfby", "Modified By (Delegate)", "systemuser", **READ_ONLY),
        big("versionnumber", "Version Number", **READ_ONLY),
    )
    return (*audit, *(_owner(name) if ownership is Ownership.USER else ()))


def _owner(name: str) -> Iterable[Column]:
    to = tuple(
        Target(table=table, navigation="ownerid", collection=f"{short}_{name}s")
        for table, short in (("systemuser", "user"), ("team", "team"))
    )
    return (
        Column(name="ownerid", kind=Kind.OWNER, label="Owner", targets=to, required=True),
        lookup("owninguser", "Owning User", "systemuser", **READ_ONLY),
        lookup("owningteam", "Owning Team", "team", **READ_ONLY),
        lookup("owningbusinessunit", "Owning Business Unit", "businessunit", **READ_ONLY),
    )
