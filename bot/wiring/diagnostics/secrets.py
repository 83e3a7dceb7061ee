"""Checks of keys, certificates, and files with secrets."""

import asyncio
import os
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from bot.config.settings import SHORTEST_SECRET, Settings
from bot.domain.errors import BadRequest
from bot.domain.hosts import is_loopback
from bot.http.certificate_files import load_key_pair
from bot.wiring.services import Runtime

_CONNECT = "Run: python app.py dataverse connect."
_SOON = timedelta(days=30)
_OTHERS = 0o077
_ENCRYPTED = frozenset({"require", "verify-ca", "verify-full"})
"""Values of `ssl` with which asyncpg connects only over TLS."""


async def check_webhook_key(runtime: Runtime) -> None:
    """Check that nobody can guess a key, and that no rotation is unfinished."""
    keys = runtime.settings.webhook_keys
    if not keys or any(len(key) < SHORTEST_SECRET for key in keys):
        raise BadRequest(
            "CHATSYNC_WEBHOOK_KEY is short enough to guess.",
            f"Choose a long random text. {_CONNECT}",
        )
    if any(runtime.settings.previous_webhook_keys):
        raise BadRequest(
            "CHATSYNC_WEBHOOK_KEY_PREVIOUS is still accepted.",
            f"{_CONNECT} When no event with the previous key can arrive anymore, remove the setting.",
        )


async def check_client_state(runtime: Runtime) -> None:
    """Check that nobody can guess the client state, and that no rotation is unfinished."""
    state = runtime.settings.graph_client_state
    if state is not None and len(state.get_secret_value()) < SHORTEST_SECRET:
        raise BadRequest("CHATSYNC_GRAPH_CLIENT_STATE is short enough to guess.", "Choose a long random text.")
    if runtime.settings.graph_client_state_previous is not None:
        raise BadRequest(
            "CHATSYNC_GRAPH_CLIENT_STATE_PREVIOUS is still accepted.", "Remove the setting after a few days."
        )


async def check_certificates(runtime: Runtime) -> None:
    """Check that the certificates in files can be read, and do not expire soon."""
    now = runtime.services.clock.now()
    for name, (file, password) in _certificates(runtime.settings).items():
        try:
            content = await asyncio.to_thread(Path(file).read_bytes)
            certificate, _ = load_key_pair(content, password)
        except (OSError, ValueError) as error:
            raise BadRequest(
                "{setting} does not contain a readable certificate with its RSA key.",
                "Use a PEM or PKCS 12 file with both, and check its password.",
                setting=name,
            ) from error
        if certificate.not_valid_after_utc < now + _SOON:
            raise BadRequest(
                "The certificate in {setting} is valid until {date}.",
                "Replace it in time: see Rotate secrets in docs/operators.md.",
                setting=name,
                date=f"{certificate.not_valid_after_utc:%Y-%m-%d}",
            )


def _certificates(settings: Settings) -> Mapping[str, tuple[str, str | None]]:
    """Return the files and passwords of the settings that name a certificate."""
    files = {
        "CHATSYNC_CERTIFICATE_FILE": (settings.certificate_file, settings.certificate_password),
        "CHATSYNC_DATAVERSE_CERTIFICATE_FILE": (
            settings.dataverse_certificate_file,
            settings.dataverse_certificate_password,
        ),
        "CHATSYNC_GRAPH_CERTIFICATE_FILE": (settings.graph_certificate_file, settings.graph_certificate_password),
    }
    return {
        name: (file, password.get_secret_value() if password else None)
        for name, (file, password) in files.items()
        if file
    }


async def check_private_files(runtime: Runtime) -> None:
    """Check that other accounts can read neither `.env` nor the private keys. On Windows, folders have permissions."""
    files = {".env": ".env", **{name: file for name, (file, _) in _certificates(runtime.settings).items()}}
    readable = [name for name, file in files.items() if await asyncio.to_thread(_is_readable_by_others, Path(file))]
    if os.name == "posix" and readable:
        raise BadRequest(
            "Other accounts can read these files: {files}.",
            "Let only the account of Chat Sync read them: chmod 600.",
            files=", ".join(readable),
        )


def _is_readable_by_others(file: Path) -> bool:
    try:
        return bool(file.stat().st_mode & _OTHERS)
    except OSError:
        return False


async def check_database_connection(runtime: Runtime) -> None:
    """Check that the connection to a database on another machine requires TLS."""
    url = urlsplit(runtime.settings.database_url)
    options = parse_qs(url.query)
    host = url.hostname or (options.get("host") or [""])[0]
    is_here = runtime.settings.one_process or not host or host.startswith("/") or is_loopback(host)
    if not is_here and not _ENCRYPTED.intersection(options.get("ssl", ())):
        raise BadRequest(
            "The database is on another machine, and its connection may be without TLS.",
            "Add ?ssl=require to CHATSYNC_DATABASE_URL.",
        )
