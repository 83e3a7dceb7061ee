"""Contents of each column, so that erasing finds everything about a person or a tenant.

`tests/contract/test_erasure.py` fails for a column with text that is missing here.
"""

from collections.abc import Collection, Mapping
from enum import StrEnum
from typing import Any

from sqlalchemy import Column, Table
from sqlalchemy.types import JSON, LargeBinary, String

from bot.store.tables import Instants, metadata


class Holds(StrEnum):
    """Contents of a column."""

    PERSON = "person"
    """An ID of a person: the object ID in Microsoft Entra ID, or the row in Dataverse's table `systemuser`."""
    NAME = "name"
    """The name of the person in the column that `NAMED` gives."""
    CONTENT = "content"
    """Text or JSON that can mention people."""
    KEY = "key"
    """A unique key that can contain an ID of a person."""
    CHAT = "chat"
    TENANT = "tenant"
    ENVIRONMENT = "environment"
    LANE = "lane"
    """The name of a lane: a chat, a record, or a job."""
    RECORD = "record"
    """The table, the row, the name, or the number of a record. These are data of Dynamics 365."""
    OTHER = "other"
    """A word of Chat Sync, a digest, a random text, or an address. It tells nothing about a person."""


_P, _N, _C, _K, _O = Holds.PERSON, Holds.NAME, Holds.CONTENT, Holds.KEY, Holds.OTHER
_CHAT, _TENANT, _ENVIRONMENT, _LANE = Holds.CHAT, Holds.TENANT, Holds.ENVIRONMENT, Holds.LANE
_ABOUT_RECORD = {"environment": _ENVIRONMENT, "table": Holds.RECORD, "row_id": Holds.RECORD}
_QUEUE = {"key": _K, "correlation_id": _O, "state": _O, "reason": _C, "trace": _O}

COLUMNS: Mapping[str, Mapping[str, Holds]] = {
    "audit": {"act": _O, "person_id": _P, "person_name": _N, "chat_id": _CHAT, **_ABOUT_RECORD, "details": _C},
    "change_link": {"environment": _ENVIRONMENT, "table": Holds.RECORD, "link": _O},
    "chat": {
        **dict.fromkeys(("kind", "channel", "service_url", "bot_id", "bot_name", "team_id", "channel_id"), _O),
        "id": _CHAT,
        "tenant_id": _TENANT,
        # Teams names a chat after its members unless somebody chose a name.
        "topic": _C,
        "last_writer_id": _P,
    },
    "chat_activity": {
        "activity_id": _O,
        "maker_id": _P,
        "row": _C,
        "people": _C,
        "trouble": _O,
        "closing": _C,
    },
    "chat_rules": {"chat_id": _CHAT, "rules": _C},
    "connection": {
        **_ABOUT_RECORD,
        "chat_id": _CHAT,
        "record_name": Holds.RECORD,
        "record_number": Holds.RECORD,
        "connector_id": _P,
        "connector_name": _N,
        "paused_reason": _O,
        "ended_by_id": _P,
        "ended_by_name": _N,
        "public_id": _O,
    },
    "connection_rules": {"rules": _C},
    "decision": {"chat_id": _CHAT, "outcome": _O, "reason": _O, "columns": _C, "authors": _C, "closed_as": _O},
    "environment": {"id": _ENVIRONMENT, "allowed_roles": _O, "pane_apps": _O, "organization_id": _O},
    "field_value": {"column": _O, "raw": _C, "text": _C},
    "inbox": {**_QUEUE, "lane": _LANE, "body": _C},
    "lane": {"queue": _O, "name": _LANE, "owner": _O},
    "mention_opt_out": {"tenant_id": _TENANT, "person_id": _P},
    "new_chat": {
        "key": _K,
        "person_id": _P,
        "wish": _C,
        "chat_id": _CHAT,
        "url": _O,
        "done": _O,
        "troubles": _C,
    },
    "open_pane": {**_ABOUT_RECORD, "digest": _O, "object_id": _P},
    "outbox": {
        **_QUEUE,
        "lane": _CHAT,
        "environment": _ENVIRONMENT,
        "table": Holds.RECORD,
        "switch": _O,
        "other_subjects": _O,
        "thread": _CHAT,
        "body": _C,
        "told_before": _C,
        "told_after": _C,
    },
    "own_change": {**_ABOUT_RECORD, "chat_id": _CHAT, "user_id": _P},
    "pane_session": {"digest": _O, "object_id": _P, "tenant_id": _TENANT, "host": _O},
    "pane_sign_in": {"digest": _O, "object_id": _P, "tenant_id": _TENANT, "failure": _O},
    "post": {"chat_id": _CHAT},
    "posted_card": {"chat_id": _CHAT, "kind": _O, "activity_id": _O, "content": _C, "told_before": _C},
    "record_type": {
        **dict.fromkeys(("note_view", "key_fields", "disclosure", "card_acts", "change_fields", "watches"), _O),
        "environment": _ENVIRONMENT,
        "table": Holds.RECORD,
        # The values in conditions can be people.
        "notifications": _C,
    },
    "setting_change": {
        "environment": _ENVIRONMENT,
        "person_id": _P,
        "person_name": _N,
        "chat_id": _CHAT,
        "changes": _C,
    },
    "signing_key": {"key": _O},
    "subscription": {"watch": _O, "chat_id": _CHAT, "subscription_id": _O, "made_for": _O, "hindrance": _O},
    "sync_job": {"lane": _CHAT, "correlation_id": _O, "state": _O, "reason": _C, "trace": _O},
    "targeted_answer": {"request": _O},
    "targeted_refusal": {"chat_id": _CHAT},
    "tenant_budget": {"tenant_id": _TENANT},
    "told_change": {
        **_ABOUT_RECORD,
        "key": _K,
        "chat_id": _CHAT,
        "people": _C,
        "columns": _C,
        "news": _C,
        "buttons": _C,
    },
}
"""Contents of each column of type text, JSON, or bytes, by table."""

