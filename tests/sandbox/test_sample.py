import pytest

from bot.sandbox.app import SAMPLE_ADMINISTRATOR
from bot.sandbox.dataverse.schema.catalog import BUSINESS_TABLES, SCHEMA
from bot.sandbox.dataverse.schema.model import Kind, Schema, Table
from bot.sandbox.guids import as_guid
from bot.sandbox.sample_data.sample import sample_rows
from bot.sandbox.settings import SandboxSettings
from bot.sandbox.storage.rows import Rows
from bot.sandbox.values import Ref
from tests.sandbox.wire import Api

SETTINGS = SandboxSettings(url="http://127.0.0.1/sandbox", webhook_url="http://127.0.0.1/x", webhook_key="k", file=None)


@pytest.fixture(scope="module")
def rows() -> Rows:
    return sample_rows(SCHEMA)


@pytest.mark.parametrize("table", BUSINESS_TABLES, ids=lambda table: table.name)
def test_each_table_has_thirty_rows_and_more(rows: Rows, table: Table) -> None:
    found = rows.all(table.name)
    assert len(found) >= 30
    assert all(row.text(table.primary_name) for row in found)


def test_the_rows_are_always_the_same(rows: Rows) -> None:
    again = sample_rows(Schema(SCHEMA.tables.values()))
    same = {name: rows.all(name) == again.all(name) for name in SCHEMA.tables}
    assert len(same) > len(BUSINESS_TABLES)
    assert set(same.values()) == {True}


@pytest.mark.parametrize("table", SCHEMA.tables.values(), ids=lambda table: table.name)
def test_every_value_fits_its_column(rows: Rows, table: Table) -> None:
    for row in rows.all(table.name):
        assert as_guid(row.id) == row.id
        for name, value in row.values.items():
            column = table.columns[name]
            if isinstance(value, Ref):
                assert column.target(value.table), name
                assert rows.find(value), (name, value)
            elif column.options and not isinstance(value, bool) and value is not None:
                assert all(column.option(each) for each in (value if isinstance(value, tuple) else (value,))), name
            if column.kind is Kind.STATUS:
                option = column.option(value)
                assert option
                assert option.state == row.values["statecode"]
            if isinstance(value, str) and column.max_length is not None:
                assert len(value) <= column.max_length, name


def test_all_types_of_columns_are_there() -> None:
    kinds = {column.kind for table in BUSINESS_TABLES for column in table.columns.values()}
    assert kinds == set(Kind)


def test_cases_have_the_columns_of_real_ones() -> None:
    assert len(SCHEMA["incident"].columns) >= 25


def test_texts_vary_like_real_ones(rows: Rows) -> None:
    titles = [row.text("title") for row in rows.all("incident")]
    names = [row.text("name") for row in rows.all("account")] + [row.text("fullname") for row in rows.all("contact")]
    texts = " ".join(titles + names)
    for needle in ("ß", "ü", "'", '"', "&", "<", "*", "_", "#", "[", "`", "|", "א", "م", "Ł", "é"):
        assert needle in texts or needle == "א", needle
    assert any("\u0590" <= character <= "\u05ff" for character in texts)
    assert max(map(len, titles)) > 180


def test_some_rich_text_holds_pictures_inline_and_some_by_address(rows: Rows) -> None:
    analyses = [row.text("cs_analysis") for row in rows.all("incident")]
    assert any('src="data:image/png;base64,' in text for text in analyses)
    assert any('src="/api/data/' in text for text in analyses)


def test_optional_columns_are_sometimes_empty(rows: Rows) -> None:
    for table, column in (
        ("incident", "description"),
        ("account", "telephone1"),
        ("email", "senton"),
        ("lead", "jobtitle"),
    ):
        values = [row.values.get(column) for row in rows.all(table)]
        assert None in values
        assert any(values)


def test_the_sample_administrator_is_alex(rows: Rows) -> None:
    assert SAMPLE_ADMINISTRATOR == "00000000-0000-0000-0000-000000000020"
    users = {row.text("azureactivedirectoryobjectid"): row.text("fullname") for row in rows.all("systemuser")}
    assert users[SAMPLE_ADMINISTRATOR] == "Alex Wilber"
    assert "00000000-0000-0000-0000-000000000025" not in users


def test_settings_do_not_show_their_key() -> None:
    assert "webhook_key" not in repr(SETTINGS)


@pytest.mark.parametrize("table", BUSINESS_TABLES, ids=lambda table: table.name)
async def test_each_table_has_one_view_of_each_kind(api: Api, table: Table) -> None:
    views = await api.rows(
        "savedqueries?$select=name,querytype,isdefault,isquickfindquery,layoutxml,fetchxml"
        f"&$filter=returnedtypecode eq '{table.name}' and statecode eq 0"
    )
    kinds = [view["querytype"] for view in views]
    assert [kinds.count(kind) for kind in (1, 2, 4, 64)] == [1, 1, 1, 1]
    assert [view["querytype"] for view in views if view["isdefault"]] == [0]
    assert [view["querytype"] for view in views if view["isquickfindquery"]] == [4]
    assert all(f"id='{table.primary_id}'" in view["layoutxml"] for view in views)
    assert all(f'<entity name="{table.name}">' in view["fetchxml"] for view in views)


async def test_the_case_has_its_view_for_notes(api: Api) -> None:
    views = await api.rows("savedqueries?$select=layoutxml&$filter=name eq 'Case introduction message'")
    cells = [part.split('"')[0] for part in views[0]["layoutxml"].split('<cell name="')[1:]]
    assert cells == ["customerid", "prioritycode", "statuscode", "ownerid", "createdon"]


async def test_some_views_have_columns_that_notes_cannot_show(api: Api) -> None:
    views = await api.rows("savedqueries?$select=returnedtypecode,layoutxml,fetchxml&$filter=querytype eq 4")
    layouts = {view["returnedtypecode"]: view["layoutxml"] for view in views}
    assert layouts["email"].split('<cell name="')[2].startswith('to"')
    assert '"contactaccount.telephone1"' in layouts["contact"]
    fetch = next(view["fetchxml"] for view in views if view["returnedtypecode"] == "contact")
    assert 'alias="contactaccount"' in fetch


async def test_there_are_no_personal_views_at_first(api: Api) -> None:
    assert await api.rows("userqueries") == []
