"""Making a chat that somebody wants, step by step (spec C7, C8, A6)."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial

from bot.domain.directory import DirectoryChat
from bot.domain.errors import BadRequest, ChatSyncError, NotAllowed, NotFound, Unavailable
from bot.domain.new_chat import MAX_MEMBERS_AT_CREATION, REQUIRED_STEPS, ChatRequest, ChatStep, NewChat, NewChatKey
from bot.domain.values import Chat, ChatId, ChatKind, ObjectId, Person
from bot.features.connections.connect_chat import Note, connect_chat
from bot.features.connections.install_app import install_app
from bot.features.shared.services import Services

LEASE = timedelta(minutes=2)
"""How long the work stays with a process that is not heard of; each step and each person added renews it."""
SHOWN_FOR = timedelta(days=1)
"""How long somebody is reminded of a chat that was left half made."""
MIN_MEMBERS = 2
"""People of the smallest group chat."""

Step = Callable[[NewChat, Person, Chat], Awaitable[NewChat]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far it has come, and whether it goes on by itself just now."""

    new: NewChat
    is_running: bool = False


async def start_creation(
    services: Services, key: NewChatKey, wish: ChatRequest, person: Person, here: Chat
) -> Progress:
    """Makes the chat; a key that is known goes on with what was wished under it then.

    Raises `BadRequest` where somebody is not in the directory, and what `resume_idle` raises.
    """
    await _require_people(services, wish.people)
    async with services.store.writing() as work:
        await work.new_chats.add(NewChat(key=key, request=wish, begun_at=services.clock.now()))
    return await resume_creation(services, key, person, here)


async def resume_creation(services: Services, key: NewChatKey, person: Person, here: Chat) -> Progress:
    """Does what is left, as far as it goes; raises `NotFound` for what the person did not begin."""
    new = await _get(services, key, person)
    if not new.remaining_steps:
        return Progress(new=new)
    task = services.chat_creations.get(key)
    if task is None:
        task = services.chat_creations[key] = asyncio.create_task(_run(services, key, person, here))
        task.add_done_callback(lambda _: services.chat_creations.pop(key, None))
    await asyncio.wait({task}, timeout=services.limits.answer_within_s * 0.8)
    if task.done():
        task.result()
    new = await _get(services, key, person)
    return Progress(new=new, is_running=bool(new.remaining_steps) and not new.failures)


async def unfinished_creation(services: Services, person: ObjectId) -> NewChat | None:
    """The chat that the person left half made lately."""
    async with services.store.reading() as work:
        return await work.new_chats.unfinished(person, since=services.clock.now() - SHOWN_FOR)


async def _get(services: Services, key: NewChatKey, person: Person) -> NewChat:
    async with services.store.reading() as work:
        new = await work.new_chats.get(key)
    if new is None or new.request.person != person.object_id:
        raise NotFound("There is no such chat to go on with.", "Write new to start one.")
    return new


async def _require_people(services: Services, people: Sequence[ObjectId]) -> None:
    found = await services.directory.get_people(people)
    if len(found) < len(people):
        raise BadRequest("Somebody whom you chose is not in your organisation any more.", "Choose again.")
    off = [each.name for each in found.values() if not each.enabled]
    if off:
        raise BadRequest(f"{', '.join(off)} cannot sign in any more.", "Choose other people.")


async def _run(services: Services, key: NewChatKey, person: Person, here: Chat) -> None:
    """All steps that are left, unless another process is at it."""
    now = services.clock.now()
    async with services.store.writing() as work:
        claimed = await work.new_chats.claim(key, at=now, until=now + LEASE)
        new = await work.new_chats.get(key)
    if new is None or not claimed:
        return
    new = replace(new, failures=())
    try:
        await _require_still_in(services, new)
        for step in new.remaining_steps:
            new = await _run_step(services, step, new, person, here)
            if new.failures and new.failures[-1].step in REQUIRED_STEPS:
                break
    except ChatSyncError as error:
        new = new.with_failure(new.remaining_steps[0], error)
    finally:
        async with services.store.writing() as work:
            await work.new_chats.save(new, leased_until=None)


