"""Sessions of the pane in the sandbox: how they begin, count, and end (spec P7)."""

import asyncio
from datetime import timedelta
from hashlib import sha256
from typing import Any

import pytest

from bot.domain.pane_sessions import MAX_SESSIONS
from bot.features.shared.pane_activity import SAVED_WITHIN
from bot.store.pane_sessions import PaneSessions
from bot.store.tables import open_pane as open_panes
from bot.store.tables import pane_session
from tests.patience import PATIENCE_S
from tests.steps.pane import PanePage, case, error_of, open_pane
from tests.wire.people import ADELE, ALEX
from tests.wire.world import World

OVER = ("You are not signed in, or your session has ended.", "Sign in again.")


async def is_signed_in(page: PanePage, **headers: str) -> bool:
    status, body = await page.send("view", {"record": None}, **headers)
    assert status in {200, 401}, body
    if status == 401:
        assert (body["error"]["kind"], error_of(body)) == ("signedOut", OVER)
    return status == 200


async def test_a_chosen_person_gets_a_session_and_only_its_digest_is_stored(world: World) -> None:
    page = await open_pane(world, ADELE)
    (stored,) = await world.rows_in(pane_session)
    assert stored == {
        "digest": sha256(page.token.encode()).hexdigest(),
        "object_id": ADELE.object_id,
        "tenant_id": "",
        "host": "sandbox",
        "begun_at": world.clock.now(),
        "used_at": world.clock.now(),
        "checked_at": world.clock.now(),
        "check_due_at": world.clock.now() + timedelta(minutes=5),
    }
    assert len(page.token) >= 43
    assert await is_signed_in(page)
    assert (await open_pane(world, ADELE)).token != page.token


async def test_a_session_counts_after_a_restart_because_all_processes_share_it(world: World) -> None:
    page = await open_pane(world, ADELE)
    await world.restart()
    assert await is_signed_in(page)


async def test_a_session_ends_after_half_an_hour_without_use(world: World) -> None:
    page = await open_pane(world, ADELE)
    world.clock.advance(30 * 60 - 1)
    assert await is_signed_in(page)
    world.clock.advance(30 * 60 - 1)
    assert await is_signed_in(page)
    world.clock.advance(30 * 60)
    assert not await is_signed_in(page)


async def test_a_session_ends_after_ten_hours_of_use(world: World) -> None:
    page = await open_pane(world, ADELE)
    for _ in range(29):
        world.clock.advance(20 * 60)
        assert await is_signed_in(page)
    world.clock.advance(20 * 60)
    assert not await is_signed_in(page)


async def test_a_use_is_stored_once_a_minute_at_most(world: World) -> None:
    page, begun = await open_pane(world, ADELE), world.clock.now()
    for seconds, stored in ((59, 0), (1, 60), (30, 60)):
        world.clock.advance(seconds)
        assert await is_signed_in(page)
        await world.restart()  # at its end, the server stores what waits
        (row,) = await world.rows_in(pane_session)
        assert row["used_at"] == begun + timedelta(seconds=stored)


async def test_uses_are_stored_within_seconds(world: World) -> None:
    page, begun = await open_pane(world, ADELE), world.clock.now()
    world.clock.advance(120)
    assert await is_signed_in(page)
    world.clock.advance(SAVED_WITHIN.total_seconds())
    used = pane_session.c.used_at == begun + timedelta(seconds=120)
    async with asyncio.timeout(PATIENCE_S):
        while not await world.rows_in(pane_session, used):
            await asyncio.sleep(0.01)


async def test_an_ended_session_is_worth_nothing(world: World) -> None:
    page = await open_pane(world, ADELE)
    other = await open_pane(world, ADELE)
    assert (await page.send("session", method="DELETE"))[0] == 204
    assert not await is_signed_in(page)
    assert await is_signed_in(other)
    assert (await page.send("session", method="DELETE"))[0] == 204


async def test_a_flood_of_sessions_of_one_person_ends_only_their_own_oldest(world: World) -> None:
    record, other = await case(world), await open_pane(world, ALEX)
    first = await open_pane(world, ADELE)
    await first.view(record)
    used = await open_pane(world, ADELE)
    for _ in range(MAX_SESSIONS):
        world.clock.advance(30)
        assert await is_signed_in(used)
        newest = await open_pane(world, ADELE)
    mine = [row for row in await world.rows_in(pane_session) if row["object_id"] == ADELE.object_id]
    assert len(mine) == MAX_SESSIONS
    assert [await is_signed_in(each) for each in (first, used, newest, other)] == [False, True, True, True]
    assert await world.rows_in(open_panes) == []


async def test_ending_sessions_that_do_not_exist_writes_nothing(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    await open_pane(world, ADELE)
    deleted: list[str] = []

    async def delete(_sessions: PaneSessions, digest: str) -> None:
        deleted.append(digest)

    monkeypatch.setattr(PaneSessions, "delete", delete)
    for token in ("x", "x" * 43, "\u00e9"):
        assert (await PanePage(world, token).send("session", method="DELETE"))[0] == 204
    assert deleted == []


async def test_any_other_token_is_none(world: World) -> None:
    await open_pane(world, ADELE)
    for token in ("", "x", "x" * 5_000, "Bearer", "\u00e9"):
        assert not await is_signed_in(PanePage(world, token)), token


async def test_a_digest_from_the_database_is_no_token(world: World) -> None:
    await open_pane(world, ADELE)
    (stored,) = await world.rows_in(pane_session)
    assert not await is_signed_in(PanePage(world, stored["digest"]))


async def test_a_session_belongs_to_its_host(world: World) -> None:
    page = await open_pane(world, ADELE)
    page.headers["X-Chat-Sync-Host"] = "teams"
    assert not await is_signed_in(page)


async def test_a_token_in_the_address_or_in_a_cookie_does_not_count(world: World) -> None:
    page = await open_pane(world, ADELE)
    stranger = PanePage(world)
    status, _ = await stranger.send(f"view?session={page.token}&access_token={page.token}", {"record": None})
    assert status == 401
    assert not await is_signed_in(stranger, Cookie=f"session={page.token}")


OTHERS: list[dict[str, Any]] = [
    {},
    {"person": None},
    {"person": "99999999-0000-0000-0000-000000000000"},
    {"person": [ALEX.object_id]},
    {"person": ALEX.object_id.replace("0000-", "0000_")},
    {"token": "a.b.c"},
]


async def test_nobody_else_can_be_chosen(world: World) -> None:
    for body in OTHERS:
        status, answer = await PanePage(world).send("session", body)
        assert (status, answer["error"]["kind"]) == (401, "signedOut"), body
    assert await world.rows_in(pane_session) == []


async def test_other_hosts_do_not_sign_in_to_the_sandbox(world: World) -> None:
    for host in ("teams", "dynamics", "", "SANDBOX"):
        page = PanePage(world, headers={"X-Chat-Sync-Host": host})
        status, _ = await page.send("session", {"person": ALEX.object_id})
        assert status == 400, host
    assert await world.rows_in(pane_session) == []
