"""Ask which of a chat's records to disconnect. Only the person who asks may see the answer."""

from collections.abc import Sequence

from bot.domain.public_names import Verb
from bot.domain.values import Connection, Person
from bot.features.record_search.find_records import MAX_CHOICES
from bot.features.shared.answers import Answer, connection_data
from bot.features.shared.readable_records import readable_records
from bot.features.shared.services import Services
from cards.buttons import ActionButton
from cards.choice import ChoiceRow, ChoiceView, choice
from cards.record import RecordHeader


async def choose_connection(services: Services, person: Person, connections: Sequence[Connection]) -> Answer:
    """Return a card with a row and a button for each record.

    A row has the name only if the person can read it. Its number was shown to the chat when it was connected.
    """
    shown = connections[:MAX_CHOICES]
    headers = await readable_records(services, shown, person)
    view = ChoiceView(
        question="Which record should this chat be disconnected from?",
        rows=tuple(_row(connection, header) for connection, header in zip(shown, headers, strict=True)),
        more=len(connections) - len(shown),
        hint="Or write disconnect and the record's number.",
    )
    return Answer(message=choice(view))


def _row(connection: Connection, header: RecordHeader | None) -> ChoiceRow:
    return ChoiceRow(
        kind="",
        name=(header.name if header else None) or "A record that you cannot open",
        number=header.number if header else connection.record_number,
        detail=f"Connected by {connection.connector_name}",
        button=ActionButton(title="Disconnect", verb=Verb.DISCONNECT, payload=connection_data(connection)),
    )
