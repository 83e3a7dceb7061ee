"""Sign what the dialog shows of a message, so that nobody can save other words under the author's name.

The page sends its data back with the button, and any client can change it. The signature covers the author, the time,
the link, the attachments, and the original text, and is valid only for the person and the chat of the dialog.
"""

from collections.abc import Mapping
from hashlib import sha256

from bot.domain.public_names import QuotedField
from bot.features.shared.action_data import KEY, ActionData
from bot.features.shared.services import Services
from bot.features.shared.signatures import is_signed, sign
from bot.features.shared.turn import Turn

_PURPOSE = "quoted message"
_ORIGINAL_DIGEST = "wording"
"""In the data of the page: the digest of the original text, which shows whether the person changed it."""
_ORIGINAL_TITLE = "titling"
"""The same for the title, which names the author."""
_SIGNATURE = "signature"

_SIGNED = (
    KEY,
    _ORIGINAL_DIGEST,
    _ORIGINAL_TITLE,
    QuotedField.AUTHOR,
    QuotedField.SENT,
    QuotedField.FILES,
    QuotedField.LINK,
)
QUOTE_DATA = (*_SIGNED, _SIGNATURE)
"""Names in the data of the page that `is_quote_signed` needs."""


async def sign_quote(services: Services, turn: Turn, data: ActionData, title: str, text: str) -> Mapping[str, str]:
    """Return the data with the digests of the original title and text, and with the signature; raise `Unavailable`."""
    with_digest = {**data, _ORIGINAL_DIGEST: _digest(text), _ORIGINAL_TITLE: _digest(title)}
    return {**with_digest, _SIGNATURE: await sign(services, _PURPOSE, _values(turn, with_digest))}


async def is_quote_signed(services: Services, turn: Turn, data: ActionData) -> bool:
    """Check whether the data is what the dialog contained when this person opened it here; raise `Unavailable`."""
    return await is_signed(services, _PURPOSE, _values(turn, data), data.get(_SIGNATURE, ""))


def is_original(data: ActionData, title: str, text: str) -> bool:
    """Check whether both are the original ones. Line ends do not count, because clients send different ones."""
    return (_digest(title), _digest(text)) == (data.get(_ORIGINAL_TITLE), data.get(_ORIGINAL_DIGEST))


def _values(turn: Turn, data: ActionData) -> list[str]:
    return [turn.person.object_id or turn.person.account_id, turn.chat.id, *(data.get(name, "") for name in _SIGNED)]


def _digest(text: str) -> str:
    return sha256(" ".join(text.split()).encode("utf-8", "surrogatepass")).hexdigest()
