"""Events as the webhook's receiver gets them, and steps that send them."""

from typing import Any

from bot.sandbox.sample_data.ids import CASE_STEP_ID, ENDPOINT_ID
from tests.sandbox.wire import Api, Json

STEP = f"sdkmessageprocessingsteps({CASE_STEP_ID})"
CONTRACTS = "http://schemas.microsoft.com/xrm/2011/Contracts"


def bag(pairs: list[Json]) -> dict[str, Any]:
    """A list of keys and values as Dataverse writes bags."""
    assert all(set(pair) == {"key", "value"} for pair in pairs)
    return {pair["key"]: pair["value"] for pair in pairs}


def target(body: Json) -> dict[str, Any]:
    return bag(bag(body["InputParameters"])["Target"]["Attributes"])


async def filter_of(api: Api, message: str, table: str) -> tuple[str, str]:
    """The ids of a message and of its filter for the table."""
    rows = await api.rows(
        "sdkmessagefilters?$select=_sdkmessageid_value"
        f"&$filter=sdkmessageid/name eq '{message}' and primaryobjecttypecode eq '{table}'"
    )
    return rows[0]["_sdkmessageid_value"], rows[0]["sdkmessagefilterid"]


async def new_step(api: Api, message: str, table: str, **more: object) -> str:
    message_id, filter_id = await filter_of(api, message, table)
    address = await api.post(
        "sdkmessageprocessingsteps",
        {
            "name": f"{message} of {table}",
            "mode": 1,
            "stage": 40,
            "eventhandler_serviceendpoint@odata.bind": f"/serviceendpoints({ENDPOINT_ID})",
            "sdkmessageid@odata.bind": f"/sdkmessages({message_id})",
            "sdkmessagefilterid@odata.bind": f"/sdkmessagefilters({filter_id})",
            **more,
        },
    )
    return str(address).partition("/v9.2/")[2]
