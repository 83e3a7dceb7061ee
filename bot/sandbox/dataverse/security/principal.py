"""Resolution of a user's roles, teams, business units, and column security profiles."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bot.sandbox.dataverse.security.model import Depth
from bot.sandbox.storage.rows import Rows
from bot.sandbox.values import Ref, Row

ADMINISTRATOR_TEMPLATE = "627090ff-40a3-4053-8790-584edc5be201"
"""Template of the role System Administrator, whose holders always see secured columns ("Column-level security")."""

_ADMINISTRATOR = Ref("roletemplate", ADMINISTRATOR_TEMPLATE)
_ALLOWED = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """One privilege that a role grants, and the business unit that its depth starts from."""

    depth: Depth
    unit: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """The combined reach of all grants of one privilege."""

    everywhere: bool
    units: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Principal:
    """A user with everything that determines the user's access rights."""

    user: Row
    teams: frozenset[str]
    grants: Mapping[str, tuple[Grant, ...]]
    scopes: Mapping[str, Scope]
    shared: Mapping[str, int]
    """Access masks of the rows shared with the user or the user's teams, by row ID."""
    secured: Mapping[str, frozenset[tuple[str, str]]]
    """Table and column names that the profiles allow, by `canread`, `cancreate`, and `canupdate`."""
    administrator: bool

    def matches_owner(self, owner: Ref | None) -> bool:
        """Return True if the owner is the user or one of the user's teams."""
        return owner is not None and (owner.id == self.user.id or owner.id in self.teams)


class Principals:
    """Cache of principals by user ID. It is cleared when access rights change."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows
        self._version = -1
        self._cache: dict[str, Principal] = {}

    def get(self, user: Row) -> Principal:
        """Return the user's principal."""
        if self._version != self._rows.security_version:
            self._version = self._rows.security_version
            self._cache.clear()
        if user.id not in self._cache:
            self._cache[user.id] = _principal(self._rows, user)
        return self._cache[user.id]


def _principal(rows: Rows, user: Row) -> Principal:
    teams = [rows.find(each.target("teamid")) for each in rows.where("teammembership", systemuserid=user.ref)]
    holders = [user, *(team for team in teams if team)]
    roles = [(role, holder) for holder in holders for role in _roles(rows, holder)]
    grants = _grants(rows, roles)
    return Principal(
        user=user,
        teams=frozenset(holder.id for holder in holders[1:]),
        grants=grants,
        scopes=_scopes(rows, grants),
        shared=_shared(rows, holders),
        secured={flag: _permissions(rows, holders, flag) for flag in ("canread", "cancreate", "canupdate")},
        administrator=any(role.target("roletemplateid") == _ADMINISTRATOR for role, _ in roles),
    )


def _roles(rows: Rows, holder: Row) -> Iterable[Row]:
    held = (
        rows.where("teamroles", teamid=holder.ref)
        if holder.table == "team"
        else rows.where("systemuserroles", systemuserid=holder.ref)
    )
    return [role for each in held if (role := rows.find(each.target("roleid")))]


def _grants(rows: Rows, roles: Iterable[tuple[Row, Row]]) -> Mapping[str, tuple[Grant, ...]]:
    found: dict[str, tuple[Grant, ...]] = {}
    for role, holder in roles:
        unit = holder.target("businessunitid")
        for each in rows.where("roleprivileges", roleid=role.ref):
            privilege = rows.find(each.target("privilegeid"))
            if privilege and unit:
                grant = Grant(depth=Depth(each.number("privilegedepthmask") or Depth.BASIC), unit=unit.id)
                found[privilege.text("name")] = (*found.get(privilege.text("name"), ()), grant)
    return found


def _scopes(rows: Rows, grants: Mapping[str, tuple[Grant, ...]]) -> Mapping[str, Scope]:
    below = {unit: _below(rows, unit) for unit in {each.unit for given in grants.values() for each in given}}
    return {name: _scope(below, given) for name, given in grants.items()}


def _scope(below: Mapping[str, set[str]], grants: Iterable[Grant]) -> Scope:
    units: set[str] = set()
    for grant in grants:
        if grant.depth >= Depth.LOCAL:
            units.add(grant.unit)
        if grant.depth >= Depth.DEEP:
            units |= below[grant.unit]
    return Scope(everywhere=any(grant.depth >= Depth.GLOBAL for grant in grants), units=frozenset(units))


def _below(rows: Rows, unit: str) -> set[str]:
    """Return the IDs of all business units below a unit, at any level."""
    children = [row.id for row in rows.where("businessunit", parentbusinessunitid=Ref("businessunit", unit))]
    return set(children).union(*(_below(rows, child) for child in children))


def _shared(rows: Rows, holders: Iterable[Row]) -> Mapping[str, int]:
    found: dict[str, int] = {}
    for holder in holders:
        for share in rows.where("principalobjectaccess", principalid=holder.ref):
            row_id = share.text("objectid")
            found[row_id] = found.get(row_id, 0) | (share.number("accessrightsmask") or 0)
    return found


def _permissions(rows: Rows, holders: Iterable[Row], flag: str) -> frozenset[tuple[str, str]]:
    profiles = set()
    for holder in holders:
        between, own = ("teamprofiles", "teamid") if holder.table == "team" else ("systemuserprofiles", "systemuserid")
        profiles |= {each.target("fieldsecurityprofileid") for each in rows.where(between, **{own: holder.ref})}
    return frozenset(
        (each.text("entityname"), each.text("attributelogicalname"))
        for each in rows.all("fieldpermission")
        if each.target("fieldsecurityprofileid") in profiles and each.number(flag) == _ALLOWED
    )
