import pytest

from bot.dataverse.protocol import contains_filter, headers, parse_error, parse_row, quote_literal, select_clause
from bot.domain.errors import BadRequest, ChatSyncError, NotAllowed, NotFound, Unavailable
from bot.domain.tables import Column, ColumnType, ColumnValue
from bot.domain.values import ObjectId

OWNER = Column(name="ownerid", label="Owner", type=ColumnType.OWNER)
TITLE = Column(name="title", label="Title", type=ColumnType.STRING)
FORMATTED = "OData.Community.Display.V1.FormattedValue"


def column(kind: ColumnType, **more: object) -> Column:
    return Column(name="a", label="A", type=kind, **more)  # type: ignore[arg-type]


def test_a_request_for_a_person_names_them_and_one_of_the_app_does_not() -> None:
    as_adele = headers(ObjectId("adele"), ["odata.maxpagesize=5", "return=representation"])
    assert as_adele["CallerObjectId"] == "adele"
    assert as_adele["Prefer"] == "odata.maxpagesize=5, return=representation"
    assert as_adele["If-None-Match"] == "null"
    as_app = headers(None)
    assert not {"CallerObjectId", "Prefer"} & set(as_app)


def test_texts_in_filters_cannot_break_out_of_them() -> None:
    assert quote_literal("O'Hara") == "'O''Hara'"
    assert contains_filter("title", "50% o'clock") == "contains(title,'50[%]') and contains(title,'o''clock')"
    assert contains_filter("title", "a_b [x]") == "contains(title,'a[_]b') and contains(title,'[[]x]')"


def test_lookups_are_selected_by_the_property_that_holds_their_id() -> None:
    assert select_clause([TITLE, OWNER, TITLE]) == "title,_ownerid_value"


def test_a_row_becomes_values_with_dataverses_texts() -> None:
    body = {
        "@odata.etag": 'W/"7"',
        "incidentid": "AAAA",
        "title": "Pump noise",
        "_ownerid_value": "BBBB",
        f"_ownerid_value@{FORMATTED}": "Tier 2",
        "_ownerid_value@Microsoft.Dynamics.CRM.lookuplogicalname": "team",
    }
    row = parse_row(body, "incidentid", [TITLE, OWNER])
    assert (row.id, row.etag) == ("aaaa", 'W/"7"')
    assert row.value("title") == ColumnValue(raw="Pump noise")
    assert row.value("ownerid") == ColumnValue(raw="team:bbbb", text="Tier 2")
    assert row.value("missing") == ColumnValue(raw=None)


@pytest.mark.parametrize(
    ("kind", "raw", "value"),
    [
        (column(ColumnType.MULTI_SELECT), "3,1", ColumnValue(raw=(1, 3), text="T")),
        (column(ColumnType.DATE_TIME), "2026-11-21T10:20:30.5Z", ColumnValue(raw="2026-11-21T10:20:30Z", text="T")),
        (column(ColumnType.MONEY), 12.5, ColumnValue(raw=12.5, text="T")),
        (column(ColumnType.MEMO, rich_text=True), "<p>x", ColumnValue(raw="<p>x")),
        (column(ColumnType.MEMO), "<p>x", ColumnValue(raw="<p>x")),
        (column(ColumnType.MEMO), "1 < 2", ColumnValue(raw="1 < 2")),
        (column(ColumnType.STRING), "<p>x", ColumnValue(raw="<p>x")),
        (column(ColumnType.STRING), None, ColumnValue(raw=None)),
    ],
)
def test_values_take_their_canonical_form(kind: Column, raw: object, value: ColumnValue) -> None:
    assert parse_row({"id": "1", "a": raw, f"a@{FORMATTED}": "T"}, "id", [kind]).value("a") == value


def test_an_answer_without_a_row_is_refused() -> None:
    with pytest.raises(Unavailable):
        parse_row({"value": []}, "incidentid", [])


@pytest.mark.parametrize(
    ("status", "kind"),
    [(400, BadRequest), (401, Unavailable), (403, NotAllowed), (404, NotFound), (429, Unavailable), (503, Unavailable)],
)
def test_errors_say_what_to_do_and_nothing_that_the_vendor_wrote(status: int, kind: type[ChatSyncError]) -> None:
    body = {"error": {"code": "0x80040217", "message": "SECRETVALUE123 is missing"}}
    error = parse_error(status, body, 5.0)
    assert type(error) is kind
    assert error.next_step
    assert "SECRETVALUE123" not in f"{error} {error.next_step} {error.__notes__}"
    assert "0x80040217" in error.__notes__[0]
    assert getattr(error, "retry_after_s", 5.0) == 5.0


@pytest.mark.parametrize("body", [None, [], {"error": "x"}, {"error": {"code": 5}}, {}])
def test_an_error_without_a_body_is_still_an_error(body: object) -> None:
    assert isinstance(parse_error(502, body), Unavailable)
