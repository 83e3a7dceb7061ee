"""Dialogs: each of their pages, and the searches that its inputs ask for while somebody types.

A page is opened by a card's button (`cards.buttons.OpenDialog`) or by an action command of the message extension, and
sends what was filled in by a button of its own (`cards.buttons.Step`). Either names the page that is asked for; where
a channel has no dialogs, both come as messages, and the page goes as a card into the chat.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from orjson import Fragment

from bot.domain.errors import BadRequest
from bot.domain.surface import Dataset, Dialog
from bot.handlers.answering import Answering
from bot.handlers.channels import ChannelPages
from bot.handlers.claims import Claims
from bot.handlers.incoming import Incoming
from bot.handlers.new_chat import NewChatPages
from bot.handlers.settings_dialogs import SettingsDialogs
from bot.handlers.translate import AskedPage, Typed, choices_answer, last_line_answer, page_answer
from bot.usecases.answers import Answer
from cards.activity import card_json
from cards.buttons import Step
from cards.dialog import Done, Page
from cards.inputs import Choice
from cards.notice import NoticeView, notice

Work = Callable[[Incoming, Claims], Awaitable[Page | Done]]
Search = Callable[[Incoming, str, Claims], Awaitable[Sequence[Choice]]]

CHOICES_AT_MOST = 15
"""So many are shown while somebody types ("Typeahead search in Adaptive Cards")."""

_REFUSED = "Chat Sync"
"""Stands above a page that says why there is no other."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialogs:
    """What people can fill in."""

    answering: Answering
    new_chat: NewChatPages
    channels: ChannelPages
    settings: SettingsDialogs

    async def invoked(self, incoming: Incoming, asked: AskedPage | None) -> dict[str, Any]:
        """What a dialog shows next, as the answer to its invoke."""
        shown = await self._shown(incoming, asked)
        if isinstance(shown, Done):
            return last_line_answer(shown.text)
        card = Fragment(card_json(shown.message, channel=incoming.chat.channel))
        return page_answer(shown.title, card, shown.height)

    async def in_chat(self, incoming: Incoming, asked: AskedPage) -> Answer:
        """The same as a card for the chat."""
        shown = await self._shown(incoming, asked)
        return Answer(message=notice(NoticeView(text=shown.text)) if isinstance(shown, Done) else shown.message)

    async def search(self, incoming: Incoming, typed: Typed | None) -> dict[str, Any]:
        """What fits the typed text; nothing where it cannot be searched just now."""
        work: Mapping[str, Search] = {
            Dataset.RECORDS: self.new_chat.search_records,
            Dataset.PEOPLE: self.new_chat.search_people,
            **self.settings.searches,
        }
        if typed is None or typed.dataset not in work:
            raise BadRequest("A search needs value.dataset and value.queryText.")
        found = await self.answering(work[typed.dataset](incoming, typed.text, typed.claims))
        return choices_answer([] if isinstance(found, Answer) else found[:CHOICES_AT_MOST])

    async def _shown(self, incoming: Incoming, asked: AskedPage | None) -> Page | Done:
        work: Mapping[str, Work] = {
            Dialog.NEW_CHAT: self.new_chat.start,
            Dialog.NEW_CHAT_PEOPLE: self.new_chat.choose,
            Dialog.MAKE_CHAT: self.new_chat.create,
            Dialog.FINISH_CHAT: self.new_chat.finish,
            Dialog.CONNECT_CHANNEL: self.channels.start,
            Dialog.CONNECT_THIS_CHANNEL: self.channels.submit,
            **self.settings.pages,
        }
        known = asked is not None and asked.page in work
        again = Step(title="Try again", dialog=asked.page, payload=asked.claims) if asked and known else None
        shown = await self.answering(work[asked.page](incoming, asked.claims) if asked and known else _unknown(), again)
        return Page(title=_REFUSED, card=shown.message.card, height="small") if isinstance(shown, Answer) else shown


async def _unknown() -> Page:
    raise BadRequest("This dialog is not there any more.", "Write help to see what you can do.")
