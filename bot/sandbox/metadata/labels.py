"""Labels and choices in definitions."""

from bot.sandbox.guids import named_guid
from bot.sandbox.schema.model import Column, Kind, Option, Table
from bot.sandbox.values import Json, JsonObject

ENGLISH = 1033

_TYPES = {
    Kind.BOOLEAN: "Boolean",
    Kind.STATE: "State",
    Kind.STATUS: "Status",
    Kind.PICKLIST: "Picklist",
    Kind.MULTI_SELECT: "Picklist",
}
_OPTION_CLASS = {
    Kind.STATE: "#Microsoft.Dynamics.CRM.StateOptionMetadata",
    Kind.STATUS: "#Microsoft.Dynamics.CRM.StatusOptionMetadata",
}


def label(text: str) -> JsonObject:
    """A label in the one language that the sandbox has; an empty one where there is no text."""
    if not text:
        return {"LocalizedLabels": [], "UserLocalizedLabel": None}
    localized: JsonObject = {
        "Label": text,
        "LanguageCode": ENGLISH,
        "IsManaged": True,
        "MetadataId": named_guid("label", text),
        "HasChanged": None,
    }
    return {"LocalizedLabels": [localized], "UserLocalizedLabel": localized}


def option_set(table: Table, column: Column) -> JsonObject:
    """A column's choices."""
    common: dict[str, Json] = {
        "MetadataId": named_guid(table.name, column.name, "options"),
        "Name": f"{table.name}_{column.name}",
        "DisplayName": label(column.label),
        "Description": label(""),
        "IsGlobal": False,
        "IsCustomOptionSet": "_" in column.name,
        "OptionSetType": _TYPES[column.kind],
    }
    options = [_option(column, option) for option in column.options]
    if column.kind is Kind.BOOLEAN:
        return {**common, "FalseOption": options[0], "TrueOption": options[1]}
    return {**common, "Options": options}


def _option(column: Column, option: Option) -> JsonObject:
    body: dict[str, Json] = {}
    if column.kind in _OPTION_CLASS:
        body["@odata.type"] = _OPTION_CLASS[column.kind]
    body.update(
        {
            "Value": option.value,
            "Label": label(option.label),
            "Description": label(""),
            "Color": None,
            "IsManaged": True,
            "MetadataId": None,
            "HasChanged": None,
        }
    )
    if column.kind is Kind.STATE:
        body.update(DefaultStatus=option.default_status, InvariantName=option.label.replace(" ", ""))
    if column.kind is Kind.STATUS:
        body.update(State=option.state, TransitionData=None)
    return body
