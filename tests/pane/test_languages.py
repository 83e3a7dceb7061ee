"""The language of a page, and of its answers (spec I2)."""

import re
import time
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from bot.languages.translator import ENGLISH, CatalogTranslator
from bot.pane.display_values import display_name, timed_values
from bot.pane.languages import accepted_languages
from cards.timed_text import TIME
from tests.pane.pseudo import PseudoCatalog, accented, pseudo_catalogs
from tests.steps.members import create_chat
from tests.steps.pane import PANE, PanePage, case, error_of, open_pane, rows
from tests.wire.people import MEGAN
from tests.wire.world import World

pytestmark = pytest.mark.one_database


@pytest.fixture(autouse=True)
def catalogs(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with pseudo_catalogs(monkeypatch):
        yield


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("", []),
        ("de", ["de"]),
        ("nl, de;q=0.8 , *;q=0.1", ["nl", "de"]),
        ("en;q=0.5,fr;q=0.9,de;q=0.9", ["fr", "de", "en"]),
        ("de;q=0,fr;q=0.000,es", ["es"]),
        ("de;q=2,fr;q=-1,es;q=x,ar;q=1.5,ja;q=1.000", ["ja"]),
        ("de;level=1,fr;q=0.5;q=1,,;,=", []),
        ("qps-ploc,en-XA", ["qps-ploc", "en-XA"]),
        ("de\x00,fr\u2028,d\u00e9,\uff44\uff45", []),
        ("a" * 36 + ",de", ["de"]),
        (",".join(["nl"] * 20 + ["de"]), ["nl"] * 20),
    ],
)
def test_a_list_of_languages_is_read_by_weight(header: str, expected: list[str]) -> None:
    assert accepted_languages(header) == expected


@pytest.mark.parametrize("part", ["a", "de;q=1,", ",", " ", "de ;", ";q=0.1", "a-", "de;q=0.5 ", "\t"])
def test_a_long_list_is_read_at_once(part: str) -> None:
    header = part * 200_000
    begun = time.process_time()
    assert len(accepted_languages(header)) <= 20
    assert time.process_time() - begun < 0.5


async def fetch(world: World, query: str = "", accept: str | None = None, path: str = "") -> tuple[str, str, str]:
    """Return the language, the direction, and the text of a page."""
    headers = {} if accept is None else {"Accept-Language": accept}
    async with world.session.get(f"{world.url}{PANE}{path}?{query}", headers=headers) as answer:
        assert answer.headers["Vary"] == "Accept-Language"
        assert answer.headers["Cache-Control"] == "no-store"
        page = await answer.text()
    found = re.search(r'<html lang="([^"]*)" dir="([^"]*)">', page)
    assert found
    return found[1], found[2], page


@pytest.mark.parametrize(
    ("query", "accept", "expected"),
    [
        ("", None, "en"),
        ("", "de-AT,en;q=0.5", "de"),
        ("", "nl,ar-EG;q=0.5,fr;q=0.4", "ar"),
        ("", "en,de", "en"),
        ("", "tlh,qps-ploc", "en"),
        ("", "x" * 5_000, "en"),
        ("language=fr", "de", "fr"),
        ("language=pt-PT", None, "pt-BR"),
        ("language=JA_jp", None, "ja"),
        ("language=1031", "fr", "de"),
        ("language=1025", None, "ar"),
        ("language=fr&language=de", None, "fr"),
    ],
)
async def test_a_page_has_the_language_of_its_address_or_of_the_browser(
    world: World, query: str, accept: str | None, expected: str
) -> None:
    for path in ("", "/settings"):
        language, direction, page = await fetch(world, f"host=sandbox&{query}", accept, path)
        assert (language, direction) == (expected, "rtl" if expected == "ar" else "ltr")
        assert (accented("This page needs JavaScript.") in page) == (expected != "en")


