"""Values that Dataverse hides from a person are in no card, preview, stored row, or log that the person can read."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import cycle, islice, product
from typing import Any

import pytest
from hypothesis import Phase, given
from hypothesis import strategies as some
from sqlalchemy import select

from bot.domain.public_names import Dialog
from bot.domain.record_types import NUMBER_COLUMNS
from bot.sandbox.dataverse.schema.catalog import BUSINESS_TABLES
from bot.sandbox.dataverse.schema.model import Table
from bot.store.tables import environment, metadata
from tests.steps.record_search import search
from tests.steps.saved_messages import open_dialog
from tests.steps.secrets import Secrets, visible_text, write_secrets
from tests.steps.settings_pages import ShownPage, request_page
from tests.tiers import examples, variants
from tests.wire.people import ADELE, ALEX, COLLEAGUES, EVERYBODY, LYNNE, PATTI, Somebody
from tests.wire.world import API, GROUP, World, buttons

pytestmark = pytest.mark.one_database  # the content does not depend on the database

# A failure names the leak; to shrink the example would take minutes.
EXAMPLES = examples(5, phases=(Phase.explicit, Phase.reuse, Phase.generate))


@pytest.fixture
def secrets(world: World) -> Secrets:
    world.connector.members[GROUP] = [each.account_id for each in EVERYBODY]
    return world.run(write_secrets(world))


async def set_up(world: World, table: str, values: dict[str, object]) -> bool:
    """Import these settings of the table as an administrator; return whether they were accepted."""
    (kept,) = await world.rows_in(environment)
    text = json.dumps({"format": 1, "record_types": {table: {"enabled": True, **values}}})
    asked = {"environment": kept["id"], "version": str(kept["version"]), "settings": text}
    page = await request_page(world, {"dialog": "settings save import", **asked})
    return page.title != "Import settings"


async def everything_kept(world: World) -> str:
    """Return every row of the store."""
    kept = []
    async with world.engines.reading.begin() as connection:
        for table in metadata.sorted_tables:
            kept += [str(dict(row)) for row in (await connection.execute(select(table))).mappings()]
    return "\n".join(kept)


def changeable(table: str) -> list[str]:
    """Return texts that hold secrets, and columns that people cannot change on a card."""
    (found,) = (each for each in BUSINESS_TABLES if each.name == table)
    texts = (each.name for each in found.columns.values() if each.kind in {"String", "Memo"} and each.updatable)
    return [name for name in texts if found.columns[name].text_format != "RichText"][:5]


LEVELS = [("nothing", False), ("table", False), ("name", False), ("fields", False), ("fields", True)]
"""The disclosure, and whether secured columns are excluded."""

PARTS = ("firstname", "lastname")
"""Dataverse combines them to a full name."""


def named_by(secrets: Secrets, table: Table, row: str) -> frozenset[str]:
    """Return the columns that identify a record: its name and its number."""
    parts = PARTS if table.primary_name == "fullname" else ()
    return secrets.of(row, table.primary_name, NUMBER_COLUMNS.get(table.name, ""), *parts)


@dataclass(frozen=True)
class Pasted:
    """A pasted link of a record, and the reader of its card."""

    table: Table
    row: str
    view: str
    level: str
    leave_out: bool
    poster: Somebody
    viewer: Somebody


@given(
    number=some.integers(0, 999),
    told=some.tuples(some.sampled_from(["nothing", "table", "name", "fields"]), some.booleans()),
    people=some.tuples(some.sampled_from(EVERYBODY), some.sampled_from(EVERYBODY)),
)
@EXAMPLES
def test_no_card_and_nothing_beside_it_tells_what_its_reader_may_not_read(
    *,
    world: World,
    secrets: Secrets,
    capfd: pytest.CaptureFixture[str],
    number: int,
    told: tuple[str, bool],
    people: tuple[Somebody, Somebody],
) -> None:
    # The choices are known only when the sandbox runs, so they are selected by number.
    table, row = secrets.rows[number % len(secrets.rows)]
    views = secrets.views[table.name]
    view = views[number // len(secrets.rows) % len(views)]
    (level, leave_out), (poster, viewer) = told, people
    pasted = Pasted(table=table, row=row, view=view, level=level, leave_out=leave_out, poster=poster, viewer=viewer)
    card = world.run(_paste(world, secrets, pasted))
    world.run(_own(world, secrets, card, viewer))
    logged = capfd.readouterr()
    assert secrets.told(logged.out + logged.err) == frozenset()


@pytest.mark.parametrize("table", variants(BUSINESS_TABLES, 2), ids=lambda each: each.name)
def test_with_every_view_at_every_level_no_card_of_a_table_tells_what_its_reader_may_not_read(
    world: World, secrets: Secrets, capfd: pytest.CaptureFixture[str], table: Table
) -> None:
    # Everyone pastes and everyone reads. Every row and every view is shown in turn.
    people = cycle(product(EVERYBODY, reversed(EVERYBODY)))
    rows = [row for of, row in secrets.rows if of.name == table.name]
    views = secrets.views[table.name]
    shows = zip(cycle(rows), cycle(views), strict=False)
    for row, view in islice(shows, max(len(rows), len(views))):
        for level, leave_out in LEVELS:
            poster, viewer = next(people)
            pasted = Pasted(
                table=table, row=row, view=view, level=level, leave_out=leave_out, poster=poster, viewer=viewer
            )
            card = world.run(_paste(world, secrets, pasted))
        # A reader's personal card is the same at every level.
        world.run(_own(world, secrets, card, viewer))
    logged = capfd.readouterr()
    assert secrets.told(logged.out + logged.err) == frozenset()


async def _paste(world: World, secrets: Secrets, pasted: Pasted) -> dict[str, Any]:
    """Return the card that everyone sees."""
    name, row = pasted.table.name, pasted.row
    values = {
        "disclosure": pasted.level,
        "leave_out_secured": pasted.leave_out,
        "note_view": pasted.view,
        "card_acts": ["assign"] if "ownerid" in pasted.table.columns else [],
        "change_fields": changeable(name),
    }
    if not await set_up(world, name, values):
        # A view without a column that a note can show.
        assert await set_up(world, name, {**values, "note_view": None})
    link = f"{world.sandbox}/main.aspx?pagetype=entityrecord&etn={name}&id={row}"
    (found,) = await world.paste(link, person=pasted.poster)
    for_all = named_by(secrets, pasted.table, row)
    lets = {"name": for_all, "fields": secrets.readable[pasted.poster]}.get(pasted.level, frozenset())
    lets -= secrets.secured if pasted.leave_out else frozenset()
    assert secrets.told(visible_text(found)) <= lets & secrets.readable[pasted.poster]
    if pasted.poster is ALEX and pasted.level in {"name", "fields"}:
        # Work orders have a number that cannot be set.
        assert bool(secrets.told(visible_text(found)) & for_all) == bool(for_all)
    nobody = world.activity(GROUP, None, type="invoke", name="composeExtension/anonymousQueryLink", value={"url": link})
    assert secrets.told(visible_text((await world.post(nobody))[1])) == frozenset()
    card: dict[str, Any] = found["content"]
    return card


async def _own(world: World, secrets: Secrets, card: dict[str, Any], viewer: Somebody) -> None:
    """Request the reader's personal card, and every page that it leads to."""
    if "refresh" not in card:
        return  # a refusal, which leads to no other page
    own = await world.press(card["refresh"]["action"], person=viewer)
    assert secrets.told(visible_text(own)) <= secrets.readable[viewer]
    claim = card["refresh"]["action"]["data"]
    for act in ("", "fields", "note", "resolution", "assign", "save fields"):
        data = {**claim, "act": act, "version": 'W/"1"', "field title": "x"}
        press = await world.press({"verb": "update", "data": data}, person=viewer)
        assert secrets.told(visible_text(press)) <= secrets.readable[viewer]
        step = {"dialog": "update", **data}
        invoke = world.activity(GROUP, viewer, type="invoke", name="task/submit", value={"data": step})
        assert secrets.told(visible_text((await world.post(invoke))[1])) <= secrets.readable[viewer]
    # Everyone in the chat sees the response to a message.
    for name in ("view", "update"):
        message = world.activity(GROUP, viewer, type="message", value={**claim, "verb": name, "act": "fields"})
        await world.post(message)
        told = secrets.told(visible_text(world.card()))
        assert told <= secrets.readable[viewer] if name == "view" else told == frozenset()


