"""Sign data that a client returns, with the keys of the database."""

from collections.abc import Sequence

from bot.domain import signatures
from bot.features.shared.services import Services


async def sign(services: Services, purpose: str, values: Sequence[str]) -> str:
    """Return the signature of the values; raise `Unavailable`."""
    return (await sign_all(services, purpose, [values]))[0]


async def sign_all(services: Services, purpose: str, groups: Sequence[Sequence[str]]) -> Sequence[str]:
    """Return the signature of each group of values; raise `Unavailable`."""
    key = await services.signing_keys.current(services.store, services.clock.now())
    return [signatures.sign(key, purpose, values) for values in groups]


async def is_signed(services: Services, purpose: str, values: Sequence[str], signature: str) -> bool:
    """Check whether the bot signed these values this week or last week; raise `Unavailable`."""
    now, known = services.clock.now(), services.signing_keys
    keys = await known.valid(services.store, now)
    if signatures.is_signed(keys, purpose, values, signature):
        return True
    # Another process may have created a key since.
    return signatures.is_signed(await known.valid(services.store, now, renew=True), purpose, values, signature)
