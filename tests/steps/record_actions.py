"""Use the actions on a record's card."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import update

from bot.store.tables import audit, record_type
from tests.cards.schema import schema_errors
from tests.steps.settings_pages import ShownPage
from tests.wire.people import ADELE, ALEX, Somebody
from tests.wire.world import API, GROUP, UNPACED, World, buttons

ALL = ["assign", "note", "resolve"]


FIELDS = ["prioritycode", "isescalated", "followupby", "productserialnumber", "statuscode"]


async def allow_actions(world: World, *, acts: list[str], fields: list[str] | None = None) -> None:
    """Allow these actions on the cards of cases, as an administrator."""
    async with world.engines.writing.begin() as connection:
        values = {"card_acts": acts, "change_fields": fields or []}
        await connection.execute(update(record_type).where(record_type.c.table == "incident").values(**values))
    await world.restart()


async def read_case(world: World, number: str = "CAS-01001") -> dict[str, Any]:
    """Return the case as the application user reads it, with formatted values."""
    headers = {"Prefer": 'odata.include-annotations="*"'}
    url = f"{world.sandbox}{API}/incidents({await world.row('incidents', number)})"
    async with world.session.get(url, headers=headers) as answer:
        found: dict[str, Any] = await answer.json()
        return found


async def personal_card(world: World, *, person: Somebody = ADELE, number: str = "CAS-01001") -> Any:
    """Return the personal card of this person."""
    (found,) = await world.paste(await world.link(number), person=ALEX)
    answer = await world.press(found["content"]["refresh"]["action"], person=person)
    assert schema_errors(answer["value"]) == []
    return answer["value"]


async def press(
    world: World, card: Mapping[str, Any], button: str, typed: Mapping[str, str] = {}, *, person: Somebody = ADELE
) -> Any:
    """Select a button on a personal card with these inputs; return the next card."""
    found = buttons(card)[button]
    filled_in = {} if found.get("associatedInputs") == "none" else {**ShownPage("", dict(card)).filled_in, **typed}
    answer = await world.press({**found, "data": {**filled_in, **found["data"]}}, person=person)
    assert answer["type"] == "application/vnd.microsoft.card.adaptive"
    assert schema_errors(answer["value"]) == []
    return answer["value"]


async def first_page(world: World, *, person: Somebody = ADELE, number: str = "CAS-01001") -> Any:
    """Return the first page on the person's own card."""
    return await press(world, await personal_card(world, person=person, number=number), "Update", person=person)


def dialog_data(card: Mapping[str, Any]) -> dict[str, Any]:
    """Return the data that opens the same page as a dialog."""
    return {**buttons(card)["Update"]["data"], "dialog": "update"}


async def dialog_page(world: World, data: Mapping[str, Any], *, person: Somebody = ADELE) -> Any:
    """Return the next page of the dialog, or its last line."""
    invoke = world.activity(GROUP, person, type="invoke", name="task/submit", value={"data": dict(data)})
    status, body = await world.post(invoke)
    assert status == 200
    shown = body["task"]["value"]
    return shown if isinstance(shown, str) else ShownPage(shown["title"], shown["card"]["content"])


async def repair_dataverse(world: World) -> None:
    """Repair Dataverse, and wait until started requests have ended."""
    world.dataverse_hangs_on = ""
    world.limits = UNPACED
    await world.restart()


async def audited_actions(world: World) -> list[tuple[str, str]]:
    return [(row["act"], row["person_name"]) for row in await world.rows_in(audit)]
