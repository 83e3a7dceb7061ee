"""What a use case answers, and the finished messages that it keeps."""

from dataclasses import dataclass

from bot.domain.outgoing_messages import OutgoingMessage
from bot.domain.public_names import PERSON, Dialog, Verb
from bot.domain.record_links import LinkTarget, RecordLink, RecordLinks
from bot.domain.record_types import NUMBER_COLUMNS
from bot.domain.tables import Column, Row, Table
from bot.domain.values import Chat, ConnectionId, NewConnection, ObjectId, RecordRef
from cards.activity import activity_json
from cards.buttons import ActionButton, DialogButton, LinkButton
from cards.message import Message
from cards.record import RecordHeader

NOTE_CHOICES_TEXT = "Remove the note, or send it anyway."
"""Next step in a dialog if some people who would see the note cannot open the record."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A message for the person who asked."""

    message: Message
    already_queued: bool = False
    """The message is kept for the chat already: answering it too would say everything twice."""
    needs_confirmation: bool = False
    """Nothing was done: the message asks whether it shall be."""


def render(message: Message, channel: str) -> bytes:
    """The message as JSON, in the form that the channel shows."""
    return activity_json(message, channel=channel)


def to_outbox(chat: Chat, message: Message, *, key: str, connection: ConnectionId | None = None) -> OutgoingMessage:
    """The message as the outbox keeps it: finished."""
    body = render(message, chat.channel)
    return OutgoingMessage(key=key, chat_id=chat.id, activity=body, connection_id=connection)


def number_column(table: Table) -> Column | None:
    """The column that holds the number by which people call the table's records."""
    return table.columns.get(NUMBER_COLUMNS.get(table.name, ""))


def name_columns(table: Table) -> tuple[Column, ...]:
    """The columns that name a record: its name and, where the table has one, its number."""
    columns = (table.columns.get(table.primary_name), number_column(table))
    return tuple(column for column in columns if column)


def name_of(table: Table, row: Row) -> str:
    """The record's name; where it has none, what kind of record it is."""
    return str(row.value(table.primary_name).raw or table.label)


def number_of(table: Table, row: Row) -> str | None:
    """The record's number."""
    column = number_column(table)
    raw = row.value(column.name).raw if column else None
    return str(raw) if raw else None


def row_display_name(table: Table, row: Row) -> str:
    """What people call the record: its number, else its name."""
    return number_of(table, row) or name_of(table, row)


def record_header(links: RecordLinks, table: Table, record: LinkTarget, row: Row) -> RecordHeader:
    """How a card names the record and opens it."""
    return RecordHeader(
        kind=table.label, name=name_of(table, row), number=number_of(table, row), url=links.open_url(record)
    )


def display_name(connection: NewConnection) -> str:
    """What people call the connected record: its number, else its name."""
    return connection.record_number or connection.record_name


def open_button(head: RecordHeader) -> LinkButton:
    """The button that opens the record."""
    return LinkButton(title="Open record", url=head.url)


def connect_button(record: LinkTarget, *, title: str = "Connect this chat") -> ActionButton:
    """The button that connects the chat it is pressed in."""
    return ActionButton(title=title, verb=Verb.CONNECT, payload=record_data(record))


def chats_button(record: LinkTarget) -> ActionButton:
    """The button that lists the record's chats, below which a new one can be started."""
    return ActionButton(title="Chats", verb=Verb.CHATS, payload=record_data(record))


def personal_view_button(link: RecordLink) -> ActionButton:
    """The button that shows the record to who presses it, as that person may see it."""
    return ActionButton(title="Show details", verb=Verb.VIEW, payload=record_data(link))


def change_values_button(key: str) -> ActionButton:
    """The button that shows the values of a change to who presses it, as that person may see them."""
    return ActionButton(title="Show values", verb=Verb.VIEW_CHANGE, payload={"change": key})


def timeline_button(record: RecordRef) -> ActionButton:
    """The button that lists the record's chats with all that is known of them, those of before too."""
    return ActionButton(title="Timeline", verb=Verb.TIMELINE, payload=record_data(record))


def resume_button(connection: ConnectionId) -> ActionButton:
    """The button that has a chat shown on its record's timeline again."""
    return ActionButton(title="Resume", verb=Verb.RESUME_SYNC, payload={"connection": str(connection)})


def new_chat_button(record: RecordRef | None, *, with_person: ObjectId | None = None) -> DialogButton:
    """The button that opens the dialog for a new chat: about the record, with the person, as far as these are known."""
    about = record_data(record) if record else {}
    payload = {**about, **({PERSON: with_person} if with_person else {})}
    return DialogButton(title="New chat", dialog=Dialog.NEW_CHAT, payload=payload)


def record_data(record: LinkTarget) -> dict[str, str]:
    """The record as a button names it: a claim, which is checked again when the button is pressed.

    Of its table it says what a link says: the name, the number, or nothing.
    """
    code = record.type_code if isinstance(record, RecordLink) else None
    numbered = {} if code is None else {"code": str(code)}
    table = {"table": record.table} if record.table else numbered
    return {"environment": record.environment, **table, "row": record.row_id}
