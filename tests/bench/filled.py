"""Stores with many connections, filled by the database itself."""

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.values import EnvironmentId, RecordRef
from tests.bench.kept import open_store

RECORDS_SHARE = 5
"""Chats of a record; a chat has one record."""

_NUMBERS = "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < :last)"
_CHAT = "'19:' || CAST(i AS TEXT) || '@thread.v2'"
_CHATS = f"""
INSERT INTO chat (id, kind, channel, tenant_id, service_url, bot_id, bot_name, bot_present)
{_NUMBERS}
SELECT {_CHAT}, 'group', 'msteams', 'a', 'http://127.0.0.1/', 'b', 'c', true FROM n
"""  # noqa: S608 - every part of it stands above
_CONNECTIONS = f"""
INSERT INTO connection
  (public_id, chat_id, environment, "table", row_id, record_name, connector_id, connector_name, connected_at)
{_NUMBERS}
SELECT CAST(i AS TEXT), {_CHAT}, 'contoso', 'incident', 'row ' || CAST(i / {RECORDS_SHARE} AS TEXT),
  'Pump', 'c', 'Adele Vance', 0
FROM n
"""  # noqa: S608 - as above
_CARDS = f"""
INSERT INTO outbox ("key", lane, body, correlation_id, received_at, due_at, state, attempts)
{_NUMBERS}
SELECT 'done ' || CAST(i AS TEXT), {_CHAT}, '', '', 0, 0, 'done', 0 FROM n
"""  # noqa: S608 - as above
_EVENTS = _CARDS.replace("outbox", "inbox").replace("'', '',", "'{}', '',")
_POSTS = f"INSERT INTO post (chat_id, at) {_NUMBERS} SELECT {_CHAT}, 0 FROM n"  # noqa: S608 - as above
_VALUES = f"""
INSERT INTO field_value (connection_id, "column", at)
{_NUMBERS}
SELECT i + 1, 'prioritycode', 0 FROM n
"""  # noqa: S608 - as above

_LANES = f"""
INSERT INTO lane (queue, name, due_at)
{_NUMBERS}
SELECT 'outbox', {_CHAT}, CASE WHEN i % 100 = 0 THEN 1 END FROM n
"""  # noqa: S608 - as above

_LIVE_CARDS = f"""
INSERT INTO posted_card (chat_id, connection_id, kind, content, version, changed_at)
{_NUMBERS}
SELECT {_CHAT}, i + 1, 'live', '{{}}', 1, 0 FROM n
"""  # noqa: S608 - as above

_HISTORY = (_CARDS, _EVENTS, _POSTS, _VALUES, _LANES, _LIVE_CARDS)


def chat_name(number: int) -> str:
    """Return the ID of a chat."""
    return f"19:{number}@thread.v2"


def record_of(number: int) -> RecordRef:
    """Return a record that has connections."""
    return RecordRef(environment=EnvironmentId("contoso"), table="incident", row_id=f"row {number}")


async def fill(url: str, connections: int, *, history: bool = False) -> None:
    """Create this many connections and, if requested, as many rows in every other table that grows."""
    async with open_store(url) as (_, engines):
        async with engines.writing.begin() as connection:
            for statement in (_CHATS, _CONNECTIONS, *(_HISTORY if history else ())):
                await _filled(connection, statement, connections)
        if engines.writing.dialect.name == "postgresql":
            async with engines.writing.connect() as connection:
                await connection.execution_options(isolation_level="AUTOCOMMIT")
                await connection.execute(text("VACUUM ANALYZE"))


async def _filled(connection: AsyncConnection, statement: str, rows: int) -> None:
    await connection.execute(text(statement), {"last": rows - 1})
