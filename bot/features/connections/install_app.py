"""Check that a person is in a chat, and install the app there (spec C3, S7)."""

from collections.abc import Sequence
from dataclasses import replace

from bot.domain.audit import AuditEntry
from bot.domain.errors import BotAbsent, ChatSyncError, NotAllowed
from bot.domain.values import TEAMS, Chat, ChatId, ChatKind, ObjectId, Person
from bot.features.shared import access
from bot.features.shared.access import AuthorizedUser
from bot.features.shared.auditing import audited
from bot.features.shared.services import Services
from bot.runtime.even_time import EvenTime


async def install_app(services: Services, chat: Chat) -> None:
    """Install the app in the chat without an introduction, because the chat gets the requested message instead."""
    async with services.store.writing() as work:
        if await work.chats.get(chat.id) is None:
            # Teams can be slow to report the installation. Until then, use the address of the current chat.
            await work.chats.save(replace(chat, bot_present=False))
        await work.chats.mark_introduced(chat.id, services.clock.now())
    await services.chats.install(chat.id)


async def require_chat_member(services: Services, chat: Chat, person: Person) -> Sequence[ObjectId | None] | None:
    """Check that the person is in the chat. Return None if the app is there too, or else the chat's members.

    Raises `NotAllowed` if the person is not in the chat, `BotAbsent` if the app cannot be installed, or `Unavailable`.
    """
    try:
        await access.require_member(services, chat, person)
    except BotAbsent as absent:
        if chat.channel != TEAMS or chat.kind is not ChatKind.GROUP:
            raise
        return await _members_from_graph(services, chat, person, absent)
    return None


async def require_member_of_named_chat(
    services: Services, chat: Chat, person: Person
) -> Sequence[ObjectId | None] | None:
    """Check like `require_chat_member` that the person is in a chat whose ID the person gave.

    There is one error for strangers and for chats that cannot be checked or do not exist, after the same time.
    """
    even = EvenTime(services.limits.refuse_after_s)
    try:
        return await require_chat_member(services, chat, person)
    except (NotAllowed, BotAbsent) as error:
        await even.wait()
        raise NotAllowed(
            "Chat Sync could not confirm that you are a member of this chat.",
            "If you are, add Chat Sync to the chat again.",
        ) from error


async def install_in_chat(services: Services, chat: Chat, actor: AuthorizedUser) -> Chat:
    """Install the app for the person, and return the chat as stored; raise `BotAbsent` if the installation fails."""
    try:
        async with audited(services, install_entry(services, chat.id, actor)):
            await install_app(services, chat)
    except ChatSyncError as error:
        raise BotAbsent from error
    async with services.store.reading() as work:
        return await work.chats.get(chat.id) or chat


def install_entry(services: Services, chat: ChatId, actor: AuthorizedUser) -> AuditEntry:
    """Return the entry of the audit log for an installation, which adds the app to a chat or team."""
    return AuditEntry(
        at=services.clock.now(),
        act="install app",
        person_id=actor.object_id,
        person_name=actor.user.name,
        chat_id=chat,
    )


async def _members_from_graph(
    services: Services, chat: Chat, person: Person, absent: BotAbsent
) -> Sequence[ObjectId | None]:
    """Return the members from Graph, which also covers chats without the app.

    If Graph rejects the request, raise `absent`, whose text asks people to add the app themselves.
    """
    try:
        members = [member.object_id for member in await services.chats.list_members(chat.id)]
    except ChatSyncError as error:
        raise absent from error
    if person.object_id is None or person.object_id not in members:
        raise NotAllowed("Only members of this chat can do this.", "Ask a member to add you, or to do it for you.")
    return members
