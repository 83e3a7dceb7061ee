"""Show a live card with its values to one reader, if that person has access to them (spec V8, K2, N5)."""

from datetime import timedelta
from functools import partial

from bot.clock import Clock
from bot.domain.errors import NotAllowed, NotFound, NotSupported
from bot.domain.formatting import format_value
from bot.domain.posted_cards import LiveContent, PostedCard
from bot.domain.record_types import key_field_columns
from bot.domain.values import Chat, Person, PublicId
from bot.features.notifications.card_changes import change_for_reader
from bot.features.shared import access
from bot.features.shared.answers import Answer, change_buttons, live_values_button, name_columns, record_header
from bot.features.shared.services import LiveViewKey, Services
from bot.runtime.ttl_cache import TtlCache
from cards.live_card import LiveCardView, LiveChange, live_card
from cards.message import Message
from cards.personal_view import PersonalView, hidden_card
from cards.record import Fact

_TTL = timedelta(minutes=1)
"""Time for which a reader's card is cached. It is short, because the reader may lose access."""
_MAX_VIEWS = 5_000


def live_view_cache(clock: Clock) -> TtlCache[LiveViewKey, Message]:
    """Return the cache of personal cards: each edit makes the clients of all readers request them at once."""
    return TtlCache(clock, max_size=_MAX_VIEWS, ttl=_TTL, system="Dynamics 365")


async def view_live_card(services: Services, chat: Chat, person: Person, connection: PublicId) -> Answer:
    """Return the card with the values, or a card without any content if the person cannot open the record.

    It only reads: an edit would make all clients request the card again. Raises `Unavailable`.
    """
    accounts = (person.account_id,) if person.account_id else None
    view = PersonalView(button=live_values_button(connection), accounts=accounts)
    try:
        await services.roster_cache.require_member(chat, person)
        card, content = await _stored_card(services, chat, connection)
        if person.object_id is None:
            await access.require_user(services, content.about.ref.environment, person)
            raise _no_longer_live()
        load = partial(_message, services, content, person, view)
        return Answer(message=await services.live_views.fetch((card.id, card.version, person.object_id), load))
    except (NotAllowed, NotFound, NotSupported) as error:
        return Answer(message=hidden_card(error.text, error.next_step, view))


async def _stored_card(services: Services, chat: Chat, connection: PublicId) -> tuple[PostedCard, LiveContent]:
    async with services.store.reading() as work:
        found = await work.connections.get(connection)
        card = await work.posted_cards.find_live(found.id) if found and found.chat_id == chat.id else None
    if card is None or not isinstance(card.content, LiveContent):
        raise _no_longer_live()
    return card, card.content


def _no_longer_live() -> NotFound:
    return NotFound("This card is no longer updated.", "Open the record to see its values.")


async def _message(services: Services, content: LiveContent, person: Person, own: PersonalView) -> Message:
    record = content.about.ref
    record_type = await access.require_record_type(services, record.environment, record.table)
    actor = await access.require_user(services, record.environment, person)
    table = await services.records.table(record.environment, record.table)
    key_fields = key_field_columns(record_type, table)
    row = await access.read_row_as(services, record, table, [*name_columns(table), *key_fields], actor)
    changes = [each for each in content.changes if each.column.name in record_type.key_fields]
    view = LiveCardView(
        record=record_header(services.links, table, record, row),
        fields=tuple(Fact(label=each.label, value=format_value(each, row.value(each.name))) for each in key_fields),
        changes=tuple(
            LiveChange(change=change_for_reader(each, table, row), people=each.people, at=each.at) for each in changes
        ),
        buttons=change_buttons(record),
        personal_view=own,
    )
    return live_card(view)
