"""Answers of Microsoft Graph for people with 200 chats each. Half of a record's newest chats are among them."""

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

FIRST_CHAT = 975
"""The number of the person's newest chat. A record's chats have smaller numbers too."""
CHATS, PAGE = 200, 50
_MEMBERS = 5


def graph_answer(base: str, path: str, body: bytes) -> object:
    """Return the JSON for a request; `base` is the address before the path."""
    url = urlsplit(path)
    parts = unquote(url.path).split("/")
    if parts[0] == "$batch":
        return {"responses": [_part(base, each) for each in json.loads(body)["requests"]]}
    if parts[0] == "communications":
        return {"value": [{"id": each, "availability": "Available"} for each in json.loads(body)["ids"]]}
    if parts[0] == "chats":
        return _chat(parts[1])
    if parts[-1] == "chats":
        return _chats(base, path, int(parse_qs(url.query).get("$skiptoken", ["0"])[0]))
    if parts[-1] == "licenseDetails":
        plan = {"servicePlanName": "TEAMS1", "provisioningStatus": "Success"}
        return {"value": [{"servicePlans": [plan]}]}
    if parts[0] == "users" and len(parts) == len(("users", "id")):
        return {"id": parts[1], "displayName": f"Person {parts[1][-2:]}", "userPrincipalName": "a@example.com"}
    return {"value": []}


def _part(base: str, part: Mapping[str, Any]) -> Mapping[str, object]:
    return {"id": part["id"], "status": 200, "body": graph_answer(base, part["url"].lstrip("/"), b"")}


def _chats(base: str, path: str, begin: int) -> Mapping[str, object]:
    rows = [_chat(f"19:{FIRST_CHAT + number}@thread.v2") for number in range(begin, begin + PAGE)]
    end = begin + PAGE
    link = f"{base}/{path.partition('?')[0]}?$skiptoken={end}"
    return {"value": rows, **({"@odata.nextLink": link} if end < CHATS else {})}


def _chat(name: str) -> Mapping[str, object]:
    members = [{"id": f"m{each}", "userId": _person(each), "displayName": f"Person {each}"} for each in range(_MEMBERS)]
    return {
        "id": name,
        "topic": f"Chat {name[3:-10]}",
        "chatType": "group",
        "createdDateTime": "2026-01-01T00:00:00Z",
        "webUrl": f"https://teams.microsoft.com/l/chat/{name}",
        "members": members,
        "lastMessagePreview": {"createdDateTime": "2026-01-02T00:00:00Z"},
    }


def _person(number: int) -> str:
    return f"11111111-0000-4000-8000-{number:012}"
