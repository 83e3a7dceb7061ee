from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.sandbox.storage import journal as journal_module
from bot.sandbox.storage.codec import DamagedLine, decode_changes, encode_changes
from bot.sandbox.storage.journal import COMPACTION_THRESHOLD, Journal, JournalError
from bot.sandbox.storage.rows import Changes, Removal
from bot.sandbox.values import Ref, Row, Value
from tests.sandbox.wire import CASE, Api, Start

TEXTS = st.text(max_size=20)
VALUES: st.SearchStrategy[Value] = st.one_of(
    st.booleans(),
    st.integers(-(2**53), 2**53),
    st.floats(allow_nan=False, allow_infinity=False),
    TEXTS,
    st.lists(st.integers(-99, 99), max_size=4).map(tuple),
    st.builds(Ref, TEXTS, TEXTS),
)
ROWS = st.builds(
    lambda table, row_id, version, values: Row(table=table, id=row_id, version=version, values=values),
    TEXTS,
    TEXTS,
    st.integers(0, 2**53),
    st.dictionaries(TEXTS, VALUES, max_size=4),
)

REMOVALS = st.builds(Removal, st.builds(Ref, TEXTS, TEXTS), st.integers(0, 2**53))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "kept" / "rows.jsonl"


def row(number: int, **values: Value) -> Row:
    return Row(table="incident", id=str(number), version=number, values=values)


def put(number: int) -> Changes:
    return Changes(put=[row(number)], version=number)


@contextmanager
def open_journal(file: Path) -> Iterator[tuple[Journal, Changes]]:
    journal = Journal(file)
    try:
        yield journal, journal.open()
    finally:
        journal.close()


@settings(deadline=None)
@given(st.lists(ROWS, max_size=4), st.lists(REMOVALS, max_size=3), st.integers(0, 2**53))
def test_changes_are_decoded_as_they_were_encoded(rows: list[Row], removed: list[Removal], version: int) -> None:
    line = encode_changes(Changes(put=rows, removed=removed, version=version))
    assert line.count(b"\n") == 1
    read = decode_changes(line)
    assert (list(read.put), list(read.removed), read.version) == (rows, removed, version)


def test_a_removal_of_an_older_file_has_its_transactions_version() -> None:
    assert decode_changes(b'{"version":7,"put":[],"removed":[["a","b"]]}').removed == [Removal(Ref("a", "b"), 7)]


@settings(deadline=None)
@given(st.one_of(st.binary(max_size=40), st.text(max_size=40).map(str.encode)))
def test_other_lines_are_rejected(line: bytes) -> None:
    with pytest.raises(DamagedLine):
        decode_changes(line)


@pytest.mark.parametrize(
    "line",
    [
        b"[]",
        b"{}",
        b'{"version":"1","put":[],"removed":[]}',
        b'{"version":1,"put":[[]],"removed":[]}',
        b'{"version":1,"put":[["a","b",1]],"removed":[]}',
        b'{"version":1,"put":[["a","b",1,[]]],"removed":[]}',
        b'{"version":1,"put":[["a","b",1,{"c":{"table":1,"id":"x"}}]],"removed":[]}',
        b'{"version":1,"put":[["a","b",1,{"c":["x"]}]],"removed":[]}',
        b'{"version":1,"put":[],"removed":[["a"]]}',
        b'{"version":1,"put":[],"removed":[["a",1]]}',
        b'{"version":1,"put":[],"removed":[["a","b","c"]]}',
    ],
)
def test_json_of_another_shape_is_rejected(line: bytes) -> None:
    with pytest.raises(DamagedLine):
        decode_changes(line)


async def test_changes_survive_a_restart(start: Start, file: Path) -> None:
    client = await start(file)
    api = Api(client)
    await api.patch(CASE, {"prioritycode": 1, "cs_symptoms": "1,2"}, person=22)
    address = await api.post("tasks", {"subject": "Call back"})
    await api.delete("leads(00000004-0000-4000-9000-000000000001)")
    before = [await api.get(CASE), await api.get(path_of(address))]
    await client.close()

    again = Api(await start(file))
    after = [await again.get(CASE), await again.get(path_of(address))]
    assert [without_context(each) for each in after] == [without_context(each) for each in before]
    await again.get("leads(00000004-0000-4000-9000-000000000001)", status=404)


async def test_versions_increase_across_restarts(start: Start, file: Path) -> None:
    client = await start(file)
    address = await Api(client).post("tasks", {"subject": "x"})
    await Api(client).delete(path_of(address))
    gone = await Api(client).get(f"{CASE}?$select=versionnumber")
    await Api(client).patch(CASE, {"description": "x"})
    changed = await Api(client).get(f"{CASE}?$select=versionnumber")
    await client.close()

    again = Api(await start(file))
    await again.patch(CASE, {"description": "y"}, If_Match=changed["@odata.etag"])
    latest = await again.get(f"{CASE}?$select=versionnumber")
    assert gone["versionnumber"] < changed["versionnumber"] < latest["versionnumber"]


def path_of(address: str) -> str:
    return address.partition("/v9.2/")[2]


def without_context(body: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in body.items() if name != "@odata.context"}


