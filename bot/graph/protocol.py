"""Microsoft Graph's JSON for Teams and users ("Microsoft Graph REST API v1.0 reference"). Pure."""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any

from bot.domain.directory import ChatMember, DirectoryChat, DirectoryPerson, Presence, Team, TeamChannel
from bot.domain.errors import BadRequest, ChatSyncError, Conflict, NotAllowed, NotFound, Unavailable
from bot.domain.record_links import parse_guid
from bot.domain.texts import Text, text
from bot.domain.values import ChatId, ObjectId
from bot.http.odata_errors import with_cause

NAME = "Microsoft 365"
"""The name that users know."""

WHOLE_HISTORY = "0001-01-01T00:00:00Z"
"""Lets a new member see all messages, from the very first ("Add member to a chat")."""

IDS_AT_ONCE = 650
"""Maximum number of IDs in a request ("Get the presence of multiple users")."""

PERSON = "id,displayName,userPrincipalName,mail,userType,jobTitle,accountEnabled"

_SEARCH_SYNTAX = str.maketrans({'"': " ", "\\": " ", ":": " "})
_USER_MEMBER = "#microsoft.graph.aadUserConversationMember"
_OWNER, _GUEST = "owner", "guest"
"""Roles of members of this organization, and of guests ("Create chat")."""
_WEB_ADDRESS = re.compile(r"https?://[^\s\x00-\x1f/?#][^\s\x00-\x1f]*")

# "presence: availability"; being in a call is an activity of someone who is busy.
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


def new_chat_body(
    base: str, people: Sequence[ObjectId], topic: str | None, *, guests: Collection[ObjectId] = ()
) -> dict[str, Any]:
    """Return the body that creates a group chat; `people` includes the person who requests it."""
    members = [_member(base, person, guest=person in guests) for person in people]
    return {"chatType": "group", **({"topic": topic} if topic else {}), "members": members}


def new_member_body(base: str, person: ObjectId, *, guest: bool = False) -> dict[str, Any]:
    """Return the body that adds a person to a chat, with its whole history."""
    return {**_member(base, person, guest=guest), "visibleHistoryStartDateTime": WHOLE_HISTORY}


def _member(base: str, person: ObjectId, *, guest: bool) -> dict[str, Any]:
    roles = [_GUEST if guest else _OWNER]
    return {"@odata.type": _USER_MEMBER, "roles": roles, "user@odata.bind": f"{base}/users('{person}')"}


def installation_body(base: str, catalog_id: str, permissions: Iterable[str]) -> dict[str, Any]:
    """Return the body that installs an app by its catalog ID, with exactly the permissions of its manifest."""
    consents = [{"permissionValue": name, "permissionType": "Application"} for name in permissions]
    return {
        "teamsApp@odata.bind": f"{base}/appCatalogs/teamsApps/{catalog_id}",
        **({"consentedPermissionSet": {"resourceSpecificPermissions": consents}} if consents else {}),
    }


def search_clause(words: str) -> str:
    """Return a `$search` expression for people whose name or address begins with the words."""
    plain_words = " ".join(words.translate(_SEARCH_SYNTAX).split())
    return (
        " OR ".join(f'"{name}:{plain_words}"' for name in ("displayName", "mail", "userPrincipalName"))
        if plain_words
        else ""
    )


def quote_literal(text: str) -> str:
    """Quote a text for a filter in OData."""
    return "'" + text.replace("'", "''") + "'"


