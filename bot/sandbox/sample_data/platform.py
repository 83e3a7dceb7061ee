"""Sample messages and the preregistered webhook."""

from bot.sandbox.dataverse.schema.model import Schema
from bot.sandbox.sample_data.ids import CASE_STEP_ID, DELETE_STEP_IDS, ENDPOINT_ID
from bot.sandbox.sample_data.sample_builder import SampleBuilder
from bot.sandbox.values import Ref

MESSAGES = ("Create", "Update", "Delete")
STEP_COLUMNS = "masterid,merged,ownerid,prioritycode,statecode,statuscode"


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


def add_webhook(builder: SampleBuilder, filters: dict[tuple[str, str], Ref]) -> None:
    """Add the endpoint, its steps, and the image with a case's values before an update.

    The endpoint's address is a setting, which is applied at each start.
    """
    endpoint = builder.put(
        "serviceendpoint",
        ENDPOINT_ID,
        {"name": "Chat Sync", "contract": 8, "authtype": 4, "messageformat": 2, "connectionmode": 1},
    )
    for table, step_id in DELETE_STEP_IDS.items():
        _add_step(builder, step_id, endpoint, filters["Delete", table], name=f"Chat Sync: Delete of {table}")
    builder.add(
        "sdkmessageprocessingstepimage",
        1,
        name="Before",
        entityalias="Before",
        imagetype=0,
        messagepropertyname="Target",
        attributes=STEP_COLUMNS,
        sdkmessageprocessingstepid=_add_step(
            builder,
            CASE_STEP_ID,
            endpoint,
            filters["Update", "incident"],
            name="Chat Sync: Update of incident",
            filteringattributes=STEP_COLUMNS,
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
