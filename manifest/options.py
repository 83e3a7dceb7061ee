"""What an administrator gives, checked before Teams does ("App manifest schema for Teams"). Pure."""

import re
from dataclasses import dataclass
from urllib.parse import urlsplit
from uuid import UUID

MAX_ADDRESS_LENGTH = 2_048
"""Characters of any address of the schema."""

_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_HOST = re.compile(rf"(?=.{{4,253}}$)(?:{_LABEL}\.)+[a-z]{{2,63}}")
_VERSION = re.compile(r"(0|[1-9]\d{0,8})\.(0|[1-9]\d{0,8})\.(0|[1-9]\d{0,8})")


@dataclass(frozen=True, slots=True, kw_only=True)
class PackageOptions:
    """What the manifest is made for. Every refusal is a ValueError that says what is wrong and how it is right."""

    app_id: str
    domain: str
    """The host at which Teams reaches the bot."""
    website: str
    """The https address that says who runs the bot."""
    environments: tuple[str, ...]
    """The hosts of the Dynamics 365 environments; none for those of all regions."""
    version: str


def parse_options(
    *, app_id: str, domain: str, website: str, environments: tuple[str, ...], version: str
) -> PackageOptions:
    """The values, each in its one form."""
    host = parse_host(domain, "domain")
    return PackageOptions(
        app_id=parse_app_id(app_id),
        domain=host,
        website=parse_website(website or f"https://{host}"),
        environments=tuple(dict.fromkeys(parse_host(each, "environment") for each in environments)),
        version=parse_version(version),
    )


def parse_app_id(text: str) -> str:
    """The id as Teams writes it: without braces, in lower case."""
    try:
        return str(UUID(text))
    except ValueError as error:
        raise ValueError(
            f"the app id {text!r} is no GUID such as aaaaaaaa-0000-4000-8000-000000000001 (MicrosoftAppId)"
        ) from error


def parse_host(text: str, what: str) -> str:
    """The host of a name or of an address, which other computers can reach."""
    parts = urlsplit(text if "//" in text else f"//{text}")
    host = (parts.hostname or "").lower()
    if parts.scheme not in {"", "https"} or parts.netloc.lower() != host or not _HOST.fullmatch(host):
        raise ValueError(f"the {what} {text!r} is no host name such as contoso.example.com (without http, port or *)")
    if what == "domain" and parts.path.strip("/"):
        raise ValueError(f"the {what} {text!r} has a path; give the host name alone")
    return host


def parse_website(text: str) -> str:
    """The address without a slash at its end."""
    parts = urlsplit(text)
    if parts.scheme != "https" or not parts.hostname or len(text) > MAX_ADDRESS_LENGTH - len("/privacy"):
        raise ValueError(f"the website {text!r} is no https address of {MAX_ADDRESS_LENGTH} characters at most")
    return text.rstrip("/")


def parse_version(text: str) -> str:
    """The version of the package; Teams takes no other document under a version that it knows."""
    if not _VERSION.fullmatch(text):
        raise ValueError(f"the version {text!r} is not three numbers such as 1.0.0")
    return text
