"""`python app.py dataverse`: register the webhook. Its steps follow the settings."""

from argparse import Namespace
from typing import Any

import pytest
from sqlalchemy import update

from bot.config.settings import Settings
from bot.domain.errors import NotSupported
from bot.domain.jobs import EnvironmentJob, JobKind
from bot.domain.values import EnvironmentId
from bot.store.tables import record_type
from bot.store.unit_of_work import Store
from bot.wiring.command_line import run_command
from tests.wire.people import ALEX, MEGAN
from tests.wire.world import GROUP, World, texts

pytestmark = pytest.mark.one_database

HIGH, LOW = 1, 3
ENVIRONMENT = "localhost/sandbox"
API = "/api/data/v9.2"


async def written(settings: Settings, act: str, **options: Any) -> tuple[int, list[str]]:
    """Run the command; return its exit code and lines."""
    lines: list[str] = []
    arguments = Namespace(command="dataverse", act=act, **{"environment": None, "dry_run": False, **options})
    code = await run_command(settings, arguments, lines.append)
    return code, [line.rstrip("\n") for line in lines]


@pytest.fixture
async def organisation(world: World) -> World:
    """Return an environment without a webhook. The bot's address is known."""
    world.settings = world.settings.model_copy(update={"public_url": world.url})
    await world.restart()
    await written(world.settings, "disconnect")
    return world


async def of_the_table(world: World, set_name: str) -> list[dict[str, Any]]:
    async with world.session.get(f"{world.sandbox}{API}/{set_name}") as answer:
        rows: list[dict[str, Any]] = (await answer.json())["value"]
        return rows


async def test_the_sandbox_registers_every_step_as_it_comes(world: World) -> None:
    world.settings = world.settings.model_copy(update={"public_url": world.url})
    await world.restart()
    code, lines = await written(world.settings, "status")
    assert (code, lines) == (0, [f"{ENVIRONMENT}: webhook with 12 steps, up to date"])
    # People hear of deletions and new owners of every record type, without a look for missed changes.
    rows = {
        "account": (await of_the_table(world, "accounts"))[0],
        "contact": (await of_the_table(world, "contacts"))[0],
    }
    for table, row in rows.items():
        link = f"{world.sandbox}/main.aspx?pagetype=entityrecord&etn={table}&id={row[table + 'id']}"
        await world.say(f"connect {link} quiet")
    await world.settle()
    world.connector.posts.clear()
    world.connector.members[GROUP] = [ALEX.account_id]
    url = f"{world.sandbox}{API}/accounts({rows['account']['accountid']})"
    owner = {"ownerid@odata.bind": f"/systemusers({await world.user_id(MEGAN)})"}
    async with world.session.patch(url, json=owner, headers={"CallerObjectId": ALEX.object_id}) as answer:
        assert answer.status == 204
    await world.until(lambda: len(world.event_answers) > 0)
    await world.window_ends()
    assert "Megan Bowen" in str(world.card())
    await world.delete("contacts", rows["contact"]["contactid"])
    await world.until(lambda: len(world.event_answers) > 1)
    await world.window_ends()
    assert rows["contact"]["fullname"] in str(world.card())


async def test_from_nothing_to_the_first_card_and_back(organisation: World) -> None:
    settings = organisation.settings
    missing = f"{ENVIRONMENT}: no webhook is registered. Run: python app.py dataverse connect"
    assert await written(settings, "disconnect") == (0, [f"{ENVIRONMENT}: no webhook is registered"])
    code, lines = await written(settings, "status")
    assert (code, lines[0]) == (1, missing)
    watched = "masterid, merged, ownerid, prioritycode, statecode, statuscode"
    assert f"  missing: Update of incident ({watched})" in lines
    assert "  missing: Delete of knowledgearticle" in lines
    # A dry run changes nothing.
    assert await written(settings, "connect", dry_run=True) == (0, lines)
    assert (await written(settings, "status"))[1] == lines
    code, said = await written(settings, "connect")
    assert (code, said) == (0, [f"{ENVIRONMENT}: webhook registered; {len(lines) - 1} steps added"])
    well = f"{ENVIRONMENT}: webhook with {len(lines) - 1} steps, up to date"
    assert await written(settings, "status") == (0, [well])
    # A second run changes only the key, which cannot be read.
    again = f"{ENVIRONMENT}: webhook updated with the current key; no step changed"
    assert await written(settings, "connect") == (0, [again])
    # And it works.
    await organisation.say("connect CAS-01001 quiet")
    await organisation.settle()
    organisation.connector.posts.clear()
    await organisation.change({"prioritycode": HIGH}, by=ALEX)
    await organisation.window_ends()
    assert "Priority: Normal → **High**" in texts(organisation.card(GROUP))
    gone = f"{ENVIRONMENT}: webhook and {len(lines) - 1} steps"
    assert await written(settings, "disconnect", dry_run=True) == (0, [f"{gone} would be removed"])
    assert await written(settings, "disconnect") == (0, [f"{gone} removed"])
    assert await of_the_table(organisation, "sdkmessageprocessingsteps") == []
    assert await of_the_table(organisation, "serviceendpoints") == []


