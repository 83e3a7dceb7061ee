"""Privileges that the application user lacks for an operation of an operator."""

import asyncio
from collections.abc import Sequence

from bot.domain.values import EnvironmentId
from bot.ports.dataverse import Records


async def missing_privileges(records: Records, environment: EnvironmentId, required: Sequence[str]) -> Sequence[str]:
    """Return the names of missing privileges; ignore privileges that the environment does not know."""
    user = await records.own_user(environment)
    held = await asyncio.gather(*(records.holds_privilege(environment, user, name) for name in required))
    lacking = [name for name, holds in zip(required, held, strict=True) if not holds]
    known = await asyncio.gather(*(records.knows_privilege(environment, name) for name in lacking))
    return [name for name, is_known in zip(lacking, known, strict=True) if is_known]
