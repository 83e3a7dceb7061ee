"""Customizations that open the pane in Dynamics 365, and their difference from the installed ones. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum

PREFIX = "chatsync"
"""Customization prefix of the publisher, which begins the names of all customizations."""
PUBLISHER = "chatsync"
PUBLISHER_TITLE = "Chat Sync"
OPTION_PREFIX = 47_120
"""Prefix of choice values. A publisher needs one, from 10,000 to 99,999, although Chat Sync has no choices."""
FOLDER = f"{PREFIX}_/pane/"
"""Beginning of the names of all web resources."""
COMMANDS = f"{PREFIX}_pane_"
"""Beginning of the names of all commands."""
SOLUTION = "ChatSyncPane"
SOLUTION_TITLE = "Chat Sync pane"


class ResourceKind(IntEnum):
    """Type of a web resource, with the values of `webresourcetype`."""

    HTML = 1
    CSS = 2
    SCRIPT = 3
    PNG = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class WebResource:
    """A file that Dynamics 365 serves to browsers."""

    id: str
    """Fixed ID, so that an import and an installation update the same row."""
    name: str
    title: str
    kind: ResourceKind
    content: bytes = field(repr=False)


class CommandLocation(IntEnum):
    """Command bar of a command, with the values of `location`."""

    FORM = 0
    MAIN_GRID = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class PaneCommand:
    """A command in the command bars of all tables and apps."""

    unique_name: str
    location: CommandLocation
    label: str
    tooltip: str
    script: str
    """Name of the web resource with the function."""
    function: str
    icon: str
    """Name of the web resource with the icon."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PaneCustomizations:
    """Everything that an environment needs to open the pane."""

    resources: Sequence[WebResource]
    commands: Sequence[PaneCommand]


@dataclass(frozen=True, slots=True, kw_only=True)
class InstalledResource:
    """A web resource as found in an environment."""

    id: str
    kind: int
    title: str
    content: bytes = field(repr=False)
    managed: bool = False
    """True if a managed solution owns the web resource, so that it must not be changed here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InstalledCommand:
    """A command as found in an environment."""

    id: str
    command: PaneCommand | None
    """None if the row is not a command that Chat Sync could have created."""
    enabled: bool = True
    global_scope: bool = True
    """True if the command applies to all tables and apps."""
    managed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class InstalledPane:
    """The customizations of the pane as found in an environment, by name."""

    solution_id: str | None = None
    resources: Mapping[str, InstalledResource] = field(default_factory=dict)
    commands: Mapping[str, InstalledCommand] = field(default_factory=dict)

    @property
    def is_empty(self) -> bool:
        """True if nothing is installed."""
        return self.solution_id is None and not self.resources and not self.commands


@dataclass(frozen=True, slots=True, kw_only=True)
class PanePlan:
    """Changes that make an environment match the required customizations."""

    needs_solution: bool = False
    add_resources: Sequence[WebResource] = ()
    update_resources: Sequence[tuple[InstalledResource, WebResource]] = ()
    add_commands: Sequence[PaneCommand] = ()
    update_commands: Sequence[tuple[InstalledCommand, PaneCommand]] = ()
    replace_commands: Sequence[tuple[InstalledCommand, PaneCommand]] = ()
    """Commands to delete and create again: Dataverse never changes their location and scope."""
    remove: InstalledPane = InstalledPane()
    """Web resources and commands of other versions."""
    conflicts: Sequence[str] = ()
    """Names of rows that Chat Sync must not change."""

    @property
    def is_empty(self) -> bool:
        """True if the environment matches."""
        return not any(
            (
                self.needs_solution,
                self.add_resources,
                self.update_resources,
                self.add_commands,
                self.update_commands,
                self.replace_commands,
                self.remove.resources,
                self.remove.commands,
                self.conflicts,
            )
        )


def plan_pane(required: PaneCustomizations, installed: InstalledPane) -> PanePlan:
    """Return the changes that the environment needs. A conflict is never part of another list."""
    conflicts = {
        *(each.name for each in required.resources if _is_foreign(installed.resources.get(each.name), each)),
        *(each.unique_name for each in required.commands if _is_managed(installed.commands.get(each.unique_name))),
    }
    resources = [(installed.resources.get(each.name), each) for each in required.resources]
    commands = [(installed.commands.get(each.unique_name), each) for each in required.commands]
    found_resources = [(old, new) for old, new in resources if old and new.name not in conflicts]
    found_commands = [(old, new) for old, new in commands if old and new.unique_name not in conflicts]
    return PanePlan(
        needs_solution=installed.solution_id is None,
        add_resources=tuple(new for old, new in resources if old is None),
        update_resources=tuple(pair for pair in found_resources if not _is_same(*pair)),
        add_commands=tuple(new for old, new in commands if old is None),
        update_commands=tuple(pair for pair in found_commands if not _must_replace(*pair) and _differs(*pair)),
        replace_commands=tuple(pair for pair in found_commands if _must_replace(*pair)),
        remove=_unneeded(required, installed),
        conflicts=tuple(sorted(conflicts)),
    )


def _unneeded(required: PaneCustomizations, installed: InstalledPane) -> InstalledPane:
    resources = {each.name for each in required.resources}
    commands = {each.unique_name for each in required.commands}
    return InstalledPane(
        resources={name: each for name, each in installed.resources.items() if name not in resources},
        commands={name: each for name, each in installed.commands.items() if name not in commands},
    )


def _is_foreign(installed: InstalledResource | None, required: WebResource) -> bool:
    """Check for a row of a managed solution, or one with another type, which Dataverse never changes."""
    return installed is not None and (installed.managed or installed.kind != required.kind)


def _is_managed(installed: InstalledCommand | None) -> bool:
    return installed is not None and installed.managed


def _is_same(installed: InstalledResource, required: WebResource) -> bool:
    return (installed.content, installed.title) == (required.content, required.title)


def _must_replace(installed: InstalledCommand, required: PaneCommand) -> bool:
    command = installed.command
    return command is None or command.location != required.location or not installed.global_scope


def _differs(installed: InstalledCommand, required: PaneCommand) -> bool:
    return not installed.enabled or installed.command != required
