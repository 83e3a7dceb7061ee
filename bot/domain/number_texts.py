"""Write numbers in the format of another number's text, such as `$30,257.25`. Pure."""

import re
from dataclasses import dataclass

_NUMBER = re.compile(r"[0-9](?:[0-9.,'\u2019\u066c\u066b\s]*[0-9])?")
_MAX_TEXT = 60
"""Characters of a number's text, with its currency."""
_MAX_DIGITS = 10
"""Digits after the decimal separator ("Number columns")."""
HIGHEST = 10.0**15
"""Numbers from here on have digits that a floating-point number does not hold."""
_TOLERANCE = 0.5000001
_THOUSAND = 3
_NEGATIVE = (("-", ""), ("(", ")"), ("", "-"), ("−", ""))  # noqa: RUF001 the minus sign, too


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberFormat:
    """The format of a number's text, without its sign."""

    prefix: str
    suffix: str
    digits: int
    """Digits after the decimal separator."""
    decimal_separator: str
    group_separator: str
    group_size: int = _THOUSAND
    """Digits in each group before the last one, which has three."""
    negative: tuple[str, str] = _NEGATIVE[0]

    @property
    def has_unit(self) -> bool:
        """Return whether the text has more than the number, such as a currency."""
        return bool((self.prefix + self.suffix).strip())

    def format(self, number: float) -> str:
        """Return the number in this format."""
        whole, _, rest = f"{abs(number):.{self.digits}f}".partition(".")
        groups = [whole[-_THOUSAND:]]
        left = whole[:-_THOUSAND]
        while left:
            groups.insert(0, left[-self.group_size :])
            left = left[: -self.group_size]
        text = self.group_separator.join(groups) + (self.decimal_separator + rest if rest else "")
        before, after = self.negative if number < 0 else ("", "")
        return f"{before}{self.prefix}{text}{self.suffix}{after}"


def learn_number_format(number: float, text: str, separators: tuple[str, str]) -> NumberFormat | None:
    """Return the format of the number's text, or None if the text is not the number.

    `separators` of groups and decimals apply if the text shows none.
    """
    bare, negative = _without_sign(text, number) if len(text) <= _MAX_TEXT else ("", _NEGATIVE[0])
    numbers = _NUMBER.findall(bare)
    if len(numbers) != 1 or abs(number) >= HIGHEST:
        return None
    (shown,) = numbers
    prefix, _, suffix = bare.partition(shown)
    digits = next((each for each in range(_MAX_DIGITS + 1) if _has_digits(abs(number), shown, each)), None)
    if digits is None:
        return None
    whole, decimal = (shown[: -digits - 1], shown[-digits - 1]) if digits else (shown, "")
    groups = re.split(r"[^0-9]", whole)
    marks = sorted(set(re.sub(r"[0-9]", "", whole)))
    if len(marks) > 1 or not all(len(each) in {2, _THOUSAND} for each in groups[1:]):
        return None
    return NumberFormat(
        prefix=prefix,
        suffix=suffix,
        digits=digits,
        decimal_separator=decimal or separators[1],
        group_separator=marks[0] if marks else _group_separator(whole, decimal, separators),
        group_size=len(groups[-2]) if len(groups) > _THOUSAND - 1 else _THOUSAND,
        negative=negative,
    )


def _has_digits(number: float, shown: str, digits: int) -> bool:
    """Check that the text is the number, rounded to so many digits after a separator."""
    if digits and (len(shown) < digits + 2 or shown[-digits - 1].isdigit() or not shown[-digits:].isdigit()):
        return False
    held = int(re.sub(r"[^0-9]", "", shown))
    return bool(abs(held - number * 10.0**digits) <= _TOLERANCE)


def _group_separator(whole: str, decimal: str, separators: tuple[str, str]) -> str:
    """Return the separator of groups for a text that has none, because its number is small or it never has any."""
    if len(whole) > _THOUSAND:
        return ""
    group, known = separators
    return group if decimal in {"", known} else known


def _without_sign(text: str, number: float) -> tuple[str, tuple[str, str]]:
    """Return the text without its sign, and the characters around a negative number."""
    if number < 0:
        for before, after in _NEGATIVE:
            if text.startswith(before) and text.endswith(after):
                return text[len(before) : len(text) - len(after)], (before, after)
    return text, _NEGATIVE[0]
