"""Use the settings page of the pane as its scripts do."""

import json
from typing import Any

from tests.steps.pane import PanePage, open_pane
from tests.wire.people import ALEX, Somebody
from tests.wire.world import World

HERE = "localhost/sandbox"
"""The environment of the sandbox."""


async def settings_page(world: World, person: Somebody = ALEX) -> PanePage:
    """Return the page, with the person signed in."""
    return await open_pane(world, person)


async def ask(page: PanePage, name: str, **body: object) -> dict[str, Any]:
    """Return the answer of a route of the settings page."""
    status, answer = await page.send(f"settings/{name}", {"environment": HERE, **body})
    assert status == 200, answer
    found: dict[str, Any] = answer
    return found


async def exported(page: PanePage) -> str:
    """Return the text of the exported file."""
    (file,) = (await ask(page, "export"))["files"]
    text: str = file["text"]
    return text


def one_change(**settings: object) -> str:
    """Return a file with some settings of cases."""
    return json.dumps({"format": 1, "record_types": {"incident": settings}})


def told(changes: list[dict[str, str]]) -> list[str]:
    """Return the changes as lines."""
    return [f"{each['where']} · {each['setting']}: {each['was']} → {each['now']}" for each in changes]
