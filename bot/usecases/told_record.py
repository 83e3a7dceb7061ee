"""The card of a record that everybody in a chat sees (spec U1)."""

from collections.abc import Sequence
from dataclasses import replace

from bot.domain.record_links import RecordLink
from bot.domain.record_types import Disclosure
from bot.domain.values import RecordRef
from bot.usecases.answers import chats_button, connect_button, own_view_button
from cards.link_card import KIND_UNTOLD, LinkView, link_card
from cards.message import Message
from cards.own_view import OwnView
from cards.record import Fact, RecordHead


def told_card(
    record: RecordRef, head: RecordHead, facts: Sequence[tuple[str, str]], *, accounts: tuple[str, ...] | None
) -> Message:
    """The card; `accounts`: whose clients ask by themselves for what they may see, None where that is not known."""
    link = RecordLink(environment=record.environment, row_id=record.row_id, table=record.table)
    own = OwnView(press=own_view_button(link), accounts=accounts)
    return link_card(
        LinkView(
            record=head,
            facts=tuple(Fact(label=label, value=value) for label, value in facts),
            buttons=(connect_button(record), chats_button(record)),
            first=own.press,
            own=own,
        )
    )


def told(head: RecordHead, disclosure: Disclosure) -> RecordHead:
    """What everybody in the chat is told of the record."""
    match disclosure:
        case Disclosure.NOTHING:
            return replace(head, kind=KIND_UNTOLD, name=None, number=None)
        case Disclosure.TABLE:
            return replace(head, name=None, number=None)
        case _:
            return head
