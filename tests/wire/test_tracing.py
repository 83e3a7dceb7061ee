"""Traces: one leads from the webhook to the card, and none contains a value or an ID."""

import json
import re
import sys
from collections.abc import AsyncIterator

import pytest
from aiohttp import web
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.trace import SpanKind, StatusCode

from bot.domain.errors import NotSupported
from bot.store.tables import inbox, outbox, sync_job
from bot.wiring.application import make_app
from tests.steps.changes import until_subscriptions_settled
from tests.steps.priorities import HIGH, LOW, NORMAL
from tests.steps.secrets import write_secrets
from tests.steps.traces import Traces
from tests.tcp_ports import free_port
from tests.wire.people import ADELE, EVERYBODY
from tests.wire.world import EVENTS, GROUP, MESSAGES, OTHER_GROUP, PERSONAL, WEBHOOK_KEY, World

EVENT, WORK, POST = f"POST {EVENTS}", "inbox events", "outbox post"
TO_TEAMS, FROM_DATAVERSE = "POST Microsoft Teams", "GET Dynamics 365"

ATTRIBUTES = {
    "chatsync.activity",
    "chatsync.correlation_id",
    "chatsync.outcome",
    "chatsync.resource",
    "error.type",
    "http.request.method",
    "http.response.status_code",
    "http.route",
}
ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.IGNORECASE)


@pytest.fixture
async def traces(world: World) -> AsyncIterator[Traces]:
    """Connect a chat, and begin to trace."""
    await world.say("connect CAS-01001 quiet", chat=GROUP)
    await world.settle()
    world.connector.posts.clear()
    traced = Traces(world)
    await world.restart()
    yield traced
    world.connector.posts.clear()


async def test_one_trace_leads_from_the_webhook_to_the_card(world: World, traces: Traces) -> None:
    await world.change({"prioritycode": HIGH})
    await world.window_ends()
    assert len(world.connector.posts) == 1
    (posted,) = traces.named(TO_TEAMS)
    assert traces.way_to(posted) == [EVENT, WORK, POST, TO_TEAMS]
    read = [each for each in traces.named(FROM_DATAVERSE) if WORK in traces.way_to(each)]
    assert read
    assert {each.context.trace_id for each in read} == {posted.context.trace_id}
    assert {dict(each.attributes or {})["chatsync.resource"] for each in read} >= {"incidents"}
    (delivered,) = traces.named(POST)
    assert dict(delivered.attributes or {})["chatsync.outcome"] == "sent"


async def test_another_process_continues_the_trace(world: World, traces: Traces) -> None:
    await world.change({"prioritycode": HIGH})
    traces.begin_process()
    await world.restart()
    await world.window_ends()
    (posted,) = traces.named(TO_TEAMS)
    assert traces.way_to(posted) == [EVENT, WORK, POST, TO_TEAMS]


@pytest.mark.one_database
async def test_changes_that_become_one_card_are_linked(world: World, traces: Traces) -> None:
    await world.change({"prioritycode": HIGH})
    await world.change({"prioritycode": LOW})
    await world.change({"prioritycode": NORMAL})
    await world.window_ends()
    events, (work,) = traces.named(EVENT), traces.named(WORK)
    assert [each.context.trace_id for each in events[:-1]] == [link.context.trace_id for link in work.links]
    assert work.context.trace_id == events[-1].context.trace_id


@pytest.mark.one_database
async def test_a_turn_is_a_step_with_its_kind_and_its_requests(world: World, traces: Traces) -> None:
    await world.paste(await world.link(), person=ADELE)
    (turn,) = traces.named("turn")
    assert dict(turn.attributes or {}) == {"chatsync.activity": "composeExtension/queryLink"}
    assert traces.way_to(turn) == [f"POST {MESSAGES}", "turn"]
    assert any("turn" in traces.way_to(each) for each in traces.named(FROM_DATAVERSE))


@pytest.mark.one_database
async def test_periodic_jobs_have_traces_with_their_requests(world: World, traces: Traces) -> None:
    await until_subscriptions_settled(world)
    await world.looked_through("incident")
    await world.until(lambda: traces.named("missed changes"))
    ways = [traces.way_to(each) for each in traces.spans if each.kind is SpanKind.CLIENT]
    assert ["missed changes", FROM_DATAVERSE] in ways
    assert any(way[0] == "subscriptions" and way[-1].endswith(" Microsoft 365") for way in ways)


