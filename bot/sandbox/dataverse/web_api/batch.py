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
from bot.sandbox.dataverse.web_api.multipart import (
    BatchResult,
    ChangeSet,
    Part,
    PartResponse,
    decode_batch,
    encode_batch,
)
from bot.sandbox.dataverse.web_api.request import ApiRequest
from bot.sandbox.dataverse.web_api.request_context import ADDRESS, MAX_BATCH_BYTES, RequestContext
from bot.sandbox.errors import DataverseError, bad_query
from bot.sandbox.refusals import error_response
from bot.sandbox.storage.rows import Transaction
from bot.sandbox.values import Json

Serve: TypeAlias = Callable[[RequestContext], Awaitable[web.Response]]

_INHERITED_HEADERS = frozenset({"authorization", "callerobjectid", "mscrmcallerid"})
"""Headers that every part inherits from the batch unless it sets them itself."""

_SERVICE = re.compile(r"^(?:https?://[^/]+)?/(?:[^?]*/)?api/data/v9\.[0-2]/")
_REFERENCE = re.compile(r"/?\$([A-Za-z0-9_.-]+)(?=$|[/?])")


async def batch(ctx: RequestContext, serve: Serve) -> web.Response:
    """Return all responses in one. The first error ends the batch unless `Prefer: odata.continue-on-error` is set."""
    content = await ctx.request.content(MAX_BATCH_BYTES)
    results: list[BatchResult] = []
    status = HTTPStatus.OK
    for item in decode_batch(ctx.request.headers.get("content-type", ""), content):
        try:
            results.append(await _serve_item(ctx, item, serve))
        except DataverseError as error:
            results.append(PartResponse(response=error_response(error)))
            if not ctx.preferences.continue_on_error:
                status = error.status
                break
    content_type, body = encode_batch(results)
    return web.Response(status=status, body=body, headers={"Content-Type": content_type, "OData-Version": "4.0"})


async def _serve_item(ctx: RequestContext, item: Part | ChangeSet, serve: Serve) -> BatchResult:
    if isinstance(item, ChangeSet):
        return await _change_set(ctx, item, serve)
    response = await serve(_part_context(ctx, item, None, {}))
    return PartResponse(response=response, content_id=item.content_id)


async def _change_set(ctx: RequestContext, change_set: ChangeSet, serve: Serve) -> list[PartResponse]:
    """Run a change set in one transaction. Roll back and raise the `DataverseError` of the first failure."""
    results: list[PartResponse] = []
    addresses: dict[str, str] = {}
    async with ctx.dataverse.store.transaction() as transaction:
        for part in change_set.parts:
            if part.method == "GET":
                raise bad_query("A GET request is not allowed in a change set.")
            response = await serve(_part_context(ctx, part, transaction, addresses))
            results.append(PartResponse(response=response, content_id=part.content_id))
            if part.content_id is not None:
                addresses[part.content_id] = response.get(ADDRESS, "")
    return results


def _part_context(
    batch_ctx: RequestContext, part: Part, transaction: Transaction | None, addresses: Mapping[str, str]
) -> RequestContext:
    inherited = {name: value for name, value in batch_ctx.request.headers.items() if name in _INHERITED_HEADERS}
    headers = {**inherited, **part.headers}
    url = URL(f"/{_SERVICE.sub('', _resolve_reference(part.url, addresses), count=1)}")
    path = url.path.removeprefix("/")
    if path == "$batch":
        raise bad_query("A batch cannot contain another batch.")

    async def content(_: int) -> bytes:
        return _resolve_body(part.body, addresses)

    return replace(
        batch_ctx,
        request=ApiRequest(method=part.method, path=path, query=url.query, headers=headers, content=content),
        caller=batch_ctx.dataverse.callers.from_headers(headers),
        preferences=preferences(headers.get("prefer", "")),
        transaction=transaction,
    )


def _resolve_reference(address: str, addresses: Mapping[str, str]) -> str:
    """Replace a reference such as `$1` at the start of the address with the address of the row it represents."""
    found = _REFERENCE.match(address)
    if not found or address.lstrip("/").startswith(("$batch", "$metadata")):
        return address
    if found[1] not in addresses:
        raise bad_query(f"Content-ID Reference: '${found[1]}' does not exist in the batch context.")
    return addresses[found[1]] + address[found.end() :]


def _resolve_body(body: bytes, addresses: Mapping[str, str]) -> bytes:
    """Return the body with references replaced by the addresses of rows that the change set created."""
    if b'"$' not in body and b'"/$' not in body:
        return body
    try:
        return orjson.dumps(_resolve_value(orjson.loads(body), addresses))
    except orjson.JSONDecodeError:
        return body  # the handler rejects the body


def _resolve_value(value: Json, addresses: Mapping[str, str]) -> Json:
    if isinstance(value, list):
        return [_resolve_value(each, addresses) for each in value]
    if not isinstance(value, dict):
        return value
    return {
        name: _resolve_reference(each, addresses)
        if isinstance(each, str) and name.endswith(("@odata.bind", "@odata.id"))
        else _resolve_value(each, addresses)
        for name, each in value.items()
    }
