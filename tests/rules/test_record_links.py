import re
from pathlib import Path
from urllib.parse import parse_qs, quote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.record_links import (
    RecordLink,
    find_addresses,
    names_record,
    open_record_url,
    parse_environment,
    parse_guid,
    parse_link,
    record_url,
)
from bot.domain.values import Environment, EnvironmentId, RecordRef

CONTOSO = parse_environment("https://contoso.crm4.dynamics.com")
SANDBOX = parse_environment("http://127.0.0.1:3978/sandbox")
ROW = "11111111-2222-3333-4444-555555555555"
BRACED = f"%7B{ROW.upper()}%7D"
PAGE = "https://contoso.crm4.dynamics.com/main.aspx"


@pytest.mark.parametrize(
    "address",
    [
        f"{PAGE}?pagetype=entityrecord&etn=incident&id={ROW}",
        f"{PAGE}?appid=99999999-0000-0000-0000-000000000001&pagetype=entityrecord&etn=incident&id={ROW}",
        f"{PAGE}?appname=sales&pagetype=entityrecord&etn=incident&id={ROW}&navbar=off&cmdbar=false&forceUCI=1",
        f"{PAGE}?pagetype=entityrecord&etn=incident&id={BRACED}",
        f"{PAGE}?pagetype=entityrecord&etn=incident&id={BRACED.lower()}",
        f"{PAGE}?pagetype=entityrecord&etn=incident&id={{{ROW}}}",
        f"{PAGE}?PageType=EntityRecord&ETN=Incident&ID={ROW.upper()}",
        f"{PAGE}?etn=incident&id={ROW}",
        f"{PAGE}?pagetype=entityrecord&etn=incident&extraqs={quote(f'?id={{{ROW}}}&formid=1')}",
        f"https://CONTOSO.crm4.dynamics.com:443/main.aspx?pagetype=entityrecord&etn=incident&id={ROW}",
        f"https://contoso.crm4.dynamics.com/Apps/uniquename/Hub/main.aspx?pagetype=entityrecord&etn=incident&id={ROW}",
        f"https://contoso.crm4.dynamics.com/apps/uniquename/hub/MAIN.aspx?pagetype=entityrecord&etn=incident&id={ROW}",
        f"  {PAGE}?pagetype=entityrecord&etn=incident&id={ROW}  ",
    ],
)
def test_every_form_of_a_record_link_names_the_row(address: str) -> None:
    assert parse_link(address, [SANDBOX, CONTOSO]) == RecordLink(
        environment=EnvironmentId("contoso.crm4.dynamics.com"), table="incident", row_id=ROW
    )


def test_an_older_link_names_the_table_by_its_number() -> None:
    extra = quote(f"?etc=112&id={{{ROW}}}")
    for address in (f"{PAGE}?etc=112&id={BRACED}&pagetype=entityrecord", f"{PAGE}?etc=112&extraqs={extra}"):
        link = parse_link(address, [CONTOSO])
        assert link == RecordLink(environment=CONTOSO.id, type_code=112, row_id=ROW)


@pytest.mark.parametrize(
    "address",
    [
        f"https://fabrikam.crm4.dynamics.com/main.aspx?pagetype=entityrecord&etn=incident&id={ROW}",
        f"https://contoso.crm4.dynamics.com.evil.example/main.aspx?pagetype=entityrecord&etn=incident&id={ROW}",
        f"https://evil.example/main.aspx?pagetype=entityrecord&etn=incident&id={ROW}#contoso.crm4.dynamics.com",
        f"https://contoso.crm4.dynamics.com@evil.example/main.aspx?etn=incident&id={ROW}",
        f"https://contoso.crm4.dynamics.com:8443/main.aspx?etn=incident&id={ROW}",
        f"ftp://contoso.crm4.dynamics.com/main.aspx?etn=incident&id={ROW}",
        f"{PAGE}?pagetype=entitylist&etn=incident&viewid={ROW}&viewtype=1039",
        f"{PAGE}?pagetype=control&etn=incident&id={ROW}",
        f"{PAGE}?pagetype=entityrecord&etn=incident",
        f"{PAGE}?pagetype=entityrecord&etn=incident&id=",
        f"{PAGE}?pagetype=entityrecord&etn=incident&id=42",
        f"{PAGE}?pagetype=entityrecord&etn=incident&id={ROW[:-1]}",
        f"{PAGE}?pagetype=entityrecord&id={ROW}",
        f"{PAGE}?pagetype=entityrecord&etn=inci'dent&id={ROW}",
        f"{PAGE}?pagetype=entityrecord&etc=112x&id={ROW}",
        f"{PAGE}?pagetype=entityrecord&etc=99999999999&id={ROW}",
        f"https://contoso.crm4.dynamics.com/api/data/v9.2/incidents({ROW})",
        "https://contoso.crm4.dynamics.com/",
        "https://contoso.crm4.dynamics.com:port/main.aspx",
        "http://[::1/main.aspx",
        f"{PAGE}?pagetype=entityrecord&etn=incident&id={ROW}&x={'y' * 5000}",
        f"{PAGE}?{'a=1&' * 200}etn=incident&id={ROW}",
        "no link at all",
        "",
    ],
)
def test_anything_else_names_no_record(address: str) -> None:
    assert parse_link(address, [CONTOSO]) is None


