"""Graph requests, sent alone or as part of a batch, and their responses."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus

from bot.sandbox.graph.errors import bad_request
from bot.sandbox.teams.sample_organization import SampleOrganization
from bot.sandbox.values import Json, JsonObject


@dataclass(frozen=True, slots=True, kw_only=True)
class GraphRequest:
    """A request to Graph."""

    teams: SampleOrganization
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
            raise bad_request("Write request body is missing or is not a JSON object.")
        return self.content

    def top(self, default: int, maximum: int) -> int:
        """Return the page size. Raise `GraphError` if `$top` is not a number in the allowed range."""
        text = self.query.get("$top", str(default))
        number = int(text) if text.isascii() and text.isdigit() and len(text) < len("10000") else 0
        if not 1 <= number <= maximum:
            raise bad_request(f"The limit of '{maximum}' for Top query has been exceeded or is not a number.")
        return number


@dataclass(frozen=True, slots=True, kw_only=True)
class GraphResponse:
    """A response."""

    status: HTTPStatus = HTTPStatus.OK
    body: JsonObject | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    content: bytes = b""
    """Body that is not JSON. Batches do not support it."""


NO_CONTENT = GraphResponse(status=HTTPStatus.NO_CONTENT)


def collection(request: GraphRequest, kind: str, rows: list[JsonObject], **more: Json) -> GraphResponse:
    """Return a page of rows."""
    context = {"@odata.context": f"{request.base}/$metadata#{kind}"}
    return GraphResponse(body={**context, **more, "value": rows})


def select_properties(request: GraphRequest, row: JsonObject) -> JsonObject:
    """Return the properties in `$select` and the annotations, or all properties without `$select`."""
    names = {name.strip() for name in request.query.get("$select", "").split(",") if name.strip()}
    return {name: value for name, value in row.items() if not names or name in names or name.startswith("@")}
