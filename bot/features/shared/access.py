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
from bot.ports.dataverse import Records
from bot.ports.teams import Roster
from bot.store.administration import Administration


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """A person who may use the product in an environment."""

    object_id: ObjectId
    user: User


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedRecord:
    """A record as somebody sees it who may use chats with it."""

    record_type: RecordType
    table: Table
    row: Row
    """With what names the record."""
    actor: Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class Gates:
    """Each lets through or raises the error that says why not."""

    environments: Sequence[EnvironmentId]
    administration: Administration
    records: Records
    roster: Roster

    async def actor(self, environment: EnvironmentId, person: Person) -> Actor:
        """The person as somebody who may act now: chats are on (spec S1), and see `user`."""
        await self._chats_on(environment)
        return await self.user(environment, person)

    async def actors(self, person: Person) -> Mapping[EnvironmentId, Actor]:
        """The same wherever the person may act; raises the first refusal where that is nowhere."""
        return await _wherever(self.environments, lambda each: self.actor(each, person))

    async def users(self, environments: Collection[EnvironmentId], person: Person) -> Mapping[EnvironmentId, Actor]:
        """See `user`: the person in each of these that lets them; raises the first refusal where none does."""
        return await _wherever(environments, lambda each: self.user(each, person))

    async def user(self, environment: EnvironmentId, person: Person) -> Actor:
        """The person as Dataverse knows them, where they may use the product at all (spec S3, S4)."""
        actor = await self._known(environment, person)
        await self._allowed(environment, actor.user)
        return actor

    async def administrator(self, environment: EnvironmentId, person: Person) -> Actor:
        """The person as somebody who may change the environment's settings, also while chats are off (spec M1)."""
        actor = await self._known(environment, person)
        if not is_administrator(await self.records.roles(environment, actor.user.id)):
            raise NotAllowed(
                f"Only people with the security role {ADMINISTRATOR_ROLE} can see and change the settings.",
                "Ask one of them, or have the role given to you in Dynamics 365.",
            )
        return actor

    async def _known(self, environment: EnvironmentId, person: Person) -> Actor:
        if environment not in self.environments:
            raise NotAllowed(
                "Chat Sync does not serve the organisation of this record any more.",
                "Ask your administrator to set it up again.",
            )
        user = await self.records.user(environment, person.object_id) if person.object_id else None
        if user is None or person.object_id is None:
            raise NotAllowed(
                "You have no user in Dynamics 365, so you can read cards here but not act.",
                "Ask your administrator for a Dynamics 365 user.",
            )
        if not user.enabled:
            raise NotAllowed("Your Dynamics 365 user is turned off.", "Ask your administrator to turn it on again.")
        return Actor(object_id=person.object_id, user=user)

    async def _allowed(self, environment: EnvironmentId, user: User) -> None:
        """The user holds one of the security roles that may use the product, where not everybody may (spec S3)."""
        allowed = (await self.administration.settings(environment)).organization.allowed_roles
        if allowed and not may_use(await self.records.roles(environment, user.id), allowed):
            raise NotAllowed(
                "Your administrator lets only some security roles use chats, and you have none of them.",
                f"Ask them for one of these roles: {', '.join(allowed)}.",
            )

    async def member(self, chat: Chat, person: Person) -> None:
        """The person is in the chat now (spec S7)."""
        if not await self.roster.is_member(chat, person):
            raise NotAllowed(
                "Only members of this chat can do this.", "Ask somebody in the chat to add you or to do it."
            )

    async def record_type(self, environment: EnvironmentId, table: str) -> RecordType:
        """Chats are on and the table is enabled (spec S1, T1)."""
        await self._chats_on(environment)
        record_type = (await self.administration.record_types(environment)).get(table)
        if record_type is None or not record_type.enabled:
            raise NotSupported(
                "Chats cannot be connected to records of this type.", "Ask your administrator to add the record type."
            )
        return record_type

    async def _chats_on(self, environment: EnvironmentId) -> None:
        if not await self.administration.chats_on(environment):
            raise NotAllowed(
                "Your administrator has turned chats off for Dynamics 365.", "Ask them to turn chats on again."
            )

    async def opened(self, record: RecordRef, person: Person) -> OpenedRecord:
        """The record as the person sees it, where chats can be connected to it and the person may use them."""
        record_type = await self.record_type(record.environment, record.table)
        table = await self.records.table(record.environment, record.table)
        actor, row = await self.seen(record, table, name_columns(table), person)
        return OpenedRecord(record_type=record_type, table=table, row=row, actor=actor)

    async def connecting(self, chat: Chat, person: Person, record: RecordRef) -> Actor:
        """The person as one who may connect this chat, which they are in, to a record that they can open."""
        await self.member(chat, person)
        return (await self.opened(record, person)).actor

    async def seen(
        self, record: RecordRef, table: Table, columns: Sequence[Column], person: Person
    ) -> tuple[Actor, Row]:
        """See `actor` and `row`: the row is read while it is asked who the person is, whose refusal comes first."""
        if person.object_id is None:
            actor = await self.actor(record.environment, person)
            return actor, await self.row(record, table, columns, actor)
        who, read = await asyncio.gather(
            self.actor(record.environment, person),
            self._row(record, table, columns, person.object_id),
            return_exceptions=True,
        )
        if isinstance(who, BaseException):
            raise who
        if isinstance(read, BaseException):
            raise read
        return who, read

    async def row(self, record: RecordRef, table: Table, columns: Sequence[Column], actor: Actor) -> Row:
        """The row as the person sees it; whether it is there is as much a secret as what is in it (spec S5)."""
        return await self._row(record, table, columns, actor.object_id)

    async def _row(self, record: RecordRef, table: Table, columns: Sequence[Column], caller: ObjectId) -> Row:
        try:
            return await self.records.read(record, columns, caller=caller)
        except (NotFound, NotAllowed) as error:
            raise hidden(table.label.lower()) from error


def hidden(kind: str = "record") -> HiddenRecord:
    """The refusal of a row, by what kind of record it is where that may be told."""
    return HiddenRecord(
        f"You cannot open this {kind}: it is not there, or not for you.",
        "Check the link, or ask the record's owner for access.",
    )


async def _wherever(
    environments: Collection[EnvironmentId], ask: Callable[[EnvironmentId], Awaitable[Actor]]
) -> Mapping[EnvironmentId, Actor]:
    answers = await asyncio.gather(*(ask(each) for each in environments), return_exceptions=True)
    found = {each: answer for each, answer in zip(environments, answers, strict=True) if isinstance(answer, Actor)}
    refused = [answer for answer in answers if isinstance(answer, BaseException)]
    unforeseen = [each for each in refused if not isinstance(each, NotAllowed)]
    if refused and (unforeseen or not found):
        raise (unforeseen or refused)[0]
    return found
