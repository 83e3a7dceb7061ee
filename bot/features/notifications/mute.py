"""Mute a chat or one of its records until a time, and end the mute (spec V2)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import uuid4
from zoneinfo import ZoneInfo

from bot.domain.audit import AuditEntry
from bot.domain.errors import NotFound
from bot.domain.notifications.mute_spans import MORNING, MuteSpan, mute_end, mute_zone
from bot.domain.notifications.rules import Mute
from bot.domain.public_names import Verb
from bot.domain.texts import text
from bot.domain.values import Chat, ChatId, Connection
from bot.features.notifications.end_mute import end_mutes, unmuted_text
from bot.features.notifications.held_changes import reconsider
from bot.features.notifications.rights import require_can_change, require_can_mute
from bot.features.notifications.store_rules import (
    stored_chat_rules,
    stored_connection_rules,
    update_chat_rules,
    update_connection_rules,
)
from bot.features.shared.access import AuthorizedUser
from bot.features.shared.answers import Answer, connection_data, display_name, to_outbox
from bot.features.shared.reader_languages import ChatLanguages, load_chat_languages
from bot.features.shared.services import Services
from bot.features.shared.turn import Turn
from bot.store.unit_of_work import UnitOfWork
from cards.buttons import ActionButton
from cards.message import Message
from cards.notice import NoticeView, notice
from cards.notifications.mute import AskMuteView, MutedView, MuteState, ask_mute, muted

SPAN = "span"
"""In a button's data: the length of the mute."""

SPAN_TITLES = {
    MuteSpan.HOUR: text("1 hour"),
    MuteSpan.TOMORROW: text("Until tomorrow {time}", time=MORNING),
    MuteSpan.MONDAY: text("Until Monday {time}", time=MORNING),
    MuteSpan.ALWAYS: text("Until turned off"),
}
_UTC = ZoneInfo("UTC")
_IN_UTC = text("The time is {time} in UTC, because neither this chat nor your client has a time zone.", time=MORNING)


@dataclass(frozen=True, slots=True, kw_only=True)
class MuteTarget:
    """The muted part of a chat: one record, or the whole chat."""

    connections: Sequence[Connection]
    """The chat's connections, or the one to the record."""
    record: Connection | None = None
    """The connection to the record; None for the whole chat."""

    @property
    def name(self) -> str:
        """The name of the record; empty for the whole chat."""
        return display_name(self.record) if self.record else ""

    @property
    def data(self) -> Mapping[str, str]:
        """The data of a button for the target."""
        return connection_data(self.record) if self.record else {}


async def ask_span(services: Services, turn: Turn, target: MuteTarget) -> Answer:
    """Return the card that asks for how long, also with the present mute."""
    await require_can_mute(services, turn.chat, turn.person, target.connections)
    async with services.store.reading() as work:
        present = await _present_mute(work, turn.chat.id, target)
    active = present if present and present.is_active(services.clock.now()) else None
    view = AskMuteView(
        record=target.name,
        spans=tuple(
            ActionButton(title=title, verb=Verb.MUTE, payload={**target.data, SPAN: span})
            for span, title in SPAN_TITLES.items()
        ),
        state=MuteState(by=active.by_name, until=active.until) if active else None,
        unmute=unmute_button(target) if active else None,
    )
    return Answer(message=ask_mute(view), is_question=True)


def unmute_button(target: MuteTarget) -> ActionButton:
    """Return the button that ends the mute."""
    return ActionButton(title=text("Unmute"), verb=Verb.UNMUTE, payload=target.data, ignores_inputs=True)


async def mute_chat(
    services: Services, turn: Turn, target: MuteTarget, span: MuteSpan, *, also_urgent: bool = False
) -> Answer:
    """Mute the target, and enqueue the notice for the chat; raise `NotAllowed`.

    A mute without an end, and the change of one, need the right to disconnect.
    """
    chat, now = turn.chat, services.clock.now()
    actor = await require_can_mute(services, chat, turn.person, target.connections)
    async with services.store.reading() as work:
        zone = mute_zone((await stored_chat_rules(work, chat.id)).rules, turn.time_zone)
        present = await _present_mute(work, chat.id, target)
    if span is MuteSpan.ALWAYS or _is_endless(present):
        await require_can_change(services, chat, turn.person, target.connections)
    mute = Mute(
        until=mute_end(span, now, zone or _UTC),
        by=actor.object_id,
        by_name=actor.user.name,
        at=now,
        also_urgent=also_urgent,
    )
    message = _muted(target, mute, in_utc=zone is None and span in {MuteSpan.TOMORROW, MuteSpan.MONDAY})
    languages = await load_chat_languages(services)
    async with services.store.writing() as work:
        await _set_mute(work, chat.id, target, mute)
        # The mute may end before the one that it replaces, or let urgent changes pass.
        await reconsider(services, work, chat.id)
        entry = replace(_entry(chat, target, actor, "mute", now), details={"span": span})
        await _announce(work, chat, target, message, entry, languages)
    return Answer(message=message, already_queued=True)


