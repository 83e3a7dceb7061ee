"""Check that the account behind a session is still enabled (spec P7)."""

import asyncio

from bot.domain.errors import Unavailable
from bot.domain.pane_sessions import PaneIdentity
from bot.features.shared.services import Services


async def is_account_enabled(services: Services, identity: PaneIdentity, directory_tenant: str | None) -> bool:
    """Return whether the person is enabled in Microsoft Entra ID, and in an environment of Dataverse.

    `directory_tenant`: the tenant whose people Microsoft Graph shows. Raise `Unavailable` or `NotAllowed` if one of
    the systems does not say.
    """
    in_entra = await is_enabled_in_entra(services, identity, directory_tenant)
    return in_entra and await _is_enabled_in_dataverse(services, identity)


async def is_enabled_in_entra(services: Services, identity: PaneIdentity, directory_tenant: str | None) -> bool:
    """Return whether the person is enabled in Microsoft Entra ID; raise `Unavailable` or `NotAllowed`."""
    if identity.tenant_id != directory_tenant:
        raise Unavailable("Microsoft Graph shows no people of this tenant.")
    found = (await services.directory.get_people([identity.object_id])).get(identity.object_id)
    return found is not None and found.enabled


async def _is_enabled_in_dataverse(services: Services, identity: PaneIdentity) -> bool:
    """Check all environments. One that does not respond counts only if no other has an enabled user."""
    found = await asyncio.gather(
        *(services.records.user(each, identity.object_id) for each in services.environments), return_exceptions=True
    )
    if any(not isinstance(each, BaseException) and each is not None and each.enabled for each in found):
        return True
    failed = [each for each in found if isinstance(each, BaseException)]
    if failed:
        raise failed[0]
    return False
