"""The personal card: a record as one reader of the shared card may see it, and its actions (spec U2, Q3)."""

from bot.domain.errors import NotAllowed, NotFound, NotSupported
from bot.domain.public_names import ACTION, VERSION, Verb
from bot.domain.record_actions import CardAction
from bot.domain.record_links import RecordLink
from bot.domain.texts import text
from bot.domain.values import Chat, ChatKind, Person, RecordRef
from bot.features.record_cards.action_pages import ASSIGN
from bot.features.record_cards.read_as_person import PersonalRecord, read_as_person
from bot.features.record_cards.record_actions import ActionOutcome
from bot.features.shared.answers import (
    Answer,
    chats_button,
    connect_or_new_chat_button,
    personal_view_button,
    record_data,
    record_header,
)
from bot.features.shared.services import Services
from cards.buttons import ActionButton, Button
from cards.link_card import LinkView, link_card
from cards.personal_view import PersonalView, hidden_card
from cards.record import Fact


async def view_record(
    services: Services, chat: Chat, person: Person, link: RecordLink, *, after: ActionOutcome | None = None
) -> Answer:
    """Return the card, or a card without information if the person cannot read the record.

    `after` is the outcome of an action that the person took on the card. Raise `Unavailable`.
    """
    accounts = (person.account_id,) if person.account_id else None
    personal_view = PersonalView(button=personal_view_button(link), accounts=accounts)
    try:
        record = await read_as_person(services, chat, person, link)
    except (NotAllowed, NotFound, NotSupported) as error:
        return Answer(message=hidden_card(error.text, error.next_step, personal_view))
    connected = await _is_connected(services, chat, record.record)
    connect = [] if connected else [connect_or_new_chat_button(chat, record.record)]
    view = LinkView(
        record=record_header(services.links, record.table, record.record, record.row),
        facts=tuple(Fact(label=label, value=value) for label, value in record.facts),
        message=after.message if after else "",
        message_at=after.at if after else None,
        buttons=(*connect, chats_button(record.record)),
        first=_action_button(record),
        asks_for_note=bool(connect) and chat.kind is not ChatKind.PERSONAL and record.linked.record_type.note,
        personal_view=personal_view,
    )
    return Answer(message=link_card(view))


async def _is_connected(services: Services, chat: Chat, record: RecordRef) -> bool:
    async with services.store.reading() as work:
        return await work.connections.active(chat.id, record) is not None


def _action_button(personal: PersonalRecord) -> Button | None:
    """Return a button for the only action, or a button that shows all actions; None if there is no action."""
    if personal.actions == (CardAction.ASSIGN,) and not personal.editable_columns:
        data = {**record_data(personal.record), ACTION: ASSIGN, VERSION: personal.row.etag}
        return ActionButton(title=text("Assign to me"), verb=Verb.UPDATE, payload=data)
    if personal.actions or personal.editable_columns:
        return ActionButton(title=text("Update"), verb=Verb.UPDATE, payload=record_data(personal.record))
    return None
