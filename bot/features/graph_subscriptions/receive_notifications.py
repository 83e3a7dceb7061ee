"""What follows from change notifications (spec Y2)."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime

from bot.domain.subscriptions import ChatNotification, LifecycleEvent, LifecycleNotification, SubscriptionTarget
from bot.domain.values import ChatId
from bot.features.chat_sync.record_activity import ActivityRecorder, ChatChange, Topic
from bot.features.shared.services import Services

_EARLIEST = datetime.min.replace(tzinfo=UTC)
_BY_SEVERITY = (LifecycleEvent.REAUTHORIZE, LifecycleEvent.MISSED, LifecycleEvent.REMOVED)


async def receive_notifications(
    services: Services,
    recorder: ActivityRecorder,
    chats: Sequence[ChatNotification],
    subscriptions: Sequence[LifecycleNotification],
) -> int:
    """How many of the news are of subscriptions that there are and about what those are for.

    What follows is durable when this returns; raises `Unavailable`.
    """
    named = {each.subscription for each in chats} | {each.subscription for each in subscriptions}
    async with services.store.reading() as work:
        known = await work.subscriptions.targets_of(sorted(named))
    fitting = [each for each in chats if _covers(each, known)]
    events = [each for each in subscriptions if each.subscription in known]
    if fitting:
        await recorder.record_changes(_changed(fitting))
    if events:
        async with services.store.writing() as work:
            await work.subscriptions.record_lifecycle(_most_severe(events), at=services.clock.now())
    return len(fitting) + len(events)


def _covers(news: ChatNotification, known: Mapping[str, SubscriptionTarget]) -> bool:
    return news.subscription in known and known[news.subscription].covers(news.chat)


def _changed(news: Iterable[ChatNotification]) -> Iterable[ChatChange]:
    """One for each chat, with the newest of the names that were told."""
    newest: dict[ChatId, ChatNotification] = {}
    for each in news:
        known = newest.setdefault(each.chat, each)
        if each.has_topic and (not known.has_topic or (known.at or _EARLIEST) <= (each.at or _EARLIEST)):
            newest[each.chat] = each
    for chat, last in newest.items():
        yield ChatChange(chat=chat, at=last.at, topic=Topic(name=last.topic) if last.has_topic else None)


def _most_severe(events: Iterable[LifecycleNotification]) -> Mapping[str, LifecycleEvent]:
    found: dict[str, LifecycleEvent] = {}
    for each in sorted(events, key=lambda news: _BY_SEVERITY.index(news.event)):
        found[each.subscription] = each.event
    return found
