"""Problems that delay notifications about chat names and members. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bot.domain.subscriptions import Scope, Subscription, SubscriptionError, SubscriptionTarget
from bot.domain.texts import text

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
    permission = PERMISSIONS[subscription.target.scope]
    return SubscriptionProblem(
        error=hindrance, description=_DESCRIPTIONS[hindrance], next_step=_next_step(hindrance, permission)
    )


def _next_step(error: SubscriptionError, permission: str) -> str:
    if error is SubscriptionError.NOT_ALLOWED:
        return text(
            "Ask a Privileged Role Administrator or Global Administrator to grant Chat Sync "
            "the permission {permission}.",
            permission=permission,
        )
    return _NEXT_STEPS[error]


_DESCRIPTIONS = {
    SubscriptionError.NOT_ALLOWED: text("Microsoft 365 does not let Chat Sync subscribe to changes in chats."),
    SubscriptionError.NOT_FOUND: text("Chat Sync is not in your organization's app catalog in Teams."),
    SubscriptionError.UNREACHABLE: text("Microsoft 365 cannot reach Chat Sync."),
    SubscriptionError.NO_ANSWER: text("Microsoft 365 is not responding."),
}
_NEXT_STEPS = {
    SubscriptionError.NOT_FOUND: text("Ask a Teams administrator to upload the app package and allow the app."),
    SubscriptionError.UNREACHABLE: text(
        "Ask your administrator to allow requests from the internet to /api/graph/events at CHATSYNC_PUBLIC_URL."
    ),
    SubscriptionError.NO_ANSWER: text("Chat Sync will try again soon."),
}
