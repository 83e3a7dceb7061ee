from typing import Any

import pytest

from bot.dataverse.metadata import parse_lookups, parse_table, table_names
from bot.domain.errors import Unavailable
from bot.domain.tables import ColumnType
from bot.languages.translator import translator


def label(text: str) -> dict[str, Any]:
    return {"UserLocalizedLabel": {"Label": text, "LanguageCode": 1033}, "LocalizedLabels": []}


def attribute(name: str, kind: str, **more: object) -> dict[str, Any]:
    return {
        "LogicalName": name,
        "AttributeType": kind,
        "AttributeTypeName": {"Value": f"{kind}Type"},
        "DisplayName": label(name.title()),
        "IsSecured": False,
        "AttributeOf": None,
        "IsValidForRead": True,
        **more,
    }


def definition(*attributes: dict[str, Any], **more: object) -> dict[str, Any]:
    return {
        "LogicalName": "incident",
        "EntitySetName": "incidents",
        "PrimaryIdAttribute": "incidentid",
        "PrimaryNameAttribute": "title",
        "ObjectTypeCode": 112,
        "IsActivity": False,
        "TableType": "Standard",
        "DataProviderId": None,
        "DisplayName": label("Case"),
        "Attributes": list(attributes),
        **more,
    }


def test_a_table_and_its_columns_are_named_as_people_know_them() -> None:
    case = parse_table(definition(attribute("title", "String", IsSecured=True)), [], sends_updates=True)
    assert (case.name, case.label, case.set_name, case.type_code) == ("incident", "Case", "incidents", 112)
    title = case.columns["title"]
    assert (title.label, title.type, title.secured) == ("Title", ColumnType.STRING, True)


@pytest.mark.parametrize("finer", ["Image", "File", "MultiSelectPicklist"])
def test_columns_that_call_themselves_virtual_are_told_apart_by_their_finer_name(finer: str) -> None:
    column = attribute("a", "Virtual", AttributeTypeName={"Value": f"{finer}Type"})
    assert parse_table(definition(column), [], sends_updates=True).columns["a"].type == ColumnType(finer)


def test_a_kind_that_nobody_knows_counts_as_virtual() -> None:
    column = attribute("a", "Quantum", AttributeTypeName=None)
    assert parse_table(definition(column), [], sends_updates=True).columns["a"].type is ColumnType.VIRTUAL


def test_shadow_columns_and_unreadable_ones_are_not_offered() -> None:
    hidden = [attribute("owneridname", "String", AttributeOf="ownerid"), attribute("x", "String", IsValidForRead=False)]
    assert parse_table(definition(*hidden), [], sends_updates=True).columns == {}


def test_a_label_is_taken_from_another_language_or_else_the_name() -> None:
    french = {"UserLocalizedLabel": None, "LocalizedLabels": [{"Label": "Priorité", "LanguageCode": 1036}]}
    columns = [attribute("a", "String", DisplayName=french), attribute("b", "String", DisplayName={})]
    table = parse_table(definition(*columns), [], sends_updates=True)
    assert (table.columns["a"].label, table.columns["b"].label) == ("Priorité", "b")


@pytest.mark.parametrize(
    "broken",
    [
        {},
        None,
        5,
        {"LogicalName": "x", "DisplayName": 5},
        {"LogicalName": "x", "DisplayName": {"LocalizedLabels": [5]}},
    ],
)
def test_a_column_that_cannot_be_read_hides_no_other(broken: object) -> None:
    table = parse_table(definition(Attributes=[broken, attribute("a", "String")]), [], sends_updates=True)
    assert list(table.columns) == ["a"]


def test_a_table_that_cannot_be_read_hides_no_other() -> None:
    known = {"LogicalName": "a", "PrimaryNameAttribute": "name", "DisplayName": label("Account")}
    assert [each.name for each in table_names([{**known, "DisplayName": 5}, known])] == ["a"]