def test_nothing_of_records_is_kept_where_cards_of_links_were_made(world: World, secrets: Secrets) -> None:
    async def make() -> None:
        for table, row in secrets.rows:
            await set_up(world, table.name, {"disclosure": "fields"})
            link = f"{world.sandbox}/main.aspx?pagetype=entityrecord&etn={table.name}&id={row}"
            for person in COLLEAGUES[:2]:
                for each in await world.paste(link, person=person):
                    if "refresh" in each["content"]:
                        await world.press(each["content"]["refresh"]["action"], person=person)
        assert secrets.told(await everything_kept(world)) == frozenset()

    world.run(make())


ALL_BEGIN_SO = "Secret"


@pytest.mark.parametrize("level", variants(["fields", "nothing", "table", "name"], 1))
async def test_no_search_tells_what_who_searches_may_not_read_and_its_cards_no_more_than_is_let(
    world: World, secrets: Secrets, capfd: pytest.CaptureFixture[str], level: str
) -> None:
    for table in BUSINESS_TABLES:
        await set_up(world, table.name, {"disclosure": level})
    names = frozenset[str]().union(*(named_by(secrets, *each) for each in secrets.rows))
    found = dict.fromkeys(EVERYBODY, 0)
    anywhere = {each: await secrets.anywhere(world, each) for each in EVERYBODY}
    for person, words in product(EVERYBODY, (ALL_BEGIN_SO, *(f"{each.name}: Secret" for each in BUSINESS_TABLES), "")):
        answer = await search(world, words, person=person)
        readable = anywhere[person]
        lets = {"name": names, "fields": readable}.get(level, frozenset()) & readable
        assert secrets.told(visible_text(answer)) <= readable
        for each in answer.get("attachments", ()):
            assert secrets.told(visible_text(each["content"])) <= lets
            found[person] += len(secrets.told(visible_text(each["preview"])))
    assert found[ALEX] > found[PATTI] > found[LYNNE] == 0
    logged = capfd.readouterr()
    assert secrets.told(logged.out + logged.err) == frozenset()


