"""Databases of earlier versions migrate to this version, and their rows decode to the values that were stored."""

import json
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import fields, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import JSON, String, Table, cast, select
from sqlalchemy import Connection as SqlConnection

from bot.domain.key_fields import ReportedValue
from bot.domain.notifications.history import NewDecision, StoredDecision
from bot.domain.notifications.rules import Versioned
from bot.domain.outgoing_messages import Subject, Switch
from bot.domain.posted_cards import ReportedBefore
from bot.domain.queue_states import Queue
from bot.domain.values import ChatId
from bot.store import tables
from bot.store.administration import Administration
from bot.store.engine import Engines, create_engines
from bot.store.lanes import job_lane, record_lane
from bot.store.migrate import migrate, newest_revision, require_up_to_date
from bot.store.tables import metadata, outbox
from bot.store.unit_of_work import Store
from tests.contract import samples
from tests.contract.dump import FOLDER, fill_new, restore

REVISIONS = sorted(file.name.partition(".")[0] for file in FOLDER.glob("*.sqlite.sql"))
JSON_COLUMNS = [
    (table, column.name) for table in metadata.sorted_tables for column in table.c if isinstance(column.type, JSON)
]


def dump_of(revision: str, url: str) -> str:
    kind = "sqlite" if url.startswith("sqlite") else "postgresql"
    return Path(FOLDER, f"{revision}.{kind}.sql").read_text(encoding="utf-8")


@pytest.fixture(params=REVISIONS)
async def engines(request: pytest.FixtureRequest, empty_database_url: str) -> AsyncIterator[Engines]:
    """Return a database that an earlier revision created, migrated to this version."""
    await restore(empty_database_url, dump_of(request.param, empty_database_url))
    made = create_engines(empty_database_url)
    await migrate(made.writing)
    await require_up_to_date(made.writing)
    yield made
    await made.close()


Check = Callable[[Engines, Store], Awaitable[None]]
CHECKS: list[tuple[str, Check]] = []
"""Checks of the rows, each with the first revision that has them. They share a database, in this order."""


def check(since: str = "") -> Callable[[Check], Check]:
    """Add a check of the rows that every dump since this revision has."""

    def add(function: Check) -> Check:
        CHECKS.append((since, function))
        return function

    return add


async def test_rows_of_earlier_revisions_are_as_stored(engines: Engines, request: pytest.FixtureRequest) -> None:
    revision = request.node.callspec.params["engines"]
    for since, function in CHECKS:
        if revision >= since:
            await function(engines, Store(engines, lambda _: None))


def test_this_revision_has_a_dump_for_each_database() -> None:
    assert {f"{newest_revision()}.sqlite.sql", f"{newest_revision()}.postgresql.sql"} <= {
        file.name for file in FOLDER.iterdir()
    }


@check()
async def the_tables_are_those_of_the_code(engines: Engines, store: Store) -> None:
    def differences(connection: SqlConnection) -> list[object]:
        return list(compare_metadata(MigrationContext.configure(connection), metadata))

    async with engines.reading.begin() as connection:
        assert await connection.run_sync(differences) == []


@check()
async def chats_and_connections_are_as_stored(engines: Engines, store: Store) -> None:
    async with store.reading() as work:
        assert await work.chats.get_many([samples.CHAT.id, samples.CHANNEL.id]) == {
            samples.CHAT.id: samples.CHAT,
            samples.CHANNEL.id: samples.CHANNEL,
        }
        live, paused = await work.connections.for_record(samples.CASE)
        history = await work.timeline.for_record(samples.ACCOUNT, offset=0, at_most=10)
    assert (live.id, live.record_number, live.connected_at) == (samples.LIVE, "CAS-01001", samples.EXACT)
    assert (paused.id, paused.paused_at, paused.paused_reason) == (samples.PAUSED, samples.AT, "The bot was removed.")
    assert [(each.connection.id, each.ended_at, each.topic) for each in history] == [
        (samples.ENDED, samples.LATER, "Pump")
    ]


@check()
async def every_connection_has_a_random_id(engines: Engines, store: Store) -> None:
    async with engines.reading.begin() as connection:
        ids = (await connection.execute(select(tables.connection.c.public_id))).scalars().all()
    assert len(ids) == len(set(ids)) == 3
    assert all(re.fullmatch("[0-9a-f]{32}", each) for each in ids)


@check(since="0015")
async def keys_and_organizations_are_as_stored(engines: Engines, store: Store) -> None:
    async with store.writing() as work:
        (key,) = await work.signing_keys.valid(samples.AT)
        assert key == await work.signing_keys.current(samples.AT)
        assert await work.organizations.get(samples.CONTOSO) == samples.ORGANIZATION


