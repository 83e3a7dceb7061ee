"""Actions of people on the chat page: create chats, change their members, write, and press buttons."""

from collections.abc import Mapping
from http import HTTPStatus

import orjson
from aiohttp import web

from bot.sandbox.pages.json_requests import Answer, Body, RequestRefused, json_action
from bot.sandbox.pages.links import path
from bot.sandbox.teams.activity_sender import BotAnswer
from bot.sandbox.teams.channels import TEAM_ID
from bot.sandbox.teams.chats import (
    MAX_MEMBERS,
    MAX_TOPIC_LENGTH,
    Conversation,
    find_chat,
    find_member,
    find_message,
    has_app,
    is_topic,
    is_visible,
    members_of,
    people_in,
)
from bot.sandbox.teams.client_actions import INVOKES, Draft, InvokeRequest, invoke, write
from bot.sandbox.teams.envelopes import Client
from bot.sandbox.teams.people import DIRECTORY, SampleUser
from bot.sandbox.teams.sample_organization import TEAMS, SampleOrganization
from bot.sandbox.values import Json, Row

MAX_TEXT_LENGTH = 10_000
MAX_CARD_BYTES = 28_000
"""Bytes of a card that a person posts ("Message size limits")."""
_MAX_ID_LENGTH = 200
_UNREACHABLE = "{app} did not answer. Check that it runs, and try again."
_REJECTED = "{app} refused the request (HTTP {status})."


@json_action
async def create_chat(request: web.Request, body: Body) -> Answer:
    """Create a group chat, or open a person's chat with the bot; return the address of its page."""
    teams, person = request.app[TEAMS], _person(body, "person")
    if body.values.get("personal") is True:
        chat = await teams.open_personal_chat(person)
    else:
        topic = body.text("topic", limit=MAX_TOPIC_LENGTH).strip()
        people = [_found_user(each) for each in dict.fromkeys([person.id, *body.texts("people")])]
        chat = await teams.create(people, _topic(topic) if topic else None)
        if body.values.get("app") is True:
            await teams.install(chat.id)
    return {"page": path(request, "chat", chat=chat.id)}


@json_action
async def write_message(request: web.Request, body: Body) -> Answer:
    """Post a message, or send a button's data."""
    teams, conversation, person = _acting(request, body)
    card = body.values.get("card")
    draft = Draft(
        text=body.text("text", limit=MAX_TEXT_LENGTH).strip(),
        card=_card(card) if card is not None else "",
        reply_to=_existing(teams, conversation, person, body.number("replyTo")),
        sent=body.text("sent", limit=MAX_TEXT_LENGTH).strip(),
        value=body.values.get("value"),
        client=_client(body),
    )
    if not (draft.text or draft.card or draft.sent) and draft.value is None:
        raise RequestRefused("Write something first.")
    answer = await write(teams, conversation, person, draft)
    return {} if answer is None or answer.ok else {"notice": _failure(conversation, answer)}


@json_action
async def send_invoke(request: web.Request, body: Body) -> Answer:
    """Send an invoke; return the bot's answer."""
    teams, conversation, person = _acting(request, body)
    name, value = body.text("name", limit=_MAX_ID_LENGTH), body.values.get("value")
    if name not in INVOKES or not isinstance(value, Mapping):
        raise RequestRefused("The sandbox does not send this invoke.")
    message = _existing(teams, conversation, person, body.number("message"))
    pressed = InvokeRequest(name=name, value=value, message=message, client=_client(body))
    answer = await invoke(teams, conversation, person, pressed)
    if not answer.ok:
        raise RequestRefused(_failure(conversation, answer), HTTPStatus.BAD_GATEWAY)
    return {"answer": answer.body}


def _client(body: Body) -> Client:
    return Client(
        time_zone=body.text("timeZone", limit=_MAX_ID_LENGTH), language=body.text("language", limit=_MAX_ID_LENGTH)
    )


@json_action
async def change_members(request: web.Request, body: Body) -> Answer:
    """Add a person to a group chat or remove one."""
    teams, chat = request.app[TEAMS], _group_chat(request)
    user = _person(body, "user")
    membership = find_member(teams.rows, chat.id, user.id)
    if body.values.get("member") is True:
        if membership is None:
            await teams.add(chat, _found_user(user.id, room=MAX_MEMBERS - len(members_of(teams.rows, chat.id))), None)
    elif membership:
        await teams.remove(chat, membership)
    return {}


