"""Create a chat step by step. A failed or interrupted creation can be resumed (spec C7, C8, A6)."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from bot.domain.audit import AuditEntry
from bot.domain.errors import BadRequest, ChatSyncError, NotAllowed, NotFound, Unavailable
from bot.domain.new_chat import REQUIRED_STEPS, ChatRequest, ChatStep, NewChat, NewChatKey
from bot.domain.texts import and_list
from bot.domain.values import Chat, ChatId, ObjectId, Person
from bot.features.connections.connect_channel import require_team
from bot.features.new_chats import chat_steps, create_channel
from bot.features.new_chats.creation_state import LEASE, save_progress
from bot.features.shared import access
from bot.features.shared.auditing import write_audit
from bot.features.shared.services import Services
from bot.runtime.answer_time import current_answer

SHOWN_FOR = timedelta(days=1)
"""Time in which an unfinished creation is offered again."""
_MARGIN = 0.2
"""Share of the time for an answer that is not spent on waiting for the steps."""
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
    if request.people:
        await _require_in_directory(services, request.people)
    async with services.store.writing() as work:
        await work.new_chats.add(NewChat(key=key, request=request, begun_at=services.clock.now()))
    return await resume_creation(services, key, person, current)


async def resume_creation(services: Services, key: NewChatKey, person: Person, current: Chat) -> Progress:
    """Run the remaining steps, and return the progress when they end or when the time for an answer is over.

    Raises `NotFound` if the person did not start this creation, and the errors of `require_user_anywhere`.
    """
    new_chat = await _get(services, key, person)
    if not new_chat.remaining_steps:
        return Progress(new_chat=new_chat)
    person = await access.with_name(services, person)
    task = services.chat_creations.get(key)
    if task is None:
        task = services.chat_creations[key] = asyncio.create_task(_run(services, key, person, current))
        task.add_done_callback(lambda _: services.chat_creations.pop(key, None))
    if answer := current_answer():
        # The time can be over before the progress is read.
        answer.in_progress = Unavailable("Chat Sync is still working on it.", "To see the current state, try again.")
    await asyncio.wait({task}, timeout=_time_to_wait_s(services))
    if task.done():
        task.result()
    new_chat = await _get(services, key, person)
    is_running = not task.done() or not new_chat.failures  # without failures, another process runs it
    return Progress(new_chat=new_chat, is_running=is_running and bool(new_chat.remaining_steps))


def _time_to_wait_s(services: Services) -> float:
    """Return the seconds to wait for the steps. The rest of the time is for reading and showing the progress."""
    limit_s, answer = services.limits.answer_within_s, current_answer()
    return max(0.0, (answer.left_s() if answer else limit_s) - _MARGIN * limit_s)


async def unfinished_creation(services: Services, person: ObjectId) -> NewChat | None:
    """Return the person's unfinished creation of the last day, or None."""
    async with services.store.reading() as work:
        return await work.new_chats.unfinished(person, since=services.clock.now() - SHOWN_FOR)


async def is_started(services: Services, key: NewChatKey) -> bool:
    """Check whether this creation was started."""
    async with services.store.reading() as work:
        return await work.new_chats.get(key) is not None


async def discard_creation(services: Services, key: NewChatKey) -> None:
    """Discard a creation that Teams rejected before anything existed, so that the key can be used again."""
    async with services.store.writing() as work:
        await work.new_chats.remove(key)


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
        # The failures of the last attempt say nothing about this one.
        new_chat = replace(new_chat, failures=())
        await work.new_chats.save(new_chat, leased_until=now + LEASE)
        # A retry adds people and installs the app, too, so each attempt has an entry.
        await work.audit.add(_entry(services, _kind(new_chat), new_chat, person, current.id))
    try:
        await _require_still_member(services, new_chat, person)
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
        await save_progress(services, replace(new_chat, creation_requested_at=requested_at))
    try:
        steps = _CHANNEL_STEPS if new_chat.request.team else _STEPS
        new_chat = await steps[step](services, new_chat, person, current)
    except ChatSyncError as error:
        pending = requested_at if isinstance(error, Unavailable) else requested_before
        new_chat = replace(new_chat, creation_requested_at=pending).with_failure(step, error)
    if step is ChatStep.CREATE and new_chat.chat_id:
        await write_audit(services, _entry(services, f"{_kind(new_chat)} created", new_chat, person, new_chat.chat_id))
    return await save_progress(services, new_chat)


def _kind(new_chat: NewChat) -> str:
    return "new channel" if new_chat.request.team else "new chat"


def _entry(services: Services, act: str, new_chat: NewChat, person: Person, chat: ChatId) -> AuditEntry:
    return AuditEntry(
        at=services.clock.now(),
        act=act,
        person_id=person.object_id,
        person_name=person.name,
        chat_id=chat,
        record=new_chat.request.record,
        details={"key": new_chat.key, **_target(new_chat.request)},
    )


def _target(request: ChatRequest) -> Mapping[str, str]:
    return {"team": request.team} if request.team else {"members": ",".join(request.people)}


async def _require_still_member(services: Services, new_chat: NewChat, person: Person) -> None:
    """Check that the person did not leave the chat or team, because only members can change it (spec S7)."""
    if new_chat.request.team:
        await require_team(services, person, new_chat.request.team)
        return
    if new_chat.chat_id is None:
        return
    members = await services.chats.list_members(new_chat.chat_id)
    if all(member.object_id != new_chat.request.person for member in members):
        raise NotAllowed("You are no longer in this chat.", "Ask a member of the chat to add you.")


_STEPS: Mapping[ChatStep, Step] = {
    ChatStep.CREATE: chat_steps.create,
    ChatStep.MEMBERS: chat_steps.add_members,
    ChatStep.NAME: chat_steps.name,
    ChatStep.INSTALL: chat_steps.install,
    ChatStep.CONNECT: chat_steps.connect,
}
_CHANNEL_STEPS: Mapping[ChatStep, Step] = {
    ChatStep.INSTALL: create_channel.install,
    ChatStep.CREATE: create_channel.create,
    ChatStep.CONNECT: create_channel.connect,
}
