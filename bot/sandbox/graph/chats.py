"""Chats and their members."""

import re
from collections.abc import Mapping
from http import HTTPStatus
from urllib.parse import quote

from bot.sandbox.graph.errors import bad_request, conflict, forbidden, not_found, not_implemented
from bot.sandbox.graph.people import require_user
from bot.sandbox.graph.request import NO_CONTENT, GraphRequest, GraphResponse, collection
from bot.sandbox.teams.chats import (
    MAX_MEMBERS,
    MAX_TOPIC_LENGTH,
    find_chat,
    find_member,
    is_topic,
    members_of,
    messages_of,
)
from bot.sandbox.teams.people import DIRECTORY, SampleUser
from bot.sandbox.values import Json, JsonObject, Row

MAX_CHATS_PER_PAGE = 50

_BIND = re.compile(r"https?://[^/]+/(?:.*/)?users(?:\('([^']+)'\)|/([^/]+))")
_CHAT_TYPE = re.compile(r"chatType eq '(group|meeting|oneOnOne)'")
_PERSON = "#microsoft.graph.aadUserConversationMember"


async def create(request: GraphRequest) -> GraphResponse:
    """Create a group chat."""
    body = request.body
    if body.get("chatType") != "group":
        raise not_implemented("chats other than group chats")
    members = body.get("members")
    if not isinstance(members, list) or not members:
        raise bad_request("The property 'members' must list all members of the chat.")
    people = [_bound_user(each) for each in members]
    topic = body.get("topic")
    chat = await request.teams.create(people, None if topic is None else _topic(topic))
    return GraphResponse(status=HTTPStatus.CREATED, body=_chat_json(request, chat))


async def read(request: GraphRequest) -> GraphResponse:
    """Return a chat."""
    return GraphResponse(body=_chat_json(request, require_chat(request)))


async def update(request: GraphRequest) -> GraphResponse:
    """Change a chat's topic. No other property can be changed."""
    if set(request.body) - {"@odata.type"} != {"topic"}:
        raise bad_request("Only the property 'topic' of a chat can be changed.")
    return GraphResponse(
        body=_chat_json(request, await request.teams.rename(require_chat(request), _topic(request.body["topic"])))
    )


async def list_for_user(request: GraphRequest) -> GraphResponse:
    """Return a person's chats, starting with the newest message or event."""
    user, chat_types = require_user(request.path[1]), _CHAT_TYPE.findall(request.query.get("$filter", ""))
    joined = [chat for chat in request.teams.chats() if find_member(request.teams.rows, chat.id, user.id)]
    chats = [chat for chat in joined if not chat_types or chat.text("chatType") in chat_types]
    chats.sort(key=lambda chat: _last_activity_at(request, chat), reverse=True)
    return collection(
        request, "chats", [_chat_json(request, each) for each in chats[: request.top(50, MAX_CHATS_PER_PAGE)]]
    )


async def list_members(request: GraphRequest) -> GraphResponse:
    """Return a chat's members."""
    chat = require_chat(request)
    rows = [_member_json(each) for each in members_of(request.teams.rows, chat.id)]
    return collection(request, f"chats('{quote(chat.id)}')/members", rows)


async def add_member(request: GraphRequest) -> GraphResponse:
    """Add a member to a chat."""
    chat, user = require_chat(request), _bound_user(request.body)
    if find_member(request.teams.rows, chat.id, user.id):
        raise conflict("The user is already a member of the chat.")
    if len(members_of(request.teams.rows, chat.id)) >= MAX_MEMBERS:
        raise bad_request("The chat already has the maximum number of members.")
    since = request.body.get("visibleHistoryStartDateTime")
    row = await request.teams.add(chat, user, since if isinstance(since, str) else None)
    return GraphResponse(
        status=HTTPStatus.CREATED, headers={"Location": f"/chats/{quote(chat.id)}/members/{quote(row.id)}"}
    )


async def remove_member(request: GraphRequest) -> GraphResponse:
    """Remove a member from a chat."""
    chat = require_chat(request)
    rows = [row for row in members_of(request.teams.rows, chat.id) if row.id == request.path[3]]
    if not rows:
        raise not_found("The member")
    await request.teams.remove(chat, rows[0])
    return NO_CONTENT


def require_chat(request: GraphRequest) -> Row:
    """Return the chat that the request addresses. Raise `GraphError` if it does not exist."""
    chat = find_chat(request.teams.rows, request.path[1])
    if chat is None:
        raise not_found("The chat")
    return chat


def _bound_user(member: Json) -> SampleUser:
    """Return the user that a member is bound to. Raise `GraphError` if the member is invalid."""
    bind = member.get("user@odata.bind") if isinstance(member, Mapping) else None
    user_match = _BIND.fullmatch(bind) if isinstance(bind, str) else None
    roles = member.get("roles") if isinstance(member, Mapping) else None
    if user_match is None or not isinstance(member, Mapping) or member.get("@odata.type") != _PERSON:
        raise bad_request("Each member must have '@odata.type' and 'user@odata.bind'.")
    if roles not in (["owner"], ["guest"]):
        raise bad_request("Each member must have the role 'owner' or 'guest'.")
    user = require_user(user_match[1] or user_match[2])
    if not user.enabled:
        raise forbidden("The user's account is disabled.")
    if roles != (["guest"] if user.guest else ["owner"]):
        raise bad_request("Guests must have the role 'guest', and other members the role 'owner'.")
    return user


def _topic(topic: Json) -> str:
    if not isinstance(topic, str) or not is_topic(topic):
        raise bad_request(f"A topic must have 1 to {MAX_TOPIC_LENGTH} characters and no ':'.")
    return topic


def _chat_json(request: GraphRequest, chat: Row) -> JsonObject:
    expanded = request.query.get("$expand", "")
    rows = members_of(request.teams.rows, chat.id)
    return {
        "id": chat.id,
        "topic": chat.text("topic") or None,
        "createdDateTime": chat.text("createdDateTime"),
        "lastUpdatedDateTime": chat.text("lastUpdatedDateTime"),
        "chatType": chat.text("chatType"),
        "tenantId": chat.text("tenantId"),
        "webUrl": f"{request.teams.settings.url}/chats/{quote(chat.id)}",
        **({"members": [_member_json(each) for each in rows]} if "members" in expanded else {}),
        **({"lastMessagePreview": _last_message(request, chat)} if "lastMessagePreview" in expanded else {}),
    }


def _last_message(request: GraphRequest, chat: Row) -> JsonObject | None:
    """Return the newest message in the format of a chat list."""
    newest = _newest_message(request, chat)
    return (
        {"id": newest.id, "createdDateTime": newest.text("at"), "isDeleted": False, "messageType": "message"}
        if newest
        else None
    )


def _newest_message(request: GraphRequest, chat: Row) -> Row | None:
    """Return the newest message that all members see, or None."""
    return next((row for row in messages_of(request.teams.rows, chat.id) if not row.text("addressee")), None)


def _last_activity_at(request: GraphRequest, chat: Row) -> str:
    newest = _newest_message(request, chat)
    return newest.text("at") if newest else chat.text("createdDateTime")


def _member_json(row: Row) -> JsonObject:
    user = DIRECTORY[row.text("userId")]
    return {
        "@odata.type": _PERSON,
        "id": row.id,
        "roles": [row.text("role")],
        "displayName": user.name,
        "visibleHistoryStartDateTime": row.text("visibleHistoryStartDateTime") or None,
        "userId": user.id,
        "email": user.mail,
        "tenantId": None,
    }
