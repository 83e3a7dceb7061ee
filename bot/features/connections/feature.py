"""Connections: commands, buttons, and dialogs."""

from bot.features.connections import buttons, channel_dialog, commands, dialog
from bot.features.shared.routes import Feature

CONNECTIONS = Feature(
    commands=commands.COMMANDS,
    buttons=buttons.BUTTONS,
    pages={**dialog.PAGES, **channel_dialog.PAGES},
    searches=channel_dialog.SEARCHES,
)
