"""Buttons on cards. What a button carries is a claim: it names what is meant, and every right is checked again."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Protocol

from bot.domain.public_names import Verb
from bot.handlers.claims import Claims, unknown_button
from bot.handlers.incoming import Incoming
from bot.handlers.translate import PressedButton
from bot.usecases.answers import Answer
from cards.notice import NoticeView, notice

PressWork = Callable[[Incoming, Claims], Awaitable[Answer]]


class ButtonFamily(Protocol):
    """Buttons that belong together."""

    @property
    def work(self) -> Mapping[str, PressWork]:
        """Who answers for each verb."""
        ...


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
