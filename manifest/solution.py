"""The web resources of the pane as an unmanaged solution ("Solution files", Power Platform documentation). Pure.

The commands are not part of it: `python app.py dataverse pane install` creates them.
"""

import re
from collections.abc import Iterator, Mapping
from xml.etree.ElementTree import Element, SubElement, tostring

from bot.domain.pane_customizations import (
    OPTION_PREFIX,
    PREFIX,
    PUBLISHER,
    PUBLISHER_TITLE,
    SOLUTION,
    SOLUTION_TITLE,
    PaneCustomizations,
    WebResource,
)

ENGLISH = "1033"
_PACKAGE_VERSION = "9.2"
_WEB_RESOURCE = "61"
"""Type of a web resource among the components of a solution."""
_ADDRESS_COUNT = 2
_SECTIONS = (
    "Entities",
    "Roles",
    "Workflows",
    "FieldSecurityProfiles",
    "Templates",
    "EntityMaps",
    "EntityRelationships",
    "OrganizationSettings",
    "optionsets",
)
"""Empty elements before the web resources. The import requires this order."""


def solution_files(customizations: PaneCustomizations, version: str) -> Mapping[str, bytes]:
    """Return the files of the solution by path. The version has three numbers, such as 1.0.0."""
    return {
        "[Content_Types].xml": _document(_content_types(customizations)),
        "solution.xml": _document(_solution(customizations, f"{version}.0")),
        "customizations.xml": _document(_customizations(customizations)),
        **{_file_name(each).lstrip("/"): each.content for each in customizations.resources},
    }


def _document(root: Element) -> bytes:
    text: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return text


def _content_types(customizations: PaneCustomizations) -> Element:
    root = Element("Types", xmlns="http://schemas.openxmlformats.org/package/2006/content-types")
    extensions = {"xml", *(_extension(each) for each in customizations.resources)}
    for extension in sorted(extensions):
        SubElement(
            root,
            "Default",
            Extension=extension,
            ContentType="text/xml" if extension == "xml" else "application/octet-stream",
        )
    return root


def _solution(customizations: PaneCustomizations, version: str) -> Element:
    root = Element(
        "ImportExportXml",
        version=f"{_PACKAGE_VERSION}.0.0",
        SolutionPackageVersion=_PACKAGE_VERSION,
        languagecode=ENGLISH,
        generatedBy="CrmLive",
    )
    manifest = SubElement(root, "SolutionManifest")
    _text(manifest, "UniqueName", SOLUTION)
    _localized(manifest, SOLUTION_TITLE)
    _text(manifest, "Version", version)
    _text(manifest, "Managed", "0")
    _add_publisher(manifest)
    components = SubElement(manifest, "RootComponents")
    for each in customizations.resources:
        SubElement(components, "RootComponent", type=_WEB_RESOURCE, schemaName=each.name, behavior="0")
    SubElement(manifest, "MissingDependencies")
    return root


def _add_publisher(manifest: Element) -> None:
    publisher = SubElement(manifest, "Publisher")
    _text(publisher, "UniqueName", PUBLISHER)
    _localized(publisher, PUBLISHER_TITLE)
    for name in ("EMailAddress", "SupportingWebsiteUrl"):
        SubElement(publisher, name)
    _text(publisher, "CustomizationPrefix", PREFIX)
    _text(publisher, "CustomizationOptionValuePrefix", str(OPTION_PREFIX))
    addresses = SubElement(publisher, "Addresses")
    for number in range(1, _ADDRESS_COUNT + 1):
        address = SubElement(addresses, "Address")
        _text(address, "AddressNumber", str(number))
        _text(address, "AddressTypeCode", "1")


def _localized(parent: Element, title: str) -> None:
    names = SubElement(parent, "LocalizedNames")
    SubElement(names, "LocalizedName", description=title, languagecode=ENGLISH)
    SubElement(parent, "Descriptions")


def _customizations(customizations: PaneCustomizations) -> Element:
    root = Element("ImportExportXml")
    for name in _SECTIONS:
        SubElement(root, name)
    resources = SubElement(root, "WebResources")
    for each in customizations.resources:
        _add_resource(resources, each)
    languages = SubElement(root, "Languages")
    _text(languages, "Language", ENGLISH)
    return root


def _add_resource(parent: Element, resource: WebResource) -> None:
    element = SubElement(parent, "WebResource")
    for name, value in _properties(resource):
        _text(element, name, value)


def _properties(resource: WebResource) -> Iterator[tuple[str, str]]:
    yield "WebResourceId", f"{{{resource.id}}}"
    yield "Name", resource.name
    yield "DisplayName", resource.title
    yield "WebResourceType", str(int(resource.kind))
    yield "IntroducedVersion", "1.0.0.0"
    yield "IsEnabledForMobileClient", "0"
    yield "IsCustomizable", "1"
    yield "CanBeDeleted", "1"
    yield "IsHidden", "0"
    yield "FileName", _file_name(resource)


def _file_name(resource: WebResource) -> str:
    """Return the path of the content, as exported solutions name it: without separators, and with the ID."""
    return f"/WebResources/{re.sub(r'[/.]', '', resource.name)}{resource.id.upper()}.{_extension(resource)}"


def _extension(resource: WebResource) -> str:
    return resource.name.rpartition(".")[2]


def _text(parent: Element, name: str, value: str) -> None:
    SubElement(parent, name).text = value
