"""A database and its ways in: many readers, one writer that commits what waits for it together."""

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from queue import Empty, SimpleQueue
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError

from kiemchung.errors import StoreError

_T = TypeVar("_T")
#: Writes that one transaction takes in at most; keeps the wait of the last one short.
_MAX_GROUP = 128
#: The database is tidied when nothing was written for so long, and at least so often while it is written to.
_QUIET_SECONDS, _BUSY_SECONDS = 1.0, 10.0


class _Write(NamedTuple):
    change: Callable[[Connection], Any]
    future: Future[Any]
    tidy: bool
    kept: Callable[[], None]


class Database:
    """One engine. `write` waits for the disk; writes that come at the same time share one commit.

    A commit costs one wait for the disk, whatever it holds: fifty clients that rate at once pay for a few commits,
    not for fifty. Each write runs in a savepoint, so that one that fails takes nobody else's with it.

    Databases keep more than their rows: the order in which these came, and what was removed. `tidy` takes both away
    (G3, G15), a moment after something was written.
    """

    def __init__(
        self,
        engine: Engine,
        where: str,
        explain: Callable[[Exception, str], str],
        tidy: Callable[[Engine], bool] = lambda _: True,
    ) -> None:
        """Use an engine whose schema is current; `where` names it in errors, which `explain` puts into words.

        Args:
            tidy: says whether it was done; where readers were in its way it is tried again.
        """
        self.engine = engine
        self._tidy = tidy
        self._tidied = True
        self._tidied_at = time.monotonic()
        self._where = where
        self._explain = explain
        self._waiting: SimpleQueue[_Write | None] = SimpleQueue()
        self._writer: threading.Thread | None = None
        self._starting = threading.Lock()

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A connection that sees one state of the database.

        Raises:
            StoreError: the database cannot be read.
        """
        with self.errors(), self.engine.connect() as connection, connection.begin():
            yield connection

    def write(
        self, change: Callable[[Connection], _T], *, tidy: bool = False, kept: Callable[[], None] = lambda: None
    ) -> _T:
        """What change gives, once it is on the disk.

        Args:
            tidy: something is removed that must be gone from the files when this returns.
            kept: called once it is on the disk, before anybody learns of it.

        Raises:
            StoreError: the database cannot be written.
        """
        return self.submit(change, tidy=tidy, kept=kept).result()

    def submit(
        self, change: Callable[[Connection], _T], *, tidy: bool = False, kept: Callable[[], None] = lambda: None
    ) -> Future[_T]:
        """As `write`, without waiting: whoever serves many at once need not hold a thread for each."""
        future: Future[_T] = Future()
        with self._starting:
            if self._writer is None:
                self._writer = threading.Thread(target=self._write_groups, name="writer", daemon=True)
                self._writer.start()
            self._waiting.put(_Write(change, future, tidy, kept))
        return future

    def close(self) -> None:
        """Let the writer finish and give the files back."""
        with self._starting:
            if self._writer is not None:
                self._waiting.put(None)
                self._writer.join()
                self._writer = None
        self.engine.dispose()

    @contextmanager
    def errors(self) -> Iterator[None]:
        """Turn the driver's errors into ours."""
        try:
            yield
        except DBAPIError as error:
            raise self._told(error) from error

    def _told(self, error: Exception) -> Exception:
        """An error of the driver as one of ours; others as they are."""
        if not isinstance(error, DBAPIError):
            return error
        told = StoreError(self._explain(error, self._where))
        told.__cause__ = error
        return told

    def _write_groups(self) -> None:
        while True:
            try:
                first = self._waiting.get(timeout=None if self._tidied else _QUIET_SECONDS)
            except Empty:
                self._try_to_tidy()
                continue
            if first is None:
                break
            group, ends = [first], False
            while len(group) < _MAX_GROUP and not ends:
                try:
                    following = self._waiting.get_nowait()
                except Empty:
                    break
                if following is None:
                    ends = True
                else:
                    group.append(following)
            self._write_group(group)
            if ends:
                break
            if time.monotonic() - self._tidied_at > _BUSY_SECONDS:
                self._try_to_tidy()
        self._try_to_tidy()

    def _try_to_tidy(self) -> None:
        try:
            self._tidied = self._tidy(self.engine)
        except Exception:  # the writer lives on: it is tried again, and what was written is safe
            self._tidied = False
        self._tidied_at = time.monotonic()

    def _write_group(self, group: "list[_Write]") -> None:
        self._tidied = False
        group = [write for write in group if write.future.set_running_or_notify_cancel()]
        done: list[tuple[_Write, Any]] = []
        try:
            with self.engine.connect().execution_options(writes=True) as connection, connection.begin():
                for write in group:
                    try:
                        with connection.begin_nested():
                            done.append((write, write.change(connection)))
                    except Exception as error:  # handed to its caller; the others' writes go on
                        write.future.set_exception(self._told(error))
        except Exception as error:  # the commit itself failed: nothing of the group is stored
            for write in group:
                if not write.future.done():
                    write.future.set_exception(self._told(error))
            return
        for write, _ in done:
            write.kept()
        if any(write.tidy for write in group):
            self._try_to_tidy()
        for write, result in done:
            write.future.set_result(result)
