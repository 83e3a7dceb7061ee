"""The image contains exactly what Chat Sync needs, and the compose file restricts each container."""

import ast
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml
from packaging.requirements import Requirement

from bot.config.load import load_settings
from tests.house.deployed import DOCKERFILE, IMAGE_SETTINGS, LONGEST_STOP_S, ROOT, SAMPLES, variables
from tests.tiers import missing

COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docs/deploy/compose.yaml").read_text(encoding="utf-8"))
SERVICES: dict[str, Any] = COMPOSE["services"]
PAGE = (ROOT / "docs/deployment.md").read_text(encoding="utf-8")
FINAL_STAGE = DOCKERFILE.rpartition("\nFROM ")[2]
REQUIREMENTS = "docs/deploy/requirements.txt"

FOR_EACH_SERVICE = pytest.mark.parametrize("service", SERVICES.values(), ids=list(SERVICES))


def copied() -> set[str]:
    """Return the files and folders of the repository that the Dockerfile copies."""
    lines = re.findall(r"^COPY (?!--from)(.+) \S+$", DOCKERFILE, flags=re.MULTILINE)
    return {each for line in lines for each in line.split()}


def imported(module: Path) -> set[str]:
    """Return the top-level names that a module imports."""
    nodes = list(ast.walk(ast.parse(module.read_text(encoding="utf-8"))))
    plain = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    return {name.partition(".")[0] for name in plain | {n.module or "" for n in nodes if isinstance(n, ast.ImportFrom)}}


def needed() -> set[str]:
    """Return the packages of the repository that `app.py` needs, directly or not."""
    found: set[str] = set()
    waiting = imported(ROOT / "app.py")
    while waiting:
        found |= (new := {name for name in waiting - found if (ROOT / name / "__init__.py").is_file()})
        waiting = {name for package in new for each in (ROOT / package).rglob("*.py") for name in imported(each)}
    return found


def test_hadolint_accepts_the_dockerfile() -> None:
    program = Path(sys.executable).with_name("hadolint")
    if not program.exists():
        missing("hadolint")
    checked = subprocess.run([program, ROOT / "docs/deploy/Dockerfile"], capture_output=True, text=True, check=False)
    assert (checked.returncode, checked.stdout, checked.stderr) == (0, "", "")
    # Each exception names one rule of one instruction.
    assert set(re.findall(r"hadolint ignore=(\S+)", DOCKERFILE)) == {"DL3008"}


def test_the_image_contains_what_app_py_imports_and_nothing_else() -> None:
    assert needed() == {"bot", "cards", "manifest"}
    assert copied() == {"app.py", "LICENSE", REQUIREMENTS, *needed()}


def test_the_builder_gets_what_the_dockerfile_copies_and_nothing_else() -> None:
    lines = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    rules = [line for line in lines if line and not line.startswith("#")]
    assert rules[0] == "*"
    assert {rule.removeprefix("!") for rule in rules if rule.startswith("!")} == copied()
    # Catalogs, pages, styles, and scripts are not left out again.
    assert {rule for rule in rules[1:] if not rule.startswith("!")} == {"**/__pycache__", "**/*.pyc"}


def test_packages_are_installed_with_hashes_and_not_built() -> None:
    (command,) = re.findall(r"^RUN \S+/pip (.+?[^\\])\n", DOCKERFILE, flags=re.MULTILINE | re.DOTALL)
    assert {"--require-hashes", "--only-binary"} <= set(command.split())
    assert f"COPY {REQUIREMENTS} /tmp/" in DOCKERFILE
    assert "pip" not in FINAL_STAGE
    assert not re.search(r"gcc|build-essential|-dev\b|make", DOCKERFILE)


def test_debian_has_a_python_that_the_project_supports() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert "ARG BASE=debian:bookworm-slim\n" in DOCKERFILE
    # Debian 12 has Python 3.11.
    assert Requirement(f"python{project['requires-python']}").specifier.contains("3.11.2")


