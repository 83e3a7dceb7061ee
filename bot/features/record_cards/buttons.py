"""Buttons on a record's own card, whose answers are for one reader."""

from collections.abc import Mapping

from bot.domain.errors import NotSupported
from bot.domain.public_names import Verb
from bot.features.key_fields.view_change import view_change
from bot.features.record_cards.unfurl_link import unfurl_link
from bot.features.record_cards.view_record import view_record
from bot.features.shared.action_data import ActionData, expired_button, parse_link
from bot.features.shared.answers import Answer
from bot.features.shared.routes import ButtonHandler
from bot.features.shared.services import Services
from bot.features.shared.turn import Turn


async def _view(services: Services, turn: Turn, data: ActionData) -> Answer:
    link = parse_link(data, services.links)
    if turn.private:
        return await view_record(services, turn.chat, turn.person, link)
    # A client that knows no better sends the button as a message, and everybody sees the answer.
    answer = await unfurl_link(services, link, turn.person, turn.chat)
    if answer is None:
        raise expired_button()
    return answer


async def _view_change(services: Services, turn: Turn, data: ActionData) -> Answer:
    if not turn.private:
        raise NotSupported("Your Teams cannot show this to you alone.", "Open the record to see it.")
    return await view_change(services, turn.chat, turn.person, data.get("change", ""))


BUTTONS: Mapping[str, ButtonHandler] = {Verb.VIEW: _view, Verb.VIEW_CHANGE: _view_change}
