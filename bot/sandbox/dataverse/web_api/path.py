"""Resource paths: `incidents(<id>)/customerid_account` in parts."""

import re
from dataclasses import dataclass

from bot.sandbox.dataverse.odata.split import call, split
from bot.sandbox.dataverse.schema.model import Table
from bot.sandbox.errors import bad_query
from bot.sandbox.guids import as_guid

_NAMED = re.compile(r"(\w+)\s*=\s*(.*)", re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """One part of a path."""

    name: str
    argument: str | None = None
    """What stands in the parentheses; None without parentheses."""

    def named(self) -> dict[str, str]:
        """The argument as names and values: `LogicalName='incident'`."""
        found = (_NAMED.fullmatch(part) for part in split(self.argument or "", ","))
        pairs = [(each[1], each[2]) for each in found if each]
        if len(pairs) != len(split(self.argument or "", ",")):
            raise bad_query(f"The arguments of '{self.name}' cannot be read.")
        return dict(pairs)


def segments(path: str) -> tuple[Segment, ...]:
    """The path's parts; raises `DataverseError` where it cannot be read."""
    parts = (call(part) for part in split(path, "/"))
    return tuple(Segment(name=name, argument=argument) for name, argument in parts)


def key_of(table: Table, segment: Segment) -> str:
    """The row's id in a segment; raises `DataverseError` for anything else."""
    argument = segment.argument or ""
    found = as_guid(argument) or as_guid(argument.removeprefix(f"{table.primary_id}="))
    if found is None:
        raise bad_query(f"'{argument[:100]}' is not the GUID of a row.")
    return found


def text_of(argument: str) -> str:
    """The text of a quoted argument; raises `DataverseError` where it is none."""
    if len(argument) < len("''") or argument[0] != "'" or argument[-1] != "'":
        raise bad_query(f"{argument[:100]} is not a string literal.")
    return argument[1:-1].replace("''", "'")
