"""Why new names of chats, and who joins and leaves, are not heard of at once. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bot.domain.subscriptions import Scope, Subscription, SubscriptionError, SubscriptionTarget

PERMISSIONS = {
    Scope.TOPICS: "Chat.ReadBasic.WhereInstalled",
    Scope.MEMBERS: "ChatMember.Read.WhereInstalled",
    # The app asks every chat that it is added to for its own. Where that was refused, the one for all chats helps.
    Scope.CHAT: "Chat.ReadBasic.WhereInstalled",
}
"""What the app needs for a subscription at least ("Change notifications for Microsoft Teams resources")."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SubscriptionProblem:
    """What is in the way, and what to do about it; `error` says what kind of thing it is."""

    error: SubscriptionError
    description: str
    next_step: str


def find_problem(
    subscriptions: Mapping[SubscriptionTarget, Subscription], targets: Iterable[SubscriptionTarget]
) -> SubscriptionProblem | None:
    """What keeps all of these from being heard of; None where one is, or where nobody has tried yet."""
    found = [subscriptions[watch] for watch in targets if watch in subscriptions]
    hindered = [each for each in found if each.error]
    if not hindered or any(each.id for each in found):
        return None
    return _problem_of(hindered[0])


def _problem_of(subscription: Subscription) -> SubscriptionProblem:
    hindrance = subscription.error or SubscriptionError.NO_ANSWER
    what, next_step = _WORDS[hindrance]
    return SubscriptionProblem(
        error=hindrance, description=what, next_step=next_step.format(permission=PERMISSIONS[subscription.target.scope])
    )


_WORDS = {
    SubscriptionError.NOT_ALLOWED: (
        "Microsoft 365 does not let Chat Sync hear of changes in chats.",
        "Ask a Privileged Role Administrator or Global Administrator to grant it the permission {permission}.",
    ),
    SubscriptionError.NOT_FOUND: (
        "Chat Sync is not among the organisation's apps in Teams.",
        "Ask a Teams administrator to upload its package and to allow it.",
    ),
    SubscriptionError.UNREACHABLE: (
        "Microsoft 365 does not reach Chat Sync.",
        "Ask your administrator to let /api/graph/events through to CHATSYNC_PUBLIC_URL.",
    ),
    SubscriptionError.NO_ANSWER: ("Microsoft 365 does not answer.", "It is asked again in a moment."),
}
