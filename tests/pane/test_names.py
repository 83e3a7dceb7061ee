"""Hostile names in the pane: long, right to left, and with markup."""

import pytest

from bot.domain.errors import NotFound
from bot.languages.translator import ENGLISH
from bot.pane.display_values import MAX_NAME
from bot.pane.responses import error_values
from bot.pane.view_values import record_value
from bot.store.tables import connection, record_type
from cards.record import RecordHeader
from cards.text import isolate
from tests.steps.members import create_chat
from tests.steps.pane import case, error_of, open_pane, rows
from tests.wire.people import ADELE, ALEX, MEGAN
from tests.wire.world import World

pytestmark = pytest.mark.one_database

MARKUP = '<img src=x onerror="alert(1)">{{7*7}}</script>&amp;'
NAMES = (
    (MARKUP, MARKUP),
    ("\u202egnp.exe\u2066 \u200b\x07", "gnp.exe"),
    ("\u0645\u0636\u062e\u0629 \u200f(1)", "\u0645\u0636\u062e\u0629 (1)"),
    ("a\nb\tc", "a b c"),
    ("\U0001f468\u200d\U0001f527 pump", "\U0001f468\u200d\U0001f527 pump"),
    ("x" * 400, "x" * 400),
)


@pytest.mark.parametrize(("given", "shown"), NAMES, ids=["markup", "direction", "arabic", "lines", "emoji", "long"])
async def test_hostile_names_leave_as_plain_text(world: World, given: str, shown: str) -> None:
    chat = await create_chat(world)
    row = next(each for each in world.teams.chats() if each.id == chat)
    async with world.teams.store.transaction() as transaction:
        transaction.update(row, {"topic": given})
    await world.change({"title": given[:200]}, by=ADELE, told=False)
    async with world.engines.writing.begin() as begun:
        await begun.execute(connection.update().values(connector_name=given))
    page, record = await open_pane(world, MEGAN), await case(world)
    view = await page.view(record)
    (found,) = rows(view, "connected")
    assert found["name"] == shown
    assert view["record"]["name"] == shown[:200]
    assert found["facts"][0]["text"].startswith(f"Connected by {isolate(shown)} (")
    (found,) = rows(await page.view(), "myChats")
    assert (found["name"], found["records"][0]["name"]) == (shown, shown[:200])
    (found,) = rows(await page.view(record, tab="timeline"), "timeline")
    assert found["name"] == shown
    # The key tells rows apart, and contains the name.
    assert len(found["key"]) <= MAX_NAME
    assert not set("\u202e\u2066\u200b\x07\n\t") & set(found["key"])
    await world.settle()
    world.connector.posts.clear()


async def test_names_in_errors_leave_as_plain_text(world: World) -> None:
    """The name of a person or of a record must not turn the words of the sentence around it."""
    await create_chat(world, "Pump", "CAS-01001")
    hostile, shown = "\u202eeve\u2066\x07", "eve"
    async with world.engines.writing.begin() as begun:
        await begun.execute(connection.update().values(connector_name=hostile))
        await begun.execute(record_type.update().values(join=False))
    await world.restart()
    page, record = await open_pane(world, ALEX), await case(world)
    (row,) = rows(await page.view(record), "connected")
    status, body = await page.send("join", {"connection": row["connection"]})
    assert (status, error_of(body)[1]) == (
        403,
        f"Ask {shown}, who connected the chat, or your administrator.",
    )
    hidden = error_values(ENGLISH, NotFound("{record} is gone.", f"Ask {hostile}.", record=hostile))
    assert hidden == {"kind": "notFound", "text": f"{shown} is gone.", "nextStep": f"Ask {shown}."}
    await world.settle()


@pytest.mark.parametrize(
    ("url", "is_link"),
    [
        ("https://teams.microsoft.com/l/chat/19%3Aa/0", True),
        ("http://127.0.0.1:8080/sandbox", True),
        ("http://localhost/sandbox", True),
        ("http://teams.microsoft.com/l/chat/19%3Aa/0", False),
        ("http://127.0.0.1.evil.example/", False),
        ("http://localhost@evil.example/", False),
        ("javascript:alert(1)", False),
        ("JaVaScRiPt://127.0.0.1/%0aalert(1)", False),
        ("data:text/html,x", False),
        ("https:", False),
        ("https://[", False),
        ("//evil.example", False),
        ("", False),
    ],
)
def test_only_addresses_of_encrypted_pages_and_of_this_machine_become_links(url: str, *, is_link: bool) -> None:
    header = RecordHeader(kind="Case", name="Pump", number=None, url=url)
    assert record_value(ENGLISH, header)["url"] == (url if is_link else "")
