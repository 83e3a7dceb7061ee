"""The image, built from its Dockerfile: what it contains, how it starts, and that a stop loses and repeats no card."""

import asyncio
import re
import subprocess
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from aiohttp import ClientSession
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from sqlalchemy import String, cast, func, select

from bot.domain.jobs import JobKind
from bot.store.tables import PENDING, inbox, outbox
from tests.fakes.connector import FakeConnector
from tests.patience import until
from tests.process.bot_process import ROOT
from tests.process.container import Container, Image, built_image
from tests.process.load import Figures
from tests.process.many_cards import CASES, CHATS, EVERYTHING, connect_all, count, let_in, told
from tests.steps.priorities import HIGH
from tests.tcp_ports import free_port

pytestmark = [pytest.mark.full, pytest.mark.timeout(1800)]

POST_S = 2.0
"""Time of a post: long enough that others wait, and less than workers wait for posts when the process stops."""
START_CPU_S = 3.0
COPIED = "app.py", "LICENSE", "bot", "cards", "manifest"
REQUIREMENTS = ROOT / "docs/deploy/requirements.txt"
LIST = "import importlib.metadata as m; print(*sorted({d.name.lower() for d in m.distributions()}))"


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Image]:
    with built_image(tmp_path_factory.mktemp("image")) as built:
        yield built


@pytest.fixture
def data(image: Image, tmp_path: Path) -> Path:
    return image.data_folder(tmp_path / "data")


@pytest.fixture
async def connector() -> AsyncIterator[FakeConnector]:
    async with FakeConnector().running() as running:
        let_in(running)
        yield running


@pytest.fixture
async def container(image: Image, data: Path, tmp_path: Path, database_url: str) -> AsyncIterator[Container]:
    """Return a container with the sandbox, and SQLite in its volume or PostgreSQL."""
    settings = {"HOST": "127.0.0.1", "PORT": str(free_port()), "CHATSYNC_COALESCE_S": "0.5"}
    if not database_url.startswith("sqlite"):
        settings["CHATSYNC_DATABASE_URL"] = database_url
    async with ClientSession() as session:
        made = Container(tmp_path, settings, session, image=image)
        try:
            yield made
        finally:
            if made.process:
                made.kill()


def test_the_image_contains_the_packages_of_production_and_no_tools(
    image: Image, data: Path, record_testsuite_property: Figures
) -> None:
    lines = re.findall(r"^\w[^\\\n]+", REQUIREMENTS.read_text(encoding="utf-8"), flags=re.MULTILINE)
    pinned = [Requirement(line) for line in lines]
    here = {canonicalize_name(each.name) for each in pinned if each.marker is None or each.marker.evaluate()}
    listed = image.run(data, {}, "python3", "-c", LIST).stdout.split()
    assert len(here) > 40
    assert {canonicalize_name(name) for name in listed} == here
    for program in ("pip", "pip3", "gcc", "cc", "make", "git", "curl", "uv"):
        assert image.run(data, {}, "which", program).returncode == 1, program
    record_testsuite_property("bytes of the image without its base", image.size)


@pytest.mark.parametrize("path", ["/app/x", "/app/bot/x.py", "/opt/chat-sync/x", "/etc/x", "/x", "/data/x", "/tmp/x"])  # noqa: S108
def test_only_the_volume_and_the_temporary_folder_are_writable(image: Image, data: Path, path: str) -> None:
    wrote = image.run(data, {}, "touch", path)
    assert (wrote.returncode == 0) == path.startswith(("/data/", "/tmp/")), wrote.stderr  # noqa: S108


