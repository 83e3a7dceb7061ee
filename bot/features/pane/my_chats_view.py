"""The pane without a record: the person's connected chats with their records, and the others (spec P4)."""

from collections.abc import Collection, Mapping, Sequence

from bot.domain.directory import DirectoryChat
from bot.domain.texts import plural
from bot.domain.values import ChatId, Connection, ConnectionId, EnvironmentId
from bot.features.chat_lists.my_chats import OtherChats, chat_name
from bot.features.pane.known_chats import KnownChats
from bot.features.pane.record_view import connections_of, searched, unconnected_section
from bot.features.pane.viewing import Viewing
from bot.features.pane.views import PaneRow, PaneView, RowState, Section, SectionName, section_size
from bot.features.shared import access
from bot.features.shared.readable_records import readable_records
from bot.features.shared.services import Services
from cards.record import RecordHeader

_MAX_RECORDS = 5
"""Records of a chat that are read and shown, the newest connections first."""


async def my_chats_view(viewing: Viewing) -> PaneView:
    """Return the person's chats, those with the newest messages first.

    With words, return those whose names contain them. Raise `NotAllowed` or `Unavailable`.
    """
    services = viewing.services
    users = await access.require_user_anywhere(services, viewing.person)
    actor = next(iter(users.values()))
    mine = await viewing.memory.chats.chats(
        services, actor.object_id, complete=viewing.needs_all_chats, renew=viewing.is_renewing
    )
    chats = [chat for chat in mine.mine.chats if viewing.words.lower() in chat_name(chat).lower()]
    connections = await connections_of(services, mine.mine.chats)
    sections = [await _connected(viewing, mine, [chat for chat in chats if chat.id in connections], connections, users)]
    if await _shows_others(services, users):
        sections.append(_others(viewing, mine, [chat for chat in chats if chat.id not in connections]))
    return PaneView(
        record=None,
        sections=sections,
        chats=[chat.id for chat in mine.mine.chats],
        is_partial=mine.is_partial,
    )


async def _connected(
    viewing: Viewing,
    mine: KnownChats,
    chats: Sequence[DirectoryChat],
    connections: Mapping[ChatId, Sequence[Connection]],
    users: Collection[EnvironmentId],
) -> Section:
    permitted = {
        chat: [each for each in reversed(found) if each.record.environment in users]
        for chat, found in connections.items()
    }
    matches = [chat for chat in chats if permitted[chat.id]]
    return Section(
        name=SectionName.MY_CHATS,
        rows=await _rows(viewing, matches[: section_size(viewing.shown)], permitted),
        total=len(matches),
        searched=searched(viewing, mine),
        problem=mine.problem,
        as_of=mine.at if mine.problem else None,
    )


async def _rows(
    viewing: Viewing, chats: Sequence[DirectoryChat], connections: Mapping[ChatId, Sequence[Connection]]
) -> Sequence[PaneRow]:
    shown = [each for chat in chats for each in connections[chat.id][:_MAX_RECORDS]]
    headers = await readable_records(viewing.services, shown, viewing.person) if shown else []
    by_id = {connection.id: header for connection, header in zip(shown, headers, strict=True)}
    return [_row(chat, connections[chat.id], by_id) for chat in chats]


def _row(
    chat: DirectoryChat, connections: Sequence[Connection], headers: Mapping[ConnectionId, RecordHeader | None]
) -> PaneRow:
    more = len(connections) - _MAX_RECORDS
    return PaneRow(
        key=chat.id,
        name=chat_name(chat),
        state=RowState.OPEN,
        text="" if more <= 0 else plural(more, "{count} more record.", "{count} more records."),
        url=chat.url,
        own_chat=chat.id,
        last_written_at=chat.last_message_at,
        records=tuple(headers[each.id] for each in connections[:_MAX_RECORDS]),
    )


async def _shows_others(services: Services, environments: Collection[EnvironmentId]) -> bool:
    """Return whether an administrator of one of the person's environments lets the pane list other chats."""
    settings = [(await services.administration.settings(each)).organization for each in environments]
    return any(each.other_chats for each in settings)


def _others(viewing: Viewing, mine: KnownChats, chats: Sequence[DirectoryChat]) -> Section:
    shown = chats[: section_size(viewing.shown)]
    others = OtherChats(connected=(), unconnected=shown, total=len(chats), is_cut=mine.mine.is_cut)
    rows = [
        PaneRow(
            key=chat.id,
            name=chat_name(chat),
            state=RowState.OPEN,
            text="",
            url=chat.url,
            last_written_at=chat.last_message_at,
        )
        for chat in shown
    ]
    return unconnected_section(viewing, mine, others, rows)
