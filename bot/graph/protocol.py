"""Microsoft Graph's JSON ("Microsoft Graph REST API v1.0 reference", Teams and users). Pure."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any

from bot.domain.directory import ChatMember, DirectoryChat, DirectoryPerson, Presence, Team, TeamChannel
from bot.domain.errors import BadRequest, ChatSyncError, Conflict, NotAllowed, NotFound, Unavailable
from bot.domain.record_links import parse_guid
from bot.domain.values import ChatId, ObjectId
from bot.http.odata_errors import with_cause

NAME = "Microsoft 365"
"""What people call it."""

WHOLE_HISTORY = "0001-01-01T00:00:00Z"
"""From when on a new member sees messages: from the very first ("Add member to a chat")."""

IDS_AT_ONCE = 650
""""Get the presence of multiple users"."""

PERSON = "id,displayName,userPrincipalName,jobTitle,accountEnabled"

_NOT_SEARCHED = str.maketrans({'"': " ", "\\": " ", ":": " "})
_USER_MEMBER = "#microsoft.graph.aadUserConversationMember"
_GUEST = "guest"

# "presence: availability"; in a call is an activity of somebody who is busy.
_PRESENCE: Mapping[str, Presence] = {
    "Available": Presence.AVAILABLE,
    "AvailableIdle": Presence.AVAILABLE,
    "Busy": Presence.BUSY,
    "BusyIdle": Presence.BUSY,
    "DoNotDisturb": Presence.DO_NOT_DISTURB,
    "Away": Presence.AWAY,
    "BeRightBack": Presence.AWAY,
    "Offline": Presence.OFFLINE,
}
_CALLS = frozenset({"InACall", "InAConferenceCall"})


def new_chat_body(base: str, people: Sequence[ObjectId], topic: str | None) -> dict[str, Any]:
    """What creates a group chat: everybody who is to be in it, also who asks for it."""
    members = [_member(base, person) for person in people]
    return {"chatType": "group", **({"topic": topic} if topic else {}), "members": members}


def new_member_body(base: str, person: ObjectId) -> dict[str, Any]:
    """What adds somebody to a chat, with its whole history."""
    return {**_member(base, person), "visibleHistoryStartDateTime": WHOLE_HISTORY}


def _member(base: str, person: ObjectId) -> dict[str, Any]:
    return {"@odata.type": _USER_MEMBER, "roles": ["owner"], "user@odata.bind": f"{base}/users('{person}')"}


def installation_body(base: str, catalog_id: str, permissions: Iterable[str]) -> dict[str, Any]:
    """What installs an app: its id in the organisation's catalog, and just the permissions that its manifest asks."""
    asked = [{"permissionValue": name, "permissionType": "Application"} for name in permissions]
    return {
        "teamsApp@odata.bind": f"{base}/appCatalogs/teamsApps/{catalog_id}",
        **({"consentedPermissionSet": {"resourceSpecificPermissions": asked}} if asked else {}),
    }


def search_clause(words: str) -> str:
    """A `$search` for people whose name or address begins with the words."""
    bare = " ".join(words.translate(_NOT_SEARCHED).split())
    return " OR ".join(f'"{name}:{bare}"' for name in ("displayName", "mail", "userPrincipalName")) if bare else ""


def quote_literal(text: str) -> str:
    """A text as OData writes it in a filter."""
    return "'" + text.replace("'", "''") + "'"


