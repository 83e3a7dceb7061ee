"""Set up the pane: the hosts that may show it, and how each of them proves a person."""

from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from urllib.parse import urlsplit

from aiohttp import web

from bot.config.settings import Settings
from bot.domain.errors import CallerRejected
from bot.domain.pane_sessions import PaneHost, PaneIdentity
from bot.domain.pane_sign_in import parse_secret
from bot.domain.values import TEAMS, Chat, ChatId, ChatKind, Environment, ObjectId
from bot.features.pane.sign_in import take_sign_in
from bot.features.pane.viewing import make_memory
from bot.features.shared.services import Services
from bot.http.entra_sign_in import EntraSignIn
from bot.pane.app import make_pane
from bot.pane.door import PaneCards, PaneDoor, ReadJson, SamplePerson, SignIn, SignInWindow
from bot.runtime.call_budget import CallBudget
from bot.teams.tab_token import TabTokens
from bot.web.json_body import read_object
from bot.wiring.pane_sign_in import missing_settings
from bot.wiring.service_urls import default_service_url
from bot.wiring.system_addresses import NO_APP_ID, PANE_PATH

MAX_BYTES = 64_000
"""Maximum bytes of a request of the page. The longest one names the chats that the page watches."""
MAX_FILE_BYTES = 512_000
"""Maximum bytes of a request with a file of settings, which JSON makes longer."""
MAX_VALUES = 100
"""Maximum number of objects and lists in it."""

WINDOWS_PER_MINUTE = 300
"""Sign-in windows that begin in a process. A morning of some thousand people takes fewer."""

_ANY_TENANT = ""
"""The tenant of people in the sandbox, which has none."""


def build_pane(
    settings: Settings,
    services: Services,
    cards: PaneCards,
    *,
    tab_tokens: TabTokens | None,
    entra: EntraSignIn | None,
) -> web.Application:
    """Return the application of the pane. Without an app ID, people of the sample organization are chosen."""
    people = () if tab_tokens else _sample_people()
    environments = services.links.environments
    return make_pane(
        PaneDoor(
            services=services,
            cards=cards,
            memory=make_memory(services),
            path=PANE_PATH,
            read_json=_reader(services, MAX_BYTES),
            read_file=_reader(services, MAX_FILE_BYTES),
            sign_in=_sign_in(services, tab_tokens, entra, people),
            tenants=settings.tenants or frozenset({_ANY_TENANT}),
            origin=_origin(settings.own_url),
            frame_ancestors=_frame_ancestors(settings, environments),
            address_of=partial(_address, settings, default_service_url(settings, environments)),
            people=people,
            organizations={origin: each.id for each in environments for origin in _origins(each)},
            sign_in_window=_window(entra),
            missing_settings=missing_settings(settings),
            directory_tenant=settings.graph_tenant.lower() if settings.graph_tenant else None,
        )
    )


def sandbox_pages(settings: Settings) -> Sequence[tuple[str, str]]:
    """Return the titles and paths of the pages that people of the sample organization can open."""
    if settings.app_id:
        return ()
    return (
        ("My chats about records", f"{PANE_PATH}?host={PaneHost.SANDBOX}"),
        ("Settings", f"{PANE_PATH}/settings?host={PaneHost.SANDBOX}"),
    )


def _reader(services: Services, max_bytes: int) -> ReadJson:
    async def read(request: web.Request) -> Mapping[str, object]:
        within_s = services.limits.http.body_within_s
        body, _ = await read_object(request, max_bytes=max_bytes, max_values=MAX_VALUES, within_s=within_s)
        return body

    return read


def _sign_in(
    services: Services, tab_tokens: TabTokens | None, entra: EntraSignIn | None, people: Iterable[SamplePerson]
) -> Mapping[PaneHost, SignIn]:
    """Return how each host proves a person. Only the sandbox believes what the page says."""
    if tab_tokens is None:
        return {PaneHost.SANDBOX: partial(_choose_person, frozenset(each.object_id for each in people))}
    hosts: dict[PaneHost, SignIn] = {PaneHost.TEAMS: partial(_verify_tab, tab_tokens)}
    if entra:
        hosts[PaneHost.DYNAMICS] = partial(_take_sign_in, services)
    return hosts


def _window(entra: EntraSignIn | None) -> SignInWindow | None:
    if entra is None:
        return None
    budget = CallBudget(WINDOWS_PER_MINUTE, 60)
    return SignInWindow(authorization_url=entra.authorization_url, redeem=entra.redeem, budget=budget)


async def _choose_person(people: frozenset[str], body: Mapping[str, object]) -> PaneIdentity:
    person = body.get("person")
    if not isinstance(person, str) or person not in people:
        raise CallerRejected("the sample organization has no such person")
    return PaneIdentity(object_id=ObjectId(person), tenant_id=_ANY_TENANT, host=PaneHost.SANDBOX)


async def _verify_tab(tab_tokens: TabTokens, body: Mapping[str, object]) -> PaneIdentity:
    token = body.get("token")
    if not isinstance(token, str):
        raise CallerRejected("the token of the tab is missing")
    return await tab_tokens.verify(token)


async def _take_sign_in(services: Services, body: Mapping[str, object]) -> PaneIdentity:
    secret = parse_secret(body.get("secret"))
    if secret is None:
        raise CallerRejected("the secret of the sign-in is missing")
    return await take_sign_in(services, secret)


def _sample_people() -> tuple[SamplePerson, ...]:
    """Return the people of the sandbox. The import is local, because a bot with an app ID starts without it."""
    from bot.sandbox.app import SAMPLE_PEOPLE

    return tuple(SamplePerson(object_id=each.object_id, name=each.name, about=each.about) for each in SAMPLE_PEOPLE)


def _frame_ancestors(settings: Settings, environments: Iterable[Environment]) -> tuple[str, ...]:
    """Return the origins that may frame the pane: this server in the sandbox, else Teams; and the organizations."""
    # A policy cannot name the address [::1].
    hosts = {origin for each in environments for origin in _origins(each) if "[" not in origin}
    own = settings.frame_ancestors if settings.app_id else ("'self'",)
    return (*own, *sorted(hosts))


def _origins(environment: Environment) -> Iterable[str]:
    """Return the origins of the environment's pages."""
    scheme = urlsplit(environment.url).scheme
    return [f"{scheme}://{host}" for host in sorted(environment.hosts)]


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def _address(settings: Settings, service_url: str, identity: PaneIdentity) -> Chat:
    """Return the address of a chat that Teams has not reported yet. Its first activity brings the chat's own."""
    return Chat(
        id=ChatId(""),
        kind=ChatKind.PERSONAL,
        channel=TEAMS,
        tenant_id=identity.tenant_id,
        service_url=service_url,
        bot_id=f"28:{settings.app_id or NO_APP_ID}",
        bot_name="Chat Sync",
    )
