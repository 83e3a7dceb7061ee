"""Text commands that connect a chat to a record, disconnect it, or list its records."""

from collections.abc import Mapping
from dataclasses import replace

from bot.domain.public_names import QUIET, Command
from bot.domain.typed_commands import without_first_word, without_last_word
from bot.domain.typed_references import parse_references
from bot.domain.values import ChatKind
from bot.features.connections.choose_connection import choose_button, choose_connection
from bot.features.connections.connect_chat import Note, connect_chat
from bot.features.connections.current_name import with_current_name
from bot.features.connections.disconnect_chat import disconnect_chat
from bot.features.connections.find_connections import connections_by_text, connections_of_chat
from bot.features.connections.list_records import count_records, list_records
from bot.features.connections.offer_group_chat import offer_group_chat
from bot.features.record_search.choose_record import CONNECT, CONNECT_QUIETLY, RecordPurpose, choose_record
from bot.features.record_search.resolver import from_text
from bot.features.shared.answers import Answer
from bot.features.shared.private_answers import private_button
from bot.features.shared.routes import CommandHandler
from bot.features.shared.services import Services
from bot.features.shared.turn import Turn, other_member


async def _connect(services: Services, turn: Turn, rest: str) -> Answer:
    text, quiet = without_last_word(rest, QUIET)
    if not quiet:
        text, quiet = await _without_first_quiet(services, turn, rest)
    purpose = CONNECT_QUIETLY if quiet else CONNECT
    record = await choose_record(services, text, turn.person, purpose)
    if isinstance(record, Answer):
        # The choice lists records that the person can read, but perhaps not everyone else in the chat.
        return record if turn.private else _choose_privately(services, turn, text, purpose)
    if turn.chat.kind is ChatKind.PERSONAL:
        other = other_member(turn.chat, turn.person)
        return await offer_group_chat(services, turn.person, record, other)
    return await connect_chat(services, turn.chat, turn.person, record, note=Note.NONE if quiet else Note.ASK)


async def _disconnect(services: Services, turn: Turn, rest: str) -> Answer:
    connections = await connections_by_text(services, turn.chat, turn.person, rest)
    if len(connections) == 1:
        connection = await with_current_name(services, turn.chat, connections[0], turn.person)
        return await disconnect_chat(services, turn.chat, turn.person, connection)
    if turn.private:
        return await choose_connection(services, turn.person, connections, rest)
    button = choose_button(services, rest)
    # The count of all records: the count of matches would tell the chat about names.
    answer = count_records(turn, len(await connections_of_chat(services, turn.chat)), button)
    return replace(answer, is_question=True)


async def _records(services: Services, turn: Turn, _rest: str) -> Answer:
    return await list_records(services, turn)


async def _without_first_quiet(services: Services, turn: Turn, rest: str) -> tuple[str, bool]:
    """Return the text without `quiet` at its start, and whether it was there, unless it is part of a record's name."""
    text, quiet = without_first_word(rest, QUIET)
    references = parse_references(text)
    if not quiet or references.addresses or references.numbers:
        return text, quiet
    return (rest, False) if await from_text(services, rest, turn.person) else (text, True)


def _choose_privately(services: Services, turn: Turn, text: str, purpose: RecordPurpose) -> Answer:
    answer = private_button(turn, purpose.question, purpose.choice_button(services, text))
    return replace(answer, is_question=True)


COMMANDS: Mapping[str, CommandHandler] = {
    Command.CONNECT: _connect,
    Command.DISCONNECT: _disconnect,
    Command.RECORDS: _records,
}
