"""Saved messages: the dialog."""

from bot.features.saved_messages import dialog
from bot.features.shared.routes import Feature

SAVED_MESSAGES = Feature(pages=dialog.PAGES)
