"""Mentions of owners on cards: on urgent changes, and when the owner changes (spec V12)."""

from collections.abc import Mapping
from typing import Any

import pytest

from bot.domain.notifications.rules import ConnectionRules, Style
from bot.store.tables import audit, mention_opt_out
from tests.steps.notification_rules import decided, end_mute, set_chat_rules, set_record_rules
from tests.steps.settings_pages import record_type_page, request_page
from tests.wire.people import ADELE, ALEX, ISAIAH, LYNNE, MEGAN, PATTI, Somebody
from tests.wire.surroundings import HURRIED
from tests.wire.test_held_changes import BECOMES_HIGH, NOTHING, connected, muted
from tests.wire.test_notifications_button import opened
from tests.wire.test_record_life import given_to, told
from tests.wire.test_values_for_each import tell_each
from tests.wire.world import API, GROUP, OTHER_GROUP, World, buttons, texts

__all__ = ["told"]

pytestmark = pytest.mark.one_database

HIGH, NORMAL = 1, 2
URGENT = ConnectionRules(urgent_rule=BECOMES_HIGH, mention_owner=True)
NEW_OWNERS = ConnectionRules(mention_new_owner=True)


def mentioned(card: Mapping[str, Any]) -> list[str]:
    """Return the accounts that the card mentions; each mention has its text on the card."""
    entities = card.get("msteams", {}).get("entities", [])
    for each in entities:
        assert each["type"] == "mention"
        assert any(each["text"] in text for text in texts(dict(card))), each
    assert ("<at>" in str(card["body"])) == bool(entities)
    return [each["mentioned"]["id"] for each in entities]


async def owned_by(world: World, owner: Somebody, rules: ConnectionRules = URGENT) -> None:
    """Connect a case of this owner, with these rules."""
    await connected(world)
    await given_to(world, owner)
    await set_record_rules(world, rules)
    world.connector.posts.clear()


async def raised(world: World, by: Somebody = MEGAN) -> dict[str, Any]:
    """Raise the priority, and return the card."""
    await world.change({"prioritycode": HIGH}, by=by)
    await world.window_ends()
    return world.card()


async def without_roles(world: World, person: Somebody) -> None:
    """Take all security roles away from the person."""
    user = f"{world.sandbox}{API}/systemusers({await world.user_id(person)})"
    async with world.session.get(f"{user}/systemuserroles_association") as got:
        roles = (await got.json())["value"]
    assert roles
    for role in roles:
        async with world.session.delete(f"{user}/systemuserroles_association({role['roleid']})/$ref") as answer:
            assert answer.status == 204, await answer.text()


async def save_settings(world: World, **inputs: str) -> None:
    await request_page(world, (await record_type_page(world)).step("Save", **inputs))


async def opt_out(world: World, person: Somebody, card: Mapping[str, Any], *, value: str = "true") -> None:
    page = await opened(world, card, person)
    page = await request_page(world, page.step("Mentions"), person=person)
    saved = await request_page(world, page.step("Save", noMention=value), person=person)
    assert "Saved. The change is active." in texts(saved.card)


async def test_mentions_are_off_until_an_administrator_turns_them_on(told: World) -> None:
    await owned_by(told, ISAIAH, ConnectionRules(urgent_rule=BECOMES_HIGH))
    assert mentioned(await raised(told)) == []
    await given_to(told, PATTI)
    assert told.nothing_was_said()


async def test_a_new_owner_in_the_chat_is_mentioned_on_a_card_of_their_own(told: World) -> None:
    await save_settings(told, mention_new_owner="true")
    await connected(told)
    await given_to(told, ISAIAH)
    (post,) = told.connector.posts[GROUP]
    card = told.card()
    assert card["msteams"]["entities"] == [
        {
            "type": "mention",
            "text": "<at>Isaiah Langer</at>",
            "mentioned": {"id": ISAIAH.account_id, "name": ISAIAH.name},
        }
    ]
    assert texts(card)[3] == "<at>Isaiah Langer</at> now owns this case."
    assert texts(card)[4].startswith("Megan Bowen · ")
    assert post["summary"] == "CAS-01001: Isaiah Langer now owns this case."
    assert list(buttons(card)) == ["Open record", "Chats", "Notifications"]
    assert await decided(told) == [("posted", "news", None)]
    await told.change({"prioritycode": HIGH}, by=MEGAN)
    await told.window_ends()
    assert mentioned(told.card()) == [], "only the change of the owner"


