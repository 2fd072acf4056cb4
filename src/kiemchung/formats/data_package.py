"""Tables of an export and the package that describes them (Data Package 2.0, with a JSON Schema a table).

No table has a column about who wrote or rated; ratings stand in it as counts with a floor, and as the roots of the
scoring runs (G5).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

#: Kinds of values: text, whole numbers, yes or no, and anything that JSON holds (in CSV and Parquet as its text).
STRING, INTEGER, BOOLEAN, JSON = "string", "integer", "boolean", "json"
FORMATS = ("csv", "ndjson", "parquet")
PACKAGE_FILE, SUMS_FILE = "datapackage.json", "SHA256SUMS"
_MEDIA_TYPES = {"csv": "text/csv", "ndjson": "application/x-ndjson", "parquet": "application/vnd.apache.parquet"}
_JSON_TYPES = {STRING: ["string"], INTEGER: ["integer"], BOOLEAN: ["boolean"], JSON: ["array", "object"]}


@dataclass(frozen=True, slots=True)
class Column:
    """A column; `required` ones are never null."""

    name: str
    kind: str
    description: str
    required: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A table of an export; rows are unique by `key`."""

    name: str
    title: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]


def _text(name: str, description: str, *, required: bool = False) -> Column:
    return Column(name, STRING, description, required)


_CHECK_COLUMNS = (
    _text("claim", "The claim, as its publisher words it.", required=True),
    _text("verdict", "The publisher's own words.", required=True),
    _text("url", "The publisher's page.", required=True),
    _text("publisher", "Name of the publisher.", required=True),
    _text("publisher_site", "Host of the publisher.", required=True),
    _text("published", "ISO 8601; null where the publisher gives none."),
    _text("modified", "ISO 8601."),
    _text("language", "BCP 47; und where unknown.", required=True),
    _text("title", "Headline."),
    _text("explanation", "What the publisher explains."),
    _text("rating_name", "alternateName of the rating."),
    _text("rating_value", "As published; its direction is the publisher's own."),
    _text("best_rating", "As published."),
    _text("worst_rating", "As published."),
    _text("rating_explanation", "As published."),
    _text("claimant", "Quoted from the check; nothing here is grouped, counted or found by it."),
    _text("claim_date", "ISO 8601."),
    Column("appearances", JSON, "Addresses where the claim appeared.", required=True),
    Column("corrections", JSON, "Corrections that the publisher names.", required=True),
)
_LICENCE = _text("licence", "SPDX id, address or words of the source; in a package for own use null where unclear.")

CHECKS = Table(
    "checks",
    "Published fact-checks, each in its newest version",
    ("check_id",),
    (
        _text("check_id", "Stable id.", required=True),
        Column("version", INTEGER, "1 for the first.", required=True),
        *_CHECK_COLUMNS,
        _LICENCE,
        Column("origins", JSON, "Where it was read: source, licence and time of each.", required=True),
    ),
)
CHECK_VERSIONS = Table(
    "check_versions",
    "Older versions of the checks",
    ("check_id", "version"),
    (
        _text("check_id", "As in checks.", required=True),
        Column("version", INTEGER, "1 for the first.", required=True),
        *_CHECK_COLUMNS,
        _LICENCE,
    ),
)
REQUESTS = Table(
    "requests",
    "Claims for which a note was asked",
    ("request_id",),
    (
        _text("request_id", "Random id.", required=True),
        _text("claim", "With contact data cut out.", required=True),
        _text("language", "BCP 47.", required=True),
        _text("day", "Asked first on this day.", required=True),
        Column("n_asked", INTEGER, "Codenames that asked, rounded to tens.", required=True),
    ),
)
NOTES = Table(
    "notes",
    "Community notes with their status",
    ("note_id",),
    (
        _text("note_id", "Random id.", required=True),
        _text("request_id", "What it is about.", required=True),
        _text("day", "Written on this day.", required=True),
        _text("state", "open, withdrawn or redacted.", required=True),
        Column("misleading", BOOLEAN, "What it says of the claim; null without text."),
        Column("reasons", JSON, "Codes of why.", required=True),
        _text("text", "Null once withdrawn or redacted."),
        _text("language", "Of the text."),
        _text("status", "shown, not_shown, needs_ratings; null before its first scoring run."),
        _text("rule", "Id of the rule that decided."),
        _text("since", "The status holds since this day."),
        Column("locked", BOOLEAN, "The status cannot change any more."),
        _text("content_sha256", "Of the text as the public log has it."),
    ),
)
SOURCES = Table(
    "sources",
    "What notes and the desk's own checks rest on",
    ("of", "id", "position"),
    (
        _text("of", "note or check.", required=True),
        _text("id", "The note's or check's id.", required=True),
        Column("position", INTEGER, "From 0.", required=True),
        _text("url", "The page.", required=True),
        _text("quote", "Word for word.", required=True),
        _text("title", "The page's own title."),
        _text("published", "The page's date."),
        _text("archive_url", "A lasting copy."),
    ),
)
STATUSES = Table(
    "statuses",
    "Every change of a note's status",
    ("note_id", "run_id"),
    (
        _text("note_id", "The note.", required=True),
        _text("run_id", "The scoring run that changed it.", required=True),
        _text("before", "Null for the first status."),
        _text("after", "shown, not_shown or needs_ratings.", required=True),
        _text("rule", "Id of the rule that decided.", required=True),
        _text("at", "End of the run, UTC.", required=True),
    ),
)
AGGREGATES = Table(
    "aggregates",
    "Ratings as counts with a floor",
    ("note_id",),
    (
        _text("note_id", "The note.", required=True),
        Column("n_ratings_rounded", INTEGER, "All ratings, rounded to tens.", required=True),
        Column("n_helpful", INTEGER, "Null unless the note is locked and each count is 5 or more."),
        Column("n_somewhat", INTEGER, "The same."),
        Column("n_not_helpful", INTEGER, "The same."),
    ),
)
RUNS = Table(
    "scoring_runs",
    "Scoring runs with the roots of what went in and what came out",
    ("run_id",),
    (
        _text("run_id", "Random id.", required=True),
        _text("finished_at", "UTC.", required=True),
        _text("version", "Of the software.", required=True),
        _text("config", "Hash of the configuration.", required=True),
        _text("input_root", "Merkle root of the ratings; they themselves are not published.", required=True),
        _text("result_root", "Merkle root of the results.", required=True),
        Column("n_notes", INTEGER, "Notes scored.", required=True),
        Column("n_ratings", INTEGER, "Ratings that counted.", required=True),
    ),
)
CORRECTIONS = Table(
    "corrections",
    "Corrections of, and replies to, the desk's own checks",
    ("check_id", "position"),
    (
        _text("check_id", "The check's id in its address.", required=True),
        Column("position", INTEGER, "From 0.", required=True),
        _text("kind", "correction or reply.", required=True),
        _text("text", "The reason of the correction, or the reply.", required=True),
        _text("by", "Who replies, as the desk names them; null for corrections."),
        _text("day", "ISO date.", required=True),
        Column("version", INTEGER, "The version that a correction made; null for replies."),
    ),
)
TABLES = (CHECKS, CHECK_VERSIONS, REQUESTS, NOTES, SOURCES, STATUSES, AGGREGATES, RUNS, CORRECTIONS)


