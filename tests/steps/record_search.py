"""Search for records in the compose box."""

from typing import Any

from bot.domain.extension_names import SEARCH
from tests.cards.schema import schema_errors
from tests.wire.people import ADELE, Somebody
from tests.wire.world import API, GROUP, World


async def query(world: World, value: object, person: Somebody | None = ADELE) -> tuple[int, Any]:
    return await world.post(world.activity(GROUP, person, type="invoke", name="composeExtension/query", value=value))


async def search(
    world: World, text: str, *, by: str = "words", person: Somebody | None = ADELE, **options: int
) -> dict[str, Any]:
    """Search as this person; return the response to Teams."""
    parameters = [{"name": by, "value": text}]
    value = {"commandId": SEARCH, "parameters": parameters, "queryOptions": {"skip": 0, "count": 25, **options}}
    status, body = await query(world, value, person)
    assert status == 200
    answer: dict[str, Any] = body["composeExtension"]
    for each in answer.get("attachments", ()):
        assert schema_errors(each["content"]) == []
    return answer


def queries_with_words(world: World, words: str) -> list[str]:
    """Return the queries to Dataverse for cases with these words."""
    return [each for each in world.dataverse_was_asked if f"{API}/incidents" in each and words in each]
