"""Each place for text that reaches Teams, what renders it there, and that a hostile text is shown as it is written.

Markdown and plain text are rendered by cards ("Format cards in Teams"): the official renderer takes the titles beside
boxes as Markdown, and those in lists as plain text. Previews of results are rendered as HTML.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from enum import Enum
from html.parser import HTMLParser
from typing import Any

import pytest
from markdown_it import MarkdownIt

from bot.domain.directory import sanitize_topic
from bot.handlers import invoke_answers
from bot.languages.translator import ENGLISH
from cards.activity import result_preview
from cards.buttons import SubmitButton
from cards.catch_up import CatchUp, CatchUpView, catch_up
from cards.chat_list import chat_list
from cards.connect_channel import channel_page
from cards.connect_chat import connect_page
from cards.dialog import Page, page, problem
from cards.elements import Element
from cards.inputs import Choice, Choices, DateInput, TextInput, TimeInput, Toggle, TypeaheadChoices
from cards.key_fields import Change
from cards.link_card import LinkView, link_card
from cards.message import Message, Rendered, message
from cards.new_chat import ProgressView, StepLine, StepState, people_page, progress_page
from cards.notice import NoticeView, notice
from cards.personal_view import hidden_card
from cards.record import Fact, RecordHeader
from cards.record_actions import EditConflict, ResolutionForm, resolution_page
from cards.save_message import save_page
from cards.search_result import SearchResultView, search_result
from cards.settings.organization import organization_page
from cards.settings.overview import overview_page
from cards.settings.record_type import record_type_page
from cards.suggestions import SuggestionRow, SuggestionsView, suggestions
from cards.text import EMPTY, bold, escape
from cards.translator import Translator
from tests.cards import extension_gallery, gallery, settings_gallery
from tests.cards.gallery import AT, GALLERY, OWN, URL
from tests.cards.ready import activity
from tests.cards.test_views import FAMILIES


class Renderer(Enum):
    """The rules by which a client shows a text."""

    MARKDOWN = "Markdown"
    HTML = "HTML"
    PLAIN = "plain text"


def names(text: str) -> frozenset[str]:
    return frozenset(text.split())


RENDERERS: Mapping[tuple[str, str], Renderer] = {
    ("TextBlock", "text"): Renderer.MARKDOWN,
    ("Fact", "title"): Renderer.MARKDOWN,
    ("Fact", "value"): Renderer.MARKDOWN,
    ("Action.OpenUrl", "title"): Renderer.PLAIN,
    ("Action.Submit", "title"): Renderer.PLAIN,
    ("Action.Execute", "title"): Renderer.PLAIN,
    ("Input.Text", "label"): Renderer.PLAIN,
    ("Input.Text", "placeholder"): Renderer.PLAIN,
    ("Input.Text", "value"): Renderer.PLAIN,
    ("Input.Text", "errorMessage"): Renderer.MARKDOWN,
    ("Input.Date", "label"): Renderer.PLAIN,
    ("Input.Date", "errorMessage"): Renderer.MARKDOWN,
    ("Input.Time", "label"): Renderer.PLAIN,
    ("Input.Time", "errorMessage"): Renderer.MARKDOWN,
    ("Input.Toggle", "label"): Renderer.PLAIN,
    ("Input.Toggle", "title"): Renderer.MARKDOWN,
    ("Input.ChoiceSet", "label"): Renderer.PLAIN,
    ("Input.ChoiceSet", "errorMessage"): Renderer.MARKDOWN,
    ("a choice in a list", "title"): Renderer.PLAIN,
    ("a choice beside a box", "title"): Renderer.MARKDOWN,
}
"""The texts of cards and dialog pages, by element and property."""

NOT_SHOWN = names(
    "type version $schema id value url verb style size weight spacing width horizontalAlignment associatedInputs"
    " dataset userIds"
)
"""Properties that are not shown, except for the values of text inputs and facts."""

SAVE = SubmitButton(title="Save", dialog="save", payload={})

OUTSIDE_CARDS: Mapping[str, tuple[Renderer, Callable[[str], str]]] = {
    "title of a search preview": (Renderer.HTML, lambda text: preview(text)["title"]),
    "text of a search preview": (Renderer.HTML, lambda text: preview(text)["text"]),
    "title of a link preview": (
        Renderer.HTML,
        lambda text: result_preview(link_card(LinkView(record=hostile_record(text))).render(ENGLISH))["content"][
            "title"
        ],
    ),
    "title of an error's preview": (
        Renderer.HTML,
        lambda text: result_preview(notice(NoticeView(text=text)).render(ENGLISH))["content"]["title"],
    ),
    "title of a dialog": (Renderer.PLAIN, lambda text: page(ENGLISH, text, [problem(ENGLISH, "x")], [SAVE]).title),
    "last line of a dialog": (Renderer.PLAIN, lambda text: invoke_answers.dialog_message(text)["task"]["value"]),
    "answer to a button": (Renderer.PLAIN, lambda text: invoke_answers.message_answer(text)["value"]),
    "error of a button": (
        Renderer.PLAIN,
        lambda text: invoke_answers.error_answer(500, "ServiceError", text)["value"]["message"],
    ),
    "message in the compose box": (
        Renderer.PLAIN,
        lambda text: invoke_answers.extension_message(text)["composeExtension"]["text"],
    ),
    "result while a person types": (
        Renderer.PLAIN,
        lambda text: invoke_answers.choices_answer([Choice(title=text, value="1")])["value"]["results"][0]["title"],
    ),
    "name of a new chat": (Renderer.PLAIN, lambda text: sanitize_topic(text) or ""),
}
"""The other texts that reach Teams. The summaries of activities, which are plain text, come from the cards."""

HOSTILE = (
    "*Qx* **b** _c_",
    "<b>Qx</b>",
    "<at>Qx</at>",
    "<img src=Qx onerror=y>",
    "[Qx](https;//evil)",
    "![Qx](//evil.example)",
    "&lt;Qx&gt; &amp;",
    "&copy Qx &#42;",
    "`Qx` ~~d~~",
    "# Qx",
    "1. Qx",
    "- Qx",
    "> Qx\n\nx",
    "Qx | y\n-|-",
    "Qx < y & z",
    "\\Qx\\*",
    "{{DATE(Qx)}}",
)
MARK = "Qx"


def hostile_record(text: str) -> RecordHeader:
    return RecordHeader(kind=text, name=text, number=text, url=URL)


def preview(text: str) -> dict[str, str]:
    view = SearchResultView(record=hostile_record(text), distinguishing_values=(text,))
    content: dict[str, str] = search_result(ENGLISH, view)["content"]
    return content


KEPT = names(
    "url link dialog verb value dataset chosen channel search team form disclosure payload allowed place labels noun"
)
"""Fields of views that are addresses, names in the data of buttons, or words of ours."""


def hostile(view: Any, text: str) -> Any:
    """Return the view with the text in every place that can hold a text from outside."""
    if isinstance(view, str):
        return text
    if isinstance(view, tuple | list):
        return type(view)(hostile(each, text) for each in view)
    if not is_dataclass(view) or isinstance(view, type):
        return view
    names = {each.name for each in fields(view)} - KEPT
    return replace(view, **{name: hostile(getattr(view, name), text) for name in names})


def page_of(build: Callable[[Any], Page], view: Any) -> Callable[[str], Message]:
    return lambda text: build(hostile(view, text)).message


@message
def inputs(t: Translator, text: str) -> Rendered:
    """Return a page with an input of each kind."""
    listed = [Choice(title=text, value="1")]
    return page(
        t,
        text,
        [
            TextInput("a", text, value=text, hint=text, required=text),
            DateInput("b", text, required=text),
            TimeInput("time", text, required=text),
            Toggle("c", text, on=True, label=text),
            Choices("d", text, listed, required=text),
            Choices("e", text, listed, expanded=True),
            Choices("f", text, listed, several=True),
            TypeaheadChoices("g", text, "records", listed, several=True),
        ],
        [SAVE],
    ).message


MESSAGES: Mapping[str, Callable[[str], Message]] = {
    **FAMILIES,
    "inputs": inputs,
    "caught up": lambda text: catch_up(
        CatchUpView(
            records=(CatchUp(record=hostile_record(text), changes=(Change(label=text, old="a", new=text + "x"),)),),
            at=AT,
            title=gallery.AWAY,
            deleted=(text,),
            unreadable=(text,),
        )
    ),
    "chats": lambda text: chat_list(hostile(gallery.TIMELINE, text)),
    "people": lambda text: suggestions(
        SuggestionsView(
            record=hostile_record(text),
            rows=(SuggestionRow(name=text, presence=text, reason=text, buttons=()),),
            total=1,
            page_button=gallery.CHATS,
        )
    ),
    "refusal in place of a card": lambda text: hidden_card(text, text, OWN),
    "a new chat": page_of(people_page, gallery.people_view()),
    "steps of a new chat": lambda text: (
        progress_page(
            ProgressView(
                summary=text,
                steps=[StepLine(text=text, state=StepState.NOT_DONE, failure=text, next_step=text)],
                url=URL,
                resume_button=None,
            )
        ).message
    ),
    "a channel": page_of(channel_page, gallery.CHANNEL),
    "a connection": page_of(connect_page, extension_gallery.CONNECT),
    "a saved message": page_of(save_page, extension_gallery.SAVE),
    "a resolved case": lambda text: (
        resolution_page(
            hostile_record(text),
            ResolutionForm(reasons=[Choice(title=text, value="5")], max_length=100, typed=text),
            [SAVE],
            EditConflict(message=text, at=AT, facts=(Fact(label=text, value=text),)),
        ).message
    ),
    "settings": page_of(overview_page, settings_gallery.OVERVIEW),
    "settings of the organization": page_of(organization_page, settings_gallery.ORGANISATION),
    "settings of a record type": page_of(record_type_page, settings_gallery.RECORD_TYPE),
}


class Seen(HTMLParser):
    """The text that a page shows, and its elements."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.text = ""
        self.elements: set[str] = set()
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.elements.add(tag)

    def handle_data(self, data: str) -> None:
        self.text += data


