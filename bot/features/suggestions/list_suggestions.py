"""The card that suggests people to talk to about a record (spec A3-A5)."""

import asyncio
from collections.abc import Mapping, Sequence
from urllib.parse import quote, urlencode

from bot.domain.directory import DirectoryPerson, Presence
from bot.domain.errors import ChatSyncError
from bot.domain.public_names import PERSON, Verb
from bot.domain.values import Chat, ChatKind, ObjectId, Person, RecordRef
from bot.features.shared import access
from bot.features.shared.answers import Answer, new_chat_button, record_header
from bot.features.shared.people_details import look_up_presence
from bot.features.shared.services import Services
from bot.features.suggestions.suggest_people import SuggestedPerson, suggest_people
from cards.buttons import ActionButton, Button, LinkButton
from cards.suggestions import SuggestionRow, SuggestionsView, suggestions

_NEW_CHAT = "https://teams.microsoft.com/l/chat/0/0"
"""Deep link that opens a chat with a draft message ("Deep link to start a new chat", Teams documentation)."""


async def list_suggestions(services: Services, chat: Chat, person: Person, record: RecordRef) -> Answer:
    """Return the card; raise `NotAllowed`, `NotSupported`, or `Unavailable`."""
    readable = await access.require_readable(services, record, person)
    (people, presence), members = await asyncio.gather(
        _suggest_with_presence(services, record, readable.actor.object_id), _members(services, chat)
    )
    rows = tuple(
        SuggestionRow(
            name=suggested.person.name,
            presence=presence[suggested.person.id],
            reason=suggested.reason,
            buttons=_buttons(services, record, suggested, members),
        )
        for suggested in people
    )
    view = SuggestionsView(record=record_header(services.links, readable.table, record, readable.row), rows=rows)
    return Answer(message=suggestions(view))


async def _suggest_with_presence(
    services: Services, record: RecordRef, caller: ObjectId
) -> tuple[Sequence[SuggestedPerson], Mapping[ObjectId, Presence]]:
    people = await suggest_people(services, record, caller)
    return people, await look_up_presence(services, [suggested.person.id for suggested in people])


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
    if not person.chat_address:
        return ()
    query = urlencode({"users": person.chat_address, "message": services.links.open_url(record)}, quote_via=quote)
    return (LinkButton(title="Write", url=f"{_NEW_CHAT}?{query}"),)


def _membership_button(person: ObjectId, members: frozenset[ObjectId] | None) -> tuple[ActionButton, ...]:
    if members is None:
        return ()
    data = {PERSON: person}
    if person in members:
        return (ActionButton(title="Remove from this chat", verb=Verb.REMOVE_PERSON, payload=data),)
    return (ActionButton(title="Add to this chat", verb=Verb.ADD_PERSON, payload=data),)