@check(since="0018")
async def rules_and_decisions_are_as_stored(engines: Engines, store: Store) -> None:
    async with store.reading() as work:
        chats = await work.notification_rules.chats.get_many([samples.CHAT.id, samples.CHANNEL.id])
        connections = await work.notification_rules.connections.get_many([samples.LIVE, samples.PAUSED])
        held, posted = await work.decisions.latest(samples.LIVE, at_most=9)
        assert [each.id for each in await work.decisions.open_in_chat(samples.CHAT.id)] == [held.id]
    (rules,) = chats.values()
    assert replace(rules.rules, language=None) == replace(samples.CHAT_RULES, language=None)
    assert (list(chats), rules.version) == ([samples.CHAT.id], 1)
    assert connections == {samples.LIVE: Versioned(version=1, rules=samples.CONNECTION_RULES)}
    assert posted == StoredDecision(**fields_of(samples.POSTED), id=posted.id)
    assert held == StoredDecision(**fields_of(samples.HELD), id=held.id)


@check(since="0027")
async def the_language_of_a_chat_is_as_stored(engines: Engines, store: Store) -> None:
    async with store.reading() as work:
        chats = await work.notification_rules.chats.get_many([samples.CHAT.id])
    assert chats[samples.CHAT.id].rules.language == samples.CHAT_RULES.language == "pt-BR"


@check(since="0022")
async def people_who_opted_out_of_mentions_are_as_stored(engines: Engines, store: Store) -> None:
    tenant, person = samples.OPTED_OUT
    async with store.reading() as work:
        assert await work.mention_opt_outs.find(tenant, [person, samples.ADELE]) == {person}
        assert await work.mention_opt_outs.find("another", [person]) == frozenset()


async def test_choices_about_mentions_move_from_the_rules_of_chats_to_their_people(empty_database_url: str) -> None:
    await restore(empty_database_url, dump_of("0021", empty_database_url))
    made = create_engines(empty_database_url)
    async with made.writing.begin() as connection:
        rules = dict((await connection.execute(select(tables.chat_rules.c.rules))).scalar_one())
        opted_out = {**rules, "unmentioned": [samples.MEGAN, samples.ADELE]}
        await connection.execute(tables.chat_rules.update().values(rules=opted_out))
        both = {"mention_owner": True, "locked_rules": ["mention_owner"]}
        await connection.execute(tables.record_type.update().values(notifications=both))
    await migrate(made.writing)
    async with made.reading.begin() as connection:
        rows = (await connection.execute(select(tables.mention_opt_out))).all()
        rules = (await connection.execute(select(tables.chat_rules.c.rules))).scalar_one()
    assert {tuple(row) for row in rows} == {(samples.CHAT.tenant_id, each) for each in (samples.MEGAN, samples.ADELE)}
    assert "unmentioned" not in rules
    administration = Administration(made)
    await administration.initialize({samples.CONTOSO: False})
    record_type = (await administration.settings(samples.CONTOSO)).record_types["incident"]
    assert (record_type.mention_new_owner, record_type.mention_owner) == (True, True)
    assert record_type.locked_rules == ("mention_owner", "mention_new_owner")
    await made.close()


@check(since="0020")
async def cards_that_are_edited_are_as_stored(engines: Engines, store: Store) -> None:
    async with store.reading() as work:
        live, summary = await work.posted_cards.get(1), await work.posted_cards.get(2)
        jobs = await work.inbox.pending([job_lane(samples.CARD_JOB)])
        assert await work.outbox.has_pending_card(samples.CHANNEL.id, 2)
    assert live
    assert summary
    assert live.content == samples.LIVE_CARD.content
    assert typed_before(live.reported_before) == typed_before(samples.LIVE_CARD.reported_before)
    assert (live.version, live.due_at, live.activity_id) == (1, samples.LATER, None)
    assert (summary.content, summary.activity_id, summary.due_at) == (samples.SUMMARY_CARD.content, "1:1", None)
    assert jobs[job_lane(samples.CARD_JOB)].job == samples.CARD_JOB


@check(since="0023")
async def a_card_that_sums_up_is_as_stored(engines: Engines, store: Store) -> None:
    async with store.reading() as work:
        card = await work.posted_cards.get(3)
    assert card
    assert (card.content, card.kind) == (samples.CATCH_UP_CARD.content, samples.CATCH_UP_CARD.kind)
    assert (card.chat_id, card.due_at, card.ended_at) == (samples.CHAT.id, None, samples.AT)


