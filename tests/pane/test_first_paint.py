"""The page is small, and loads nothing from other hosts (spec P7)."""

import gzip
import re
from contextlib import asynccontextmanager

import pytest
from aiohttp import web

from bot.pane import page as pages
from tests.patience import until
from tests.wire.world import World

pytestmark = pytest.mark.one_database

MOST = 60_000
"""Bytes of the page with its files, compressed, without the library of Teams."""


async def test_the_page_and_its_files_are_small_and_come_from_this_server(world: World) -> None:
    async with world.session.get(f"{world.url}/pane?host=sandbox") as answer:
        page = await answer.text()
    links = re.findall(r'<(?:script|link)[^>]* (?:src|href)="([^"]+)"', page)
    paths = {link for link in links if not link.startswith("data:")}
    assert paths
    assert all(path.startswith("/pane/static/") for path in paths)
    files: dict[str, bytes] = {}
    waiting = sorted(paths)
    while waiting:
        path = waiting.pop()
        async with world.session.get(f"{world.url}{path}") as answer:
            assert answer.status == 200, path
            files[path] = await answer.read()
        folder = path.rsplit("/", 1)[0]
        if path.endswith(".js"):
            imported = re.findall(rb'from "\.(/[^"]+)"', files[path])
            waiting += [found for name in imported if (found := f"{folder}{name.decode()}") not in files]
    assert {name.rsplit("/", 1)[1] for name in files} >= {"main.js", "rows.js", "people.js", "photos.js", "pane.css"}
    # The page itself names the addresses of the environments.
    assert not re.search(rb"https?://(?!www\.w3\.org)", b"".join(files.values()))
    total = sum(len(gzip.compress(content)) for content in (page.encode(), *files.values()))
    assert total <= MOST, total


async def test_every_template_is_compiled_before_a_page_needs_it(monkeypatch: pytest.MonkeyPatch) -> None:
    for seconds in ("_COMPILED_AFTER_S", "_PAUSE_S"):
        monkeypatch.setattr(pages, seconds, 0)
    pages.page_templates.cache_clear()
    templates = pages.page_templates()
    names = set(templates.list_templates())

    async def all_are_compiled() -> bool:
        assert templates.cache is not None
        return {name for _, name in templates.cache} == names

    assert names >= {"pane.html", "settings.html"}
    async with asynccontextmanager(pages.templates_in_background)(web.Application()):
        await until(all_are_compiled)
