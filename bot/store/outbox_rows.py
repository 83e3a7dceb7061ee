"""Encode and decode the rows of the outbox."""

import json
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import RowMapping

from bot.domain.outgoing_messages import (
    SUMMARY_KEY,
    OutgoingMessage,
    PendingCard,
    PendingMessage,
    Subject,
    Switch,
)
from bot.domain.posted_cards import CardKind
from bot.domain.values import EnvironmentId
from bot.logs import correlation_id
from bot.store.chats import chat_from_row
from bot.store.codecs import SUBJECTS, encode_reported
from bot.store.tables import PENDING, microseconds
from bot.tracing import traceparent


def outbox_row(message: OutgoingMessage, at: int) -> dict[str, object]:
    """Return the row of a message. `at`: the time in microseconds."""
    before = encode_reported(message.previously_reported)
    subject = message.subjects[0] if message.subjects else Subject()
    others, card = other_subjects(message), message.card
    return {
        "key": message.key,
        "lane": message.chat_id,
        "thread": message.thread,
        "connection_id": message.connection_id,
        "environment": subject.environment,
        "table": subject.table,
        "switch": subject.switch,
        "other_subjects": json.dumps(SUBJECTS.encode(others)) if others else None,
        "card_id": card.card_id if card else None,
        "card_version": card.version if card else None,
        "body": message.activity,
        "told_before": json.dumps(before) if before else None,
        "caused_at": None if message.caused_at is None else microseconds(message.caused_at),
        "correlation_id": correlation_id(),
        "trace": traceparent(),
        "received_at": at,
        "due_at": at,
        "state": PENDING,
        "attempts": 0,
    }


def other_subjects(message: OutgoingMessage) -> tuple[Subject, ...]:
    """Return the subjects for which the table has no columns: all, if the first one has columns of a record."""
    is_plain = not (message.subjects and message.subjects[0].columns)
    return message.subjects[1:] if is_plain else message.subjects


def connections_of(row: RowMapping) -> frozenset[int]:
    """Return the connections that the message is about: several for a summary."""
    named = {each for each, *_ in row["told_before"] or []}
    return frozenset(named if row["connection_id"] is None else {row["connection_id"], *named})


def is_about(subjects: Collection[Subject], kind: tuple[str, str] | None, column: str) -> bool:
    """Check whether one of the subjects is about the column of the record type."""
    same_type = [each for each in subjects if (each.environment, each.table) == kind]
    return any(not each.columns or column in each.columns for each in same_type)


def pending_message(row: RowMapping, posts: Sequence[datetime], *, disconnected: bool) -> PendingMessage:
    """Return the message of a row that was read with its chat and its card."""
    return PendingMessage(
        id=row["message_id"],
        chat=replace(chat_from_row(row), thread=row["thread"]),
        activity=row["body"],
        attempts=row["attempts"],
        enqueued_at=row["received_at"],
        correlation_id=row["correlation_id"],
        trace=row["trace"],
        # A dead letter that an operator retries counts as new.
        last_failure=row["reason"] if row["attempts"] else None,
        subjects=_subjects(row),
        disconnected=disconnected,
        is_summary=row["key"].startswith(SUMMARY_KEY),
        caused_at=row["caused_at"],
        posts=posts,
        card=None if row["card_id"] is None else _pending_card(row),
    )


def _pending_card(row: RowMapping) -> PendingCard:
    kind = CardKind(row["card_kind"]) if row["card_kind"] else None
    return PendingCard(card_id=row["card_id"], version=row["card_version"], kind=kind, activity_id=row["activity_id"])


def _subjects(row: RowMapping) -> tuple[Subject, ...]:
    environment, switch = row["environment"], row["switch"]
    if environment is None and switch is None:
        return ()
    first = Subject(
        environment=EnvironmentId(environment) if environment else None,
        table=row["table"],
        switch=Switch(switch) if switch else None,
    )
    others = SUBJECTS.decode(row["other_subjects"] or [])
    second = others[0] if others else None
    is_first = second and (second.environment, second.table, second.switch) == (environment, row["table"], switch)
    return others if is_first else (first, *others)
