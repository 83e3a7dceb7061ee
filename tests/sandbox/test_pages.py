from __future__ import annotations

import re

import pytest
from aiohttp import ClientResponse

from tests.sandbox.test_activities import MEGAN, chat_body
from tests.sandbox.wire import CASE_ID, Api, Client

ROW = f"/sandbox/tables/incident/{CASE_ID}"
HIDDEN_ROW = "/sandbox/tables/incident/00000000-0000-4000-9000-0000000003ee"


async def text(client: Client, path: str, status: int = 200) -> str:
    answer = await client.get(path)
    assert answer.status == status
    return await answer.text()


async def switch_person(client: Client, person: int, back: str = "/sandbox/") -> ClientResponse:
    form = {"person": f"00000000-0000-0000-0000-{person:012}", "back": back}
    return await client.post("/sandbox/person", data=form, allow_redirects=False)


async def test_the_first_page_lists_the_tables_with_their_rows(client: Client) -> None:
    page = await text(client, "/sandbox/")
    for name, count in (("Cases", 36), ("Accounts", 34), ("Conversations", 30), ("Work Orders", 30)):
        assert re.search(rf">{name}</span> <span class=\"count\">{count} rows<", page)
    assert 'href="/sandbox/tables/incident"' in page


async def test_the_address_without_a_trailing_slash_redirects(client: Client) -> None:
    answer = await client.get("/sandbox", allow_redirects=False)
    assert (answer.status, answer.headers["Location"]) == (302, "/sandbox/")


async def test_rows_are_listed_the_newest_first_in_pages(client: Client) -> None:
    numbers = re.findall(r"CAS-\d{5}", await text(client, "/sandbox/tables/incident"))
    assert numbers[0] == "CAS-01036"
    assert len(numbers) == 25
    rest = re.findall(r"CAS-\d{5}", await text(client, "/sandbox/tables/incident?page=2"))
    assert rest[-1] == "CAS-01001"
    assert len(rest) == 11


@pytest.mark.parametrize(
    ("words", "found"),
    [("cas-01001", ["CAS-01001"]), ("FIRMWARE", ["CAS-01001"]), ("המשאבה", ["CAS-01012"]), ("nothing like it", [])],
)
async def test_rows_are_searched_by_name_and_number(client: Client, words: str, found: list[str]) -> None:
    page = await client.get("/sandbox/tables/incident", params={"q": words})
    cells = re.findall(r'class="number">(CAS-\d{5})', await page.text())
    assert cells == found


async def test_a_row_has_a_timeline_with_the_chats_emails_and_notes_that_the_person_may_read(
    client: Client, api: Api
) -> None:
    chat = {
        **chat_body(MEGAN),
        "subject": "Pump <b>today</b>",
        "teamschatid": "19:unknown@thread.v2",
        "modifiedinteamson": "2026-11-29T12:00:00Z",
    }
    await api.post("chats", chat)
    page = await text(client, ROW)
    timeline = page[page.index('id="timeline"') : page.index("</section>")]
    kinds = re.findall(r'class="kind"><span>([^<]+)', timeline)
    assert (kinds[0], {"Email", "Note"} <= {*kinds}) == ("Teams chat", True)
    assert "Pump &lt;b&gt;today&lt;/b&gt;" in timeline
    assert "Megan Bowen" in timeline
    # The text of an email has no markup, and a chat that the sandbox does not know has no link.
    assert "&lt;div&gt;" not in timeline
    assert "Open chat" not in timeline
    assert 'id="timeline"' not in await text(client, "/sandbox/tables/email")


@pytest.mark.parametrize(
    ("stored", "shown"),
    [
        ("1 < 2 & R&D", "1 &lt; 2 &amp; R&amp;D"),
        ("&lt;b>bold&lt;/b> &amp;amp;", "&lt;b&gt;bold&lt;/b&gt; &amp;amp;"),
        ("<p>Two</p><p>lines<!-- hidden --></p>", "Two\nlines"),
    ],
)
async def test_the_timeline_shows_notes_as_rich_text(client: Client, api: Api, stored: str, shown: str) -> None:
    note = {"subject": "A note", "notetext": stored, "objectid_incident@odata.bind": f"/incidents({CASE_ID})"}
    await api.post("annotations", note)
    assert f'<p class="text"><bdi>{shown}</bdi></p>' in await text(client, ROW)


@pytest.mark.parametrize("page", ["0", "-1", "x", "99999", "²"])
async def test_an_invalid_page_number_is_not_an_error(client: Client, page: str) -> None:
    answer = await client.get("/sandbox/tables/incident", params={"page": page})
    assert answer.status == 200


async def test_each_column_of_a_row_has_a_label_and_a_control_of_its_type(client: Client) -> None:
    page = await text(client, ROW)
    for label, control in (
        ("Priority", '<select id="{id}"'),
        ("Description", '<textarea id="{id}"'),
        ("Follow Up By", '<input id="{id}" type="date"'),
        ("Resolve By (UTC)", '<input id="{id}" type="datetime-local"'),
        ("Operating Hours", '<input id="{id}" type="number" step="1"'),
        ("Downtime (Hours)", '<input id="{id}" type="number" step="0.01"'),
        ("Owner", '<select id="{id}"'),
    ):
        found = re.search(rf'<label for="([\w-]+)">{re.escape(label)}</label>', page)
        assert found, label
        assert control.format(id=found[1]) in page
    assert re.search(r'type="checkbox" id="[\w-]+" data-name="isescalated"', page)
    assert "<legend>Symptoms</legend>" in page
    assert 'role="status" aria-live="polite"' in page


