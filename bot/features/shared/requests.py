"""Requests for buttons, dialog pages, and searches, as every entry point passes them on. Their data is untrusted."""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.domain.extension_names import ACTIONS
from bot.domain.public_names import QuotedField, decode_dataset
from bot.features.shared.action_data import ActionData
from bot.text.typed_text import on_one_line
from cards.buttons import DIALOG


@dataclass(frozen=True, slots=True, kw_only=True)
class PressedButton:
    """A button on a card, with its untrusted data."""

    verb: str
    data: ActionData
    automatic: bool = False
    """True if the client sent it to refresh a card, without a press by the person."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DialogRequest:
    """A request for a page of a dialog, with the untrusted inputs so far."""

    page: str
    data: ActionData
    message: object = None
    """The message that the dialog was opened from, as Teams sent it; None if there is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TypeaheadQuery:
    """The text that a person typed into an input with search."""

    dataset: str
    text: str
    data: ActionData
    """The other inputs of the page."""


def page_request(page: str, data: Mapping[object, object], message: object = None) -> DialogRequest:
    """Return the request for a page. On the first page of a dialog, only the message says what it contains."""
    texts = texts_in(data, without=DIALOG)
    if page in ACTIONS:
        texts = {name: text for name, text in texts.items() if name not in set(QuotedField)}
    return DialogRequest(page=page, data=texts, message=message)


def search_request(dataset: str, text: str, data: Mapping[object, object]) -> TypeaheadQuery:
    """Return the query. The name of a dataset can contain parameters."""
    name, parameters = decode_dataset(dataset)
    inputs = texts_in(data, without=DIALOG)
    return TypeaheadQuery(dataset=name, text=on_one_line(text), data={**inputs, **parameters})


def texts_in(data: Mapping[object, object], *, without: str) -> dict[str, str]:
    """Return the values that are texts, except the one with this name."""
    return {str(name): text for name, text in data.items() if isinstance(text, str) and name != without}
