"""Judge tokens by Microsoft's own rules. This program runs in a virtual environment with `microsoft-teams-apps`.

It reads JSON with the app, the tenant, the keys, and the tokens, and writes for each token whether it is accepted.
"""

import asyncio
import json
import sys
from dataclasses import replace
from typing import Any

import jwt
from microsoft_teams.api.auth.cloud_environment import PUBLIC  # type: ignore[import-not-found] # of that environment
from microsoft_teams.apps.auth.token_validator import TokenValidator  # type: ignore[import-not-found] # of that environment


def validators(given: dict[str, Any]) -> list[TokenValidator]:
    """Return a validator for each form of the Application ID URI."""
    cloud = replace(PUBLIC, login_endpoint=given["login"])
    made = [
        TokenValidator.for_entra(given["app"], given["tenant"], given["scope"], application_id_uri=uri, cloud=cloud)
        for uri in given["uris"]
    ]
    for each in made:
        each._jwks_client.fetch_data = lambda: given["keys"]
    return made


async def is_accepted(judges: list[TokenValidator], token: str) -> bool:
    for each in judges:
        try:
            await each.validate_token(token)
        except (jwt.PyJWTError, ValueError):
            continue
        return True
    return False


async def main() -> None:
    given = json.load(sys.stdin)
    judges = validators(given)
    json.dump([await is_accepted(judges, each) for each in given["tokens"]], sys.stdout)


asyncio.run(main())
