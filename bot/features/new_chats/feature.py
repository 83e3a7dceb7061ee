"""New chats: the command and the dialog."""

from bot.features.new_chats import channel_dialog, dialog, offer_chat
from bot.features.shared.routes import Feature

NEW_CHATS = Feature(
    commands=offer_chat.COMMANDS,
    pages={**dialog.PAGES, **channel_dialog.PAGES},
    searches={**dialog.SEARCHES, **channel_dialog.SEARCHES},
)