@json_action
async def rename_chat(request: web.Request, body: Body) -> Answer:
    """Rename a group chat."""
    chat = _group_chat(request)
    await request.app[TEAMS].rename(chat, _topic(body.text("topic", limit=MAX_TOPIC_LENGTH)))
    return {}


@json_action
async def change_app(request: web.Request, body: Body) -> Answer:
    """Install the app in a chat or in the channel's team, or remove it."""
    teams, conversation = request.app[TEAMS], _conversation(request)
    chat_or_team = TEAM_ID if conversation.kind == "channel" else conversation.id
    is_wanted = body.values.get("installed") is True
    if is_wanted != has_app(teams.rows, chat_or_team):
        await (teams.install(chat_or_team) if is_wanted else teams.remove_app(chat_or_team))
    return {}


def _conversation(request: web.Request) -> Conversation:
    """Return the conversation in the path. Raise `RequestRefused` if people don't use it here."""
    teams = request.app[TEAMS]
    conversation = teams.conversation(request.match_info["chat"])
    if conversation is None:
        raise RequestRefused("This chat does not exist.", HTTPStatus.NOT_FOUND)
    if not teams.is_own(conversation):
        raise RequestRefused("This chat is in another client. Use it there.", HTTPStatus.CONFLICT)
    return conversation


def _group_chat(request: web.Request) -> Row:
    conversation = _conversation(request)
    chat = find_chat(request.app[TEAMS].rows, conversation.id)
    if chat is None or conversation.kind != "group":
        raise RequestRefused("Only group chats can be changed.", HTTPStatus.CONFLICT)
    return chat


def _acting(request: web.Request, body: Body) -> tuple[SampleOrganization, Conversation, SampleUser]:
    """Return the conversation and the person who acts in it, who must be a member."""
    teams, conversation, person = request.app[TEAMS], _conversation(request), _person(body, "person")
    if person not in people_in(teams.rows, conversation.id):
        raise RequestRefused(f"{person.name} is not in this chat.", HTTPStatus.FORBIDDEN)
    return teams, conversation, person


def _person(body: Body, name: str) -> SampleUser:
    user = DIRECTORY.get(body.text(name, limit=_MAX_ID_LENGTH))
    if user is None:
        raise RequestRefused("This person does not exist.", HTTPStatus.NOT_FOUND)
    return user


def _found_user(user_id: str, *, room: int = MAX_MEMBERS) -> SampleUser:
    """Return a person whom Teams lets into a chat."""
    user = DIRECTORY.get(user_id)
    if user is None:
        raise RequestRefused("This person does not exist.", HTTPStatus.NOT_FOUND)
    if not user.enabled:
        raise RequestRefused(f"The account of {user.name} is disabled.", HTTPStatus.CONFLICT)
    if room <= 0:
        raise RequestRefused("The chat already has the maximum number of members.", HTTPStatus.CONFLICT)
    return user


def _topic(text: str) -> str:
    if not is_topic(text):
        raise RequestRefused(f"A name must have 1 to {MAX_TOPIC_LENGTH} characters and no colon.")
    return text


def _existing(
    teams: SampleOrganization, conversation: Conversation, person: SampleUser, number: int | None
) -> int | None:
    row = find_message(teams.rows, conversation.id, number) if number is not None else None
    if number is not None and (row is None or not is_visible(row, person.id, teams.now())):
        raise RequestRefused("This message does not exist anymore.", HTTPStatus.NOT_FOUND)
    return number


def _card(card: Json) -> str:
    text = orjson.dumps(card)
    if not isinstance(card, Mapping) or len(text) > MAX_CARD_BYTES:
        raise RequestRefused("This is not a card that can be posted.")
    return text.decode()


def _failure(conversation: Conversation, answer: BotAnswer) -> str:
    template = _REJECTED if answer.status else _UNREACHABLE
    return template.format(app=conversation.bot_name, status=answer.status)
