"""Add people to the current chat, and remove them from it (spec A5)."""

import asyncio
from functools import partial

from bot.domain.audit import AuditEntry
from bot.domain.directory import DirectoryPerson
from bot.domain.errors import NotAllowed, NotFound
from bot.domain.values import Chat, ChatKind, ObjectId, Person, RecordRef
from bot.features.members.announcement import OutcomeUnknown
from bot.features.members.membership import add_to_chat, is_member, remove_from_chat
from bot.features.shared import access
from bot.features.shared.answers import Answer, to_outbox
from bot.features.shared.auditing import audited
from bot.features.shared.people_details import NO_LICENSE, look_up_remarks
from bot.features.shared.services import Services
from cards.message import Message
from cards.notice import NoticeView, notice


async def add_member(
    services: Services, chat: Chat, person: Person, other: ObjectId, *, record: RecordRef | None = None
) -> Answer:
    """Add the other person with the whole history of the chat, and notify the chat.

    `record`: the record whose owner the other person is. Raises `NotAllowed` if the person cannot change members here,
    `NotFound`, and the errors of `add_to_chat`.
    """
    await _require_can_change(services, chat, person)
    added = await _require_addable(services, other)
    name = added.name
    if await is_member(services, chat.id, other):
        return Answer(message=_message(f"{name} is already in this chat."))
    remark = f" {name} {NO_LICENSE}." if (await look_up_remarks(services, [added])).get(other) == NO_LICENSE else ""
    message = _message(f"{person.name or 'Someone'} added {name} to this chat.{remark}")
    entry = _entry(services, "add person", chat, person, other, record)
    async with audited(services, entry, unknown=OutcomeUnknown):
        await add_to_chat(services, chat.id, other, partial(_notify, services, chat, message, f"added {other}"))
    return Answer(message=message, already_queued=True)


async def remove_member(services: Services, chat: Chat, person: Person, other: ObjectId) -> Answer:
    """Remove the other person, and notify the chat.

    Raises `NotAllowed` if the person cannot change members here, `NotFound`, and the errors of `remove_from_chat`.
    """
    await _require_can_change(services, chat, person)
    name, is_in_chat = await _name_in_chat(services, chat, other)
    if not is_in_chat:
        return Answer(message=_message(f"{name} is not in this chat."))
    message = _message(f"{person.name or 'Someone'} removed {name} from this chat.")
    entry = _entry(services, "remove person", chat, person, other)
    async with audited(services, entry, unknown=OutcomeUnknown):
        await remove_from_chat(services, chat.id, other, partial(_notify, services, chat, message, f"removed {other}"))
    return Answer(message=message, already_queued=True)


def _entry(
    services: Services, act: str, chat: Chat, person: Person, other: ObjectId, record: RecordRef | None = None
) -> AuditEntry:
    return AuditEntry(
        at=services.clock.now(),
        act=act,
        person_id=person.object_id,
        person_name=person.name,
        chat_id=chat.id,
        record=record,
        details={"member": other},
    )


async def _require_can_change(services: Services, chat: Chat, person: Person) -> None:
    """Check that the person can change the members of this chat."""
    if chat.kind is not ChatKind.GROUP:
        raise NotAllowed("You can add and remove people only in group chats.", "To start a group chat, write new.")
    await asyncio.gather(access.require_user_anywhere(services, person), access.require_member(services, chat, person))


async def _require_addable(services: Services, other: ObjectId) -> DirectoryPerson:
    """Return the person; raise `NotFound` for a person of another organization, or one who cannot sign in."""
    found = (await services.directory.get_people([other])).get(other)
    if found is None or not found.enabled:
        raise NotFound("This person is no longer in your organization.", "Choose another person.")
    return found


async def _name_in_chat(services: Services, chat: Chat, other: ObjectId) -> tuple[str, bool]:
    """Return the person's name, and whether the person is in the chat.

    Members who can no longer sign in, and members from other organizations, can be removed, too.
    """
    found, members = await asyncio.gather(services.directory.get_people([other]), services.chats.list_members(chat.id))
    names = [member.name for member in members if member.object_id == other]
    name = found[other].name if other in found else next(iter(names), "")
    return name or "This person", bool(names)


async def _notify(services: Services, chat: Chat, message: Message, change: str) -> None:
    now = services.clock.now()
    async with services.store.writing() as work:
        await work.outbox.enqueue([to_outbox(chat, message, key=f"{change} {chat.id} {now.isoformat()}")], at=now)


def _message(text: str) -> Message:
    return notice(NoticeView(text=text))
