"""Values as Dataverse means them: days of a time zone, and one format for both values of a change."""

import re
from datetime import datetime

import pytest

from tests.dataverse.samples import context, typed
from tests.steps.records import set_record_type
from tests.wire.world import API, GROUP, World, texts

pytestmark = pytest.mark.one_database

PLAIN, LOCAL, FIXED = (f'"DateTimeBehavior":{{"Value":"{each}"}}'.encode() for each in (
    "DateOnly", "UserLocal", "TimeZoneIndependent"
))  # fmt: skip
RESOLVE_BY = b'"LogicalName":"resolveby","Format":"DateAndTime",'
BERLIN = {
    b'"timezonebias":0': b'"timezonebias":-60',
    PLAIN: LOCAL,
    RESOLVE_BY + LOCAL: RESOLVE_BY + FIXED,
    b'"followupby":"2026-12-30"': b'"followupby":"2026-12-29T23:00:00Z"',
    b'"followupby":"2027-01-05"': b'"followupby":"2027-01-04T23:00:00Z"',
}
"""The application user is in Berlin, where dates without a time are midnights; times of `resolveby` have no zone."""


def at(instant: str) -> str:
    """Return the time as events have it."""
    return f"/Date({int(datetime.fromisoformat(instant).timestamp() * 1000)})/"


async def changes(world: World, case: str, new: dict[str, object], old: dict[str, object] | None = None) -> list[str]:
    """Report the change; return the changes on the card, or nothing if there is none."""
    world.clock.advance(1)
    moment = at(world.clock.now().isoformat())
    body = context(new, old, PrimaryEntityId=case, OperationId=None, OperationCreatedOn=moment)
    assert (await world.tell(body))[0] == 202
    await world.window_ends()
    cards = world.connector.cards(GROUP)
    world.connector.posts.clear()
    return [line for line in texts(cards[0]) if "→" in line] if cards else []


async def test_a_change_is_told_as_the_application_users_time_zone_and_formats_show_it(
    bare_world: World,
) -> None:
    world = bare_world
    world.dataverse_says = BERLIN
    case = await world.row("incidents")
    url, amount = f"{world.sandbox}{API}/incidents({case})", "cs_refundamount"
    values = {"followupby": "2026-12-30", "resolveby": "2026-11-23T08:00:00Z", amount: 7, "cs_downtimehours": 1234.5}
    async with world.session.patch(url, json=values) as answer:
        assert answer.status == 204, await answer.text()
    await world.know_chats(GROUP)
    await world.start()
    await set_record_type(world, key_fields=["followupby", "resolveby", amount, "cs_downtimehours"], tell_secured=True)
    await world.switch_webhook(on=False)
    await world.say("connect CAS-01001 quiet")
    await world.settle()
    world.card()

    # The events are newer than what the record says.
    evening, morning, midnight = "2026-12-29T23:00:00Z", "2026-12-30T08:00:00Z", "2026-12-30T23:00:00Z"
    assert await changes(world, case, {"followupby": at(morning)}, {"followupby": at(evening)}) == []
    new = {
        "followupby": at(midnight),
        "resolveby": at("2026-11-24T00:30:00Z"),
        amount: typed("Money", Value=41000.5),
        "cs_downtimehours": 98765.25,
    }
    assert await changes(world, case, new, {"followupby": at(morning), amount: typed("Money", Value=30257.25)}) == [
        "Follow Up By: 12/30/2026 → **12/31/2026**",
        "Resolve By: – → **11/24/2026 12:30 AM**",
        "Refund amount: €30,257.25 → **€41,000.50**",
        "Downtime (Hours): – → **98,765.25**",
    ]

    # Without an event, the next search for missed changes compares and writes in the same way.
    async with world.session.patch(url, json={"followupby": "2027-01-05"}) as answer:
        assert answer.status == 204, await answer.text()
    await world.restart()
    world.clock.advance(5)
    await world.until(lambda: bool(world.connector.posts.get(GROUP)))
    await world.settle()
    said = texts(world.connector.cards(GROUP)[-1])
    assert said[0] == "While I was away"
    assert any(re.fullmatch(r"Follow Up By: 12/3[01]/2026 → \*\*1/5/2027\*\*", line) for line in said)