@check(since="0023")
async def what_is_known_of_private_answers_is_as_stored(engines: Engines, store: Store) -> None:
    before = samples.AT - timedelta(microseconds=1)
    async with store.reading() as work:
        known = work.private_answers
        assert await known.has_refused(samples.CHANNEL.id, after=before)
        assert not await known.has_refused(samples.CHAT.id, after=before)
        assert await known.was_answered(samples.REQUEST, after=before)
        assert not await known.was_answered(samples.REQUEST, after=samples.AT)


@check(since="0024")
async def a_session_of_the_pane_is_as_stored(engines: Engines, store: Store) -> None:
    async with store.reading() as work:
        assert await work.pane_sessions.get(samples.SESSION) == samples.PANE_SESSION


@check(since="0026")
async def a_record_that_is_open_in_a_pane_is_as_stored(engines: Engines, store: Store) -> None:
    before, at = samples.EXACT - timedelta(microseconds=1), samples.EXACT
    async with store.reading() as work:
        panes = work.pane_state.panes
        own = await panes(samples.CASE, samples.SESSION, samples.ADELE, after=before)
        assert own == (samples.OPEN_PANE, [])
        assert await panes(samples.CASE, "another", samples.MEGAN, after=before) == (None, [samples.ADELE])
        assert await panes(samples.CASE, "another", samples.MEGAN, after=at) == (None, [])
        assert await panes(samples.CASE, "another", samples.ADELE, after=before) == (None, [])
        assert await panes(samples.ACCOUNT, "another", samples.MEGAN, after=before) == (None, [])
        assert await panes(None, samples.SESSION, samples.ADELE, after=at) == own


@check(since="0025")
async def a_sign_in_to_the_pane_is_as_stored(engines: Engines, store: Store) -> None:
    before = samples.AT - timedelta(seconds=1)
    async with store.writing() as work:
        assert await work.pane_sign_ins.take(samples.SIGN_IN, begun_after=samples.AT) is None
        assert await work.pane_sign_ins.take(samples.SIGN_IN, begun_after=before) == samples.SIGNED_IN
        assert await work.pane_sign_ins.take(samples.SIGN_IN, begun_after=before) is None


@check()
async def a_pane_compares_the_newest_connections_of_its_record_and_of_its_chats(engines: Engines, store: Store) -> None:
    async with store.reading() as work:
        state = work.pane_state
        both = await state.rows(samples.CASE, [samples.CHAT.id, samples.CHANNEL.id], at_most=9)
        newest = await state.rows(samples.CASE, [], at_most=1)
        none = await state.rows(None, [ChatId("19:unknown")], at_most=9)
    # The number of all connections follows each of the record's, and none those of the chats.
    assert [(row[0], row[-1]) for row in both] == [
        (samples.PAUSED, 2),
        (samples.LIVE, 2),
        (samples.PAUSED, 0),
        (samples.LIVE, 0),
    ]
    assert [(row[0], row[-1]) for row in newest] == [(samples.PAUSED, 2)]
    assert none == []


def typed_before(values: ReportedBefore) -> dict[object, object]:
    return {key: value and (type(value.raw), value) for key, value in values.items()}


def fields_of(decision: NewDecision) -> dict[str, Any]:
    return {each.name: getattr(decision, each.name) for each in fields(decision)}


@check()
async def known_values_keep_their_types(engines: Engines, store: Store) -> None:
    async with store.reading() as work:
        known = (await work.reported_values.for_connections([samples.LIVE]))[samples.LIVE]
    assert typed(known) == typed(samples.KNOWN)


@check(since="0016")
async def watches_are_as_stored(engines: Engines, store: Store) -> None:
    async with store.reading() as work:
        settings = await work.settings.get(samples.CONTOSO)
        taken = (await work.reported_values.for_connections([samples.ENDED]))[samples.ENDED]
        waiting = await work.inbox.pending([job_lane(samples.NEW_JOB)])
    assert (settings.watches, taken) == (samples.WATCHES, {"prioritycode": samples.TAKEN})
    assert waiting[job_lane(samples.NEW_JOB)].job == samples.NEW_JOB


@check()
async def a_message_that_is_given_up_restores_the_values_before_it(engines: Engines, store: Store) -> None:
    async with store.writing() as work:
        heads = await work.outbox.next_messages([samples.CHAT.id], {})
        await work.outbox.dead_letter_chat(samples.CHAT.id, "gone", at=samples.LATER)
        known = (await work.reported_values.for_connections([samples.LIVE]))[samples.LIVE]
        parked = await work.queue_states.dead_letters(at_most=10)
    head = heads[samples.CHAT.id]
    assert (head.activity, head.subjects) == (samples.MESSAGE.activity, samples.MESSAGE.subjects)
    assert head.caused_at == samples.EXACT
    assert typed(known) == typed(samples.BEFORE)
    assert [each.reason for each in parked][:2] == ["gone", "The tenant refused the message."]


