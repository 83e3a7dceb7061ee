"""Rows of the pane's web resources, commands, solution, and publisher in the Web API. Pure."""

from base64 import b64decode, b64encode
from binascii import Error as InvalidBase64
from collections.abc import Mapping
from typing import Any

from bot.domain.pane_customizations import (
    OPTION_PREFIX,
    PREFIX,
    PUBLISHER,
    PUBLISHER_TITLE,
    SOLUTION,
    SOLUTION_TITLE,
    CommandLocation,
    InstalledCommand,
    InstalledResource,
    PaneCommand,
    WebResource,
)

RESOURCE_PROPERTIES = "webresourceid,name,displayname,webresourcetype,content,ismanaged"
COMMAND_PROPERTIES = (
    "appactionid,uniquename,context,location,buttonlabeltext,buttontooltipdescription,hidden,isdisabled,"
    "onclickeventtype,onclickeventjavascriptfunctionname,statecode,ismanaged,_appmoduleid_value,"
    "_onclickeventjavascriptwebresourceid_value,_iconwebresourceid_value"
)

_ALL_CONTEXTS = 0
_STANDARD_BUTTON = 0
_ALWAYS_VISIBLE = 0
_JAVASCRIPT = 2
_BROWSER = "0"
"""The only client with side panes, as a value of `clienttype`."""
_ENABLED = {"statecode": 0, "statuscode": 1}


def publisher_values() -> Mapping[str, object]:
    """Return the values of a new publisher."""
    return {
        "uniquename": PUBLISHER,
        "friendlyname": PUBLISHER_TITLE,
        "customizationprefix": PREFIX,
        "customizationoptionvalueprefix": OPTION_PREFIX,
    }


def solution_values(publisher_id: str) -> Mapping[str, object]:
    """Return the values of a new solution."""
    return {
        "uniquename": SOLUTION,
        "friendlyname": SOLUTION_TITLE,
        "version": "1.0.0.0",
        "publisherid@odata.bind": f"/publishers({publisher_id})",
    }


def resource_values(resource: WebResource) -> Mapping[str, object]:
    """Return the values of a web resource that can change."""
    return {"displayname": resource.title, "content": b64encode(resource.content).decode()}


def new_resource_values(resource: WebResource) -> Mapping[str, object]:
    """Return the values of a new web resource."""
    fixed = {"webresourceid": resource.id, "name": resource.name, "webresourcetype": int(resource.kind)}
    return {**fixed, **resource_values(resource)}


def command_values(command: PaneCommand, resource_ids: Mapping[str, str]) -> Mapping[str, object]:
    """Return the values of a command that can change. `resource_ids`: IDs of web resources by name."""
    return {
        **_ENABLED,
        "type": _STANDARD_BUTTON,
        "clienttype": _BROWSER,
        "buttonlabeltext": command.label,
        "buttontooltiptitle": command.label,
        "buttontooltipdescription": command.tooltip,
        "hidden": False,
        "isdisabled": False,
        "visibilitytype": _ALWAYS_VISIBLE,
        "onclickeventtype": _JAVASCRIPT,
        "onclickeventjavascriptfunctionname": command.function,
        # Lookups of this table are bound by their schema names; the logical names are refused.
        "OnClickEventJavaScriptWebResourceId@odata.bind": f"/webresourceset({resource_ids[command.script]})",
        "IconWebResourceId@odata.bind": f"/webresourceset({resource_ids[command.icon]})",
    }


def new_command_values(command: PaneCommand, resource_ids: Mapping[str, str]) -> Mapping[str, object]:
    """Return the values of a new command. Their context without an app and a table means all of them."""
    return {
        "name": command.unique_name,
        "uniquename": command.unique_name,
        "context": _ALL_CONTEXTS,
        "location": int(command.location),
        **command_values(command, resource_ids),
    }


def parse_resource(row: Mapping[str, Any]) -> InstalledResource:
    """Parse a row of table `webresource`."""
    kind = row.get("webresourcetype")
    return InstalledResource(
        id=str(row.get("webresourceid")),
        kind=kind if isinstance(kind, int) else 0,
        title=str(row.get("displayname") or ""),
        content=_decode(row.get("content")),
        managed=row.get("ismanaged") is True,
    )


def _decode(content: object) -> bytes:
    try:
        return b64decode(str(content or ""), validate=True)
    except InvalidBase64:
        return b""  # Different from every file, and so written again.


def parse_command(row: Mapping[str, Any], resource_names: Mapping[str, str]) -> InstalledCommand:
    """Parse a row of table `appaction`. `resource_names`: names of web resources by ID."""
    script, icon = (
        resource_names.get(str(row.get(f"_{name}_value")), "")
        for name in ("onclickeventjavascriptwebresourceid", "iconwebresourceid")
    )
    location = _location(row.get("location"))
    command = PaneCommand(
        unique_name=str(row.get("uniquename")),
        location=location or CommandLocation.FORM,
        label=str(row.get("buttonlabeltext") or ""),
        tooltip=str(row.get("buttontooltipdescription") or ""),
        script=script,
        function=str(row.get("onclickeventjavascriptfunctionname") or ""),
        icon=icon,
    )
    is_hidden = row.get("hidden") is True or row.get("isdisabled") is True
    return InstalledCommand(
        id=str(row.get("appactionid")),
        command=command if location is not None and row.get("onclickeventtype") == _JAVASCRIPT else None,
        enabled=not is_hidden and row.get("statecode") == _ENABLED["statecode"],
        global_scope=row.get("context") == _ALL_CONTEXTS and row.get("_appmoduleid_value") is None,
        managed=row.get("ismanaged") is True,
    )


def _location(value: object) -> CommandLocation | None:
    return next((each for each in CommandLocation if each == value), None)
