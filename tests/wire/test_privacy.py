"""Nobody is told what Dataverse does not let them read: on no card, in no preview, neither in the store nor in logs."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as some
from sqlalchemy import select

from bot.domain.record_types import NUMBER_COLUMNS
from bot.sandbox.schema.catalog import BUSINESS_TABLES
from bot.sandbox.schema.model import Table
from bot.store.tables import environment, metadata
from tests.wire.people import ADELE, ALEX, COLLEAGUES, EVERYBODY, LYNNE, PATTI, Somebody
from tests.wire.secrets import Secrets, shown, sown
from tests.wire.settings_pages import ask
from tests.wire.world import GROUP, World

EXAMPLES = hypothesis_settings(
    max_examples=40,
    deadline=None,
    # A leak says what leaked; the smallest way to it would take minutes to find.
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@pytest.fixture
def database_url(tmp_path: Path) -> str:
    """Either kind of database would do: what is told does not follow from where things are kept."""
    return f"sqlite+aiosqlite:///{tmp_path}/test.db"


@pytest.fixture
def secrets(world: World) -> Secrets:
    world.connector.members[GROUP] = [each.account_id for each in EVERYBODY]
    return world.run(sown(world))


async def set_up(world: World, table: str, values: dict[str, object]) -> bool:
    """An administrator imports these settings of the table; whether they were taken."""
    (kept,) = await world.rows_in(environment)
    text = json.dumps({"format": 1, "record_types": {table: {"enabled": True, **values}}})
    asked = {"environment": kept["id"], "version": str(kept["version"]), "settings": text}
    page = await ask(world, {"dialog": "settings save import", **asked})
    return page.title != "Import settings"


async def everything_kept(world: World) -> str:
    """Every row of the store."""
    kept = []
    async with world.engines.reading.begin() as connection:
        for table in metadata.sorted_tables:
            kept += [str(dict(row)) for row in (await connection.execute(select(table))).mappings()]
    return "\n".join(kept)


def changeable(table: str) -> list[str]:
    """Texts that hold secrets, and what nobody may change on a card."""
    (found,) = (each for each in BUSINESS_TABLES if each.name == table)
    texts = (each.name for each in found.columns.values() if each.kind in {"String", "Memo"} and each.updatable)
    return [name for name in texts if found.columns[name].text_format != "RichText"][:5]


PARTS = ("firstname", "lastname")
"""Dataverse makes a full name of them."""


@dataclass(frozen=True)
class Pasted:
    """Somebody pastes a link of a record, and somebody reads the card."""

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
    # What there is to choose from is known only when the sandbox runs, so it is chosen by number.
    table, row = secrets.rows[number % len(secrets.rows)]
    views = secrets.views[table.name]
    view = views[number // len(secrets.rows) % len(views)]
    (level, leave_out), (poster, viewer) = told, people
    pasted = Pasted(table=table, row=row, view=view, level=level, leave_out=leave_out, poster=poster, viewer=viewer)
    world.run(_paste(world, secrets, pasted))
    logged = capfd.readouterr()
    assert secrets.told(logged.out + logged.err) == frozenset()


async def _paste(world: World, secrets: Secrets, pasted: Pasted) -> None:
    name, row, viewer = pasted.table.name, pasted.row, pasted.viewer
    values = {
        "disclosure": pasted.level,
        "leave_out_secured": pasted.leave_out,
        "note_view": pasted.view,
        "card_acts": ["assign"] if "ownerid" in pasted.table.columns else [],
        "change_fields": changeable(name),
    }
    if not await set_up(world, name, values):
        # A view of which a note can show nothing.
        assert await set_up(world, name, {**values, "note_view": None})
    link = f"{world.sandbox}/main.aspx?pagetype=entityrecord&etn={name}&id={row}"
    (found,) = await world.paste(link, person=pasted.poster)
    named_by = (pasted.table.primary_name, NUMBER_COLUMNS.get(name, ""))
    for_all = secrets.of(row, *named_by, *(PARTS if pasted.table.primary_name == "fullname" else ()))
    lets = {"name": for_all, "fields": secrets.readable[pasted.poster]}.get(pasted.level, frozenset())
    lets -= secrets.secured if pasted.leave_out else frozenset()
    assert secrets.told(shown(found)) <= lets & secrets.readable[pasted.poster]
    await _own(world, secrets, found["content"], viewer)
    nobody = world.activity(GROUP, None, type="invoke", name="composeExtension/anonymousQueryLink", value={"url": link})
    assert secrets.told(shown((await world.post(nobody))[1])) == frozenset()


async def _own(world: World, secrets: Secrets, card: dict[str, Any], viewer: Somebody) -> None:
    """The reader's own card, and every page that it leads to."""
    if "refresh" not in card:
        return  # a refusal, from which nothing leads on
    own = await world.press(card["refresh"]["action"], person=viewer)
    assert secrets.told(shown(own)) <= secrets.readable[viewer]
    claim = card["refresh"]["action"]["data"]
    for act in ("", "fields", "note", "resolution", "assign", "save fields"):
        data = {**claim, "act": act, "version": 'W/"1"', "field title": "x"}
        press = await world.press({"verb": "update", "data": data}, person=viewer)
        assert secrets.told(shown(press)) <= secrets.readable[viewer]
        step = {"dialog": "update", **data}
        invoke = world.activity(GROUP, viewer, type="invoke", name="task/submit", value={"data": step})
        assert secrets.told(shown((await world.post(invoke))[1])) <= secrets.readable[viewer]
    # As a message everybody in the chat sees the answer.
    for name in ("view", "update"):
        message = world.activity(GROUP, viewer, type="message", value={**claim, "verb": name, "act": "fields"})
        await world.post(message)
        told = secrets.told(shown(world.card()))
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