@check(since="0014")
async def a_message_about_several_record_types_and_one_that_was_given_up_are_as_stored(
    engines: Engines, store: Store
) -> None:
    async with store.writing() as work:
        heads = await work.outbox.next_messages([samples.CHANNEL.id], {})
        before = (await work.reported_values.for_connections([samples.PAUSED]))[samples.PAUSED]
        await work.queue_states.retry(None, at=samples.LATER)
        after = (await work.reported_values.for_connections([samples.PAUSED]))[samples.PAUSED]
    assert heads[samples.CHANNEL.id].subjects == samples.SUMMARY.subjects
    assert (before, after) == ({"title": samples.BEFORE["text"]}, {"title": samples.KNOWN["text"]})


def typed(known: Mapping[str, ReportedValue]) -> dict[str, tuple[bool, ReportedValue]]:
    """Return the values with a mark for booleans: `True == 1`. SQLite returns a whole float as an integer."""
    return {name: (isinstance(value.raw, bool), value) for name, value in known.items()}


@check()
async def events_and_jobs_are_as_stored(engines: Engines, store: Store) -> None:
    lanes = [record_lane(samples.CASE), record_lane(samples.ACCOUNT)]
    jobs = {job_lane(job): job for job in samples.JOBS}
    async with store.reading() as work:
        waiting = await work.inbox.pending([*lanes, *jobs])
        sync_jobs = await work.chat_sync.pending([samples.CHAT.id])
        assert await work.lanes.next_due(Queue.INBOX) == samples.LATER
    (event, stripped), (deleted,) = (waiting[lane].events for lane in lanes)
    assert (event, stripped, deleted) == (samples.EVENT, samples.STRIPPED, samples.DELETED)
    raws = [(type(change.new.raw), change.new.raw) for change in event.changes]
    assert raws == [(type(raw), raw) for raw in samples.RAW_VALUES.values()]
    assert {lane: waiting[lane].job for lane in jobs} == jobs
    assert (sync_jobs[samples.CHAT.id].request_count, sync_jobs[samples.CHAT.id].fetch) == (1, True)


@check()
async def synced_chats_are_as_stored(engines: Engines, store: Store) -> None:
    async with store.reading() as work:
        assert await work.chat_sync.get_rows([samples.LIVE, samples.PAUSED]) == {
            samples.LIVE: samples.ACTIVITY,
            samples.PAUSED: samples.NEW_ACTIVITY,
        }
        chat = await work.chat_sync.get_chat(samples.CHAT.id)
        # It already counts as listed in Dynamics 365.
        assert await work.chat_sync.unmirrored_connections(samples.CHAT.id) == []
    assert chat
    assert (chat.topic, chat.topic_reported_at) == ("Pump", samples.AT)
    assert (chat.last_writer_id, chat.last_written_at) == (samples.ADELE, samples.EXACT)


@check()
async def reported_changes_and_new_chats_are_as_stored(engines: Engines, store: Store) -> None:
    async with store.reading() as work:
        reported = await work.reported_changes.get(samples.REPORTED.key)
        failed, plain = [await work.new_chats.get(each.key) for each in (samples.FAILED_CHAT, samples.PLAIN_CHAT)]
    assert reported == samples.REPORTED
    assert [type(each.raw) for each in reported.columns] == [type(each.raw) for each in samples.REPORTED.columns]
    assert (failed, plain) == (samples.FAILED_CHAT, samples.PLAIN_CHAT)


@check()
async def settings_and_their_history_are_as_stored(engines: Engines, store: Store) -> None:
    administration = Administration(engines)
    await administration.initialize({samples.CONTOSO: False})
    settings = await administration.settings(samples.CONTOSO)
    async with store.reading() as work:
        (saved,) = await work.settings.history_since(samples.CONTOSO, 0)
    assert (settings.organization, settings.sync_changed_at) == (samples.SETTINGS.organization, samples.EXACT)
    assert settings.record_types["incident"] == samples.RECORD_TYPE
    assert saved == samples.SAVED
    values = [(each.was, each.now) for each in saved.changes]
    assert [(type(was), type(now)) for was, now in values] == [
        (type(each.was), type(each.now)) for each in samples.SAVED.changes
    ]