async def test_a_row_shows_its_link_to_copy(client: Client) -> None:
    page = await text(client, ROW)
    address = f"{client.make_url('/sandbox/main.aspx')}?pagetype=entityrecord&amp;etn=incident&amp;id={CASE_ID}"
    assert f'value="{address}"' in page


async def test_values_are_escaped(client: Client) -> None:
    page = await text(client, "/sandbox/tables/incident/00000000-0000-4000-9000-0000000003fb")
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "<script>alert" not in page
    listed = await text(client, "/sandbox/tables/incident?q=<script>")
    assert "<script>alert" not in listed
    assert "matching “&lt;script&gt;”" in listed


async def test_pages_load_no_external_code(client: Client) -> None:
    for path in ("/sandbox/", ROW):
        answer = await client.get(path)
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        page = await answer.text()
        assert not re.search(r"(src|href)=\"https?://", page)
        assert " style=" not in page
        assert "onclick" not in page


@pytest.mark.parametrize("name", ["style.css", "row.js"])
async def test_the_pages_own_files_are_served(client: Client, name: str) -> None:
    assert len(await text(client, f"/sandbox/static/{name}")) > 500


async def test_the_acting_person_is_stored_in_a_cookie(client: Client) -> None:
    answer = await switch_person(client, 24, ROW)
    assert (answer.status, answer.headers["Location"]) == (303, ROW)
    cookie = answer.cookies["sandbox_person"]
    assert (cookie["path"], cookie["samesite"], cookie["httponly"]) == ("/sandbox/", "Strict", True)
    page = await text(client, ROW)
    assert re.search(r"<option [^>]*selected>Patti Fernandez", page)
    assert "No access" in page
    assert "480" not in page
    assert "is missing prvReadIncident" in await text(client, HIDDEN_ROW, status=403)
    cases = re.search(r">Cases</span> <span class=\"count\">(\d+) rows", await text(client, "/sandbox/"))
    assert cases
    assert int(cases[1]) < 36


@pytest.mark.parametrize(("person", "words"), [(25, "not a member of the organization"), (26, "is disabled")])
async def test_people_without_a_user_see_the_reason(client: Client, person: int, words: str) -> None:
    await switch_person(client, person)
    for path in ("/sandbox/", "/sandbox/tables/incident", ROW):
        assert words in await text(client, path, status=403)


@pytest.mark.parametrize("back", ["https://example.com/", "//example.com", "/elsewhere", "/sandbox/\\example.com", ""])
async def test_switching_never_redirects_outside_the_sandbox(client: Client, back: str) -> None:
    assert (await switch_person(client, 21, back)).headers["Location"] == "/sandbox/"


async def test_an_unknown_person_changes_nothing(client: Client) -> None:
    assert "sandbox_person" not in (await switch_person(client, 77)).cookies


@pytest.mark.parametrize(
    "query",
    [
        f"pagetype=entityrecord&etn=incident&id={CASE_ID}",
        f"pagetype=entityrecord&etn=incident&id=%7B{CASE_ID.upper()}%7D",
        f"appid=x&PageType=EntityRecord&ETN=Incident&ID={CASE_ID}&navbar=off",
        f"etc=112&id={CASE_ID}",
        f"etc=112&extraqs=id%3D%257b{CASE_ID}%257d&pagetype=entityrecord",
    ],
)
async def test_a_record_link_leads_to_the_rows_page(client: Client, query: str) -> None:
    answer = await client.get(f"/sandbox/main.aspx?{query}", allow_redirects=False)
    assert (answer.status, answer.headers.get("Location")) == (302, ROW)


@pytest.mark.parametrize(
    "path",
    [
        "/sandbox/main.aspx",
        f"/sandbox/main.aspx?etn=nosuch&id={CASE_ID}",
        "/sandbox/main.aspx?etn=incident&id=new",
        "/sandbox/tables/nosuch",
        "/sandbox/tables/systemuserroles",
        f"/sandbox/tables/nosuch/{CASE_ID}",
        "/sandbox/tables/incident/nobody",
        "/sandbox/tables/incident/00000000-0000-4000-9000-00000000dead",
        "/sandbox/nosuch",
    ],
)
async def test_unknown_addresses_are_not_found(client: Client, path: str) -> None:
    await text(client, path, status=404)


@pytest.mark.parametrize(
    "table",
    ["account", "contact", "email", "knowledgearticle", "msdyn_ocliveworkitem", "msdyn_workorder", "systemuser"],
)
async def test_every_table_has_pages(client: Client, table: str) -> None:
    path = re.search(rf'href="(/sandbox/tables/{table}/[\w-]+)"', await text(client, f"/sandbox/tables/{table}"))
    assert path
    assert "Read-only columns" in await text(client, path[1])


async def test_system_jobs_have_pages(client: Client, api: Api) -> None:
    await api.patch(f"incidents({CASE_ID})", {"prioritycode": 1})
    job = (await api.completed_jobs(1))[0]
    page = await text(client, f"/sandbox/tables/asyncoperation/{job['asyncoperationid']}")
    assert "The webhook returned 200." in page
    assert '<form id="row"' not in page


async def test_the_link_of_a_list_leads_to_the_tables_page(client: Client) -> None:
    answer = await client.get("/sandbox/main.aspx?pagetype=entitylist&etn=role", allow_redirects=False)
    assert (answer.status, answer.headers["Location"]) == (302, "/sandbox/tables/role")
    page = await text(client, "/sandbox/main.aspx?pagetype=entitylist&etn=role")
    assert "System Administrator" in page
    role = re.search(r'href="(/sandbox/tables/role/[^"]+)"', page)
    assert role
    assert "Customer Service" in await text(client, "/sandbox/tables/role") + await text(client, role.group(1))
    await text(client, "/sandbox/main.aspx?pagetype=entitylist&etn=nothing", 404)
