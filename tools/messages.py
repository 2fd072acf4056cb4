"""Collect the sentences of the doors into the gettext catalogues, and compile them (`make messages`).

English is written with itself; Vietnamese sentences that are missing are left empty, and a test fails until they are
there.
"""

from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).parent.parent
SOURCE = ROOT / "src" / "kiemchung"
LOCALES = SOURCE / "i18n" / "locales"
METHODS = [("**/templates/**.html", "jinja2"), ("**.py", "python")]
KEYWORDS = {"say": None, "count": (1, 2)}
LANGUAGES = ("vi", "en")
EPOCH = datetime(2026, 11, 23, tzinfo=UTC)
HEADER = "# kiemchung: what the doors say. Collected by `make messages`; write Vietnamese here, English in the source."


def collect() -> Catalog:
    """Every sentence that the doors say."""
    catalogue = Catalog(project="kiemchung")
    for _path, _line, message, _comments, _context in extract_from_dir(str(SOURCE), METHODS, keywords=KEYWORDS):
        catalogue.add(message)
    return catalogue


def read(language: str) -> Catalog:
    """The catalogue as it is written down."""
    path = LOCALES / language / "LC_MESSAGES" / "kiemchung.po"
    if not path.exists():
        return Catalog(locale=language, project="kiemchung")
    with path.open("rb") as file:
        return read_po(file, locale=language)


def merge(language: str, found: Catalog) -> Catalog:
    """The sentences found, with the translations that are there; the ones that nobody says any more are dropped."""
    old, new = read(language), Catalog(locale=language, project="kiemchung", header_comment=HEADER, fuzzy=False)
    for message in found:
        if not message.id:
            continue
        if language == "en":
            new.add(message.id, message.id)
        else:
            known = old.get(message.id)
            new.add(message.id, known.string if known else None)
    return new


def main() -> None:
    found = collect()
    for language in LANGUAGES:
        catalogue = merge(language, found)
        path = LOCALES / language / "LC_MESSAGES" / "kiemchung.po"
        path.parent.mkdir(parents=True, exist_ok=True)
        catalogue.creation_date = catalogue.revision_date = EPOCH  # no new bytes where no sentence changed
        with path.open("wb") as file:
            write_po(file, catalogue, width=0, omit_header=False, sort_output=True)
        with path.with_suffix(".mo").open("wb") as file:
            write_mo(file, catalogue)
        missing = [m.id for m in catalogue if m.id and not (all(m.string) if isinstance(m.string, tuple) else m.string)]
        for each in missing:
            print(f"{language}: no sentence for {each!r}")  # noqa: T201 - a script for developers


if __name__ == "__main__":
    main()
