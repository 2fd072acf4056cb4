"""Run the application: no access log, no server header, no core dumps, one process."""

import gc
import resource
import signal
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from types import FrameType

import structlog
import uvicorn

from kiemchung import __version__
from kiemchung.commons.ask_for_note import index_requests
from kiemchung.commons.check import warm_up
from kiemchung.commons.cosignatures import listed_witnesses
from kiemchung.commons.desk_checks import share_all
from kiemchung.commons.log_agrees import check_log_agrees
from kiemchung.commons.opening import Commons
from kiemchung.commons.scoring_timer import ScoringTimer
from kiemchung.errors import SettingsError
from kiemchung.web.app import create_app
from kiemchung.web.logs import describe, log, set_up_logs
from kiemchung.web.patience import BoundedPatience
from kiemchung.web.render import compile_templates


def serve(commons: Commons, host: str, port: int, greet: Callable[[str], None]) -> None:
    """Answer requests until the process is told to stop.

    Args:
        greet: is handed the site's address once requests are taken.

    Raises:
        SettingsError: the address and port cannot be listened on.
        InputError: a witness's key in the settings is none.
        LookupIndexError: the lookup index cannot be read.
        StoreError: the database and the public log are not of one time.
    """
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a core dump would hold what readers pasted
    set_up_logs()
    listener = listen(host, port)
    shown_host, shown_port = listener.getsockname()[:2]
    app = create_app(commons)
    warm_up(commons)
    compile_templates()
    listed_witnesses(commons.settings)
    check_log_agrees(commons)
    index_requests(commons)  # opened here, not by two threads at once; and whole again after a crash or a restore
    if commons.settings.site_url:
        share_all(commons)
    searched = commons.store.summary()
    gc.freeze()  # what a server holds for good is not looked through, now and then, in the middle of an answer
    log("serving", host=shown_host, port=shown_port, version=__version__, n_reviews=searched["n_reviews"])
    greet(f"http://{f'[{shown_host}]' if ':' in shown_host else shown_host}:{shown_port}/")
    signal.signal(
        signal.SIGTERM, _leave
    )  # uvicorn sends itself the signal again at the end: then all is closed in order
    with _scoring(commons):
        uvicorn.Server(configure(app)).run(sockets=[listener])


def _leave(_signal: int, _frame: FrameType | None) -> None:
    sys.exit(0)


@contextmanager
def _scoring(commons: Commons) -> Iterator[None]:
    """Scores the site now and then; a run that is going on at the end is ended."""
    timer = ScoringTimer(
        commons,
        scored=lambda summary: log("scored", **asdict(summary)),
        failed=lambda error: structlog.get_logger().error("scoring failed", **describe(error)),
    )
    timer.start()
    try:
        yield
    finally:
        timer.stop()


def configure(app: object) -> uvicorn.Config:
    """uvicorn as G7 wants it. Behind a proxy nothing is read from its headers: no address is ever needed."""
    return uvicorn.Config(
        app,  # type: ignore[arg-type]
        http=BoundedPatience,
        access_log=False,
        server_header=False,
        date_header=True,
        proxy_headers=False,
        log_config=None,
        log_level="warning",
        timeout_keep_alive=5,
        timeout_graceful_shutdown=10,
        ws="none",
        lifespan="off",
        limit_concurrency=256,
    )


def listen(host: str, port: int) -> socket.socket:
    """A bound socket, before anything heavy is loaded."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # named as TCP, or asyncio leaves Nagle's algorithm on and every reply on a kept connection waits 40 ms
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except (OSError, OverflowError) as error:
        listener.close()
        raise SettingsError(
            f"cannot listen on {host} port {port} ({error}); choose another with --host and --port"
        ) from error
    listener.listen(128)
    return listener
