"""Process change notifications and lifecycle notifications of Microsoft Graph (spec Y2)."""

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
    """Store the effects of the notifications; return the number that belong to a known subscription.

    A notification about a chat that its subscription does not cover is ignored. Raises `Unavailable`.
    """
    ids = {each.subscription for each in chats} | {each.subscription for each in subscriptions}
    async with services.store.reading() as work:
        targets = await work.subscriptions.targets_of(sorted(ids))
    accepted = [each for each in chats if _is_covered(each, targets)]
    lifecycle = [each for each in subscriptions if each.subscription in targets]
    if accepted:
        await recorder.record_changes(_changes(accepted))
    if lifecycle:
        async with services.store.writing() as work:
            await work.subscriptions.record_lifecycle(_most_severe(lifecycle), at=services.clock.now())
    return len(accepted) + len(lifecycle)


def _is_covered(notification: ChatNotification, targets: Mapping[str, SubscriptionTarget]) -> bool:
    target = targets.get(notification.subscription)
    return target is not None and target.covers(notification.chat)


def _changes(notifications: Iterable[ChatNotification]) -> Iterable[ChatChange]:
    """Yield one change for each chat, with its newest topic."""
    newest: dict[ChatId, ChatNotification] = {}
    for each in notifications:
        known = newest.setdefault(each.chat, each)
        if each.has_topic and (not known.has_topic or (known.at or _EARLIEST) <= (each.at or _EARLIEST)):
            newest[each.chat] = each
    for chat, last in newest.items():
        yield ChatChange(chat=chat, at=last.at, topic=Topic(name=last.topic) if last.has_topic else None)


def _most_severe(notifications: Iterable[LifecycleNotification]) -> Mapping[str, LifecycleEvent]:
    """Return the most severe event of each subscription."""
    events: dict[str, LifecycleEvent] = {}
    for each in sorted(notifications, key=lambda notification: _BY_SEVERITY.index(notification.event)):
        events[each.subscription] = each.event
    return events
