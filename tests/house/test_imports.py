"""Import rules: between our own modules by import-linter, and to other packages here."""

import ast
import sys
from pathlib import Path

import pytest
from importlinter.application.use_cases import lint_imports

ROOT = Path(__file__).parents[2]

EVERYWHERE = set(sys.stdlib_module_names) | {"bot", "cards", "manifest"}

ALLOWED: dict[str, set[str]] = {
    "app.py": {"aiohttp"},
    "bot/clock.py": set(),
    "bot/config": {"pydantic", "pydantic_settings"},
    "bot/languages": {"babel"},
    "bot/metrics.py": {"prometheus_client"},
    "bot/version.py": set(),
    "bot/logs": {"structlog", "aiohttp"},
    "bot/text": {"orjson"},
    "bot/tracing": {"opentelemetry"},
    "bot/ports": set(),
    "bot/private_files.py": set(),
    "bot/wiring": {"aiohttp", "botbuilder", "pydantic"},
    "bot/domain": set(),
    "bot/features": {"rapidfuzz"},
    "bot/handlers": {"botbuilder", "orjson"},
    "bot/web": {"aiohttp", "orjson"},
    "bot/pane": {"aiohttp", "jinja2", "orjson"},
    "bot/cli": set(),
    "bot/workers": set(),
    "bot/runtime": set(),
    "bot/dataverse": {"aiohttp", "yarl", "orjson", "defusedxml"},
    "bot/graph": {"aiohttp", "cryptography", "orjson", "yarl"},
    "bot/http": {"aiohttp", "azure", "cryptography", "jwt", "orjson", "tenacity", "yarl"},
    "bot/sandbox": {"aiohttp", "cryptography", "yarl", "orjson", "jinja2", "defusedxml", "structlog"},
    "bot/store": {"sqlalchemy", "alembic", "pydantic", "aiosqlite"},
    "bot/teams": {"aiohttp", "botbuilder", "botframework", "msrest", "orjson"},
    "cards": {"adaptivecards", "orjson"},
    "manifest": set(),
}


def imported(file: Path) -> set[str]:
    """Return the top-level names that a module imports anywhere."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            names.add(node.module.partition(".")[0])
    return names


def modules(place: str) -> list[Path]:
    path = ROOT / place
    return [path] if path.is_file() else sorted(path.rglob("*.py"))


@pytest.mark.parametrize("place", ALLOWED)
def test_each_place_uses_only_the_packages_that_it_exists_to_use(place: str) -> None:
    foreign = {file.name: imported(file) - EVERYWHERE - ALLOWED[place] for file in modules(place)}
    assert {name: found for name, found in foreign.items() if found} == {}


def test_no_module_stands_outside_of_the_named_places() -> None:
    named = {file for place in ALLOWED for file in modules(place)}
    existing = {ROOT / "app.py", *(file for top in ("bot", "cards", "manifest") for file in (ROOT / top).rglob("*.py"))}
    assert {str(file.relative_to(ROOT)) for file in existing - named} <= {"bot/__init__.py"}


def test_the_import_contracts_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    from importlinter.configuration import configure

    configure()
    monkeypatch.chdir(ROOT)
    assert lint_imports(config_filename=str(ROOT / "pyproject.toml"), cache_dir=None)
