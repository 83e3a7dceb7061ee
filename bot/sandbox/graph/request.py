"""Graph requests, sent alone or as part of a batch, and their responses."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus

from bot.sandbox.graph.errors import bad_request
from bot.sandbox.teams.sample_organization import Teams
from bot.sandbox.values import Json, JsonObject


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A request to Graph."""

    teams: Teams
    base: str
    """Base address of Graph as the client wrote it."""
    method: str
    path: tuple[str, ...]
    """Resource path, split into parts."""
    query: Mapping[str, str]
    headers: Mapping[str, str]
    """Headers by lowercase name."""
    content: Json = None
    """Parsed JSON body, or None without a body."""

    @property
    def body(self) -> JsonObject:
        """The body's JSON object. Raises `GraphError` for any other body."""
        if not isinstance(self.content, Mapping):
            raise bad_request("Write request body is missing or is no JSON object.")
        return self.content

    def top(self, usual: int, at_most: int) -> int:
        """Return the page size. Raise `GraphError` if `$top` is not a number in the allowed range."""
        text = self.query.get("$top", str(usual))
        number = int(text) if text.isascii() and text.isdigit() and len(text) < len("10000") else 0
        if not 1 <= number <= at_most:
            raise bad_request(f"The limit of '{at_most}' for Top query has been exceeded or is no number.")
        return number


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """A response."""

    status: HTTPStatus = HTTPStatus.OK
    body: JsonObject | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


NOTHING = Given(status=HTTPStatus.NO_CONTENT)


def collection(asked: Asked, kind: str, rows: list[JsonObject], **more: Json) -> Given:
    """Return a page of rows."""
    context = {"@odata.context": f"{asked.base}/$metadata#{kind}"}
    return Given(body={**context, **more, "value": rows})


def selected(asked: Asked, row: JsonObject) -> JsonObject:
    """Return the properties in `$select` and the annotations, or all properties without `$select`."""
    named = {name.strip() for name in asked.query.get("$select", "").split(",") if name.strip()}
    return {name: value for name, value in row.items() if not named or name in named or name.startswith("@")}
