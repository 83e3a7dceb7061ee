"""The customizations that open this bot's pane."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from bot.config.settings import Settings
from bot.dataverse.pane_rows import new_command_values, new_resource_values, publisher_values, solution_values
from bot.domain.pane_customizations import PaneCustomizations
from bot.domain.values import Environment
from bot.wiring.system_addresses import is_sandbox


def required_pane(settings: Settings, environment: Environment) -> PaneCustomizations:
    """Return the customizations for the environment.

    The import is local, because the files are read and drawn only by commands and by the sandbox.
    """
    from manifest.pane.customizations import pane_address, pane_customizations

    # Without an app ID, nobody can sign in: the pane asks whom to show it to.
    host = "sandbox" if is_sandbox(environment) and settings.app_id is None else "dynamics"
    # The built-in sandbox has all names of this machine, and so has its pane.
    is_built_in = settings.uses_own_sandbox and settings.role != "sandbox"
    base_url = "" if is_built_in else settings.own_url
    return pane_customizations(pane_address(base_url, host))


def preinstalled_pane(settings: Settings, environment: Environment) -> Mapping[str, Sequence[Mapping[str, Any]]]:
    """Return the rows of an installed pane by entity set, with IDs that never change."""
    required = required_pane(settings, environment)
    ids = {each.name: each.id for each in required.resources}
    publisher_id = _row_id("publisher")
    return {
        "publishers": [{"publisherid": publisher_id, **publisher_values()}],
        "solutions": [{"solutionid": _row_id("solution"), **solution_values(publisher_id)}],
        "webresourceset": [new_resource_values(each) for each in required.resources],
        "appactions": [
            {"appactionid": _row_id(each.unique_name), **new_command_values(each, ids)} for each in required.commands
        ],
    }


def _row_id(name: str) -> str:
    return str(uuid5(NAMESPACE_URL, f"chat-sync/{name}"))
