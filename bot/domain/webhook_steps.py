"""Webhook steps that make Dataverse report changes: required steps, and their difference from registered ones. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from bot.domain.record_lifecycle import WATCHED_COLUMNS
from bot.domain.record_types import RecordType, key_field_columns, updates_problem
from bot.domain.tables import Table


class StepMessage(StrEnum):
    """Dataverse message that the bot subscribes to."""

    UPDATE = "Update"
    DELETE = "Delete"


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookStep:
    """A step that Dataverse runs for one table."""

    message: StepMessage
    table: str
    columns: tuple[str, ...] = ()
    """Columns whose updates trigger the step and whose old values it sends, sorted by name."""

    @property
    def label(self) -> str:
        """Text that names the step for operators."""
        watched = f" ({', '.join(self.columns)})" if self.columns else ""
        return f"{self.message} of {self.table}{watched}"


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisteredWebhookStep:
    """A step as registered in Dataverse."""

    id: str
    step: WebhookStep
    image_id: str | None
    """ID of the pre-image."""
    image_columns: tuple[str, ...]
    enabled: bool
    after_commit: bool
    """True if the step runs asynchronously after the operation. Synchronous steps could block people's changes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Registration:
    """The bot's webhook in an environment, with its steps."""

    endpoint_id: str
    steps: Sequence[RegisteredWebhookStep]


@dataclass(frozen=True, slots=True, kw_only=True)
class StepPlan:
    """Changes that make the registered steps match the required ones."""

    add: tuple[WebhookStep, ...] = ()
    change: tuple[tuple[RegisteredWebhookStep, WebhookStep], ...] = ()
    remove: tuple[RegisteredWebhookStep, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Check whether there is nothing to change."""
        return not (self.add or self.change or self.remove)


def desired_steps(record_types: Mapping[str, RecordType], tables: Mapping[str, Table]) -> tuple[WebhookStep, ...]:
    """Return the steps that the enabled record types require, by table. `tables` are those that Dataverse has."""
    enabled = sorted(name for name, each in record_types.items() if each.enabled and name in tables)
    return tuple(step for name in enabled for step in _steps(record_types[name], tables[name]))


def plan_steps(desired: Sequence[WebhookStep], registered: Sequence[RegisteredWebhookStep]) -> StepPlan:
    """Return the difference. A second step for the same message and table is removed."""
    left = {(each.message, each.table): each for each in desired}
    change, remove = [], []
    for each in registered:
        step = left.pop((each.step.message, each.step.table), None)
        if step is None:
            remove.append(each)
        elif not _matches(each, step):
            change.append((each, step))
    return StepPlan(add=tuple(left.values()), change=tuple(change), remove=tuple(remove))


def _steps(record_type: RecordType, table: Table) -> tuple[WebhookStep, ...]:
    if updates_problem(table):
        return ()
    watched = {column.name for column in key_field_columns(record_type, table)} | (
        set(WATCHED_COLUMNS) & table.columns.keys()
    )
    update = WebhookStep(message=StepMessage.UPDATE, table=table.name, columns=tuple(sorted(watched)))
    # A step without columns would trigger on every change.
    return (*([update] if watched else []), WebhookStep(message=StepMessage.DELETE, table=table.name))


def _matches(registered: RegisteredWebhookStep, step: WebhookStep) -> bool:
    going = registered.enabled and registered.after_commit
    return going and registered.step.columns == step.columns and registered.image_columns == step.columns
