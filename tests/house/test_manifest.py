"""The app package that an administrator uploads."""

import json
import re
import struct
import subprocess
import zipfile
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from jsonschema_rs import Draft4Validator

from bot.config.settings import Settings
from bot.domain.extension_names import ACTIONS, ALL_RECORDS, SEARCH, SEARCHES
from bot.domain.public_names import CHAT_PERMISSIONS, MESSAGE_EVENTS, QUIET, Command
from bot.domain.record_types import STANDARD_TABLES
from bot.languages.tags import ENGLISH_TAG
from bot.languages.tags import LANGUAGES as CATALOG_TAGS
from manifest.__main__ import main
from manifest.document import SCHEMA_VERSION
from manifest.languages import LANGUAGES, file_name, translatable_strings
from tests.e2e.tools import node_modules
from tests.tiers import missing

APP_ID = "aaaaaaaa-0000-4000-8000-000000000001"
NEEDED = ["--app-id", APP_ID, "--domain", "chats.contoso.example.com"]
DOCS = Path(__file__).parents[2] / "docs"

SAME_AS_ENGLISH = {"fr": {"Articles", "Contacts"}}
"""Words that a language has in common with English, besides the name of the app."""
KEPT = ("Chat Sync", "Dynamics 365", QUIET, f"{Command.MUTE} off")
"""Names, and words that people type: no language translates them."""
ENGLISH_WORDS = re.compile(r"\b(and|the|this|these|with|for|from|its|your|records?|connect(?:ed)?)\b")
"""Words of the English texts that no other language has."""
LENGTHS = {
    "name.short": 30,
    "name.full": 100,
    "description.short": 80,
    "description.full": 4000,
    "composeExtensions[].commands[].title": 32,
    "composeExtensions[].commands[].parameters[].title": 32,
}
"""Maximum lengths of the schema by place, without the numbers of list items."""
OTHER_LENGTH = 128
"""Maximum length in all other places. Only the descriptions of text commands may be longer in this schema."""


def made(where: Path, *more: str) -> zipfile.ZipFile:
    assert main([*NEEDED, *more, "-o", str(where / "chat-sync.zip")]) == 0
    return zipfile.ZipFile(where / "chat-sync.zip")


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    return made(
        tmp_path_factory.mktemp("package"),
        "--environment",
        "https://contoso.crm4.dynamics.com/",
        "fabrikam.crm.dynamics.com",
    )


@pytest.fixture
def manifest(package: zipfile.ZipFile) -> dict[str, Any]:
    read: dict[str, Any] = json.loads(package.read("manifest.json"))
    return read


def test_it_holds_the_manifest_the_languages_and_the_icons_at_its_root(package: zipfile.ZipFile) -> None:
    assert set(package.namelist()) == {"manifest.json", "color.png", "outline.png", *map(file_name, LANGUAGES)}
    for icon, size in (("color.png", 192), ("outline.png", 32)):
        content = package.read(icon)
        assert content.startswith(b"\x89PNG")
        assert struct.unpack(">II", content[16:24]) == (size, size)


def test_the_bot_the_extension_and_the_app_registration_are_one(manifest: dict[str, Any]) -> None:
    (bot,), (extension,) = manifest["bots"], manifest["composeExtensions"]
    assert {manifest["id"], bot["botId"], extension["botId"], manifest["webApplicationInfo"]["id"]} == {APP_ID}
    assert manifest["webApplicationInfo"]["resource"] == f"api://chats.contoso.example.com/{APP_ID}"
    assert manifest["validDomains"] == ["chats.contoso.example.com"]
    asked = manifest["authorization"]["permissions"]["resourceSpecific"]
    assert [each["name"] for each in asked] == list(CHAT_PERMISSIONS)
    assert MESSAGE_EVENTS in CHAT_PERMISSIONS


