"""Why new names of chats, and who joins and leaves, are not heard of at once. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bot.domain.subscriptions import Hindrance, Scope, Subscription, Watch

PERMISSIONS = {
    Scope.TOPICS: "Chat.ReadBasic.WhereInstalled",
    Scope.MEMBERS: "ChatMember.Read.WhereInstalled",
    # The app asks every chat that it is added to for its own. Where that was refused, the one for all chats helps.
    Scope.CHAT: "Chat.ReadBasic.WhereInstalled",
}
"""What the app needs for a subscription at least ("Change notifications for Microsoft Teams resources")."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Obstacle:
    """What is in the way, and what to do about it; `hindrance` says what kind of thing it is."""

    hindrance: Hindrance
    what: str
    next_step: str


def obstacle(kept: Mapping[Watch, Subscription], watches: Iterable[Watch]) -> Obstacle | None:
    """What keeps all of these from being heard of; None where one is, or where nobody has tried yet."""
    found = [kept[watch] for watch in watches if watch in kept]
    hindered = [each for each in found if each.hindrance]
    if not hindered or any(each.id for each in found):
        return None
    return _told(hindered[0])


def _told(subscription: Subscription) -> Obstacle:
    hindrance = subscription.hindrance or Hindrance.NO_ANSWER
    what, next_step = _WORDS[hindrance]
    return Obstacle(
        hindrance=hindrance, what=what, next_step=next_step.format(permission=PERMISSIONS[subscription.watch.scope])
    )


_WORDS = {
    Hindrance.NOT_ALLOWED: (
        "Microsoft 365 does not let Chat Sync hear of changes in chats.",
        "Ask a Privileged Role Administrator or Global Administrator to grant it the permission {permission}.",
    ),
    Hindrance.NOT_THERE: (
        "Chat Sync is not among the organisation's apps in Teams.",
        "Ask a Teams administrator to upload its package and to allow it.",
    ),
    Hindrance.NOT_REACHED: (
        "Microsoft 365 does not reach Chat Sync.",
        "Ask your administrator to let /api/graph/events through to CHATSYNC_PUBLIC_URL.",
    ),
    Hindrance.NO_ANSWER: ("Microsoft 365 does not answer.", "It is asked again in a moment."),
}
