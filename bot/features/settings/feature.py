"""Settings: the command and the dialog."""

from bot.features.settings import dialog, offer_settings
from bot.features.shared.routes import Feature

SETTINGS = Feature(commands=offer_settings.COMMANDS, pages=dialog.PAGES, searches=dialog.SEARCHES)
