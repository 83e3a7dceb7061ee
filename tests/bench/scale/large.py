"""A PostgreSQL database of a large organization, filled by the database itself."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.posted_cards import CardKind
from bot.domain.values import ChatId, EnvironmentId, RecordRef
from bot.store.codecs import CARD_CONTENTS
from bot.store.tables import decision, inbox, microseconds, outbox
from tests.bench.kept import open_store
from tests.contract.samples import LIVE_CARD

RETENTION = timedelta(days=30)
RECORDS_SHARE = 5
"""Connections of a record."""
_CHAT = "'19:' || {n} || '@thread.v2'"
_COLUMNS = '[{"name": "prioritycode", "old": 1, "new": 2, "has_values": true, "old_is_known": true}]'
_AUTHORS = '{"people": ["u1"], "integrations": [], "on_own_card": false}'
_EVENT = (
    '{"key": "e", "record": ["contoso", "incident", "row 1"], "at": "2026-11-21T10:20:30Z", "changed_by": "u1", '
    '"changes": [{"column": "prioritycode", "new": {"raw": 2, "text": "Normal"}, "old": {"raw": 1, "text": "High"}}]}'
)
_CONTENT = json.dumps(CARD_CONTENTS[CardKind.LIVE].encode(LIVE_CARD.content))
_ROW = '{"state": 0, "version": "1", "members": ["u1", "u2", "u3"], "modified_on": null, "modified_by": "u1"}'


@dataclass(frozen=True, slots=True)
class Size:
    """The rows of a database."""

    connections: int
    decisions: int

    @property
    def records(self) -> int:
        """Return the number of records."""
        return max(1, self.connections // RECORDS_SHARE)


LARGE = Size(connections=1_000_000, decisions=10_000_000)
ROWS_AT_MOST, PAGES_AT_MOST = 20_000, 200_000
"""A statement that looks at more rows without an index, or reads more pages of 8 KiB, is a finding.

