"""A scoring run in a process of its own, so that the server reads no rating and keeps its memory and its pace.

`run` starts it and waits; `main` is the process: it scores, publishes what changed, says what it did, and is gone.
The rater parameters live in a third process that this one starts, without a key in it (`score_worker`).
"""

import json
import os
import resource
import signal
import subprocess
import sys
from contextlib import suppress
from dataclasses import asdict, dataclass
from threading import Event

from kiemchung.commons.opening import Commons, open_commons
from kiemchung.commons.score_notes import RunReport, ScoringError, score_notes
from kiemchung.commons.settings import ENVIRONMENT_PREFIX, Settings, as_environment, load_settings
from kiemchung.errors import KiemchungError

#: Readers come first: a run takes what processor time they leave.
_NICE = 10
_TIMEOUT_SECONDS = 7200
_LOOK_SECONDS = 0.5


@dataclass(frozen=True, slots=True)
class Summary:
    """What a run did, in numbers that name nobody."""

    run_id: str
    n_notes: int
    n_ratings: int
    n_changes: int


def summarise(report: RunReport) -> Summary:
    """The numbers of a finished run."""
    return Summary(report.run.run_id, report.run.n_notes, report.run.n_ratings, len(report.changes))


def score_site(commons: Commons) -> RunReport:
    """Score, and publish what changed.

    Raises:
        ScoringError: the run failed; statuses stay as they were.
    """
    return score_notes(commons)


def run(settings: Settings, stop: Event) -> Summary | None:
    """Score in a process of its own; None where `stop` was set first, which ends the process and changes nothing.

    Raises:
        ScoringError: the run failed; statuses stay as they were.
    """
    ours = {key: value for key, value in os.environ.items() if not key.startswith(ENVIRONMENT_PREFIX)}
    process = subprocess.Popen(
        [sys.executable, "-m", "kiemchung.commons.score_process"],
        env={**ours, **as_environment(settings)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,  # so that the worker ends with it
    )
    for _ in range(int(_TIMEOUT_SECONDS / _LOOK_SECONDS)):
        try:
            said, trouble = process.communicate(timeout=_LOOK_SECONDS)
        except subprocess.TimeoutExpired:
            if stop.is_set():
                _end(process)
                return None
            continue
        if process.returncode:
            last = trouble.decode(errors="replace").strip().splitlines()[-1:] or ["no message"]
            raise ScoringError(last[0][:300])
        return Summary(**json.loads(said))
    _end(process)
    raise ScoringError(f"scoring took longer than {_TIMEOUT_SECONDS} s; statuses stay as they were")


def _end(process: "subprocess.Popen[bytes]") -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.communicate()


def main() -> None:
    """Score the site that the environment names."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    os.nice(_NICE)
    try:
        with open_commons(load_settings()) as commons:
            sys.stdout.write(json.dumps(asdict(summarise(score_site(commons)))))
    except KiemchungError as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(1)


if __name__ == "__main__":
    main()
