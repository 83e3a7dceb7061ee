"""The way into the settings (spec M1)."""

from collections.abc import Mapping

from bot.domain.errors import BadRequest
from bot.domain.public_names import Command, Dialog
from bot.features.settings.show_settings import administered_environments
from bot.features.shared.answers import Answer
from bot.features.shared.routes import CommandHandler
from bot.features.shared.services import Services
from bot.features.shared.turn import Turn
from cards.buttons import DialogButton
from cards.notice import NoticeView, notice

_DOORS = {
    "": (Dialog.SETTINGS, "Settings of Chat Sync", "Open settings"),
    "export": (Dialog.SETTINGS_EXPORT, "Settings as text, to take them to another environment", "Export settings"),
    "import": (Dialog.SETTINGS_IMPORT, "Settings from another environment", "Import settings"),
}


async def _settings(services: Services, turn: Turn, rest: str) -> Answer:
    """The card with the button; raises `NotAllowed` for who administers no environment."""
    door = _DOORS.get(rest.lower())
    if door is None:
        raise BadRequest("There are settings, settings export and settings import.", "Write one of these.")
    await administered_environments(services, turn.person)
    dialog, text, title = door
    button = DialogButton(title=title, dialog=dialog, payload={})
    return Answer(message=notice(NoticeView(text=text, next_step="For administrators alone.", button=button)))


COMMANDS: Mapping[str, CommandHandler] = {Command.SETTINGS: _settings}
