"""Validation of webhook registrations ("Register a WebHook")."""

from http import HTTPStatus

from yarl import URL

from bot.sandbox.errors import DataverseError, bad_query, not_implemented
from bot.sandbox.loopback_only import is_loopback
from bot.sandbox.storage.rows import Transaction
from bot.sandbox.values import Row

WEBHOOK = 8
"""Value of `serviceendpoint.contract`."""

WEBHOOK_KEY = 4
"""Value of `serviceendpoint.authtype` for a key that is sent as `?code=…`."""

ASYNCHRONOUS = 1
POST_OPERATION = 40


def require_supported(transaction: Transaction, row: Row, webhook_url: str) -> None:
    """Raise `DataverseError` if the sandbox does not support the endpoint or step."""
    if row.table == "serviceendpoint":
        _require_endpoint(row, webhook_url)
    if row.table == "sdkmessageprocessingstep":
        _require_step(transaction, row)


def _require_endpoint(row: Row, webhook_url: str) -> None:
    if row.number("contract") != WEBHOOK:
        raise not_implemented("service endpoints other than webhooks (contract 8)")
    if row.number("authtype") != WEBHOOK_KEY:
        raise not_implemented("authentication other than a webhook key (authtype 4)")
    try:
        url = URL(row.text("url"))
    except ValueError as error:
        raise bad_query("The endpoint's url is not a valid URL.") from error
    if url.scheme not in {"http", "https"} or not (is_loopback(url.host or "") or url.host == URL(webhook_url).host):
        raise bad_query("The sandbox sends events only to this machine and to its own webhook.")


def _require_step(transaction: Transaction, row: Row) -> None:
    if row.number("mode") != ASYNCHRONOUS or row.number("stage") != POST_OPERATION:
        raise not_implemented("steps other than asynchronous ones after the operation (mode 1, stage 40)")
    message, message_filter = row.target("sdkmessageid"), row.target("sdkmessagefilterid")
    found = transaction.get(message_filter.table, message_filter.id) if message_filter else None
    if found and found.target("sdkmessageid") != message:
        raise DataverseError(HTTPStatus.BAD_REQUEST, "0x80044191", "The message filter belongs to another message.")
