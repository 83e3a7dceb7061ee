"""Call the sandbox's Microsoft Graph."""

from typing import Any

from aiohttp import ClientSession

from tests.wire.people import Somebody

RSC = ("ChatSettings.Read.Chat", "ChatMember.Read.Chat")


APP = "00000005-0000-4000-9000-000000000001"


class Graph:
    """The sandbox's Graph and Bot Connector, and the activities that the bot received."""

    def __init__(self, session: ClientSession, url: str) -> None:
        self.session = session
        self.url = url
        self.activities: list[dict[str, Any]] = []

    async def call(self, method: str, path: str, body: object = None, **headers: str) -> tuple[int, Any]:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        async with self.session.request(method, f"{self.url}/{path}", json=body, headers=named) as answer:
            content = await answer.read()
            return answer.status, await answer.json() if content else None

    async def graph(self, method: str, path: str, body: object = None, **headers: str) -> tuple[int, Any]:
        return await self.call(method, f"graph/v1.0/{path}", body, **headers)

    def person(self, who: Somebody, **more: object) -> dict[str, object]:
        bind = f"https://graph.microsoft.com/v1.0/users('{who.object_id}')"
        kind = "#microsoft.graph.aadUserConversationMember"
        return {"@odata.type": kind, "roles": ["owner"], "user@odata.bind": bind, **more}

    async def chat(self, *people: Somebody, topic: str | None = "Pump") -> str:
        body = {"chatType": "group", "topic": topic, "members": [self.person(each) for each in people]}
        status, created = await self.graph("POST", "chats", body)
        assert status == 201
        chat_id: str = created["id"]
        return chat_id

    async def install(self, chat: str, permissions: tuple[str, ...] = RSC, app: str = APP) -> tuple[int, Any]:
        rows = [{"permissionValue": name, "permissionType": "Application"} for name in permissions]
        body = {
            "teamsApp@odata.bind": f"https://graph.microsoft.com/v1.0/appCatalogs/teamsApps/{app}",
            "consentedPermissionSet": {"resourceSpecificPermissions": rows},
        }
        return await self.graph("POST", f"{chat}/installedApps", body)