async def test_a_new_owner_is_mentioned_beside_changed_fields_and_in_each_chat_that_they_are_in(told: World) -> None:
    await save_settings(told, mention_new_owner="true", key_fields="ownerid,prioritycode")
    await connected(told)
    await connected(told, chat=OTHER_GROUP)
    told.connector.members[OTHER_GROUP].remove(ISAIAH.account_id)
    owner = f"/systemusers({await told.user_id(ISAIAH)})"
    await told.change({"prioritycode": HIGH, "ownerid@odata.bind": owner}, by=MEGAN)
    await told.window_ends()
    card, other = told.card(), told.card(OTHER_GROUP)
    assert mentioned(card) == [ISAIAH.account_id]
    assert "Priority: Normal → **High**" in texts(card)
    assert mentioned(other) == []
    assert "Isaiah Langer now owns this case and is not in this chat." in texts(other)
    assert list(buttons(other)) == ["Open record", "Add new owner", "Notifications"]


async def test_the_owner_is_mentioned_on_urgent_changes_and_no_others(told: World) -> None:
    await owned_by(told, ISAIAH)
    card = await raised(told)
    assert mentioned(card) == [ISAIAH.account_id]
    assert texts(card)[3:5] == ["Priority: Normal → **High**", "Owner: <at>Isaiah Langer</at>"]
    await told.change({"prioritycode": NORMAL}, by=MEGAN)
    await told.window_ends()
    assert mentioned(told.card()) == []


async def test_an_urgent_change_passes_a_mute_with_its_mention(told: World) -> None:
    await owned_by(told, ISAIAH)
    await set_chat_rules(told, muted(told))
    assert mentioned(await raised(told)) == [ISAIAH.account_id]


async def test_a_live_card_and_a_summary_mention_nobody(told: World) -> None:
    await owned_by(told, ISAIAH, ConnectionRules(style=Style.LIVE, urgent_rule=BECOMES_HIGH, mention_owner=True))
    await told.change({"prioritycode": HIGH}, by=MEGAN)
    await told.window_ends()
    cards = told.connector.cards(GROUP)
    assert sorted(map(mentioned, cards)) == [[], [ISAIAH.account_id]]
    told.connector.posts.clear()
    await set_record_rules(told, URGENT)
    await told.change({"prioritycode": NORMAL}, by=MEGAN)
    await told.window_ends()
    await set_chat_rules(told, muted(told, also_urgent=True))
    told.connector.posts.clear()
    await told.change({"prioritycode": HIGH}, by=MEGAN)
    await told.window_ends()
    await end_mute(told, NOTHING, "Unmuted by Alex Wilber")
    # The live card of the old rules can get its last edit meanwhile.
    cards = told.connector.cards(GROUP)
    assert cards
    assert all(mentioned(each) == [] for each in cards)


async def test_a_person_who_opted_out_is_mentioned_in_no_chat_until_they_change_it(told: World) -> None:
    await owned_by(told, ISAIAH)
    await connected(told, chat=OTHER_GROUP)
    await set_record_rules(told, URGENT, chat=OTHER_GROUP)
    await told.change({"prioritycode": HIGH}, by=MEGAN)
    await told.window_ends()
    card, other = told.card(), told.card(OTHER_GROUP)
    assert (mentioned(card), mentioned(other)) == ([ISAIAH.account_id], [ISAIAH.account_id])
    await opt_out(told, ISAIAH, card)
    await opt_out(told, MEGAN, card)
    await opt_out(told, MEGAN, card)
    rows = await told.rows_in(mention_opt_out)
    assert {row["person_id"] for row in rows} == {ISAIAH.object_id, MEGAN.object_id}
    entries = [row for row in await told.rows_in(audit) if row["act"] == "change notifications"]
    assert len(entries) == 2, "saving the same again is no change"
    for value in (NORMAL, HIGH):
        await told.change({"prioritycode": value}, by=MEGAN)
        await told.window_ends()
        card = told.card()
        assert (mentioned(card), mentioned(told.card(OTHER_GROUP))) == ([], [])
    await opt_out(told, ISAIAH, card, value="false")
    await told.change({"prioritycode": NORMAL}, by=MEGAN)
    await told.window_ends()
    told.card(), told.card(OTHER_GROUP)
    assert mentioned(await raised(told)) == [ISAIAH.account_id]
    told.connector.posts.clear()


async def test_an_owner_who_cannot_read_the_record_any_more_is_not_mentioned(told: World) -> None:
    await owned_by(told, ISAIAH)
    await without_roles(told, ISAIAH)
    assert mentioned(await raised(told)) == []


async def test_an_owner_outside_the_chat_is_not_mentioned(told: World) -> None:
    await owned_by(told, ISAIAH)
    told.connector.members[GROUP].remove(ISAIAH.account_id)
    assert mentioned(await raised(told)) == []


