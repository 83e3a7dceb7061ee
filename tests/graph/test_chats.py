"""Chats in the sandbox's Graph, and every way in which Graph refuses a request."""

from datetime import timedelta

import pytest

from bot.domain.directory import MAX_MEMBERS, sanitize_topic
from bot.domain.errors import BadRequest, NotAllowed, NotFound, NotSupported, Unavailable
from bot.domain.values import ChatId
from bot.graph.protocol import new_chat_body, new_member_body
from bot.sandbox.teams import chats as sandbox_chats
from bot.sandbox.teams.channels import TEAM_ID
from tests.fakes.clock import START
from tests.graph.conftest import ADELE_ID, ALEX_ID, DIEGO_ID, MEGAN_ID, PATTI_ID, Graph

NOBODY = ChatId("19:none@thread.v2")


async def test_a_chat_is_created_and_its_members_come_and_go(graph: Graph) -> None:
    chat = await graph.chats.create([ALEX_ID, ADELE_ID], "Pump vibrates")
    assert (chat.topic, chat.created_at) == ("Pump vibrates", START)
    await graph.chats.add_member(chat.id, MEGAN_ID)
    await graph.chats.remove_member(chat.id, ADELE_ID)
    await graph.chats.remove_member(chat.id, ADELE_ID)
    assert [(each.object_id, each.name) for each in await graph.chats.list_members(chat.id)] == [
        (ALEX_ID, "Alex Wilber"),
        (MEGAN_ID, "Megan Bowen"),
    ]
    assert (await graph.chats.get_chat(chat.id)).topic == "Pump vibrates"
    await graph.chats.rename(chat.id, "Pump runs")
    (listed,) = await graph.chats.list_chats(MEGAN_ID)
    assert (listed.topic, len(listed.members)) == ("Pump runs", 2)


async def test_who_is_added_sees_the_whole_history() -> None:
    base = "https://graph.microsoft.com/v1.0"
    added = new_member_body(base, ADELE_ID)
    assert added["visibleHistoryStartDateTime"] == "0001-01-01T00:00:00Z"
    assert added["user@odata.bind"] == f"{base}/users('{ADELE_ID}')"
    assert "topic" not in new_chat_body(base, [ALEX_ID], None)


async def test_a_chat_whose_answer_was_lost_is_found_again(graph: Graph) -> None:
    await graph.chats.create([ALEX_ID, ADELE_ID], "Another with the same people, long ago")
    since = START + timedelta(hours=1)
    assert await graph.chats.find_created([ALEX_ID, ADELE_ID], since=since) is None
    await graph.fault("lost; method=POST; path=chats")
    with pytest.raises(Unavailable):
        await graph.chats.create([ALEX_ID, MEGAN_ID], None)
    found = await graph.chats.find_created([ALEX_ID, MEGAN_ID], since=START)
    assert found
    assert [each.object_id for each in await graph.chats.list_members(found.id)] == [ALEX_ID, MEGAN_ID]
    assert await graph.chats.find_created([ALEX_ID, PATTI_ID], since=START) is None


async def test_without_consent_the_permission_is_named_and_who_can_grant_it(graph: Graph) -> None:
    chat = (await graph.chats.create([ALEX_ID, ADELE_ID], None)).id
    refused = {
        "Chat.Create": ("POST; path=chats", graph.chats.create([ALEX_ID], None)),
        "ChatMember.ReadWrite.All": ("POST; ends=members", graph.chats.add_member(chat, MEGAN_ID)),
        "TeamsAppInstallation.ReadWriteAndConsentSelfForChat.All": ("POST; ends=Apps", graph.chats.install(chat)),
        "Channel.Create": ("POST; ends=channels", graph.chats.create_channel(TEAM_ID, "Pump")),
        "Chat.ReadWrite.All": ("PATCH", graph.chats.rename(chat, "Pump")),
        "User.Read.All": ("GET; path=users", graph.people.search("a", at_most=5)),
        "Presence.Read.All": ("POST; path=communications", graph.people.presence([ALEX_ID])),
    }
    for permission, (fault, act) in refused.items():
        await graph.fault(f"403; method={fault}")
        with pytest.raises(NotAllowed) as error:
            await act
        assert permission in error.value.next_step
        assert "Global Administrator" in error.value.next_step
        assert error.value.code == "Forbidden"


async def test_a_chat_that_is_not_there_is_said_to_be(graph: Graph) -> None:
    for act in (graph.chats.list_members(NOBODY), graph.chats.install(NOBODY), graph.chats.rename(NOBODY, "x")):
        with pytest.raises(NotFound, match="does not exist"):
            await act


async def test_an_app_that_is_there_already_is_no_trouble(graph: Graph) -> None:
    chat = (await graph.chats.create([ALEX_ID, ADELE_ID], None)).id
    await graph.chats.install(chat)
    await graph.chats.install(chat)
    assert len((await graph.raw("GET", f"chats/{chat}/installedApps"))["value"]) == 1


async def test_a_member_who_is_there_already_is_no_trouble(graph: Graph) -> None:
    chat = (await graph.chats.create([ALEX_ID, ADELE_ID], None)).id
    await graph.chats.add_member(chat, ADELE_ID)
    assert len(await graph.chats.list_members(chat)) == 2


async def test_a_full_chat_says_so(graph: Graph, monkeypatch: pytest.MonkeyPatch) -> None:
    chat = (await graph.chats.create([ALEX_ID, ADELE_ID], None)).id
    monkeypatch.setattr("bot.sandbox.graph.chats.MAX_MEMBERS", 2)
    monkeypatch.setattr("bot.graph.chats.MAX_MEMBERS", 2)
    with pytest.raises(NotSupported, match="full"):
        await graph.chats.add_member(chat, MEGAN_ID)
    assert sandbox_chats.MAX_MEMBERS == MAX_MEMBERS == 250


async def test_somebody_whose_account_is_off_cannot_be_added(graph: Graph) -> None:
    chat = (await graph.chats.create([ALEX_ID, ADELE_ID], None)).id
    with pytest.raises(NotAllowed):
        await graph.chats.add_member(chat, DIEGO_ID)


@pytest.mark.parametrize("topic", ["Case: 10", "a" * 300])
async def test_a_name_that_teams_does_not_take_is_refused_and_a_cleaned_one_is_taken(graph: Graph, topic: str) -> None:
    chat = (await graph.chats.create([ALEX_ID, ADELE_ID], None)).id
    with pytest.raises(BadRequest, match="does not accept this name"):
        await graph.chats.rename(chat, topic)
    cleaned = sanitize_topic(topic)
    assert cleaned
    await graph.chats.rename(chat, cleaned)
    assert (await graph.chats.get_chat(chat)).topic == cleaned


@pytest.mark.parametrize(
    ("text", "topic"),
    [("Case: 10", "Case 10"), (" a\n b ", "a b"), (":::", None), ("", None), ("x" * 300, "x" * 250)],
)
def test_text_becomes_a_chats_name(text: str, topic: str | None) -> None:
    assert sanitize_topic(text) == topic


async def test_teams_and_the_channels_that_all_of_their_members_see(graph: Graph) -> None:
    (team,) = await graph.chats.list_teams(ADELE_ID)
    assert await graph.chats.list_teams(PATTI_ID) == []
    assert [each.name for each in await graph.chats.list_channels(team.id)] == ["General", "Pumps"]
    await graph.chats.install_in_team(team.id)
    await graph.chats.install_in_team(team.id)
