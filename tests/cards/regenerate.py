"""Regenerate the golden files: `python -m tests.cards.regenerate`. Review the changes before you commit them."""

import json
from pathlib import Path
from typing import Any

from tests.cards.gallery import GALLERY
from tests.cards.ready import activity

GOLDEN = Path(__file__).parent / "golden"


def golden_file(name: str) -> Path:
    return GOLDEN / f"{name.replace(' ', '-')}.json"


def finished(name: str) -> dict[str, Any]:
    """Return the activity of the golden file."""
    return activity(GALLERY[name], channel="msteams")


def main() -> None:
    for old in GOLDEN.glob("*.json"):
        old.unlink()
    GOLDEN.mkdir(exist_ok=True)
    for name in GALLERY:
        text = json.dumps(finished(name), indent=1, ensure_ascii=False)
        golden_file(name).write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
