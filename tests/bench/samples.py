"""Requests of Teams and Dataverse, and facts that all sides know, so that they do the same work."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.fakes.sign_in import APP_ID, TENANT
from tests.wire.people import ALEX, Somebody

ADAPTIVE = "application/vnd.microsoft.card.adaptive"
LINKS = 64
"""Number of records and chats that the load uses in turn."""
BOT = {"id": f"28:{APP_ID}", "name": "Chat Sync"}
MENTION = f"<at>{BOT['name']}</at>"


def row_id(number: int) -> str:
    """Return the ID of a case."""
    return f"11111111-0000-4000-8000-{number:012d}"


def chat_id(number: int) -> str:
    """Return the ID of a group chat."""
    return f"19:{number:032x}@thread.v2"


def record_name(number: int) -> str:
    """Return the title of a case."""
    return f"Pump {number} vibrates and is louder than last week"


def _activity(service_url: str, number: int, person: Somebody = ALEX) -> dict[str, Any]:
    return {
        "id": "1735689600000",
        "timestamp": "2026-11-21T10:20:30.000Z",
        "localTimestamp": "2026-11-21T11:20:30.000+01:00",
        "serviceUrl": service_url,
        "channelId": "msteams",
        "locale": "en-GB",
        "from": {"id": person.account_id, "name": person.name, "aadObjectId": person.object_id},
        "conversation": {
            "id": chat_id(number),
            "conversationType": "groupChat",
            "tenantId": TENANT,
            "isGroup": True,
        },
        "recipient": BOT,
        "channelData": {"tenant": {"id": TENANT}},
    }


def link_query(
    service_url: str, dataverse_url: str, number: int, row: str | None = None, *, person: Somebody = ALEX
) -> dict[str, Any]:
    """Return the invoke for a pasted link of a case."""
    link = f"{dataverse_url}/main.aspx?appid=1&pagetype=entityrecord&etn=incident&id={row or row_id(number)}"
    more = {"type": "invoke", "name": "composeExtension/queryLink", "value": {"url": link}}
    return {**_activity(service_url, number, person), **more}


def message(service_url: str, number: int) -> dict[str, Any]:
    """Return a message that requests the help."""
    client = {"locale": "en-GB", "country": "GB", "platform": "Web", "timezone": "Europe/Berlin", "type": "clientInfo"}
    mention = {"type": "mention", "mentioned": BOT, "text": MENTION}
    more = {"type": "message", "text": f"{MENTION} help", "textFormat": "plain", "entities": [mention, client]}
    return {**_activity(service_url, number), **more}


def link_card(url: str, name: str, number: str) -> Mapping[str, Any]:
    """Return the product's link card as code without layers would write it."""
    opens = {"type": "Action.OpenUrl", "title": "Open record", "url": url}
    claim = {"environment": "127.0.0.1", "table": "incident", "row": url[-36:]}
    return {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.5",
        "body": [
            {"type": "TextBlock", "text": f"Case · {number}", "isSubtle": True, "size": "Small", "wrap": True},
            {"type": "TextBlock", "text": name, "weight": "Bolder", "size": "Medium", "wrap": True, "spacing": "None"},
            {"type": "ActionSet", "actions": [opens, _press("Show details", "view", claim)]},
        ],
        "actions": [_press("Connect this chat", "connect", claim), _press("Chats", "chats", claim)],
    }


def _press(title: str, verb: str, claim: Mapping[str, str]) -> dict[str, Any]:
    fallback = {"type": "Action.Submit", "title": title, "data": {"verb": verb, **claim}}
    return {"type": "Action.Execute", "title": title, "verb": verb, "data": claim, "fallback": fallback}


def link_answer(url: str, name: str, number: str) -> dict[str, Any]:
    """Return the response to a link query."""
    preview = {"contentType": "application/vnd.microsoft.card.thumbnail", "content": {"title": name, "text": ""}}
    shown = {"contentType": ADAPTIVE, "content": link_card(url, name, number), "preview": preview}
    return {"composeExtension": {"type": "result", "attachmentLayout": "list", "attachments": [shown]}}


def help_card() -> dict[str, Any]:
    """Return the card with which all sides answer a message: the product's help."""
    golden = Path(__file__).parents[1] / "cards" / "golden" / "help.json"
    card: dict[str, Any] = json.loads(golden.read_text(encoding="utf-8"))["attachments"][0]["content"]
    return card


def card_activity(number: int) -> dict[str, Any]:
    """Return a finished proactive message with a card of about two kilobytes."""
    facts = [{"title": f"Column {each}", "value": f"Value {each} before → value {each} after"} for each in range(20)]
    text = {"type": "TextBlock", "text": record_name(number), "weight": "Bolder", "wrap": True}
    content = {"type": "AdaptiveCard", "version": "1.5", "body": [text, {"type": "FactSet", "facts": facts}]}
    shown = {"contentType": ADAPTIVE, "content": content}
    return {"type": "message", "summary": record_name(number), "attachments": [shown]}
