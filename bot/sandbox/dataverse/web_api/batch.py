"""Batch requests: `$batch`."""

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from http import HTTPStatus
from typing import TypeAlias

import orjson
from aiohttp import web
from yarl import URL

from bot.sandbox.dataverse.odata.prefer import preferences
from bot.sandbox.dataverse.web_api.multipart import Answered, Answering, ChangeSet, Part, parts_of, written
from bot.sandbox.dataverse.web_api.request import Asked
from bot.sandbox.dataverse.web_api.request_context import ADDRESS, LARGEST_BATCH, Exchange
from bot.sandbox.errors import DataverseError, bad_query
from bot.sandbox.refusals import told
from bot.sandbox.storage.rows import Draft
from bot.sandbox.values import Json

Serve: TypeAlias = Callable[[Exchange], Awaitable[web.Response]]

_WHOSE = frozenset({"authorization", "callerobjectid", "mscrmcallerid"})
"""Headers that every part inherits from the batch unless it sets them itself."""

_SERVICE = re.compile(r"(?:https?://[^/]+)?/(?:[^?]*/)?api/data/v9\.[0-2]/")
_REFERENCE = re.compile(r"/?\$([A-Za-z0-9_.-]+)(?=$|[/?])")


async def batch(exchange: Exchange, serve: Serve) -> web.Response:
    """Return all responses in one. The first error ends the batch unless `Prefer: odata.continue-on-error` is set."""
    content = await exchange.request.content(LARGEST_BATCH)
    answers: list[Answering] = []
    status = HTTPStatus.OK
    for asking in parts_of(exchange.request.headers.get("content-type", ""), content):
        try:
            answers.append(await _answer(exchange, asking, serve))
        except DataverseError as error:
            answers.append(Answered(response=told(error)))
            if not exchange.preferences.continue_on_error:
                status = error.status
                break
    content_type, body = written(answers)
    return web.Response(status=status, body=body, headers={"Content-Type": content_type, "OData-Version": "4.0"})


async def _answer(exchange: Exchange, asking: Part | ChangeSet, serve: Serve) -> Answering:
    if isinstance(asking, ChangeSet):
        return await _change_set(exchange, asking, serve)
    response = await serve(_exchange(exchange, asking, None, {}))
    return Answered(response=response, content_id=asking.content_id)


async def _change_set(exchange: Exchange, change_set: ChangeSet, serve: Serve) -> list[Answered]:
    """Run a change set in one transaction. Roll back and raise the `DataverseError` of the first failure."""
    answers: list[Answered] = []
    made: dict[str, str] = {}
    async with exchange.dataverse.store.change() as draft:
        for part in change_set.parts:
            if part.method == "GET":
                raise bad_query("A GET request is not allowed in a change set.")
            response = await serve(_exchange(exchange, part, draft, made))
            answers.append(Answered(response=response, content_id=part.content_id))
            if part.content_id is not None:
                made[part.content_id] = response.get(ADDRESS, "")
    return answers


def _exchange(whole: Exchange, part: Part, draft: Draft | None, made: Mapping[str, str]) -> Exchange:
    inherited = {name: value for name, value in whole.request.headers.items() if name in _WHOSE}
    headers = {**inherited, **part.headers}
    url = URL(f"/{_SERVICE.sub('', _resolved(part.url, made), count=1)}")
    path = url.path.removeprefix("/")
    if path == "$batch":
        raise bad_query("A batch cannot hold another batch.")

    async def content(_: int) -> bytes:
        return _with_addresses(part.body, made)

    return replace(
        whole,
        request=Asked(method=part.method, path=path, query=url.query, headers=headers, content=content),
        caller=whole.dataverse.callers.of(headers),
        preferences=preferences(headers.get("prefer", "")),
        draft=draft,
    )


def _resolved(address: str, made: Mapping[str, str]) -> str:
    """Replace a reference such as `$1` at the start of the address with the address of the row it represents."""
    found = _REFERENCE.match(address)
    if not found or address.lstrip("/").startswith(("$batch", "$metadata")):
        return address
    if found[1] not in made:
        raise bad_query(f"Content-ID Reference: '${found[1]}' does not exist in the batch context.")
    return made[found[1]] + address[found.end() :]


def _with_addresses(body: bytes, made: Mapping[str, str]) -> bytes:
    """Return the body with references replaced by the addresses of rows that the change set created."""
    if b'"$' not in body and b'"/$' not in body:
        return body
    try:
        return orjson.dumps(_addressed(orjson.loads(body), made))
    except orjson.JSONDecodeError:
        return body  # the handler rejects the body


def _addressed(value: Json, made: Mapping[str, str]) -> Json:
    if isinstance(value, list):
        return [_addressed(each, made) for each in value]
    if not isinstance(value, dict):
        return value
    return {
        name: _resolved(each, made)
        if isinstance(each, str) and name.endswith(("@odata.bind", "@odata.id"))
        else _addressed(each, made)
        for name, each in value.items()
    }
