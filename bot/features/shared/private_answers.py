"""What only the one who asks may see: the answer shows what that person may read, others perhaps not (spec S5)."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

from bot.domain.errors import NotSupported
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

    Older clients send a button as a message, which is answered to the whole chat; such a turn is refused.
    """

    async def limited(services: Services, turn: Turn, data: ActionData) -> T:
        if not turn.private:
            raise NotSupported(
                "Your Teams cannot show this to you alone.", "Write to Chat Sync in a chat of your own instead."
            )
        return await handler(services, turn, data)

    return limited


def private_button(turn: Turn, text: str, press: ActionButton) -> Answer:
    """The button for a chat with others, which the client of who asked presses by itself where it can."""
    account = turn.person.account_id
    own = PersonalView(button=press, accounts=(account,) if account else None)
    return Answer(message=personal_button_card(text, "Only you will see what the button shows.", own))