CHANGED = ("productserialnumber", "description", "cs_refundamount")


@given(person=some.sampled_from(EVERYBODY), changed=some.sets(some.sampled_from(CHANGED), min_size=1))
@hypothesis_settings(parent=EXAMPLES, max_examples=12)
def test_key_fields_are_told_to_each_reader_as_far_as_they_may_read_them(
    world: World, secrets: Secrets, capfd: pytest.CaptureFixture[str], person: Somebody, changed: set[str]
) -> None:
    world.run(_key_fields(world, secrets, person, sorted(changed)))
    told = capfd.readouterr()
    assert secrets.told(told.out + told.err) == frozenset()


async def _key_fields(world: World, secrets: Secrets, person: Somebody, columns: list[str]) -> None:
    _, row = next(each for each in secrets.rows if each[0].name == "incident")
    await set_up(world, "incident", {"tell_each": True, "notify": True, "key_fields": ["prioritycode", *columns]})
    await world.settle()
    link = f"{world.sandbox}/main.aspx?pagetype=entityrecord&etn=incident&id={row}"
    await world.say(f"connect {link} quiet")
    await world.settle()
    world.connector.posts.pop(GROUP, None)
    secret = {name: held for held, (of, name) in secrets.columns.items() if of == row and "," not in held}
    url = f"{world.sandbox}/api/data/v9.2/incidents({row})"
    for values in (dict.fromkeys(columns), {name: _raw(secret[name]) for name in columns}):
        before = len(world.event_answers)
        async with world.session.patch(url, json={"prioritycode": 1, **values}) as answer:
            assert answer.status == 204
        await world.until(lambda seen=before: len(world.event_answers) > seen)
        await world.window_ends()
    name = secrets.of(row, "title")
    posts = world.connector.posts.pop(GROUP)
    assert len(posts) >= 1
    for post in posts:
        assert secrets.told(shown(post)) <= name
        card = post["attachments"][0]["content"]
        own = await world.press(card["refresh"]["action"], person=person)
        assert secrets.told(shown(own)) <= secrets.readable[person]


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