MARKDOWN = MarkdownIt("js-default", {"html": True})


def seen(renderer: Renderer, text: str) -> str:
    """Return what a person sees; fail if the text is more than words, emphasis of ours, and times."""
    if renderer is Renderer.PLAIN:
        return text
    shown = Seen(text if renderer is Renderer.HTML else MARKDOWN.render(text))
    assert shown.elements <= (set() if renderer is Renderer.HTML else {"p", "strong"}), text
    return shown.text.strip("\n")


def shown_texts(part: Any, kind: str = "") -> Iterator[tuple[tuple[str, str], str]]:
    """Yield the texts of a card by element and property."""
    if isinstance(part, list):
        for each in part:
            yield from shown_texts(each, kind)
        return
    if not isinstance(part, dict):
        return
    kind = part.get("type", kind)
    for name, value in part.items():
        if isinstance(value, str):
            if name not in NOT_SHOWN or (kind, name) in RENDERERS:
                yield (kind, name), value
        elif name == "facts":
            yield from shown_texts(value, "Fact")
        elif name == "choices":
            boxes = part.get("style") == "expanded" or (part.get("isMultiSelect") and part.get("style") != "filtered")
            yield from shown_texts(value, f"a choice {'beside a box' if boxes else 'in a list'}")
        elif name not in {"data", "msteams", "choices.data"}:
            yield from shown_texts(value, kind)


