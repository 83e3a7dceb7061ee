"""Events that the webhook receiver gets, and steps that send them."""

from typing import Any

from bot.sandbox.sample_data.ids import CASE_STEP_ID, ENDPOINT_ID
from tests.sandbox.wire import Api, Json

STEP = f"sdkmessageprocessingsteps({CASE_STEP_ID})"
CONTRACTS = "http://schemas.microsoft.com/xrm/2011/Contracts"


def to_dict(pairs: list[Json]) -> dict[str, Any]:
    """Convert a list of keys and values, Dataverse's format of bags, to a dict."""
    assert all(set(pair) == {"key", "value"} for pair in pairs)
    return {pair["key"]: pair["value"] for pair in pairs}


def target(body: Json) -> dict[str, Any]:
    return to_dict(to_dict(body["InputParameters"])["Target"]["Attributes"])


async def find_filter(api: Api, message: str, table: str) -> tuple[str, str]:
    """Return the IDs of a message and of its filter for the table."""
    rows = await api.rows(
        "sdkmessagefilters?$select=_sdkmessageid_value"
        f"&$filter=sdkmessageid/name eq '{message}' and primaryobjecttypecode eq '{table}'"
    )
    return rows[0]["_sdkmessageid_value"], rows[0]["sdkmessagefilterid"]


async def new_step(api: Api, message: str, table: str, **more: object) -> str:
    message_id, filter_id = await find_filter(api, message, table)
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
