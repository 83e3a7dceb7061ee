"""Writes the app package: `python -m manifest --app-id … --website https://… -o chat-sync.zip`."""

import argparse
import json
import sys
import zipfile
from pathlib import Path
from uuid import UUID

from manifest.document import COLOR_ICON, OUTLINE_ICON, document
from manifest.icons import color_icon, outline_icon


def main(arguments: list[str] | None = None) -> int:
    """0 when the package is written; 2 where a value would be refused, with the reason on standard error."""
    parser = argparse.ArgumentParser(prog="python -m manifest", description="Writes the Teams app package.")
    parser.add_argument("--app-id", type=UUID, required=True, help="the bot's app id (MicrosoftAppId)")
    parser.add_argument("--website", required=True, help="an https address that says who runs this bot")
    parser.add_argument("-o", "--output", type=Path, default=Path("chat-sync.zip"))
    given = parser.parse_args(arguments)
    try:
        text = json.dumps(document(app_id=str(given.app_id), website=given.website), indent=2, ensure_ascii=False)
    except ValueError as error:
        parser.error(str(error))
    with zipfile.ZipFile(given.output, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("manifest.json", text)
        package.writestr(COLOR_ICON, color_icon())
        package.writestr(OUTLINE_ICON, outline_icon())
    return 0


if __name__ == "__main__":
    sys.exit(main())
