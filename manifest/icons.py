"""The app's icons, drawn as two speech bubbles that overlap. Pure."""

import struct
import zlib
from collections.abc import Callable

Shade = Callable[[float, float], float]
"""The covered share of a point, from 0 to 1, at coordinates from 0 to 1."""

_FINENESS = 3  # samples per pixel in each direction, enough for smooth edges

BACKGROUND = (0x24, 0x50, 0x5E)
WHITE = (0xFF, 0xFF, 0xFF)


def color_icon(size: int = 192) -> bytes:
    """Return the full-color icon as PNG, with a white mark on the accent color within the safe area."""
    mark = _sampled(size, lambda x, y: _mark((x - 0.2) / 0.6, (y - 0.2) / 0.6))
    rows = [[_mixed(BACKGROUND, WHITE, cover) for cover in row] for row in mark]
    return _png(size, rows)


def outline_icon(size: int = 32) -> bytes:
    """Return the outline icon as PNG, with a white mark on a transparent background."""
    mark = _sampled(size, lambda x, y: _mark((x - 0.06) / 0.88, (y - 0.06) / 0.88))
    return _png(size, [[(*WHITE, round(cover * 255)) for cover in row] for row in mark])


def _mark(x: float, y: float) -> float:
    """Return a bubble at the upper left, an outlined one at the lower right, and a gap between them."""
    front = _bubble(x, y, (0.0, 0.0, 0.66, 0.52), tail=0.14)
    gap = _bubble(x, y, (-0.07, -0.07, 0.73, 0.59), tail=0.14)
    back = _bubble(x, y, (0.34, 0.36, 1.0, 0.86), tail=0.86)
    hollow = _bubble(x, y, (0.43, 0.45, 0.91, 0.77), tail=-1.0)
    return max(front, back * (1 - hollow) * (1 - gap))


def _bubble(x: float, y: float, box: tuple[float, float, float, float], *, tail: float) -> float:
    left, top, right, bottom = box
    radius = 0.12
    dx = max(left + radius - x, 0.0, x - right + radius)
    dy = max(top + radius - y, 0.0, y - bottom + radius)
    body = dx * dx + dy * dy <= radius * radius
    side = 1 if tail < (left + right) / 2 else -1
    in_tail = bottom - 0.02 <= y <= bottom + 0.16 and 0 <= (x - tail) * side <= (bottom + 0.16 - y)
    return float(body or (tail >= 0 and in_tail))


def _sampled(size: int, shade: Shade) -> list[list[float]]:
    """Return the mean coverage of each pixel."""
    steps = [(n + 0.5) / _FINENESS for n in range(_FINENESS)]

    def cover(column: int, row: int) -> float:
        samples = [shade((column + dx) / size, (row + dy) / size) for dx in steps for dy in steps]
        return sum(samples) / len(samples)

    return [[cover(column, row) for column in range(size)] for row in range(size)]


def _mixed(back: tuple[int, ...], front: tuple[int, ...], cover: float) -> tuple[int, ...]:
    mixed = (round(b + (f - b) * cover) for b, f in zip(back, front, strict=True))
    return (*mixed, 255)


def _png(size: int, rows: list[list[tuple[int, ...]]]) -> bytes:
    """Return the pixels as a PNG file of color type 6 (PNG specification, third edition)."""
    raw = b"".join(b"\0" + bytes(part for pixel in row for part in pixel) for row in rows)
    header = struct.pack(">IIBBBBB", size, size, 8, 6, 0, 0, 0)
    chunks = (_chunk(b"IHDR", header), _chunk(b"IDAT", zlib.compress(raw, 9)), _chunk(b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
