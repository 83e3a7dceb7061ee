"""Who in a chat would see of a record what they cannot open (spec C9)."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from bot.domain.values import Chat, ObjectId, RecordRef
from bot.features.shared.services import Services


@dataclass(frozen=True, slots=True, kw_only=True)
class Audience:
    """People who would see the note."""

    people: int
    without_access: int | None
    """How many of them cannot open the record; None where that could not be found out in time."""


async def check_audience(
    services: Services, chat: Chat, record: RecordRef, *, members: Sequence[ObjectId | None] | None = None
) -> Audience:
    """The audience as it is now; guests count. Raises `BotAbsent` or `Unavailable`.

    `members`: who is in the chat, where somebody else than Teams' roster had to be asked.
    """
    there = await services.roster.members(chat) if members is None else members
    members = [each or services.emulator_user for each in there]
    people = [each for each in members if each]
    try:
        async with asyncio.timeout(services.limits.answer_within_s / 2):
            readers = await services.records.filter_readers(record, people)
    except TimeoutError:
        return Audience(people=len(members), without_access=None)
    return Audience(people=len(members), without_access=sum(each not in readers for each in members))
