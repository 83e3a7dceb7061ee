"""Domains of Dynamics 365 environments, for links to them ("New datacenter regions", Power Platform documentation)."""

_COMMERCIAL = ("", *map(str, (2, 3, 4, 5, 6, 7, 8, 9, 11, 12, 14, 15, 16, 17, 19, 20, 21, 22)))
_OTHERS = ("crm.microsoftdynamics.us", "crm.appsplatform.us", "crm.dynamics.cn", "crm.microsoftdynamics.de")

ALL_REGIONS = tuple(f"*.{each}" for each in (*(f"crm{number}.dynamics.com" for number in _COMMERCIAL), *_OTHERS))
"""Link domains of every region. A `*` stands for one label ("Add link unfurling")."""
