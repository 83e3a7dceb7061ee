"""Checks of the app in Microsoft 365: its package, its permissions, and the notifications that it gets."""

from urllib.parse import urlsplit

from bot.domain.chat_sync import is_sync_on
from bot.domain.errors import NotAllowed, NotSupported
from bot.domain.subscription_problems import find_problem
from bot.domain.subscriptions import ALL_CHATS_TARGETS
from bot.graph import app_installation, chats, people, subscriptions
from bot.graph.granted_permissions import granted_permissions
from bot.wiring.pane_sign_in import missing_settings
from bot.wiring.services import Runtime
from bot.wiring.system_addresses import graph_base_url

_REDIRECT = "https://<your host>/pane/sign-in/callback"
_PERMISSIONS = (
    chats.CREATE,
    app_installation.IN_CHATS,
    app_installation.IN_TEAMS,
    chats.CHANGE_MEMBERS,
    chats.READ,
    chats.RENAME,
    people.READ_USERS,
    people.READ_ROLES,
    people.READ_PRESENCE,
    chats.READ_TEAMS,
    chats.READ_CHANNELS,
    chats.CREATE_CHANNEL,
    *(subscriptions.PERMISSIONS_BY_SCOPE[each.scope] for each in ALL_CHATS_TARGETS),
    app_installation.READ_CATALOG,
)
"""The application permissions that features need, in the order of the documentation."""


async def check_permissions(runtime: Runtime) -> None:
    """Check that the app has all application permissions of Microsoft Graph that features need."""
    granted = granted_permissions(await runtime.graph_tokens.get(_graph_scope(runtime)))
    if granted is None:
        raise NotSupported(
            "The permissions of Microsoft Graph cannot be read from the token.",
            "Compare them with the table in the Microsoft Entra admin center, under API permissions.",
        )
    needed = [each.name for each in _PERMISSIONS]
    if runtime.settings.catalog_app_id:
        needed.remove(app_installation.READ_CATALOG.name)
    missing = [name for name in dict.fromkeys(needed) if name not in granted]
    if missing:
        raise NotAllowed(
            "The app lacks these application permissions of Microsoft Graph: {permissions}.",
            "Grant those whose features you use, with admin consent.",
            permissions=", ".join(missing),
        )


def _graph_scope(runtime: Runtime) -> str:
    parts = urlsplit(graph_base_url(runtime.settings))
    return f"{parts.scheme}://{parts.netloc}/.default"


async def check_catalog(runtime: Runtime) -> None:
    """Check that the app is in the catalog of the organization, or raise the error of Microsoft Graph."""
    await runtime.app_installer.catalog_id()


async def check_pane_sign_in(runtime: Runtime) -> None:
    """Check that the settings of the sign-in in Dynamics 365 are complete."""
    missing = missing_settings(runtime.settings)
    if missing:
        raise NotSupported(
            "Nobody can sign in to the pane in Dynamics 365.",
            f"Set {' and '.join(missing)}. In the app registration, enter the redirect address {_REDIRECT}.",
        )


async def check_pane_people(runtime: Runtime) -> None:
    """Raise the error of Microsoft Graph if it does not let the app read people or their presence."""
    people = await runtime.services.directory.search("", at_most=1)
    await runtime.services.directory.presence([each.id for each in people])


async def check_subscriptions(runtime: Runtime) -> None:
    """Raise the error of the last attempt to subscribe to changes of chats and members, if there is one."""
    settings = [await runtime.services.administration.settings(each.id) for each in runtime.services.links.environments]
    if not any(map(is_sync_on, settings)):
        return
    if runtime.graph_notifications is None:
        raise NotSupported(
            "Microsoft 365 sends no notifications about renamed chats. Chat Sync checks them every few hours.",
            "Set CHATSYNC_GRAPH_CLIENT_STATE and CHATSYNC_PUBLIC_URL.",
        )
    async with runtime.services.store.reading() as work:
        subscriptions = await work.subscriptions.get_many(ALL_CHATS_TARGETS)
    for target in ALL_CHATS_TARGETS:
        problem = find_problem(subscriptions, [target])
        if problem:
            raise NotSupported(problem.description, problem.next_step)
