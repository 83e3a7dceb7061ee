"""Base class of the errors that the sandbox's services return."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import ClassVar

import orjson
from aiohttp import web

from bot.sandbox.values import JsonObject


class ServiceError(Exception):
    """An error response: status, code, and message."""

    headers: ClassVar[Mapping[str, str]] = {"Content-Type": "application/json"}

    def __init__(self, status: HTTPStatus, code: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code

    @property
    def body(self) -> JsonObject:
        """JSON body of the response."""
        return {"error": {"code": self.code, "message": str(self)}}


def error_response(error: ServiceError) -> web.Response:
    """Return the error as an HTTP response."""
    return web.Response(status=error.status, body=orjson.dumps(error.body), headers=error.headers)
