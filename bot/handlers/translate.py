"""Activities of the Bot Framework as values, and answers as its JSON. Pure.

Everything in an activity but its `type`, `conversation.id` and `serviceUrl` may be missing or of a wrong type.
"""

import html
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from botbuilder.schema import Activity, ActivityTypes
from orjson import Fragment

from bot.domain.object_ids import object_id
from bot.domain.surface import searched_in
from bot.domain.values import TEAMS, Chat, ChatId, ChatKind, ObjectId, Person
from cards.activity import ADAPTIVE
from cards.buttons import DIALOG
from cards.inputs import Choice
from cards.text import line

_KINDS = {"personal": ChatKind.PERSONAL, "groupChat": ChatKind.GROUP, "channel": ChatKind.CHANNEL}

_ONE_TO_ONE = re.compile(r"19:([0-9a-f-]{36})_([0-9a-f-]{36})@unq\.gbl\.spaces", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class PressedButton:
    """A button on a card and what it claims."""

    verb: str
    claims: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedPage:
    """A page of a dialog that somebody asks for, and what they filled in so far: claims, all of them."""

    page: str
    claims: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """What somebody has typed into an input that searches."""

    dataset: str
    text: str
    claims: Mapping[str, str]
    """What is filled in elsewhere on the page."""


def chat_of(activity: Activity) -> Chat:
    """The conversation in which the activity happened."""
    bot = activity.recipient
    return Chat(
        id=ChatId(activity.conversation.id.partition(";messageid=")[0]),
        kind=_kind(activity),
        channel=activity.channel_id or "",
        tenant_id=tenant_of(activity),
        service_url=activity.service_url,
        bot_id=(bot.id if bot else None) or "",
        bot_name=(bot.name if bot else None) or "",
    )


def tenant_of(activity: Activity) -> str:
    """The tenant in lower case, from where Teams puts it; empty where there is none."""
    channel_data = activity.channel_data if isinstance(activity.channel_data, dict) else {}
    named = channel_data.get("tenant")
    tenant = named.get("id") if isinstance(named, dict) else None
    if not isinstance(tenant, str) and activity.conversation is not None:
        # botbuilder's model spells it `tenantID`, Teams `tenantId`.
        tenant = activity.conversation.additional_properties.get("tenantId")
    return tenant.lower() if isinstance(tenant, str) else ""


def _kind(activity: Activity) -> ChatKind:
    """What the conversation is; outside of Teams one without a type counts as a group chat (spec C2)."""
    conversation = activity.conversation
    untyped = ChatKind.GROUP if activity.channel_id != TEAMS or conversation.is_group else ChatKind.PERSONAL
    return _KINDS.get(conversation.conversation_type or "", untyped)


def person_of(activity: Activity, stand_in: ObjectId | None) -> Person:
    """Who did it; `stand_in` is whom a person without an Entra object id acts as (the Emulator on the sandbox)."""
    sender = activity.from_property
    account_id, name = (sender.id or "", sender.name or "") if sender else ("", "")
    return Person(
        account_id=account_id,
        object_id=object_id(sender.aad_object_id if sender else None) or stand_in,
        name=name,
    )


def other_in(chat: Chat, person: Person) -> ObjectId | None:
    """The other person of a one-to-one chat, where the chat's id names the two."""
    named = _ONE_TO_ONE.fullmatch(chat.id)
    others = [object_id(each) for each in named.groups()] if named else []
    return next((each for each in others if each != person.object_id), None) if person.object_id in others else None


def is_addressed(activity: Activity) -> bool:
    """Whether a message is for the bot.

    With the permission `ChatMessage.Read.Chat` Teams sends it everything that is said in a group chat.
    """
    kind = _kind(activity)
    return activity.channel_id != TEAMS or kind is ChatKind.PERSONAL or bool(_mentions_of_bot(activity))


def said(activity: Activity) -> str:
    """The text of a message without the bot's mention, on one line."""
    text = activity.text or ""
    for mention in _mentions_of_bot(activity):
        text = text.replace(mention, " ")
    return " ".join(html.unescape(text).split())


def _mentions_of_bot(activity: Activity) -> list[str]:
    """The texts by which the message mentions the bot."""
    bot = activity.recipient.id if activity.recipient else None
    found = []
    for entity in activity.entities or []:
        extra: Mapping[str, Any] = getattr(entity, "additional_properties", None) or {}
        mentioned, text = extra.get("mentioned"), extra.get("text")
        if entity.type == "mention" and isinstance(mentioned, dict) and isinstance(text, str) and text:
            found += [text] if mentioned.get("id") == bot else []
    return found


def pressed_in_message(activity: Activity) -> PressedButton | None:
    """The button behind a message that `Action.Submit` sent; None for a message that somebody wrote."""
    return None if activity.text else _pressed(activity.value)


def pressed_in_invoke(activity: Activity) -> PressedButton | None:
    """The button behind an invoke of `Action.Execute`; None where its value has another form."""
    action = activity.value.get("action") if isinstance(activity.value, dict) else None
    if not isinstance(action, dict) or not isinstance(action.get("verb"), str):
        return None
    data = action.get("data")
    return _pressed({**(data if isinstance(data, dict) else {}), "verb": action["verb"]})


def _pressed(value: object) -> PressedButton | None:
    if not isinstance(value, dict) or not isinstance(value.get("verb"), str):
        return None
    return PressedButton(verb=value["verb"], claims=_claims(value, but="verb"))


def page_in_message(activity: Activity) -> AskedPage | None:
    """The page that a button asks for where the channel has no dialogs; None for a message that somebody wrote."""
    value = None if activity.text else activity.value
    if not isinstance(value, dict) or not isinstance(value.get(DIALOG), str):
        return None
    return AskedPage(page=value[DIALOG], claims=_claims(value, but=DIALOG))


def page_in_invoke(activity: Activity) -> AskedPage | None:
    """The page that a dialog or an action command asks for; None where the invoke names none.

    A button's data names it; an action command is opened by its own name ("Create and send the dialog").
    """
    value = activity.value if isinstance(activity.value, dict) else {}
    given = value.get("data")
    data: Mapping[Any, object] = given if isinstance(given, dict) else {}
    named = data.get(DIALOG, value.get("commandId"))
    return AskedPage(page=named, claims=_claims(data, but=DIALOG)) if isinstance(named, str) else None


def typed_in(activity: Activity) -> Typed | None:
    """What somebody typed into an input that searches; None where the invoke has another form."""
    value = activity.value if isinstance(activity.value, dict) else {}
    dataset, text = value.get("dataset"), value.get("queryText", "")
    if not isinstance(dataset, str) or not isinstance(text, str):
        return None
    given = value.get("data")
    data: Mapping[Any, object] = given if isinstance(given, dict) else {}
    name, claims = searched_in(dataset)
    return Typed(dataset=name, text=text, claims={**_claims(data, but=DIALOG), **claims})


def _claims(data: Mapping[Any, object], *, but: str) -> dict[str, str]:
    return {str(name): text for name, text in data.items() if isinstance(text, str) and name != but}


def link_of(activity: Activity) -> str | None:
    """The address that a link query asks about."""
    url = activity.value.get("url") if isinstance(activity.value, dict) else None
    return url if isinstance(url, str) else None


def bot_was_added(activity: Activity) -> bool:
    """Whether a conversation update says that the bot was added."""
    return _names_bot(activity, activity.members_added)


def bot_present(activity: Activity) -> bool | None:
    """Whether the activity says that the bot is in the chat: None for an invoke, which can come from anywhere."""
    if activity.type == ActivityTypes.invoke:
        return None
    if activity.type == ActivityTypes.installation_update:
        return not str(activity.action or "").startswith("remove")
    return not _names_bot(activity, activity.members_removed)


def _names_bot(activity: Activity, accounts: object) -> bool:
    bot = activity.recipient.id if activity.recipient else None
    listed = accounts if isinstance(accounts, list) else []
    return bot is not None and any(getattr(account, "id", None) == bot for account in listed)


def card_answer(card: Fragment) -> dict[str, Any]:
    """An invoke's answer: a card, ready to be sent, in place of the pressed one, for the person who pressed."""
    return {"statusCode": 200, "type": "application/vnd.microsoft.card.adaptive", "value": card}


def line_answer(text: str) -> dict[str, Any]:
    """An invoke's answer: a line of text for the person who pressed."""
    return {"statusCode": 200, "type": "application/vnd.microsoft.activity.message", "value": text}


def error_answer(status: int, code: str, message: str) -> dict[str, Any]:
    """An invoke's answer: what is wrong with the request."""
    return {
        "statusCode": status,
        "type": "application/vnd.microsoft.error",
        "value": {"code": code, "message": message},
    }


def extension_answer(attachments: list[dict[str, Any]]) -> dict[str, Any]:
    """A message extension's answer: these cards, or nothing where there are none."""
    return {"composeExtension": {"type": "result", "attachmentLayout": "list", "attachments": attachments}}


def page_answer(title: str, card: Fragment, height: str) -> dict[str, Any]:
    """An invoke's answer: the page that the dialog shows next."""
    shown = {"title": title, "height": height, "width": "medium", "card": {"contentType": ADAPTIVE, "content": card}}
    return {"task": {"type": "continue", "value": shown}}


def last_line_answer(text: str) -> dict[str, Any]:
    """An invoke's answer: the dialog shows this and is over."""
    return {"task": {"type": "message", "value": text}}


def choices_answer(choices: Iterable[Choice]) -> dict[str, Any]:
    """An invoke's answer: what fits the text that was typed."""
    results = [{"title": line(each.title), "value": each.value} for each in choices]
    return {"type": "application/vnd.microsoft.search.searchResponse", "value": {"results": results}}
