"""What buttons and pages say: data, which name something and permit nothing.

Each reader raises `BadRequest` for what no button of ours says.
"""

import re
from collections.abc import Mapping

from bot.domain.errors import BadRequest
from bot.domain.public_names import PERSON, VERSION
from bot.domain.record_links import RecordLink, RecordLinks, parse_guid
from bot.domain.values import ConnectionId, ObjectId, RecordRef
from cards.chat_list import BEGIN

ActionData = Mapping[str, str]

KEY = "wish"
"""Key that makes repeated submissions of a dialog idempotent. The Agents Playground drops a field named "key"."""
SURE = "sure"
"""Set if the dialog has warned about the audience of the note, so that the note can be sent anyway."""

_MAX_ID = 2**63
_VERSION = re.compile(r'W/"\d{1,20}"', re.ASCII)
_MAX_CODE = 2**31
_MAX_OFFSET_DIGITS = 5  # digits


def parse_record(data: ActionData, links: RecordLinks) -> RecordRef:
    """The record that is named, of one of our environments."""
    link = parse_link(data, links)
    return RecordRef(environment=link.environment, table=link.table or "", row_id=link.row_id)


def parse_link(data: ActionData, links: RecordLinks) -> RecordLink:
    """The same where the table may be named by its number, as older links do, or not at all."""
    named = (each.id for each in links.environments if each.id == data.get("environment"))
    environment, row_id = next(named, None), parse_guid(data.get("row", ""))
    if environment is None or row_id is None:
        raise expired_button()
    code = _number(data["code"]) if "code" in data else 0
    if code is None or code >= _MAX_CODE:
        raise expired_button()
    return RecordLink(environment=environment, row_id=row_id, table=data.get("table") or None, type_code=code or None)


def parse_etag(data: ActionData) -> str:
    """The version of a row that somebody saw, as Dataverse writes it."""
    version = data.get(VERSION, "")
    if not _VERSION.fullmatch(version):
        raise expired_button()
    return version


def parse_connection(data: ActionData) -> ConnectionId:
    """The connection that is named."""
    number = _number(data.get("connection", ""))
    if number is None or number >= _MAX_ID:
        raise expired_button()
    return ConnectionId(number)


def parse_person(data: ActionData) -> ObjectId:
    """The person who is named."""
    found = parse_guid(data.get(PERSON, ""))
    if found is None:
        raise expired_button()
    return ObjectId(found)


def parse_offset(data: ActionData) -> int:
    """Which row of a list comes first; the very first where nothing is said."""
    begin = data.get(BEGIN, "0")
    number = _number(begin) if len(begin) <= _MAX_OFFSET_DIGITS else None
    if number is None:
        raise expired_button()
    return number


def expired_button() -> BadRequest:
    """A button that is none of ours, or of a time long past."""
    return BadRequest("This button does not work any more.", "Write help to see what you can do.")


def _number(text: str) -> int | None:
    longest = len(str(_MAX_ID))
    return int(text) if text.isascii() and text.isdigit() and len(text) <= longest else None
