"""The webhook and its steps in Dataverse ("Register a WebHook", "Register a plug-in")."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from bot.dataverse.client import DataverseClient
from bot.dataverse.privileges import missing_privileges
from bot.dataverse.protocol import quote_literal
from bot.dataverse.records import DataverseRecords
from bot.domain.errors import NotFound, NotSupported
from bot.domain.values import EnvironmentId
from bot.domain.webhook_keys import WebhookKeys
from bot.domain.webhook_steps import RegisteredWebhookStep, Registration, StepMessage, WebhookStep

ENDPOINT_NAME = "Chat Sync"
"""Prefix of the names of everything that the bot registers."""

_WEBHOOK = 8
_WEBHOOK_KEY = 4
_JSON = 2
_ASYNCHRONOUS = 1
_POST_OPERATION = 40
_ENABLED = {"statecode": 0, "statuscode": 1}
_PRE_IMAGE = 0
_IMAGES = "sdkmessageprocessingstepid_sdkmessageprocessingstepimage"

REQUIRED_PRIVILEGES = (
    *(f"prv{act}ServiceEndpoint" for act in ("Create", "Read", "Write", "Delete")),
    *(f"prv{act}SdkMessageProcessingStep" for act in ("Create", "Read", "Write", "Delete")),
    *(f"prv{act}SdkMessageProcessingStepImage" for act in ("Create", "Read", "Write", "Delete")),
    "prvReadSdkMessage",
    "prvReadSdkMessageFilter",
)
"""Privileges required to register the webhook."""


class DataverseWebhookSteps:
    """See `bot.ports.dataverse.WebhookSteps`.

    `url` receives the events; the current key of the environment authenticates them.
    """

    def __init__(
        self,
        clients: Mapping[EnvironmentId, DataverseClient],
        records: DataverseRecords,
        *,
        url: str,
        keys: WebhookKeys,
    ) -> None:
        self._clients = clients
        self._records = records
        self._url = url
        self._keys = keys

    async def find_registration(self, environment: EnvironmentId) -> Registration | None:
        """Return the webhook with the bot's URL, and its steps; None if it is not registered."""
        own = [each for each in await self._endpoints(environment) if str(each.get("url")) == self._url]
        if not own:
            return None
        endpoint_id = str(own[0]["serviceendpointid"])
        return Registration(endpoint_id=endpoint_id, steps=await self._steps(environment, endpoint_id))

    async def other_addresses(self, environment: EnvironmentId) -> Sequence[str]:
        """Return the URLs of other webhooks of the bot's kind."""
        urls = [str(each.get("url")) for each in await self._endpoints(environment)]
        return [url for url in urls if url != self._url]

    async def register(self, environment: EnvironmentId) -> Registration:
        """Create the webhook. If it exists, write its key again, because Dataverse never returns it."""
        found = await self.find_registration(environment)
        client, key = self._clients[environment], self._keys.current(environment)
        if found:
            await client.update(f"serviceendpoints({found.endpoint_id})", {"authvalue": key})
            return found
        values = {
            "name": f"{ENDPOINT_NAME} {urlsplit(self._url).netloc}",
            "contract": _WEBHOOK,
            "url": self._url,
            "authtype": _WEBHOOK_KEY,
            "authvalue": key,
            "messageformat": _JSON,
        }
        answer = await client.create("serviceendpoints", values)
        return Registration(endpoint_id=_id_in(answer.entity_id), steps=())

    async def add(self, environment: EnvironmentId, endpoint_id: str, step: WebhookStep) -> None:
        """Create the step and its image."""
        client = self._clients[environment]
        message_filter = await self._filter(environment, step)
        values = {
            "name": f"{ENDPOINT_NAME}: {step.message} of {step.table}",
            "mode": _ASYNCHRONOUS,
            "stage": _POST_OPERATION,
            "rank": 1,
            "supporteddeployment": 0,
            # System jobs of delivered events are of no use.
            "asyncautodelete": True,
            "filteringattributes": ",".join(step.columns) or None,
            "eventhandler_serviceendpoint@odata.bind": f"/serviceendpoints({endpoint_id})",
            "sdkmessageid@odata.bind": f"/sdkmessages({message_filter['_sdkmessageid_value']})",
            "sdkmessagefilterid@odata.bind": f"/sdkmessagefilters({message_filter['sdkmessagefilterid']})",
        }
        answer = await client.create("sdkmessageprocessingsteps", values)
        await self._put_image(client, _id_in(answer.entity_id), None, step)

    async def update(self, environment: EnvironmentId, registered: RegisteredWebhookStep, step: WebhookStep) -> None:
        """Update the columns and the image, and enable the step."""
        client = self._clients[environment]
        fixed = {"mode": _ASYNCHRONOUS, "stage": _POST_OPERATION, **_ENABLED}
        columns = {"filteringattributes": ",".join(step.columns) or None}
        await client.update(f"sdkmessageprocessingsteps({registered.id})", {**fixed, **columns})
        await self._put_image(client, registered.id, registered.image_id, step)

    async def remove(self, environment: EnvironmentId, registered: RegisteredWebhookStep) -> None:
        """Delete the step with its image."""
        await _delete(self._clients[environment], f"sdkmessageprocessingsteps({registered.id})")

    async def unregister(self, environment: EnvironmentId, endpoint_id: str) -> None:
        """Delete the webhook."""
        await _delete(self._clients[environment], f"serviceendpoints({endpoint_id})")

    async def missing_privileges(self, environment: EnvironmentId) -> Sequence[str]:
        """Return the names of missing privileges; ignore privileges that the environment does not know."""
        return await missing_privileges(self._records, environment, REQUIRED_PRIVILEGES)

    async def _endpoints(self, environment: EnvironmentId) -> Sequence[Mapping[str, Any]]:
        query = {
            "$select": "serviceendpointid,name,url",
            "$filter": f"contract eq {_WEBHOOK} and startswith(name,{quote_literal(ENDPOINT_NAME)})",
            "$orderby": "createdon asc",
        }
        return await self._clients[environment].rows("serviceendpoints", query)

    async def _steps(self, environment: EnvironmentId, endpoint_id: str) -> Sequence[RegisteredWebhookStep]:
        image = "sdkmessageprocessingstepimageid,imagetype,attributes"
        query = {
            "$select": "sdkmessageprocessingstepid,filteringattributes,mode,stage,statecode",
            "$expand": "sdkmessageid($select=name),sdkmessagefilterid($select=primaryobjecttypecode),"
            f"{_IMAGES}($select={image})",
            "$filter": f"_eventhandler_value eq {endpoint_id}",
            "$orderby": "createdon asc",
        }
        found = await self._clients[environment].all_rows("sdkmessageprocessingsteps", query, at_most=5000)
        return [_parse_step(row) for row in found if _is_own(row) and row.get("sdkmessageprocessingstepid")]

    async def _filter(self, environment: EnvironmentId, step: WebhookStep) -> Mapping[str, Any]:
        table, message = quote_literal(step.table), quote_literal(step.message)
        conditions = f"primaryobjecttypecode eq {table} and sdkmessageid/name eq {message}"
        query = {"$select": "sdkmessagefilterid,_sdkmessageid_value", "$filter": conditions}
        found = await self._clients[environment].rows("sdkmessagefilters", query)
        if not found:
            raise NotSupported(
                "Dataverse has no event for {step}.", "Turn the record type off in the settings.", step=step.label
            )
        return found[0]

    async def _put_image(self, client: DataverseClient, step_id: str, image_id: str | None, step: WebhookStep) -> None:
        if not step.columns:
            return
        columns = {"attributes": ",".join(step.columns)}
        if image_id:
            await client.update(f"sdkmessageprocessingstepimages({image_id})", columns)
            return
        values = {
            **columns,
            "name": "Before",
            "entityalias": "Before",
            "imagetype": _PRE_IMAGE,
            "messagepropertyname": "Target",
            "sdkmessageprocessingstepid@odata.bind": f"/sdkmessageprocessingsteps({step_id})",
        }
        await client.create("sdkmessageprocessingstepimages", values)