def test_the_image_runs_without_root_and_says_how_it_is() -> None:
    assert re.search(r"^USER ([1-9]\d*):\1$", FINAL_STAGE, flags=re.MULTILINE)
    assert FINAL_STAGE.index("USER ") > FINAL_STAGE.index("RUN ")
    assert "/healthz" in FINAL_STAGE
    # The process itself gets the signal, and not a shell.
    assert 'ENTRYPOINT ["python3", "/app/app.py"]\n' in FINAL_STAGE
    assert IMAGE_SETTINGS == {"HOST": "0.0.0.0", "PORT": "3978"}  # noqa: S104 - inside the container


@FOR_EACH_SERVICE
def test_each_container_is_restricted(service: dict[str, Any]) -> None:
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert set(service["deploy"]["resources"]["limits"]) == {"cpus", "memory", "pids"}
    assert all("noexec,nosuid,nodev" in each for each in service["tmpfs"])
    assert service["restart"] == "unless-stopped"
    assert "privileged" not in service
    assert "network_mode" not in service


def test_only_the_database_has_capabilities_and_only_chat_sync_is_reachable_on_loopback() -> None:
    assert "cap_add" not in SERVICES["chat-sync"]
    assert SERVICES["chat-sync"]["ports"] == [f"127.0.0.1:{IMAGE_SETTINGS['PORT']}:{IMAGE_SETTINGS['PORT']}"]
    assert "ports" not in SERVICES["database"]
    assert SERVICES["database"]["networks"] == ["database"]
    assert COMPOSE["networks"]["database"] == {"internal": True}


def test_chat_sync_starts_after_the_database_is_healthy_and_has_time_to_stop() -> None:
    assert SERVICES["chat-sync"]["depends_on"] == {"database": {"condition": "service_healthy"}}
    assert SERVICES["database"]["healthcheck"]["test"][1] == "pg_isready"
    assert int(SERVICES["chat-sync"]["stop_grace_period"].removesuffix("s")) > LONGEST_STOP_S


def test_secrets_are_in_files_and_not_in_the_environment() -> None:
    assert SERVICES["chat-sync"]["secrets"] == [{"source": "settings", "target": "/data/.env"}]
    assert SERVICES["database"]["environment"]["POSTGRES_PASSWORD_FILE"] == "/run/secrets/database-password"
    assert "POSTGRES_PASSWORD" not in SERVICES["database"]["environment"]
    assert all(set(each) == {"file"} for each in COMPOSE["secrets"].values())
    assert "docs/deploy/secrets/" in (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()


def test_the_compose_file_and_the_settings_on_the_page_start_chat_sync(monkeypatch: pytest.MonkeyPatch) -> None:
    (block,) = re.findall(r"```shell\n(MicrosoftAppType=.+?)```", PAGE, flags=re.DOTALL)
    named = dict(line.split("=", 1) for line in block.splitlines())
    plain = SERVICES["chat-sync"]["environment"]
    assert set(named) | set(plain) <= variables()
    guid = "11111111-1111-4111-8111-111111111111"
    others = {"MicrosoftAppId": guid, "MicrosoftAppTenantId": guid, "MicrosoftAppPassword": "Zx8~c1f5b3d9e7a4260c6e0"}
    samples = {
        **SAMPLES,
        **others,
        "CHATSYNC_DATABASE_URL": named["CHATSYNC_DATABASE_URL"].replace("<database password>", "a" * 64),
    }
    for name, value in {
        **IMAGE_SETTINGS,
        **plain,
        **named,
        **{each: samples[each] for each in named if each in samples},
    }.items():
        monkeypatch.setenv(name, value)
    settings = load_settings()
    server = SERVICES["database"]["environment"]
    assert settings.database_url.startswith(f"postgresql+asyncpg://{server['POSTGRES_USER']}:")
    assert settings.database_url.endswith(f"@database/{server['POSTGRES_DB']}")


def test_the_commands_on_the_page_name_files_and_services_that_exist() -> None:
    files = set(re.findall(r"docs/deploy/[\w.-]+", PAGE)) - {"docs/deploy/secrets"}
    assert len(files) > 4
    assert {name for name in files if not (ROOT / name).is_file()} == set()
    used = re.findall(r"(?:exec|exec -T|--follow) (chat-sync|database)\b", PAGE)
    assert set(used) == set(SERVICES)
