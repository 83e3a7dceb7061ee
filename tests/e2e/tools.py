"""Locations of the real clients: Node.js, its packages, and Chromium."""

import os
import shutil
from pathlib import Path

HERE = Path(__file__).parent

CHROMIUM_OPTIONS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]


def node_modules() -> Path:
    """Return the folder of Node.js packages: that of `tests/e2e`, or CHATSYNC_TEST_NODE_MODULES if it is set."""
    return Path(os.environ.get("CHATSYNC_TEST_NODE_MODULES", HERE / "node_modules"))


_HEADLESS_SHELL = "chromium-headless-shell"
"""Chromium without windows and profiles. It takes a quarter less CPU time."""
_BROWSERS = ("chromium", "chromium-browser")


def chromium(*, with_profile: bool = False) -> str | None:
    """Return the path of Chromium, or None if it is not installed. `with_profile`: it reads a profile's preferences."""
    names = _BROWSERS if with_profile else (_HEADLESS_SHELL, *_BROWSERS)
    return next(filter(None, map(shutil.which, names)), None)


def what_is_missing() -> str | None:
    """Return what the end-to-end tests need on this machine and how to install it; None if nothing is missing."""
    if not shutil.which("node"):
        return "Node.js (node)"
    if not (node_modules() / "@microsoft" / "m365agentsplayground").is_dir():
        return "the packages of tests/e2e (npm install --prefix tests/e2e --ignore-scripts --legacy-peer-deps)"
    return None if chromium() else "Chromium"