async def _run_step(services: Services, step: ChatStep, new: NewChat, person: Person, here: Chat) -> NewChat:
    """The step done, or why not; kept before anything else is begun."""
    work: Mapping[ChatStep, Step] = {
        ChatStep.CREATE: partial(_create, services),
        ChatStep.MEMBERS: partial(_add_members, services),
        ChatStep.NAME: partial(_name, services),
        ChatStep.INSTALL: partial(_install, services),
        ChatStep.CONNECT: partial(_connect, services),
    }
    if step in new.done:
        return new
    before = new
    if step is ChatStep.CREATE:
        # If its answer is lost, the chat is looked for before another is made.
        new = await _save(
            services, replace(new, creation_requested_at=new.creation_requested_at or services.clock.now())
        )
    try:
        new = await work[step](replace(new, creation_requested_at=before.creation_requested_at), person, here)
    except ChatSyncError as error:
        asked_at = new.creation_requested_at if isinstance(error, Unavailable) else before.creation_requested_at
        new = replace(new, creation_requested_at=asked_at).with_failure(step, error)
    return await _save(services, new)


async def _save(services: Services, new: NewChat) -> NewChat:
    async with services.store.writing() as work:
        await work.new_chats.save(new, leased_until=services.clock.now() + LEASE)
    return new


async def _require_still_in(services: Services, new: NewChat) -> None:
    """Somebody who has left the chat meanwhile does nothing to it any more (spec S7)."""
    if new.chat_id is None:
        return
    if all(each.object_id != new.request.person for each in await services.chats.list_members(new.chat_id)):
        raise NotAllowed("You are not in this chat any more.", "Ask somebody in the chat to add you.")


async def _create(services: Services, new: NewChat, _person: Person, _here: Chat) -> NewChat:
    first = new.request.members[:MAX_MEMBERS_AT_CREATION]
    if new.creation_requested_at:
        for people in (first, first[:MIN_MEMBERS]):
            found = await services.chats.find_created(people, since=new.creation_requested_at)
            if found:
                return _created(new, found)
    try:
        chat = await services.chats.create(first, new.request.topic)
    except BadRequest:
        # Graph refuses the whole and does not say why: the smallest chat, and then one thing after the other.
        return _created(new, await services.chats.create(first[:MIN_MEMBERS], None))
    whole = first == new.request.members
    return _created(new, chat).with_done(*([ChatStep.MEMBERS] if whole else []))


async def _add_members(services: Services, new: NewChat, _person: Person, _here: Chat) -> NewChat:
    chat = _chat_id(new)
    there = {each.object_id for each in await services.chats.list_members(chat)}
    refused: dict[ObjectId, ChatSyncError] = {}
    for person in new.request.members:
        if person not in there:
            try:
                await services.chats.add_member(chat, person)
            except (BadRequest, NotAllowed, NotFound) as error:
                refused[person] = error
            await _save(services, new)  # so many people take longer than the work is held at a time
    if refused:
        names = await services.directory.get_people(list(refused))
        who = ", ".join(names[each].name if each in names else "somebody" for each in refused)
        first = next(iter(refused.values()))
        raise BadRequest(f"{who} could not be added: {first}", first.next_step) from first
    return new.with_done(ChatStep.MEMBERS)


async def _name(services: Services, new: NewChat, _person: Person, _here: Chat) -> NewChat:
    await services.chats.rename(_chat_id(new), new.request.topic or "")
    return new.with_done(ChatStep.NAME)


async def _install(services: Services, new: NewChat, _person: Person, here: Chat) -> NewChat:
    chat = replace(here, id=_chat_id(new), kind=ChatKind.GROUP)
    await install_app(services, chat)
    return new.with_done(ChatStep.INSTALL)


async def _connect(services: Services, new: NewChat, person: Person, _here: Chat) -> NewChat:
    async with services.store.reading() as work:
        chat = await work.chats.get(_chat_id(new))
    if chat is None or new.request.record is None:
        raise NotFound("This chat is not known any more.", "Write connect in the chat itself.")
    # In a chat that is this new the person's account may not be known yet; Teams' roster takes the object id too.
    by_object_id = replace(person, account_id=new.request.person)
    note = Note.SEND if new.request.note else Note.NONE
    await connect_chat(services, chat, by_object_id, new.request.record, note=note)
    return new.with_done(ChatStep.CONNECT)


def _created(new: NewChat, chat: DirectoryChat) -> NewChat:
    """The chat is there, and perhaps has its name already."""
    named = [ChatStep.NAME] if new.request.topic and chat.topic == new.request.topic else []
    return replace(new, chat_id=chat.id, url=chat.url, creation_requested_at=None).with_done(ChatStep.CREATE, *named)


def _chat_id(new: NewChat) -> ChatId:
    if new.chat_id is None:
        raise NotFound("The chat was not created.", "Try again.")
    return new.chat_id
