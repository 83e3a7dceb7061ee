"""The packages of production: exact versions with hashes, none of the tests, and known licenses."""

import re
import tomllib
from dataclasses import dataclass
from email.message import Message
from importlib.metadata import PackageMetadata, distribution, metadata
from pathlib import Path
from typing import cast

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
FILE = (ROOT / "docs/deploy/requirements.txt").read_text(encoding="utf-8")
TRACING_FILE = (ROOT / "docs/deploy/requirements-tracing.txt").read_text(encoding="utf-8")
LICENSES = (ROOT / "docs/licenses.md").read_text(encoding="utf-8")

EXPORT = "uv export --no-dev --no-annotate --no-emit-project -o docs/deploy/requirements.txt"
EXPORT_TRACING = (
    "uv export --only-group tracing --no-annotate --no-emit-project -o docs/deploy/requirements-tracing.txt"
)
HINT = f"Run: uv lock && {EXPORT} && {EXPORT_TRACING}"


@dataclass(frozen=True)
class Pinned:
    """A package in the file."""

    name: str
    requirement: Requirement
    hashes: tuple[str, ...]

    @property
    def version(self) -> str:
        (only,) = self.requirement.specifier
        return only.version


def pinned(file: str) -> list[Pinned]:
    """Return the packages in the file. A package can be listed for several platforms."""
    blocks = re.split(r"\n(?! )", re.sub(r"^#.*\n", "", file, flags=re.MULTILINE).strip())
    found = []
    for block in blocks:
        requirement, *hashes = (line.strip().removesuffix("\\").strip() for line in block.splitlines())
        parsed = Requirement(requirement)
        found.append(Pinned(canonicalize_name(parsed.name), parsed, tuple(hashes)))
    return found


FOUND, FOUND_FOR_TRACING = pinned(FILE), pinned(TRACING_FILE)
ALL = [*FOUND, *FOUND_FOR_TRACING]
NAMES = {each.name for each in FOUND}
DIRECT = [Requirement(each) for each in PROJECT["project"]["dependencies"]]
TRACING = [Requirement(each) for each in PROJECT["dependency-groups"]["tracing"]]
CONSTRAINTS = [Requirement(each) for each in PROJECT["tool"]["uv"]["constraint-dependencies"]]


def needed(requirements: list[Requirement]) -> set[str]:
    """Return the names of the packages that these need on this machine, as the installed packages say."""
    names: set[str] = set()
    waiting = [(each, "") for each in requirements]
    while waiting:
        requirement, extra = waiting.pop()
        if requirement.marker and not requirement.marker.evaluate({"extra": extra}):
            continue
        key = canonicalize_name(requirement.name)
        extras = {"", *requirement.extras} if key not in names or requirement.extras else set()
        names.add(key)
        own = [Requirement(text) for text in distribution(key).requires or ()]
        waiting += [(each, chosen) for each in own for chosen in extras if _asked(each, chosen)]
    return names


def _asked(requirement: Requirement, extra: str) -> bool:
    return requirement.marker is None or requirement.marker.evaluate({"extra": extra})


def test_each_package_has_one_exact_version_and_hashes() -> None:
    assert len(FOUND) > 40
    assert len(FOUND_FOR_TRACING) > 8
    for each in ALL:
        assert [specifier.operator for specifier in each.requirement.specifier] == ["=="], each.name
        assert each.hashes, each.name
        assert all(re.fullmatch(r"--hash=sha256:[0-9a-f]{64}", line) for line in each.hashes), each.name


@pytest.mark.parametrize(("command", "file"), [(EXPORT, FILE), (EXPORT_TRACING, TRACING_FILE)])
def test_the_file_names_no_hosts_and_the_command_that_made_it(command: str, file: str) -> None:
    assert command in file
    for word in ("://", "--index-url", "--extra-index-url", "--find-links", "--trusted-host", " @ "):
        assert word not in file


@pytest.mark.parametrize("direct", [*DIRECT, *TRACING], ids=lambda each: str(each.name))
def test_each_dependency_is_in_the_file_with_a_version_in_its_range(direct: Requirement) -> None:
    versions = [each.version for each in ALL if each.name == canonicalize_name(direct.name)]
    assert versions, HINT
    for version in versions:
        assert direct.specifier.contains(version), HINT


def test_the_project_holds_still_every_package_in_the_file() -> None:
    exact = [each for each in (*DIRECT, *CONSTRAINTS) if "==" in str(each.specifier)]
    held: dict[str, str] = {canonicalize_name(each.name): str(each.specifier) for each in exact}
    # A package with several versions, for several versions of Python, cannot be held still.
    versions = {
        each.name: f"=={each.version}"
        for each in ALL
        if len({every.version for every in ALL if every.name == each.name}) == 1
    }
    assert len(versions) > 40
    assert {name: held.get(name) for name in versions} == versions, HINT


