"""Sign in to the pane through a window of its own (spec P7).

The page in Dynamics 365 makes a secret and gives it to the window. Microsoft Entra ID proves the person to the window,
and the person is bound to the digest of the secret. The page gets the session by naming the secret.
"""

from bot.domain.errors import BadRequest, CallerForbidden, CallerRejected, InProgress
from bot.domain.pane_sessions import PaneIdentity
from bot.domain.pane_sign_in import SIGN_IN_WITHIN, SignInFailure, SignInResult, SignInSecret
from bot.features.shared.services import Services


async def begin_sign_in(services: Services, secret: SignInSecret) -> None:
    """Store that a window begins to sign in; raise `BadRequest` if the secret was used before."""
    async with services.store.writing() as work:
        if not await work.pane_sign_ins.add(secret.digest, at=services.clock.now()):
            raise BadRequest("This sign-in was already started.", "Close this window, and sign in again.")


async def claim_sign_in(services: Services, secret: SignInSecret) -> bool:
    """Return True for the first answer of Microsoft Entra ID to this sign-in, if it is in time."""
    now = services.clock.now()
    if await _is_finished(services, secret) is None:
        return False
    async with services.store.writing() as work:
        return await work.pane_sign_ins.claim(secret.digest, begun_after=now - SIGN_IN_WITHIN, at=now)


async def finish_sign_in(services: Services, secret: SignInSecret, result: SignInResult) -> None:
    """Store the person, or the reason for which the window failed."""
    async with services.store.writing() as work:
        await work.pane_sign_ins.save(secret.digest, result)


async def take_sign_in(services: Services, secret: SignInSecret) -> PaneIdentity:
    """Return the person who signed in, once.

    Raise `InProgress` while the window is open, and `CallerRejected` if it failed, is too old, or never began.
    """
    is_finished = await _is_finished(services, secret)
    if is_finished is False:
        raise InProgress("The sign-in is not finished.", "Finish it in its window.")
    result = await _take(services, secret) if is_finished else None
    if result is None:
        raise CallerRejected("the sign-in is unknown, over, or already used")
    if result.failure is SignInFailure.TENANT:
        raise CallerForbidden("this tenant is not allowed (CHATSYNC_ALLOWED_TENANTS)")
    if result.identity is None:
        raise CallerRejected("the sign-in window failed")
    return result.identity


async def _is_finished(services: Services, secret: SignInSecret) -> bool | None:
    """Return None for an unknown sign-in. Strangers can ask as often as they like, so this only reads."""
    begun_after = services.clock.now() - SIGN_IN_WITHIN
    async with services.store.reading() as work:
        return await work.pane_sign_ins.is_finished(secret.digest, begun_after=begun_after)


async def _take(services: Services, secret: SignInSecret) -> SignInResult | None:
    begun_after = services.clock.now() - SIGN_IN_WITHIN
    async with services.store.writing() as work:
        return await work.pane_sign_ins.take(secret.digest, begun_after=begun_after)
