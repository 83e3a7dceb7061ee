"""Fixtures of a bot in production, for stories about signing in to the pane in Dynamics 365."""

from collections.abc import AsyncIterator

import pytest

from bot.config.settings import Settings
from tests.fakes.certificates import Certificates
from tests.fakes.connector import FakeConnector
from tests.fakes.sign_in import FakeSignIn
from tests.steps.pane_sign_in import dynamics_settings
from tests.wire.people import ADELE


@pytest.fixture
async def connector(certificates: Certificates) -> AsyncIterator[FakeConnector]:
    async with FakeConnector(certificates=certificates).running() as made:
        yield made


@pytest.fixture
def settings(database_url: str, sign_in: FakeSignIn) -> Settings:
    sign_in.pages.person = ADELE.object_id
    return dynamics_settings(database_url, sign_in)
