"""Users with their licenses, directory roles, and presence."""

import re
from collections.abc import Callable, Iterable
from http import HTTPStatus

from bot.sandbox.graph.errors import GraphError, bad_request, no_such_user, not_implemented
from bot.sandbox.graph.photos import photo_of
from bot.sandbox.graph.request import GraphRequest, GraphResponse, collection, select_properties
from bot.sandbox.sample_data.ids import ALEX, object_id
from bot.sandbox.teams.people import DIRECTORY, SampleUser, find_user
from bot.sandbox.values import JsonObject

MAX_PRESENCES = 650

_NOT_BY_DEFAULT = frozenset({"accountEnabled", "userType"})
_TEAMS_PLAN = "57ff2da0-773e-42df-b2af-ffb7a2317929"
_SEARCH = re.compile(r'"(displayName|mail|userPrincipalName):([^"]*)"')
_STARTS_WITH = re.compile(r"startswith\((displayName|mail|userPrincipalName),'((?:[^']|'')*)'\)")


def read_user(request: GraphRequest) -> GraphResponse:
    """Return a user by object ID or user principal name."""
    context = {"@odata.context": f"{request.base}/$metadata#users/$entity"}
    return GraphResponse(body={**context, **_selected(request, require_user(request.path[1]))})


def list_users(request: GraphRequest) -> GraphResponse:
    """Return the users that match the search or filter, sorted by name."""
    matches = _search_condition(request)
    found = sorted((each for each in DIRECTORY.values() if matches(each)), key=lambda each: each.name)
    count = {"@odata.count": len(found)} if request.query.get("$count") == "true" else {}
    rows = [_selected(request, each) for each in found[: request.top(100, 999)]]
    return collection(request, "users", rows, **count)


def list_licenses(request: GraphRequest) -> GraphResponse:
    """Return a user's licenses."""
    rows = [_LICENSE] if require_user(request.path[1]).has_teams else []
    return collection(request, "users/licenseDetails", rows)


def list_directory_roles(request: GraphRequest) -> GraphResponse:
    """Return a user's directory roles."""
    rows = [_GLOBAL_ADMINISTRATOR] if require_user(request.path[1]).id == object_id(ALEX) else []
    return collection(request, "directoryRoles", [select_properties(request, each) for each in rows])


def read_photo(request: GraphRequest) -> GraphResponse:
    """Return a user's photo. Raise `GraphError` if the user has none."""
    photo = photo_of(require_user(request.path[1]).id)
    if photo is None:
        raise GraphError(HTTPStatus.NOT_FOUND, "ImageNotFound", "Exception of type 'ImageNotFoundException'.")
    return GraphResponse(content=photo, headers={"Content-Type": "image/png"})


def list_presences(request: GraphRequest) -> GraphResponse:
    """Return the presence of users. Unknown users have the presence `PresenceUnknown`."""
    ids = request.body.get("ids")
    if not isinstance(ids, list) or not 0 < len(ids) <= MAX_PRESENCES:
        raise bad_request(f"The property 'ids' must contain 1 to {MAX_PRESENCES} identifiers.")
    return collection(request, "cloudCommunications/presences", [_presence(str(each).lower()) for each in ids])


def require_user(text: str) -> SampleUser:
    """Return the user. Raise `GraphError` if the directory does not contain it."""
    found = find_user(text)
    if found is None:
        raise no_such_user(text)
    return found


def _search_condition(request: GraphRequest) -> Callable[[SampleUser], bool]:
    if "$search" in request.query:
        if request.headers.get("consistencylevel") != "eventual":
            raise bad_request("Request with $search query parameter only works through MSGraph with ConsistencyLevel.")
        return _any_prefix(_SEARCH.findall(request.query["$search"]), "a $search of this form")
    if "$filter" in request.query:
        return _any_prefix(_STARTS_WITH.findall(request.query["$filter"]), "a $filter other than startswith")
    return lambda _: True


def _any_prefix(parts: Iterable[tuple[str, str]], unsupported: str) -> Callable[[SampleUser], bool]:
    matches = [(name, text.replace("''", "'").casefold()) for name, text in parts]
    if not matches:
        raise not_implemented(unsupported)
    return lambda user: any(_has_prefix(user, name, text) for name, text in matches)


def _has_prefix(user: SampleUser, name: str, text: str) -> bool:
    if name != "displayName":
        return (user.mail if name == "mail" else user.address.lower()).startswith(text)
    full_name = user.name.casefold()
    return full_name.startswith(text) or any(word.startswith(text) for word in full_name.split())


def _selected(request: GraphRequest, user: SampleUser) -> JsonObject:
    """Return the properties in `$select`; without it, those that Graph returns by default."""
    if request.query.get("$select"):
        return select_properties(request, _json(user))
    return {name: value for name, value in _json(user).items() if name not in _NOT_BY_DEFAULT}


def _json(user: SampleUser) -> JsonObject:
    given_name, _, surname = user.name.partition(" ")
    return {
        "id": user.id,
        "displayName": user.name,
        "givenName": given_name,
        "surname": surname,
        "mail": user.mail,
        "userPrincipalName": user.address,
        "userType": "Guest" if user.guest else "Member",
        "jobTitle": user.title,
        "accountEnabled": user.enabled,
    }


def _presence(user_id: str) -> JsonObject:
    user = DIRECTORY.get(user_id)
    availability, activity = (user.availability, user.activity) if user else ("PresenceUnknown", "PresenceUnknown")
    return {"id": user_id, "availability": availability, "activity": activity}


_GLOBAL_ADMINISTRATOR: JsonObject = {
    "id": "sample-role",
    "displayName": "Global Administrator",
    "roleTemplateId": "62e90394-69f5-4237-9190-012177145e10",
}

_LICENSE: JsonObject = {
    "id": "sample-licence",
    "skuId": "6fd2c87f-b296-42f0-b197-1e91e994b900",
    "skuPartNumber": "ENTERPRISEPACK",
    "servicePlans": [
        {
            "servicePlanId": _TEAMS_PLAN,
            "servicePlanName": "TEAMS1",
            "provisioningStatus": "Success",
            "appliesTo": "User",
        }
    ],
}