def test_the_file_contains_what_the_dependencies_need_and_nothing_else() -> None:
    here = {each.name for each in FOUND if each.requirement.marker is None or each.requirement.marker.evaluate()}
    assert needed(DIRECT) == here, HINT
    assert needed(TRACING) == {each.name for each in FOUND_FOR_TRACING}, HINT


def test_the_packages_for_tracing_can_be_added_to_the_others_and_are_not_among_them() -> None:
    versions = {each.name: each.version for each in FOUND}
    for each in FOUND_FOR_TRACING:
        assert versions.get(each.name, each.version) == each.version, HINT
    assert not {canonicalize_name(each.name) for each in TRACING} & NAMES


def test_the_file_contains_nothing_that_only_the_tests_need() -> None:
    groups = [Requirement(each) for each in PROJECT["dependency-groups"]["dev"] if isinstance(each, str)]
    run_time = needed(DIRECT)
    only_tests = {canonicalize_name(each.name) for each in groups} - run_time
    assert {"pytest", "hypothesis", "playwright"} <= only_tests
    assert NAMES & only_tests == set()


@pytest.mark.parametrize(
    "page", ["README.md", "docs/set-up.md", "docs/operators.md", "docs/administrators.md", "docs/deployment.md"]
)
def test_no_page_for_operators_installs_the_tests(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    commands = re.findall(r"uv run[^\n`]*", text)
    assert [each for each in commands if "--no-dev" not in each and "--no-sync" not in each] in ([], ["uv run pytest"])
    if page == "README.md":
        assert commands[0].startswith("uv run --no-dev ")


ALLOWED = {"Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "ISC", "MIT", "MIT-0", "MPL-2.0", "PSF-2.0"}
"""Licenses that allow use in products under other licenses. MPL-2.0 applies to changes of the package's own files."""

SPDX = {
    "3-Clause BSD License": "BSD-3-Clause",
    "Apache 2.0": "Apache-2.0",
    "MIT License": "MIT",
    "PSFL": "PSF-2.0",
    "OSI Approved :: Apache Software License": "Apache-2.0",
    "OSI Approved :: BSD License": "BSD-3-Clause",
    "OSI Approved :: MIT License": "MIT",
}
"""Other names of licenses, by the name in the metadata of a package."""


def license_of(package: PackageMetadata) -> str:
    """Return the SPDX expression of a package's license, from the most exact field of its metadata."""
    declared = str([*package.get_all("License-Expression", []), *package.get_all("License", []), ""][0])
    if declared and "\n" not in declared and len(declared) < 80:
        return SPDX.get(declared, declared)
    kinds = [each.removeprefix("License :: ") for each in package.get_all("Classifier", []) if "License ::" in each]
    return " OR ".join(SPDX.get(kind, kind) for kind in kinds)


def documented_licenses() -> dict[str, str]:
    return dict(re.findall(r"^\| `([\w.-]+)` \| (.+?) \|$", LICENSES, flags=re.MULTILINE))


def test_the_license_of_each_package_is_documented_and_no_others() -> None:
    wanted = needed(DIRECT) | needed(TRACING)
    names = sorted({each.name for each in ALL} & wanted)
    installed = {name: license_of(metadata(name)) for name in names}
    assert documented_licenses() == installed


def test_each_license_is_allowed() -> None:
    for name, expression in documented_licenses().items():
        assert not_allowed(expression) == set(), name


def not_allowed(expression: str) -> set[str]:
    """Return the parts of an SPDX expression that are not allowed."""
    parts = set(re.split(r"[\s()]+", expression)) - {"", "AND", "OR"}
    return parts - ALLOWED if parts else {"no license"}


@pytest.mark.parametrize(
    ("fields", "refused"),
    [
        ({"License-Expression": "MIT AND GPL-3.0-only"}, {"GPL-3.0-only"}),
        ({"License": "GPLv3"}, {"GPLv3"}),
        ({"Classifier": "License :: OSI Approved :: MIT License"}, set()),
        ({"License": "MIT License"}, set()),
        ({"Classifier": "License :: Other/Proprietary License"}, {"Other/Proprietary", "License"}),
        ({}, {"no license"}),
    ],
)
def test_a_license_that_is_not_allowed_or_not_known_is_noticed(fields: dict[str, str], refused: set[str]) -> None:
    package = Message()
    for name, value in fields.items():
        package[name] = value
    assert not_allowed(license_of(cast("PackageMetadata", package))) == refused


def test_versions_in_the_file_are_those_that_the_tests_run_with() -> None:
    different = {
        each.name: (each.version, metadata(each.name)["Version"])
        for each in ALL
        if each.requirement.marker is None and Version(each.version) != Version(metadata(each.name)["Version"])
    }
    assert different == {}, f"The tests run with other versions. {HINT}, or install these versions."
