"""Settings as values: changes, reverting, validation, and JSON."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.environment_settings import OrganizationSettings
from bot.domain.model_apps import ModelApp
from bot.domain.record_types import MAX_KEY_FIELDS, Disclosure, RecordType, standard_record_types
from bot.domain.rights import ADMINISTRATOR_ROLE, ADMINISTRATOR_TEMPLATE, Role, is_administrator, may_use
from bot.domain.settings import EnvironmentSettings, apply_changes, diff_settings, revert_changes
from bot.domain.tables import ColumnType
from bot.features.settings.apps import AppList
from bot.features.settings.json_format import parse_document, settings_to_json
from bot.features.settings.rules import (
    SettingProblem,
    key_field_candidates,
    key_fields_problem,
    organization_problems,
    record_type_problems,
    unsupported_key_fields,
)
from tests.steps.record_type_rules import column, table

words = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=8)
names = st.lists(words, max_size=MAX_KEY_FIELDS, unique=True).map(tuple)
organisations = st.builds(
    OrganizationSettings,
    chats_on=st.booleans(),
    allowed_roles=names,
    sync_on=st.booleans(),
    sync_idle_days=st.integers(0, 3650),
    mirror_chats=st.booleans(),
)
record_types = st.builds(
    RecordType,
    table=st.sampled_from(["incident", "account", "lead"]),
    enabled=st.booleans(),
    note=st.booleans(),
    note_view=st.none() | words,
    join=st.booleans(),
    notify=st.booleans(),
    key_fields=names,
    disclosure=st.sampled_from(Disclosure),
)
environments = st.builds(
    lambda organisation, types: EnvironmentSettings(
        version=1, organization=organisation, record_types={each.table: each for each in types}
    ),
    organisations,
    st.lists(record_types, max_size=3),
)


def types_of(settings: EnvironmentSettings) -> dict[str, RecordType]:
    """Return the settings of each table that differs from the defaults."""
    all_types = {table: settings.record_type(table) for table in ("incident", "account", "lead")}
    return {
        table: each for table, each in all_types.items() if each != RecordType(table=table, enabled=False, note=False)
    }


@given(environments, environments)
def test_changes_can_be_applied_and_reverted(before: EnvironmentSettings, after: EnvironmentSettings) -> None:
    made = diff_settings(before, after)
    there = apply_changes(before, made)
    assert (there.organization, types_of(there)) == (after.organization, types_of(after))
    back = revert_changes(there, made)
    assert (back.organization, types_of(back)) == (before.organization, types_of(before))
    assert diff_settings(there, after) == ()


@given(environments)
def test_exported_settings_are_imported_unchanged(settings: EnvironmentSettings) -> None:
    document = parse_document(settings_to_json(settings, {}))
    assert document.problems == ()
    assert OrganizationSettings(**document.organization) == settings.organization  # type: ignore[arg-type]
    read = {name: RecordType(table=name, **values) for name, values in document.record_types.items()}  # type: ignore[arg-type]
    assert read == settings.record_types


@given(st.text(max_size=60) | st.recursive(st.none() | st.booleans() | words, st.lists).map(repr))
def test_any_invalid_text_is_refused_with_a_reason(text: str) -> None:
    document = parse_document(text)
    assert document.problems
    assert (document.organization, document.record_types) == ({}, {})


@pytest.mark.parametrize(
    ("wanted", "may_sync", "problems"),
    [
        (OrganizationSettings(chats_on=False), False, {}),
        (OrganizationSettings(chats_on=True, sync_on=True), True, {}),
        (OrganizationSettings(chats_on=True, sync_on=True), False, {"sync_on": "Only a Global Administrator"}),
        (OrganizationSettings(chats_on=True, sync_idle_days=-1), False, {"sync_idle_days": "from 0 to 3,650"}),
        (OrganizationSettings(chats_on=True, sync_idle_days=3651), False, {"sync_idle_days": "from 0 to 3,650"}),
        (OrganizationSettings(chats_on=True, sync_idle_days=0), False, {}),
        (OrganizationSettings(chats_on=True, allowed_roles=("Agent",)), False, {}),
        (
            OrganizationSettings(chats_on=True, allowed_roles=("Agent", "X")),
            False,
            {"allowed_roles": "do not exist: X"},
        ),
        (OrganizationSettings(chats_on=True, allowed_roles=("Gone",)), False, {}),
        (OrganizationSettings(chats_on=True, pane_apps=("service", "gone")), False, {}),
        (OrganizationSettings(chats_on=True, pane_apps=()), False, {"pane_apps": "at least one app"}),
        (OrganizationSettings(chats_on=True, pane_apps=("service", "x")), False, {"pane_apps": "do not exist: x."}),
        (OrganizationSettings(chats_on=True, pane_apps=("service",) * 201), False, {"pane_apps": "at most 200"}),
    ],
)
def test_invalid_environment_settings_have_a_reason(
    wanted: OrganizationSettings, may_sync: bool, problems: dict[str, str]
) -> None:
    before = OrganizationSettings(chats_on=True, allowed_roles=("Gone",), pane_apps=("gone",))
    refusal = "" if may_sync else "Only a Global Administrator"
    apps = AppList(apps=[ModelApp(unique_name="service", name="Service")])
    assert_told(organization_problems(before, wanted, ["Agent"], apps, sync_refusal=refusal), problems)


def test_apps_that_cannot_be_read_cannot_be_added_but_removed() -> None:
    before = OrganizationSettings(chats_on=True, pane_apps=("sales", "service"))
    unreadable = AppList(problem="Chat Sync cannot list the apps.")
    for apps, problems in (
        (("sales",), {}),
        (None, {}),
        (("sales", "other"), {"pane_apps": "Chat Sync cannot list the apps."}),
    ):
        wanted = OrganizationSettings(chats_on=True, pane_apps=apps)
        assert_told(organization_problems(before, wanted, [], unreadable, sync_refusal=""), problems)


def assert_told(found: tuple[SettingProblem, ...], problems: dict[str, str]) -> None:
    assert {each.setting for each in found} == set(problems)
    assert all(problems[each.setting] in each.reason for each in found)


CASE = table(
    *(column(name) for name in "abcdef"), column("photo", ColumnType.IMAGE), column("count", ColumnType.INTEGER)
)


@pytest.mark.parametrize(
    ("chosen", "reason"),
    [
        ("", None),
        ("abcde", None),
        ("abcdef", "You chose 6 columns. At most 5 can be key fields."),
        ("aa", "A column is listed twice."),
        ("az", "The table has no column named z. Choose another column."),
        (("photo",), "photo (photo): "),
        (("a", "count"), "count (count): "),
    ],
)
def test_invalid_key_fields_have_a_reason(chosen: str | tuple[str, ...], reason: str | None) -> None:
    found = key_fields_problem(tuple(chosen), CASE)
    assert found is None if reason is None else str(found).startswith(reason)


def test_each_column_is_either_offered_or_listed_with_a_reason() -> None:
    offered = {each.name for each in key_field_candidates(CASE)}
    refused = {each.name for _, columns in unsupported_key_fields(CASE) for each in columns}
    assert (offered, refused) == (set("abcdef"), {"photo", "count"})


def test_an_unchanged_problem_does_not_block_a_save() -> None:
    before = replace(next(iter(standard_record_types())), table="x", key_fields=("z",), note=True, notify=True)
    assert record_type_problems(before, replace(before, join=False), CASE, []) == ()
    assert [each.setting for each in record_type_problems(before, replace(before, key_fields=("y",)), CASE, [])] == [
        "key_fields"
    ]


@pytest.mark.parametrize(
    ("role", "administers"),
    [
        (Role(name=ADMINISTRATOR_ROLE, template=ADMINISTRATOR_TEMPLATE), True),
        (Role(name=ADMINISTRATOR_ROLE), False),
        (Role(name="Systemadministrator", template=ADMINISTRATOR_TEMPLATE), True),
        (Role(name="Systemadministrator"), False),
        (Role(name="Customer Service Representative", template="00000000-0000-0000-0000-000000000001"), False),
    ],
)
def test_the_administrator_role_is_recognized_by_its_template(role: Role, administers: bool) -> None:
    assert is_administrator([Role(name="Agent"), role]) is administers


def test_allowed_roles_can_use_the_product_and_everyone_without_any() -> None:
    agent = Role(name="Agent")
    assert may_use([agent], ["Agent", "Manager"])
    assert may_use([], [])
    assert not may_use([agent], ["Manager"])
    assert not may_use([], ["Manager"])
