"""The settings that decide, at the moment of sending, whether a message that nobody asked for is sent (spec S1)."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from bot.domain.outgoing_messages import Subject, Switch
from bot.domain.record_types import RecordType
from bot.domain.send_outcomes import DropReason
from bot.domain.settings import EnvironmentSettings
from bot.domain.values import EnvironmentId

Settings = Mapping[EnvironmentId, EnvironmentSettings]

_REPORTED_AGAIN = (None, DropReason.KEY_FIELD_REMOVED, DropReason.VALUES_FOR_EACH, DropReason.SECURED_OFF)
"""Reasons that concern how a card shows changes: the chat still gets the changes, on another card."""


def drop_reason(subjects: Iterable[Subject], settings: Settings) -> DropReason | None:
    """Return the first setting that rules the message out, or None if the message can be sent.

    `settings` contains all configured environments. In others, everything is off. Answers to people are always sent.
    """
    reasons = (_drop_reason(subject, settings) for subject in subjects)
    return next((reason for reason in reasons if reason), None)


def reportable_subjects(subjects: Iterable[Subject], settings: Settings) -> tuple[Subject, ...]:
    """Return the subjects of a dropped message that a new summary can report, with their remaining columns."""
    found = []
    for each in subjects:
        if _drop_reason(each, settings) not in _REPORTED_AGAIN:
            continue
        kept = _remaining_columns(each, settings)
        if kept or not each.columns:
            found.append(replace(each, columns=kept))
    return tuple(found)


def _remaining_columns(subject: Subject, settings: Settings) -> tuple[str, ...]:
    if subject.environment is None or not subject.columns:
        return ()
    if subject.switch is not Switch.KEY_FIELDS:
        return subject.columns  # Values of the lifecycle, which are watched in every record type.
    key_fields = settings[subject.environment].record_type(subject.table or "").key_fields
    return tuple(column for column in subject.columns if column in key_fields)


def _drop_reason(subject: Subject, settings: Settings) -> DropReason | None:
    if subject.switch is None:
        return None
    if subject.environment is None:
        any_on = any(each.organization.chats_on for each in settings.values())
        return None if any_on else DropReason.CHATS_OFF
    found = settings.get(subject.environment)
    if found is None or not found.organization.chats_on:
        return DropReason.CHATS_OFF
    return _type_drop_reason(found, subject)


def _type_drop_reason(settings: EnvironmentSettings, subject: Subject) -> DropReason | None:
    if subject.switch is Switch.CHATS:
        return None
    record_type = settings.record_type(subject.table or "")
    if not record_type.enabled:
        return DropReason.RECORD_TYPE_OFF
    return _key_fields_drop_reason(record_type, subject) if subject.switch is Switch.KEY_FIELDS else None


def _key_fields_drop_reason(record_type: RecordType, subject: Subject) -> DropReason | None:
    if not (record_type.notify and record_type.key_fields):
        return DropReason.KEY_FIELDS_OFF
    if not set(subject.columns) <= set(record_type.key_fields):
        return DropReason.KEY_FIELD_REMOVED
    if subject.shows_values and record_type.tell_each:
        return DropReason.VALUES_FOR_EACH
    return DropReason.SECURED_OFF if subject.shows_secured and not record_type.tell_secured else None
