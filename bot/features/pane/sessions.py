"""Begin, check, and end sessions of the pane (spec P7).

A session begins with the identity that a host proved. After that, only the random token of the session counts.
"""

from collections.abc import Collection
from hashlib import sha256
from secrets import token_urlsafe

from bot.domain.errors import SignedOut
from bot.domain.pane_sessions import PaneHost, PaneIdentity, PaneSession
from bot.features.shared.services import Services

_TOKEN_BYTES = 32


async def begin_session(services: Services, identity: PaneIdentity) -> str:
    """Store a new session, and return its token; raise `Unavailable`."""
    token, now = token_urlsafe(_TOKEN_BYTES), services.clock.now()
    async with services.store.writing() as work:
        await work.pane_sessions.add(digest_of(token), PaneSession(identity=identity, begun_at=now, used_at=now))
    return token


async def require_session(
    services: Services, token: str, *, host: str, tenants: Collection[str], hosts: Collection[PaneHost]
) -> PaneIdentity:
    """Return the person of the session, which is used at this moment; raise `SignedOut` or `Unavailable`.

    `host` is the program that the page says it is in. `tenants` and `hosts` are those that the settings allow now.
    """
    digest, now = digest_of(token), services.clock.now()
    async with services.store.reading() as work:
        session = await work.pane_sessions.get(digest)
    if session is None or session.is_over(now) or session.identity.host != host:
        raise signed_out()
    if session.identity.host not in hosts or session.identity.tenant_id not in tenants:
        raise signed_out()
    if not session.is_saved(now):
        async with services.store.writing() as work:
            await work.pane_sessions.save_use(digest, at=now)
    return session.identity


async def end_session(services: Services, token: str) -> None:
    """Delete the session, which may have ended already; raise `Unavailable`."""
    digest = digest_of(token)
    async with services.store.writing() as work:
        await work.pane_sessions.delete(digest)
        await work.open_panes.delete(digest)
    services.open_records.forget(digest)


def signed_out() -> SignedOut:
    """Return one error for a token that is unknown, that has ended, or that belongs to another host."""
    return SignedOut("You are not signed in, or your session has ended.", "Sign in again.")


def digest_of(token: str) -> str:
    """Return the digest by which the session is stored."""
    return sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
