"""Post one card to a chat with what it does not know of its records (spec K9, K10, K12, V1).

These are changes that it missed, and changes that its rules held until now.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.domain.audit import AuditEntry
from bot.domain.errors import Unavailable
from bot.domain.jobs import ChatJob, JobKind, in_sentences
from bot.domain.key_fields import RecordEvent
from bot.domain.notifications.decide import Reason
from bot.domain.notifications.history import NewDecision
from bot.domain.texts import Text, text
from bot.domain.values import Chat, ChatId, Connection
from bot.features.chat_sync.start_and_end import end_sync
from bot.features.key_fields.current_records import CurrentRecord, ReadFailure, read_current_records
from bot.features.key_fields.locked_chat import LockedChat, lock_chat
from bot.features.key_fields.missed_decisions import MissedDecisions, decide_missed, store_held
from bot.features.key_fields.missed_news import AbsentOwners, MissedNews, find_absent_owners, missed_news
from bot.features.key_fields.renamed_records import store_names
from bot.features.key_fields.summary_cards import AWAY, Summary, live_change, summary_messages
from bot.features.key_fields.unread_changes import settle_unread
from bot.features.notifications.decide_changes import Rulebook, count_decisions, ended_with_record, load_rulebook
from bot.features.notifications.held_changes import end_connection, unmuted_notice
from bot.features.notifications.live_card import update_live_cards
from bot.features.shared.reader_languages import ChatLanguages, load_chat_languages
from bot.features.shared.services import Services
from bot.runtime.backoff import Backoff
from bot.store.unit_of_work import UnitOfWork

_RETRIES = Backoff(
    first_s=timedelta(minutes=15).total_seconds(), factor=2.0, longest_s=timedelta(days=1).total_seconds()
)
"""Times between two attempts to read the same records."""

_TITLES: Mapping[Reason | None, Text] = {
    Reason.MUTE: text("While muted"),
    Reason.QUIET_HOURS: text("During quiet hours"),
    Reason.DIGEST: text("Digest"),
}
_MIXED = text("Changes since the last card")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """The chat and its records, read before the transaction."""

    chat: Chat | None
    records: Sequence[CurrentRecord]
    failures: Sequence[ReadFailure]
    absent_owners: AbsentOwners
    held: Collection[int]
    """Changes that were held before the records were read."""
    held_only: bool
    """True if only records with held changes were read, because their time may have come."""
    said: str
    """The sentences about people who ended a mute, in the language of the chat."""
    accounts: tuple[str, ...] | None = None
    """Channel IDs of the people in the chat, if readers get values on their own cards."""
    languages: ChatLanguages


async def post_catch_up(services: Services, job: ChatJob, keys: Sequence[str]) -> None:
    """Enqueue a card if the chat missed anything, disconnect deleted records, and complete the job.

    A record that cannot be read does not stop the others. The card names it, and the chat gets another job for it.
    `keys`: the job in the inbox. Raises an error if no record can be read.
    """
    await _post(services, job, keys)


async def post_held_changes(services: Services, job: ChatJob, keys: Sequence[str]) -> None:
    """Decide again about the held changes of the chat, enqueue a card with those that waited long enough.

    Otherwise like `post_catch_up`.
    """
    await _post(services, job, keys, held_only=True)


async def post_after_mute(services: Services, job: ChatJob, keys: Sequence[str]) -> None:
    """Do the same after a person ended a mute. The chat gets the job's text, even if no record can be read."""
    await _post(services, job, keys, held_only=True)


async def _post(services: Services, job: ChatJob, keys: Sequence[str], *, held_only: bool = False) -> None:
    chat = job.chat_id
    found = await _find(services, chat, held_only=held_only, said=in_sentences(job.text))
    at, new = services.clock.now(), list[NewDecision]()
    async with services.store.writing() as work:
        if not await work.inbox.complete(keys, at=at):
            return
        locked = await lock_chat(work, chat, found.held)
        if locked.is_mute_ending and job.kind is JobKind.HELD_CHANGES:
            # The other job posts the held changes, with the sentence about who ended the mute.
            return
        current = [each for each in found.records if each.connection.id in locked.to_check]
        for each in (each for each in current if each.is_merged):
            await work.inbox.add_event(_merge_event(each.connection, at), at=at, due_at=at)
        unmerged = [each for each in current if not each.is_merged]
        decisions = await _report(services, work, found, locked, unmerged, at=at)
        new += decisions.new
        for each in unmerged:
            if each.row is None:
                await _end_connection(work, each.connection, at)
                new.append(ended_with_record(each.connection, at))
        await work.decisions.add(new)
        undecided = locked.held_except(decisions.decided)
        await settle_unread(services, work, chat, undecided, locked.to_check, found.records, at=at)
        if not held_only:
            await _retry(work, job, found.failures, at)
    count_decisions(services, new)


async def _retry(work: UnitOfWork, job: ChatJob, failures: Sequence[ReadFailure], at: datetime) -> None:
    """Enqueue another job for the records that may be readable later, unless there are none.

    The time between two attempts doubles while only records of the last attempt fail.
    """
    waits = {each.connection.id: each.error.retry_after_s for each in failures if isinstance(each.error, Unavailable)}
    if not waits:
        return
    retries = job.retries + 1 if waits.keys() <= {*job.unread} else 0
    due_at = _RETRIES.next_attempt_at(at, retries, max(each or 0.0 for each in waits.values()))
    again = replace(job, retries=retries, unread=tuple(sorted(waits)))
    await work.inbox.enqueue(again, at=at, due_at=due_at)


