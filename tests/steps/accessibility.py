"""Check a page with axe, which knows the rules of WCAG that a program can check."""

from pathlib import Path
from typing import Any

from playwright.async_api import Frame, Page

from tests.e2e.tools import node_modules
from tests.tiers import missing

AXE = Path("axe-core/axe.min.js")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


LOOKS = [
    {"viewport": {"width": width, "height": 800}, "color_scheme": scheme, "forced_colors": forced}
    for width in (300, 1280)
    for scheme, forced in (("light", "none"), ("dark", "none"), ("light", "active"))
]
"""Narrow and wide pages in all colors, as options of a browser context."""


def look_name(look: Any) -> str:
    return f"{look['viewport']['width']}-{look['color_scheme']}-{look['forced_colors']}"


async def check(page: Page) -> None:
    """Check that the page fits into the window, and breaks no rule of axe."""
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert await violations(page) == []


async def violations(page: Page | Frame) -> list[str]:
    """Return the rules of axe that the page breaks."""
    file = node_modules() / AXE
    if not file.is_file():
        missing("axe-core (npm install --prefix tests/e2e)")
    await page.wait_for_selector("main:not([aria-busy])")
    # What fades in has too little contrast on the way.
    await page.evaluate("() => Promise.all(document.getAnimations().map((each) => each.finished))")
    await page.evaluate(file.read_text(encoding="utf-8"))
    found: dict[str, Any] = await page.evaluate("rules => axe.run({ runOnly: rules })", RULES)
    return [f"{each['id']}: {each['nodes'][0]['html']}" for each in found["violations"]]
