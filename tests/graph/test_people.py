"""People in the sandbox's Graph."""

from bot.domain.directory import Presence
from bot.domain.values import ObjectId
from bot.graph.protocol import search_clause
from tests.graph.conftest import ADELE_ID, ALEX_ID, DIEGO_ID, MEGAN_ID, PATTI_ID, Graph

NOBODY = ObjectId("00000000-0000-0000-0000-000000000001")


async def test_people_are_looked_up_together_and_who_is_gone_is_left_out(graph: Graph) -> None:
    found = await graph.people.get_people([ADELE_ID, NOBODY, DIEGO_ID, ADELE_ID])
    assert {person: (each.name, each.enabled) for person, each in found.items()} == {
        ADELE_ID: ("Adele Vance", True),
        DIEGO_ID: ("Diego Siciliani", False),
    }
    assert await graph.people.get_people([]) == {}


async def test_people_are_found_by_words_and_listed_without_any(graph: Graph) -> None:
    assert [each.name for each in await graph.people.search("van", at_most=5)] == ["Adele Vance"]
    assert [each.name for each in await graph.people.search("", at_most=2)] == ["Adele Vance", "Alex Wilber"]
    assert await graph.people.search('"zzz" OR "displayName:a', at_most=5) == []


def test_what_somebody_types_stays_inside_its_quotes() -> None:
    assert search_clause('a" OR "mail:b') == (
        '"displayName:a OR mail b" OR "mail:a OR mail b" OR "userPrincipalName:a OR mail b"'
    )
    assert search_clause('":\\') == ""


async def test_presence_comes_in_words(graph: Graph) -> None:
    found = await graph.people.presence([ALEX_ID, MEGAN_ID, PATTI_ID, NOBODY])
    assert list(found.values()) == [Presence.AVAILABLE, Presence.IN_A_CALL, Presence.AWAY, Presence.UNKNOWN]


async def test_presence_of_many_is_asked_in_parts(graph: Graph) -> None:
    many = [ObjectId(f"00000000-0000-0000-0000-{number:012}") for number in range(1000, 1700)]
    assert len(await graph.people.presence(many)) == 700


async def test_who_has_a_licence_for_teams(graph: Graph) -> None:
    ids = [ObjectId(f"00000000-0000-0000-0000-{number:012}") for number in range(20, 50)]
    found = await graph.people.with_teams_license(ids)
    assert {int(person[-2:]) for person in found} == {20, 21, 22, 23, 24, 25}
    # Nothing is known about people who are not in the directory.
    assert {int(person[-2:]) for person in await graph.people.without_teams_license(ids)} == {26, 27, 28}
    assert await graph.people.without_teams_license([]) == frozenset()


async def test_each_person_has_the_address_that_opens_a_chat(graph: Graph) -> None:
    ids = [ADELE_ID, ObjectId("00000000-0000-0000-0000-000000000028")]
    found = (await graph.people.get_people(ids)).values()
    assert [(each.guest, each.chat_address) for each in found] == [
        (False, "adele.vance@example.com"),
        (True, "jordan.reyes@partner.example"),
    ]
    assert [each.guest for each in await graph.people.search("jordan", at_most=5)] == [True]
