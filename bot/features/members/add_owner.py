"""Add the new owner of a record to a chat that is connected to it (spec K12)."""

import asyncio

from bot.domain.errors import NotFound
from bot.domain.tables import OWNER
from bot.domain.values import Chat, Connection, ObjectId, Person, UserId
from bot.features.members.change_members import add_member
from bot.features.shared import access
from bot.features.shared.access import AuthorizedUser
from bot.features.shared.answers import Answer, display_name
from bot.features.shared.named_connections import hiding_record, unknown_connection
from bot.features.shared.services import Services


async def add_owner(services: Services, chat: Chat, person: Person, connection: Connection) -> Answer:
    """Add the record's owner to the chat, and notify the chat.

    Raises `NotFound` if the person cannot read the record or the owner is not a person, and the errors of
    `add_member`.
    """
    environment = connection.record.environment
    await access.require_record_type(services, environment, connection.record.table)
    actor, _ = await asyncio.gather(
        access.require_user(services, environment, person), access.require_member(services, chat, person)
    )
    owner = await _owner(services, connection, actor)
    return await add_member(services, chat, person, owner, record=connection.record)


async def _owner(services: Services, connection: Connection, actor: AuthorizedUser) -> ObjectId:
    """Return the owner as the person can read it."""
    record = connection.record
    table = await services.records.table(record.environment, record.table)
    column = table.columns.get(OWNER)
    if column:
        with hiding_record(unknown_connection()):
            row = await access.read_row_as(services, record, table, [column], actor)
        kind, _, user = str(row.value(column.name).raw).partition(":")
        owner = await services.records.object_id(record.environment, UserId(user)) if kind == "systemuser" else None
        if owner:
            return owner
    raise NotFound(
        "The owner of {record} is not a person who can join a chat.",
        "To see the owner, open the record in Dynamics 365.",
        record=display_name(connection),
    )
