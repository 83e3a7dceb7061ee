"""Tables of customizations: web resources, modern commands, apps, solutions, and publishers."""

from bot.sandbox.dataverse.schema.build import (
    READ_ONLY,
    Names,
    active_inactive,
    choice,
    choices,
    lookup,
    memo,
    table,
    text,
    whole,
    yes_no,
)
from bot.sandbox.dataverse.schema.model import Ownership

MAX_CONTENT_LENGTH = 1_073_741_823

PUBLISHER = table(
    Names(
        name="publisher",
        label="Publisher",
        plural="Publishers",
        set_name="publishers",
        schema_name="Publisher",
        primary_name="friendlyname",
    ),
    7101,
    text("friendlyname", "Display Name", 256, required=True),
    text("uniquename", "Name", 256, required=True),
    text("customizationprefix", "Prefix", 8, required=True),
    whole("customizationoptionvalueprefix", "Option Value Prefix", 99_999, 10_000),
    text("description", "Description", 2000),
    ownership=Ownership.ORGANIZATION,
    sends_updates=False,
)

SOLUTION = table(
    Names(
        name="solution",
        label="Solution",
        plural="Solutions",
        set_name="solutions",
        schema_name="Solution",
        primary_name="friendlyname",
    ),
    7100,
    text("friendlyname", "Display Name", 256, required=True),
    text("uniquename", "Name", 65, required=True, updatable=False),
    text("version", "Version", 256, required=True),
    lookup("publisherid", "Publisher", "publisher", "publisher_solution", required=True),
    yes_no("ismanaged", "Package Type", **READ_ONLY),
    ownership=Ownership.ORGANIZATION,
    sends_updates=False,
)

WEB_RESOURCE = table(
    Names(
        name="webresource",
        label="Web Resource",
        plural="Web Resources",
        set_name="webresourceset",
        schema_name="WebResource",
    ),
    9333,
    text("name", "Name", 256, required=True),
    text("displayname", "Display Name", 200),
    memo("description", "Description"),
    choice(
        "webresourcetype",
        "Type",
        {
            1: "Webpage (HTML)",
            2: "Style Sheet (CSS)",
            3: "Script (JScript)",
            4: "Data (XML)",
            5: "PNG format",
            6: "JPG format",
            7: "GIF format",
            8: "Silverlight (XAP)",
            9: "Style Sheet (XSL)",
            10: "ICO format",
            11: "Vector format (SVG)",
            12: "String (RESX)",
        },
        required=True,
    ),
    memo("content", "Content", MAX_CONTENT_LENGTH),
    choice(
        "componentstate",
        "Component State",
        {0: "Published", 1: "Unpublished", 2: "Deleted", 3: "Deleted Unpublished"},
        **READ_ONLY,
    ),
    yes_no("ismanaged", "State", **READ_ONLY),
    ownership=Ownership.ORGANIZATION,
    sends_updates=False,
)

UNPUBLISHED_WEB_RESOURCE = table(
    Names(name="unpublishedwebresource", label="Unpublished Web Resource", plural="Unpublished Web Resources"),
    0,
    lookup("webresourceid", "Web Resource", "webresource"),
    memo("content", "Content", MAX_CONTENT_LENGTH),
    ownership=Ownership.NONE,
    sends_updates=False,
)
"""Contents that were written after a web resource was published. Only `PublishXml` makes them visible."""

APP = table(
    Names(
        name="appmodule",
        label="Model-driven App",
        plural="Model-driven Apps",
        set_name="appmodules",
        schema_name="AppModule",
    ),
    9800,
    text("name", "Name", required=True),
    text("uniquename", "Unique Name", required=True, updatable=False),
    memo("description", "Description"),
    whole("clienttype", "Client Type", 31),
    *active_inactive(),
    ownership=Ownership.ORGANIZATION,
    sends_updates=False,
)

APP_ACTION = table(
    Names(
        name="appaction",
        label="App Action",
        plural="App Actions",
        set_name="appactions",
        schema_name="appaction",
    ),
    10_080,
    text("name", "Name", 256, required=True, updatable=False),
    text("uniquename", "Unique Name", 256, required=True, updatable=False),
    choice("context", "Context", {0: "All", 1: "Entity"}, required=True, updatable=False),
    text("contextvalue", "Context Value", 150, updatable=False),
    choice(
        "location",
        "Location",
        {
            0: "Form",
            1: "Main Grid",
            2: "Sub Grid",
            3: "Associated Grid",
            4: "Quick Form",
            5: "Global Header",
            6: "Dashboard",
        },
        required=True,
        updatable=False,
    ),
    choice("type", "Type", {0: "Standard Button", 1: "Dropdown Button", 2: "Split Button", 3: "Group"}),
    choices("clienttype", "Client Type", {0: "Browser", 1: "Mobile", 2: "Mail App"}),
    text("buttonlabeltext", "Button Label Text", 256),
    text("buttontooltiptitle", "Button Tooltip Title", 256),
    text("buttontooltipdescription", "Button Tooltip Description", 500),
    text("fonticon", "Font Icon", 256),
    yes_no("hidden", "Hidden"),
    yes_no("isdisabled", "Is Disabled"),
    choice("visibilitytype", "Visibility Type", {0: "None", 1: "Formula", 2: "Classic Rules"}),
    choice("onclickeventtype", "On Click Event Type", {0: "None", 1: "Formula", 2: "JavaScript"}),
    text("onclickeventjavascriptfunctionname", "On Click Event JavaScript Function Name", 300),
    text("onclickeventjavascriptparameters", "On Click Event JavaScript Parameters", 4000),
    lookup(
        "onclickeventjavascriptwebresourceid",
        "On Click Event JavaScript WebResource Id",
        "webresource",
        "webresource_appaction_OnClickEventJavaScriptWebResourceId",
        "OnClickEventJavaScriptWebResourceId",
        required=True,
    ),
    lookup(
        "iconwebresourceid",
        "Icon WebResource Id",
        "webresource",
        "webresource_appaction_IconWebResourceId",
        "IconWebResourceId",
    ),
    lookup("appmoduleid", "App Module Id", "appmodule", "appmodule_appaction_AppModuleId", "AppModuleId"),
    yes_no("ismanaged", "Is Managed", **READ_ONLY),
    *active_inactive(),
    ownership=Ownership.ORGANIZATION,
    sends_updates=False,
)
