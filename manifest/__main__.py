"""Write the app package: `python -m manifest --app-id … --domain … [--environment …] -o chat-sync.zip`.

With `--solution`, write the web resources of the pane as a solution for Dynamics 365 instead.
"""

import argparse
import json
import sys
import zipfile
from collections.abc import Mapping
from pathlib import Path

from bot.domain.public_names import MESSAGE_EVENTS
from bot.version import VERSION
from manifest.document import COLOR_ICON, OUTLINE_ICON, document, language_file
from manifest.icons import color_icon, outline_icon
from manifest.languages import LANGUAGES, file_name
from manifest.options import PackageOptions, parse_host, parse_options, parse_version
from manifest.pane.customizations import pane_address, pane_customizations
from manifest.solution import solution_files

_PACKAGE = "chat-sync.zip"
_SOLUTION = "chat-sync-pane.zip"


def main(arguments: list[str] | None = None) -> int:
    """Write the package. Return 0, or exit with code 2 and a message on standard error for an invalid value."""
    parser = _parser()
    asked = parser.parse_args(arguments)
    if not asked.solution and asked.app_id is None:
        parser.error("the following arguments are required: --app-id")
    try:
        files = _solution_files(asked) if asked.solution else _package_files(asked)
        _write(asked.output or Path(_SOLUTION if asked.solution else _PACKAGE), files)
    except (ValueError, OSError) as error:
        parser.error(str(error))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m manifest", description="Write the Teams app package.")
    parser.add_argument(
        "--solution",
        action="store_true",
        help="write the web resources of the pane as an unmanaged solution for Dynamics 365, "
        "which needs only --domain and --version",
    )
    parser.add_argument("--app-id", help="app ID of the bot (MicrosoftAppId)")
    parser.add_argument(
        "--pane-client-id",
        default="",
        help="app ID of the registration for the tabs, if the bot is a managed identity (CHATSYNC_PANE_CLIENT_ID)",
    )
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
        "--version",
        default=VERSION,
        help=f"package version; raise it for every upload (default: {VERSION}, the version of Chat Sync)",
    )
    parser.add_argument(
        "--without-message-events",
        action="store_true",
        help=f"do not request {MESSAGE_EVENTS}; also set CHATSYNC_MESSAGE_EVENTS=False on the server",
    )
    parser.add_argument("-o", "--output", type=Path, help=f"file to write (default: {_PACKAGE} or {_SOLUTION})")
    return parser


def _solution_files(asked: argparse.Namespace) -> Mapping[str, bytes]:
    address = pane_address(f"https://{parse_host(asked.domain, 'domain')}", "dynamics")
    return solution_files(pane_customizations(address), parse_version(asked.version))


def _package_files(asked: argparse.Namespace) -> Mapping[str, bytes]:
    values = parse_options(
        app_id=asked.app_id,
        sign_in_app_id=asked.pane_client_id,
        domain=asked.domain,
        website=asked.website,
        environments=tuple(asked.environment),
        version=asked.version,
        message_events=not asked.without_message_events,
    )
    return {
        **{name: _json(content) for name, content in _documents(values).items()},
        COLOR_ICON: color_icon(),
        OUTLINE_ICON: outline_icon(),
    }


def _documents(values: PackageOptions) -> Mapping[str, Mapping[str, object]]:
    manifest = document(values)
    return {"manifest.json": manifest, **{file_name(each): language_file(manifest, each) for each in LANGUAGES}}


def _json(content: Mapping[str, object]) -> bytes:
    return json.dumps(content, indent=2, ensure_ascii=False).encode()


def _write(output: Path, files: Mapping[str, bytes]) -> None:
    with zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in files.items():
            package.writestr(name, content)


if __name__ == "__main__":
    sys.exit(main())
