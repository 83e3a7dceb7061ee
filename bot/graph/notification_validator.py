"""Which of the notifications that somebody posts to us are Graph's own, and what they say."""

import asyncio
import hmac
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.domain.subscriptions import ChatNotification, LifecycleNotification, VerifiedNotifications
from bot.graph.change_notifications import Notification, parse_notifications, with_resource_data
from bot.graph.encrypted_data import Certificate
from bot.graph.validation_tokens import ValidationTokens
from bot.logs import get_logger

_log = get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class NotificationValidator:
    """Trusts what carries our client state and names our tenant; resource data only where tokens vouch for it."""

    client_state: str
    tenant: str | None
    """None in the sandbox, which has one of its own."""
    tokens: ValidationTokens | None
    """None in the sandbox, where nobody signs anything."""
    certificate: Certificate | None
    """None where resource data is not asked for."""

    async def validate(self, body: Mapping[str, object]) -> VerifiedNotifications:
        """The news; raises `BadRequest` for what is no collection of notifications, `Unavailable` without keys."""
        came = parse_notifications(body)
        refused: Counter[str] = Counter({"unreadable": came.unreadable})
        ours = [each for each in came.notifications if self._is_ours(each, refused)]
        if any(each.encrypted for each in ours) and not await self._has_valid_tokens(came.tokens):
            refused["not vouched for"] += len(ours)
            ours = []
        # A thousand keys take a second to open, in which others want to be answered.
        news = await asyncio.to_thread(self._decrypted, ours, refused)
        self._log_rejected(refused)
        return VerifiedNotifications(
            chats=[each for each in news if isinstance(each, ChatNotification)],
            subscriptions=[each for each in news if isinstance(each, LifecycleNotification)],
            rejected=refused.total(),
        )

    def _is_ours(self, notification: Notification, refused: Counter[str]) -> bool:
        if not hmac.compare_digest(notification.client_state.encode(), self.client_state.encode()):
            refused["client state"] += 1
        elif self.tenant and notification.tenant_id.lower() != self.tenant.lower():
            refused["tenant"] += 1
        else:
            return True
        return False

    async def _has_valid_tokens(self, tokens: Sequence[str]) -> bool:
        if self.tokens is None:
            return True
        try:
            await self.tokens.require(tokens)
        except PermissionError as error:
            _log.warning("notifications not vouched for", reason=str(error))
            return False
        return True

    def _decrypted(
        self, notifications: Sequence[Notification], refused: Counter[str]
    ) -> Sequence[ChatNotification | LifecycleNotification]:
        found = []
        for each in notifications:
            try:
                found.append(self._news(each))
            except ValueError:
                # What was wrong with it is nobody's business, nor the log's: it may quote what it holds.
                refused["resource data"] += 1
        return found

    def _news(self, notification: Notification) -> ChatNotification | LifecycleNotification:
        news, sealed = notification.content, notification.encrypted
        if sealed is None or isinstance(news, LifecycleNotification):
            return news
        if self.certificate is None:
            raise ValueError("resource data was not asked for")
        return with_resource_data(news, self.certificate.decrypt(sealed))

    def _log_rejected(self, refused: Counter[str]) -> None:
        said = {why: number for why, number in refused.items() if number}
        if said:
            _log.warning("notifications refused", **{why.replace(" ", "_"): number for why, number in said.items()})
