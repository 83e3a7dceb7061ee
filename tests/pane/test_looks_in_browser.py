"""Looks of the pane in Chromium: in high contrast, from right to left, and on narrow pages (spec P10)."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import Locator, Page, expect

from tests.pane.test_pictures import chat, stage
from tests.steps.pane_pictures import Look, put_on
from tests.steps.pane_stage import Stage

__all__ = ["chat", "stage"]
"""Fixtures."""

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="module")]

NARROW, DARK = Look(300), Look(300, scheme="dark")
FORCED, CONTRAST = Look(300, is_forced=True), Look(300, theme="contrast")
RIGHT_TO_LEFT = Look(300, direction="rtl")

LEAST_CONTRAST = 4.5
"""Contrast of a text with its background, by WCAG."""

_EDGES = """each => {
  const range = document.createRange();
  range.selectNodeContents(each);
  const { left, right, top, bottom } = range.getBoundingClientRect();
  return { left, right, top, bottom };
}"""

_CONTRAST = """each => {
  const { color } = getComputedStyle(each, '::placeholder'), { backgroundColor } = getComputedStyle(each);
  const light = (color) => {
    const parts = color.match(/[\\d.]+/g).slice(0, 3).map((part) => part / 255);
    const [red, green, blue] = parts.map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05;
  };
  const [darker, lighter] = [light(color), light(backgroundColor)].sort((one, other) => one - other);
  return lighter / darker;
}"""


async def look_at(stage: Stage, look: Look) -> None:
    await put_on(stage.page, stage.page.main_frame, look)


async def edges(shown: Locator) -> dict[str, float]:
    """Return the sides of the text in the element."""
    found: dict[str, float] = await shown.evaluate(_EDGES)
    return found


async def style(shown: Locator, name: str, part: str = "") -> str:
    """Return the computed value of a property of the element, or of a part such as `::placeholder`."""
    found: str = await shown.evaluate("(each, [name, part]) => getComputedStyle(each, part)[name]", [name, part])
    return found


async def canvas(page: Page) -> str:
    """Return the color of the page that the device forces."""
    found: str = await page.evaluate("() => getComputedStyle(document.body).backgroundColor")
    return found


async def open_form(stage: Stage) -> Locator:
    """Open the settings of cases; return their section."""
    await stage.open("/pane/settings?host=sandbox", "Alex Wilber")
    await stage.page.get_by_role("link", name="Record types").click()
    types = stage.region("Record types")
    await types.get_by_role("button", name="Change Case", exact=True).click()
    await expect(types.get_by_label("Record owner can disconnect")).to_be_visible()
    return types


async def open_new_chat(stage: Stage) -> Locator:
    """Open the dialog of a new chat; return it."""
    await stage.open_record("Megan Bowen")
    await stage.page.get_by_role("button", name="New chat").click()
    await expect(stage.dialog().get_by_role("button", name="Create chat")).to_be_visible()
    return stage.dialog()


async def test_forced_colors_show_which_tab_is_selected(stage: Stage) -> None:
    await stage.open_record("Alex Wilber")
    await look_at(stage, FORCED)
    selected = stage.page.get_by_role("tab", selected=True)
    await expect(selected).to_be_visible()
    others = await stage.page.get_by_role("tab", selected=False).all()
    page = await canvas(stage.page)
    assert await style(selected, "borderBottomColor") != page
    assert {await style(each, "borderBottomColor") for each in others} == {page}


async def test_forced_colors_of_the_settings_page(stage: Stage) -> None:
    types = await open_form(stage)
    for width in (300, 1280):
        await look_at(stage, Look(width, is_forced=True))
        links = stage.page.get_by_role("navigation", name="Settings").get_by_role("link")
        page, side = await canvas(stage.page), "borderBottomColor" if width == 300 else "borderLeftColor"
        assert [await style(each, side) != page for each in await links.all()] == [False, True, False, False, False]
        frame, back = await types.locator(".form").bounding_box(), await types.locator(".back").bounding_box()
        heading = await types.locator(".form > h3").bounding_box()
        assert frame
        assert back
        assert heading
        assert back["x"] > frame["x"] + 4
        assert back["y"] > frame["y"] + 4
        assert back["y"] + back["height"] < heading["y"]
        note = types.locator(".ac-container:not(.ac-adaptiveCard)").filter(has=stage.page.locator(".ac-factset"))
        assert await style(note, "outlineStyle") == "solid"


async def test_placeholders_can_be_read(stage: Stage) -> None:
    dialog = await open_new_chat(stage)
    for look in (NARROW, DARK, CONTRAST):
        await look_at(stage, look)
        assert await dialog.get_by_label("Chat name").evaluate(_CONTRAST) >= LEAST_CONTRAST


@pytest.mark.parametrize("height", [640, 360])
async def test_a_problem_comes_into_view_below_the_pressed_button(stage: Stage, height: int) -> None:
    dialog = await open_new_chat(stage)
    await stage.page.set_viewport_size({"width": 300, "height": height})
    await stage.fail("unavailable", "Microsoft Graph is not responding.", "Try again in a moment.", name="dialog")
    await dialog.get_by_role("button", name="Create chat").click()
    problem = dialog.locator(".dialog-problem")
    await expect(problem).to_be_in_viewport(ratio=1)
    frame, box = await dialog.bounding_box(), await problem.bounding_box()
    assert frame
    assert box
    assert box["y"] + box["height"] <= frame["y"] + frame["height"] - 12
    # In Teams' theme of high contrast, an edge takes the place of the background.
    assert "0)" in await style(problem, "borderTopColor")
    await stage.page.evaluate("() => { document.documentElement.dataset.theme = 'contrast'; }")
    assert await style(problem, "borderTopColor") == "rgb(255, 255, 255)"


async def test_a_page_that_is_not_there_can_be_asked_for_again_below_the_reason(stage: Stage) -> None:
    await stage.open_record("Megan Bowen")
    await stage.fail("unavailable", "Dynamics 365 is not responding.", "Try again in a moment.", name="dialog")
    await stage.page.get_by_role("button", name="New chat").click()
    again = stage.dialog().get_by_role("button", name="Try again")
    await expect(again).to_be_focused()
    problem, button = await stage.dialog().locator(".dialog-problem").bounding_box(), await again.bounding_box()
    assert problem
    assert button
    assert problem["y"] + problem["height"] < button["y"]


async def test_a_select_box_from_which_nothing_is_chosen_says_so(stage: Stage) -> None:
    await stage.open_record("Megan Bowen")
    await stage.page.get_by_role("button", name="Connect a channel").click()
    channel = stage.dialog().get_by_label("Channel", exact=True)
    await expect(channel.locator("option:checked")).to_have_text("Choose")
    await expect(channel).to_have_value("")


@pytest.mark.parametrize("look", [NARROW, RIGHT_TO_LEFT], ids=lambda look: look.direction)
async def test_labels_of_check_boxes_begin_in_a_line(stage: Stage, look: Look) -> None:
    dialog = await open_new_chat(stage)
    await look_at(stage, look)
    gaps, starts = set(), set()
    for box in await dialog.get_by_role("checkbox").all():
        square, label = await box.bounding_box(), await box.locator("xpath=../label").bounding_box()
        assert square
        assert label
        is_turned = look.direction == "rtl"
        start = label["x"] + label["width"] if is_turned else label["x"]
        starts.add(round(start))
        gaps.add(round(square["x"] - start if is_turned else start - square["x"] - square["width"]))
    assert gaps == {12}
    assert len(starts) == 1


async def test_dates_in_cards_keep_their_order_from_right_to_left(stage: Stage) -> None:
    dialog = await open_new_chat(stage)
    await look_at(stage, RIGHT_TO_LEFT)
    date = dialog.locator(".ac-fact-value").filter(has_text=re.compile("2026"))
    assert await date.locator("bdi").get_attribute("dir") == "ltr"
    # It begins at the side of the page.
    cell = await date.bounding_box()
    assert cell
    assert (await edges(date))["right"] == pytest.approx(cell["x"] + cell["width"], abs=1)
    option = dialog.locator(".ac-textBlock").filter(has_text="Everyone in the chat will see:").locator("bdi")
    assert await option.get_attribute("dir") == "ltr"


async def test_long_names_are_cut_in_the_direction_of_the_page(stage: Stage) -> None:
    name = "Überdruck " * 40
    await stage.change("view", lambda view: view["record"].update(name=name.strip()))
    await stage.open_record("Alex Wilber")
    await look_at(stage, RIGHT_TO_LEFT)
    heading = stage.page.get_by_role("heading", level=1)
    assert await style(heading, "direction") == "rtl"
    assert await style(heading.locator("bdi"), "direction") == "ltr"
    await expect(heading).to_have_attribute("title", name.strip())


async def test_a_time_that_begins_a_line_has_no_space_before_it(stage: Stage) -> None:
    await stage.open_record("Alex Wilber")
    facts = stage.region("Connected to this record").locator(".fact")
    await expect(facts.first).to_be_visible()
    for width in range(300, 420, 15):
        await stage.page.set_viewport_size({"width": width, "height": 800})
        for fact in await facts.all():
            words, time = await edges(fact.locator("span").first), await edges(fact.locator("time"))
            is_wrapped = time["top"] >= words["bottom"] - 4
            gap = time["left"] - (words["left"] if is_wrapped else words["right"])
            assert gap == pytest.approx(0, abs=0.5) if is_wrapped else gap > 6


async def test_times_of_changes_begin_at_the_side_of_the_page(stage: Stage, chat: str) -> None:
    await stage.open(f"/pane?host=sandbox#chat={chat}", "Alex Wilber")
    time = stage.page.locator(".changes time").first
    await expect(time).to_be_visible()
    await look_at(stage, RIGHT_TO_LEFT)
    line = await time.locator("xpath=../..").bounding_box()
    assert line
    assert (await edges(time))["right"] == pytest.approx(line["x"] + line["width"], abs=1)


async def test_the_title_of_the_page_has_room_above(stage: Stage) -> None:
    await stage.open(person="Alex Wilber")
    title = stage.page.get_by_role("heading", name="My chats about records")
    await expect(title).to_be_visible()
    bar = await stage.page.locator(".sandbox-bar").bounding_box()
    assert bar
    assert (await edges(title))["top"] - bar["y"] - bar["height"] > 10


async def test_the_button_for_a_file_has_the_font_of_the_page(stage: Stage) -> None:
    await stage.open("/pane/settings?host=sandbox", "Alex Wilber")
    await stage.page.get_by_role("link", name="Export and import").click()
    font = await style(stage.page.locator("body"), "fontFamily")
    assert await style(stage.page.get_by_label("Settings file"), "fontFamily", "::file-selector-button") == font
