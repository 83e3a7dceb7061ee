"""Connect a chat to a record, and send the introduction note (spec C1-C6, N1-N4)."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from bot.domain.audit import AuditEntry
from bot.domain.errors import BadRequest, NotAllowed, NotFound, NotSupported
from bot.domain.key_fields import ReportedValue
from bot.domain.public_names import AUDIENCE_CONFIRMED, QUIET, TARGET_CHAT, Verb
from bot.domain.record_types import RecordType
from bot.domain.tables import Column, Row, Table
from bot.domain.texts import text
from bot.domain.values import Chat, ChatKind, Connection, NewConnection, Person, RecordRef
from bot.domain.watching import unique_columns, watch_of, watched_columns
from bot.features.chat_sync.start_and_end import start_sync
from bot.features.connections.audience import audience_text, check_audience
from bot.features.connections.install_app import (
    install_in_chat,
    require_chat_member,
    require_member_of_named_chat,
)
from bot.features.shared import access
from bot.features.shared.access import AuthorizedUser
from bot.features.shared.answers import (
    Answer,
    chats_button,
    display_name,
    name_columns,
    name_of,
    number_of,
    open_button,
    record_data,
    record_header,
    to_outbox,
)
from bot.features.shared.introduction_note import load_note_columns, note_of
from bot.features.shared.reader_languages import load_chat_languages
from bot.features.shared.services import Services
from bot.runtime.in_order import both
from cards.audience import AudienceView
from cards.audience import audience as audience_card
from cards.buttons import ActionButton
from cards.message import Message
from cards.note import note
from cards.notice import NoticeView, notice
from cards.record import RecordHeader


class Note(StrEnum):
    """The person's choice about the introduction note."""

    ASK = "ask"
    """Send it, but ask first if some people in the chat cannot open the record."""
    SEND = "send"
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class _RecordSnapshot:
    """A record as the connecting person can read it, with the key field values that the app can read."""

    table: Table
    row: Row
    columns: tuple[Column, ...]
    """The note's columns; empty without a note."""
    known: Mapping[str, ReportedValue]


async def connect_chat(
    services: Services, chat: Chat, person: Person, record: RecordRef, *, note: Note, from_elsewhere: bool = False
) -> Answer:
    """Connect the chat, install the app if necessary, and enqueue the note or a confirmation for the chat.

    If the chat is already connected, return who connected it and when. If `note` is `ASK` and some people cannot open
    the record, store nothing and return a question instead (spec C9). `from_elsewhere` is True if the person asks in
    another chat. Raises `NotSupported`, `NotAllowed`, `NotFound`, `BotAbsent`, or `Unavailable`.
    """
    if chat.kind is ChatKind.PERSONAL:
        raise NotSupported(
            "Only group chats and channels can be connected to a record.", "Start a group chat, and connect that chat."
        )
    record_type = await access.require_record_type(services, record.environment, record.table)
    with_note = record_type.note and note is not Note.NONE
    require_member = require_member_of_named_chat if from_elsewhere else require_chat_member
    (actor, snapshot), members = await both(
        _authorize_and_read(services, record, record_type, person, with_note=with_note),
        require_member(services, chat, person),
    )
    if snapshot.columns and note is Note.ASK:
        audience = await check_audience(services, chat, record, members=members)
        if audience.without_access != 0 and not await _is_connected(services, chat, record):
            payload = {**record_data(record), **({TARGET_CHAT: chat.id} if from_elsewhere else {})}
            question = audience_text(audience, snapshot.table.label)
            message = _question(payload, question)
            return Answer(message=message, needs_confirmation=True, question=question, is_question=True)
    if members is not None:
        # The app is not in the chat. Install it last, so that a refused or canceled request changes nothing.
        chat = await install_in_chat(services, chat, actor)
    return await _save_connection(services, chat, record, actor, snapshot)


async def _authorize_and_read(
    services: Services, record: RecordRef, record_type: RecordType, person: Person, *, with_note: bool
) -> tuple[AuthorizedUser, _RecordSnapshot]:
    actor = await access.require_user(services, record.environment, person)
    return actor, await _read_record(services, record, record_type, actor, with_note=with_note)


async def _is_connected(services: Services, chat: Chat, record: RecordRef) -> bool:
    async with services.store.reading() as work:
        return await work.connections.active(chat.id, record) is not None


