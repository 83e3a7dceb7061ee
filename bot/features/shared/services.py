"""The services that all features use."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from bot.clock import Clock
from bot.domain.limits import Limits
from bot.domain.new_chat import NewChatKey
from bot.domain.queue_states import Queue
from bot.domain.record_links import RecordLinks
from bot.domain.values import EnvironmentId, ObjectId
from bot.features.shared.known_keys import KnownKeys
from bot.features.shared.language_memory import LanguageMemory
from bot.features.shared.pane_activity import PaneActivity
from bot.features.shared.roster_cache import RosterCache
from bot.features.shared.view_cache import ViewCache
from bot.ports.dataverse import Definitions, RecordPeople, Records, TeamsCollaborations, WebhookSteps
from bot.ports.dataverse_writes import (
    ChatActivityRows,
    NotesAndTasks,
    PaneInstaller,
    RecordWrites,
    TeamsAssociations,
)
from bot.ports.graph import ChatDirectory, Directory
from bot.ports.teams import ChatMessages, Roster, TargetedMessages
from bot.runtime.line_budget import LineBudget
from bot.runtime.ttl_cache import TtlCache
from bot.store.administration import Administration
from bot.store.unit_of_work import Store
from bot.tracing import NO_TRACER, Tracer
from cards.message import Message

LiveViewKey = tuple[int, int, ObjectId]
"""A live card, the version of its content, and the reader."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """The store, the external systems, and the few objects with state between calls."""

    clock: Clock
    limits: Limits
    store: Store
    administration: Administration
    links: RecordLinks
    records: Records
    record_writes: RecordWrites
    record_people: RecordPeople
    notes_and_tasks: NotesAndTasks
    customizations: Definitions
    collaborations: TeamsCollaborations
    webhook_steps: WebhookSteps
    pane_installer: PaneInstaller
    chat_rows: ChatActivityRows
    associations: TeamsAssociations
    directory: Directory
    chats: ChatDirectory
    chat_messages: ChatMessages
    roster: Roster
    roster_cache: RosterCache
    live_views: TtlCache[LiveViewKey, Message]
    """Live cards as each reader sees them. All clients request them again after each edit."""
    languages: LanguageMemory
    coalescing_window: timedelta
    """Changes of one record within this time become one card (spec K7)."""
    targeted_messages: TargetedMessages | None = None
    """None if private answers are not sent as targeted messages."""
    view_cache: ViewCache | None = None
    """Recent answers of Microsoft Graph for views of the pane; None if each view and act asks again."""
    message_events: bool = True
    """True if Teams sends all messages of a chat, and not only those that mention the bot."""
    emulator_user: ObjectId | None = None
    """The user for people without an Entra object ID; set only for the Emulator on the sandbox."""
    organization_ids: dict[EnvironmentId, str] = field(default_factory=dict)
    """The organization ID that the last event of each environment named."""
    signing_keys: KnownKeys = field(default_factory=KnownKeys)
    """The keys of signatures, which all processes share."""
    pane_activity: PaneActivity = field(default_factory=PaneActivity)
    """The records that are open in panes of this process."""
    lines: LineBudget = field(default_factory=LineBudget)
    """Lines of the log that other systems can cause as often as they like."""
    chat_creations: dict[NewChatKey, asyncio.Task[None]] = field(default_factory=dict)
    """Running creations of chats in this process."""
    membership_changes: set[asyncio.Task[None]] = field(default_factory=set)
    """Running changes of members in this process."""
    decision_counts: Counter[tuple[str, ...]] = field(default_factory=Counter)
    """Decisions about changes since the start, by outcome and reason."""
    dead_letter_counts: Counter[tuple[str, ...]] = field(
        default_factory=lambda: Counter({(each,): 0 for each in Queue})
    )
    """Work that was given up since the start, by queue."""
    tracer: Tracer = NO_TRACER
    """Begins traces; by default, none."""

    @property
    def environments(self) -> Sequence[EnvironmentId]:
        """The IDs of the configured environments."""
        return [each.id for each in self.links.environments]
