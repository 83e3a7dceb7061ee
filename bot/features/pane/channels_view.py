"""The channels of a record, and the other channels in the person's teams (spec P2, A2)."""

import asyncio

from bot.domain.errors import ChatSyncError
from bot.domain.texts import text
from bot.domain.values import RecordRef
from bot.features.chat_lists.connected_chats import ChatQuery, load_connected_chats
from bot.features.chat_lists.find_channels import list_my_channels
from bot.features.connections.connect_channel import TeamChannelRef
from bot.features.pane.known_chats import teams_too_slow
from bot.features.pane.rows import connected_section
from bot.features.pane.viewing import Viewing
from bot.features.pane.views import ChannelId, PaneRow, PaneView, RowState, Section, SectionName, section_size
from bot.features.shared import access
from bot.features.shared.access import ReadableRecord
from bot.features.shared.answers import record_header

_CUT = text("Only the channels of your first 50 teams are listed.")


async def channels_view(viewing: Viewing, record: RecordRef) -> PaneView:
    """Return the record's channels and the person's other channels, or those whose names contain the words.

    If Microsoft Graph fails, the section that needs it says so. Raise `NotAllowed`, `NotSupported`, or `Unavailable`.
    """
    services = viewing.services
    readable = await access.require_readable(services, record, viewing.person)
    query = ChatQuery(words=viewing.words, size=section_size(viewing.shown), channels=True)
    page, others = await asyncio.gather(
        load_connected_chats(services, record, readable, query), _others(viewing, record, readable)
    )
    return PaneView(
        record=record_header(services.links, readable.table, record, readable.row),
        sections=[connected_section(SectionName.CHANNELS, page), others],
    )


async def _others(viewing: Viewing, record: RecordRef, readable: ReadableRecord) -> Section:
    services = viewing.services
    try:
        async with asyncio.timeout(services.limits.answer_within_s / 2):
            mine = await list_my_channels(services, readable.actor.object_id)
    except TimeoutError:
        return Section(name=SectionName.OTHER_CHANNELS, problem=teams_too_slow())
    except ChatSyncError as error:
        return Section(name=SectionName.OTHER_CHANNELS, problem=error)
    async with services.store.reading() as work:
        connected = {each.chat_id for each in await work.connections.for_record(record)}
    free = [each for each in mine.channels if each.channel.id not in connected and _matches(each, viewing.words)]
    return Section(
        name=SectionName.OTHER_CHANNELS,
        rows=[_row(each) for each in free[: section_size(viewing.shown)]],
        total=len(free),
        hint=_CUT if mine.is_cut else "",
    )


def _matches(ref: TeamChannelRef, words: str) -> bool:
    return any(words.lower() in name.lower() for name in (ref.channel.name, ref.team.name))


def _row(ref: TeamChannelRef) -> PaneRow:
    return PaneRow(
        key=ref.channel.id,
        name=ref.channel.name,
        state=RowState.OPEN,
        text=text("This channel is in your team {team}.", team=ref.team.name),
        url=ref.channel.url,
        channel=ChannelId(team=ref.team.id, channel=ref.channel.id),
    )
