"""The tab of a group chat as JSON. Texts from outside leave without control and direction characters."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from bot.features.pane.chat_view import ChatPane, ChatRecord
from bot.features.shared.answers import connection_data
from bot.pane.display_values import display_text, display_time
from bot.pane.view_values import record_value
from bot.text.typed_text import without_unseen
from cards.chat_status import Decision, problems_of
from cards.notifications.mute import MuteState
from cards.timed_text import TimedText

MAX_FACT = 1_000
"""Characters of the value of a field."""


def chat_values(pane: ChatPane, chat: str) -> Mapping[str, Any]:
    """Return the view, and what the page sends to learn whether it is up to date."""
    status = pane.status
    remarks = (status.sync_off_reason, status.messages_note, status.delay_reason)
    return {
        "records": [_record(each) for each in pane.records],
        "hidden": status.hidden,
        "total": pane.total,
        "mute": _mute(status.mute) if status.mute else None,
        "remarks": [each for each in remarks if each],
        "watch": {"chat": chat, "version": pane.version},
    }


def _record(record: ChatRecord) -> Mapping[str, Any]:
    connection, status = record.connection, record.status
    return {
        "key": connection.public_id,
        "data": connection_data(connection),
        "record": record_value(status.record),
        "fields": [{"label": display_text(each.label), "value": _value(each.value)} for each in record.facts],
        "facts": [
            _timed(f"Connected by {display_text(connection.connector_name)}", connection.connected_at),
            *([_mute(status.mute)] if status.mute else []),
        ],
        "problems": [_problem(each) for each in problems_of(status)],
        "changes": [_change(each) for each in status.decisions],
    }


def _change(decision: Decision) -> Mapping[str, Any]:
    return {
        **_timed(_value(decision.text), decision.at),
        "until": display_time(decision.until) if decision.until else None,
    }


def _problem(problem: TimedText) -> Mapping[str, Any]:
    return {**_timed(_value(problem.text), problem.at), "after": _value(problem.after)}


def _mute(state: MuteState) -> Mapping[str, Any]:
    by = display_text(state.by)
    return _timed(f"Muted by {by} until" if state.until else f"Muted by {by} until someone turns it off", state.until)


def _timed(text: str, at: datetime | None) -> Mapping[str, Any]:
    return {"text": text, "at": display_time(at) if at else None}


def _value(text: str) -> str:
    return without_unseen(text)[:MAX_FACT]
