"""Messages that must reach a chat before something else happens: posted, edited, and their errors."""

from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from aiohttp import ClientSession, web

from bot.domain.errors import BotAbsent, ChatMissing, ChatSyncError, NotSupported, Unavailable
from bot.domain.values import Chat
from bot.http.access_tokens import NullTokens
from bot.teams.chat_messages import ConnectorChatMessages
from bot.teams.connector import Connector
from bot.teams.service_hosts import local_urls
from tests.fakes.connector import FakeConnector, error
from tests.steps.stored_rows import a_chat

FIRST, SECOND = b'{"type":"message","summary":"1"}', b'{"type":"message","summary":"2"}'


@pytest.fixture
async def teams() -> AsyncIterator[FakeConnector]:
    async with FakeConnector().running() as running:
        yield running


@pytest.fixture
async def messages(teams: FakeConnector) -> AsyncIterator[ConnectorChatMessages]:
    async with ClientSession() as session:
        yield ConnectorChatMessages(Connector(session, NullTokens(), local_urls(0, frozenset())))


def chat_at(teams: FakeConnector) -> Chat:
    return a_chat(service_url=teams.service_url)


async def test_a_message_is_posted_and_edited_in_place(teams: FakeConnector, messages: ConnectorChatMessages) -> None:
    chat = chat_at(teams)
    message = await messages.post(chat, FIRST)
    await messages.edit(chat, message, SECOND)
    assert [each["summary"] for each in teams.posts[chat.id]] == ["2"]


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (lambda: error(403, "BotNotInConversationRoster"), BotAbsent),
        (lambda: error(404, "ConversationNotFound"), ChatMissing),
        (lambda: error(429, "Throttled", Retry_After="17"), Unavailable),
        (lambda: error(503, "ServiceError"), Unavailable),
        (lambda: error(413, "MessageSizeTooBig"), NotSupported),
        (lambda: web.Response(status=400, text="<html>"), Unavailable),
    ],
    ids=["removed", "unknown chat", "throttled", "down", "too large", "no JSON"],
)
async def test_a_refused_message_raises_what_the_caller_can_act_on(
    teams: FakeConnector,
    messages: ConnectorChatMessages,
    answer: Callable[[], web.Response],
    expected: type[ChatSyncError],
) -> None:
    chat = chat_at(teams)
    message = await messages.post(chat, FIRST)
    teams.fault = lambda _conversation, _activity: answer()
    with pytest.raises(expected):
        await messages.post(chat, SECOND)
    with pytest.raises(expected):
        await messages.edit(chat, message, SECOND)
    assert [each["summary"] for each in teams.posts[chat.id]] == ["1"]


@pytest.mark.parametrize("body", ["[]", "null", "no JSON", '{"id": null}'])
async def test_a_message_without_an_id_is_posted_too(
    messages: ConnectorChatMessages, teams: FakeConnector, body: str
) -> None:
    def accept(_conversation: str, _activity: dict[str, Any]) -> web.Response:
        return web.Response(status=201, text=body)

    teams.fault = accept
    assert await messages.post(chat_at(teams), FIRST) == ""
