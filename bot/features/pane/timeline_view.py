"""The timeline of a record in the pane: its current and past chats (spec P2, L1)."""

from bot.domain.values import PublicId, RecordRef
from bot.features.chat_lists.list_timeline import timeline_view
from bot.features.pane.viewing import Viewing
from bot.features.pane.views import PaneRow, PaneView, RowState, Section, SectionName, section_size
from cards.buttons import ActionButton, LinkButton
from cards.chat_list import ChatRow


async def timeline_pane(viewing: Viewing, record: RecordRef) -> PaneView:
    """Return the timeline, the newest connection first; raise the errors of `timeline_view`."""
    view = await timeline_view(viewing.services, viewing.person, record, size=section_size(viewing.shown))
    rows = [_row(each) for each in view.rows]
    section = Section(name=SectionName.TIMELINE, rows=rows, total=view.total)
    return PaneView(record=view.record, sections=[section])


def _row(row: ChatRow) -> PaneRow:
    button = row.button
    joining = button.payload.get("connection") if isinstance(button, ActionButton) else None
    return PaneRow(
        key=f"{row.connected.at.isoformat() if row.connected else ''} {row.name}",
        name=row.name,
        state=RowState.JOIN if joining else RowState.LOCKED if row.state and button is None else RowState.OPEN,
        text=row.state,
        url=button.url if isinstance(button, LinkButton) else "",
        connection=PublicId(joining) if joining else None,
        resumable=PublicId(row.resume.payload["connection"]) if row.resume else None,
        connected=row.connected,
        last_written_at=row.last_written_at,
        last_writer=row.last_writer,
        ended=row.ended,
        sync=row.sync,
    )
