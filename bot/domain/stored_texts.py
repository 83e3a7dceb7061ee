"""Texts of the product in the database, from which each reader gets them in their own language (spec I2). Pure.

A text without values is stored as its English message. A text with values is stored as a mark and JSON.
"""

import json
from collections.abc import Callable, Mapping
from datetime import datetime, time
from typing import Any

from bot.domain.errors import ChatSyncError
from bot.domain.texts import Join, Joined, Label, Moment, Noun, Sentence, Template, Text

_MARK = "\u0002"
"""Begins a text with values. No message and no name begins with a control character."""
_UNREADABLE = "–"


def storable(shown: str) -> str:
    """Return what is stored for a text: `restore` returns the text again."""
    if not isinstance(shown, Text) or _is_plain(shown.template):
        return str(shown)
    return _MARK + json.dumps(_encode(shown), ensure_ascii=False, separators=(",", ":"))


def restore(stored: str) -> str:
    """Return the text. An English message without values is translated, too.

    Erasing a person changes words in the database. A text that cannot be read after that is a dash.
    """
    if not stored.startswith(_MARK):
        return Text.of(Sentence(stored, {}))
    try:
        restored: str = _decode(json.loads(stored.removeprefix(_MARK)))
    except (ValueError, LookupError, TypeError, AttributeError):
        return _UNREADABLE
    return restored


def storable_failure(error: ChatSyncError) -> str:
    """Return what is stored as the reason of a failure: the type of the error and its text."""
    return f"{type(error).__name__}: {storable(error.text)}"


def restore_failure(stored: str) -> tuple[str, str]:
    """Return the type of the error and its text, which is empty for errors of other programs."""
    name, known, words = stored.partition(": ")
    return name, restore(words) if known else ""


def _is_plain(template: Template) -> bool:
    return isinstance(template, Sentence) and not template.values


def _encode(value: object) -> object:
    """Return a value of a placeholder, or a part of a text, as JSON. Plain strings and numbers stay as they are."""
    if isinstance(value, Text):
        return _encode_template(value.template)
    if isinstance(value, time):
        return {"time": value.isoformat()}
    return value if isinstance(value, int) else str(value)


def _encode_template(template: Template) -> dict[str, object]:
    match template:
        case Sentence(message, values, plural, count):
            shown = {name: _encode(each) for name, each in values.items()}
            return {"message": message, "values": shown, **({"plural": plural, "count": count} if plural else {})}
        case Joined(parts, how):
            return {"join": how, "parts": [_encode(each) for each in parts]}
        case Noun(label):
            return {"noun": _encode(label)}
        case Label(default, by_language):
            return {"label": default, "languages": by_language}
        case Moment(at, shown):
            return {"at": at.isoformat(), "shown": shown}


def _decode(stored: Any) -> Any:
    if not isinstance(stored, Mapping):
        return stored
    (decode,) = [decode for name, decode in _DECODERS.items() if name in stored]
    return decode(stored)


def _sentence(stored: Mapping[str, Any]) -> Text:
    values = {name: _decode(each) for name, each in stored["values"].items()}
    return Text.of(Sentence(stored["message"], values, plural=stored.get("plural", ""), count=stored.get("count", 0)))


def _joined(stored: Mapping[str, Any]) -> Text:
    return Text.of(Joined(tuple(map(_decode, stored["parts"])), Join(stored["join"])))


def _label(stored: Mapping[str, Any]) -> Text:
    return Text.of(Label(stored["label"], {int(language): each for language, each in stored["languages"].items()}))


_DECODERS: Mapping[str, Callable[[Mapping[str, Any]], object]] = {
    "message": _sentence,
    "join": _joined,
    "noun": lambda stored: Text.of(Noun(_decode(stored["noun"]))),
    "label": _label,
    "at": lambda stored: Text.of(Moment(datetime.fromisoformat(stored["at"]), stored["shown"])),
    "time": lambda stored: time.fromisoformat(stored["time"]),
}
