"""Model-driven apps of an environment, to choose those that show the pane (spec P12)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bot.domain.errors import NotAllowed
from bot.domain.model_apps import ModelApp
from bot.domain.texts import text
from bot.domain.values import EnvironmentId
from bot.features.shared.services import Services
from bot.logs import get_logger
from bot.logs.tracebacks import describe_error
from cards.inputs import Choice

ALL_APPS, SOME_APPS = "all", "some"
"""Values of the choice between all apps and some."""

_NOT_READABLE = text(
    "Chat Sync cannot list the apps. In Dynamics 365, give its application user the privilege prvReadAppModule."
)

_log = get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class AppList:
    """The apps by name, or the reason why they cannot be read."""

    apps: Sequence[ModelApp] = ()
    problem: str = ""

    @property
    def unique_names(self) -> frozenset[str]:
        """The unique names of the apps."""
        return frozenset(each.unique_name for each in self.apps)


async def load_apps(services: Services, environment: EnvironmentId) -> AppList:
    """Return the apps; raise `Unavailable`. All other settings can be changed without the privilege to read apps."""
    try:
        return AppList(apps=await services.customizations.apps(environment))
    except NotAllowed as error:
        _log.warning("settings.apps_missing", reason=describe_error(error))
        return AppList(problem=_NOT_READABLE)


def app_choices(apps: Iterable[ModelApp]) -> tuple[Choice, ...]:
    """Return the apps as choices."""
    return tuple(Choice(title=f"{each.name} ({each.unique_name})", value=each.unique_name) for each in apps)


def sorted_apps(found: AppList, chosen: Sequence[str]) -> Sequence[ModelApp]:
    """Return the chosen apps first. One that no longer exists has only its unique name."""
    known = {each.unique_name: each for each in found.apps}
    first = [known.get(name, ModelApp(unique_name=name, name=name)) for name in chosen]
    return [*first, *(each for each in found.apps if each.unique_name not in chosen)]
