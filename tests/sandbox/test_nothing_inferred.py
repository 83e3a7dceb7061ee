"""No query reveals rows or secured values that a person may not read.

Each property runs the same query on two sandboxes that differ only in hidden data. The responses must be identical.
"""

from hypothesis import given
from hypothesis import strategies as st

from bot.sandbox.sample_data.ids import ISAIAH, PATTI
from tests.steps.sandbox_rights import FILTERS, sandboxes, send_query
from tests.tiers import examples

ORDERS = st.sampled_from(
    [
        "cs_refundamount",
        "cs_refundamount desc",
        "cs_refundamount_base,title",
        "prioritycode,cs_refundamount desc",
        "title",
    ]
)
EXPANDS = st.sampled_from(
    [
        "parentcaseid($select=title,prioritycode)",
        "customerid_account($select=creditlimit,name)",
        "incident_parent_incident($select=title,cs_refundamount;$orderby=cs_refundamount)",
        "incident_parent_incident($filter=title ne 'x';$select=ticketnumber)",
        "customerid_account($select=name;$expand=incident_customer_accounts($select=title))",
    ]
)
QUERIES = st.fixed_dictionaries(
    {"$select": st.sampled_from(["title", "title,cs_refundamount", "ticketnumber,cs_refundamount_base,prioritycode"])},
    optional={
        "$filter": st.builds(lambda text, n: text.format(n=n), FILTERS, st.integers(0, 1100)),
        "$orderby": ORDERS,
        "$expand": EXPANDS,
        "$count": st.just("true"),
        "$top": st.integers(1, 40).map(str),
    },
)


@examples(30)
@given(st.sampled_from([ISAIAH, PATTI]), QUERIES)
async def test_no_list_query_reveals_hidden_values(person: int, query: dict[str, str]) -> None:
    one, other = [await send_query(app, "incidents", query, person) for app in sandboxes(person)]
    assert one == other


@examples(15)
@given(st.sampled_from([ISAIAH, PATTI]), FILTERS, st.integers(0, 1100))
async def test_no_count_reveals_hidden_values(person: int, condition: str, number: int) -> None:
    query = {"$filter": condition.format(n=number)}
    one, other = [await send_query(app, "incidents/$count", query, person) for app in sandboxes(person)]
    assert one == other


async def test_the_two_sandboxes_do_differ_for_those_who_may_read() -> None:
    query = {"$filter": "title eq 'Secret' or cs_refundamount gt 850"}
    one, other = [await send_query(app, "incidents/$count", query, 20) for app in sandboxes(PATTI)]
    assert one != other
