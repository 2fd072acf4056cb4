"""An export as a schema.org `Dataset`, for searches of data and for those who look before they load."""

from collections.abc import Mapping
from typing import Any

from kiemchung.formats.data_package import CHECK_VERSIONS, CHECKS
from kiemchung.formats.note_jsonld import Site, publisher

#: Each of their rows has a licence of its own.
_MIXED = (CHECKS.name, CHECK_VERSIONS.name)


def dataset_jsonld(site: Site, package: Mapping[str, Any], url: str) -> dict[str, Any]:
    """The package that the site offers, with a download for each table; `url` is the page about it."""
    return {
        "@context": "https://schema.org",
        "@type": "Dataset",
        "@id": f"{url}#dataset",
        "name": str(package["title"]),
        "description": str(package["description"]),
        "url": url,
        "dateModified": str(package["created"]),
        "isAccessibleForFree": True,
        "creator": publisher(site),
        "distribution": [_download(site, each) for each in package["resources"]],
    }


def _download(site: Site, table: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "@type": "DataDownload",
        "name": str(table["title"]),
        "contentUrl": f"{site.url}/data/{table['path']}",
        "encodingFormat": str(table["mediatype"]),
        "contentSize": f"{table['bytes']} B",
        "sha256": str(table["hash"]).removeprefix("sha256:"),
        **({} if table["name"] in _MIXED else {"license": site.licence}),
    }
