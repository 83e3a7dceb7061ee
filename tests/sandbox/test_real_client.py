"""A third-party Dataverse client (npm `dynamics-web-api`) reads and writes the sandbox."""

import asyncio
import os
from pathlib import Path

import pytest

from tests.e2e.tools import node_modules, what_is_missing
from tests.sandbox.wire import Client
from tests.tiers import missing

PROGRAM = Path(__file__).parents[1] / "e2e" / "dataverse_client.cjs"

pytestmark = pytest.mark.e2e


async def test_dynamics_web_api_works_on_the_sandbox(client: Client) -> None:
    lacking = what_is_missing()
    if lacking:
        missing(lacking)
    process = await asyncio.create_subprocess_exec(
        "node",
        str(PROGRAM),
        env={**os.environ, "DATAVERSE_URL": str(client.make_url("/sandbox/")), "NODE_MODULES": str(node_modules())},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    told, _ = await asyncio.wait_for(process.communicate(), 60)
    assert process.returncode == 0, told.decode()
