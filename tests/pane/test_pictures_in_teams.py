"""The states of the tab in Microsoft Teams as pictures, in each look (spec P8)."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import expect

from tests.pane.test_teams_in_browser import PROBLEMS, client, sign_in, world
from tests.steps.pane_pictures import CHOSEN, take_pictures
from tests.steps.teams_tab import TeamsClient
from tests.wire.world import GROUP

__all__ = ["client", "sign_in", "world"]
"""Fixtures."""

pytestmark = [pytest.mark.e2e, pytest.mark.full, pytest.mark.asyncio(loop_scope="module")]


async def take(client: TeamsClient, folder: Path, name: str) -> None:
    assert await take_pictures(client.page, client.page.frames[1], folder, f"teams-{name}", CHOSEN) == []


@pytest.mark.parametrize(("refusal", "title", "button"), PROBLEMS)
async def test_a_tab_without_a_token(client: TeamsClient, folder: Path, refusal: str, title: str, button: str) -> None:
    client.refusal = refusal
    tab = await client.open()
    await expect(tab.get_by_role("heading", level=1)).to_have_text(title)
    await take(client, folder, refusal.replace(" ", "-"))


async def test_a_tab_whose_host_never_answers(client: TeamsClient, folder: Path) -> None:
    client.answers = False
    await client.page.clock.install()
    tab = await client.open()
    await expect(tab.get_by_role("heading", name="Loading")).to_be_visible()
    await client.page.clock.run_for(8_500)
    await expect(tab.get_by_role("heading", level=1)).to_have_text("Open Chat Sync in Microsoft Teams")
    await take(client, folder, "no-host")


async def test_the_tab_of_a_group_chat(client: TeamsClient, folder: Path) -> None:
    client.context["chatId"] = GROUP
    tab = await client.open()
    await expect(tab.locator(".record-row").first).to_be_visible()
    await take(client, folder, "chat-tab")
