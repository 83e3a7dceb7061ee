"""Platform tables such as views, messages, and webhooks."""

from bot.sandbox.dataverse.schema.build import (
    READ_ONLY,
    Names,
    active_inactive,
    choice,
    decimal,
    guid,
    lookup,
    lookup_any,
    memo,
    moment,
    states,
    table,
    table_name,
    text,
    whole,
    yes_no,
)
from bot.sandbox.dataverse.schema.model import Ownership

VIEW = table(
    Names(
        name="savedquery",
        label="View",
        plural="Views",
        set_name="savedqueries",
        schema_name="SavedQuery",
        privilege="Query",
    ),
    1039,
    text("name", "Name", 200, required=True),
    text("description", "Description", 2000),
    table_name("returnedtypecode", "Table"),
    whole("querytype", "Query Type"),
    yes_no("isdefault", "Default View"),
    yes_no("isquickfindquery", "Is Quick Find Query"),
    memo("layoutxml", "Layout", 1_000_000),
    memo("fetchxml", "Query", 1_000_000),
    *active_inactive(),
    ownership=Ownership.ORGANIZATION,
)

PERSONAL_VIEW = table(
    Names(
        name="userquery",
        label="Saved View",
        plural="Saved Views",
        set_name="userqueries",
        schema_name="UserQuery",
    ),
    4230,
    text("name", "Name", 200, required=True),
    text("description", "Description", 2000),
    table_name("returnedtypecode", "Table"),
    whole("querytype", "Query Type"),
    memo("layoutxml", "Layout", 1_000_000),
    memo("fetchxml", "Query", 1_000_000),
    *active_inactive(),
)

CURRENCY = table(
    Names(
        name="transactioncurrency",
        label="Currency",
        plural="Currencies",
        set_name="transactioncurrencies",
        schema_name="TransactionCurrency",
        primary_name="currencyname",
    ),
    9105,
    text("currencyname", "Currency Name", 100, required=True),
    text("isocurrencycode", "Currency Code", 5),
    text("currencysymbol", "Currency Symbol", 13),
    whole("currencyprecision", "Currency Precision", 4),
    decimal("exchangerate", "Exchange Rate", 10),
    *active_inactive(),
    ownership=Ownership.ORGANIZATION,
)

ORGANIZATION = table(
    Names(
        name="organization",
        label="Organization",
        plural="Organizations",
        set_name="organizations",
        schema_name="Organization",
    ),
    1019,
    text("name", "Organization Name", 160, **READ_ONLY),
    whole("languagecode", "Language"),
    ownership=Ownership.NONE,
)

MESSAGE = table(
    Names(
        name="sdkmessage",
        label="Sdk Message",
        plural="Sdk Messages",
        set_name="sdkmessages",
        schema_name="SdkMessage",
    ),
    4606,
    text("name", "Name", 256),
    yes_no("isprivate", "Is Private"),
    ownership=Ownership.ORGANIZATION,
)

MESSAGE_FILTER = table(
    Names(
        name="sdkmessagefilter",
        label="Sdk Message Filter",
        plural="Sdk Message Filters",
        set_name="sdkmessagefilters",
        schema_name="SdkMessageFilter",
    ),
    4607,
    text("name", "Name", 256),
    lookup("sdkmessageid", "SDK Message", "sdkmessage", "sdkmessageid_sdkmessagefilter"),
    table_name("primaryobjecttypecode", "Primary Object Type"),
    table_name("secondaryobjecttypecode", "Secondary Object Type"),
    yes_no("iscustomprocessingstepallowed", "Custom Processing Step Allowed"),
    yes_no("isvisible", "Is Visible"),
    whole("availability", "Availability"),
    ownership=Ownership.ORGANIZATION,
)

