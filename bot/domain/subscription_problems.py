"""Problems that delay notifications about chat names and members. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bot.domain.subscriptions import Scope, Subscription, SubscriptionError, SubscriptionTarget

PERMISSIONS = {
    Scope.TOPICS: "Chat.ReadBasic.WhereInstalled",
    Scope.MEMBERS: "ChatMember.Read.WhereInstalled",
    # The app requests resource-specific consent in each chat. If that was denied, this permission covers all chats.
    Scope.CHAT: "Chat.ReadBasic.WhereInstalled",
}
"""Least-privileged permission for each subscription ("Change notifications for Microsoft Teams resources")."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SubscriptionProblem:
    """A subscription problem, its description, and what to do about it."""

    error: SubscriptionError
    description: str
    next_step: str


def find_problem(
    subscriptions: Mapping[SubscriptionTarget, Subscription], targets: Iterable[SubscriptionTarget]
) -> SubscriptionProblem | None:
    """Return the problem that blocks all of these subscriptions.

    Return None if one of them exists, or if none was tried yet.
    """
    found = [subscriptions[watch] for watch in targets if watch in subscriptions]
    hindered = [each for each in found if each.error]
    if not hindered or any(each.id for each in found):
        return None
    return _problem_of(hindered[0])


def _problem_of(subscription: Subscription) -> SubscriptionProblem:
    hindrance = subscription.error or SubscriptionError.NO_ANSWER
    what, next_step = _SENTENCES[hindrance]
    return SubscriptionProblem(
        error=hindrance, description=what, next_step=next_step.format(permission=PERMISSIONS[subscription.target.scope])
    )


_SENTENCES = {
    SubscriptionError.NOT_ALLOWED: (
        "Microsoft 365 does not let Chat Sync subscribe to changes in chats.",
        "Ask a Privileged Role Administrator or Global Administrator to grant Chat Sync the permission {permission}.",
    ),
    SubscriptionError.NOT_FOUND: (
        "Chat Sync is not in your organization's app catalog in Teams.",
        "Ask a Teams administrator to upload the app package and allow the app.",
    ),
    SubscriptionError.UNREACHABLE: (
        "Microsoft 365 cannot reach Chat Sync.",
        "Ask your administrator to allow requests from the internet to /api/graph/events at CHATSYNC_PUBLIC_URL.",
    ),
    SubscriptionError.NO_ANSWER: ("Microsoft 365 is not responding.", "Chat Sync will try again soon."),
}
