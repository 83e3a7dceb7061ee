"""The states of the pane in Dynamics 365, and the pages of its sign-in window, as pictures in each look (spec P8)."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from bot.domain.pane_sign_in import SignInFailure
from tests.fakes.model_driven_app import pane_in, visit
from tests.pane.production_fixtures import connector
from tests.pane.test_dynamics_in_browser import (
    FIRST,
    PUMP,
    Organization,
    finish,
    frame_of_pane,
    organization,
    press_sign_in,
    settings,
    title_is,
)
from tests.steps.pane import PANE, case
from tests.steps.pane_pictures import CHOSEN, take_pictures

__all__ = ["connector", "organization", "settings"]
"""Fixtures."""

pytestmark = [pytest.mark.e2e, pytest.mark.full, pytest.mark.one_database]


async def take(page: Page, folder: Path, name: str) -> list[str]:
    """Take pictures of the pane in the frame, which becomes as large as the page."""
    await page.add_style_tag(
        content="body { margin: 0 } iframe { display: block; width: 100%; height: 100vh; border: 0 }"
    )
    return await take_pictures(page, frame_of_pane(page), folder, f"dynamics-{name}", CHOSEN)


async def test_pages_of_the_sign_in_window(organization: Organization, folder: Path) -> None:
    page = await organization.context.new_page()
    defects = []
    for step in ("done", *SignInFailure):
        # The page of a finished sign-in closes its window, if a script opened it.
        await page.goto(f"{organization.url}{PANE}/sign-in/{step}")
        defects += await take_pictures(page, page.main_frame, folder, f"window-{step}", CHOSEN)
    await page.goto(f"{organization.url}{PANE}/sign-in")
    await expect(page.get_by_role("heading", name="Open the sign-in from the pane")).to_be_visible()
    defects += await take_pictures(page, page.main_frame, folder, "window-alone", CHOSEN)
    assert defects == []


async def test_states_of_the_sign_in(organization: Organization, folder: Path) -> None:
    page = await organization.open()
    pane = pane_in(page)
    await title_is(pane, FIRST)
    defects = await take(page, folder, "not-signed-in")
    await frame_of_pane(page).evaluate("() => { window.realOpen = window.open; window.open = () => null; }")
    await pane.get_by_role("button", name="Sign in").click()
    await title_is(pane, "Your browser blocked the sign-in window")
    defects += await take(page, folder, "window-blocked")
    await frame_of_pane(page).evaluate("() => { window.open = window.realOpen; }")
    window = await press_sign_in(page, "Try again")
    await window.get_by_role("heading", name="Pick an account").wait_for()
    await title_is(pane, "Finish the sign-in in the other window")
    defects += await take(page, folder, "signing-in")
    await finish(window)
    await visit(page, await case(organization.world))
    await title_is(pane, PUMP)
    assert defects + await take(page, folder, "record") == []
