"""Parse a search in the compose box. Teams sends several parameters, and any of them may have a wrong type. Pure."""

from dataclasses import dataclass

from botbuilder.schema import Activity

from bot.domain.extension_names import ALL_RECORDS, INITIAL_RUN
from bot.features.record_cards.search_records import PAGE_SIZE
from bot.handlers.activities import as_object


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtensionQuery:
    """A search in the compose box, with the requested range of results."""

    command: str
    parameters: tuple[str, ...]
    """Names of the parameters that count: those with a text, or else all."""
    text: str
    skip: int
    count: int


def extension_query(activity: Activity) -> ExtensionQuery | None:
    """Return the search in the compose box; None if the invoke has another form."""
    value = as_object(activity.value)
    command, parameters, options = value.get("commandId"), value.get("parameters"), value.get("queryOptions", {})
    given = _parameters(parameters)
    skip, count = _natural_number(options, "skip", 0), _natural_number(options, "count", PAGE_SIZE)
    if not isinstance(command, str) or given is None or skip is None or count is None:
        return None
    filled = [(name, text) for name, text in given if text.strip()] or given or [(ALL_RECORDS, "")]
    names = tuple(dict.fromkeys(name for name, _ in filled))
    text = " ".join(dict.fromkeys(text for _, text in filled))
    return ExtensionQuery(command=command, parameters=names, text=text, skip=skip, count=count)


def _parameters(parameters: object) -> list[tuple[str, str]] | None:
    """Return the names and texts of the parameters without the one that marks the first search; None if malformed."""
    if not isinstance(parameters, list) or not all(isinstance(each, dict) for each in parameters):
        return None
    given = [(each.get("name", ALL_RECORDS), each.get("value", "")) for each in parameters]
    if not all(isinstance(name, str) and isinstance(text, str) for name, text in given):
        return None
    return [(name, text) for name, text in given if name != INITIAL_RUN]


def _natural_number(options: object, name: str, default: int) -> int | None:
    """Return the option if it is an integer of at least 0; otherwise None."""
    number = options.get(name, default) if isinstance(options, dict) else None
    return number if type(number) is int and number >= 0 else None
