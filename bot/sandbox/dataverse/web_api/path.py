"""Parser for resource paths such as `incidents(<id>)/customerid_account`."""

import re
from dataclasses import dataclass

from bot.sandbox.dataverse.odata.split import parse_call, split
from bot.sandbox.dataverse.schema.model import Table
from bot.sandbox.errors import bad_query
from bot.sandbox.guids import as_guid

_NAMED = re.compile(r"(\w+)\s*=\s*(.*)", re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """A segment of a path."""

    name: str
    argument: str | None = None
    """Text in the parentheses, or None without parentheses."""

    def arguments(self) -> dict[str, str]:
        """Return the argument as names and values, such as `LogicalName='incident'`."""
        found = (_NAMED.fullmatch(part) for part in split(self.argument or "", ","))
        pairs = [(each[1], each[2]) for each in found if each]
        if len(pairs) != len(split(self.argument or "", ",")):
            raise bad_query(f"The arguments of '{self.name}' are malformed.")
        return dict(pairs)


def parse_path(path: str) -> tuple[Segment, ...]:
    """Split a path into segments. Raise `DataverseError` if the path is malformed."""
    parts = (parse_call(part) for part in split(path, "/"))
    return tuple(Segment(name=name, argument=argument) for name, argument in parts)


def parse_row_id(table: Table, segment: Segment) -> str:
    """Return the row ID in a segment. Raise `DataverseError` if there is none."""
    argument = segment.argument or ""
    found = as_guid(argument) or as_guid(argument.removeprefix(f"{table.primary_id}="))
    if found is None:
        raise bad_query(f"'{argument[:100]}' is not the GUID of a row.")
    return found


def parse_string(argument: str) -> str:
    """Return the text of a quoted argument. Raise `DataverseError` if it is not quoted."""
    if len(argument) < len("''") or argument[0] != "'" or argument[-1] != "'":
        raise bad_query(f"{argument[:100]} is not a string literal.")
    return argument[1:-1].replace("''", "'")
