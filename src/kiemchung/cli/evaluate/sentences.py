"""`kiemchung evaluate sentences`: how well sentences are told apart."""

import json
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from kiemchung.cli.context import door
from kiemchung.cli.evaluate.files import require_writable
from kiemchung.errors import InputError
from kiemchung.model import ClaimLabel

if TYPE_CHECKING:
    from kiemchung.claims.checkworthy import SentenceLabel
    from kiemchung.claims.labelled import Sentence
    from kiemchung.claims.measure import LabelFigures


def sentences(
    context: typer.Context,
    sentences: Annotated[Path, typer.Option(help="Table (TSV): sentence_id, text and, if known, label.")],
    out: Annotated[Path | None, typer.Option(help="Write sentence_id, label, confidence here (TSV).")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Label each sentence: checkable (or fact), opinion, question, other; measure where labels are given.

    Example: kiemchung evaluate sentences --sentences sentences.tsv --out labels.tsv
    """
    from kiemchung.claims import label_sentences  # numpy and the models load here
    from kiemchung.claims.labelled import write_labels  # with the model
    from kiemchung.embed import open_embedder  # loads the embedding model

    if out is not None:
        require_writable(out)
    rows = _read(sentences)
    settings = door(context).settings()
    embedder = open_embedder(settings.embedder, settings.data_dir, settings.threads)
    told = label_sentences([row.text for row in rows], embedder)
    if out is not None:
        with out.open("w", encoding="utf-8", newline="\n") as file:
            write_labels(file, rows, told)
    report = _report(rows, told)
    typer.echo(json.dumps(report, ensure_ascii=False) if as_json else _as_text(report))


def _read(path: Path) -> list["Sentence"]:
    from kiemchung.claims import decode_text  # numpy loads with it
    from kiemchung.claims.labelled import read_sentences  # numpy loads with it

    try:
        lines = decode_text(path.read_bytes()).split("\n")  # splitlines() also parts at characters of a text
        return read_sentences((line.rstrip("\r") for line in lines), str(path))
    except OSError as error:
        raise InputError(f"cannot be read ({error.strerror}); give a table of sentences", where=str(path)) from error


def _report(rows: list["Sentence"], told: list["SentenceLabel"]) -> dict[str, Any]:
    """The figures as plain values; without true labels only how often each label was given."""
    from kiemchung.claims.measure import measure_labels  # with the model

    counted = Counter(found.label for found in told)
    report: dict[str, Any] = {
        "n_sentences": len(rows),
        "labels": {label.value: counted[label] for label in ClaimLabel},
    }
    labelled = [(row.label, found.label) for row, found in zip(rows, told, strict=True) if row.label is not None]
    if not labelled:
        return report
    true, said = zip(*labelled, strict=True)
    return report | {"n_labelled": len(labelled)} | _figures(measure_labels(true, said))


def _figures(measured: "LabelFigures") -> dict[str, Any]:
    return {
        "f1": {label.value: round(value, 4) for label, value in measured.f1.items()},
        "macro_f1": round(measured.macro_f1, 4),
        "opinions_called_checkable": measured.opinions_called_checkable,
        "confusion": {
            true.value: {told.value: measured.confusion.get((true, told), 0) for told in ClaimLabel}
            for true in ClaimLabel
        },
    }


def _as_text(report: dict[str, Any]) -> str:
    lines = [f"{report['n_sentences']} sentences"]
    lines += [f"  {label:<10} {count:>6}" for label, count in report["labels"].items()]
    if "f1" not in report:
        return "\n".join(lines)
    lines = [lines[0], "", f"F1 over {report['n_labelled']} labelled ones"]
    lines += [f"  {label:<10} {value:.3f}" for label, value in report["f1"].items()]
    lines += [f"  {'macro':<10} {report['macro_f1']:.3f}", ""]
    if report["opinions_called_checkable"] is not None:
        lines += [f"opinions called checkable: {report['opinions_called_checkable']:.3f}", ""]
    names = list(report["confusion"])
    lines.append("true \\ told " + "".join(f"{name:>11}" for name in names))
    lines += [
        f"{true:<12}" + "".join(f"{count:>11}" for count in told.values()) for true, told in report["confusion"].items()
    ]
    return "\n".join(lines)
