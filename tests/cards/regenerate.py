"""Writes the golden files anew: `python -m tests.cards.regenerate`. Look at what changed before you keep it."""

import json
from pathlib import Path
from typing import Any

from tests.cards.gallery import GALLERY
from tests.cards.ready import activity

GOLDEN = Path(__file__).parent / "golden"


def golden_file(name: str) -> Path:
    return GOLDEN / f"{name.replace(' ', '-')}.json"


def finished(name: str) -> dict[str, Any]:
    """The activity that the golden file holds."""
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
