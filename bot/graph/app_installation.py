"""Installing the app: in a chat or a team, with the permissions that its manifest asks of chats."""

from collections.abc import Sequence

from bot.domain.errors import NotFound
from bot.domain.values import ChatId
from bot.graph.client import GraphClient, GraphPermission, path_segment
from bot.graph.protocol import installation_body, page_rows, quote_literal

READ_CATALOG = GraphPermission(name="AppCatalog.Read.All", purpose="find itself among the organisation's apps")
IN_CHATS = GraphPermission(
    name="TeamsAppInstallation.ReadWriteAndConsentSelfForChat.All", purpose="add itself to chats with its permissions"
)
IN_TEAMS = GraphPermission(
    name="TeamsAppInstallation.ReadWriteAndConsentSelfForTeam.All", purpose="add itself to teams with its permissions"
)


class AppInstaller:
    """Knows the app's id in the organisation's catalog, by a setting or by asking once."""

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
        """Adds the app to the chat; raises `Conflict` where it is there."""
        await self._install(f"chats/{path_segment(chat)}/installedApps", chat, IN_CHATS)

    async def install_in_team(self, team: str) -> None:
        """Adds the app to the team; raises `Conflict` where it is there."""
        await self._install(f"teams/{path_segment(team)}/installedApps", team, IN_TEAMS)

    async def _install(self, path: str, place: str, right: GraphPermission) -> None:
        body = installation_body(self._client.base, await self.catalog_id(), self._permissions)
        await self._client.change("POST", path, body, permission=right, chat=place)

    async def catalog_id(self) -> str:
        """The app's id in the catalog; raises `NotFound` where it is not there."""
        if self._catalog_id is None:
            query = {"$filter": f"externalId eq {quote_literal(self._app_id)}"}
            found = page_rows(await self._client.get("appCatalogs/teamsApps", query, permission=READ_CATALOG))
            if not found or not isinstance(found[0].get("id"), str):
                raise NotFound(
                    "Chat Sync is not among the organisation's apps in Teams.",
                    "Ask a Teams administrator to upload its package and to allow it.",
                )
            self._catalog_id = str(found[0]["id"])
        return self._catalog_id
