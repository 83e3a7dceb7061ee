"""Answers to invokes as the Bot Framework's JSON. Pure."""

from collections.abc import Iterable
from typing import Any

from orjson import Fragment

from bot.handlers.translate import TokenExchange
from cards.activity import ADAPTIVE
from cards.inputs import Choice
from cards.text import line


def card_answer(card: Fragment) -> dict[str, Any]:
    """An invoke's answer: a card, ready to be sent, in place of the pressed one, for the person who pressed."""
    return {"statusCode": 200, "type": "application/vnd.microsoft.card.adaptive", "value": card}


def line_answer(text: str) -> dict[str, Any]:
    """An invoke's answer: a line of text for the person who pressed."""
    return {"statusCode": 200, "type": "application/vnd.microsoft.activity.message", "value": text}


def error_answer(status: int, code: str, message: str) -> dict[str, Any]:
    """An invoke's answer: what is wrong with the request."""
    return {
        "statusCode": status,
        "type": "application/vnd.microsoft.error",
        "value": {"code": code, "message": message},
    }


def extension_answer(attachments: list[dict[str, Any]]) -> dict[str, Any]:
    """A message extension's answer: these cards, or nothing where there are none."""
    return {"composeExtension": {"type": "result", "attachmentLayout": "list", "attachments": attachments}}


def extension_line(text: str) -> dict[str, Any]:
    """A message extension's answer: a line of text in place of results."""
    return {"composeExtension": {"type": "message", "text": text.strip()}}


def page_answer(title: str, card: Fragment, height: str) -> dict[str, Any]:
    """An invoke's answer: the page that the dialog shows next."""
    shown = {"title": title, "height": height, "width": "medium", "card": {"contentType": ADAPTIVE, "content": card}}
    return {"task": {"type": "continue", "value": shown}}


def last_line_answer(text: str) -> dict[str, Any]:
    """An invoke's answer: the dialog shows this and is over."""
    return {"task": {"type": "message", "value": text}}


def not_exchanged_answer(offered: TokenExchange) -> dict[str, Any]:
    """An invoke's answer: the token was not exchanged for another ("Single sign-on for bots")."""
    why = "Chat Sync asks nobody to sign in, and takes no tokens of people."
    return {"id": offered.id, "connectionName": offered.connection, "failureDetail": why}


def choices_answer(choices: Iterable[Choice]) -> dict[str, Any]:
    """An invoke's answer: what fits the text that was typed."""
    results = [{"title": line(each.title), "value": each.value} for each in choices]
    return {"type": "application/vnd.microsoft.search.searchResponse", "value": {"results": results}}
