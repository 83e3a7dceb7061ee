"""Buttons that mute a chat or a record, and that end the mute. Their data is untrusted."""

from collections.abc import Mapping

from bot.domain.public_names import Verb
from bot.features.connections.current_name import with_current_name
from bot.features.connections.find_connections import connections_by_text, connections_of_chat
from bot.features.connections.list_records import nothing_connected
from bot.features.notifications.choose_muted import choose_record, parse_arguments
from bot.features.notifications.mute import MuteTarget, ask_span, mute_chat, unmute_chat
from bot.features.shared.action_data import ActionData, parse_connection, parse_offset
from bot.features.shared.answers import Answer
from bot.features.shared.named_connections import require_named_connection, require_presser
from bot.features.shared.private_answers import private_only
from bot.features.shared.routes import ButtonHandler
from bot.features.shared.services import Services
from bot.features.shared.turn import Turn
from cards.inputs import ON
from cards.notifications.mute import ALSO_URGENT


async def _mute(services: Services, turn: Turn, data: ActionData) -> Answer:
    arguments, target = parse_arguments(data), await _target(services, turn, data)
    if not target.connections:
        return nothing_connected()
    if arguments.span is None:
        return await ask_span(services, turn, target)
    return await mute_chat(services, turn, target, arguments.span, also_urgent=data.get(ALSO_URGENT) == ON)


async def _unmute(services: Services, turn: Turn, data: ActionData) -> Answer:
    target = await _target(services, turn, data)
    return await unmute_chat(services, turn, target) if target.connections else nothing_connected()


async def _choose(services: Services, turn: Turn, data: ActionData) -> Answer:
    """List the records even if only one matches, because clients press this button automatically."""
    arguments = parse_arguments(data)
    connections = await connections_by_text(services, turn.chat, turn.person, arguments.record)
    return await choose_record(services, turn.person, connections, arguments, begin=parse_offset(data))


async def _target(services: Services, turn: Turn, data: ActionData) -> MuteTarget:
    if "connection" not in data:
        await require_presser(services, turn.chat, turn.person)
        return MuteTarget(connections=await connections_of_chat(services, turn.chat))
    connection = await require_named_connection(services, turn.chat, turn.person, parse_connection(data))
    record = await with_current_name(services, turn.chat, connection, turn.person)
    return MuteTarget(connections=[record], record=record)


BUTTONS: Mapping[str, ButtonHandler] = {
    Verb.MUTE: _mute,
    Verb.UNMUTE: _unmute,
    Verb.CHOOSE_MUTE: private_only(_choose),
}
