"""Erasing the data of a person or a tenant (spec O6)."""

import json
import re
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

NOBODY = "00000000-0000-0000-0000-000000000000"
"""Stored instead of an ID. No person has it, so it is treated like the ID of an account that was deleted."""
NO_NAME = "–"
"""Stored instead of a name: the sign for an empty value in all languages."""

_PEOPLE = frozenset({"people", "members", "integrations"})
"""Lists and objects in JSON that have one entry for each person. The entry of an erased person is removed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonToForget:
    """A person, and everything that names the person."""

    object_id: str
    users: Collection[str] = ()
    """The rows of the person in Dataverse's table `systemuser`."""
    names: Collection[str] = ()
    """Names, and other IDs such as the account ID of Teams."""

    @property
    def ids(self) -> list[str]:
        """All GUIDs of the person, in lowercase."""
        return [self.object_id, *self.users]


@dataclass(slots=True, kw_only=True)
class Erased:
    """The number of rows that were deleted or changed, by table."""

    deleted: Counter[str] = field(default_factory=Counter)
    changed: Counter[str] = field(default_factory=Counter)

    @property
    def total(self) -> int:
        """The number of all rows."""
        return self.deleted.total() + self.changed.total()

    @property
    def tables(self) -> list[str]:
        """The tables that had data, in alphabetical order."""
        return sorted({name for counted in (self.deleted, self.changed) for name, count in counted.items() if count})


@dataclass(frozen=True, kw_only=True)
class Words:
    """The words that are removed from texts and from JSON.

    Names count only as whole words, and IDs only as a whole. An ID can be next to any letter: `19:<id>_<id>@…`.
    """

    ids: Collection[str]
    names: Collection[str]

    def removed_from(self, value: Any, name: str = "") -> Any:
        """Return the JSON value without the words. `name`: the name of the value in the object that contains it."""
        match value:
            case str():
                return self._replaced(value)
            case list():
                kept = [each for each in value if not (name in _PEOPLE and self._is_person(each))]
                return [self.removed_from(each) for each in kept]
            case dict():
                return {key: self.removed_from(each, key) for key, each in value.items() if not self._is_person(key)}
        return value

    def _is_person(self, value: object) -> bool:
        return isinstance(value, str) and self._replaced(value) in {NOBODY, NO_NAME}

    def _replaced(self, text: str) -> str:
        return self._names.sub(NO_NAME, self._ids.sub(NOBODY, text))

    @cached_property
    def _ids(self) -> re.Pattern[str]:
        return _one_of(self.ids, "[0-9a-f-]", re.IGNORECASE)

    @cached_property
    def _names(self) -> re.Pattern[str]:
        # A text with values is stored as JSON in a string.
        return _one_of({spelled for name in self.names for spelled in (name, in_json(name))}, r"\w")


def in_json(name: str) -> str:
    """Return the name with the escapes that it has in JSON."""
    return json.dumps(name, ensure_ascii=False)[1:-1]


def _one_of(words: Collection[str], inside: str, flags: int = 0) -> re.Pattern[str]:
    """Return the pattern for words that are not next to a character of `inside`. Without words, nothing matches."""
    longest_first = sorted(filter(None, words), key=len, reverse=True)
    either = "|".join(map(re.escape, longest_first))
    return re.compile(rf"(?<!{inside})(?:{either})(?!{inside})" if longest_first else "(?!)", flags)


def without_person(row: Mapping[str, Any], words: Words) -> dict[str, Any]:
    """Return the columns of a row that name the person, with their values without the words."""
    cleaned = {name: words.removed_from(value, name) for name, value in row.items()}
    return {name: value for name, value in cleaned.items() if value != row[name]}
