"""Microsoft Teams around the tab: a page at its address that speaks its messages with the unchanged library.

The browser reaches nothing: the requests to Teams and to the public address of Chat Sync are answered here.
"""

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.async_api import BrowserContext, FrameLocator, Page, Route
from pydantic import SecretStr

from bot.config.settings import Settings
from tests.fakes.certificates import Certificates
from tests.fakes.clock import HeldClock
from tests.fakes.connector import FakeConnector
from tests.fakes.databases import MigratedDatabases
from tests.fakes.sign_in import FakeSignIn
from tests.patience import PATIENCE_S
from tests.tcp_ports import free_port
from tests.wire.opening import open_world
from tests.wire.people import ADELE
from tests.wire.world import GROUP, WEBHOOK_KEY, World

TEAMS = "https://teams.microsoft.com/v2/"
PUBLIC_URL = "https://bot.example.com"
TAB = f"{PUBLIC_URL}/pane?host=teams"
BLOCKED = "res.cdn.office.net/teams-js/validDomains"
"""The newer list of hosts, which the library asks for and the policy of the page blocks. It has a list of its own."""

_PAGE = """<!doctype html><title>Teams</title>
<style>html, body, iframe { width: 100%; height: 100%; margin: 0; border: 0; display: block; }</style>
<button id="before">Before</button><iframe src="{tab}"></iframe>
<script>
const set = {set};
const calls = window.calls = [];
const frame = document.querySelector("iframe");
const answers = {
  "initialize": () => ["content", "web", JSON.stringify(set.runtime), "2.0.0"],
  "getContext": () => [set.context],
  "authentication.getAuthToken": ([, , silent]) => window.tokenFor(silent),
  "executeDeepLink": () => [true],
};
window.tell = (func, args) => frame.contentWindow.postMessage({ func, args }, set.origin);
const waiting = [];
window.answerLate = () => { set.answers = true; waiting.splice(0).forEach(take); };
window.addEventListener("message", take);
async function take(event) {
  if (event.source !== frame.contentWindow || event.origin !== set.origin) return;
  if (!set.answers && waiting.push(event)) return;
  const { id, uuidAsString, func, args = [] } = event.data;
  calls.push([func, args]);
  const answer = await answers[func]?.(args);
  if (answer) event.source.postMessage({ id, uuidAsString, args: answer }, set.origin);
}
</script>"""


@asynccontextmanager
async def teams_world(
    folder: Path, migrated: MigratedDatabases, certificates: Certificates, sign_in: FakeSignIn
) -> AsyncIterator[World]:
    """Start a bot with an app ID, connect its chat to two cases, and change the first one."""
    sandbox = f"http://127.0.0.1:{free_port(for_the_session=True)}/sandbox"
    settings = Settings(
        port=free_port(for_the_session=True),
        database_url=await migrated.sqlite(folder / "test.db"),
        dataverse_urls=(sandbox,),
        graph_url=f"{sandbox}/graph/v1.0",
        webhook_key=SecretStr(WEBHOOK_KEY),
        public_url=PUBLIC_URL,
        **sign_in.settings(),
    )
    async with (
        FakeConnector(certificates=certificates).running() as connector,
        open_world(settings, connector, HeldClock()) as opened,
    ):
        await opened.know_chats(GROUP)
        await opened.start()
        opened.headers = {"Authorization": sign_in.bearer(connector.service_url)}
        for number in ("CAS-01005", "CAS-01001"):
            await opened.say(f"connect {number} quiet", person=ADELE)
            await opened.settle()
        await opened.change({"prioritycode": 1})
        await opened.window_ends()
        yield opened


@dataclass
class TeamsClient:
    """A Teams client in the browser, signed in as one person."""

    world: World
    page: Page
    token: str | None = None
    """The token that the person gets; None if Teams refuses."""
    refusal: str = ""
    """The reason of the refusal."""
    consents: bool = False
    """True if the person accepts the question of Teams, after which they get `token`."""
    answers: bool = True
    """False if nobody answers the page."""
    context: dict[str, Any] = field(default_factory=dict)
    supports: tuple[str, ...] = ("pages",)
    tolerated: list[str] = field(default_factory=lambda: [BLOCKED, "status of 401"])
    """Parts of messages in the console that are expected. Chromium itself reports each refusal of the server."""
    asked: list[bool] = field(default_factory=list)
    """For each request for a token: True if Teams must not ask the person."""

    async def open(self, *, address: str = TEAMS) -> FrameLocator:
        """Open the tab, and return its content."""
        await answer_requests(self.page.context, self.world, {address: self._page()})
        await self.page.expose_function("tokenFor", self._token_for)
        await self.page.goto(address)
        return self.tab

    @property
    def tab(self) -> FrameLocator:
        """The content of the tab."""
        return self.page.frame_locator("iframe >> nth=0")

    async def calls(self, func: str) -> list[Any]:
        """Return the arguments of the page's calls of this function."""
        found: list[Any] = await self.page.evaluate("func => calls.filter(([name]) => name === func)", func)
        return [args for _, args in found]

    async def tell(self, event: str, *args: object) -> None:
        """Send an event to the tab."""
        await self.page.evaluate("([event, args]) => tell(event, args)", [event, list(args)])

    def _token_for(self, silent: bool | None) -> list[object]:
        self.asked.append(bool(silent))
        if self.refusal and (silent or not self.consents):
            return [False, self.refusal]
        return [True, self.token]

    def _page(self) -> str:
        settings = {
            "answers": self.answers,
            "origin": PUBLIC_URL,
            "context": {"locale": "en-us", "theme": "default", "entityId": "pane", **self.context},
            "runtime": {"apiVersion": 4, "isLegacyTeams": False, "supports": {each: {} for each in self.supports}},
        }
        return _PAGE.replace("{tab}", TAB).replace("{set}", json.dumps(settings))


async def answer_requests(context: BrowserContext, world: World, pages: Mapping[str, str]) -> None:
    """Answer all requests of the browser: those to Chat Sync by the bot, and others by these pages or an empty one."""

    async def other(route: Route) -> None:
        await route.fulfill(body=pages.get(route.request.url, "<!doctype html>"), content_type="text/html")

    async def bot(route: Route) -> None:
        address = route.request.url.replace(PUBLIC_URL, world.url, 1)
        await route.fulfill(response=await route.fetch(url=address, timeout=PATIENCE_S * 1000))

    await context.route("**/*", other)
    await context.route(f"{PUBLIC_URL}/**", bot)
