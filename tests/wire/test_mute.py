"""`mute`: who may mute a chat or a record, and until when (spec V2)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import pytest

from bot.store.tables import audit, chat_rules, connection_rules
from tests.steps.private_views import private_view
from tests.wire.people import ADELE, ALEX, ISAIAH, LYNNE, MEGAN, PATTI
from tests.wire.test_disconnect import allow, connected
from tests.wire.world import BOT, GROUP, OTHER_GROUP, World, buttons, texts

pytestmark = pytest.mark.one_database

NEWS = "Urgent changes, and news such as a closed or deleted record, still come."
UTC_NOTE = "The time is 8:00 in UTC, because neither this chat nor your client has a time zone."
NOBODY = "You cannot change the notifications of this chat."


def at(stamp: str) -> str:
    return f"{{{{DATE({stamp}, SHORT)}}}} {{{{TIME({stamp})}}}}"


async def chat_mute(world: World) -> Mapping[str, Any] | None:
    rows = await world.rows_in(chat_rules)
    return rows[0]["rules"]["mute"] if rows else None


async def record_mutes(world: World) -> list[Any]:
    return [row["rules"]["mute"] for row in await world.rows_in(connection_rules)]


async def said(world: World, text: str, **more: Any) -> list[str]:
    await world.say(text, **more)
    await world.settle()
    return texts(world.card())


async def said_from(world: World, zone: str, text: str) -> list[str]:
    """Write the command with a client that names its time zone."""
    at_name = f"<at>{BOT['name']}</at>"
    mention = {"type": "mention", "mentioned": BOT, "text": at_name}
    more = {"text": f"{at_name} {text}", "entities": [mention], "localTimezone": zone}
    await world.post(world.activity(GROUP, ISAIAH, type="message", **more))
    await world.settle()
    return texts(world.card())


async def test_everyone_mutes_until_monday_at_most_and_the_chat_is_told_until_when(world: World) -> None:
    await connected(world, "CAS-01001")
    for text, until, note in (
        ("mute 1h", "2026-11-21T11:20:30Z", []),
        ("Mute for 1 hour", "2026-11-21T11:20:30Z", []),
        ("mute until tomorrow", "2026-11-22T08:00:00Z", [UTC_NOTE]),
        ("mute monday", "2026-11-23T08:00:00Z", [UTC_NOTE]),
    ):
        first, *rest = await said(world, text, person=ISAIAH)
        assert first == f"Isaiah Langer muted this chat until {at(until)}.", text
        assert rest == [NEWS, *note]
        mute = await chat_mute(world)
        assert mute
        assert datetime.fromisoformat(mute["until"]) == datetime.fromisoformat(until)
    assert (await said(world, "mute always", person=ISAIAH))[0] == NOBODY
    assert [row["act"] for row in await world.rows_in(audit)] == ["connect", *["mute"] * 4]
    assert await said(world, "mute off", person=PATTI) == [
        "Unmuted by Patti Fernandez.",
        "Nothing changed in the meantime.",
    ]
    assert await chat_mute(world) is None
    assert (await said(world, "mute off"))[0] == "This chat is not muted."


async def test_times_are_those_of_the_client_if_it_names_a_known_zone(world: World) -> None:
    await connected(world, "CAS-01001")
    for zone, until in (("Asia/Tokyo", "2026-11-21T23:00:00Z"), ("America/New_York", "2026-11-22T13:00:00Z")):
        assert await said_from(world, zone, "mute tomorrow") == [
            f"Isaiah Langer muted this chat until {at(until)}.",
            NEWS,
        ]
    for unknown in ("Mars/Base", "../etc/passwd", "x" * 5000, ""):
        assert UTC_NOTE in await said_from(world, unknown, "mute tomorrow")


async def test_a_mute_without_an_end_needs_the_right_to_disconnect_and_so_does_changing_it(world: World) -> None:
    await connected(world, "CAS-01001", by=ISAIAH)
    assert (await said(world, "mute always"))[0] == "Alex Wilber muted this chat until someone turns it off."
    for text in ("mute off", "mute 1h", "mute monday"):
        refused = await said(world, text, person=ISAIAH)
        assert refused[0] == NOBODY, text
        assert "Only people whose security role lets them disconnect Teams chats" in refused[1]
    await allow(world, connector_can_disconnect=True)
    assert (await said(world, "mute off", person=ISAIAH))[0] == "Unmuted by Isaiah Langer."
    await connected(world, "CAS-01002")
    assert (await said(world, "mute always", person=ISAIAH))[0] == NOBODY, "another person connected the second record"
    first, *_ = await said(world, "mute always CAS-01001", person=ISAIAH)
    assert first == "Isaiah Langer muted CAS-01001 in this chat until someone turns it off."


async def test_one_record_is_muted_by_its_number_link_or_words(world: World) -> None:
    await connected(world, "CAS-01001", "CAS-01002")
    for text in ("mute 1h cas-01002", "mute 1h firmware", f"mute tomorrow {await world.link()}"):
        assert "muted CAS-0100" in (await said(world, text, person=ADELE))[0], text
    assert [mute is not None for mute in await record_mutes(world)] == [True, True]
    assert await chat_mute(world) is None
    assert (await said(world, "mute off CAS-01001"))[0] == "CAS-01001 was unmuted by Alex Wilber."
    assert (await said(world, "mute off CAS-01001"))[0] == "CAS-01001 is not muted in this chat."
    assert (await said(world, "mute off"))[0] == "Unmuted by Alex Wilber."
    assert await record_mutes(world) == [None, None]


async def test_words_that_match_several_records_are_asked_about_in_private(world: World) -> None:
    await connected(world, "CAS-01001", "CAS-01002")
    card = await private_view(world, "mute 1h CAS-01001 CAS-01002", says="2 connected records")
    assert texts(card)[0] == "Mute which record in this chat?"
    answer = await world.press(buttons(card)["Mute"], person=ISAIAH)
    assert answer["value"].startswith("Isaiah Langer muted CAS-0100")
    await world.settle()
    world.card()


async def test_a_bare_mute_asks_and_its_buttons_check_the_rights_again(world: World) -> None:
    await connected(world, "CAS-01001")
    await world.say("mute", person=ISAIAH)
    card = world.card()
    assert texts(card)[0] == "Mute this chat for how long?"
    shown = buttons(card)
    assert set(shown) == {"1 hour", "Until tomorrow 8:00", "Until Monday 8:00", "Until turned off"}
    refused = await world.press(shown["Until turned off"], person=ISAIAH)
    assert texts(refused["value"])[0] == NOBODY
    urgent = {**shown["1 hour"], "data": {**shown["1 hour"]["data"], "alsoUrgent": "true"}}
    assert (await world.press(urgent, person=ISAIAH))["value"] == "Isaiah Langer muted this chat."
    await world.settle()
    notice = world.card()
    assert texts(notice)[1] == "Only news such as a closed or deleted record still comes."
    await world.say("mute", person=MEGAN)
    card = world.card()
    assert texts(card)[1].startswith("Muted by Isaiah Langer until ")
    assert (await world.press(buttons(notice)["Unmute"], person=PATTI))["value"] == "Unmuted by Patti Fernandez."
    await world.settle()
    world.card()
    for span in ("2h", "", "OFF", "x" * 3000):
        refused = await world.press({"verb": "mute", "data": {"span": span}})
        assert texts(refused["value"])[0] == "This button no longer works.", span


async def test_other_spans_strangers_and_chats_without_records_are_answered(world: World) -> None:
    assert (await said(world, "mute 1h"))[0] == "This chat is not connected to a record."
    await connected(world, "CAS-01001")
    for text in ("mute 2h", "mute for 30 minutes", "mute 0 h", "mute friday", "mute 99999999999999999999d"):
        assert await said(world, text) == [
            "A mute lasts 1 hour, until tomorrow 8:00, until Monday 8:00, or until someone turns it off.",
            "Write mute 1h, mute tomorrow, mute monday, or mute always.",
        ], text
    for text in ("mute 1h CAS-09999", "mute 1h 🙂", "mute off nothing"):
        assert (await said(world, text))[0] == "This chat is not connected to a matching record.", text
    world.join(LYNNE)
    assert (await said(world, "mute 1h", person=LYNNE))[0].startswith("You have no user in Dynamics 365")
    world.connector.members[GROUP].remove(MEGAN.account_id)
    for data in ({"span": "1h"}, {"span": "always"}):
        refused = await world.press({"verb": "mute", "data": data}, person=MEGAN)
        assert texts(refused["value"])[0] == "Only members of this chat can do this."
    assert await chat_mute(world) is None
    assert world.nothing_was_said(OTHER_GROUP)


async def test_in_a_channel_only_those_involved_with_the_record_mute(world: World) -> None:
    await connected(world, "CAS-01001", by=ISAIAH)
    channel = {"conversationType": "channel"}
    at_name = f"<at>{BOT['name']}</at>"
    mention = {"type": "mention", "mentioned": BOT, "text": at_name}
    for person, first_line in (
        (PATTI, "In a channel, only the person who connected the record,"),
        (ISAIAH, "Isaiah Langer muted this chat until"),
        (ALEX, "Alex Wilber muted this chat until"),
    ):
        written: dict[str, Any] = world.activity(
            GROUP, person, type="message", text=f"{at_name} mute 1h", entities=[mention]
        )
        written["conversation"] |= channel
        await world.post(written)
        await world.settle()
        assert texts(world.card())[0].startswith(first_line), person.name
