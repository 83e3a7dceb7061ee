"""Taking a person out of texts and JSON."""

from typing import Any

import pytest

from bot.domain.erasure import NO_NAME, NOBODY, Words

ADELE, USER = "0d1b5a5e-6a3c-4f0e-9a53-2f4c3c1f0a01", "7c4f1a90-19d2-4b62-8f0e-6a2d1e3b9c02"
WORDS = Words(ids=(ADELE, USER), names=("Adele", "Adele Vance", "Zoë (Sales)"))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Adele Vance changed it.", f"{NO_NAME} changed it."),
        ("By Adele, and then Adele Vance", f"By {NO_NAME}, and then {NO_NAME}"),
        ("Adeleine Vance", "Adeleine Vance"),
        ("adele vance", "adele vance"),
        ("Zoë (Sales) called", f"{NO_NAME} called"),
        (f"added {ADELE.upper()} 19:a@thread.v2", f"added {NOBODY} 19:a@thread.v2"),
        (f"8:orgid:{ADELE}", f"8:orgid:{NOBODY}"),
        (f"19:{ADELE}_{USER}@unq.gbl.spaces", f"19:{NOBODY}_{NOBODY}@unq.gbl.spaces"),
        (f"{USER}a", f"{USER}a"),
        ("Pump", "Pump"),
    ],
)
def test_whole_words_are_replaced_in_texts(text: str, expected: str) -> None:
    assert WORDS.removed_from(text) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"people": ["Adele Vance", "Megan"], "at": 1}, {"people": ["Megan"], "at": 1}),
        ({"mute": {"by": ADELE, "by_name": "Adele"}}, {"mute": {"by": NOBODY, "by_name": NO_NAME}}),
        ({"skip_people": {USER: "Adele", "u2": "Megan"}}, {"skip_people": {"u2": "Megan"}}),
        ({"record": ["host", "systemuser", USER]}, {"record": ["host", "systemuser", NOBODY]}),
        ([{"old": None, "new": "Adele Vance"}, True, 2.5], [{"old": None, "new": NO_NAME}, True, 2.5]),
    ],
)
def test_in_json_entries_of_the_person_go_and_other_values_keep_their_place(value: Any, expected: Any) -> None:
    assert WORDS.removed_from(value) == expected


def test_a_list_of_people_in_a_column_of_its_own_loses_the_person() -> None:
    assert WORDS.removed_from(["Adele Vance", "Megan"], "people") == ["Megan"]
    assert WORDS.removed_from(["Adele Vance", "Megan"], "texts") == [NO_NAME, "Megan"]


def test_without_words_nothing_changes() -> None:
    assert Words(ids=(), names=("",)).removed_from({"people": ["Adele"]}) == {"people": ["Adele"]}
