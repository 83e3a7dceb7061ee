"""Dialogs: each of their pages, and the searches that its inputs ask for while somebody types.

A page is opened by a card's button (`cards.buttons.DialogButton`) or by an action command of the message extension, and
sends what was filled in by a button of its own (`cards.buttons.SubmitButton`). Either names the page that is asked for;
where a channel has no dialogs, both come as messages, and the page goes as a card into the chat.
"""

from collections.abc import Sequence
from functools import partial
from typing import Any

from orjson import Fragment

from bot.domain.errors import BadRequest, ChatSyncError
from bot.features.shared.action_data import ActionData
from bot.features.shared.answers import Answer
from bot.features.shared.routes import Feature, PageHandler, Redirect, SearchHandler
from bot.features.shared.services import Services
from bot.features.shared.turn import Turn
from bot.handlers.activities import DialogRequest, TypeaheadQuery
from bot.handlers.deadlines import Deadline
from bot.handlers.invoke_answers import choices_answer, dialog_message, dialog_page
from bot.handlers.latest_only import LatestOnly
from cards.activity import card_json
from cards.buttons import SubmitButton
from cards.dialog import Done, Page
from cards.inputs import Choice
from cards.notice import NoticeView, notice

MAX_CHOICES = 15
"""So many are shown while somebody types ("Typeahead search in Adaptive Cards")."""

_REFUSED = "Chat Sync"
"""Stands above a page that says why there is no other."""


class Dialogs:
    """What people can fill in."""

    def __init__(self, services: Services, features: Sequence[Feature], answering: Deadline) -> None:
        self._services = services
        self._answering = answering
        self._pages: dict[str, PageHandler] = {}
        self._searches: dict[str, SearchHandler] = {}
        self._typing: LatestOnly[Sequence[Choice] | ChatSyncError] = LatestOnly()
        for feature in features:
            self._pages |= feature.pages
            self._searches |= feature.searches

    async def answer_invoke(self, turn: Turn, asked: DialogRequest | None) -> dict[str, Any]:
        """What a dialog shows next, as the answer to its invoke."""
        shown = await self._shown(turn, asked)
        if isinstance(shown, Done):
            return dialog_message(shown.text)
        card = Fragment(card_json(shown.message, channel=turn.chat.channel))
        return dialog_page(shown.title, card, shown.height)

    async def answer_in_chat(self, turn: Turn, asked: DialogRequest) -> Answer:
        """The same as a card for the chat."""
        shown = await self._shown(turn, asked)
        return Answer(message=notice(NoticeView(text=shown.text)) if isinstance(shown, Done) else shown.message)

    async def search(self, turn: Turn, typed: TypeaheadQuery | None) -> dict[str, Any]:
        """What fits the typed text; nothing where it cannot be searched just now."""
        if typed is None or typed.dataset not in self._searches:
            raise BadRequest("A search needs value.dataset and value.queryText.")
        search = partial(self._searches[typed.dataset], self._services, turn, typed.text, typed.data)
        found = await self._typing.run((turn.key, typed.dataset), typed, lambda: self._answering.start(search))
        return choices_answer([] if found is None or isinstance(found, ChatSyncError) else found[:MAX_CHOICES])

    async def _shown(self, turn: Turn, asked: DialogRequest | None) -> Page | Done:
        if asked and asked.page in self._pages:
            again = SubmitButton(title="Try again", dialog=asked.page, payload=asked.data)
            shown = await self._answering(self._page(turn, asked.page, asked.data), again)
        else:
            shown = await self._answering(_unknown())
        return Page(title=_REFUSED, card=shown.message.card, height="small") if isinstance(shown, Answer) else shown

    async def _page(self, turn: Turn, name: str, data: ActionData) -> Page | Done:
        shown = await self._pages[name](self._services, turn, data)
        return await self._page(turn, shown.dialog, shown.data) if isinstance(shown, Redirect) else shown


async def _unknown() -> Page:
    raise BadRequest("This dialog is not there any more.", "Write help to see what you can do.")
