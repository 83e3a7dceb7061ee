"""Use the pane as its page does: sign in, load views, and act."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.steps.new_chats import button_data
from tests.wire.people import Somebody
from tests.wire.world import World

PANE = "/pane"
OWN = {"X-Chat-Sync-Host": "sandbox"}
"""The header that each request of the page has."""


@dataclass
class PanePage:
    """A page of the pane, signed in or not."""

    world: World
    token: str = ""
    headers: dict[str, str] = field(default_factory=lambda: dict(OWN))

    async def send(self, name: str, body: object = None, *, method: str = "POST", **headers: str) -> tuple[int, Any]:
        """Send a request; return the status and JSON of the response, or None for an empty body."""
        bearer = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        sent = {**self.headers, **bearer, **{key.replace("_", "-"): value for key, value in headers.items()}}
        url = f"{self.world.url}{PANE}/{name}"
        async with self.world.session.request(method, url, json=body, headers=sent) as answer:
            assert answer.headers["Cache-Control"] == "no-store"
            return answer.status, (await answer.json() if await answer.read() else None)

    async def view(self, record: object = None, **more: object) -> dict[str, Any]:
        """Return the view of the record."""
        status, body = await self.send("view", {"record": record, **more})
        assert status == 200, body
        view: dict[str, Any] = body
        return view

    async def photo(self, person: Mapping[str, Any], **headers: str) -> tuple[int, str, bytes]:
        """Request the photo of a person as the page does; return the status, the type, and the content."""
        sent = {**self.headers, "X-Chat-Sync-Photo": person["photo"], "Authorization": f"Bearer {self.token}"}
        sent |= {key.replace("_", "-"): value for key, value in headers.items()}
        async with self.world.session.get(f"{self.world.url}{PANE}/photo/{person['key']}", headers=sent) as answer:
            return answer.status, answer.content_type, await answer.read()

    async def is_outdated(self, watch: object) -> bool:
        status, body = await self.send("poll", watch)
        assert (status, body) in [(204, None), (200, {"outdated": True})], body
        return status == 200


async def open_pane(world: World, person: Somebody) -> PanePage:
    """Return the page of the person in the sandbox."""
    page = PanePage(world)
    status, body = await page.send("session", {"person": person.object_id})
    assert status == 201, body
    page.token = body["session"]
    return page


async def case(world: World, number: str = "CAS-01001") -> dict[str, str]:
    """Return the case as the host names it."""
    return await button_data(world, number)


def rows(view: dict[str, Any], section: str) -> list[dict[str, Any]]:
    """Return the rows of a section."""
    (found,) = [each for each in view["sections"] if each["name"] == section]
    listed: list[dict[str, Any]] = found["rows"]
    return listed


def people(view: dict[str, Any], section: str) -> list[dict[str, Any]]:
    """Return the people of a section; nobody if the view does not have it."""
    return [person for each in view["sections"] if each["name"] == section for person in each["people"]]


def names(listed: Iterable[Mapping[str, Any]]) -> list[str]:
    """Return the names of rows or people."""
    return [each["name"] for each in listed]


def error_of(body: Any) -> tuple[str, str]:
    """Return the text of the error, and its next step."""
    return body["error"]["text"], body["error"]["nextStep"]
