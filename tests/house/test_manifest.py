"""The package that an administrator uploads."""

import json
import struct
import subprocess
import zipfile
from pathlib import Path

import pytest

from bot.domain.surface import Command
from manifest.__main__ import main
from tests.conftest import missing
from tests.e2e.tools import node_modules

APP_ID = "aaaaaaaa-0000-4000-8000-000000000001"


@pytest.fixture
def package(tmp_path: Path) -> zipfile.ZipFile:
    where = tmp_path / "chat-sync.zip"
    assert main(["--app-id", APP_ID, "--website", "https://example.com", "-o", str(where)]) == 0
    return zipfile.ZipFile(where)


def test_it_holds_the_manifest_and_the_icons_at_its_root(package: zipfile.ZipFile) -> None:
    assert set(package.namelist()) == {"manifest.json", "color.png", "outline.png"}
    manifest = json.loads(package.read("manifest.json"))
    assert manifest["id"] == manifest["bots"][0]["botId"] == APP_ID
    for icon, size in (("color.png", 192), ("outline.png", 32)):
        content = package.read(icon)
        assert content.startswith(b"\x89PNG")
        assert struct.unpack(">II", content[16:24]) == (size, size)


def test_it_offers_the_commands_that_there_are(package: zipfile.ZipFile) -> None:
    manifest = json.loads(package.read("manifest.json"))
    (commands,) = manifest["bots"][0]["commandLists"]
    assert {command["title"] for command in commands["commands"]} == set(Command)


@pytest.mark.parametrize(
    "arguments",
    [
        ["--app-id", "chat-sync", "--website", "https://example.com"],
        ["--app-id", APP_ID, "--website", "http://example.com"],
        ["--app-id", APP_ID],
    ],
)
def test_what_teams_would_refuse_is_refused_here(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(arguments)
    assert stopped.value.code == 2
    assert "--" in capsys.readouterr().err or "https" in capsys.readouterr().err


CHECK = """
const { AppManifestUtils, TeamsManifestConverter } = require("@microsoft/app-manifest");
const fs = require("fs"), text = fs.readFileSync(process.argv[1], "utf8"), manifest = JSON.parse(text);
TeamsManifestConverter.jsonToManifest(text);
const home = require("path").dirname(require.resolve("@microsoft/app-manifest/package.json"));
const file = `${home}/build/json-schemas/teams/v${manifest.manifestVersion}/MicrosoftTeams.schema.json`;
const schema = JSON.parse(fs.readFileSync(file, "utf8"));
AppManifestUtils.validateAgainstSchema(manifest, schema).then((found) => {
  console.log(JSON.stringify(found));
  process.exit(found.length);
});
"""


def test_microsofts_own_reader_and_schema_accept_it(package: zipfile.ZipFile, tmp_path: Path) -> None:
    if not (node_modules() / "@microsoft" / "app-manifest").is_dir():
        missing("npm package @microsoft/app-manifest")
    package.extract("manifest.json", tmp_path)
    command = ["node", "-e", CHECK, str(tmp_path / "manifest.json")]
    checked = subprocess.run(command, cwd=node_modules().parent, capture_output=True, text=True, check=False)
    assert (checked.stdout.strip(), checked.returncode) == ("[]", 0), checked.stderr
