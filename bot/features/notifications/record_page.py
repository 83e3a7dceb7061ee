"""The page of one record's rules: style, mentions, and the ways to its value rule and urgent rule (spec V8, V12)."""

from collections.abc import Mapping
from dataclasses import replace

from bot.domain.notifications.condition_rules import describe_conditions
from bot.domain.notifications.defaults import parse_time
from bot.domain.notifications.descriptions import NEW_OWNER_MENTIONED, URGENT_OWNER_MENTIONED, describe_connection
from bot.domain.notifications.rules import ConnectionRules, Style
from bot.domain.public_names import Dialog
from bot.domain.tables import Column
from bot.domain.texts import sentences, text
from bot.features.notifications.context import RulesContext, load_context
from bot.features.notifications.overview_page import overview
from bot.features.notifications.pages import (
    NO_RESULT,
    PREVIEW,
    SAVED,
    STYLE,
    FormResult,
    columns_of,
    is_on,
    save_buttons,
    saved_by_others,
    switch,
)
from bot.features.notifications.preview import ProposedRules, preview_lines
from bot.features.notifications.save_rules import save_connection_rules
from bot.features.shared.action_data import ActionData
from bot.features.shared.services import Services
from bot.features.shared.turn import Turn
from cards.dialog import Page
from cards.inputs import Choice
from cards.notifications.form import ChoiceField, FormView, Line, Part, Row, SwitchField, TimeField, form

_STYLE, _DIGEST_AT, _RULE = "style", "digestAt", "kind"
_MENTION_NEW, _MENTION = "mentionNew", "mention"
LOCKED = text("Your administrator set this for all records of this type.")
_NEW_UNMENTIONED = text("A new owner is not mentioned.")
_URGENT_UNMENTIONED = text("The owner is not mentioned on urgent changes.")
STYLE_TITLES = {
    Style.EACH: text("A card for each change"),
    Style.LIVE: text("One live card"),
    Style.DIGEST: text("A digest once a day"),
}


async def start(services: Services, turn: Turn, data: ActionData) -> Page:
    """Return the page."""
    context = await load_context(services, turn, data)
    rules = context.rules
    shown = {
        _STYLE: rules.style,
        _DIGEST_AT: f"{rules.digest_at:%H:%M}",
        _MENTION_NEW: switch(rules.mention_new_owner),
        _MENTION: switch(rules.mention_owner),
    }
    return await _page(services, context, shown)


async def save(services: Services, turn: Turn, data: ActionData) -> Page:
    """Save the style and the mention, or return the page with the problem, the preview, or the saves of others."""
    context = await load_context(services, turn, data)
    digest_at = parse_time(data.get(_DIGEST_AT, "08:00"))
    if digest_at is None:
        problems = {_DIGEST_AT: text("Enter a time, such as 08:00.")}
        return await _page(services, context, data, FormResult(problems=problems))
    style = next((each for each in Style if each == data.get(_STYLE)), context.rules.style)

    def change(rules: ConnectionRules) -> ConnectionRules:
        return replace(
            rules,
            style=style,
            digest_at=digest_at or rules.digest_at,
            mention_new_owner=is_on(data, _MENTION_NEW) if _MENTION_NEW in data else rules.mention_new_owner,
            mention_owner=is_on(data, _MENTION) if _MENTION in data else rules.mention_owner,
        )

    if PREVIEW in data:
        lines = await preview_lines(services, context, ProposedRules(connection=change(context.rules)))
        return await _page(services, context, data, FormResult(preview=lines))
    outcome = await save_connection_rules(services, context, data, STYLE, change)
    now = await load_context(services, turn, data)
    present = sentences(*describe_connection(now.rules, await columns_of(services, now)))
    others = saved_by_others(outcome.saves, STYLE, present or STYLE_TITLES[Style.EACH])
    if outcome.is_saved:
        return await overview(services, now, SAVED, others)
    return await _page(services, now, data, FormResult(others=others))


async def _page(services: Services, context: RulesContext, data: ActionData, result: FormResult = NO_RESULT) -> Page:
    columns, rules, locked = await columns_of(services, context), context.rules, context.record_type.locked_rules
    parts: list[Part] = []
    if "notify_style" in locked:
        parts += [Line(text=STYLE_TITLES[rules.style]), Line(text=LOCKED, small=True)]
    else:
        styles = tuple(Choice(title=title, value=style) for style, title in STYLE_TITLES.items())
        chosen = (data.get(_STYLE) or Style.EACH,)
        parts += [
            ChoiceField(name=_STYLE, label=text("How changes arrive"), choices=styles, chosen=chosen, expanded=True),
            TimeField(
                name=_DIGEST_AT,
                label=text("Time of the digest"),
                value=data.get(_DIGEST_AT, ""),
                problem=result.problem(_DIGEST_AT),
            ),
        ]
    parts += _mentions(rules, data, locked)
    parts += _rules(rules, columns)
    parts.append(
        Row(
            buttons=(
                context.button(text("Value rule"), Dialog.NOTIFICATIONS_RULE, {_RULE: "value"}, leaves=True),
                context.button(text("Urgent rule"), Dialog.NOTIFICATIONS_RULE, {_RULE: "urgent"}, leaves=True),
            )
        )
    )
    view = FormView(
        title=text("Record rules"),
        place=context.name,
        parts=parts,
        buttons=save_buttons(context, Dialog.NOTIFICATIONS_SAVE_RECORD),
        preview=result.preview,
        saved_by_others=result.others,
        height="large",
    )
    return form(view)


def _rules(rules: ConnectionRules, columns: Mapping[str, Column]) -> tuple[Line, Line]:
    """Return the value rule and the urgent rule in words."""
    value, urgent = text("Post: each change"), text("Urgent: nothing")
    if rules.value_rule:
        value = text("Post: {conditions}", conditions=describe_conditions(rules.value_rule, columns))
    if rules.urgent_rule:
        urgent = text("Urgent: {conditions}", conditions=describe_conditions(rules.urgent_rule, columns))
    return Line(text=value), Line(text=urgent)


def _mentions(rules: ConnectionRules, data: ActionData, locked: tuple[str, ...]) -> tuple[Part, ...]:
    """Return a switch for each kind of mention, or a sentence if the administrator decides."""
    if "mention_new_owner" in locked:
        new: Part = Line(text=NEW_OWNER_MENTIONED if rules.mention_new_owner else _NEW_UNMENTIONED)
    else:
        new = SwitchField(name=_MENTION_NEW, label=text("Mention a new owner"), value=data.get(_MENTION_NEW, ""))
    if "mention_owner" in locked:
        urgent: Part = Line(text=URGENT_OWNER_MENTIONED if rules.mention_owner else _URGENT_UNMENTIONED)
    else:
        label = text("Mention the owner on urgent changes")
        urgent = SwitchField(name=_MENTION, label=label, value=data.get(_MENTION, ""))
    return new, urgent
