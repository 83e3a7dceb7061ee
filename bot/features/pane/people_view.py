"""People in the pane: suggested contacts, the record's people, and those who have it open now (spec P2, P14)."""

from collections.abc import Mapping, Sequence

from bot.domain.directory import DirectoryPerson
from bot.domain.errors import ChatSyncError
from bot.domain.values import ObjectId, RecordRef
from bot.features.pane.viewing import Viewing
from bot.features.pane.views import PaneView, PersonRow, Section, SectionName
from bot.features.shared import access
from bot.features.shared.answers import record_header
from bot.features.shared.people_details import get_people, look_up_presence
from bot.features.suggestions.start_chat import start_chat_url
from bot.features.suggestions.suggest_people import list_record_people, suggest_people


async def suggested_view(viewing: Viewing, record: RecordRef) -> PaneView:
    """Return suggested contacts with reasons, the strongest first; raise the errors of the record's view."""
    services = viewing.services
    readable = await access.require_readable(services, record, viewing.person)
    suggested = await suggest_people(services, record, readable.actor.object_id)
    reasons = {each.person.id: each.reason for each in suggested}
    rows = await _rows(viewing, record, [each.person for each in suggested], reasons)
    return PaneView(
        record=record_header(services.links, readable.table, record, readable.row),
        sections=[Section(name=SectionName.SUGGESTED, people=rows, total=len(rows))],
    )


async def people_view(viewing: Viewing, record: RecordRef) -> PaneView:
    """Return the record's people with reasons, or those whose names contain the words."""
    services = viewing.services
    readable = await access.require_readable(services, record, viewing.person)
    found = await list_record_people(services, record, readable.actor.object_id)
    matches = [each for each in found if viewing.words.lower() in each.person.name.lower()]
    reasons = {each.person.id: each.reason for each in matches}
    without_teams = frozenset(each.person.id for each in matches if not (each.has_teams or each.person.guest))
    rows = await _rows(viewing, record, [each.person for each in matches], reasons, without_teams)
    return PaneView(
        record=record_header(services.links, readable.table, record, readable.row),
        sections=[Section(name=SectionName.PEOPLE, people=rows, total=len(rows))],
    )


async def viewers_section(viewing: Viewing, record: RecordRef, viewers: Sequence[ObjectId]) -> Section:
    """Return other people who have the record open. The person can read the record, which was checked before."""
    try:
        people = await get_people(viewing.services, viewers)
    except ChatSyncError:
        people = {}
    known = [people[each] for each in viewers if each in people]
    rows = await _rows(viewing, record, known, {})
    return Section(name=SectionName.VIEWERS, people=rows, total=len(rows))


async def _rows(
    viewing: Viewing,
    record: RecordRef,
    people: Sequence[DirectoryPerson],
    reasons: Mapping[ObjectId, str],
    without_teams: frozenset[ObjectId] = frozenset(),
) -> Sequence[PersonRow]:
    ids = [person.id for person in people]
    presence = await look_up_presence(viewing.services, ids) if ids else {}
    me = viewing.person.object_id
    return [
        PersonRow(
            id=person.id,
            name=person.name,
            title=person.title,
            presence=presence[person.id],
            reason=reasons.get(person.id, ""),
            is_self=person.id == me,
            chat_url=""
            if person.id == me or person.id in without_teams or not person.enabled
            else start_chat_url(viewing.services, record, person),
        )
        for person in people
    ]
