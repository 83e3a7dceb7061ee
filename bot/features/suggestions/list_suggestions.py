"""Whom to speak to about a record, as a card (spec A3-A5)."""

import asyncio
from collections.abc import Mapping, Sequence
from urllib.parse import quote, urlencode

from bot.domain.directory import Presence
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
"""Opens a chat with what to write in it filled in ("Deep link to start a new chat", Teams documentation)."""


async def list_suggestions(services: Services, chat: Chat, person: Person, record: RecordRef) -> Answer:
    """The card; raises `NotAllowed`, `NotSupported` or `Unavailable`."""
    opened = await access.require_readable(services, record, person)
    (found, presence), members = await asyncio.gather(
        _found(services, record, opened.actor.object_id), _members(services, chat)
    )
    rows = tuple(
        SuggestionRow(
            name=each.person.name,
            presence=presence[each.person.id],
            reason=each.reason,
            buttons=_ways(services, record, each, members),
        )
        for each in found
    )
    view = SuggestionsView(record=record_header(services.links, opened.table, record, opened.row), rows=rows)
    return Answer(message=suggestions(view))


async def _found(
    services: Services, record: RecordRef, asking: ObjectId
) -> tuple[Sequence[SuggestedPerson], Mapping[ObjectId, Presence]]:
    found = await suggest_people(services, record, asking)
    return found, await look_up_presence(services, [each.person.id for each in found])


async def _members(services: Services, chat: Chat) -> frozenset[ObjectId] | None:
    """Who is in the chat; None where nobody can be added to it or removed, or it is not known."""
    if chat.kind is not ChatKind.GROUP:
        return None
    try:
        return frozenset(each.object_id for each in await services.chats.list_members(chat.id) if each.object_id)
    except ChatSyncError:
        return None


def _ways(
    services: Services, record: RecordRef, suggested: SuggestedPerson, members: frozenset[ObjectId] | None
) -> tuple[Button, ...]:
    """How the person can be spoken to from here."""
    someone = suggested.person
    query = urlencode({"users": someone.sign_in, "message": services.links.open_url(record)}, quote_via=quote)
    new_chat = new_chat_button(record, with_person=someone.id)
    return (LinkButton(title="Write", url=f"{_NEW_CHAT}?{query}"), new_chat, *_here(someone.id, members))


def _here(person: ObjectId, members: frozenset[ObjectId] | None) -> tuple[ActionButton, ...]:
    if members is None:
        return ()
    claim = {PERSON: person}
    if person in members:
        return (ActionButton(title="Remove from this chat", verb=Verb.REMOVE_PERSON, payload=claim),)
    return (ActionButton(title="Add to this chat", verb=Verb.ADD_PERSON, payload=claim),)
