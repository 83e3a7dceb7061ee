"""What the sandbox does not do, as each of its doors tells it."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import ClassVar

import orjson
from aiohttp import web

from bot.sandbox.values import JsonObject


class Refusal(Exception):
    """A refusal: status, code and words."""

    headers: ClassVar[Mapping[str, str]] = {"Content-Type": "application/json"}

    def __init__(self, status: HTTPStatus, code: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code

    @property
    def body(self) -> JsonObject:
        """The answer's body."""
        return {"error": {"code": self.code, "message": str(self)}}


def told(error: Refusal) -> web.Response:
    """A refusal as it goes out."""
    return web.Response(status=error.status, body=orjson.dumps(error.body), headers=error.headers)
