"""Routes that change something. Each is answered by the function that answers the bot's button (spec P3)."""

from collections.abc import Awaitable, Callable

from aiohttp import web

from bot.domain.errors import ChatSyncError
from bot.features.connections.connect_chat import Note
from bot.features.members.join_chat import join_chat
from bot.features.pane import acts
from bot.features.shared.action_data import parse_connection
from bot.features.shared.answer_in_time import answer_in_time
from bot.features.shared.answers import Answer
from bot.logs import get_logger
from bot.pane.display_values import display_sentences
from bot.pane.requests import PaneRequest, bad_request, counted
from bot.pane.responses import json_answer

Act = Callable[[PaneRequest], Awaitable[Answer]]

_log = get_logger(__name__)


def act(do: Act) -> Callable[[web.Request], Awaitable[web.Response]]:
    """Return the handler that does this for the signed-in person, and answers in time."""

    async def handle(request: web.Request) -> web.Response:
        async with counted(request) as asked:
            try:
                answer = await answer_in_time(do(asked), asked.door.services.limits.answer_within_s)
            except ChatSyncError as error:
                _log.info("pane.act_rejected", error=type(error).__name__)
                raise
        if isinstance(answer, ChatSyncError):
            raise answer
        text = display_sentences(answer.message.render(asked.t).summary)
        return json_answer({"text": text, "isQuestion": answer.needs_confirmation})

    return handle


async def join(asked: PaneRequest) -> Answer:
    """Join the chat of a connection."""
    named = parse_connection({"connection": asked.text("connection")})
    return await join_chat(asked.door.services, asked.person, named)


async def connect(asked: PaneRequest) -> Answer:
    """Connect a chat of the person to the record, or ask whether to send the note."""
    try:
        note = Note(asked.text("note") or Note.ASK)
    except ValueError as error:
        raise bad_request() from error
    current = asked.door.address_of(asked.identity)
    record, target = await asked.required_record(), asked.text("chat")
    return await acts.connect(asked.door.services, current, asked.person, record, target, note=note)


async def disconnect(asked: PaneRequest) -> Answer:
    """Disconnect the chat of a connection."""
    named = parse_connection({"connection": asked.text("connection")})
    return await acts.disconnect(asked.door.services, asked.person, named)


async def resume(asked: PaneRequest) -> Answer:
    """Resume the sync of the chat of a connection."""
    named = parse_connection({"connection": asked.text("connection")})
    return await acts.resume(asked.door.services, asked.person, named)


async def undo(asked: PaneRequest) -> Answer:
    """Undo a disconnect."""
    named = parse_connection({"connection": asked.text("connection")})
    return await acts.undo(asked.door.services, asked.person, named)
