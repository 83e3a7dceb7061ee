"""Rows of chats and channels that are connected to the record of the pane."""

from bot.features.chat_lists.chat_visibility import VisibleChat
from bot.features.chat_lists.connected_chats import ConnectedChats, ConnectedRow
from bot.features.pane.views import PaneRow, RowState, Section, SectionName
from cards.buttons import ActionButton, LinkButton


def connected_section(name: SectionName, page: ConnectedChats) -> Section:
    """Return the section with a page of the record's chats or channels."""
    rows = [_connected_row(row) for row in page.rows]
    return Section(name=name, rows=rows, total=page.total, searched=page.searched)


def _connected_row(row: ConnectedRow) -> PaneRow:
    chat, card_row = row
    button = card_row.button
    return PaneRow(
        key=chat.connection.public_id if chat else card_row.name,
        name=card_row.name,
        state=_state(chat, button),
        text=card_row.state,
        url=button.url if isinstance(button, LinkButton) else "",
        connection=chat.connection.public_id if chat else None,
        can_disconnect=bool(chat and chat.is_member),
        connected=card_row.connected,
        last_written_at=card_row.last_written_at,
        last_writer=card_row.last_writer,
    )


def _state(chat: VisibleChat | None, button: object) -> RowState:
    if chat is None or chat.is_member:
        return RowState.OPEN
    return RowState.JOIN if isinstance(button, ActionButton) else RowState.LOCKED
