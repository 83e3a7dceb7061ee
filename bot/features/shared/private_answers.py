"""Answers that only the person who asked may see, because others may not have access to the data (spec S5)."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

from bot.domain.errors import NotSupported
from bot.domain.texts import text
from bot.features.shared.action_data import ActionData
from bot.features.shared.answers import Answer
from bot.features.shared.services import Services
from bot.features.shared.turn import Turn
from cards.buttons import ActionButton
from cards.personal_view import PersonalView, personal_button_card

T = TypeVar("T")
Handler = Callable[[Services, Turn, ActionData], Awaitable[T]]


def private_only(handler: Handler[T]) -> Handler[T]:
    """Return the handler, limited to turns whose answer only the person sees.

    Older clients send a button as a message, which is answered in the chat. Such a turn raises `NotSupported`.
    """

    async def limited(services: Services, turn: Turn, data: ActionData) -> T:
        if not turn.private:
            raise no_private_answer()
        return await handler(services, turn, data)

    return limited


def no_private_answer() -> NotSupported:
    """Return the error for a private answer that everyone in the chat would see."""
    return NotSupported("This client cannot show a private answer.", "Write to Chat Sync in a personal chat instead.")


def private_button(turn: Turn, shown: str, button: ActionButton) -> Answer:
    """Return a card with the button. The client of the person who asked presses it automatically if it can."""
    account = turn.person.account_id
    personal_view = PersonalView(button=button, accounts=(account,) if account else None)
    return Answer(message=personal_button_card(shown, text("Only you will see the answer."), personal_view))
