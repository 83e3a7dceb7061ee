"""People who are tied to a record, to be asked into a chat about it (spec A3)."""

import asyncio
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import chain

from bot.domain.directory import ChatMember, DirectoryPerson
from bot.domain.errors import ChatSyncError
from bot.domain.values import ChatId, Connection, ObjectId, RecordRef
from bot.features.shared.services import Services
from bot.features.suggestions.rules import RankedPerson, Relation, RelationKind, rank_people
from bot.features.suggestions.similarity import WordSimilarity
from bot.ports.dataverse import InvolvedPeople, ResolvedRecord

MONTH = timedelta(days=30)
SIMILAR_AT_MOST = 20
ALIKE = 0.65
"""Of the sample cases so alike are those that share the trouble or the product, and most of the other words."""
SUGGESTED = 8
CHATS_LOOKED_INTO = 3
"""Connected chats whose members are looked up: each costs a call while somebody waits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SuggestedPerson:
    """Somebody, and why."""

    person: DirectoryPerson
    reason: str


async def suggest_people(services: Services, record: RecordRef, asking: ObjectId) -> Sequence[SuggestedPerson]:
    """Everybody whom something ties to the record, as far as the one who asks may know of it."""
    since = services.clock.now() - MONTH
    people, in_chats, similar = await asyncio.gather(
        services.record_people.involved_people(record, since=since, caller=asking),
        _in_chats(services, record, asking),
        _similar(services, record, asking),
    )
    ties: dict[ObjectId, list[Relation]] = {}
    for person, tie in chain(_named(people), in_chats, similar):
        ties.setdefault(person, []).append(tie)
    ties.pop(asking, None)
    return await _known(services, rank_people(ties))


async def _in_chats(services: Services, record: RecordRef, asking: ObjectId) -> Sequence[tuple[ObjectId, Relation]]:
    """Who connected a chat, and who is in those that the asking person is in too."""
    async with services.store.reading() as work:
        connections = await work.connections.for_record(record)
    rosters = await asyncio.gather(*(_members(services, chat) for chat in _newest(connections)))
    seen = [{each.object_id for each in members if each.object_id} for members in rosters]
    # Who is in a chat is told to its members alone (spec A1).
    counts = Counter(person for people in seen if asking in people for person in people)
    connectors = dict.fromkeys(each.connector_id for each in connections)
    return [
        *((person, Relation(kind=RelationKind.CONNECTOR)) for person in connectors),
        *((person, Relation(kind=RelationKind.CHATS, count=count)) for person, count in counts.items()),
    ]


async def _similar(services: Services, record: RecordRef, asking: ObjectId) -> Sequence[tuple[ObjectId, Relation]]:
    """Who has brought records to their end that are called much the same."""
    try:
        async with asyncio.timeout(services.limits.answer_within_s / 2):
            alike = await _alike(services, record, asking)
            ids = [each.row_id for each in alike]
            # They are known as the app sees them: what the one who asks may not read tells them nothing (spec S5).
            readable = await services.record_people.filter_readable(
                record.environment, record.table, ids, caller=asking
            )
    except (TimeoutError, ChatSyncError):
        return ()
    counts = Counter(each.owner for each in alike if each.row_id in readable)
    return [(person, Relation(kind=RelationKind.SIMILAR, count=count)) for person, count in counts.items()]


async def _alike(services: Services, record: RecordRef, asking: ObjectId) -> Sequence[ResolvedRecord]:
    """The most similar of all that were brought to their end."""
    every, text = await asyncio.gather(
        services.record_people.resolved_records(record.environment, record.table),
        services.record_people.record_text(record, caller=asking),
    )
    solved = [each for each in every if each.row_id != record.row_id]
    texts = [each.text for each in solved]
    places = await WordSimilarity().most_like(text, texts, at_most=SIMILAR_AT_MOST, at_least=ALIKE) if text else ()
    return [solved[place] for place in places]


async def _known(services: Services, people: Sequence[RankedPerson]) -> Sequence[SuggestedPerson]:
    """Those who are in the directory and can use Teams."""
    ids = [each.person for each in people[: 2 * SUGGESTED]]
    found, licensed = await asyncio.gather(
        services.directory.get_people(ids), services.directory.with_teams_license(ids)
    )
    return [
        SuggestedPerson(person=found[each.person], reason=each.reason)
        for each in people
        if each.person in found and found[each.person].enabled and each.person in licensed
    ][:SUGGESTED]


async def _members(services: Services, chat: ChatId) -> Sequence[ChatMember]:
    try:
        return await services.chats.list_members(chat)
    except ChatSyncError:
        return ()  # a chat that cannot be looked into suggests nobody


def _named(people: InvolvedPeople) -> Iterable[tuple[ObjectId, Relation]]:
    """The ties of those whom the record and its activities name."""
    single = (
        (people.owner, RelationKind.OWNER),
        (people.creator, RelationKind.CREATOR),
        (people.modifier, RelationKind.MODIFIER),
    )
    yield from ((person, Relation(kind=kind)) for person, kind in single if person)
    yield from ((person, Relation(kind=RelationKind.TEAM)) for person in people.team)
    yield from (
        (person, Relation(kind=RelationKind.ACTIVITIES, count=count)) for person, count in people.activities.items()
    )


def _newest(connections: Sequence[Connection]) -> Sequence[ChatId]:
    return list(dict.fromkeys(each.chat_id for each in reversed(connections)))[:CHATS_LOOKED_INTO]
