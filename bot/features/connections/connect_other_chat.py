"""Connecting another of one's chats than the one in which one asks for it (spec C1, C3)."""

import re
from dataclasses import replace

from bot.domain.errors import BadRequest
from bot.domain.values import Chat, ChatId, ChatKind, Person, RecordRef
from bot.features.connections.connect_chat import Note, connect_chat
from bot.features.shared.answers import Answer
from bot.features.shared.services import Services
from cards.notice import NoticeView, notice

_GROUP_CHAT = re.compile(r"19:[\w.-]{1,200}@thread\.v2", re.ASCII)
"""Ids of group and meeting chats; those of one-to-one chats and channels end otherwise."""


async def connect_other_chat(
    services: Services, here: Chat, person: Person, record: RecordRef, into: str, *, note: Note
) -> Answer:
    """The word that it is done, or what `ConnectChat` asks; raises what that raises, and `BadRequest`."""
    if not _GROUP_CHAT.fullmatch(into) or person.object_id is None:
        raise BadRequest("This chat cannot be connected from here.", "Write connect in the chat itself.")
    async with services.store.reading() as work:
        known = await work.chats.get(ChatId(into))
    # Until Teams tells of the chat it is reached where this one is.
    chat = known or replace(here, id=ChatId(into), kind=ChatKind.GROUP)
    # The account is known in this chat alone; Teams' roster takes the object id too.
    named = replace(person, account_id=person.object_id)
    answer = await connect_chat(services, chat, named, record, note=note, from_elsewhere=True)
    if not answer.already_queued:
        return answer
    return Answer(message=notice(NoticeView(text="The chat is connected.", next_step=answer.message.summary)))
