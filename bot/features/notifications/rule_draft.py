"""The draft of a rule, which travels in the data of the buttons and is checked again whenever it comes back."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from bot.domain.notifications.condition_rules import ALL_OF, condition_to_text, parse_condition
from bot.domain.notifications.conditions import Condition, Conditions
from bot.domain.notifications.rules import ConnectionRules
from bot.features.notifications.context import RulesContext
from bot.features.notifications.pages import values
from bot.features.shared.action_data import ActionData, expired_button

KIND, DRAFT, KEPT, JOIN = "kind", "draft", "kept", "join"
"""Names of inputs, and of the draft in the data of buttons."""
_MAX_DRAFT = 8_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A value rule or an urgent rule."""

    name: str
    field: str
    title: str
    intro: str
    empty: str


KINDS = {
    "value": Kind(
        name="value",
        field="value_rule",
        title="Value rule",
        intro="The chat gets a change only if these conditions hold.",
        empty="Each change is posted. Add a condition to post only some.",
    ),
    "urgent": Kind(
        name="urgent",
        field="urgent_rule",
        title="Urgent rule",
        intro="What matches passes a mute, quiet hours, and limits.",
        empty="Nothing is urgent. Add a condition for changes that must come at once.",
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """The rule as the person has it on the page."""

    kind: Kind
    conditions: tuple[Condition, ...]
    all_must_hold: bool = False

    @property
    def rule(self) -> Conditions | None:
        """The rule; None without conditions."""
        if not self.conditions:
            return None
        return Conditions(conditions=self.conditions, all_must_hold=self.all_must_hold)

    def apply(self, rules: ConnectionRules) -> ConnectionRules:
        """Return the rules with this one in its place."""
        changed: dict[str, Any] = {self.kind.field: self.rule}
        return replace(rules, **changed)

    @property
    def data(self) -> Mapping[str, str]:
        """The data of a button that carries the draft."""
        return {KIND: self.kind.name, DRAFT: json.dumps([condition_to_text(each) for each in self.conditions])}


def read_draft(context: RulesContext, data: ActionData) -> Draft:
    """Return the draft that the data carries, or the rule that counts; raise `BadRequest` for data of no page."""
    kind = KINDS.get(data.get(KIND, ""))
    if kind is None:
        raise expired_button()
    rule: Conditions | None = getattr(context.rules, kind.field)
    if DRAFT not in data:
        conditions = rule.conditions if rule else ()
        return Draft(kind=kind, conditions=conditions, all_must_hold=bool(rule and rule.all_must_hold))
    conditions = _parse_draft(data[DRAFT])
    if "offered" in data:
        kept = set(values(data, KEPT))
        conditions = tuple(each for number, each in enumerate(conditions) if str(number) in kept)
    return Draft(kind=kind, conditions=conditions, all_must_hold=data.get(JOIN) == ALL_OF)


def _parse_draft(text: str) -> tuple[Condition, ...]:
    try:
        texts = json.loads(text) if len(text) <= _MAX_DRAFT else None
    except (ValueError, RecursionError):
        texts = None
    if not isinstance(texts, list) or not all(isinstance(each, str) for each in texts):
        raise expired_button()
    parsed = [parse_condition(each) for each in texts]
    if None in parsed:
        raise expired_button()
    return tuple(each for each in parsed if each)
