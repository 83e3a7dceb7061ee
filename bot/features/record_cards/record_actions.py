"""Change a record from its card, with the rights of the person and only the version that they saw (spec Q3)."""

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
from bot.domain.texts import and_list, noun, sentences, text
from bot.domain.values import Chat, Person
from bot.features.record_cards.own_changes import store_own_change
from bot.features.record_cards.read_as_person import (
    PersonalRecord,
    read_as_person,
    read_to_act,
)
from bot.features.shared.answers import row_display_name
from bot.features.shared.auditing import write_audit
from bot.features.shared.services import Services

MAX_RESOLUTION_LENGTH = 200
"""Characters of a resolution ("Case Resolution table reference", `subject`)."""

_ORIGIN = "Written in Microsoft Teams."
_NOTES = UUID("c2a1f7f4-7d43-4a0c-9f0b-6c1b6f3e5d21")
"""Namespace of note IDs. The same key and text from the same person give the same note."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """The chat, the person, the record, and the version of the record that the person saw. Nothing was checked."""

    chat: Chat
    person: Person
    link: RecordLink
    version: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FormInput:
    """The inputs of a page, by column name."""

    values: Mapping[str, str]
    digests: Mapping[str, str]
    """Digests of the values shown; unchanged inputs are not written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionOutcome:
    """The result of an action."""

    message: str
    done: bool
    """False if the action was rejected, for example because someone else changed the record."""
    at: datetime | None = None
    """The time of the other change."""

    def with_input(self, words: str) -> "ActionOutcome":
        """Return the outcome with the text that the person entered, for a page that has no form."""
        return (
            replace(self, message=sentences(self.message, text("You wrote: {words}", words=words))) if words else self
        )


async def assign_to_me(services: Services, target: Target) -> ActionOutcome:
    """Make the person the owner of the record."""
    personal = await _read_if_allowed(services, target, CardAction.ASSIGN)
    user, caller = personal.actor.user.id, personal.actor.object_id
    return await _run(
        services,
        target,
        personal,
        CardAction.ASSIGN,
        lambda: services.record_writes.assign(personal.record, user, version=target.version, caller=caller),
        is_done=lambda now: now.is_mine,
        message=text("{record} is assigned to you.", record=_name(personal)),
    )


async def change_fields(services: Services, target: Target, form: FormInput) -> ActionOutcome:
    """Update the columns whose inputs changed; raise `BadRequest` if an input is invalid."""
    personal = await read_to_act(services, target.chat, target.person, target.link)
    changed = _changed_values(personal, form)
    new = _without_current_values(personal, changed)
    if not new:
        return ActionOutcome(message=text("{record} already has these values.", record=_name(personal)), done=True)
    labels = and_list(personal.table.columns[name].label for name in new)
    return await _run(
        services,
        target,
        personal,
        "change",
        lambda: services.record_writes.update(
            personal.record, new, version=target.version, caller=personal.actor.object_id
        ),
        is_done=lambda now: not _without_current_values(now, changed),
        message=text("{record} was updated. Changed fields: {labels}.", record=_name(personal), labels=labels),
    )


async def resolve_case(services: Services, target: Target, reason: str, words: str) -> ActionOutcome:
    """Resolve the case with one of its reasons; raise `BadRequest` if the reason or the text is invalid."""
    personal = await _read_if_allowed(services, target, CardAction.RESOLVE)
    resolution = " ".join(words.split())
    number = next((number for number in resolutions(personal.table) if str(number) == reason), None)
    if number is None or not resolution or len(resolution) > MAX_RESOLUTION_LENGTH:
        raise BadRequest("Choose a reason, and enter in a few words how the case was resolved.")

    caller = personal.actor.object_id
    return await _run(
        services,
        target,
        personal,
        CardAction.RESOLVE,
        lambda: services.record_writes.resolve(
            personal.record, number, resolution, version=target.version, caller=caller
        ),
        # If someone else resolved it, Dynamics 365 does not have this text.
        is_done=lambda now: now.row.value(STATUS).raw == number and now.is_last_changed_by_me,
        message=text("{record} is resolved.", record=_name(personal)),
    )


