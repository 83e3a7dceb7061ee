"""What people do to a record: pages and acts, on the card that only they see or in a dialog.

Both doors lead to the same: those of a card come as presses, a dialog's buttons say which page they are for. A client
that knows one of them alone is led there, for what it sends as a message would be answered to everybody.
"""

from collections.abc import Awaitable, Callable, Mapping
from functools import partial

from bot.domain.errors import BadRequest, NotAllowed
from bot.domain.public_names import ACTION, VERSION, Dialog, Verb
from bot.domain.record_links import RecordLinks
from bot.features.record_cards.action_pages import (
    ASSIGN,
    FIELDS,
    MARK,
    MENU,
    NEW_NOTE,
    RESOLUTION,
    RESOLVE,
    SAVE_FIELDS,
    SAVE_NOTE,
    WISH,
    Lead,
    show_fields,
    show_menu,
    show_note_form,
    show_resolution,
)
from bot.features.record_cards.record_actions import (
    Aim,
    FilledIn,
    Outcome,
    add_note,
    assign_to_me,
    change_fields,
    resolve_case,
)
from bot.features.record_cards.view_record import view_record
from bot.features.shared.action_data import Claims, link_in, record_in, unknown_button, version_in
from bot.features.shared.answers import Answer, record_claim
from bot.features.shared.routes import ButtonHandler, PageHandler
from bot.features.shared.services import Services
from bot.features.shared.turn import Incoming
from cards.buttons import ActionButton, DialogButton, SubmitButton
from cards.dialog import Done, Page, page
from cards.elements import TextBlock
from cards.record_actions import FIELD_PREFIX, NOTE, REASON, WORDS

Work = Callable[[Aim, Claims, Lead], Awaitable[Page | Outcome]]


async def _pressed(services: Services, incoming: Incoming, claims: Claims) -> Answer:
    claim = record_claim(record_in(claims, services.links))
    if not incoming.private:
        return Answer(message=_doorstep(DialogButton(title="Go on", dialog=Dialog.UPDATE, payload=claim)).message)

    def lead(title: str, act: str, more: Mapping[str, str]) -> ActionButton:
        return ActionButton(title=title, verb=Verb.UPDATE, payload={**claim, ACTION: act, **more})

    try:
        shown = await _shown(
            services, incoming, claims, lead, ActionButton(title="Back", verb=Verb.VIEW, payload=claim)
        )
    except NotAllowed as error:
        # Back on their card, on which there may be other things to do.
        shown = Outcome(said=f"{error} {error.next_step}", done=False)
    if isinstance(shown, Outcome):
        return await view_record(services, incoming.chat, incoming.person, link_in(claims, services.links), after=shown)
    return Answer(message=shown.message)


async def _paged(services: Services, incoming: Incoming, claims: Claims) -> Page | Done:
    claim = record_claim(record_in(claims, services.links))
    if not incoming.private:
        return _doorstep(ActionButton(title="Go on", verb=Verb.UPDATE, payload=claim))

    def lead(title: str, act: str, more: Mapping[str, str]) -> SubmitButton:
        return SubmitButton(title=title, dialog=Dialog.UPDATE, payload={**claim, ACTION: act, **more})

    shown = await _shown(services, incoming, claims, lead)
    if isinstance(shown, Page):
        return shown
    if shown.done:
        return Done(text=shown.said)
    return await show_menu(services, _aim(incoming, claims, services.links), lead, clash=shown)


async def _shown(
    services: Services, incoming: Incoming, claims: Claims, lead: Lead, back: ActionButton | None = None
) -> Page | Outcome:
    work: Mapping[str, Work] = {
        FIELDS: partial(_fields, services),
        NEW_NOTE: partial(_new_note, services),
        RESOLUTION: partial(_resolution, services),
        ASSIGN: partial(_assign, services),
        SAVE_FIELDS: partial(_save_fields, services),
        SAVE_NOTE: partial(_save_note, services),
        RESOLVE: partial(_resolve, services),
    }
    act, aim = claims.get(ACTION, MENU), _aim(incoming, claims, services.links)
    if act == MENU:
        return await show_menu(services, aim, lead, back=back)
    if act not in work:
        raise unknown_button()
    return await work[act](aim, claims, lead)


async def _fields(services: Services, aim: Aim, _claims: Claims, lead: Lead) -> Page:
    return await show_fields(services, aim, lead)


async def _new_note(services: Services, aim: Aim, _claims: Claims, lead: Lead) -> Page:
    return await show_note_form(services, aim, lead)


async def _resolution(services: Services, aim: Aim, _claims: Claims, lead: Lead) -> Page:
    return await show_resolution(services, aim, lead)


async def _assign(services: Services, aim: Aim, claims: Claims, _lead: Lead) -> Outcome:
    version_in(claims)
    return await assign_to_me(services, aim)


async def _save_fields(services: Services, aim: Aim, claims: Claims, lead: Lead) -> Page | Outcome:
    version_in(claims)
    form = _filled_in(claims)
    outcome = await _or_why_not(change_fields(services, aim, form))
    if outcome.done:
        return outcome
    return await _or_outcome(show_fields(services, aim, lead, clash=outcome, typed=form), outcome)


async def _save_note(services: Services, aim: Aim, claims: Claims, lead: Lead) -> Page | Outcome:
    outcome = await _or_why_not(add_note(services, aim, claims.get(NOTE, ""), claims.get(WISH, "")))
    return (
        outcome
        if outcome.done
        else await show_note_form(services, aim, lead, clash=outcome, typed=claims.get(NOTE, ""))
    )


async def _resolve(services: Services, aim: Aim, claims: Claims, lead: Lead) -> Page | Outcome:
    version_in(claims)
    reason, words = claims.get(REASON, ""), claims.get(WORDS, "")
    outcome = await _or_why_not(resolve_case(services, aim, reason, words))
    if outcome.done:
        return outcome
    again = show_resolution(services, aim, lead, clash=outcome, reason=reason, words=words)
    return await _or_outcome(again, outcome.giving_back(words))


def _doorstep(go_on: ActionButton | DialogButton) -> Page:
    """What a whole chat may see: the way to where only one person sees what comes."""
    return page("Update", [TextBlock("Only you see what comes next.")], [go_on], height="small")


async def _or_why_not(act: Awaitable[Outcome]) -> Outcome:
    """What came of it; for what was filled in and does not fit, why not."""
    try:
        return await act
    except BadRequest as error:
        return Outcome(said=f"{error} {error.next_step}".strip(), done=False)


async def _or_outcome(again: Awaitable[Page], outcome: Outcome) -> Page | Outcome:
    """The form once more; the outcome alone where what happened leaves nothing to fill in."""
    try:
        return await again
    except NotAllowed:
        return outcome


def _aim(incoming: Incoming, claims: Claims, links: RecordLinks) -> Aim:
    return Aim(
        chat=incoming.chat,
        person=incoming.person,
        link=link_in(claims, links),
        version=claims.get(VERSION, ""),
    )


def _filled_in(claims: Claims) -> FilledIn:
    """What was filled in for each column that the page showed; what is empty is not sent."""
    marks = {name.removeprefix(MARK): mark for name, mark in claims.items() if name.startswith(MARK)}
    given = {name.removeprefix(FIELD_PREFIX): text for name, text in claims.items() if name.startswith(FIELD_PREFIX)}
    return FilledIn(values={**dict.fromkeys(marks, ""), **given}, marks=marks)


BUTTONS: Mapping[str, ButtonHandler] = {Verb.UPDATE: _pressed}


PAGES: Mapping[str, PageHandler] = {Dialog.UPDATE: _paged}
