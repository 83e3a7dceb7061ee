"""Users with their licenses, directory roles, and presence."""

import re
from collections.abc import Callable, Iterable

from bot.sandbox.graph.errors import bad_request, no_such_user, not_offered
from bot.sandbox.graph.request import Asked, Given, collection, selected
from bot.sandbox.sample_data.ids import ALEX, object_id
from bot.sandbox.teams.people import DIRECTORY, SampleUser, find_user
from bot.sandbox.values import JsonObject

PRESENCES_AT_MOST = 650

_TEAMS_PLAN = "57ff2da0-773e-42df-b2af-ffb7a2317929"
_SEARCH = re.compile(r'"(displayName|mail|userPrincipalName):([^"]*)"')
_STARTS = re.compile(r"startswith\((displayName|mail|userPrincipalName),'((?:[^']|'')*)'\)")


def user(asked: Asked) -> Given:
    """Return a user by object ID or user principal name."""
    context = {"@odata.context": f"{asked.base}/$metadata#users/$entity"}
    return Given(body={**context, **selected(asked, _json(named(asked.path[1])))})


def users(asked: Asked) -> Given:
    """Return the users that match the search or filter, sorted by name."""
    wanted = _condition(asked)
    found = sorted((each for each in DIRECTORY.values() if wanted(each)), key=lambda each: each.name)
    count = {"@odata.count": len(found)} if asked.query.get("$count") == "true" else {}
    rows = [selected(asked, _json(each)) for each in found[: asked.top(100, 999)]]
    return collection(asked, "users", rows, **count)


def licences(asked: Asked) -> Given:
    """Return a user's licenses."""
    held = [_LICENCE] if named(asked.path[1]).has_teams else []
    return collection(asked, "users/licenseDetails", held)


def directory_roles(asked: Asked) -> Given:
    """Return a user's directory roles."""
    held = [_GLOBAL_ADMINISTRATOR] if named(asked.path[1]).id == object_id(ALEX) else []
    return collection(asked, "directoryRoles", [selected(asked, each) for each in held])


def presences(asked: Asked) -> Given:
    """Return the presence of users. Unknown users have the presence `PresenceUnknown`."""
    ids = asked.body.get("ids")
    if not isinstance(ids, list) or not 0 < len(ids) <= PRESENCES_AT_MOST:
        raise bad_request(f"The property 'ids' must hold 1 to {PRESENCES_AT_MOST} identifiers.")
    return collection(asked, "cloudCommunications/presences", [_presence(str(each).lower()) for each in ids])


def named(text: str) -> SampleUser:
    """Return the user. Raise `GraphError` if the directory does not contain it."""
    found = find_user(text)
    if found is None:
        raise no_such_user(text)
    return found


def _condition(asked: Asked) -> Callable[[SampleUser], bool]:
    if "$search" in asked.query:
        if asked.headers.get("consistencylevel") != "eventual":
            raise bad_request("Request with $search query parameter only works through MSGraph with ConsistencyLevel.")
        return _any_begins(_SEARCH.findall(asked.query["$search"]), "a $search of this form")
    if "$filter" in asked.query:
        return _any_begins(_STARTS.findall(asked.query["$filter"]), "a $filter but by startswith")
    return lambda _: True


def _any_begins(parts: Iterable[tuple[str, str]], otherwise: str) -> Callable[[SampleUser], bool]:
    wanted = [(name, text.replace("''", "'").casefold()) for name, text in parts]
    if not wanted:
        raise not_offered(otherwise)
    return lambda user: any(_begins(user, name, text) for name, text in wanted)


def _begins(user: SampleUser, name: str, text: str) -> bool:
    if name != "displayName":
        return user.address.startswith(text)
    whole = user.name.casefold()
    return whole.startswith(text) or any(word.startswith(text) for word in whole.split())


def _json(user: SampleUser) -> JsonObject:
    given, _, family = user.name.partition(" ")
    return {
        "id": user.id,
        "displayName": user.name,
        "givenName": given,
        "surname": family,
        "mail": user.address,
        "userPrincipalName": user.address,
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

_LICENCE: JsonObject = {
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
