"""The settings page as JSON. Texts from outside leave without control and direction characters."""

from collections.abc import Iterable, Mapping
from typing import Any

from bot.features.settings.apply_import import ImportResult
from bot.features.settings.list_history import HistoryRow, HistoryRows
from bot.features.settings.pages import change_lines, concurrent_changes
from bot.features.settings.settings_files import SettingsFile
from bot.features.settings.show_page import RecordTypeRow, SettingsPage
from bot.pane.display_values import display_text, display_time
from cards.settings.overview import overview_title
from cards.settings.shared import MAX_SAVES, ChangeLine, ConcurrentChanges
from cards.translator import Translator

MAX_CHANGES = 1_000
"""Changes that are shown. An import of the maximum number of record types has fewer."""


def page_values(t: Translator, page: SettingsPage) -> Mapping[str, Any]:
    """Return the settings of an environment."""
    return {
        "environments": page.environments,
        "environment": page.environment,
        "version": page.version,
        "overviewTitle": overview_title(t),
        "facts": _pairs(t, page.facts),
        "warnings": [t.show(each) for each in page.warnings],
        "recordTypes": [_record_type(t, each) for each in page.record_types],
    }


def _record_type(t: Translator, row: RecordTypeRow) -> Mapping[str, Any]:
    return {
        "table": row.table,
        "label": display_text(t.show(row.label)),
        "isEnabled": row.is_enabled,
        "summary": t.show(row.summary),
        "defaults": _pairs(t, row.defaults),
    }


def _pairs(t: Translator, pairs: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    return [(t.show(name), display_text(t.show(value))) for name, value in pairs]


def history_values(t: Translator, found: HistoryRows) -> Mapping[str, Any]:
    """Return the rows, and the beginning of the next page."""
    older = {"before": found.older[0], "skip": found.older[1]} if found.older else None
    return {"rows": [_history_row(t, each) for each in found.rows], "older": older}


def _history_row(t: Translator, row: HistoryRow) -> Mapping[str, Any]:
    return {"at": display_time(row.at), "who": display_text(t.show(row.who)), **_change(t, row.change)}


def file_values(file: SettingsFile) -> Mapping[str, str]:
    """Return the file for a download."""
    return {"name": file.name, "text": file.text}


def import_values(t: Translator, result: ImportResult) -> Mapping[str, Any]:
    """Return the changes of a file, its problems, and the changes of others."""
    context = result.context
    return {
        "version": context.settings.version,
        "isSaved": result.saved,
        "changes": [_change(t, each) for each in change_lines(context, result.changes[:MAX_CHANGES])],
        "problems": [(display_text(path), display_text(t.show(reason))) for path, reason in result.problems],
        "others": [_others(t, each) for each in concurrent_changes(context, result.concurrent_saves[-MAX_SAVES:])],
        "hasEarlierSaves": len(result.concurrent_saves) > MAX_SAVES,
    }


def _others(t: Translator, saved: ConcurrentChanges) -> Mapping[str, Any]:
    return {
        "at": display_time(saved.at),
        "who": display_text(t.show(saved.who)),
        "changes": [_change(t, each) for each in saved.changes[:MAX_CHANGES]],
    }


def _change(t: Translator, line: ChangeLine) -> Mapping[str, str]:
    return {
        "where": display_text(t.show(line.where)),
        "setting": t.show(line.setting),
        "was": display_text(t.show(line.was)),
        "now": display_text(t.show(line.now)),
    }
