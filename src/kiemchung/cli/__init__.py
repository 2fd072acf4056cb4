"""Commands: parse, call commons, print. Each command has a module; `app` lists them."""

import gc
import os
import sys

from kiemchung.errors import KiemchungError

#: Exit codes by error code; documented in docs/cli.md. 1 is kept for our own mistakes (a traceback).
EXIT_CODES = {
    "bad_input": 2,
    "bad_setting": 2,
    "bad_draft": 2,
    "not_allowed": 2,
    "fetch_failed": 3,
    "store_failed": 4,
    "index_failed": 4,
    "busy": 4,
    "missing_part": 5,
    "scoring_failed": 6,
    "log_forked": 7,
}


def main() -> None:
    """Run the command line; errors that are meant for the user become one line and an exit code."""
    # NumPy's library reads it when it loads. We share work out ourselves, and its threads would spin beside ours: a
    # message took 30 ms more by the clock and 70 more of processor (docs/decisions/0064).
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    gc.set_threshold(50_000)  # loading makes half a million objects that stay; to search them takes a quarter of it
    from kiemchung.cli.app import app  # typer and rich load here, so that importing kiemchung stays light

    try:
        app()
    except KiemchungError as error:
        sys.stderr.write(f"kiemchung: {error}\n")
        sys.exit(EXIT_CODES.get(error.code, 1))
    finally:
        gc.freeze()  # nor need they be searched on the way out, which takes half a second after `score`
