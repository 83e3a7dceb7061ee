"""Who in a chat would see of a record what they cannot open (spec C9)."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from bot.domain.values import Chat, ObjectId, RecordRef
from bot.ports.dataverse import Records
from bot.ports.teams import Roster


@dataclass(frozen=True, slots=True, kw_only=True)
class Audience:
    """People who would see the note."""

    people: int
    without_access: int | None
    """How many of them cannot open the record; None where that could not be found out in time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LookAtAudience:
    """Asks Teams who is in the chat and Dataverse who of them may open the record."""

    records: Records
    roster: Roster
    within_s: float
    """So long the person who connects is kept waiting for it."""
    stand_in: ObjectId | None
    """Who acts for people without Entra object id; None where nobody does."""

    async def __call__(
        self, chat: Chat, record: RecordRef, *, members: Sequence[ObjectId | None] | None = None
    ) -> Audience:
        """The audience as it is now; guests count. Raises `BotAbsent` or `Unavailable`.

        `members`: who is in the chat, where somebody else than Teams' roster had to be asked.
        """
        there = await self.roster.members(chat) if members is None else members
        members = [each or self.stand_in for each in there]
        people = [each for each in members if each]
        try:
            async with asyncio.timeout(self.within_s):
                readers = await self.records.filter_readers(record, people)
        except TimeoutError:
            return Audience(people=len(members), without_access=None)
        return Audience(people=len(members), without_access=sum(each not in readers for each in members))
