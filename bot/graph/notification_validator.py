"""Which of the notifications that somebody posts to us are Graph's own, and what they say."""

import asyncio
import hmac
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.domain.subscriptions import ChatNews, SubscriptionNews, TrustedNews
from bot.graph.change_notifications import Notification, posted, with_data
from bot.graph.encrypted_data import Seal
from bot.graph.validation_tokens import ValidationTokens
from bot.logs import get_logger

_log = get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Notices:
    """Trusts what carries our client state and names our tenant; resource data only where tokens vouch for it."""

    client_state: str
    tenant: str | None
    """None in the sandbox, which has one of its own."""
    tokens: ValidationTokens | None
    """None in the sandbox, where nobody signs anything."""
    seal: Seal | None
    """None where resource data is not asked for."""

    async def read(self, body: Mapping[str, object]) -> TrustedNews:
        """The news; raises `BadRequest` for what is no collection of notifications, `Unavailable` without keys."""
        came = posted(body)
        refused: Counter[str] = Counter({"unreadable": came.unreadable})
        ours = [each for each in came.notifications if self._is_ours(each, refused)]
        if any(each.sealed for each in ours) and not await self._vouched_for(came.tokens):
            refused["not vouched for"] += len(ours)
            ours = []
        # A thousand keys take a second to open, in which others want to be answered.
        news = await asyncio.to_thread(self._opened, ours, refused)
        self._tell(refused)
        return TrustedNews(
            chats=[each for each in news if isinstance(each, ChatNews)],
            subscriptions=[each for each in news if isinstance(each, SubscriptionNews)],
            refused=refused.total(),
        )

    def _is_ours(self, notification: Notification, refused: Counter[str]) -> bool:
        if not hmac.compare_digest(notification.client_state.encode(), self.client_state.encode()):
            refused["client state"] += 1
        elif self.tenant and notification.tenant_id.lower() != self.tenant.lower():
            refused["tenant"] += 1
        else:
            return True
        return False

    async def _vouched_for(self, tokens: Sequence[str]) -> bool:
        if self.tokens is None:
            return True
        try:
            await self.tokens.require(tokens)
        except PermissionError as error:
            _log.warning("notifications not vouched for", reason=str(error))
            return False
        return True

    def _opened(
        self, notifications: Sequence[Notification], refused: Counter[str]
    ) -> Sequence[ChatNews | SubscriptionNews]:
        found = []
        for each in notifications:
            try:
                found.append(self._news(each))
            except ValueError:
                # What was wrong with it is nobody's business, nor the log's: it may quote what it holds.
                refused["resource data"] += 1
        return found

    def _news(self, notification: Notification) -> ChatNews | SubscriptionNews:
        news, sealed = notification.news, notification.sealed
        if sealed is None or isinstance(news, SubscriptionNews):
            return news
        if self.seal is None:
            raise ValueError("resource data was not asked for")
        return with_data(news, self.seal.open(sealed))

    def _tell(self, refused: Counter[str]) -> None:
        said = {why: number for why, number in refused.items() if number}
        if said:
            _log.warning("notifications refused", **{why.replace(" ", "_"): number for why, number in said.items()})
