"""Query two sandboxes that differ only in values that a person cannot read."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import cache

from aiohttp import web
from aiohttp.test_utils import make_mocked_request
from hypothesis import strategies as st
from yarl import URL

from bot.sandbox.app import SandboxSettings, make_sandbox
from bot.sandbox.dataverse.security.model import Right
from bot.sandbox.dataverse.service import DATAVERSE
from bot.sandbox.dataverse.web_api.routes import web_api
from bot.sandbox.errors import DataverseError
from bot.sandbox.sample_data.ids import object_id
from bot.sandbox.storage.rows import Changes
from bot.sandbox.values import Ref, Row, Value
from tests.sandbox.wire import CASE_ID

SETTINGS = SandboxSettings(url="http://127.0.0.1/sandbox", webhook_url="http://127.0.0.1/x", webhook_key="k", file=None)


FILTERS = st.sampled_from(
    [
        "cs_refundamount gt {n}",
        "cs_refundamount eq null",
        "cs_refundamount ne null",
        "not (cs_refundamount le {n})",
        "cs_refundamount_base ge {n}",
        "cs_refundamount in ({n},480)",
        "cs_refundamount eq cs_refundamount_base",
        "cs_refundamount gt cs_downtimehours",
        "customerid_account/creditlimit lt {n}",
        "customerid_account/creditlimit ne null",
        "prioritycode eq 1 or cs_refundamount gt {n}",
        "parentcaseid/title eq 'Secret'",
        "parentcaseid/title ne 'Secret'",
        "parentcaseid/prioritycode lt 3",
        "not contains(parentcaseid/title,'ecre')",
        "contains(title,'ecre')",
        "title eq 'Secret'",
        "parentcaseid/owninguser/fullname ne null",
        "prioritycode ge 1",
        "incident_parent_incident/any(c:c/title eq 'Secret')",
        "not incident_parent_incident/all(c:c/cs_refundamount gt {n})",
        "customerid_account/incident_customer_accounts/any(c:c/cs_refundamount ne {n})",
        'Microsoft.Dynamics.CRM.In(PropertyName=\'cs_refundamount\',PropertyValues=["{n}","480"])',
    ]
)


def sandbox(hidden: Mapping[str, Value], secured: Callable[[int], float], person: int) -> web.Application:
    """Return a sandbox with these hidden values."""
    app = make_sandbox(SETTINGS, now=lambda: datetime(2026, 11, 21, tzinfo=UTC))
    app.freeze()
    dataverse = app[DATAVERSE]
    rows, caller = dataverse.store.rows, dataverse.callers.from_headers({"CallerObjectId": object_id(person)})
    readable = [case for case in rows.all("incident") if caller.may(Right.READ, case)]
    unreadable = [case for case in rows.all("incident") if case not in readable]
    parent = unreadable[0].ref if unreadable else None
    put = [with_values(case, {**hidden, "cs_refundamount": secured(0)}) for case in unreadable]
    for at, case in enumerate(readable):
        amounts = {"cs_refundamount": secured(at), "cs_refundamount_base": secured(-at)}
        put.append(with_values(case, {**amounts, "parentcaseid": parent}))
    put += [with_values(account, {"creditlimit": secured(at)}) for at, account in enumerate(rows.all("account"))]
    rows.apply(Changes(put=put, version=rows.version))
    return app


def with_values(row: Row, values: Mapping[str, Value]) -> Row:
    return Row(table=row.table, id=row.id, version=row.version, values={**row.values, **values})


FIRST_CASE = Ref("incident", CASE_ID)


@cache
def sandboxes(person: int) -> tuple[web.Application, web.Application]:
    """Return two sandboxes that look the same to the person."""
    return (
        sandbox({"title": "Secret", "prioritycode": 1, "parentcaseid": FIRST_CASE}, lambda at: 300.0 + at, person),
        sandbox({"title": "Pump", "prioritycode": 3, "parentcaseid": None}, lambda at: 900.0 - at, person),
    )


async def send_query(app: web.Application, path: str, query: Mapping[str, str], person: int) -> tuple[int, bytes]:
    url = URL(f"/api/data/v9.2/{path}").with_query(query)
    headers = {"Host": "127.0.0.1", "CallerObjectId": object_id(person), "Prefer": 'odata.include-annotations="*"'}
    request = make_mocked_request("GET", str(url), headers=headers, app=app)
    request._match_info = await app.router.resolve(request)
    request.match_info.add_app(app)
    try:
        told = await web_api(request)
    except DataverseError as error:
        return error.status, str(error).encode()
    assert isinstance(told.body, bytes)
    return told.status, told.body
