"""The card of a record that everybody in a chat sees (spec U1)."""

from collections.abc import Sequence
from dataclasses import replace

from bot.domain.errors import HiddenRecord
from bot.domain.record_links import RecordLink
from bot.domain.record_types import Disclosure
from bot.domain.values import RecordRef
from bot.features.shared.access import record_hidden
from bot.features.shared.answers import chats_button, connect_button, personal_view_button
from cards.link_card import GENERIC_KIND, LinkView, link_card
from cards.message import Message
from cards.personal_view import PersonalView
from cards.record import Fact, RecordHeader


def shared_card(
    link: RecordLink, head: RecordHeader, facts: Sequence[tuple[str, str]], *, accounts: tuple[str, ...] | None
) -> Message:
    """The card, whose buttons name the record as the link does (see `shared_link`).

    `accounts`: whose clients ask by themselves for what they may see, None where that is not known.
    """
    own = PersonalView(button=personal_view_button(link), accounts=accounts)
    return link_card(
        LinkView(
            record=head,
            facts=tuple(Fact(label=label, value=value) for label, value in facts),
            buttons=(connect_button(link), chats_button(link)),
            first=own.button,
            personal_view=own,
        )
    )


def shared_link(record: RecordRef, disclosure: Disclosure, said: RecordLink | None = None) -> RecordLink:
    """How the card names the record: where nothing of it is to be told, no otherwise than a pasted link did."""
    if disclosure is Disclosure.NOTHING:
        return said or RecordLink(environment=record.environment, row_id=record.row_id)
    return RecordLink(environment=record.environment, row_id=record.row_id, table=record.table)


def redact_header(head: RecordHeader, disclosure: Disclosure) -> RecordHeader:
    """What everybody in the chat is told of the record."""
    match disclosure:
        case Disclosure.NOTHING:
            return replace(head, kind=GENERIC_KIND, name=None, number=None)
        case Disclosure.TABLE:
            return replace(head, name=None, number=None)
        case _:
            return head


def redact_refusal(error: HiddenRecord, disclosure: Disclosure) -> HiddenRecord:
    """The refusal without the kind of record where that is not told."""
    return record_hidden() if disclosure is Disclosure.NOTHING else error
