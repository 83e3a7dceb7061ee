"""The user, team, and security tables."""

from bot.sandbox.dataverse.schema.build import (
    READ_ONLY,
    Names,
    choice,
    guid,
    image,
    lookup,
    lookup_any,
    table,
    table_name,
    text,
    whole,
    yes_no,
)
from bot.sandbox.dataverse.schema.model import AlternateKey, Column, ManyToMany, Ownership, Table

_FIELD_PERMISSION = {0: "Not Allowed", 4: "Allowed"}


def _intersect(name: str, label: str, type_code: int, *columns: Column) -> Table:
    """Create an intersect table, which the Web API exposes only as an association."""
    return table(
        Names(name=name, label=label, plural=label, primary_name=f"{name}id", privilege=""),
        type_code,
        *columns,
        ownership=Ownership.NONE,
    )


USER_ROLES = _intersect(
    "systemuserroles", "User roles", 14, lookup("systemuserid", "User", "systemuser"), lookup("roleid", "Role", "role")
)
TEAM_ROLES = _intersect(
    "teamroles", "Team roles", 40, lookup("teamid", "Team", "team"), lookup("roleid", "Role", "role")
)
TEAM_MEMBERS = _intersect(
    "teammembership", "Team members", 23, lookup("teamid", "Team", "team"), lookup("systemuserid", "User", "systemuser")
)
USER_PROFILES = _intersect(
    "systemuserprofiles",
    "User profiles",
    1202,
    lookup("systemuserid", "User", "systemuser"),
    lookup("fieldsecurityprofileid", "Profile", "fieldsecurityprofile"),
)
TEAM_PROFILES = _intersect(
    "teamprofiles",
    "Team profiles",
    1203,
    lookup("teamid", "Team", "team"),
    lookup("fieldsecurityprofileid", "Profile", "fieldsecurityprofile"),
)
ROLE_PRIVILEGES = _intersect(
    "roleprivileges",
    "Role privileges",
    12,
    lookup("roleid", "Role", "role"),
    lookup("privilegeid", "Privilege", "privilege"),
    whole("privilegedepthmask", "Depth"),
)


def _association(name: str, intersect_table: Table, own_column: str, other_column: str, other_table: str) -> ManyToMany:
    return ManyToMany(
        name=name,
        intersect_table=intersect_table.name,
        own_column=own_column,
        other_column=other_column,
        other_table=other_table,
    )


USER = table(
    Names(
        name="systemuser",
        label="User",
        plural="Users",
        set_name="systemusers",
        schema_name="SystemUser",
        primary_name="fullname",
        privilege="User",
    ),
    8,
    text("fullname", "Full Name", 200, creatable=False, updatable=False),
    text("firstname", "First Name", 256),
    text("lastname", "Last Name", 256),
    text("internalemailaddress", "Primary Email", 100, form="Email"),
    text("domainname", "User Name", 1024),
    text("title", "Title", 128),
    text("mobilephone", "Mobile Phone", 64, form="Phone"),
    guid("azureactivedirectoryobjectid", "Azure AD Object ID"),
    guid("applicationid", "Application ID"),
    lookup("businessunitid", "Business Unit", "businessunit", "business_unit_system_users", required=True),
    lookup("parentsystemuserid", "Manager", "systemuser", "user_parent_user"),
    choice("accessmode", "Access Mode", {0: "Read-Write", 1: "Administrative", 2: "Read", 4: "Non-interactive"}),
    yes_no("isdisabled", "Status", "Enabled", "Disabled"),
    yes_no("islicensed", "User Licensed"),
    image("entityimage", "Entity Image"),
    ownership=Ownership.BUSINESS,
    associations=(
        _association("systemuserroles_association", USER_ROLES, "systemuserid", "roleid", "role"),
        _association("teammembership_association", TEAM_MEMBERS, "systemuserid", "teamid", "team"),
        _association(
            "systemuserprofiles_association",
            USER_PROFILES,
            "systemuserid",
            "fieldsecurityprofileid",
            "fieldsecurityprofile",
        ),
    ),
    keys=(AlternateKey(name="aadobjectid", columns=("azureactivedirectoryobjectid",)),),
)

TEAM = table(
    Names(name="team", label="Team", plural="Teams", set_name="teams"),
    9,
    text("name", "Team Name", 160, required=True),
    choice("teamtype", "Team Type", {0: "Owner", 1: "Access", 2: "Security Group", 3: "Office Group"}),
    lookup("businessunitid", "Business Unit", "businessunit", "business_unit_teams", required=True),
    lookup("administratorid", "Administrator", "systemuser", "lk_teambase_administratorid"),
    yes_no("isdefault", "Is Default"),
    text("description", "Description", 2000),
    ownership=Ownership.BUSINESS,
    associations=(
        _association("teamroles_association", TEAM_ROLES, "teamid", "roleid", "role"),
        _association("teammembership_association", TEAM_MEMBERS, "teamid", "systemuserid", "systemuser"),
        _association(
            "teamprofiles_association", TEAM_PROFILES, "teamid", "fieldsecurityprofileid", "fieldsecurityprofile"
        ),
    ),
)

