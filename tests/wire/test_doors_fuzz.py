"""No request however broken is an error of the bot, and nothing of it is in a log. A sample of `tests/process`."""

import logging
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.config.settings import Settings
from bot.domain.limits import HttpLimits
from tests.fakes.certificates import Certificates
from tests.fakes.connector import FakeConnector
from tests.fakes.sign_in import FakeSignIn
from tests.steps.fuzzed_requests import DOORS, MARKER, Credentials, requests
from tests.steps.production import in_production, production_settings
from tests.steps.raw_http import exchange
from tests.tiers import examples
from tests.wire.world import UNPACED, WEBHOOK_KEY, World

pytestmark = pytest.mark.one_database


@pytest.fixture
async def connector(certificates: Certificates) -> AsyncIterator[FakeConnector]:
    async with FakeConnector(certificates=certificates).running() as running:
        yield running


@pytest.fixture
def settings(database_url: str, sign_in: FakeSignIn) -> Settings:
    return production_settings(database_url, sign_in)


@pytest.fixture
async def bot(bare_world: World, sign_in: FakeSignIn) -> AsyncIterator[World]:
    # A body that never arrives must not hold up the run.
    bare_world.limits = replace(UNPACED, http=HttpLimits(body_within_s=0.2, head_within_s=0.2))
    async with in_production(bare_world, sign_in) as running:
        yield running


@pytest.mark.parametrize("door", DOORS)
def test_no_request_is_an_error_of_the_bot(
    bot: World, door: str, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    known = Credentials(bot.headers["Authorization"], bot.activity())

    @examples(100)
    @given(data=st.data())
    def asked(data: st.DataObject) -> None:
        request = data.draw(requests(door, known))
        answer = bot.run(exchange(bot.settings.port, request))
        assert answer.status < 500 or answer.status == 501, request
        assert WEBHOOK_KEY.encode() not in answer.whole

    with caplog.at_level(logging.DEBUG):
        asked()
        bot.run(bot.settle())
    output = capfd.readouterr()
    written = output.out + output.err + caplog.text
    for secret in (MARKER, WEBHOOK_KEY, "Traceback", "request_failed"):
        assert secret not in written
