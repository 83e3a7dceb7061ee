"""Connect one of a person's other chats from the current chat (spec C1, C3)."""

import re
from dataclasses import replace

from bot.domain.errors import BadRequest
from bot.domain.texts import text
from bot.domain.values import Chat, ChatId, ChatKind, Person, RecordRef
from bot.features.connections.connect_chat import Note, connect_chat
from bot.features.shared.answers import Answer
from bot.features.shared.services import Services
from cards.notice import NoticeView, notice

_GROUP_CHAT = re.compile(r"19:[\w.-]{1,200}@thread\.v2", re.ASCII)
"""IDs of group and meeting chats. IDs of one-to-one chats and channels have other endings."""


async def connect_other_chat(
    services: Services, current: Chat, person: Person, record: RecordRef, target: str, *, note: Note
) -> Answer:
    """Connect the chat with the ID `target`; return a confirmation, or the answer of `connect_chat`.

    Raises `BadRequest` if the target is not a group chat, and the errors of `connect_chat`.
    """
    if not is_group_chat(target) or person.object_id is None:
        raise BadRequest("You cannot connect this chat from here.", "Write connect in that chat instead.")
    chat = await load_chat(services, current, ChatId(target))
    # The account ID is valid only in the current chat. The roster of Teams also accepts the object ID.
    by_object_id = replace(person, account_id=person.object_id)
    answer = await connect_chat(services, chat, by_object_id, record, note=note, from_elsewhere=True)
    if not answer.already_queued:
        return answer
    return Answer(message=notice(NoticeView(text=text("The chat is connected."), next_message=answer.message)))


def is_group_chat(chat: str) -> bool:
    """Check whether the text has the form of the ID of a group or meeting chat."""
    return _GROUP_CHAT.fullmatch(chat) is not None


async def load_chat(services: Services, current: Chat, chat: ChatId) -> Chat:
    """Return the group chat as stored. A chat that Teams has not reported yet gets the current chat's address.

    The first activity from the chat brings its own address.
    """
    async with services.store.reading() as work:
        known = await work.chats.get(chat)
    return known or replace(current, id=chat, kind=ChatKind.GROUP, thread=None)
