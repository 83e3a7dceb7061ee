"""`status`: the last card about each record, and problems (spec M2)."""

from collections.abc import Sequence
from dataclasses import replace

import pytest
from sqlalchemy import Update, update

from bot.domain.public_names import chat_permissions
from bot.store.tables import connection, environment, outbox, record_type
from tests.fakes.connector import error
from tests.steps.new_chats import people_page, press, selection
from tests.steps.private_views import private_view
from tests.wire.people import ALEX, LYNNE, MEGAN, PATTI, Somebody
from tests.wire.world import GROUP, PERSONAL, World, texts

pytestmark = pytest.mark.one_database

HIGH, LOW = 1, 3
AT_START = "{{DATE(2026-11-21T10:20:30Z, SHORT)}} {{TIME(2026-11-21T10:20:30Z)}}"
AFTER_WINDOW = "{{DATE(2026-11-21T10:20:32Z, SHORT)}} {{TIME(2026-11-21T10:20:32Z)}}"


async def connected(world: World, number: str = "CAS-01001") -> None:
    await world.say(f"connect {number} quiet")
    await world.settle()
    world.connector.posts.clear()


async def told(world: World, *, person: Somebody = ALEX) -> Sequence[str]:
    """Return the text of the person's answer to `status`, without the decisions about changes."""
    world.connector.posts.clear()
    said = texts(await private_view(world, "status", person=person))
    return [each for each in said if not each.endswith("posted: every change")]


async def test_a_chat_hears_when_the_last_change_came_and_the_last_card_went(world: World) -> None:
    await connected(world)
    assert (await told(world))[3:] == ["No changes received yet", f"Last card sent {AT_START}"]
    await world.change({"prioritycode": HIGH})
    await world.window_ends()
    assert await told(world) == [
        "Status of this chat",
        "Pump vibrates after firmware update",
        "Case · CAS-01001",
        f"Last change received {AT_START}",
        f"Last card sent {AFTER_WINDOW}",
    ]


async def test_without_message_events_the_app_installs_with_fewer_permissions_and_status_says_what_counts(
    world: World,
) -> None:
    with_all = world.teams.settings
    for message_events, title in ((True, "All"), (False, "Mentions")):
        world.settings = world.settings.model_copy(update={"message_events": message_events})
        permissions = chat_permissions(message_events=message_events)
        world.teams.settings = replace(with_all, app_permissions=permissions)
        await world.restart()
        page = await people_page(world)
        await press(world, page, "Create chat", others=selection(MEGAN), name=title)
        await world.settle()
        # The sandbox lets the app in only with exactly the permissions of its manifest.
        assert world.posted(world.made_chats()[-1]) == ["CAS-01001 is connected to this chat"]
    await connected(world)
    assert (await told(world))[-1].startswith("Only messages that mention Chat Sync count as activity")
    async with world.engines.writing.begin() as begun:
        await begun.execute(update(environment).values(sync_on=False))
    await world.restart()
    assert "Only messages" not in str(await told(world))
    world.connector.posts.clear()


async def test_a_throttled_chat_hears_until_when_its_cards_wait(world: World) -> None:
    await connected(world)
    for value in (HIGH, LOW):
        world.connector.fault = lambda *_: error(429, "Throttled", Retry_After="17")
        await world.change({"prioritycode": value})
        await world.window_ends()
    world.connector.fault = lambda *_: None
    until = "{{DATE(2026-11-21T10:20:49Z, SHORT)}} {{TIME(2026-11-21T10:20:49Z)}}"
    assert (await told(world))[-1] == (
        f"2 cards are waiting. Teams limits how many messages the app can send. Next attempt: {until}."
    )
    world.clock.advance(17)
    await world.settle()
    assert "wait" not in str(await told(world))


async def test_a_card_that_teams_refused_is_accounted_for(world: World) -> None:
    await connected(world)
    world.connector.fault = lambda *_: error(413, "MessageSizeTooBig")
    await world.change({"prioritycode": HIGH})
    await world.window_ends()
    world.connector.fault = lambda *_: None
    assert (await told(world))[-2:] == [
        f"Last card sent {AT_START}",
        "The last card could not be delivered. The message is too large for Teams.",
    ]
    await world.forget(outbox)


