"""Sample security roles and their privileges."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from bot.sandbox.dataverse.schema.model import Ownership, Schema
from bot.sandbox.dataverse.security.model import (
    ACT_FOR_OTHERS,
    DISCONNECT,
    MASKS,
    OTHER_PRIVILEGES,
    Depth,
    Right,
    privilege_name,
)
from bot.sandbox.dataverse.security.principal import ADMINISTRATOR_TEMPLATE
from bot.sandbox.sample_data.ids import ADELE, ALEX, APPLICATION, DIEGO, ISAIAH, MEGAN, PATTI, ROOT, row_id, user
from bot.sandbox.sample_data.sample_builder import SampleBuilder
from bot.sandbox.values import Ref

ADMINISTRATOR_ROLE = "System Administrator"

BUSINESS_PRIVILEGES = (
    "Incident",
    "Account",
    "Contact",
    "KnowledgeArticle",
    "Activity",
    "Note",
    "msdyn_ocliveworkitem",
    "Lead",
    "Opportunity",
    "msdyn_workorder",
)
"""Privilege suffixes of the tables that people work with."""

_AGENT_RIGHTS = (Right.READ, Right.WRITE, Right.CREATE, Right.APPEND, Right.APPEND_TO, Right.ASSIGN, Right.SHARE)
_READABLE = (
    "User",
    "Team",
    "BusinessUnit",
    "Role",
    "Query",
    "TransactionCurrency",
    "UserSettings",
    "SdkMessage",
    "SdkMessageFilter",
    "cs_stocklevel",
    "msdyn_teamschatassociation",
    "msdyn_TeamsCollaboration",
    "WebResource",
    "AppModule",
    "appaction",
)
_APPENDABLE = ("User", "Team", "BusinessUnit", "TransactionCurrency")


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleSeed:
    """A sample role: its privileges with their depths, and its members."""

    name: str
    privileges: Mapping[str, Depth] = field(default_factory=dict)
    people: tuple[int, ...] = ()


def add_roles(builder: SampleBuilder, schema: Schema) -> None:
    """Add all privileges, the roles, and the role assignments."""
    privileges = {
        name: builder.add("privilege", number, name=name, accessright=mask)
        for number, (name, mask) in enumerate(_privileges(schema), 1)
    }
    # The template has this ID in every environment, and its role is System Administrator.
    template = builder.put("roletemplate", ADMINISTRATOR_TEMPLATE, {"name": ADMINISTRATOR_ROLE})
    templates = {ADMINISTRATOR_ROLE: template}
    count = 0
    for number, seed in enumerate(_roles(privileges), 1):
        role = builder.add("role", number, name=seed.name, businessunitid=ROOT, roletemplateid=templates.get(seed.name))
        for name, depth in seed.privileges.items():
            count += 1
            builder.add(
                "roleprivileges", count, roleid=role, privilegeid=privileges[name], privilegedepthmask=int(depth)
            )
        for person in seed.people:
            key = row_id(14, number * 1000 + person)
            builder.put(
                "systemuserroles",
                key,
                {
                    "systemuserid": user(person),
                    "roleid": role,
                },
            )


def _privileges(schema: Schema) -> Iterable[tuple[str, int]]:
    """Yield the names and access rights of all privileges."""
    tables = [table for table in schema.tables.values() if table.privilege]
    owned = {table.privilege for table in tables if table.ownership is Ownership.USER}
    for suffix in dict.fromkeys(table.privilege for table in tables):
        for right in Right:
            if suffix in owned or right not in {Right.ASSIGN, Right.SHARE}:
                yield privilege_name(right, suffix), int(MASKS[right])
    for name in OTHER_PRIVILEGES:
        yield name, 0


def _roles(privileges: Mapping[str, Ref]) -> Iterable[RoleSeed]:
    everything = dict.fromkeys(privileges, Depth.GLOBAL)
    manager = {**_base(), **_business((*_AGENT_RIGHTS, Right.DELETE), Depth.GLOBAL), DISCONNECT: Depth.GLOBAL}
    agent = {**_base(), **_business(_AGENT_RIGHTS, Depth.GLOBAL), DISCONNECT: Depth.GLOBAL}
    yield RoleSeed(name=ADMINISTRATOR_ROLE, privileges=everything, people=(ALEX, APPLICATION))
    yield RoleSeed(name="CSR Manager", privileges=manager, people=(MEGAN,))
    yield RoleSeed(name="Customer Service Representative", privileges=agent, people=(ADELE, DIEGO))
    yield RoleSeed(name="Support Agent", privileges=_support_agent(), people=(ISAIAH,))
    yield RoleSeed(name="Restricted Agent", privileges=_restricted_agent(), people=(PATTI,))
    yield RoleSeed(name="Omnichannel administrator", privileges=manager)
    yield RoleSeed(name="Omnichannel supervisor", privileges=agent)
    yield RoleSeed(name="Omnichannel agent", privileges=agent)
    yield RoleSeed(name="Productivity tools user", privileges=_base())
    yield RoleSeed(name="Delegate", privileges={ACT_FOR_OTHERS: Depth.GLOBAL}, people=(APPLICATION,))


def _base() -> Mapping[str, Depth]:
    """Return the privileges that every role needs."""
    read = {privilege_name(Right.READ, each): Depth.GLOBAL for each in _READABLE}
    attach = {privilege_name(Right.APPEND_TO, each): Depth.GLOBAL for each in _APPENDABLE}
    own_views = {privilege_name(right, "UserQuery"): Depth.BASIC for right in (Right.READ, Right.WRITE, Right.CREATE)}
    return {**read, **attach, **own_views}


def _business(rights: Iterable[Right], depth: Depth) -> Mapping[str, Depth]:
    return {privilege_name(right, suffix): depth for right in rights for suffix in BUSINESS_PRIVILEGES}


def _support_agent() -> Mapping[str, Depth]:
    """Return the privileges to read and append to all rows, and to write own rows."""
    return {
        **_base(),
        **_business(_AGENT_RIGHTS, Depth.BASIC),
        **_business((Right.READ, Right.APPEND_TO), Depth.GLOBAL),
    }


def _restricted_agent() -> Mapping[str, Depth]:
    """Return the privileges to read rows of the own business unit and to add activities and notes to them."""
    own = {privilege_name(right, suffix): Depth.BASIC for right in _AGENT_RIGHTS for suffix in ("Activity", "Note")}
    return {**_base(), **own, **_business((Right.READ, Right.APPEND_TO), Depth.LOCAL)}
