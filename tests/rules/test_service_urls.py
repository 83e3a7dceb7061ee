"""Service URLs that the bot may call: a forged one reaches neither another host nor another service of this machine."""

import pytest

from bot.config.settings import Settings
from bot.domain.record_links import parse_environment
from bot.teams.service_hosts import local_urls, teams_urls
from bot.wiring.service_urls import service_urls, targeted_urls

OWN_PORT = 3978
SANDBOX = "http://localhost:4000/sandbox/teams/"

LOCAL = [
    "http://localhost:50000",
    "http://127.0.0.1:50000/",
    "https://[::1]:50000/",
    "http://127.8.9.1:1",
    "http://localhost:56150/_connector",
    "http://LOCALHOST:50000/",
    SANDBOX,
]
"""The Emulator, the Playground, and the sandbox."""

NOT_LOCAL = [
    "http://127.0.0.1:2375/containers/create?name=pwned&x=",
    "http://127.0.0.1:2375/containers/create",
    "http://127.0.0.1:2375/?x=",
    "http://127.0.0.1:2375?x=",
    "http://127.0.0.1:2375/#x",
    "http://127.0.0.1:2375#",
    "http://127.0.0.1:2375?",
    "http://user@127.0.0.1:50000/",
    "http://user:word@127.0.0.1:50000/",
    "http://:@127.0.0.1:50000/",
    f"http://127.0.0.1:{OWN_PORT}/",
    f"http://localhost:{OWN_PORT}/_connector",
    f"http://[::1]:{OWN_PORT}",
    "http://127.0.0.1:0/",
    "http://127.0.0.1:99999/",
    "http://127.0.0.1:50000/_connector/",
    "http://127.0.0.1:50000/_connector/..",
    "http://127.0.0.1:50000//",
    "http://127.0.0.1:50000/\\x",
    "http://127.0.0.1:50000/ ",
    " http://127.0.0.1:50000/",
    "http://127.0.0.1:50000\r\n/",
    "http://127.0.0.1:50000/\x00",
    "http://127.0.0.1:50000\u00a0/",
    "http://127.0.0.1.example.com:50000/",
    "http://localhost.example.com/",
    "http://10.0.0.1:50000/",
    "http://[::2]:50000/",
    "http://0.0.0.0:50000/",
    "ftp://127.0.0.1:50000/",
    "file:///etc/passwd",
    "//127.0.0.1:50000/",
    "127.0.0.1:50000",
    "http://[::1",
    "",
    "http://localhost:4000/sandbox/teams/../api",
    "http://localhost:4001/sandbox/teams/",
]


@pytest.mark.parametrize("url", LOCAL)
def test_clients_of_this_machine_may_be_called_without_an_app_id(url: str) -> None:
    assert local_urls(OWN_PORT, frozenset({SANDBOX}))(url)


@pytest.mark.parametrize("url", NOT_LOCAL)
def test_without_an_app_id_nothing_else_may_be_called(url: str) -> None:
    assert not local_urls(OWN_PORT, frozenset({SANDBOX}))(url)


def test_the_default_port_counts_as_a_port() -> None:
    assert not local_urls(80, frozenset())("http://127.0.0.1/")
    assert local_urls(80, frozenset())("https://127.0.0.1/")
    assert not local_urls(443, frozenset())("https://127.0.0.1/")


TEAMS = "smba.trafficmanager.net"


@pytest.mark.parametrize("url", [f"https://{TEAMS}/emea/", f"https://{TEAMS}:443/teams", f"HTTPS://{TEAMS.upper()}/"])
def test_with_an_app_id_the_hosts_of_teams_may_be_called(url: str) -> None:
    assert teams_urls(frozenset({TEAMS}))(url)


@pytest.mark.parametrize(
    "url",
    [
        f"http://{TEAMS}/",
        f"https://{TEAMS}.example.com/",
        f"https://user@{TEAMS}/",
        f"https://evil.example/?@{TEAMS}/",
        f"https://evil.example\\@{TEAMS}/",
        f"https://{TEAMS}/emea/?x=",
        f"https://{TEAMS}/#",
        f"https://{TEAMS}\t/",
        f"https://{TEAMS}:99999/",
        "https://127.0.0.1/",
        "",
    ],
)
def test_with_an_app_id_nothing_else_may_be_called(url: str) -> None:
    assert not teams_urls(frozenset({TEAMS}))(url)


@pytest.mark.parametrize("name", ["127.0.0.1", "localhost", "[::1]"])
def test_the_sandbox_may_be_called_under_each_name_of_this_machine(name: str) -> None:
    own = parse_environment(f"http://127.0.0.1:{OWN_PORT}/sandbox")
    separate = parse_environment("http://localhost:4000/sandbox")
    is_allowed = service_urls(Settings(port=OWN_PORT), [own, separate])
    assert is_allowed(f"http://{name}:{OWN_PORT}/sandbox/teams/")
    assert is_allowed(f"http://{name}:4000/sandbox/teams/")
    assert not is_allowed(f"http://{name}:4002/sandbox/teams/")


def test_only_one_host_of_teams_and_the_sandbox_know_targeted_messages() -> None:
    separate = parse_environment("http://localhost:4000/sandbox")
    in_teams = Settings(app_id="11111111-2222-4333-8444-555555555555", service_hosts=(TEAMS, "other.example"))
    knows = targeted_urls(in_teams, [separate])
    assert all(map(knows, [f"https://{TEAMS}/emea/", f"https://{TEAMS}/amer/", f"https://{TEAMS}"]))
    others = [
        f"http://{TEAMS}/",
        f"https://{TEAMS}.example/",
        "https://other.example/",
        "http://localhost:4000/sandbox/teams/",
    ]
    others += [
        "https://smba.infra.gcc.teams.microsoft.com/teams",
        f"https://x.{TEAMS}/",
        f"https://{TEAMS}@other.example/",
    ]
    assert not any(map(knows, others))
    knows = targeted_urls(Settings(port=OWN_PORT), [separate])
    assert knows("http://localhost:4000/sandbox/teams/")
    local = [
        "http://localhost:4000/_connector",
        "http://127.0.0.1:4000/",
        f"https://{TEAMS}/emea/",
        "http://localhost:4001/sandbox/teams/",
    ]
    assert not any(map(knows, local))
