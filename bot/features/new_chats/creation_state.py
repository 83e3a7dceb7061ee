"""The stored state of a creation, and its lease."""

from datetime import timedelta

from bot.domain.new_chat import NewChat
from bot.features.shared.services import Services

LEASE = timedelta(minutes=2)
"""Lease of a creation by one process. Every step and every added member renews it."""


async def save_progress(services: Services, new_chat: NewChat) -> NewChat:
    """Save the state, and renew the lease."""
    async with services.store.writing() as work:
        await work.new_chats.save(new_chat, leased_until=services.clock.now() + LEASE)
    return new_chat
