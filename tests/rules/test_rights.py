"""Microsoft's table "How user rights work together for disconnecting chats", row by row."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.rights import DisconnectFacts, may_disconnect, who_may_disconnect

# owner of the record | most recent to connect | owner toggle | connector toggle | global right -> may disconnect
TABLE = [
    ("Y", "Y/N", "N", "N", "N", "N"),
    ("Y", "Y/N", "Y", "Y/N", "Y/N", "Y"),
    ("Y/N", "Y", "N", "N", "N", "N"),
    ("Y/N", "Y", "Y/N", "Y", "Y/N", "Y"),
    ("Y/N", "Y/N", "Y/N", "Y/N", "Y", "Y"),
    ("N", "N", "Y", "N", "N", "N"),
    ("N", "Y", "N", "N", "N", "N"),
    ("N", "N", "N", "N", "N", "N"),
    # The table lacks these. Without one of the three rights, a person cannot disconnect.
    ("N", "N", "Y/N", "Y", "N", "N"),
    ("N", "Y", "Y", "N", "N", "N"),
    ("Y", "N", "N", "Y", "N", "N"),
]


def facts_of(row: tuple[str, ...]) -> list[DisconnectFacts]:
    """Return every combination that a row of the table covers."""
    choices = [[letter == "Y" for letter in cell.split("/")] for cell in row]
    names = ("owns_record", "is_last_connector", "owner_can", "connector_can", "holds_privilege")
    return [DisconnectFacts(**dict(zip(names, values, strict=True))) for values in product(*choices)]


@pytest.mark.parametrize("row", TABLE, ids=" ".join)
def test_each_row_of_the_table_holds(row: tuple[str, ...]) -> None:
    *conditions, expected = row
    for facts in facts_of(tuple(conditions)):
        assert may_disconnect(facts) is (expected == "Y"), facts


def test_the_table_says_something_about_every_combination() -> None:
    covered = {facts for row in TABLE for facts in facts_of(row[:-1])}
    assert len(covered) == 2**5


@given(st.builds(DisconnectFacts, **dict.fromkeys(DisconnectFacts.__dataclass_fields__, st.booleans())))
def test_disconnecting_requires_one_of_the_three_rights(facts: DisconnectFacts) -> None:
    rights = (
        facts.owner_can and facts.owns_record,
        facts.connector_can and facts.is_last_connector,
        facts.holds_privilege,
    )
    assert may_disconnect(facts) == any(rights)


def test_the_refusal_names_everyone_whom_the_settings_allow() -> None:
    role = "people whose security role lets them disconnect Teams chats can do this."
    assert who_may_disconnect(owner_can=False, connector_can=False) == f"Only {role}"
    assert who_may_disconnect(owner_can=True, connector_can=False) == f"Only the record's owner or {role}"
    assert who_may_disconnect(owner_can=False, connector_can=True) == f"Only the person who connected it or {role}"
    assert who_may_disconnect(owner_can=True, connector_can=True) == (
        f"Only the record's owner, the person who connected it, or {role}"
    )
