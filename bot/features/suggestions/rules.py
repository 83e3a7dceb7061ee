"""People to talk to about a record, and why (spec A3). Pure.

Every relation of a person to the record has a weight. A person's weights add up, and the highest sum comes first.
Counted relations count up to a limit, so that one of them does not outweigh all others. Of two equal sums, the one with
more relations comes first, then the order of the IDs. The same question always has the same answer.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

from bot.domain.values import ObjectId


class RelationKind(Enum):
    """A relation to a record: its weight, the maximum count, and the texts for one and for several."""

    OWNER = (60, 1, "Owner", "")
    TEAM = (30, 1, "Member of the owner team", "")
    ADMINISTRATOR = (20, 1, "Administrator of the owner team", "")
    ACTIVITIES = (12, 5, "Worked on 1 activity this month", "Worked on {count} activities this month")
    CHATS = (10, 3, "In 1 connected chat", "In {count} connected chats")
    CONNECTOR = (15, 1, "Connected a chat", "")
    MODIFIER = (12, 1, "Last changed it", "")
    CREATOR = (8, 1, "Created it", "")
    SIMILAR = (7, 5, "Handled 1 similar record", "Handled {count} similar records")

    def __init__(self, weight: int, most: int, one: str, several: str) -> None:
        self.weight = weight
        self.most = most
        self.one = one
        self.several = several


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
        return self.kind.one if self.count == 1 else self.kind.several.format(count=self.count)


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
        return " · ".join(each.reason for each in self.relations)


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