The search over all 10,000 subscriptions reads 172,500 pages if it cancels a third of them.
"""


def chat_of(number: int) -> ChatId:
    """Return the ID of a chat."""
    return ChatId(f"19:{number}@thread.v2")


def record_of(number: int) -> RecordRef:
    """Return a record that has connections."""
    return RecordRef(environment=EnvironmentId("contoso"), table="incident", row_id=f"row {number}")


async def fill(url: str, size: Size) -> datetime:
    """Fill every table that grows, as after a month; return the time until which it reaches.

    Of ten chats, seven are synced groups, two are groups without sync, and one is a channel. A fifth of the connections
    ended. One event in a hundred thousand waits.
    """
    now = datetime.now(UTC)
    async with open_store(url) as (_, engines):
        async with engines.writing.begin() as connection:
            # References are right as they are made here, and their checks would take most of the time.
            await connection.execute(text("SET LOCAL session_replication_role = replica"))
            await connection.execute(text("SET LOCAL maintenance_work_mem = '512MB'"))
            # To build an index of many rows at once is several times as fast.
            later = [index for table in (decision, inbox, outbox) for index in table.indexes]
            for index in later:
                await connection.run_sync(index.drop)
            for statement, rows in _statements(size):
                await _insert(connection, statement, rows, now)
            for index in later:
                await connection.run_sync(index.create)
        async with engines.writing.connect() as connection:
            await connection.execution_options(isolation_level="AUTOCOMMIT")
            await connection.execute(text("VACUUM ANALYZE"))
    return now


async def sizes(url: str) -> list[str]:
    """Return the rows and bytes of each large table, with its indexes."""
    query = """
    SELECT relname, reltuples::bigint AS rows, pg_table_size(oid) AS bytes, pg_indexes_size(oid) AS index_bytes
    FROM pg_class WHERE relkind = 'r' AND reltuples >= 1000 AND relnamespace = 'public'::regnamespace ORDER BY 2 DESC
    """
    async with open_store(url) as (_, engines), engines.reading.connect() as connection:
        found = (await connection.execute(text(query))).all()
    return [
        f"  {each.relname:16} {each.rows:9} rows, {each.bytes / each.rows:5.0f} + {each.index_bytes / each.rows:4.0f}"
        f" bytes of indexes, {(each.bytes + each.index_bytes) / 1e6:7.0f} MB"
        for each in found
    ]


async def _insert(connection: AsyncConnection, statement: str, rows: int, now: datetime) -> None:
    at, month = microseconds(now), RETENTION // timedelta(microseconds=1)
    # The oldest row is 29.9 days old, so that nothing is pruned yet.
    values = statement.format(
        chat=_CHAT.format(n="i"),
        i_at=f"({at} - ({rows} - i) * ({month}::bigint * 997 / 1000 / {max(rows, 1)}))",
        now=at,
        content=_CONTENT,
        rows=max(rows, 1),
    )
    await connection.exec_driver_sql(values)


def _statements(size: Size) -> list[tuple[str, int]]:
    """Return the statements in the order of the references, with their numbers of rows."""
    connections, decisions = size.connections, size.decisions
    events, cards = max(decisions // 5, 1000), max(decisions // 10, 1000)
    return [
        (_chats(), connections),
        (_connections(connections), connections),
        (_of_series("chat_activity", _ACTIVITY, "i % 10 < 7"), connections),
        (_of_series("sync_job", _SYNC, "i % 10 < 7"), connections),
        (_of_series("field_value", _VALUES, "i % 5 > 0", "CROSS JOIN generate_series(1, 3) AS k"), connections),
        (_of_series("connection_rules", "i, 1, '{{}}'", "i % 10 = 0"), connections),
        (_of_series("chat_rules", "{chat}, 1, '{{}}'", "i % 10 = 1"), connections),
        (_decisions(connections), decisions),
        (_events(size.records), events),
        (_messages(connections), cards),
        (_of_series("posted_card", _CARDS, "i % 4 = 1"), connections),
        (_of_series("lane", "'outbox', {chat}, CASE WHEN i % 1000 = 0 THEN {now} END, NULL, NULL"), connections // 50),
        (_of_series("lane", "'sync', {chat}, {now}, NULL, NULL", "i % 10000 = 0"), connections),
        (_of_series("post (chat_id, at)", "{chat}, {now} - i * 1000"), connections // 10),
        (_of_series("audit", _AUDIT), cards),
        (_of_series("told_change", _TOLD), cards // 10),
        (
            _of_series("own_change", "i, {chat}, 'contoso', 'incident', 'row ' || i, 'u1', {now}, {now}"),
            connections // 100,
        ),
        (_of_series("subscription", _SUBSCRIPTION), min(10_000, connections // 10)),
        (
            _of_series("pane_session", "md5(i::text), 'o' || i, 't', 'teams', {now}, {now}, {now}, {now}"),
            connections // 50,
        ),
        (
            _of_series("open_pane", "md5(i::text), 'o' || i, 'contoso', 'incident', 'row ' || i, {now}"),
            connections // 200,
        ),
        (_of_series("targeted_answer", "md5(i::text), {now}"), connections // 100),
        (_of_series("targeted_refusal", "{chat}, {now}"), connections // 100),
        (_of_series("mention_opt_out", "'a', 'o' || i"), connections // 100),
        (_ENVIRONMENT, 1),
        (_SEQUENCES, 1),
    ]


def _of_series(table: str, values: str, condition: str = "true", more: str = "") -> str:
    return (
        f"INSERT INTO {table} SELECT {values} FROM generate_series(1, {{rows}}::bigint) AS i {more} WHERE {condition}"  # noqa: S608 - every part of it stands here
    )


def _chats() -> str:
    kind, team = "CASE WHEN i % 10 = 9 THEN 'channel' ELSE 'group' END", "CASE WHEN i % 10 = 9 THEN 't' || i / 100 END"
    looked = "CASE WHEN i % 10 < 7 THEN {now} - (i % 21000) * 1000000::bigint END"
    return _of_series(
        "chat (id, kind, channel, tenant_id, service_url, bot_id, bot_name, bot_present, team_id, topic, looked_at)",
        f"{{chat}}, {kind}, 'msteams', 'a', 'http://127.0.0.1/', 'b', 'c', true, {team}, 'Pump ' || i, {looked}",
    )


def _connections(connections: int) -> str:
    values = (
        "i, md5(i::text), {chat}, 'contoso', CASE WHEN i % 20 < 15 THEN 'incident' ELSE 'account' END, "
        f"'row ' || i / {RECORDS_SHARE}, 'Pump vibrates', 'c', 'Adele Vance', {{now}} - ({connections} - i) * 1000, "
        "CASE WHEN i % 5 = 0 THEN {i_at} END, CASE WHEN i % 5 = 0 THEN 'c' END"
    )
    columns = (
        'id, public_id, chat_id, environment, "table", row_id, record_name, connector_id, connector_name, '
        "connected_at, ended_at, ended_by_id"
    )
    return _of_series(f"connection ({columns})", values)


def _decisions(connections: int) -> str:
    number = f"(1 + i % {connections})"
    held = "i > {rows} - 10000 AND i % 2 = 0"
    values = (
        f"{number}, {_CHAT.format(n=number)}, {{i_at}}, "
        f"CASE WHEN {held} THEN 'held' WHEN i % 10 < 6 THEN 'posted' ELSE 'skipped' END, 'every change', "
        f"'{_braced(_COLUMNS)}', '{_braced(_AUTHORS)}', false, CASE WHEN {held} THEN {{now}} + i % 1000 END"
    )
    return _of_series("decision (connection_id, chat_id, at, outcome, reason, columns, authors, news, due_at)", values)


def _events(records: int) -> str:
    waits = "i % 100000 = 0"
    lane = f'\'["contoso", "incident", "row \' || i % {records} || \'"]\''
    values = (
        f"'event ' || i, {lane}, '{_braced(_EVENT)}', md5(i::text), {{i_at}}, {{i_at}}, "
        f"CASE WHEN {waits} THEN 'waiting' ELSE 'done' END, 0, CASE WHEN NOT {waits} THEN {{i_at}} END"
    )
    return _of_series("inbox (key, lane, body, correlation_id, received_at, due_at, state, attempts, done_at)", values)


def _messages(connections: int) -> str:
    number, waits = f"(1 + i % {connections})", "i % 100000 = 0"
    state = f"CASE WHEN {waits} THEN 'waiting' WHEN i % 100000 = 1 THEN 'parked' ELSE 'done' END"
    values = (
        f"'card ' || i, {_CHAT.format(n=number)}, CASE WHEN i % 4 > 0 THEN {number} END, 'body', md5(i::text), "
        f"{{i_at}}, {{i_at}}, {state}, 0, CASE WHEN NOT {waits} THEN {{i_at}} END"
    )
    columns = "key, lane, connection_id, body, correlation_id, received_at, due_at, state, attempts, done_at"
    return _of_series(f"outbox ({columns})", values)


def _braced(text: str) -> str:
    return text.replace("{", "{{").replace("}", "}}")


_ACTIVITY = f"i, 'activity ' || i, 'c', {{now}}, '{_braced(_ROW)}', '{{{{\"o1\": \"u1\"}}}}', 0, NULL, NULL, {{now}}"
_SYNC = "i, {chat}, 1, false, '', {now}, {now}, CASE WHEN i % 10000 = 0 THEN 'waiting' ELSE 'done' END, 0, NULL, {now}"
_VALUES = "i, 'column' || k, '2', 'High', {now}, NULL, 0"
_CARDS = (
    "i, {chat}, CASE WHEN i % 8 = 1 THEN i END, CASE WHEN i % 8 = 1 THEN 'live' ELSE 'summary' END, "
    "'1', '{content}', 1, NULL, NULL, {i_at}, {i_at}, {i_at}, CASE WHEN i % 16 = 5 THEN {i_at} END"
)
_AUDIT = "i, {i_at}, 'connect', 'c', 'Adele Vance', {chat}, 'contoso', 'incident', 'row ' || i, '{{}}'"
_TOLD = "i, 'told ' || i, {chat}, 'contoso', 'incident', 'row ' || i, {i_at}, '[]', '[]', '[]', '[]', {i_at}"
_SUBSCRIPTION = "'chat ' || {chat}, {chat}, true, 's' || i, {now} + 1, 'f', false, NULL, {now} + i * 1000000, NULL"
_ENVIRONMENT = """
INSERT INTO environment (id, chats_on, allowed_roles, sync_on, sync_idle_days, mirror_chats, version)
VALUES ('contoso', true, '[]', true, 0, false, 0)
"""
_SEQUENCES = """
DO $$ DECLARE name text; BEGIN
  FOREACH name IN ARRAY ARRAY['connection', 'sync_job', 'posted_card', 'audit', 'told_change', 'own_change'] LOOP
    EXECUTE format('SELECT setval(pg_get_serial_sequence(%L, ''id''), max(id)) FROM %I', name, name);
  END LOOP;
END $$
""".replace("{", "{{").replace("}", "}}")
