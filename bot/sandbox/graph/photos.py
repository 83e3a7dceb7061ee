"""Photos of some users: generated images of a head and shoulders in PNG format."""

import struct
import zlib
from collections.abc import Mapping
from functools import cache

from bot.sandbox.sample_data.ids import ADELE, ALEX, MEGAN, PATTI, object_id

SIZE = 48

Color = tuple[int, int, int]

_LOOKS: Mapping[str, tuple[Color, Color, Color]] = {
    object_id(ALEX): ((47, 93, 138), (238, 196, 160), (222, 226, 232)),
    object_id(MEGAN): ((126, 68, 110), (214, 160, 120), (250, 214, 92)),
    object_id(ADELE): ((44, 110, 87), (250, 212, 184), (190, 66, 56)),
    object_id(PATTI): ((168, 110, 42), (141, 94, 66), (38, 66, 110)),
}
"""Colors of the background, the skin, and the clothes. The other users have no photo."""


@cache
def photo_of(user: str) -> bytes | None:
    """Return the user's photo, or None."""
    look = _LOOKS.get(user)
    if look is None:
        return None
    rows = b"".join(b"\0" + b"".join(bytes(_pixel(x, y, look)) for x in range(SIZE)) for y in range(SIZE))
    header = struct.pack(">IIBBBBB", SIZE, SIZE, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + _chunk(b"IDAT", zlib.compress(rows)) + _chunk(b"IEND", b"")


def _pixel(x: int, y: int, look: tuple[Color, Color, Color]) -> Color:
    background, skin, clothes = look
    if (x - 24) ** 2 + (y - 19) ** 2 <= 10**2:
        return skin
    return clothes if (x - 24) ** 2 / 17**2 + (y - 48) ** 2 / 16**2 <= 1 else background


def _chunk(kind: bytes, content: bytes) -> bytes:
    """Return a part of the file with its length and checksum."""
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
