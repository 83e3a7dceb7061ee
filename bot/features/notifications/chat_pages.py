"""Pages of the rules of the whole chat: quiet hours, skipped authors, limits, and mentions (spec V3, V6, V7, V12)."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import time
from functools import cache
from zoneinfo import available_timezones

from bot.domain.notifications.defaults import parse_time
from bot.domain.notifications.descriptions import DAYS, describe_chat, describe_quiet_hours
from bot.domain.notifications.quiet_hours import EVERY_DAY, QuietHours, quiet_hours_problem
from bot.domain.notifications.rules import Budget, ChatRules
from bot.domain.notifications.wall_clock import find_zone
from bot.domain.public_names import Dataset, Dialog
from bot.domain.texts import sentences, text
from bot.features.notifications.context import RulesContext, load_context
from bot.features.notifications.overview_page import overview
from bot.features.notifications.pages import (
    ALL_RECORDS,
    HOURS,
    LIMITS,
    NO_RESULT,
    PREVIEW,
    SAVED,
    FormResult,
    is_on,
    save_buttons,
    saved_by_others,
    switch,
    values,
)
from bot.features.notifications.preview import ProposedRules, preview_lines
from bot.features.notifications.save_rules import save_chat_rules
from bot.features.shared.access import require_user_anywhere
from bot.features.shared.action_data import ActionData
from bot.features.shared.services import Services
from bot.features.shared.turn import Turn
from cards.dialog import Page
from cards.inputs import Choice
from cards.notifications.form import ChoiceField, Field, FormView, Line, SwitchField, TextField, TimeField, form

_ENABLED, _START, _END, _DAYS, _WHOLE_DAYS, _ZONE = "quiet", "start", "end", "days", "wholeDays", "zone"
_IN_A_DAY, _IN_A_BURST, _BULK = "inADay", "inABurst", "bulk"
_SUGGESTED_ZONES = ("Europe/Berlin", "Europe/London", "America/New_York", "America/Los_Angeles", "Asia/Tokyo", "UTC")
_MAX_BUDGET = 1_000
SUGGESTED_BUDGET = Budget(in_a_day=10, in_a_burst=3)


async def hours(services: Services, turn: Turn, data: ActionData) -> Page:
    """Return the page of the quiet hours."""
    context = await load_context(services, turn, data)
    return _hours_page(context, _hours_data(context))


async def save_hours(services: Services, turn: Turn, data: ActionData) -> Page:
    """Save the quiet hours, or return the page with the problems, the preview, or the saves of others."""
    context = await load_context(services, turn, data)
    quiet_hours, problems = _parse_hours(data)
    if problems:
        return _hours_page(context, data, FormResult(problems=problems))

    def change(rules: ChatRules) -> ChatRules:
        zone = quiet_hours.zone if quiet_hours else rules.zone
        return replace(rules, quiet_hours=quiet_hours, zone=zone)

    if PREVIEW in data:
        lines = await preview_lines(services, context, ProposedRules(chat=change(context.chat.rules)))
        return _hours_page(context, data, FormResult(preview=lines))
    outcome = await save_chat_rules(services, context, data, HOURS, change)
    now = await load_context(services, turn, data)
    present = now.chat.rules.quiet_hours
    others = saved_by_others(
        outcome.saves, HOURS, describe_quiet_hours(present) if present else text("No quiet hours.")
    )
    if outcome.is_saved:
        return await overview(services, now, SAVED, others)
    return _hours_page(now, data, FormResult(others=others))


def _hours_data(context: RulesContext) -> Mapping[str, str]:
    found = context.chat.rules.quiet_hours
    shown = found or QuietHours(
        zone=context.chat.rules.zone or context.turn.time_zone or "", start=time(18), end=time(8)
    )
    return {
        _ENABLED: switch(found),
        _START: f"{shown.start:%H:%M}",
        _END: f"{shown.end:%H:%M}",
        _DAYS: ",".join(map(str, sorted(shown.days))),
        _WHOLE_DAYS: ",".join(map(str, sorted(shown.whole_days))),
        _ZONE: shown.zone,
    }


def _hours_page(context: RulesContext, data: ActionData, result: FormResult = NO_RESULT) -> Page:
    zone = data.get(_ZONE, "")
    zones = [*dict.fromkeys(each for each in (zone, context.turn.time_zone, *_SUGGESTED_ZONES) if each)]
    days = tuple(Choice(title=name, value=str(number)) for number, name in enumerate(DAYS))
    parts: list[Field | Line] = [
        SwitchField(name=_ENABLED, label=text("Hold changes during quiet hours"), value=data.get(_ENABLED, "")),
        TimeField(name=_START, label=text("From"), value=data.get(_START, ""), problem=result.problem(_START)),
        TimeField(name=_END, label=text("To"), value=data.get(_END, ""), problem=result.problem(_END)),
        ChoiceField(
            name=_DAYS,
            label=text("Evenings and nights of"),
            choices=days,
            chosen=values(data, _DAYS),
            several=True,
            problem=result.problem(_DAYS),
        ),
        ChoiceField(
            name=_WHOLE_DAYS,
            label=text("Quiet all day on"),
            choices=days,
            chosen=values(data, _WHOLE_DAYS),
            several=True,
        ),
        ChoiceField(
            name=_ZONE,
            label=text("Time zone (type a city)"),
            choices=tuple(Choice(title=each, value=each) for each in zones if find_zone(each)),
            chosen=(zone,) if find_zone(zone) else (),
            dataset=Dataset.TIME_ZONES,
            problem=result.problem(_ZONE),
        ),
        Line(text=text("One card at the end shows what changed. Urgent changes still come at once."), small=True),
    ]
    return _page(context, text("Quiet hours"), parts, result, Dialog.NOTIFICATIONS_SAVE_HOURS)


def _parse_hours(data: ActionData) -> tuple[QuietHours | None, Mapping[str, str]]:
    if not is_on(data, _ENABLED):
        return None, {}
    start, end = parse_time(data.get(_START, "")), parse_time(data.get(_END, ""))
    unknown = text("Enter a time, such as 18:00.")
    problems = {name: unknown for name, given in ((_START, start), (_END, end)) if given is None}
    if start is None or end is None:
        return None, problems
    found = QuietHours(
        zone=data.get(_ZONE, ""),
        start=start,
        end=end,
        days=_weekdays(data, _DAYS),
        whole_days=_weekdays(data, _WHOLE_DAYS),
    )
    problem = quiet_hours_problem(found)
    if problem is None:
        return found, {}
    place = _ZONE if find_zone(found.zone) is None else _END if start == end and found.days else _DAYS
    return None, {place: problem}


def _weekdays(data: ActionData, name: str) -> frozenset[int]:
    return frozenset(int(each) for each in values(data, name) if each in _WEEKDAYS)


_WEEKDAYS = frozenset(map(str, EVERY_DAY))


async def find_zones(services: Services, turn: Turn, text: str, _data: ActionData) -> Sequence[Choice]:
    """Return the IANA time zones whose name contains the words."""
    await require_user_anywhere(services, turn.person)
    words = text.casefold().replace("_", " ").split()
    return [Choice(title=each, value=each) for each in _zones() if all(word in _spaced(each) for word in words)]


@cache
def _zones() -> Sequence[str]:
    return sorted(each for each in available_timezones() if "/" in each or each == "UTC")


def _spaced(zone: str) -> str:
    return zone.casefold().replace("_", " ")


async def limits(services: Services, turn: Turn, data: ActionData) -> Page:
    """Return the page of the budget and of bulk edits."""
    context = await load_context(services, turn, data)
    rules = context.chat.rules
    shown = {
        _IN_A_DAY: _number(rules.budget.in_a_day),
        _IN_A_BURST: _number(rules.budget.in_a_burst),
        _BULK: switch(rules.combine_bulk_edits),
    }
    return _limits_page(context, shown)


async def save_limits(services: Services, turn: Turn, data: ActionData) -> Page:
    """Save the limits, or return the page with the problems, the preview, or the saves of others."""
    context = await load_context(services, turn, data)
    problems = {name: _LIMIT_PROBLEM for name in (_IN_A_DAY, _IN_A_BURST) if not _is_limit(data.get(name, ""))}
    if problems:
        return _limits_page(context, data, FormResult(problems=problems))
    budget = Budget(in_a_day=_limit(data.get(_IN_A_DAY, "")), in_a_burst=_limit(data.get(_IN_A_BURST, "")))

    def change(rules: ChatRules) -> ChatRules:
        return replace(rules, budget=budget, combine_bulk_edits=is_on(data, _BULK))

    if PREVIEW in data:
        lines = await preview_lines(services, context, ProposedRules(chat=change(context.chat.rules)))
        return _limits_page(context, data, FormResult(preview=lines))
    outcome = await save_chat_rules(services, context, data, LIMITS, change)
    now = await load_context(services, turn, data)
    present = ChatRules(budget=now.chat.rules.budget, combine_bulk_edits=now.chat.rules.combine_bulk_edits)
    others = saved_by_others(outcome.saves, LIMITS, sentences(*describe_chat(present)) or text("No limits."))
    if outcome.is_saved:
        return await overview(services, now, SAVED, others)
    return _limits_page(now, data, FormResult(others=others))


def _limits_page(context: RulesContext, data: ActionData, result: FormResult = NO_RESULT) -> Page:
    suggested = SUGGESTED_BUDGET
    parts: list[Field | Line] = [
        Line(text=text("Above these numbers, changes go into one summary card. Urgent changes still come.")),
        TextField(
            name=_IN_A_DAY,
            label=text("Messages in 24 hours"),
            value=data.get(_IN_A_DAY, "")[:10],
            problem=result.problem(_IN_A_DAY),
            hint=text("Leave it empty for no limit. {limit} suits most chats.", limit=suggested.in_a_day),
            max_length=4,
        ),
        TextField(
            name=_IN_A_BURST,
            label=text("Messages in 10 minutes"),
            value=data.get(_IN_A_BURST, "")[:10],
            problem=result.problem(_IN_A_BURST),
            hint=text("Leave it empty for no limit. {limit} suits most chats.", limit=suggested.in_a_burst),
            max_length=4,
        ),
        SwitchField(name=_BULK, label=text("Combine changes of many records by one person"), value=data.get(_BULK, "")),
    ]
    return _page(context, text("Limits"), parts, result, Dialog.NOTIFICATIONS_SAVE_LIMITS)


_LIMIT_PROBLEM = text("Enter a whole number from 1 to {most}, or leave it empty for no limit.", most=_MAX_BUDGET)


def _is_limit(text: str) -> bool:
    return not text.strip() or _limit(text) is not None


def _limit(text: str) -> int | None:
    digits = text.strip()
    if not (digits.isascii() and digits.isdigit() and len(digits) <= len(str(_MAX_BUDGET))):
        return None
    return int(digits) if 1 <= int(digits) <= _MAX_BUDGET else None


def _number(limit: int | None) -> str:
    return "" if limit is None else str(limit)


def _page(context: RulesContext, title: str, parts: Sequence[Field | Line], result: FormResult, save: Dialog) -> Page:
    view = FormView(
        title=title,
        place=ALL_RECORDS,
        parts=parts,
        buttons=save_buttons(context, save),
        preview=result.preview,
        saved_by_others=result.others,
        height="large",
    )
    return form(view)
