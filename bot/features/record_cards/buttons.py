"""Buttons on a record's own card, whose answers are for one reader."""

from collections.abc import Mapping

from bot.domain.errors import NotSupported
from bot.domain.public_names import Verb
from bot.features.key_fields.view_change import view_change
from bot.features.record_cards.unfurl_link import unfurl_link
from bot.features.record_cards.view_record import view_record
from bot.features.shared.action_data import Claims, link_in, unknown_button
from bot.features.shared.answers import Answer
from bot.features.shared.routes import ButtonHandler
from bot.features.shared.services import Services
from bot.features.shared.turn import Incoming


async def _view(services: Services, incoming: Incoming, claims: Claims) -> Answer:
    link = link_in(claims, services.links)
    if incoming.private:
        return await view_record(services, incoming.chat, incoming.person, link)
    # A client that knows no better sends the button as a message, and everybody sees the answer.
    answer = await unfurl_link(services, link, incoming.person, incoming.chat)
    if answer is None:
        raise unknown_button()
    return answer


async def _view_change(services: Services, incoming: Incoming, claims: Claims) -> Answer:
    if not incoming.private:
        raise NotSupported("Your Teams cannot show this to you alone.", "Open the record to see it.")
    return await view_change(services, incoming.chat, incoming.person, claims.get("change", ""))


BUTTONS: Mapping[str, ButtonHandler] = {Verb.VIEW: _view, Verb.VIEW_CHANGE: _view_change}
