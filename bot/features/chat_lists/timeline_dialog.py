"""The dialog that shows the timeline of a record. Submitted data is not trusted."""

from collections.abc import Mapping, Sequence

from bot.domain.public_names import Dialog, Verb
from bot.domain.texts import text
from bot.features.chat_lists.list_timeline import timeline_view
from bot.features.connections.find_connections import connections_of_chat
from bot.features.members.join_chat import join_chat
from bot.features.record_search.record_picker import (
    prefilled_record,
    record_inputs,
    record_problem,
    selected_records,
    single,
)
from bot.features.record_search.resolver import Match
from bot.features.shared.action_data import ActionData, parse_connection, parse_offset
from bot.features.shared.answers import record_data
from bot.features.shared.private_answers import private_only
from bot.features.shared.routes import PageHandler
from bot.features.shared.services import Services
from bot.features.shared.turn import Turn
from cards.buttons import SubmitButton
from cards.dialog import Done, Page
from cards.timeline import ChooseRecordView, choose_record_page, timeline_page

_PAGES_BY_VERB: Mapping[str, str] = {Verb.TIMELINE: Dialog.TIMELINE_OF, Verb.JOIN: Dialog.TIMELINE_JOIN}
"""The page that replaces each button of the list."""


async def start(services: Services, turn: Turn, _data: ActionData) -> Page:
    """Show the timeline of the chat's only record if the person can read it, or else ask for a record."""
    connections = await connections_of_chat(services, turn.chat)
    if len(connections) == 1:
        data = record_data(connections[0].record)
        if await prefilled_record(services, turn.person, data):
            return await show(services, turn, data)
    return await _ask(services, turn, {})


async def choose(services: Services, turn: Turn, _data: ActionData) -> Page:
    """Ask for a record."""
    return await _ask(services, turn, {})


async def show(services: Services, turn: Turn, data: ActionData) -> Page:
    """Show the timeline, or ask for a record again with the problem."""
    matches = await selected_records(services, turn.person, data)
    if len(matches) != 1:
        return await _ask(services, turn, data, record_problem(matches, data), matches)
    view = await timeline_view(services, turn.person, single(matches), begin=parse_offset(data))
    another = SubmitButton(title=text("Another record"), dialog=Dialog.TIMELINE_WHICH, payload={})
    return timeline_page(view, _PAGES_BY_VERB, another)


async def join(services: Services, turn: Turn, data: ActionData) -> Done:
    """Join the chat and show the result; raise the same errors as `join_chat`."""
    return Done(message=(await join_chat(services, turn.person, parse_connection(data))).message)


async def _ask(
    services: Services, turn: Turn, data: ActionData, problem: str = "", matches: Sequence[Match] = ()
) -> Page:
    inputs = await record_inputs(services, turn.person, data, None, matches)
    show = SubmitButton(title=text("Show"), dialog=Dialog.TIMELINE_OF, payload={})
    return choose_record_page(ChooseRecordView(record=inputs, problem=problem, show=show))


PAGES: Mapping[str, PageHandler] = {
    Dialog.TIMELINE: private_only(start),
    Dialog.TIMELINE_WHICH: private_only(choose),
    Dialog.TIMELINE_OF: private_only(show),
    Dialog.TIMELINE_JOIN: private_only(join),
}
