"""Limits and bulk edits count changes of several records that are decided at the same time (spec V7, V16)."""

from collections import Counter

from bot.domain.notifications.rules import Budget, ChatRules
from tests.steps.notification_rules import decided, posted, set_chat_rules
from tests.wire.world import GROUP, World, texts

NUMBERS = ("CAS-01001", "CAS-01002", "CAS-01003", "CAS-01005", "CAS-01006")
LOW = 3


async def all_at_once(world: World, rules: ChatRules) -> list[list[str]]:
    """Change all records within one window, and return the texts of the cards."""
    for number in NUMBERS:
        await world.say(f"connect {number} quiet")
        await world.settle()
    await set_chat_rules(world, rules)
    world.connector.posts.clear()
    for number in NUMBERS:
        await world.change({"prioritycode": LOW}, number=number)
    await world.window_ends()
    await posted(world)
    return [texts(card) for card in world.connector.cards(GROUP)]


def titles(cards: list[list[str]]) -> Counter[str]:
    return Counter(card[0] for card in cards)


async def test_changes_of_several_records_at_once_do_not_exceed_the_budget(world: World) -> None:
    cards = await all_at_once(world, ChatRules(budget=Budget(in_a_burst=2)))
    assert titles(cards) == {"Case": 2, "3 more changes": 1}
    assert Counter(await decided(world)) == {("posted", "every change", None): 2, ("merged", "budget", None): 3}


async def test_a_bulk_edit_at_one_moment_gives_two_cards_and_a_summary(world: World) -> None:
    cards = await all_at_once(world, ChatRules(combine_bulk_edits=True))
    assert titles(cards) == {"Case": 2, "3 more changes": 1}
    assert Counter(await decided(world)) == {("posted", "every change", None): 2, ("merged", "bulk edit", None): 3}
