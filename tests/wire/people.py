"""The sandbox's people, by their names in Teams."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Somebody:
    name: str
    number: int

    @property
    def account_id(self) -> str:
        return f"29:{self.name.split()[0].lower()}"

    @property
    def object_id(self) -> str:
        return f"00000000-0000-0000-0000-0000000000{self.number}"


ALEX = Somebody("Alex Wilber", 20)
MEGAN = Somebody("Megan Bowen", 21)
ADELE = Somebody("Adele Vance", 22)
ISAIAH = Somebody("Isaiah Langer", 23)
PATTI = Somebody("Patti Fernandez", 24)
LYNNE = Somebody("Lynne Robbins", 25)
DIEGO = Somebody("Diego Siciliani", 26)

COLLEAGUES = (ALEX, MEGAN, ADELE, ISAIAH, PATTI)
"""People who can open the first case."""
EVERYBODY = (ALEX, MEGAN, ADELE, ISAIAH, PATTI, LYNNE, DIEGO)
