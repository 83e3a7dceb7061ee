"""A record as one person sees it, and what they may do about it on a card (spec U2, Q3)."""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bot.domain.errors import HiddenRecord
from bot.domain.note_fields import note_facts
from bot.domain.record_actions import CardAction, action_problem, allowed_columns, columns_that_fit
from bot.domain.record_links import RecordLink
from bot.domain.tables import MODIFIED_BY, MODIFIED_ON, OWNER, STATE, STATUS, Column, Row, Table
from bot.domain.values import Chat, Person, RecordRef
from bot.features.record_cards.resolve_link import LinkedRecord, linked_note_columns, resolve_link
from bot.features.record_cards.shared_card import redact_refusal
from bot.features.shared import access
from bot.features.shared.access import AuthorizedUser
from bot.features.shared.answers import name_columns
from bot.features.shared.services import Services

_OPEN = 0
"""The state in which every table's rows begin."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonalRecord:
    """The record with everything that a person's own card says of it."""

    linked: LinkedRecord
    actor: AuthorizedUser
    table: Table
    row: Row
    note_columns: tuple[Column, ...]
    """The note's columns."""
    can_write: bool

    @property
    def record(self) -> RecordRef:
        """Which record it is."""
        return self.linked.record

    @property
    def facts(self) -> Sequence[tuple[str, str]]:
        """What a note would say, as the person may see it."""
        return note_facts(self.note_columns, self.row)

    @property
    def is_mine(self) -> bool:
        """Whether the person themselves owns it."""
        return self.row.value(OWNER).raw == f"systemuser:{self.actor.user.id}"

    @property
    def is_last_changed_by_me(self) -> bool:
        """Whether it is as the person themselves left it."""
        return self.row.value(MODIFIED_BY).raw == f"systemuser:{self.actor.user.id}"

    @property
    def is_open(self) -> bool:
        """Whether it is in its first state."""
        return self.row.value(STATE).raw == _OPEN

    @property
    def editable_columns(self) -> tuple[Column, ...]:
        """The columns that the person can change on a card: those that inputs can hold as they are, all at once."""
        allowed = allowed_columns(self.linked.record_type.change_fields, self.table) if self.can_write else ()
        return columns_that_fit(allowed, {column.name: self.row.value(column.name).raw for column in allowed})

    @property
    def actions(self) -> tuple[CardAction, ...]:
        """What else the person can do; rights beyond writing are Dataverse's to judge."""
        return tuple(act for act in self.linked.record_type.card_acts if self._makes_sense(act))

    def _makes_sense(self, act: CardAction) -> bool:
        if action_problem(act, self.table):
            return False
        match act:
            case CardAction.ASSIGN:
                return self.can_write and not self.is_mine
            case CardAction.RESOLVE:
                return self.can_write and self.is_open
            case CardAction.NOTE:
                return True


async def read_as_person(services: Services, chat: Chat, person: Person, link: RecordLink) -> PersonalRecord:
    """The record; raises `NotAllowed`, `NotFound` or `NotSupported` for who may not see it, or `Unavailable`."""
    await services.roster_cache.require_member(chat, person)
    return await _read(services, person, link)


async def read_to_act(services: Services, chat: Chat, person: Person, link: RecordLink) -> PersonalRecord:
    """The same for who is about to change it: whether they are in the chat is asked anew."""
    await services.roster_cache.require_fresh(chat, person)
    return await _read(services, person, link)


async def _read(services: Services, person: Person, link: RecordLink) -> PersonalRecord:
    linked = await resolve_link(services, link, person)
    record = linked.record
    actor = await access.require_user(services, record.environment, person)
    table = await services.records.table(record.environment, record.table, reader=actor.user.id)
    noted = await linked_note_columns(services, linked, table)
    try:
        row, may_write = await asyncio.gather(
            access.read_row_as(services, record, table, list(_columns(linked, table, noted)), actor),
            _may_write(services, linked, actor),
        )
    except HiddenRecord as error:
        raise redact_refusal(error, linked.record_type.disclosure) from error
    return PersonalRecord(linked=linked, actor=actor, table=table, row=row, note_columns=noted, can_write=may_write)


async def _may_write(services: Services, linked: LinkedRecord, actor: AuthorizedUser) -> bool:
    """Whether the person may change it, where that is of any use to know."""
    if not (linked.record_type.card_acts or linked.record_type.change_fields):
        return False
    return await services.records.can_write(linked.record, actor.user.id)


def _columns(linked: LinkedRecord, table: Table, noted: Iterable[Column]) -> Iterable[Column]:
    """Each column once: what a card says, what can be changed, and who changed it last."""
    changed = allowed_columns(linked.record_type.change_fields, table)
    facts = (table.columns.get(name) for name in (OWNER, STATE, STATUS, MODIFIED_BY, MODIFIED_ON))
    asked = (*name_columns(table), *noted, *changed, *(column for column in facts if column))
    return {column.name: column for column in asked}.values()
