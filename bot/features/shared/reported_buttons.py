"""Buttons of a card in the database, from which the views of its readers get them (spec K2)."""

from collections.abc import Iterable

from bot.domain.reported_change import ReportedButton
from bot.domain.stored_texts import restore, storable
from cards.buttons import ActionButton, Button


def reported_buttons(buttons: Iterable[Button]) -> tuple[ReportedButton, ...]:
    """Return what is stored. Each view creates its links itself."""
    return tuple(
        ReportedButton(title=storable(each.title), verb=each.verb, payload=each.payload)
        for each in buttons
        if isinstance(each, ActionButton)
    )


def restored_buttons(reported: Iterable[ReportedButton]) -> tuple[ActionButton, ...]:
    """Return the buttons of the card."""
    return tuple(ActionButton(title=restore(each.title), verb=each.verb, payload=each.payload) for each in reported)
