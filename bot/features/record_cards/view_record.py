"""A record as one reader of its card may see it, and what they can do about it (spec U2, Q3)."""

from bot.domain.errors import NotAllowed, NotFound, NotSupported
from bot.domain.public_names import ACTION, VERSION, Verb
from bot.domain.record_actions import CardAction
from bot.domain.record_links import RecordLink
from bot.domain.values import Chat, ChatKind, Person, RecordRef
from bot.features.record_cards.action_pages import ASSIGN
from bot.features.record_cards.read_as_person import PersonalRecord, read_as_person
from bot.features.record_cards.record_actions import ActionOutcome
from bot.features.shared.answers import (
    Answer,
    chats_button,
    connect_button,
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
    """The card; for who may not see the record one that tells nothing of it. Raises `Unavailable`.

    `after`: what came of something that the person did on it.
    """
    accounts = (person.account_id,) if person.account_id else None
    own = PersonalView(button=personal_view_button(link), accounts=accounts)
    try:
        record = await read_as_person(services, chat, person, link)
    except (NotAllowed, NotFound, NotSupported) as error:
        return Answer(message=hidden_card(str(error), error.next_step, own))
    can_connect = await _can_connect(services, chat, record.record)
    view = LinkView(
        record=record_header(services.links, record.table, record.record, record.row),
        facts=tuple(Fact(label=label, value=value) for label, value in record.facts),
        message=after.message if after else "",
        message_at=after.at if after else None,
        buttons=(*([connect_button(record.record)] if can_connect else []), chats_button(record.record)),
        first=_act(record),
        asks_for_note=can_connect and record.linked.record_type.note,
        personal_view=own,
    )
    return Answer(message=link_card(view))


async def _can_connect(services: Services, chat: Chat, record: RecordRef) -> bool:
    async with services.store.reading() as work:
        connected = await work.connections.active(chat.id, record) is not None
    return not connected and chat.kind is not ChatKind.PERSONAL


def _act(own: PersonalRecord) -> Button | None:
    """The one thing that the person can do, or the way to all of them."""
    if own.actions == (CardAction.ASSIGN,) and not own.editable_columns:
        claim = {**record_data(own.record), ACTION: ASSIGN, VERSION: own.row.etag}
        return ActionButton(title="Assign to me", verb=Verb.UPDATE, payload=claim)
    if own.actions or own.editable_columns:
        return ActionButton(title="Update", verb=Verb.UPDATE, payload=record_data(own.record))
    return None
