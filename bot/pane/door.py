"""Everything that the routes of the pane need."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass

from aiohttp import web

from bot.domain.pane_sessions import PaneHost, PaneIdentity
from bot.domain.pane_sign_in import SignInSecret
from bot.domain.values import Chat, EnvironmentId
from bot.features.pane.sessions import SessionRules
from bot.features.pane.viewing import PaneMemory
from bot.features.shared.answers import Answer
from bot.features.shared.requests import DialogRequest, PressedButton, TypeaheadQuery
from bot.features.shared.services import Services
from bot.features.shared.turn import Turn
from bot.runtime.call_budget import CallBudget
from cards.dialog import Done, Page
from cards.inputs import Choice

ReadJson = Callable[[web.Request], Awaitable[Mapping[str, object]]]
"""Returns the JSON object in the body of a request, or raises an HTTP error."""
SignIn = Callable[[Mapping[str, object]], Awaitable[PaneIdentity]]
"""Returns the person whom a host proves with the body of a request.

Raises `CallerRejected` with the reason, `CallerForbidden`, `Unavailable`, or `InProgress`.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class SamplePerson:
    """A person of the sample organization, to choose in the sandbox."""

    object_id: str
    name: str
    about: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PaneCards:
    """The functions that answer the bot's dialogs and buttons. Their errors are cards with the next step."""

    page: Callable[[Turn, DialogRequest], Awaitable[Page | Done]]
    press: Callable[[Turn, PressedButton], Awaitable[Answer]]
    find_choices: Callable[[Turn, TypeaheadQuery], Awaitable[Sequence[Choice]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInWindow:
    """The way through Microsoft Entra ID in a window of its own."""

    authorization_url: Callable[[SignInSecret], str]
    redeem: Callable[[str, SignInSecret], Awaitable[PaneIdentity]]
    """Returns the person of a code; raises `CallerRejected`, `CallerForbidden`, or `Unavailable`."""
    budget: CallBudget
    """Windows that may begin in a period, because everyone on the internet can open them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PaneDoor:
    """The settings and the functions behind the routes."""

    services: Services
    cards: PaneCards
    memory: PaneMemory
    path: str
    """The path of the pane."""
    read_json: ReadJson
    read_file: ReadJson
    """Reads a body with a file of settings."""
    sign_in: Mapping[PaneHost, SignIn]
    """The proof of a person by each host. The pane is served only to these hosts."""
    tenants: frozenset[str]
    """The tenants that are served, in lowercase; an empty one for the sandbox."""
    origin: str
    """The address of this server for browsers: scheme, host, and port."""
    frame_ancestors: tuple[str, ...]
    """Origins of the pages that may frame the pane."""
    address_of: Callable[[PaneIdentity], Chat]
    """Returns the address of chats that the bot has never been in."""
    people: tuple[SamplePerson, ...] = ()
    """People to choose in the sandbox."""
    organizations: Mapping[str, EnvironmentId]
    """The environments by the origins of their pages, from which the page accepts the open record."""
    sign_in_window: SignInWindow | None = None
    """None if the pane is not served to Dynamics 365."""
    missing_settings: tuple[str, ...] = ()
    """Names of the settings without which people cannot sign in in Dynamics 365."""
    directory_tenant: str | None = None
    """The tenant whose people Microsoft Graph shows, in lowercase."""

    @property
    def session_rules(self) -> SessionRules:
        """The rules for sessions."""
        return SessionRules(hosts=self.sign_in, tenants=self.tenants, directory_tenant=self.directory_tenant)


DOOR = web.AppKey("DOOR", PaneDoor)
