"""Settings pages as an administrator fills them in, in a dialog in Teams."""

import json
from collections.abc import Mapping
from typing import Any

from bot.store.tables import setting_change
from tests.cards.schema import parts, schema_errors
from tests.wire.people import ALEX, Somebody
from tests.wire.world import API, GROUP, World, buttons

ADMINISTRATOR = "System Administrator"


class ShownPage:
    """A page of a dialog, with its filled-in inputs and its buttons."""

    def __init__(self, title: str, card: dict[str, Any]) -> None:
        assert schema_errors(card) == []
        self.title = title
        self.card = card
        inputs = [part for part in parts(card) if str(part.get("type", "")).startswith("Input.")]
        self.inputs = {each["id"]: each for each in inputs}

    @property
    def filled_in(self) -> dict[str, str]:
        """Return the inputs that an unchanged page submits. Empty inputs are not submitted."""
        return {name: each["value"] for name, each in self.inputs.items() if each.get("value")}

    def choices(self, name: str) -> dict[str, str]:
        """Return values by title."""
        return {each["title"]: each["value"] for each in self.inputs[name]["choices"]}

    def step(self, button: str, **filled_in: object) -> dict[str, object]:
        """Return the data that the button submits."""
        return {**self.filled_in, **filled_in, **buttons(self.card)[button]["data"]}


async def request_page(
    world: World, data: Mapping[str, object], *, person: Somebody = ALEX, chat: str = GROUP, name: str = "task/submit"
) -> ShownPage:
    """Request a page; return the page in the response."""
    value = {"data": dict(data), "context": {"theme": "default"}}
    status, body = await world.post(world.activity(chat, person, type="invoke", name=name, value=value))
    assert status == 200
    shown = body["task"]["value"]
    return ShownPage(shown["title"], shown["card"]["content"])


async def first_page(world: World, *, person: Somebody = ALEX) -> ShownPage:
    """Return the first page."""
    return await request_page(world, {"dialog": "settings"}, person=person, name="task/fetch")


async def record_type_page(world: World, table: str = "incident", *, person: Somebody = ALEX) -> ShownPage:
    """Return the page of a record type."""
    first = await first_page(world, person=person)
    return await request_page(world, first.step("Change record type", table=table), person=person)


async def organization_page(world: World, *, person: Somebody = ALEX) -> ShownPage:
    """Return the page of the organization settings."""
    return await request_page(world, (await first_page(world, person=person)).step("Organization"), person=person)


async def turn_off_chats(world: World) -> None:
    """Turn off chats, as the administrator."""
    await request_page(world, (await organization_page(world)).step("Save", chats_on="false"))


async def search(world: World, dataset: str, text: str, *, person: Somebody = ALEX) -> dict[str, str]:
    """Return the search results while a person types: values by title."""
    value = {"kind": "search", "queryText": text, "queryOptions": {"skip": 0, "top": 15}, "dataset": dataset}
    status, body = await world.post(
        world.activity(person=person, type="invoke", name="application/search", value=value)
    )
    assert status == 200
    return {each["title"]: each["value"] for each in body["value"]["results"]}


async def make_administrator(world: World, person: Somebody, *, still: bool = True) -> None:
    """Assign the administrators' role to the person in Dataverse, or remove it."""
    async with world.session.get(
        f"{world.sandbox}{API}/roles", params={"$filter": f"name eq '{ADMINISTRATOR}'"}
    ) as got:
        (role,) = (await got.json())["value"]
    roles = f"{world.sandbox}{API}/systemusers({await world.user_id(person)})/systemuserroles_association"
    if still:
        body = {"@odata.id": f"{world.sandbox}{API}/roles({role['roleid']})"}
        async with world.session.post(f"{roles}/$ref", json=body) as answer:
            assert answer.status == 204, await answer.text()
    else:
        async with world.session.delete(f"{roles}({role['roleid']})/$ref") as answer:
            assert answer.status == 204, await answer.text()


async def saved_changes(world: World) -> list[tuple[str, list[str]]]:
    """Return the saved changes with their authors, in order."""
    rows = sorted(await world.rows_in(setting_change), key=lambda row: row["version"])
    return [(row["person_name"], [_told(each) for each in row["changes"]]) for row in rows]


def _told(change: Mapping[str, Any]) -> str:
    where = f"{change['table']}." if change["table"] else ""
    return f"{where}{change['setting']}: {json.dumps(change['was'])} → {json.dumps(change['now'])}"