ENDPOINT = table(
    Names(
        name="serviceendpoint",
        label="Service Endpoint",
        plural="Service Endpoints",
        set_name="serviceendpoints",
        schema_name="ServiceEndpoint",
    ),
    4618,
    text("name", "Name", 160, required=True),
    text("description", "Description", 2000),
    choice("contract", "Contract", {1: "One Way", 2: "Queue", 5: "Topic", 7: "EventHub", 8: "Webhook"}),
    choice(
        "authtype",
        "Authentication Type",
        {2: "SAS Key", 3: "SAS Token", 4: "Webhook Key", 5: "Http Header", 6: "Http Query String"},
    ),
    text("url", "URL", 2048, form="Url"),
    text("authvalue", "Auth Value", 2048, readable=False),
    yes_no("isauthvalueset", "Is Auth Value Set", **READ_ONLY),
    choice("messageformat", "Message Format", {1: "Binary XML", 2: "Json", 3: "Text XML"}),
    choice("connectionmode", "Connection Mode", {1: "Normal", 2: "Federated"}),
    ownership=Ownership.ORGANIZATION,
)

STEP = table(
    Names(
        name="sdkmessageprocessingstep",
        label="Sdk Message Processing Step",
        plural="Sdk Message Processing Steps",
        set_name="sdkmessageprocessingsteps",
        schema_name="SdkMessageProcessingStep",
    ),
    4608,
    text("name", "Name", 256),
    text("description", "Description", 256),
    choice("mode", "Execution Mode", {0: "Synchronous", 1: "Asynchronous"}),
    choice("stage", "Execution Stage", {10: "Pre-validation", 20: "Pre-operation", 40: "Post-operation"}),
    choice("supporteddeployment", "Deployment", {0: "Server Only", 1: "Client Only", 2: "Both"}),
    whole("rank", "Execution Order"),
    yes_no("asyncautodelete", "Asynchronous Automatic Delete"),
    text("filteringattributes", "Filtering Attributes", 100_000),
    lookup_any(
        "eventhandler", "Event Handler", ("serviceendpoint", "serviceendpoint_sdkmessageprocessingstep"), required=True
    ),
    lookup("sdkmessageid", "SDK Message", "sdkmessage", "sdkmessageid_sdkmessageprocessingstep", required=True),
    lookup(
        "sdkmessagefilterid", "SDK Message Filter", "sdkmessagefilter", "sdkmessagefilterid_sdkmessageprocessingstep"
    ),
    *states((0, "Enabled", {1: "Enabled"}), (1, "Disabled", {2: "Disabled"})),
    ownership=Ownership.ORGANIZATION,
)

STEP_IMAGE = table(
    Names(
        name="sdkmessageprocessingstepimage",
        label="Sdk Message Processing Step Image",
        plural="Sdk Message Processing Step Images",
        set_name="sdkmessageprocessingstepimages",
        schema_name="SdkMessageProcessingStepImage",
    ),
    4615,
    text("name", "Name", 256),
    text("entityalias", "Entity Alias", 256),
    text("messagepropertyname", "Message Property Name", 256),
    text("attributes", "Attributes", 100_000),
    choice("imagetype", "Image Type", {0: "PreImage", 1: "PostImage", 2: "Both"}),
    lookup(
        "sdkmessageprocessingstepid",
        "SDK Message Processing Step",
        "sdkmessageprocessingstep",
        "sdkmessageprocessingstepid_sdkmessageprocessingstepimage",
        required=True,
    ),
    ownership=Ownership.ORGANIZATION,
)

SYSTEM_JOB = table(
    Names(
        name="asyncoperation",
        label="System Job",
        plural="System Jobs",
        set_name="asyncoperations",
        schema_name="AsyncOperation",
    ),
    4700,
    text("name", "System Job Name", 256),
    choice("operationtype", "System Job Type", {1: "System Event"}),
    text("messagename", "Message Name", 256),
    table_name("primaryentitytype", "Primary Entity Type"),
    lookup("owningextensionid", "Owning Extension", "sdkmessageprocessingstep", "owningextensionid_asyncoperation"),
    guid("correlationid", "Correlation Id"),
    memo("data", "Data", 1_000_000, readable=False),
    text("message", "Message", 2000),
    whole("retrycount", "Retry Count"),
    moment("startedon", "Started On"),
    moment("completedon", "Completed On"),
    *states(
        (0, "Ready", {0: "Waiting For Resources"}),
        (1, "Suspended", {10: "Waiting"}),
        (2, "Locked", {20: "In Progress"}),
        (3, "Completed", {30: "Succeeded", 31: "Failed", 32: "Canceled"}),
    ),
    ownership=Ownership.ORGANIZATION,
)
