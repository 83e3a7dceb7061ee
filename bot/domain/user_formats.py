"""The formats in which Dataverse writes a user's dates and numbers (table `usersettings`). Pure."""

import re
from dataclasses import dataclass, field
from datetime import datetime

from bot.domain.time_zones import TimeZone

_TOKEN = re.compile(r"'[^']*'|d+|M+|y+|h+|H+|m+|s+|t+|[^A-Za-z']")
_NOON = 12
_MAX_PATTERN = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class UserLanguages:
    """The languages of a user as LCIDs; None for the base language of the environment, or if it is not known."""

    words: int | None = None
    """Language of texts and labels (`uilanguageid`)."""
    formats: int | None = None
    """Region of numbers and dates (`localeid`)."""


NO_LANGUAGES = UserLanguages()


@dataclass(frozen=True, slots=True, kw_only=True)
class UserFormats:
    """The time zone and the formats of a user. A pattern is empty if it is not known."""

    zone: TimeZone = field(default_factory=TimeZone)
    date: str = ""
    """Pattern of a date, such as `M/d/yyyy`."""
    time: str = ""
    date_separator: str = "/"
    time_separator: str = ":"
    am: str = "AM"
    pm: str = "PM"
    group_separator: str = ","
    decimal_separator: str = "."

    def format_date(self, local: datetime) -> str | None:
        """Return the date in the user's format, or None if the format is not known or has names of days or months."""
        return self._format(self.date, local)

    def format_time(self, local: datetime) -> str | None:
        """Return the date and the time in the user's format, or None if one of the formats is not known."""
        day, time = self._format(self.date, local), self._format(self.time, local)
        return f"{day} {time}" if day and time else None

    def _format(self, pattern: str, local: datetime) -> str | None:
        tokens = _TOKEN.findall(pattern[:_MAX_PATTERN])
        if "".join(tokens) != pattern:
            return None
        parts = [self._part(token, local) for token in tokens]
        return "".join(part for part in parts if part is not None) if None not in parts else None

    def _part(self, token: str, local: datetime) -> str | None:
        if token.startswith("'"):
            return token[1:-1]
        if not token[0].isalpha():
            return {"/": self.date_separator, ":": self.time_separator}.get(token, token)
        half_day = self.am if local.hour < _NOON else self.pm
        parts = {
            "yyyy": f"{local.year:04}",
            "yy": f"{local.year % 100:02}",
            "t": half_day[:1],
            "tt": half_day,
            **_padded("d", local.day),
            **_padded("M", local.month),
            **_padded("h", local.hour % _NOON or _NOON),
            **_padded("H", local.hour),
            **_padded("m", local.minute),
            **_padded("s", local.second),
        }
        return parts.get(token)


def _padded(letter: str, number: int) -> dict[str, str]:
    return {letter: str(number), letter * 2: f"{number:02}"}
