"""What the server writes to its log: our own events with named fields; of other libraries' records only the place.

An allow-list, because a deny-list forgets: a field that is not named here does not pass, whatever it is called.
Exceptions are logged by type and place, never by message, since a message may quote what was sent (G6, G7).
"""

import logging
import sys
from types import TracebackType
from typing import Any, TextIO

import structlog
from structlog.types import EventDict, Processor, WrappedLogger

#: Fields that may stand in a log line. None of them can hold anything that a reader sent.
ALLOWED = frozenset(
    {
        "event",
        "level",
        "timestamp",
        "host",
        "port",
        "n_reviews",
        "n_publishers",
        "as_of",
        "version",
        "error",
        "place",
        "logger",
        "pid",
        "route",
        "run_id",
        "n_notes",
        "n_ratings",
        "n_changes",
    }
)


def only_allowed(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """The event with nothing but allowed fields."""
    return {key: value for key, value in event.items() if key in ALLOWED}


def describe(error: BaseException) -> dict[str, str]:
    """The type of an exception and the innermost place in our code or a library's, without its message."""
    return {"error": type(error).__name__, "place": _place(error.__traceback__)}


def _place(trace: TracebackType | None) -> str:
    place = ""
    while trace is not None:
        code = trace.tb_frame.f_code
        module = trace.tb_frame.f_globals.get("__name__", "?")
        place = f"{module}.{code.co_name}:{trace.tb_lineno}"
        trace = trace.tb_next
    return place


class _ForeignHandler(logging.Handler):
    """Passes on of a library's record its logger, level and exception type; its message may hold anything."""

    def emit(self, record: logging.LogRecord) -> None:
        fields: dict[str, str] = {"logger": record.name, "place": f"{record.module}.{record.funcName}:{record.lineno}"}
        if record.exc_info and record.exc_info[1] is not None:
            fields |= describe(record.exc_info[1])
        structlog.get_logger().log(record.levelno, "library message withheld", **fields)


def set_up_logs(stream: TextIO | None = None) -> None:
    """Send our events and the warnings of libraries to a stream (standard error) as JSON lines."""
    processors: list[Processor] = [
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        only_allowed,
        structlog.processors.JSONRenderer(ensure_ascii=False),
    ]
    structlog.configure(
        processors=processors,
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(stream or sys.stderr),
        cache_logger_on_first_use=False,
    )
    root = logging.getLogger()
    root.handlers[:] = [_ForeignHandler(level=logging.WARNING)]
    root.setLevel(logging.WARNING)


def log(event: str, **fields: Any) -> None:
    """Write one event of ours."""
    structlog.get_logger().info(event, **fields)


def log_failure(error: BaseException, route: str) -> None:
    """Write that a request failed by our own mistake; route is the pattern, such as `/vi/check`, not the address."""
    structlog.get_logger().error("request failed", route=route, **describe(error))
