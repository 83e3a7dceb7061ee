"""Required webhook steps, and their difference from the registered ones."""

from dataclasses import replace

from bot.domain.record_types import RecordType
from bot.domain.tables import Column, ColumnType, Table
from bot.domain.webhook_steps import (
    RegisteredWebhookStep,
    StepMessage,
    StepPlan,
    WebhookStep,
    desired_steps,
    plan_steps,
)

UPDATE, DELETE = StepMessage.UPDATE, StepMessage.DELETE


def a_table(name: str, *columns: str, sends_updates: bool = True) -> Table:
    return Table(
        name=name,
        label=name.title(),
        set_name=f"{name}s",
        primary_id=f"{name}id",
        primary_name="name",
        columns={each: Column(name=each, label=each, type=ColumnType.STRING) for each in columns},
        sends_updates=sends_updates,
    )


CASE = a_table("incident", "title", "prioritycode", "ownerid", "statecode", "statuscode")
TOLD = RecordType(table="incident", notify=True, key_fields=("title", "prioritycode"))


def test_a_record_type_has_steps_for_key_fields_life_columns_and_deletion() -> None:
    assert desired_steps({"incident": TOLD}, {"incident": CASE}) == (
        WebhookStep(message=UPDATE, table="incident", columns=("ownerid", "prioritycode", "statecode", "title")),
        WebhookStep(message=DELETE, table="incident"),
    )


def test_without_key_updates_the_step_watches_only_life_columns() -> None:
    update, _ = desired_steps({"incident": replace(TOLD, notify=False)}, {"incident": CASE})
    assert update.columns == ("ownerid", "statecode")


def test_a_table_without_watched_columns_has_only_a_delete_step() -> None:
    assert desired_steps({"x": RecordType(table="x")}, {"x": a_table("x", "name")}) == (
        WebhookStep(message=DELETE, table="x"),
    )


def test_disabled_missing_and_unsupported_tables_have_no_steps() -> None:
    types = {"incident": replace(TOLD, enabled=False), "gone": RecordType(table="gone"), "v": RecordType(table="v")}
    assert desired_steps(types, {"incident": CASE, "v": a_table("v", "ownerid", sends_updates=False)}) == ()


def registered(step: WebhookStep, **changes: object) -> RegisteredWebhookStep:
    as_it_should_be = RegisteredWebhookStep(
        id="1", step=step, image_id="2", image_columns=step.columns, enabled=True, after_commit=True
    )
    return replace(as_it_should_be, **changes)  # type: ignore[arg-type]


def test_correct_steps_are_left_alone() -> None:
    wanted = desired_steps({"incident": TOLD}, {"incident": CASE})
    assert plan_steps(wanted, [registered(step) for step in wanted]).is_empty


def test_missing_steps_are_added_and_unused_ones_removed() -> None:
    wanted = desired_steps({"incident": TOLD}, {"incident": CASE})
    other = registered(WebhookStep(message=DELETE, table="account"))
    assert plan_steps(wanted, [other]) == StepPlan(add=wanted, remove=(other,))


def test_a_different_step_is_changed_and_a_duplicate_removed() -> None:
    (update, _) = wanted = desired_steps({"incident": TOLD}, {"incident": CASE})
    other_columns = replace(update, columns=("title",))
    for differs in (
        registered(other_columns),
        registered(update, enabled=False),
        registered(update, image_columns=(), image_id=None),
        registered(update, after_commit=False),
    ):
        second = registered(update, id="3")
        plan = plan_steps(wanted[:1], [differs, second])
        assert plan == StepPlan(change=((differs, update),), remove=(second,))
