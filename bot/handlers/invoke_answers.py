"""Answers to invokes as the Bot Framework's JSON. Pure."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from orjson import Fragment

from bot.handlers.activities import TokenExchange
from bot.handlers.invoke_names import Invoke
from cards.activity import ADAPTIVE
from cards.inputs import Choice
from cards.text import single_line


def card_answer(card: Fragment) -> dict[str, Any]:
    """An invoke's answer: a card, ready to be sent, in place of the pressed one, for the person who pressed."""
    return {"statusCode": 200, "type": "application/vnd.microsoft.card.adaptive", "value": card}


def message_answer(text: str) -> dict[str, Any]:
    """An invoke's answer: a line of text for the person who pressed."""
    return {"statusCode": 200, "type": "application/vnd.microsoft.activity.message", "value": text}


def error_answer(status: int, code: str, message: str) -> dict[str, Any]:
    """An invoke's answer: what is wrong with the request."""
    return {
        "statusCode": status,
        "type": "application/vnd.microsoft.error",
        "value": {"code": code, "message": message},
    }


def extension_results(attachments: list[dict[str, Any]]) -> dict[str, Any]:
    """A message extension's answer: these cards, or nothing where there are none."""
    return {"composeExtension": {"type": "result", "attachmentLayout": "list", "attachments": attachments}}


def extension_message(text: str) -> dict[str, Any]:
    """A message extension's answer: a line of text in place of results."""
    return {"composeExtension": {"type": "message", "text": text.strip()}}


def dialog_page(title: str, card: Fragment, height: str) -> dict[str, Any]:
    """An invoke's answer: the page that the dialog shows next."""
    shown = {"title": title, "height": height, "width": "medium", "card": {"contentType": ADAPTIVE, "content": card}}
    return {"task": {"type": "continue", "value": shown}}


def dialog_message(text: str) -> dict[str, Any]:
    """An invoke's answer: the dialog shows this and is over."""
    return {"task": {"type": "message", "value": text}}


def not_exchanged_answer(offered: TokenExchange) -> dict[str, Any]:
    """An invoke's answer: the token was not exchanged for another ("Single sign-on for bots")."""
    why = "Chat Sync asks nobody to sign in, and takes no tokens of people."
    return {"id": offered.id, "connectionName": offered.connection, "failureDetail": why}


def choices_answer(choices: Iterable[Choice]) -> dict[str, Any]:
    """An invoke's answer: what fits the text that was typed."""
    results = [{"title": single_line(each.title), "value": each.value} for each in choices]
    return {"type": "application/vnd.microsoft.search.searchResponse", "value": {"results": results}}


def failed_answer(name: str, text: str) -> dict[str, Any]:
    """The answer to an invoke of this name where something went wrong, in the form that Teams shows for it."""
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
    # Of who has not added the app Teams takes nothing but cards ("Zero install link unfurling").
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
"""In what form it is said that something went wrong: what has another form shows as "Unable to reach app"."""
