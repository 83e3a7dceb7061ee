"""The dialog that writes a message to a record. What comes back from it is a claim, whoever sends it."""

from collections.abc import Awaitable, Mapping, Sequence
from hashlib import sha256
from uuid import uuid4

from bot.domain.errors import BadRequest
from bot.domain.public_names import Dialog, QuotedField
from bot.domain.record_links import parse_guid
from bot.domain.saved_message import MAX_TEXT_LENGTH, MAX_TITLE_LENGTH, MessageForm, SavedMessage, safe_link
from bot.domain.values import RecordRef
from bot.features.connections.find_connections import connections_of_chat
from bot.features.record_search.find_records import Hit
from bot.features.record_search.record_picker import (
    load_record_inputs,
    prefilled_record,
    record_problem,
    selected_records,
    single,
)
from bot.features.saved_messages.save_message import save_message
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

_ORIGINAL_DIGEST = "wording"
"""In what the page sends: tells whether the text is still that of the message."""

_LONGEST_LINE = 300
_FORMS = {MessageForm.NOTE: "Note", MessageForm.TASK: "Task"}


async def start(services: Services, turn: Turn, data: ActionData) -> Page:
    """The page, with the message, and the record that it links to or the only one of the chat."""
    if not data.get(QuotedField.TEXT, "").strip():
        raise BadRequest(
            "There is no text to save.", "Open the menu of a message that has some, and choose Save to record."
        )
    author = data.get(QuotedField.AUTHOR, "")
    title = f"Teams message from {author}"[:MAX_TITLE_LENGTH] if author else "Teams message"
    begun = {
        KEY: str(uuid4()),
        _ORIGINAL_DIGEST: _digest(data[QuotedField.TEXT]),
        TITLE: title,
        TEXT: data[QuotedField.TEXT],
    }
    return await _page(services, turn, {**data, **begun}, about=_first_about(services, turn, data))


async def _first_about(services: Services, turn: Turn, data: ActionData) -> Hit | None:
    """The record that the message links to, else the only one of the chat, where the person may read it."""
    linked = await prefilled_record(services, turn.person, data)
    connections = () if linked else await connections_of_chat(services, turn.chat)
    if len(connections) != 1:
        return linked
    return await prefilled_record(services, turn.person, record_data(connections[0].record))


async def submit(services: Services, turn: Turn, data: ActionData) -> Page | Done:
    """The message is written; or the page once more, with what is wrong on it."""
    key, found = parse_guid(data.get(KEY, "")), await selected_records(services, turn.person, data)
    if key is None:
        raise BadRequest("This dialog is too old to go on with.", "Open it from the message once more.")
    if len(found) != 1:
        return await _page(services, turn, data, record_problem(found, data), found)
    changed = _digest(data.get(TEXT, "")) != data.get(_ORIGINAL_DIGEST)
    message = SavedMessage(
        form=_form(data),
        title=data.get(TITLE, "").strip(),
        text=data.get(TEXT, "").strip(),
        origin="\n".join(_origin(data, _changed(turn) if changed else "")),
    )
    try:
        name = await save_message(services, turn.chat, turn.person, single(found), message, key)
    except BadRequest as error:
        return await _page(services, turn, data, f"{error} {error.next_step}".strip())
    return Done(text=f"Saved to {name} as a {message.form}.")


async def _page(
    services: Services,
    turn: Turn,
    data: ActionData,
    problem: str = "",
    found: Sequence[Hit | RecordRef] = (),
    about: Awaitable[Hit | None] | None = None,
) -> Page:
    said = about or prefilled_record(services, turn.person, data)
    record, inputs = await load_record_inputs(services, turn.person, data, said, found)
    kept = (KEY, _ORIGINAL_DIGEST, QuotedField.AUTHOR, QuotedField.SENT, QuotedField.FILES, QuotedField.LINK)
    payload = {name: data[name] for name in kept if data.get(name)}
    payload |= record_data(record.record) if record else {}
    return save_page(
        SaveView(
            record=inputs,
            forms=[Choice(title=words, value=form) for form, words in _FORMS.items()],
            form=_form(data),
            title=data.get(TITLE, "")[:MAX_TITLE_LENGTH],
            max_title_length=MAX_TITLE_LENGTH,
            text=data.get(TEXT, "")[:MAX_TEXT_LENGTH],
            max_text_length=MAX_TEXT_LENGTH,
            origin=_origin(data),
            changed=_changed(turn),
            link=_link(data),
            problem=problem,
            save=SubmitButton(title="Save", dialog=Dialog.SAVE_THIS_MESSAGE, payload=payload),
        )
    )


def _form(data: ActionData) -> MessageForm:
    return MessageForm.TASK if data.get(FORM) == MessageForm.TASK else MessageForm.NOTE


def _origin(data: ActionData, changed: str = "") -> Sequence[str]:
    """Whose words they are, when they were written, who changed them, what was attached, and the way back to them."""
    said = " · ".join(each for each in (data.get(QuotedField.AUTHOR, ""), data.get(QuotedField.SENT, "")) if each)
    files = ", ".join(data.get(QuotedField.FILES, "").split("\n"))
    lines = (
        f"Message in Microsoft Teams: {said}" if said else "Message in Microsoft Teams",
        changed,
        f"Attachments: {files}" if files else "",
    )
    return [each for each in (*(single_line(each, limit=_LONGEST_LINE) for each in lines), _link(data)) if each]


def _changed(turn: Turn) -> str:
    return single_line(f"Changed by {turn.person.name or 'who saved it'}", limit=_LONGEST_LINE)


def _link(data: ActionData) -> str:
    return safe_link(data.get(QuotedField.LINK, ""))


def _digest(text: str) -> str:
    """Of the text without the line ends, which clients write in their own ways."""
    return sha256(" ".join(text.split()).encode()).hexdigest()


PAGES: Mapping[str, PageHandler] = {Dialog.SAVE_MESSAGE: start, Dialog.SAVE_THIS_MESSAGE: submit}
