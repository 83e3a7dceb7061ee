"""Register the metrics whose values other objects hold."""

from collections.abc import Sequence

from bot.features.chat_sync.record_activity import ActivityRecorder
from bot.features.shared.services import Services
from bot.http.access_tokens import CachedTokens, Tokens
from bot.metrics import Metrics
from bot.teams.inbound_token import TokenValidator


def register_metrics(
    metrics: Metrics,
    services: Services,
    *,
    tokens: Sequence[Tokens],
    recorder: ActivityRecorder,
    validator: TokenValidator | None,
) -> None:
    """Register the counts of the services, of the tokens, and of the recorder."""
    cached = [each for each in tokens if isinstance(each, CachedTokens)]
    metrics.held.set_function(lambda: recorder.pending)
    metrics.register_counter(
        "chatsync_token_calls", "Calls to token services", lambda: sum(each.fetch_count for each in cached)
    )
    metrics.register_labeled_counter(
        "chatsync_decisions",
        "Decisions about changes of connected records, by outcome and the rule that decided",
        ["outcome", "reason"],
        lambda: services.decision_counts,
    )
    metrics.register_labeled_counter(
        "chatsync_dead_letters", "Work that was given up", ["queue"], lambda: services.dead_letter_counts
    )
    if validator:
        metrics.register_counter(
            "chatsync_tokens_remembered", "Requests whose token was in the cache", lambda: validator.cached_count
        )
        metrics.register_counter(
            "chatsync_tokens_verified", "Requests whose token was verified", lambda: validator.verified_count
        )
