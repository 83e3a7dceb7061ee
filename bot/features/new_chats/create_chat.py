"""Create a chat step by step. A failed or interrupted creation can be resumed (spec C7, C8, A6)."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from bot.domain.audit import AuditEntry
from bot.domain.directory import DirectoryChat
from bot.domain.errors import BadRequest, ChatSyncError, NotAllowed, NotFound, Unavailable
from bot.domain.new_chat import MAX_MEMBERS_AT_CREATION, REQUIRED_STEPS, ChatRequest, ChatStep, NewChat, NewChatKey
from bot.domain.values import Chat, ChatId, ChatKind, ObjectId, Person
from bot.features.connections.connect_chat import Note, connect_chat
from bot.features.connections.install_app import install_app
from bot.features.members.app_presence import require_app_in_chat
from bot.features.shared.auditing import write_audit
from bot.features.shared.people_details import find_guests
from bot.features.shared.services import Services
from cards.words import and_list

LEASE = timedelta(minutes=2)
"""Lease of a creation by one process. Every step and every added member renews it."""
SHOWN_FOR = timedelta(days=1)
"""Time in which an unfinished creation is offered again."""
MIN_MEMBERS = 2
"""Minimum number of members of a group chat."""

Step = Callable[[Services, NewChat, Person, Chat], Awaitable[NewChat]]
"""Runs a step for the person, who asks in this chat, and returns the new state."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """The state of a creation."""

    new_chat: NewChat
    is_running: bool = False
    """True if the creation continues in the background."""


async def start_creation(
    services: Services, key: NewChatKey, request: ChatRequest, person: Person, current: Chat
) -> Progress:
    """Create the chat. If the key is known, resume that creation and ignore the new request.

    `current` is the chat in which the person asks. Raises `BadRequest` if some of the people are not in the directory,
    and the errors of `resume_creation`.
    """
    await _require_in_directory(services, request.people)
    async with services.store.writing() as work:
        await work.new_chats.add(NewChat(key=key, request=request, begun_at=services.clock.now()))
    return await resume_creation(services, key, person, current)


async def resume_creation(services: Services, key: NewChatKey, person: Person, current: Chat) -> Progress:
    """Run the remaining steps, and return the progress when they end or when the time for an answer is over.

    Raises `NotFound` if the person did not start this creation.
    """
    new_chat = await _get(services, key, person)
    if not new_chat.remaining_steps:
        return Progress(new_chat=new_chat)
    task = services.chat_creations.get(key)
    if task is None:
        task = services.chat_creations[key] = asyncio.create_task(_run(services, key, person, current))
        task.add_done_callback(lambda _: services.chat_creations.pop(key, None))
    await asyncio.wait({task}, timeout=services.limits.answer_within_s * 0.8)
    if task.done():
        task.result()
    new_chat = await _get(services, key, person)
    return Progress(new_chat=new_chat, is_running=bool(new_chat.remaining_steps) and not new_chat.failures)


async def unfinished_creation(services: Services, person: ObjectId) -> NewChat | None:
    """Return the person's unfinished creation of the last day, or None."""
    async with services.store.reading() as work:
        return await work.new_chats.unfinished(person, since=services.clock.now() - SHOWN_FOR)


async def _get(services: Services, key: NewChatKey, person: Person) -> NewChat:
    async with services.store.reading() as work:
        new_chat = await work.new_chats.get(key)
    if new_chat is None or new_chat.request.person != person.object_id:
        raise NotFound("Chat Sync cannot find the chat that you started.", "To start a chat, write new.")
    return new_chat


async def _require_in_directory(services: Services, people: Sequence[ObjectId]) -> None:
    listed = await services.directory.get_people(people)
    if len(listed) < len(people):
        raise BadRequest("A person whom you chose is no longer in your organization.", "Choose the people again.")
    disabled = [person.name for person in listed.values() if not person.enabled]
    if disabled:
        raise BadRequest("{people} can no longer sign in.", "Choose other people.", people=and_list(disabled))


