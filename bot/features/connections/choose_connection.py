"""Ask which of a chat's records to act on. Only the person who asks may see the answer."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.domain.public_names import Verb
from bot.domain.texts import text
from bot.domain.values import Connection, Person
from bot.features.record_search.find_records import query_text
from bot.features.record_search.resolver import QUERY
from bot.features.shared.answers import Answer, connection_data
from bot.features.shared.readable_records import readable_records
from bot.features.shared.services import Services
from cards.buttons import ActionButton
from cards.choice import MAX_ROWS, ChoiceRow, ChoiceView, choice
from cards.paging import page_offset, page_turns
from cards.record import RecordHeader


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionPurpose:
    """The reason why one of a chat's records is chosen, with its question and its buttons."""

    question: str
    hint: str
    button: ActionButton
    """The button of each row, without the connection."""
    choose: ActionButton
    """The button that shows the choice, without the text."""

    def choose_button(self, services: Services, text: str) -> ActionButton:
        """Return the button that shows the choice of the records that match the text."""
        return replace(self.choose, payload={**self.choose.payload, QUERY: query_text(services, text)})


DISCONNECT = ConnectionPurpose(
    question=text("Which record should this chat be disconnected from?"),
    hint=text("Or write disconnect and the record's number."),
    button=ActionButton(title=text("Disconnect"), verb=Verb.DISCONNECT, payload={}),
    choose=ActionButton(title=text("Choose a record"), verb=Verb.CHOOSE_DISCONNECT, payload={}),
)


def choose_button(services: Services, text: str) -> ActionButton:
    """Return the button that shows the choice of the records to disconnect that match the text."""
    return DISCONNECT.choose_button(services, text)


async def choose_connection(
    services: Services,
    person: Person,
    connections: Sequence[Connection],
    text: str,
    *,
    purpose: ConnectionPurpose = DISCONNECT,
    begin: int = 0,
) -> Answer:
    """Return a page with a row and a button for each of the records, which match the text.

    A row has the name only if the person can read it. Its number was shown to the chat when it was connected.
    """
    total = len(connections)
    begin = page_offset(begin, total, MAX_ROWS)
    shown = connections[begin : begin + MAX_ROWS]
    headers = await readable_records(services, shown, person)
    choose = purpose.choose_button(services, text)
    view = ChoiceView(
        question=purpose.question,
        rows=tuple(_row(connection, header, purpose) for connection, header in zip(shown, headers, strict=True)),
        hint=purpose.hint,
        offset=begin,
        total=total,
        turns=page_turns(choose, offset=begin, total=total, size=MAX_ROWS),
    )
    return Answer(message=choice(view), is_question=True)


def _row(connection: Connection, header: RecordHeader | None, purpose: ConnectionPurpose) -> ChoiceRow:
    payload = {**purpose.button.payload, **connection_data(connection)}
    return ChoiceRow(
        kind="",
        name=(header.name if header else None) or text("A record that you cannot open"),
        number=header.number if header else connection.record_number,
        detail=text("Connected by {person}", person=connection.connector_name),
        button=replace(purpose.button, payload=payload),
    )
