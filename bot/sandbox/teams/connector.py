"""The Bot Connector for the sandbox's chats, which the bot posts to ("Bot Connector API reference")."""

from dataclasses import replace
from http import HTTPStatus

import orjson
from aiohttp import web

from bot.sandbox.refusals import ServiceError
from bot.sandbox.teams.channels import TEAM_ID, find_channel
from bot.sandbox.teams.chats import Content, find_chat, find_message, has_app, people_in
from bot.sandbox.teams.envelopes import message_id, message_number
from bot.sandbox.teams.people import SampleUser, find_user
from bot.sandbox.teams.sample_organization import TEAMS, SampleOrganization
from bot.sandbox.values import Json

MAX_MESSAGE_BYTES = 100_000
"""Message size limit ("Message size limits")."""


THREAD = ";messageid="
"""Separator between a channel's ID and the ID of the post whose thread is meant."""


class ConnectorError(ServiceError):
    """A Bot Connector error with its HTTP status and error code."""

    def __init__(self, status: HTTPStatus, code: str) -> None:
        super().__init__(status, code, f"{code} happened.")


async def connector(request: web.Request) -> web.Response:
    """Handle a request to the Bot Connector. Raise `ConnectorError` if it is rejected."""
    teams = request.app[TEAMS]
    match request.method, request.match_info["path"].split("/"):
        case "POST", ["conversations", conversation, "activities", *reply] if len(reply) <= 1:
            return await _post(request, teams, conversation)
        case "PUT", ["conversations", conversation, "activities", activity]:
            return await _edit(request, teams, conversation, activity)
        case "DELETE", ["conversations", conversation, "activities", activity]:
            return await _delete(request, teams, conversation, activity)
        case "GET", ["conversations", conversation, "members"]:
            return web.json_response([_account(user) for user in _members(teams, conversation)])
        case "GET", ["conversations", conversation, "pagedmembers"]:
            return web.json_response({"members": [_account(user) for user in _members(teams, conversation)]})
        case "GET", ["conversations", conversation, "members", user_id]:
            members, user = _members(teams, conversation), find_user(user_id)
            if user not in members:
                raise ConnectorError(HTTPStatus.NOT_FOUND, "MemberNotFoundInConversation")
            return web.json_response(_account(user))
    raise ConnectorError(HTTPStatus.NOT_IMPLEMENTED, "NotImplemented")


async def _post(request: web.Request, teams: SampleOrganization, conversation: str) -> web.Response:
    channel, _, root = conversation.partition(THREAD)
    _require_bot(teams, channel)
    activity = await _activity(request)
    addressee = _addressee(request, teams, channel, activity)
    content = replace(_content(activity), reply_to=message_number(root), addressee=addressee)
    number = await teams.post(channel, content)
    return web.json_response({"id": message_id(number)}, status=HTTPStatus.CREATED)


async def _edit(request: web.Request, teams: SampleOrganization, conversation: str, activity: str) -> web.Response:
    channel, number = conversation.partition(THREAD)[0], message_number(activity)
    _require_bot(teams, channel)
    edited = await _activity(request)
    if _is_targeted(request) and "recipient" in edited:
        raise ConnectorError(HTTPStatus.BAD_REQUEST, "BadArgument")
    _require_same_flag(request, teams, channel, number)
    if number is None or not await teams.edit(channel, number, _content(edited)):
        raise ConnectorError(HTTPStatus.NOT_FOUND, "ActivityNotFoundInConversation")
    return web.json_response({"id": activity})


async def _delete(request: web.Request, teams: SampleOrganization, conversation: str, activity: str) -> web.Response:
    channel, number = conversation.partition(THREAD)[0], message_number(activity)
    _require_bot(teams, channel)
    _require_same_flag(request, teams, channel, number)
    if number is None or not await teams.delete(channel, number):
        raise ConnectorError(HTTPStatus.NOT_FOUND, "ActivityNotFoundInConversation")
    return web.Response()


def _is_targeted(request: web.Request) -> bool:
    """Return True if the request is about a targeted message. Nothing in the ID of the message says so."""
    return request.query.get("isTargetedActivity", "").lower() == "true"


def _addressee(request: web.Request, teams: SampleOrganization, channel: str, activity: dict[str, Json]) -> str:
    """Return the Entra object ID of the only person who sees the activity, or an empty string if everyone does."""
    recipient = activity.get("recipient")
    named = recipient if isinstance(recipient, dict) else {}
    if _is_targeted(request) != (named.get("isTargeted") is True):
        raise ConnectorError(HTTPStatus.BAD_REQUEST, "BadArgument")
    if not _is_targeted(request):
        return ""
    conversation = teams.conversation(channel)
    if conversation is None or conversation.kind == "oneOnOne":
        raise ConnectorError(HTTPStatus.BAD_REQUEST, "BadArgument")
    user = find_user(str(named.get("id", "")))
    if user is None or user not in _members(teams, channel):
        raise ConnectorError(HTTPStatus.FORBIDDEN, "BotNotInConversationRoster")
    return user.id


def _require_same_flag(request: web.Request, teams: SampleOrganization, channel: str, number: int | None) -> None:
    """Raise `ConnectorError` if only one of the request and the message is targeted."""
    row = find_message(teams.rows, channel, number) if number is not None else None
    if row and bool(row.text("addressee")) != _is_targeted(request):
        raise ConnectorError(HTTPStatus.BAD_REQUEST, "BadArgument")


async def _activity(request: web.Request) -> dict[str, Json]:
    """Return the activity in the request."""
    content = await request.read()
    if len(content) > MAX_MESSAGE_BYTES:
        raise ConnectorError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "MessageSizeTooBig")
    try:
        activity = orjson.loads(content)
    except orjson.JSONDecodeError:
        activity = None
    if not isinstance(activity, dict) or activity.get("type") != "message":
        raise ConnectorError(HTTPStatus.BAD_REQUEST, "BadArgument")
    return activity


def _content(activity: dict[str, Json]) -> Content:
    text = str(activity.get("text") or "")
    return Content(summary=str(activity.get("summary") or text), text=text, card=_card(activity))


def _card(activity: dict[str, Json]) -> str:
    """Return the activity's first card as JSON, or an empty string."""
    attachments = activity.get("attachments")
    first = attachments[0] if isinstance(attachments, list) and attachments else None
    return orjson.dumps(first["content"]).decode() if isinstance(first, dict) and "content" in first else ""


def _members(teams: SampleOrganization, conversation: str) -> list[SampleUser]:
    _require_bot(teams, conversation)
    return list(people_in(teams.rows, conversation.partition(THREAD)[0]))


def _require_bot(teams: SampleOrganization, conversation: str) -> None:
    """Raise `ConnectorError` if the conversation does not exist or the bot is not in it."""
    conversation = conversation.partition(THREAD)[0]
    channel = find_channel(teams.rows, conversation)
    if channel is None and find_chat(teams.rows, conversation) is None:
        raise ConnectorError(HTTPStatus.NOT_FOUND, "ConversationNotFound")
    if not has_app(teams.rows, TEAM_ID if channel else conversation):
        raise ConnectorError(HTTPStatus.FORBIDDEN, "BotNotInConversationRoster")


def _account(user: SampleUser) -> dict[str, Json]:
    given_name, _, surname = user.name.partition(" ")
    return {
        "id": user.account,
        "name": user.name,
        "givenName": given_name,
        "surname": surname,
        "email": user.mail,
        "userPrincipalName": user.address,
        "userRole": "guest" if user.guest else "user",
        "aadObjectId": user.id,
    }
