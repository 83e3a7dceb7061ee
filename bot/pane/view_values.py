"""The views of the pane as JSON. Texts from outside leave without control and direction characters."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from bot.domain.hosts import is_loopback
from bot.domain.values import ObjectId
from bot.features.pane.live import Watch
from bot.features.pane.views import PaneRow, PaneView, PersonRow, Section
from bot.features.shared.answers import record_data
from bot.pane.display_values import display_text, display_time
from bot.pane.responses import error_values
from cards.chat_list import ConnectedBy
from cards.record import RecordHeader


def view_values(view: PaneView, watch: Watch, photos: Mapping[ObjectId, str], *, at: datetime) -> Mapping[str, Any]:
    """Return the view, and what the page sends to learn whether it is up to date.

    `photos` are the signatures for the photos of the people.
    """
    return {
        "record": record_value(view.record) if view.record else None,
        "sections": [_section(each, photos) for each in view.sections],
        "isPartial": view.is_partial,
        "at": display_time(at),
        "watch": {
            "record": record_data(watch.record) if watch.record else None,
            "chats": watch.chats,
            "version": watch.version,
            "shown": watch.shown,
            "signature": watch.signature,
        },
    }


def _section(section: Section, photos: Mapping[ObjectId, str]) -> Mapping[str, Any]:
    return {
        "name": section.name.value,
        "rows": [_row(each) for each in section.rows],
        "people": [_person(each, photos.get(each.id, "")) for each in section.people],
        "total": section.total,
        "searched": section.searched,
        "hint": section.hint,
        "problem": error_values(section.problem) if section.problem else None,
        "asOf": display_time(section.as_of) if section.as_of else None,
    }


def _person(person: PersonRow, photo: str) -> Mapping[str, Any]:
    return {
        "key": person.id,
        "name": display_text(person.name),
        "title": display_text(person.title),
        "presence": person.presence.name,
        "presenceText": person.presence.value,
        "reason": display_text(person.reason),
        "isSelf": person.is_self,
        "url": _web_address(person.chat_url),
        "photo": photo,
    }


def _row(row: PaneRow) -> Mapping[str, Any]:
    return {
        "key": display_text(row.key),
        "name": display_text(row.name),
        "state": row.state.value,
        "text": display_text(row.text),
        "url": _web_address(row.url),
        "connection": row.connection,
        "resumable": row.resumable,
        "ownChat": row.own_chat,
        "chat": row.chat,
        "channel": {"team": row.channel.team, "channel": row.channel.channel} if row.channel else None,
        "canDisconnect": row.can_disconnect,
        "facts": _facts(row),
        "records": [record_value(each) if each else None for each in row.records],
    }


def _facts(row: PaneRow) -> list[Mapping[str, Any]]:
    facts = _connected(row.connected) if row.connected else []
    if row.last_written_at:
        by = f"Last message by {display_text(row.last_writer)}" if row.last_writer else "Last message"
        facts.append({"text": by, "at": display_time(row.last_written_at)})
    if row.ended:
        facts.append({"text": f"Disconnected by {display_text(row.ended.name)}", "at": display_time(row.ended.at)})
    if row.sync:
        facts.append({"text": row.sync, "at": None})
    return facts


def _connected(connected: ConnectedBy) -> list[Mapping[str, Any]]:
    by = f"Connected by {display_text(connected.name)} ({connected.presence})"
    facts: list[Mapping[str, Any]] = [{"text": by, "at": display_time(connected.at)}]
    if connected.paused_at:
        facts.append({"text": "Paused since", "at": display_time(connected.paused_at)})
    return facts


def record_value(record: RecordHeader) -> Mapping[str, Any]:
    """Return the names and the address of the record."""
    return {
        "kind": display_text(record.kind),
        "name": display_text(record.name or ""),
        "number": display_text(record.number or ""),
        "url": _web_address(record.url),
    }


def _web_address(url: str) -> str:
    """Return the address if browsers open it as a page; links with other schemes could run scripts.

    Only pages of this machine may be without encryption, as in cards.
    """
    try:
        parts = urlsplit(url)
        is_page = parts.scheme == "https" or (parts.scheme == "http" and is_loopback(parts.hostname or ""))
    except ValueError:
        return ""
    return url if is_page and parts.hostname else ""
