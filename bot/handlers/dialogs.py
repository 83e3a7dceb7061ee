"""Dialogs: answer their pages, and the searches of their inputs.

A page is opened by a button on a card (`cards.buttons.DialogButton`) or by an action command of the message extension.
It sends its inputs with a button of its own (`cards.buttons.SubmitButton`). Both name the requested page. In channels
without dialogs, the request is a message, and the page is a card in the chat.
"""

from collections.abc import Sequence
from functools import partial
from typing import Any

from orjson import Fragment

from bot.domain.errors import BadRequest, ChatSyncError
from bot.domain.public_names import Dialog
from bot.domain.texts import text
from bot.features.shared.access import require_chats_on, require_user_anywhere
from bot.features.shared.action_data import ActionData
from bot.features.shared.answers import Answer
from bot.features.shared.private_answers import no_private_answer
from bot.features.shared.reader_languages import reader_translator
from bot.features.shared.requests import DialogRequest, TypeaheadQuery
from bot.features.shared.routes import Feature, PageHandler, Redirect, SearchHandler
from bot.features.shared.services import Services
from bot.features.shared.turn import Turn
from bot.handlers.deadlines import Deadline, refusal
from bot.handlers.invoke_answers import choices_answer, dialog_message, dialog_page
from bot.handlers.latest_only import LatestOnly
from bot.handlers.quoted_message import quoted_message
from cards.activity import card_json
from cards.buttons import SubmitButton
from cards.dialog import Done, Page, RenderedPage
from cards.dialog import dialog_page as deferred_page
from cards.inputs import Choice, show_choices
from cards.message import Message
from cards.notice import last_line
from cards.translator import Translator

MAX_CHOICES = 15
"""Choices shown while a person types ("Typeahead search in Adaptive Cards")."""

_ERROR_TITLE = "Chat Sync"
_SETTINGS = frozenset(page for page in Dialog if page.name.startswith(Dialog.SETTINGS.name))
"""Pages for administrators, which also work while chats are off."""
_SHARED_PAGES = frozenset({Dialog.UPDATE})
"""Pages that everyone in a chat may see. In a chat with others, they only offer to open a private page."""


class Dialogs:
    """The pages and searches of all features."""

    def __init__(self, services: Services, features: Sequence[Feature], deadline: Deadline) -> None:
        self._services = services
        self._deadline = deadline
        self._pages: dict[str, PageHandler] = {}
        self._searches: dict[str, SearchHandler] = {}
        self._latest: LatestOnly[Sequence[Choice] | ChatSyncError] = LatestOnly()
        for feature in features:
            self._pages |= feature.pages
            self._searches |= feature.searches

    async def answer_invoke(self, turn: Turn, request: DialogRequest | None) -> dict[str, Any]:
        """Return the requested page, or the closing message, as the answer to an invoke."""
        page = await self.page(turn, request)
        t = await reader_translator(self._services, turn)
        if isinstance(page, Done):
            return dialog_message(page.line(t))
        shown = page.render(t)
        card = Fragment(card_json(shown.message, channel=turn.chat.channel))
        return dialog_page(shown.title, card, shown.height)

    async def answer_in_chat(self, turn: Turn, request: DialogRequest) -> Answer:
        """Return the requested page, or the closing message, as a card for the chat.

        In a chat with others, refuse pages that show what only the person may see.
        """
        if not turn.private and request.page not in _SHARED_PAGES:
            return Answer(message=refusal(no_private_answer()))
        page = await self.page(turn, request)
        return Answer(message=last_line(page) if isinstance(page, Done) else page.message)

    async def search(self, turn: Turn, query: TypeaheadQuery | None) -> dict[str, Any]:
        """Return the choices that match the typed text, as the answer to an invoke."""
        choices = await self.find_choices(turn, query)
        return choices_answer(show_choices(await reader_translator(self._services, turn), choices))

    async def find_choices(self, turn: Turn, query: TypeaheadQuery | None) -> Sequence[Choice]:
        """Return the choices that match the typed text; none if the search fails."""
        if query is None or query.dataset not in self._searches:
            raise BadRequest("A search needs value.dataset and value.queryText.")
        search = partial(self._searches[query.dataset], self._services, turn, query.text, query.data)
        found = await self._latest.run((turn.key, query.dataset), query, lambda: self._deadline.start(search))
        return [] if found is None or isinstance(found, ChatSyncError) else found[:MAX_CHOICES]

    async def page(self, turn: Turn, request: DialogRequest | None) -> Page | Done:
        """Return the requested page, or the closing message. An error is a page with its next step."""
        retry: list[SubmitButton] = []

        async def show() -> Page | Done:
            if request is None or request.page not in self._pages:
                raise BadRequest("This dialog no longer exists.", "To see all commands, write help.")
            if request.page not in _SETTINGS:
                await require_chats_on(self._services, *self._services.environments)
            data = await self._read_data(turn, request)
            retry.append(SubmitButton(title=text("Try again"), dialog=request.page, payload=data))
            return await self._show(turn, request.page, data)

        page = await self._deadline.run(show())
        if isinstance(page, ChatSyncError):
            return _error_page(refusal(page, retry[0] if retry else None))
        return page

    async def _read_data(self, turn: Turn, request: DialogRequest) -> ActionData:
        """Return the data of the page. The message is read only for people who may use chats."""
        if request.message is None:
            return request.data
        await require_user_anywhere(self._services, turn.person)
        return {**request.data, **quoted_message(request.message, turn.chat)}

    async def _show(self, turn: Turn, name: str, data: ActionData) -> Page | Done:
        page = await self._pages[name](self._services, turn, data)
        return await self._show(turn, page.dialog, page.data) if isinstance(page, Redirect) else page


@deferred_page
def _error_page(t: Translator, shown: Message) -> RenderedPage:
    return RenderedPage(title=_ERROR_TITLE, card=shown.render(t).card, height="small")
