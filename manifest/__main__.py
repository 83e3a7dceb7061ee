"""Write the app package: `python -m manifest --app-id … --domain … [--environment …] -o chat-sync.zip`."""

import argparse
import json
import sys
import zipfile
from pathlib import Path

from bot.domain.public_names import MESSAGE_EVENTS
from manifest.document import COLOR_ICON, OUTLINE_ICON, document, language_file
from manifest.icons import color_icon, outline_icon
from manifest.languages import LANGUAGES, file_name
from manifest.options import PackageOptions, parse_options


def main(arguments: list[str] | None = None) -> int:
    """Write the package. Return 0, or exit with code 2 and a message on standard error for an invalid value."""
    parser = _parser()
    asked = parser.parse_args(arguments)
    try:
        values = parse_options(
            app_id=asked.app_id,
            domain=asked.domain,
            website=asked.website,
            environments=tuple(asked.environment),
            version=asked.version,
            message_events=not asked.without_message_events,
        )
        _write(asked.output, values)
    except (ValueError, OSError) as error:
        parser.error(str(error))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m manifest", description="Write the Teams app package.")
    parser.add_argument("--app-id", required=True, help="app ID of the bot (MicrosoftAppId)")
    parser.add_argument("--domain", required=True, help="host at which Teams reaches the bot")
    parser.add_argument(
        "--environment",
        nargs="+",
        action="extend",
        default=[],
        help="Dynamics 365 environments whose links become cards (default: those of all regions)",
    )
    parser.add_argument("--website", default="", help="https address of the bot's operator (default: https://<domain>)")
    parser.add_argument(
        "--version", default="1.0.0", help="package version; raise it for every upload (default: 1.0.0)"
    )
    parser.add_argument(
        "--without-message-events",
        action="store_true",
        help=f"do not request {MESSAGE_EVENTS}; also set CHATSYNC_MESSAGE_EVENTS=False on the server",
    )
    parser.add_argument("-o", "--output", type=Path, default=Path("chat-sync.zip"))
    return parser


def _write(output: Path, values: PackageOptions) -> None:
    manifest = document(values)
    files = {"manifest.json": manifest, **{file_name(each): language_file(manifest, each) for each in LANGUAGES}}
    with zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in files.items():
            package.writestr(name, json.dumps(content, indent=2, ensure_ascii=False))
        package.writestr(COLOR_ICON, color_icon())
        package.writestr(OUTLINE_ICON, outline_icon())


if __name__ == "__main__":
    sys.exit(main())
