"""Dialog that adds a person to the current chat, or removes one (spec A5). Its data is not trusted."""

import asyncio
from collections.abc import Mapping, Sequence

from bot.domain.object_ids import parse_object_id
from bot.domain.public_names import Dataset, Dialog
from bot.domain.texts import text
from bot.domain.values import ObjectId
from bot.features.members.change_members import add_member, remove_member, require_can_change
from bot.features.shared.action_data import ActionData
from bot.features.shared.find_people import LISTED_AT_MOST, people_by_names, person_choices
from bot.features.shared.routes import PageHandler, SearchHandler
from bot.features.shared.services import Services
from bot.features.shared.turn import Turn
from cards.buttons import SubmitButton
from cards.dialog import Done, Page
from cards.inputs import Choice
from cards.members import MEMBER, NAMES, PERSON, MembersView, members_page

_MAX_LISTED = 60
"""Members listed before the person types. A chat can have hundreds."""


async def start(services: Services, turn: Turn, _data: ActionData) -> Page:
    """Return the page with the people who can be added and removed."""
    return await _page(services, turn, {})


async def add(services: Services, turn: Turn, data: ActionData) -> Page | Done:
    """Add the person, or return the page with the problem."""
    named = await people_by_names(services, turn.person, data.get(NAMES, ""))
    chosen = [parse_object_id(data.get(PERSON, "")), *(each.id for each in named.matches)]
    people = list(dict.fromkeys(each for each in chosen if each))
    if named.problem or len(people) != 1:
        candidates = await person_choices(services, named.candidates)
        return await _page(services, turn, data, named.problem or text("Choose one person to add."), candidates)
    return Done(message=(await add_member(services, turn.chat, turn.person, people[0])).message)


async def remove(services: Services, turn: Turn, data: ActionData) -> Page | Done:
    """Remove the person, or return the page with the problem."""
    person = parse_object_id(data.get(MEMBER, ""))
    if person is None:
        return await _page(services, turn, data, text("Choose one person to remove."))
    return Done(message=(await remove_member(services, turn.chat, turn.person, person)).message)


async def search(services: Services, turn: Turn, words: str, _data: ActionData) -> Sequence[Choice]:
    """Return the members of the chat whose names contain the words."""
    await require_can_change(services, turn.chat, turn.person)
    return [each for each in await _members(services, turn) if words.casefold() in each.title.casefold()]


async def _page(
    services: Services, turn: Turn, data: ActionData, problem: str = "", candidates: Sequence[Choice] = ()
) -> Page:
    """Return the page. `candidates` are the people whom an ambiguous name matches."""
    await require_can_change(services, turn.chat, turn.person)
    members, people = await asyncio.gather(
        _members(services, turn), services.directory.search("", at_most=LISTED_AT_MOST)
    )
    present = {each.value for each in members}
    absent = [each for each in people if each.id not in present]
    others = candidates or await person_choices(services, absent)
    view = MembersView(
        members=members[:_MAX_LISTED],
        members_dataset=Dataset.MEMBERS,
        others=others,
        others_dataset=Dataset.PEOPLE,
        names=data.get(NAMES, ""),
        problem=problem,
        add=SubmitButton(title=text("Add"), dialog=Dialog.ADD_MEMBER, payload={}),
        remove=SubmitButton(title=text("Remove"), dialog=Dialog.REMOVE_MEMBER, payload={}),
    )
    return members_page(view)


async def _members(services: Services, turn: Turn) -> Sequence[Choice]:
    """Return the members of the chat by name. Anonymous guests have no ID, so only Teams can remove them."""
    accounts = await services.roster.accounts(turn.chat)
    named: dict[ObjectId, str] = {each.object_id: each.name for each in accounts if each.object_id}
    choices = [Choice(title=name or text("Person without a name"), value=person) for person, name in named.items()]
    return sorted(choices, key=lambda each: each.title.casefold())


PAGES: Mapping[str, PageHandler] = {
    Dialog.MEMBERS: start,
    Dialog.ADD_MEMBER: add,
    Dialog.REMOVE_MEMBER: remove,
}


SEARCHES: Mapping[str, SearchHandler] = {Dataset.MEMBERS: search}
