"""Find out who in a chat would see a note about a record that they cannot open (spec C9)."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from bot.domain.errors import Unavailable
from bot.domain.texts import Text, noun, plural
from bot.domain.values import Chat, ObjectId, RecordRef
from bot.features.shared.services import Services


@dataclass(frozen=True, slots=True, kw_only=True)
class Audience:
    """The people who would see the note."""

    people: int
    without_access: int | None
    """Number of people who cannot open the record; None if Dataverse did not say it for all of them in time."""


def audience_text(audience: Audience, kind: str) -> Text:
    """Return how many people in the chat cannot open a record of this kind, or that it is not known yet."""
    if audience.without_access is None:
        return plural(
            audience.people,
            "Chat Sync has not yet checked whether the 1 person in this chat can open this {kind}.",
            "Chat Sync has not yet checked which of the {count} people in this chat can open this {kind}.",
            kind=noun(kind),
        )
    return plural(
        audience.people,
        "{without_access} of 1 person in this chat cannot open this {kind}.",
        "{without_access} of {count} people in this chat cannot open this {kind}.",
        without_access=audience.without_access,
        kind=noun(kind),
    )


def team_audience_text(audience: Audience) -> Text:
    """Return how many people in the team cannot open the record, or that it is not known yet."""
    if audience.without_access is None:
        return plural(
            audience.people,
            "Chat Sync has not yet checked whether the 1 person in this team can open this record.",
            "Chat Sync has not yet checked which of the {count} people in this team can open this record.",
        )
    return plural(
        audience.people,
        "{without_access} of 1 person in this team cannot open this record.",
        "{without_access} of {count} people in this team cannot open this record.",
        without_access=audience.without_access,
    )


async def check_audience(
    services: Services, chat: Chat, record: RecordRef, *, members: Sequence[ObjectId | None] | None = None
) -> Audience:
    """Return the chat's current audience, including guests.

    `members` replaces the roster of Teams, for a chat without the app. Raises `BotAbsent` or `Unavailable`.
    """
    listed = await services.roster.members(chat) if members is None else members
    members = [member or services.emulator_user for member in listed]
    users = [member for member in members if member]
    try:
        async with asyncio.timeout(services.limits.answer_within_s / 2):
            readers = await services.records.filter_readers(record, users)
    except (TimeoutError, Unavailable):
        return Audience(people=len(members), without_access=None)
    return Audience(people=len(members), without_access=sum(member not in readers for member in members))
