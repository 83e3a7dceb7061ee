"""Add people to the current chat, and remove them from it (spec A5)."""

import asyncio
from dataclasses import replace
from functools import partial

from bot.domain.audit import AuditEntry
from bot.domain.directory import DirectoryPerson
from bot.domain.errors import ChatSyncError, InProgress, NotAllowed, NotFound
from bot.domain.texts import sentences, text
from bot.domain.values import Chat, ChatKind, ObjectId, Person, RecordRef
from bot.features.members.announcement import OutcomeUnknown
from bot.features.members.membership import Late, add_to_chat, is_member, remove_from_chat
from bot.features.shared import access
from bot.features.shared.answers import Answer, to_outbox
from bot.features.shared.auditing import audited
from bot.features.shared.people_details import NO_LICENSE, look_up_remarks, without_license
from bot.features.shared.reader_languages import chat_translator
from bot.features.shared.services import Services
from cards.message import Message
from cards.notice import NoticeView, notice

_CHAT_IS_TOLD = text("This chat is told when it is done.")


async def add_member(
    services: Services, chat: Chat, person: Person, other: ObjectId, *, record: RecordRef | None = None
) -> Answer:
    """Add the other person with the whole history of the chat, and notify the chat.

    `record`: the record whose owner the other person is. Raises `NotAllowed` if the person cannot change members here,
    `NotFound`, and the errors of `add_to_chat`.
    """
    by = replace(person, name=await require_can_change(services, chat, person))
    added = await _require_addable(services, other)
    name = added.name
    if await is_member(services, chat.id, other):
        return Answer(message=_message(text("{person} is already in this chat.", person=name)))
    is_unlicensed = (await look_up_remarks(services, [added])).get(other) == NO_LICENSE
    done = text("{by} added {person} to this chat.", by=by.name, person=name)
    message = _message(sentences(done, without_license([name]) if is_unlicensed else ""))
    entry = _entry(services, "add person", chat, by, other, record)
    async with audited(services, entry, unknown=OutcomeUnknown):
        answer = InProgress("{person} is being added to this chat.", _CHAT_IS_TOLD, person=name)
        failure = text("{person} could not be added to this chat.", person=name)
        late = _late(services, chat, answer, failure, f"added {other}")
        await add_to_chat(services, chat.id, other, late, partial(_notify, services, chat, message, f"added {other}"))
    return Answer(message=message, already_queued=True)


async def remove_member(services: Services, chat: Chat, person: Person, other: ObjectId) -> Answer:
    """Remove the other person, and notify the chat. Guests and former employees can be removed, too.

    Raises `NotAllowed` if the person cannot change members here, and the errors of `remove_from_chat`.
    """
    by = replace(person, name=await require_can_change(services, chat, person))
    names = {each.object_id: each.name for each in await services.chats.list_members(chat.id)}
    if other not in names:
        return Answer(message=_message(text("This person is not in this chat.")))
    name = names[other] or text("This person")
    message = _message(text("{by} removed {person} from this chat.", by=by.name, person=name))
    entry = _entry(services, "remove person", chat, by, other)
    async with audited(services, entry, unknown=OutcomeUnknown):
        answer = InProgress("{person} is being removed from this chat.", _CHAT_IS_TOLD, person=name)
        failure = text("{person} could not be removed from this chat.", person=name)
        late = _late(services, chat, answer, failure, f"removed {other}")
        notify = partial(_notify, services, chat, message, f"removed {other}")
        await remove_from_chat(services, chat.id, other, late, notify)
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


async def require_can_change(services: Services, chat: Chat, person: Person) -> str:
    """Check that the person can change the members of this chat, and return their name.

    Raise `NotAllowed` or `Unavailable`.
    """
    if chat.kind is not ChatKind.GROUP:
        raise NotAllowed("You can add and remove people only in group chats.", "To start a group chat, write new.")
    users, _ = await asyncio.gather(
        access.require_user_anywhere(services, person), access.require_member(services, chat, person)
    )
    # Teams says the name in each activity, and the pane never.
    return person.name or next(iter(users.values())).user.name


async def _require_addable(services: Services, other: ObjectId) -> DirectoryPerson:
    """Return the person; raise `NotFound` for a person of another organization, or one who cannot sign in."""
    found = (await services.directory.get_people([other])).get(other)
    if found is None or not found.enabled:
        raise NotFound("This person is no longer in your organization.", "Choose another person.")
    return found


def _late(services: Services, chat: Chat, answer: InProgress, failure: str, change: str) -> Late:
    """Return the answer and the notice for a change that takes longer than the answer."""

    async def on_failure(error: ChatSyncError) -> None:
        told = error.text if isinstance(error, OutcomeUnknown) else sentences(failure, error.text)
        await _notify(services, chat, notice(NoticeView(text=told, next_step=error.next_step)), f"not {change}")

    return Late(answer=answer, on_failure=on_failure)


async def _notify(services: Services, chat: Chat, message: Message, change: str) -> None:
    now, t = services.clock.now(), await chat_translator(services, chat.id)
    async with services.store.writing() as work:
        await work.outbox.enqueue([to_outbox(chat, message, t, key=f"{change} {chat.id} {now.isoformat()}")], at=now)


def _message(text: str) -> Message:
    return notice(NoticeView(text=text))
