"""The list of features. Add new features here."""

from bot.features.chat_lists.feature import CHAT_LISTS
from bot.features.connections.feature import CONNECTIONS
from bot.features.members.feature import MEMBERS
from bot.features.new_chats.feature import NEW_CHATS
from bot.features.notifications.feature import NOTIFICATIONS
from bot.features.operations.feature import OPERATIONS
from bot.features.record_cards.feature import RECORD_CARDS
from bot.features.saved_messages.feature import SAVED_MESSAGES
from bot.features.settings.feature import SETTINGS

FEATURES = (
    CONNECTIONS,
    CHAT_LISTS,
    MEMBERS,
    RECORD_CARDS,
    SAVED_MESSAGES,
    NEW_CHATS,
    NOTIFICATIONS,
    SETTINGS,
    OPERATIONS,
)
