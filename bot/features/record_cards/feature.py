"""Record cards: buttons and the dialog of actions."""

from bot.features.record_cards import action_dialog, buttons
from bot.features.shared.routes import Feature

RECORD_CARDS = Feature(buttons={**buttons.BUTTONS, **action_dialog.BUTTONS}, pages=action_dialog.PAGES)
