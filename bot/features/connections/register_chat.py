"""Learning of chats, and the bot's one introduction to each (spec C1; chats are learned from any activity)."""

from collections import OrderedDict
from dataclasses import replace

from bot.clock import Clock
from bot.domain.jobs import ChatJob, JobKind
from bot.domain.record_links import RecordLinks
from bot.domain.values import Chat, ChatId, ChatKind
from bot.features.shared.answers import to_outbox
from bot.store.administration import Administration
from bot.store.unit_of_work import Store, UnitOfWork
from cards.introduction import IntroductionView, introduction

MAX_CHATS = 10_000
"""Chats in memory, at about a kilobyte each: a message in one of them asks the database nothing."""


class ChatRegistry:
    """Keeps what is needed to reach a chat."""

    def __init__(self, *, store: Store, administration: Administration, links: RecordLinks, clock: Clock) -> None:
        self._store = store
        self._administration = administration
        self._links = links
        self._clock = clock
        self._remembered: OrderedDict[ChatId, Chat] = OrderedDict()

    async def register(self, chat: Chat, *, bot_present: bool | None) -> Chat:
        """Keeps the chat where something about it is new; gives it as it is kept.

        `bot_present` None: the activity does not say (a card's button can be pressed where the bot is not).
        """
        known = self._remembered.get(chat.id)
        if known is None:
            async with self._store.reading() as work:
                known = await work.chats.get(chat.id)
        present = bot_present if bot_present is not None else bool(known and known.bot_present)
        team = chat.team_id or (known.team_id if known else None)
        is_same = present is chat.bot_present and team == chat.team_id
        # A copy costs as much as all the rest of this, and most activities tell nothing new.
        now = chat if is_same else replace(chat, bot_present=present, team_id=team)
        if known != now:
            async with self._store.writing() as work:
                await work.chats.save(now)
                if present:
                    await self._resume(work, chat.id)
        self._remember(now)
        return now

    def forget(self, chat: ChatId) -> None:
        """Teams said that the bot is gone from the chat: what is in memory of it no longer holds."""
        self._remembered.pop(chat, None)

    async def bot_added(self, chat: Chat) -> None:
        """The bot was added: keeps the chat and, the first time, the bot's introduction to it."""
        chat = await self.register(chat, bot_present=True)
        environments = self._links.environments
        if chat.kind is ChatKind.CHANNEL or not any(
            [await self._administration.chats_on(each.id) for each in environments]
        ):
            return
        now = self._clock.now()
        async with self._store.writing() as work:
            if await work.chats.mark_introduced(chat.id, now):
                message = introduction(IntroductionView(personal=chat.kind is ChatKind.PERSONAL))
                await work.outbox.enqueue([to_outbox(chat, message, key=f"introduction {chat.id}")], at=now)

    async def _resume(self, work: UnitOfWork, chat: ChatId) -> None:
        """Ends a pause of the chat's connections; one card then sums up what was missed (spec K9)."""
        if await work.connections.resume(chat):
            now = self._clock.now()
            await work.inbox.enqueue(ChatJob(kind=JobKind.CATCH_UP, chat_id=chat), at=now, due_at=now)

    def _remember(self, chat: Chat) -> None:
        self._remembered[chat.id] = chat
        self._remembered.move_to_end(chat.id)
        if len(self._remembered) > MAX_CHATS:
            self._remembered.popitem(last=False)