def card_of(message: Message) -> dict[str, Any]:
    card: dict[str, Any] = activity(message, channel="msteams")["attachments"][0]["content"]
    return card


def card_with(element: Element, *buttons: SubmitButton) -> dict[str, Any]:
    """Return the card of a page with the element."""
    shown = page(ENGLISH, "x", [element], buttons).message
    return card_of(Message(lambda _: shown))


def is_shown(renderer: Renderer, text: str, value: str) -> bool:
    """Return whether the value is shown as it was written, on one line."""
    return " ".join(value.split()) in " ".join(seen(renderer, text).split())


@pytest.mark.parametrize("value", HOSTILE)
@pytest.mark.parametrize("build", MESSAGES.values(), ids=MESSAGES)
def test_a_card_and_its_summary_show_a_hostile_text_as_it_is_written(
    build: Callable[[str], Message], value: str
) -> None:
    ready = activity(build(value), channel="msteams")
    places = [(place, text) for place, text in shown_texts(ready["attachments"][0]["content"]) if MARK in text]
    assert places
    for place, text in places:
        assert is_shown(RENDERERS[place], text, value), (place, text)
    summary = ready["summary"]
    assert MARK not in summary or is_shown(Renderer.PLAIN, summary, value)
    assert summary == " ".join(summary.split())


