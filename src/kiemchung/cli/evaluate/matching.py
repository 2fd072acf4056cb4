"""`kiemchung evaluate matching`: how well published claims are ranked for messages."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kiemchung.cli.context import door
from kiemchung.cli.evaluate.files import judged, require_writable
from kiemchung.cli.evaluate.index import filled_index

if TYPE_CHECKING:
    from kiemchung.lookup.evaluate import Qrels, Run
    from kiemchung.lookup.index import LookupIndex


def matching(
    context: typer.Context,
    claims: Annotated[
        list[Path], typer.Option(help="Table (TSV): claim_id, claim and, if any, title, explanation, lang. Repeatable.")
    ],
    queries: Annotated[Path, typer.Option(help="Table (TSV): query_id, text and, if known, lang.")],
    run: Annotated[Path, typer.Option(help="Write query_id, claim_id, score here, best first (TSV, no header).")],
    qrels: Annotated[Path | None, typer.Option(help="Table (TSV): query_id, claim_id, relevance.")] = None,
    same: Annotated[
        Path | None, typer.Option(help="Table (TSV): claim_id, group; claims of a group are one check.")
    ] = None,
    index: Annotated[
        Path | None, typer.Option(help="Keep the index in this folder and use it again; else it is temporary.")
    ] = None,
    depth: Annotated[int, typer.Option(min=10, max=1000, help="Claims written for each query.")] = 20,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Rank the claims for each query; measure the ranking where it is known which are right.

    Example: kiemchung evaluate matching --claims claims.tsv --queries queries.tsv --qrels qrels.tsv --run run.tsv
    """
    from kiemchung.claims.language import language  # with the models
    from kiemchung.lookup.evaluate import read_documents, read_queries, write_run  # with numpy

    require_writable(run)
    documents = read_documents(claims, language)
    asked = read_queries(queries, language)
    relevant = judged(qrels, [query.query_id for query in asked]) if qrels else {}
    with filled_index(door(context).settings(), documents, index) as filled:
        ranked = {query.query_id: _rank(filled, query.text, query.language, depth) for query in asked}
    write_run(run, ranked)
    report: dict[str, object] = {"n_claims": len(documents), "n_queries": len(asked)}
    if qrels:
        report |= _figures({query: dict(found) for query, found in ranked.items()}, relevant, same)
    typer.echo(json.dumps(report) if as_json else _as_text(report))


def _rank(index: "LookupIndex", text: str, language: str, depth: int) -> list[tuple[str, float]]:
    from kiemchung.lookup.lookup import rank  # with the models

    return rank(index, text, language, depth)


def _figures(run: "Run", qrels: "Qrels", same: Path | None) -> dict[str, object]:
    from kiemchung.lookup.evaluate import merge_same, ranking_figures, read_groups  # loads ir_measures

    report: dict[str, object] = {
        "n_judged": sum(bool(r) for r in qrels.values()),
        "figures": ranking_figures(run, qrels),
    }
    if same:
        report["same_merged"] = ranking_figures(*merge_same(run, qrels, read_groups(same)))
    return report


def _as_text(report: dict[str, object]) -> str:
    lines = [f"{report['n_claims']} claims, {report['n_queries']} queries"]
    if report.get("n_judged") == 0:
        return f"{lines[0]}; none has a relevant claim, so nothing is measured"
    for name, title in (("figures", "as published"), ("same_merged", "same claims merged")):
        figures = report.get(name)
        if isinstance(figures, dict):
            lines += ["", f"{title} ({report['n_judged']} queries with a relevant claim)"]
            lines += [f"  {measure:<10} {value:.3f}" for measure, value in figures.items()]
    return "\n".join(lines)
