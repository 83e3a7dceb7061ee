"""Adding people to the chat in which the wish is uttered, and removing them from it (spec A5)."""

import asyncio
from functools import partial

from bot.domain.errors import NotAllowed, NotFound
from bot.domain.values import Chat, ChatKind, ObjectId, Person
from bot.features.members.membership import add_to_chat, is_member, remove_from_chat
from bot.features.shared import access
from bot.features.shared.answers import Answer, to_outbox
from bot.features.shared.services import Services
from cards.message import Message
from cards.notice import NoticeView, notice


async def add_member(services: Services, chat: Chat, person: Person, other: ObjectId) -> Answer:
    """The other person is in the chat, and sees what was said before."""
    name = await _name(services, chat, person, other)
    if await is_member(services, chat.id, other):
        return Answer(message=_said(f"{name} is in this chat already."))
    message = _said(f"{person.name or 'Somebody'} added {name} to this chat.")
    await add_to_chat(services, chat.id, other, partial(partial(_tell, services), chat, message, f"added {other}"))
    return Answer(message=message, already_queued=True)


async def remove_member(services: Services, chat: Chat, person: Person, other: ObjectId) -> Answer:
    """The other person is not in the chat any more."""
    name = await _name(services, chat, person, other)
    if not await is_member(services, chat.id, other):
        return Answer(message=_said(f"{name} is not in this chat."))
    message = _said(f"{person.name or 'Somebody'} removed {name} from this chat.")
    await remove_from_chat(
        services, chat.id, other, partial(partial(_tell, services), chat, message, f"removed {other}")
    )
    return Answer(message=message, already_queued=True)


async def _name(services: Services, chat: Chat, person: Person, other: ObjectId) -> str:
    """What the other person is called, where this person may act here at all."""
    if chat.kind is not ChatKind.GROUP:
        raise NotAllowed("Only of group chats people can be added and removed.", "Write new to start a group chat.")
    await asyncio.gather(access.require_user_anywhere(services, person), access.require_member(services, chat, person))
    found = (await services.directory.get_people([other])).get(other)
    if found is None or not found.enabled:
        raise NotFound("This person is not in the organisation any more.", "Choose somebody else.")
    return found.name


async def _tell(services: Services, chat: Chat, message: Message, what: str) -> None:
    now = services.clock.now()
    async with services.store.writing() as work:
        await work.outbox.enqueue([to_outbox(chat, message, key=f"{what} {chat.id} {now.isoformat()}")], at=now)


def _said(text: str) -> Message:
    return notice(NoticeView(text=text))