async def test_what_somebody_changed_by_hand_is_told_of_and_set_right(organisation: World) -> None:
    settings = organisation.settings
    await written(settings, "connect")
    steps = await of_the_table(organisation, "sdkmessageprocessingsteps")
    (case,) = [each for each in steps if each["name"] == "Chat Sync: Update of incident"]
    (gone,) = [each for each in steps if each["name"] == "Chat Sync: Delete of contact"]
    url = f"{organisation.sandbox}{API}/sdkmessageprocessingsteps"
    narrowed = {"filteringattributes": "title"}
    async with organisation.session.patch(f"{url}({case['sdkmessageprocessingstepid']})", json=narrowed) as answer:
        assert answer.status == 204
    async with organisation.session.delete(f"{url}({gone['sdkmessageprocessingstepid']})") as answer:
        assert answer.status == 204
    code, lines = await written(settings, "status")
    assert code == 1
    assert lines[0].endswith("steps, some of which differ from the settings")
    assert lines[1] == "  missing: Delete of contact"
    assert lines[2].startswith("  different: Update of incident (title), expected Update of incident (masterid, ")
    _, (said,) = await written(settings, "connect")
    assert said.endswith("1 step added, 1 step changed")
    assert (await written(settings, "status"))[0] == 0


async def test_the_steps_follow_the_settings_once_the_webhook_is_registered(organisation: World) -> None:
    await asked_to_follow(organisation)
    assert await of_the_table(organisation, "sdkmessageprocessingsteps") == []
    await written(organisation.settings, "connect")
    async with organisation.engines.writing.begin() as begun:
        fields = update(record_type).where(record_type.c.table == "incident")
        await begun.execute(fields.values(key_fields=["title"]))
        await begun.execute(update(record_type).where(record_type.c.table == "email").values(enabled=False))
    await organisation.restart()
    # A Dataverse that is down only delays it.
    organisation.dataverse_is_down = True
    await asked_to_follow(organisation)
    organisation.dataverse_is_down = False
    organisation.clock.advance(60)
    await organisation.settle()
    by_name = {each["name"]: each for each in await of_the_table(organisation, "sdkmessageprocessingsteps")}
    watched = by_name["Chat Sync: Update of incident"]["filteringattributes"]
    assert watched == "masterid,merged,ownerid,statecode,title"
    assert "Chat Sync: Delete of email" not in by_name


async def test_a_step_that_dataverse_rejects_does_not_stop_the_others(organisation: World) -> None:
    organisation.dataverse_refuses["'account'%20and%20sdkmessageid/name"] = (200, {"value": []})
    with pytest.raises(NotSupported, match="no event for"):
        await written(organisation.settings, "connect")
    names = {each["name"] for each in await of_the_table(organisation, "sdkmessageprocessingsteps")}
    assert "Chat Sync: Update of incident" in names
    assert not any("of account" in name for name in names)


async def asked_to_follow(world: World) -> None:
    job = EnvironmentJob(kind=JobKind.FOLLOW_SETTINGS, environment=EnvironmentId(ENVIRONMENT))
    async with Store(world.engines, lambda _: None).writing() as work:
        await work.inbox.enqueue(job, at=world.clock.now(), due_at=world.clock.now())
    world.clock.advance(5)
    await world.settle()


async def test_another_bots_webhook_is_named_and_left_alone(organisation: World) -> None:
    elsewhere = {"contract": 8, "authtype": 4, "authvalue": "x", "messageformat": 2, "name": "Chat Sync elsewhere"}
    url = f"{organisation.sandbox}{API}/serviceendpoints"
    async with organisation.session.post(url, json={**elsewhere, "url": "http://127.0.0.1:9/x"}) as answer:
        assert answer.status == 204
    await written(organisation.settings, "connect")
    _, lines = await written(organisation.settings, "status")
    assert lines[-1] == "  also registered: http://127.0.0.1:9/x (another bot, or an earlier address of this one)"
    await written(organisation.settings, "disconnect")
    (left,) = await of_the_table(organisation, "serviceendpoints")
    assert left["name"] == "Chat Sync elsewhere"


async def test_what_is_missing_for_it_is_said_at_once(organisation: World) -> None:
    for settings, reason in (
        (organisation.settings.model_copy(update={"public_url": None}), "Dataverse needs a URL"),
        (organisation.settings.model_copy(update={"dataverse_urls": ()}), "sandbox registers its webhook itself"),
    ):
        with pytest.raises(NotSupported, match=reason):
            await written(settings, "connect")
    with pytest.raises(NotSupported, match="Environment elsewhere is not configured"):
        await written(organisation.settings, "connect", environment="elsewhere")