@dataclass(frozen=True, slots=True)
class WrittenTable:
    """A table's file: how many rows and bytes, and its SHA-256."""

    table: Table
    path: str
    n_rows: int
    n_bytes: int
    sha256: str


def json_schema(table: Table) -> dict[str, Any]:
    """JSON Schema (2020-12) of a row in NDJSON."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": table.title,
        "type": "object",
        "properties": {
            column.name: {
                "type": _JSON_TYPES[column.kind] + ([] if column.required else ["null"]),
                "description": column.description,
            }
            for column in table.columns
        },
        "required": [column.name for column in table.columns],
        "additionalProperties": False,
    }


def describe(
    written: Iterable[WrittenTable], form: str, *, title: str, homepage: str, created: str, own_use: bool
) -> dict[str, Any]:
    """The descriptor of a package."""
    package: dict[str, Any] = {
        "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
        "profile": "data-package",
        "name": "kiemchung-own-use" if own_use else "kiemchung-open",
        "title": title,
        "description": (_OWN_USE if own_use else _OPEN_USE) + (_GUARDED if form == "csv" else ""),
        "created": created,
        "kiemchung": {"own_use_only": own_use},
        "resources": [_resource(each, form) for each in written],
    }
    if homepage:
        package["homepage"] = homepage
    if not own_use:
        package["licenses"] = [
            {
                "name": "CC0-1.0",
                "path": "https://creativecommons.org/publicdomain/zero/1.0/",
                "title": "Notes, statuses",
            }
        ]
    return package


_OPEN_USE = (
    "Open data. Notes, statuses, requests and counts are CC0-1.0; each published check has its own licence in the"
    " column licence, and checks under non-commercial or unclear licences are left out."
)
_GUARDED = " A CSV cell that begins with = + - @ ' or a tab has one ' before it, so that no spreadsheet runs it."
_OWN_USE = (
    "FOR OWN USE ONLY, do not pass on: holds published checks under non-commercial or unclear licences; see the column"
    " licence of each."
)


def _resource(each: WrittenTable, form: str) -> dict[str, Any]:
    return {
        "name": each.table.name,
        "title": each.table.title,
        "path": each.path,
        "format": form,
        "mediatype": _MEDIA_TYPES[form],
        "encoding": "utf-8",
        "bytes": each.n_bytes,
        "hash": f"sha256:{each.sha256}",
        "rows": each.n_rows,
        "jsonSchema": f"{each.table.name}.schema.json",
        "schema": {
            "fields": [
                {
                    "name": column.name,
                    # lists are JSON text in CSV and Parquet
                    "type": {JSON: "any" if form == "ndjson" else "string"}.get(column.kind, column.kind),
                    "description": column.description,
                    "constraints": {"required": column.required},
                }
                for column in each.table.columns
            ],
            "primaryKey": list(each.table.key),
            "missingValues": [""],
        },
    }


def check_record(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row of `checks` as the flat record that `plain.read_row` reads."""
    rating = {
        "alternate_name": row.get("rating_name"),
        "rating_value": row.get("rating_value"),
        "best_rating": row.get("best_rating"),
        "worst_rating": row.get("worst_rating"),
        "explanation": row.get("rating_explanation"),
    }
    taken = ("claim", "verdict", "url", "publisher", "published", "modified", "language", "title", "explanation")
    more = ("claimant", "claim_date", "appearances", "corrections", "licence")
    return {name: row.get(name) for name in (*taken, *more)} | {"rating": rating}
