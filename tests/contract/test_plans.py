"""Every statement that can meet a large table finds its rows by an index, on PostgreSQL."""

import pytest

from tests.bench.scale.explained import full_scans
from tests.bench.scale.large import Size, fill
from tests.bench.scale.paths import PATHS, recorded

SIZE = Size(connections=2_000, decisions=20_000)
NEVER_LARGE = {
    "alembic_version",
    "change_link",
    "environment",
    "mention_opt_out",
    "open_pane",
    "pane_session",
    "pane_sign_in",
    "record_type",
    "setting_change",
    "subscription",
    "targeted_answer",
    "targeted_refusal",
    "tenant_budget",
}
"""Tables with a row for each setting, each person who uses the pane, or each of at most 10,000 subscriptions."""


@pytest.mark.databases("postgresql")
async def test_no_statement_reads_a_whole_table_that_can_be_large(database_url: str) -> None:
    now = await fill(database_url, SIZE)
    found = await recorded(database_url, SIZE, now, without_scans=True)
    assert {each.area for each in found} == {*PATHS, "pruning"}
    assert full_scans(found, at_most=0, except_of=NEVER_LARGE) == []
