"""Activities of the Bot Framework as values. Pure.

Everything in an activity but its `type`, `conversation.id` and `serviceUrl` may be missing or of a wrong type.
"""

import html
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from botbuilder.schema import Activity, ActivityTypes

from bot.domain.object_ids import parse_object_id
from bot.domain.public_names import ALL_RECORDS, INITIAL_RUN, decode_dataset
from bot.domain.values import TEAMS, Chat, ChatId, ChatKind, ObjectId, Person
from bot.features.record_cards.search_records import PAGE_SIZE
from bot.handlers.invoke_names import Invoke
from bot.handlers.quoted_message import quoted_message
from cards.buttons import DIALOG

_KINDS = {"personal": ChatKind.PERSONAL, "groupChat": ChatKind.GROUP, "channel": ChatKind.CHANNEL}


@dataclass(frozen=True, slots=True, kw_only=True)
class PressedButton:
    """A button on a card and what it data."""

    verb: str
    data: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class DialogRequest:
    """A page of a dialog that somebody asks for, and what they filled in so far: data, all of them."""

    page: str
    data: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class TypeaheadQuery:
    """What somebody has typed into an input that searches."""

    dataset: str
    text: str
    data: Mapping[str, str]
    """What is filled in elsewhere on the page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtensionQuery:
    """What somebody searches in the compose box, and which page of it."""

    command: str
    parameter: str
    text: str
    skip: int
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenExchange:
    """The offer of a person's token, without the token."""

    id: str
    connection: str


def parse_chat(activity: Activity) -> Chat:
    """The conversation in which the activity happened."""
    bot = activity.recipient
    return Chat(
        id=_chat_id(activity),
        kind=_kind(activity),
        channel=activity.channel_id or "",
        tenant_id=tenant_id(activity),
        service_url=activity.service_url,
        bot_id=(bot.id if bot else None) or "",
        bot_name=(bot.name if bot else None) or "",
        team_id=_team_of(activity),
    )


def _team_of(activity: Activity) -> str | None:
    """The team of a channel as the directory names it, where Teams tells it: not with every activity."""
    team = activity.channel_data.get("team") if isinstance(activity.channel_data, dict) else None
    return parse_object_id(team.get("aadGroupId")) if isinstance(team, dict) else None


def _chat_id(activity: Activity) -> ChatId:
    return ChatId(activity.conversation.id.partition(";messageid=")[0])


def tenant_id(activity: Activity) -> str:
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


def parse_person(activity: Activity, stand_in: ObjectId | None) -> Person:
    """Who did it; `stand_in` is whom a person without an Entra object id acts as (the Emulator on the sandbox)."""
    sender = activity.from_property
    account_id, name = (sender.id or "", sender.name or "") if sender else ("", "")
    return Person(
        account_id=account_id,
        object_id=parse_object_id(sender.aad_object_id if sender else None) or stand_in,
        name=name,
    )


def is_private(activity: Activity) -> bool:
    """Whether the person alone sees the answer: that of an invoke, or in a chat with nobody else but the bot."""
    alone = activity.channel_id != TEAMS or _kind(activity) is ChatKind.PERSONAL
    return alone or activity.type == ActivityTypes.invoke


def is_for_bot(activity: Activity) -> bool:
    """Whether a message is for the bot.

    With the permission `ChatMessage.Read.Chat` Teams sends it everything that is said in a group chat.
    """
    kind = _kind(activity)
    return activity.channel_id != TEAMS or kind is ChatKind.PERSONAL or bool(_mentions_of_bot(activity))


def command_text(activity: Activity) -> str:
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


def button_in_message(activity: Activity) -> PressedButton | None:
    """The button behind a message that `Action.Submit` sent; None for a message that somebody wrote."""
    return None if activity.text else _pressed(activity.value)


def button_in_invoke(activity: Activity) -> PressedButton | None:
    """The button behind an invoke of `Action.Execute`; None where its value has another form."""
    action = activity.value.get("action") if isinstance(activity.value, dict) else None
    if not isinstance(action, dict) or not isinstance(action.get("verb"), str):
        return None
    data = action.get("data")
    return _pressed({**(data if isinstance(data, dict) else {}), "verb": action["verb"]})


