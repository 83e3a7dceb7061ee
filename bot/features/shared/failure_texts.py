"""Sentences for delivery failures. Logs and the store keep the original code."""

import re
from collections.abc import Mapping

from bot.domain.send_outcomes import DropReason
from bot.domain.stored_texts import restore_failure
from bot.domain.texts import text

_CHAT_FAILURES = {
    "BotNotInConversationRoster": text("The app is no longer in this chat."),
    "BotDisabledByAdmin": text("An administrator turned off the app."),
    "ConversationNotFound": text("Teams cannot find this chat."),
    "ConversationBlockedByUser": text("Someone blocked the app."),
    "MessageWritesBlocked": text("The app is not allowed to post in this chat."),
    "ForbiddenOperationException": text("The app is not allowed to post in this chat."),
}
_STATUS_FAILURES = {
    408: text("Teams is not responding."),
    412: text("Teams is busy."),
    413: text("The message is too large for Teams."),
    429: text("Teams limits how many messages the app can send."),
}
_SERVER_ERRORS = range(500, 600)
_DROPPED: Mapping[DropReason, str] = {
    DropReason.CHATS_OFF: text("The last card was not sent because chats were turned off for Dynamics 365."),
    DropReason.RECORD_TYPE_OFF: text(
        "The last card was not sent because chats were turned off for records of this type."
    ),
    DropReason.KEY_FIELDS_OFF: text(
        "The last card was not sent because cards about changes were turned off for records of this type."
    ),
    DropReason.KEY_FIELD_REMOVED: text("The last card was not sent because a field on it is no longer a key field."),
    DropReason.VALUES_FOR_EACH: text(
        "The last card was not sent because values are now shown only to people who can see them."
    ),
    DropReason.SECURED_OFF: text("The last card was not sent because values of secured fields are no longer shown."),
    DropReason.DISCONNECTED: text("The last card was not sent because a record on it was disconnected."),
}


def is_chat_failure(reason: str) -> bool:
    """Check whether the chat was unreachable. Its messages are summarized when it can be reached again."""
    return reason in _CHAT_FAILURES


def describe_failure(reason: str) -> str:
    """Return the sentence for a failed message: `reason` is a code of Teams, or a status and a code."""
    if reason in _CHAT_FAILURES:
        return _CHAT_FAILURES[reason]
    if reason.startswith("no answer"):
        return _STATUS_FAILURES[408]
    found = re.match(r"status (\d{3})\b", reason)
    status = int(found.group(1)) if found else 0
    if status in _SERVER_ERRORS:
        return text("Teams is having problems.")
    return _STATUS_FAILURES.get(status, text("Teams rejected the message."))


def describe_drop(reason: DropReason) -> str:
    """Return the sentence for a message that was not sent because of a setting or a disconnect."""
    return _DROPPED[reason]


def describe_event_failure(reason: str) -> str:
    """Return the sentence for an event that failed. The product's own errors bring their own sentence."""
    _, sentence = restore_failure(reason)
    return sentence or text("Something went wrong. Your administrator can find the cause in the log.")
