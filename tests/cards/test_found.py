"""What the search of the compose box shows of a record, as it was found good."""

import pytest

from cards.activity import THUMBNAIL
from cards.record import RecordHead
from cards.search_result import FoundView, found
from tests.cards.gallery import ACCOUNT, CASE, LONG, URL


@pytest.mark.parametrize(
    ("view", "title", "text"),
    [
        (
            FoundView(record=CASE, telling=("In Progress", "Müller & Söhne")),
            "Pump vibrates after firmware update",
            "Case CAS-01001 · In Progress · Müller & Söhne",
        ),
        (FoundView(record=ACCOUNT, telling=("Redmond",)), "Fabrikam, Inc.", "Account · Redmond"),
        (FoundView(record=ACCOUNT, telling=()), "Fabrikam, Inc.", "Account"),
        (
            FoundView(
                record=RecordHead(kind="Case", name="a\u202eb\nc *d*", number="1", url=URL), telling=("مضخة", "\x07")
            ),
            "ab c *d*",
            "Case 1 · \u2068مضخة\u2069",
        ),
    ],
)
def test_a_preview_is_the_name_and_what_tells_it_apart(view: FoundView, title: str, text: str) -> None:
    assert found(view) == {"contentType": THUMBNAIL, "content": {"title": title, "text": text}}


def test_a_preview_is_short_whatever_the_record_is_called() -> None:
    shown = found(FoundView(record=RecordHead(kind=LONG, name=LONG, number=LONG, url=URL), telling=(LONG, LONG)))
    assert len(shown["content"]["title"]) <= 120
    assert len(shown["content"]["text"]) <= 200
