"""The action `CloseIncident`, which resolves a case."""

from typing import Any

import pytest

from tests.sandbox.wire import CASE, Api

DONE: dict[str, Any] = {
    "IncidentResolution": {
        "@odata.type": "Microsoft.Dynamics.CRM.incidentresolution",
        "subject": "A new bearing helped.",
        "incidentid@odata.bind": f"/{CASE}",
    },
    "Status": 5,
}


async def state(api: Api) -> tuple[int, int]:
    _, case, _ = await api.call("GET", f"{CASE}?$select=statecode,statuscode")
    return case["statecode"], case["statuscode"]


@pytest.mark.parametrize(("status", "reason"), [(5, 5), (1000, 1000), (-1, 5)])
async def test_a_case_is_resolved_with_the_given_or_default_status_reason(api: Api, status: int, reason: int) -> None:
    assert (await api.call("POST", "CloseIncident", {**DONE, "Status": status}))[0] == 204
    assert await state(api) == (1, reason)


async def test_a_case_that_is_resolved_is_not_resolved_again(api: Api) -> None:
    await api.call("POST", "CloseIncident", DONE)
    assert (await api.call("POST", "CloseIncident", DONE))[0] == 400


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {**DONE, "Status": 1},
        {**DONE, "Status": "5"},
        {**DONE, "Status": None},
        {"Status": 5},
        {"IncidentResolution": 5, "Status": 5},
        {"IncidentResolution": {"incidentid@odata.bind": 5}, "Status": 5},
        {
            "IncidentResolution": {"incidentid@odata.bind": "/accounts(00000001-0000-4000-9000-000000000001)"},
            "Status": 5,
        },
    ],
    ids=str,
)
async def test_a_missing_case_or_status_reason_is_rejected(api: Api, wrong: dict[str, Any]) -> None:
    assert (await api.call("POST", "CloseIncident", wrong))[0] == 400
    assert (await state(api))[0] == 0


async def test_an_unknown_case_is_not_found(api: Api) -> None:
    gone = {"incidentid@odata.bind": "/incidents(00000000-0000-4000-9000-00000000dead)"}
    assert (await api.call("POST", "CloseIncident", {"IncidentResolution": gone, "Status": 5}))[0] == 404


@pytest.mark.parametrize(("person", "status"), [(21, 204), (23, 403), (24, 403)])
async def test_resolving_a_case_requires_write_access(api: Api, person: int, status: int) -> None:
    assert (await api.call("POST", "CloseIncident", DONE, person=person))[0] == status
