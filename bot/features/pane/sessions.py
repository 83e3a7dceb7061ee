"""Begin, check, renew, and end sessions of the pane (spec P7).

A session begins with the identity that a host proved. After that, only the random token of the session counts.
"""

from collections.abc import Awaitable, Collection
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from secrets import token_urlsafe

from bot.domain.errors import ChatSyncError, SignedOut
from bot.domain.pane_sessions import CHECKED_EVERY, MAX_SESSIONS, PaneHost, PaneIdentity, PaneSession, new_session
from bot.features.pane.account_check import is_account_enabled, is_enabled_in_entra
from bot.features.shared.answer_in_time import answer_in_time
from bot.features.shared.services import Services
from bot.logs import get_logger
from bot.logs.tracebacks import describe_error

_TOKEN_BYTES = 32

_log = get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionRules:
    """The rules that the settings make for sessions now."""

    hosts: Collection[PaneHost]
    """The programs that may show the pane."""
    tenants: Collection[str]
    """The tenants that are served, in lowercase."""
    directory_tenant: str | None
    """The tenant whose people Microsoft Graph shows, in lowercase."""


async def begin_session(services: Services, identity: PaneIdentity, rules: SessionRules) -> str:
    """Store a new session, and return its token; raise `SignedOut` or `Unavailable`.

    One proof may begin any number of sessions. A token of Teams can be older than a change of the account, so the
    account is checked. Without that, a disabled person could begin another session whenever one ended.
    """
    if identity.host is PaneHost.TEAMS:
        enabled = await _answer(services, is_enabled_in_entra(services, identity, rules.directory_tenant))
        if enabled is False:
            raise _disabled()
    token = token_urlsafe(_TOKEN_BYTES)
    async with services.store.writing() as work:
        replaced = await work.pane_sessions.make_room(identity, at_most=MAX_SESSIONS)
        await work.open_panes.delete(replaced)
        await work.pane_sessions.add(digest_of(token), new_session(identity, services.clock.now()))
    for each in replaced:
        services.pane_activity.forget(each)
    return token


async def require_session(services: Services, token: str, *, host: str, rules: SessionRules) -> PaneIdentity:
    """Return the person of the session, which is used at this moment; raise `SignedOut` or `Unavailable`.

    `host` is the program that the page says it is in.
    """
    digest, now = digest_of(token), services.clock.now()
    # Taken first: a use that is being stored is in the memory, or already in the database.
    last_use = services.pane_activity.last_use(digest)
    async with services.store.reading() as work:
        session = await work.pane_sessions.get(digest)
    session = session and session.used(last_use)
    if session is None or session.is_over(now) or session.identity.host != host:
        raise signed_out()
    if session.identity.host not in rules.hosts or session.identity.tenant_id not in rules.tenants:
        raise signed_out()
    if session.is_check_due(now):
        await _check(services, digest, session, now, rules.directory_tenant)
    if not session.is_saved(now):
        services.pane_activity.note_use(digest, now)
    return session.identity


async def end_session(services: Services, token: str) -> None:
    """Delete the session, which may have ended already; raise `Unavailable`.

    Strangers can ask as often as they like, so a token that is none only reads.
    """
    digest = digest_of(token)
    async with services.store.reading() as work:
        session = await work.pane_sessions.get(digest)
    if session is not None:
        await _delete(services, digest)


def signed_out() -> SignedOut:
    """Return one error for a token that is unknown, that has ended, or that belongs to another host."""
    return SignedOut("You are not signed in, or your session has ended.", "Sign in again.")


def digest_of(token: str) -> str:
    """Return the digest by which the session is stored."""
    return sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


async def _check(
    services: Services, digest: str, session: PaneSession, now: datetime, directory_tenant: str | None
) -> None:
    """Renew the session if the account is enabled, and end it if not. Only one request does this at a time."""
    async with services.store.writing() as work:
        if not await work.pane_sessions.claim_check(digest, session, next_at=now + CHECKED_EVERY):
            return
    enabled = await _answer(services, is_account_enabled(services, session.identity, directory_tenant))
    if enabled is None:
        return
    if not enabled:
        await _delete(services, digest)
        raise _disabled()
    async with services.store.writing() as work:
        await work.pane_sessions.save_check(digest, at=now)


def _disabled() -> SignedOut:
    return SignedOut("Your account is no longer enabled for Dynamics 365.", "Ask your administrator.")


async def _answer(services: Services, check: Awaitable[bool]) -> bool | None:
    """Return None if one of the systems does not say. Then the session goes on, but is not renewed."""
    try:
        found = await answer_in_time(check, services.limits.answer_within_s)
    except ChatSyncError as error:
        found = error
    if isinstance(found, bool):
        return found
    suppressed = services.lines.take("pane account check")
    if suppressed is not None:
        _log.warning("pane.account_check_failed", reason=describe_error(found), suppressed=suppressed)
    return None


async def _delete(services: Services, digest: str) -> None:
    async with services.store.writing() as work:
        await work.pane_sessions.delete(digest)
        await work.open_panes.delete([digest])
    services.pane_activity.forget(digest)