def test_every_file_can_be_read_and_none_is_missing(image: Image, data: Path) -> None:
    unreadable = image.run(data, {}, "find", "/app", "/opt/chat-sync", "!", "-readable")
    assert (unreadable.stdout, unreadable.returncode) == ("", 0)
    listed = subprocess.run(["git", "ls-files", *COPIED], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    copied = image.run(data, {}, "find", "/app", "-type", "f", "!", "-name", "*.pyc").stdout
    assert {line.removeprefix("/app/") for line in copied.splitlines()} >= set(listed.splitlines())
    assert "bot/languages/locale/de/LC_MESSAGES/chatsync.mo" in listed


def test_without_settings_it_says_what_is_missing(image: Image, data: Path) -> None:
    refused = image.run(data, {}, *image.config["Entrypoint"])
    assert refused.returncode == 2
    assert "MicrosoftAppId: required to accept connections from other machines" in refused.stderr


def test_a_settings_file_in_the_volume_is_read(image: Image, data: Path) -> None:
    (data / ".env").write_text("HOST=127.0.0.1\nPORT=nonsense\n", encoding="utf-8")
    (data / ".env").chmod(0o644)
    refused = image.run(data, {"PORT": ""}, *image.config["Entrypoint"])
    assert refused.returncode == 2
    assert refused.stderr.splitlines()[1].startswith("PORT: ")


async def search_ended(url: str, number: int) -> None:
    """Wait until this many searches for missed changes have ended; one begins seconds after each start.

    In the middle of a test, a search would report what events report too.
    """
    took_values = cast(inbox.c.body, String).like(f"%{JobKind.TAKE_VALUES}%")
    searches = select(func.count()).select_from(inbox).where(took_values)
    pending = select(func.count()).select_from(inbox).where(inbox.c.state == PENDING)

    async def has_ended() -> bool:
        return await count(url, searches) >= number and await count(url, pending) == 0

    await until(has_ended)


async def test_asked_to_stop_it_loses_and_repeats_no_card(
    container: Container, connector: FakeConnector, record_testsuite_property: Figures
) -> None:
    begun = time.monotonic()
    await container.start()
    figures = {"seconds to the first start": time.monotonic() - begun, "of them on the processor": container.cpu_s()}
    assert container.is_healthy()
    url = container.settings.get("CHATSYNC_DATABASE_URL", f"sqlite+aiosqlite:///{container.data}/chatsync.db")
    await search_ended(url, 1)
    await connect_all(container, connector)
    connector.latency_s = POST_S
    for case in CASES:
        await container.save(case, {"prioritycode": HIGH})
    cards = select(func.count()).select_from(outbox).where(outbox.c.key.like("key fields%"))

    async def all_are_queued() -> bool:
        return await count(url, cards) == len(EVERYTHING)

    await until(all_are_queued)
    await connector.arrived(CHATS[0], 1)
    begun = time.monotonic()
    assert await asyncio.to_thread(container.stop) == 0
    figures["seconds to a stop with posts in progress"] = time.monotonic() - begun
    waiting = cards.where(outbox.c.state == PENDING)
    # What was in progress is stored, and what waited still waits.
    assert await count(url, waiting) == len(EVERYTHING) - told(connector).total()
    assert 0 < told(connector).total() < len(EVERYTHING)
    assert not container.is_healthy()
    connector.latency_s = 0
    begun = time.monotonic()
    await container.start()
    figures |= {"seconds to the next start": time.monotonic() - begun, "of them too": container.cpu_s()}
    await search_ended(url, 2)

    async def nothing_waits() -> bool:
        return await count(url, select(func.count()).select_from(outbox).where(outbox.c.state == PENDING)) == 0

    await until(nothing_waits)
    assert told(connector) == EVERYTHING
    begun = time.monotonic()
    assert await asyncio.to_thread(container.stop) == 0
    figures["seconds to an idle stop"] = time.monotonic() - begun
    assert "Traceback" not in container.log
    for name, value in figures.items():
        record_testsuite_property(f"{url.partition(':')[0]}: {name}", round(value, 2))
    # The time on the clock depends on the machine and its load.
    assert max(figures["of them on the processor"], figures["of them too"]) < START_CPU_S