async def unmute_chat(services: Services, turn: Turn, target: MuteTarget) -> Answer:
    """End the mute, and tell the chat with what changed; raise `NotAllowed`, or `NotFound` without a mute.

    For the whole chat, the mutes of its records end too.
    """
    chat, now = turn.chat, services.clock.now()
    actor = await require_can_mute(services, chat, turn.person, target.connections)
    async with services.store.reading() as work:
        mutes = await _all_mutes(work, chat.id, target)
    active = [each for each in mutes if each.is_active(now)]
    if not active:
        raise _not_muted(target)
    if any(map(_is_endless, active)):
        await require_can_change(services, chat, turn.person, target.connections)
    said, whole_chat = unmuted_text(target.name, actor.user.name), target.record is None
    languages = await load_chat_languages(services)
    async with services.store.writing() as work:
        told = (await languages.of_chat(work, chat.id)).show(said)
        await end_mutes(services, work, chat.id, target.connections, whole_chat=whole_chat, said=told)
        await work.audit.add(_entry(chat, target, actor, "unmute", now))
    return Answer(message=notice(NoticeView(text=said)), already_queued=True)


def _not_muted(target: MuteTarget) -> NotFound:
    if target.record:
        return NotFound("{record} is not muted in this chat.", "To mute it, write mute.", record=target.name)
    return NotFound("This chat is not muted.", "To mute it, write mute.")


def _is_endless(mute: Mute | None) -> bool:
    return mute is not None and mute.until is None


async def _present_mute(work: UnitOfWork, chat: ChatId, target: MuteTarget) -> Mute | None:
    if target.record:
        return (await stored_connection_rules(work, target.record.id)).rules.mute
    return (await stored_chat_rules(work, chat)).rules.mute


async def _all_mutes(work: UnitOfWork, chat: ChatId, target: MuteTarget) -> Sequence[Mute]:
    """Return the mute of the record, or those of the chat and of all its records."""
    of_records = await work.notification_rules.connections.get_many([each.id for each in target.connections])
    mutes = [each.rules.mute for each in of_records.values()]
    if target.record is None:
        mutes.append((await stored_chat_rules(work, chat)).rules.mute)
    return [each for each in mutes if each]


async def _set_mute(work: UnitOfWork, chat: ChatId, target: MuteTarget, mute: Mute) -> None:
    if target.record:
        await update_connection_rules(work, target.record.id, lambda rules: replace(rules, mute=mute))
    else:
        await update_chat_rules(work, chat, lambda rules: replace(rules, mute=mute))


def _muted(target: MuteTarget, mute: Mute, *, in_utc: bool) -> Message:
    view = MutedView(
        record=target.name,
        state=MuteState(by=mute.by_name, until=mute.until),
        also_urgent=mute.also_urgent,
        utc_note=_IN_UTC if in_utc else "",
        unmute=unmute_button(target),
    )
    return muted(view)


def _entry(chat: Chat, target: MuteTarget, actor: AuthorizedUser, act: str, at: datetime) -> AuditEntry:
    return AuditEntry(
        at=at,
        act=act,
        person_id=actor.object_id,
        person_name=actor.user.name,
        chat_id=chat.id,
        record=target.record.record if target.record else None,
    )


async def _announce(
    work: UnitOfWork, chat: Chat, target: MuteTarget, message: Message, entry: AuditEntry, languages: ChatLanguages
) -> None:
    """Tell the chat, and record who did it."""
    t = await languages.of_chat(work, chat.id)
    outgoing = to_outbox(chat, message, t, key=f"{entry.act} {uuid4().hex}", connection=target.record)
    await work.outbox.enqueue([outgoing], at=entry.at)
    await work.audit.add(entry)
