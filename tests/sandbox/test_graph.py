"""The sandbox's Graph: chats, people, teams, apps, and errors in Graph's format."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import ClientSession, web

from bot.sandbox.app import TEAMS, SandboxSettings, make_sandbox
from bot.sandbox.teams.channels import TEAM_ID
from tests.sandbox.wire import KEY, MIDDAY
from tests.steps.sandbox_graph import RSC, Graph
from tests.tcp_ports import free_port
from tests.wire.people import ADELE, ALEX, DIEGO, MEGAN, PATTI


@pytest.fixture
async def graph() -> AsyncIterator[Graph]:
    async with ClientSession() as session:
        port = free_port()
        url = f"http://127.0.0.1:{port}/sandbox"
        client = Graph(session, url)

        async def receive(request: web.Request) -> web.Response:
            client.activities.append(await request.json())
            return web.Response(status=201)

        settings = SandboxSettings(
            url=url,
            webhook_url=f"http://127.0.0.1:{port}/events",
            webhook_key=KEY,
            file=None,
            messages_url=f"http://127.0.0.1:{port}/api/messages",
            app_permissions=RSC,
        )
        app = web.Application()
        app.router.add_post("/api/messages", receive)
        app.add_subapp("/sandbox", make_sandbox(settings, now=lambda: MIDDAY))
        runner = web.AppRunner(app)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", port).start()
        yield client
        await runner.cleanup()


async def test_a_created_chat_has_members_and_is_listed_for_them(graph: Graph) -> None:
    chat = await graph.chat(ALEX, ADELE)
    _, read = await graph.graph("GET", f"chats/{chat}")
    assert (read["topic"], read["chatType"]) == ("Pump", "group")
    _, members = await graph.graph("GET", f"chats/{chat}/members")
    assert [row["userId"] for row in members["value"]] == [ALEX.object_id, ADELE.object_id]
    _, listed = await graph.graph("GET", f"users/{ADELE.object_id}/chats?$expand=members&$filter=chatType eq 'group'")
    assert [(row["id"], len(row["members"])) for row in listed["value"]] == [(chat, 2)]
    assert (await graph.graph("GET", f"users/{MEGAN.object_id}/chats"))[1]["value"] == []
    assert graph.activities == []


async def test_the_bot_is_notified_of_its_installation_and_of_new_members(graph: Graph) -> None:
    chat = await graph.chat(ALEX, ADELE)
    assert (await graph.install(f"chats/{chat}"))[0] == 201
    installed, added = graph.activities
    assert (installed["type"], installed["action"]) == ("installationUpdate", "add")
    assert added["membersAdded"] == [added["recipient"]]
    assert added["conversation"]["id"] == chat
    assert added["serviceUrl"] == f"{graph.url}/teams/"
    body = graph.person(MEGAN, visibleHistoryStartDateTime="0001-01-01T00:00:00Z")
    assert (await graph.graph("POST", f"chats/{chat}/members", body))[0] == 201
    assert graph.activities[2]["membersAdded"] == [{"id": f"29:{MEGAN.object_id}", "aadObjectId": MEGAN.object_id}]
    _, members = await graph.graph("GET", f"chats/{chat}/members")
    membership = next(row["id"] for row in members["value"] if row["userId"] == MEGAN.object_id)
    assert (await graph.graph("DELETE", f"chats/{chat}/members/{membership}"))[0] == 204
    assert graph.activities[3]["membersRemoved"] == graph.activities[2]["membersAdded"]


async def test_the_bot_posts_to_a_chat_and_the_page_shows_the_message(graph: Graph) -> None:
    chat = await graph.chat(ALEX, ADELE)
    conversation = f"teams/v3/conversations/{chat}"
    activity: dict[str, Any] = {"type": "message", "summary": "Hello", "attachments": []}
    assert (await graph.call("POST", f"{conversation}/activities", activity))[0] == 403
    await graph.install(f"chats/{chat}")
    card = {"type": "AdaptiveCard", "body": [{"type": "TextBlock", "text": "<b>Pump</b>"}], "actions": []}
    activity["attachments"] = [{"contentType": "application/vnd.microsoft.card.adaptive", "content": card}]
    assert (await graph.call("POST", f"{conversation}/activities", activity))[0] == 201
    status, member = await graph.call("GET", f"{conversation}/members/{ADELE.object_id}")
    assert (status, member["name"]) == (200, "Adele Vance")
    assert (await graph.call("GET", f"{conversation}/members/{MEGAN.object_id}"))[0] == 404
    async with graph.session.get(f"{graph.url}/chats/{chat}") as answer:
        page = await answer.text()
    assert "&lt;b&gt;Pump&lt;/b&gt;" in page
    assert "Alex Wilber, Adele Vance, Chat Sync" in page
    async with graph.session.get(f"{graph.url}/chats") as answer:
        assert chat.removeprefix("19:") in await answer.text()


async def test_the_bot_edits_its_messages(graph: Graph) -> None:
    chat = await graph.chat(ALEX, ADELE)
    activities = f"teams/v3/conversations/{chat}/activities"
    before, after = ({"type": "message", "summary": text} for text in ("Before", "After"))
    assert (await graph.call("PUT", f"{activities}/1:1", after))[0] == 403
    await graph.install(f"chats/{chat}")
    assert (await graph.call("PUT", f"{activities}/1:1", after))[0] == 404
    _, posted = await graph.call("POST", activities, before)
    assert await graph.call("PUT", f"{activities}/{posted['id']}", after) == (200, posted)
    async with graph.session.get(f"{graph.url}/chats/{chat}") as answer:
        page = await answer.text()
    assert "After" in page
    assert "Before" not in page


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"topic": "Case: 10"}, 400, "BadRequest"),
        ({"topic": "a" * 251}, 400, "BadRequest"),
        ({"topic": " "}, 400, "BadRequest"),
        ({"topic": 5}, 400, "BadRequest"),
        ({"chatType": "meeting"}, 400, "BadRequest"),
        ({}, 400, "BadRequest"),
        ("a text", 400, "BadRequest"),
    ],
)
async def test_only_the_topic_of_a_chat_can_be_changed_and_it_is_validated(
    graph: Graph, body: object, status: int, code: str
) -> None:
    chat = await graph.chat(ALEX, ADELE)
    answered, error = await graph.graph("PATCH", f"chats/{chat}", body)
    assert (answered, error["error"]["code"]) == (status, code)
    assert set(error["error"]["innerError"]) == {"date", "request-id", "client-request-id"}
    assert (await graph.graph("PATCH", f"chats/{chat}", {"topic": "a" * 250}))[0] == 200


async def test_invalid_requests_for_chats_are_rejected_as_in_graph(graph: Graph) -> None:
    chat = await graph.chat(ALEX, ADELE)
    nobody = {**graph.person(ALEX), "user@odata.bind": "https://graph.microsoft.com/v1.0/users/nobody@example.com"}
    for path, body, status in (
        ("chats", {"chatType": "group", "members": []}, 400),
        ("chats", {"chatType": "group", "members": [{"roles": ["owner"]}]}, 400),
        ("chats", {"chatType": "group", "members": [graph.person(ALEX), nobody]}, 404),
        ("chats", {"chatType": "group", "members": [graph.person(ALEX), graph.person(DIEGO)]}, 403),
        ("chats", {"chatType": "group", "topic": "a:b", "members": [graph.person(ALEX)]}, 400),
        ("chats", {"chatType": "oneOnOne", "members": [graph.person(ALEX)]}, 501),
        (f"chats/{chat}/members", graph.person(ADELE), 409),
        (f"chats/{chat}/members", nobody, 404),
        ("chats/19:none@thread.v2/members", graph.person(MEGAN), 404),
        ("subscriptions", {}, 501),
        ("nothing", {}, 404),
    ):
        answered, error = await graph.graph("POST", path, body)
        assert (path, answered) == (path, status)
        assert error["error"]["message"]


async def test_the_app_is_installed_once_with_the_permissions_in_its_manifest(graph: Graph) -> None:
    place = f"chats/{await graph.chat(ALEX, ADELE)}"
    assert (await graph.install(place, permissions=RSC[:1]))[0] == 400
    assert (await graph.install(place, app="00000000-0000-0000-0000-000000000001"))[0] == 404
    assert (await graph.install(place))[0] == 201
    assert (await graph.install(place))[0] == 409
    _, listed = await graph.graph("GET", f"{place}/installedApps")
    (installation,) = listed["value"]
    assert (await graph.graph("DELETE", f"{place}/installedApps/{installation['id']}"))[0] == 204
    assert (await graph.graph("GET", f"{place}/installedApps"))[1]["value"] == []


async def test_people_are_found_by_the_beginnings_of_their_names(graph: Graph) -> None:
    search = '$search="displayName:va" OR "mail:va"&$select=displayName,id&$count=true'
    status, found = await graph.graph("GET", f"users?{search}", ConsistencyLevel="eventual")
    assert (status, found["@odata.count"]) == (200, 1)
    assert found["value"] == [{"id": ADELE.object_id, "displayName": "Adele Vance"}]
    assert (await graph.graph("GET", f"users?{search}"))[0] == 400
    _, person = await graph.graph("GET", "users/patti.fernandez@example.com")
    assert person["id"] == PATTI.object_id
    # Some properties come only if they are selected.
    assert not {"accountEnabled", "userType"} & set(person)
    selected = "?$select=accountEnabled,userType,mail,userPrincipalName"
    _, guest = await graph.graph("GET", f"users/00000000-0000-0000-0000-000000000028{selected}")
    assert {name: value for name, value in guest.items() if name[0] != "@"} == {
        "accountEnabled": True,
        "userType": "Guest",
        "mail": "jordan.reyes@partner.example",
        "userPrincipalName": "jordan.reyes_partner.example#EXT#@example.com",
    }
    assert (await graph.graph("GET", "users/nobody@example.com"))[1]["error"]["code"] == "Request_ResourceNotFound"
    assert (await graph.graph("GET", "users?$filter=jobTitle eq 'x'"))[0] == 501


async def test_licenses_presence_and_teams(graph: Graph) -> None:
    _, held = await graph.graph("GET", f"users/{ADELE.object_id}/licenseDetails")
    assert held["value"][0]["servicePlans"][0]["servicePlanName"] == "TEAMS1"
    assert (await graph.graph("GET", f"users/{DIEGO.object_id}/licenseDetails"))[1]["value"] == []
    ids = {"ids": [ADELE.object_id, "no such id"]}
    _, there = await graph.graph("POST", "communications/getPresencesByUserId", ids)
    assert [row["availability"] for row in there["value"]] == ["Available", "PresenceUnknown"]
    assert (await graph.graph("POST", "communications/getPresencesByUserId", {"ids": ["x"] * 651}))[0] == 400
    _, teams = await graph.graph("GET", f"users/{ADELE.object_id}/joinedTeams")
    assert [row["id"] for row in teams["value"]] == [TEAM_ID]
    assert (await graph.graph("GET", f"users/{PATTI.object_id}/joinedTeams"))[1]["value"] == []
    path = f"teams/{TEAM_ID}/channels?$filter=membershipType eq 'standard'"
    _, channels = await graph.graph("GET", path)
    assert [row["displayName"] for row in channels["value"]] == ["General", "Pumps"]
    assert (await graph.install(f"teams/{TEAM_ID}"))[0] == 201
    assert graph.activities[1]["conversation"]["conversationType"] == "channel"


async def test_a_batch_responds_to_each_part_separately(graph: Graph) -> None:
    parts = [
        {"id": "a", "method": "GET", "url": f"/users/{ADELE.object_id}?$select=displayName"},
        {"id": "b", "method": "GET", "url": "/users/nobody"},
    ]
    status, answer = await graph.graph("POST", "$batch", {"requests": parts})
    first, second = answer["responses"]
    assert (status, first["status"], first["body"]["displayName"]) == (200, 200, "Adele Vance")
    assert (second["id"], second["status"]) == ("b", 404)
    wrongs: tuple[dict[str, Any], ...] = ({"requests": parts * 11}, {"requests": []}, {"requests": ["x"]}, {})
    for wrong in wrongs:
        assert (await graph.graph("POST", "$batch", wrong))[0] == 400


async def test_faults_apply_to_the_service_that_they_were_sent_to(graph: Graph) -> None:
    chat = await graph.chat(ALEX, ADELE)
    fault = "403; times=1; method=POST; ends=members"
    assert (await graph.graph("GET", f"chats/{chat}", None, x_sandbox_fault=fault))[0] == 200
    assert (await graph.graph("GET", f"chats/{chat}/members"))[0] == 200
    status, error = await graph.graph("POST", f"chats/{chat}/members", graph.person(MEGAN))
    assert (status, error["error"]["code"]) == (403, "Forbidden")
    assert (await graph.graph("POST", f"chats/{chat}/members", graph.person(MEGAN)))[0] == 201
    path = f"teams/v3/conversations/{chat}/members"
    status, error = await graph.call("GET", path, None, x_sandbox_fault="429")
    assert (status, error["error"]["code"]) == (429, "Throttled")


async def test_graph_registers_chats_of_other_clients(graph: Graph) -> None:
    settings = SandboxSettings(url=graph.url, webhook_url="", webhook_key=KEY, file=None)
    teams = make_sandbox(settings, now=lambda: MIDDAY)[TEAMS]
    activity = {
        "serviceUrl": "http://127.0.0.1:56150/_connector",
        "conversation": {"id": "19:theirs@thread.v2", "conversationType": "groupChat", "tenantId": "t"},
        "from": {"id": "user-id-2", "aadObjectId": "00000000-0000-0000-0000-0000000000022"},
        "recipient": {"id": "bot", "name": "Bot"},
    }
    for seen in (activity, activity, {**activity, "from": {}}, {**activity, "from": "x", "conversation": "y"}, {}):
        await teams.observe(seen)
    (row,) = teams.chats()
    assert (row.id, row.text("serviceUrl")) == ("19:theirs@thread.v2", activity["serviceUrl"])
    (member,) = teams.rows.where("teams_member", chat=row.id)
    assert (member.text("userId"), member.text("account")) == (ADELE.object_id, "user-id-2")