BUSINESS_UNIT = table(
    Names(
        name="businessunit",
        label="Business Unit",
        plural="Business Units",
        set_name="businessunits",
        schema_name="BusinessUnit",
    ),
    10,
    text("name", "Name", 160, required=True),
    lookup("parentbusinessunitid", "Parent Business", "businessunit", "business_unit_parent_business_unit"),
    yes_no("isdisabled", "Is Disabled"),
    ownership=Ownership.ORGANIZATION,
)

ROLE_TEMPLATE = table(
    Names(name="roletemplate", label="Role Template", plural="Role Templates", set_name="roletemplates"),
    1037,
    text("name", "Name", 100),
    ownership=Ownership.ORGANIZATION,
)

ROLE = table(
    Names(name="role", label="Security Role", plural="Security Roles", set_name="roles"),
    1036,
    text("name", "Name", 100, required=True),
    lookup("businessunitid", "Business Unit", "businessunit", "business_unit_roles"),
    lookup("roletemplateid", "Role Template ID", "roletemplate", "role_template_roles", **READ_ONLY),
    ownership=Ownership.ORGANIZATION,
    associations=(
        _association("systemuserroles_association", USER_ROLES, "roleid", "systemuserid", "systemuser"),
        _association("teamroles_association", TEAM_ROLES, "roleid", "teamid", "team"),
        _association("roleprivileges_association", ROLE_PRIVILEGES, "roleid", "privilegeid", "privilege"),
    ),
)

PRIVILEGE = table(
    Names(name="privilege", label="Privilege", plural="Privileges", set_name="privileges"),
    1023,
    text("name", "Name", 100, updatable=False),
    whole("accessright", "Access Right", updatable=False),
    ownership=Ownership.NONE,
)

FIELD_PROFILE = table(
    Names(
        name="fieldsecurityprofile",
        label="Column Security Profile",
        plural="Column Security Profiles",
        set_name="fieldsecurityprofiles",
        schema_name="FieldSecurityProfile",
    ),
    1200,
    text("name", "Name", 100, required=True),
    text("description", "Description", 2000),
    ownership=Ownership.ORGANIZATION,
    associations=(
        _association(
            "systemuserprofiles_association", USER_PROFILES, "fieldsecurityprofileid", "systemuserid", "systemuser"
        ),
        _association("teamprofiles_association", TEAM_PROFILES, "fieldsecurityprofileid", "teamid", "team"),
    ),
)

FIELD_PERMISSION = table(
    Names(
        name="fieldpermission",
        label="Column Permission",
        plural="Column Permissions",
        set_name="fieldpermissions",
        schema_name="FieldPermission",
        primary_name="attributelogicalname",
    ),
    1201,
    lookup("fieldsecurityprofileid", "Profile", "fieldsecurityprofile", "lk_fieldpermission_fieldsecurityprofileid"),
    table_name("entityname", "Table"),
    text("attributelogicalname", "Column", 128),
    choice("canread", "Can Read", _FIELD_PERMISSION),
    choice("cancreate", "Can Create", _FIELD_PERMISSION),
    choice("canupdate", "Can Update", _FIELD_PERMISSION),
    ownership=Ownership.ORGANIZATION,
)

SHARE = table(
    Names(
        name="principalobjectaccess",
        label="Sharing",
        plural="Sharing",
        set_name="principalobjectaccessset",
        schema_name="PrincipalObjectAccess",
        primary_name="principalobjectaccessid",
        privilege="PrincipalObjectAccess",
    ),
    11,
    lookup_any("principalid", "Principal", ("systemuser", ""), ("team", "")),
    guid("objectid", "Object"),
    table_name("objecttypecode", "Object Type"),
    whole("accessrightsmask", "Rights"),
    ownership=Ownership.NONE,
)

USER_SETTINGS = table(
    Names(
        name="usersettings",
        label="User Settings",
        plural="User Settings",
        set_name="usersettingscollection",
        schema_name="UserSettings",
        primary_id="systemuserid",
        primary_name="systemuserid",
        privilege="UserSettings",
    ),
    150,
    whole("localeid", "Locale"),
    whole("timezonebias", "Time Zone Bias", 840, -840),
    whole("timezonestandardbias", "Time Zone Standard Bias", 840, -840),
    whole("timezonedaylightbias", "Time Zone Daylight Bias", 840, -840),
    *(
        whole(f"timezone{season}{part}", f"Time Zone {season} {part}".title())
        for season in ("standard", "daylight")
        for part in ("month", "day", "dayofweek", "hour", "minute", "year")
    ),
    *(
        text(name, name)
        for name in (
            "dateformatstring",
            "dateseparator",
            "timeformatstring",
            "timeseparator",
            "amdesignator",
            "pmdesignator",
            "numberseparator",
            "decimalsymbol",
        )
    ),
    whole("uilanguageid", "Language"),
    ownership=Ownership.NONE,
)
