"""Run promtool, which judges rules as Prometheus does."""

import json
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

from tests.tiers import missing


def promtool(*arguments: str | Path) -> tuple[int, str]:
    """Return the exit code and the output."""
    program = shutil.which("promtool") or missing("promtool (of Debian's package prometheus)")
    done = subprocess.run([program, *arguments], capture_output=True, text=True, check=False, timeout=60)
    return done.returncode, done.stdout + done.stderr


def write(path: Path, content: Mapping[str, object]) -> Path:
    """Write a file for promtool. JSON is YAML."""
    path.write_text(json.dumps(content), encoding="utf-8")
    return path
