"""The states of the pane as pictures, in each look (spec P8)."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from tests.pane.test_pictures import chat, stage
from tests.steps.pane_stage import Stage, with_failed_graph, with_many_rows

__all__ = ["chat", "stage"]
"""Fixtures."""

pytestmark = [pytest.mark.e2e, pytest.mark.full, pytest.mark.asyncio(loop_scope="module")]


AGAIN = "Try again in a moment."
ANOTHER_APP = "Open the record in another app, or ask your administrator to enable chats in this one."
HIDDEN = "This case does not exist, or you do not have access to it."
TABLE_OFF = "Chats cannot be connected to records of this type."
STATES = {
    "no-access": ("notFound", HIDDEN, "Check the link, or ask the record's owner for access."),
    "table-off": ("notSupported", TABLE_OFF, "Ask your administrator to add the record type."),
    "app-off": ("notSupported", "Chats are not enabled in this app.", ANOTHER_APP),
    "dataverse-down": ("unavailable", "Dynamics 365 is not responding.", AGAIN),
    "session-ended": ("signedOut", "You are not signed in, or your session has ended.", ""),
    "failed": ("failed", "", ""),
}


async def test_states_without_content(stage: Stage) -> None:
    page = stage.page
    for name, (kind, text, next_step) in STATES.items():
        await stage.fail(kind, text, next_step)
        await stage.open_record("Alex Wilber")
        await expect(page.locator("#state button")).to_be_visible()
        await stage.snap(f"state-{name}")
        await stage.let()
    await stage.lose_connection()
    await stage.open_record("Alex Wilber")
    await expect(page.get_by_role("heading", name="You are offline")).to_be_visible()
    await stage.snap("state-offline")
    await stage.let()
    await stage.open("/pane?host=sandbox#table=incident", "Alex Wilber")
    await expect(page.get_by_role("heading", name="Save the record first")).to_be_visible()
    await stage.snap("state-unsaved")
    await stage.open("/pane?host=sandbox", "Lynne Robbins")
    await expect(page.get_by_role("heading", level=1)).to_contain_text("You have no user")
    await stage.snap("state-no-user")
    for name, query in (("unknown-host", "host=other"), ("missing-settings", "host=dynamics")):
        await stage.open(f"/pane?{query}")
        await stage.snap(f"state-{name}")


async def test_states_with_content(stage: Stage) -> None:
    page = stage.page
    await stage.change("view", with_many_rows)
    await stage.open_record("Alex Wilber")
    await expect(page.get_by_role("button", name="Show more")).to_be_visible()
    await stage.snap("many-chats")
    await stage.let()
    await stage.change("view", with_failed_graph)
    await stage.open_record("Alex Wilber")
    await expect(page.get_by_text("Microsoft Graph is not responding.").first).to_be_visible()
    await stage.snap("graph-down")
    await stage.let()
    await stage.open_record("Alex Wilber", "CAS-01003")
    await expect(page.get_by_text("No chat is connected to this record.")).to_be_visible()
    await stage.snap("nothing-connected")
    await page.clock.install()
    await stage.open_record("Alex Wilber")
    await expect(page.get_by_role("tab", name="Chats")).to_be_visible()
    await stage.fail("unavailable", "Dynamics 365 is not responding.", "Try again in a moment.")
    await page.clock.run_for(36_000)
    await expect(page.locator("#banner")).to_be_visible()
    await stage.snap("banner")


async def test_loading(stage: Stage) -> None:
    await stage.hold("view")
    await stage.open_record("Alex Wilber")
    await expect(stage.page.get_by_role("heading", name="Loading")).to_be_visible()
    await expect(stage.page.locator("main[aria-busy]")).to_have_count(1)
    await stage.page.evaluate("() => document.querySelector('main').removeAttribute('aria-busy')")
    await stage.snap("loading")
