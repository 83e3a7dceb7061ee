"""Dialog pages: labeled inputs, and the buttons below them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial, wraps
from typing import Concatenate, Literal, ParamSpec

from cards.activity import fits
from cards.buttons import Button, render_button
from cards.elements import AdaptiveCard, Element, TextBlock
from cards.message import Message, Rendered
from cards.text import escape, single_line
from cards.translator import Translator

P = ParamSpec("P")

Height = Literal["small", "medium", "large"]

MAX_TITLE_LENGTH = 60
MAX_PROBLEM_LENGTH = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class RenderedPage:
    """A dialog page in one language: a card with the inputs, and the title above it."""

    title: str
    card: AdaptiveCard
    height: Height = "medium"

    @property
    def message(self) -> Rendered:
        """The page as a card in a chat."""
        return Rendered(card=self.card, summary=self.title)


@dataclass(frozen=True, slots=True)
class Page:
    """A dialog page for a reader of any language."""

    build: Callable[[Translator], RenderedPage]

    def render(self, t: Translator) -> RenderedPage:
        """Return the page in the language."""
        rendered = self.build(t)
        if t.is_right_to_left:
            rendered.card.rtl = True
        return rendered

    @property
    def message(self) -> Message:
        """The page as a card in a chat, for channels without dialogs."""
        return Message(self._as_message)

    def _as_message(self, t: Translator) -> Rendered:
        return self.render(t).message


def dialog_page(build: Callable[Concatenate[Translator, P], RenderedPage]) -> Callable[P, Page]:
    """Return the function without its translator: it creates a page that is rendered later."""

    @wraps(build)
    def create(*args: P.args, **kwargs: P.kwargs) -> Page:
        return Page(lambda t: build(t, *args, **kwargs))

    return create


def first_fitting(pages: Sequence[Page]) -> Page:
    """Return the first of the pages whose card Teams accepts in the reader's language, or the last one."""
    return Page(partial(_first_fitting, tuple(pages)))


def _first_fitting(pages: tuple[Page, ...], t: Translator) -> RenderedPage:
    rendered = [pages[0].render(t)]
    for page in pages[1:]:
        if fits(rendered[-1].card):
            break
        rendered.append(page.render(t))
    return rendered[-1]


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """The end of a dialog: a line that states the result, or the message whose summary is that line."""

    text: str = ""
    message: Message | None = None

    def line(self, t: Translator) -> str:
        """Return the line in the language."""
        return self.message.render(t).summary if self.message else t.show(self.text)


def page(
    t: Translator,
    title: str,
    body: Sequence[Element],
    buttons: Sequence[Button] = (),
    *,
    height: Height = "medium",
) -> RenderedPage:
    """Return a page with these elements and buttons. The first button is the primary one."""
    return RenderedPage(
        title=single_line(t.show(title), limit=MAX_TITLE_LENGTH),
        card=AdaptiveCard(body, actions=[render_button(t, each) for each in buttons]),
        height=height,
    )


def problem(t: Translator, text: str) -> Element:
    """Return the text of an input problem, which is placed above the input."""
    return TextBlock(escape(t.show(text), limit=MAX_PROBLEM_LENGTH), weight="Bolder")
