"""Batch requests as clients send them, and parsing of the responses."""

import json
from dataclasses import dataclass
from email import message_from_bytes
from typing import Any

from bot.sandbox.sample_data.ids import object_id
from tests.sandbox.wire import WEB_API, Api, Json


@dataclass
class BatchAnswer:
    """A response in a batch response."""

    status: int
    headers: dict[str, str]
    body: Any
    content_id: str | None


def request(
    method: str,
    url: str,
    body: Json | None = None,
    *,
    content_id: int | None = None,
    line: str = "\r\n",
    **headers: str,
) -> str:
    """Return a part of a batch."""
    parts = ["Content-Type: application/http", "Content-Transfer-Encoding: binary"]
    parts += [f"Content-ID: {content_id}"] if content_id is not None else []
    parts += ["", f"{method} {url} HTTP/1.1"]
    parts += ["Content-Type: application/json; type=entry"] if body is not None else []
    parts += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return line.join([*parts, "", json.dumps(body, ensure_ascii=False) if body is not None else ""])


def change_set(*parts: str, line: str = "\r\n") -> str:
    return line.join(
        ['Content-Type: multipart/mixed; boundary="set"', "", *(f"--set{line}{part}" for part in parts), "--set--", ""]
    )


async def send(
    api: Api, *parts: str, status: int = 200, person: int | None = None, line: str = "\r\n", **headers: str
) -> list[BatchAnswer]:
    """Send the parts as a batch and return all responses, including those in change sets."""
    content = line.join([*(f"--whole{line}{part}" for part in parts), "--whole--", ""])
    sent = {"Content-Type": "multipart/mixed;boundary=whole", **headers}
    if person is not None:
        sent["CallerObjectId"] = object_id(person)
    async with api.client.post(f"{WEB_API}/$batch", data=content.encode(), headers=sent) as answer:
        body = await answer.read()
        assert answer.status == status, body
        kind = answer.headers["Content-Type"]
    message = message_from_bytes(f"Content-Type: {kind}\r\n\r\n".encode() + body)
    return [_parse_answer(part) for part in message.walk() if part.get_content_type() == "application/http"]


def _parse_answer(part: Any) -> BatchAnswer:
    head, _, body = part.get_payload(decode=True).decode().replace("\r\n", "\n").partition("\n\n")
    first, *lines = head.split("\n")
    return BatchAnswer(
        status=int(first.split()[1]),
        headers=dict(line.split(": ", 1) for line in lines),
        body=json.loads(body) if body.strip() else None,
        content_id=part["Content-ID"],
    )
