"""What a person does to a record on its card: as themselves, and to what they saw, or not at all (spec Q3)."""

from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID, uuid5

from bot.domain.audit import AuditEntry
from bot.domain.errors import BadRequest, ChatSyncError, Conflict, NotAllowed, Unavailable
from bot.domain.formatting import canonical_value
from bot.domain.record_actions import MAX_NOTE_LENGTH, CardAction, digest, parse_value, resolutions
from bot.domain.record_links import RecordLink
from bot.domain.saved_message import MAX_TITLE_LENGTH, MessageForm, SavedMessage
from bot.domain.tables import MODIFIED_BY, MODIFIED_ON, STATUS, Raw
from bot.domain.values import Chat, Person
from bot.features.record_cards.read_as_person import (
    PersonalRecord,
    read_as_person,
    read_to_act,
)
from bot.features.shared.answers import row_display_name
from bot.features.shared.services import Services

LONGEST_RESOLUTION = 200
"""Characters of a resolution ("Case Resolution table reference", `subject`)."""

_ORIGIN = "Written in Microsoft Teams."
_NOTES = UUID("c2a1f7f4-7d43-4a0c-9f0b-6c1b6f3e5d21")
"""Below this name lie the ids of notes: the same wish of the same person gives the same note."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Who acts where, on which record, and on which version of it they have before them: data, all of them."""

    chat: Chat
    person: Person
    link: RecordLink
    version: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FormInput:
    """What a page sent, by the names of columns."""

    values: Mapping[str, str]
    digests: Mapping[str, str]
    """Of what the page showed: what is as it was shown is not meant to be changed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionOutcome:
    """What came of it."""

    message: str
    done: bool
    """False where somebody changed the record meanwhile: then nothing was done."""
    at: datetime | None = None
    """When they did."""

    def with_input(self, written: str) -> "ActionOutcome":
        """The same with what the person wrote, for where there is no form any more to write it into again."""
        return replace(self, message=f"{self.message} You wrote: {written}") if written else self


async def assign_to_me(services: Services, aim: Target) -> ActionOutcome:
    """Makes the person the owner."""
    own = await _allowed(services, aim, CardAction.ASSIGN)
    user, caller = own.actor.user.id, own.actor.object_id
    return await _done(
        services,
        aim,
        own,
        CardAction.ASSIGN,
        lambda: services.record_writes.assign(own.record, user, version=aim.version, caller=caller),
        is_done=lambda now: now.is_mine,
        said=f"{_called(own)} is assigned to you.",
    )


async def change_fields(services: Services, aim: Target, form: FormInput) -> ActionOutcome:
    """Sets the columns that were filled in otherwise than they were; raises `BadRequest` for what does not fit."""
    own = await read_to_act(services, aim.chat, aim.person, aim.link)
    wanted = _wanted(own, form)
    new = _differing(own, wanted)
    if not new:
        return ActionOutcome(message=f"{_called(own)} says so already.", done=True)
    return await _done(
        services,
        aim,
        own,
        "change",
        lambda: services.record_writes.update(own.record, new, version=aim.version, caller=own.actor.object_id),
        is_done=lambda now: not _differing(now, wanted),
        said=f"{_called(own)} is changed: {', '.join(own.table.columns[name].label for name in new)}.",
    )


async def resolve_case(services: Services, aim: Target, reason: str, words: str) -> ActionOutcome:
    """Resolves the case with one of its reasons."""
    own = await _allowed(services, aim, CardAction.RESOLVE)
    written = " ".join(words.split())
    number = next((number for number in resolutions(own.table) if str(number) == reason), None)
    if number is None or not written or len(written) > LONGEST_RESOLUTION:
        raise BadRequest("Choose a reason, and say in a few words how the case was resolved.")

    caller = own.actor.object_id
    return await _done(
        services,
        aim,
        own,
        CardAction.RESOLVE,
        lambda: services.record_writes.resolve(own.record, number, written, version=aim.version, caller=caller),
        # Where somebody else resolved it, these words are nowhere.
        is_done=lambda now: now.row.value(STATUS).raw == number and now.is_last_changed_by_me,
        said=f"{_called(own)} is resolved.",
    )


async def add_note(services: Services, aim: Target, text: str, wish: str) -> ActionOutcome:
    """Adds a note that is the person's own. The same wish with the same text is the same note: it has one id."""
    own = await _allowed(services, aim, CardAction.NOTE)
    called, written = _called(own), text.strip()
    if not written or len(written) > MAX_NOTE_LENGTH:
        raise BadRequest(f"A note has 1 to {MAX_NOTE_LENGTH} characters.")
    note = SavedMessage(
        form=MessageForm.NOTE, title=f"Note on {called}"[:MAX_TITLE_LENGTH], text=written, origin=_ORIGIN
    )
    row_id = str(uuid5(_NOTES, f"{own.actor.object_id} {own.record.row_id} {wish} {written}"))

    async def attach() -> None:
        with suppress(Conflict):  # the one with this id is the same
            await services.notes_and_tasks.create(own.record, row_id, note, caller=own.actor.object_id)

    return await _done(
        services, aim, own, CardAction.NOTE, attach, is_done=lambda _: False, said=f"Your note is added to {called}."
    )


