"""Large bodies of callers with a token: they wait for each other, and small ones overtake them."""

import asyncio
from dataclasses import replace

import orjson
import pytest

from bot.domain.limits import HttpLimits
from bot.web.messages import MAX_BYTES
from tests.steps.raw_http import chunked, exchange, post
from tests.wire.world import MESSAGES, PERSONAL, UNPACED, World

pytestmark = pytest.mark.one_database

SENT = 12


def large_body(world: World) -> bytes:
    """Return the largest message that the route accepts."""
    empty = world.activity(PERSONAL, type="message", text="")
    return orjson.dumps({**empty, "text": "a" * (MAX_BYTES - len(orjson.dumps(empty)))})


async def test_small_messages_overtake_large_ones(world: World) -> None:
    for request in (post(MESSAGES, large_body(world)), chunked(MESSAGES, [large_body(world)])):
        large = [asyncio.create_task(exchange(world.settings.port, request)) for _ in range(SENT)]
        await asyncio.wait(large, return_when=asyncio.FIRST_COMPLETED)
        status, _ = await world.post(world.activity(PERSONAL, type="message", text="help"))
        assert status == 201
        assert not all(each.done() for each in large)
        assert {answer.status for answer in await asyncio.gather(*large)} == {201}


async def test_large_bodies_that_would_wait_too_long_are_refused(bare_world: World) -> None:
    bare_world.limits = replace(UNPACED, http=HttpLimits(body_within_s=0.1))
    await bare_world.start()
    request = post(MESSAGES, large_body(bare_world))
    answers = await asyncio.gather(*(exchange(bare_world.settings.port, request) for _ in range(SENT)))
    assert {each.status for each in answers} == {201, 429}
    assert any(b"Too many large bodies" in each.body for each in answers)
    status, _ = await bare_world.post(bare_world.activity(PERSONAL, type="message", text="help"))
    assert status == 201
    await bare_world.stop()
