"""The action `PublishXml`, which publishes web resources ("PublishXml Action", Web API reference)."""

from collections.abc import Iterator
from http import HTTPStatus
from xml.etree.ElementTree import Element, ParseError

from aiohttp import web
from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from bot.sandbox.dataverse.security.model import PUBLISH
from bot.sandbox.dataverse.web_api.request_context import RequestContext
from bot.sandbox.dataverse.web_api.writing import write_scope
from bot.sandbox.dataverse.writes.customizations import publish_web_resource
from bot.sandbox.errors import DataverseError, bad_query, no_such_row, not_implemented
from bot.sandbox.guids import as_guid

_TABLE = "webresource"


async def publish_xml(ctx: RequestContext) -> web.Response:
    """Publish the web resources that the parameter lists."""
    if not all(PUBLISH in access.principal.scopes for access in ctx.caller.accesses):
        raise DataverseError(HTTPStatus.FORBIDDEN, "0x80040220", f"The caller is missing {PUBLISH} privilege.")
    text = (await ctx.body()).get("ParameterXml")
    ids = list(_web_resources(_parse(text if isinstance(text, str) else "")))
    async with write_scope(ctx) as scope:
        for row_id in ids:
            row = scope.transaction.get(_TABLE, row_id)
            if row is None:
                raise no_such_row(ctx.caller.schema[_TABLE], row_id)
            publish_web_resource(scope.transaction, row)
    return ctx.no_content()


def _parse(text: str) -> Element:
    try:
        root: Element = fromstring(text, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError) as error:
        raise bad_query("The parameter ParameterXml is not valid XML.") from error
    if root.tag != "importexportxml":
        raise bad_query("The parameter ParameterXml must have the root element importexportxml.")
    return root


def _web_resources(root: Element) -> Iterator[str]:
    """Yield the IDs of the listed web resources."""
    for section in root:
        if section.tag != "webresources":
            raise not_implemented(f"publishing of '{section.tag[:100]}'. Publish web resources")
        for each in section:
            row_id = as_guid(each.text or "")
            if row_id is None:
                raise bad_query("A web resource must be listed by its ID.")
            yield row_id
