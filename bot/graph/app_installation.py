"""Install the app in a chat or a team, with the permissions for chats that its manifest requests."""

from collections.abc import Sequence

from bot.domain.errors import NotFound
from bot.domain.texts import text
from bot.domain.values import ChatId
from bot.graph.client import GraphClient, GraphPermission
from bot.graph.protocol import installation_body, page_rows, quote_literal
from bot.http.paths import path_segment

READ_CATALOG = GraphPermission(
    name="AppCatalog.Read.All",
    missing=text("Microsoft 365 does not let Chat Sync find itself in the organization's app catalog."),
)
IN_CHATS = GraphPermission(
    name="TeamsAppInstallation.ReadWriteAndConsentSelfForChat.All",
    missing=text("Microsoft 365 does not let Chat Sync add itself to chats with its permissions."),
)
IN_TEAMS = GraphPermission(
    name="TeamsAppInstallation.ReadWriteAndConsentSelfForTeam.All",
    missing=text("Microsoft 365 does not let Chat Sync add itself to teams with its permissions."),
)


class AppInstaller:
    """Installs the app. Its ID in the organization's app catalog comes from a setting or is looked up once."""

    def __init__(
        self,
        client: GraphClient,
        *,
        app_id: str,
        catalog_id: str | None,
        permissions: Sequence[str],
    ) -> None:
        self._client = client
        self._app_id = app_id
        self._catalog_id = catalog_id
        self._permissions = permissions

    async def install_in_chat(self, chat: ChatId) -> None:
        """Install the app in the chat; raise `Conflict` if it is installed already."""
        await self._install(f"chats/{path_segment(chat)}/installedApps", chat, IN_CHATS)

    async def install_in_team(self, team: str) -> None:
        """Install the app in the team; raise `Conflict` if it is installed already."""
        await self._install(f"teams/{path_segment(team)}/installedApps", team, IN_TEAMS)

    async def _install(self, path: str, chat_or_team: str, right: GraphPermission) -> None:
        body = installation_body(self._client.base, await self.catalog_id(), self._permissions)
        await self._client.change("POST", path, body, permission=right, chat=chat_or_team)

    async def catalog_id(self) -> str:
        """Return the app's ID in the catalog; raise `NotFound` if it is not listed."""
        if self._catalog_id is None:
            query = {"$filter": f"externalId eq {quote_literal(self._app_id)}"}
            found = page_rows(await self._client.get("appCatalogs/teamsApps", query, permission=READ_CATALOG))
            if not found or not isinstance(found[0].get("id"), str):
                raise NotFound(
                    "Chat Sync is not in the organization's app catalog in Teams.",
                    "Ask a Teams administrator to upload and allow its package.",
                )
            self._catalog_id = str(found[0]["id"])
        return self._catalog_id
