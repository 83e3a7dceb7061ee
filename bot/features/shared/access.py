"""What has to be so before somebody may do something."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from bot.domain.errors import HiddenRecord, NotAllowed, NotFound, NotSupported
from bot.domain.record_types import RecordType
from bot.domain.rights import ADMINISTRATOR_ROLE, is_administrator, may_use
from bot.domain.tables import Column, Row, Table
from bot.domain.values import Chat, EnvironmentId, ObjectId, Person, RecordRef, User
from bot.features.shared.answers import name_columns
from bot.features.shared.services import Services


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorizedUser:
    """A person who may use the product in an environment."""

    object_id: ObjectId
    user: User


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadableRecord:
    """A record as somebody sees it who may use chats with it."""

    record_type: RecordType
    table: Table
    row: Row
    """With what names the record."""
    actor: AuthorizedUser


async def require_user(services: Services, environment: EnvironmentId, person: Person) -> AuthorizedUser:
    """The person as somebody who may act now: chats are on (spec S1), and see `user`."""
    await _chats_on(services, environment)
    return await require_permitted(services, environment, person)


async def require_user_anywhere(services: Services, person: Person) -> Mapping[EnvironmentId, AuthorizedUser]:
    """The same wherever the person may act; raises the first refusal where that is nowhere."""
    return await _in_any_environment(services.environments, lambda each: require_user(services, each, person))


async def require_permitted_anywhere(
    services: Services, environments: Collection[EnvironmentId], person: Person
) -> Mapping[EnvironmentId, AuthorizedUser]:
    """See `user`: the person in each of these that lets them; raises the first refusal where none does."""
    return await _in_any_environment(environments, lambda each: require_permitted(services, each, person))


async def require_permitted(services: Services, environment: EnvironmentId, person: Person) -> AuthorizedUser:
    """The person as Dataverse knows them, where they may use the product at all (spec S3, S4)."""
    actor = await _known(services, environment, person)
    await _allowed(services, environment, actor.user)
    return actor


async def require_administrator(services: Services, environment: EnvironmentId, person: Person) -> AuthorizedUser:
    """The person as somebody who may change the environment's settings, also while chats are off (spec M1)."""
    actor = await _known(services, environment, person)
    if not is_administrator(await services.records.roles(environment, actor.user.id)):
        raise NotAllowed(
            f"Only people with the security role {ADMINISTRATOR_ROLE} can see and change the settings.",
            "Ask one of them, or have the role given to you in Dynamics 365.",
        )
    return actor


async def _known(services: Services, environment: EnvironmentId, person: Person) -> AuthorizedUser:
    if environment not in services.environments:
        raise NotAllowed(
            "Chat Sync does not serve the organisation of this record any more.",
            "Ask your administrator to set it up again.",
        )
    user = await services.records.user(environment, person.object_id) if person.object_id else None
    if user is None or person.object_id is None:
        raise NotAllowed(
            "You have no user in Dynamics 365, so you can read cards here but not act.",
            "Ask your administrator for a Dynamics 365 user.",
        )
    if not user.enabled:
        raise NotAllowed("Your Dynamics 365 user is turned off.", "Ask your administrator to turn it on again.")
    return AuthorizedUser(object_id=person.object_id, user=user)


async def _allowed(services: Services, environment: EnvironmentId, user: User) -> None:
    """The user holds one of the security roles that may use the product, where not everybody may (spec S3)."""
    allowed = (await services.administration.settings(environment)).organization.allowed_roles
    if allowed and not may_use(await services.records.roles(environment, user.id), allowed):
        raise NotAllowed(
            "Your administrator lets only some security roles use chats, and you have none of them.",
            f"Ask them for one of these roles: {', '.join(allowed)}.",
        )


async def require_member(services: Services, chat: Chat, person: Person) -> None:
    """The person is in the chat now (spec S7)."""
    if not await services.roster.is_member(chat, person):
        raise NotAllowed("Only members of this chat can do this.", "Ask somebody in the chat to add you or to do it.")


