"""Why something did not get through, in a person's words; logs and the store keep the code that the system gave."""

import re

_OF_CHATS = {
    "BotNotInConversationRoster": "the app is not in this chat any more",
    "BotDisabledByAdmin": "an administrator has turned the app off",
    "ConversationNotFound": "Teams does not know this chat any more",
    "ConversationBlockedByUser": "the app has been blocked",
    "MessageWritesBlocked": "the app may not write in this chat",
    "ForbiddenOperationException": "the app may not write in this chat",
}
_OF_STATUSES = {
    408: "Teams does not answer",
    412: "Teams is busy",
    413: "Teams finds it too large",
    429: "Teams limits how much the app may write",
}
_SERVER_ERRORS = range(500, 600)


def is_chat_failure(reason: str) -> bool:
    """Whether it was the chat that could not be reached: what was meant for it is summed up when it can be again."""
    return reason in _OF_CHATS


def describe_failure(reason: str) -> str:
    """The words for a reason with which a message was kept back: a code of Teams, or a status and a code."""
    if reason in _OF_CHATS:
        return _OF_CHATS[reason]
    if reason.startswith("no answer"):
        return _OF_STATUSES[408]
    found = re.match(r"status (\d{3})\b", reason)
    status = int(found.group(1)) if found else 0
    if status in _SERVER_ERRORS:
        return "Teams has trouble"
    return _OF_STATUSES.get(status, "Teams refuses it")


def describe_event_failure(reason: str) -> str:
    """The same for a reason for which nothing followed from an event: an error of ours says what happened itself."""
    _, known, words = reason.partition(": ")
    return words if known else "Something went wrong; your administrator finds it in the log."
