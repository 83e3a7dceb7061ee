"""The template for Azure has only what Azure's published types allow, and what Chat Sync needs."""

import json
import re
from itertools import chain
from pathlib import Path
from typing import Any

import pytest

from bot.config.load import load_settings
from bot.web.public_pages import PAGES
from bot.wiring.application import MESSAGES_PATH
from bot.wiring.graph_notifications import NOTIFICATIONS_PATH
from bot.wiring.system_addresses import EVENTS_PATH, PANE_PATH
from tests.house.bicep import BicepFile, Shape, problems, properties, results, text_of
from tests.house.deployed import IMAGE_SETTINGS, LONGEST_STOP_S, SAMPLES, variables

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "docs/deploy"
TEMPLATE = BicepFile(FOLDER / "azure.bicep")
PARAMETERS = (FOLDER / "azure.bicepparam").read_text(encoding="utf-8")
PAGE = (ROOT / "docs/deployment.md").read_text(encoding="utf-8")
TYPES: dict[str, Shape] = json.loads(Path(__file__).with_name("azure_types.json").read_text(encoding="utf-8"))
"""The writable properties of each type as Microsoft publishes them for Bicep, down to the objects that are used."""
APP = TEMPLATE.resource("app")
CONTAINER = ("properties", "template", "containers")
VARIABLES = {
    "MicrosoftAppId": "11111111-1111-4111-8111-111111111111",
    "MicrosoftAppTenantId": "22222222-2222-4222-8222-222222222222",
    "CHATSYNC_PANE_CLIENT_ID": "33333333-3333-4333-8333-333333333333",
}
"""Samples of values that Azure knows only when it deploys."""


def texts(nodes: list[Any]) -> list[str]:
    return [text_of(each) for each in nodes]


def secret_settings() -> dict[str, str]:
    """Return the settings whose values are in the key vault, with the names of the secrets."""
    pairs = [properties(each) for each in results(TEMPLATE.variables["secretSettings"])]
    return {text_of(each["setting"]): text_of(each["secret"]) for each in pairs if each}


def plain_settings() -> dict[str, str]:
    """Return the other settings of the container, with their expressions."""
    pairs = [properties(each) for each in APP.at(*CONTAINER, "env")]
    return {text_of(each["name"]): text_of(each["value"]) for each in pairs if "value" in each}


def test_the_grammar_allows_the_template() -> None:
    assert TEMPLATE.mistakes == []
    assert len(TEMPLATE.resources) > 20


def test_every_resource_has_only_what_its_published_type_allows() -> None:
    created = [each for each in TEMPLATE.resources if not each.exists]
    found = chain.from_iterable(problems(each.body, TYPES[each.type], each.symbol) for each in created)
    assert list(found) == []
    assert {each.type for each in created} <= set(TYPES)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("name: 'a', size: 'large'", []),
        ("name: 'a', size: 'huge'", ["x.size: huge"]),
        ("name: 'a', sizes: 'large'", ["x.sizes is unknown"]),
        ("size: 'large'", ["x.name is missing"]),
        ("name: 'a', list: concat([{ b: 1 }], empty(c) ? [] : [{ d: 1 }])", ["x.list.d is unknown"]),
        ("name: 'a', list: [for e in f: { d: e }]", ["x.list.d is unknown"]),
        ("name: 'a', list: map(f, e => { d: e })", ["x.list.d is unknown"]),
        ("name: 'a', tags: { '${b}': 'c' }", []),
    ],
)
def test_a_wrong_property_is_found(tmp_path: Path, body: str, expected: list[str]) -> None:
    file = tmp_path / "x.bicep"
    file.write_text(f"resource x 'T@1' = {{ {body} }}\n", encoding="utf-8")
    shape = {"name!": None, "size": "large|small", "list": [{"b": None}], "tags": {"*": None}}
    (resource,) = BicepFile(file).resources
    assert list(problems(resource.body, shape, "x")) == expected


def test_a_mistake_in_the_syntax_is_found(tmp_path: Path) -> None:
    file = tmp_path / "x.bicep"
    file.write_text("param a string\nresource x 'T@1' = { name: }\n", encoding="utf-8")
    assert BicepFile(file).mistakes


def test_the_settings_in_the_template_start_chat_sync(monkeypatch: pytest.MonkeyPatch) -> None:
    named = {**plain_settings(), **secret_settings()}
    assert set(named) <= set(variables())
    for name, expression in named.items():
        monkeypatch.setenv(name, {**SAMPLES, **VARIABLES}.get(name, expression))
    for name, value in IMAGE_SETTINGS.items():
        monkeypatch.setenv(name, value)
    settings = load_settings()
    assert settings.app_type == "UserAssignedMSI"
    assert not settings.one_process


