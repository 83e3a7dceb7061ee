"""Notifications: the commands and buttons that mute, and the dialog of the rules."""

from bot.features.notifications import buttons, commands, dialog
from bot.features.shared.routes import Feature

NOTIFICATIONS = Feature(
    commands=commands.COMMANDS, buttons=buttons.BUTTONS, pages=dialog.PAGES, searches=dialog.SEARCHES
)
