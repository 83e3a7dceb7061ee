"""Suggest people for a chat about a record (spec A3)."""

import asyncio
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from itertools import chain

from bot.domain.directory import DirectoryPerson
from bot.domain.errors import ChatSyncError
from bot.domain.values import ChatId, Connection, ObjectId, RecordRef
from bot.features.shared.chat_members import list_member_ids
from bot.features.shared.people_details import get_people, with_teams_license
from bot.features.shared.services import Services
from bot.features.shared.view_cache import Cached, fetch_one
from bot.features.suggestions.rules import RankedPerson, Relation, RelationKind, rank_people
from bot.features.suggestions.similarity import WordSimilarity
from bot.ports.dataverse import InvolvedPeople, ResolvedRecord

_MONTH = timedelta(days=30)
_MAX_SIMILAR = 20
_MIN_SIMILARITY = 0.65
"""In the sample data, cases with this score share the problem or the product, and most of the other words."""
_MAX_SUGGESTED = 8
MAX_LISTED = 24
"""People in a list with pages."""
MAX_PEOPLE = 50
"""People of a record."""
_MAX_CHATS = 3
"""Connected chats whose members are fetched. Each chat costs a request while the person waits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SuggestedPerson:
    """A person and the reason for the suggestion."""

    person: DirectoryPerson
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordPerson:
    """A person with a relation to the record itself."""

    person: DirectoryPerson
    reason: str
    has_teams: bool


async def suggest_people(
    services: Services, record: RecordRef, caller: ObjectId, *, at_most: int = _MAX_SUGGESTED
) -> Sequence[SuggestedPerson]:
    """Return the people with the strongest relations to the record that the caller may see, without the caller."""
    ranked = [each for each in await _rank(services, record, caller) if each.person != caller]
    ids = [each.person for each in ranked[: 2 * at_most]]
    found, licensed = await asyncio.gather(get_people(services, ids), with_teams_license(services, ids))
    return [
        SuggestedPerson(person=found[each.person], reason=each.reason)
        for each in ranked
        if each.person in found and found[each.person].enabled and each.person in licensed
    ][:at_most]


async def list_record_people(services: Services, record: RecordRef, caller: ObjectId) -> Sequence[RecordPerson]:
    """Return the people with a relation to the record itself or its chats, also the caller, strongest relation first.

    Suggestions also contain people of similar records, and nobody without Teams.
    """
    ranked = [direct for each in await _rank(services, record, caller) if (direct := _without_similar(each)).relations]
    ids = [each.person for each in ranked[:MAX_PEOPLE]]
    found, licensed = await asyncio.gather(get_people(services, ids), with_teams_license(services, ids))
    return [
        RecordPerson(person=found[each], reason=person.reason, has_teams=each in licensed)
        for each, person in zip(ids, ranked, strict=False)
        if each in found
    ]


def _without_similar(person: RankedPerson) -> RankedPerson:
    relations = tuple(each for each in person.relations if each.kind is not RelationKind.SIMILAR)
    return replace(person, relations=relations)


async def _rank(services: Services, record: RecordRef, caller: ObjectId) -> Sequence[RankedPerson]:
    return await fetch_one(
        services.view_cache, Cached.RELATIONS, (record, caller), partial(_rank_people, services, record, caller)
    )


async def _rank_people(services: Services, record: RecordRef, caller: ObjectId) -> Sequence[RankedPerson]:
    """Return everyone with a relation to the record that the caller may see, the strongest relation first."""
    since = services.clock.now() - _MONTH
    people, in_chats, similar = await asyncio.gather(
        services.record_people.involved_people(record, since=since, caller=caller),
        _chat_relations(services, record, caller),
        _similar_relations(services, record, caller),
    )
    relations: dict[ObjectId, list[Relation]] = {}
    for person, relation in chain(_record_relations(people), in_chats, similar):
        relations.setdefault(person, []).append(relation)
    return rank_people(relations)


async def _chat_relations(
    services: Services, record: RecordRef, caller: ObjectId
) -> Sequence[tuple[ObjectId, Relation]]:
    """Return the people who connected chats, and the members of connected chats that the caller is a member of."""
    async with services.store.reading() as work:
        connections = await work.connections.for_record(record)
    chats = await asyncio.gather(*(list_member_ids(services, chat) for chat in _newest_chats(connections)))
    # Only members of a chat may see its members (spec A1).
    counts = Counter(person for people in chats if caller in people for person in people)
    connectors = dict.fromkeys(connection.connector_id for connection in connections)
    return [
        *((person, Relation(kind=RelationKind.CONNECTOR)) for person in connectors),
        *((person, Relation(kind=RelationKind.CHATS, count=count)) for person, count in counts.items()),
    ]


async def _similar_relations(
    services: Services, record: RecordRef, caller: ObjectId
) -> Sequence[tuple[ObjectId, Relation]]:
    """Return the owners of similar closed records."""
    try:
        async with asyncio.timeout(services.limits.answer_within_s / 2):
            similar = await _similar_records(services, record, caller)
            ids = [resolved.row_id for resolved in similar]
            # The app found them with its own rights. Drop those that the caller cannot read (spec S5).
            readable = await services.record_people.filter_readable(
                record.environment, record.table, ids, caller=caller
            )
    except (TimeoutError, ChatSyncError):
        return ()
    counts = Counter(resolved.owner for resolved in similar if resolved.row_id in readable)
    return [(person, Relation(kind=RelationKind.SIMILAR, count=count)) for person, count in counts.items()]


async def _similar_records(services: Services, record: RecordRef, caller: ObjectId) -> Sequence[ResolvedRecord]:
    """Return the closed records with the most similar names."""
    closed, text = await asyncio.gather(
        services.record_people.resolved_records(record.environment, record.table),
        services.record_people.record_text(record, caller=caller),
    )
    others = [resolved for resolved in closed if resolved.row_id != record.row_id]
    if not text:
        return []
    texts = [resolved.text for resolved in others]
    indexes = await WordSimilarity().most_like(text, texts, at_most=_MAX_SIMILAR, at_least=_MIN_SIMILARITY)
    return [others[index] for index in indexes]


def _record_relations(people: InvolvedPeople) -> Iterable[tuple[ObjectId, Relation]]:
    """Yield the people in the columns and the activities of the record."""
    single = (
        (people.owner, RelationKind.OWNER),
        (people.administrator, RelationKind.ADMINISTRATOR),
        (people.creator, RelationKind.CREATOR),
        (people.modifier, RelationKind.MODIFIER),
    )
    yield from ((person, Relation(kind=kind)) for person, kind in single if person)
    yield from ((person, Relation(kind=RelationKind.TEAM)) for person in people.team)
    yield from (
        (person, Relation(kind=RelationKind.ACTIVITIES, count=count)) for person, count in people.activities.items()
    )


def _newest_chats(connections: Sequence[Connection]) -> Sequence[ChatId]:
    return list(dict.fromkeys(each.chat_id for each in reversed(connections)))[:_MAX_CHATS]
