"""What buttons and pages say: claims, which name something and permit nothing.

Each reader raises `BadRequest` for what no button of ours says.
"""

import re
from collections.abc import Mapping

from bot.domain.errors import BadRequest
from bot.domain.public_names import PERSON, VERSION
from bot.domain.record_links import RecordLink, RecordLinks, parse_guid
from bot.domain.values import ConnectionId, ObjectId, RecordRef
from cards.chat_list import BEGIN

Claims = Mapping[str, str]

_LARGEST_ID = 2**63
_VERSION = re.compile(r'W/"\d{1,20}"', re.ASCII)
_LARGEST_CODE = 2**31
_LONGEST_BEGIN = 5  # digits


def record_in(claims: Claims, links: RecordLinks) -> RecordRef:
    """The record that is named, of one of our environments."""
    link = link_in(claims, links)
    return RecordRef(environment=link.environment, table=link.table or "", row_id=link.row_id)


def link_in(claims: Claims, links: RecordLinks) -> RecordLink:
    """The same where the table may be named by its number, as older links do, or not at all."""
    named = (each.id for each in links.environments if each.id == claims.get("environment"))
    environment, row_id = next(named, None), parse_guid(claims.get("row", ""))
    if environment is None or row_id is None:
        raise unknown_button()
    code = _number(claims["code"]) if "code" in claims else 0
    if code is None or code >= _LARGEST_CODE:
        raise unknown_button()
    return RecordLink(environment=environment, row_id=row_id, table=claims.get("table") or None, type_code=code or None)


def version_in(claims: Claims) -> str:
    """The version of a row that somebody saw, as Dataverse writes it."""
    version = claims.get(VERSION, "")
    if not _VERSION.fullmatch(version):
        raise unknown_button()
    return version


def connection_in(claims: Claims) -> ConnectionId:
    """The connection that is named."""
    number = _number(claims.get("connection", ""))
    if number is None or number >= _LARGEST_ID:
        raise unknown_button()
    return ConnectionId(number)


def person_in(claims: Claims) -> ObjectId:
    """The person who is named."""
    found = parse_guid(claims.get(PERSON, ""))
    if found is None:
        raise unknown_button()
    return ObjectId(found)


def begin_in(claims: Claims) -> int:
    """Which row of a list comes first; the very first where nothing is said."""
    begin = claims.get(BEGIN, "0")
    number = _number(begin) if len(begin) <= _LONGEST_BEGIN else None
    if number is None:
        raise unknown_button()
    return number


def unknown_button() -> BadRequest:
    """A button that is none of ours, or of a time long past."""
    return BadRequest("This button does not work any more.", "Write help to see what you can do.")


def _number(text: str) -> int | None:
    longest = len(str(_LARGEST_ID))
    return int(text) if text.isascii() and text.isdigit() and len(text) <= longest else None
