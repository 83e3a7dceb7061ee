"""Dialog that connects the chat in which it is opened. Any client can send its data, so check every value again."""

from collections.abc import Mapping, Sequence

from bot.domain.public_names import PERSON, Dialog
from bot.domain.texts import sentences, text
from bot.domain.values import ChatKind, RecordRef
from bot.features.connections.connect_chat import Note, connect_chat
from bot.features.record_search.find_records import Hit
from bot.features.record_search.record_picker import (
    load_record_inputs,
    prefilled_record,
    record_problem,
    selected_records,
    single,
)
from bot.features.shared.action_data import SURE, ActionData
from bot.features.shared.answers import NOTE_CHOICES_TEXT, record_data
from bot.features.shared.routes import PageHandler, Redirect
from bot.features.shared.services import Services
from bot.features.shared.turn import Turn, other_member
from cards.buttons import SubmitButton
from cards.connect_chat import ConnectView, connect_page
from cards.dialog import Done, Page
from cards.inputs import OFF, ON
from cards.new_chat import NOTE

_CONNECT, _NEXT = text("Connect"), text("Next")


async def start(services: Services, turn: Turn, data: ActionData) -> Page:
    """Return the page, prefilled with the record that the message links to."""
    return await _page(services, turn, data)


async def submit(services: Services, turn: Turn, data: ActionData) -> Page | Done | Redirect:
    """Connect the chat, or return the page with the problem."""
    matches = await selected_records(services, turn.person, data)
    if len(matches) != 1:
        return await _page(services, turn, data, record_problem(matches, data), matches)
    record = single(matches)
    if turn.chat.kind is ChatKind.PERSONAL:
        # A one-to-one chat cannot be connected, so offer a group chat with the same people (spec C2).
        other = other_member(turn.chat, turn.person)
        return Redirect(Dialog.NEW_CHAT, {**record_data(record), **({PERSON: other} if other else {})})
    answer = await connect_chat(services, turn.chat, turn.person, record, note=note_choice(data))
    if answer.needs_confirmation:
        question = sentences(answer.question, NOTE_CHOICES_TEXT)
        return await _page(services, turn, {**data, SURE: ON}, question)
    return Done(message=answer.message)


def note_choice(data: ActionData) -> Note:
    """Return the person's choice about the note. Ask once if the note reaches people without access."""
    if data.get(NOTE) == OFF:
        return Note.NONE
    return Note.SEND if data.get(SURE) == ON else Note.ASK


async def _page(
    services: Services, turn: Turn, data: ActionData, problem: str = "", matches: Sequence[Hit | RecordRef] = ()
) -> Page:
    prefilled = prefilled_record(services, turn.person, data)
    about, inputs = await load_record_inputs(services, turn.person, data, prefilled, matches)
    payload = record_data(about.record) if about else {}
    personal = turn.chat.kind is ChatKind.PERSONAL
    connect = SubmitButton(title=_NEXT if personal else _CONNECT, dialog=Dialog.CONNECT_THIS_CHAT, payload=payload)
    anyway = SubmitButton(title=text("Send it anyway"), dialog=connect.dialog, payload={**payload, SURE: ON})
    return connect_page(
        ConnectView(
            record=inputs,
            note=None if personal else data.get(NOTE, ON) != OFF,
            problem=problem,
            connect=connect,
            connect_anyway=anyway if data.get(SURE) == ON else None,
        )
    )


PAGES: Mapping[str, PageHandler] = {Dialog.CONNECT_CHAT: start, Dialog.CONNECT_THIS_CHAT: submit}
