"""Subscriptions to change notifications ("Create subscription", "Update subscription", Microsoft Graph).

To test lifecycle notifications, read a subscription with a header such as `x-sandbox-lifecycle: missed`.
"""

from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from uuid import uuid4

from bot.sandbox.dataverse.writes.coerce import instant
from bot.sandbox.graph.errors import bad_request, conflict, forbidden, not_found, not_implemented
from bot.sandbox.graph.request import NO_CONTENT, GraphRequest, GraphResponse, collection
from bot.sandbox.graph_notifications.encryption import load_certificate
from bot.sandbox.graph_notifications.notification_sender import NotificationSender
from bot.sandbox.graph_notifications.subscriptions import (
    SUBSCRIPTIONS,
    WatchedResource,
    active_subscriptions,
    parse_resource,
)
from bot.sandbox.storage.rows import Transaction
from bot.sandbox.teams.chats import TENANT_ID, find_chat, has_app
from bot.sandbox.values import JsonObject, Row, Value

LIFECYCLE_HEADER = "x-sandbox-lifecycle"
LIFECYCLE_EVENTS = frozenset({"reauthorizationRequired", "subscriptionRemoved", "missed"})
MAX_LIFETIME = timedelta(minutes=4320)
"""Longest lifetime of a subscription on chats ("Subscription lifetime")."""
MAX_LIFETIME_WITHOUT_LIFECYCLE_URL = timedelta(hours=1)
"""Longest lifetime without a lifecycle notification URL."""
MAX_CLIENT_STATE_LENGTH = 128
PAGE_SIZE = 100

_STORED_PROPERTIES = (
    "changeType",
    "resource",
    "notificationUrl",
    "lifecycleNotificationUrl",
    "clientState",
    "includeResourceData",
    "encryptionCertificate",
    "encryptionCertificateId",
)
_HIDDEN_PROPERTIES = ("clientState", "encryptionCertificate")
"""Properties that Graph never returns."""


async def create(request: GraphRequest) -> GraphResponse:
    """Create a subscription after its endpoints pass the validation."""
    body, watched_resource = request.body, parse_resource(request.body.get("resource"))
    if watched_resource is None:
        raise not_implemented("subscriptions on resources other than chats and their members")
    expires_at = _expiration(request)
    _validate(body, watched_resource, expires_at, request.teams.now())
    _require_permission(request, watched_resource)
    _require_no_duplicate(request, watched_resource)
    await _validate_endpoints(request.teams.notification_sender, body)
    values: dict[str, Value] = {name: _plain(body.get(name)) for name in _STORED_PROPERTIES}
    async with request.teams.store.transaction() as transaction:
        _remove_expired(transaction, request.teams.now())
        row = transaction.put(
            SUBSCRIPTIONS, str(uuid4()), {**values, "expirationDateTime": instant(expires_at), "tenantId": TENANT_ID}
        )
    return GraphResponse(status=HTTPStatus.CREATED, body=_json(row))


async def list_subscriptions(request: GraphRequest) -> GraphResponse:
    """Return the app's subscriptions, page by page."""
    rows = sorted(active_subscriptions(request.teams.rows, request.teams.now()), key=lambda row: row.version)
    after = request.query.get("$skiptoken", "0")
    start = int(after) if after.isascii() and after.isdigit() and len(after) < len("1000000") else 0
    page, rest = rows[start : start + PAGE_SIZE], rows[start + PAGE_SIZE :]
    more = {"@odata.nextLink": f"{request.base}/subscriptions?$skiptoken={start + PAGE_SIZE}"} if rest else {}
    return collection(request, "subscriptions", [_json(row) for row in page], **more)


async def read(request: GraphRequest) -> GraphResponse:
    """Return a subscription. With the test header, also send a lifecycle notification."""
    row, event = _require_subscription(request), request.headers.get(LIFECYCLE_HEADER)
    if event is not None:
        await _send_lifecycle(request, row, event)
    return GraphResponse(body=_json(row))


async def renew(request: GraphRequest) -> GraphResponse:
    """Extend a subscription's lifetime."""
    row, expires_at = _require_subscription(request), _expiration(request)
    if set(request.body) - {"@odata.type"} != {"expirationDateTime"}:
        raise not_implemented("changes of a subscription other than its expirationDateTime")
    _validate_lifetime(expires_at, request.teams.now(), has_lifecycle_url=bool(row.text("lifecycleNotificationUrl")))
    async with request.teams.store.transaction() as transaction:
        return GraphResponse(body=_json(transaction.update(row, {"expirationDateTime": instant(expires_at)})))


async def reauthorize(request: GraphRequest) -> GraphResponse:
    """Reauthorize a subscription, which keeps its lifetime."""
    _require_subscription(request)
    return NO_CONTENT


async def delete(request: GraphRequest) -> GraphResponse:
    """Delete a subscription."""
    row = _require_subscription(request)
    async with request.teams.store.transaction() as transaction:
        transaction.remove(row)
    return NO_CONTENT


async def _send_lifecycle(request: GraphRequest, row: Row, event: str) -> None:
    if event not in LIFECYCLE_EVENTS or request.teams.notification_sender is None:
        raise bad_request(f"The header {LIFECYCLE_HEADER} must be one of: {', '.join(sorted(LIFECYCLE_EVENTS))}.")
    request.teams.notification_sender.send_lifecycle(row, event)
    if event == "subscriptionRemoved":
        async with request.teams.store.transaction() as transaction:
            transaction.remove(row)


