"""Change a record on a personal card or in a dialog.

Both have the same pages and actions. Each client supports at least one of them, so an answer that everyone would see is
only a button that opens the other.
"""

from collections.abc import Awaitable, Callable, Mapping
from functools import partial

from bot.domain.errors import BadRequest, NotAllowed
from bot.domain.public_names import ACTION, VERSION, Dialog, Verb
from bot.domain.record_links import RecordLinks
from bot.domain.texts import sentences, text
from bot.features.record_cards.action_pages import (
    ASSIGN,
    DIGEST_PREFIX,
    FIELDS,
    MENU,
    NEW_NOTE,
    NOTE_KEY,
    RESOLUTION,
    RESOLVE,
    SAVE_FIELDS,
    SAVE_NOTE,
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
from cards.dialog import Done, Page
from cards.record_actions import FIELD_PREFIX, NOTE, REASON, WORDS, open_privately_page

ActionHandler = Callable[[Target, ActionData, ButtonFactory], Awaitable[Page | ActionOutcome]]


async def _on_card(services: Services, turn: Turn, data: ActionData) -> Answer:
    record = record_data(parse_link(data, services.links))
    if not turn.private:
        return Answer(
            message=open_privately_page(
                DialogButton(title=text("Continue"), dialog=Dialog.UPDATE, payload=record)
            ).message
        )

    def make_button(title: str, action: str, more: Mapping[str, str]) -> ActionButton:
        return ActionButton(title=title, verb=Verb.UPDATE, payload={**record, ACTION: action, **more})

    try:
        shown = await _run(
            services, turn, data, make_button, ActionButton(title=text("Back"), verb=Verb.VIEW, payload=record)
        )
    except NotAllowed as error:
        # Show the personal card again, because it may have other actions.
        shown = ActionOutcome(message=sentences(error.text, error.next_step), done=False)
    if isinstance(shown, ActionOutcome):
        return await view_record(services, turn.chat, turn.person, parse_link(data, services.links), after=shown)
    return Answer(message=shown.message)


async def _in_dialog(services: Services, turn: Turn, data: ActionData) -> Page | Done:
    record = record_data(parse_link(data, services.links))
    if not turn.private:
        return open_privately_page(ActionButton(title=text("Continue"), verb=Verb.UPDATE, payload=record))

    def make_button(title: str, action: str, more: Mapping[str, str]) -> SubmitButton:
        return SubmitButton(title=title, dialog=Dialog.UPDATE, payload={**record, ACTION: action, **more})

    shown = await _run(services, turn, data, make_button)
    if isinstance(shown, Page):
        return shown
    if shown.done:
        return Done(text=shown.message)
    return await show_menu(services, _target(turn, data, services.links), make_button, outcome=shown)


async def _run(
    services: Services, turn: Turn, data: ActionData, make_button: ButtonFactory, back: ActionButton | None = None
) -> Page | ActionOutcome:
    handlers: Mapping[str, ActionHandler] = {
        FIELDS: partial(_fields, services),
        NEW_NOTE: partial(_new_note, services),
        RESOLUTION: partial(_resolution, services),
        ASSIGN: partial(_assign, services),
        SAVE_FIELDS: partial(_save_fields, services),
        SAVE_NOTE: partial(_save_note, services),
        RESOLVE: partial(_resolve, services),
    }
    action, target = data.get(ACTION, MENU), _target(turn, data, services.links)
    if action == MENU:
        return await show_menu(services, target, make_button, back=back)
    if action not in handlers:
        raise expired_button()
    return await handlers[action](target, data, make_button)


async def _fields(services: Services, target: Target, _data: ActionData, make_button: ButtonFactory) -> Page:
    return await show_fields(services, target, make_button)


async def _new_note(services: Services, target: Target, _data: ActionData, make_button: ButtonFactory) -> Page:
    return await show_note_form(services, target, make_button)


async def _resolution(services: Services, target: Target, _data: ActionData, make_button: ButtonFactory) -> Page:
    return await show_resolution(services, target, make_button)


async def _assign(services: Services, target: Target, data: ActionData, _make_button: ButtonFactory) -> ActionOutcome:
    parse_etag(data)
    return await assign_to_me(services, target)


async def _save_fields(
    services: Services, target: Target, data: ActionData, make_button: ButtonFactory
) -> Page | ActionOutcome:
    parse_etag(data)
    form = _form_input(data)
    outcome = await _or_rejection(change_fields(services, target, form))
    if outcome.done:
        return outcome
    return await _or_outcome(show_fields(services, target, make_button, outcome=outcome, typed=form), outcome)


async def _save_note(
    services: Services, target: Target, data: ActionData, make_button: ButtonFactory
) -> Page | ActionOutcome:
    outcome = await _or_rejection(add_note(services, target, data.get(NOTE, ""), data.get(NOTE_KEY, "")))
    return (
        outcome
        if outcome.done
        else await show_note_form(services, target, make_button, outcome=outcome, typed=data.get(NOTE, ""))
    )


async def _resolve(
    services: Services, target: Target, data: ActionData, make_button: ButtonFactory
) -> Page | ActionOutcome:
    parse_etag(data)
    reason, words = data.get(REASON, ""), data.get(WORDS, "")
    outcome = await _or_rejection(resolve_case(services, target, reason, words))
    if outcome.done:
        return outcome
    form = show_resolution(services, target, make_button, outcome=outcome, reason=reason, words=words)
    return await _or_outcome(form, outcome.with_input(words))


async def _or_rejection(action: Awaitable[ActionOutcome]) -> ActionOutcome:
    """Return the outcome of the action; if an input is invalid, an outcome with the reason."""
    try:
        return await action
    except BadRequest as error:
        return ActionOutcome(message=sentences(error.text, error.next_step), done=False)


async def _or_outcome(form: Awaitable[Page], outcome: ActionOutcome) -> Page | ActionOutcome:
    """Return the form again, or the outcome if the person can no longer use the form."""
    try:
        return await form
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
    """Return the inputs of all columns on the page. Teams does not send empty inputs."""
    digests = _with_prefix(data, DIGEST_PREFIX)
    return FormInput(values={**dict.fromkeys(digests, ""), **_with_prefix(data, FIELD_PREFIX)}, digests=digests)


def _with_prefix(data: ActionData, prefix: str) -> Mapping[str, str]:
    """Return the values whose names have the prefix, by the rest of the name."""
    return {name.removeprefix(prefix): value for name, value in data.items() if name.startswith(prefix)}


BUTTONS: Mapping[str, ButtonHandler] = {Verb.UPDATE: _on_card}


PAGES: Mapping[str, PageHandler] = {Dialog.UPDATE: _in_dialog}