@pytest.mark.one_database
async def test_a_failure_is_marked_with_the_type_of_its_error_and_no_text(world: World, traces: Traces) -> None:
    await world.change({"prioritycode": HIGH})
    world.dataverse_is_down = True
    await world.window_ends()
    failed = traces.named(WORK)[0]
    assert dict(failed.attributes or {})["error.type"] == "Unavailable"
    assert (failed.status.status_code, failed.status.description, list(failed.events)) == (StatusCode.ERROR, None, [])
    world.dataverse_is_down = False
    world.clock.advance(60)
    await world.settle()
    (posted,) = traces.named(TO_TEAMS)
    assert traces.way_to(posted) == [EVENT, WORK, POST, TO_TEAMS]


@pytest.mark.one_database
async def test_no_span_contains_a_value_an_id_or_an_address(world: World, traces: Traces) -> None:
    secrets = await write_secrets(world)
    await world.settle()
    await world.say("connect CAS-01001", chat=OTHER_GROUP)
    for said in ("records", "chats CAS-01001", "timeline CAS-01001", "suggest", "status", "search me"):
        await world.say(said, chat=GROUP)
    await world.paste(await world.link(), person=ADELE)
    await world.settle()
    async with world.session.post(f"{world.url}{EVENTS}?code={WEBHOOK_KEY}&secret=in-the-query", json={}):
        pass
    async with world.session.post(f"{world.url}/19:nobody@thread.v2/unknown", json={}):
        pass
    assert len({each.name for each in traces.spans}) > 6
    for span in traces.spans:
        attributes = dict(span.attributes or {})
        assert set(attributes) <= ATTRIBUTES
        own = json.loads(span.to_json())
        # It is that of the log. Dataverse chooses it.
        own["attributes"].pop("chatsync.correlation_id", None)
        # It is random for each process.
        own["resource"]["attributes"].pop("service.instance.id", None)
        told = json.dumps(own)
        assert not ID.search(told)
        assert not secrets.told(told)
        names = (each.name for each in EVERYBODY)
        for word in (GROUP, OTHER_GROUP, PERSONAL, "19:", "CAS-0", "://", "?", WEBHOOK_KEY, "in-the-query", *names):
            assert word not in told
    world.connector.posts.clear()


async def test_without_the_setting_nothing_is_traced_or_stored(world: World) -> None:
    await world.say("connect CAS-01001 quiet", chat=GROUP)
    await world.change({"prioritycode": HIGH})
    await world.window_ends()
    rows = [row for queue in (inbox, outbox, sync_job) for row in await world.rows_in(queue)]
    assert len(rows) > 2
    assert {row["trace"] for row in rows} == {None}
    world.connector.posts.clear()


@pytest.mark.one_database
@pytest.mark.parametrize("stored", ["", "00-0-0-0", f"00-{'0' * 32}-{'0' * 16}-01", "x" * 5_000])
async def test_work_with_an_unreadable_trace_begins_one(world: World, traces: Traces, stored: str) -> None:
    await world.change({"prioritycode": HIGH})
    async with world.engines.writing.begin() as begun:
        await begun.execute(inbox.update().values(trace=stored))
    await world.window_ends()
    (posted,) = traces.named(TO_TEAMS)
    assert traces.way_to(posted) == [WORK, POST, TO_TEAMS]


@pytest.mark.one_database
async def test_a_collector_gets_the_spans_before_the_process_ends(bare_world: World) -> None:
    received: list[ExportTraceServiceRequest] = []

    async def collect(request: web.Request) -> web.Response:
        received.append(ExportTraceServiceRequest.FromString(await request.read()))
        return web.Response()

    port = free_port()
    app = web.Application()
    app.router.add_post("/v1/traces", collect)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    bare_world.settings = bare_world.settings.model_copy(update={"tracing": f"http://127.0.0.1:{port}"})
    await bare_world.know_chats(GROUP)
    await bare_world.start()
    await bare_world.say("help", chat=GROUP)
    await bare_world.stop()
    await runner.cleanup()
    groups = [group for each in received for group in each.resource_spans]
    names = {span.name for group in groups for scope in group.scope_spans for span in scope.spans}
    assert {"turn", f"POST {MESSAGES}"} <= names
    resource = {each.key: each.value.string_value for each in groups[0].resource.attributes}
    assert (resource["service.name"], resource["chatsync.role"]) == ("chat-sync", "all")
    bare_world.connector.posts.clear()


@pytest.mark.one_database
async def test_the_start_is_refused_if_the_packages_are_missing(
    bare_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "bot.tracing.otlp", None)
    settings = bare_world.settings.model_copy(update={"tracing": "http://127.0.0.1:4318"})
    with pytest.raises(NotSupported, match="CHATSYNC_TRACING") as refused:
        await make_app(settings)
    assert "uv sync --no-dev --group tracing" in refused.value.next_step
    assert "requirements-tracing.txt" in refused.value.next_step
