"""Subscriptions to change notifications ("Create subscription", "Update subscription", Microsoft Graph).

To test lifecycle notifications, read a subscription with a header such as `x-sandbox-lifecycle: missed`.
"""

from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from uuid import uuid4

from bot.sandbox.dataverse.writes.coerce import instant
from bot.sandbox.graph.errors import bad_request, conflict, forbidden, not_found, not_offered
from bot.sandbox.graph.request import NOTHING, Asked, Given, collection
from bot.sandbox.graph_notifications.encryption import certificate_of
from bot.sandbox.graph_notifications.notification_sender import Notifying
from bot.sandbox.graph_notifications.subscriptions import SUBSCRIPTIONS, Watched, living, watched
from bot.sandbox.teams.chats import TENANT_ID, find_chat, has_app
from bot.sandbox.values import JsonObject, Row, Value

LIFECYCLE = "x-sandbox-lifecycle"
EVENTS = frozenset({"reauthorizationRequired", "subscriptionRemoved", "missed"})
LONGEST = timedelta(minutes=4320)
"""Longest lifetime of a subscription on chats ("Subscription lifetime")."""
WITHOUT_LIFECYCLE = timedelta(hours=1)
"""Longest lifetime without a lifecycle notification URL."""
LONGEST_STATE = 128
ON_A_PAGE = 100

_KEPT = (
    "changeType",
    "resource",
    "notificationUrl",
    "lifecycleNotificationUrl",
    "clientState",
    "includeResourceData",
    "encryptionCertificate",
    "encryptionCertificateId",
)
_SECRET = ("clientState", "encryptionCertificate")
"""Properties that Graph never returns."""


async def create(asked: Asked) -> Given:
    """Create a subscription after its endpoints pass the validation."""
    body, what = asked.body, watched(asked.body.get("resource"))
    if what is None:
        raise not_offered("subscriptions on anything but chats and their members")
    until = _until(asked)
    _check(body, what, until, asked.teams.now())
    _allowed(asked, what)
    _not_there_yet(asked, what)
    await _shake_hands(asked.teams.notifying, body)
    values: dict[str, Value] = {name: _plain(body.get(name)) for name in _KEPT}
    async with asked.teams.store.change() as draft:
        row = draft.put(
            SUBSCRIPTIONS, str(uuid4()), {**values, "expirationDateTime": instant(until), "tenantId": TENANT_ID}
        )
    return Given(status=HTTPStatus.CREATED, body=_json(row))


async def listed(asked: Asked) -> Given:
    """Return the app's subscriptions, page by page."""
    rows = sorted(living(asked.teams.rows, asked.teams.now()), key=lambda row: row.version)
    after = asked.query.get("$skiptoken", "0")
    start = int(after) if after.isascii() and after.isdigit() and len(after) < len("1000000") else 0
    page, rest = rows[start : start + ON_A_PAGE], rows[start + ON_A_PAGE :]
    more = {"@odata.nextLink": f"{asked.base}/subscriptions?$skiptoken={start + ON_A_PAGE}"} if rest else {}
    return collection(asked, "subscriptions", [_json(row) for row in page], **more)


async def read(asked: Asked) -> Given:
    """Return a subscription. With the test header, also send a lifecycle notification."""
    row, event = _found(asked), asked.headers.get(LIFECYCLE)
    if event is not None:
        await _send(asked, row, event)
    return Given(body=_json(row))


async def renew(asked: Asked) -> Given:
    """Extend a subscription's lifetime."""
    row, until = _found(asked), _until(asked)
    if set(asked.body) - {"@odata.type"} != {"expirationDateTime"}:
        raise not_offered("changes of a subscription other than its expirationDateTime")
    _check_life(until, asked.teams.now(), followed=bool(row.text("lifecycleNotificationUrl")))
    async with asked.teams.store.change() as draft:
        return Given(body=_json(draft.update(row, {"expirationDateTime": instant(until)})))


async def reauthorize(asked: Asked) -> Given:
    """Reauthorize a subscription, which keeps its lifetime."""
    _found(asked)
    return NOTHING


async def end(asked: Asked) -> Given:
    """Delete a subscription."""
    row = _found(asked)
    async with asked.teams.store.change() as draft:
        draft.remove(row)
    return NOTHING


async def _send(asked: Asked, row: Row, event: str) -> None:
    if event not in EVENTS or asked.teams.notifying is None:
        raise bad_request(f"The header {LIFECYCLE} takes one of: {', '.join(sorted(EVENTS))}.")
    asked.teams.notifying.lifecycle(row, event)
    if event == "subscriptionRemoved":
        async with asked.teams.store.change() as draft:
            draft.remove(row)