@pytest.mark.parametrize(
    "value",
    [
        *("", "nl", "qps-ploc", "{app.locale}", "null", "d" * 36, "de" + "-" * 40, "..%2Fde", "%F0%9F%87%A9"),
        *("%00", "%22%3E%3Cscript%3E", "0", "-1", "99999", "1031000", "1e3", "10_31", "%D9%A1%D9%A0%D9%A3%D9%A1"),
    ],
)
async def test_a_language_without_a_catalog_is_ignored(world: World, value: str) -> None:
    language, _, page = await fetch(world, f"host=sandbox&language={value}", "fr")
    assert language == "fr"
    assert f'href="{PANE}/settings?host=sandbox"' in page
    assert (await fetch(world, f"host=sandbox&language={value}"))[0] == "en"


async def test_links_between_pages_keep_the_language_of_the_address(world: World) -> None:
    _, _, pane = await fetch(world, "host=sandbox&language=1031")
    assert f'href="{PANE}/settings?host=sandbox&amp;language=de"' in pane
    _, _, settings = await fetch(world, "host=sandbox&language=de", path="/settings")
    assert f'href="{PANE}?host=sandbox&amp;language=de"' in settings
    _, _, pane = await fetch(world, "host=sandbox", "de")
    assert f'href="{PANE}/settings?host=sandbox"' in pane


async def test_the_page_for_other_hosts_has_a_language(world: World) -> None:
    language, _, page = await fetch(world, "host=nowhere&language=es")
    assert language == "es"
    assert accented("Chat Sync cannot be opened here") in page


async def test_errors_are_in_the_language_of_the_page(world: World) -> None:
    page = PanePage(world)
    english = error_of((await page.send("view", {}))[1])
    assert english == ("You are not signed in, or your session has ended.", "Sign in again.")
    page.headers["X-Chat-Sync-Language"] = "de"
    assert error_of((await page.send("view", {}))[1]) == tuple(map(accented, english))
    page.headers["X-Chat-Sync-Language"] = "\u202ede" * 3
    assert error_of((await page.send("view", {}))[1]) == english
    page.headers |= {"X-Chat-Sync-Language": "en", "Accept-Language": "de"}
    assert error_of((await page.send("view", {}))[1]) == english
    del page.headers["X-Chat-Sync-Language"]
    assert error_of((await page.send("view", {}))[1]) == tuple(map(accented, english))


async def test_a_session_that_cannot_begin_says_why_in_the_language_of_the_page(world: World) -> None:
    page = PanePage(world, headers={"X-Chat-Sync-Host": "nowhere", "X-Chat-Sync-Language": "fr"})
    _, body = await page.send("session", {})
    assert error_of(body) == (accented("Chat Sync cannot be opened here."), accented("Open it in Microsoft Teams."))


async def test_views_and_dialogs_are_in_the_language_of_the_page(world: World) -> None:
    await create_chat(world)
    page, record = await open_pane(world, MEGAN), await case(world)
    page.headers["X-Chat-Sync-Language"] = "ar"
    (row,) = rows(await page.view(record), "connected")
    assert row["facts"][0]["text"].startswith(f"{accented('Connected by')} \u2068Adele Vance\u2069 (")
    assert row["facts"][0]["after"] == ""
    _, body = await page.send("dialog", {"page": "newChat", "record": record})
    assert (body["title"], body["card"]["rtl"]) == (accented("New connected chat"), True)


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [(f"Paused since {TIME}.", ("Paused since", ".")), (f"{TIME}.", ("", ".")), ("Paused", ("Paused", ""))],
)
def test_a_sentence_has_a_place_for_its_time(sentence: str, expected: tuple[str, str]) -> None:
    values = timed_values(sentence, datetime(2026, 5, 4, tzinfo=UTC))
    assert (values["text"], values["after"]) == expected
    assert values["at"] == "2026-05-04T00:00:00+00:00"


def test_names_keep_their_direction_in_sentences() -> None:
    arabic = CatalogTranslator(language="ar", catalog=PseudoCatalog())
    assert display_name(arabic, f"Alex{TIME} (A)\u202e") == "\u2068Alex (A)\u2069"
    assert display_name(ENGLISH, "Alex (A)") == "Alex (A)"
    assert display_name(ENGLISH, "\u0645 (1)") == "\u2068\u0645 (1)\u2069"
