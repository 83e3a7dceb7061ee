"""Requests that other sites cause in the browser of a person (spec P7)."""

from itertools import product

import pytest

from bot.store.tables import connection, pane_session
from tests.steps.pane import PANE, case, open_pane
from tests.wire.people import ADELE, ALEX
from tests.wire.world import GROUP, World

pytestmark = pytest.mark.one_database


FOREIGN = (
    {"Origin": "https://evil.example"},
    {"Origin": "null"},
    {"Origin": "http://127.0.0.1:1"},
    {"Origin": "http://127.0.0.1.evil.example"},
    {"Origin": "https://evil.example", "Sec-Fetch-Site": "same-origin"},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Sec-Fetch-Site": "none"},
)
ROUTES = ("view", "poll", "join", "connect", "disconnect", "undo", "session")


async def test_requests_of_other_sites_are_refused(world: World) -> None:
    page = await open_pane(world, ADELE)
    for headers, name in product(FOREIGN, ROUTES):
        status, body = await page.send(name, {"person": ALEX.object_id}, **headers)
        assert status == 403, (headers, name)
        assert body["error"]
    assert len(await world.rows_in(pane_session)) == 1


async def test_the_page_itself_is_accepted(world: World) -> None:
    page = await open_pane(world, ADELE)
    page.headers |= {"Origin": world.url, "Sec-Fetch-Site": "same-origin"}
    await page.view(await case(world))


async def test_without_the_own_header_nothing_happens(world: World) -> None:
    page = await open_pane(world, ADELE)
    page.headers = {}
    assert (await page.send("view", {"record": None}))[0] == 403
    assert (await page.send("session", {"person": ALEX.object_id}))[0] == 403
    assert (await page.send("session", method="DELETE"))[0] == 403
    assert len(await world.rows_in(pane_session)) == 1


async def test_a_form_of_another_site_changes_nothing(world: World) -> None:
    page = await open_pane(world, ADELE)
    content = b'{"person": "' + ADELE.object_id.encode() + b'"}'
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""):
        headers = {**page.headers, "Authorization": f"Bearer {page.token}", "Content-Type": kind}
        for name in ("session", "connect"):
            async with world.session.post(f"{world.url}{PANE}/{name}", data=content, headers=headers) as answer:
                assert answer.status == 415, (kind, name)
    assert len(await world.rows_in(pane_session)) == 1


async def test_no_other_method_does_anything(world: World) -> None:
    page = await open_pane(world, ADELE)
    body = {"record": await case(world), "chat": GROUP, "note": "none"}
    headers = {**page.headers, "Authorization": f"Bearer {page.token}"}
    for name, method in product(ROUTES, ("GET", "HEAD", "PUT", "PATCH", "OPTIONS")):
        async with world.session.request(method, f"{world.url}{PANE}/{name}", json=body, headers=headers) as answer:
            assert answer.status == 405, (name, method)
            assert not {each for each in answer.headers if each.startswith("Access-Control")}
    assert await world.rows_in(connection) == []


BROKEN = (b"", b"[]", b'"x"', b"{", b'{"record": 7}', b"\xff", b"{" * 2_000, b"x" * 70_000)


async def test_broken_bodies_are_refused(world: World) -> None:
    page = await open_pane(world, ADELE)
    headers = {**page.headers, "Authorization": f"Bearer {page.token}", "Content-Type": "application/json"}
    for body, name in product(BROKEN, ROUTES):
        async with world.session.post(f"{world.url}{PANE}/{name}", data=body, headers=headers) as answer:
            assert answer.status in {400, 401, 413}, (body[:20], name)
