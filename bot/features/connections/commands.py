"""Text commands that connect a chat to a record, disconnect it, or list its records."""

from collections.abc import Mapping

from bot.domain.public_names import QUIET, Command
from bot.domain.values import ChatKind
from bot.features.connections.choose_connection import choose_button, choose_connection
from bot.features.connections.connect_chat import Note, connect_chat
from bot.features.connections.disconnect_chat import disconnect_chat
from bot.features.connections.find_connections import connections_by_text, connections_of_chat
from bot.features.connections.list_records import count_records, list_records
from bot.features.connections.offer_group_chat import offer_group_chat
from bot.features.record_search.choose_record import CONNECT, CONNECT_QUIETLY, RecordPurpose, choose_record
from bot.features.shared.answers import Answer
from bot.features.shared.private_answers import private_button
from bot.features.shared.routes import CommandHandler
from bot.features.shared.services import Services
from bot.features.shared.turn import Turn, other_member


async def _connect(services: Services, turn: Turn, rest: str) -> Answer:
    text, quiet = _without_quiet(rest)
    purpose = CONNECT_QUIETLY if quiet else CONNECT
    record = await choose_record(services, text, turn.person, purpose)
    if isinstance(record, Answer):
        # The choice lists records that the person can read, but perhaps not everyone else in the chat.
        return record if turn.private else _choose_privately(turn, text, purpose)
    if turn.chat.kind is ChatKind.PERSONAL:
        other = other_member(turn.chat, turn.person)
        return await offer_group_chat(services, turn.person, record, other)
    return await connect_chat(services, turn.chat, turn.person, record, note=Note.NONE if quiet else Note.ASK)


async def _disconnect(services: Services, turn: Turn, rest: str) -> Answer:
    connections = await connections_by_text(services, turn.chat, turn.person, rest)
    if len(connections) == 1:
        return await disconnect_chat(services, turn.chat, turn.person, connections[0])
    if turn.private:
        return await choose_connection(services, turn.person, connections, rest)
    button = choose_button(rest)
    # The count of all records: the count of matches would tell the chat about names.
    return count_records(turn, len(await connections_of_chat(services, turn.chat)), button)


async def _records(services: Services, turn: Turn, _rest: str) -> Answer:
    return await list_records(services, turn)


def _without_quiet(rest: str) -> tuple[str, bool]:
    """Return the text without a final `quiet`, and whether it was there."""
    before, _, last = rest.rpartition(" ")
    return (before.strip(), True) if last.lower() == QUIET else (rest, False)


def _choose_privately(turn: Turn, text: str, purpose: RecordPurpose) -> Answer:
    return private_button(turn, purpose.question, purpose.choice_button(text))


COMMANDS: Mapping[str, CommandHandler] = {
    Command.CONNECT: _connect,
    Command.DISCONNECT: _disconnect,
    Command.RECORDS: _records,
}
