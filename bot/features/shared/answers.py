"""Answers of use cases, messages for the outbox, and names and buttons of records."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bot.domain.outgoing_messages import OutgoingMessage, Subject, Switch
from bot.domain.public_names import PERSON, Dialog, Verb
from bot.domain.record_links import LinkTarget, RecordLink, RecordLinks
from bot.domain.record_types import NUMBER_COLUMNS
from bot.domain.tables import Column, Row, Table
from bot.domain.texts import text
from bot.domain.values import Chat, ChatKind, Connection, NewConnection, ObjectId, PublicId, RecordRef
from cards.activity import activity_json
from cards.buttons import ActionButton, Button, DialogButton, LinkButton
from cards.elements import MAX_ACTIONS
from cards.message import Message
from cards.record import RecordHeader
from cards.translator import Translator

NOTE_CHOICES_TEXT = text("Remove the note, or send it anyway.")
"""Next step in a dialog if some people who would see the note cannot open the record."""

_CONNECT = text("Connect this chat")

_MAX_BESIDE_OPEN = MAX_ACTIONS - 1
"""Actions of a card beside the one that opens the record."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A message for the person who asked."""

    message: Message
    already_queued: bool = False
    """True if the message is already in the outbox of the chat, so answering with it would repeat it."""
    needs_confirmation: bool = False
    """True if nothing was changed yet, and the message asks for confirmation."""
    question: str = ""
    """The text of a message that asks for confirmation."""
    is_question: bool = False
    """True if a button of the message answers what it asks. Afterward, the message disappears."""
    is_refusal: bool = False
    """True if the request failed, so nothing was changed or shown."""
    replacement: bytes | None = None
    """Finished activity that replaces the card with the pressed button for everyone; None to keep the card."""


def render(message: Message, t: Translator, channel: str) -> bytes:
    """Return the message as JSON, in the language of its readers and the format of the channel."""
    return activity_json(message.render(t), channel=channel)


def to_outbox(
    chat: Chat,
    message: Message,
    t: Translator,
    *,
    key: str,
    connection: Connection | None = None,
    switch: Switch | None = None,
) -> OutgoingMessage:
    """Return the rendered message for the outbox.

    `t`: the translator of the chat. `switch`: the setting that must be on when the message is sent; None for the
    answer to a person's act.
    """
    return OutgoingMessage(
        key=key,
        chat_id=chat.id,
        activity=render(message, t, chat.channel),
        thread=chat.thread,
        connection_id=connection.id if connection else None,
        subjects=(subject_of(connection.record, switch),) if connection else _general_subjects(switch),
    )


def subject_of(record: RecordRef, switch: Switch | None) -> Subject:
    """Return the subject of a message about the record."""
    return Subject(environment=record.environment, table=record.table, switch=switch)


def _general_subjects(switch: Switch | None) -> tuple[Subject, ...]:
    return (Subject(switch=switch),) if switch else ()


def number_column(table: Table) -> Column | None:
    """Return the column with the number that people use for a record, if the table has one."""
    return table.columns.get(NUMBER_COLUMNS.get(table.name, ""))


def name_columns(table: Table) -> tuple[Column, ...]:
    """Return the columns that identify a record: its name, and its number if the table has one."""
    columns = (table.columns.get(table.primary_name), number_column(table))
    return tuple(column for column in columns if column)


def name_of(table: Table, row: Row) -> str:
    """Return the name of the record, or the label of its table if it has none."""
    return str(row.value(table.primary_name).raw or table.label)


def number_of(table: Table, row: Row) -> str | None:
    """Return the number of the record, if it has one."""
    column = number_column(table)
    raw = row.value(column.name).raw if column else None
    return str(raw) if raw else None


def row_display_name(table: Table, row: Row) -> str:
    """Return the number of the record, or its name if it has no number."""
    return number_of(table, row) or name_of(table, row)


def record_header(links: RecordLinks, table: Table, record: LinkTarget, row: Row) -> RecordHeader:
    """Return the header of a card: the record's kind, name, number, and link."""
    return RecordHeader(
        kind=table.label, name=name_of(table, row), number=number_of(table, row), url=links.open_url(record)
    )


def display_name(connection: NewConnection) -> str:
    """Return the number of the connected record, or its name if it has no number."""
    return connection.record_number or connection.record_name


