"""Links to records: parsing pasted addresses, and building the address of a row.

Address formats: "Open apps, forms and views with a URL" (Power Apps documentation). Older products send the table's
number (`etc`) instead of its name (`etn`), and may wrap the row ID into `extraqs`.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from urllib.parse import SplitResult, parse_qsl, quote, urlsplit

from bot.domain.hosts import is_loopback
from bot.domain.values import Environment, EnvironmentId, RecordRef
from bot.text.typed_text import without_unseen

MAX_ADDRESS_LENGTH = 4096
"""Characters of a link that are read, more than browsers accept in their address bars."""

MAX_ADDRESSES = 50
"""Addresses of one text that are read."""

MAX_WRAPPERS = 3
"""Wrappers around one link that are removed. A link that is mailed and then forwarded has two."""

_SENTENCE_ENDS = ".,;:!?)]>'*|"
_PAGE = re.compile(r"(/apps/uniquename/[^/]+)?/main\.aspx", re.IGNORECASE)
_GUID = re.compile(r"\{?([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})\}?", re.IGNORECASE)
_TABLE = re.compile(r"[a-z_][a-z0-9_]{0,127}", re.IGNORECASE)
_ADDRESS = re.compile(
    r"https?://[^\s<>\"`\\\u201c-\u201e\u00ab\u00bb\u2039\u203a\u300a-\u3011\u3001\u3002\uff01\uff0c\uff1a\uff1b\uff1f\u2026]+",
    re.IGNORECASE,
)
_ESCAPED_AMPERSAND = re.compile(r"&(?:amp|#38|#x26);", re.IGNORECASE)
_OUTLOOK_WRAPPERS = (".safelinks.protection.outlook.com", ".safelinks.protection.office365.us")
_TEAMS_WRAPPERS = frozenset({"statics.teams.cdn.office.net", "teams.public.onecdn.static.microsoft"})
_TEAMS_WRAPPER_PATH = re.compile(r"/evergreen-assets/safelinks/\d{1,3}/atp-safelinks\.html", re.IGNORECASE)
_LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "[::1]"})


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordLink:
    """A record as a link names it: by table name or, in older links, by table number.

    Both are None if a card hides the record's type from its readers.
    """

    environment: EnvironmentId
    row_id: str
    table: str | None = None
    type_code: int | None = None


LinkTarget = RecordRef | RecordLink


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordLinks:
    """Links to and from the configured environments."""

    environments: tuple[Environment, ...]
    open_pattern: str = ""
    """See `open_record_url`."""

    def parse(self, address: str) -> RecordLink | None:
        """Return the record that the address names, or None."""
        return parse_link(address, self.environments)

    def open_url(self, record: LinkTarget) -> str:
        """Return the address of the button "Open record"; empty for a link without a table."""
        return open_record_url(self._environment(record), record, self.open_pattern)

    def plain_url(self, record: LinkTarget) -> str:
        """Return the address of the record in a browser, which `parse` reads; empty for a link without a table."""
        return record_url(self._environment(record), record)

    def _environment(self, record: LinkTarget) -> Environment:
        (environment,) = (each for each in self.environments if each.id == record.environment)
        return environment

    def environment_at(self, host: str) -> Environment | None:
        """Return the environment whose events and links use this host, or None."""
        return next((each for each in self.environments if host.lower() in each.hosts), None)


def find_addresses(text: str) -> Iterator[str]:
    """Yield the web addresses in a text or HTML without duplicates, up to `MAX_ADDRESSES`."""
    found = (_unescape(each.group()).rstrip(_SENTENCE_ENDS) for each in _ADDRESS.finditer(without_unseen(text)))
    return islice(dict.fromkeys(found), MAX_ADDRESSES)


def without_addresses(text: str) -> str:
    """Return the text without web addresses."""
    return _ADDRESS.sub(" ", without_unseen(text))


def names_record(address: str) -> bool:
    """Check whether the address looks like the link of a record, of any organization."""
    parts = _split(address)
    try:
        return parts is not None and _PAGE.search(parts.path) is not None and "id" in _query(parts.query)
    except ValueError:
        return False


def parse_link(address: str, environments: Iterable[Environment]) -> RecordLink | None:
    """Return the record that the address names, also if Safe Links wraps the address.

    Return None for any other host or page, such as a view, a new record, or another site.
    """
    parts = _split(address)
    try:
        host = "".join(_host(parts)) if parts else ""
        here = [each for each in environments if parts and host in each.hosts and _is_page(each, parts.path)]
        return next((_record(each, _query(parts.query)) for each in here if parts), None)
    except ValueError:
        return None


def _split(address: str) -> SplitResult | None:
    """Return the parts of an address as it was copied: with escaped characters, punctuation, or wrappers around it."""
    found = next(find_addresses(address[: MAX_ADDRESS_LENGTH + 1]), "")
    try:
        for _ in range(MAX_WRAPPERS + 1):
            parts = urlsplit(found)
            if len(address) > MAX_ADDRESS_LENGTH or not _is_wrapper(parts):
                return parts if len(address) <= MAX_ADDRESS_LENGTH else None
            found = _unescape(_query(parts.query).get("url", ""))
    except ValueError:
        return None
    return None


def _is_wrapper(parts: SplitResult) -> bool:
    """Check whether this is an address of Safe Links, which wraps the links of mails and chats."""
    scheme, host = parts.scheme.lower(), (parts.hostname or "").lower()
    if scheme != "https" or parts.port not in {None, 443}:
        return False
    is_teams = host in _TEAMS_WRAPPERS and _TEAMS_WRAPPER_PATH.fullmatch(parts.path) is not None
    return is_teams or host.endswith(_OUTLOOK_WRAPPERS)


def _unescape(address: str) -> str:
    """Return the address with the ampersands that HTML escapes. Other entities cannot be told from parameters."""
    for _ in range(MAX_WRAPPERS):
        address, found = _ESCAPED_AMPERSAND.subn("&", address)
        if not found:
            break
    return address


def parse_guid(text: str) -> str | None:
    """Return the GUID in lowercase without braces, or None if the text is not a GUID."""
    found = _GUID.fullmatch(text.strip())
    return found.group(1).lower() if found else None


def record_url(environment: Environment, record: LinkTarget) -> str:
    """Return the address that opens the record in a browser; empty if the table is not known.

    Every documented form of the address requires the table.
    """
    code = record.type_code if isinstance(record, RecordLink) else None
    if not record.table and code is None:
        return ""
    named = f"etn={record.table}" if record.table else f"etc={code}"
    return f"{environment.url}/main.aspx?pagetype=entityrecord&{named}&id={record.row_id}"


def open_record_url(environment: Environment, record: LinkTarget, pattern: str = "") -> str:
    """Return the address for the button "Open record": the deep-link pattern, or else the plain address.

    In the pattern, `{url}` is the encoded address, and `{table}` and `{id}` are those of the record.
    """
    address, table = record_url(environment, record), record.table or ""
    if not pattern or not address or ("{table}" in pattern and not table):
        return address
    filled = pattern.replace("{url}", quote(address, safe=""))
    return filled.replace("{table}", table).replace("{id}", record.row_id)


def _host(address: SplitResult) -> tuple[str, str]:
    """Return the host and `:port`, which is empty for the scheme's default port; raise ValueError for other text."""
    scheme, name, port = address.scheme.lower(), address.hostname, address.port
    if scheme not in {"http", "https"} or not name:
        raise ValueError(scheme)
    default = 443 if scheme == "https" else 80
    return f"[{name}]" if ":" in name else name, "" if port in {None, default} else f":{port}"


