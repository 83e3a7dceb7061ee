"""The dialog that connects a channel. What comes back from it is a claim, whoever sends it."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.domain.errors import NotFound
from bot.domain.record_links import Links
from bot.domain.surface import Dataset, Dialog
from bot.domain.values import RecordRef
from bot.handlers.claims import Claims
from bot.handlers.incoming import Incoming
from bot.handlers.new_chat import SURE, record_choice, record_of
from bot.usecases.answers import record_claim
from bot.usecases.connect_channel import ConnectChannel
from bot.usecases.connect_chat import Note
from bot.usecases.find_records import Hit
from bot.usecases.plan_chat import PlanChat
from cards.buttons import Step
from cards.channel import CHANNEL, ChannelView, channel_page
from cards.dialog import Done, Page
from cards.inputs import OFF, ON, Choice
from cards.new_chat import NOTE, RECORD, WORDS


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelPages:
    """One page: which record, and which channel."""

    plan: PlanChat
    connect: ConnectChannel
    links: Links

    async def start(self, incoming: Incoming, claims: Claims) -> Page:
        """The page."""
        return await self._page(incoming, claims)

    async def submit(self, incoming: Incoming, claims: Claims) -> Page | Done:
        """The channel is connected; or the page once more, with what is wrong on it."""
        found = await self._records(incoming, claims)
        if len(found) != 1 or not claims.get(CHANNEL):
            hits = [record_choice(each) for each in found if isinstance(each, Hit)] if len(found) > 1 else []
            wrong = "Choose a channel." if len(found) == 1 else "Choose a record." if hits else "No record fits this."
            return await self._page(incoming, claims, wrong, hits)
        record = found[0].record if isinstance(found[0], Hit) else found[0]
        sure = Note.SEND if claims.get(SURE) == ON else Note.ASK
        note = Note.NONE if claims.get(NOTE) == OFF else sure
        answer = await self.connect(incoming.chat, incoming.person, record, claims[CHANNEL], note=note)
        if answer is None:
            asked = "Not everybody in the team can open this record. Take the note out, or send it all the same."
            return await self._page(incoming, {**claims, SURE: ON}, asked)
        return Done(text=answer.message.summary)

    async def _records(self, incoming: Incoming, claims: Claims) -> Sequence[Hit | RecordRef]:
        """What is meant: the record that was chosen, else what was written; several where that is not clear."""
        words = claims.get(WORDS, "").strip()
        if words and not claims.get(RECORD):
            return await self.plan.find_record(incoming.person, words)
        record = record_of(claims, self.links)
        return [record] if record else []

    async def _page(self, incoming: Incoming, claims: Claims, problem: str = "", hits: Sequence[Choice] = ()) -> Page:
        await self.plan.require(incoming.person, None)
        places = await self.connect.places(incoming.person)
        if not places:
            raise NotFound("You are in no team with a channel to connect.", "Join a team in Teams first.")
        chosen = record_of(claims, self.links)
        payload = record_claim(chosen) if chosen else {}
        go_on = Step(title="Connect", dialog=Dialog.CONNECT_THIS_CHANNEL, payload=payload)
        anyway = Step(title="Send the note all the same", dialog=go_on.dialog, payload={**payload, SURE: ON})
        return channel_page(
            ChannelView(
                records=[record_choice(each) for each in await self.plan.find_records(incoming.person, "")],
                dataset=Dataset.RECORDS,
                hits=hits,
                words=claims.get(WORDS, ""),
                channels=[
                    Choice(title=f"{each.team.name} · {each.channel.name}", value=each.channel.id) for each in places
                ],
                channel=claims.get(CHANNEL, ""),
                note=claims.get(NOTE, ON) != OFF,
                problem=problem,
                connect=go_on,
                anyway=anyway if claims.get(SURE) == ON else None,
            )
        )
