"""Sign in to the pane as the page in Dynamics 365 and its window do."""

from base64 import urlsafe_b64encode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from secrets import token_bytes
from typing import Any
from urllib.parse import urlsplit

from aiohttp import ClientResponse

from bot.config.settings import Settings
from tests.fakes.sign_in import FakeSignIn
from tests.steps.pane import PANE, PanePage
from tests.steps.production import production_settings
from tests.wire.world import World

DYNAMICS = {"X-Chat-Sync-Host": "dynamics"}
SIGN_IN_COOKIE = "__Host-chatsync-sign-in"
SESSION_COOKIE = "__Host-chatsync-session"


def dynamics_settings(database_url: str, sign_in: FakeSignIn) -> Settings:
    """Return the settings of a bot in production whose Graph is that of the sandbox."""
    settings = production_settings(database_url, sign_in)
    return settings.model_copy(update={"graph_url": f"{settings.dataverse_urls[0]}/graph/v1.0"})


@asynccontextmanager
async def running(world: World) -> AsyncIterator[World]:
    await world.start()
    yield world
    await world.stop()


def new_secret() -> str:
    return urlsafe_b64encode(token_bytes(32)).rstrip(b"=").decode()


@dataclass
class Window:
    """A browser window with its own cookies."""

    world: World
    secret: str = field(default_factory=new_secret)
    cookies: dict[str, str] = field(default_factory=dict)
    jar: str = ""
    """A header with cookies to send instead."""
    set_cookies: list[str] = field(default_factory=list)
    """The headers that set cookies, as they arrived."""
    language: str = ""
    """The language of the last page; empty without one in its address."""

    async def begin(self, **headers: str) -> str:
        """Give the secret to the server; return the address of the sign-in page."""
        status, body = await self.try_begin(**headers)
        assert status == 201, body
        address: str = body["url"]
        return address

    async def try_begin(self, **headers: str) -> tuple[int, Any]:
        sent = {**DYNAMICS, **{name.replace("_", "-"): value for name, value in headers.items()}}
        url = f"{self.world.url}{PANE}/sign-in"
        async with self.world.session.post(url, json={"secret": self.secret}, headers=sent) as answer:
            self._keep(answer)
            return answer.status, await answer.json()

    async def come_back(self, address: str, base: str = "") -> str:
        """Follow the address to which Entra sends the window; return the last part of the next address."""
        path = address.partition(PANE)[2]
        url = f"{base or self.world.url}{PANE}{path}"
        jar = self.jar or "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        headers = {"Sec-Fetch-Site": "cross-site", **({"Cookie": jar} if jar else {})}
        async with self.world.session.get(url, headers=headers, allow_redirects=False) as answer:
            self._keep(answer)
            assert answer.status == 303
            following = urlsplit(answer.headers["Location"])
            self.language = following.query.removeprefix("language=")
            before, _, step = following.path.rpartition("/")
            assert (following.netloc, before) == ("", f"{PANE}/sign-in")
            return step

    def _keep(self, answer: ClientResponse) -> None:
        headers = answer.headers.getall("Set-Cookie", [])
        self.set_cookies += headers
        for each in headers:
            for name, morsel in SimpleCookie(each.replace("; Partitioned", "")).items():
                if morsel["max-age"] == "0":
                    self.cookies.pop(name, None)
                else:
                    self.cookies[name] = morsel.value


async def sign_in_by_window(world: World, sign_in: FakeSignIn) -> Window:
    """Take a window through the sign-in pages."""
    window = Window(world)
    assert await window.come_back(sign_in.pages.returns_to(await window.begin())) == "done"
    return window


async def open_signed_in(world: World, sign_in: FakeSignIn) -> PanePage:
    """Return the page of the person in Dynamics 365."""
    window = await sign_in_by_window(world, sign_in)
    page = PanePage(world, headers=dict(DYNAMICS))
    status, body = await page.send("session", {"secret": window.secret})
    assert status == 201, body
    page.token = body["session"]
    return page
