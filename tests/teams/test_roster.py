"""Members of a chat, and responses that do not list them."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import replace

import pytest
from aiohttp import ClientSession

from bot.domain.directory import ChatAccount
from bot.domain.errors import ChatMissing, ChatSyncError, NotAllowed, Unavailable
from bot.domain.values import TEAMS, Chat, ChatId, ChatKind, ObjectId, Person
from bot.http.access_tokens import NullTokens
from bot.teams.connector import Connector
from bot.teams.roster import ConnectorRoster
from bot.teams.service_hosts import local_urls
from tests.fakes.connector import FakeConnector
from tests.wire.people import ALEX, MEGAN

CHAT = ChatId("19:a@thread.v2")
MEMBER = Person(account_id=ALEX.account_id, object_id=ObjectId(ALEX.object_id), name=ALEX.name)
BOT = "28:bot"
UNKNOWN = b'{"error":{"code":"SomethingNew","message":"There is no such thing."}}'
GONE = b'{"error":{"code":"ConversationNotFound","message":"It is gone."}}'


@pytest.fixture
async def teams() -> AsyncIterator[FakeConnector]:
    async with FakeConnector(members={CHAT: [BOT, ALEX.account_id, MEGAN.account_id]}).running() as running:
        yield running


def chat(teams: FakeConnector, channel: str) -> Chat:
    return Chat(
        id=CHAT,
        kind=ChatKind.GROUP,
        channel=channel,
        tenant_id="",
        service_url=teams.service_url,
        bot_id=BOT,
        bot_name="Chat Sync",
    )


async def accounts(teams: FakeConnector, channel: str = TEAMS) -> Sequence[ChatAccount]:
    async with ClientSession() as session:
        roster = ConnectorRoster(Connector(session, NullTokens(), local_urls(0, frozenset())))
        return await roster.accounts(chat(teams, channel))


async def is_member(teams: FakeConnector, person: Person, channel: str = TEAMS) -> bool:
    async with ClientSession() as session:
        roster = ConnectorRoster(Connector(session, NullTokens(), local_urls(0, frozenset())))
        return await roster.is_member(chat(teams, channel), person)


@pytest.mark.parametrize("channel", [TEAMS, "emulator"])
async def test_everybody_but_the_bot_is_named(teams: FakeConnector, channel: str) -> None:
    assert [each.name for each in await accounts(teams, channel)] == [ALEX.name, MEGAN.name]
    assert await is_member(teams, MEMBER, channel)
    teams.members[CHAT].remove(ALEX.account_id)
    assert not await is_member(teams, MEMBER, channel)
    teams.members[CHAT] = []
    assert await accounts(teams, channel) == []


@pytest.mark.parametrize(
    ("status", "body", "meaning"),
    [
        (404, UNKNOWN, Unavailable),
        (404, b"", Unavailable),
        (404, GONE, ChatMissing),
        (403, GONE, ChatMissing),
        (500, UNKNOWN, Unavailable),
        (204, b"", Unavailable),
        (200, b"<html>Back in a minute</html>", Unavailable),
        (200, b'"nobody"', Unavailable),
        (200, b'{"members":null}', Unavailable),
        (200, UNKNOWN, Unavailable),
    ],
)
@pytest.mark.parametrize("channel", [TEAMS, "emulator"])
async def test_an_answer_without_a_list_is_not_one_of_a_chat_without_people(
    teams: FakeConnector, status: int, body: bytes, meaning: type[ChatSyncError], channel: str
) -> None:
    teams.roster_says = status, body
    with pytest.raises(meaning):
        await accounts(teams, channel)


async def test_a_chat_of_another_address_than_the_lists_is_refused_in_words(teams: FakeConnector) -> None:
    elsewhere = replace(chat(teams, TEAMS), service_url="https://elsewhere.example/")
    async with ClientSession() as session:
        roster = ConnectorRoster(Connector(session, NullTokens(), local_urls(0, frozenset())))
        with pytest.raises(NotAllowed, match="CHATSYNC_SERVICE_HOSTS"):
            await roster.accounts(elsewhere)