@check()
async def subscriptions_rates_and_change_tracking_are_as_stored(engines: Engines, store: Store) -> None:
    async with store.writing() as work:
        kept = await work.subscriptions.get_many([samples.SUBSCRIPTION.target])
        assert kept == {samples.SUBSCRIPTION.target: samples.SUBSCRIPTION}
        assert await work.rate_history.lock_tenant_posts("t") == samples.TENANT_POSTS
        posts = await work.rate_history.posts_since([samples.CHAT.id], samples.AT - timedelta(seconds=1))
        assert posts == {samples.CHAT.id: [samples.AT, samples.EXACT]}
        assert await work.change_tracking.get_delta_link(samples.CONTOSO, "incident") == "link-1"


async def test_messages_of_the_first_release_depend_on_the_settings_that_they_are_about(
    empty_database_url: str,
) -> None:
    """Messages that wait during the update are dropped like later ones if an administrator turns off a setting."""
    await restore(empty_database_url, dump_of("0013", empty_database_url))
    made = create_engines(empty_database_url)
    told = [[1, "title", None], [2, "name", None]]
    messages: list[tuple[str, int | None, object]] = [
        ("key fields 1 a", 1, [[1, "title", None]]),
        ("key fields 1 b", 1, None),
        ("deleted 2", 2, None),
        ("merged 1", None, None),
        ("caught up 19:a@thread.v2 2026", None, told),
        ("introduction 19:a@thread.v2", None, None),
        ("disconnected 1 2026", 1, None),
        ("added adele 19:a@thread.v2", None, None),
    ]
    async with made.writing.begin() as connection:
        for key, of, told_before in messages:
            row = {"key": key, "lane": samples.CHAT.id, "connection_id": of, "told_before": told_before, "body": b"{}"}
            when = dict.fromkeys(("received_at", "due_at"), samples.AT)
            state = {"correlation_id": "", "state": "waiting", "attempts": 0}
            await connection.execute(outbox.insert(), {**row, **when, **state})
    await migrate(made.writing)
    incident = Subject(environment=samples.CONTOSO, table="incident", switch=Switch.KEY_FIELDS)
    account = replace(incident, table="account")
    subjects = {}
    async with Store(made, lambda _: None).writing() as work:
        await work.outbox.mark_sent([1], at=samples.AT)
        for number in range(3, 3 + len(messages)):
            head = (await work.outbox.next_messages([samples.CHAT.id], {}))[samples.CHAT.id]
            subjects[messages[head.id - 3][0]] = head.subjects
            await work.outbox.mark_sent([number], at=samples.AT)
    await made.close()
    assert subjects == {
        "key fields 1 a": (incident,),
        "key fields 1 b": (replace(incident, switch=Switch.RECORD_TYPE),),
        "deleted 2": (replace(account, switch=Switch.RECORD_TYPE),),
        "merged 1": (),
        "caught up 19:a@thread.v2 2026": (account, incident),
        "introduction 19:a@thread.v2": (Subject(switch=Switch.CHATS),),
        "disconnected 1 2026": (replace(incident, switch=None),),
        "added adele 19:a@thread.v2": (),
    }


async def test_this_version_writes_the_json_of_its_dump(tmp_path: Path) -> None:
    """Another process of this revision can read the JSON. Only the format of UTC and the order of a set may differ."""
    old, new = (f"sqlite+aiosqlite:///{tmp_path}/{name}.db" for name in ("old", "new"))
    await restore(old, dump_of(newest_revision(), old))
    await fill_new(new)
    expected, written = [await all_stored_json(url) for url in (old, new)]
    assert written == expected
    assert len(written["inbox.body"]) == len(samples.JOBS) + 5


async def all_stored_json(url: str) -> dict[str, list[object]]:
    engines = create_engines(url)
    found = {f"{table.name}.{name}": await stored_json(engines, table, name) for table, name in JSON_COLUMNS}
    await engines.close()
    return found


async def stored_json(engines: Engines, table: Table, column: str) -> list[object]:
    keys = [each for each in table.primary_key.columns if each.name != column]
    async with engines.reading.connect() as connection:
        found = await connection.execute(select(cast(table.c[column], String)).order_by(*keys))
        return [normalized(json.loads(each)) if each else None for each in found.scalars()]


def normalized(value: object) -> object:
    if isinstance(value, dict):
        return {name: sorted(each) if name == "members" else normalized(each) for name, each in value.items()}
    if isinstance(value, list):
        return [normalized(each) for each in value]
    return value.removesuffix("Z") + "+00:00" if isinstance(value, str) and value.endswith("Z") else value
