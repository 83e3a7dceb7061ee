from __future__ import annotations

import asyncio
import errno
import os
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from tests.patience import PATIENCE_S
from tests.sandbox.events import STEP, target
from tests.sandbox.wire import CASE, KEY, Api, Receiver, Start


async def test_events_arrive_in_order_each_with_its_own_operation(api: Api, receiver: Receiver) -> None:
    for number in (1, 3, 2, 1):
        await api.patch(CASE, {"prioritycode": number})
    bodies = [(await receiver.next()).body for _ in range(4)]
    assert [target(body)["prioritycode"]["Value"] for body in bodies] == [1, 3, 2, 1]
    assert len({body["OperationId"] for body in bodies}) == 4


async def test_the_answer_does_not_wait_for_the_receiver(api: Api, receiver: Receiver) -> None:
    receiver.gate.clear()
    await api.patch(CASE, {"prioritycode": 1})
    await receiver.next()
    await api.patch(CASE, {"prioritycode": 3})
    assert [job["statuscode"] for job in await api.rows("asyncoperations")] == [0, 0]
    receiver.gate.set()
    await receiver.next()
    assert [job["statuscode"] for job in await api.completed_jobs(2)] == [30, 30]


@pytest.mark.parametrize("first", [502, 503, 504])
async def test_a_transient_failure_is_retried_once(api: Api, receiver: Receiver, first: int) -> None:
    receiver.statuses = [first]
    await api.patch(CASE, {"prioritycode": 1})
    one, two = await receiver.next(), await receiver.next()
    assert one.body == two.body
    job = (await api.completed_jobs(1))[0]
    assert (job["statuscode"], job["retrycount"], job["message"]) == (30, 1, "The webhook returned 200.")


async def test_a_second_failure_fails_the_job(api: Api, receiver: Receiver) -> None:
    receiver.statuses = [503, 503, 200]
    await api.patch(CASE, {"prioritycode": 1})
    job = (await api.completed_jobs(1))[0]
    assert (job["statuscode"], job["retrycount"], job["message"]) == (31, 1, "The webhook returned 503.")
    assert receiver.got.qsize() == 2


@pytest.mark.parametrize("status", [301, 400, 401, 404, 429, 500])
async def test_other_statuses_fail_the_job_at_once(api: Api, receiver: Receiver, status: int) -> None:
    receiver.statuses = [status]
    await api.patch(CASE, {"prioritycode": 1})
    job = (await api.completed_jobs(1))[0]
    assert (job["statecode"], job["statuscode"], job["retrycount"]) == (3, 31, 0)
    assert receiver.got.qsize() == 1


async def test_an_unreachable_receiver_fails_the_job(start: Start, unused_tcp_port: int) -> None:
    api = Api(await start(webhook_url=f"http://127.0.0.1:{unused_tcp_port}/api/dataverse/events"))
    await api.patch(CASE, {"prioritycode": 1})
    job = (await api.completed_jobs(1))[0]
    assert job["statuscode"] == 31
    assert job["message"].startswith("The webhook did not respond")
    assert KEY not in str(job)


async def test_the_last_fifty_jobs_stay_readable(api: Api, receiver: Receiver) -> None:
    for number in range(55):
        await api.patch(CASE, {"prioritycode": 1 + number % 3})
    for _ in range(55):
        await receiver.next()
    await api.patch(CASE, {"prioritycode": 1})
    await receiver.next()
    jobs = await api.completed_jobs(50)
    assert len(jobs) in {50, 51}
    assert all("data" not in job for job in jobs)


async def test_a_job_whose_step_has_gone_fails(api: Api, receiver: Receiver) -> None:
    receiver.gate.clear()
    await api.patch(CASE, {"prioritycode": 1})
    await receiver.next()
    await api.patch(CASE, {"prioritycode": 3})
    images = await api.rows("sdkmessageprocessingstepimages")
    await api.delete(STEP)
    assert len(await api.rows("sdkmessageprocessingstepimages")) == len(images) - 1
    receiver.gate.set()
    one, two = await api.completed_jobs(2)
    assert (one["statuscode"], two["statuscode"]) == (30, 31)
    assert two["message"] == "The step or its endpoint no longer exists."
    assert one["_owningextensionid_value"] is two["_owningextensionid_value"] is None


async def test_what_was_not_sent_at_the_end_is_sent_after_the_next_start(
    start: Start, receiver: Receiver, tmp_path: Path
) -> None:
    receiver.gate.clear()
    client = await start(tmp_path / "rows.jsonl")
    await Api(client).patch(CASE, {"prioritycode": 1})
    first = await receiver.next()
    await Api(client).patch(CASE, {"prioritycode": 3})
    await asyncio.wait_for(client.close(), PATIENCE_S)
    receiver.gate.set()
    again = Api(await start(tmp_path / "rows.jsonl"))
    one, two = await receiver.next(), await receiver.next()
    assert one.body == first.body
    assert target(two.body)["prioritycode"]["Value"] == 3
    assert [job["statuscode"] for job in await again.completed_jobs(2)] == [30, 30]


async def test_after_a_start_the_sender_waits_until_the_receiver_listens(
    start: Start, receiver: Receiver, tmp_path: Path, unused_tcp_port: int
) -> None:
    receiver.gate.clear()
    client = await start(tmp_path / "rows.jsonl")
    await Api(client).patch(CASE, {"prioritycode": 1})
    first = await receiver.next()
    await asyncio.wait_for(client.close(), PATIENCE_S)
    receiver.gate.set()

    await start(tmp_path / "rows.jsonl", webhook_url=f"http://127.0.0.1:{unused_tcp_port}/api/dataverse/events")
    app = web.Application()
    app.router.add_post("/api/dataverse/events", receiver.answer)
    async with TestServer(app, port=unused_tcp_port):
        assert (await receiver.next()).body == first.body


async def test_an_event_is_sent_again_if_its_result_cannot_be_saved(
    start: Start, receiver: Receiver, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    api = Api(await start(tmp_path / "rows.jsonl"))
    failed = asyncio.Event()

    def fail_disk_full(_: int) -> None:
        failed.set()
        raise OSError(errno.ENOSPC, "No space left on device")

    receiver.gate.clear()
    await api.patch(CASE, {"prioritycode": 1})
    first = await receiver.next()
    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", fail_disk_full)
        receiver.gate.set()
        await asyncio.wait_for(failed.wait(), PATIENCE_S)
    await api.patch(CASE, {"prioritycode": 3})
    assert (await receiver.next()).body == first.body
    assert target((await receiver.next()).body)["prioritycode"]["Value"] == 3