async def _find(services: Services, chat: ChatId, *, held_only: bool, said: str) -> _Found:
    async with services.store.reading() as work:
        connections = await work.connections.for_chat(chat)
        held = await work.decisions.open_in_chat(chat)
        stored_chat = await work.chats.get(chat)
    holding = {each.connection for each in held}
    wanted = [each for each in connections if not held_only or each.id in holding]
    records, failures = await read_current_records(services, wanted)
    if failures and not records and not said:
        raise failures[0].error
    absent_owners = await find_absent_owners(services, stored_chat, records) if stored_chat else {}
    return _Found(
        chat=stored_chat,
        records=records,
        failures=failures,
        absent_owners=absent_owners,
        held=frozenset(each.id for each in held),
        held_only=held_only,
        said=said,
        accounts=await _accounts(services, stored_chat, records),
        languages=await load_chat_languages(services),
    )


async def _accounts(services: Services, chat: Chat | None, records: Sequence[CurrentRecord]) -> tuple[str, ...] | None:
    if chat is None or not any(each.record_type.tell_each for each in records):
        return None
    return (await services.roster_cache.accounts_by_chat([chat]))[chat.id]


async def _report(
    services: Services,
    work: UnitOfWork,
    found: _Found,
    locked: LockedChat,
    records: Sequence[CurrentRecord],
    *,
    at: datetime,
) -> MissedDecisions:
    """Enqueue the cards, and store the decisions and the values that the chat knows from now on."""
    if not found.chat:
        return MissedDecisions()
    rulebook = await load_rulebook(work, [(each.record_type, each.connection) for each in records], at, locked.held)
    missed, decisions = await _decide(work, found, rulebook, records)
    deleted = [each.connection for each in records if each.row is None]
    failed = [each.connection for each in found.failures if each.connection.id in locked.to_check]
    summary = Summary(
        told=decisions.in_order,
        deleted=deleted,
        unreadable=[] if found.held_only else failed,
        title=_title(decisions),
        lead=found.said,
        accounts=found.accounts,
    )
    rules, rest = rulebook.chats.get(found.chat.id), _without_card(found, decisions)
    t = found.languages.of_rules(rules) if rules else await found.languages.of_chat(work, found.chat.id)
    messages = await summary_messages(services, work, found.chat, summary, at, t)
    if found.said and not messages:
        messages = [unmuted_notice(found.chat, found.said, rest, at, t)]
    await work.outbox.enqueue(messages, at=at)
    await work.reported_values.save(decisions.values)
    await work.reported_values.add(
        {(each.connection.id, name): value for each in missed for name, value in each.taken.items()}
    )
    await update_live_cards(work, list(map(live_change, decisions.live)), at=at)
    await store_held(work, decisions, at)
    shown = (*decisions.in_order, *decisions.live)
    await store_names(work, [(each.connection, each.record.table, each.row) for each in shown])
    return decisions


async def _decide(
    work: UnitOfWork, found: _Found, rulebook: Rulebook, records: Sequence[CurrentRecord]
) -> tuple[Sequence[MissedNews], MissedDecisions]:
    stored = await work.reported_values.for_connections([each.connection.id for each in records])
    missed = [
        missed_news(
            each,
            each.row,
            stored.get(each.connection.id, {}),
            found.absent_owners.get(each.connection.id),
            rulebook.held.get(each.connection.id, ()),
        )
        for each in records
        if each.row is not None
    ]
    return missed, decide_missed(missed, rulebook)


def _without_card(found: _Found, decisions: MissedDecisions) -> str:
    """Return the sentence that says why the end of a mute posts no card about changes."""
    if found.failures:
        return text("Changes follow as soon as Dynamics 365 can be read.")
    if any(each.reason is Reason.MUTE for each in decisions.postponed.values()):
        return text("Changes wait, because another mute is active.")
    if decisions.postponed:
        return text("Changes wait until quiet hours end or the digest is posted.")
    return text("The live card shows what changed.") if decisions.live else text("Nothing changed in the meantime.")


def _title(decisions: MissedDecisions) -> str:
    """Return the title: the rule that held the changes, or that the bot was away if some of them were not held."""
    reasons = decisions.reasons
    if None in reasons or not reasons:
        return AWAY
    return _TITLES.get(next(iter(reasons)), _MIXED) if len(reasons) == 1 else _MIXED


def _merge_event(connection: Connection, at: datetime) -> RecordEvent:
    """Return the event that Dataverse would have sent for the merge."""
    key = f"merged {connection.id} {at.isoformat()}"
    return RecordEvent(key=key, record=connection.record, at=at, changed_by=None, changes=())


async def _end_connection(work: UnitOfWork, connection: Connection, at: datetime) -> None:
    """End the connection to a deleted record. It is not known who deleted it (spec K10)."""
    if await work.connections.end(connection.id, at=at, by=None, by_name=""):
        await end_connection(work, [connection], at)
        await end_sync(work, [connection], at=at)
        await work.audit.add(AuditEntry.for_connection("record deleted", connection, at=at, by=None, by_name=""))
