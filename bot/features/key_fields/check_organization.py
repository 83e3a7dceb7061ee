"""Compare the organization that an event names with the one of its environment."""

from bot.domain.values import EnvironmentId
from bot.features.shared.services import Services
from bot.logs import get_logger

_log = get_logger(__name__)


async def is_own_organization(services: Services, environment: EnvironmentId, named: str) -> bool:
    """Check whether the event is from the organization of the environment. Raises `Unavailable`.

    The organization of the first event is remembered. If an event names another one, Dataverse decides: an environment
    gets a new organization ID when it is restored from a backup or copied.
    """
    known = services.organization_ids.get(environment) or await _stored(services, environment)
    if known not in {None, named} and await services.records.organization_id(environment) != named:
        _log.warning("webhook.wrong_organization", environment=environment)
        return False
    if known != named:
        async with services.store.writing() as work:
            await work.organizations.save(environment, named)
    services.organization_ids[environment] = named
    return True


async def _stored(services: Services, environment: EnvironmentId) -> str | None:
    async with services.store.reading() as work:
        return await work.organizations.get(environment)
