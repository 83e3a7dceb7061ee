"""The command `settings`, which offers the dialog (spec M1)."""

from collections.abc import Mapping

from bot.domain.errors import BadRequest
from bot.domain.public_names import Command, Dialog
from bot.domain.texts import text
from bot.features.settings.context import administered_environments
from bot.features.shared.answers import Answer
from bot.features.shared.routes import CommandHandler
from bot.features.shared.services import Services
from bot.features.shared.turn import Turn
from cards.buttons import DialogButton
from cards.notice import NoticeView, notice

_OPTIONS = {
    "": (Dialog.SETTINGS, text("Open the settings of Chat Sync."), text("Open settings")),
    "export": (
        Dialog.SETTINGS_EXPORT,
        text("Export the settings as text, for example to use them in another environment."),
        text("Export settings"),
    ),
    "import": (
        Dialog.SETTINGS_IMPORT,
        text("Import settings from another environment."),
        text("Import settings"),
    ),
}


async def _settings(services: Services, turn: Turn, arguments: str) -> Answer:
    """Return the card with the button; raise `NotAllowed` if the person administers no environment."""
    option = _OPTIONS.get(arguments.lower())
    if option is None:
        raise BadRequest("This option does not exist.", "Write settings, settings export, or settings import.")
    await administered_environments(services, turn.person)
    dialog, said, title = option
    button = DialogButton(title=title, dialog=dialog, payload={})
    view = NoticeView(text=said, next_step=text("Only administrators can do this."), button=button)
    return Answer(message=notice(view))


COMMANDS: Mapping[str, CommandHandler] = {Command.SETTINGS: _settings}
