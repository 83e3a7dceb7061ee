"""The dialog that saves a chat message to a record. Submitted data is not trusted."""

from collections.abc import Awaitable, Mapping, Sequence
from dataclasses import replace
from uuid import uuid4

from bot.domain.errors import BadRequest
from bot.domain.public_names import Dialog, QuotedField
from bot.domain.record_links import parse_guid
from bot.domain.saved_message import MAX_TEXT_LENGTH, MAX_TITLE_LENGTH, MessageForm, SavedMessage, safe_link
from bot.domain.texts import sentences, text
from bot.features.connections.find_connections import connections_of_chat
from bot.features.record_search.find_records import Hit
from bot.features.record_search.record_picker import (
    load_record_inputs,
    prefilled_record,
    record_problem,
    selected_records,
    single,
)
from bot.features.record_search.resolver import Match
from bot.features.saved_messages.save_message import save_message
from bot.features.saved_messages.signed_quote import QUOTE_DATA, is_original, is_quote_signed, sign_quote
from bot.features.shared import access
from bot.features.shared.action_data import KEY, ActionData
from bot.features.shared.answers import record_data
from bot.features.shared.routes import PageHandler
from bot.features.shared.services import Services
from bot.features.shared.turn import Turn
from cards.buttons import SubmitButton
from cards.dialog import Done, Page
from cards.inputs import Choice
from cards.save_message import FORM, TEXT, TITLE, SaveView, save_page
from cards.text import single_line

_MAX_LINE_LENGTH = 300  # characters
_FORMS = {MessageForm.NOTE: text("Note"), MessageForm.TASK: text("Task")}


async def start(services: Services, turn: Turn, data: ActionData) -> Page:
    """Show the page with the message, and the record that it links to or the only record of the chat."""
    if not data.get(QuotedField.TEXT, "").strip():
        raise BadRequest(
            "This message has no text to save.", "Open the menu of a message with text, and select Save to record."
        )
    author = data.get(QuotedField.AUTHOR, "")
    title = f"Teams message from {author}"[:MAX_TITLE_LENGTH] if author else "Teams message"
    initial = {KEY: str(uuid4()), TITLE: title, TEXT: data[QuotedField.TEXT]}
    signed = await sign_quote(services, turn, {**data, **initial}, title, data[QuotedField.TEXT])
    turn = await _with_name(services, turn)
    return await _page(services, turn, signed, selected=_initial_record(services, turn, data))


async def _initial_record(services: Services, turn: Turn, data: ActionData) -> Hit | None:
    """Return the record that the message links to, or else the only record of the chat, if the person can read it."""
    linked = await prefilled_record(services, turn.person, data)
    connections = () if linked else await connections_of_chat(services, turn.chat)
    if len(connections) != 1:
        return linked
    return await prefilled_record(services, turn.person, record_data(connections[0].record))


async def submit(services: Services, turn: Turn, data: ActionData) -> Page | Done:
    """Save the message, or return the page with the problem."""
    key, matches = parse_guid(data.get(KEY, "")), await selected_records(services, turn.person, data)
    if key is None or not await is_quote_signed(services, turn, data):
        raise BadRequest("This dialog has expired.", "Open it again from the message.")
    turn = await _with_name(services, turn)
    if len(matches) != 1:
        return await _page(services, turn, data, record_problem(matches, data), matches)
    is_changed = not is_original(data, data.get(TITLE, ""), data.get(TEXT, ""))
    message = SavedMessage(
        form=_form(data),
        title=data.get(TITLE, "").strip(),
        text=data.get(TEXT, "").strip(),
        origin="\n".join(_origin(turn, data, _by(turn, "Changed") if is_changed else "")),
    )
    try:
        name = await save_message(services, turn.chat, turn.person, single(matches), message, key)
    except BadRequest as error:
        return await _page(services, turn, data, sentences(error.text, error.next_step))
    return Done(text=_saved(message.form, name))


def _saved(form: MessageForm, record: str) -> str:
    if form is MessageForm.TASK:
        return text("Saved to {record} as a task.", record=record)
    return text("Saved to {record} as a note.", record=record)


async def _with_name(services: Services, turn: Turn) -> Turn:
    """Return the turn with the name of the person, without whom nothing is saved."""
    return replace(turn, person=await access.with_name(services, turn.person))


async def _page(
    services: Services,
    turn: Turn,
    data: ActionData,
    problem: str = "",
    matches: Sequence[Match] = (),
    selected: Awaitable[Hit | None] | None = None,
) -> Page:
    selected = selected or prefilled_record(services, turn.person, data)
    record, inputs = await load_record_inputs(services, turn.person, data, selected, matches)
    payload = {name: data[name] for name in QUOTE_DATA if data.get(name)}
    payload |= record_data(record.record) if record else {}
    return save_page(
        SaveView(
            record=inputs,
            forms=[Choice(title=title, value=form) for form, title in _FORMS.items()],
            form=_form(data),
            title=data.get(TITLE, "")[:MAX_TITLE_LENGTH],
            max_title_length=MAX_TITLE_LENGTH,
            text=data.get(TEXT, "")[:MAX_TEXT_LENGTH],
            max_text_length=MAX_TEXT_LENGTH,
            origin=_origin(turn, data),
            changed=_by(turn, "Changed"),
            link=_link(data),
            problem=problem,
            save=SubmitButton(title=text("Save"), dialog=Dialog.SAVE_THIS_MESSAGE, payload=payload),
        )
    )


def _form(data: ActionData) -> MessageForm:
    return MessageForm.TASK if data.get(FORM) == MessageForm.TASK else MessageForm.NOTE


def _origin(turn: Turn, data: ActionData, changed_by: str = "") -> Sequence[str]:
    """Return lines with the author, the time, who changed the text, the attachments, who saved it, and the link.

    Clients send the message, so the name of its author counts no more than that of the person who saves it.
    """
    source = " · ".join(part for part in (data.get(QuotedField.AUTHOR, ""), data.get(QuotedField.SENT, "")) if part)
    files = ", ".join(data.get(QuotedField.FILES, "").split("\n"))
    lines = (
        f"Message in Microsoft Teams: {source}" if source else "Message in Microsoft Teams",
        changed_by,
        f"Attachments: {files}" if files else "",
        _by(turn, "Saved"),
    )
    return [line for line in (*(single_line(line, limit=_MAX_LINE_LENGTH) for line in lines), _link(data)) if line]


def _by(turn: Turn, done: str) -> str:
    return single_line(f"{done} by {turn.person.name or 'a person without a name'}", limit=_MAX_LINE_LENGTH)


def _link(data: ActionData) -> str:
    return safe_link(data.get(QuotedField.LINK, ""))


PAGES: Mapping[str, PageHandler] = {Dialog.SAVE_MESSAGE: start, Dialog.SAVE_THIS_MESSAGE: submit}