def page_rows(body: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The rows of a page."""
    found = body.get("value")
    return [row for row in found if isinstance(row, dict)] if isinstance(found, list) else []


def parse_chat(body: Mapping[str, Any]) -> DirectoryChat:
    """A chat; raises `Unavailable` where the answer is none."""
    last = body.get("lastMessagePreview")
    return DirectoryChat(
        id=ChatId(required_text(body, "id")),
        topic=_text(body, "topic") or None,
        created_at=parse_instant(_text(body, "createdDateTime")),
        url=_text(body, "webUrl"),
        last_message_at=parse_instant(_text(last, "createdDateTime")) if isinstance(last, dict) else None,
        members=tuple(parse_member(each) for each in page_rows({"value": body.get("members")})),
    )


def parse_member(body: Mapping[str, Any]) -> ChatMember:
    """A member of a chat; raises `Unavailable` where the answer is none."""
    person, roles = parse_guid(_text(body, "userId")), body.get("roles")
    return ChatMember(
        membership_id=required_text(body, "id"),
        object_id=ObjectId(person) if person else None,
        name=_text(body, "displayName"),
        guest=isinstance(roles, list) and _GUEST in roles,
    )


def parse_person(body: Mapping[str, Any]) -> DirectoryPerson | None:
    """Somebody in the directory; None where the answer is no person."""
    person = parse_guid(_text(body, "id"))
    if person is None:
        return None
    return DirectoryPerson(
        id=ObjectId(person),
        name=_text(body, "displayName"),
        sign_in=_text(body, "userPrincipalName"),
        title=_text(body, "jobTitle"),
        enabled=body.get("accountEnabled") is not False,
    )


def parse_presence(body: Mapping[str, Any]) -> Presence:
    """Whether somebody can be spoken to."""
    if body.get("activity") in _CALLS:
        return Presence.IN_A_CALL
    return _PRESENCE.get(_text(body, "availability"), Presence.UNKNOWN)


def has_plan(body: Mapping[str, Any], plans: frozenset[str]) -> bool:
    """Whether one of the licences holds one of the service plans, ready to use ("List licenseDetails")."""
    held = (plan for licence in page_rows(body) for plan in page_rows({"value": licence.get("servicePlans")}))
    return any(plan.get("servicePlanName") in plans and plan.get("provisioningStatus") == "Success" for plan in held)


def parse_team(body: Mapping[str, Any]) -> Team:
    """A team; raises `Unavailable` where the answer is none."""
    return Team(id=required_text(body, "id"), name=_text(body, "displayName"))


def parse_channel(body: Mapping[str, Any]) -> TeamChannel:
    """A channel; raises `Unavailable` where the answer is none."""
    return TeamChannel(id=ChatId(required_text(body, "id")), name=_text(body, "displayName"), url=_text(body, "webUrl"))


def parse_instant(text: str) -> datetime | None:
    """The instant that a text names, in UTC; None where it names none."""
    try:
        at = datetime.fromisoformat(text)
        return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None


def required_instant(body: Mapping[str, Any], name: str) -> datetime:
    """The instant; raises `Unavailable` where the answer has none."""
    at = parse_instant(_text(body, name))
    if at is None:
        raise _unreadable()
    return at


def _text(body: Mapping[str, Any], name: str) -> str:
    value = body.get(name)
    return value if isinstance(value, str) else ""


def required_text(body: Mapping[str, Any], name: str) -> str:
    """The text; raises `Unavailable` where the answer has none."""
    text = _text(body, name)
    if not text:
        raise _unreadable()
    return text


def _unreadable() -> Unavailable:
    return Unavailable(f"{NAME} gave an answer that cannot be read.", "Try again in a moment.")


_ERRORS: Mapping[int, tuple[type[ChatSyncError], str, str]] = {
    HTTPStatus.BAD_REQUEST: (BadRequest, "Microsoft 365 did not take this.", "Change it, and try again."),
    HTTPStatus.UNAUTHORIZED: (
        Unavailable,
        "Microsoft 365 does not accept the app's sign-in.",
        "Ask an administrator to check it.",
    ),
    HTTPStatus.FORBIDDEN: (NotAllowed, "Microsoft 365 does not let the app do this.", "Ask your administrator."),
    HTTPStatus.NOT_FOUND: (NotFound, "This is not there in Microsoft 365, or not for this app.", "Look for it again."),
    HTTPStatus.CONFLICT: (Conflict, "This is there already in Microsoft 365.", "Look at it again."),
}


def parse_error(status: int, body: object, retry_after_s: float | None = None) -> ChatSyncError:
    """The error that an answer which is no success stands for."""
    kind, what, next_step = _ERRORS.get(status, (Unavailable, f"{NAME} does not answer.", "Try again in a moment."))
    return with_cause(kind(what, next_step), status, body, retry_after_s)


def missing_permission(permission: str, what: str) -> NotAllowed:
    """A refusal that names the application permission which the app lacks, and who can grant it."""
    return NotAllowed(
        f"Microsoft 365 does not let Chat Sync {what}.",
        f"Ask a Privileged Role Administrator or Global Administrator to grant it the permission {permission}.",
    )
