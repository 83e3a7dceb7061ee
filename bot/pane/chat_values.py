"""The tab of a group chat as JSON. Texts from outside leave without control and direction characters."""

from collections.abc import Mapping
from typing import Any

from bot.features.pane.chat_view import ChatPane, ChatRecord
from bot.features.shared.answers import connection_data
from bot.pane.display_values import display_name, display_text, display_time, timed_values
from bot.pane.view_values import record_value
from bot.text.typed_text import without_unseen
from cards.chat_status import Decision, problems_of
from cards.notifications.mute import MuteState
from cards.timed_text import TIME, TimedText
from cards.translator import Translator

MAX_FACT = 1_000
"""Characters of the value of a field."""


def chat_values(t: Translator, pane: ChatPane, chat: str) -> Mapping[str, Any]:
    """Return the view, and what the page sends to learn whether it is up to date."""
    status = pane.status
    remarks = (status.sync_off_reason, status.messages_note, status.delay_reason)
    return {
        "records": [_record(t, each) for each in pane.records],
        "hidden": status.hidden,
        "total": pane.total,
        "mute": _mute(t, status.mute) if status.mute else None,
        "remarks": [t.show(each) for each in remarks if each],
        "watch": {"chat": chat, "version": pane.version},
    }


def _record(t: Translator, record: ChatRecord) -> Mapping[str, Any]:
    connection, status = record.connection, record.status
    connector = display_name(t, connection.connector_name)
    return {
        "key": connection.public_id,
        "data": connection_data(connection),
        "record": record_value(t, status.record),
        "fields": [
            {"label": display_text(t.show(each.label)), "value": _value(t.show(each.value))} for each in record.facts
        ],
        "facts": [
            timed_values(t("Connected by {name}", name=connector), connection.connected_at),
            *([_mute(t, status.mute)] if status.mute else []),
        ],
        "problems": [_problem(each) for each in problems_of(t, status)],
        "changes": [_change(t, each) for each in status.decisions],
    }


def _change(t: Translator, decision: Decision) -> Mapping[str, Any]:
    return {
        **timed_values(_value(t.show(decision.text)), decision.at),
        "until": display_time(decision.until) if decision.until else None,
    }


def _problem(problem: TimedText) -> Mapping[str, Any]:
    return timed_values(_value(problem.text), problem.at)


def _mute(t: Translator, state: MuteState) -> Mapping[str, Any]:
    by = display_name(t, state.by)
    if state.until:
        return timed_values(t("Muted by {name} until {time}", name=by, time=TIME), state.until)
    return timed_values(t("Muted by {name} until someone turns it off", name=by), None)


def _value(text: str) -> str:
    return without_unseen(text)[:MAX_FACT]
