"""Labels and choices in table definitions."""

from bot.sandbox.dataverse.metadata.translated_labels import TRANSLATED_LABELS
from bot.sandbox.dataverse.schema.model import Column, Kind, Option, Table
from bot.sandbox.guids import named_guid
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
    """Return a label in English, the user's language, and in any other language. Without text, the label is empty."""
    if not text:
        return {"LocalizedLabels": [], "UserLocalizedLabel": None}
    english = _localized(text, ENGLISH, named_guid("label", text))
    others = {language: words[text] for language, words in TRANSLATED_LABELS.items() if text in words}
    localized: list[Json] = [
        english,
        *(_localized(other, language, named_guid("label", text, str(language))) for language, other in others.items()),
    ]
    return {"LocalizedLabels": localized, "UserLocalizedLabel": english}


def _localized(text: str, language: int, label_id: str) -> JsonObject:
    return {
        "Label": text,
        "LanguageCode": language,
        "IsManaged": True,
        "MetadataId": label_id,
        "HasChanged": None,
    }


def option_set(table: Table, column: Column) -> JsonObject:
    """Return a column's option set."""
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
