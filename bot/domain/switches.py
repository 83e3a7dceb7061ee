"""The settings that decide, at the moment of sending, whether a message that nobody asked for is sent (spec S1)."""

from collections.abc import Iterable, Mapping

from bot.domain.outgoing_messages import Subject, Switch
from bot.domain.send_outcomes import DropReason
from bot.domain.settings import EnvironmentSettings
from bot.domain.values import EnvironmentId

Settings = Mapping[EnvironmentId, EnvironmentSettings]


def drop_reason(subjects: Iterable[Subject], settings: Settings) -> DropReason | None:
    """Return the first setting that is off, or None if the message can be sent.

    `settings` contains all configured environments. In others, everything is off. Answers to people are always sent.
    """
    reasons = (_drop_reason(subject, settings) for subject in subjects)
    return next((reason for reason in reasons if reason), None)


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
    reports_changes = record_type.notify and bool(record_type.key_fields)
    return DropReason.KEY_FIELDS_OFF if subject.switch is Switch.KEY_FIELDS and not reports_changes else None
