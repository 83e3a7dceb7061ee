"""Parse activities of the Bot Framework. Pure.

Any part of an activity except `type`, `conversation.id`, and `serviceUrl` may be missing or have a wrong type.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from botbuilder.schema import Activity, ActivityTypes

from bot.domain.extension_names import ACTIONS
from bot.domain.notifications.wall_clock import find_zone
from bot.domain.object_ids import parse_object_id
from bot.domain.values import TEAMS, Chat, ChatId, ChatKind, ObjectId, Person
from bot.features.shared.requests import (
    DialogRequest,
    PressedButton,
    TypeaheadQuery,
    page_request,
    search_request,
    texts_in,
)
from bot.handlers.invoke_names import Invoke
from bot.handlers.message_text import bot_mentions
from bot.languages.tags import catalog_tag
from cards.buttons import DIALOG

_THREAD = ";messageid="
_MAX_NAME_LENGTH = 256

_KINDS = {"personal": ChatKind.PERSONAL, "groupChat": ChatKind.GROUP, "channel": ChatKind.CHANNEL}


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenExchange:
    """A token exchange request, without the token."""

    id: str
    connection: str


def parse_chat(activity: Activity) -> Chat:
    """Return the chat of the activity."""
    bot = activity.recipient
    return Chat(
        id=_chat_id(activity),
        kind=_chat_kind(activity),
        channel=activity.channel_id or "",
        tenant_id=tenant_id(activity),
        service_url=activity.service_url,
        bot_id=(bot.id if bot else None) or "",
        bot_name=((bot.name if bot else None) or "")[:_MAX_NAME_LENGTH],
        team_id=_team_id(activity),
        thread=_thread(activity),
    )


def _team_id(activity: Activity) -> str | None:
    """Return the Entra object ID of the channel's team. Teams does not send it with every activity."""
    team = activity.channel_data.get("team") if isinstance(activity.channel_data, dict) else None
    return parse_object_id(team.get("aadGroupId")) if isinstance(team, dict) else None


def _chat_id(activity: Activity) -> ChatId:
    return ChatId(activity.conversation.id.partition(_THREAD)[0])


def _thread(activity: Activity) -> str | None:
    is_thread = _chat_kind(activity) is ChatKind.CHANNEL and _THREAD in activity.conversation.id
    return activity.conversation.id if is_thread else None


def tenant_id(activity: Activity) -> str:
    """Return the tenant ID in lower case, or an empty text."""
    # botbuilder's model spells it `tenantID`, Teams `tenantId`.
    conversation = activity.conversation.additional_properties if activity.conversation is not None else {}
    return _tenant_id(activity.channel_data, conversation)


def tenant_ids_in_json(body: Mapping[str, Any]) -> frozenset[str]:
    """Return the tenants that the activity with this JSON names: what `tenant_id` returns, and the conversation's."""
    conversation = body["conversation"]
    of_conversation = _tenant_id(None, conversation)
    named = _tenant_id(body.get("channelData"), conversation)
    return frozenset((named, of_conversation or named))


def _tenant_id(channel_data: object, conversation: Mapping[str, Any]) -> str:
    tenant_data = channel_data.get("tenant") if isinstance(channel_data, dict) else None
    tenant = tenant_data.get("id") if isinstance(tenant_data, dict) else None
    if not isinstance(tenant, str):
        tenant = conversation.get("tenantId")
    return tenant.lower() if isinstance(tenant, str) else ""


def _chat_kind(activity: Activity) -> ChatKind:
    """Return the kind of chat. Outside Teams, a conversation without a type counts as a group chat (spec C2)."""
    conversation = activity.conversation
    untyped = ChatKind.GROUP if activity.channel_id != TEAMS or conversation.is_group else ChatKind.PERSONAL
    return _KINDS.get(conversation.conversation_type or "", untyped)


def parse_person(activity: Activity, emulator_user: ObjectId | None) -> Person:
    """Return the sender. `emulator_user` replaces a missing Entra object ID (the Emulator on the sandbox)."""
    sender = activity.from_property
    account_id, name = (sender.id or "", sender.name or "") if sender else ("", "")
    return Person(
        account_id=account_id,
        object_id=parse_object_id(sender.aad_object_id if sender else None) or emulator_user,
        name=name[:_MAX_NAME_LENGTH],
    )


def parse_time_zone(activity: Activity) -> str | None:
    """Return the IANA name of the client's time zone, or None if the activity names no known one."""
    return next(filter(find_zone, _client_names(activity, activity.local_timezone, "timezone")), None)


def parse_language(activity: Activity) -> str | None:
    """Return the client's language, or None if the activity names none with a catalog.

    One client can send `de-CH` with a message and `de-DE` with a button, so only the language counts.
    """
    return next(filter(None, map(catalog_tag, _client_names(activity, activity.locale, "locale"))), None)


def _client_names(activity: Activity, own: object, name: str) -> list[str]:
    """Return the values of a property of the client: of the activity's own field, and of its entities."""
    named = [own]
    if isinstance(activity.entities, list):
        named += [(getattr(each, "additional_properties", None) or {}).get(name) for each in activity.entities]
    return [each for each in named if isinstance(each, str)]


