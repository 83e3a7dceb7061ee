"""Build the JSON answers to invokes. Pure."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from orjson import Fragment

from bot.handlers.activities import TokenExchange
from bot.handlers.invoke_names import Invoke
from cards.activity import ADAPTIVE
from cards.inputs import Choice
from cards.text import plain, single_line

_MAX_SENTENCES_LENGTH = 1_000


def card_answer(card: Fragment) -> dict[str, Any]:
    """Return the answer that replaces the pressed card with this one, for the person who pressed the button."""
    return {"statusCode": 200, "type": "application/vnd.microsoft.card.adaptive", "value": card}


def message_answer(text: str) -> dict[str, Any]:
    """Return the answer that shows a text to the person who pressed the button."""
    return {"statusCode": 200, "type": "application/vnd.microsoft.activity.message", "value": _sentences(text)}


def error_answer(status: int, code: str, message: str) -> dict[str, Any]:
    """Return the answer to an invalid request."""
    return {
        "statusCode": status,
        "type": "application/vnd.microsoft.error",
        "value": {"code": code, "message": _sentences(message)},
    }


def extension_results(attachments: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the answer of the message extension with these cards, which may be none."""
    return {"composeExtension": {"type": "result", "attachmentLayout": "list", "attachments": attachments}}


def extension_message(text: str) -> dict[str, Any]:
    """Return the answer of the message extension that shows a text instead of results."""
    return {"composeExtension": {"type": "message", "text": _sentences(text)}}


def dialog_page(title: str, card: Fragment, height: str) -> dict[str, Any]:
    """Return the answer that shows the next page of the dialog."""
    page = {"title": title, "height": height, "width": "medium", "card": {"contentType": ADAPTIVE, "content": card}}
    return {"task": {"type": "continue", "value": page}}


def dialog_message(text: str) -> dict[str, Any]:
    """Return the answer that shows a text and ends the dialog."""
    return {"task": {"type": "message", "value": _sentences(text)}}


def not_exchanged_answer(exchange: TokenExchange) -> dict[str, Any]:
    """Return the answer that refuses to exchange a token ("Single sign-on for bots")."""
    reason = "Chat Sync has no sign-in, and accepts no user tokens."
    return {"id": exchange.id, "connectionName": exchange.connection, "failureDetail": reason}


def choices_answer(choices: Iterable[Choice]) -> dict[str, Any]:
    """Return the answer with the choices that match the typed text."""
    results = [{"title": single_line(each.title) or each.value, "value": each.value} for each in choices]
    return {"type": "application/vnd.microsoft.search.searchResponse", "value": {"results": results}}


def _sentences(text: str) -> str:
    """Return a text that clients show without markup."""
    return plain(text, limit=_MAX_SENTENCES_LENGTH)


def failed_answer(name: str, text: str) -> dict[str, Any]:
    """Return the answer to the invoke with this name that shows the error."""
    return _FAILED.get(name, _failed)(text)


def _failed(text: str) -> dict[str, Any]:
    return error_answer(500, "ServiceError", text)


def _no_card(_text: str) -> dict[str, Any]:
    return extension_results([])


def _no_choices(_text: str) -> dict[str, Any]:
    return choices_answer([])


_FAILED: Mapping[str, Callable[[str], dict[str, Any]]] = {
    Invoke.BUTTON: _failed,
    Invoke.SEARCH_INPUT: _no_choices,
    # For people without the app, Teams accepts only cards ("Zero install link unfurling").
    Invoke.ANONYMOUS_QUERY_LINK: _no_card,
    Invoke.QUERY_LINK: extension_message,
    Invoke.SEARCH: extension_message,
    Invoke.SETTINGS: extension_message,
    Invoke.ITEM: extension_message,
    Invoke.FETCH_TASK: dialog_message,
    Invoke.SUBMIT_ACTION: dialog_message,
    Invoke.TASK_FETCH: dialog_message,
    Invoke.TASK_SUBMIT: dialog_message,
}
"""The form of an error answer by invoke. For any other form, Teams shows "Unable to reach app"."""
