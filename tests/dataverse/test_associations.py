"""Rows that list chats in the chat pane of Dynamics 365."""

import pytest

from bot.dataverse.teams_associations import DataverseTeamsAssociations
from bot.domain.values import ChatId, Connection, ConnectionId, ObjectId, PublicId
from tests.dataverse.conftest import Dataverse
from tests.fakes.clock import START


@pytest.mark.parametrize(
    ("name", "listed"),
    [
        ("Pump vibrates", "Pump vibrates"),
        ("x" * 101, "x" * 100),
        ("😀" * 51, "😀" * 50),
        ("x" + "😀" * 50, "x" + "😀" * 49),
    ],
)
async def test_a_long_name_is_cut_as_dataverse_counts_it(dataverse: Dataverse, name: str, listed: str) -> None:
    connection = Connection(
        id=ConnectionId(1),
        public_id=PublicId("1"),
        chat_id=ChatId("19:a@thread.v2"),
        record=await dataverse.case(),
        record_name=name,
        record_number="CAS-01001",
        connector_id=ObjectId("adele"),
        connector_name="Adele Vance",
        connected_at=START,
    )
    await DataverseTeamsAssociations({dataverse.environment: dataverse.client}).set_listed(connection, listed=True)
    row = await dataverse.row("msdyn_teamschatassociations", "$select=msdyn_teamschatassociationname")
    assert row["msdyn_teamschatassociationname"] == listed
