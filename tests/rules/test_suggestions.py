"""Who comes first among the people for a record, and why."""

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.values import ObjectId
from bot.features.suggestions.rules import Ranked, Tie, TieKind, ranked

A, B, C = (ObjectId(each) for each in "abc")


def told(ties: dict[ObjectId, list[Tie]]) -> list[tuple[str, str]]:
    return [(each.person, each.reason) for each in ranked(ties)]


def test_the_strongest_reason_comes_first_and_all_are_told() -> None:
    ties = [
        Tie(kind=TieKind.CREATOR),
        Tie(kind=TieKind.ACTIVITIES, count=3),
        Tie(kind=TieKind.CHATS, count=2),
        Tie(kind=TieKind.OWNER),
    ]
    reason = "owner, worked on 3 activities this month, in 2 connected chats, created it"
    assert told({A: ties}) == [(A, reason)]


def test_who_works_on_it_a_lot_comes_after_the_owner_and_before_who_only_changed_it() -> None:
    ties = {
        A: [Tie(kind=TieKind.MODIFIER)],
        B: [Tie(kind=TieKind.ACTIVITIES, count=99)],
        C: [Tie(kind=TieKind.OWNER), Tie(kind=TieKind.MODIFIER)],
    }
    assert [each.person for each in ranked(ties)] == [C, B, A]


def test_much_of_one_thing_counts_up_to_a_limit() -> None:
    some, many = Tie(kind=TieKind.SIMILAR, count=5), Tie(kind=TieKind.SIMILAR, count=20)
    assert some.weight == many.weight
    assert many.reason == "handled 20 similar records"


def test_of_two_with_the_same_sum_the_one_with_more_ties_comes_first_then_the_order_of_ids() -> None:
    chats = Tie(kind=TieKind.CHATS, count=3)
    team = Tie(kind=TieKind.TEAM)
    two = [Tie(kind=TieKind.CONNECTOR), Tie(kind=TieKind.CREATOR), Tie(kind=TieKind.SIMILAR)]
    assert [each.person for each in ranked({B: [team], A: [chats], C: two})] == [C, A, B]


def test_nobody_is_suggested_for_nothing() -> None:
    assert ranked({A: []}) == []


ties = st.builds(Tie, kind=st.sampled_from(TieKind), count=st.integers(1, 50))


@given(st.dictionaries(st.sampled_from([A, B, C]), st.lists(ties, max_size=6)))
def test_the_order_is_that_of_the_sums_and_always_the_same(people: dict[ObjectId, list[Tie]]) -> None:
    found = ranked(people)
    assert found == ranked(dict(reversed(people.items())))
    sums = [each.sum for each in found]
    assert sums == sorted(sums, reverse=True)
    assert {each.person for each in found} == {person for person, own in people.items() if own}


@given(st.lists(ties, min_size=1, max_size=6), ties)
def test_one_more_tie_never_puts_somebody_behind(own: list[Tie], more: Tie) -> None:
    before, after = (Ranked(person=A, ties=tuple(each)).sum for each in (own, [*own, more]))
    assert after > before
