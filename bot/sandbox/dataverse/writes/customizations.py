"""Rules for web resources and modern commands ("WebResource table", "App Action table")."""

from base64 import b64decode
from binascii import Error as InvalidBase64
from http import HTTPStatus

from bot.sandbox.dataverse.writes.change import Event
from bot.sandbox.errors import DataverseError, bad_payload
from bot.sandbox.storage.rows import Transaction
from bot.sandbox.values import Row

PENDING = "unpublishedwebresource"
PUBLISHED, UNPUBLISHED = 0, 1
"""Values of `componentstate`."""


def apply_customization_rules(transaction: Transaction, event: Event) -> None:
    """Validate a changed customization, and hold back a content that is not published yet."""
    row = event.after
    if row is None or row.table not in {"webresource", "appaction"}:
        return
    if row.table == "appaction":
        _require_prefix(transaction, row)
    else:
        _check_web_resource(transaction, event, row)
        _hold_back(transaction, event, row)


def _require_prefix(transaction: Transaction, command: Row) -> None:
    if not _has_prefix(transaction, command.text("uniquename")):
        raise DataverseError(
            HTTPStatus.BAD_REQUEST,
            "0x800608ad",
            "Export key attribute uniquename for component appaction must start with a valid customization prefix.",
        )


def _check_web_resource(transaction: Transaction, event: Event, row: Row) -> None:
    if not _has_prefix(transaction, row.text("name")):
        raise bad_payload("webresourceset", "The name must begin with the customization prefix of a publisher.")
    if event.before and event.before.values.get("webresourcetype") != row.values.get("webresourcetype"):
        raise bad_payload("webresourceset", "The type of a web resource cannot be changed.")
    try:
        b64decode(row.text("content"), validate=True)
    except InvalidBase64 as error:
        raise bad_payload("webresourceset", "The content must be in Base64.") from error


def _has_prefix(transaction: Transaction, name: str) -> bool:
    return any(name.startswith(f"{row.text('customizationprefix')}_") for row in transaction.all("publisher"))


def _hold_back(transaction: Transaction, event: Event, row: Row) -> None:
    """Keep the published content visible. A new web resource has none, and is not served before it is published."""
    if event.before is None:
        transaction.update(row, {"componentstate": UNPUBLISHED})
    elif event.before.values.get("componentstate") == PUBLISHED and "content" in event.target:
        transaction.put(PENDING, row.id, {"webresourceid": row.ref, "content": row.text("content")})
        transaction.update(row, {"content": event.before.text("content")})


def publish_web_resource(transaction: Transaction, row: Row) -> None:
    """Make the last written content visible."""
    pending = transaction.get(PENDING, row.id)
    content = pending.text("content") if pending else row.text("content")
    transaction.update(row, {"content": content, "componentstate": PUBLISHED})
    if pending:
        transaction.remove(pending)
