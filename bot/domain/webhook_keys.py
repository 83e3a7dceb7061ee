"""The keys with which environments prove that they sent an event. Pure."""

import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from bot.domain.values import EnvironmentId


@dataclass(frozen=True, slots=True)
class WebhookKeys:
    """The keys of each environment. A key speaks only for its own environment."""

    by_environment: Mapping[EnvironmentId, Sequence[str]] = field(repr=False)
    """The current key of each environment, and then the previous one, while it is replaced."""

    def current(self, environment: EnvironmentId) -> str:
        """Return the key that the webhook of the environment is registered with."""
        return self.by_environment[environment][0]

    def environment_of(self, key: str) -> EnvironmentId | None:
        """Return the environment that the key belongs to, or None. The time does not depend on the keys."""
        # Headers can contain bytes that are no text.
        sent = key.encode("utf-8", "surrogatepass")
        matches = [
            environment
            for environment, keys in self.by_environment.items()
            for each in keys
            if hmac.compare_digest(sent, each.encode())
        ]
        return matches[0] if matches else None
