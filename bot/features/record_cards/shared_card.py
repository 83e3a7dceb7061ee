"""The card of a record that everyone in a chat sees (spec U1)."""

from collections.abc import Sequence
from dataclasses import replace

from bot.domain.errors import HiddenRecord
from bot.domain.record_links import RecordLink
from bot.domain.record_types import Disclosure
from bot.domain.texts import text
from bot.domain.values import Chat, RecordRef
from bot.features.shared.access import record_hidden
from bot.features.shared.answers import chats_button, connect_or_new_chat_button, personal_view_button
from cards.link_card import LinkView, link_card
from cards.message import Message
from cards.personal_view import PersonalView
from cards.record import Fact, RecordHeader

GENERIC_KIND = text("Dynamics 365 record")
"""Name of a record whose table is not shown."""


def shared_card(
    link: RecordLink,
    head: RecordHeader,
    facts: Sequence[tuple[str, str]],
    *,
    chat: Chat,
    accounts: tuple[str, ...] | None,
) -> Message:
    """Return the card for the chat. Its buttons identify the record in the same way as the link (see `shared_link`).

    `accounts` are the accounts whose clients request the personal view automatically, or None if they are not known.
    """
    personal_view = PersonalView(button=personal_view_button(link), accounts=accounts)
    return link_card(
        LinkView(
            record=head,
            facts=tuple(Fact(label=label, value=value) for label, value in facts),
            buttons=(connect_or_new_chat_button(chat, link), chats_button(link)),
            first=personal_view.button,
            personal_view=personal_view,
        )
    )


def shared_link(record: RecordRef, disclosure: Disclosure, pasted: RecordLink | None = None) -> RecordLink:
    """Return the link for the buttons of the card.

    If the settings disclose nothing, the link has no more information than the pasted link, or only the row ID.
    """
    if disclosure is Disclosure.NOTHING:
        return pasted or RecordLink(environment=record.environment, row_id=record.row_id)
    return RecordLink(environment=record.environment, row_id=record.row_id, table=record.table)


def redact_header(head: RecordHeader, disclosure: Disclosure) -> RecordHeader:
    """Return the header without the parts that the settings hide from the chat."""
    match disclosure:
        case Disclosure.NOTHING:
            return replace(head, kind=GENERIC_KIND, name=None, number=None)
        case Disclosure.TABLE:
            return replace(head, name=None, number=None)
        case _:
            return head


def redact_refusal(error: HiddenRecord, disclosure: Disclosure) -> HiddenRecord:
    """Return the error without the kind of record if the settings disclose nothing."""
    return record_hidden() if disclosure is Disclosure.NOTHING else error
