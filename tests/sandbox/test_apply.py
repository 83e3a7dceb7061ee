"""Aggregation with `$apply`."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.sandbox.dataverse.odata.apply import parse_apply
from bot.sandbox.errors import DataverseError
from bot.sandbox.sample_data.ids import ISAIAH, PATTI
from tests.sandbox.wire import EVERYTHING, FORMATTED, Api
from tests.steps.sandbox_rights import FILTERS, sandboxes, send_query
from tests.tiers import examples


async def test_rows_are_counted_and_summed_by_group(api: Api) -> None:
    aggregates = (
        "$count as n,cs_refundamount with sum as total,cs_refundamount with average as mean,"
        "cs_refundamount with min as least,cs_refundamount with max as most,_ownerid_value with countdistinct as owners"
    )
    rows = await api.rows(
        f"incidents?$apply=groupby((prioritycode),aggregate({aggregates}))&$orderby=n desc", Prefer=EVERYTHING
    )
    every = await api.rows("incidents?$select=prioritycode,cs_refundamount,_ownerid_value")
    assert {row["prioritycode"] for row in rows} == {1, 2, 3}
    assert [row["n"] for row in rows] == sorted((row["n"] for row in rows), reverse=True)
    for row in rows:
        own = [each for each in every if each["prioritycode"] == row["prioritycode"]]
        refunds = [each["cs_refundamount"] for each in own if each["cs_refundamount"] is not None]
        assert (row["n"], row["owners"]) == (len(own), len({each["_ownerid_value"] for each in own}))
        assert row.get("total") == (pytest.approx(sum(refunds)) if refunds else None)
        assert row.get("mean") == (pytest.approx(sum(refunds) / len(refunds)) if refunds else None)
        assert (row.get("least"), row.get("most")) == (min(refunds, default=None), max(refunds, default=None))
        assert row[f"prioritycode@{FORMATTED}"] in {"High", "Normal", "Low"}


async def test_a_filter_runs_before_the_aggregation(api: Api) -> None:
    counted = await api.rows("incidents?$apply=filter(prioritycode eq 1)/aggregate($count as n)")
    assert counted == [{"n": int(await api.get("incidents/$count?$filter=prioritycode eq 1"))}]
    both = "filter(prioritycode eq 1)/filter(contains(title,'pump'))/aggregate($count as n)"
    plain = await api.get("incidents/$count?$filter=prioritycode eq 1 and contains(title,'pump')")
    assert await api.rows(f"incidents?$apply={both}") == [{"n": int(plain)}]


async def test_grouping_without_aggregates_returns_the_distinct_values(api: Api) -> None:
    rows = await api.rows("incidents?$apply=groupby((prioritycode,statecode))&$orderby=prioritycode,statecode desc")
    every = await api.rows("incidents?$select=prioritycode,statecode")
    wanted = sorted({(row["prioritycode"], -row["statecode"]) for row in every})
    assert [(row["prioritycode"], -row["statecode"]) for row in rows] == wanted
    assert len(await api.rows("incidents?$apply=groupby((prioritycode,statecode))&$top=2")) == 2


async def test_an_aggregate_of_no_rows_counts_zero(api: Api) -> None:
    rows = await api.rows(
        "incidents?$apply=filter(title eq 'none such')/aggregate($count as n,createdon with max as last)"
    )
    assert rows == [{"n": 0}]


async def test_the_last_instant_is_an_instant(api: Api) -> None:
    (row,) = await api.rows("incidents?$apply=aggregate(createdon with max as last)")
    newest = await api.rows("incidents?$select=createdon&$orderby=createdon desc&$top=1")
    assert row["last"] == newest[0]["createdon"]


@pytest.mark.parametrize(
    ("apply", "status"),
    [
        ("groupby((nosuch))", 400),
        ("groupby(title)", 400),
        ("groupby()", 400),
        ("groupby(())", 501),
        ("aggregate()", 501),
        ("groupby((title),aggregate($count as n),more(x))", 400),
        ("groupby((title),filter(title eq 'x'))", 501),
        ("groupby((title),aggregate($count as title))", 400),
        ("groupby((primarycontactid/fullname))", 501),
        ("groupby((title))/aggregate($count as n)", 501),
        ("aggregate(nosuch with sum as x)", 400),
        ("aggregate(title with sum as x)", 400),
        ("aggregate(title with median as x)", 501),
        ("aggregate(title)", 400),
        ("filter(prioritycode eq 1)", 501),
        ("filter(nosuch eq 1)/aggregate($count as n)", 400),
        ("compute(1 as x)", 501),
        ("identity", 400),
        ("", 501),
        ("aggregate($count as n)&$orderby=title", 400),
        ("aggregate($count as n)&$select=title", 400),
    ],
)
async def test_an_invalid_aggregation_is_rejected(api: Api, apply: str, status: int) -> None:
    await api.get(f"incidents?$apply={apply}", status=status)


STEPS = st.sampled_from(
    [
        "groupby((cs_refundamount),aggregate($count as n))",
        "groupby((prioritycode),aggregate(cs_refundamount with max as most,cs_refundamount_base with sum as total))",
        "aggregate(cs_refundamount with countdistinct as n,title with max as last)",
        "groupby((title,cs_refundamount_base))",
    ]
)


@examples(20)
@given(st.sampled_from([ISAIAH, PATTI]), STEPS, FILTERS, st.integers(0, 1100))
async def test_no_aggregate_reveals_hidden_values(person: int, step: str, condition: str, number: int) -> None:
    query = {"$apply": f"filter({condition.format(n=number)})/{step}"}
    one, other = [await send_query(app, "incidents", query, person) for app in sandboxes(person)]
    assert one == other
    assert one[0] == 200


PIECES = st.sampled_from(
    ["groupby", "aggregate", "filter", "(", ")", ",", "/", "title", "$count as n", " with sum as x", "'"]
)


@examples(40)
@given(st.one_of(st.text(max_size=30), st.lists(PIECES, max_size=12).map("".join)))
def test_any_input_is_parsed_or_rejected(text: str) -> None:
    with suppress(DataverseError):
        parse_apply(text)
