"""Access checks that use cases run first."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from bot.domain.errors import ChatSyncError, HiddenRecord, NotAllowed, NotFound, NotSupported
from bot.domain.record_types import RecordType
from bot.domain.rights import ADMINISTRATOR_ROLE, is_administrator, may_use
from bot.domain.tables import Column, Row, Table
from bot.domain.texts import noun, or_list, sentences, text
from bot.domain.values import Chat, EnvironmentId, ObjectId, Person, RecordRef, User
from bot.features.shared.answers import name_columns
from bot.features.shared.services import Services
from bot.logs import get_logger
from bot.logs.tracebacks import describe_error

_CHECK_LINK = text("Check the link, or ask the record's owner for access.")
_SYNC_PERMISSION = text("Only a Microsoft Entra Global Administrator can turn chat sync on or off.")

_log = get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorizedUser:
    """A person who may use the product in an environment."""

    object_id: ObjectId
    user: User


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadableRecord:
    """A record that a person can read and may use chats with."""

    record_type: RecordType
    table: Table
    row: Row
    """The columns that identify the record: name and number."""
    actor: AuthorizedUser


async def require_user(services: Services, environment: EnvironmentId, person: Person) -> AuthorizedUser:
    """Return the person as a permitted user; raise `NotAllowed` also if chats are off (spec S1)."""
    await require_chats_on(services, environment)
    return await require_permitted(services, environment, person)


async def require_user_anywhere(
    services: Services, person: Person, environments: Collection[EnvironmentId] | None = None
) -> Mapping[EnvironmentId, AuthorizedUser]:
    """Return the environments in which `require_user` succeeds; raise the first error if there are none.

    `environments`: the environments to check; by default all of them.
    """
    checked = environments or services.environments
    return await _in_any_environment(checked, lambda each: require_user(services, each, person))


async def with_name(services: Services, person: Person) -> Person:
    """Return the person with a name. Teams says it in each activity, and the pane never.

    Raise the errors of `require_user_anywhere`.
    """
    if person.name:
        return person
    users = await require_user_anywhere(services, person)
    return replace(person, name=next(iter(users.values())).user.name)


async def require_permitted_anywhere(
    services: Services, environments: Collection[EnvironmentId], person: Person
) -> Mapping[EnvironmentId, AuthorizedUser]:
    """Return the environments in which `require_permitted` succeeds; raise the first error if there are none."""
    return await _in_any_environment(environments, lambda each: require_permitted(services, each, person))


async def require_permitted(services: Services, environment: EnvironmentId, person: Person) -> AuthorizedUser:
    """Return the person as a Dataverse user who may use the product; raise `NotAllowed` (spec S3, S4)."""
    actor = await _require_dataverse_user(services, environment, person)
    await _require_allowed_role(services, environment, actor.user)
    return actor


async def require_administrator(services: Services, environment: EnvironmentId, person: Person) -> AuthorizedUser:
    """Return the person as an administrator of the settings, even if chats are off; raise `NotAllowed` (spec M1)."""
    actor = await _require_dataverse_user(services, environment, person)
    if not is_administrator(await services.records.roles(environment, actor.user.id)):
        raise NotAllowed(
            text("Only people with the security role {role} can see and change the settings.", role=ADMINISTRATOR_ROLE),
            "Ask one of them to make the change, or to assign you the role in Dynamics 365.",
        )
    return actor


async def sync_permission_error(services: Services, person: ObjectId) -> str:
    """Return why the person may not turn chat sync on or off; empty if they may (spec S2).

    If Microsoft Entra ID does not respond, the person may not, but can change all other settings.
    """
    try:
        return "" if await services.directory.is_global_administrator(person) else _SYNC_PERMISSION
    except ChatSyncError as error:
        _log.warning("settings.global_administrator_check_failed", reason=describe_error(error))
        failure = text("Chat Sync could not check whether you are one.")
        return sentences(_SYNC_PERMISSION, failure, error.text, error.next_step)


async def _require_dataverse_user(services: Services, environment: EnvironmentId, person: Person) -> AuthorizedUser:
    if environment not in services.environments:
        raise NotAllowed(
            "Chat Sync is no longer connected to the environment of this record.",
            "Ask your administrator to connect it again.",
        )
    user = await services.records.user(environment, person.object_id) if person.object_id else None
    if user is None or person.object_id is None:
        raise NotAllowed(
            "You have no user in Dynamics 365, so you can only read cards.",
            "Ask your administrator for a Dynamics 365 user.",
        )
    if not user.enabled:
        raise NotAllowed("Your Dynamics 365 user is disabled.", "Ask your administrator to enable it.")
    return AuthorizedUser(object_id=person.object_id, user=user)


async def _require_allowed_role(services: Services, environment: EnvironmentId, user: User) -> None:
    """Raise `NotAllowed` if the settings limit the product to security roles that the user does not have (spec S3)."""
    allowed = (await services.administration.settings(environment)).organization.allowed_roles
    if allowed and not may_use(await services.records.roles(environment, user.id), allowed):
        raise NotAllowed(
            "Only people with certain security roles can use chats, and you have none of these roles.",
            text("Ask your administrator for one of these roles: {roles}.", roles=or_list(allowed)),
        )


async def require_member(services: Services, chat: Chat, person: Person) -> None:
    """Raise `NotAllowed` if the person is not in the chat now (spec S7), or `NotSupported` without a chat."""
    if not chat.id:
        raise NotSupported("This works only in a chat.", "Open the chat in Microsoft Teams, and do it there.")
    if not await services.roster.is_member(chat, person):
        raise only_members()


def only_members() -> NotAllowed:
    """Return the error for people who are not in a chat."""
    return NotAllowed("Only members of this chat can do this.", "Ask a member to add you, or to do it for you.")


async def require_record_type(services: Services, environment: EnvironmentId, table: str) -> RecordType:
    """Return the settings of the table; raise an error if chats are off or the table is disabled (spec S1, T1)."""
    await require_chats_on(services, environment)
    record_type = await enabled_record_type(services, environment, table)
    if record_type is None:
        raise NotSupported(
            "Chats cannot be connected to records of this type.", "Ask your administrator to add the record type."
        )
    return record_type


async def enabled_record_type(services: Services, environment: EnvironmentId, table: str) -> RecordType | None:
    """Return the settings of the table; None if chats are off or the table is disabled (spec S1, T1)."""
    if not await services.administration.chats_on(environment):
        return None
    record_type = (await services.administration.record_types(environment)).get(table)
    return record_type if record_type and record_type.enabled else None


async def require_chats_on(services: Services, *environments: EnvironmentId) -> None:
    """Raise `NotAllowed` if chats are off in all of these environments (spec S1)."""
    if not any([await services.administration.chats_on(each) for each in environments]):
        raise chats_off()


def chats_off() -> NotAllowed:
    """Return the error for everything that does not work while chats are off."""
    return NotAllowed(
        "Your administrator turned off chats for Dynamics 365.", "Ask your administrator to turn on chats."
    )


async def are_chats_off(services: Services) -> bool:
    """Check whether chats are off in every environment."""
    return not any([await services.administration.chats_on(each) for each in services.environments])


async def require_readable(services: Services, record: RecordRef, person: Person) -> ReadableRecord:
    """Return the record as the person can read it; raise an error if they cannot, or may not use chats with it."""
    record_type = await require_record_type(services, record.environment, record.table)
    table = await services.records.table(record.environment, record.table)
    actor, row = await read_as(services, record, table, name_columns(table), person)
    return ReadableRecord(record_type=record_type, table=table, row=row, actor=actor)


async def require_can_connect(services: Services, chat: Chat, person: Person, record: RecordRef) -> AuthorizedUser:
    """Return the user if they are a member of the chat and can read the record; otherwise raise an error."""
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
    """Return the permitted user, and the row as they can read it. The user's error has priority over the row's.

    The row is read while the user is checked.
    """
    if person.object_id is None:
        actor = await require_user(services, record.environment, person)
        return actor, await read_row_as(services, record, table, columns, actor)
    # One task instead of the two of `gather`: usually the tasks cost more than the work in them.
    reading = asyncio.create_task(_read_row(services, record, table, columns, person.object_id))
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
    """Return the row as the user can read it; raise `HiddenRecord`, which does not reveal if it exists (spec S5)."""
    return await _read_row(services, record, table, columns, actor.object_id)


async def _read_row(
    services: Services, record: RecordRef, table: Table, columns: Sequence[Column], caller: ObjectId
) -> Row:
    try:
        return await services.records.read(record, columns, caller=caller)
    except (NotFound, NotAllowed) as error:
        raise record_hidden(table.label) from error


def record_hidden(label: str = "") -> HiddenRecord:
    """Return the error for a record that does not exist or is hidden. `label`: that of its table, if not secret."""
    if not label:
        return HiddenRecord("This record does not exist, or you do not have access to it.", _CHECK_LINK)
    return HiddenRecord("This {kind} does not exist, or you do not have access to it.", _CHECK_LINK, kind=noun(label))


async def _in_any_environment(
    environments: Collection[EnvironmentId], check: Callable[[EnvironmentId], Awaitable[AuthorizedUser]]
) -> Mapping[EnvironmentId, AuthorizedUser]:
    results = await asyncio.gather(*(check(each) for each in environments), return_exceptions=True)
    users = {
        each: result for each, result in zip(environments, results, strict=True) if isinstance(result, AuthorizedUser)
    }
    errors = [result for result in results if isinstance(result, BaseException)]
    unexpected = [each for each in errors if not isinstance(each, NotAllowed)]
    if errors and (unexpected or not users):
        raise (unexpected or errors)[0]
    return users
