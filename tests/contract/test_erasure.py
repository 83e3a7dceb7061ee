"""Everything about a person or a tenant is erased, and nothing of others, on SQLite and PostgreSQL."""

import json
import re
from collections.abc import AsyncIterator
from typing import Any

import pytest
from sqlalchemy import func, insert, select, update

from bot.domain.erasure import NO_NAME, NOBODY, Erased, PersonToForget
from bot.domain.key_fields import RecordEvent
from bot.domain.new_chat import ChatRequest, NewChat, NewChatKey
from bot.domain.outgoing_messages import OutgoingMessage
from bot.domain.pane_sessions import PaneHost, PaneIdentity
from bot.domain.pane_sign_in import SignInResult
from bot.domain.stored_texts import restore as restore_text
from bot.domain.stored_texts import storable
from bot.domain.texts import text
from bot.domain.values import ChatId, ConnectionId, EnvironmentId, ObjectId, RecordRef
from bot.store.engine import Engines, create_engines
from bot.store.erasure.columns import COLUMNS, HISTORY, NAMED, PERSONAL, READ_AGAIN, Holds, is_classified_type
from bot.store.migrate import migrate, newest_revision
from bot.store.tables import audit, chat, connection, field_value, metadata, outbox, setting_change, told_change
from bot.store.unit_of_work import Store
from tests.contract import samples
from tests.contract.dump import FOLDER, restore
from tests.steps.stored_rows import a_chat, a_connection

ADELE, USER = "0d1b5a5e-6a3c-4f0e-9a53-2f4c3c1f0a01", "7c4f1a90-19d2-4b62-8f0e-6a2d1e3b9c02"
NAMES = ("Adele Vance", "Adele")
PERSON = PersonToForget(object_id=ADELE, users={USER}, names={"Adele Vance", "29:adele-account"})
TENANT, OTHER_TENANT = "t", "another tenant"
ONE_TO_ONE = ChatId(f"19:{ADELE}_5e1c@unq.gbl.spaces")
REQUEST = ChatRequest(person=samples.MEGAN, people=(ObjectId(ADELE), ObjectId("alex")))
BODY = {
    "type": "message",
    "text": "Adele Vance changed it. <at>Adele Vance</at>",
    "entities": [{"type": "mention", "mentioned": {"id": "29:adele-account", "name": "Adele Vance"}}],
    "attachments": [{"content": {"refresh": {"userIds": ["29:megan"]}, "body": ["Müller"]}}],
}


def kind_of(url: str) -> str:
    return "sqlite" if url.startswith("sqlite") else "postgresql"


@pytest.fixture
async def engines(empty_database_url: str) -> AsyncIterator[Engines]:
    """Return a database with samples in all tables, in which the people have IDs like real ones."""
    script = (FOLDER / f"{newest_revision()}.{kind_of(empty_database_url)}.sql").read_text(encoding="utf-8")
    script = re.sub(r"\bu1\b", USER, re.sub(r"\badele\b", ADELE, script))
    await restore(empty_database_url, script)
    made = create_engines(empty_database_url)
    await migrate(made.writing)
    await add_more(made)
    yield made
    await made.close()


async def add_more(engines: Engines) -> None:
    """Add what the samples lack: a person in each column that can name one."""
    store = Store(engines, lambda _: None)
    async with store.writing() as work:
        await work.outbox.enqueue(
            [
                OutgoingMessage(
                    key=f"added {ADELE} {samples.CHAT.id}",
                    chat_id=samples.CHAT.id,
                    activity=json.dumps(BODY, ensure_ascii=False).encode(),
                    connection_id=samples.LIVE,
                )
            ],
            at=samples.AT,
        )
        await work.chats.save(a_chat(ONE_TO_ONE, tenant_id=OTHER_TENANT))
        await work.mention_opt_outs.add(TENANT, ObjectId(ADELE))
        await work.new_chats.add(NewChat(key=NewChatKey("megan's"), request=REQUEST, begun_at=samples.AT))
        identity = PaneIdentity(object_id=ObjectId(ADELE), tenant_id=TENANT, host=PaneHost.DYNAMICS)
        await work.pane_sign_ins.add("2" * 64, at=samples.AT)
        await work.pane_sign_ins.save("2" * 64, SignInResult(identity=identity))
        await work.rate_history.add_posts([(ONE_TO_ONE, samples.AT)])
    owner = {"connection_id": 1, "column": "ownerid", "raw": USER, "text": "Adele Vance", "at": samples.AT, "watch": 0}
    entry = {"at": samples.AT, "act": "record deleted", "environment": "", "table": "", "row_id": ""}
    member = {"person_id": None, "person_name": "Adele Vance", "chat_id": samples.CHAT.id, "details": {"member": ADELE}}
    ended = {"ended_at": samples.AT, "ended_by_id": ADELE, "ended_by_name": "Adele Vance"}
    async with engines.writing.begin() as database:
        await database.execute(insert(field_value).values(owner))
        await database.execute(insert(audit).values({**entry, **member}))
        await database.execute(update(connection).where(connection.c.id == samples.ENDED).values(ended))
        await database.execute(update(chat).where(chat.c.id == samples.CHANNEL.id).values(topic="Adele Vance, Megan"))


