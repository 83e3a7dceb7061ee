"""Routes of the settings page: what it shows, the history, and files (spec P6). The forms on it are the bot's dialogs.

Each function checks again that the person administers the environment.
"""

from collections.abc import Awaitable, Callable

from aiohttp import web

from bot.domain.errors import ChatSyncError
from bot.domain.values import EnvironmentId
from bot.features.settings.list_history import HistoryQuery, list_history
from bot.features.settings.settings_files import check_file, export_files, import_file
from bot.features.settings.show_page import is_any_administrator, show_settings_page
from bot.features.settings.store_settings import SaveRequest
from bot.features.shared.answer_in_time import answer_in_time
from bot.logs import get_logger
from bot.pane.door import DOOR
from bot.pane.requests import PaneRequest, counted
from bot.pane.responses import json_answer
from bot.pane.settings_values import file_values, history_values, import_values, page_values

Answer = Callable[[PaneRequest], Awaitable[web.Response]]

_MAX_TEXT = 2**20
"""Characters of a file. The limits of the body and of an import are lower."""

_log = get_logger(__name__)


def answering(answer: Answer, *, with_file: bool = False) -> Callable[[web.Request], Awaitable[web.Response]]:
    """Return the handler that answers the signed-in person in time. `with_file`: the body may have a file."""

    async def handle(request: web.Request) -> web.Response:
        door = request.app[DOOR]
        async with counted(request, door.read_file if with_file else door.read_json) as asked:
            try:
                found = await answer_in_time(answer(asked), door.services.limits.answer_within_s)
            except ChatSyncError as error:
                _log.info("pane.settings_rejected", error=type(error).__name__)
                raise
        if isinstance(found, ChatSyncError):
            raise found
        return found

    return handle


async def show(asked: PaneRequest) -> web.Response:
    """Return the settings of an environment as people read them."""
    found = await show_settings_page(asked.door.services, asked.person, asked.text("environment"))
    return json_answer({"person": asked.identity.object_id, **page_values(asked.t, found)})


async def access(asked: PaneRequest) -> web.Response:
    """Return whether the person administers an environment, so that other pages can link to this one."""
    return json_answer({"isAdministrator": await is_any_administrator(asked.door.services, asked.person)})


async def history(asked: PaneRequest) -> web.Response:
    """Return a page of the history."""
    query = HistoryQuery(
        table=asked.text("table"),
        words=asked.text("words"),
        before=asked.number("before", 0) or None,
        skip=asked.number("skip", 0),
    )
    found = await list_history(asked.door.services, asked.person, asked.text("environment"), query)
    return json_answer(history_values(asked.t, found))


async def export(asked: PaneRequest) -> web.Response:
    """Return the settings as files."""
    files = await export_files(asked.door.services, asked.person, asked.text("environment"))
    return json_answer({"files": [file_values(each) for each in files]})


async def check(asked: PaneRequest) -> web.Response:
    """Return the changes that a file would make."""
    text = asked.text("file", at_most=_MAX_TEXT)
    environment = asked.text("environment")
    checked = await check_file(asked.door.services, asked.person, environment, text)
    return json_answer(import_values(asked.t, checked))


async def save(asked: PaneRequest) -> web.Response:
    """Save the settings of a file, or return its problems, or the changes that others saved."""
    request = SaveRequest(
        chat=asked.door.address_of(asked.identity),
        person=asked.person,
        environment=EnvironmentId(asked.text("environment")),
        version=asked.number("version", 0),
    )
    text = asked.text("file", at_most=_MAX_TEXT)
    return json_answer(import_values(asked.t, await import_file(asked.door.services, request, text)))


def add_routes(router: web.UrlDispatcher) -> None:
    """Add the routes to the application of the pane."""
    for name, answer in (("show", show), ("access", access), ("history", history), ("export", export)):
        router.add_post(f"/settings/{name}", answering(answer))
    for name, answer in (("check", check), ("save", save)):
        router.add_post(f"/settings/{name}", answering(answer, with_file=True))
