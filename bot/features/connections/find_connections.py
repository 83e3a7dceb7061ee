"""Find connections of a chat by text."""

import asyncio
from collections.abc import Sequence

from bot.domain.errors import NotFound
from bot.domain.texts import text
from bot.domain.typed_references import TypedReferences, parse_references
from bot.domain.values import Chat, Connection, Person
from bot.features.record_search.find_records import linked_records
from bot.features.shared import access
from bot.features.shared.answers import display_name
from bot.features.shared.readable_records import readable_records
from bot.features.shared.services import Services
from bot.text.typed_text import simple_form
from cards.record import RecordHeader

_NEXT_STEP = text("To list the records of this chat, write records.")


async def connections_of_chat(services: Services, chat: Chat) -> Sequence[Connection]:
    """Return the chat's connections, the oldest first."""
    async with services.store.reading() as work:
        return await work.connections.for_chat(chat.id)


async def connections_by_text(services: Services, chat: Chat, person: Person, text: str) -> Sequence[Connection]:
    """Return the chat's connections that match a link, a number, or words; without text, all of them.

    Words match only names that the person can read now. Raises `NotAllowed` if the person may not use chats or is not
    in the chat, `NotFound` if nothing matches, and `BadRequest` for a link that does not open a record.
    """
    connections = await connections_of_chat(services, chat)
    environments = {each.record.environment for each in connections}
    users, _ = await asyncio.gather(
        access.require_user_anywhere(services, person, environments), access.require_member(services, chat, person)
    )
    permitted = [each for each in connections if each.record.environment in users]
    matches = await _matches(services, permitted, person, text)
    if not matches:
        raise NotFound("This chat is not connected to a matching record.", _NEXT_STEP)
    return matches


async def _matches(
    services: Services, connections: Sequence[Connection], person: Person, text: str
) -> Sequence[Connection]:
    references = parse_references(text)
    linked = await linked_records(services, references)
    if linked:
        named = [each for each in connections if each.record in linked or _has_number(each, None, references.spellings)]
        return named if {each.record for each in named}.issuperset(linked) else []
    if not references.literal:
        return connections
    shown = _by_name(connections, [None] * len(connections), references)
    if shown or not connections:
        return shown
    headers = await readable_records(services, connections, person)
    return _by_name(connections, headers, references) or _by_words(connections, headers, references)


def _by_name(
    connections: Sequence[Connection], headers: Sequence[RecordHeader | None], references: TypedReferences
) -> Sequence[Connection]:
    """Return the connections whose numbers or complete names are in the text, or none if something else is in it."""
    named = list(zip(connections, headers, strict=True))
    exact = [each for each, header in named if _has_number(each, header, [simple_form(references.literal)])]
    if exact:
        return exact
    groups = [[each for each, header in named if _has_number(each, header, number)] for number in references.numbers]
    found = {each.id: each for group in groups for each in group}
    return list(found.values()) if all(groups) and not references.rest else []


def _has_number(connection: Connection, header: RecordHeader | None, spellings: Sequence[str]) -> bool:
    """Check whether one of the spellings is the number or name that the chat was shown or that the person can read."""
    readable = (header.number, header.name) if header else ()
    names = {_comparable(each) for each in (display_name(connection), *readable) if each}
    return any(spelling.casefold() in names for spelling in spellings)


def _by_words(
    connections: Sequence[Connection], headers: Sequence[RecordHeader | None], references: TypedReferences
) -> Sequence[Connection]:
    texts = [(each, _searchable(each, header)) for each, header in zip(connections, headers, strict=True)]
    literal = [each for each, text in texts if _comparable(references.literal) in text]
    words = _comparable(references.words)
    return literal or [each for each, text in texts if words and words in text]


def _searchable(connection: Connection, header: RecordHeader | None) -> str:
    """Return the number, which the chat was shown, and the current number and name if the person can read them."""
    readable = (header.number, header.name) if header else ()
    return _comparable(" ".join(part for part in (connection.record_number, *readable) if part))


def _comparable(text: str) -> str:
    return simple_form(text).casefold()
