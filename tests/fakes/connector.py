"""A Bot Connector service: accepts posts of the bot, knows the members of chats, and can fail on request.

Its answers are those of Teams' connector as the Bot Framework documentation has them.
"""

import asyncio
import socket
import struct
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Self

from aiohttp import web

from tests.fakes.certificates import Certificates
from tests.patience import PATIENCE_S
from tests.wire.people import EVERYBODY

TARGETED_ID = "2:"
"""Start of the IDs of targeted messages, which only this connector can tell from others."""
TARGETED_LIFETIME_S = 24 * 3600

Fault = Callable[[str, dict[str, Any]], web.Response | None]
"""The response to a post into a conversation; None for the usual one."""


class Cut(web.Response):
    """A fault: the post arrives, and the connection is reset (TCP RST) in the middle of the answer."""


def error(status: int, code: str, **headers: str) -> web.Response:
    """Return an error in the format of the connector."""
    body = {"error": {"code": code, "message": f"{code} happened."}}
    return web.json_response(body, status=status, headers={key.replace("_", "-"): v for key, v in headers.items()})


def _is_targeted(request: web.Request) -> bool:
    return request.query.get("isTargetedActivity") == "true"


def _names_recipient(activity: dict[str, Any]) -> bool:
    recipient = activity.get("recipient")
    return isinstance(recipient, dict) and recipient.get("isTargeted") is True and bool(recipient.get("id"))


async def cut_off(request: web.Request) -> web.StreamResponse:
    """Begin a successful answer, and reset the connection."""
    answer = web.StreamResponse(status=201, headers={"Content-Type": "application/json", "Content-Length": "99"})
    await answer.prepare(request)
    await answer.write(b'{"id":')
    assert request.transport
    # Without lingering, the operating system sends RST instead of FIN.
    linger = struct.pack("ii", 1, 0)
    request.transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
    request.transport.abort()
    return answer


def _at_once() -> asyncio.Event:
    event = asyncio.Event()
    event.set()
    return event


