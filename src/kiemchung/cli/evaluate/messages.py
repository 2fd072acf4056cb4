"""`kiemchung evaluate messages`: how well it is decided which published checks answer a message."""

import json
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from kiemchung.cli.context import door
from kiemchung.cli.evaluate.files import judged, require_writable
from kiemchung.cli.evaluate.index import filled_index
from kiemchung.model import Decision

if TYPE_CHECKING:
    from kiemchung.lookup.evaluate import Asked
    from kiemchung.model import Match

Found = dict[str, list["Match"]]


def messages(
    context: typer.Context,
    records: Annotated[
        list[Path],
        typer.Option(help="Table (TSV): record_id, claim and, if any, explanation, title, lang. Repeatable."),
    ],
    messages: Annotated[Path, typer.Option(help="Table (TSV): message_id, text and, if known, lang, style.")],
    out: Annotated[Path, typer.Option(help="Write message_id, record_id, decision, score here (TSV, no header).")],
    qrels: Annotated[Path | None, typer.Option(help="Table (TSV): message_id, record_id, relevance.")] = None,
    related: Annotated[
        Path | None, typer.Option(help="Table (TSV): message_id, record_id, relation of records that are only near.")
    ] = None,
    index: Annotated[
        Path | None, typer.Option(help="Keep the index in this folder and use it again; else it is temporary.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Decide for each message which records match or are related; measure where it is known.

    Example: kiemchung evaluate messages --records records.tsv --messages messages.tsv --qrels qrels.tsv --out out.tsv
    """
    from kiemchung.claims.language import language  # with the models
    from kiemchung.commons.match_message import message_matches  # claims and lookup load here
    from kiemchung.lookup.evaluate import read_documents, read_qrels, read_queries  # with numpy

    require_writable(out)
    documents = read_documents(records, language)
    asked = read_queries(messages, language)
    with filled_index(door(context).settings(), documents, index) as filled:
        found = {each.query_id: message_matches(each.text, filled, filled.embedder) for each in asked}
    _write(out, found)
    report: dict[str, Any] = {"n_records": len(documents), "n_messages": len(asked)}
    report["decisions"] = {
        decision.value: sum(match.decision is decision for matches in found.values() for match in matches)
        for decision in Decision
    }
    if qrels:
        relevant = judged(qrels, [each.query_id for each in asked])
        near = read_qrels(related, relation=True) if related else {}
        languages = {document.doc_id: document.language for document in documents}
        report |= _figures(asked, found, relevant, near, languages)
    typer.echo(json.dumps(report) if as_json else _as_text(report))


def _write(path: Path, found: Found) -> None:
    with path.open("w", encoding="utf-8", newline="\n") as file:
        for message_id, matches in found.items():
            for match in matches:
                file.write(f"{message_id}\t{match.doc_id}\t{match.decision.value}\t{match.match_score:.6f}\n")


def _figures(
    asked: Sequence["Asked"],
    found: Found,
    relevant: dict[str, set[str]],
    near: dict[str, dict[str, str]],
    languages: dict[str, str],
) -> dict[str, Any]:
    from kiemchung.lookup.evaluate import pair_figures  # with numpy
    from kiemchung.lookup.prepare import prepare  # with the models

    by_id = {each.query_id: each for each in asked}
    said = {(m, match.doc_id) for m, ms in found.items() for match in ms if match.decision is Decision.MATCH}
    right = {(message, record) for message, records in relevant.items() for record in records}

    def figures(wanted: Any) -> dict[str, Any]:
        measured = pair_figures({p for p in said if wanted(p)}, {p for p in right if wanted(p)})
        return {"precision": measured.precision, "recall": measured.recall, "f1": measured.f1, "n": measured.n_relevant}

    def same_language(pair: tuple[str, str]) -> bool:
        return by_id[pair[0]].language == languages.get(pair[1])

    unmarked = {each.query_id for each in asked if prepare(each.text, each.language).restored}
    marked = {each.query_id for each in asked if each.language == "vi"} - unmarked
    report: dict[str, Any] = {
        "all": figures(lambda pair: True),
        "same_language": figures(same_language),
        "cross_language": figures(lambda pair: not same_language(pair)),
        "vi_marked": figures(lambda pair: pair[0] in marked),
        "vi_unmarked": figures(lambda pair: pair[0] in unmarked),
    }
    report["false_alarms"] = _false_alarms(asked, {message for message, _ in said}, relevant, near)
    return report


def _false_alarms(
    asked: Sequence["Asked"], alarmed: set[str], relevant: dict[str, set[str]], near: dict[str, dict[str, str]]
) -> dict[str, dict[str, float]]:
    """Of the messages without a matching record, the share that got one, by what the message is instead."""
    counted: dict[str, list[bool]] = defaultdict(list)
    for each in asked:
        if relevant.get(each.query_id):
            continue
        kinds = set(near.get(each.query_id, {}).values()) or {each.columns.get("kind") or "other"}
        for kind in ("all", *sorted(kinds)):
            counted[kind].append(each.query_id in alarmed)
    return {kind: {"rate": round(sum(said) / len(said), 4), "n": len(said)} for kind, said in sorted(counted.items())}


def _as_text(report: dict[str, Any]) -> str:
    lines = [f"{report['n_records']} records, {report['n_messages']} messages"]
    lines += [f"  {decision:<8} {count:>6}" for decision, count in report["decisions"].items()]
    if "all" not in report:
        return "\n".join(lines)
    lines += ["", f"{'pairs':<18}{'precision':>10}{'recall':>8}{'F1':>8}{'n':>7}"]
    for name in ("all", "same_language", "cross_language", "vi_marked", "vi_unmarked"):
        row = report[name]
        lines.append(f"{name:<18}{row['precision']:>10.3f}{row['recall']:>8.3f}{row['f1']:>8.3f}{row['n']:>7}")
    lines += ["", "messages without a matching record that got one"]
    lines += [f"  {kind:<18}{row['rate']:.3f} of {row['n']}" for kind, row in report["false_alarms"].items()]
    return "\n".join(lines)
