"""Locations of the real clients: Node.js, its packages, and Chromium."""

import os
import shutil
import subprocess
from pathlib import Path

from tests.tiers import missing

HERE = Path(__file__).parent
ROOT = HERE.parents[1]

CHROMIUM_OPTIONS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]


def node_modules() -> Path:
    """Return the folder of Node.js packages: that of `tests/e2e`, or CHATSYNC_TEST_NODE_MODULES if it is set."""
    return Path(os.environ.get("CHATSYNC_TEST_NODE_MODULES", HERE / "node_modules"))


def run_package(package: str, script: str, *arguments: str, where: Path = ROOT) -> str:
    """Run a tool of the Node.js packages in the repository; return what it prints."""
    tool = node_modules() / package / script
    if not tool.is_file():
        missing(f"npm package {package} of tests/e2e")
    ended = subprocess.run(
        ["node", str(tool), *arguments], cwd=where, capture_output=True, text=True, check=False, timeout=120
    )
    return f"{ended.stdout}{ended.stderr}"


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
