"""Buttons that connect a chat to a record, and that end, keep, or resume the connection."""

from collections.abc import Mapping
from dataclasses import replace

from bot.domain.public_names import AUDIENCE_CONFIRMED, QUIET, TARGET_CHAT, Verb
from bot.domain.texts import text
from bot.domain.values import ChatKind, Connection
from bot.features.chat_sync.resume_sync import resume_sync
from bot.features.connections.answered_news import answered_news
from bot.features.connections.choose_connection import choose_connection
from bot.features.connections.connect_chat import Note, connect_chat
from bot.features.connections.connect_other_chat import connect_other_chat
from bot.features.connections.current_name import with_current_name
from bot.features.connections.disconnect_chat import disconnect_chat
from bot.features.connections.find_connections import connections_by_text
from bot.features.connections.list_records import list_records
from bot.features.connections.offer_group_chat import offer_group_chat
from bot.features.connections.undo_disconnect import undo_disconnect
from bot.features.members.add_owner import add_owner
from bot.features.record_search.choose_record import CONNECT, CONNECT_QUIETLY, offer_choice
from bot.features.record_search.resolver import QUERY, from_link
from bot.features.shared.access import require_chats_on
from bot.features.shared.action_data import ActionData, parse_connection, parse_link, parse_offset
from bot.features.shared.answers import Answer, display_name
from bot.features.shared.named_connections import require_named_connection
from bot.features.shared.private_answers import private_only
from bot.features.shared.routes import ButtonHandler
from bot.features.shared.services import Services
from bot.features.shared.turn import Turn, other_member
from cards.inputs import OFF
from cards.new_chat import NOTE
from cards.notice import NoticeView, notice
from cards.question import QUESTION, Posted


async def _connect(services: Services, turn: Turn, data: ActionData) -> Answer:
    if TARGET_CHAT in data:
        return await _connect_other_chat(services, turn, data)
    record = await from_link(services, parse_link(data, services.links), turn.person)
    if turn.chat.kind is ChatKind.PERSONAL:
        return await offer_group_chat(services, turn.person, record, other_member(turn.chat, turn.person))
    return await connect_chat(services, turn.chat, turn.person, record, note=_note(data))


@private_only
async def _connect_other_chat(services: Services, turn: Turn, data: ActionData) -> Answer:
    """Connect another chat. The current chat was not shown the record, and must not see its name."""
    record = await from_link(services, parse_link(data, services.links), turn.person)
    return await connect_other_chat(services, turn.chat, turn.person, record, data[TARGET_CHAT], note=_note(data))


async def _choose(services: Services, turn: Turn, data: ActionData) -> Answer:
    purpose = CONNECT_QUIETLY if data.get(QUIET) == QUIET else CONNECT
    return await offer_choice(services, data.get(QUERY, ""), turn.person, purpose, begin=parse_offset(data))


async def _records(services: Services, turn: Turn, data: ActionData) -> Answer:
    return await list_records(services, turn, begin=parse_offset(data))


async def _choose_disconnect(services: Services, turn: Turn, data: ActionData) -> Answer:
    """List the records to disconnect, even if only one matches, because clients press this button automatically."""
    text = data.get(QUERY, "")
    connections = await connections_by_text(services, turn.chat, turn.person, text)
    return await choose_connection(services, turn.person, connections, text, begin=parse_offset(data))


async def _disconnect(services: Services, turn: Turn, data: ActionData) -> Answer:
    connection = await _named(services, turn, data)
    answer = await disconnect_chat(services, turn.chat, turn.person, connection)
    return await _answering_news(services, turn, data, connection, answer, text("This chat was disconnected."))


async def _undo_disconnect(services: Services, turn: Turn, data: ActionData) -> Answer:
    return await undo_disconnect(services, turn.chat, turn.person, parse_connection(data))


async def _keep_connected(services: Services, turn: Turn, data: ActionData) -> Answer:
    connection = await _named(services, turn, data)
    await require_chats_on(services, connection.record.environment)
    line = text("{record} stays connected to this chat.", record=display_name(connection))
    answer = Answer(message=notice(NoticeView(text=line)))
    return await _answering_news(services, turn, data, connection, answer, line)


async def _answering_news(
    services: Services, turn: Turn, data: ActionData, connection: Connection, answer: Answer, line: str
) -> Answer:
    """Return the answer, with the card that asked whether to keep the connection, but without its question."""
    if data.get(QUESTION) != Posted.NEWS:
        return answer
    return replace(answer, replacement=await answered_news(services, turn.chat, connection, line))


async def _add_owner(services: Services, turn: Turn, data: ActionData) -> Answer:
    connection = await _named(services, turn, data)
    return await add_owner(services, turn.chat, turn.person, connection)


async def _resume_sync(services: Services, turn: Turn, data: ActionData) -> Answer:
    connection = await _named(services, turn, data)
    return await resume_sync(services, turn.chat, turn.person, connection)


async def _named(services: Services, turn: Turn, data: ActionData) -> Connection:
    connection = await require_named_connection(services, turn.chat, turn.person, parse_connection(data))
    return await with_current_name(services, turn.chat, connection, turn.person)


def _note(data: ActionData) -> Note:
    if data.get(QUIET) == QUIET or data.get(NOTE) == OFF:
        return Note.NONE
    return Note.SEND if data.get(AUDIENCE_CONFIRMED) == AUDIENCE_CONFIRMED else Note.ASK


BUTTONS: Mapping[str, ButtonHandler] = {
    Verb.CONNECT: _connect,
    Verb.CHOOSE: private_only(_choose),
    Verb.RECORDS: private_only(_records),
    Verb.CHOOSE_DISCONNECT: private_only(_choose_disconnect),
    Verb.DISCONNECT: _disconnect,
    Verb.UNDO_DISCONNECT: _undo_disconnect,
    Verb.KEEP_CONNECTED: _keep_connected,
    Verb.ADD_OWNER: _add_owner,
    Verb.RESUME_SYNC: _resume_sync,
}
