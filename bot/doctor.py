"""What the doctor looks at: everything that readiness asks, and what else has to be set up.

It belongs to the composition root: `bot.wiring` alone uses it.
"""

from functools import partial

from bot.domain.errors import BadRequest, NotAllowed, NotFound, NotSupported
from bot.domain.rights import DISCONNECT_PRIVILEGE
from bot.domain.values import EnvironmentId
from bot.foundation import Foundation
from bot.store.migrate import require_up_to_date
from bot.usecases.check_health import Check, CheckHealth

_ACT_FOR_OTHERS = "prvActOnBehalfOfAnotherUser"
"""What a user needs who asks as somebody else ("Impersonate another user", Dataverse developer guide)."""
_SHORTEST_KEY = 16


def needs(base: Foundation) -> CheckHealth:
    """Without each of these Chat Sync does not work."""
    own_sandbox = base.settings.uses_own_sandbox
    checks = {name: check for name, check in base.checks.items() if not (own_sandbox and name.startswith("dataverse"))}
    checks["tables of the database"] = partial(require_up_to_date, base.engines.writing)
    if not own_sandbox:
        for each in base.links.environments:
            checks[f"acting for people in {each.id}"] = partial(_acts_for_people, base, each.id)
    return CheckHealth(checks, base.clock)


def hints(base: Foundation) -> CheckHealth:
    """Without these it works, but perhaps not as somebody expects."""
    if base.settings.uses_own_sandbox:
        return CheckHealth({"dataverse": _sandbox_takes_its_place}, base.clock)
    checks: dict[str, Check] = {"webhook key": partial(_key_is_long, base)}
    for each in base.links.environments:
        checks[f"disconnecting in {each.id}"] = partial(_roles_disconnect, base, each.id)
    return CheckHealth(checks, base.clock)


async def _acts_for_people(base: Foundation, environment: EnvironmentId) -> None:
    user = await base.records.own_user(environment)
    if not await base.records.holds_privilege(environment, user, _ACT_FOR_OTHERS):
        raise NotAllowed(
            "The application user may not act on behalf of people.",
            f"Give it a security role with the privilege {_ACT_FOR_OTHERS}.",
        )


async def _roles_disconnect(base: Foundation, environment: EnvironmentId) -> None:
    if not await base.records.knows_privilege(environment, DISCONNECT_PRIVILEGE):
        raise NotFound(
            f"There is no privilege {DISCONNECT_PRIVILEGE}, so nobody can disconnect chats by a security role.",
            "Let owners of records or connectors disconnect, in the settings of the record types.",
        )


async def _key_is_long(base: Foundation) -> None:
    key = base.settings.webhook_key
    if key is None or len(key.get_secret_value()) < _SHORTEST_KEY:
        raise BadRequest(
            "CHATSYNC_WEBHOOK_KEY is short enough to be guessed.",
            "Choose a long random text and give the same to Dataverse's webhook.",
        )


async def _sandbox_takes_its_place() -> None:
    raise NotSupported(
        "None is set: a sandbox takes its place while Chat Sync runs.", "Set CHATSYNC_DATAVERSE_URL for a real one."
    )
