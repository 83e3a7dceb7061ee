"""Read a record with the rights of one person, and find the actions of their card (spec U2, Q3)."""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bot.domain.errors import HiddenRecord
from bot.domain.note_fields import note_facts
from bot.domain.record_actions import CardAction, action_problem, allowed_columns, columns_that_fit
from bot.domain.record_links import RecordLink
from bot.domain.tables import MODIFIED_BY, MODIFIED_ON, OWNER, STATE, STATUS, Column, Row, Table
from bot.domain.values import Chat, Person, RecordRef
from bot.features.record_cards.resolve_link import LinkedRecord, card_note_columns, resolve_link
from bot.features.record_cards.shared_card import redact_refusal
from bot.features.shared import access
from bot.features.shared.access import AuthorizedUser
from bot.features.shared.answers import name_columns
from bot.features.shared.services import Services

_OPEN = 0
"""The state of an open row, in every table."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonalRecord:
    """A record with everything that a personal card shows."""

    linked: LinkedRecord
    actor: AuthorizedUser
    table: Table
    row: Row
    note_columns: tuple[Column, ...]
    can_write: bool

    @property
    def record(self) -> RecordRef:
        """The record."""
        return self.linked.record

    @property
    def facts(self) -> Sequence[tuple[str, str]]:
        """Labels and values of the note, as the person may see them."""
        return note_facts(self.note_columns, self.row)

    @property
    def is_mine(self) -> bool:
        """True if the person owns the record."""
        return self.row.value(OWNER).raw == f"systemuser:{self.actor.user.id}"

    @property
    def is_last_changed_by_me(self) -> bool:
        """True if the person made the last change."""
        return self.row.value(MODIFIED_BY).raw == f"systemuser:{self.actor.user.id}"

    @property
    def is_open(self) -> bool:
        """True if the record is in its first state."""
        return self.row.value(STATE).raw == _OPEN

    @property
    def editable_columns(self) -> tuple[Column, ...]:
        """The columns that the person can change on a card, if the inputs of one card have room for their values."""
        allowed = allowed_columns(self.linked.record_type.change_fields, self.table) if self.can_write else ()
        return columns_that_fit(allowed, {column.name: self.row.value(column.name).raw for column in allowed})

    @property
    def actions(self) -> tuple[CardAction, ...]:
        """The other actions of the person. Dataverse checks rights other than write access."""
        return tuple(act for act in self.linked.record_type.card_acts if self._is_useful(act))

    def _is_useful(self, act: CardAction) -> bool:
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
    """Return the record.

    Raise `NotAllowed`, `NotFound`, or `NotSupported` if the person may not read it, or `Unavailable`.
    """
    await services.roster_cache.require_member(chat, person)
    return await _read(services, person, link)


async def read_to_act(services: Services, chat: Chat, person: Person, link: RecordLink) -> PersonalRecord:
    """Return the record for a change. Check the chat membership without the cache."""
    await services.roster_cache.require_fresh(chat, person)
    return await _read(services, person, link)


async def _read(services: Services, person: Person, link: RecordLink) -> PersonalRecord:
    linked = await resolve_link(services, link, person)
    record = linked.record
    actor = await access.require_user(services, record.environment, person)
    table = await services.records.table(record.environment, record.table)
    note = await card_note_columns(services, record.environment, linked.record_type, table)
    try:
        row, can_write = await asyncio.gather(
            access.read_row_as(services, record, table, list(_columns(linked, table, note)), actor),
            _can_write(services, linked, actor),
        )
    except HiddenRecord as error:
        raise redact_refusal(error, linked.record_type.disclosure) from error
    return PersonalRecord(linked=linked, actor=actor, table=table, row=row, note_columns=note, can_write=can_write)


async def _can_write(services: Services, linked: LinkedRecord, actor: AuthorizedUser) -> bool:
    """Check write access, unless the settings allow no change on a card."""
    if not (linked.record_type.card_acts or linked.record_type.change_fields):
        return False
    return await services.records.can_write(linked.record, actor.user.id)


def _columns(linked: LinkedRecord, table: Table, note: Iterable[Column]) -> Iterable[Column]:
    """Return the columns of the card, the editable columns, and the last change, without duplicates."""
    changed = allowed_columns(linked.record_type.change_fields, table)
    facts = (table.columns.get(name) for name in (OWNER, STATE, STATUS, MODIFIED_BY, MODIFIED_ON))
    columns = (*name_columns(table), *note, *changed, *(column for column in facts if column))
    return {column.name: column for column in columns}.values()
