"""The settings that messages depend on when they are sent."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from bot.domain.environment_settings import OrganizationSettings
from bot.domain.outgoing_messages import Subject, Switch
from bot.domain.record_types import RecordType
from bot.domain.send_outcomes import DropReason
from bot.domain.settings import EnvironmentSettings
from bot.domain.switches import drop_reason, reportable_subjects
from bot.domain.values import EnvironmentId

CONTOSO, FABRIKAM = EnvironmentId("contoso"), EnvironmentId("fabrikam")
CASE = RecordType(table="incident", notify=True, key_fields=("prioritycode",))
ON = EnvironmentSettings(version=1, organization=OrganizationSettings(chats_on=True), record_types={"incident": CASE})
OFF = replace(ON, organization=OrganizationSettings(chats_on=False))


def with_case(**values: object) -> EnvironmentSettings:
    return replace(ON, record_types={"incident": replace(CASE, **values)})  # type: ignore[arg-type]


def subject(switch: Switch | None, environment: EnvironmentId | None = CONTOSO, table: str = "incident") -> Subject:
    return Subject(environment=environment, table=table, switch=switch)


@pytest.mark.parametrize(
    ("settings", "chats", "record_type", "key_fields"),
    [
        (ON, None, None, None),
        (OFF, DropReason.CHATS_OFF, DropReason.CHATS_OFF, DropReason.CHATS_OFF),
        (with_case(enabled=False), None, DropReason.RECORD_TYPE_OFF, DropReason.RECORD_TYPE_OFF),
        (with_case(notify=False), None, None, DropReason.KEY_FIELDS_OFF),
        (with_case(key_fields=()), None, None, DropReason.KEY_FIELDS_OFF),
        (replace(ON, record_types={}), None, DropReason.RECORD_TYPE_OFF, DropReason.RECORD_TYPE_OFF),
    ],
    ids=["all on", "chats", "record type", "cards about changes", "no key fields", "never added"],
)
def test_each_switch_depends_on_its_settings(
    settings: EnvironmentSettings,
    chats: DropReason | None,
    record_type: DropReason | None,
    key_fields: DropReason | None,
) -> None:
    expected = {Switch.CHATS: chats, Switch.RECORD_TYPE: record_type, Switch.KEY_FIELDS: key_fields}
    assert {switch: drop_reason([subject(switch)], {CONTOSO: settings}) for switch in Switch} == expected
    assert drop_reason([subject(None)], {CONTOSO: settings}) is None


TELL_EACH, TELL_SECURED = with_case(tell_each=True), with_case(tell_secured=True)


@pytest.mark.parametrize(
    ("settings", "shown", "reason", "columns"),
    [
        (ON, {"shows_values": True}, None, ("prioritycode",)),
        (ON, {"shows_values": True, "shows_secured": True}, DropReason.SECURED_OFF, ("prioritycode",)),
        (TELL_SECURED, {"shows_values": True, "shows_secured": True}, None, ("prioritycode",)),
        (TELL_EACH, {"shows_values": True}, DropReason.VALUES_FOR_EACH, ("prioritycode",)),
        (TELL_EACH, {}, None, ("prioritycode",)),
        (with_case(key_fields=("title",)), {}, DropReason.KEY_FIELD_REMOVED, None),
        (ON, {"columns": ("title", "prioritycode")}, DropReason.KEY_FIELD_REMOVED, ("prioritycode",)),
        (with_case(key_fields=("title",)), {"columns": ()}, None, ()),
        (with_case(notify=False), {"shows_values": True}, DropReason.KEY_FIELDS_OFF, None),
    ],
)
def test_a_card_shows_only_what_the_settings_still_allow_and_the_rest_is_reported_again(
    settings: EnvironmentSettings,
    shown: dict[str, Any],
    reason: DropReason | None,
    columns: tuple[str, ...] | None,
) -> None:
    card = replace(subject(Switch.KEY_FIELDS), **{"columns": ("prioritycode",), **shown})
    assert drop_reason([card], {CONTOSO: settings}) is reason
    again = reportable_subjects([card], {CONTOSO: settings})
    assert [each.columns for each in again] == ([] if columns is None else [columns])


def test_in_an_environment_that_is_not_configured_everything_is_off() -> None:
    assert drop_reason([subject(Switch.RECORD_TYPE, FABRIKAM)], {CONTOSO: ON}) is DropReason.CHATS_OFF


def test_a_message_about_no_record_needs_chats_in_one_environment() -> None:
    introduction = [Subject(switch=Switch.CHATS)]
    assert drop_reason(introduction, {CONTOSO: OFF, FABRIKAM: ON}) is None
    assert drop_reason(introduction, {CONTOSO: OFF, FABRIKAM: OFF}) is DropReason.CHATS_OFF


ANY_SUBJECT = some.builds(
    subject,
    some.sampled_from([None, *Switch]),
    some.sampled_from([CONTOSO, FABRIKAM]),
    some.sampled_from(["incident", "x"]),
)


@given(subjects=some.lists(ANY_SUBJECT))
def test_a_message_is_sent_only_if_each_of_its_subjects_could_be_sent_alone(subjects: list[Subject]) -> None:
    settings = {CONTOSO: ON, FABRIKAM: OFF}
    alone = [drop_reason([each], settings) for each in subjects]
    assert drop_reason(subjects, settings) == next((reason for reason in alone if reason), None)
