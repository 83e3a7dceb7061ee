"""Take pictures of a page in each look, and find what does not fit, is cut, or breaks a rule of accessibility."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.async_api import Frame, Page

from tests.steps.accessibility import violations
from tests.tiers import FULL

TALLEST = 4000
"""Pixels of a picture."""


@dataclass(frozen=True)
class Look:
    """A width with the colors and the direction in which a person reads the page."""

    width: int
    scheme: str = "light"
    is_forced: bool = False
    theme: str = ""
    direction: str = "ltr"

    @property
    def name(self) -> str:
        more = ["forced"] * self.is_forced + [self.theme] * bool(self.theme) + ["rtl"] * (self.direction == "rtl")
        return "-".join([str(self.width), *(more or [self.scheme])])


LOOKS = tuple(
    look
    for width in (300, 1280)
    for look in (
        Look(width),
        Look(width, scheme="dark"),
        Look(width, theme="contrast"),
        Look(width, is_forced=True),
        Look(width, direction="rtl"),
    )
)

CHOSEN = LOOKS if FULL else LOOKS[1::3]
"""All looks in full runs. Otherwise, dark and right to left on narrow pages, and Teams contrast on wide ones."""

_CUT = """() => {
  const isText = (node) => node.nodeType === Node.TEXT_NODE && node.textContent.trim();
  // Texts for screen readers only, such as the head of a narrow table.
  const isClipped = (each) => Boolean(each) &&
    (getComputedStyle(each).clipPath === 'inset(50%)' || isClipped(each.parentElement));
  const isShown = (each) => each.checkVisibility({ visibilityProperty: true }) && !isClipped(each);
  const describe = (each) => `${each.tagName} ${each.className}: ${each.textContent.trim().slice(0, 60)}`;
  const isClamped = (style) => style.webkitLineClamp !== 'none';
  // A list that a person can scroll loses nothing.
  const scrolls = (each) => ['auto', 'scroll'].includes(getComputedStyle(each).overflowY);
  const isCut = (each) => {
    const style = getComputedStyle(each), box = each.getBoundingClientRect();
    if (style.display === 'inline') return box.left < -1 || box.right > innerWidth + 1;
    const isHidden = style.overflowX !== 'visible';
    // Long names are clamped to some lines, and have a tip with the whole name.
    if (isClamped(style)) return each.scrollHeight > each.clientHeight + 1 && !each.closest('[title]');
    if (each.scrollWidth > each.clientWidth + 1) return true;
    if (isHidden && !scrolls(each) && each.scrollHeight > each.clientHeight + 1) return true;
    return box.left < -1 || box.right > innerWidth + 1;
  };
  const texts = [...document.body.querySelectorAll('*')].filter((each) =>
    ([...each.childNodes].some(isText) || each.matches('button, select')) && isShown(each));
  // A thin letter box means that the text stands one letter below another.
  const isThin = (each) => {
    const words = each.textContent.trim(), box = each.getBoundingClientRect();
    return words.length > 6 && box.width < 40 && box.height > 3 * 20 && getComputedStyle(each).display !== 'inline';
  };
  return [
    ...texts.filter(isCut).map((each) => `cut: ${describe(each)}`),
    ...texts.filter(isThin).map((each) => `thin: ${describe(each)}`),
  ];
}"""


async def take_pictures(page: Page, frame: Frame, folder: Path, name: str, looks: tuple[Look, ...]) -> list[str]:
    """Write a picture of the page in each look; return what is wrong with them. `frame` has the content."""
    defects = []
    for look in looks:
        await put_on(page, frame, look)
        defects += [f"{name} {look.name}: {each}" for each in await defects_of(frame)]
        await page.screenshot(path=folder / f"{name}-{look.name}.png")
    await put_on(page, frame, Look(width=1280))
    return defects


async def put_on(page: Page, frame: Frame, look: Look) -> None:
    """Show the page in this look without loading it again."""
    scheme: Any = look.scheme
    await page.emulate_media(
        color_scheme=scheme, forced_colors="active" if look.is_forced else "none", reduced_motion="reduce"
    )
    await page.set_viewport_size({"width": look.width, "height": 800})
    await frame.evaluate(
        """({ theme, direction }) => {
          const { dataset } = document.documentElement;
          if (theme) dataset.theme = theme;
          else delete dataset.theme;
          document.documentElement.dir = direction;
          scrollTo(0, 0);
        }""",
        {"theme": look.theme, "direction": look.direction},
    )
    await fit_page(page, frame, look.width)


async def fit_page(page: Page, frame: Frame, width: int) -> None:
    """Make the page as high as its content, because a picture of more than the window has gaps in its background.

    A dialog and what it covers stay in the window. Frames of other sites get their size after the page.
    """
    await frame.wait_for_function("width => innerWidth === width", arg=width)
    if await frame.evaluate("() => Boolean(document.querySelector('dialog[open]'))"):
        return
    height = max(800, min(await frame.evaluate("() => document.documentElement.scrollHeight"), TALLEST))
    await page.set_viewport_size({"width": width, "height": height})
    await frame.wait_for_function("height => innerHeight === height", arg=height)


async def defects_of(frame: Frame) -> list[str]:
    """Return what does not fit, is cut, or breaks a rule of accessibility."""
    fits = await frame.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
    cut: list[str] = await frame.evaluate(_CUT)
    return [*([] if fits else ["scrolls to the side"]), *cut, *await violations(frame)]


Scene = Callable[..., Awaitable[None]]
"""Bring a page into a state."""
