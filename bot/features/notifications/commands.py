"""Text commands that mute a chat or a record, and that open the notification rules."""

from collections.abc import Mapping

from bot.domain.errors import BadRequest
from bot.domain.notifications.mute_spans import MuteArguments, is_other_span, parse_mute
from bot.domain.public_names import Command
from bot.domain.texts import text
from bot.features.connections.current_name import with_current_name
from bot.features.connections.find_connections import connections_by_text, connections_of_chat
from bot.features.connections.list_records import count_records, nothing_connected
from bot.features.notifications.choose_muted import choose_button, choose_record
from bot.features.notifications.mute import MuteTarget, ask_span, mute_chat, unmute_chat
from bot.features.notifications.rights import require_user
from bot.features.shared.answers import Answer, notifications_button
from bot.features.shared.routes import CommandHandler
from bot.features.shared.services import Services
from bot.features.shared.turn import Turn
from cards.notice import NoticeView, notice


async def _mute(services: Services, turn: Turn, rest: str) -> Answer:
    arguments = parse_mute(rest)
    if arguments.span is None and not arguments.is_off and is_other_span(arguments.record):
        raise BadRequest(
            "A mute lasts 1 hour, until tomorrow 8:00, until Monday 8:00, or until someone turns it off.",
            "Write mute 1h, mute tomorrow, mute monday, or mute always.",
        )
    connections = await connections_of_chat(services, turn.chat)
    if not connections:
        return nothing_connected()
    if not arguments.record:
        return await act_on(services, turn, MuteTarget(connections=connections), arguments)
    matches = await connections_by_text(services, turn.chat, turn.person, arguments.record)
    if len(matches) == 1:
        record = await with_current_name(services, turn.chat, matches[0], turn.person)
        return await act_on(services, turn, MuteTarget(connections=[record], record=record), arguments)
    if turn.private:
        return await choose_record(services, turn.person, matches, arguments)
    return count_records(turn, len(connections), choose_button(services, arguments))


async def act_on(services: Services, turn: Turn, target: MuteTarget, arguments: MuteArguments) -> Answer:
    """Mute or unmute the target, or ask for how long."""
    if arguments.is_off:
        return await unmute_chat(services, turn, target)
    if arguments.span is None:
        return await ask_span(services, turn, target)
    return await mute_chat(services, turn, target, arguments.span)


async def _notifications(services: Services, turn: Turn, _rest: str) -> Answer:
    """Return the card with the button that opens the dialog, which is a card in channels without dialogs."""
    connections = await connections_of_chat(services, turn.chat)
    if not connections:
        return nothing_connected()
    await require_user(services, turn.chat, turn.person, connections)
    view = NoticeView(
        text=text("Choose when and how this chat hears about changes."),
        next_step=text("To mute it for a while, write mute."),
        button=notifications_button(),
    )
    return Answer(message=notice(view))


COMMANDS: Mapping[str, CommandHandler] = {Command.MUTE: _mute, Command.NOTIFICATIONS: _notifications}
