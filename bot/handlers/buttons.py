"""Buttons on cards. Their data is untrusted, so the features check every permission again."""

from collections.abc import Sequence

from bot.domain.public_names import Verb
from bot.features.shared.access import require_chats_on
from bot.features.shared.action_data import ActionData, expired_button
from bot.features.shared.answers import Answer
from bot.features.shared.routes import ButtonHandler, Feature
from bot.features.shared.services import Services
from bot.features.shared.turn import Turn
from bot.handlers.activities import PressedButton
from cards.notice import NoticeView, notice


class Buttons:
    """The buttons of all features, by verb."""

    def __init__(self, services: Services, features: Sequence[Feature]) -> None:
        self._services = services
        self._handlers: dict[str, ButtonHandler] = {Verb.CANCEL: _cancel}
        for feature in features:
            self._handlers |= feature.buttons

    async def answer(self, turn: Turn, pressed: PressedButton) -> Answer:
        """Return the answer to a button; raise `BadRequest` for an unknown verb."""
        if pressed.verb not in self._handlers:
            raise expired_button()
        if pressed.verb != Verb.STATUS:  # The status says itself that chats are off.
            await require_chats_on(self._services, *self._services.environments)
        return await self._handlers[pressed.verb](self._services, turn, pressed.data)


async def _cancel(_services: Services, _turn: Turn, _data: ActionData) -> Answer:
    return Answer(message=notice(NoticeView(text="Nothing was changed.")))
