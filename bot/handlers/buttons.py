"""Buttons on cards. Their data is untrusted, so the features check every permission again."""

from collections.abc import Sequence

from bot.domain.public_names import Verb
from bot.domain.texts import text
from bot.features.shared.access import require_chats_on
from bot.features.shared.action_data import ActionData, expired_button
from bot.features.shared.answers import Answer
from bot.features.shared.requests import PressedButton
from bot.features.shared.routes import ButtonHandler, Feature
from bot.features.shared.services import Services
from bot.features.shared.turn import Turn
from bot.handlers.deadlines import Deadline
from cards.buttons import ActionButton
from cards.notice import NoticeView, notice
from cards.personal_view import PersonalView

_PERSONAL_VIEWS = frozenset({Verb.VIEW, Verb.VIEW_CHANGE, Verb.VIEW_LIVE_CARD, Verb.VIEW_SUMMARY})
"""Buttons that clients press automatically, to replace a card with a personal one."""


class Buttons:
    """The buttons of all features, by verb."""

    def __init__(self, services: Services, features: Sequence[Feature], deadline: Deadline) -> None:
        self._services = services
        self._deadline = deadline
        self._handlers: dict[str, ButtonHandler] = {Verb.CANCEL: _cancel}
        for feature in features:
            self._handlers |= feature.buttons

    async def press(self, turn: Turn, pressed: PressedButton) -> Answer:
        """Return the answer to a button in time. An error is a card with its next step."""
        is_known = pressed.verb in set(Verb)
        retry = ActionButton(title=text("Try again"), verb=pressed.verb, payload=pressed.data) if is_known else None
        is_personal = turn.private and pressed.verb in _PERSONAL_VIEWS and turn.person.account_id
        personal_view = (
            PersonalView(button=retry, accounts=(turn.person.account_id,)) if retry and is_personal else None
        )
        return await self._deadline.answer(self._answer(turn, pressed), retry, personal_view)

    async def _answer(self, turn: Turn, pressed: PressedButton) -> Answer:
        """Return the answer to a button; raise `BadRequest` for an unknown verb."""
        if pressed.verb not in self._handlers:
            raise expired_button()
        if pressed.verb != Verb.STATUS:  # The status says itself that chats are off.
            await require_chats_on(self._services, *self._services.environments)
        return await self._handlers[pressed.verb](self._services, turn, pressed.data)


async def _cancel(_services: Services, _turn: Turn, _data: ActionData) -> Answer:
    return Answer(message=notice(NoticeView(text=text("Nothing was changed."))))
