"""Response preferences of a client: the Prefer header ("Compose HTTP requests")."""

import re
from dataclasses import dataclass
from fnmatch import fnmatchcase

from bot.sandbox.dataverse.odata.options import MAX_PAGE_SIZE
from bot.sandbox.errors import bad_query

FORMATTED = "OData.Community.Display.V1.FormattedValue"
LOOKUP_TABLE = "Microsoft.Dynamics.CRM.lookuplogicalname"
NAVIGATION = "Microsoft.Dynamics.CRM.associatednavigationproperty"

_PREFERENCE = re.compile(r'([\w.-]+)(?:\s*=\s*(?:"([^"]*)"|([^\s",;]*)))?')


@dataclass(frozen=True, slots=True, kw_only=True)
class Preferences:
    """The preferences that the sandbox supports."""

    representation: bool = False
    page_size: int | None = None
    annotations: str = ""
    """Comma-separated annotation names, with `*` as wildcard."""
    track_changes: bool = False
    """True to end the response with a delta link."""
    continue_on_error: bool = False
    """True to continue a batch after a failed request."""

    def wants(self, annotation: str) -> bool:
        """Return True if the client requested this annotation."""
        patterns = (pattern.strip() for pattern in self.annotations.split(","))
        return any(fnmatchcase(annotation, pattern) for pattern in patterns if pattern)

    @property
    def applied(self) -> str:
        """Value of the response header `Preference-Applied`."""
        parts = ["return=representation"] * self.representation
        if self.page_size:
            parts.append(f"odata.maxpagesize={self.page_size}")
        if self.track_changes:
            parts.append("odata.track-changes")
        if self.annotations:
            parts.append(f'odata.include-annotations="{self.annotations}"')
        return ",".join(parts)


def preferences(header: str) -> Preferences:
    """Parse a request's `Prefer` header. Unknown preferences are ignored."""
    options: dict[str, str] = {}
    for name, quoted, plain in _PREFERENCE.findall(header):
        options.setdefault(name.lower(), quoted or plain)
    size = options.get("odata.maxpagesize")
    return Preferences(
        representation=options.get("return") == "representation",
        page_size=None if size is None else _page_size(size),
        annotations=options.get("odata.include-annotations", ""),
        track_changes="odata.track-changes" in options,
        continue_on_error=options.get("odata.continue-on-error", "false") in {"", "true"},
    )


def _page_size(text: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text[:10])):
        raise bad_query("odata.maxpagesize must be a positive whole number.")
    return min(int(text[:10]), MAX_PAGE_SIZE)