def _remove_expired(transaction: Transaction, now: datetime) -> None:
    active = {row.id for row in active_subscriptions(transaction.rows, now)}
    for row in transaction.rows.all(SUBSCRIPTIONS):
        if row.id not in active:
            transaction.remove(row)


def _require_subscription(request: GraphRequest) -> Row:
    row = request.teams.rows.get(SUBSCRIPTIONS, request.path[1])
    if row is None or row not in active_subscriptions(request.teams.rows, request.teams.now()):
        raise not_found("The subscription")
    return row


def _expiration(request: GraphRequest) -> datetime:
    """Return the requested expiration. Raise `GraphError` if it is not an instant."""
    value = request.body.get("expirationDateTime")
    try:
        expires_at = datetime.fromisoformat(value if isinstance(value, str) else "")
    except ValueError as error:
        raise bad_request("The property 'expirationDateTime' is missing or is not a date and time.") from error
    return expires_at if expires_at.tzinfo else expires_at.replace(tzinfo=UTC)


def _validate(body: JsonObject, watched_resource: WatchedResource, expires_at: datetime, now: datetime) -> None:
    change_types = str(body.get("changeType", "")).split(",")
    if not change_types[0] or not watched_resource.change_types.issuperset(change_types):
        raise bad_request(
            f"The resource supports these change types: {', '.join(sorted(watched_resource.change_types))}."
        )
    state = body.get("clientState")
    if state is not None and not (isinstance(state, str) and len(state) <= MAX_CLIENT_STATE_LENGTH):
        raise bad_request(f"The property 'clientState' must be a text of at most {MAX_CLIENT_STATE_LENGTH} characters.")
    _validate_lifetime(expires_at, now, has_lifecycle_url=bool(body.get("lifecycleNotificationUrl")))
    if body.get("includeResourceData"):
        _validate_certificate(body)


def _validate_lifetime(expires_at: datetime, now: datetime, *, has_lifecycle_url: bool) -> None:
    if not now < expires_at <= now + MAX_LIFETIME:
        raise bad_request("Subscription expiration can only be 4320 minutes in the future.")
    if expires_at > now + MAX_LIFETIME_WITHOUT_LIFECYCLE_URL and not has_lifecycle_url:
        raise bad_request(
            "lifecycleNotificationUrl is a required property for subscription creation on this resource when the "
            "expirationDateTime value is set to greater than 1 hour."
        )


def _validate_certificate(body: JsonObject) -> None:
    text, name = body.get("encryptionCertificate"), body.get("encryptionCertificateId")
    try:
        load_certificate(text if isinstance(text, str) else "")
    except ValueError as error:
        raise bad_request("The property 'encryptionCertificate' is not a certificate with an RSA key.") from error
    if not isinstance(name, str) or not name:
        raise bad_request("The property 'encryptionCertificateId' is required with 'encryptionCertificate'.")


def _require_permission(request: GraphRequest, watched_resource: WatchedResource) -> None:
    """Raise `GraphError` if the app lacks the permission."""
    teams, permission, is_granted = request.teams, watched_resource.permission, True
    if watched_resource.chat is not None:
        if find_chat(teams.rows, watched_resource.chat) is None:
            raise not_found("The chat")
        # Resource-specific permissions in the manifest are granted with the installation, chat by chat.
        is_granted = permission in teams.settings.app_permissions and has_app(teams.rows, watched_resource.chat)
    if permission in teams.withheld or not is_granted:
        raise forbidden(f"Operation: Create; Exception: the app lacks the permission {permission}.")


def _require_no_duplicate(request: GraphRequest, watched_resource: WatchedResource) -> None:
    """Raise `GraphError` for a duplicate subscription, or if the app reached its limit of subscriptions."""
    existing = [
        parse_resource(row.text("resource")) for row in active_subscriptions(request.teams.rows, request.teams.now())
    ]
    if watched_resource in existing:
        raise conflict("A subscription already exists for the requested combination of resource and changeType.")
    if watched_resource.chat is not None and any(each and each.chat == watched_resource.chat for each in existing):
        raise forbidden("Subscription limit of 1 per app and chat has been reached.")
    if len(existing) >= request.teams.max_subscriptions:
        raise forbidden("Subscription limit per organization has been reached.")


async def _validate_endpoints(notification_sender: NotificationSender | None, body: JsonObject) -> None:
    urls = [body.get("notificationUrl"), body.get("lifecycleNotificationUrl")]
    for url in urls if urls[1] else urls[:1]:
        if (
            not isinstance(url, str)
            or notification_sender is None
            or not await notification_sender.validate_endpoint(url)
        ):
            raise bad_request(
                "Subscription validation request failed. Notification endpoint must respond with 200 OK to validation "
                "request."
            )


def _plain(value: object) -> str | bool | None:
    return value if isinstance(value, str | bool) else None


def _json(row: Row) -> JsonObject:
    names = [name for name in (*_STORED_PROPERTIES, "expirationDateTime") if name not in _HIDDEN_PROPERTIES]
    properties = {name: _plain(row.values.get(name)) for name in names}
    return {"id": row.id, **properties, **dict.fromkeys(_HIDDEN_PROPERTIES)}
