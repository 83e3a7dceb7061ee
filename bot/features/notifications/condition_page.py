"""The page that asks for the test and the values of a new condition (spec V4)."""

from collections.abc import Sequence

from bot.domain.formatting import NO, YES
from bot.domain.notifications.condition_rules import (
    MAX_VALUES,
    WITHOUT_VALUES,
    condition_problem,
    is_choice,
    is_date,
    parse_value,
    possible_tests,
)
from bot.domain.notifications.conditions import Condition, Test
from bot.domain.tables import Column
from bot.domain.texts import text
from bot.features.notifications.pages import values
from bot.features.shared.action_data import ActionData
from cards.buttons import SubmitButton
from cards.dialog import Page
from cards.inputs import Choice
from cards.notifications.form import ChoiceField, DateField, FormView, Line, Part, TextField, form

COLUMN, TEST, VALUE = "column", "test", "value"
"""Names of the inputs."""
_MAX_OPTIONS = 100


def condition_page(
    place: str, column: Column, data: ActionData, buttons: Sequence[SubmitButton], problem: str = ""
) -> Page:
    """Return the page, with the problem of the last inputs."""
    tests = tuple(Choice(title=_TEST_TITLES[each], value=each) for each in possible_tests(column))
    chosen = (data[TEST],) if data.get(TEST) in {each.value for each in tests} else (tests[0].value,)
    parts: list[Part] = [
        Line(text=column.label, bold=True),
        ChoiceField(name=TEST, label=text("Test"), choices=tests, chosen=chosen, expanded=True, problem=problem),
        *_value_fields(column, data),
    ]
    return form(FormView(title=text("New condition"), place=place, parts=parts, buttons=buttons, height="large"))


_TEST_TITLES = {
    Test.CHANGES: text("changes"),
    Test.BECOMES: text("becomes"),
    Test.STOPS_BEING: text("stops being"),
    Test.IS_ONE_OF: text("is one of"),
    Test.IS_EMPTY: text("is empty"),
    Test.IS_ABOVE: text("is above or after"),
    Test.IS_BELOW: text("is below or before"),
}


def _value_fields(column: Column, data: ActionData) -> Sequence[Part]:
    if set(possible_tests(column)) <= WITHOUT_VALUES:
        return ()
    given = data.get(VALUE, "")
    if is_choice(column):
        options = column.options or {1: YES, 0: NO}
        choices = [Choice(title=label, value=str(number)) for number, label in options.items()][:_MAX_OPTIONS]
        listed = {each.value for each in choices}
        chosen = tuple(each for each in values(data, VALUE) if each in listed)
        return (ChoiceField(name=VALUE, label=text("Values"), choices=tuple(choices), chosen=chosen, several=True),)
    if is_date(column):
        return (DateField(name=VALUE, label=text("Date"), value=given if parse_value(column, given) else ""),)
    return (TextField(name=VALUE, label=text("Value"), value=given[:60], max_length=60),)


def parse_entered(column: Column, data: ActionData) -> tuple[Condition | None, str]:
    """Return the condition of the inputs, and its problem; an empty text if there is none."""
    test = next((each for each in possible_tests(column) if each == data.get(TEST)), None)
    if test is None:
        return None, text("Choose a test from the list.")
    if test in WITHOUT_VALUES:
        return Condition(column=column.name, test=test), ""
    given = values(data, VALUE) if is_choice(column) else (data.get(VALUE, ""),)
    parsed = tuple(parse_value(column, each) for each in given[: MAX_VALUES + 1])
    condition = Condition(column=column.name, test=test, values=tuple(each for each in parsed if each is not None))
    return condition, condition_problem(condition, [column]) or ""
