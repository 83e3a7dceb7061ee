"""What people do to a record: pages and acts, on the card that only they see or in a dialog.

Both doors lead to the same: those of a card come as presses, a dialog's buttons say which page they are for. A client
that knows one of them alone is led there, for what it sends as a message would be answered to everybody.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from bot.domain.errors import BadRequest, NotAllowed
from bot.domain.public_names import ACTION, VERSION, Dialog, Verb
from bot.domain.record_links import RecordLinks
from bot.features.record_cards.action_pages import (
    ASSIGN,
    FIELDS,
    MARK,
    MENU,
    NEW_NOTE,
    RESOLUTION,
    RESOLVE,
    SAVE_FIELDS,
    SAVE_NOTE,
    WISH,
    Lead,
    ShowActs,
)
from bot.features.record_cards.record_actions import ActOnRecord, Aim, FilledIn, Outcome
from bot.features.record_cards.view_record import ViewRecord
from bot.features.shared.action_data import Claims, link_in, record_in, unknown_button, version_in
from bot.features.shared.answers import Answer, record_claim
from bot.features.shared.routes import PageWork, PressWork, Search
from bot.features.shared.turn import Incoming
from cards.buttons import ActionButton, DialogButton, SubmitButton
from cards.dialog import Done, Page, page
from cards.elements import TextBlock
from cards.record_actions import FIELD_PREFIX, NOTE, REASON, WORDS

Work = Callable[[Aim, Claims, Lead], Awaitable[Page | Outcome]]


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordActs:
    """The pages, and the acts that they lead to."""

    links: RecordLinks
    show: ShowActs
    acts: ActOnRecord
    view: ViewRecord

    @property
    def work(self) -> Mapping[str, PressWork]:
        """Who answers for each verb."""
        return {Verb.UPDATE: self._pressed}

    @property
    def pages(self) -> Mapping[str, PageWork]:
        """Who answers for each page."""
        return {Dialog.UPDATE: self._paged}

    @property
    def searches(self) -> Mapping[str, Search]:
        """Nothing is searched on these pages."""
        return {}

    async def _pressed(self, incoming: Incoming, claims: Claims) -> Answer:
        claim = record_claim(record_in(claims, self.links))
        if not incoming.private:
            return Answer(message=_doorstep(DialogButton(title="Go on", dialog=Dialog.UPDATE, payload=claim)).message)

        def lead(title: str, act: str, more: Mapping[str, str]) -> ActionButton:
            return ActionButton(title=title, verb=Verb.UPDATE, payload={**claim, ACTION: act, **more})

        try:
            shown = await self._shown(incoming, claims, lead, ActionButton(title="Back", verb=Verb.VIEW, payload=claim))
        except NotAllowed as error:
            # Back on their card, on which there may be other things to do.
            shown = Outcome(said=f"{error} {error.next_step}", done=False)
        if isinstance(shown, Outcome):
            return await self.view(incoming.chat, incoming.person, link_in(claims, self.links), after=shown)
        return Answer(message=shown.message)

    async def _paged(self, incoming: Incoming, claims: Claims) -> Page | Done:
        claim = record_claim(record_in(claims, self.links))
        if not incoming.private:
            return _doorstep(ActionButton(title="Go on", verb=Verb.UPDATE, payload=claim))

        def lead(title: str, act: str, more: Mapping[str, str]) -> SubmitButton:
            return SubmitButton(title=title, dialog=Dialog.UPDATE, payload={**claim, ACTION: act, **more})

        shown = await self._shown(incoming, claims, lead)
        if isinstance(shown, Page):
            return shown
        if shown.done:
            return Done(text=shown.said)
        return await self.show.menu(_aim(incoming, claims, self.links), lead, clash=shown)

    async def _shown(
        self, incoming: Incoming, claims: Claims, lead: Lead, back: ActionButton | None = None
    ) -> Page | Outcome:
        work: Mapping[str, Work] = {
            FIELDS: self._fields,
            NEW_NOTE: self._new_note,
            RESOLUTION: self._resolution,
            ASSIGN: self._assign,
            SAVE_FIELDS: self._save_fields,
            SAVE_NOTE: self._save_note,
            RESOLVE: self._resolve,
        }
        act, aim = claims.get(ACTION, MENU), _aim(incoming, claims, self.links)
        if act == MENU:
            return await self.show.menu(aim, lead, back=back)
        if act not in work:
            raise unknown_button()
        return await work[act](aim, claims, lead)

    async def _fields(self, aim: Aim, _claims: Claims, lead: Lead) -> Page:
        return await self.show.fields(aim, lead)

    async def _new_note(self, aim: Aim, _claims: Claims, lead: Lead) -> Page:
        return await self.show.note(aim, lead)

    async def _resolution(self, aim: Aim, _claims: Claims, lead: Lead) -> Page:
        return await self.show.resolution(aim, lead)

    async def _assign(self, aim: Aim, claims: Claims, _lead: Lead) -> Outcome:
        version_in(claims)
        return await self.acts.assign(aim)

    async def _save_fields(self, aim: Aim, claims: Claims, lead: Lead) -> Page | Outcome:
        version_in(claims)
        form = _filled_in(claims)
        outcome = await _or_why_not(self.acts.change(aim, form))
        if outcome.done:
            return outcome
        return await _or_outcome(self.show.fields(aim, lead, clash=outcome, typed=form), outcome)

    async def _save_note(self, aim: Aim, claims: Claims, lead: Lead) -> Page | Outcome:
        outcome = await _or_why_not(self.acts.add_note(aim, claims.get(NOTE, ""), claims.get(WISH, "")))
        return outcome if outcome.done else await self.show.note(aim, lead, clash=outcome, typed=claims.get(NOTE, ""))

    async def _resolve(self, aim: Aim, claims: Claims, lead: Lead) -> Page | Outcome:
        version_in(claims)
        reason, words = claims.get(REASON, ""), claims.get(WORDS, "")
        outcome = await _or_why_not(self.acts.resolve(aim, reason, words))
        if outcome.done:
            return outcome
        again = self.show.resolution(aim, lead, clash=outcome, reason=reason, words=words)
        return await _or_outcome(again, outcome.giving_back(words))


def _doorstep(go_on: ActionButton | DialogButton) -> Page:
    """What a whole chat may see: the way to where only one person sees what comes."""
    return page("Update", [TextBlock("Only you see what comes next.")], [go_on], height="small")


async def _or_why_not(act: Awaitable[Outcome]) -> Outcome:
    """What came of it; for what was filled in and does not fit, why not."""
    try:
        return await act
    except BadRequest as error:
        return Outcome(said=f"{error} {error.next_step}".strip(), done=False)


async def _or_outcome(again: Awaitable[Page], outcome: Outcome) -> Page | Outcome:
    """The form once more; the outcome alone where what happened leaves nothing to fill in."""
    try:
        return await again
    except NotAllowed:
        return outcome


def _aim(incoming: Incoming, claims: Claims, links: RecordLinks) -> Aim:
    return Aim(
        chat=incoming.chat,
        person=incoming.person,
        link=link_in(claims, links),
        version=claims.get(VERSION, ""),
    )


def _filled_in(claims: Claims) -> FilledIn:
    """What was filled in for each column that the page showed; what is empty is not sent."""
    marks = {name.removeprefix(MARK): mark for name, mark in claims.items() if name.startswith(MARK)}
    given = {name.removeprefix(FIELD_PREFIX): text for name, text in claims.items() if name.startswith(FIELD_PREFIX)}
    return FilledIn(values={**dict.fromkeys(marks, ""), **given}, marks=marks)
