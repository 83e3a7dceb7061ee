"""Parts that the pages of the dialog share."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from bot.domain.notifications.rules import Save
from bot.domain.public_names import Dialog
from bot.domain.tables import Column
from bot.domain.texts import text
from bot.features.notifications.context import RulesContext
from bot.features.shared.action_data import ActionData
from bot.features.shared.services import Services
from cards.buttons import SubmitButton
from cards.inputs import OFF, ON
from cards.notifications.form import SavedByOther

PREVIEW = "preview"
"""Set in the data of the button that previews the rules without saving them."""
SAVED = text("Saved. The change is active.")
ALL_RECORDS = text("All records of this chat")

HOURS, LIMITS, AUTHORS, STYLE = "quiet hours", "limits", "skipped authors", "style"
VALUE_RULE, URGENT_RULE = "value rule", "urgent rule"
LANGUAGE = "language"
"""Parts of the rules that are saved together. Stored."""
_CHANGED_BY_OTHERS = {
    HOURS: text("They changed the quiet hours."),
    LIMITS: text("They changed the limits."),
    AUTHORS: text("They changed the skipped authors."),
    STYLE: text("They changed the style."),
    LANGUAGE: text("They changed the language."),
    VALUE_RULE: text("They changed the value rule."),
    URGENT_RULE: text("They changed the urgent rule."),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class FormResult:
    """The result of the last step of a page: problems by input, the preview, and the saves of others."""

    problems: Mapping[str, str] = field(default_factory=dict)
    preview: tuple[str, ...] = ()
    others: tuple[SavedByOther, ...] = ()

    def problem(self, name: str) -> str:
        """Return the problem of an input, or an empty text."""
        return self.problems.get(name, "")


NO_RESULT = FormResult()


def switch(value: object) -> str:
    """Return the value of a switch."""
    return ON if value else OFF


def is_on(data: ActionData, name: str) -> bool:
    """Check whether the switch is on."""
    return data.get(name) == ON


def values(data: ActionData, name: str) -> tuple[str, ...]:
    """Return the chosen values of an input with several."""
    return tuple(dict.fromkeys(each for each in data.get(name, "").split(",") if each))


def save_buttons(context: RulesContext, dialog: Dialog) -> Sequence[SubmitButton]:
    """Return the buttons that save, preview, and leave."""
    return (
        context.button(text("Save"), dialog),
        context.button(text("Preview"), dialog, {PREVIEW: ON}),
        context.back,
    )


def saved_by_others(saves: Sequence[Save], part: str, what: str) -> tuple[SavedByOther, ...]:
    """Return the saves of others for the page. `what`: the rules that the last save of this part left, in words."""
    return tuple(
        SavedByOther(
            who=each.by_name,
            at=each.at,
            what=what if each.part == part else _CHANGED_BY_OTHERS.get(each.part, text("They changed other rules.")),
            is_conflict=each.part == part,
        )
        for each in saves
    )


async def columns_of(services: Services, context: RulesContext) -> Mapping[str, Column]:
    """Return the columns of the chosen record's table by name."""
    record = context.chosen.record
    return (await services.records.table(record.environment, record.table)).columns