async def add_note(services: Services, target: Target, words: str, key: str) -> ActionOutcome:
    """Add a note in the name of the person.

    A repeated request with the same key and text adds no second note. Raise `BadRequest` if the text is invalid.
    """
    personal = await _read_if_allowed(services, target, CardAction.NOTE)
    name, body = _name(personal), words.strip()
    if not body or len(body) > MAX_NOTE_LENGTH:
        raise BadRequest(text("A note must have 1 to {most} characters.", most=MAX_NOTE_LENGTH))
    note = SavedMessage(form=MessageForm.NOTE, title=f"Note on {name}"[:MAX_TITLE_LENGTH], text=body, origin=_ORIGIN)
    row_id = str(uuid5(_NOTES, f"{personal.actor.object_id} {personal.record.row_id} {key} {body}"))

    async def attach() -> None:
        with suppress(Conflict):  # an earlier attempt wrote the note with this ID
            await services.notes_and_tasks.create(personal.record, row_id, note, caller=personal.actor.object_id)

    return await _run(
        services,
        target,
        personal,
        CardAction.NOTE,
        attach,
        is_done=lambda _: False,
        message=text("Your note was added to {record}.", record=name),
    )


async def _read_if_allowed(services: Services, target: Target, action: CardAction) -> PersonalRecord:
    personal = await read_to_act(services, target.chat, target.person, target.link)
    if action not in personal.linked.record_type.card_acts:
        raise NotAllowed(
            "Your administrator has not turned on this action for cards of this record type.",
            "Open the record instead.",
        )
    return personal


async def _run(
    services: Services,
    target: Target,
    personal: PersonalRecord,
    action: str,
    work: Callable[[], Awaitable[None]],
    *,
    is_done: Callable[[PersonalRecord], bool],
    message: str,
) -> ActionOutcome:
    """Run `work` and return its outcome. `is_done` checks whether a record has the result of the action already."""
    if is_done(personal):
        return ActionOutcome(message=message, done=True)
    # Audit first: after a crash there may be an extra entry, never a missing one.
    await _audit(services, action, target, personal)
    try:
        await work()
    except Conflict:
        return await _after_conflict(services, action, target, personal, is_done, message)
    except Unavailable:
        raise  # Dynamics 365 may have made the change
    except ChatSyncError as error:
        await _audit(services, f"{action} refused", target, personal)
        raise _explain(error) from error
    if action != CardAction.NOTE:  # A note changes no column of the record.
        await store_own_change(services, target.chat.id, personal)
    return ActionOutcome(message=message, done=True)


async def _after_conflict(
    services: Services,
    action: str,
    target: Target,
    personal: PersonalRecord,
    is_done: Callable[[PersonalRecord], bool],
    message: str,
) -> ActionOutcome:
    now = await read_as_person(services, target.chat, target.person, target.link)
    if is_done(now):
        return ActionOutcome(message=message, done=True)
    await _audit(services, f"{action} refused", target, personal)
    message = text(
        "{person} changed this {kind}, so nothing was done. These are the current values.",
        person=now.row.value(MODIFIED_BY).text or text("Someone"),
        kind=noun(now.table.label),
    )
    return ActionOutcome(message=message, done=False, at=_parse_time(now.row.value(MODIFIED_ON).raw))


async def _audit(services: Services, action: str, target: Target, personal: PersonalRecord) -> None:
    entry = AuditEntry(
        at=services.clock.now(),
        act=f"on card: {action}",
        person_id=personal.actor.object_id,
        person_name=personal.actor.user.name,
        chat_id=target.chat.id,
        record=personal.record,
    )
    await write_audit(services, entry)


def _changed_values(personal: PersonalRecord, form: FormInput) -> dict[str, Raw]:
    """Return the values of the inputs that changed; raise `NotAllowed` for a column that cannot be changed here."""
    editable = {column.name: column for column in personal.editable_columns}
    if not set(form.values) <= set(editable):
        raise NotAllowed(
            "You cannot change these fields on a card.", "Open the record, or ask your administrator to allow them."
        )
    changed = {name: text for name, text in form.values.items() if digest(text) != form.digests.get(name)}
    return {name: parse_value(editable[name], text, personal.row.value(name).raw) for name, text in changed.items()}


def _without_current_values(personal: PersonalRecord, changed: Mapping[str, Raw]) -> dict[str, Raw]:
    columns = personal.table.columns
    return {
        name: value
        for name, value in changed.items()
        if canonical_value(columns[name], value) != canonical_value(columns[name], personal.row.value(name).raw)
    }


def _name(personal: PersonalRecord) -> str:
    return row_display_name(personal.table, personal.row)


def _parse_time(raw: Raw) -> datetime | None:
    return datetime.fromisoformat(raw) if isinstance(raw, str) and raw.endswith("Z") else None


def _explain(error: ChatSyncError) -> ChatSyncError:
    """Return an error that explains to the person what Dataverse rejected."""
    match error:
        case NotAllowed():
            return NotAllowed("Your permissions in Dynamics 365 do not allow this.", "Ask the record's owner.")
        case BadRequest():
            return BadRequest("Dynamics 365 rejected this change.", "Open the record to see why, and change it there.")
        case _:
            return error
