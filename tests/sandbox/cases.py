"""Creation of cases for tests that write."""

from typing import Any

from tests.sandbox.wire import Api

ACCOUNT = "/accounts(00000001-0000-4000-9000-000000000001)"
NEW_CASE = {"title": "New", "customerid_account@odata.bind": ACCOUNT}
NEW_ID = "00000000-0000-4000-9000-00000000abcd"


async def create_row(api: Api, body: dict[str, Any], table: str = "incidents", **extra: Any) -> str:
    address = await api.post(table, body, **extra)
    return str(address).partition("/v9.2/")[2]
