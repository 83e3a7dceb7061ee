"""Text commands: route the first word of a message to a feature."""

from collections.abc import Sequence
from functools import cache

from bot.domain.public_names import USAGE, Command
from bot.features.shared.answers import Answer
from bot.features.shared.routes import CommandHandler, Feature
from bot.features.shared.services import Services
from bot.features.shared.turn import Turn
from cards.help import HelpView, help_card
from cards.message import Message


class Commands:
    """The text commands of all features."""

    def __init__(self, services: Services, features: Sequence[Feature]) -> None:
        self._services = services
        self._handlers: dict[str, CommandHandler] = {Command.HELP: _help}
        for feature in features:
            self._handlers |= feature.commands

    async def answer(self, turn: Turn, text: str) -> Answer:
        """Return the answer to a command; help if the first word is none."""
        word, _, rest = text.partition(" ")
        return await self._handlers.get(word.lower(), _help)(self._services, turn, rest.strip())


async def _help(_services: Services, _incoming: Turn, _rest: str) -> Answer:
    return Answer(message=_help_message())


@cache
def _help_message() -> Message:
    return help_card(HelpView(commands=tuple(USAGE.values())))
