"""Regenerate the golden files: `python -m tests.cards.regenerate`. Review the changes before you commit them."""

import json
from pathlib import Path
from typing import Any

from bot.languages.translator import ENGLISH
from cards.translator import Translator
from tests.cards.gallery import GALLERY
from tests.cards.ready import activity

GOLDEN = Path(__file__).parent / "golden"


def golden_file(name: str) -> Path:
    return GOLDEN / f"{name.replace(' ', '-')}.json"


def finished(name: str, t: Translator = ENGLISH) -> dict[str, Any]:
    """Return the activity of the golden file, or the same activity in another language."""
    return activity(GALLERY[name], t, channel="msteams")


def main() -> None:
    for old in GOLDEN.glob("*.json"):
        old.unlink()
    GOLDEN.mkdir(exist_ok=True)
    for name in GALLERY:
        text = json.dumps(finished(name), indent=1, ensure_ascii=False)
        golden_file(name).write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