async def _run(services: Services, key: NewChatKey, person: Person, current: Chat) -> None:
    """Run the remaining steps, unless another process holds the lease."""
    now = services.clock.now()
    async with services.store.writing() as work:
        claimed = await work.new_chats.claim(key, at=now, until=now + LEASE)
        new_chat = await work.new_chats.get(key)
        if new_chat is None or not claimed:
            return
        # A retry adds people and installs the app, too, so each attempt has an entry.
        await work.audit.add(_entry(services, "new chat", new_chat, person, current.id))
    new_chat = replace(new_chat, failures=())
    try:
        await _require_still_member(services, new_chat)
        for step in new_chat.remaining_steps:
            new_chat = await _run_step(services, step, new_chat, person, current)
            if new_chat.failures and new_chat.failures[-1].step in REQUIRED_STEPS:
                break
    except ChatSyncError as error:
        new_chat = new_chat.with_failure(new_chat.remaining_steps[0], error)
    finally:
        async with services.store.writing() as work:
            await work.new_chats.save(new_chat, leased_until=None)


async def _run_step(services: Services, step: ChatStep, new_chat: NewChat, person: Person, current: Chat) -> NewChat:
    """Run the step, and save its result or its failure before the next step starts."""
    if step in new_chat.done:
        return new_chat
    requested_at = requested_before = new_chat.creation_requested_at
    if step is ChatStep.CREATE:
        # If the response is lost, the next attempt searches for the chat before it creates another one.
        requested_at = requested_before or services.clock.now()
        await _save(services, replace(new_chat, creation_requested_at=requested_at))
    try:
        new_chat = await _STEPS[step](services, new_chat, person, current)
    except ChatSyncError as error:
        pending = requested_at if isinstance(error, Unavailable) else requested_before
        new_chat = replace(new_chat, creation_requested_at=pending).with_failure(step, error)
    if step is ChatStep.CREATE and new_chat.chat_id:
        await write_audit(services, _entry(services, "new chat created", new_chat, person, new_chat.chat_id))
    return await _save(services, new_chat)


def _entry(services: Services, act: str, new_chat: NewChat, person: Person, chat: ChatId) -> AuditEntry:
    return AuditEntry(
        at=services.clock.now(),
        act=act,
        person_id=person.object_id,
        person_name=person.name,
        chat_id=chat,
        record=new_chat.request.record,
        details={"key": new_chat.key, "members": ",".join(new_chat.request.people)},
    )


async def _save(services: Services, new_chat: NewChat) -> NewChat:
    """Save the state, and renew the lease."""
    async with services.store.writing() as work:
        await work.new_chats.save(new_chat, leased_until=services.clock.now() + LEASE)
    return new_chat


async def _require_still_member(services: Services, new_chat: NewChat) -> None:
    """Check that the person did not leave the chat, because only members can change a chat (spec S7)."""
    if new_chat.chat_id is None:
        return
    members = await services.chats.list_members(new_chat.chat_id)
    if all(member.object_id != new_chat.request.person for member in members):
        raise NotAllowed("You are no longer in this chat.", "Ask a member of the chat to add you.")


async def _create(services: Services, new_chat: NewChat, _person: Person, _current: Chat) -> NewChat:
    first = new_chat.request.members[:MAX_MEMBERS_AT_CREATION]
    if new_chat.creation_requested_at:
        for people in (first, first[:MIN_MEMBERS]):
            chat = await services.chats.find_created(people, since=new_chat.creation_requested_at)
            if chat:
                return _created(new_chat, chat)
    guests = await find_guests(services, first)
    try:
        chat = await services.chats.create(first, new_chat.request.topic, guests=guests)
    except BadRequest:
        # Graph rejects the request without a reason. Create the smallest chat, and run the other steps one by one.
        return _created(new_chat, await services.chats.create(first[:MIN_MEMBERS], None, guests=guests))
    is_complete = first == new_chat.request.members
    return _created(new_chat, chat).with_done(*([ChatStep.MEMBERS] if is_complete else []))


