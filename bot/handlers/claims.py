"""What buttons and pages say of records: claims, which name something and permit nothing."""

from collections.abc import Mapping

from bot.domain.errors import BadRequest
from bot.domain.record_links import Links, guid
from bot.domain.values import RecordRef

Claims = Mapping[str, str]


def record_in(claims: Claims, links: Links) -> RecordRef:
    """The record that is named; raises `BadRequest` for none of an environment of ours."""
    named = (each.id for each in links.environments if each.id == claims.get("environment"))
    environment, row_id = next(named, None), guid(claims.get("row", ""))
    if environment is None or row_id is None:
        raise unknown_button()
    return RecordRef(environment=environment, table=claims.get("table", ""), row_id=row_id)


def unknown_button() -> BadRequest:
    """A button that is none of ours, or of a time long past."""
    return BadRequest("This button does not work any more.", "Write help to see what you can do.")
