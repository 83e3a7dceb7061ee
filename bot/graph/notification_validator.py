"""Verify posted change notifications: select those that Graph sent, and decrypt their resource data."""

import asyncio
import hmac
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.domain.errors import CallerRejected
from bot.domain.subscriptions import ChatNotification, LifecycleNotification, VerifiedNotifications
from bot.graph.change_notifications import Notification, client_states, parse_notifications, with_resource_data
from bot.graph.encrypted_data import Certificate
from bot.graph.validation_tokens import ValidationTokens
from bot.logs import get_logger

_log = get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class NotificationValidator:
    """Accepts notifications with the right client state and tenant; accepts resource data only with valid tokens."""

    client_state: str
    previous_client_state: str | None = None
    """The client state of older subscriptions, while it is replaced."""
    tenant: str | None
    """None in the sandbox, which has its own tenant."""
    tokens: ValidationTokens | None
    """None in the sandbox, which signs nothing."""
    certificate: Certificate | None
    """None if no resource data is requested."""

    def names_client_state(self, content: bytes) -> bool:
        """Check whether the raw bytes of a body contain a notification with the right client state."""
        return any(map(self._is_own_state, client_states(content)))

    async def validate(self, body: Mapping[str, object]) -> VerifiedNotifications:
        """Return the verified notifications; raise `BadRequest` for any other body, or `Unavailable` without keys."""
        # A body of the maximum size takes a moment, and other requests must not wait for it.
        posted_body = await asyncio.to_thread(parse_notifications, body)
        rejected: Counter[str] = Counter({"unreadable": posted_body.unreadable})
        accepted = [each for each in posted_body.notifications if self._is_from_graph(each, rejected)]
        if any(each.encrypted for each in accepted) and not await self._has_valid_tokens(posted_body.tokens):
            rejected["invalid_tokens"] += len(accepted)
            accepted = []
        # Decrypting a thousand keys takes a second, and other requests must not wait for it.
        news = await asyncio.to_thread(self._decrypt_all, accepted, rejected)
        self._log_rejected(rejected)
        return VerifiedNotifications(
            chats=[each for each in news if isinstance(each, ChatNotification)],
            subscriptions=[each for each in news if isinstance(each, LifecycleNotification)],
            rejected=rejected.total(),
        )

    def _is_from_graph(self, notification: Notification, rejected: Counter[str]) -> bool:
        if not self._is_own_state(notification.client_state.encode("utf-8", "surrogatepass")):
            rejected["client_state"] += 1
        elif self.tenant and notification.tenant_id.lower() != self.tenant.lower():
            rejected["tenant"] += 1
        else:
            return True
        return False

    def _is_own_state(self, state: bytes) -> bool:
        """Compare both client states, so that the time does not depend on which one it is."""
        own = filter(None, (self.client_state, self.previous_client_state))
        matches = [hmac.compare_digest(state, each.encode()) for each in own]
        return any(matches)

    async def _has_valid_tokens(self, tokens: Sequence[str]) -> bool:
        if self.tokens is None:
            return True
        try:
            await self.tokens.require(tokens)
        except CallerRejected as error:
            _log.warning("notifications.tokens_invalid", reason=error.log_text)
            return False
        return True

    def _decrypt_all(
        self, notifications: Sequence[Notification], rejected: Counter[str]
    ) -> Sequence[ChatNotification | LifecycleNotification]:
        found = []
        for each in notifications:
            try:
                found.append(self._decrypt(each))
            except ValueError:
                # The details are not logged, because they may quote the data.
                rejected["resource_data"] += 1
        return found

    def _decrypt(self, notification: Notification) -> ChatNotification | LifecycleNotification:
        news, sealed = notification.content, notification.encrypted
        if sealed is None or isinstance(news, LifecycleNotification):
            return news
        if self.certificate is None:
            raise ValueError("resource data was not requested")
        return with_resource_data(news, self.certificate.decrypt(sealed))

    def _log_rejected(self, rejected: Counter[str]) -> None:
        counts = {why: number for why, number in rejected.items() if number}
        if counts:
            _log.warning("notifications.rejected", **counts)
