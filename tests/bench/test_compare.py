"""The arithmetic and the marks of a comparison. Speed is not measured."""

import math
import os
import signal
import time
from pathlib import Path

import pytest

from tests.bench.bars import BARS, Row
from tests.bench.bars import table as bench_table
from tests.bench.child import ROOT
from tests.bench.compare import (
    MADE_BY,
    Comparison,
    Reading,
    _run,
    checked_out,
    compare,
    gain,
    interruptible,
    main,
    parts_of,
    readings_of,
    table,
)
from tests.bench.method import changed, part_file, sources


def test_readings_are_those_of_the_table_that_the_bench_prints() -> None:
    out = bench_table([Row("1", 26.44, "by CPU 26.6x"), Row("4 link", 0.276), Row("8", None, "no PostgreSQL")])
    assert readings_of(f"inbound: 3 s\n\n{out}\n") == {
        "1": Reading(more_is_better=True, figure=26.4, by_cpu=26.6),
        "4 link": Reading(more_is_better=False, figure=0.276),
    }


@pytest.mark.parametrize(
    ("before", "after", "more_is_better", "expected"),
    [(2, 3, True, 1.5), (2, 3, False, 2 / 3), (0, 0, False, 1), (3, 0, False, math.inf), (0, 3, False, 0)],
)
def test_a_gain_is_above_one_if_the_second_commit_is_better(
    before: float, after: float, more_is_better: bool, expected: float
) -> None:
    assert gain(before, after, more_is_better) == expected


def test_a_ratio_is_of_medians_and_the_rounds_show_its_spread() -> None:
    old, new = ([{"1": Reading(True, each, 2)} for each in figures] for figures in ([10, 20, 90], [30, 10, 20]))
    (row,) = compare(old, new, ["tests/bench/load.py"])
    assert (row.before, row.after, row.ratio, row.by_cpu) == (20, 20, 1, 1)
    assert (row.lowest, row.highest) == (20 / 90, 3)
    assert row.changed == ["tests/bench/load.py"]


def test_a_row_that_one_commit_lacks_has_no_ratio() -> None:
    (row,) = compare([{}], [{"cards": Reading(False, 108)}], [])
    assert row == Comparison("cards", None, 108, None, changed=[])


def test_the_table_names_what_changed_in_the_method() -> None:
    rows = [
        Comparison("1", 20, 18, 0.9, 0.95, 0.85, 1.1),
        Comparison("20", 3, 4, 0.75, None, 0.7, 0.8, ["tests/bench/parts/start.py", "tests/bench/child.py"]),
        Comparison("cards", None, 108, None, changed=["tests/bench/parts/cards.py"]),
    ]
    assert table(rows).splitlines()[2:] == [
        "| 1 | 20 | 18 | 0.9 | 0.95 | 0.85 to 1.1 | same |",
        "| 20 | 3 | 4 | 0.75 | – | 0.7 to 0.8 | changed: start.py, child.py |",
        "| cards | – | 108 | – | – | – | only in one commit |",
    ]


def test_each_row_is_measured_by_one_part() -> None:
    made = [row for rows in MADE_BY.values() for row in rows]
    assert sorted(made) == sorted({name.split()[0] for name in BARS})
    assert parts_of(["3 bare", "20"]) == ["inbound", "start"]
    assert parts_of([]) == list(MADE_BY)


def test_an_unknown_row_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["HEAD", "--rows", "99"])
    assert "Unknown row: 99" in capsys.readouterr().err


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """Create a checkout with one part, which imports a module and starts another that reads a file."""
    files = {
        "tests/bench/parts/post_room.py": "from tests.bench.load import put\nput(module('sides.bare'))\n",
        "tests/bench/load.py": '"""The load."""\nCALLERS = 16\n',
        "tests/bench/sides/bare.py": "read('help.json')\n",
        "tests/bench/bars.py": "LATER = 1\n",
        "tests/cards/golden/help.json": "{}",
    }
    for name, content in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(content, encoding="utf-8")
    return tmp_path


def test_sources_of_a_part_are_what_it_imports_starts_and_reads(checkout: Path) -> None:
    assert sorted(sources(checkout, "post-room")) == [
        "tests/bench/load.py",
        "tests/bench/parts/post_room.py",
        "tests/bench/sides/bare.py",
        "tests/cards/golden/help.json",
    ]


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("tests/bench/load.py", "from bot import x\nCALLERS = 16  # of them\n", []),
        ("tests/bench/load.py", "CALLERS = 17\n", ["tests/bench/load.py"]),
        ("tests/cards/golden/help.json", "[]", ["tests/cards/golden/help.json"]),
        ("tests/bench/bars.py", "LATER = 2\n", []),
    ],
)
def test_a_method_changes_with_what_is_done_and_not_with_prose(
    checkout: Path, name: str, content: str, expected: list[str]
) -> None:
    before = sources(checkout, "post-room")
    (checkout / name).write_text(content, encoding="utf-8")
    assert changed(before, sources(checkout, "post-room")) == expected


def test_every_part_of_this_checkout_has_its_module() -> None:
    assert [part for part in MADE_BY if not (ROOT / part_file(part)).is_file()] == []
    assert "tests/bench/sides/bare.py" in sources(ROOT, "inbound")


def test_the_bench_programs_can_be_of_another_checkout_than_the_product(tmp_path: Path) -> None:
    programs = tmp_path / "tests" / "bench"
    (programs / "parts").mkdir(parents=True)
    (programs / "parts" / "start.py").touch()
    row = "| 20 | start | ≤ 3 | ≤ 2 | {} x | missed |"
    (programs / "__main__.py").write_text(
        f"import os\nproduct = os.environ['BENCH_PRODUCT']\nprint('{row}'.format(7 if product == '/product' else 0))",
        encoding="utf-8",
    )
    assert _run(Path("/product"), tmp_path, "start") == {"20": Reading(more_is_better=False, figure=7)}
    assert _run(tmp_path, Path("/product"), "start") == {}


def test_a_checkout_is_gone_after_an_interrupt() -> None:
    folders: list[Path] = []
    with pytest.raises(KeyboardInterrupt):
        _interrupted(folders)
    assert not folders[0].exists()
    assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL


def _interrupted(folders: list[Path]) -> None:
    with interruptible(), checked_out("HEAD") as folder:
        folders.append(folder)
        assert (folder / "app.py").is_file()
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(10)