def _found(asked: Asked) -> Row:
    row = asked.teams.rows.get(SUBSCRIPTIONS, asked.path[1])
    if row is None or row not in living(asked.teams.rows, asked.teams.now()):
        raise not_found("The subscription")
    return row


def _until(asked: Asked) -> datetime:
    """Return the requested expiration. Raise `GraphError` if it is not an instant."""
    given = asked.body.get("expirationDateTime")
    try:
        until = datetime.fromisoformat(given if isinstance(given, str) else "")
    except ValueError as error:
        raise bad_request("The property 'expirationDateTime' is missing or is no instant.") from error
    return until if until.tzinfo else until.replace(tzinfo=UTC)


def _check(body: JsonObject, what: Watched, until: datetime, now: datetime) -> None:
    kinds = str(body.get("changeType", "")).split(",")
    if not kinds[0] or not what.kinds.issuperset(kinds):
        raise bad_request(f"The resource knows these changes: {', '.join(sorted(what.kinds))}.")
    state = body.get("clientState")
    if state is not None and not (isinstance(state, str) and len(state) <= LONGEST_STATE):
        raise bad_request(f"The property 'clientState' is a text of {LONGEST_STATE} characters at most.")
    _check_life(until, now, followed=bool(body.get("lifecycleNotificationUrl")))
    if body.get("includeResourceData"):
        _check_certificate(body)


def _check_life(until: datetime, now: datetime, *, followed: bool) -> None:
    if not now < until <= now + LONGEST:
        raise bad_request("Subscription expiration can only be 4320 minutes in the future.")
    if until > now + WITHOUT_LIFECYCLE and not followed:
        raise bad_request(
            "lifecycleNotificationUrl is a required property for subscription creation on this resource when the "
            "expirationDateTime value is set to greater than 1 hour."
        )


def _check_certificate(body: JsonObject) -> None:
    text, name = body.get("encryptionCertificate"), body.get("encryptionCertificateId")
    try:
        certificate_of(text if isinstance(text, str) else "")
    except ValueError as error:
        raise bad_request("The property 'encryptionCertificate' is no certificate with an RSA key.") from error
    if not isinstance(name, str) or not name:
        raise bad_request("The property 'encryptionCertificateId' is needed with 'encryptionCertificate'.")


def _allowed(asked: Asked, what: Watched) -> None:
    """Raise `GraphError` if the app lacks the permission."""
    teams, needed, held = asked.teams, what.permission, True
    if what.chat is not None:
        if find_chat(teams.rows, what.chat) is None:
            raise not_found("The chat")
        # Resource-specific permissions in the manifest are granted with the installation, chat by chat.
        held = needed in teams.settings.app_permissions and has_app(teams.rows, what.chat)
    if needed in teams.withheld or not held:
        raise forbidden(f"Operation: Create; Exception: the app lacks the permission {needed}.")


def _not_there_yet(asked: Asked, what: Watched) -> None:
    """Raise `GraphError` for a duplicate subscription, or if the app reached its limit of subscriptions."""
    there = [watched(row.text("resource")) for row in living(asked.teams.rows, asked.teams.now())]
    if what in there:
        raise conflict("A subscription already exists for the requested combination of resource and changeType.")
    if what.chat is not None and any(each and each.chat == what.chat for each in there):
        raise forbidden("Subscription limit of 1 per app and chat has been reached.")
    if len(there) >= asked.teams.subscriptions_at_most:
        raise forbidden("Subscription limit per organization has been reached.")


async def _shake_hands(notifying: Notifying | None, body: JsonObject) -> None:
    urls = [body.get("notificationUrl"), body.get("lifecycleNotificationUrl")]
    for url in urls if urls[1] else urls[:1]:
        if not isinstance(url, str) or notifying is None or not await notifying.shakes_hands(url):
            raise bad_request(
                "Subscription validation request failed. Notification endpoint must respond with 200 OK to validation "
                "request."
            )


def _plain(value: object) -> str | bool | None:
    return value if isinstance(value, str | bool) else None


def _json(row: Row) -> JsonObject:
    shown = {name: _plain(row.values.get(name)) for name in (*_KEPT, "expirationDateTime") if name not in _SECRET}
    return {"id": row.id, **shown, **dict.fromkeys(_SECRET)}
