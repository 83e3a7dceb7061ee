import pytest
from aiohttp import hdrs

from tests.sandbox.wire import CASE, WEB_API, Client


@pytest.mark.parametrize(
    "host", ["localhost", "localhost:3978", "127.0.0.1:1", "[::1]", "[::1]:3978", "LOCALHOST:65535"]
)
async def test_loopback_host_names_are_accepted(client: Client, host: str) -> None:
    answer = await client.get(f"{WEB_API}/WhoAmI", headers={hdrs.HOST: host})
    assert answer.status == 200


@pytest.mark.parametrize(
    "host",
    [
        "example.com",
        "localhost.example.com",
        "127.0.0.1.example.com",
        "example.com:127",
        "localhost@example.com",
        "user@localhost",
        "localhost:99999",
        "localhost/",
        "[::2]",
        "192.168.0.1",
        "10.0.0.1",
        "",
    ],
)
@pytest.mark.parametrize("path", [f"{WEB_API}/WhoAmI", "/sandbox/", "/sandbox/static/style.css", "/sandbox/nosuch"])
async def test_other_host_names_are_rejected(client: Client, host: str, path: str) -> None:
    answer = await client.get(path, headers={hdrs.HOST: host})
    assert answer.status == 403
    assert (await answer.json())["error"]["message"].startswith("The sandbox accepts only localhost")


@pytest.mark.parametrize(
    "origin", ["https://example.com", "null", "http://localhost.example.com", "file://", "", "http://"]
)
async def test_requests_from_other_sites_are_rejected(client: Client, origin: str) -> None:
    for method, path in (("GET", f"{WEB_API}/WhoAmI"), ("PATCH", f"{WEB_API}/{CASE}"), ("POST", "/sandbox/person")):
        answer = await client.request(method, path, headers={hdrs.ORIGIN: origin}, json={"prioritycode": 1})
        assert answer.status == 403


@pytest.mark.parametrize("origin", ["http://localhost:3978", "http://127.0.0.1", "https://[::1]:8443"])
async def test_requests_from_loopback_pages_are_accepted(client: Client, origin: str) -> None:
    answer = await client.get(f"{WEB_API}/WhoAmI", headers={hdrs.ORIGIN: origin})
    assert answer.status == 200


async def test_responses_have_no_cors_headers(client: Client) -> None:
    answer = await client.get(f"{WEB_API}/WhoAmI")
    assert "Access-Control-Allow-Origin" not in answer.headers


async def test_an_unexpected_exception_is_reported_without_details(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("secret detail")

    monkeypatch.setattr("bot.sandbox.dataverse.web_api.reading.select_rows", broken)
    answer = await client.get(f"{WEB_API}/incidents")
    assert answer.status == 500
    assert "secret" not in await answer.text()
    assert (await answer.json())["error"]["code"] == "0x80040216"
