"""Payloads in the formats of Dataverse's documentation and of captured events."""

from collections.abc import Mapping
from typing import Any

from bot.domain.tables import Table
from bot.sandbox.settings import ORGANIZATION_ID

ROW = "11111111-2222-3333-4444-555555555555"
ADELE = "22222222-0000-0000-0000-000000000022"
CONTRACTS = "http://schemas.microsoft.com/xrm/2011/Contracts"


def typed(kind: str, **values: object) -> dict[str, object]:
    return {"__type": f"{kind}:{CONTRACTS}", **values}


def bag(**values: object) -> list[dict[str, object]]:
    return [{"key": key, "value": value} for key, value in values.items()]


def row(attributes: list[dict[str, object]], table: str = "incident") -> dict[str, object]:
    return typed(
        "Entity",
        Attributes=attributes,
        EntityState=None,
        FormattedValues=[],
        Id=ROW,
        KeyAttributes=[],
        LogicalName=table,
        RelatedEntities=[],
        RowVersion="5948260",
    )


def context(new: Mapping[str, object], old: Mapping[str, object] | None = None, **changes: object) -> dict[str, Any]:
    """Return the RemoteExecutionContext of an update; `old`: attributes of the pre-image, None if there is none."""
    images = [] if old is None else bag(PreImage={"Attributes": bag(**old), "Id": ROW, "LogicalName": "incident"})
    return {
        "BusinessUnitId": "b0000000-0000-0000-0000-000000000000",
        "CorrelationId": "c0000000-0000-0000-0000-000000000000",
        "Depth": 1,
        "InitiatingUserAgent": "Mozilla/5.0",
        "InitiatingUserAzureActiveDirectoryObjectId": "00000000-0000-0000-0000-000000000000",
        "InitiatingUserId": ADELE,
        "UserId": ADELE,
        "InputParameters": bag(Target=row(bag(**new))),
        "IsInTransaction": False,
        "MessageName": "Update",
        "Mode": 1,
        "OperationCreatedOn": "/Date(1795256430000+0000)/",
        "OperationId": "0b000000-0000-0000-0000-000000000001",
        "OrganizationId": ORGANIZATION_ID,
        "OrganizationName": "unq0a1b2c",
        "OutputParameters": [],
        "OwningExtension": {
            "Id": "57e90000-0000-0000-0000-000000000000",
            "LogicalName": "sdkmessageprocessingstep",
            "Name": None,
        },
        "ParentContext": None,
        "PreEntityImages": images,
        "PostEntityImages": bag(AsynchronousStepPrimaryName=row(bag(title="Pump noise"))),
        "PrimaryEntityId": ROW,
        "PrimaryEntityName": "incident",
        "RequestId": None,
        "SecondaryEntityName": "none",
        "SharedVariables": bag(IsAutoTransact=True),
        "Stage": 40,
        **changes,
    }


FORBIDDEN = {
    "AccessDenied": "0x80048405",
    "AttributePermissionReadIsMissing": "0x8004f504",
    "CrmSecurityError": "0x80048306",
    "PrivilegeDenied": "0x80040220",
    "UserNotInOrganization": "0x80072560",
    "UserNotEnabled": "0x80040225",
    "without a code": "",
}

CASE = Table(
    name="incident",
    label="Case",
    set_name="incidents",
    primary_id="incidentid",
    primary_name="title",
    columns={},
    tracks_changes=True,
)
