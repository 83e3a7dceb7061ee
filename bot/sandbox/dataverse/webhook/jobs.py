"""System jobs for the steps that an event triggers."""

from collections.abc import Iterable
from datetime import datetime
from uuid import uuid4

import orjson

from bot.sandbox.dataverse.security.access import Caller
from bot.sandbox.dataverse.webhook.context import MAX_PAYLOAD_BYTES, OPTIONAL_PARTS, StepExecution, execution_context
from bot.sandbox.dataverse.writes.change import Event
from bot.sandbox.dataverse.writes.coerce import instant
from bot.sandbox.storage.rows import Rows, Transaction
from bot.sandbox.values import Row

ENABLED = 0
JOBS = "asyncoperation"
TABLES_WITHOUT_EVENTS = frozenset({JOBS})
"""Tables whose changes trigger no steps."""


def add_jobs(transaction: Transaction, caller: Caller, events: Iterable[Event], at: datetime) -> None:
    """Add a system job to the transaction for every step that an event triggers."""
    correlation_id = str(uuid4())
    for event in events:
        for step in steps_for(transaction.rows, event):
            images = tuple(transaction.rows.where("sdkmessageprocessingstepimage", sdkmessageprocessingstepid=step.ref))
            execution = StepExecution(
                event=event,
                caller=caller,
                at=at,
                correlation_id=correlation_id,
                operation_id=str(uuid4()),
                step=step,
                images=images,
            )
            _add_job(transaction, execution)


def steps_for(rows: Rows, event: Event) -> list[Row]:
    """Return the enabled steps that the event triggers, in the order of their rank."""
    if event.row.table in TABLES_WITHOUT_EVENTS:
        return []
    steps = [step for step in rows.all("sdkmessageprocessingstep") if _is_triggered(rows, step, event)]
    return sorted(steps, key=lambda step: step.number("rank") or 0)


def _is_triggered(rows: Rows, step: Row, event: Event) -> bool:
    message, message_filter = rows.find(step.target("sdkmessageid")), rows.find(step.target("sdkmessagefilterid"))
    return (
        step.number("statecode") == ENABLED
        and message is not None
        and message.text("name") == event.message
        and (message_filter is None or message_filter.text("primaryobjecttypecode") == event.row.table)
        and _matches_filter(step.text("filteringattributes"), event)
    )


def _matches_filter(filtering: str, event: Event) -> bool:
    """Return True if the request set a column that the step filters on, even to the same value."""
    watched = {name.strip() for name in filtering.split(",") if name.strip()}
    return not watched or event.message != "Update" or not watched.isdisjoint(event.target)


def _add_job(transaction: Transaction, execution: StepExecution) -> None:
    event, step, at = execution.event, execution.step, instant(execution.at)
    transaction.put(
        JOBS,
        execution.operation_id,
        {
            "asyncoperationid": execution.operation_id,
            "name": step.text("name"),
            "operationtype": 1,
            "messagename": event.message,
            "primaryentitytype": event.row.table,
            "owningextensionid": step.ref,
            "correlationid": execution.correlation_id,
            "data": payload(execution).decode(),
            "retrycount": 0,
            "statecode": 0,
            "statuscode": 0,
            "createdon": at,
            "createdby": execution.caller.user.ref,
            "modifiedon": at,
            "modifiedby": execution.caller.user.ref,
        },
    )


def payload(execution: StepExecution) -> bytes:
    """Build the body of the webhook request. An oversized body omits the optional parts."""
    context = execution_context(execution)
    body = orjson.dumps(context)
    if len(body) <= MAX_PAYLOAD_BYTES:
        return body
    return orjson.dumps({name: value for name, value in context.items() if name not in OPTIONAL_PARTS})
