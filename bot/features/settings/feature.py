"""Settings: the command and the dialog."""

from bot.features.settings import default_rule_dialog, dialog, history, offer_settings
from bot.features.shared.routes import Feature

SETTINGS = Feature(
    commands=offer_settings.COMMANDS,
    pages={**dialog.PAGES, **default_rule_dialog.PAGES, **history.PAGES},
    searches=dialog.SEARCHES,
)
