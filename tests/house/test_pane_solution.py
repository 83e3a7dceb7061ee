"""The solution with the web resources of the pane, which an administrator imports."""

import re
import zipfile
from pathlib import Path
from xml.etree.ElementTree import Element

import pytest
from defusedxml.ElementTree import fromstring

from bot.domain.pane_customizations import ResourceKind
from manifest.__main__ import main
from manifest.pane.customizations import FILES, LAUNCHER, OPEN_PANE, pane_customizations

RESOURCE_ELEMENTS = [
    "WebResourceId",
    "Name",
    "DisplayName",
    "WebResourceType",
    "IntroducedVersion",
    "IsEnabledForMobileClient",
    "IsCustomizable",
    "CanBeDeleted",
    "IsHidden",
    "FileName",
]
"""In the order of the schema (CustomizationsSolution.xsd), which the import requires."""

PUBLISHER_ELEMENTS = [
    "UniqueName",
    "LocalizedNames",
    "Descriptions",
    "EMailAddress",
    "SupportingWebsiteUrl",
    "CustomizationPrefix",
    "CustomizationOptionValuePrefix",
    "Addresses",
]


@pytest.fixture(scope="module")
def solution(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    file = tmp_path_factory.mktemp("solution") / "pane.zip"
    assert main(["--solution", "--domain", "chats.contoso.example.com", "--version", "2.3.4", "-o", str(file)]) == 0
    return zipfile.ZipFile(file)


def read(solution: zipfile.ZipFile, name: str) -> Element:
    root: Element = fromstring(solution.read(name))
    return root


def names(element: Element | None) -> list[str]:
    assert element is not None
    return [each.tag for each in element]


def text(element: Element, path: str) -> str:
    return element.findtext(path) or ""


def test_it_is_an_unmanaged_solution_of_our_publisher(solution: zipfile.ZipFile) -> None:
    root = read(solution, "solution.xml")
    manifest = root.find("SolutionManifest")
    assert manifest is not None
    assert names(manifest) == [
        "UniqueName",
        "LocalizedNames",
        "Descriptions",
        "Version",
        "Managed",
        "Publisher",
        "RootComponents",
        "MissingDependencies",
    ]
    assert (text(manifest, "UniqueName"), text(manifest, "Version"), text(manifest, "Managed")) == (
        "ChatSyncPane",
        "2.3.4.0",
        "0",
    )
    assert names(manifest.find("Publisher")) == PUBLISHER_ELEMENTS
    prefix = text(manifest, "Publisher/CustomizationPrefix")
    assert re.fullmatch(r"(?!mscrm)[a-z][a-z0-9]{1,7}", prefix)
    assert 10_000 <= int(text(manifest, "Publisher/CustomizationOptionValuePrefix")) <= 99_999
    assert len(manifest.findall("Publisher/Addresses/Address")) == 2


def test_every_web_resource_is_declared_and_has_its_file(solution: zipfile.ZipFile) -> None:
    customizations, manifest = read(solution, "customizations.xml"), read(solution, "solution.xml")
    assert names(customizations)[-2:] == ["WebResources", "Languages"]
    found = customizations.findall("WebResources/WebResource")
    assert [names(each) for each in found] == [RESOURCE_ELEMENTS] * 5
    declared = manifest.findall("SolutionManifest/RootComponents/RootComponent")
    assert [(each.get("type"), each.get("behavior")) for each in declared] == [("61", "0")] * 5
    assert [each.get("schemaName") for each in declared] == [text(each, "Name") for each in found]
    files = {text(each, "FileName").removeprefix("/") for each in found}
    assert files == set(solution.namelist()) - {"[Content_Types].xml", "solution.xml", "customizations.xml"}
    types = {each.get("Extension") for each in read(solution, "[Content_Types].xml")}
    assert types == {name.rpartition(".")[2] for name in solution.namelist()}


def test_the_ids_of_the_web_resources_never_change(solution: zipfile.ZipFile) -> None:
    """An import with other IDs would fail, because the names are taken."""
    found = read(solution, "customizations.xml").findall("WebResources/WebResource")
    assert {text(each, "Name"): text(each, "WebResourceId") for each in found} == {
        f"chatsync_/pane/{name}": f"{{7f0c9a52-4d1b-4e86-9c3a-51d2e8b6a00{number}}}"
        for number, name in enumerate(("launcher.js", "pane.html", "pane.js", "pane.css", "icon.png"), 1)
    }


def test_it_frames_the_pane_at_the_address_of_the_bot(solution: zipfile.ZipFile) -> None:
    (page,) = [name for name in solution.namelist() if name.endswith(".html")]
    addresses = re.findall(r'data-address="(http[^"]+)"', solution.read(page).decode())
    assert addresses == ["https://chats.contoso.example.com/pane?host=dynamics"]


def test_nothing_in_the_files_can_break_out_of_the_address() -> None:
    page = pane_customizations('https://x.example.com/"><script>').resources[1].content.decode()
    assert "<script>" not in page
    assert "&quot;&gt;&lt;script&gt;" in page


def test_the_commands_call_a_function_of_the_launcher() -> None:
    assert {(each.script, each.function) for each in pane_customizations("https://x").commands} == {
        (LAUNCHER, OPEN_PANE)
    }
    launcher = (FILES / "launcher.js").read_text(encoding="utf-8")
    name, function = OPEN_PANE.split(".")
    assert f"var {name} = " in launcher
    assert f"async function {function}()" in launcher


def test_the_icon_is_a_png(solution: zipfile.ZipFile) -> None:
    (icon,) = [each for each in pane_customizations("https://x").resources if each.kind is ResourceKind.PNG]
    assert icon.content.startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["--solution", "--domain", "chats.contoso.example.com/path"], "has a path"),
        (["--solution", "--domain", "localhost"], "is not a host name"),
        (["--solution", "--domain", "chats.contoso.example.com", "--version", "1"], "is not three numbers"),
        (["--domain", "chats.contoso.example.com"], "required: --app-id"),
    ],
)
def test_wrong_values_are_refused_with_the_reason(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], reason: str
) -> None:
    with pytest.raises(SystemExit):
        main([*arguments, "-o", str(tmp_path / "x.zip")])
    assert reason in capsys.readouterr().err
    assert not (tmp_path / "x.zip").exists()
