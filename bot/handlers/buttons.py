"""Buttons on cards. What a button carries is a claim: it names what is meant, and every right is checked again."""

from collections.abc import Sequence

from bot.domain.public_names import Verb
from bot.features.shared.action_data import Claims, unknown_button
from bot.features.shared.answers import Answer
from bot.features.shared.routes import ButtonFamily, PressWork
from bot.features.shared.turn import Incoming
from bot.handlers.activities import PressedButton
from cards.notice import NoticeView, notice


class Buttons:
    """What people can press on the bot's cards."""

    def __init__(self, families: Sequence[ButtonFamily]) -> None:
        self._work: dict[str, PressWork] = {Verb.CANCEL: _cancel}
        for family in families:
            self._work |= family.work

    async def __call__(self, incoming: Incoming, pressed: PressedButton) -> Answer:
        """The answer to the press; raises `BadRequest` for a button that is none of ours."""
        if pressed.verb not in self._work:
            raise unknown_button()
        return await self._work[pressed.verb](incoming, pressed.claims)


async def _cancel(_incoming: Incoming, _claims: Claims) -> Answer:
    return Answer(message=notice(NoticeView(text="Nothing was done.")))
