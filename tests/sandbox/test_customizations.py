"""Web resources, modern commands, and their publishing."""

from __future__ import annotations

import re
from base64 import b64encode

import pytest

from tests.sandbox.wire import WEB_API, Api, Json

PUBLISHER = {
    "friendlyname": "Contoso",
    "uniquename": "contoso",
    "customizationprefix": "cts",
    "customizationoptionvalueprefix": 12_345,
}
WRITTEN, EDITED = (b64encode(text).decode() for text in (b"first", b"second"))
SCRIPT = {"name": "cts_/x.js", "webresourcetype": 3, "content": WRITTEN}
ADELE = 22


def key(address: str) -> str:
    """Return the ID in the address of a row."""
    return address[-37:-1]


@pytest.fixture
async def script(api: Api) -> str:
    """Create a script of a publisher; return its ID."""
    await api.post("publishers", PUBLISHER)
    return key(await api.post("webresourceset", SCRIPT))


def command(script: str, **changes: object) -> Json:
    return {
        "name": "x",
        "uniquename": "cts_x",
        "context": 0,
        "location": 0,
        "onclickeventtype": 2,
        "onclickeventjavascriptfunctionname": "X.open",
        "OnClickEventJavaScriptWebResourceId@odata.bind": f"/webresourceset({script})",
        **changes,
    }


def listed(*ids: str) -> Json:
    rows = "".join(f"<webresource>{{{each}}}</webresource>" for each in ids)
    return {"ParameterXml": f"<importexportxml><webresources>{rows}</webresources></importexportxml>"}


async def test_a_change_is_visible_after_it_was_published(api: Api, script: str) -> None:
    path = f"webresourceset({script})"
    assert (await api.get(path))["componentstate"] == 1
    await api.post("PublishXml", listed(script))
    await api.patch(path, {"content": EDITED})
    row = await api.get(path)
    assert (row["content"], row["componentstate"]) == (WRITTEN, 0)
    await api.post("PublishXml", listed(script))
    assert (await api.get(path))["content"] == EDITED


@pytest.mark.parametrize(
    ("parameter", "status"),
    [
        (None, 400),
        ("<importexportxml", 400),
        ("<x/>", 400),
        ("<importexportxml><webresources><webresource>x</webresource></webresources></importexportxml>", 400),
        ('<!DOCTYPE x [<!ENTITY e "e">]><importexportxml>&e;</importexportxml>', 400),
        ("<importexportxml><entities><entity>account</entity></entities></importexportxml>", 501),
    ],
)
async def test_other_parameters_are_refused(api: Api, parameter: str | None, status: int) -> None:
    await api.post("PublishXml", {"ParameterXml": parameter}, status=status)


async def test_an_unknown_web_resource_cannot_be_published(api: Api) -> None:
    await api.post("PublishXml", listed("00000000-0000-4000-9000-00000000abcd"), status=404)


async def test_only_people_with_the_privilege_publish(api: Api, script: str) -> None:
    error = await api.post("PublishXml", listed(script), person=ADELE, status=403)
    assert "prvPublishCustomization" in error["error"]["message"]


async def test_the_unique_name_of_a_command_begins_with_a_prefix(api: Api, script: str) -> None:
    error = await api.post("appactions", command(script, uniquename="foreign_x"), status=400)
    assert error["error"]["code"] == "0x800608ad"
    await api.post("appactions", command(script))


@pytest.mark.parametrize("name", ["onclickeventjavascriptwebresourceid", "OnClickEventJavascriptWebResourceId"])
async def test_lookups_of_a_command_are_bound_by_their_schema_names(api: Api, script: str, name: str) -> None:
    body = command(script)
    del body["OnClickEventJavaScriptWebResourceId@odata.bind"]
    error = await api.post("appactions", {**body, f"{name}@odata.bind": f"/webresourceset({script})"}, status=400)
    assert error["error"]["code"] == "0x80048d19"
    assert f"'{name}' does not exist" in error["error"]["message"]


@pytest.mark.parametrize("change", [{"location": 1}, {"context": 1}, {"uniquename": "cts_y"}])
async def test_the_place_of_a_command_never_changes(api: Api, script: str, change: Json) -> None:
    created = key(await api.post("appactions", command(script)))
    await api.patch(f"appactions({created})", change, status=400)
    await api.patch(f"appactions({created})", {"hidden": True})


@pytest.mark.parametrize(
    "change",
    [{"name": "foreign_/x.js"}, {"content": "not Base64"}, {"content": "YQ"}, {"webresourcetype": 99}],
)
async def test_an_invalid_web_resource_is_refused(api: Api, script: str, change: Json) -> None:
    await api.post("webresourceset", {**SCRIPT, **change}, status=400)


async def test_the_type_of_a_web_resource_never_changes(api: Api, script: str) -> None:
    await api.patch(f"webresourceset({script})", {"webresourcetype": 1}, status=400)


async def test_a_web_resource_that_a_command_uses_stays(api: Api, script: str) -> None:
    created = key(await api.post("appactions", command(script)))
    await api.delete(f"webresourceset({script})", status=405)
    await api.delete(f"appactions({created})")
    await api.delete(f"webresourceset({script})")


async def status_in_solution(api: Api, body: Json) -> int:
    """Create a web resource in the solution `Ours`; return the status."""
    headers = {"MSCRM.SolutionUniqueName": "Ours"}
    async with api.client.post(f"{WEB_API}/webresourceset", json=body, headers=headers) as answer:
        return answer.status


async def test_a_component_can_be_added_only_to_an_existing_solution(api: Api, script: str) -> None:
    body = {**SCRIPT, "name": "cts_/y.js"}
    assert await status_in_solution(api, body) == 400
    publisher = (await api.rows("publishers"))[0]["publisherid"]
    await api.post(
        "solutions",
        {
            "friendlyname": "Ours",
            "uniquename": "Ours",
            "version": "1.0.0.0",
            "publisherid@odata.bind": f"/publishers({publisher})",
        },
    )
    assert await status_in_solution(api, body) == 204
    await api.delete(f"publishers({publisher})", status=405)


async def test_the_sample_organization_has_two_apps(api: Api) -> None:
    apps = await api.rows("appmodules?$select=name,uniquename&$orderby=uniquename", person=ADELE)
    assert [(each["uniquename"], each["name"]) for each in apps] == [
        ("contoso_sales", "Contoso Sales"),
        ("contoso_service", "Contoso Service"),
    ]
    assert all(re.fullmatch(r"[0-9a-f-]{36}", each["appmoduleid"]) for each in apps)