def page_rows(body: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return the rows of a page."""
    found = body.get("value")
    return [row for row in found if isinstance(row, dict)] if isinstance(found, list) else []


def parse_chat(body: Mapping[str, Any]) -> DirectoryChat:
    """Parse a chat; raise `Unavailable` for anything else."""
    last = body.get("lastMessagePreview")
    return DirectoryChat(
        id=ChatId(required_text(body, "id")),
        topic=_text(body, "topic") or None,
        created_at=parse_instant(_text(body, "createdDateTime")),
        url=_web_address(body),
        last_message_at=parse_instant(_text(last, "createdDateTime")) if isinstance(last, dict) else None,
        members=tuple(parse_member(each) for each in page_rows({"value": body.get("members")})),
    )


def parse_member(body: Mapping[str, Any]) -> ChatMember:
    """Parse a member of a chat. The ID of the membership is empty if it is missing, and the person still counts."""
    person, roles = parse_guid(_text(body, "userId")), body.get("roles")
    return ChatMember(
        membership_id=_text(body, "id"),
        object_id=ObjectId(person) if person else None,
        name=_text(body, "displayName"),
        guest=isinstance(roles, list) and _GUEST in roles,
    )


def parse_person(body: Mapping[str, Any]) -> DirectoryPerson | None:
    """Parse a person of the directory; return None for anything else."""
    person = parse_guid(_text(body, "id"))
    if person is None:
        return None
    return DirectoryPerson(
        id=ObjectId(person),
        name=_text(body, "displayName"),
        sign_in=_text(body, "userPrincipalName"),
        mail=_text(body, "mail"),
        title=_text(body, "jobTitle"),
        enabled=body.get("accountEnabled") is not False,
        guest=_text(body, "userType").lower() == _GUEST,
    )


def parse_presence(body: Mapping[str, Any]) -> Presence:
    """Parse a presence."""
    if body.get("activity") in _CALLS:
        return Presence.IN_A_CALL
    return _PRESENCE.get(_text(body, "availability"), Presence.UNKNOWN)


def has_plan(body: Mapping[str, Any], plans: frozenset[str]) -> bool:
    """Return whether one of the licenses includes one of the service plans, ready to use ("List licenseDetails")."""
    held = (plan for licence in page_rows(body) for plan in page_rows({"value": licence.get("servicePlans")}))
    return any(plan.get("servicePlanName") in plans and plan.get("provisioningStatus") == "Success" for plan in held)


def parse_team(body: Mapping[str, Any]) -> Team:
    """Parse a team; raise `Unavailable` for anything else."""
    return Team(id=required_text(body, "id"), name=_text(body, "displayName"))


def parse_channel(body: Mapping[str, Any]) -> TeamChannel:
    """Parse a channel; raise `Unavailable` for anything else."""
    return TeamChannel(id=ChatId(required_text(body, "id")), name=_text(body, "displayName"), url=_web_address(body))


def parse_instant(text: str) -> datetime | None:
    """Parse a time and convert it to UTC; return None for anything else."""
    try:
        at = datetime.fromisoformat(text)
        return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None


def required_instant(body: Mapping[str, Any], name: str) -> datetime:
    """Parse a required time; raise `Unavailable` if it is missing."""
    at = parse_instant(_text(body, name))
    if at is None:
        raise _unreadable()
    return at


def _text(body: Mapping[str, Any], name: str) -> str:
    value = body.get(name)
    return value if isinstance(value, str) else ""


def _web_address(body: Mapping[str, Any]) -> str:
    """Return the address that opens the chat or channel; empty if it is not a web address, which a button needs."""
    address = _text(body, "webUrl")
    return address if _WEB_ADDRESS.fullmatch(address) else ""


def required_text(body: Mapping[str, Any], name: str) -> str:
    """Return a required text; raise `Unavailable` if it is missing."""
    text = _text(body, name)
    if not text:
        raise _unreadable()
    return text


def _unreadable() -> Unavailable:
    return Unavailable(text("{system} returned an unreadable answer.", system=NAME), "Try again in a moment.")


_ERRORS: Mapping[int, tuple[type[ChatSyncError], str, str]] = {
    HTTPStatus.BAD_REQUEST: (
        BadRequest,
        text("Microsoft 365 rejected this request."),
        text("Change your input, and try again."),
    ),
    HTTPStatus.UNAUTHORIZED: (
        Unavailable,
        text("Microsoft 365 rejected the app's sign-in."),
        text("Ask an administrator to check the app's credentials."),
    ),
    HTTPStatus.FORBIDDEN: (
        NotAllowed,
        text("Microsoft 365 does not let the app do this."),
        text("Ask your administrator."),
    ),
    HTTPStatus.NOT_FOUND: (
        NotFound,
        text("This does not exist in Microsoft 365, or the app has no access to it."),
        text("Search for it again."),
    ),
    HTTPStatus.CONFLICT: (Conflict, text("This already exists in Microsoft 365."), text("Refresh, and try again.")),
}


def parse_error(status: int, body: object, retry_after_s: float | None = None) -> ChatSyncError:
    """Map the status and body of a failed request to an error."""
    kind, what, next_step = _ERRORS.get(
        status, (Unavailable, text("{system} is not responding.", system=NAME), text("Try again in a moment."))
    )
    return with_cause(kind(what, next_step), status, body, retry_after_s)


def missing_permission(permission: str, what: Text) -> NotAllowed:
    """Return an error that names the missing application permission and who can grant it."""
    return NotAllowed(
        what,
        text(
            "Ask a Privileged Role Administrator or Global Administrator to grant it the permission {permission}.",
            permission=permission,
        ),
    )
