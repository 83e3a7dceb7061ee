"""People to talk to about a record, and why (spec A3). Pure.

Every relation of a person to the record has a weight. A person's weights add up, and the highest sum comes first.
Counted relations count up to a limit, so that one of them does not outweigh all others. Of two equal sums, the one with
more relations comes first, then the order of the IDs. The same question always has the same answer.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

from bot.domain.texts import Text, details, plural, text
from bot.domain.values import ObjectId


class RelationKind(Enum):
    """A relation to a record: its weight, and the maximum count."""

    OWNER = (60, 1)
    TEAM = (30, 1)
    ADMINISTRATOR = (20, 1)
    ACTIVITIES = (12, 5)
    CHATS = (10, 3)
    CONNECTOR = (15, 1)
    MODIFIER = (12, 1)
    CREATOR = (8, 1)
    SIMILAR = (7, 5)

    def __init__(self, weight: int, most: int) -> None:
        self.weight = weight
        self.most = most


_REASONS: Mapping[RelationKind, Text] = {
    RelationKind.OWNER: text("Owner"),
    RelationKind.TEAM: text("Member of the owner team"),
    RelationKind.ADMINISTRATOR: text("Administrator of the owner team"),
    RelationKind.CONNECTOR: text("Connected a chat"),
    RelationKind.MODIFIER: text("Last changed it"),
    RelationKind.CREATOR: text("Created it"),
}


def _reason(kind: RelationKind, count: int) -> Text:
    match kind:
        case RelationKind.ACTIVITIES:
            return plural(count, "Worked on {count} activity this month", "Worked on {count} activities this month")
        case RelationKind.CHATS:
            return plural(count, "In {count} connected chat", "In {count} connected chats")
        case RelationKind.SIMILAR:
            return plural(count, "Handled {count} similar record", "Handled {count} similar records")
        case _:
            return _REASONS[kind]


@dataclass(frozen=True, slots=True, kw_only=True)
class Relation:
    """One relation of a person to the record."""

    kind: RelationKind
    count: int = 1

    @property
    def weight(self) -> int:
        """The weight that it adds to the person's sum."""
        return self.kind.weight * min(self.count, self.kind.most)

    @property
    def reason(self) -> str:
        """Text that explains the relation."""
        return _reason(self.kind, self.count)


@dataclass(frozen=True, slots=True, kw_only=True)
class RankedPerson:
    """A person with their relations, the strongest first."""

    person: ObjectId
    relations: tuple[Relation, ...]

    @property
    def score(self) -> int:
        """The sum of the weights."""
        return sum(each.weight for each in self.relations)

    @property
    def reason(self) -> str:
        """All reasons on one line."""
        return details(*(each.reason for each in self.relations))


def rank_people(relations: Mapping[ObjectId, Sequence[Relation]]) -> Sequence[RankedPerson]:
    """Return everyone who has a relation to the record, the highest sum first."""
    order = list(RelationKind)
    people = [
        RankedPerson(
            person=person,
            relations=tuple(sorted(own, key=lambda each: (-each.weight, order.index(each.kind)))),
        )
        for person, own in relations.items()
        if own
    ]
    return sorted(people, key=lambda each: (-each.score, -len(each.relations), each.person))