@pytest.mark.parametrize("role", ["guest", "anonymous"])
async def test_a_guest_is_not_mentioned(told: World, role: str) -> None:
    await owned_by(told, ISAIAH)
    told.connector.roles[ISAIAH.account_id] = role
    assert mentioned(await raised(told)) == []


async def test_a_team_is_not_mentioned(told: World) -> None:
    await owned_by(told, ISAIAH, ConnectionRules(urgent_rule=BECOMES_HIGH, mention_owner=True, mention_new_owner=True))
    async with told.session.get(f"{told.sandbox}{API}/teams?$filter=name eq 'Tier 2'") as answer:
        (tier,) = (await answer.json())["value"]
    await told.change({"ownerid@odata.bind": f"/teams({tier['teamid']})", "prioritycode": HIGH}, by=MEGAN)
    await told.window_ends()
    assert mentioned(told.card()) == []


async def test_nobody_is_mentioned_for_their_own_change(told: World) -> None:
    await owned_by(told, ADELE)
    assert mentioned(await raised(told, by=ADELE)) == []
    await set_record_rules(told, NEW_OWNERS)
    await told.change({"ownerid@odata.bind": f"/systemusers({await told.user_id(MEGAN)})"}, by=MEGAN)
    await told.window_ends()
    assert told.nothing_was_said()


@pytest.mark.parametrize("fails", ["roster", "rights", "slow rights"])
async def test_without_an_answer_about_the_owner_the_card_is_posted_without_a_mention(told: World, fails: str) -> None:
    await owned_by(told, ISAIAH)
    told.limits = HURRIED
    await told.restart()
    told.connector.roster_is_down = fails == "roster"
    told.dataverse_refuses = {"$batch": (400, {"error": {"message": "No."}})} if fails == "rights" else {}
    told.dataverse_hangs_on = "$batch" if fails == "slow rights" else ""
    card = await raised(told)
    told.let_dataverse_answer()
    assert mentioned(card) == []
    assert "Priority: Normal → **High**" in texts(card)


async def test_a_card_without_values_does_not_say_who_owns_the_record(told: World) -> None:
    await tell_each(told)
    await connected(told)
    await set_record_rules(told, ConnectionRules(urgent_rule=BECOMES_HIGH, mention_owner=True, mention_new_owner=True))
    await given_to(told, ISAIAH)
    assert told.nothing_was_said()
    card = await raised(told)
    assert mentioned(card) == []
    assert ISAIAH.name not in str(card)


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("</at><at>everyone</at>", "/at at everyone /at"),
        ("Isaiah [Langer](https://evil.example) *&lt;*", "Isaiah Langer (https://evil.example) lt;"),
        ("<>", ""),
    ],
)
async def test_a_name_cannot_change_the_mention(told: World, name: str, shown: str) -> None:
    told.connector.names[ISAIAH.account_id] = name
    await owned_by(told, ISAIAH)
    card = await raised(told)
    expected: list[object] = [
        {"type": "mention", "text": f"<at>{shown}</at>", "mentioned": {"id": ISAIAH.account_id, "name": shown}}
    ]
    assert card.get("msteams", {}).get("entities", []) == (expected if shown else [])
    assert "\n".join(texts(card)).count("<at>") == bool(shown)


async def test_chats_choose_for_themselves_unless_the_administrator_locks_it(told: World) -> None:
    await connected(told)
    await told.say("notifications")
    page = await opened(told, told.card(), ALEX)
    page = await request_page(told, page.step("Record rules"))
    saved = await request_page(told, page.step("Save", mentionNew="true", mention="false"))
    assert "A new owner is mentioned." in texts(saved.card)
    await given_to(told, ISAIAH)
    assert mentioned(told.card()) == [ISAIAH.account_id]
    await save_settings(told, locked_rules="mention_new_owner,mention_owner")
    await given_to(told, PATTI)
    assert told.nothing_was_said()
    await told.say("notifications")
    page = await opened(told, told.card(), ALEX)
    page = await request_page(told, page.step("Record rules"))
    assert not {"mention", "mentionNew"} & set(page.inputs)
    assert {"A new owner is not mentioned.", "The owner is not mentioned on urgent changes."} <= set(texts(page.card))


async def test_a_person_without_a_user_is_never_an_owner_to_mention(told: World) -> None:
    told.connector.members[GROUP].append(LYNNE.account_id)
    await owned_by(told, ISAIAH)
    told.connector.object_ids[ISAIAH.account_id], told.connector.object_ids[LYNNE.account_id] = (
        LYNNE.object_id,
        "00000000-0000-0000-0001-000000000001",
    )
    assert mentioned(await raised(told)) == []
