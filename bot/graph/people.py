"""People of the directory: names, presence, and whether they have Teams."""

from collections.abc import Mapping, Sequence

from bot.domain.directory import DirectoryPerson, Photo, Presence
from bot.domain.errors import ChatSyncError, NotFound
from bot.domain.record_links import parse_guid
from bot.domain.texts import text
from bot.domain.values import ObjectId
from bot.graph.client import GraphClient, GraphPermission
from bot.graph.protocol import IDS_AT_ONCE, PERSON, has_plan, page_rows, parse_person, parse_presence, search_clause
from bot.http.paths import path_segment
from bot.logs import get_logger
from bot.logs.tracebacks import describe_error

READ_USERS = GraphPermission(name="User.Read.All", missing=text("Microsoft 365 does not let Chat Sync look people up."))
READ_PRESENCE = GraphPermission(
    name="Presence.Read.All", missing=text("Microsoft 365 does not let Chat Sync see who is available.")
)

READ_ROLES = GraphPermission(
    name="RoleManagement.Read.Directory",
    missing=text("Microsoft 365 does not let Chat Sync see who is a Global Administrator."),
)

_GLOBAL_ADMINISTRATOR = "62e90394-69f5-4237-9190-012177145e10"
"""Template ID of the role ("Microsoft Entra built-in roles")."""

MAX_PHOTO_BYTES = 64_000
"""Maximum bytes of a photo of 48 pixels; a usual one has two thousand."""
_IMAGES = {"image/jpeg": b"\xff\xd8\xff", "image/png": b"\x89PNG\r\n\x1a\n"}
"""Types of images that are shown, and how their content begins."""

_log = get_logger(__name__)

_ADVANCED_QUERY = {"ConsistencyLevel": "eventual"}
"""Required for `$search` and casts ("Advanced query capabilities on Microsoft Entra ID objects")."""


class GraphPeople:
    """See `bot.ports.graph.Directory`."""

    def __init__(self, client: GraphClient, teams_plans: frozenset[str]) -> None:
        self._client = client
        self._plans = teams_plans

    async def get_people(self, ids: Sequence[ObjectId]) -> Mapping[ObjectId, DirectoryPerson]:
        """Return the people that exist in the directory."""
        found = await self._objects(ids, f"?$select={PERSON}")
        people = {person: parse_person(body) for person, body in found.items()}
        return {person: presences for person, presences in people.items() if presences}

    async def search(self, words: str, *, at_most: int) -> Sequence[DirectoryPerson]:
        """Find people whose name or address begins with the words."""
        query = {"$select": PERSON, "$top": str(at_most), "$count": "true"}
        search = search_clause(words)
        query |= {"$search": search} if search else {"$orderby": "displayName"}
        body = await self._client.get("users", query, permission=READ_USERS, headers=_ADVANCED_QUERY)
        people = [parse_person(each) for each in page_rows(body)]
        return [person for person in people if person and person.enabled]

    async def presence(self, ids: Sequence[ObjectId]) -> Mapping[ObjectId, Presence]:
        """Return the presence of each person."""
        presences = dict.fromkeys(ids, Presence.UNKNOWN)
        for start in range(0, len(ids), IDS_AT_ONCE):
            body_ids = {"ids": list(ids[start : start + IDS_AT_ONCE])}
            body = await self._client.post_query(
                "communications/getPresencesByUserId", body_ids, permission=READ_PRESENCE
            )
            for each in page_rows(body):
                person = ObjectId(parse_guid(str(each.get("id"))) or "")
                if person in presences:
                    presences[person] = parse_presence(each)
        return presences

    async def photo(self, person: ObjectId) -> Photo | None:
        """Return the person's photo; None also for content that is no small JPEG or PNG image."""
        path = f"users/{path_segment(person)}/photos/48x48/$value"
        try:
            answer = await self._client.get_content(path, permission=READ_USERS, max_bytes=MAX_PHOTO_BYTES)
        except NotFound:
            return None
        kind = next((kind for kind, begin in _IMAGES.items() if answer.content.startswith(begin)), None)
        named = answer.headers.get("Content-Type", "").partition(";")[0].strip().lower()
        return Photo(content=answer.content, content_type=kind) if kind and kind == named else None

    async def with_teams_license(self, ids: Sequence[ObjectId]) -> frozenset[ObjectId]:
        """Return the people that have a license for Teams."""
        found = await self._objects(ids, "/licenseDetails")
        return frozenset(person for person, body in found.items() if has_plan(body, self._plans))

    async def without_teams_license(self, ids: Sequence[ObjectId]) -> frozenset[ObjectId]:
        """Return the people that have no license for Teams; leave out those whose licenses cannot be read."""
        found = await self._objects(ids, "/licenseDetails")
        return frozenset(person for person, body in found.items() if not has_plan(body, self._plans))

    async def is_global_administrator(self, person: ObjectId) -> bool:
        """Return whether the person has the Entra role Global Administrator, directly or through a group."""
        path = f"users/{path_segment(person)}/transitiveMemberOf/microsoft.graph.directoryRole"
        query = {"$select": "roleTemplateId", "$count": "true"}
        try:
            body = await self._client.get(path, query, permission=READ_ROLES, headers=_ADVANCED_QUERY)
        except NotFound:
            return False
        return any(each.get("roleTemplateId") == _GLOBAL_ADMINISTRATOR for each in page_rows(body))

    async def _objects(self, ids: Sequence[ObjectId], rest: str) -> Mapping[ObjectId, Mapping[str, object]]:
        """Return the object of each person; leave out people that do not exist or cannot be read.

        Raise the error if nobody can be read.
        """
        paths = {person: f"users/{path_segment(person)}{rest}" for person in dict.fromkeys(ids)}
        answers = await self._client.batch(list(paths.values()), permission=READ_USERS) if paths else []
        found = {person: each for person, each in zip(paths, answers, strict=True) if not isinstance(each, NotFound)}
        errors = [each for each in found.values() if isinstance(each, ChatSyncError)]
        if errors and len(errors) == len(found):
            raise errors[0]
        if errors:
            _log.warning("graph.row_unreadable", kind="person", count=len(errors), reason=describe_error(errors[0]))
        return {person: each for person, each in found.items() if not isinstance(each, ChatSyncError)}