async def require_record_type(services: Services, environment: EnvironmentId, table: str) -> RecordType:
    """Chats are on and the table is enabled (spec S1, T1)."""
    await _chats_on(services, environment)
    record_type = (await services.administration.record_types(environment)).get(table)
    if record_type is None or not record_type.enabled:
        raise NotSupported(
            "Chats cannot be connected to records of this type.", "Ask your administrator to add the record type."
        )
    return record_type


async def _chats_on(services: Services, environment: EnvironmentId) -> None:
    if not await services.administration.chats_on(environment):
        raise NotAllowed(
            "Your administrator has turned chats off for Dynamics 365.", "Ask them to turn chats on again."
        )


async def require_readable(services: Services, record: RecordRef, person: Person) -> ReadableRecord:
    """The record as the person sees it, where chats can be connected to it and the person may use them."""
    record_type = await require_record_type(services, record.environment, record.table)
    table = await services.records.table(record.environment, record.table)
    actor, row = await read_as(services, record, table, name_columns(table), person)
    return ReadableRecord(record_type=record_type, table=table, row=row, actor=actor)


async def require_can_connect(services: Services, chat: Chat, person: Person, record: RecordRef) -> AuthorizedUser:
    """The person as one who may connect this chat, which they are in, to a record that they can open."""
    await require_member(services, chat, person)
    return (await require_readable(services, record, person)).actor


async def require_starter(services: Services, person: Person, record: RecordRef | None) -> AuthorizedUser:
    """Return the person as a user who may start chats about records of this type, or without a record (spec C3)."""
    if record is not None:
        await require_record_type(services, record.environment, record.table)
        return await require_user(services, record.environment, person)
    return next(iter((await require_user_anywhere(services, person)).values()))


async def require_can_start(services: Services, person: Person, record: RecordRef | None) -> None:
    """Check that the person may start a chat about the record, or without a record (spec S1, S3, S4, C3)."""
    actor = await require_starter(services, person, record)
    if record is not None:
        table = await services.records.table(record.environment, record.table)
        await read_row_as(services, record, table, name_columns(table), actor)


async def read_as(
    services: Services, record: RecordRef, table: Table, columns: Sequence[Column], person: Person
) -> tuple[AuthorizedUser, Row]:
    """See `actor` and `row`: the row is read while it is asked who the person is, whose refusal comes first."""
    if person.object_id is None:
        actor = await require_user(services, record.environment, person)
        return actor, await read_row_as(services, record, table, columns, actor)
    # One task instead of the two of `gather`: usually the tasks cost more than the work in them.
    reading = asyncio.create_task(_row(services, record, table, columns, person.object_id))
    try:
        actor = await require_user(services, record.environment, person)
    except BaseException:
        reading.cancel()
        await asyncio.gather(reading, return_exceptions=True)
        raise
    return actor, await reading


async def read_row_as(
    services: Services, record: RecordRef, table: Table, columns: Sequence[Column], actor: AuthorizedUser
) -> Row:
    """The row as the person sees it; whether it is there is as much a secret as what is in it (spec S5)."""
    return await _row(services, record, table, columns, actor.object_id)


async def _row(services: Services, record: RecordRef, table: Table, columns: Sequence[Column], caller: ObjectId) -> Row:
    try:
        return await services.records.read(record, columns, caller=caller)
    except (NotFound, NotAllowed) as error:
        raise record_hidden(table.label.lower()) from error


def record_hidden(kind: str = "record") -> HiddenRecord:
    """The refusal of a row, by what kind of record it is where that may be told."""
    return HiddenRecord(
        f"You cannot open this {kind}: it is not there, or not for you.",
        "Check the link, or ask the record's owner for access.",
    )


async def _in_any_environment(
    environments: Collection[EnvironmentId], ask: Callable[[EnvironmentId], Awaitable[AuthorizedUser]]
) -> Mapping[EnvironmentId, AuthorizedUser]:
    answers = await asyncio.gather(*(ask(each) for each in environments), return_exceptions=True)
    found = {
        each: answer for each, answer in zip(environments, answers, strict=True) if isinstance(answer, AuthorizedUser)
    }
    refused = [answer for answer in answers if isinstance(answer, BaseException)]
    unforeseen = [each for each in refused if not isinstance(each, NotAllowed)]
    if refused and (unforeseen or not found):
        raise (unforeseen or refused)[0]
    return found
