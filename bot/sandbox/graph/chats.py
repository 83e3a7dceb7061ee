"""Chats and their members."""

import re
from collections.abc import Mapping
from http import HTTPStatus
from urllib.parse import quote

from bot.sandbox.graph.errors import bad_request, conflict, forbidden, not_found, not_offered
from bot.sandbox.graph.people import named
from bot.sandbox.graph.request import NOTHING, Asked, Given, collection
from bot.sandbox.teams.chats import MEMBERS_AT_MOST, find_chat, member, members_of, messages_of
from bot.sandbox.teams.people import DIRECTORY, SampleUser
from bot.sandbox.values import Json, JsonObject, Row

LONGEST_TOPIC = 250
CHATS_ON_A_PAGE = 50

_BIND = re.compile(r"https?://[^/]+/(?:.*/)?users(?:\('([^']+)'\)|/([^/]+))")
_KIND = re.compile(r"chatType eq '(group|meeting|oneOnOne)'")
_PERSON = "#microsoft.graph.aadUserConversationMember"


async def create(asked: Asked) -> Given:
    """Create a group chat."""
    body = asked.body
    if body.get("chatType") != "group":
        raise not_offered("chats other than group chats")
    given = body.get("members")
    if not isinstance(given, list) or not given:
        raise bad_request("The property 'members' must list everybody who is to be in the chat.")
    people = [_person(each) for each in given]
    topic = body.get("topic")
    chat = await asked.teams.create(people, None if topic is None else _topic(topic))
    return Given(status=HTTPStatus.CREATED, body=_json(asked, chat))


async def read(asked: Asked) -> Given:
    """Return a chat."""
    return Given(body=_json(asked, found(asked)))


async def change(asked: Asked) -> Given:
    """Change a chat's topic. No other property can be changed."""
    if set(asked.body) - {"@odata.type"} != {"topic"}:
        raise bad_request("Only the property 'topic' of a chat can be changed.")
    return Given(body=_json(asked, await asked.teams.rename(found(asked), _topic(asked.body["topic"]))))


async def of_user(asked: Asked) -> Given:
    """Return a person's chats, starting with the newest message or event."""
    user, kinds = named(asked.path[1]), _KIND.findall(asked.query.get("$filter", ""))
    mine = [chat for chat in asked.teams.chats() if member(asked.teams.rows, chat.id, user.id)]
    chats = [chat for chat in mine if not kinds or chat.text("chatType") in kinds]
    chats.sort(key=lambda chat: _last_at(asked, chat), reverse=True)
    return collection(asked, "chats", [_json(asked, each) for each in chats[: asked.top(50, CHATS_ON_A_PAGE)]])


async def members(asked: Asked) -> Given:
    """Return a chat's members."""
    chat = found(asked)
    rows = [_member(each) for each in members_of(asked.teams.rows, chat.id)]
    return collection(asked, f"chats('{quote(chat.id)}')/members", rows)


async def add_member(asked: Asked) -> Given:
    """Add a member to a chat."""
    chat, user = found(asked), _person(asked.body)
    if member(asked.teams.rows, chat.id, user.id):
        raise conflict("The user is already a member of the chat.")
    if len(members_of(asked.teams.rows, chat.id)) >= MEMBERS_AT_MOST:
        raise bad_request("The chat has as many members as a chat can have.")
    since = asked.body.get("visibleHistoryStartDateTime")
    row = await asked.teams.add(chat, user, since if isinstance(since, str) else None)
    return Given(status=HTTPStatus.CREATED, headers={"Location": f"/chats/{quote(chat.id)}/members/{quote(row.id)}"})


async def remove_member(asked: Asked) -> Given:
    """Remove a member from a chat."""
    chat = found(asked)
    rows = [row for row in members_of(asked.teams.rows, chat.id) if row.id == asked.path[3]]
    if not rows:
        raise not_found("The member")
    await asked.teams.remove(chat, rows[0])
    return NOTHING


def found(asked: Asked) -> Row:
    """Return the chat that the request addresses. Raise `GraphError` if it does not exist."""
    chat = find_chat(asked.teams.rows, asked.path[1])
    if chat is None:
        raise not_found("The chat")
    return chat


def _person(given: Json) -> SampleUser:
    """Return the user that a member is bound to. Raise `GraphError` if the member is invalid."""
    bind = given.get("user@odata.bind") if isinstance(given, Mapping) else None
    bound = _BIND.fullmatch(bind) if isinstance(bind, str) else None
    roles = given.get("roles") if isinstance(given, Mapping) else None
    if bound is None or not isinstance(given, Mapping) or given.get("@odata.type") != _PERSON:
        raise bad_request("Each member needs '@odata.type' and 'user@odata.bind'.")
    if roles not in (["owner"], ["guest"]):
        raise bad_request("Each member needs the role 'owner' or 'guest'.")
    user = named(bound[1] or bound[2])
    if not user.enabled:
        raise forbidden("The user's account is disabled.")
    return user


def _topic(given: Json) -> str:
    if not isinstance(given, str) or not given.strip() or ":" in given or len(given) > LONGEST_TOPIC:
        raise bad_request(f"A topic has 1 to {LONGEST_TOPIC} characters and no ':'.")
    return given


def _json(asked: Asked, chat: Row) -> JsonObject:
    expanded = asked.query.get("$expand", "")
    rows = members_of(asked.teams.rows, chat.id)
    return {
        "id": chat.id,
        "topic": chat.text("topic") or None,
        "createdDateTime": chat.text("createdDateTime"),
        "lastUpdatedDateTime": chat.text("lastUpdatedDateTime"),
        "chatType": chat.text("chatType"),
        "tenantId": chat.text("tenantId"),
        "webUrl": f"{asked.teams.settings.url}/chats/{quote(chat.id)}",
        **({"members": [_member(each) for each in rows]} if "members" in expanded else {}),
        **({"lastMessagePreview": _last(asked, chat)} if "lastMessagePreview" in expanded else {}),
    }


def _last(asked: Asked, chat: Row) -> JsonObject | None:
    """Return the newest message in the format of a chat list."""
    newest = next(iter(messages_of(asked.teams.rows, chat.id)), None)
    return (
        {"id": newest.id, "createdDateTime": newest.text("at"), "isDeleted": False, "messageType": "message"}
        if newest
        else None
    )


def _last_at(asked: Asked, chat: Row) -> str:
    newest = next(iter(messages_of(asked.teams.rows, chat.id)), None)
    return newest.text("at") if newest else chat.text("createdDateTime")


def _member(row: Row) -> JsonObject:
    user = DIRECTORY[row.text("userId")]
    return {
        "@odata.type": _PERSON,
        "id": row.id,
        "roles": [row.text("role")],
        "displayName": user.name,
        "visibleHistoryStartDateTime": row.text("visibleHistoryStartDateTime") or None,
        "userId": user.id,
        "email": user.address,
        "tenantId": None,
    }
