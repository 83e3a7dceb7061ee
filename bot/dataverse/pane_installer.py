"""The pane's web resources and commands in Dataverse ("WebResource table", "App Action table", "PublishXml")."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

from bot.dataverse.client import DataverseClient
from bot.dataverse.pane_rows import (
    COMMAND_PROPERTIES,
    RESOURCE_PROPERTIES,
    command_values,
    new_command_values,
    new_resource_values,
    parse_command,
    parse_resource,
    publisher_values,
    resource_values,
    solution_values,
)
from bot.dataverse.privileges import missing_privileges
from bot.dataverse.protocol import begins_with_filter, quote_literal
from bot.dataverse.records import DataverseRecords
from bot.domain.errors import Conflict, NotFound
from bot.domain.pane_customizations import (
    COMMANDS,
    FOLDER,
    PUBLISHER,
    SOLUTION,
    InstalledCommand,
    InstalledPane,
    InstalledResource,
    PaneCommand,
    WebResource,
)
from bot.domain.values import EnvironmentId

PANE_PRIVILEGES = (
    *(f"prv{act}WebResource" for act in ("Create", "Read", "Write", "Delete")),
    *(f"prv{act}appaction" for act in ("Create", "Read", "Write", "Delete")),
    *(f"prv{act}Solution" for act in ("Create", "Read", "Delete")),
    *(f"prv{act}Publisher" for act in ("Create", "Read")),
    "prvPublishCustomization",
)
"""Privileges required to install and remove the pane."""


class DataversePaneInstaller:
    """See `bot.ports.dataverse_writes.PaneInstaller`."""

    def __init__(self, clients: Mapping[EnvironmentId, DataverseClient], records: DataverseRecords) -> None:
        self._clients = clients
        self._records = records

    async def missing_privileges(self, environment: EnvironmentId) -> Sequence[str]:
        """Return the names of missing privileges; ignore privileges that the environment does not know."""
        return await missing_privileges(self._records, environment, PANE_PRIVILEGES)

    async def find(self, environment: EnvironmentId) -> InstalledPane:
        """Return the solution, and the web resources and commands whose names begin like those of the pane."""
        client = self._clients[environment]
        solutions, resources, commands = await asyncio.gather(
            client.rows("solutions", {"$select": "solutionid", "$filter": f"uniquename eq {quote_literal(SOLUTION)}"}),
            _find_resources(client),
            _find_commands(client),
        )
        names = {str(row.get("webresourceid")): str(row.get("name")) for row in resources}
        return InstalledPane(
            solution_id=str(solutions[0].get("solutionid")) if solutions else None,
            resources={str(row.get("name")): parse_resource(row) for row in resources},
            commands={str(row.get("uniquename")): parse_command(row, names) for row in commands},
        )

    async def create_solution(self, environment: EnvironmentId) -> None:
        """Create the solution, and its publisher if the environment does not have it."""
        client = self._clients[environment]
        query = {"$select": "publisherid", "$filter": f"uniquename eq {quote_literal(PUBLISHER)}"}
        publishers = await client.rows("publishers", query)
        publisher_id = str(publishers[0]["publisherid"]) if publishers else await _create_publisher(client)
        await client.create("solutions", solution_values(publisher_id))

    async def put_resource(
        self, environment: EnvironmentId, resource: WebResource, installed: InstalledResource | None
    ) -> str:
        """Create or update the web resource; return its ID."""
        client = self._clients[environment]
        resource_id = installed.id if installed else resource.id
        if installed is None:
            try:
                await client.create("webresourceset", new_resource_values(resource), solution=SOLUTION)
            except Conflict:
                pass  # Created before, but never published: queries do not find it.
            else:
                return resource_id
        await client.update(f"webresourceset({resource_id})", resource_values(resource))
        return resource_id

    async def put_command(
        self,
        environment: EnvironmentId,
        command: PaneCommand,
        installed: InstalledCommand | None,
        resource_ids: Mapping[str, str],
    ) -> None:
        """Create or update the command."""
        client = self._clients[environment]
        if installed:
            await client.update(f"appactions({installed.id})", command_values(command, resource_ids))
        else:
            await client.create("appactions", new_command_values(command, resource_ids), solution=SOLUTION)

    async def remove_resource(self, environment: EnvironmentId, installed: InstalledResource) -> None:
        """Delete the web resource."""
        await _delete(self._clients[environment], f"webresourceset({installed.id})")

    async def remove_command(self, environment: EnvironmentId, installed: InstalledCommand) -> None:
        """Delete the command."""
        await _delete(self._clients[environment], f"appactions({installed.id})")

    async def remove_solution(self, environment: EnvironmentId, solution_id: str) -> None:
        """Delete the solution. Components that others added to it stay in the environment."""
        await _delete(self._clients[environment], f"solutions({solution_id})")

    async def publish(self, environment: EnvironmentId, resource_ids: Sequence[str]) -> None:
        """Publish the web resources, so that browsers get them."""
        listed = "".join(f"<webresource>{{{each}}}</webresource>" for each in resource_ids)
        await self._clients[environment].publish(
            f"<importexportxml><webresources>{listed}</webresources></importexportxml>"
        )


async def _find_resources(client: DataverseClient) -> Sequence[Mapping[str, Any]]:
    query = {
        "$select": RESOURCE_PROPERTIES,
        "$filter": begins_with_filter("name", FOLDER),
    }
    return await client.rows("webresourceset", query)


async def _find_commands(client: DataverseClient) -> Sequence[Mapping[str, Any]]:
    query = {
        "$select": COMMAND_PROPERTIES,
        "$filter": begins_with_filter("uniquename", COMMANDS),
    }
    return await client.rows("appactions", query)


async def _create_publisher(client: DataverseClient) -> str:
    answer = await client.create("publishers", publisher_values())
    return answer.entity_id.rpartition("(")[2].rstrip(")")


async def _delete(client: DataverseClient, path: str) -> None:
    try:
        await client.delete(path)
    except NotFound:
        return  # already deleted
