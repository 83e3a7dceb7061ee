"""The settings page as pictures, in each look (spec P6, P10)."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from playwright.async_api import FilePayload, expect

from tests.pane.test_pictures import chat, stage
from tests.steps.pane_stage import LONG_NAMES, Stage

__all__ = ["chat", "stage"]
"""Fixtures."""

pytestmark = [pytest.mark.e2e, pytest.mark.full, pytest.mark.asyncio(loop_scope="module")]


async def test_sections_of_the_settings_page(stage: Stage) -> None:
    page = stage.page
    await stage.open("/pane/settings?host=sandbox", "Isaiah Langer")
    await expect(page.get_by_role("heading", level=1)).to_contain_text("Only people")
    await stage.snap("settings-refused")
    await stage.open("/pane/settings?host=sandbox", "Alex Wilber")
    for name in ("General", "Record types", "Notifications", "History", "Export and import"):
        await page.get_by_role("navigation", name="Settings").get_by_role("link", name=name).click()
        await expect(page.get_by_role("heading", name=name, level=2)).to_be_focused()
        await expect(page.locator("[aria-busy]")).to_have_count(0)
        await stage.snap(f"settings-{name.lower().replace(' ', '-')}")
    await page.get_by_role("link", name="Record types").click()
    types = stage.region("Record types")
    await types.get_by_role("button", name="Change Case", exact=True).click()
    changed = types.get_by_label("Record owner can disconnect")
    await changed.check()
    await stage.snap("settings-record-type")
    await page.get_by_role("link", name="History").click()
    await expect(stage.dialog()).to_be_visible()
    await stage.snap("settings-leave-question")
    await stage.dialog().get_by_role("button", name="Stay").click()
    await types.get_by_role("button", name="Save", exact=True).click()
    await expect(types).to_contain_text("Saved. The change is active.")
    await stage.snap("settings-saved")
    await page.get_by_role("link", name="History").click()
    await expect(stage.region("History").get_by_role("row").nth(1)).to_be_visible()
    await stage.snap("settings-history-rows")


async def test_default_rules_and_files_of_the_settings_page(stage: Stage) -> None:
    page = stage.page
    await stage.open("/pane/settings?host=sandbox", "Alex Wilber")
    await page.get_by_role("link", name="Notifications").click()
    await page.get_by_role("button", name="Default urgent rule Case").click()
    form = stage.region("Notifications")
    await form.get_by_label("Field").select_option(label="Priority")
    await stage.snap("settings-rule")
    await form.get_by_role("button", name="Add condition").click()
    await form.get_by_role("radio", name="becomes").check()
    await form.get_by_role("checkbox", name="High").check()
    await stage.snap("settings-condition")
    await form.get_by_role("button", name="Add", exact=True).click()
    await form.get_by_role("button", name="Preview").click()
    await expect(form).to_contain_text(re.compile("In the busiest chat|There is no preview"))
    await stage.snap("settings-preview")
    await page.get_by_role("link", name="Export and import").click()
    await stage.dialog().get_by_role("button", name="Leave without saving").click()
    for name, body in IMPORTS.items():
        content = json.dumps(body).encode()
        file: FilePayload = {"name": "settings.json", "mimeType": "application/json", "buffer": content}
        await page.get_by_label("Settings file").set_input_files([file])
        await expect(page.locator("#import-result")).to_be_visible()
        await expect(page.locator("[aria-busy]")).to_have_count(0)
        await stage.snap(f"settings-import-{name}")


IMPORTS: dict[str, Any] = {
    "problems": {"format": 1, "record_types": {"incident": {"join": LONG_NAMES[0], LONG_NAMES[1]: 1}}},
    "changes": {"format": 1, "record_types": {"account": {"join": True}, "incident": {"join": False, "note": False}}},
}
