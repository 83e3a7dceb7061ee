"""Checks of secrets, which nobody may guess if other machines can send requests."""

from collections.abc import Iterator, Sequence
from itertools import combinations

from pydantic import SecretStr

from bot.config.settings import SHORTEST_SECRET, Settings

_FEWEST_CHARACTERS = 5
"""Different characters of a secret. A random text of 16 characters has more."""


def secret_problems(settings: Settings, *, is_reachable: bool) -> Sequence[tuple[bool, str]]:
    """Return pairs of a condition that must not hold and the message if it does."""
    named = _secrets(settings)
    short = f"use at least {SHORTEST_SECRET} characters, because other machines can reach Chat Sync"
    weak = "use a random text, and not an example or a repeated character"
    rules = [(any(len(each) < SHORTEST_SECRET for each in found), f"{name}: {short}") for name, found in named.items()]
    rules += [(any(map(_is_weak, found)), f"{name}: {weak}") for name, found in named.items()]
    rules += [
        (bool(named[name] & named[other]), f"{name}: must differ from {other}")
        for name, other in combinations(named, 2)
        if not other.startswith(name)  # the previous value of the same secret
    ]
    return [(is_reachable and is_wrong, message) for is_wrong, message in rules]


def _secrets(settings: Settings) -> dict[str, frozenset[str]]:
    return {
        "CHATSYNC_WEBHOOK_KEY": frozenset(settings.webhook_keys),
        "CHATSYNC_WEBHOOK_KEY_PREVIOUS": frozenset(settings.previous_webhook_keys) - {""},
        "CHATSYNC_GRAPH_CLIENT_STATE": frozenset(_value(settings.graph_client_state)),
        "CHATSYNC_GRAPH_CLIENT_STATE_PREVIOUS": frozenset(_value(settings.graph_client_state_previous)),
        "MicrosoftAppPassword": frozenset(_value(settings.app_password)),
        "CHATSYNC_DATAVERSE_CLIENT_SECRET": frozenset(_value(settings.dataverse_client_secret)),
        "CHATSYNC_PANE_CLIENT_SECRET": frozenset(_value(settings.pane_client_secret)),
    }


def _value(secret: SecretStr | None) -> Iterator[str]:
    if secret:
        yield secret.get_secret_value()


def _is_weak(text: str) -> bool:
    """Check whether the text is an example of the documentation, such as `<a long random text>`, or not random."""
    is_example = text.startswith("<") and text.endswith(">")
    return is_example or len(set(text)) < _FEWEST_CHARACTERS
