"""Export of many notes and statuses to Parquet: memory and time, beside a plain way that loads all rows at once.

    python -m benchmarks.export [--notes 1000000] [--postgres]

Each way runs in a process of its own, which reports its own peak of resident memory.
"""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from sqlalchemy import insert

from kiemchung.commons.clock import SystemClock
from kiemchung.commons.opening import Commons
from kiemchung.commons.settings import Settings
from kiemchung.store import open_contributions, open_store
from kiemchung.store.contributions_schema import notes, requests, scores, scoring_runs, status_changes

_BATCH = 20_000
_SOURCE = {
    "url": "https://so-lieu.example/bao-cao/2026/",
    "quote": "Theo số liệu đo được trong năm, con số này là 900 mét.",
    "published": "2026-01-02",
    "title": "Báo cáo đo đạc",
    "archive_url": "",
}


def main() -> None:
    """Fill a database, export it both ways, print what each took."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--notes", type=int, default=1_000_000)
    parser.add_argument("--postgres", action="store_true", help="Also over PostgreSQL, on a server of its own.")
    parser.add_argument("--run", nargs=3, metavar=("WAY", "DATABASE", "FOLDER"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.run:
        _run(*options.run)
        return
    with tempfile.TemporaryDirectory() as folder:
        _measure("SQLite", f"sqlite:///{folder}/checks.db", Path(folder), options.notes)
        if options.postgres:
            from tests.postgres import new_database, running_server  # the tests' own server

            with running_server() as server:
                _measure("PostgreSQL", new_database(server), Path(folder), options.notes)


def _measure(name: str, database: str, folder: Path, n_notes: int) -> None:
    began = time.perf_counter()
    _fill(database, n_notes)
    print(f"{name}: {n_notes:,} notes and statuses made in {time.perf_counter() - began:.0f} s", flush=True)
    for way in ("kiemchung", "all rows at once"):
        command = [sys.executable, "-m", "benchmarks.export", "--run", way, database, str(folder / way[:3])]
        done = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
        print(
            f"  {way:18} {done['rows']:,} rows, {done['mib']:,.0f} MiB at most, {done['cpu']:.1f} s of processor,"
            f" {done['seconds']:.1f} s",
            flush=True,
        )


def _fill(database: str, n_notes: int) -> None:
    open_store(database).close()
    contributions = open_contributions(database, lambda: "2026-11-28")
    engine = contributions._database.engine
    numbers = json.dumps({"note_intercept": 0.41, "side_low": 0.97, "side_high": 0.98})
    with engine.connect().execution_options(writes=True) as connection, connection.begin():
        connection.execute(
            insert(requests).values(
                request_id="r0", claim="Cầu Mẫu dài 900 mét", language="vi", day="2026-01-01", n_asked=3, answered=True
            )
        )
        connection.execute(
            insert(scoring_runs).values(
                run_id="run", finished_at="2026-11-01T00:00:00Z", version="1", config="0" * 64, input_root="0" * 64,
                result_root="0" * 64, n_notes=n_notes, n_ratings=0,
            )
        )  # fmt: skip
        for start in range(0, n_notes, _BATCH):
            ids = [f"{i * 2654435761 % 2**64:016x}" for i in range(start, min(n_notes, start + _BATCH))]
            connection.execute(
                insert(notes),
                [
                    {
                        "note_id": each, "request_id": "r0", "writer_key": each.encode() * 2, "day": "2026-02-01",
                        "state": "open", "content": _content(each), "n_ratings": 12,
                    }
                    for each in ids
                ],
            )  # fmt: skip
            held = {"run_id": "run", "rule": "both_sides"}
            more = {"status": "shown", "numbers": numbers, "since": "2026-11-01", "locked": False, "ever_decided": True}
            connection.execute(insert(scores), [{"note_id": each, **held, **more} for each in ids])
            change = {"before": None, "after": "shown", "at": "2026-11-01T00:00:00Z"}
            connection.execute(insert(status_changes), [{"note_id": each, **held, **change} for each in ids])
    contributions.close()


def _content(note_id: str) -> str:
    draft = {
        "misleading": True,
        "reasons": ["outdated"],
        "text": f"Con số {note_id} trong lời này đã cũ: số đo mới cho kết quả khác, xem nguồn bên dưới để so sánh.",
        "language": "vi",
        "sources": [_SOURCE, {**_SOURCE, "url": f"https://luu-tru.example/{note_id}"}],
    }
    return json.dumps(draft, ensure_ascii=False, sort_keys=True)


def _run(way: str, database: str, folder: str) -> None:
    settings = Settings(data_dir=Path(folder).parent, database_url=database)
    commons = Commons(settings, open_store(database), SystemClock())
    began, cpu = time.perf_counter(), time.process_time()
    rows = _streamed(commons, Path(folder)) if way == "kiemchung" else _at_once(commons, Path(folder))
    done = {
        "rows": rows,
        "mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "cpu": time.process_time() - cpu,
        "seconds": time.perf_counter() - began,
    }
    commons.close()
    print(json.dumps(done))


def _streamed(commons: Commons, folder: Path) -> int:
    from kiemchung.commons.export_tables import export_tables

    return sum(each.n_rows for each in export_tables(commons, folder, "parquet").tables)


def _at_once(commons: Commons, folder: Path) -> int:
    """The plain way: every row of every table as a list, then one Parquet table of each."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    from kiemchung.commons.export_tables import _Exporter

    folder.mkdir(exist_ok=True)
    total = 0
    with commons.contributions.public_records() as records:
        for table, rows in _Exporter(commons, records, own_use=False).tables():
            names = [column.name for column in table.columns]
            held = [dict(zip(names, row, strict=True)) for row in rows]
            total += len(held)
            if held:
                pq.write_table(pa.Table.from_pylist(held), folder / f"{table.name}.parquet", compression="zstd")
    return total


if __name__ == "__main__":
    main()
