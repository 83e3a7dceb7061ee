"""How Dataverse is told where to send its events."""

from collections.abc import Sequence
from typing import Protocol

from bot.domain.values import EnvironmentId
from bot.domain.webhook_steps import RegisteredStep, Registration, Step


class EventSteps(Protocol):
    """The bot's own webhook in Dataverse and its steps; those of others are left alone.

    Every call may raise `Unavailable`, and `NotAllowed` where the application user lacks a privilege.
    """

    async def find(self, environment: EnvironmentId) -> Registration | None:
        """The webhook with the bot's address; None where there is none."""
        ...

    async def elsewhere(self, environment: EnvironmentId) -> Sequence[str]:
        """Addresses of webhooks of the bot's kind that lead elsewhere: to another bot, or to where this one was."""
        ...

    async def register(self, environment: EnvironmentId) -> Registration:
        """Creates the webhook, or gives the one that is there the key that holds now."""
        ...

    async def add(self, environment: EnvironmentId, endpoint_id: str, step: Step) -> None:
        """Adds a step, with the picture of the row before."""
        ...

    async def change(self, environment: EnvironmentId, registered: RegisteredStep, step: Step) -> None:
        """Makes the registered step what it should be."""
        ...

    async def remove(self, environment: EnvironmentId, registered: RegisteredStep) -> None:
        """Removes a step; it may be gone already."""
        ...

    async def unregister(self, environment: EnvironmentId, endpoint_id: str) -> None:
        """Removes the webhook; its steps have to be gone."""
        ...

    async def lacking(self, environment: EnvironmentId) -> Sequence[str]:
        """Names of the privileges that registering needs and the application user does not hold."""
        ...
