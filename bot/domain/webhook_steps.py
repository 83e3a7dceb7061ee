"""The steps by which Dataverse tells of changes: which there should be, and what is missing. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from bot.domain.record_types import RecordType, key_field_columns, updates_problem
from bot.domain.tables import Table

LIFECYCLE_COLUMNS = ("ownerid", "statecode", "statuscode", "masterid", "merged")
"""What the life of a record shows in: its owner, whether it is open, and into which row it was merged (spec K12)."""


class StepMessage(StrEnum):
    """What is done to a row that the bot wants to hear of."""

    UPDATE = "Update"
    DELETE = "Delete"


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookStep:
    """What Dataverse is to tell of one table."""

    message: StepMessage
    table: str
    columns: tuple[str, ...] = ()
    """An update of one of these is told, with their values before it; in the order of their names."""

    @property
    def label(self) -> str:
        """What operators read."""
        watched = f" ({', '.join(self.columns)})" if self.columns else ""
        return f"{self.message} of {self.table}{watched}"


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisteredWebhookStep:
    """A step as it stands in Dataverse."""

    id: str
    step: WebhookStep
    image_id: str | None
    """Of the picture of the row before the update."""
    image_columns: tuple[str, ...]
    enabled: bool
    after_commit: bool
    """Whether it runs asynchronously after the operation: else it would hold up, or undo, what people save."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Registration:
    """The bot's webhook in an environment, with its steps."""

    endpoint_id: str
    steps: Sequence[RegisteredWebhookStep]


@dataclass(frozen=True, slots=True, kw_only=True)
class StepPlan:
    """What has to be done so that the steps are as they should be; nothing where they are."""

    add: tuple[WebhookStep, ...] = ()
    change: tuple[tuple[RegisteredWebhookStep, WebhookStep], ...] = ()
    remove: tuple[RegisteredWebhookStep, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether all is as it should be."""
        return not (self.add or self.change or self.remove)


def desired_steps(record_types: Mapping[str, RecordType], tables: Mapping[str, Table]) -> tuple[WebhookStep, ...]:
    """The steps for the record types that are enabled, table by table; `tables` are those that Dataverse has."""
    enabled = sorted(name for name, each in record_types.items() if each.enabled and name in tables)
    return tuple(step for name in enabled for step in _steps(record_types[name], tables[name]))


def plan_steps(desired: Sequence[WebhookStep], registered: Sequence[RegisteredWebhookStep]) -> StepPlan:
    """What parts the one from the other. Of two steps for the same message and table the second is one too many."""
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
        set(LIFECYCLE_COLUMNS) & table.columns.keys()
    )
    update = WebhookStep(message=StepMessage.UPDATE, table=table.name, columns=tuple(sorted(watched)))
    # A step that watches no column would be told of every change.
    return (*([update] if watched else []), WebhookStep(message=StepMessage.DELETE, table=table.name))


def _matches(registered: RegisteredWebhookStep, step: WebhookStep) -> bool:
    going = registered.enabled and registered.after_commit
    return going and registered.step.columns == step.columns and registered.image_columns == step.columns