def _pressed(value: object) -> PressedButton | None:
    if not isinstance(value, dict) or not isinstance(value.get("verb"), str):
        return None
    return PressedButton(verb=value["verb"], data=_claims(value, but="verb"))


def dialog_request_in_message(activity: Activity) -> DialogRequest | None:
    """The page that a button asks for where the channel has no dialogs; None for a message that somebody wrote."""
    value = None if activity.text else activity.value
    if not isinstance(value, dict) or not isinstance(value.get(DIALOG), str):
        return None
    return DialogRequest(page=value[DIALOG], data=_claims(value, but=DIALOG))


def dialog_request(activity: Activity) -> DialogRequest | None:
    """The page that a dialog or an action command asks for; None where the invoke names none.

    A button's data names it; an action command is opened by its own name ("Create and send the dialog"), and the first
    page gets the message from which it is opened.
    """
    value = activity.value if isinstance(activity.value, dict) else {}
    given = value.get("data")
    data: Mapping[Any, object] = given if isinstance(given, dict) else {}
    named = data.get(DIALOG, value.get("commandId"))
    if not isinstance(named, str):
        return None
    message = value.get("messagePayload") if activity.name == Invoke.FETCH_TASK else None
    return DialogRequest(page=named, data={**quoted_message(message, _chat_id(activity)), **_claims(data, but=DIALOG)})


def typeahead_query(activity: Activity) -> TypeaheadQuery | None:
    """What somebody typed into an input that searches; None where the invoke has another form."""
    value = activity.value if isinstance(activity.value, dict) else {}
    dataset, text = value.get("dataset"), value.get("queryText", "")
    if not isinstance(dataset, str) or not isinstance(text, str):
        return None
    given = value.get("data")
    data: Mapping[Any, object] = given if isinstance(given, dict) else {}
    name, data = decode_dataset(dataset)
    return TypeaheadQuery(dataset=name, text=text, data={**_claims(data, but=DIALOG), **data})


def _claims(data: Mapping[Any, object], *, but: str) -> dict[str, str]:
    return {str(name): text for name, text in data.items() if isinstance(text, str) and name != but}


def extension_query(activity: Activity) -> ExtensionQuery | None:
    """The search of a compose box; None where the invoke has another form."""
    value = activity.value if isinstance(activity.value, dict) else {}
    command, given, options = value.get("commandId"), value.get("parameters"), value.get("queryOptions", {})
    named = given[0] if isinstance(given, list) and given else {}
    if not (isinstance(command, str) and isinstance(given, list) and isinstance(named, dict)):
        return None
    parameter, text = named.get("name", ALL_RECORDS), named.get("value", "")
    skip, count = _whole(options, "skip", 0), _whole(options, "count", PAGE_SIZE)
    if not isinstance(parameter, str) or not isinstance(text, str) or skip is None or count is None:
        return None
    if parameter == INITIAL_RUN:
        parameter, text = ALL_RECORDS, ""
    return ExtensionQuery(command=command, parameter=parameter, text=text, skip=skip, count=count)


def _whole(options: object, name: str, otherwise: int) -> int | None:
    """A number of the options that is not below zero; None for anything else."""
    number = options.get(name, otherwise) if isinstance(options, dict) else None
    return number if type(number) is int and number >= 0 else None


def token_exchange(activity: Activity) -> TokenExchange | None:
    """The offer of a token; None where the invoke has another form."""
    value = activity.value if isinstance(activity.value, dict) else {}
    named, connection = value.get("id"), value.get("connectionName")
    if not isinstance(named, str) or not isinstance(connection, str):
        return None
    return TokenExchange(id=named, connection=connection)


def queried_link(activity: Activity) -> str | None:
    """The address that a link query asks about."""
    url = activity.value.get("url") if isinstance(activity.value, dict) else None
    return url if isinstance(url, str) else None


def is_anonymous(activity: Activity) -> bool:
    """Whether Teams asks for somebody without the app: it says neither who that is, nor where, nor in which tenant."""
    return activity.type == ActivityTypes.invoke and activity.name == Invoke.ANONYMOUS_QUERY_LINK


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
