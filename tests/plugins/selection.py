"""Collect the tests that `CHATSYNC_TESTS` selects (see `tests.tiers`), each on the databases that it needs."""

from pathlib import Path

import pytest

from tests.tiers import FULL, MORE, REQUESTED

TESTS = Path(__file__).parents[1]
_ONLY_WITH_MORE = frozenset(
    TESTS / name
    for name in (
        "e2e",
        "process",
        "bench/test_processes.py",
        "cards/test_rendered.py",
        "sandbox/test_microsoft_sdk.py",
        "sandbox/test_real_client.py",
        "sync/test_load.py",
    )
)
"""Folders and files with real clients, processes, and load."""
_IN_BROWSER = "_in_browser.py"
"""End of the names of files that need a browser."""
_STORIES = frozenset({TESTS / "wire", TESTS / "pane"})
_DATABASES = ("database_url", "empty_database_url")


def pytest_configure(config: pytest.Config) -> None:
    """Refuse a value that selects nothing."""
    if REQUESTED not in {"", "all", "full"}:
        raise pytest.UsageError(f"CHATSYNC_TESTS is {REQUESTED!r}. Set it to 'all' or 'full', or remove it.")


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave out real clients, processes, and load. A path on the command line overrides this."""
    if MORE or not (collection_path in _ONLY_WITH_MORE or collection_path.name.endswith(_IN_BROWSER)):
        return None
    named = (Path(config.invocation_params.dir, each.partition("::")[0]).resolve() for each in config.args)
    return None if any(collection_path in (each, *each.parents) for each in named) else True


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Choose the kinds of databases for each test."""
    for name in _DATABASES:
        if name in metafunc.fixturenames:
            metafunc.parametrize(name, _kinds(metafunc.definition), indirect=True)


def _kinds(test: pytest.Item) -> tuple[str, ...]:
    """Return the databases for a test.

    The contract tests compare the databases. A story at the wire runs on both only if it stores something that other
    stories do not store; of a story with variants, all run on SQLite.
    """
    marker = test.get_closest_marker("databases")
    if marker:
        return tuple(marker.args) if MORE or "sqlite" in marker.args else ()
    if FULL:
        return "sqlite", "postgresql"
    once = test.get_closest_marker("one_database") or test.get_closest_marker("parametrize")
    is_story = not _STORIES.isdisjoint(test.path.parents)
    return ("sqlite",) if not MORE or (once and is_story) else ("sqlite", "postgresql")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Drop the tests for which no database was chosen, and those of other runs."""
    dropped = [each for each in items if _has_no_database(each) or _is_of_other_runs(each)]
    if dropped:
        config.hook.pytest_deselected(items=dropped)
        items[:] = [each for each in items if each not in set(dropped)]


def _has_no_database(item: pytest.Item) -> bool:
    marker = item.get_closest_marker("databases")
    return marker is not None and not MORE and "sqlite" not in marker.args


def _is_of_other_runs(item: pytest.Item) -> bool:
    is_full = item.get_closest_marker("full") is not None
    return (is_full and not FULL) or (item.get_closest_marker("scale") is not None and not MORE)
