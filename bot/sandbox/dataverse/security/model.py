"""Rights, access masks, and privilege depths."""

from enum import IntFlag, StrEnum


class Right(StrEnum):
    """A right on a row, as the names of privileges spell it."""

    READ = "Read"
    WRITE = "Write"
    APPEND = "Append"
    APPEND_TO = "AppendTo"
    CREATE = "Create"
    DELETE = "Delete"
    SHARE = "Share"
    ASSIGN = "Assign"


class AccessMask(IntFlag):
    """The `AccessRights` enumeration of the Web API."""

    READ = 1
    WRITE = 2
    APPEND = 4
    APPEND_TO = 16
    CREATE = 32
    DELETE = 65_536
    SHARE = 262_144
    ASSIGN = 524_288


MASKS = {right: AccessMask[right.name] for right in Right}


class Depth(IntFlag):
    """The depth of a privilege, as `privilegedepthmask` stores it."""

    BASIC = 1
    LOCAL = 2
    DEEP = 4
    GLOBAL = 8


def privilege_name(right: Right, suffix: str) -> str:
    """Return the name of the privilege that grants the right on a table."""
    return f"prv{right}{suffix}"


ACT_FOR_OTHERS = "prvActOnBehalfOfAnotherUser"
DISCONNECT = "prvUnlinkTeamsChatFromRecord"
PUBLISH = "prvPublishCustomization"
OTHER_PRIVILEGES = (ACT_FOR_OTHERS, DISCONNECT, PUBLISH)
"""Privileges that do not apply to a table's rows ("Miscellaneous privileges")."""