def add_torn_line(file: Path) -> None:
    whole = file.read_bytes()
    file.write_bytes(whole + whole[: len(whole) // 2])


def file_size(file: Path) -> int:
    return file.stat().st_size


async def test_a_torn_last_line_is_cut_off(start: Start, file: Path) -> None:
    client = await start(file)
    await Api(client).patch(CASE, {"description": "kept"})
    await client.close()
    add_torn_line(file)

    client = await start(file)
    await Api(client).patch(CASE, {"title": "kept too"})
    await client.close()
    case = await Api(await start(file)).get(CASE)
    assert (case["description"], case["title"]) == ("kept", "kept too")


def test_a_damaged_line_stops_the_start_with_the_next_step(file: Path) -> None:
    file.parent.mkdir()
    file.write_bytes(encode_changes(put(1)) + b"nonsense\n" + encode_changes(put(2)))
    with pytest.raises(JournalError, match=r"Line 2 of .* is damaged\. Move the file to start"):
        Journal(file).open()
    file.unlink()
    with open_journal(file) as (_, changes):
        assert changes.put == []


def test_one_process_at_a_time_uses_a_file(file: Path) -> None:
    with open_journal(file), pytest.raises(JournalError, match="Another process uses"):
        Journal(file).open()
    with open_journal(file) as (_, changes):
        assert changes.put == []


def test_a_closed_journal_rejects_changes(file: Path) -> None:
    with pytest.raises(JournalError):
        Journal(file).append(put(1))


def test_a_long_file_is_compacted_to_the_last_state_of_each_row(file: Path) -> None:
    file.parent.mkdir()
    lines = [
        encode_changes(Changes(put=[row(number % 3, n=number)], version=number))
        for number in range(COMPACTION_THRESHOLD + 1)
    ]
    gone = Changes(removed=[Removal(Ref("incident", "0"), COMPACTION_THRESHOLD + 7)], version=COMPACTION_THRESHOLD + 7)
    file.write_bytes(b"".join([*lines, encode_changes(gone)]))
    with open_journal(file) as (journal, folded):
        assert sorted(each.id for each in folded.put) == ["1", "2"]
        journal.append(put(9))
    assert file.read_bytes().count(b"\n") == 2
    with open_journal(file) as (_, again):
        assert sorted(each.id for each in again.put) == ["1", "2", "9"]
        assert list(again.removed) == [Removal(Ref("incident", "0"), COMPACTION_THRESHOLD + 7)]
        assert again.version == COMPACTION_THRESHOLD + 7


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a file of more than ten lines be long."""
    monkeypatch.setattr(journal_module, "COMPACTION_THRESHOLD", 10)


@pytest.mark.usefixtures("short")
def test_a_file_in_use_is_compacted_again_and_again(file: Path) -> None:
    with open_journal(file) as (journal, _):
        for number in range(1, 100):
            journal.append(Changes(put=[row(number % 3, n=number)], version=number))
            assert file.read_bytes().count(b"\n") <= 10
    with open_journal(file) as (_, state):
        assert {each.id: each.values["n"] for each in state.put} == {"0": 99, "1": 97, "2": 98}
        assert state.version == 99


@pytest.mark.usefixtures("short")
def test_a_file_of_deletions_stays_short(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journal_module, "MAX_REMOVALS", 4)
    with open_journal(file) as (journal, _):
        for number in range(1, 100):
            journal.append(Changes(removed=[Removal(Ref("incident", str(number)), number)], version=number))
    with open_journal(file) as (_, state):
        # One more than the rows remember, which tells them that some are missing.
        assert [each.version for each in state.removed] == [95, 96, 97, 98, 99]


@pytest.mark.usefixtures("short")
def test_a_file_that_cannot_be_compacted_grows_and_loses_nothing(file: Path) -> None:
    with open_journal(file) as (journal, _):
        fresh = file.with_name(file.name + ".new")
        fresh.mkdir()
        for number in range(1, 16):
            journal.append(put(number))
        assert file.read_bytes().count(b"\n") == 15
        fresh.rmdir()
        for number in range(16, 30):
            journal.append(put(number))
        assert file.read_bytes().count(b"\n") < 15
    with open_journal(file) as (_, state):
        assert [each.version for each in state.put] == list(range(1, 30))


async def test_a_change_that_cannot_be_saved_is_rolled_back(
    start: Start, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = await start(file)
    before = await Api(client).get(CASE)
    size = file_size(file)

    def fail_disk_full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", fail_disk_full)
        answer = await Api(client).patch(CASE, {"prioritycode": 1}, status=503)
        assert answer["error"]["message"] == "The change could not be saved. Nothing was changed."
    assert without_context(await Api(client).get(CASE)) == without_context(before)
    assert file_size(file) == size
    await Api(client).patch(CASE, {"prioritycode": 3})


async def test_the_webhook_address_and_key_come_from_the_settings_of_each_start(
    start: Start, file: Path, unused_tcp_port: int
) -> None:
    endpoint = "serviceendpoints(00004618-0000-4000-9000-000000000001)"
    client = await start(file)
    await Api(client).patch(endpoint, {"description": "changed", "authvalue": "old"})
    await client.close()
    url = f"http://127.0.0.1:{unused_tcp_port}/elsewhere"
    row = await Api(await start(file, webhook_url=url)).get(endpoint)
    assert (row["url"], row["description"]) == (url, "changed")