NAMED: Mapping[tuple[str, str], str] = {
    ("audit", "person_name"): "person_id",
    ("connection", "connector_name"): "connector_id",
    ("connection", "ended_by_name"): "ended_by_id",
    ("setting_change", "person_name"): "person_id",
}
"""The column with the ID of the person whose name is in this column."""

PERSONAL = frozenset({"mention_opt_out", "new_chat", "open_pane", "own_change", "pane_session", "pane_sign_in"})
"""Tables whose rows with an ID of a person are deleted, because they are of use only to this person, or for hours."""

READ_AGAIN = frozenset({"field_value"})
"""Tables whose rows that mention a person are deleted, because Chat Sync reads them from Dynamics 365 again."""

HISTORY: Mapping[str, Collection[Holds]] = {
    "audit": (Holds.PERSON, Holds.NAME, Holds.CHAT, Holds.ENVIRONMENT, Holds.RECORD, Holds.CONTENT),
    "setting_change": (Holds.PERSON, Holds.NAME, Holds.CHAT),
}
"""Tables that say what was done, and when, with what is taken out of their rows when a tenant is erased."""


def is_classified_type(column: Column[Any]) -> bool:
    """Check whether the column can hold text: `COLUMNS` must name it."""
    return isinstance(column.type, String | JSON | LargeBinary) and not isinstance(column.type, Instants)


def columns_that_hold(table: Table, *kinds: Holds) -> list[Column[Any]]:
    """Return the columns of the table that hold one of these."""
    return [table.c[name] for name, holds in COLUMNS[table.name].items() if holds in kinds]


def references(table: Table, target: Table) -> list[Column[Any]]:
    """Return the columns of the table that refer to a row of another table."""
    (key,) = target.primary_key.columns
    return [column for column in table.c if column.references(key)]


TABLES = metadata.sorted_tables
"""All tables. Those that others refer to come first."""
