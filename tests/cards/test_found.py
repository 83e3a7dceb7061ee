"""Previews of records in the compose-box search."""

import pytest

from bot.languages.translator import ENGLISH
from cards.activity import THUMBNAIL
from cards.record import RecordHeader
from cards.search_result import SearchResultView, search_result
from tests.cards.gallery import ACCOUNT, CASE, LONG, URL


@pytest.mark.parametrize(
    ("view", "title", "text"),
    [
        (
            SearchResultView(record=CASE, distinguishing_values=("In Progress", "Müller & Söhne")),
            "Pump vibrates after firmware update",
            "Case CAS-01001 · In Progress · Müller & Söhne",
        ),
        (SearchResultView(record=ACCOUNT, distinguishing_values=("Redmond",)), "Fabrikam, Inc.", "Account · Redmond"),
        (SearchResultView(record=ACCOUNT, distinguishing_values=()), "Fabrikam, Inc.", "Account"),
        (
            SearchResultView(
                record=RecordHeader(kind="Case", name="a\u202eb\nc *d*", number="1", url=URL),
                distinguishing_values=("مضخة", "\x07"),
            ),
            "ab c *d*",
            "Case 1 · \u2068مضخة\u2069",
        ),
    ],
)
def test_a_preview_shows_the_name_and_distinguishing_values(view: SearchResultView, title: str, text: str) -> None:
    assert search_result(ENGLISH, view) == {"contentType": THUMBNAIL, "content": {"title": title, "text": text}}


def test_a_preview_is_short_for_any_record_name() -> None:
    shown = search_result(
        ENGLISH,
        SearchResultView(
            record=RecordHeader(kind=LONG, name=LONG, number=LONG, url=URL), distinguishing_values=(LONG, LONG)
        ),
    )
    assert len(shown["content"]["title"]) <= 120
    assert len(shown["content"]["text"]) <= 200
