"""The draft of a rule, which travels in the data of the buttons and is checked again whenever it comes back."""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from bot.domain.notifications.condition_rules import ALL_OF, ANY_OF, condition_to_text, parse_condition
from bot.domain.notifications.conditions import Condition, Conditions
from bot.domain.notifications.rules import ConnectionRules
from bot.domain.texts import Text, text
from bot.features.notifications.context import CHAT_VERSION, RECORD_VERSION
from bot.features.notifications.pages import URGENT_RULE, VALUE_RULE, is_on, switch, values
from bot.features.shared.action_data import ActionData, expired_button

KIND, DRAFT, KEPT, JOIN, LOCK, OFFERED = "kind", "draft", "kept", "join", "locked", "offered"
"""Names of inputs, and of the draft in the data of buttons."""
_VERSIONS = (CHAT_VERSION, RECORD_VERSION)
_MAX_DRAFT = 8_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A value rule or an urgent rule."""

    name: str
    field: str
    part: str
    """The part of the rules as saves store it."""
    title: Text
    intro: Text
    empty: Text


KINDS = {
    "value": Kind(
        name="value",
        field="value_rule",
        part=VALUE_RULE,
        title=text("Value rule"),
        intro=text("The chat gets a change only if these conditions hold."),
        empty=text("Each change is posted. Add a condition to post only some."),
    ),
    "urgent": Kind(
        name="urgent",
        field="urgent_rule",
        part=URGENT_RULE,
        title=text("Urgent rule"),
        intro=text("Matching changes are posted despite a mute, quiet hours, and limits."),
        empty=text("Nothing is urgent. Add a condition for changes that must come at once."),
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """The rule as the person has it on the page."""

    kind: Kind
    conditions: tuple[Condition, ...]
    all_must_hold: bool = False
    locked: bool | None = None
    """True if chats cannot change the rule; None if the page does not ask."""
    versions: Mapping[str, str] = field(default_factory=dict)
    """The versions of the rules that the draft started from."""

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
    def join(self) -> str:
        """The value of the input that asks whether all conditions must hold."""
        return ALL_OF if self.all_must_hold else ANY_OF

    @property
    def data(self) -> Mapping[str, str]:
        """The data of a button that carries the draft, beside the inputs of the page."""
        draft = json.dumps([condition_to_text(each) for each in self.conditions])
        offered = {OFFERED: switch(True)} if self.conditions else {}
        return {KIND: self.kind.name, DRAFT: draft, **offered, **self.versions}

    @property
    def whole_data(self) -> Mapping[str, str]:
        """The data of a button on a page without the inputs of the draft."""
        kept = {name: value for name, value in self.data.items() if name != OFFERED}
        lock = {} if self.locked is None else {LOCK: switch(self.locked)}
        return {**kept, JOIN: self.join, **lock}


def read_draft(rules: ConnectionRules, data: ActionData, locked_rules: Collection[str] | None = None) -> Draft:
    """Return the draft that the data carries, or the present rule; raise `BadRequest` for data of no page.

    `locked_rules`: the rules that chats cannot change at present; None if the page does not ask.
    """
    kind = KINDS.get(data.get(KIND, ""))
    if kind is None:
        raise expired_button()
    if DRAFT not in data:
        rule: Conditions | None = getattr(rules, kind.field)
        conditions = rule.conditions if rule else ()
        locked = None if locked_rules is None else kind.field in locked_rules
        joined = bool(rule and rule.all_must_hold)
        return Draft(kind=kind, conditions=conditions, all_must_hold=joined, locked=locked)
    conditions = _parse_draft(data[DRAFT])
    if OFFERED in data:
        kept = set(values(data, KEPT))
        conditions = tuple(each for number, each in enumerate(conditions) if str(number) in kept)
    return Draft(
        kind=kind,
        conditions=conditions,
        all_must_hold=data.get(JOIN) == ALL_OF,
        locked=None if locked_rules is None else is_on(data, LOCK),
        versions={name: data[name] for name in _VERSIONS if name in data},
    )


def _parse_draft(draft: str) -> tuple[Condition, ...]:
    try:
        texts = json.loads(draft) if len(draft) <= _MAX_DRAFT else None
    except (ValueError, RecursionError):
        texts = None
    if not isinstance(texts, list) or not all(isinstance(each, str) for each in texts):
        raise expired_button()
    parsed = [parse_condition(each) for each in texts]
    if None in parsed:
        raise expired_button()
    return tuple(each for each in parsed if each)
