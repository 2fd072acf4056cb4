"""An export as a schema.org `Dataset`, for searches of data and for those who look before they load."""

from collections.abc import Mapping
from typing import Any

from kiemchung.formats.data_package import CHECK_VERSIONS, CHECKS
from kiemchung.formats.note_jsonld import Site, publisher

#: Each of their rows has a licence of its own.
_MIXED = (CHECKS.name, CHECK_VERSIONS.name)


def dataset_jsonld(site: Site, packages: Mapping[str, Mapping[str, Any]], url: str) -> dict[str, Any]:
    """What the site offers, with a download for each table in each form.

    Args:
        packages: one a form, by the folder below /data that it lies in ("" or "parquet/"); at least one.
        url: of the page about them.
    """
    package = next(iter(packages.values()))
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
        "distribution": [
            _download(site, folder, each) for folder, package in packages.items() for each in package["resources"]
        ],
    }


def _download(site: Site, folder: str, table: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "@type": "DataDownload",
        "name": str(table["title"]),
        "contentUrl": f"{site.url}/data/{folder}{table['path']}",
        "encodingFormat": str(table["mediatype"]),
        "contentSize": f"{table['bytes']} B",
        "sha256": str(table["hash"]).removeprefix("sha256:"),
        **({} if table["name"] in _MIXED else {"license": site.licence}),
    }