def test_a_link_to_the_sandbox_works_under_each_name_of_this_machine() -> None:
    for host in ("127.0.0.1", "localhost", "[::1]"):
        address = f"http://{host}:3978/sandbox/main.aspx?pagetype=entityrecord&etn=account&id={ROW}"
        link = parse_link(address, [SANDBOX])
        assert link == RecordLink(environment=SANDBOX.id, table="account", row_id=ROW)
    assert parse_link(f"http://127.0.0.1:3978/main.aspx?etn=account&id={ROW}", [SANDBOX]) is None


def test_the_sandbox_keeps_its_name_when_the_port_changes() -> None:
    assert parse_environment("http://localhost:4000/sandbox/").id == SANDBOX.id
    assert parse_environment("https://fabrikam.crm.dynamics.com").id != CONTOSO.id


@pytest.mark.parametrize("address", ["contoso", "https://", "mailto:a@b.example", "http://host:99999"])
def test_an_invalid_address_makes_no_environment(address: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        parse_environment(address)


def test_a_link_in_a_sentence_is_found_without_punctuation() -> None:
    assert list(find_addresses("see (https://a.example/x?y=1), please")) == ["https://a.example/x?y=1"]
    assert list(find_addresses("connect HTTPS://A.example/b quiet")) == ["HTTPS://A.example/b"]
    assert list(find_addresses("nothing here: http:// or www.example.com")) == []


LINK = f"{PAGE}?pagetype=entityrecord&etn=incident&id={ROW}"
ENCODED = quote(LINK, safe="")
MAIL = "https://eur01.safelinks.protection.outlook.com/?url="
TEAMS = "https://statics.teams.cdn.office.net/evergreen-assets/safelinks/2/atp-safelinks.html?url="
TAIL = "&data=05%7C02%7Cada%40contoso.com%7C0&sdata=abc%3D&reserved=0"


@pytest.mark.parametrize(
    "address",
    [
        LINK.replace("&", "&amp;"),
        LINK.replace("&", "&amp;amp;"),
        LINK.replace("&", "&#38;"),
        LINK + "\u200b",
        "\ufeff" + LINK,
        LINK.replace("/main", "/\u2060main"),
        f"“{LINK}”",
        f"«{LINK}»",
        f"`{LINK}`",
        f"<{LINK}>",
        f"({LINK})",
        f"[Case]({LINK})",
        f"**{LINK}**",
        f"{LINK}.",
        f"{LINK}…",
        f"{LINK}。",
        f"「{LINK}」",
        MAIL + ENCODED,
        MAIL + ENCODED + TAIL,
        MAIL + ENCODED + TAIL.replace("&", "&amp;"),
        "https://gcc02.safelinks.protection.outlook.com/?url=" + ENCODED + TAIL,
        "https://usg02.safelinks.protection.office365.us/?url=" + ENCODED,
        "https://NAM12.Safelinks.Protection.Outlook.com/ap/t-59584e83/?data=1&URL=" + ENCODED,
        TEAMS + ENCODED + "&locale=en-us&dest=https%3A%2F%2Fteams.microsoft.com%2Fapi",
        TEAMS.replace("/2/", "/1/") + ENCODED,
        "https://teams.public.onecdn.static.microsoft/evergreen-assets/safelinks/2/atp-safelinks.html?url=" + ENCODED,
        MAIL + quote(MAIL + ENCODED + TAIL, safe=""),
        TEAMS + quote(MAIL + quote(LINK.replace("&", "&amp;"), safe=""), safe=""),
    ],
)
def test_a_link_means_the_same_however_it_was_copied(address: str) -> None:
    assert parse_link(address, [CONTOSO]) == parse_link(LINK, [CONTOSO]) is not None
    assert names_record(address)


@pytest.mark.parametrize(
    "address",
    [
        "https://evil.example/?url=" + ENCODED,
        "https://safelinks.protection.outlook.com.evil.example/?url=" + ENCODED,
        "https://evilsafelinks.protection.outlook.com/?url=" + ENCODED,
        "https://eur01.safelinks.protection.outlook.com@evil.example/?url=" + ENCODED,
        "http://eur01.safelinks.protection.outlook.com/?url=" + ENCODED,
        "https://eur01.safelinks.protection.outlook.com:8443/?url=" + ENCODED,
        "https://statics.teams.cdn.office.net/other/atp-safelinks.html?url=" + ENCODED,
        "https://statics.teams.cdn.office.net.evil.example/evergreen-assets/safelinks/2/atp-safelinks.html?url="
        + ENCODED,
        "https://www.google.com/url?q=" + ENCODED + "&url=" + ENCODED,
        MAIL,
        MAIL + "javascript:alert(1)",
        MAIL + quote("https://fabrikam.crm4.dynamics.com/main.aspx?etn=incident&id=" + ROW, safe=""),
        MAIL + quote(MAIL + quote(MAIL + quote(MAIL + ENCODED, safe=""), safe=""), safe=""),
        MAIL + ENCODED + "&x=" + "y" * 5000,
        MAIL + ENCODED + "&x=1" * 200,
    ],
)
def test_nothing_else_is_unwrapped(address: str) -> None:
    assert parse_link(address, [CONTOSO]) is None
    assert not names_record(LINK.replace("&id=", "&viewid="))
    assert not names_record("https://contoso.crm4.dynamics.com/main.aspx?" + "a=1&" * 200)


rows = st.uuids().map(str)
tables = st.from_regex(r"[a-z][a-z0-9_]{0,40}", fullmatch=True)


@given(table=tables, row_id=rows, environment=st.sampled_from([CONTOSO, SANDBOX]))
def test_a_link_that_we_build_names_the_row_that_it_was_built_of(
    table: str, row_id: str, environment: Environment
) -> None:
    record = RecordRef(environment=environment.id, table=table, row_id=row_id)
    link = parse_link(record_url(environment, record), [CONTOSO, SANDBOX])
    assert link == RecordLink(environment=environment.id, table=table, row_id=row_id)


@given(text=st.text(max_size=300))
def test_no_text_breaks_the_parser(text: str) -> None:
    for address in (text, f"https://contoso.crm4.dynamics.com/main.aspx?{text}", f"https://{text}"):
        link = parse_link(address, [CONTOSO])
        assert link is None or parse_guid(link.row_id) == link.row_id


def test_the_button_uses_the_pattern_to_open_the_record_in_teams() -> None:
    record = RecordRef(environment=CONTOSO.id, table="incident", row_id=ROW)
    plain = record_url(CONTOSO, record)
    pattern = "https://teams.microsoft.com/l/entity/app/tab?webUrl={url}&label={table}&record={id}"
    assert open_record_url(CONTOSO, record) == plain
    assert open_record_url(CONTOSO, record, pattern) == (
        f"https://teams.microsoft.com/l/entity/app/tab?webUrl={quote(plain, safe='')}&label=incident&record={ROW}"
    )


def test_the_pattern_of_the_documentation_opens_the_dynamics_app_and_names_the_page_for_other_clients() -> None:
    page = (Path(__file__).parents[2] / "docs/settings.md").read_text(encoding="utf-8")
    (pattern,) = re.findall(r"^CHATSYNC_OPEN_LINK=(\S+)$", page, flags=re.MULTILINE)
    record = RecordRef(environment=CONTOSO.id, table="incident", row_id=ROW)
    opened = urlsplit(open_record_url(CONTOSO, record, pattern.replace("<tab>", "tab")))
    assert (opened.netloc, opened.path.split("/")[1:3]) == ("teams.microsoft.com", ["l", "entity"])
    assert parse_qs(opened.query) == {"webUrl": [record_url(CONTOSO, record)], "label": ["incident"]}


def test_the_open_address_reveals_no_more_of_the_table_than_the_link() -> None:
    pattern = "https://teams.microsoft.com/l/entity/app/tab?webUrl={url}"
    numbered = RecordLink(environment=CONTOSO.id, type_code=112, row_id=ROW)
    address = f"{PAGE}?pagetype=entityrecord&etc=112&id={ROW}"
    assert parse_link(record_url(CONTOSO, numbered), [CONTOSO]) == numbered
    assert open_record_url(CONTOSO, numbered, pattern) == pattern.replace("{url}", quote(address, safe=""))
    assert open_record_url(CONTOSO, numbered, pattern + "&label={table}") == address
    assert open_record_url(CONTOSO, RecordLink(environment=CONTOSO.id, row_id=ROW), pattern) == ""
