"""Ask which of a chat's records to mute or to unmute. Only the person who asks may see the answer."""

from collections.abc import Sequence

from bot.domain.notifications.mute_spans import OFF, MuteArguments, MuteSpan
from bot.domain.public_names import Verb
from bot.domain.texts import text
from bot.domain.values import Connection, Person
from bot.features.connections.choose_connection import ConnectionPurpose, choose_connection
from bot.features.notifications.mute import SPAN
from bot.features.record_search.resolver import QUERY
from bot.features.shared.action_data import ActionData, expired_button
from bot.features.shared.answers import Answer
from bot.features.shared.services import Services
from cards.buttons import ActionButton

ASK = "ask"
"""In a button's data: ask for how long."""


def choose_button(services: Services, arguments: MuteArguments) -> ActionButton:
    """Return the button that shows the choice of the records that match the text."""
    return purpose(arguments).choose_button(services, arguments.record)


async def choose_record(
    services: Services, person: Person, connections: Sequence[Connection], arguments: MuteArguments, *, begin: int = 0
) -> Answer:
    """Return a page with a row and a button for each of the records, which match the text."""
    return await choose_connection(
        services, person, connections, arguments.record, purpose=purpose(arguments), begin=begin
    )


def purpose(arguments: MuteArguments) -> ConnectionPurpose:
    """Return the question with its buttons."""
    if arguments.is_off:
        return ConnectionPurpose(
            question=text("Unmute which record in this chat?"),
            hint=text("Or write mute off and the record's number."),
            button=ActionButton(title=text("Unmute"), verb=Verb.UNMUTE, payload={SPAN: OFF}),
            choose=_choose_button(OFF),
        )
    span = arguments.span or ASK
    return ConnectionPurpose(
        question=text("Mute which record in this chat?"),
        hint=text("Or write mute and the record's number."),
        button=ActionButton(title=text("Mute"), verb=Verb.MUTE, payload={SPAN: span}),
        choose=_choose_button(span),
    )


def _choose_button(span: str) -> ActionButton:
    return ActionButton(title=text("Choose a record"), verb=Verb.CHOOSE_MUTE, payload={SPAN: span})


def parse_arguments(data: ActionData) -> MuteArguments:
    """Return the arguments that a button carries; raise `BadRequest` for data of no button."""
    span = data.get(SPAN, ASK)
    if span not in {ASK, OFF, *MuteSpan}:
        raise expired_button()
    is_named = span in set(MuteSpan)
    return MuteArguments(span=MuteSpan(span) if is_named else None, is_off=span == OFF, record=data.get(QUERY, ""))
