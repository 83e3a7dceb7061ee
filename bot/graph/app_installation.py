"""Installing the app: in a chat or a team, with the permissions that its manifest asks of chats."""

from collections.abc import Sequence

from bot.domain.errors import NotFound
from bot.domain.values import ChatId
from bot.graph.client import GraphClient, Right, part
from bot.graph.protocol import installation, quoted, values_of

READ_CATALOG = Right(permission="AppCatalog.Read.All", to="find itself among the organisation's apps")
IN_CHATS = Right(
    permission="TeamsAppInstallation.ReadWriteAndConsentSelfForChat.All", to="add itself to chats with its permissions"
)
IN_TEAMS = Right(
    permission="TeamsAppInstallation.ReadWriteAndConsentSelfForTeam.All", to="add itself to teams with its permissions"
)


class Installing:
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

    async def in_chat(self, chat: ChatId) -> None:
        """Adds the app to the chat; raises `Conflict` where it is there."""
        await self._install(f"chats/{part(chat)}/installedApps", chat, IN_CHATS)

    async def in_team(self, team: str) -> None:
        """Adds the app to the team; raises `Conflict` where it is there."""
        await self._install(f"teams/{part(team)}/installedApps", team, IN_TEAMS)

    async def _install(self, path: str, place: str, right: Right) -> None:
        body = installation(self._client.base, await self.known_id(), self._permissions)
        await self._client.change("POST", path, body, right=right, chat=place)

    async def known_id(self) -> str:
        """The app's id in the catalog; raises `NotFound` where it is not there."""
        if self._catalog_id is None:
            query = {"$filter": f"externalId eq {quoted(self._app_id)}"}
            found = values_of(await self._client.get("appCatalogs/teamsApps", query, right=READ_CATALOG))
            if not found or not isinstance(found[0].get("id"), str):
                raise NotFound(
                    "Chat Sync is not among the organisation's apps in Teams.",
                    "Ask a Teams administrator to upload its package and to allow it.",
                )
            self._catalog_id = str(found[0]["id"])
        return self._catalog_id
