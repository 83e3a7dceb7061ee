"""Mutes, and the reasons of decisions, in the Agents Playground. It opens no dialogs from cards."""

import asyncio

import pytest
from playwright.async_api import Page, expect

from tests.e2e.playground import GROUP_CHAT, Playground
from tests.e2e.test_playground import QUESTION, pages, save
from tests.patience import PATIENCE_S

__all__ = ["pages"]

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="session")]


async def decisions(teams: Playground) -> list[str]:
    """Return the lines of the status, which only the person sees."""
    shown = teams.cards.filter(has_text="Status of this chat")
    before = await shown.count()
    await teams.say("status")
    await teams.press("Only you will see the answer.", "Show status")
    await expect(shown).to_have_count(before + 1, timeout=PATIENCE_S * 1000)
    return await teams.lines("Status of this chat")


async def until_held(teams: Playground) -> None:
    """Ask for the status until it lists a held change."""
    async with asyncio.timeout(PATIENCE_S):
        while not any("held: mute" in line for line in await decisions(teams)):
            await asyncio.sleep(0.5)


async def test_a_muted_chat_gets_one_card_at_the_end_and_sees_why(pages: tuple[Playground, Page]) -> None:
    teams, sandbox = pages
    await teams.open_chat(GROUP_CHAT)
    await teams.say("connect CAS-01001")
    await teams.press(QUESTION, "Send the note")
    await teams.card("Connected by Alex Wilber")

    await teams.say("mute")
    await teams.press("Mute this chat for how long?", "1 hour")
    await teams.card("Alex Wilber muted this chat until")
    await save(sandbox, Priority="High")
    await until_held(teams)
    await teams.say("mute off")
    told = await teams.lines("While muted")
    assert "Normal → High" in told
    assert "Unmuted by Alex Wilber." in told

    why = await decisions(teams)
    assert any(line.endswith("Priority changed, held: mute, later posted") for line in why), why
