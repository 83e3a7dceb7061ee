"""Text commands: route the first word of a message to a feature."""

from collections.abc import Sequence
from functools import cache

from bot.domain.public_names import USAGE, Command, closest_commands
from bot.domain.typed_commands import parse_command, without_name
from bot.features.shared.access import are_chats_off, chats_off, require_chats_on
from bot.features.shared.answers import Answer
from bot.features.shared.routes import CommandHandler, Feature
from bot.features.shared.services import Services
from bot.features.shared.turn import Turn
from cards.help import HelpView, help_card
from cards.message import Message, Rendered
from cards.translator import Translator
from cards.unknown_command import UnknownCommandView, unknown_command

_ALWAYS = frozenset({Command.HELP, Command.SETTINGS, Command.STATUS})
"""Commands that also work while chats are off. The answers of the first and the last one say that they are."""


_SENTENCE_SIGNS = ".,:;!?\u2026"


class Commands:
    """The text commands of all features."""

    def __init__(self, services: Services, features: Sequence[Feature]) -> None:
        self._services = services
        self._handlers: dict[str, CommandHandler] = {Command.HELP: _help}
        for feature in features:
            self._handlers |= feature.commands

    async def answer(self, turn: Turn, texts: Sequence[str]) -> Answer:
        """Return the answer to the first text that is a command.

        If there is none, a message without words gets help, and an unknown word the closest commands.
        """
        for text in texts:
            command = parse_command(without_name(text, turn.chat.bot_name), self._handlers)
            if command:
                if command.name not in _ALWAYS:
                    await require_chats_on(self._services, *self._services.environments)
                return await self._handlers[command.name](self._services, turn, command.arguments)
        words = "".join(texts[-1:]).split()
        if not words:
            return await _help(self._services, turn, "")
        await require_chats_on(self._services, *self._services.environments)
        return _unknown(words[0].rstrip(_SENTENCE_SIGNS) or words[0])


def _unknown(word: str) -> Answer:
    return Answer(message=unknown_command(UnknownCommandView(word=word, closest=closest_commands(word))))


async def _help(services: Services, _turn: Turn, _arguments: str) -> Answer:
    return Answer(message=_help_message(chats_off().text if await are_chats_off(services) else ""))


@cache
def _help_message(problem: str) -> Message:
    """Return the help, which is rendered once for each language."""
    card = help_card(HelpView(commands=tuple(USAGE.values()), problem=problem))
    rendered: dict[str, Rendered] = {}

    def build(t: Translator) -> Rendered:
        if t.language not in rendered:
            rendered[t.language] = card.render(t)
        return rendered[t.language]

    return Message(build)
