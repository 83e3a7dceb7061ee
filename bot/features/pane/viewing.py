"""Requests for views of the pane: the person, the record, and the part that the page shows."""

from dataclasses import dataclass, field, replace

from bot.domain.errors import NotSupported
from bot.domain.values import EnvironmentId, Person, RecordRef
from bot.features.pane.known_chats import ChatMemory
from bot.features.pane.running_requests import RunningRequests
from bot.features.pane.views import PAGE_SIZE
from bot.features.shared.services import Services
from bot.features.shared.view_cache import ViewCache, make_view_cache


@dataclass(frozen=True, slots=True, kw_only=True)
class PaneMemory:
    """Recent answers of Microsoft Graph, for views only. Acts ask again."""

    cache: ViewCache
    chats: ChatMemory
    running: RunningRequests = field(default_factory=RunningRequests)


def make_memory(services: Services) -> PaneMemory:
    """Return an empty memory for a process."""
    return PaneMemory(cache=make_view_cache(services.clock), chats=ChatMemory(services.clock))


@dataclass(frozen=True, slots=True, kw_only=True)
class Viewing:
    """A request for a view."""

    services: Services
    memory: PaneMemory
    person: Person
    record: RecordRef | None
    words: str = ""
    shown: int = PAGE_SIZE
    """Rows of a section to show."""
    is_complete: bool = False
    """True to wait for all of the person's chats. By default, a view shows the newest ones at once."""
    is_renewing: bool = False
    """True after an act of the person, so that the view shows its result."""

    @property
    def needs_all_chats(self) -> bool:
        """True if the newest chats are not enough."""
        return self.is_complete or bool(self.words) or self.shown > PAGE_SIZE


def cached_services(services: Services, memory: PaneMemory, *, is_renewing: bool) -> Services:
    """Return the services with the memory, for functions that only show something."""
    return replace(services, view_cache=memory.cache.renewing() if is_renewing else memory.cache)


async def require_app(services: Services, record: RecordRef | None, app: str) -> None:
    """Raise `NotSupported` if the administrator did not choose the app for the pane (spec P12).

    The page names the app, so this is a convenience and no right. Without a record, one environment is enough.
    """
    environments: list[EnvironmentId] = [record.environment] if record else list(services.environments)
    settings = [(await services.administration.settings(each)).organization for each in environments]
    if not any(each.shows_pane_in(app) for each in settings):
        raise NotSupported(
            "Chats are not enabled in this app.",
            "Open the record in another app, or ask your administrator to enable chats in this one.",
        )