async def test_nobody_finds_a_record_by_what_of_it_they_may_not_read(world: World, secrets: Secrets) -> None:
    for table in BUSINESS_TABLES:
        await set_up(world, table.name, {"disclosure": "fields"})
    for table, row in secrets.rows:
        for secret in named_by(secrets, table, row) - secrets.readable[PATTI]:
            assert (await search(world, secret, person=PATTI))["type"] == "message"
            assert await world.type_in("records", secret, person=PATTI) == []


async def test_no_list_of_records_in_a_dialog_tells_what_who_opened_it_may_not_read(
    world: World, secrets: Secrets, capfd: pytest.CaptureFixture[str]
) -> None:
    for table in BUSINESS_TABLES:
        await set_up(world, table.name, {})
    names = frozenset[str]().union(*(named_by(secrets, *each) for each in secrets.rows))
    listed = dict.fromkeys(EVERYBODY, 0)
    for person in EVERYBODY:
        lets = names & secrets.readable[person]
        for words in (ALL_BEGIN_SO, ""):
            typed = "\n".join(await world.type_in("records", words, person=person))
            assert secrets.told(typed) <= lets
            listed[person] += len(secrets.told(typed))
        for dialog in RECORD_DIALOGS:
            page = await open_dialog(world, person=person, command=dialog)
            assert secrets.told(visible_text(page.card)) <= lets
            if "words" in page.inputs:
                again = await request_page(world, page.step(next_button(page), words=ALL_BEGIN_SO), person=person)
                assert again.inputs["record"]["label"] == "Which of these?"
                assert secrets.told(visible_text(again.card)) <= lets
                listed[person] += len(secrets.told(visible_text(again.card)))
    assert listed[ALEX] > listed[PATTI] > listed[LYNNE] == 0
    logged = capfd.readouterr()
    assert secrets.told(logged.out + logged.err) == frozenset()


