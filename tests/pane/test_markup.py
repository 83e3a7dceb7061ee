"""The pages of the pane are valid HTML by the rules of html-validate, as the server renders them."""

import asyncio
import os
import shutil
from pathlib import Path

import pytest

from bot.domain.pane_sessions import PaneHost
from bot.languages.translator import CatalogTranslator
from bot.pane.page import SETTINGS_VALUES, page_templates
from tests.e2e.tools import node_modules
from tests.pane.pseudo import PseudoCatalog
from tests.steps.pane import PANE
from tests.tiers import missing
from tests.wire.world import World

pytestmark = [pytest.mark.one_database, pytest.mark.e2e]

SCRIPT = Path(__file__).parents[1] / "e2e/html_validate.cjs"


async def mistakes(html: str) -> list[str]:
    """Return the mistakes in the page."""
    node = shutil.which("node")
    if node is None or not (node_modules() / "html-validate").is_dir():
        missing("html-validate (npm install --prefix tests/e2e)")
    assert node
    pipe = asyncio.subprocess.PIPE
    environment = {**os.environ, "NODE_PATH": str(node_modules())}
    process = await asyncio.create_subprocess_exec(
        node, str(SCRIPT), stdin=pipe, stdout=pipe, stderr=pipe, env=environment
    )
    found, complaints = await process.communicate(html.encode())
    assert (process.returncode, complaints.decode()) == (0, "")
    return found.decode().splitlines()


async def test_the_validator_finds_mistakes() -> None:
    page = '<!doctype html><html lang="en"><title>x</title><body><img src="x"><p><ul></ul></p></body></html>'
    assert len(await mistakes(page)) >= 2


async def fetch(world: World, path: str) -> tuple[int, str]:
    async with world.session.get(world.url + path) as answer:
        return answer.status, await answer.text()


@pytest.mark.parametrize("path", [PANE, f"{PANE}/settings"])
async def test_every_page_is_valid(world: World, path: str) -> None:
    for query, expected in (("?host=sandbox", 200), ("?host=nowhere", 404), ("", 404)):
        status, page = await fetch(world, path + query)
        assert status == expected
        assert await mistakes(page) == []


@pytest.mark.parametrize("template", ["pane.html", "settings.html"])
@pytest.mark.parametrize("host", PaneHost)
@pytest.mark.parametrize("language", ["en", "ar"])
async def test_the_pages_of_all_hosts_are_valid(template: str, host: PaneHost, language: str) -> None:
    """One bot serves either the sandbox or real hosts, so the pages are rendered without a bot."""
    of_host = {"host": host, "people": (), "environments": ["one", "two"], "organizations": "{}"}
    values = {"path": PANE, "static": f"{PANE}/static/0", **of_host}
    t = CatalogTranslator(language=language, catalog=PseudoCatalog())
    page = page_templates().get_template(template).render(values, **SETTINGS_VALUES, t=t, asked=language)
    assert f'data-host="{host}"' in page
    assert await mistakes(page) == []
