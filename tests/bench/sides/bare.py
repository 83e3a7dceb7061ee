"""The limit in Python: an aiohttp handler and PyJWT, with nothing around them."""

import sys
from collections.abc import AsyncIterator, Mapping
from functools import cache
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import jwt
import orjson
from aiohttp import ClientSession, web

from tests.bench.samples import ADAPTIVE, LINKS, help_card, link_answer, record_name, row_id
from tests.bench.sides.place import HEADERS, Place, place
from tests.fakes.sign_in import APP_ID, ISSUER

_API = "/api/data/v9.2"

_help = cache(help_card)


class Bare:
    """Answers link queries and messages as the product does."""

    def __init__(self, where: Place, *, over_http: bool) -> None:
        self._where, self._over_http = where, over_http
        self._key = where.signing_key()
        self._titles = {row_id(number): record_name(number) for number in range(LINKS)}
        self._session: ClientSession | None = None

    async def alive(self, _app: web.Application) -> AsyncIterator[None]:
        """Open the session for the lifetime of the application."""
        self._session = self._where.session()
        yield
        await self._session.close()

    async def messages(self, request: web.Request) -> web.Response:
        """Handle the route of the Bot Framework."""
        activity = orjson.loads(await request.read())
        if not self._is_let_in(request, activity["serviceUrl"]):
            return web.Response(status=401)
        if activity["type"] == "invoke":
            answer = await self._link(activity["value"]["url"], activity["from"]["aadObjectId"])
            return web.Response(body=orjson.dumps(answer), content_type="application/json")
        await self._reply(activity)
        return web.Response(status=201)

    def _is_let_in(self, request: web.Request, service_url: str) -> bool:
        token = request.headers.get("Authorization", "")[7:]
        try:
            claims = jwt.decode(token, self._key, algorithms=["RS256"], audience=APP_ID, issuer=ISSUER, leeway=300)
        except jwt.PyJWTError:
            return False
        return bool(claims.get("serviceurl") == service_url)

    async def _link(self, url: str, person: str) -> dict[str, Any]:
        (row,) = parse_qs(urlsplit(url).query)["id"]
        if not self._over_http:
            return link_answer(url, self._titles[row], "CAS-01001")
        found = await self._ask(f"systemusers?$select=systemuserid&$filter=azureactivedirectoryobjectid eq {person}")
        if not found["value"]:
            return {"composeExtension": {}}
        case = await self._ask(f"incidents({row})?$select=title,ticketnumber", {"CallerObjectId": person})
        return link_answer(url, case["title"], case["ticketnumber"])

    async def _ask(self, path: str, headers: Mapping[str, str] | None = None) -> Any:
        assert self._session
        async with self._session.get(f"{self._where.dataverse_url}{_API}/{path}", headers=headers) as answer:
            return orjson.loads(await answer.read())

    async def _reply(self, activity: Mapping[str, Any]) -> None:
        assert self._session
        reply = {
            "type": "message",
            "from": activity["recipient"],
            "recipient": activity["from"],
            "conversation": activity["conversation"],
            "replyToId": activity["id"],
            "attachments": [{"contentType": ADAPTIVE, "content": _help()}],
        }
        conversation = quote(activity["conversation"]["id"], safe="")
        url = f"{activity['serviceUrl']}v3/conversations/{conversation}/activities/{activity['id']}"
        async with self._session.post(url, data=orjson.dumps(reply), headers=HEADERS) as answer:
            await answer.read()


async def _alive(_request: web.Request) -> web.Response:
    return web.Response()


def main() -> None:
    """Serve until terminated; with `http`, query Dataverse."""
    where = place()
    bare = Bare(where, over_http="http" in sys.argv)
    app = web.Application()
    app.cleanup_ctx.append(bare.alive)
    app.router.add_get("/healthz", _alive)
    app.router.add_post("/api/messages", bare.messages)
    web.run_app(app, host="127.0.0.1", port=where.port, access_log=None, print=lambda _: None)


if __name__ == "__main__":
    main()
