"""What only the one who asks may see: the answer shows what that person may read, others perhaps not (spec S5)."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

from bot.domain.errors import NotSupported
from bot.features.shared.action_data import Claims
from bot.features.shared.answers import Answer
from bot.features.shared.turn import Incoming
from cards.buttons import ActionButton
from cards.personal_view import PersonalView, personal_button_card

T = TypeVar("T")


def alone(work: Callable[[Incoming, Claims], Awaitable[T]]) -> Callable[[Incoming, Claims], Awaitable[T]]:
    """The work where nobody else sees its answer.

    It is refused where a client that knows no better sends a button as a message, which is answered to everybody.
    """

    async def asked(incoming: Incoming, claims: Claims) -> T:
        if not incoming.private:
            raise NotSupported(
                "Your Teams cannot show this to you alone.", "Write to Chat Sync in a chat of your own instead."
            )
        return await work(incoming, claims)

    return asked


def offered_alone(incoming: Incoming, text: str, press: ActionButton) -> Answer:
    """The button for a chat with others, which the client of who asked presses by itself where it can."""
    account = incoming.person.account_id
    own = PersonalView(button=press, accounts=(account,) if account else None)
    return Answer(message=personal_button_card(text, "Only you will see what the button shows.", own))
