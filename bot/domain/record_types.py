"""Record types: the tables that chats can be connected to, and their settings (spec T1-T5)."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from bot.domain.notifications.rules import Style
from bot.domain.record_actions import CardAction
from bot.domain.tables import OWNER, STATE, STATUS, Column, ColumnType, Table
from bot.domain.texts import text

MAX_KEY_FIELDS = 5
"""Configure Teams chats in Customer Service, "Configure chat update when a field is changed"."""

STANDARD_TABLES = ("incident", "account", "contact", "knowledgearticle", "email", "msdyn_ocliveworkitem")
"""Tables that are available without any setup (spec T1)."""

CASE = "incident"
CASE_VIEW = "Case introduction message"
"""Default view for the note of a case. Other tables use their Quick Find view (spec T3)."""

NUMBER_COLUMNS = {
    "account": "accountnumber",
    "contract": "contractnumber",
    "incident": "ticketnumber",
    "invoice": "invoicenumber",
    "knowledgearticle": "articlepublicnumber",
    "quote": "quotenumber",
    "salesorder": "ordernumber",
}
"""Columns with the number that people use for a record. Other tables have none."""

_DISTINGUISHING_COLUMNS = {
    "account": ("address1_city", "primarycontactid"),
    "contact": ("parentcustomerid", "emailaddress1"),
    "email": (STATUS, "regardingobjectid"),
    "incident": (STATUS, "customerid"),
    "lead": (STATUS, "companyname"),
    "opportunity": (STATUS, "parentaccountid"),
}
_OTHER_DISTINGUISHING_COLUMNS = (STATUS, OWNER)

_NO_KEY_FIELD = {
    ColumnType.PARTY_LIST: text("Columns with lists of people cannot be key fields."),
    ColumnType.IMAGE: text("Columns with images cannot be key fields."),
    ColumnType.INTEGER: text("Columns with whole numbers cannot be key fields."),
    ColumnType.FILE: text("Columns with files cannot be key fields."),
}


class Disclosure(StrEnum):
    """Information that the card of a pasted link shows to everyone in the chat (spec U1)."""

    NOTHING = "nothing"
    TABLE = "table"
    NAME = "name"
    """Table, number, and name."""
    FIELDS = "fields"
    """Also the note's fields, with the values that the person who pasted the link can see."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordType:
    """The settings of a table (spec T2)."""

    table: str
    enabled: bool = True
    note: bool = True
    note_view: str | None = None
    """ID of the note's view; None for the default by rule T3."""
    leave_out_secured: bool = False
    """True if notes leave out secured columns (spec N5)."""
    auto_name: bool = False
    join: bool = False
    owner_can_disconnect: bool = False
    connector_can_disconnect: bool = False
    notify: bool = False
    key_fields: tuple[str, ...] = ()
    tell_secured: bool = False
    """True if a card can show the values of secured key fields (spec K2)."""
    disclosure: Disclosure = Disclosure.NAME
    tell_each: bool = False
    """True if each reader gets key field values only on a personal card, if they can see them."""
    card_acts: tuple[CardAction, ...] = ()
    """Actions that people can take on a record's card (spec Q3)."""
    change_fields: tuple[str, ...] = ()
    """Columns that people can change on a card."""
    notify_style: Style = Style.EACH
    """Default form in which chats get changes (spec V8, V9)."""
    digest_at: str = "08:00"
    """Default local time of the digest."""
    value_rule: tuple[str, ...] = ()
    """Default value rule, as texts of `bot.domain.notifications.condition_rules`; empty for every change."""
    urgent_rule: tuple[str, ...] = ()
    """Default urgent rule, in the same form."""
    mention_new_owner: bool = False
    """True if a new owner is mentioned by default (spec V12)."""
    mention_owner: bool = False
    """True if the owner is mentioned on urgent changes by default."""
    locked_rules: tuple[str, ...] = ()
    """Notification rules that chats cannot change, by the name of the setting."""


def standard_record_types() -> tuple[RecordType, ...]:
    """Return the initial record types with their default settings (spec T1, T3)."""
    case = RecordType(
        table=CASE,
        join=True,
        notify=True,
        key_fields=("prioritycode", STATE, STATUS),
        card_acts=(CardAction.ASSIGN,),
    )
    others = (RecordType(table=table) for table in STANDARD_TABLES if table != CASE)
    return (case, *others)


def disabled_record_type(table: str) -> RecordType:
    """Return the settings of a table that was never added: off, with the defaults of an added table (spec T3)."""
    return RecordType(table=table, enabled=False, note=False)


def distinguishing_columns(table: Table) -> tuple[Column, ...]:
    """Return up to two columns that help people tell search results apart."""
    names = _DISTINGUISHING_COLUMNS.get(table.name, _OTHER_DISTINGUISHING_COLUMNS)
    return tuple(table.columns[name] for name in names if name in table.columns)


def updates_problem(table: Table) -> str | None:
    """Return the reason why key updates are not possible for the table, or None (spec T4)."""
    if table.is_virtual:
        return text("Virtual tables do not report changes.")
    if not table.sends_updates:
        return text("Dataverse does not report changes to this table, because it has no Update message.")
    return None


def key_field_problem(column: Column) -> str | None:
    """Return the reason why the column cannot be a key field, or None (spec T5)."""
    return _NO_KEY_FIELD.get(column.type)


def key_field_columns(record_type: RecordType, table: Table) -> tuple[Column, ...]:
    """Return the configured key fields that the table still has and that can still be key fields."""
    if not record_type.notify or updates_problem(table):
        return ()
    named: Iterable[Column | None] = (table.columns.get(name) for name in record_type.key_fields)
    return tuple(column for column in named if column and not key_field_problem(column))[:MAX_KEY_FIELDS]
