"""English plurals and lists, each in one place, so that a translation replaces them once."""

from collections.abc import Sequence

_ONE, _TWO = 1, 2


def plural(count: int, one: str, other: str) -> str:
    """Return the sentence for this count: `one` for 1, `other` for any other number."""
    return one if count == 1 else other


def and_list(items: Sequence[str]) -> str:
    """Return the items as "a", "a and b", or "a, b, and c"."""
    return _listed(items, two="{first} and {last}", end="{first}, and {last}")


def or_list(items: Sequence[str]) -> str:
    """Return the items as "a", "a or b", or "a, b, or c"."""
    return _listed(items, two="{first} or {last}", end="{first}, or {last}")


def _listed(items: Sequence[str], *, two: str, end: str) -> str:
    if len(items) <= _ONE:
        return "".join(items)
    pattern = two if len(items) == _TWO else end
    return pattern.format(first=", ".join(items[:-1]), last=items[-1])
