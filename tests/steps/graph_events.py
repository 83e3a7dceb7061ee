"""Store subscriptions to which Microsoft Graph's notifications refer."""

from bot.store.tables import subscription
from tests.wire.world import GROUP, World

KNOWN = "11111111-1111-4111-9111-111111111111"


ONE_CHAT = "22222222-2222-4222-9222-222222222222"


async def store_subscription_ids(world: World, **ids: str) -> None:
    """Store the IDs that Graph gave to the subscriptions with these names."""
    async with world.engines.writing.begin() as begun:
        await begun.execute(subscription.delete())
        for watch, own in ids.items():
            on_one = watch == "chat"
            values = {"watch": f"chat {GROUP}" if on_one else watch, "chat_id": GROUP if on_one else None}
            state = {"wanted": True, "made_for": "", "reread": False, "due_at": world.clock.now()}
            await begun.execute(subscription.insert().values(**values, **state, subscription_id=own))
