"""The Dynamics 365 side of a story: actions of people, and faults of Dataverse."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.sandbox.faults import HEADER
from tests.wire.people import ALEX, Somebody
from tests.wire.progress import Progress
from tests.wire.surroundings import API, EVENTS, WEBHOOK_KEY


@dataclass
class DataverseSide(Progress):
    """Records, their owners, and the webhook."""

    async def row(self, table: str, number: str = "CAS-01001", column: str = "ticketnumber") -> str:
        """Return the ID of a sample row."""
        query = {"$filter": f"{column} eq '{number}'"}
        async with self.session.get(f"{self.sandbox}{API}/{table}", params=query) as answer:
            (found,) = (await answer.json())["value"]
            row_id: str = found[{"incidents": "incidentid", "accounts": "accountid"}[table]]
            return row_id

    async def link(self, number: str = "CAS-01001") -> str:
        """Return the URL of a case."""
        return f"{self.sandbox}/main.aspx?pagetype=entityrecord&etn=incident&id={await self.row('incidents', number)}"

    async def change(
        self, values: Mapping[str, object], *, number: str = "CAS-01001", by: Somebody = ALEX, told: bool = True
    ) -> None:
        """Save a case, and wait for its event. `told`: Dataverse sends events about the column."""
        before = len(self.event_answers)
        row_id = await self.row("incidents", number)
        url = f"{self.sandbox}{API}/incidents({row_id})"
        async with self.session.patch(url, json=values, headers={"CallerObjectId": by.object_id}) as answer:
            assert answer.status == 204, await answer.text()
        if told:
            await self.until(lambda: len(self.event_answers) > before)

    async def user_id(self, person: Somebody) -> str:
        """Return the ID of a person's Dataverse user."""
        query = {"$filter": f"azureactivedirectoryobjectid eq {person.object_id}"}
        async with self.session.get(f"{self.sandbox}{API}/systemusers", params=query) as answer:
            (found,) = (await answer.json())["value"]
            user_id: str = found["systemuserid"]
            return user_id

    async def case_owned_by(self, owner: str) -> str:
        """Return the number of a case that this user or team owns."""
        query = {"$select": "ticketnumber,_ownerid_value", "$orderby": "ticketnumber"}
        headers = {"Prefer": 'odata.include-annotations="*"'}
        async with self.session.get(f"{self.sandbox}{API}/incidents", params=query, headers=headers) as answer:
            rows = (await answer.json())["value"]
        name = "_ownerid_value@OData.Community.Display.V1.FormattedValue"
        return next(str(row["ticketnumber"]) for row in rows if row[name] == owner)

    async def delete(self, table: str, row_id: str, *, by: Somebody = ALEX) -> None:
        """Delete a row in Dataverse."""
        url = f"{self.sandbox}{API}/{table}({row_id})"
        async with self.session.delete(url, headers={"CallerObjectId": by.object_id}) as answer:
            assert answer.status == 204, await answer.text()

    async def switch_webhook(self, *, on: bool) -> None:
        """Turn all steps of the webhook on or off, as an administrator."""
        steps = f"{self.sandbox}{API}/sdkmessageprocessingsteps"
        async with self.session.get(steps) as answer:
            found = (await answer.json())["value"]
        for step in found:
            values = {"statecode": 0, "statuscode": 1} if on else {"statecode": 1, "statuscode": 2}
            url = f"{steps}({step['sdkmessageprocessingstepid']})"
            async with self.session.patch(url, json=values) as answer:
                assert answer.status == 204, await answer.text()

    async def tell(self, body: object, **headers: str) -> tuple[int, Any]:
        """Call the webhook; return the status and JSON of the response."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        url = f"{self.url}{EVENTS}?code={WEBHOOK_KEY}"
        async with self.session.post(url, json=body, headers=named) as answer:
            return answer.status, await answer.json()

    async def fault(self, door: str, fault: str) -> None:
        """Make the next request to Graph or the connector of the sandbox fail with this fault."""
        paths = {"graph": "graph/v1.0/users", "teams": "teams/v3/conversations/x/members"}
        headers = {HEADER: f"{fault}; times=1"}
        async with self.session.get(f"{self.sandbox}/{paths[door]}", headers=headers):
            pass

    def has_used_faults(self, door: str) -> bool:
        """Check whether each queued fault of Graph or the connector was used for a request."""
        return not self.faulty_services[door].faults.queued

    def let_dataverse_answer(self) -> None:
        """Let Dataverse respond again."""
        self.dataverse_hangs, self.dataverse_hangs_on, self.dataverse_hangs_method = False, "", ""
