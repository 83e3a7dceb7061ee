"""People are sent no name that Dataverse does not show to them (spec S4, S5, S7, A1)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import product
from typing import Any

import pytest

from bot.domain.extension_names import ALL_RECORDS, SEARCH
from bot.domain.public_names import Dataset, Verb
from bot.handlers.invoke_names import Invoke
from bot.store.tables import connection
from bot.wiring.features import FEATURES
from tests.steps.hidden_records import ELSEWHERE, MARKER, Names, commands, connect_hidden_records
from tests.steps.records import SECRET_CASE
from tests.wire.people import ADELE, ALEX, DIEGO, LYNNE, PATTI, Somebody
from tests.wire.world import GROUP, OTHER_GROUP, PERSONAL, World, texts

pytestmark = pytest.mark.one_database

GUEST = Somebody("Gail Guest", 97)
"""A member of the chat from another organization."""
OUTSIDER = Somebody("Olaf Outside", 98)
"""A person who is not in the chat."""
HIDDEN = (SECRET_CASE, ELSEWHERE, "contact", "account")
CHANGING = (Verb.DISCONNECT, Verb.UNDO_DISCONNECT)
VERBS = [*sorted({verb for feature in FEATURES for verb in feature.buttons} - {*CHANGING}), *CHANGING]
PAGES = sorted({page for feature in FEATURES for page in feature.pages})


@dataclass
class Reader:
    """A person, and everything that the person was sent."""

    world: World
    person: Somebody
    told: dict[str, object] = field(default_factory=dict)

    async def invoke(self, what: str, name: str, value: object) -> None:
        activity = self.world.activity(GROUP, self.person, type="invoke", name=name, value=value)
        status, self.told[what] = await self.world.post(activity)
        assert status in {200, 400}, what

    async def press(self, verb: str, values: Mapping[str, str], what: str = "") -> None:
        action = {"action": {"type": "Action.Execute", "verb": verb, "data": values}, "trigger": "manual"}
        await self.invoke(f"{verb} {what}", Invoke.BUTTON, action)

    async def open(self, page: str, values: Mapping[str, str], what: str = "") -> None:
        for name in (Invoke.TASK_FETCH, Invoke.TASK_SUBMIT):
            await self.invoke(f"{name} {page} {what}", name, {"data": {"dialog": page, **values}})


async def walk(world: World, names: Names, person: Somebody) -> dict[str, object]:
    """Ask for everything: every command, button, page, search, and link, about every hidden record."""
    reader = Reader(world, person)
    for command, arguments in commands(names).items():
        for words in (arguments[:3], [each for each in arguments if each.startswith("http")][:1]):
            for each in words:
                await world.say(f"{command} {each}", person=person, chat=PERSONAL)
        reader.told[f"{command} alone"] = world.connector.posts.pop(PERSONAL, None)
    for record in HIDDEN:
        values = await button_values(world, names, record)
        for verb in VERBS:
            await reader.press(verb, values, record)
        for act in ("fields", "note", "resolution", "assign", "save note"):
            await reader.press(Verb.UPDATE, {**values, "act": act}, f"{record} {act}")
        await reader.invoke(f"link {record}", Invoke.QUERY_LINK, {"url": names.links[record]})
    for page in PAGES:
        await reader.open(page, await button_values(world, names, SECRET_CASE))
    for what, value in searches():
        await reader.invoke(what, Invoke.SEARCH_INPUT if "dataset" in value else Invoke.SEARCH, value)
    await world.settle()
    return reader.told


async def button_values(world: World, names: Names, record: str) -> dict[str, str]:
    """Return every value of a button or page, for the record."""
    row = names.data(record)["row"]
    (kept, *_) = await world.rows_in(connection, connection.c.row_id == row)
    chosen = "|".join(names.data(record).values())
    more = {"into": OTHER_GROUP, "person": LYNNE.object_id, "version": 'W/"1"', "text": "x", "quiet": "quiet"}
    wish = "00000000-0000-4000-8000-00000000cafe"
    return {
        **names.data(record),
        **more,
        "connection": kept["public_id"],
        "record": chosen,
        "wish": wish,
        "note": "false",
    }


def searches() -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield what clients search while a person types."""
    options = {"queryOptions": {"skip": 0, "top": 15, "count": 15}}
    for dataset, text in product(Dataset, (MARKER, "")):
        yield f"search {dataset} {text}", {"kind": "search", "queryText": text, "dataset": dataset, **options}
    for text in (MARKER, SECRET_CASE, ""):
        parameters = [{"name": ALL_RECORDS, "value": text}]
        yield f"extension {text}", {"commandId": SEARCH, "parameters": parameters, **options}


@pytest.mark.parametrize("person", [PATTI, LYNNE, GUEST, OUTSIDER, DIEGO], ids=lambda each: each.name)
async def test_nobody_is_sent_a_hidden_name(world: World, person: Somebody) -> None:
    names = await connect_hidden_records(world)
    world.connector.members[GROUP] += [GUEST.account_id]
    if person in {OUTSIDER, DIEGO}:
        world.connector.members[GROUP] = [ALEX.account_id, PATTI.account_id]
    told = await walk(world, names, person)
    readable = {"CAS-01001"} if person is PATTI else set()
    if person is DIEGO:
        readable = names.told([told[f"extension {MARKER}"], told["extension "]])
        assert SECRET_CASE not in readable or "account" in readable
    assert {what: names.told(each) - readable for what, each in told.items() if names.told(each) - readable} == {}
    # Nor does the chat hear of them.
    assert not names.told(world.connector.cards(GROUP))
    world.connector.posts.clear()


async def test_the_walk_finds_names_that_the_person_can_read(world: World) -> None:
    names = await connect_hidden_records(world)
    told = await walk(world, names, ADELE)
    for what in ("records ", "status ", f"extension {MARKER}"):
        found = [each for name, each in told.items() if name.startswith(what)]
        assert any({SECRET_CASE, "contact"} <= names.told(each) for each in found), what
    world.connector.posts.clear()


async def test_disconnect_and_keep_connected_answer_the_same_for_a_hidden_name(world: World) -> None:
    names = await connect_hidden_records(world)
    title = names.names[SECRET_CASE]
    for person, chat in product((PATTI, LYNNE, GUEST, OUTSIDER), (GROUP,)):
        answers = []
        for words in (title, title.lower(), f"{MARKER}99999", "x" * 40, names.links[ELSEWHERE]):
            await world.say(f"disconnect {words}", person=person, chat=chat)
            answers.append(texts(world.card(chat)))
        assert answers == [answers[0]] * len(answers), person.name
    (kept, *_) = await world.rows_in(connection, connection.c.record_number == SECRET_CASE)
    button = {"verb": "keep connected", "data": {"connection": kept["public_id"]}}
    unknown = {"verb": "keep connected", "data": {"connection": "0" * 32}}
    for person in (LYNNE, GUEST, OUTSIDER):
        refused = [texts((await world.press(each, person=person))["value"]) for each in (button, unknown)]
        assert refused[0] == refused[1]
        assert refused[0][0] == "Only members of this chat can do this." or refused[0][0].startswith("You have no user")
    world.connector.members[GROUP].remove(PATTI.account_id)
    refused = [texts((await world.press(each, person=PATTI))["value"]) for each in (button, unknown)]
    assert refused[0] == refused[1] == ["Only members of this chat can do this.", refused[0][1]]
