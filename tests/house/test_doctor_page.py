"""The doctor checks each step of the documentation, or the documentation says why it cannot."""

import re
from pathlib import Path
from typing import NamedTuple

import pytest
from pydantic import SecretStr

from bot.clock import SystemClock
from bot.config.settings import Settings
from bot.domain.limits import Limits
from bot.features.operations.setup_checks import SetupCheck
from bot.wiring.diagnostics import setup_checks
from bot.wiring.services import build_runtime, close
from tests.house.test_docs import anchors

DOCS = Path(__file__).parents[2] / "docs"
CHAPTER = (DOCS / "operators.md").read_text(encoding="utf-8").partition("\n## The doctor\n")[2].partition("\n## ")[0]
PAGES = ("set-up.md", "administrators.md", "pane.md")
"""The pages that tell administrators what to do, in the order in which they follow them."""
NO_CHECK = "No check"


class Step(NamedTuple):
    """A numbered step of the documentation."""

    section: str
    number: str


async def all_checks() -> list[SetupCheck]:
    """Return the checks of a bot with everything that can be set, in one environment."""
    settings = Settings(
        app_id="aaaaaaaa-0000-4000-8000-000000000001",
        app_password=SecretStr("let-me-in"),
        app_tenant_id="bbbbbbbb-0000-4000-8000-000000000002",
        dataverse_urls=("https://contoso.crm4.dynamics.com",),
        webhook_key=SecretStr("a-key"),
    )
    runtime = await build_runtime(settings, SystemClock(), Limits())
    try:
        return list(setup_checks(runtime, settings_read=True))
    finally:
        await close(runtime)


def short(check: SetupCheck) -> str:
    """Return the name without the environment."""
    return re.sub(r" (in )?contoso\..+$", "", check.name)


def documented_steps() -> dict[Step, str]:
    """Return the rows of the table of steps."""
    rows = re.findall(r"^\| \[[^]]+\]\(([^)]+)\)(?:, (\d))? \| (.+) \|$", CHAPTER, flags=re.MULTILINE)
    return {Step(section, number): text for section, number, text in rows}


def numbered_steps(page: str) -> list[Step]:
    """Return the numbered items below each numbered heading, or the heading itself if it has none."""
    found = []
    for section in (DOCS / page).read_text(encoding="utf-8").split("\n## ")[1:]:
        title, _, text = section.partition("\n")
        if not re.match(r"\d\. ", title):
            continue
        anchor = re.sub(r"[^\w\- ]", "", title).lower().replace(" ", "-")
        numbers = re.findall(r"^(\d)\. ", text.partition("\n### ")[0], flags=re.MULTILINE) or [""]
        found += [Step(f"{page}#{anchor}", number) for number in numbers]
    return found


@pytest.mark.parametrize("page", ["set-up.md", "pane.md"])
def test_each_numbered_step_has_a_check_or_a_reason(page: str) -> None:
    steps = numbered_steps(page)
    assert len(steps) > 6
    assert [
        each for each in documented_steps() if each.section.startswith(page) and each.section[len(page) + 1].isdigit()
    ] == steps
    for step in steps:
        text = documented_steps()[step]
        assert text.startswith("`") or (text.startswith(NO_CHECK) and len(text) > len(NO_CHECK) + 10), step


async def test_each_check_belongs_to_the_section_that_the_table_of_steps_names() -> None:
    checks = await all_checks()
    assert len(checks) > 25
    tied: dict[str, set[str]] = {}
    for step, text in documented_steps().items():
        named = re.match(r"(`[a-z 0-9A-Z-]+`(, )?)*", text)
        tied.setdefault(step.section, set()).update(re.findall(r"`([^`]+)`", named.group() if named else ""))
    expected: dict[str, set[str]] = {}
    for check in checks:
        expected.setdefault(check.section, set()).add(short(check))
    assert {section: names for section, names in tied.items() if names} == expected


async def test_the_checks_are_in_the_order_of_the_documentation() -> None:
    sections = list(dict.fromkeys(check.section for check in await all_checks()))
    places = []
    for section in sections:
        page, _, anchor = section.partition("#")
        assert anchor in anchors(DOCS / page), section
        titles = re.findall(r"^## (.+)$", (DOCS / page).read_text(encoding="utf-8"), flags=re.MULTILINE)
        known = [re.sub(r"[^\w\- ]", "", title).lower().replace(" ", "-") for title in titles]
        places.append((PAGES.index(page), known.index(anchor)))
    assert places == sorted(places)


async def test_each_check_is_documented_with_its_judgment_and_in_its_order() -> None:
    rows = re.findall(r"^\| `([^`]+)`(?: \*host\*)? \| .+ \| `(WRONG|note)` \|$", CHAPTER, flags=re.MULTILINE)
    documented = [(name.removesuffix(" in"), judgment) for name, judgment in rows]
    assert documented == [(short(each), "WRONG" if each.required else "note") for each in await all_checks()]
