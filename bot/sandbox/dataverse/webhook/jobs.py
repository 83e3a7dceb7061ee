"""System jobs for the steps that an event triggers."""

from collections.abc import Iterable
from datetime import datetime
from uuid import uuid4

import orjson

from bot.sandbox.dataverse.security.access import Caller
from bot.sandbox.dataverse.webhook.context import LARGEST, REMOVED, Occasion, execution_context
from bot.sandbox.dataverse.writes.change import Event
from bot.sandbox.dataverse.writes.coerce import instant
from bot.sandbox.storage.rows import Draft, Rows
from bot.sandbox.values import Row

ENABLED = 0
JOBS = "asyncoperation"
UNWATCHED = frozenset({JOBS})
"""Tables whose changes trigger no steps."""


def put_jobs(draft: Draft, caller: Caller, events: Iterable[Event], at: datetime) -> None:
    """Add a system job to the transaction for every step that an event triggers."""
    correlation_id = str(uuid4())
    for event in events:
        for step in steps_for(draft.rows, event):
            images = tuple(draft.rows.where("sdkmessageprocessingstepimage", sdkmessageprocessingstepid=step.ref))
            occasion = Occasion(
                event=event,
                caller=caller,
                at=at,
                correlation_id=correlation_id,
                operation_id=str(uuid4()),
                step=step,
                images=images,
            )
            _put(draft, occasion)


def steps_for(rows: Rows, event: Event) -> list[Row]:
    """Return the enabled steps that the event triggers, in the order of their rank."""
    if event.row.table in UNWATCHED:
        return []
    steps = [step for step in rows.all("sdkmessageprocessingstep") if _waits_for(rows, step, event)]
    return sorted(steps, key=lambda step: step.number("rank") or 0)


def _waits_for(rows: Rows, step: Row, event: Event) -> bool:
    message, message_filter = rows.find(step.target("sdkmessageid")), rows.find(step.target("sdkmessagefilterid"))
    return (
        step.number("statecode") == ENABLED
        and message is not None
        and message.text("name") == event.message
        and (message_filter is None or message_filter.text("primaryobjecttypecode") == event.row.table)
        and _touches(step.text("filteringattributes"), event)
    )


def _touches(filtering: str, event: Event) -> bool:
    """Return True if the request set a column that the step filters on, even to the same value."""
    watched = {name.strip() for name in filtering.split(",") if name.strip()}
    return not watched or event.message != "Update" or not watched.isdisjoint(event.target)


def _put(draft: Draft, occasion: Occasion) -> None:
    event, step, at = occasion.event, occasion.step, instant(occasion.at)
    draft.put(
        JOBS,
        occasion.operation_id,
        {
            "asyncoperationid": occasion.operation_id,
            "name": step.text("name"),
            "operationtype": 1,
            "messagename": event.message,
            "primaryentitytype": event.row.table,
            "owningextensionid": step.ref,
            "correlationid": occasion.correlation_id,
            "data": payload(occasion).decode(),
            "retrycount": 0,
            "statecode": 0,
            "statuscode": 0,
            "createdon": at,
            "createdby": occasion.caller.user.ref,
            "modifiedon": at,
            "modifiedby": occasion.caller.user.ref,
        },
    )


def payload(occasion: Occasion) -> bytes:
    """Build the body of the webhook request. An oversized body omits the optional parts."""
    context = execution_context(occasion)
    whole = orjson.dumps(context)
    if len(whole) <= LARGEST:
        return whole
    return orjson.dumps({name: value for name, value in context.items() if name not in REMOVED})