@pytest.fixture
def store(engines: Engines) -> Store:
    return Store(engines, lambda _: None)


async def forget(store: Store, person: PersonToForget = PERSON) -> Erased:
    async with store.writing() as work:
        return await work.erasure.forget_person(person)


async def forget_tenant(store: Store, tenant: str, *environments: str) -> Erased:
    chosen = [EnvironmentId(each) for each in environments]
    async with store.writing() as work:
        return await work.erasure.forget_tenant(tenant, chosen, defaults={samples.CONTOSO: False})


async def everything(engines: Engines) -> dict[str, list[dict[str, Any]]]:
    """Return all rows of all tables."""
    found: dict[str, list[dict[str, Any]]] = {}
    async with engines.reading.begin() as database:
        for table in metadata.sorted_tables:
            rows = await database.execute(select(table).order_by(*table.primary_key.columns))
            found[table.name] = [dict(row) for row in rows.mappings()]
    return found


def mentions(rows: dict[str, list[dict[str, Any]]], *words: str) -> set[tuple[str, str]]:
    """Return the columns that contain one of the words."""

    def text(value: object) -> str:
        return value.decode() if isinstance(value, bytes) else json.dumps(value, default=str, ensure_ascii=False)

    pattern = re.compile(rf"(?<![a-z])({'|'.join(map(re.escape, words))})(?![a-z])")
    return {
        (table, name)
        for table, each in rows.items()
        for row in each
        for name, value in row.items()
        if pattern.search(text(value))
    }


def test_it_is_known_of_each_column_with_text_what_it_holds() -> None:
    texts = {each.name: {c.name for c in each.c if is_classified_type(c)} for each in metadata.sorted_tables}
    keys = {each.name: {c.name for c in each.c if c.foreign_keys} for each in metadata.sorted_tables}
    known = {name: set(columns) for name, columns in COLUMNS.items()}
    assert set(texts) - {name for name, columns in texts.items() if not columns} == set(known)
    for table, columns in texts.items():
        # A key of another table names a chat or an environment, or it is the number of a connection.
        named = {each for each in keys[table] if each != "connection_id"}
        assert known.get(table, set()) == columns | named, table


def test_each_name_and_each_rule_belongs_to_a_column() -> None:
    names = {
        (table, name) for table, columns in COLUMNS.items() for name, each in columns.items() if each is Holds.NAME
    }
    assert names == set(NAMED)
    assert all(COLUMNS[table][of] is Holds.PERSON for (table, _), of in NAMED.items())
    for table in (*PERSONAL, *READ_AGAIN, *HISTORY):
        assert {Holds.PERSON, Holds.CONTENT} & set(COLUMNS[table].values()), table
    chats = {table.name: [c.name for c in table.c if c.references(chat.c.id)] for table in metadata.sorted_tables}
    assert all(COLUMNS[table][name] is Holds.CHAT for table, columns in chats.items() for name in columns)


async def test_a_person_is_erased_from_every_column(engines: Engines, store: Store) -> None:
    before = await everything(engines)
    named = mentions(before, ADELE, USER, "29:adele-account", *NAMES)
    # Otherwise, the test shows nothing about these.
    missing = {
        (table, name)
        for table, columns in COLUMNS.items()
        for name, holds in columns.items()
        if holds in {Holds.PERSON, Holds.NAME} and (table, name) not in named
    }
    assert missing == set()
    assert {("outbox", "body"), ("outbox", "key"), ("chat", "topic"), ("chat", "id"), ("decision", "authors")} <= named
    assert {("chat_activity", "people"), ("chat_activity", "row"), ("chat_rules", "rules")} <= named
    assert {("connection_rules", "rules"), ("inbox", "body"), ("told_change", "people")} <= named
    assert {("posted_card", "content"), ("new_chat", "wish"), ("field_value", "raw"), ("audit", "details")} <= named
    await forget(store)
    after = await everything(engines)
    assert mentions(after, ADELE, USER, "29:adele-account", *NAMES) == set()
    # Everybody else is still there.
    assert {("audit", "person_name"), ("connection", "ended_by_name")} - mentions(after, NO_NAME) == set()
    assert mentions(before, "megan", "Megan Bowen") - mentions(after, "megan", "Megan Bowen") <= PERSONAL_COLUMNS


