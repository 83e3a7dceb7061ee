"""Decisions about changes in words (spec V11)."""

from bot.domain.notifications.decide import Reason
from bot.domain.notifications.history import Closing, StoredDecision
from bot.domain.texts import Text, text


def describe_decision(decision: StoredDecision, changes: str) -> Text:
    """Return what was decided about the changes, and how they ended if they were held."""
    decided = _decided(decision.reason, changes)
    match decision.closed_as:
        case None:
            return decided
        case Closing.POSTED:
            return text("{decision}, later posted", decision=decided)
        case Closing.CANCELED_OUT:
            return text("{decision}, later canceled out", decision=decided)
        case Closing.DROPPED:
            return text("{decision}, later dropped because of a setting", decision=decided)
        case Closing.CONNECTION_ENDED:
            return text("{decision}, dropped because the connection ended", decision=decided)


def describe_waiting(decision: StoredDecision, changes: str) -> Text:
    """Return the sentence about changes that are held, which the time of the next decision follows."""
    match decision.reason:
        case Reason.MUTE:
            return text("{changes}, held: mute.", changes=changes)
        case Reason.QUIET_HOURS:
            return text("{changes}, held: quiet hours.", changes=changes)
        case Reason.DIGEST:
            return text("{changes}, held: digest.", changes=changes)
        case _:
            return _decided(decision.reason, changes)


def _decided(reason: Reason, changes: str) -> Text:
    """Return the outcome, which follows from the rule that decided."""
    return {
        Reason.EVERY_CHANGE: text("{changes}, posted: every change", changes=changes),
        Reason.NEWS: text("{changes}, posted: news", changes=changes),
        Reason.URGENT: text("{changes}, posted: urgent rule", changes=changes),
        Reason.OWN_CARD: text("{changes}, skipped: own card", changes=changes),
        Reason.PERSON: text("{changes}, skipped: skipped person", changes=changes),
        Reason.INTEGRATION: text("{changes}, skipped: integration", changes=changes),
        Reason.VALUE_RULE: text("{changes}, skipped: value rule", changes=changes),
        Reason.LIVE_CARD: text("{changes}, updated: live card", changes=changes),
        Reason.MUTE: text("{changes}, held: mute", changes=changes),
        Reason.QUIET_HOURS: text("{changes}, held: quiet hours", changes=changes),
        Reason.DIGEST: text("{changes}, held: digest", changes=changes),
        Reason.BULK_EDIT: text("{changes}, merged: bulk edit", changes=changes),
        Reason.BUDGET: text("{changes}, merged: budget", changes=changes),
    }[reason]
