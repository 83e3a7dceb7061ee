"""Read the formats and the time zone of the application user (table `usersettings`, "User Settings")."""

from collections.abc import Mapping
from typing import Any

from bot.dataverse.client import DataverseClient
from bot.domain.errors import BadRequest, NotAllowed, NotFound
from bot.domain.record_links import parse_guid
from bot.domain.time_zones import TimeZone, Transition
from bot.domain.user_formats import UserFormats

_PARTS = ("month", "day", "dayofweek", "hour", "minute", "year")
_COLUMNS = (
    "timezonebias",
    "timezonestandardbias",
    "timezonedaylightbias",
    *(f"timezone{season}{part}" for season in ("standard", "daylight") for part in _PARTS),
    "dateformatstring",
    "dateseparator",
    "timeformatstring",
    "timeseparator",
    "amdesignator",
    "pmdesignator",
    "numberseparator",
    "decimalsymbol",
)
_MAX_TEXT = 100


async def read_own_formats(client: DataverseClient) -> UserFormats | None:
    """Return the application user's formats; None if the app may not read them."""
    user = parse_guid(str((await client.get("WhoAmI")).get("UserId")))
    if user is None:
        return None
    try:
        found = await client.get(f"usersettingscollection({user})", {"$select": ",".join(_COLUMNS)})
    except (NotFound, NotAllowed, BadRequest):
        return None
    return parse_formats(found)


def parse_formats(settings: Mapping[str, Any]) -> UserFormats:
    """Parse the settings of a user; a setting that is missing has its default."""
    defaults = UserFormats()
    return UserFormats(
        zone=_zone(settings),
        date=_text(settings, "dateformatstring", ""),
        time=_text(settings, "timeformatstring", ""),
        date_separator=_text(settings, "dateseparator", defaults.date_separator),
        time_separator=_text(settings, "timeseparator", defaults.time_separator),
        am=_text(settings, "amdesignator", defaults.am),
        pm=_text(settings, "pmdesignator", defaults.pm),
        group_separator=_text(settings, "numberseparator", defaults.group_separator),
        decimal_separator=_text(settings, "decimalsymbol", defaults.decimal_separator),
    )


def _zone(settings: Mapping[str, Any]) -> TimeZone:
    return TimeZone(
        bias=_bias(settings, "timezonebias"),
        standard_bias=_bias(settings, "timezonestandardbias"),
        daylight_bias=_bias(settings, "timezonedaylightbias"),
        standard=_transition(settings, "standard"),
        daylight=_transition(settings, "daylight"),
    )


def _transition(settings: Mapping[str, Any], season: str) -> Transition | None:
    month, day, weekday, hour, minute, year = (_number(settings, f"timezone{season}{part}") for part in _PARTS)
    if not month or not day:
        return None
    return Transition(month=month, day=day, weekday=weekday, hour=hour, minute=minute, year=year)


def _bias(settings: Mapping[str, Any], name: str) -> int:
    """Return a number of minutes; 0 for a number that no time zone has."""
    minutes = _number(settings, name)
    return minutes if abs(minutes) <= _MINUTES_OF_DAY else 0


_MINUTES_OF_DAY = 24 * 60


def _number(settings: Mapping[str, Any], name: str) -> int:
    value = settings.get(name)
    return value if isinstance(value, int) else 0


def _text(settings: Mapping[str, Any], name: str, default: str) -> str:
    value = settings.get(name)
    return value if isinstance(value, str) and 0 < len(value) <= _MAX_TEXT else default
