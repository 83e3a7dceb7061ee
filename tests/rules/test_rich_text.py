"""Text of people in rich text columns shows as it was written, and adds nothing else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.errors import BadRequest
from bot.domain.saved_message import MessageForm, SavedMessage
from bot.text.rich_text import escape_markup
from tests.steps.rendered_html import Rendered

PIECES = st.sampled_from(
    ["<", ">", "&", "/", "!", "--", "?", "#", "x3c", "60", ";", "lt", "notit", "a", "B", '"', " ", "\n"]
)


def saved(text: str, form: MessageForm = MessageForm.NOTE) -> SavedMessage:
    return SavedMessage(form=form, title="Title", text=text, origin="Saved by Alex Wilber")


@given(st.lists(PIECES, max_size=40).map("".join))
def test_any_text_is_rendered_as_it_was_written(text: str) -> None:
    rendered = Rendered(escape_markup(text))
    assert (rendered.text, rendered.other) == (text, [])


@pytest.mark.parametrize(
    "text",
    ["R&D and AT&T", "1.2 mm < limit && x > 3", "<3 <-> <= <", "https://x.example/?a=1&groupId=2&b", "100 % &", ""],
)
def test_text_without_markup_is_unchanged(text: str) -> None:
    assert escape_markup(text) == text


def test_a_note_is_rich_text_and_a_task_only_if_its_column_is() -> None:
    note, task = saved("<b>"), saved("<b>", MessageForm.TASK)
    assert note.stored_text() == note.stored_text(is_rich=True) == task.stored_text(is_rich=True)
    assert note.stored_text() == "&lt;b>\n\nSaved by Alex Wilber"
    assert task.stored_text() == "<b>\n\nSaved by Alex Wilber"


def test_a_note_that_is_too_long_when_it_is_escaped_is_refused() -> None:
    saved("<a" * 15_000).validate()
    with pytest.raises(BadRequest, match="at most 100,000 characters"):
        saved("<a" * 30_000).validate()
