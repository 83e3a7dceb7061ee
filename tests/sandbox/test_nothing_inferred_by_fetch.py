"""No FetchXML query or aggregate reveals rows or secured values that a person may not read."""

from hypothesis import given
from hypothesis import strategies as st

from bot.sandbox.sample_data.ids import ISAIAH, PATTI
from tests.steps.sandbox_rights import sandboxes, send_query
from tests.tiers import examples

CONDITIONS = st.sampled_from(
    [
        '<condition attribute="cs_refundamount" operator="gt" value="{n}"/>',
        '<condition attribute="cs_refundamount" operator="ne" value="{n}"/>',
        '<condition attribute="cs_refundamount" operator="null"/>',
        '<condition attribute="cs_refundamount_base" operator="not-null"/>',
        '<condition attribute="cs_refundamount" operator="between"><value>{n}</value><value>900</value></condition>',
        '<condition attribute="cs_refundamount" operator="not-in"><value>{n}</value><value>480</value></condition>',
        '<condition attribute="title" operator="like" value="%ecre%"/>',
        '<condition attribute="title" operator="not-like" value="Secret"/>',
        '<condition entityname="a" attribute="creditlimit" operator="lt" value="{n}"/>',
        '<condition entityname="p" attribute="title" operator="eq" value="Secret"/>',
        '<condition entityname="p" attribute="incidentid" operator="null"/>',
        '<condition entityname="p" attribute="prioritycode" operator="ne" value="3"/>',
    ]
)
FILTERS = st.builds(lambda text, n: text.format(n=n), CONDITIONS, st.integers(0, 1100))
ORDERS = st.sampled_from(
    [
        "",
        '<order attribute="cs_refundamount"/>',
        '<order attribute="cs_refundamount_base" descending="true"/><order attribute="title"/>',
        '<order entityname="a" attribute="creditlimit"/>',
        '<order entityname="p" attribute="title"/>',
    ]
)
LINKS = st.sampled_from(
    [
        # joined by a column that is secured on one side
        '<link-entity name="account" from="creditlimit" to="cs_refundamount" link-type="{kind}" alias="s"/>',
        (
            '<link-entity name="incident" from="parentcaseid" to="incidentid" link-type="{kind}" alias="c">'
            '<attribute name="title"/></link-entity>'
        ),
        "",
    ]
)
ALWAYS = (
    '<link-entity name="account" from="accountid" to="customerid" link-type="outer" alias="a">'
    '<attribute name="creditlimit"/></link-entity>'
    '<link-entity name="incident" from="incidentid" to="parentcaseid" link-type="outer" alias="p">'
    '<attribute name="title"/><attribute name="prioritycode"/></link-entity>'
)
COLUMNS = '<attribute name="title"/><attribute name="cs_refundamount"/>'
GROUPS = st.sampled_from(
    [
        (
            '<attribute name="cs_refundamount" alias="x" groupby="true"/>'
            '<attribute name="incidentid" alias="n" aggregate="count"/>'
        ),
        '<attribute name="cs_refundamount" alias="x" aggregate="sum"/>',
        '<attribute name="cs_refundamount" alias="x" aggregate="max"/><order alias="x"/>',
        '<attribute name="cs_refundamount_base" alias="x" aggregate="countcolumn" distinct="true"/>',
        (
            '<attribute name="title" alias="x" aggregate="max"/>'
            '<attribute name="prioritycode" alias="p" groupby="true"/><order alias="x"/>'
        ),
    ]
)


def fetch(inside: str, attributes: str = "") -> dict[str, str]:
    return {"fetchXml": f'<fetch {attributes}><entity name="incident">{inside}</entity></fetch>', "$count": "true"}


async def require_same_answers(person: int, query: dict[str, str]) -> None:
    one, other = [await send_query(app, "incidents", query, person) for app in sandboxes(person)]
    assert one == other
    assert one[0] == 200


@examples(25)
@given(
    st.sampled_from([ISAIAH, PATTI]),
    FILTERS,
    ORDERS,
    st.builds(lambda link, kind: link.format(kind=kind), LINKS, st.sampled_from(["inner", "outer"])),
    st.sampled_from(["", 'count="7" page="2"', 'top="3"', 'distinct="true"']),
)
async def test_no_fetchxml_query_reveals_hidden_values(
    person: int, condition: str, order: str, link: str, attributes: str
) -> None:
    inside = f"{COLUMNS}{order}<filter>{condition}</filter>{link}{ALWAYS}"
    await require_same_answers(person, fetch(inside, attributes))


@examples(15)
@given(st.sampled_from([ISAIAH, PATTI]), GROUPS, FILTERS)
async def test_no_group_reveals_hidden_values(person: int, group: str, condition: str) -> None:
    links = ALWAYS.replace('<attribute name="creditlimit"/>', "").replace('<attribute name="title"/>', "")
    links = links.replace('<attribute name="prioritycode"/>', "")
    inside = f"{group}<filter>{condition}</filter>{links}"
    await require_same_answers(person, fetch(inside, 'aggregate="true"'))
