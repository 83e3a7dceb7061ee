"""The cards in Microsoft's own renderer, at the width of a phone."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, ViewportSize, sync_playwright

from tests.cards.gallery import CHOOSE, GALLERY
from tests.cards.ready import card
from tests.e2e.tools import CHROMIUM_OPTIONS, chromium, node_modules, what_is_missing
from tests.tiers import missing

pytestmark = pytest.mark.e2e

PHONE: ViewportSize = {"width": 320, "height": 900}
SHOW = """
card => {
    const renderer = new AdaptiveCards.AdaptiveCard();
    const parsing = new AdaptiveCards.SerializationContext();
    renderer.parse(card, parsing);
    window.pressed = [];
    renderer.onExecuteAction = action => window.pressed.push(action.toJSON());
    document.body.replaceChildren(renderer.render());
    return Array.from({ length: parsing.eventCount }, (_, at) => parsing.getEventAt(at).message);
}
"""
STYLE = """
<!doctype html>
<style>
    body { margin: 0; font: 14px 'Noto Sans', sans-serif }
    .ac-pushButton { padding: 5px 12px; font: 600 14px 'Noto Sans', sans-serif; white-space: nowrap }
</style>
"""
"""Make buttons and letters about as wide as in Teams."""
MARKDOWN = """
AdaptiveCards.AdaptiveCard.onProcessMarkdown = (text, result) => {
    result.outputHtml = window.markdownit().render(text);
    result.didProcess = true;
};
"""
CLIPPED = """
() => [...document.querySelectorAll("body *:not(input, textarea)")]
    .filter(part => part.scrollWidth > part.clientWidth + 1 && part.clientWidth > 0
        || part.getBoundingClientRect().right > window.innerWidth)
    .map(part => part.innerText)
"""


def scripts(modules: Path) -> list[Path]:
    return [
        modules / "adaptivecards" / "dist" / "adaptivecards.min.js",
        *sorted((modules / "markdown-it" / "dist").glob("**/markdown-it*.min.js"))[:1],
    ]


@pytest.fixture(scope="module")
def page() -> Iterator[Page]:
    lacking = what_is_missing()
    if lacking:
        missing(lacking)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=CHROMIUM_OPTIONS)
        page = browser.new_page(viewport=PHONE, locale="en-US", timezone_id="Europe/Berlin")
        page.route("**/*", lambda route: route.abort())
        page.set_content(STYLE)
        for script in scripts(node_modules()):
            page.add_script_tag(path=script)
        page.add_script_tag(content=MARKDOWN)
        yield page
        browser.close()


def show(page: Page, name: str) -> list[str]:
    """Show the card, and return the warnings of the parser."""
    warnings: list[str] = page.evaluate(SHOW, card(GALLERY[name], channel="msteams"))
    return warnings


def lines(page: Page) -> list[str]:
    """Return the visible text, from top to bottom."""
    return [" ".join(line.split()) for line in page.inner_text("body").splitlines() if line.strip()]


def pressed(page: Page) -> list[dict[str, Any]]:
    actions: list[dict[str, Any]] = page.evaluate("window.pressed")
    return actions


@pytest.mark.parametrize("name", GALLERY)
def test_the_renderer_accepts_the_card_and_clips_nothing(page: Page, name: str) -> None:
    assert show(page, name) == []
    assert page.evaluate(CLIPPED) == []


@pytest.mark.parametrize("name", GALLERY)
def test_text_of_a_record_never_becomes_markup(page: Page, name: str) -> None:
    show(page, name)
    assert page.locator("body :is(a, at, ul, ol, em, s, code, pre, blockquote, h1, hr, img)").count() == 0


def test_a_note_reads_from_top_to_bottom(page: Page) -> None:
    show(page, "note")
    assert lines(page) == [
        "Case",
        "CAS-01001",
        "Pump vibrates after firmware update",
        *("Customer", "Fabrikam, Inc."),
        *("Priority", "Normal"),
        *("Status Reason", "In Progress"),
        *("Owner", "Adele Vance"),
        *("Created On", "11/20/2026 9:05 AM"),
        "Connected by Adele Vance · Sat, Nov 21, 2026 11:20 AM",
        "Open record",
        "Chats",
    ]


def test_nasty_values_are_shown_as_written(page: Page) -> None:
    show(page, "note of markup")
    assert lines(page)[3:-3] == [
        *("*Model*", "*5* _x_ **b** ~~c~~ `d`"),
        *("# Name", "<at>everyone</at> & <b>you</b>"),
        *("Ends with", "-"),
        *("1. Since", "1. April"),
        *("\u2068שם\u2069", "\u2068[a](b) שלום!\u2069"),
    ]


@pytest.mark.parametrize(
    ("name", "new"),
    [
        ("key fields of choice", "High"),
        ("key fields emptied", "–"),
        ("key fields of money", "€950.50"),
    ],
)
def test_the_new_value_stands_out(page: Page, name: str, new: str) -> None:
    show(page, name)
    assert page.locator("strong").all_inner_texts() == [new]


def test_a_right_to_left_old_value_comes_before_the_new_one(page: Page) -> None:
    show(page, "key fields from right to left")
    old = page.evaluate(
        "() => { const words = document.createRange(); const text = document.querySelector('strong').previousSibling;"
        " words.setStart(text, 0); words.setEnd(text, 6); return words.getBoundingClientRect().left }"
    )
    new = page.evaluate("() => document.querySelector('strong').getBoundingClientRect().left")
    assert old < new


@pytest.mark.parametrize("way", ["its button", "the row", "the keyboard"])
def test_a_row_and_its_button_select_the_record_once(page: Page, way: str) -> None:
    show(page, "choice")
    if way == "its button":
        page.get_by_role("button", name="Connect").nth(1).click()
    elif way == "the row":
        page.get_by_text("Pump 2 leaks").click()
    else:
        page.locator("[role=button]", has_text="Pump 2 leaks").press("Enter")
    assert [(each["verb"], each["data"]) for each in pressed(page)] == [(CHOOSE.verb, dict(CHOOSE.payload))]