PERSONAL_COLUMNS = {("new_chat", "wish")}
"""Columns of requests by the erased person, which also name others."""


async def test_what_is_left_can_be_read_and_works(engines: Engines, store: Store) -> None:
    await forget(store)
    async with store.writing() as work:
        synced = await work.chat_sync.get_rows([samples.LIVE])
        live, *_ = await work.connections.for_record(samples.CASE)
        history = await work.timeline.for_record(samples.ACCOUNT, offset=0, at_most=9)
        rules = (await work.notification_rules.connections.get_many([samples.LIVE]))[samples.LIVE].rules
        chat_rules = (await work.notification_rules.chats.get_many([samples.CHAT.id]))[samples.CHAT.id].rules
        decisions = await work.decisions.latest(samples.LIVE, at_most=9)
        cards = [await work.posted_cards.get(each) for each in (1, 2, 3)]
        heads = await work.outbox.next_messages([samples.CHAT.id], {})
        values = await work.reported_values.for_connections([samples.LIVE])
        wanted = await work.new_chats.get(NewChatKey("megan's"))
        assert await work.new_chats.get(samples.PLAIN_CHAT.key) is None
    assert set(synced[samples.LIVE].users) == {"megan"}
    row = synced[samples.LIVE].row
    assert row
    assert row.members == {"u2"}
    assert (live.connector_id, live.connector_name) == (NOBODY, NO_NAME)
    assert [each.ended_by_name for each in history] == [NO_NAME]
    assert rules.mute
    assert (rules.mute.by, rules.mute.by_name) == (NOBODY, NO_NAME)
    assert chat_rules.skip_people == {}
    assert all("u2" in each.authors.people or not each.authors.people for each in decisions)
    assert all(cards)
    assert wanted
    assert wanted.request.people == ("alex",)
    assert heads[samples.CHAT.id].activity == samples.MESSAGE.activity
    # It is read again, and no card says that the owner changed to nobody.
    assert "ownerid" not in values[samples.LIVE]
    async with engines.reading.begin() as database:
        of_key = select(outbox.c.key, outbox.c.body).where(outbox.c.key.startswith("erased "))
        (message,) = (await database.execute(of_key)).all()
        acts = (await database.execute(select(audit.c.act, audit.c.person_id).order_by(audit.c.id))).all()
    said = json.loads(message.body)
    assert said["text"] == f"{NO_NAME} changed it. <at>{NO_NAME}</at>"
    assert said["attachments"] == BODY["attachments"]
    assert [tuple(each) for each in acts] == [("connect", None), ("record deleted", None)]


async def test_a_second_time_there_is_nothing_to_erase_and_nothing_of_an_unknown_person(
    engines: Engines, store: Store
) -> None:
    unknown = PersonToForget(object_id="99999999-9999-4999-8999-999999999999", users={"8" * 8}, names={"Nobody Known"})
    before = await everything(engines)
    assert (await forget(store, unknown)).total == 0
    assert await everything(engines) == before
    erased = await forget(store)
    assert erased.total > 20
    assert erased.deleted["pane_session"] == 1
    assert (await forget(store)).total == 0


async def test_a_person_with_the_same_name_keeps_their_own_entries(engines: Engines, store: Store) -> None:
    namesake = ObjectId("11111111-1111-4111-8111-111111111111")
    async with engines.writing.begin() as database:
        entry = {"at": samples.AT, "act": "join", "environment": "", "table": "", "row_id": "", "details": {}}
        named = {"person_id": namesake, "person_name": "Adele Vance", "chat_id": ""}
        await database.execute(insert(audit).values({**entry, **named}))
    await forget(store)
    async with engines.reading.begin() as database:
        found = await database.execute(select(audit.c.person_name).where(audit.c.person_id == namesake))
    assert found.scalars().all() == ["Adele Vance"]


