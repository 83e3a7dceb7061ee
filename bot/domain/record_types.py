"""Record types: the tables that chats can be connected to, and what an administrator sets for each (spec T1-T5)."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from bot.domain.record_actions import CardAction
from bot.domain.tables import Column, ColumnType, Table

MAX_KEY_FIELDS = 5
"""Configure Teams chats in Customer Service, "Configure chat update when a field is changed"."""

STANDARD_TABLES = ("incident", "account", "contact", "knowledgearticle", "email", "msdyn_ocliveworkitem")
"""Ready from the start (spec T1)."""

CASE = "incident"
CASE_VIEW = "Case introduction message"
"""The case's default view for the note; other tables have their Quick Find view (spec T3)."""

NUMBER_COLUMNS = {
    "account": "accountnumber",
    "contract": "contractnumber",
    "incident": "ticketnumber",
    "invoice": "invoicenumber",
    "knowledgearticle": "articlepublicnumber",
    "quote": "quotenumber",
    "salesorder": "ordernumber",
}
"""Columns that hold the number by which people call a record; other tables have none."""

_DISTINGUISHING_COLUMNS = {
    "account": ("address1_city", "primarycontactid"),
    "contact": ("parentcustomerid", "emailaddress1"),
    "email": ("statuscode", "regardingobjectid"),
    "incident": ("statuscode", "customerid"),
    "lead": ("statuscode", "companyname"),
    "opportunity": ("statuscode", "parentaccountid"),
}
_DEFAULT_DISTINGUISHING_COLUMNS = ("statuscode", "ownerid")

_NO_KEY_FIELD = {
    ColumnType.PARTY_LIST: "lists of people",
    ColumnType.IMAGE: "images",
    ColumnType.INTEGER: "whole numbers",
    ColumnType.FILE: "files",
}


class Disclosure(StrEnum):
    """What the card of a pasted link tells everybody in the chat (spec U1)."""

    NOTHING = "nothing"
    TABLE = "table"
    NAME = "name"
    """Table, number and name."""
    FIELDS = "fields"
    """The note's fields too, as the person who pasted the link sees them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordType:
    """What an administrator sets for a table (spec T2)."""

    table: str
    enabled: bool = True
    note: bool = True
    note_view: str | None = None
    """The id of the note's view; None for the default by rule T3."""
    leave_out_secured: bool = False
    """Whether notes leave out secured columns (spec N5)."""
    auto_name: bool = False
    join: bool = False
    owner_can_disconnect: bool = False
    connector_can_disconnect: bool = False
    notify: bool = False
    key_fields: tuple[str, ...] = ()
    tell_secured: bool = False
    """Whether a card may tell the values of secured key fields (spec K2)."""
    disclosure: Disclosure = Disclosure.NAME
    tell_each: bool = False
    """Whether values of key fields are told only to those who may see them, each on a card of their own."""
    card_acts: tuple[CardAction, ...] = ()
    """What people can do to a record on its card (spec Q3)."""
    change_fields: tuple[str, ...] = ()
    """The columns that they can change there."""


def standard_record_types() -> tuple[RecordType, ...]:
    """The record types that are there before an administrator changes anything (spec T1, T3)."""
    case = RecordType(
        table=CASE,
        join=True,
        notify=True,
        key_fields=("prioritycode", "statecode", "statuscode"),
        card_acts=(CardAction.ASSIGN,),
    )
    others = (RecordType(table=table) for table in STANDARD_TABLES if table != CASE)
    return (case, *others)


def disabled_record_type(table: str) -> RecordType:
    """What holds for a table that nobody has added: it is off, and has the defaults of an added one (spec T3)."""
    return RecordType(table=table, enabled=False, note=False)


def distinguishing_columns(table: Table) -> tuple[Column, ...]:
    """The two columns by which people tell found records apart, as far as the table has them."""
    names = _DISTINGUISHING_COLUMNS.get(table.name, _DEFAULT_DISTINGUISHING_COLUMNS)
    return tuple(table.columns[name] for name in names if name in table.columns)


def updates_problem(table: Table) -> str | None:
    """Why key updates cannot be configured for the table, or None if they can (spec T4)."""
    if table.is_virtual:
        return "Virtual tables do not tell of changes."
    if not table.sends_updates:
        return "This table has no Update message, so Dataverse does not tell of its changes."
    return None


def key_field_problem(column: Column) -> str | None:
    """Why the column cannot be a key field, or None if it can (spec T5)."""
    kind = _NO_KEY_FIELD.get(column.type)
    return f"Columns with {kind} cannot be key fields." if kind else None


def key_field_columns(record_type: RecordType, table: Table) -> tuple[Column, ...]:
    """The columns whose changes are told: those set, as far as the table has and allows them."""
    if not record_type.notify or updates_problem(table):
        return ()
    named: Iterable[Column | None] = (table.columns.get(name) for name in record_type.key_fields)
    return tuple(column for column in named if column and not key_field_problem(column))[:MAX_KEY_FIELDS]