def is_private(activity: Activity) -> bool:
    """Check whether only the sender sees the answer: to an invoke, or in a personal chat."""
    has_no_others = activity.channel_id != TEAMS or _chat_kind(activity) is ChatKind.PERSONAL
    return has_no_others or activity.type == ActivityTypes.invoke


def is_for_bot(activity: Activity) -> bool:
    """Check whether a message is meant for the bot.

    With the permission `ChatMessage.Read.Chat`, Teams sends the bot all messages of a group chat.
    """
    is_personal = _chat_kind(activity) is ChatKind.PERSONAL
    return activity.channel_id != TEAMS or is_personal or is_targeted(activity) or bool(bot_mentions(activity))


def is_targeted(activity: Activity) -> bool:
    """Check whether only the sender and the bot see the message ("Targeted messages")."""
    recipient = activity.recipient.additional_properties if activity.recipient else {}
    return recipient.get("isTargeted") is True


def button_in_message(activity: Activity) -> PressedButton | None:
    """Return the button that `Action.Submit` sent as a message; None for a message with text."""
    return None if activity.text else _pressed_button(activity.value)


def button_in_invoke(activity: Activity) -> PressedButton | None:
    """Return the button of an `Action.Execute` invoke; None if the value has another form."""
    value = as_object(activity.value)
    action = value.get("action")
    if not isinstance(action, dict) or not isinstance(action.get("verb"), str):
        return None
    # The Emulator sends no trigger.
    automatic = value.get("trigger", "manual") != "manual"
    return _pressed_button({**as_object(action.get("data")), "verb": action["verb"]}, automatic=automatic)


def _pressed_button(value: object, *, automatic: bool = False) -> PressedButton | None:
    if not isinstance(value, dict) or not isinstance(value.get("verb"), str):
        return None
    return PressedButton(verb=value["verb"], data=texts_in(value, without="verb"), automatic=automatic)


def dialog_request_in_message(activity: Activity) -> DialogRequest | None:
    """Return the request that a button sent as a message (in channels without dialogs); None if there is text."""
    value = None if activity.text else activity.value
    if not isinstance(value, dict) or not isinstance(value.get(DIALOG), str):
        return None
    return page_request(value[DIALOG], value)


def dialog_request(activity: Activity) -> DialogRequest | None:
    """Return the requested page; None if the invoke does not name one.

    The data of a button names the page. An action command names it by its own ID ("Create and send the dialog"), and
    may include the message from which it was opened.
    """
    value = as_object(activity.value)
    data = as_object(value.get("data"))
    page = data.get(DIALOG, value.get("commandId"))
    if not isinstance(page, str):
        return None
    # A first page that failed is requested again with the same message.
    has_message = activity.name in {Invoke.FETCH_TASK, Invoke.SUBMIT_ACTION} and page in ACTIONS
    message = value.get("messagePayload") if has_message else None
    return page_request(page, data, message)


def typeahead_query(activity: Activity) -> TypeaheadQuery | None:
    """Return the query of an input with search; None if the invoke has another form."""
    value = as_object(activity.value)
    dataset, text = value.get("dataset"), value.get("queryText", "")
    if not isinstance(dataset, str) or not isinstance(text, str):
        return None
    return search_request(dataset, text, as_object(value.get("data")))


def as_object(value: object) -> Mapping[Any, Any]:
    """Return the value if it is a JSON object, or else an empty one."""
    return value if isinstance(value, dict) else {}


def token_exchange(activity: Activity) -> TokenExchange | None:
    """Return the request to exchange a token; None if the invoke has another form."""
    value = as_object(activity.value)
    exchange_id, connection = value.get("id"), value.get("connectionName")
    if not isinstance(exchange_id, str) or not isinstance(connection, str):
        return None
    return TokenExchange(id=exchange_id, connection=connection)


def queried_link(activity: Activity) -> str | None:
    """Return the URL of a link query."""
    url = as_object(activity.value).get("url")
    return url if isinstance(url, str) else None


def is_anonymous(activity: Activity) -> bool:
    """Check whether the link query is for a person without the app; it has no person, chat, or tenant."""
    return _is_anonymous(activity.type, activity.name)


def is_anonymous_in_json(body: Mapping[str, Any]) -> bool:
    """Return what `is_anonymous` returns for the activity with this JSON."""
    return _is_anonymous(body.get("type"), body.get("name"))


def _is_anonymous(kind: object, name: object) -> bool:
    return kind == ActivityTypes.invoke and name == Invoke.ANONYMOUS_QUERY_LINK


def bot_was_added(activity: Activity) -> bool:
    """Check whether a conversation update adds the bot."""
    return _includes_bot(activity, activity.members_added)


def bot_present(activity: Activity) -> bool | None:
    """Check whether the bot is in the chat; None for invokes, which also come from other chats."""
    if activity.type == ActivityTypes.invoke:
        return None
    if activity.type == ActivityTypes.installation_update:
        return not str(activity.action or "").startswith("remove")
    return not _includes_bot(activity, activity.members_removed)


def _includes_bot(activity: Activity, accounts: object) -> bool:
    bot = activity.recipient.id if activity.recipient else None
    listed = accounts if isinstance(accounts, list) else []
    return bot is not None and any(getattr(account, "id", None) == bot for account in listed)
