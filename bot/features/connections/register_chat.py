"""Register chats with every activity, and introduce the bot to each chat once (spec C1)."""

from dataclasses import replace

from bot.clock import Clock
from bot.domain.outgoing_messages import Switch
from bot.domain.record_links import RecordLinks
from bot.domain.send_outcomes import BOT_REMOVED
from bot.domain.values import Chat, ChatId, ChatKind
from bot.features.shared.answers import to_outbox
from bot.features.shared.chat_presence import leave_team, return_to_chat
from bot.runtime.ttl_cache import TtlCache
from bot.store.administration import Administration
from bot.store.unit_of_work import Store, UnitOfWork
from cards.introduction import IntroductionView, introduction
from cards.translator import Translator

MAX_CHATS = 10_000
"""Maximum number of cached chats, about one kilobyte each. An activity from a cached chat needs no query."""


class ChatRegistry:
    """Store of the addresses of chats, with a cache of the recently active ones."""

    def __init__(self, *, store: Store, administration: Administration, links: RecordLinks, clock: Clock) -> None:
        self._store = store
        self._administration = administration
        self._links = links
        self._clock = clock
        self._chats: TtlCache[ChatId, Chat] = TtlCache(clock, max_size=MAX_CHATS)

    async def register(self, chat: Chat, *, bot_present: bool | None) -> Chat:
        """Store the chat if anything about it changed, and return it as stored.

        `bot_present` is None if the activity does not tell: people can press a button in a chat without the bot.
        """
        cached = self._chats.get(chat.id)
        known = cached or await self._load(chat.id)
        present = bot_present if bot_present is not None else bool(known and known.bot_present)
        team = chat.team_id or (known.team_id if known else None)
        is_same = present is chat.bot_present and team == chat.team_id
        # Most activities bring nothing new, and a copy would double the cost of this method.
        current = chat if is_same else replace(chat, bot_present=present, team_id=team)
        changed = known != current
        if changed:
            async with self._store.writing() as work:
                await work.chats.save(current)
                await self._follow_presence(work, current)
        if changed or cached is None:
            self._chats.put(chat.id, current)
        return current

    def forget(self, chat: ChatId) -> None:
        """Remove the chat from the cache, because the bot was removed from the chat."""
        self._chats.discard(chat)

    async def bot_added(self, chat: Chat, t: Translator) -> None:
        """Register the chat and, the first time, enqueue the introduction in the language of its readers."""
        chat = await self.register(chat, bot_present=True)
        if chat.kind is ChatKind.CHANNEL or not await self._any_chats_on():
            return
        now = self._clock.now()
        async with self._store.writing() as work:
            if await work.chats.mark_introduced(chat.id, now):
                message = introduction(IntroductionView(personal=chat.kind is ChatKind.PERSONAL))
                # A dropped introduction leaves its key in the outbox.
                key = f"introduction {chat.id} {now.isoformat()}"
                await work.outbox.enqueue([to_outbox(chat, message, t, key=key, switch=Switch.CHATS)], at=now)

    async def _load(self, chat: ChatId) -> Chat | None:
        async with self._store.reading() as work:
            return await work.chats.get(chat)

    async def _any_chats_on(self) -> bool:
        return any([await self._administration.chats_on(each.id) for each in self._links.environments])

    async def _follow_presence(self, work: UnitOfWork, chat: Chat) -> None:
        """Pause or resume the connections of the chat (spec K9)."""
        if chat.bot_present:
            await return_to_chat(work, chat, at=self._clock.now())
        else:
            await leave_team(work, chat, BOT_REMOVED, at=self._clock.now())