async def test_names_with_other_letters_and_quotes_are_found_in_json(engines: Engines, store: Store) -> None:
    name = 'Zoë "Zo" Müller_%'
    async with engines.writing.begin() as database:
        news = [f"Call {name} back.", storable(text("{person} changed it.", person=name))]
        await database.execute(update(told_change).values(people=[name, "Megan Bowen"], news=news))
        await database.execute(update(outbox).values(body=json.dumps({"text": name}).encode()))
    erased = await forget(store, PersonToForget(object_id="99999999-9999-4999-8999-999999999999", names={name}))
    assert erased.changed["told_change"] == 1
    async with engines.reading.begin() as database:
        (row,) = (await database.execute(select(told_change.c.people, told_change.c.news))).all()
        bodies = (await database.execute(select(outbox.c.body))).scalars().all()
    assert row.people == ["Megan Bowen"]
    assert [restore_text(each) for each in row.news] == [f"Call {NO_NAME} back.", f"{NO_NAME} changed it."]
    assert {json.loads(body)["text"] for body in bodies} == {NO_NAME}
    assert len(bodies) > 3


async def test_the_only_tenant_leaves_no_more_than_the_acts_and_the_keys(engines: Engines, store: Store) -> None:
    await forget_tenant(store, OTHER_TENANT)
    await forget_tenant(store, TENANT)
    after = {table: rows for table, rows in (await everything(engines)).items() if rows}
    assert set(after) == {"audit", "signing_key", "environment", "record_type"}
    assert {each["act"] for each in after["audit"]} == {"connect", "record deleted"}
    kept = {"id", "at", "act", "details"}
    blank = {"", None, NO_NAME}
    assert all({value for name, value in each.items() if name not in kept} <= blank for each in after["audit"])
    # The configured environment has its first settings again.
    (settings,) = after["environment"]
    assert (settings["chats_on"], settings["version"], settings["organization_id"]) == (False, 0, None)
    assert (await forget_tenant(store, TENANT)).total == 0


async def test_a_tenant_takes_its_environment_with_it_and_another_one_stays_untouched(
    engines: Engines, store: Store
) -> None:
    await forget_tenant(store, OTHER_TENANT)
    alone = await everything(engines)
    await add_other_tenant(store)
    both = await everything(engines)
    async with store.reading() as work:
        users = await work.erasure.tenants_by_environment()
    assert users == {samples.CONTOSO: {TENANT}, OTHER: {OTHER_TENANT}}
    await forget_tenant(store, TENANT, samples.CONTOSO)
    after = await everything(engines)
    for table in metadata.sorted_tables:
        if table.name in SHARED:
            continue
        others = [row for row in both[table.name] if row not in alone[table.name]]
        assert after[table.name] == others, table.name
    assert len(after["connection"]) == len(after["chat"]) == 1
    assert {row["act"] for row in after["audit"]} == {"connect", "record deleted"}


SHARED = {"signing_key", "audit", "environment", "record_type", "targeted_answer", "subscription"}
"""Tables with rows that belong to no tenant, or are blank or new afterward."""


async def add_other_tenant(store: Store) -> None:
    """Store a chat of another tenant with a connection, a message, and values."""
    other = a_connection("19:other@thread.v2", RecordRef(environment=OTHER, table="incident", row_id="9"))
    async with store.writing() as work:
        await work.chats.save(a_chat(other.chat_id, tenant_id=OTHER_TENANT))
        made = await work.connections.add(other)
        assert made
        await work.reported_values.save({(ConnectionId(made.id), "title"): samples.KNOWN["text"]})
        message = OutgoingMessage(key="other", chat_id=other.chat_id, activity=b"{}", connection_id=made.id)
        await work.outbox.enqueue([message], at=samples.AT)
        await work.mention_opt_outs.add(OTHER_TENANT, samples.ADELE)
        await work.rate_history.add_posts([(other.chat_id, samples.AT)])
        await work.inbox.add_event(
            RecordEvent(key="o", record=made.record, at=samples.AT, changed_by=None, changes=()),
            at=samples.AT,
            due_at=samples.LATER,
        )


OTHER = EnvironmentId("fabrikam")


async def test_without_its_environment_a_tenant_loses_its_chats_and_the_settings_stay(
    engines: Engines, store: Store
) -> None:
    await add_other_tenant(store)
    before = await everything(engines)
    await forget_tenant(store, TENANT)
    after = await everything(engines)
    assert after["environment"] == before["environment"]
    assert after["record_type"] == before["record_type"]
    assert {row["tenant_id"] for row in after["chat"]} == {OTHER_TENANT}
    async with engines.reading.begin() as database:
        history = (await database.execute(select(setting_change))).mappings().all()
        count = (await database.execute(select(func.count()).select_from(outbox))).scalar_one()
    assert [(each["person_id"], each["person_name"], each["chat_id"]) for each in history] == [(NOBODY, NO_NAME, "")]
    assert count == 1
