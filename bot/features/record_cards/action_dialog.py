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
    ButtonFactory,
    show_fields,
    show_menu,
    show_note_form,
    show_resolution,
)
from bot.features.record_cards.record_actions import (
    ActionOutcome,
    FormInput,
    Target,
    add_note,
    assign_to_me,
    change_fields,
    resolve_case,
)
from bot.features.record_cards.view_record import view_record
from bot.features.shared.action_data import ActionData, expired_button, parse_etag, parse_link
from bot.features.shared.answers import Answer, record_data
from bot.features.shared.routes import ButtonHandler, PageHandler
from bot.features.shared.services import Services
from bot.features.shared.turn import Turn
from cards.buttons import ActionButton, DialogButton, SubmitButton
from cards.dialog import Done, Page, page
from cards.elements import TextBlock
from cards.record_actions import FIELD_PREFIX, NOTE, REASON, WORDS

ActionHandler = Callable[[Target, ActionData, ButtonFactory], Awaitable[Page | ActionOutcome]]


async def _pressed(services: Services, turn: Turn, data: ActionData) -> Answer:
    claim = record_data(parse_link(data, services.links))
    if not turn.private:
        return Answer(message=_open_privately(DialogButton(title="Go on", dialog=Dialog.UPDATE, payload=claim)).message)

    def lead(title: str, act: str, more: Mapping[str, str]) -> ActionButton:
        return ActionButton(title=title, verb=Verb.UPDATE, payload={**claim, ACTION: act, **more})

    try:
        shown = await _shown(services, turn, data, lead, ActionButton(title="Back", verb=Verb.VIEW, payload=claim))
    except NotAllowed as error:
        # Back on their card, on which there may be other things to do.
        shown = ActionOutcome(message=f"{error} {error.next_step}", done=False)
    if isinstance(shown, ActionOutcome):
        return await view_record(services, turn.chat, turn.person, parse_link(data, services.links), after=shown)
    return Answer(message=shown.message)


async def _paged(services: Services, turn: Turn, data: ActionData) -> Page | Done:
    claim = record_data(parse_link(data, services.links))
    if not turn.private:
        return _open_privately(ActionButton(title="Go on", verb=Verb.UPDATE, payload=claim))

    def lead(title: str, act: str, more: Mapping[str, str]) -> SubmitButton:
        return SubmitButton(title=title, dialog=Dialog.UPDATE, payload={**claim, ACTION: act, **more})

    shown = await _shown(services, turn, data, lead)
    if isinstance(shown, Page):
        return shown
    if shown.done:
        return Done(text=shown.message)
    return await show_menu(services, _target(turn, data, services.links), lead, clash=shown)


async def _shown(
    services: Services, turn: Turn, data: ActionData, lead: ButtonFactory, back: ActionButton | None = None
) -> Page | ActionOutcome:
    work: Mapping[str, ActionHandler] = {
        FIELDS: partial(_fields, services),
        NEW_NOTE: partial(_new_note, services),
        RESOLUTION: partial(_resolution, services),
        ASSIGN: partial(_assign, services),
        SAVE_FIELDS: partial(_save_fields, services),
        SAVE_NOTE: partial(_save_note, services),
        RESOLVE: partial(_resolve, services),
    }
    act, aim = data.get(ACTION, MENU), _target(turn, data, services.links)
    if act == MENU:
        return await show_menu(services, aim, lead, back=back)
    if act not in work:
        raise expired_button()
    return await work[act](aim, data, lead)


async def _fields(services: Services, aim: Target, _data: ActionData, lead: ButtonFactory) -> Page:
    return await show_fields(services, aim, lead)


async def _new_note(services: Services, aim: Target, _data: ActionData, lead: ButtonFactory) -> Page:
    return await show_note_form(services, aim, lead)


async def _resolution(services: Services, aim: Target, _data: ActionData, lead: ButtonFactory) -> Page:
    return await show_resolution(services, aim, lead)


async def _assign(services: Services, aim: Target, data: ActionData, _lead: ButtonFactory) -> ActionOutcome:
    parse_etag(data)
    return await assign_to_me(services, aim)


async def _save_fields(services: Services, aim: Target, data: ActionData, lead: ButtonFactory) -> Page | ActionOutcome:
    parse_etag(data)
    form = _form_input(data)
    outcome = await _or_refusal(change_fields(services, aim, form))
    if outcome.done:
        return outcome
    return await _or_outcome(show_fields(services, aim, lead, clash=outcome, typed=form), outcome)


async def _save_note(services: Services, aim: Target, data: ActionData, lead: ButtonFactory) -> Page | ActionOutcome:
    outcome = await _or_refusal(add_note(services, aim, data.get(NOTE, ""), data.get(WISH, "")))
    return (
        outcome if outcome.done else await show_note_form(services, aim, lead, clash=outcome, typed=data.get(NOTE, ""))
    )


async def _resolve(services: Services, aim: Target, data: ActionData, lead: ButtonFactory) -> Page | ActionOutcome:
    parse_etag(data)
    reason, words = data.get(REASON, ""), data.get(WORDS, "")
    outcome = await _or_refusal(resolve_case(services, aim, reason, words))
    if outcome.done:
        return outcome
    again = show_resolution(services, aim, lead, clash=outcome, reason=reason, words=words)
    return await _or_outcome(again, outcome.with_input(words))


def _open_privately(go_on: ActionButton | DialogButton) -> Page:
    """What a whole chat may see: the way to where only one person sees what comes."""
    return page("Update", [TextBlock("Only you see what comes next.")], [go_on], height="small")


async def _or_refusal(act: Awaitable[ActionOutcome]) -> ActionOutcome:
    """What came of it; for what was filled in and does not fit, why not."""
    try:
        return await act
    except BadRequest as error:
        return ActionOutcome(message=f"{error} {error.next_step}".strip(), done=False)


async def _or_outcome(again: Awaitable[Page], outcome: ActionOutcome) -> Page | ActionOutcome:
    """The form once more; the outcome alone where what happened leaves nothing to fill in."""
    try:
        return await again
    except NotAllowed:
        return outcome


def _target(turn: Turn, data: ActionData, links: RecordLinks) -> Target:
    return Target(
        chat=turn.chat,
        person=turn.person,
        link=parse_link(data, links),
        version=data.get(VERSION, ""),
    )


def _form_input(data: ActionData) -> FormInput:
    """What was filled in for each column that the page showed; what is empty is not sent."""
    marks = {name.removeprefix(MARK): mark for name, mark in data.items() if name.startswith(MARK)}
    given = {name.removeprefix(FIELD_PREFIX): text for name, text in data.items() if name.startswith(FIELD_PREFIX)}
    return FormInput(values={**dict.fromkeys(marks, ""), **given}, digests=marks)


BUTTONS: Mapping[str, ButtonHandler] = {Verb.UPDATE: _pressed}


PAGES: Mapping[str, PageHandler] = {Dialog.UPDATE: _paged}