def test_it_requests_all_messages_unless_told_otherwise_as_the_setting_of_the_server_does(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for option, setting in ([], ""), (["--without-message-events"], "False"):
        monkeypatch.setenv("CHATSYNC_MESSAGE_EVENTS", setting)
        found = json.loads(made(tmp_path, *option).read("manifest.json"))
        asked = {each["name"]: each["type"] for each in found["authorization"]["permissions"]["resourceSpecific"]}
        assert asked == dict.fromkeys(Settings().chat_permissions, "Application")
        assert (MESSAGE_EVENTS in asked) is not bool(option)


def test_it_offers_the_text_commands_that_there_are(manifest: dict[str, Any]) -> None:
    lists = {
        tuple(each["triggers"]): [one["title"] for one in each["commands"]]
        for each in manifest["bots"][0]["commandLists"]
    }
    assert set(lists[("mention",)]) == set(Command) - {Command.MUTE}
    assert lists[("slash",)] == ["mute", "notifications", "status", "records", "chats", "help"]
    assert len(lists) == 2
    assert max(map(len, lists.values())) <= 12
    assert manifest["bots"][0]["supportsTargetedMessages"] is True


def test_it_offers_the_search_first_and_then_the_actions_that_there_are(manifest: dict[str, Any]) -> None:
    search, *actions = manifest["composeExtensions"][0]["commands"]
    assert (search["id"], search["type"], search["initialRun"]) == (SEARCH, "query", True)
    assert [each["name"] for each in search["parameters"]] == list(SEARCHES)
    assert set(SEARCHES) - {ALL_RECORDS} <= set(STANDARD_TABLES)
    assert [each["id"] for each in actions] == list(ACTIONS)
    assert {each["type"] for each in actions} == {"action"}
    assert [each["fetchTask"] for each in actions] == [True] * len(ACTIONS)
    contexts = {each["id"]: each["context"] for each in actions}
    assert contexts["saveToRecord"] == ["message"]
    assert contexts["connectChat"] == ["compose", "message"]


def test_the_pane_is_a_tab_for_each_person_and_in_group_chats(manifest: dict[str, Any]) -> None:
    chat, pane = manifest["staticTabs"]
    assert chat == {"entityId": "conversations", "scopes": ["personal"]}
    assert pane == {
        "entityId": "pane",
        "name": "Chats and records",
        "contentUrl": "https://chats.contoso.example.com/pane?host=teams&language={app.locale}",
        "websiteUrl": "https://chats.contoso.example.com/pane?host=teams",
        "scopes": ["personal", "groupChat"],
    }
    assert urlsplit(pane["contentUrl"]).hostname in manifest["validDomains"]
    # Other placeholders would put the IDs of people and chats into the logs of every proxy.
    assert re.findall(r"{.*?}", pane["contentUrl"]) == ["{app.locale}"]


def test_a_registration_of_its_own_proves_who_looks_at_the_tabs(tmp_path: Path) -> None:
    given = "CCCCCCCC-0000-4000-8000-000000000009"
    manifest = json.loads(made(tmp_path, "--pane-client-id", given).read("manifest.json"))
    own = {"id": given.lower(), "resource": f"api://chats.contoso.example.com/{given.lower()}"}
    assert manifest["webApplicationInfo"] == own
    assert manifest["bots"][0]["botId"] == manifest["id"] != given.lower()


def test_links_of_the_named_environments_become_cards_also_without_the_app(manifest: dict[str, Any]) -> None:
    (handler,) = manifest["composeExtensions"][0]["messageHandlers"]
    assert handler["value"] == {
        "domains": ["contoso.crm4.dynamics.com", "fabrikam.crm.dynamics.com"],
        "supportsAnonymizedPayloads": True,
    }


def test_without_one_those_of_every_region_do(tmp_path: Path) -> None:
    manifest = json.loads(made(tmp_path).read("manifest.json"))
    domains = manifest["composeExtensions"][0]["messageHandlers"][0]["value"]["domains"]
    assert {"*.crm.dynamics.com", "*.crm4.dynamics.com", "*.crm.microsoftdynamics.us"} <= set(domains)
    # A wildcard stands for one label, and Teams rejects it directly before a top-level domain.
    assert all(re.fullmatch(r"\*\.crm\d*(\.[a-z]+){2}", each) for each in domains)
    assert len(set(domains)) == len(domains)


def test_the_languages_are_those_of_the_catalogs() -> None:
    assert list(LANGUAGES) == [tag.partition("-")[0] for tag in CATALOG_TAGS if tag != ENGLISH_TAG]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_says_everything_and_nothing_else(
    package: zipfile.ZipFile, manifest: dict[str, Any], language: str
) -> None:
    english = dict(translatable_strings(manifest))
    said = json.loads(package.read(file_name(language)))
    assert set(said) - {"$schema"} == set(english)
    left_over = set(LANGUAGES[language]) - set(english.values())
    assert left_over == set(), "words that the manifest does not use"
    same = {english[place] for place in english if said[place] == english[place]}
    assert same == {"Chat Sync"} | SAME_AS_ENGLISH.get(language, set()), "words that were not translated"
    assert {"languageTag": language, "file": file_name(language)} in manifest["localizationInfo"]["additionalLanguages"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_translation_is_partly_english(language: str) -> None:
    english_words = {text: ENGLISH_WORDS.findall(said) for text, said in LANGUAGES[language].items()}
    assert {text: words for text, words in english_words.items() if words} == {}


@pytest.mark.parametrize("language", ["ja", "ar"])
def test_other_scripts_have_only_names_and_typed_words_in_latin_letters(language: str) -> None:
    for said in LANGUAGES[language].values():
        left = re.sub("|".join(KEPT), "", said)
        assert re.findall("[A-Za-z]+", left) == [], said


@pytest.mark.parametrize("language", LANGUAGES)
def test_translations_keep_names_typed_words_placeholders_and_full_stops(language: str) -> None:
    for text, said in LANGUAGES[language].items():
        assert [each in said for each in KEPT] == [each in text for each in KEPT], said
        assert re.findall(r"\{.*?\}", said) == re.findall(r"\{.*?\}", text), said
        assert said.endswith((".", "。")) is text.endswith("."), said
        assert said == said.strip()


@pytest.mark.parametrize("language", [ENGLISH_TAG, *LANGUAGES])
def test_every_text_fits_where_teams_shows_it(manifest: dict[str, Any], language: str) -> None:
    # The schema for the languages states these lengths beside a reference, where validators ignore them.
    words = LANGUAGES.get(language, {})
    for place, text in translatable_strings(manifest):
        said = words.get(text, text)
        assert 0 < len(said) <= LENGTHS.get(re.sub(r"\d+", "", place), OTHER_LENGTH), (place, said)


def test_the_version_can_be_raised(tmp_path: Path) -> None:
    assert json.loads(made(tmp_path, "--version", "1.2.3").read("manifest.json"))["version"] == "1.2.3"


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["--app-id", "chat-sync"], "the app ID 'chat-sync' is not a GUID"),
        (["--app-id", ""], "the app ID '' is not a GUID"),
        (["--domain", "http://contoso.example.com"], "is not a host name"),
        (["--domain", "https://contoso.example.com/bot"], "has a path; use only the host name"),
        (["--domain", "contoso.example.com:3978"], "is not a host name"),
        (["--domain", "*.example.com"], "is not a host name"),
        (["--domain", "localhost"], "is not a host name"),
        (["--domain", "127.0.0.1"], "is not a host name"),
        (["--domain", "a" * 64 + ".example.com"], "is not a host name"),
        (["--domain", ".".join(["a" * 60] * 5) + ".com"], "is not a host name"),
        (["--environment", "*.com"], "the environment '*.com' is not a host name"),
        (["--environment", "contoso"], "the environment 'contoso' is not a host name"),
        (["--environment", "https://user@contoso.crm4.dynamics.com"], "is not a host name"),
        (["--website", "http://example.com"], "the website 'http://example.com' is not an https address"),
        (["--website", "https://example.com/" + "a" * 2048], "is not an https address of at most 2048 characters"),
        (["--version", "1.0"], "the version '1.0' is not three numbers such as 1.0.0"),
        (["--version", "01.0.0"], "is not three numbers"),
        (["-o", "/nowhere/at/all/chat-sync.zip"], "No such file or directory"),
    ],
    ids=lambda each: str(each)[:50],
)
def test_what_teams_would_refuse_is_refused_here_with_the_reason(
    arguments: list[str], reason: str, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    with pytest.raises(SystemExit) as stopped:
        main([*NEEDED, "-o", str(tmp_path / "x.zip"), *arguments])
    assert stopped.value.code == 2
    assert reason in capsys.readouterr().err
    assert not (tmp_path / "x.zip").exists()


@pytest.mark.parametrize("missing_one", ["--app-id", "--domain"])
def test_what_is_needed_is_asked_for(missing_one: str, capsys: pytest.CaptureFixture[str]) -> None:
    left = [
        each
        for name, value in zip(NEEDED[::2], NEEDED[1::2], strict=True)
        if name != missing_one
        for each in (name, value)
    ]
    with pytest.raises(SystemExit):
        main(left)
    assert missing_one in capsys.readouterr().err


def test_the_set_up_page_uses_the_real_options() -> None:
    page = (DOCS / "set-up.md").read_text(encoding="utf-8")
    (options,) = re.findall(r"uv run --no-dev python -m manifest (.+)", page)
    assert set(re.findall(r"--[a-z-]+", options)) == {"--app-id", "--domain", "--environment"}


CHECK = """
const { AppManifestUtils, TeamsManifestConverter } = require("@microsoft/app-manifest");
const fs = require("fs"), text = fs.readFileSync(process.argv[1], "utf8"), manifest = JSON.parse(text);
TeamsManifestConverter.jsonToManifest(text);
const schema = JSON.parse(fs.readFileSync(process.argv[2], "utf8"));
AppManifestUtils.validateAgainstSchema(manifest, schema).then((found) => {
  console.log(JSON.stringify(found));
  process.exit(found.length);
});
"""


def schema(name: str) -> Path:
    """Return one of Microsoft's schemas for the version of the manifest."""
    home = node_modules() / "@microsoft" / "app-manifest"
    if not home.is_dir():
        missing("npm package @microsoft/app-manifest")
    return home / "build" / "json-schemas" / "teams" / f"v{SCHEMA_VERSION}" / f"MicrosoftTeams.{name}schema.json"


@pytest.mark.parametrize(
    "more",
    [(), ("--environment", "contoso.crm4.dynamics.com"), ("--without-message-events",)],
    ids=["all regions", "one", "without message events"],
)
def test_microsofts_own_reader_and_schema_accept_it(tmp_path: Path, more: tuple[str, ...]) -> None:
    made(tmp_path, *more).extract("manifest.json", tmp_path)
    command = ["node", "-e", CHECK, str(tmp_path / "manifest.json"), str(schema(""))]
    checked = subprocess.run(command, cwd=node_modules().parent, capture_output=True, text=True, check=False)
    assert (checked.stdout.strip(), checked.returncode) == ("[]", 0), checked.stderr


@pytest.mark.parametrize("language", LANGUAGES)
def test_microsofts_schema_accepts_the_languages(package: zipfile.ZipFile, language: str) -> None:
    # Their validator does not support this schema's expressions.
    judge = Draft4Validator(json.loads(schema("Localization.").read_text(encoding="utf-8")))
    assert [each.message for each in judge.iter_errors(json.loads(package.read(file_name(language))))] == []
