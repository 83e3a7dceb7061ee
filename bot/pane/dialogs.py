"""Routes for the bot's dialogs: their pages, their buttons, and the searches of their inputs (spec P3).

The answers are those of the bot. The data of a page or of a button grants nothing: each feature checks it again.
"""

from collections.abc import Mapping

import orjson
from aiohttp import web

from bot.domain.errors import BadRequest, ChatSyncError
from bot.domain.notifications.wall_clock import find_zone
from bot.domain.values import TEAMS
from bot.features.pane.turns import ChatClaim, pane_turn
from bot.features.shared.action_data import parse_connection
from bot.features.shared.answer_in_time import answer_in_time
from bot.features.shared.requests import PressedButton, page_request, search_request, texts_in
from bot.features.shared.turn import Turn
from bot.pane.display_values import display_sentences, display_text
from bot.pane.requests import PaneRequest, bad_request, counted
from bot.pane.responses import json_answer
from cards.activity import CardTooLargeError, card_json
from cards.dialog import Done
from cards.inputs import show_choices
from cards.message import Rendered

_MAX_ID = 300
"""Characters of the ID of a chat."""
_MAX_DATASET = 1_000
"""Characters of the name of a dataset, which can contain parameters."""
_VERB = "verb"


async def show_page(request: web.Request) -> web.Response:
    """Return the requested page of a dialog, or the text that closes the dialog."""
    async with counted(request) as asked:
        named, data = asked.text("page"), _data(asked)
        if not named:
            raise bad_request()
        answer = await asked.door.cards.page(await _turn(asked), page_request(named, data))
    if isinstance(answer, Done):
        return json_answer({"text": display_sentences(answer.line(asked.t))})
    page = answer.render(asked.t)
    return json_answer({"title": page.title, "height": page.height, "card": _card(page.message)})


async def press_button(request: web.Request) -> web.Response:
    """Return the card that answers a button, or the text of a message that a chat gets."""
    async with counted(request) as asked:
        verb, data = asked.text(_VERB), _data(asked)
        if not verb:
            raise bad_request()
        pressed = PressedButton(verb=verb, data=texts_in(data, without=_VERB))
        answer = await asked.door.cards.press(await _turn(asked), pressed)
    rendered = answer.message.render(asked.t)
    if answer.already_queued:
        return json_answer({"text": display_sentences(rendered.summary)})
    return json_answer({"card": _card(rendered)})


async def find_choices(request: web.Request) -> web.Response:
    """Return the choices that match a typed text."""
    async with counted(request) as asked:
        query = search_request(asked.text("dataset", at_most=_MAX_DATASET), asked.text("text"), _data(asked))
        choices = await asked.door.cards.find_choices(await _turn(asked), query)
    titles = [(display_text(each.title or each.value), each.value) for each in show_choices(asked.t, choices)]
    return json_answer({"choices": [{"title": title, "value": value} for title, value in titles]})


async def _turn(asked: PaneRequest) -> Turn:
    door, zone = asked.door, asked.text("timeZone")
    address, claim = door.address_of(asked.identity), _claim(asked)
    work = pane_turn(door.services, asked.person, address, claim, zone if zone and find_zone(zone) else None)
    turn = await answer_in_time(work, door.services.limits.answer_within_s)
    if isinstance(turn, ChatSyncError):
        raise turn
    return turn


def _claim(asked: PaneRequest) -> ChatClaim:
    named = asked.text("connection")
    connection = parse_connection({"connection": named}) if named else None
    return ChatClaim(chat=asked.text("chat", at_most=_MAX_ID), connection=connection)


def _data(asked: PaneRequest) -> Mapping[object, object]:
    """Return the data, with the record that the host named; raise `BadRequest` for another form."""
    found: dict[object, object] = {}
    for name in ("record", "data"):
        given = asked.body.get(name)
        if given is not None and not isinstance(given, dict):
            raise bad_request()
        found |= given or {}
    return found


def _card(message: Rendered) -> orjson.Fragment:
    """Return the card as Teams gets it; raise `BadRequest` for one that inputs made too large."""
    try:
        return orjson.Fragment(card_json(message, channel=TEAMS))
    except CardTooLargeError as error:
        raise BadRequest("This answer is too large to show.", "Enter shorter texts, or choose less.") from error
