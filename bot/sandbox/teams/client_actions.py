"""Actions of people in a Teams client: write, press a button, search. Each goes to the bot as Teams sends it."""

import html
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote

from bot.sandbox.teams.activity_sender import BotAnswer
from bot.sandbox.teams.channels import TEAM_ID
from bot.sandbox.teams.chats import Content, Conversation, find_message, has_app
from bot.sandbox.teams.envelopes import (
    ADAPTIVE,
    NO_CLIENT,
    Client,
    bot_account,
    client_info,
    envelope,
    message_id,
    with_mention,
)
from bot.sandbox.teams.people import DIRECTORY, SampleUser
from bot.sandbox.teams.sample_organization import SampleOrganization
from bot.sandbox.values import Json, Row

INVOKES = frozenset(
    {
        "adaptiveCard/action",
        "application/search",
        "composeExtension/fetchTask",
        "composeExtension/query",
        "composeExtension/queryLink",
        "composeExtension/submitAction",
        "task/fetch",
        "task/submit",
    }
)
"""Invokes that a client sends ("Invoke activities")."""
_MESSAGE_LINKS = "https://teams.microsoft.com/l/message"
_FROM_MESSAGE = frozenset({"composeExtension/fetchTask", "composeExtension/submitAction"})
"""Invokes of action commands, which can be opened from a message."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A message before it is sent."""

    text: str = ""
    card: str = ""
    """Card that the bot suggested for a link or a search, as JSON, or empty."""
    reply_to: int | None = None
    sent: str = ""
    """Text that a button sends to the bot, which can differ from the text that the chat shows."""
    value: Json = None
    """Data of a button that sends a message."""
    client: Client = NO_CLIENT


@dataclass(frozen=True, slots=True, kw_only=True)
class InvokeRequest:
    """An invoke before it is sent."""

    name: str
    value: Mapping[str, Json]
    message: int | None = None
    """Number of the message that the button or the command belongs to."""
    client: Client = NO_CLIENT


async def write(
    teams: SampleOrganization, conversation: Conversation, person: SampleUser, draft: Draft
) -> BotAnswer | None:
    """Post a person's message. Return the bot's answer, or None if the bot does not get the message.

    In chats with other people, the bot gets only messages that mention it. Buttons always reach it.
    """
    number = None
    if draft.text or draft.card:
        content = Content(text=draft.text, card=draft.card, author=person.id, reply_to=draft.reply_to)
        number = await teams.post(conversation.id, content)
    text = draft.sent or draft.text
    message, mentions = with_mention(text, bot_account(conversation))
    is_meant = conversation.kind == "oneOnOne" or bool(mentions)
    is_sent = (is_meant and bool(text)) or bool(draft.sent) or draft.value is not None
    if not is_sent or teams.activity_sender is None or not _has_bot(teams, conversation):
        return None
    activity = {
        **_envelope(teams, conversation, person, number if number is not None else draft.reply_to),
        "type": "message",
        "locale": draft.client.locale,
        **(message if text else {}),
        "entities": [*mentions, *client_info(draft.client)],
        **({"id": message_id(number)} if number is not None else {}),
        **({"replyToId": message_id(draft.reply_to)} if draft.reply_to is not None else {}),
        **({"value": draft.value} if draft.value is not None else {}),
    }
    return await teams.activity_sender.send(activity)


async def invoke(
    teams: SampleOrganization, conversation: Conversation, person: SampleUser, request: InvokeRequest
) -> BotAnswer:
    """Send an invoke of a person, and return the answer, which only this person sees."""
    if teams.activity_sender is None:
        return BotAnswer()
    row = find_message(teams.rows, conversation.id, request.message) if request.message is not None else None
    value = dict(request.value)
    if row and request.name in _FROM_MESSAGE:
        value["messagePayload"] = _payload(conversation, row)
    activity = {
        **_envelope(teams, conversation, person, request.message),
        "type": "invoke",
        "name": request.name,
        "locale": request.client.locale,
        "entities": client_info(request.client),
        "value": value,
        **({"replyToId": message_id(request.message)} if row and request.message is not None else {}),
    }
    return await teams.activity_sender.send(activity)


def _envelope(
    teams: SampleOrganization, conversation: Conversation, person: SampleUser, number: int | None
) -> dict[str, Json]:
    """Return the shared parts of an activity about this message, with its thread if it is in a channel."""
    row = find_message(teams.rows, conversation.id, number) if number is not None else None
    if row is None or conversation.kind != "channel":
        return envelope(conversation, sender=person)
    replied_to = row.number("replyTo")
    return envelope(conversation, sender=person, root=replied_to if replied_to is not None else row.number("number"))


def _has_bot(teams: SampleOrganization, conversation: Conversation) -> bool:
    return has_app(teams.rows, TEAM_ID if conversation.kind == "channel" else conversation.id)


def _payload(conversation: Conversation, row: Row) -> Mapping[str, Json]:
    """Return the message as action commands get it ("Create and send the dialog")."""
    author = DIRECTORY.get(row.text("author"))
    identity = message_id(row.number("number") or 0)
    card = row.text("card")
    sender: Mapping[str, Json] = (
        {"user": {"userIdentityType": "aadUser", "id": author.id, "displayName": author.name}}
        if author
        else {
            "application": {
                "applicationIdentityType": "bot",
                "id": conversation.bot_id[3:],
                "displayName": conversation.bot_name,
            }
        }
    )
    content = html.escape(row.text("text") or row.text("summary"), quote=False).replace("\n", "<br>")
    return {
        "id": identity,
        "messageType": "message",
        "createdDateTime": row.text("at"),
        "deleted": False,
        "importance": "normal",
        "locale": "en-us",
        "linkToMessage": f"{_MESSAGE_LINKS}/{quote(conversation.id, safe='')}/{quote(identity, safe='')}",
        "from": {"device": None, "conversation": None, **sender},
        "body": {"contentType": "html", "content": f"<p>{content}</p>"},
        "attachments": [{"id": "1", "contentType": ADAPTIVE, "content": card}] if card else [],
        "mentions": [],
        "reactions": [],
    }