async def test_a_paused_chat_hears_since_when_and_why(world: World) -> None:
    await connected(world)
    # Another process has found the problem, and its notification has not arrived here yet.
    async with world.engines.writing.begin() as begun:
        paused = {"paused_at": world.clock.now(), "paused_reason": "BotNotInConversationRoster"}
        await begun.execute(update(connection).values(paused))
    why = "The app is no longer in this chat. To resume, add the app to this chat again."
    assert (await told(world))[-1] == f"Paused since {AT_START}. {why}"


async def test_what_a_pause_kept_back_is_not_called_lost_when_the_chat_is_caught_up_with(world: World) -> None:
    await connected(world)
    world.connector.fault = lambda *_: error(403, "BotNotInConversationRoster")
    await world.change({"prioritycode": HIGH})
    await world.window_ends()
    world.connector.fault = lambda *_: None
    await world.say("help")
    await world.settle()
    assert (await told(world))[3:] == [f"Last change received {AT_START}", f"Last card sent {AFTER_WINDOW}"]
    await world.forget(outbox)


async def test_one_card_about_several_records_counts_for_each_of_them(world: World) -> None:
    await connected(world)
    await connected(world, "CAS-01002")
    world.connector.fault = lambda *_: error(403, "BotNotInConversationRoster")
    for case in ("CAS-01001", "CAS-01002"):
        await world.change({"prioritycode": HIGH if case == "CAS-01001" else LOW}, number=case)
    await world.window_ends()
    world.connector.fault = lambda *_: None
    world.clock.advance(60)
    await world.say("help")
    await world.settle()
    went = "Last card sent {{DATE(2026-11-21T10:21:32Z, SHORT)}} {{TIME(2026-11-21T10:21:32Z)}}"
    assert (await told(world)).count(went) == 2
    await world.forget(outbox)


async def test_changes_that_wait_for_dataverse_are_told_of_when_it_answers_again(world: World) -> None:
    await connected(world)
    await world.change({"prioritycode": HIGH})
    world.dataverse_is_down = True
    await world.window_ends()
    world.dataverse_is_down = False
    said = await told(world)
    assert said[3] == f"Last change received {AT_START}"
    assert said[-1] == "Changes are waiting to be sent. Dynamics 365 is not responding."
    world.clock.advance(60)
    await world.settle()
    assert "wait" not in str(await told(world))


@pytest.mark.parametrize(
    ("turned_off", "said"),
    [
        (update(record_type).values(notify=False), "Cards about changes are turned off for records of this type."),
        (update(record_type).values(key_fields=[]), "Cards about changes are turned off for records of this type."),
        (
            update(record_type).values(enabled=False),
            "Your administrator turned off chats for records of this type.",
        ),
        (update(environment).values(chats_on=False), "Your administrator turned off chats for Dynamics 365."),
    ],
    ids=["key-field updates", "key fields", "the record type", "chats"],
)
async def test_what_administrators_turned_off_is_named(world: World, turned_off: Update, said: str) -> None:
    await connected(world)
    async with world.engines.writing.begin() as begun:
        await begun.execute(turned_off)
    await world.restart()
    assert (await told(world))[-1] == said


async def test_each_person_hears_only_of_records_that_they_may_read(world: World) -> None:
    await connected(world)
    await connected(world, "CAS-01005")
    every = await told(world, person=ALEX)
    some = await told(world, person=PATTI)
    assert len([line for line in every if line.startswith("Case ·")]) == 2
    assert [line for line in some if line.startswith("Case ·")] == ["Case · CAS-01001"]
    assert some[-1] == "You cannot open 1 more record."
    world.join(LYNNE)
    await world.say("status", person=LYNNE)
    assert texts(world.card())[0].startswith("You have no user in Dynamics 365")


async def test_only_members_of_the_chat_are_told(world: World) -> None:
    await connected(world)
    world.connector.members[GROUP] = [PATTI.account_id]
    await world.say("status")
    assert texts(world.card()) == [
        "Only members of this chat can do this.",
        "Ask a member to add you, or to do it for you.",
    ]


async def test_a_chat_without_a_record_hears_how_to_connect_one(world: World) -> None:
    await world.say("status", chat=PERSONAL)
    assert texts(world.card(PERSONAL))[0] == "This chat is not connected to a record."
