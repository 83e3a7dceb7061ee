"""Buttons on shared cards that show a private answer to one reader."""

from collections.abc import Mapping

from bot.domain.errors import NotSupported
from bot.domain.public_names import Verb
from bot.features.key_fields.view_change import view_change
from bot.features.notifications.view_live_card import view_live_card
from bot.features.notifications.view_summary import view_summary
from bot.features.record_cards.unfurl_link import unfurl_link
from bot.features.record_cards.view_record import view_record
from bot.features.shared.action_data import ActionData, expired_button, parse_card, parse_connection, parse_link
from bot.features.shared.answers import Answer
from bot.features.shared.routes import ButtonHandler
from bot.features.shared.services import Services
from bot.features.shared.turn import Turn


async def _view(services: Services, turn: Turn, data: ActionData) -> Answer:
    link = parse_link(data, services.links)
    if turn.private:
        return await view_record(services, turn.chat, turn.person, link)
    # Older clients send the button as a message, and everyone in the chat sees the answer.
    answer = await unfurl_link(services, link, turn.person, turn.chat)
    if answer is None:
        raise expired_button()
    return answer


async def _view_change(services: Services, turn: Turn, data: ActionData) -> Answer:
    if not turn.private:
        raise NotSupported("This client cannot show a private answer.", "Open the record to see the values.")
    return await view_change(services, turn.chat, turn.person, data.get("change", ""))


async def _view_live_card(services: Services, turn: Turn, data: ActionData) -> Answer:
    if not turn.private:
        raise NotSupported("This client cannot show a private answer.", "Open the record to see the values.")
    connection = parse_connection(data)
    return await view_live_card(services, turn.chat, turn.person, connection)


async def _view_summary(services: Services, turn: Turn, data: ActionData) -> Answer:
    if not turn.private:
        raise NotSupported("This client cannot show a private answer.", "Open the records to see the values.")
    return await view_summary(services, turn.chat, turn.person, parse_card(data))


BUTTONS: Mapping[str, ButtonHandler] = {
    Verb.VIEW: _view,
    Verb.VIEW_CHANGE: _view_change,
    Verb.VIEW_LIVE_CARD: _view_live_card,
    Verb.VIEW_SUMMARY: _view_summary,
}
