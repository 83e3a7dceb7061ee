"""A page of an organization in Dynamics 365 that shows the pane through the launcher's files."""

from collections.abc import Mapping
from pathlib import PurePosixPath
from urllib.parse import urlsplit

from playwright.async_api import BrowserContext, FrameLocator, Page, Route

from manifest.pane.customizations import pane_address, pane_customizations

PATH = "/apps/main.aspx"
_PAGE = """<!doctype html><html lang="en"><title>Contoso</title><script>
window.visited = { pageType: "entitylist" };
window.Xrm = { Utility: {
  getPageContext: () => ({ input: window.visited }),
  getGlobalContext: () => ({
    userSettings: { languageId: LANGUAGE },
    getCurrentAppProperties: async () => ({ uniqueName: "contoso_service" }),
  }),
} };
</script><iframe title="Chats" src="resources/pane.html" width="WIDTH" height="760"></iframe>"""
_TYPES = {".html": "text/html", ".js": "text/javascript", ".css": "text/css"}


async def show_app(context: BrowserContext, origin: str, pane_url: str, *, width: int = 360, lcid: int = 1033) -> Page:
    """Open the page of the organization, which frames the pane at this address. `lcid`: the person's language."""
    resources = {each.name: each.content for each in pane_customizations(pane_address(pane_url, "dynamics")).resources}

    async def answer(route: Route) -> None:
        name = PurePosixPath(urlsplit(route.request.url).path)
        if str(name) == PATH:
            await route.fulfill(
                body=_PAGE.replace("WIDTH", str(width)).replace("LANGUAGE", str(lcid)), content_type="text/html"
            )
        else:
            content = resources[f"chatsync_/pane/{name.name}"]
            await route.fulfill(body=content, content_type=_TYPES[name.suffix])

    await context.route(f"{origin}/apps/**", answer)
    page = await context.new_page()
    await page.goto(origin + PATH)
    return page


def pane_in(page: Page) -> FrameLocator:
    """Return the pane in the web resource in the page."""
    return page.frame_locator("iframe").frame_locator("iframe")


async def visit(page: Page, record: Mapping[str, str] | None) -> None:
    """Let the app show a record, or a list without one."""
    named = (
        {"pageType": "entityrecord", "entityName": record["table"], "entityId": record["row"]}
        if record
        else {"pageType": "entitylist"}
    )
    await page.evaluate("named => { window.visited = named; }", named)
