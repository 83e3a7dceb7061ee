"""Members: the dialog."""

from bot.features.members import dialog
from bot.features.shared.routes import Feature

MEMBERS = Feature(pages=dialog.PAGES, searches=dialog.SEARCHES)
