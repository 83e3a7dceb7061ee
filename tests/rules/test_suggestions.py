"""The ranking of people for a record, and the reasons."""

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.values import ObjectId
from bot.features.suggestions.rules import RankedPerson, Relation, RelationKind, rank_people

A, B, C = (ObjectId(each) for each in "abc")


def told(ties: dict[ObjectId, list[Relation]]) -> list[tuple[str, str]]:
    return [(each.person, each.reason) for each in rank_people(ties)]


def test_the_strongest_reason_comes_first_and_all_are_listed() -> None:
    ties = [
        Relation(kind=RelationKind.CREATOR),
        Relation(kind=RelationKind.ACTIVITIES, count=3),
        Relation(kind=RelationKind.CHATS, count=2),
        Relation(kind=RelationKind.OWNER),
    ]
    reason = "Owner · Worked on 3 activities this month · In 2 connected chats · Created it"
    assert told({A: ties}) == [(A, reason)]


def test_a_frequent_worker_ranks_between_the_owner_and_the_last_editor() -> None:
    ties = {
        A: [Relation(kind=RelationKind.MODIFIER)],
        B: [Relation(kind=RelationKind.ACTIVITIES, count=99)],
        C: [Relation(kind=RelationKind.OWNER), Relation(kind=RelationKind.MODIFIER)],
    }
    assert [each.person for each in rank_people(ties)] == [C, B, A]


def test_a_count_has_a_limit() -> None:
    some, many = Relation(kind=RelationKind.SIMILAR, count=5), Relation(kind=RelationKind.SIMILAR, count=20)
    assert some.weight == many.weight
    assert many.reason == "Handled 20 similar records"


def test_equal_sums_are_ordered_by_number_of_relations_then_by_id() -> None:
    chats = Relation(kind=RelationKind.CHATS, count=3)
    team = Relation(kind=RelationKind.TEAM)
    two = [
        Relation(kind=RelationKind.CONNECTOR),
        Relation(kind=RelationKind.CREATOR),
        Relation(kind=RelationKind.SIMILAR),
    ]
    assert [each.person for each in rank_people({B: [team], A: [chats], C: two})] == [C, A, B]


def test_a_person_without_relations_is_not_suggested() -> None:
    assert rank_people({A: []}) == []


ties = st.builds(Relation, kind=st.sampled_from(RelationKind), count=st.integers(1, 50))


@given(st.dictionaries(st.sampled_from([A, B, C]), st.lists(ties, max_size=6)))
def test_the_order_follows_the_sums_and_is_deterministic(people: dict[ObjectId, list[Relation]]) -> None:
    found = rank_people(people)
    assert found == rank_people(dict(reversed(people.items())))
    sums = [each.score for each in found]
    assert sums == sorted(sums, reverse=True)
    assert {each.person for each in found} == {person for person, own in people.items() if own}


@given(st.lists(ties, min_size=1, max_size=6), ties)
def test_one_more_relation_never_lowers_the_rank(own: list[Relation], more: Relation) -> None:
    before, after = (RankedPerson(person=A, relations=tuple(each)).score for each in (own, [*own, more]))
    assert after > before
