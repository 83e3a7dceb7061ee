"""Parse the data of buttons and pages. It is untrusted: it names things, but grants no permission.

Each parser raises `BadRequest` for data that no button of the product has.
"""

import re
from collections.abc import Mapping

from bot.domain.errors import BadRequest
from bot.domain.public_names import PERSON, VERSION
from bot.domain.record_links import RecordLink, RecordLinks, parse_guid
from bot.domain.values import ObjectId, PublicId
from cards.paging import BEGIN

ActionData = Mapping[str, str]

KEY = "wish"
"""Key that makes repeated submissions of a dialog idempotent. The Agents Playground drops a field named "key"."""
SURE = "sure"
"""Set if the dialog has warned about the audience of the note, so that the note can be sent anyway."""

_MAX_TYPE_CODE = 2**31
_MAX_DIGITS = 10
_MAX_OFFSET_DIGITS = 5
_PUBLIC_ID = re.compile(r"[0-9a-f]{32}", re.ASCII)
_ETAG = re.compile(r'W/"\d{1,20}"', re.ASCII)


def parse_link(data: ActionData, links: RecordLinks) -> RecordLink:
    """Return the record. Its table may be missing, or be given by its type code as in older links."""
    environments = (each.id for each in links.environments if each.id == data.get("environment"))
    environment, row_id = next(environments, None), parse_guid(data.get("row", ""))
    if environment is None or row_id is None:
        raise expired_button()
    code = _number(data["code"]) if "code" in data else 0
    if code is None or code >= _MAX_TYPE_CODE:
        raise expired_button()
    return RecordLink(environment=environment, row_id=row_id, table=data.get("table") or None, type_code=code or None)


def parse_etag(data: ActionData) -> str:
    """Return the ETag of the row that the person saw."""
    etag = data.get(VERSION, "")
    if not _ETAG.fullmatch(etag):
        raise expired_button()
    return etag


def parse_connection(data: ActionData) -> PublicId:
    """Return the random ID of the connection. Cards of earlier versions have a number, which is not accepted."""
    public_id = data.get("connection", "")
    if not _PUBLIC_ID.fullmatch(public_id):
        raise expired_button()
    return PublicId(public_id)


def parse_card(data: ActionData) -> int:
    """Return the number of a stored card. It can be guessed, so it counts only together with the chat."""
    number = _number(data.get("card", ""))
    if number is None:
        raise expired_button()
    return number


def parse_person(data: ActionData) -> ObjectId:
    """Return the Entra object ID of the affected person."""
    object_id = parse_guid(data.get(PERSON, ""))
    if object_id is None:
        raise expired_button()
    return ObjectId(object_id)


def parse_offset(data: ActionData) -> int:
    """Return the index of the first row of a list; 0 by default."""
    return parse_number(data, BEGIN)


def parse_number(data: ActionData, name: str) -> int:
    """Return the index with this name; 0 by default."""
    text = data.get(name, "0")
    number = _number(text) if len(text) <= _MAX_OFFSET_DIGITS else None
    if number is None:
        raise expired_button()
    return number


def expired_button() -> BadRequest:
    """Return the error for an unknown button, for example one of an older version."""
    return BadRequest("This button no longer works.", "To see all commands, write help.")


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _MAX_DIGITS else None
