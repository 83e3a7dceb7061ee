"""Values from the administrator, validated before Teams does ("App manifest schema for Teams"). Pure."""

import re
from dataclasses import dataclass
from urllib.parse import urlsplit
from uuid import UUID

MAX_ADDRESS_LENGTH = 2_048
"""Characters of any address in the schema."""

_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_HOST = re.compile(rf"(?=.{{4,253}}$)(?:{_LABEL}\.)+[a-z]{{2,63}}")
_VERSION = re.compile(r"(0|[1-9]\d{0,8})\.(0|[1-9]\d{0,8})\.(0|[1-9]\d{0,8})")


@dataclass(frozen=True, slots=True, kw_only=True)
class PackageOptions:
    """Validated values of the manifest."""

    app_id: str
    sign_in_app_id: str
    """App ID of the registration that proves who looks at the tabs."""
    domain: str
    """Host at which Teams reaches the bot."""
    website: str
    """The https address of the bot's operator."""
    environments: tuple[str, ...]
    """Hosts of the Dynamics 365 environments; empty for those of all regions."""
    version: str
    message_events: bool
    """True to receive all messages of a chat, whose authors and times its row in Dataverse shows."""


def parse_options(
    *,
    app_id: str,
    domain: str,
    website: str,
    environments: tuple[str, ...],
    version: str,
    message_events: bool,
    sign_in_app_id: str = "",
) -> PackageOptions:
    """Validate and normalize the values. Raise ValueError with the reason and an example for an invalid one."""
    host = parse_host(domain, "domain")
    return PackageOptions(
        app_id=parse_app_id(app_id),
        sign_in_app_id=parse_app_id(sign_in_app_id or app_id),
        domain=host,
        website=parse_website(website or f"https://{host}"),
        environments=tuple(dict.fromkeys(parse_host(each, "environment") for each in environments)),
        version=parse_version(version),
        message_events=message_events,
    )


def parse_app_id(text: str) -> str:
    """Return the ID as Teams writes it: in lowercase, without braces."""
    try:
        return str(UUID(text))
    except ValueError as error:
        raise ValueError(
            f"the app ID {text!r} is not a GUID such as aaaaaaaa-0000-4000-8000-000000000001 (MicrosoftAppId)"
        ) from error


def parse_host(text: str, what: str) -> str:
    """Return the public host name of a name or an address."""
    parts = urlsplit(text if "//" in text else f"//{text}")
    host = (parts.hostname or "").lower()
    if parts.scheme not in {"", "https"} or parts.netloc.lower() != host or not _HOST.fullmatch(host):
        raise ValueError(
            f"the {what} {text!r} is not a host name such as contoso.example.com (without http, port, or *)"
        )
    if what == "domain" and parts.path.strip("/"):
        raise ValueError(f"the {what} {text!r} has a path; use only the host name")
    return host


def parse_website(text: str) -> str:
    """Return the address without a slash at its end."""
    parts = urlsplit(text)
    if parts.scheme != "https" or not parts.hostname or len(text) > MAX_ADDRESS_LENGTH - len("/privacy"):
        raise ValueError(f"the website {text!r} is not an https address of at most {MAX_ADDRESS_LENGTH} characters")
    return text.rstrip("/")


def parse_version(text: str) -> str:
    """Return the version of the package. Teams rejects a changed package with a known version."""
    if not _VERSION.fullmatch(text):
        raise ValueError(f"the version {text!r} is not three numbers such as 1.0.0")
    return text
