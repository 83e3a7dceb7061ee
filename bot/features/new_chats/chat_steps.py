"""The steps that create a chat (spec C7, C8, A6). Each returns the new state of the creation."""

from collections.abc import Mapping
from dataclasses import replace

from bot.domain.directory import DirectoryChat
from bot.domain.errors import BadRequest, ChatSyncError, NotAllowed, NotFound
from bot.domain.new_chat import MAX_MEMBERS_AT_CREATION, ChatStep, NewChat
from bot.domain.texts import and_list, sentences, text
from bot.domain.values import Chat, ChatId, ChatKind, ObjectId, Person
from bot.features.connections.connect_chat import Note, connect_chat
from bot.features.connections.install_app import install_app
from bot.features.members.app_presence import require_app_in_chat
from bot.features.new_chats.creation_state import save_progress
from bot.features.shared.people_details import find_guests
from bot.features.shared.services import Services

MIN_MEMBERS = 2
"""Minimum number of members of a group chat."""

_ADD_APP = text("Add Chat Sync to the chat, and continue.")


async def create(services: Services, new_chat: NewChat, _person: Person, _current: Chat) -> NewChat:
    """Create the chat, or find the one that a lost response announced."""
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


async def add_members(services: Services, new_chat: NewChat, _person: Person, _current: Chat) -> NewChat:
    """Add the people that the creation left out."""
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
        await save_progress(services, new_chat)  # Many members can take longer than one lease.
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
        await require_app_in_chat(services, chat, new_chat.request.person, _ADD_APP)


async def _not_added(services: Services, errors: Mapping[ObjectId, ChatSyncError]) -> BadRequest:
    """Return one error with the names of the people and the reason for the first of them."""
    people = await services.directory.get_people(list(errors))
    names = [people[person].name if person in people else text("someone") for person in errors]
    first = next(iter(errors.values()))
    return BadRequest(
        "Could not add {people} to the chat. {reason}", first.next_step, people=and_list(names), reason=first.text
    )


async def name(services: Services, new_chat: NewChat, _person: Person, _current: Chat) -> NewChat:
    """Rename the chat."""
    await _require_not_removed(services, new_chat)
    await services.chats.rename(_chat_id(new_chat), new_chat.request.topic or "")
    return new_chat.with_done(ChatStep.NAME)


async def install(services: Services, new_chat: NewChat, _person: Person, current: Chat) -> NewChat:
    """Install the app in the chat."""
    try:
        await install_app(services, replace(current, id=_chat_id(new_chat), kind=ChatKind.GROUP, thread=None))
    except ChatSyncError as error:
        # Perhaps a member added the app, or only the response was lost.
        if not await _is_installed(services, new_chat):
            by_hand = text("Or add Chat Sync to the chat yourself, and then select Continue.")
            error.next_step = sentences(error.next_step, by_hand)
            raise
    return new_chat.with_done(ChatStep.INSTALL)


async def _is_installed(services: Services, new_chat: NewChat) -> bool:
    """Return whether the app is in the chat. Teams answers questions about members only if it is."""
    async with services.store.reading() as work:
        chat = await work.chats.get(_chat_id(new_chat))
    if chat is None:
        return False
    person = new_chat.request.person
    try:
        await services.roster.is_member(chat, Person(account_id=person, object_id=person, name=""))
    except ChatSyncError:
        return False
    return True


async def connect(services: Services, new_chat: NewChat, person: Person, _current: Chat) -> NewChat:
    """Connect the chat to the record."""
    async with services.store.reading() as work:
        chat = await work.chats.get(_chat_id(new_chat))
    if chat is None or new_chat.request.record is None:
        raise NotFound("Chat Sync cannot find this chat.", "To connect the chat, write connect in the chat.")
    # The person's account ID in the new chat is perhaps not known. The roster of Teams also accepts the object ID.
    by_object_id = replace(person, account_id=new_chat.request.person)
    note = Note.SEND if new_chat.request.note else Note.NONE
    await connect_chat(services, chat, by_object_id, new_chat.request.record, note=note)
    return new_chat.with_done(ChatStep.CONNECT)


def _created(new_chat: NewChat, chat: DirectoryChat) -> NewChat:
    """Return the state with the created chat, which may have its name already."""
    named = [ChatStep.NAME] if new_chat.request.topic and chat.topic == new_chat.request.topic else []
    created = replace(new_chat, chat_id=chat.id, url=chat.url, creation_requested_at=None)
    return created.with_done(ChatStep.CREATE, *named)


def _chat_id(new_chat: NewChat) -> ChatId:
    if new_chat.chat_id is None:
        raise NotFound("The chat was not created.", "Try again.")
    return new_chat.chat_id