async def _add_members(services: Services, new_chat: NewChat, _person: Person, _current: Chat) -> NewChat:
    await _require_not_removed(services, new_chat)
    chat = _chat_id(new_chat)
    members = {member.object_id for member in await services.chats.list_members(chat)}
    missing = [person for person in new_chat.request.members if person not in members]
    guests = await find_guests(services, missing)
    errors: dict[ObjectId, ChatSyncError] = {}
    for person in missing:
        try:
            await services.chats.add_member(chat, person, guest=person in guests)
        except (BadRequest, NotAllowed, NotFound) as error:
            errors[person] = error
        await _save(services, new_chat)  # Many members can take longer than one lease.
    if errors:
        raise await _not_added(services, errors) from next(iter(errors.values()))
    return new_chat.with_done(ChatStep.MEMBERS)


async def _require_not_removed(services: Services, new_chat: NewChat) -> None:
    """Check that nobody removed the app after its installation: it must not change chats that it was removed from."""
    if ChatStep.INSTALL not in new_chat.done:
        return
    async with services.store.reading() as work:
        chat = await work.chats.get(_chat_id(new_chat))
    if chat:
        await require_app_in_chat(services, chat, new_chat.request.person, "Add Chat Sync to the chat, and continue.")


async def _not_added(services: Services, errors: Mapping[ObjectId, ChatSyncError]) -> BadRequest:
    """Return one error with the names of the people and the reason for the first of them."""
    people = await services.directory.get_people(list(errors))
    names = [people[person].name if person in people else "someone" for person in errors]
    first = next(iter(errors.values()))
    return BadRequest(
        "Could not add {people} to the chat. {reason}", first.next_step, people=and_list(names), reason=str(first)
    )


async def _name(services: Services, new_chat: NewChat, _person: Person, _current: Chat) -> NewChat:
    await _require_not_removed(services, new_chat)
    await services.chats.rename(_chat_id(new_chat), new_chat.request.topic or "")
    return new_chat.with_done(ChatStep.NAME)


async def _install(services: Services, new_chat: NewChat, _person: Person, current: Chat) -> NewChat:
    await install_app(services, replace(current, id=_chat_id(new_chat), kind=ChatKind.GROUP))
    return new_chat.with_done(ChatStep.INSTALL)


async def _connect(services: Services, new_chat: NewChat, person: Person, _current: Chat) -> NewChat:
    async with services.store.reading() as work:
        chat = await work.chats.get(_chat_id(new_chat))
    if chat is None or new_chat.request.record is None:
        raise NotFound("Chat Sync cannot find this chat.", "To connect the chat, write connect in the chat.")
    # The person's account ID in the new chat is perhaps not known. The roster of Teams also accepts the object ID.
    by_object_id = replace(person, account_id=new_chat.request.person)
    note = Note.SEND if new_chat.request.note else Note.NONE
    await connect_chat(services, chat, by_object_id, new_chat.request.record, note=note)
    return new_chat.with_done(ChatStep.CONNECT)


_STEPS: Mapping[ChatStep, Step] = {
    ChatStep.CREATE: _create,
    ChatStep.MEMBERS: _add_members,
    ChatStep.NAME: _name,
    ChatStep.INSTALL: _install,
    ChatStep.CONNECT: _connect,
}


def _created(new_chat: NewChat, chat: DirectoryChat) -> NewChat:
    """Return the state with the created chat, which may have its name already."""
    named = [ChatStep.NAME] if new_chat.request.topic and chat.topic == new_chat.request.topic else []
    created = replace(new_chat, chat_id=chat.id, url=chat.url, creation_requested_at=None)
    return created.with_done(ChatStep.CREATE, *named)


def _chat_id(new_chat: NewChat) -> ChatId:
    if new_chat.chat_id is None:
        raise NotFound("The chat was not created.", "Try again.")
    return new_chat.chat_id
