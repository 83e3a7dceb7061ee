"""A database that an older version has filled becomes one of this version, and nothing in it is lost."""

from collections.abc import AsyncIterator

import pytest
from alembic import command
from sqlalchemy import Connection as SqlConnection
from sqlalchemy import text

from bot.domain.record_types import Disclosure
from bot.domain.values import ChatId, ConnectionId, EnvironmentId, RecordRef
from bot.store.administration import Administration
from bot.store.engine import Engines, create_engines
from bot.store.migrate import configuration, migrate, require_up_to_date
from bot.store.unit_of_work import Store

CONTOSO = EnvironmentId("contoso")
CASE = RecordRef(environment=CONTOSO, table="incident", row_id="1")
CHAT = ChatId("19:a@thread.v2")
AT = 1_763_720_430_000_000  # microseconds

FILLED = (
    "INSERT INTO environment (id, chats_on) VALUES ('contoso', :yes)",
    """INSERT INTO record_type (environment, "table", enabled, note, note_view, auto_name, "join", owner_can_disconnect,
        connector_can_disconnect, notify, key_fields, tell_secured)
        VALUES ('contoso', 'incident', :yes, :no, 'v', :yes, :no, :yes, :no, :yes, '["title"]', :yes)""",
    """INSERT INTO chat (id, kind, channel, tenant_id, service_url, bot_id, bot_name, bot_present, introduced_at, topic)
        VALUES ('19:a@thread.v2', 'group', 'msteams', 't', 'https://x.example/', '28:b', 'Bot', :yes, :at, 'Pump')""",
    """INSERT INTO chat_member (chat_id, account_id, object_id) VALUES ('19:a@thread.v2', '29:adele', 'adele')""",
    """INSERT INTO connection (id, chat_id, environment, "table", row_id, record_name, record_number, connector_id,
        connector_name, connected_at, ended_at, ended_by_name)
        VALUES (1, '19:a@thread.v2', 'contoso', 'incident', '1', 'Pump vibrates', 'CAS-01001', 'adele', 'Adele Vance',
        :at, :at, 'Alex Wilber'),
        (2, '19:a@thread.v2', 'contoso', 'incident', '1', 'Pump vibrates', 'CAS-01001', 'megan', 'Megan Bowen',
        :at, NULL, NULL)""",
    """INSERT INTO field_value (connection_id, "column", raw, text, at) VALUES (2, 'title', '"Pump"', 'Pump', :at)""",
    """INSERT INTO lane (queue, name, due_at) VALUES ('outbox', '19:a@thread.v2', :at)""",
    """INSERT INTO outbox (id, key, lane, connection_id, body, correlation_id, received_at, due_at, state, attempts)
        VALUES (1, 'k', '19:a@thread.v2', 2, :body, 'c', :at, :at, 'waiting', 0)""",
    """INSERT INTO audit (id, at, act, person_id, person_name, chat_id, environment, "table", row_id, details)
        VALUES (1, :at, 'connect', 'adele', 'Adele Vance', '19:a@thread.v2', 'contoso', 'incident', '1', '{}')""",
)
"""What the first version kept of a chat, in its own words."""


def fill(connection: SqlConnection) -> None:
    """Makes the tables of the first version, with something in each of those that matter."""
    command.upgrade(configuration(connection), "0001")
    for statement in FILLED:
        known = {"yes": True, "no": False, "at": AT, "body": b'{"type":"message"}'}
        connection.execute(text(statement), {name: value for name, value in known.items() if f":{name}" in statement})


@pytest.fixture
async def engines(empty_database_url: str) -> AsyncIterator[Engines]:
    """A database as the first version left it, brought up to date."""
    made = create_engines(empty_database_url)
    async with made.writing.begin() as connection:
        await connection.run_sync(fill)
    await migrate(made.writing)
    await require_up_to_date(made.writing)
    yield made
    await made.close()


async def test_chats_connections_and_what_they_were_told_are_there(engines: Engines) -> None:
    async with Store(engines, lambda _: None).reading() as work:
        chat = await work.chats.get(CHAT)
        (live,) = await work.connections.for_record(CASE)
        history = await work.timeline.for_record(CASE, offset=0, at_most=10)
        known = await work.reported_values.for_connections([ConnectionId(2)])
    assert chat
    assert (chat.bot_name, chat.bot_present) == ("Bot", True)
    assert (live.id, live.connector_name, live.record_number) == (2, "Megan Bowen", "CAS-01001")
    assert [(each.connection.id, each.ended_by_name, each.topic) for each in history] == [
        (2, "", "Pump"),
        (1, "Alex Wilber", "Pump"),
    ]
    assert known[ConnectionId(2)]["title"].raw == "Pump"


async def test_what_waited_to_be_sent_still_waits(engines: Engines) -> None:
    async with Store(engines, lambda _: None).reading() as work:
        heads = await work.outbox.next_messages([CHAT], {})
    assert heads[CHAT].activity == b'{"type":"message"}'


async def test_settings_hold_as_they_did_and_new_ones_have_their_defaults(engines: Engines) -> None:
    administration = Administration(engines)
    await administration.initialize({CONTOSO: False})
    settings = await administration.settings(CONTOSO)
    case = settings.record_type("incident")
    assert settings.organization.chats_on
    assert not settings.organization.sync_on
    assert (case.note, case.note_view, case.auto_name, case.join, case.key_fields) == (
        False,
        "v",
        True,
        False,
        ("title",),
    )
    assert (case.disclosure, case.leave_out_secured) == (Disclosure.NAME, False)