RECORD_DIALOGS = (
    Dialog.NEW_CHAT,
    Dialog.CONNECT_CHAT,
    Dialog.SAVE_MESSAGE,
    Dialog.TIMELINE,
    Dialog.CONNECT_CHANNEL,
)


def next_button(page: ShownPage) -> str:
    """Return the first button that submits the inputs and stays in the dialog."""
    submits = (title for title, each in buttons(page.card).items() if each["type"] == "Action.Submit")
    return next(title for title in submits if title != "New channel")


@pytest.mark.parametrize("tell_each", [True, False], ids=["to each", "to all"])
@pytest.mark.parametrize("table", variants(BUSINESS_TABLES, 2), ids=lambda each: each.name)
async def test_each_reader_sees_only_the_key_fields_that_they_can_read(
    world: World, secrets: Secrets, capfd: pytest.CaptureFixture[str], table: Table, *, tell_each: bool
) -> None:
    row = next(row for of, row in secrets.rows if of.name == table.name)
    secret = {name: held for held, (of, name) in secrets.columns.items() if of == row and "," not in held}
    columns = key_fields_of(table, secret)
    await connect_with(world, table, row, {"tell_each": tell_each, "notify": True, "key_fields": columns})
    told = frozenset(secret[name] for name in columns)
    lets = named_by(secrets, table, row) | (frozenset() if tell_each else told - secrets.secured)
    posts = [*await change_row(world, table, row, dict.fromkeys(columns))]
    posts += await change_row(world, table, row, {name: _raw(secret[name]) for name in columns})
    assert len(posts) == 2
    for post, person in product(posts, EVERYBODY):
        assert secrets.told(visible_text(post)) <= lets
        card = post["attachments"][0]["content"]
        if tell_each:
            own = await world.press(card["refresh"]["action"], person=person)
            assert secrets.told(visible_text(own)) <= secrets.readable[person]
            # Alex can read everything.
            assert person is not ALEX or post is posts[0] or secrets.told(visible_text(own)) & told
    assert (secrets.told(visible_text(posts[-1])) & told == frozenset()) == (tell_each or told <= secrets.secured)
    logged = capfd.readouterr()
    assert secrets.told(logged.out + logged.err) == frozenset()


def key_fields_of(table: Table, secret: Mapping[str, str]) -> list[str]:
    """Return up to five columns that hold secrets, secured ones first. Names of records are on their cards anyway."""
    naming = {table.primary_name, NUMBER_COLUMNS.get(table.name, ""), *PARTS}
    columns = sorted((table.columns[name] for name in secret), key=lambda each: (not each.secured, each.name))
    return [each.name for each in columns if each.name not in naming and not each.required][:5]


async def connect_with(world: World, table: Table, row: str, values: Mapping[str, object]) -> None:
    """Connect the chat to the row, as a person who can read all of it."""
    assert await set_up(world, table.name, {**values, "card_acts": []})
    await world.settle()
    link = f"{world.sandbox}/main.aspx?pagetype=entityrecord&etn={table.name}&id={row}"
    await world.say(f"connect {link} quiet")
    await world.settle()
    world.connector.posts.pop(GROUP)


async def change_row(world: World, table: Table, row: str, values: Mapping[str, object]) -> list[dict[str, Any]]:
    """Save the row; return the text of the cards in the chat."""
    before = len(world.event_answers)
    url = f"{world.sandbox}{API}/{table.set_name}({row})"
    async with world.session.patch(url, json=values) as answer:
        assert answer.status == 204, await answer.text()
    await world.until(lambda: len(world.event_answers) > before)
    await world.window_ends()
    return world.connector.posts.pop(GROUP)


def _raw(secret: str) -> object:
    return float(secret) if secret[0].isdigit() else secret


def test_the_secrets_are_for_some_and_not_for_others(secrets: Secrets) -> None:
    assert {table.name for table, _ in secrets.rows} == {table.name for table in BUSINESS_TABLES}
    assert len(secrets.columns) > 100
    assert secrets.readable[ALEX] == frozenset(secrets.columns)
    assert frozenset() < secrets.readable[PATTI] < secrets.readable[ADELE]
    assert secrets.secured
    assert not secrets.secured & secrets.readable[PATTI]
    assert secrets.readable[LYNNE] == frozenset()
