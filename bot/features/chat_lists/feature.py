"""Chat lists: commands, buttons, and the timeline dialog."""

from bot.features.chat_lists import buttons, commands, timeline_dialog
from bot.features.shared.routes import Feature

CHAT_LISTS = Feature(commands=commands.COMMANDS, buttons=buttons.BUTTONS, pages=timeline_dialog.PAGES)