def open_button(head: RecordHeader) -> LinkButton:
    """Return the button that opens the record."""
    return LinkButton(title=text("Open record"), url=head.url)


def connect_button(record: LinkTarget, *, title: str = _CONNECT) -> ActionButton:
    """Return the button that connects the chat in which it is pressed."""
    return ActionButton(title=title, verb=Verb.CONNECT, payload=record_data(record))


def connect_or_new_chat_button(chat: Chat, record: LinkTarget) -> ActionButton | DialogButton:
    """Return the button that connects the chat, or starts a new chat if this one cannot be connected (spec C2).

    The dialog finds the other person in the ID of the chat.
    """
    return new_chat_button(record) if chat.kind is ChatKind.PERSONAL else connect_button(record)


def chats_button(record: LinkTarget) -> ActionButton:
    """Return the button that lists the record's chats and offers a new one."""
    return ActionButton(title=text("Chats"), verb=Verb.CHATS, payload=record_data(record))


def personal_view_button(link: RecordLink) -> ActionButton:
    """Return the button that shows the record with the permissions of the person who presses it."""
    return ActionButton(title=text("Show details"), verb=Verb.VIEW, payload=record_data(link))


def change_values_button(key: str) -> ActionButton:
    """Return the button that shows the values of a change with the permissions of the person who presses it."""
    return ActionButton(title=text("Show values"), verb=Verb.VIEW_CHANGE, payload={"change": key})


def live_values_button(connection: PublicId) -> ActionButton:
    """Return the button that shows a live card with the permissions of the person who presses it."""
    return ActionButton(title=text("Show values"), verb=Verb.VIEW_LIVE_CARD, payload={"connection": connection})


def summary_values_button(card: int) -> ActionButton:
    """Return the button that shows a card about several records with the permissions of the person who presses it."""
    return ActionButton(title=text("Show values"), verb=Verb.VIEW_SUMMARY, payload={"card": str(card)})


def timeline_button(record: RecordRef) -> ActionButton:
    """Return the button that lists the record's current and past chats with details."""
    return ActionButton(title=text("Timeline"), verb=Verb.TIMELINE, payload=record_data(record))


def resume_button(connection: Connection) -> ActionButton:
    """Return the button that resumes chat sync for the connection."""
    return ActionButton(title=text("Resume"), verb=Verb.RESUME_SYNC, payload=connection_data(connection))


def notifications_button(record: RecordRef | None = None) -> DialogButton:
    """Return the button that opens the notification rules, for one of the records if it is given."""
    payload = record_data(record) if record else {}
    return DialogButton(title=text("Notifications"), dialog=Dialog.NOTIFICATIONS, payload=payload)


def only_record(records: Iterable[RecordRef]) -> RecordRef | None:
    """Return the record if there is only one."""
    found = set(records)
    return found.pop() if len(found) == 1 else None


def change_buttons(record: RecordRef, responses: Sequence[Button] = ()) -> tuple[Button, ...]:
    """Return the buttons of a card about a change: the responses to it, and others while the card has room."""
    others: tuple[Button, ...] = (chats_button(record), notifications_button(record))
    room = max(_MAX_BESIDE_OPEN - len(responses), 0)
    return (*responses, *others[len(others) - room :])


def new_chat_button(record: LinkTarget | None, *, with_person: ObjectId | None = None) -> DialogButton:
    """Return the button that opens the dialog for a new chat, with the record and the person already chosen."""
    about = record_data(record) if record else {}
    payload = {**about, **({PERSON: with_person} if with_person else {})}
    return DialogButton(title=text("New chat"), dialog=Dialog.NEW_CHAT, payload=payload)


def connection_data(connection: Connection) -> dict[str, str]:
    """Return a button's data for the connection, which `parse_connection` reads."""
    return {"connection": connection.public_id}


def record_data(record: LinkTarget) -> dict[str, str]:
    """Return a button's data for the record, which `parse_link` reads.

    Like a link, it contains the table's name, its type code, or neither.
    """
    code = record.type_code if isinstance(record, RecordLink) else None
    type_code = {} if code is None else {"code": str(code)}
    table = {"table": record.table} if record.table else type_code
    return {"environment": record.environment, **table, "row": record.row_id}
