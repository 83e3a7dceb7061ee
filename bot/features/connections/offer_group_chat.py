"""Offer a group chat to a person who wants to connect a one-to-one chat (spec C2)."""

from bot.domain.texts import text
from bot.domain.values import ObjectId, Person, RecordRef
from bot.features.shared import access
from bot.features.shared.answers import Answer, new_chat_button, row_display_name
from bot.features.shared.services import Services
from cards.notice import NoticeView, notice


async def offer_group_chat(services: Services, person: Person, record: RecordRef, other: ObjectId | None) -> Answer:
    """Return a card whose button opens the new-chat dialog for the record and, if known, the other person.

    Raises `NotSupported`, `NotAllowed`, or `Unavailable`.
    """
    readable = await access.require_readable(services, record, person)
    name = row_display_name(readable.table, readable.row)
    view = NoticeView(
        text=text("A one-to-one chat cannot be connected to {record}.", record=name),
        next_step=text(
            "Start a group chat. Or add Chat Sync to a group chat, and write there: connect {record}", record=name
        ),
        button=new_chat_button(record, with_person=other),
    )
    return Answer(message=notice(view))