def test_labels_are_in_the_readers_language_if_there_are_any() -> None:
    english, french = {"Label": "Priority", "LanguageCode": 1033}, {"Label": "Priorité", "LanguageCode": 1036}
    both = {"UserLocalizedLabel": english, "LocalizedLabels": [english, french, {"Label": "", "LanguageCode": 1031}]}
    table = parse_table(definition(attribute("a", "String", DisplayName=both)), [], sends_updates=True)
    labels = {language: translator(language).show(table.columns["a"].label) for language in ("en", "fr", "de")}
    assert labels == {"en": "Priority", "fr": "Priorité", "de": "Priority"}


def test_details_of_choices_dates_texts_and_numbers_are_added() -> None:
    kinds = [("p", "Picklist"), ("b", "Boolean"), ("d", "DateTime"), ("m", "Memo"), ("n", "Money")]
    details: list[dict[str, Any]] = [
        {"LogicalName": "p", "OptionSet": {"Options": [{"Value": 1, "Label": label("High")}]}},
        {
            "LogicalName": "b",
            "OptionSet": {
                "TrueOption": {"Value": 1, "Label": label("Yes")},
                "FalseOption": {"Value": 0, "Label": label("No")},
            },
        },
        {"LogicalName": "d", "Format": "DateOnly", "DateTimeBehavior": {"Value": "DateOnly"}},
        {"LogicalName": "m", "FormatName": {"Value": "RichText"}},
        {"LogicalName": "n", "Precision": 4},
    ]
    columns = parse_table(definition(*(attribute(*kind) for kind in kinds)), details, sends_updates=True).columns
    assert columns["p"].options == {1: "High"}
    assert columns["b"].options == {1: "Yes", 0: "No"}
    assert columns["d"].date_only
    assert columns["m"].rich_text
    assert columns["n"].precision == 4


@pytest.mark.parametrize(
    ("properties", "virtual"),
    [
        ({"TableType": "Virtual"}, True),
        ({"TableType": "Elastic", "DataProviderId": "1d9bde74-9ebd-4da9-8ff5-aa74945b9f74"}, False),
        ({"TableType": None, "DataProviderId": "77777777-0000-0000-0000-000000000000"}, True),
        ({"TableType": None, "DataProviderId": "1D9BDE74-9EBD-4DA9-8FF5-AA74945B9F74"}, False),
        ({"TableType": None}, False),
    ],
)
def test_virtual_tables_are_recognised(properties: dict[str, object], virtual: bool) -> None:
    assert parse_table(definition(**properties), [], sends_updates=True).is_virtual is virtual


@pytest.mark.parametrize("broken", [{}, {"Attributes": None}, definition(Attributes=5)])
def test_a_definition_in_another_form_is_refused(broken: dict[str, Any]) -> None:
    with pytest.raises(Unavailable):
        parse_table(broken, [], sends_updates=True)


def test_labels_in_a_script_that_runs_from_right_to_left_stay_as_they_are() -> None:
    arabic = attribute("a", "Picklist", DisplayName=label("الأولوية"))
    detail = {"LogicalName": "a", "OptionSet": {"Options": [{"Value": 1, "Label": label("גבוהה (דחוף)")}]}}
    column = parse_table(definition(arabic), [detail], sends_updates=True).columns["a"]
    assert (column.label, column.options) == ("الأولوية", {1: "גבוהה (דחוף)"})


def test_lookups_without_a_property_lead_nowhere() -> None:
    told = {
        "ReferencingAttribute": "customerid",
        "ReferencedEntity": "account",
        "ReferencedAttribute": "accountid",
        "ReferencingEntityNavigationPropertyName": "customerid_account",
    }
    (lookup,) = parse_lookups([told, {**told, "ReferencingEntityNavigationPropertyName": None}, {}])
    assert (lookup.column, lookup.table, lookup.key) == ("customerid", "account", "accountid")
    assert lookup.navigation == "customerid_account"
