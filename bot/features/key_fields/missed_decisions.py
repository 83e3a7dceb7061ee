"""Decide about what a chat did not hear of its records, and about its held changes whose time has come (spec V1)."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from bot.domain.catch_up import MissedChange
from bot.domain.formatting import canonical_value
from bot.domain.key_fields import ReportedValue
from bot.domain.notifications.condition_rules import hidden_columns
from bot.domain.notifications.conditions import ValueChange
from bot.domain.notifications.decide import Authors, Change, Decision, Outcome, Reason
from bot.domain.notifications.history import Closing, DecidedColumn, NewDecision, StoredDecision
from bot.domain.notifications.rules import Style
from bot.domain.tables import OWNER
from bot.domain.values import Connection, ConnectionId
from bot.features.key_fields.change_facts import decided_column, present_values
from bot.features.key_fields.missed_news import MissedNews
from bot.features.notifications.decide_changes import Rulebook, new_decision, puts_card
from bot.store.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True, kw_only=True)
class MissedDecisions:
    """The decisions about the records of a chat, and what follows from them."""

    told: list[tuple[MissedNews, Decision]] = field(default_factory=list)
    """Records for the card."""
    live: list[MissedNews] = field(default_factory=list)
    """Records whose live cards show the changes."""
    new: list[NewDecision] = field(default_factory=list)
    closed: dict[int, Closing] = field(default_factory=dict)
    """Ends of held changes."""
    reasons: set[Reason | None] = field(default_factory=set)
    """The rules that held the changes on the card. None for a record without held changes."""
    postponed: dict[int, Decision] = field(default_factory=dict)
    values: dict[tuple[ConnectionId, str], ReportedValue] = field(default_factory=dict)
    """Values that the chat knows from now on."""

    @property
    def decided(self) -> Collection[int]:
        """The held changes about which something was decided."""
        return self.closed.keys() | self.postponed.keys()

    @property
    def in_order(self) -> Sequence[MissedNews]:
        """The records for the card: questions first, because each needs an answer, then what is urgent."""
        return [
            missed
            for missed, _ in sorted(self.told, key=lambda told: (not told[0].news, told[1].reason is not Reason.URGENT))
        ]


def decide_missed(missed: Sequence[MissedNews], rulebook: Rulebook) -> MissedDecisions:
    """Return the decisions about the records, each with what the chat missed of it."""
    result = MissedDecisions()
    for each in missed:
        if each.is_reported:
            _decide(result, each, rulebook)
        else:
            _close_without_card(result, each, rulebook)
    return result


def _close_without_card(result: MissedDecisions, missed: MissedNews, rulebook: Rulebook) -> None:
    _keep(result, missed.connection, missed.lifecycle_values)
    for held in rulebook.held.get(missed.connection.id, ()):
        was_watched = any(missed.record.watch.has_begun(column.name, held.at) for column in held.columns)
        result.closed[held.id] = Closing.CANCELED_OUT if was_watched else Closing.DROPPED


def _decide(result: MissedDecisions, missed: MissedNews, rulebook: Rulebook) -> None:
    connection, held = missed.connection, rulebook.held.get(missed.connection.id, ())
    change = _change(missed, held)
    decision = rulebook.decide(connection, change, digest_is_due=_is_digest_due(held, rulebook.at))
    _keep(result, connection, missed.lifecycle_values if decision.outcome is Outcome.HELD else missed.values)
    if puts_card(decision):
        _add_to_cards(result, missed, decision, rulebook)
        result.closed.update(dict.fromkeys((each.id for each in held), Closing.POSTED))
    elif decision.outcome is Outcome.HELD:
        result.postponed.update(dict.fromkeys((each.id for each in held), decision))
    else:
        result.closed.update(dict.fromkeys((each.id for each in held), Closing.CANCELED_OUT))
    columns = _undecided_columns(missed, held, shown=puts_card(decision))
    if columns or not held:
        result.new.append(new_decision(connection, change, decision, columns, rulebook.at))


def _add_to_cards(result: MissedDecisions, missed: MissedNews, decision: Decision, rulebook: Rulebook) -> None:
    connection = missed.connection
    if missed.changes and rulebook.connections[connection.id].style is Style.LIVE:
        result.live.append(missed)
    if decision.outcome is not Outcome.UPDATED:
        result.told.append((missed, decision))
        result.reasons.update([each.reason for each in rulebook.held.get(connection.id, ())] or [None])


def _keep(result: MissedDecisions, connection: Connection, values: Mapping[str, ReportedValue]) -> None:
    result.values.update({(connection.id, name): value for name, value in values.items()})


def _is_digest_due(held: Sequence[StoredDecision], at: datetime) -> bool:
    return any(each.reason is Reason.DIGEST and each.due_at is not None and each.due_at <= at for each in held)


def _undecided_columns(missed: MissedNews, held: Sequence[StoredDecision], *, shown: bool) -> Sequence[DecidedColumn]:
    """Return the changed columns without those that an earlier decision holds."""
    decided = {column.name for each in held for column in each.columns}
    changes = [each for each in missed.changes if each.column.name not in decided]
    return [decided_column(each.column, _value_change(each), shown=shown and missed.show_values) for each in changes]


def _change(missed: MissedNews, held: Sequence[StoredDecision]) -> Change:
    columns = {each.column.name: _value_change(each) for each in missed.changes}
    authors = _authors(missed, held)
    is_handed_over = OWNER in columns and not authors.on_own_card
    return Change(
        columns={**_lifecycle_changes(missed), **columns},
        row=present_values(missed.record.table, missed.row),
        hidden=hidden_columns(missed.record.record_type, missed.record.table),
        authors=authors,
        is_news=bool(missed.news) or is_handed_over,
    )


def _value_change(change: MissedChange) -> ValueChange:
    new = canonical_value(change.column, change.new.raw)
    if change.old is None or change.column.secured:
        return ValueChange(new=new, old_is_known=False)
    return ValueChange(old=change.old.raw, new=new)


def _lifecycle_changes(missed: MissedNews) -> Mapping[str, ValueChange]:
    columns, row = missed.record.watched, missed.row
    return {
        columns[name].name: ValueChange(
            old=value.raw, new=canonical_value(columns[name], row.value(columns[name].name).raw)
        )
        for name, value in missed.lifecycle_before.items()
    }


def _authors(missed: MissedNews, held: Sequence[StoredDecision]) -> Authors:
    """Return the authors of the held changes. Who made other changes is not known."""
    decided = {column.name for each in held for column in each.columns}
    if not held or any(each.column.name not in decided for each in missed.changes):
        return Authors()
    return Authors(
        people=tuple(dict.fromkeys(person for each in held for person in each.authors.people)),
        integrations=frozenset().union(*(each.authors.integrations for each in held)),
        on_own_card=all(each.authors.on_own_card for each in held),
    )


async def store_held(work: UnitOfWork, decisions: MissedDecisions, at: datetime) -> None:
    """Store the ends and the next times of held changes."""
    for closing in dict.fromkeys(decisions.closed.values()):
        ids = [each for each, closed_as in decisions.closed.items() if closed_as is closing]
        await work.decisions.close(ids, closing, at=at)
    for next_one in dict.fromkeys(decisions.postponed.values()):
        ids = [each for each, decision in decisions.postponed.items() if decision == next_one]
        await work.decisions.postpone(ids, due_at=next_one.until, reason=next_one.reason)