def test_every_secret_comes_from_the_key_vault_with_the_managed_identity() -> None:
    stored = TEMPLATE.of_type("Microsoft.KeyVault/vaults/secrets")
    assert sorted(secret_settings().values()) == sorted(text for each in stored for text in texts(each.at("name")))
    (reference,) = APP.at("properties", "configuration", "secrets")
    assert set(properties(reference)) == {"name", "keyVaultUrl", "identity"}
    assert text_of(properties(reference)["identity"]) == "identity.id"
    # A container app that starts before its secrets exist fails.
    assert {each.symbol for each in stored} <= set(texts(APP.at("dependsOn")))


def test_secret_parameters_reach_only_the_key_vault_and_the_database() -> None:
    secret = TEMPLATE.secret_parameters
    assert {"databasePassword", "webhookKey", "graphClientState", "paneClientSecret"} <= secret
    assert {name for name in TEMPLATE.parameters if re.search(r"[kK]ey|[pP]assword|[sS]ecret|State", name)} == secret
    word = re.compile(rf"\b({'|'.join(secret)})\b")
    users = {each.symbol for each in TEMPLATE.resources if word.search(re.sub(r"empty\(\w+\)", "", text_of(each.body)))}
    stored = {each.symbol for each in TEMPLATE.of_type("Microsoft.KeyVault/vaults/secrets")}
    assert users == stored | {"server"}
    assert [each for each in TEMPLATE.outputs.values() if word.search(each)] == []


def test_the_routes_are_those_that_other_systems_and_browsers_need() -> None:
    routes = ("properties", "rules", "routes", "match")
    exact = texts(TEMPLATE.resource("routes").at(*routes, "path"))
    assert sorted(exact) == sorted([MESSAGES_PATH, EVENTS_PATH, NOTIFICATIONS_PATH, *PAGES])
    assert texts(TEMPLATE.resource("routes").at(*routes, "pathSeparatedPrefix")) == [PANE_PATH]
    assert texts(APP.at("properties", "configuration", "ingress", "external")) == ["false"]


def test_the_probes_ask_nothing_of_other_systems() -> None:
    probes = (*CONTAINER, "probes")
    assert sorted(texts(APP.at(*probes, "type"))) == ["Liveness", "Readiness", "Startup"]
    assert texts(APP.at(*probes, "httpGet", "path")) == ["/healthz"] * 3
    assert set(texts(APP.at(*probes, "httpGet", "port"))) == {"port"}
    assert text_of(TEMPLATE.variables["port"]) == IMAGE_SETTINGS["PORT"]


def test_a_replica_has_time_to_stop_and_one_always_runs() -> None:
    (grace,) = texts(APP.at("properties", "template", "terminationGracePeriodSeconds"))
    assert int(grace) > LONGEST_STOP_S
    assert texts(APP.at("properties", "template", "scale", "minReplicas")) == ["minReplicas"]


def test_the_database_and_the_vault_are_closed() -> None:
    assert texts(TEMPLATE.resource("server").at("properties", "network", "publicNetworkAccess")) == ["Disabled"]
    assert texts(TEMPLATE.resource("vault").at("properties", "enableRbacAuthorization")) == ["true"]
    (url,) = texts(TEMPLATE.resource("databaseUrlSecret").at("properties", "value"))
    assert url.endswith("?ssl=require")
    assert "uriComponent(databasePassword)" in url


def test_the_bot_has_the_teams_channel_and_the_managed_identity() -> None:
    bot = TEMPLATE.resource("bot")
    assert texts(bot.at("properties", "msaAppType")) == [plain_settings()["MicrosoftAppType"]]
    assert texts(bot.at("properties", "msaAppId")) == [plain_settings()["MicrosoftAppId"]]
    assert texts(bot.at("properties", "endpoint")) == [f"${{address}}{MESSAGES_PATH}"]
    assert texts(TEMPLATE.resource("teams").at("properties", "properties", "isEnabled")) == ["true"]


def test_the_parameter_file_sets_every_required_parameter_and_contains_no_secret() -> None:
    lines = re.findall(r"^param (\w+) = readEnvironmentVariable\('(\w+)'(, '')?\)$", PARAMETERS, flags=re.MULTILINE)
    assert len(lines) == PARAMETERS.count("param ")
    needed = {name for name, _, default in lines if not default}
    assert needed == TEMPLATE.required_parameters
    assert {name for name, *_ in lines} >= TEMPLATE.secret_parameters
    assert {name for name, *_ in lines} <= set(TEMPLATE.parameters)
    exported = set(re.findall(r"^export (\w+)=", PAGE, flags=re.MULTILINE))
    assert {variable for _, variable, default in lines if not default} == exported
    assert {variable for _, variable, _ in lines if f"`{variable}`" not in PAGE} - exported == set()


def test_the_page_names_the_outputs_that_its_steps_use() -> None:
    used = {"appId", "principalId", "publicUrl", "routedHost"}
    assert used | {"containerApp"} == set(TEMPLATE.outputs)
    for name in used:
        assert f"`{name}`" in PAGE
