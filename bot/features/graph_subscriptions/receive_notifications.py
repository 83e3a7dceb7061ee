"""What follows from change notifications (spec Y2)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from bot.clock import Clock
from bot.domain.subscriptions import ChatNews, Lifecycle, SubscriptionNews, Watch
from bot.domain.values import ChatId
from bot.features.chat_sync.record_activity import Changed, NoteChat, Topic
from bot.store.unit_of_work import Store

_EARLIEST = datetime.min.replace(tzinfo=UTC)
_SEVEREST = (Lifecycle.REAUTHORIZE, Lifecycle.MISSED, Lifecycle.REMOVED)


@dataclass(frozen=True, slots=True, kw_only=True)
class HearChanges:
    """Notes which chats changed, and what is the matter with subscriptions."""

    store: Store
    note: NoteChat
    clock: Clock

    async def __call__(self, chats: Sequence[ChatNews], subscriptions: Sequence[SubscriptionNews]) -> int:
        """How many of the news are of subscriptions that there are and about what those are for.

        What follows is durable when this returns; raises `Unavailable`.
        """
        named = {each.subscription for each in chats} | {each.subscription for each in subscriptions}
        async with self.store.reading() as work:
            known = await work.subscriptions.of(sorted(named))
        fitting = [each for each in chats if _fits(each, known)]
        events = [each for each in subscriptions if each.subscription in known]
        if fitting:
            await self.note.all_changed(_changed(fitting))
        if events:
            async with self.store.writing() as work:
                await work.subscriptions.heard(_severest(events), at=self.clock.now())
        return len(fitting) + len(events)


def _fits(news: ChatNews, known: Mapping[str, Watch]) -> bool:
    return news.subscription in known and known[news.subscription].covers(news.chat)


def _changed(news: Iterable[ChatNews]) -> Iterable[Changed]:
    """One for each chat, with the newest of the names that were told."""
    newest: dict[ChatId, ChatNews] = {}
    for each in news:
        known = newest.setdefault(each.chat, each)
        if each.names and (not known.names or (known.at or _EARLIEST) <= (each.at or _EARLIEST)):
            newest[each.chat] = each
    for chat, last in newest.items():
        yield Changed(chat=chat, at=last.at, topic=Topic(name=last.topic) if last.names else None)


def _severest(events: Iterable[SubscriptionNews]) -> Mapping[str, Lifecycle]:
    found: dict[str, Lifecycle] = {}
    for each in sorted(events, key=lambda news: _SEVEREST.index(news.event)):
        found[each.subscription] = each.event
    return found
