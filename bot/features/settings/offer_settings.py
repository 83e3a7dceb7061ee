"""The way into the settings (spec M1)."""

from dataclasses import dataclass

from bot.domain.errors import BadRequest
from bot.domain.public_names import Dialog
from bot.domain.values import Person
from bot.features.settings.show_settings import ShowSettings
from bot.features.shared.answers import Answer
from cards.buttons import DialogButton
from cards.notice import NoticeView, notice

_DOORS = {
    "": (Dialog.SETTINGS, "Settings of Chat Sync", "Open settings"),
    "export": (Dialog.SETTINGS_EXPORT, "Settings as text, to take them to another environment", "Export settings"),
    "import": (Dialog.SETTINGS_IMPORT, "Settings from another environment", "Import settings"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferSettings:
    """Dialogs open from a button alone, so the answer to a command is one."""

    show: ShowSettings

    async def __call__(self, person: Person, rest: str) -> Answer:
        """The card with the button; raises `NotAllowed` for who administers no environment."""
        door = _DOORS.get(rest.lower())
        if door is None:
            raise BadRequest("There are settings, settings export and settings import.", "Write one of these.")
        await self.show.administered(person)
        dialog, text, title = door
        button = DialogButton(title=title, dialog=dialog, payload={})
        return Answer(message=notice(NoticeView(text=text, next_step="For administrators alone.", button=button)))