@dataclass
class FakeConnector:
    """A connector that stores posts by conversation."""

    posts: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    targeted: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    """Targeted messages by conversation, as posted or edited last; with `deleted` after that."""
    targeted_calls: list[str] = field(default_factory=list)
    """Methods of all calls about targeted messages."""
    targeted_fault: Fault = lambda _conversation, _activity: None
    """Like `fault`, for posts of targeted messages only."""
    targeted_age_s: float = 0
    """Age of all targeted messages."""
    members: dict[str, list[str]] = field(default_factory=dict)
    """Accounts by conversation. Other accounts are not members. A conversation without an entry has no bot."""
    object_ids: dict[str, str] = field(default_factory=lambda: {each.account_id: each.object_id for each in EVERYBODY})
    """Entra object IDs by account. Accounts without an entry are unknown there."""
    names: dict[str, str] = field(default_factory=lambda: {each.account_id: each.name for each in EVERYBODY})
    roles: dict[str, str] = field(default_factory=dict)
    """Roles by account, such as `guest`. Accounts without an entry are users."""
    fault: Fault = lambda _conversation, _activity: None
    roster_is_down: bool = False
    roster_says: tuple[int, bytes] | None = None
    """Status and body of responses to requests for members, instead of the usual ones."""
    roster_answers: asyncio.Event = field(default_factory=_at_once)
    """While this is cleared, requests for members get no response."""
    member_answers: asyncio.Event = field(default_factory=_at_once)
    """While this is cleared, requests for one member get no response."""
    member_reads: int = 0
    """Number of requests for one member."""
    roster_reads: int = 0
    """Number of requests for a page of members."""
    latency_s: float = 0
    """Response time of a post, which arrives before."""
    tokens: list[str | None] = field(default_factory=list)
    """The Authorization header of every call."""
    tries: dict[str, list[float]] = field(default_factory=dict)
    """Times of posts into each conversation, regardless of the response, in seconds of the event loop's clock."""
    certificates: Certificates | None = None
    """The TLS context; with it, clients use HTTPS, as with Teams."""
    edits: list[tuple[str, str]] = field(default_factory=list)
    """Conversation and message of each edit, regardless of the response."""
    editing: str | None = None
    """The message of the edit for which `fault` is called; None for a new message."""
    edits_wait: asyncio.Event = field(default_factory=_at_once)
    """While this is cleared, edits get no response."""
    deleted: set[tuple[str, str]] = field(default_factory=set)
    """Conversation and ID of deleted messages."""
    port: int = 0
    _changed: asyncio.Condition = field(default_factory=asyncio.Condition)

    @property
    def service_url(self) -> str:
        return f"{'https' if self.certificates else 'http'}://127.0.0.1:{self.port}/"

    @asynccontextmanager
    async def running(self) -> AsyncIterator[Self]:
        """Serve on a free port of this machine."""
        app = web.Application()
        for cloud in ("", "/teams"):
            conversation = f"{cloud}/v3/conversations/{{conversation}}"
            app.router.add_post(f"{conversation}/activities", self._post)
            app.router.add_post(f"{conversation}/activities/{{activity}}", self._post)
            app.router.add_put(f"{conversation}/activities/{{activity}}", self._edit)
            app.router.add_delete(f"{conversation}/activities/{{activity}}", self._delete)
            app.router.add_get(f"{conversation}/members", self._members)
            app.router.add_get(f"{conversation}/pagedmembers", self._paged_members)
            app.router.add_get(f"{conversation}/members/{{member}}", self._member)
        runner = web.AppRunner(app)
        await runner.setup()
        tls = self.certificates.server_context() if self.certificates else None
        site = web.TCPSite(runner, "127.0.0.1", self.port, ssl_context=tls)
        await site.start()
        self.port = runner.addresses[0][1]
        try:
            yield self
        finally:
            await runner.cleanup()

    async def _post(self, request: web.Request) -> web.StreamResponse:
        conversation = request.match_info["conversation"]
        activity = await request.json()
        if _is_targeted(request) or _names_recipient(activity):
            return await self._post_targeted(request, conversation, activity)
        self.tokens.append(request.headers.get("Authorization"))
        self.tries.setdefault(conversation, []).append(asyncio.get_running_loop().time())
        fault = self.fault(conversation, activity)
        if fault is not None and not isinstance(fault, Cut):
            return fault
        async with self._changed:
            kept = self.posts.setdefault(conversation, [])
            kept.append(activity)
            self._changed.notify_all()
        await asyncio.sleep(self.latency_s)
        if fault is not None:
            return await cut_off(request)
        return web.json_response({"id": f"1:{len(kept)}"}, status=201)

    async def _post_targeted(
        self, request: web.Request, conversation: str, activity: dict[str, Any]
    ) -> web.StreamResponse:
        self.targeted_calls.append("POST")
        fault = self.targeted_fault(conversation, activity)
        if isinstance(fault, Cut):
            return await cut_off(request)
        if fault is not None:
            return fault
        if not _is_targeted(request) or not _names_recipient(activity):
            return error(400, "Bad argument")
        if activity["recipient"]["id"] not in self.members.get(conversation, ()):
            return error(403, "BotNotInConversationRoster")
        async with self._changed:
            kept = self.targeted.setdefault(conversation, [])
            kept.append(activity)
            self._changed.notify_all()
        return web.json_response({"id": f"{TARGETED_ID}{len(kept)}"}, status=201)

    async def _edit(self, request: web.Request) -> web.StreamResponse:
        """Replace a post. A test can make this fail with the same function as posts."""
        conversation, number = request.match_info["conversation"], request.match_info["activity"]
        activity = await request.json()
        self.edits.append((conversation, number))
        await self.edits_wait.wait()
        self.editing = number
        fault = self.fault(conversation, activity)
        self.editing = None
        if fault is not None:
            return fault
        if _is_targeted(request) and "recipient" in activity:
            return error(400, "Bad argument")
        found = self._found(request)
        if isinstance(found, web.Response):
            return found
        posts, at = found
        kept = {name: posts[at][name] for name in ("recipient",) if name in posts[at]}
        posts[at] = {**activity, **kept}
        return web.json_response({"id": number})

    async def _delete(self, request: web.Request) -> web.Response:
        found = self._found(request)
        if isinstance(found, web.Response):
            return found
        posts, at = found
        posts[at] = {"deleted": True}
        self.deleted.add((request.match_info["conversation"], request.match_info["activity"]))
        return web.Response()

    def _found(self, request: web.Request) -> tuple[list[dict[str, Any]], int] | web.Response:
        """Return where the message of an edit or a deletion is, or the error."""
        conversation, number = request.match_info["conversation"], request.match_info["activity"]
        is_targeted = number.startswith(TARGETED_ID)
        if is_targeted or _is_targeted(request):
            self.targeted_calls.append(request.method)
        if is_targeted != _is_targeted(request):
            return error(400, "Bad argument")
        posts = (self.targeted if is_targeted else self.posts).get(conversation, [])
        digits = number.removeprefix(TARGETED_ID if is_targeted else "1:")
        at = int(digits) - 1 if digits.isdigit() else len(posts)
        is_gone = is_targeted and self.targeted_age_s >= TARGETED_LIFETIME_S
        if is_gone or (conversation, number) in self.deleted or not 0 <= at < len(posts):
            return error(404, "ActivityNotFoundInConversation")
        return posts, at

    async def _members(self, request: web.Request) -> web.Response:
        if self.roster_says:
            return web.Response(status=self.roster_says[0], body=self.roster_says[1])
        accounts = self.members.get(request.match_info["conversation"])
        if accounts is None:
            return error(403, "BotNotInConversationRoster")
        return web.json_response([self._named(account) for account in accounts])

    async def _paged_members(self, request: web.Request) -> web.Response:
        """Return fifty members at a time, the minimum of Teams, so that the first page is never the complete list."""
        self.roster_reads += 1
        await self.roster_answers.wait()
        if self.roster_is_down:
            return error(503, "ServiceError")
        if self.roster_says:
            return web.Response(status=self.roster_says[0], body=self.roster_says[1])
        accounts = self.members.get(request.match_info["conversation"])
        if accounts is None:
            return error(403, "BotNotInConversationRoster")
        begin = int(request.query.get("continuationToken") or 0)
        page = [self._named(account) for account in accounts[begin : begin + 50]]
        more = {"continuationToken": str(begin + 50)} if begin + 50 < len(accounts) else {}
        return web.json_response({"members": page, **more})

    def _named(self, account: str) -> dict[str, str]:
        found, name = self.object_ids.get(account), self.names.get(account)
        known = {"aadObjectId": found, "name": name, "userRole": self.roles.get(account, "user")}
        return {"id": account, **{key: value for key, value in known.items() if value}}

    async def _member(self, request: web.Request) -> web.Response:
        self.member_reads += 1
        await self.member_answers.wait()
        if self.roster_says:
            return web.Response(status=self.roster_says[0], body=self.roster_says[1])
        accounts = self.members.get(request.match_info["conversation"])
        if accounts is None:
            return error(403, "BotNotInConversationRoster")
        member = request.match_info["member"]
        if member not in accounts and member not in map(self.object_ids.get, accounts):
            return error(404, "MemberNotFoundInConversation")
        return web.json_response({"id": member})

    def cards(self, conversation: str) -> list[dict[str, Any]]:
        """Return the cards that were posted into the conversation."""
        posts = self.posts.get(conversation, [])
        return [each["content"] for post in posts for each in post.get("attachments", ())]

    async def arrived(self, conversation: str, count: int, *, within_s: float = PATIENCE_S) -> list[dict[str, Any]]:
        """Wait for this many posts in the conversation, and return them; fail the test if they do not arrive."""
        async with asyncio.timeout(within_s), self._changed:
            await self._changed.wait_for(lambda: len(self.posts.get(conversation, ())) >= count)
        return self.posts[conversation]
