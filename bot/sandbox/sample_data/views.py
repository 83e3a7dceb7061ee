"""Sample views: five types for each business table, and a view with the case's note columns."""

from collections.abc import Mapping
from dataclasses import dataclass
from xml.sax.saxutils import quoteattr

from bot.sandbox.dataverse.schema.catalog import BUSINESS_TABLES
from bot.sandbox.dataverse.schema.model import Table
from bot.sandbox.sample_data.sample_builder import SampleBuilder

PUBLIC, ADVANCED_FIND, ASSOCIATED, QUICK_FIND, LOOKUP = 0, 1, 2, 4, 64
"""Values of `savedquery.querytype` ("Customize views")."""

NOTE_VIEW = "Case introduction message"

_QUICK_FIND: Mapping[str, tuple[str, ...]] = {
    "incident": ("title", "ticketnumber", "prioritycode", "statuscode", "customerid", "ownerid", "createdon"),
    "account": ("name", "accountnumber", "primarycontactid", "address1_city", "telephone1", "creditlimit"),
    "contact": ("fullname", "parentcustomerid", "contactaccount.telephone1", "emailaddress1", "telephone1", "jobtitle"),
    "knowledgearticle": ("title", "articlepublicnumber", "statuscode", "publishon", "rating", "ownerid"),
    "email": ("subject", "to", "regardingobjectid", "statuscode", "senton", "prioritycode"),
    "msdyn_ocliveworkitem": ("subject", "msdyn_channel", "msdyn_customer", "msdyn_activeagentid", "statuscode"),
    "lead": ("fullname", "subject", "companyname", "statuscode", "estimatedamount"),
    "opportunity": ("name", "customerid", "estimatedvalue", "estimatedclosedate", "statuscode"),
    "msdyn_workorder": (
        "msdyn_name",
        "msdyn_serviceaccount",
        "msdyn_systemstatus",
        "msdyn_datewindowstart",
        "cs_safety",
    ),
    "task": ("subject", "regardingobjectid", "prioritycode", "scheduledend", "statuscode"),
}
_NOTE_COLUMNS = ("customerid", "prioritycode", "statuscode", "ownerid", "createdon")

_LINKS = {
    "contactaccount": (
        '<link-entity name="account" from="accountid" to="parentcustomerid" link-type="outer" alias="contactaccount">'
        '<attribute name="telephone1"/></link-entity>'
    )
}
"""Links to other tables in views, by alias."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ViewSeed:
    """Name, type, and columns of a view."""

    name: str
    kind: int
    columns: tuple[str, ...]
    default: bool = False


def add_views(builder: SampleBuilder) -> None:
    """Add all sample views."""
    number = 0
    for table in BUSINESS_TABLES:
        for seed in _views(table):
            number += 1
            builder.add(
                "savedquery",
                number,
                name=seed.name,
                returnedtypecode=table.name,
                querytype=seed.kind,
                isdefault=seed.default,
                isquickfindquery=seed.kind == QUICK_FIND,
                layoutxml=layout(table, seed.columns),
                fetchxml=fetch(table, seed.columns),
            )


def _views(table: Table) -> list[ViewSeed]:
    columns = _QUICK_FIND[table.name]
    plural = table.plural
    views = [
        ViewSeed(name=f"Active {plural}", kind=PUBLIC, columns=columns[:4], default=True),
        ViewSeed(name=f"{table.label} Advanced Find View", kind=ADVANCED_FIND, columns=columns[:3]),
        ViewSeed(name=f"{table.label} Associated View", kind=ASSOCIATED, columns=columns[:3]),
        ViewSeed(name=f"Quick Find Active {plural}", kind=QUICK_FIND, columns=columns),
        ViewSeed(name=f"{table.label} Lookup View", kind=LOOKUP, columns=columns[:2]),
    ]
    if table.name == "incident":
        views.append(ViewSeed(name=NOTE_VIEW, kind=PUBLIC, columns=_NOTE_COLUMNS))
    return views


def layout(table: Table, columns: tuple[str, ...]) -> str:
    """Return the layout XML with the view's columns."""
    cells = "".join(
        f"<cell name={quoteattr(name)} width='150'{' disableSorting=' + repr('1') if '.' in name else ''} />"
        for name in columns
    )
    return (
        f"<grid name='resultset' object='{table.type_code}' jump='{table.primary_name}' select='1' icon='1'>"
        f"<row name='result' id='{table.primary_id}'>{cells}</row></grid>"
    )


def fetch(table: Table, columns: tuple[str, ...]) -> str:
    """Return the FetchXML with the view's columns, order, and links."""
    attributes = "".join(f'<attribute name="{name}"/>' for name in columns if "." not in name)
    links = "".join(link for alias, link in _LINKS.items() if any(name.startswith(f"{alias}.") for name in columns))
    return (
        f'<fetch version="1.0" mapping="logical"><entity name="{table.name}">{attributes}'
        f'<attribute name="{table.primary_id}"/><order attribute="{table.primary_name}"/>{links}</entity></fetch>'
    )
