"""One request, and ways to answer it."""

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus

import orjson
from aiohttp import web

from bot.sandbox.dataverse.odata.answer import Answers
from bot.sandbox.dataverse.odata.prefer import Preferences
from bot.sandbox.dataverse.security.access import Caller
from bot.sandbox.dataverse.service import Dataverse
from bot.sandbox.dataverse.web_api.request import Asked
from bot.sandbox.errors import DataverseError, bad_query
from bot.sandbox.storage.rows import Draft
from bot.sandbox.values import Json, JsonObject

LARGEST_BODY = 1_000_000  # bytes
LARGEST_BATCH = 10_000_000  # bytes
ADDRESS = web.ResponseKey("ADDRESS", str)
"""The address of the row that a request has made or changed, for later requests of the same change set."""

_JSON = "application/json; odata.metadata=minimal"


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """A request as the handlers see it: who asks, what for, and how the answer is to look."""

    dataverse: Dataverse
    request: Asked
    caller: Caller
    preferences: Preferences
    base: str
    """The address of the Web API as the client named it."""
    draft: Draft | None = None
    """The transaction that the request is a part of; None for one of its own."""

    @property
    def answers(self) -> Answers:
        """Writes rows as this client wants them."""
        return Answers(self.caller, self.preferences, self.base)

    def header(self, name: str) -> str | None:
        """A header's value; None where it says nothing, as the `null` that clients send."""
        value = self.request.headers.get(name.lower())
        return None if value in {None, "", "null"} else value

    def json(
        self, body: Json, status: HTTPStatus = HTTPStatus.OK, headers: Mapping[str, str] | None = None
    ) -> web.Response:
        """An answer with a body."""
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
    def nothing(headers: Mapping[str, str] | None = None) -> web.Response:
        """An answer without a body."""
        return web.Response(status=HTTPStatus.NO_CONTENT, headers={"OData-Version": "4.0", **(headers or {})})

    async def body(self, at_most: int = LARGEST_BODY) -> JsonObject:
        """The request's JSON object; raises `DataverseError` for anything else."""
        if self.request.media_type != "application/json":
            raise DataverseError(
                HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "0x80060888", "The body must have the content type application/json."
            )
        try:
            body = orjson.loads(await self.request.content(at_most))
        except orjson.JSONDecodeError as error:
            raise bad_query("The body is not valid JSON.") from error
        if not isinstance(body, dict):
            raise bad_query("The body must be a JSON object.")
        return body