def _is_own(row: Mapping[str, Any]) -> bool:
    """Return whether this is a step like the bot's: for one table, and for a message that the bot handles."""
    return _name_in(row, "sdkmessageid", "name") in set(StepMessage) and bool(
        _name_in(row, "sdkmessagefilterid", "primaryobjecttypecode")
    )


def _parse_step(row: Mapping[str, Any]) -> RegisteredWebhookStep:
    listed = row.get(_IMAGES)
    found = [each for each in listed if isinstance(each, dict)] if isinstance(listed, list) else []
    images = [each for each in found if each.get("imagetype") == _PRE_IMAGE]
    step = WebhookStep(
        message=StepMessage(_name_in(row, "sdkmessageid", "name")),
        table=_name_in(row, "sdkmessagefilterid", "primaryobjecttypecode"),
        columns=_names(row.get("filteringattributes")),
    )
    return RegisteredWebhookStep(
        id=str(row["sdkmessageprocessingstepid"]),
        step=step,
        image_id=str(images[0]["sdkmessageprocessingstepimageid"]) if images else None,
        image_columns=_names(images[0].get("attributes")) if images else (),
        enabled=row.get("statecode") == _ENABLED["statecode"],
        after_commit=(row.get("mode"), row.get("stage")) == (_ASYNCHRONOUS, _POST_OPERATION),
    )


def _name_in(row: Mapping[str, Any], linked: str, column: str) -> str:
    found = row.get(linked)
    return str(found.get(column) or "") if isinstance(found, dict) else ""


def _names(joined: object) -> tuple[str, ...]:
    return tuple(sorted(name.strip() for name in str(joined or "").split(",") if name.strip()))


def _id_in(address: str | None) -> str:
    """Return the row ID at the end of the URL of a created row."""
    return str(address or "").rpartition("(")[2].rstrip(")")


async def _delete(client: DataverseClient, path: str) -> None:
    try:
        await client.delete(path)
    except NotFound:
        return  # already deleted
