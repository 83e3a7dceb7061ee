"""The page, its files, and their headers (spec P7)."""

import gzip
import hashlib
import posixpath
import re
from pathlib import Path

import pytest

from bot.config.load import SettingsError, load_settings
from bot.pane.static_files import load_static_files
from tests.steps.pane import PANE, PanePage, open_pane
from tests.wire.people import ALEX
from tests.wire.world import World

pytestmark = pytest.mark.one_database

FOLDER = Path(__file__).parents[2] / "bot/pane"
JSON = {"Content-Type": "application/json"}
OWN_MODULES = sorted(each for each in (FOLDER / "static").rglob("*.js") if each.parent.name != "vendor")
VENDORED = {
    "MicrosoftTeams.min.js": "1737ae2e319c8ab56d71d2218fd5a49d96a8ad70eb01ff2e9ab7e35093b93379",
    "adaptivecards.min.js": "5e7c13f3300ae7b89b34703501e08d709fbb6635f1c6755b92495577a77344f2",
    "markdown-it.min.js": "494ba53db1aac9f676317dda7062bd9545b5f0bbe3f12b0ab1ab4f813825cfb0",
}
"""SHA-256 of the files in the packages adaptivecards 3.0.6 and markdown-it 14.3.3."""


async def fetch(world: World, path: str, *, method: str = "GET") -> tuple[int, dict[str, str], str]:
    async with world.session.request(method, world.url + path, allow_redirects=False) as answer:
        return answer.status, {name.lower(): value for name, value in answer.headers.items()}, await answer.text()


def policy(headers: dict[str, str]) -> dict[str, str]:
    parts = [each.strip().partition(" ") for each in headers["content-security-policy"].split(";")]
    return {name: value for name, _, value in parts}


