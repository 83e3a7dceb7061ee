"""The scripts of the pages use only names that exist."""

from pathlib import Path

from tests.e2e.tools import HERE, ROOT, run_package

CONFIG = str(HERE / "launcher/pages.eslint.config.mjs")
FOLDERS = (ROOT / "bot/pane/static", ROOT / "bot/sandbox/pages/static")


def check(*files: Path, where: Path = ROOT) -> str:
    return run_package("eslint", "bin/eslint.js", "-c", CONFIG, *map(str, files), where=where)


def test_each_name_is_defined_or_imported_and_used() -> None:
    scripts = [each for folder in FOLDERS for each in sorted(folder.rglob("*.js")) if "vendor" not in each.parts]
    assert len(scripts) > 40
    assert check(*scripts) == ""


def test_an_unknown_name_is_found(tmp_path: Path) -> None:
    folder = tmp_path / "static"
    folder.mkdir()
    (folder / "bad.js").write_text("showFailure();", encoding="utf-8")
    assert "'showFailure' is not defined" in check(folder / "bad.js", where=tmp_path)
