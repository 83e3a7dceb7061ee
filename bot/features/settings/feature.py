"""Settings: the command and the dialog."""

from bot.features.settings import dialog, history, offer_settings
from bot.features.shared.routes import Feature

SETTINGS = Feature(commands=offer_settings.COMMANDS, pages={**dialog.PAGES, **history.PAGES}, searches=dialog.SEARCHES)
