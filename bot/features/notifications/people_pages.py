"""Pages about people: whose changes are skipped, and who is mentioned (spec V3, V12)."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace

from bot.domain.audit import AuditEntry
from bot.domain.notifications.descriptions import describe_chat
from bot.domain.notifications.rules import ChatRules
from bot.domain.object_ids import parse_object_id
from bot.domain.public_names import Dialog
from bot.domain.texts import sentences, text
from bot.domain.values import ObjectId, UserId
from bot.features.notifications.context import RulesContext, load_context
from bot.features.notifications.overview_page import overview
from bot.features.notifications.pages import (
    ALL_RECORDS,
    AUTHORS,
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
from bot.features.shared.action_data import ActionData
from bot.features.shared.services import Services
from bot.features.shared.turn import Turn
from cards.dialog import Page
from cards.inputs import Choice
from cards.notifications.form import ChoiceField, FormView, Line, SwitchField, form

_OWN_CARDS, _INTEGRATIONS, _PEOPLE, _NO_MENTION = "ownCards", "integrations", "people", "noMention"
_MAX_PEOPLE = 20
_MAX_LISTED = 60


async def authors(services: Services, turn: Turn, data: ActionData) -> Page:
    """Return the page of the skipped authors."""
    context = await load_context(services, turn, data)
    rules = context.chat.rules
    chosen = await _object_ids(services, context, list(rules.skip_people))
    shown = {
        _OWN_CARDS: switch(rules.skip_own_cards),
        _INTEGRATIONS: switch(rules.skip_integrations),
        _PEOPLE: ",".join(each for each in chosen if each),
    }
    return await _authors_page(services, context, shown)


async def save_authors(services: Services, turn: Turn, data: ActionData) -> Page:
    """Save the skipped authors, or return the page with the problems, the preview, or the saves of others."""
    context = await load_context(services, turn, data)
    people, problem = await _parse_people(services, context, values(data, _PEOPLE))
    if problem:
        return await _authors_page(services, context, data, FormResult(problems={_PEOPLE: problem}))

    def change(rules: ChatRules) -> ChatRules:
        own_cards, integrations = is_on(data, _OWN_CARDS), is_on(data, _INTEGRATIONS)
        return replace(rules, skip_own_cards=own_cards, skip_integrations=integrations, skip_people=people)

    if PREVIEW in data:
        lines = await preview_lines(services, context, ProposedRules(chat=change(context.chat.rules)))
        return await _authors_page(services, context, data, FormResult(preview=lines))
    outcome = await save_chat_rules(services, context, data, AUTHORS, change)
    now = await load_context(services, turn, data)
    rules = now.chat.rules
    present = ChatRules(
        skip_own_cards=rules.skip_own_cards, skip_integrations=rules.skip_integrations, skip_people=rules.skip_people
    )
    said = sentences(*describe_chat(present)) or text("Nobody is skipped.")
    others = saved_by_others(outcome.saves, AUTHORS, said)
    if outcome.is_saved:
        return await overview(services, now, SAVED, others)
    return await _authors_page(services, now, data, FormResult(others=others))


async def _authors_page(
    services: Services, context: RulesContext, data: ActionData, result: FormResult = NO_RESULT
) -> Page:
    members = await _members(services, context.turn)
    chosen = tuple(each for each in values(data, _PEOPLE) if parse_object_id(each))[:_MAX_PEOPLE]
    absent = [each for each in chosen if each not in {member.value for member in members}]
    parts = (
        Line(text=text("The chat gets no cards about changes by these authors.")),
        SwitchField(name=_OWN_CARDS, label=text("Changes made on cards of this chat"), value=data.get(_OWN_CARDS, "")),
        SwitchField(name=_INTEGRATIONS, label=text("Changes by integrations"), value=data.get(_INTEGRATIONS, "")),
        ChoiceField(
            name=_PEOPLE,
            label=text("Changes by these people"),
            choices=(*members, *(Choice(title=text("A person who left the chat"), value=each) for each in absent)),
            chosen=chosen,
            several=True,
            problem=result.problem(_PEOPLE),
        ),
    )
    view = FormView(
        title=text("Skip authors"),
        place=ALL_RECORDS,
        parts=parts,
        buttons=save_buttons(context, Dialog.NOTIFICATIONS_SAVE_AUTHORS),
        preview=result.preview,
        saved_by_others=result.others,
    )
    return form(view)


async def _members(services: Services, turn: Turn) -> Sequence[Choice]:
    accounts = await services.roster.accounts(turn.chat)
    named = {each.object_id: each.name for each in accounts if each.object_id}
    choices = [Choice(title=name or text("Person without a name"), value=person) for person, name in named.items()]
    return sorted(choices, key=lambda each: each.title.casefold())[:_MAX_LISTED]


async def _object_ids(services: Services, context: RulesContext, users: Sequence[UserId]) -> Sequence[ObjectId | None]:
    environment = context.chosen.record.environment
    return await asyncio.gather(*(services.records.object_id(environment, each) for each in users[:_MAX_PEOPLE]))


async def _parse_people(
    services: Services, context: RulesContext, chosen: Sequence[str]
) -> tuple[Mapping[UserId, str], str]:
    people = [each for each in map(parse_object_id, chosen) if each]
    if len(people) != len(chosen) or len(people) > _MAX_PEOPLE:
        return {}, text("Choose at most {most} people from the list.", most=_MAX_PEOPLE)
    environments = {each.record.environment for each in context.connections}
    checks = [services.records.user(environment, person) for environment in environments for person in people]
    users = {each.id: each.name for each in await asyncio.gather(*checks) if each}
    if people and not users:
        return {}, text("These people have no user in Dynamics 365, so they change nothing there.")
    return users, ""


async def mentions(services: Services, turn: Turn, data: ActionData) -> Page:
    """Return the page on which a person decides about mentions of them."""
    context = await load_context(services, turn, data)
    async with services.store.reading() as work:
        is_out = bool(await work.mention_opt_outs.find(turn.chat.tenant_id, [context.actor.object_id]))
    parts = (
        Line(text=text("Cards can mention the owner of a record: on urgent changes, and when the owner changes.")),
        Line(text=text("To turn mentions of owners on or off, open Record rules."), small=True),
        SwitchField(name=_NO_MENTION, label=text("Do not mention me in any chat"), value=switch(is_out)),
    )
    buttons = (context.button(text("Save"), Dialog.NOTIFICATIONS_SAVE_MENTIONS), context.back)
    view = FormView(title=text("Mentions"), place=text("Only you"), parts=parts, buttons=buttons, height="small")
    return form(view)


async def save_mentions(services: Services, turn: Turn, data: ActionData) -> Page:
    """Save the person's own choice, for which they need no other right."""
    context = await load_context(services, turn, data)
    me, tenant = context.actor.object_id, turn.chat.tenant_id
    async with services.store.writing() as work:
        choices = work.mention_opt_outs
        change = choices.add if is_on(data, _NO_MENTION) else choices.remove
        if await change(tenant, me):
            await work.audit.add(
                AuditEntry(
                    at=services.clock.now(),
                    act="change notifications",
                    person_id=me,
                    person_name=context.actor.user.name,
                    chat_id=turn.chat.id,
                    environment=context.chosen.record.environment,
                    details={"part": "mentions"},
                )
            )
    return await overview(services, await load_context(services, turn, data), SAVED)
