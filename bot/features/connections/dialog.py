"""The dialog that connects the chat in which it is opened. What comes back from it is a claim, whoever sends it."""

from collections.abc import Mapping, Sequence

from bot.domain.public_names import PERSON, Dialog
from bot.domain.values import ChatKind, RecordRef
from bot.features.connections.connect_chat import Note, connect_chat
from bot.features.new_chats.dialog import SURE, show_people
from bot.features.new_chats.plan_chat import WAYS_OUT
from bot.features.record_search.find_records import Hit
from bot.features.record_search.record_picker import (
    load_record_inputs,
    only,
    prefilled_record,
    selected_records,
    wrong_record,
)
from bot.features.shared.action_data import Claims
from bot.features.shared.answers import record_claim
from bot.features.shared.routes import PageHandler
from bot.features.shared.services import Services
from bot.features.shared.turn import Incoming, other_in
from cards.buttons import SubmitButton
from cards.connect_chat import ConnectView, connect_page
from cards.dialog import Done, Page
from cards.inputs import OFF, ON
from cards.new_chat import NOTE


async def start(services: Services, incoming: Incoming, claims: Claims) -> Page:
    """The page, with the record that the message links to."""
    return await _page(services, incoming, claims)


async def submit(services: Services, incoming: Incoming, claims: Claims) -> Page | Done:
    """The chat is connected; or the page once more, with what is wrong on it."""
    found = await selected_records(services, incoming.person, claims)
    if len(found) != 1:
        return await _page(services, incoming, claims, wrong_record(found, claims), found)
    record = only(found)
    if incoming.chat.kind is ChatKind.PERSONAL:
        # A one-to-one chat cannot be connected: it goes on with a group chat of the same people (spec C2).
        other = other_in(incoming.chat, incoming.person)
        return await show_people(services, incoming, {**record_claim(record), **({PERSON: other} if other else {})})
    sure = Note.SEND if claims.get(SURE) == ON else Note.ASK
    note = Note.NONE if claims.get(NOTE) == OFF else sure
    answer = await connect_chat(services, incoming.chat, incoming.person, record, note=note)
    if answer.asks:
        asked = f"{answer.message.summary} {WAYS_OUT}"
        return await _page(services, incoming, {**claims, SURE: ON}, asked)
    return Done(text=answer.message.summary)


async def _page(
    services: Services, incoming: Incoming, claims: Claims, problem: str = "", found: Sequence[Hit | RecordRef] = ()
) -> Page:
    said = prefilled_record(services, incoming.person, claims)
    about, inputs = await load_record_inputs(services, incoming.person, claims, said, found)
    payload = record_claim(about.record) if about else {}
    personal = incoming.chat.kind is ChatKind.PERSONAL
    connect = SubmitButton(title="Next" if personal else "Connect", dialog=Dialog.CONNECT_THIS_CHAT, payload=payload)
    anyway = SubmitButton(title="Send it anyway", dialog=connect.dialog, payload={**payload, SURE: ON})
    return connect_page(
        ConnectView(
            record=inputs,
            note=None if personal else claims.get(NOTE, ON) != OFF,
            problem=problem,
            connect=connect,
            connect_anyway=anyway if claims.get(SURE) == ON else None,
        )
    )


PAGES: Mapping[str, PageHandler] = {Dialog.CONNECT_CHAT: start, Dialog.CONNECT_THIS_CHAT: submit}
