"""The web resources and commands that open the pane in Dynamics 365."""

from html import escape
from pathlib import Path

from bot.domain.pane_customizations import (
    COMMANDS,
    FOLDER,
    CommandLocation,
    PaneCommand,
    PaneCustomizations,
    ResourceKind,
    WebResource,
)
from manifest.icons import color_icon

FILES = Path(__file__).parent / "files"
LAUNCHER, PAGE, SCRIPT, STYLE, ICON = (
    f"{FOLDER}{name}" for name in ("launcher.js", "pane.html", "pane.js", "pane.css", "icon.png")
)
OPEN_PANE = "ChatSync.openPane"
"""Function of the launcher that the commands call."""
ICON_SIZE = 32
_ADDRESS = "{{ address }}"


def pane_address(base_url: str, host: str) -> str:
    """Return the address of the pane for a host: `dynamics` or `sandbox`."""
    return f"{base_url}/pane?host={host}"


def pane_customizations(address: str) -> PaneCustomizations:
    """Return the customizations that show the pane at this address."""
    return PaneCustomizations(resources=_resources(address), commands=_commands())


def _resources(address: str) -> tuple[WebResource, ...]:
    page = _file("pane.html").replace(_ADDRESS.encode(), escape(address).encode())
    # The IDs never change, because an import identifies web resources by them.
    return (
        _resource(1, LAUNCHER, "Chat Sync: open the pane", ResourceKind.SCRIPT, _file("launcher.js")),
        _resource(2, PAGE, "Chat Sync: pane", ResourceKind.HTML, page),
        _resource(3, SCRIPT, "Chat Sync: script of the pane", ResourceKind.SCRIPT, _file("pane.js")),
        _resource(4, STYLE, "Chat Sync: style of the pane", ResourceKind.CSS, _file("pane.css")),
        _resource(5, ICON, "Chat Sync: icon", ResourceKind.PNG, color_icon(ICON_SIZE)),
    )


def _resource(number: int, name: str, title: str, kind: ResourceKind, content: bytes) -> WebResource:
    resource_id = f"7f0c9a52-4d1b-4e86-9c3a-51d2e8b6a0{number:02}"
    return WebResource(id=resource_id, name=name, title=title, kind=kind, content=content)


def _file(name: str) -> bytes:
    return (FILES / name).read_bytes()


def _commands() -> tuple[PaneCommand, ...]:
    texts = {
        CommandLocation.FORM: ("form", "Show the chats connected to this record"),
        CommandLocation.MAIN_GRID: ("main_grid", "Show your chats connected to records"),
    }
    return tuple(
        PaneCommand(
            unique_name=f"{COMMANDS}{name}",
            location=location,
            label="Chats",
            tooltip=tooltip,
            script=LAUNCHER,
            function=OPEN_PANE,
            icon=ICON,
        )
        for location, (name, tooltip) in texts.items()
    )
