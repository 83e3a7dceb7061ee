"""The card that suggests people to talk to about a record (spec A3-A5)."""

import asyncio

from bot.domain.directory import DirectoryPerson
from bot.domain.errors import ChatSyncError
from bot.domain.public_names import PERSON, Dialog, Verb
from bot.domain.texts import text
from bot.domain.values import Chat, ChatKind, ObjectId, Person, RecordRef
from bot.features.shared import access
from bot.features.shared.answers import Answer, new_chat_button, record_data, record_header
from bot.features.shared.people_details import look_up_presence
from bot.features.shared.services import Services
from bot.features.suggestions.start_chat import start_chat_url
from bot.features.suggestions.suggest_people import MAX_LISTED, SuggestedPerson, suggest_people
from cards.buttons import ActionButton, Button, DialogButton, LinkButton
from cards.paging import page_offset
from cards.suggestions import MAX_ROWS, SuggestionRow, SuggestionsView, suggestions


async def list_suggestions(
    services: Services, chat: Chat, person: Person, record: RecordRef, *, begin: int = 0
) -> Answer:
    """Return a page of the people; raise `NotAllowed`, `NotSupported`, or `Unavailable`."""
    readable = await access.require_readable(services, record, person)
    everyone, members = await asyncio.gather(
        suggest_people(services, record, readable.actor.object_id, at_most=MAX_LISTED), _members(services, chat)
    )
    begin = page_offset(begin, len(everyone), MAX_ROWS)
    people = everyone[begin : begin + MAX_ROWS]
    presence = await look_up_presence(services, [suggested.person.id for suggested in people])
    rows = tuple(
        SuggestionRow(
            name=suggested.person.name,
            presence=presence[suggested.person.id].label,
            reason=suggested.reason,
            buttons=_buttons(services, record, suggested, members),
        )
        for suggested in people
    )
    all_members = DialogButton(title=text("All members"), dialog=Dialog.MEMBERS, payload={})
    view = SuggestionsView(
        record=record_header(services.links, readable.table, record, readable.row),
        rows=rows,
        total=len(everyone),
        offset=begin,
        page_button=ActionButton(title="", verb=Verb.SUGGEST, payload=record_data(record)),
        members_button=all_members if chat.kind is ChatKind.GROUP else None,
    )
    return Answer(message=suggestions(view))


async def _members(services: Services, chat: Chat) -> frozenset[ObjectId] | None:
    """Return the members of the chat; None if they are unknown or the chat does not support adding people."""
    if chat.kind is not ChatKind.GROUP:
        return None
    try:
        members = await services.chats.list_members(chat.id)
    except ChatSyncError:
        return None
    return frozenset(member.object_id for member in members if member.object_id)


def _buttons(
    services: Services, record: RecordRef, suggested: SuggestedPerson, members: frozenset[ObjectId] | None
) -> tuple[Button, ...]:
    """Return the buttons that write to the person, start a chat with them, or add them to this chat."""
    person = suggested.person
    new_chat = new_chat_button(record, with_person=person.id)
    return (*_write_button(services, record, person), new_chat, *_membership_button(person.id, members))


def _write_button(services: Services, record: RecordRef, person: DirectoryPerson) -> tuple[LinkButton, ...]:
    """Return the button that starts a one-to-one chat, unless no address of the person is known."""
    url = start_chat_url(services, record, person)
    return (LinkButton(title=text("Write"), url=url),) if url else ()


def _membership_button(person: ObjectId, members: frozenset[ObjectId] | None) -> tuple[ActionButton, ...]:
    if members is None:
        return ()
    data = {PERSON: person}
    if person in members:
        return (ActionButton(title=text("Remove"), verb=Verb.REMOVE_PERSON, payload=data),)
    return (ActionButton(title=text("Add to this chat"), verb=Verb.ADD_PERSON, payload=data),)