async def _allowed(services: Services, aim: Target, act: CardAction) -> PersonalRecord:
    own = await read_to_act(services, aim.chat, aim.person, aim.link)
    if act not in own.linked.record_type.card_acts:
        raise NotAllowed(
            "Your administrator has not turned this on for cards of this record type.", "Open the record instead."
        )
    return own


async def _done(
    services: Services,
    aim: Target,
    own: PersonalRecord,
    act: str,
    work: Callable[[], Awaitable[None]],
    *,
    is_done: Callable[[PersonalRecord], bool],
    said: str,
) -> ActionOutcome:
    """What came of the work. `is_done`: whether the record is as it would be after it."""
    if is_done(own):
        return ActionOutcome(message=said, done=True)
    # Before it is done: after a crash in between one word too many is kept, never one too few.
    await _audit(services, act, aim, own)
    try:
        await work()
    except Conflict:
        return await _after_clash(services, act, aim, own, is_done, said)
    except Unavailable:
        raise  # it may be done
    except ChatSyncError as error:
        await _audit(services, f"{act} refused", aim, own)
        raise _explained(error) from error
    return ActionOutcome(message=said, done=True)


async def _after_clash(
    services: Services, act: str, aim: Target, own: PersonalRecord, is_done: Callable[[PersonalRecord], bool], said: str
) -> ActionOutcome:
    now = await read_as_person(services, aim.chat, aim.person, aim.link)
    if is_done(now):
        return ActionOutcome(message=said, done=True)
    await _audit(services, f"{act} refused", aim, own)
    who = now.row.value(MODIFIED_BY).text or "Somebody"
    what = f"{who} changed this {now.table.label.lower()} meanwhile, so nothing was done. This is how it is now."
    return ActionOutcome(message=what, done=False, at=_instant(now.row.value(MODIFIED_ON).raw))


async def _audit(services: Services, act: str, aim: Target, own: PersonalRecord) -> None:
    entry = AuditEntry(
        at=services.clock.now(),
        act=f"on card: {act}",
        person_id=own.actor.object_id,
        person_name=own.actor.user.name,
        chat_id=aim.chat.id,
        record=own.record,
    )
    async with services.store.writing() as work:
        await work.audit.add(entry)


def _wanted(own: PersonalRecord, form: FormInput) -> dict[str, Raw]:
    """The columns that somebody filled in otherwise than the page showed them, as far as these can be changed here."""
    offered = {column.name: column for column in own.editable_columns}
    if not set(form.values) <= set(offered):
        raise NotAllowed(
            "You cannot change these fields on a card.", "Open the record, or ask your administrator to allow them."
        )
    meant = {name: text for name, text in form.values.items() if digest(text) != form.digests.get(name)}
    return {name: parse_value(offered[name], text, own.row.value(name).raw) for name, text in meant.items()}


def _differing(own: PersonalRecord, wanted: Mapping[str, Raw]) -> dict[str, Raw]:
    columns = own.table.columns
    return {
        name: value
        for name, value in wanted.items()
        if canonical_value(columns[name], value) != canonical_value(columns[name], own.row.value(name).raw)
    }


def _called(own: PersonalRecord) -> str:
    return row_display_name(own.table, own.row)


def _instant(raw: Raw) -> datetime | None:
    return datetime.fromisoformat(raw) if isinstance(raw, str) and raw.endswith("Z") else None


def _explained(error: ChatSyncError) -> ChatSyncError:
    """What Dataverse refused, in the words of somebody who pressed a button."""
    match error:
        case NotAllowed():
            return NotAllowed("Your rights in Dynamics 365 do not let you do this.", "Ask the record's owner.")
        case BadRequest():
            return BadRequest("Dynamics 365 does not take this.", "Open the record to see why, and do it there.")
        case _:
            return error