async def _read_record(
    services: Services, record: RecordRef, record_type: RecordType, actor: AuthorizedUser, *, with_note: bool
) -> _RecordSnapshot:
    table = await services.records.table(record.environment, record.table)
    columns: tuple[Column, ...] = ()
    if with_note:
        columns = await load_note_columns(services, record.environment, record_type, table)
    row, known = await asyncio.gather(
        access.read_row_as(services, record, table, [*name_columns(table), *columns], actor),
        _known_values(services, record, table),
    )
    return _RecordSnapshot(table=table, row=row, columns=columns, known=known)


async def _known_values(services: Services, record: RecordRef, table: Table) -> Mapping[str, ReportedValue]:
    """Return the current values, which later changes are compared with.

    Their time is before the read, so that a change during the read is not missed.
    """
    settings = await services.administration.settings(record.environment)
    watch, columns = watch_of(settings, table.name), watched_columns(settings, table)
    if not columns:
        return {}
    read_at = services.clock.now()
    try:
        row = await services.records.read(record, unique_columns(columns), caller=None)
    except (NotFound, NotAllowed, BadRequest):
        return {}  # The person can read the row, but the app cannot. The values are taken when it can.
    return watch.read(columns, row, read_at)


async def _save_connection(
    services: Services, chat: Chat, record: RecordRef, actor: AuthorizedUser, snapshot: _RecordSnapshot
) -> Answer:
    header = record_header(services.links, snapshot.table, record, snapshot.row)
    new = _new_connection(chat, record, actor, snapshot, at=services.clock.now())
    languages = await load_chat_languages(services)
    async with services.store.writing() as work:
        # The roster or the installation has just confirmed that the bot is in the chat.
        await work.chats.save(replace(chat, bot_present=True))
        connection = await work.connections.add(new)
        if connection is None:
            active = await work.connections.active(chat.id, record)
            return Answer(message=_already_connected(active or new, header))
        message = _connected(connection, header, snapshot)
        key = f"connected {connection.id}"
        t = await languages.of_chat(work, chat.id)
        await work.outbox.enqueue([to_outbox(chat, message, t, key=key, connection=connection)], at=new.connected_at)
        await work.reported_values.save({(connection.id, column): value for column, value in snapshot.known.items()})
        by, by_name = actor.object_id, actor.user.name
        await start_sync(services, work, chat, connection, maker=by, at=new.connected_at)
        await work.audit.add(
            AuditEntry.for_connection("connect", connection, at=new.connected_at, by=by, by_name=by_name)
        )
    return Answer(message=message, already_queued=True)


def _new_connection(
    chat: Chat, record: RecordRef, actor: AuthorizedUser, snapshot: _RecordSnapshot, *, at: datetime
) -> NewConnection:
    return NewConnection(
        chat_id=chat.id,
        record=record,
        record_name=name_of(snapshot.table, snapshot.row),
        record_number=number_of(snapshot.table, snapshot.row),
        connector_id=actor.object_id,
        connector_name=actor.user.name,
        connected_at=at,
    )


def _question(payload: Mapping[str, str], question: str) -> Message:
    return audience_card(
        AudienceView(
            audience=question,
            send=ActionButton(
                title=text("Send the note"),
                verb=Verb.CONNECT,
                payload={**payload, AUDIENCE_CONFIRMED: AUDIENCE_CONFIRMED},
            ),
            name_only=ActionButton(title=text("Name only"), verb=Verb.CONNECT, payload={**payload, QUIET: QUIET}),
            cancel=ActionButton(title=text("Cancel"), verb=Verb.CANCEL, payload={}),
        )
    )


def _connected(connection: Connection, header: RecordHeader, snapshot: _RecordSnapshot) -> Message:
    """Return the note, or a confirmation without a note."""
    if not snapshot.columns:
        return notice(
            NoticeView(
                text=text("{record} is connected to this chat.", record=display_name(connection)),
                next_step=text("Connected by {person}.", person=connection.connector_name),
                button=open_button(header),
            )
        )
    by, at = connection.connector_name, connection.connected_at
    view = note_of(header, snapshot.columns, snapshot.row, by=by, at=at)
    return note(replace(view, buttons=(chats_button(connection.record),)))


def _already_connected(connection: NewConnection, header: RecordHeader) -> Message:
    return notice(
        NoticeView(
            text=text("{record} is already connected to this chat.", record=display_name(connection)),
            next_step=text("Connected by {person}.", person=connection.connector_name),
            at=connection.connected_at,
            button=open_button(header),
        )
    )