async def test_the_page_runs_only_own_files(world: World) -> None:
    status, headers, text = await fetch(world, f"{PANE}?host=sandbox")
    assert status == 200
    found = policy(headers)
    assert found.pop("frame-ancestors")
    assert found == {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": "'self'",
        "img-src": "'self' data:",
        "connect-src": "'self'",
        "form-action": "'none'",
        "base-uri": "'none'",
        "require-trusted-types-for": "'script'",
        "trusted-types": "'none'",
    }
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cache-control"] == "no-store"
    assert "set-cookie" not in headers
    assert "x-frame-options" not in headers
    assert re.search(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=|javascript:", text) is None
    assert set(re.findall(r'(?:src|href)="(https?:)', text)) == set()


async def test_the_page_contains_no_record_and_no_session(world: World) -> None:
    before = await fetch(world, f"{PANE}?host=sandbox")
    await open_pane(world, ALEX)
    query = "table=incident&id=CAS-01001&%3Cscript%3E"
    assert (await fetch(world, f"{PANE}?host=sandbox&{query}"))[2] == before[2]


async def test_only_the_configured_pages_may_frame_the_page(world: World) -> None:
    _, headers, _ = await fetch(world, f"{PANE}?host=sandbox")
    port = world.sandbox.rpartition(":")[2].partition("/")[0]
    assert policy(headers)["frame-ancestors"] == f"'self' http://127.0.0.1:{port} http://localhost:{port}"


@pytest.mark.parametrize(
    "origins",
    [
        "https://teams.microsoft.com; script-src *",
        "*",
        "https:",
        "http://teams.microsoft.com",
        "https://teams.microsoft.com/path",
        "https://*.dynamics.com",
        "https://*.crm4.dynamics.com",
        "https://*.crm.microsoftdynamics.us",
        "'self'",
    ],
)
def test_a_list_of_origins_cannot_change_the_policy(monkeypatch: pytest.MonkeyPatch, origins: str) -> None:
    monkeypatch.setenv("CHATSYNC_FRAME_ANCESTORS", origins)
    with pytest.raises(SettingsError, match="CHATSYNC_FRAME_ANCESTORS"):
        load_settings()


def test_origins_of_other_clouds_can_be_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHATSYNC_FRAME_ANCESTORS", "https://gov.teams.microsoft.us, https://*.gov.teams.microsoft.us")
    assert load_settings().frame_ancestors == ("https://gov.teams.microsoft.us", "https://*.gov.teams.microsoft.us")


async def test_another_host_gets_a_page_that_says_where_to_open_it(world: World) -> None:
    for query in ("", "?host=", "?host=teams", "?host=dynamics", "?host=x%22%3E", "?Host=sandbox"):
        status, headers, text = await fetch(world, PANE + query)
        assert status == 404, query
        assert "Chat Sync cannot be opened here" in text
        assert "<script" not in text
        assert "Alex" not in text
        assert policy(headers)["default-src"] == "'none'"


async def test_files_can_be_kept_for_good_below_their_digest(world: World) -> None:
    static = load_static_files()
    assert {"main.js", "pane.css", "hosts/sandbox.js"} <= set(static.files)
    for name, content in static.files.items():
        status, headers, text = await fetch(world, f"{PANE}/static/{static.digest}/{name}")
        assert (status, text) == (200, content.decode())
        assert headers["cache-control"] == "public, max-age=31536000, immutable"
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["content-type"].split(";")[0] in {"text/javascript", "text/css"}


async def test_there_are_no_other_files(world: World) -> None:
    digest = load_static_files().digest
    for path in ("0" * 20 + "/main.js", f"{digest}/other.js", f"{digest}/..%2Fpage.py", f"{digest}/"):
        status, headers, _ = await fetch(world, f"{PANE}/static/{path}")
        assert status == 404, path
        assert headers["cache-control"] == "no-store"


def test_the_first_paint_is_small() -> None:
    """The renderer of cards is loaded with the first dialog, and other parts of a host with that host."""
    loaded = first_files("main.js") | {name for name in load_static_files().files if name.endswith(".css")}
    assert {"main.js", "dialogs.js", "dialogs.css"} <= loaded
    assert not any(name.startswith("vendor/") for name in loaded)
    assert sum(len(gzip.compress(load_static_files().files[name])) for name in loaded) < 60_000


def first_files(name: str) -> set[str]:
    """Return the module, and those that it imports at once."""
    text = load_static_files().files[name].decode()
    imported = re.findall(r'^import [^;]*?"(\.[^"]+)";', text, re.MULTILINE)
    paths = [posixpath.normpath(posixpath.join(posixpath.dirname(name), each)) for each in imported]
    return {name}.union(*map(first_files, paths))


def test_vendored_files_are_unchanged_and_have_licenses() -> None:
    vendored = FOLDER / "static" / "vendor"
    assert {each.name: hashlib.sha256(each.read_bytes()).hexdigest() for each in vendored.glob("*.js")} == VENDORED
    for name in VENDORED:
        assert "ermission" in (vendored / name.replace(".min.js", ".LICENSE")).read_text(encoding="utf-8")


async def test_answers_are_not_kept_and_are_no_pages(world: World) -> None:
    page = PanePage(world)
    for name, method in (("view", "POST"), ("view", "GET"), ("nowhere", "POST"), ("session", "POST")):
        url = f"{world.url}{PANE}/{name}"
        async with world.session.request(method, url, json={}, headers=page.headers) as answer:
            assert answer.status >= 400
            assert answer.headers["Cache-Control"] == "no-store"
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
            assert answer.headers["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'"
            assert "Access-Control-Allow-Origin" not in answer.headers
            assert (await answer.json())["error"]["text"]


@pytest.mark.parametrize("file", OWN_MODULES, ids=lambda file: file.name)
def test_no_module_writes_markup(file: Path) -> None:
    forbidden = (
        r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|DOMParser|\beval\b|new Function|createContextual"
    )
    text = file.read_text(encoding="utf-8")
    assert re.search(forbidden, text) is None
    assert re.search(r"localStorage|sessionStorage|document\.cookie|indexedDB", text) is None
    folder = FOLDER / "static"
    for name in re.findall(r'(?:from|import) "([^"]+)"', text):
        assert name.startswith("."), name
        assert (file.parent / name).resolve().is_relative_to(folder), name
        assert (file.parent / name).is_file(), name


async def test_failures_outside_of_the_pane_have_the_same_headers(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = await open_pane(world, ALEX)
    odd: list[tuple[dict[str, str], int]] = [
        ({"Host": "evil.example"}, 403),
        ({"Origin": "https://evil.example"}, 403),
        ({"Content-Encoding": "gzip"}, 415),
        ({}, 500),
    ]

    def fail(*_: object, **__: object) -> None:
        raise LookupError

    monkeypatch.setattr("bot.pane.views.view_values", fail)
    for headers, status in odd:
        sent = {**page.headers, "Authorization": f"Bearer {page.token}", **headers}
        async with world.session.post(f"{world.url}{PANE}/view", data=b"{}", headers=JSON | sent) as answer:
            assert answer.status == status
            assert answer.headers["Cache-Control"] == "no-store"
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
            assert answer.headers["Referrer-Policy"] == "no-referrer"
            assert answer.headers["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'"
