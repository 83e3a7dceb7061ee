"""Context of one Web API request, with helpers for its response."""

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus

import orjson
from aiohttp import web

from bot.sandbox.dataverse.odata.answer import RowSerializer
from bot.sandbox.dataverse.odata.prefer import Preferences
from bot.sandbox.dataverse.security.access import Caller
from bot.sandbox.dataverse.service import Dataverse
from bot.sandbox.dataverse.web_api.request import ApiRequest
from bot.sandbox.errors import DataverseError, bad_query
from bot.sandbox.storage.rows import Transaction
from bot.sandbox.values import Json, JsonObject

MAX_BODY_BYTES = 1_000_000
MAX_BATCH_BYTES = 10_000_000
ADDRESS = web.ResponseKey("ADDRESS", str)
"""Address of the row that a request created or changed, for later requests of the same change set."""

_JSON = "application/json; odata.metadata=minimal"


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestContext:
    """The request, its caller, and the caller's preferences for the response."""

    dataverse: Dataverse
    request: ApiRequest
    caller: Caller
    preferences: Preferences
    base: str
    """Base address of the Web API as the client wrote it."""
    transaction: Transaction | None = None
    """Transaction of the enclosing change set, or None."""

    @property
    def serializer(self) -> RowSerializer:
        """Serializer of rows for this client."""
        return RowSerializer(self.caller, self.preferences, self.base)

    def header(self, name: str) -> str | None:
        """Return a header's value, or None if it is missing, empty, or the text `null` that some clients send."""
        value = self.request.headers.get(name.lower())
        return None if value in {None, "", "null"} else value

    def json(
        self, body: Json, status: HTTPStatus = HTTPStatus.OK, headers: Mapping[str, str] | None = None
    ) -> web.Response:
        """Return a response with a JSON body."""
        applied = self.preferences.applied
        return web.Response(
            status=status,
            body=orjson.dumps(body),
            headers={
                "Content-Type": _JSON,
                "OData-Version": "4.0",
                **({"Preference-Applied": applied} if applied else {}),
                **(headers or {}),
            },
        )

    @staticmethod
    def no_content(headers: Mapping[str, str] | None = None) -> web.Response:
        """Return a response without a body."""
        return web.Response(status=HTTPStatus.NO_CONTENT, headers={"OData-Version": "4.0", **(headers or {})})

    async def body(self, max_bytes: int = MAX_BODY_BYTES) -> JsonObject:
        """Parse the request's JSON object. Raise `DataverseError` for any other body."""
        if self.request.media_type != "application/json":
            raise DataverseError(
                HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "0x80060888", "The body must have the content type application/json."
            )
        try:
            body = orjson.loads(await self.request.content(max_bytes))
        except orjson.JSONDecodeError as error:
            raise bad_query("The body is not valid JSON.") from error
        if not isinstance(body, dict):
            raise bad_query("The body must be a JSON object.")
        return body
