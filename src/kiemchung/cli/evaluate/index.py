"""The lookup index of an evaluation: temporary, or kept in a folder of its own."""

import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kiemchung.commons.settings import Settings
    from kiemchung.lookup.index import Document, LookupIndex


@contextmanager
def filled_index(settings: "Settings", documents: Sequence["Document"], folder: Path | None) -> Iterator["LookupIndex"]:
    """An index that holds exactly these documents; texts that `folder` knows already are not embedded again."""
    from kiemchung.embed import open_embedder  # loads the embedding model
    from kiemchung.lookup.evaluate import fill  # numpy and tantivy load here
    from kiemchung.lookup.index import LookupIndex  # the same

    embedder = open_embedder(settings.embedder, settings.data_dir, settings.threads)
    with tempfile.TemporaryDirectory(prefix="kiemchung-") as temporary:
        place = folder or Path(temporary) / "index"
        with LookupIndex.open(place, embedder, create=True) as index, _progress(len(documents)) as report:
            fill(index, documents, report)
            yield index


@contextmanager
def _progress(total: int) -> Iterator[Callable[[int], None]]:
    from rich.console import Console  # only where something is shown
    from rich.progress import Progress  # the same

    console = Console(stderr=True)
    with Progress(console=console, disable=not sys.stderr.isatty(), transient=True) as bar:
        task = bar.add_task("embedding", total=total)
        yield lambda done: bar.update(task, completed=done)
