"""Sign data that a client returns, with the keys of the database."""

from collections.abc import Sequence

from bot.domain import signatures
from bot.features.shared.services import Services


async def sign(services: Services, purpose: str, values: Sequence[str]) -> str:
    """Return the signature of the values; raise `Unavailable`."""
    return (await sign_all(services, purpose, [values]))[0]


async def sign_all(services: Services, purpose: str, groups: Sequence[Sequence[str]]) -> Sequence[str]:
    """Return the signature of each group of values; raise `Unavailable`."""
    now = services.clock.now()
    async with services.store.reading() as work:
        key = await work.signing_keys.find(now)
    if key is None:
        async with services.store.writing() as work:
            key = await work.signing_keys.current(now)
    return [signatures.sign(key, purpose, values) for values in groups]


async def is_signed(services: Services, purpose: str, values: Sequence[str], signature: str) -> bool:
    """Check whether the bot signed these values this week or last week; raise `Unavailable`."""
    async with services.store.reading() as work:
        keys = await work.signing_keys.valid(services.clock.now())
    return signatures.is_signed(keys, purpose, values, signature)
