"""Sample messages and the preregistered webhook."""

from bot.sandbox.dataverse.schema.model import Schema
from bot.sandbox.sample_data.ids import DELETE_STEP_IDS, ENDPOINT_ID, UPDATE_STEP_IDS
from bot.sandbox.sample_data.sample_builder import SampleBuilder
from bot.sandbox.values import Ref

MESSAGES = ("Create", "Update", "Delete")
LIFE_COLUMNS = {"masterid", "merged", "ownerid", "statecode"}
"""Columns that show a new owner, a closed row, or a merge. Steps report them for every table that has them."""
KEY_FIELDS = {"incident": {"prioritycode", "statecode", "statuscode"}}
"""The key fields that are set from the start, by table."""


def add_messages(builder: SampleBuilder, schema: Schema) -> dict[tuple[str, str], Ref]:
    """Add the messages and a filter for each table that sends events. Return the filters by message and table name."""
    filters: dict[tuple[str, str], Ref] = {}
    for number, message in enumerate(MESSAGES, 1):
        ref = builder.add("sdkmessage", number, name=message)
        for table in schema.by_set.values():
            if table.sends_updates:
                filters[message, table.name] = builder.add(
                    "sdkmessagefilter",
                    number * 20_000 + table.type_code,
                    name=f"{message} of {table.name}",
                    sdkmessageid=ref,
                    primaryobjecttypecode=table.name,
                    secondaryobjecttypecode="none",
                    iscustomprocessingstepallowed=True,
                    isvisible=True,
                    availability=0,
                )
    return filters


def add_webhook(builder: SampleBuilder, schema: Schema, filters: dict[tuple[str, str], Ref]) -> None:
    """Add the endpoint and the steps that the bot's first settings need, with images of the values before an update.

    The endpoint's address is a setting, which is applied at each start.
    """
    endpoint = builder.put(
        "serviceendpoint",
        ENDPOINT_ID,
        {"name": "Chat Sync", "contract": 8, "authtype": 4, "messageformat": 2, "connectionmode": 1},
    )
    for table, step_id in DELETE_STEP_IDS.items():
        _add_step(builder, step_id, endpoint, filters["Delete", table], name=f"Chat Sync: Delete of {table}")
    for number, (table, step_id) in enumerate(UPDATE_STEP_IDS.items(), 1):
        watched = KEY_FIELDS.get(table, set()) | (LIFE_COLUMNS & schema[table].columns.keys())
        _add_update_step(
            builder, number, step_id, endpoint, filters["Update", table], columns=",".join(sorted(watched))
        )


def _add_update_step(
    builder: SampleBuilder, number: int, step_id: str, endpoint: Ref, message_filter: Ref, *, columns: str
) -> None:
    """Add a step for updates of the columns, and its image."""
    table = builder.text(message_filter, "primaryobjecttypecode")
    name = f"Chat Sync: Update of {table}"
    builder.add(
        "sdkmessageprocessingstepimage",
        number,
        name="Before",
        entityalias="Before",
        imagetype=0,
        messagepropertyname="Target",
        attributes=columns,
        sdkmessageprocessingstepid=_add_step(
            builder, step_id, endpoint, message_filter, name=name, filteringattributes=columns
        ),
    )


def _add_step(builder: SampleBuilder, step_id: str, endpoint: Ref, message_filter: Ref, **values: str) -> Ref:
    return builder.put(
        "sdkmessageprocessingstep",
        step_id,
        {
            "mode": 1,
            "stage": 40,
            "rank": 1,
            "supporteddeployment": 0,
            "asyncautodelete": True,
            "eventhandler": endpoint,
            "sdkmessageid": builder.target(message_filter, "sdkmessageid"),
            "sdkmessagefilterid": message_filter,
            **values,
        },
    )
