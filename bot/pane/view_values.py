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
from bot.pane.display_values import display_name, display_text, display_time, timed_values
from bot.pane.responses import error_values
from cards.chat_list import ConnectedBy
from cards.record import RecordHeader
from cards.timed_text import TIME
from cards.translator import Translator


def view_values(
    t: Translator, view: PaneView, watch: Watch, photos: Mapping[ObjectId, str], *, at: datetime
) -> Mapping[str, Any]:
    """Return the view, and what the page sends to learn whether it is up to date.

    `photos` are the signatures for the photos of the people.
    """
    return {
        "record": record_value(t, view.record) if view.record else None,
        "sections": [_section(t, each, photos) for each in view.sections],
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


def _section(t: Translator, section: Section, photos: Mapping[ObjectId, str]) -> Mapping[str, Any]:
    return {
        "name": section.name.value,
        "rows": [_row(t, each) for each in section.rows],
        "people": [_person(t, each, photos.get(each.id, "")) for each in section.people],
        "total": section.total,
        "searched": section.searched,
        "hint": t.show(section.hint),
        "problem": error_values(t, section.problem) if section.problem else None,
        "asOf": display_time(section.as_of) if section.as_of else None,
    }


def _person(t: Translator, person: PersonRow, photo: str) -> Mapping[str, Any]:
    return {
        "key": person.id,
        "name": display_text(person.name),
        "title": display_text(person.title),
        "presence": person.presence.name,
        "presenceText": t.show(person.presence.label),
        "reason": display_text(t.show(person.reason)),
        "isSelf": person.is_self,
        "url": _web_address(person.chat_url),
        "photo": photo,
    }


def _row(t: Translator, row: PaneRow) -> Mapping[str, Any]:
    return {
        "key": display_text(row.key),
        "name": display_text(t.show(row.name)),
        "state": row.state.value,
        "text": display_text(t.show(row.text)),
        "url": _web_address(row.url),
        "connection": row.connection,
        "resumable": row.resumable,
        "ownChat": row.own_chat,
        "chat": row.chat,
        "channel": {"team": row.channel.team, "channel": row.channel.channel} if row.channel else None,
        "canDisconnect": row.can_disconnect,
        "facts": _facts(t, row),
        "records": [record_value(t, each) if each else None for each in row.records],
    }


def _facts(t: Translator, row: PaneRow) -> list[Mapping[str, Any]]:
    facts = _connected(t, row.connected) if row.connected else []
    if row.last_written_at:
        facts.append(timed_values(_last_message(t, row.last_writer), row.last_written_at))
    if row.ended:
        name = display_name(t, row.ended.name)
        facts.append(timed_values(t("Disconnected by {name}", name=name), row.ended.at))
    if row.sync:
        facts.append(timed_values(t.show(row.sync), None))
    return facts


def _last_message(t: Translator, writer: str) -> str:
    if not writer:
        return t("Last message")
    return t("Last message by {name}", name=display_name(t, writer))


def _connected(t: Translator, connected: ConnectedBy) -> list[Mapping[str, Any]]:
    name, presence = display_name(t, connected.name), t.show(connected.presence)
    by = t("Connected by {name} ({presence})", name=name, presence=presence)
    facts = [timed_values(by, connected.at)]
    if connected.paused_at:
        facts.append(timed_values(t("Paused since {time}", time=TIME), connected.paused_at))
    return facts


def record_value(t: Translator, record: RecordHeader) -> Mapping[str, Any]:
    """Return the names and the address of the record."""
    return {
        "kind": display_text(t.show(record.kind)),
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