@pytest.mark.parametrize("value", HOSTILE)
@pytest.mark.parametrize("place", OUTSIDE_CARDS)
def test_a_text_outside_of_cards_is_shown_as_it_is_written(place: str, value: str) -> None:
    renderer, build = OUTSIDE_CARDS[place]
    text = build(value)
    assert MARK in text
    assert is_shown(renderer, text, value), text


BETWEEN = (" → ", " · ", ", ", " and ", ": ", " (", "\n\n")
"""Texts of ours between two values in one text of a card."""


@pytest.mark.parametrize(
    "value", [*HOSTILE, "[Qx](//evil.example)", "[Qx][a]", "![Qx]: //evil.example", "<https://Qx>"]
)
def test_no_markup_begins_in_one_value_and_ends_in_another(value: str) -> None:
    for end in range(1, len(value)):
        first, second = escape(value[:end]), escape(value[end:])
        for between in BETWEEN:
            # Emphasis over two values would be seen as asterisks that are missing.
            shown = seen(Renderer.MARKDOWN, f"{first}{between}{bold(second) if second else EMPTY}")
            assert shown.count("*") == value.count("*"), (first, second)


def test_every_place_for_text_in_a_card_is_listed_and_tried() -> None:
    listed = {place for message in GALLERY.values() for place, _ in shown_texts(card_of(message))}
    assert listed <= set(RENDERERS)
    tried = {place for build in MESSAGES.values() for place, text in shown_texts(card_of(build("Qx"))) if MARK in text}
    ours = {("Action.OpenUrl", "title"), ("Action.Submit", "title"), ("Action.Execute", "title")}
    assert set(RENDERERS) - ours <= tried


def test_an_invisible_text_leaves_no_gap() -> None:
    (choice,) = json.loads(json.dumps(card_with(Choices("x", "X", [Choice(title="\u200b", value="7")]))))["body"][0][
        "choices"
    ]
    assert choice == {"title": "7", "value": "7"}
    assert card_with(Toggle("on", "\u200b", on=True))["body"][0]["title"] == "on"
    found = invoke_answers.choices_answer([Choice(title="\u200b", value="7")])
    assert found["value"]["results"] == [{"title": "7", "value": "7"}]


def test_half_an_emoji_in_the_data_of_a_button_is_replaced() -> None:
    button = SubmitButton(title="Save", dialog="save", payload={"text": "Pump \ud83d", "\ud83d": "x"})
    (action,) = card_with(problem(ENGLISH, "Pump \ud83d"), button)["actions"]
    assert action["data"] == {"text": "Pump \ufffd", "\ufffd": "x", "dialog": "save"}
