"""Whom to speak to about a record, and why (spec A3). Pure.

Every tie of a person to the record has a weight; a person's ties add up, and who has the most comes first. What can be
counted counts up to a limit, so that much of one thing does not outweigh everything else. Of two with the same sum the
one with more different ties comes first, then the order of their ids: the same question has the same answer.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

from bot.domain.values import ObjectId


class RelationKind(Enum):
    """How somebody can be tied to a record: weight, at most so many count, and the words for one and for several."""

    OWNER = (60, 1, "owner", "")
    TEAM = (30, 1, "in the team that owns it", "")
    ACTIVITIES = (12, 5, "worked on 1 activity this month", "worked on {} activities this month")
    CHATS = (10, 3, "in 1 connected chat", "in {} connected chats")
    CONNECTOR = (15, 1, "connected a chat", "")
    MODIFIER = (12, 1, "changed it last", "")
    CREATOR = (8, 1, "created it", "")
    SIMILAR = (7, 5, "handled 1 similar record", "handled {} similar records")

    def __init__(self, weight: int, most: int, one: str, several: str) -> None:
        self.weight = weight
        self.most = most
        self.one = one
        self.several = several


@dataclass(frozen=True, slots=True, kw_only=True)
class Relation:
    """One way in which somebody is tied to the record."""

    kind: RelationKind
    count: int = 1

    @property
    def weight(self) -> int:
        """What it adds to the person's sum."""
        return self.kind.weight * min(self.count, self.kind.most)

    @property
    def reason(self) -> str:
        """What the person who asks reads."""
        return self.kind.one if self.count == 1 else self.kind.several.format(self.count)


@dataclass(frozen=True, slots=True, kw_only=True)
class RankedPerson:
    """Somebody and the ties that speak for them, the strongest first."""

    person: ObjectId
    relations: tuple[Relation, ...]

    @property
    def score(self) -> int:
        """What their ties add up to."""
        return sum(each.weight for each in self.relations)

    @property
    def reason(self) -> str:
        """All reasons in one line."""
        return ", ".join(each.reason for each in self.relations)


def rank_people(relations: Mapping[ObjectId, Sequence[Relation]]) -> Sequence[RankedPerson]:
    """Everybody who is tied at all, the most tied first."""
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
