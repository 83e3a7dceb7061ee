"""Operations: the command `status` and its button."""

from bot.features.operations import chat_status
from bot.features.shared.routes import Feature

OPERATIONS = Feature(commands=chat_status.COMMANDS, buttons=chat_status.BUTTONS)
