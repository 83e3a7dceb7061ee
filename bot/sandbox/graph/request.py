"""A request to Graph, whether it came by itself or as a part of a batch, and its answer."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus

from bot.sandbox.graph.errors import bad_request
from bot.sandbox.teams.sample_organization import Teams
from bot.sandbox.values import Json, JsonObject


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a request asks for."""

    teams: Teams
    base: str
    """Graph's address as the client named it."""
    method: str
    path: tuple[str, ...]
    """The resource's parts, below Graph's own address."""
    query: Mapping[str, str]
    headers: Mapping[str, str]
    """By names in small letters."""
    content: Json = None
    """The body's JSON; None without one."""

    @property
    def body(self) -> JsonObject:
        """The body's JSON object; raises `GraphError` for anything else."""
        if not isinstance(self.content, Mapping):
            raise bad_request("Write request body is missing or is no JSON object.")
        return self.content

    def top(self, usual: int, at_most: int) -> int:
        """How many rows a page is to have; raises `GraphError` for what is no such number."""
        text = self.query.get("$top", str(usual))
        number = int(text) if text.isascii() and text.isdigit() and len(text) < len("10000") else 0
        if not 1 <= number <= at_most:
            raise bad_request(f"The limit of '{at_most}' for Top query has been exceeded or is no number.")
        return number


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """An answer."""

    status: HTTPStatus = HTTPStatus.OK
    body: JsonObject | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


NOTHING = Given(status=HTTPStatus.NO_CONTENT)


def collection(asked: Asked, kind: str, rows: list[JsonObject], **more: Json) -> Given:
    """A page of rows."""
    context = {"@odata.context": f"{asked.base}/$metadata#{kind}"}
    return Given(body={**context, **more, "value": rows})


def selected(asked: Asked, row: JsonObject) -> JsonObject:
    """The properties that `$select` names, and those that always come; all of them without it."""
    named = {name.strip() for name in asked.query.get("$select", "").split(",") if name.strip()}
    return {name: value for name, value in row.items() if not named or name in named or name.startswith("@")}