def _is_page(environment: Environment, path: str) -> bool:
    """Check whether the path is the page that shows records, below the environment's own path."""
    base = urlsplit(environment.url).path
    return path.startswith(base) and _PAGE.fullmatch(path[len(base) :]) is not None


def _query(text: str) -> Mapping[str, str]:
    """Return the query with lowercase names, because copied links vary."""
    return {name.lower(): value for name, value in parse_qsl(text, max_num_fields=100)}


def _record(environment: Environment, query: Mapping[str, str]) -> RecordLink | None:
    nested = query.get("extraqs", "").lstrip("?")
    asked = {**_query(nested), **query} if nested else query
    row_id = parse_guid(asked.get("id", ""))
    table, code = asked.get("etn", ""), asked.get("etc", "")
    if row_id is None or asked.get("pagetype", "entityrecord").lower() != "entityrecord":
        return None
    if _TABLE.fullmatch(table):
        return RecordLink(environment=environment.id, row_id=row_id, table=table.lower())
    if code.isascii() and code.isdigit() and len(code) < 10:  # noqa: PLR2004 - a 32-bit number
        return RecordLink(environment=environment.id, row_id=row_id, type_code=int(code))
    return None


def parse_environment(address: str) -> Environment:
    """Return the environment at an address such as `https://contoso.crm4.dynamics.com`.

    Raise ValueError if this is not a web address. The three loopback names count as one host.
    """
    parts = urlsplit(address.rstrip("/"))
    name, port = _host(parts)
    own = is_loopback(name)
    names = _LOOPBACK_NAMES if own else {name}
    # The sandbox has the same ID on every port, so that its connections survive a change of port.
    known_as = ("localhost" if own else name + port) + parts.path
    hosts = frozenset(each + port for each in names)
    return Environment(id=EnvironmentId(known_as), url=address.rstrip("/"), hosts=hosts)
