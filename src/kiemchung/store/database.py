"""A database and its ways in: many readers, one writer that commits what waits for it together."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from queue import Empty, SimpleQueue
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError

from kiemchung.errors import StoreError

_T = TypeVar("_T")
#: Writes that one transaction takes in at most; keeps the wait of the last one short.
_MAX_GROUP = 128


class Database:
    """One engine. `write` waits for the disk; writes that come at the same time share one commit.

    A commit costs one wait for the disk, whatever it holds: fifty clients that rate at once pay for a few commits,
    not for fifty. Each write runs in a savepoint, so that one that fails takes nobody else's with it.
    """

    def __init__(self, engine: Engine, where: str, explain: Callable[[Exception, str], str]) -> None:
        """Use an engine whose schema is current; `where` names it in errors, which `explain` puts into words."""
        self.engine = engine
        self._where = where
        self._explain = explain
        self._waiting: SimpleQueue[tuple[Callable[[Connection], Any], Future[Any]] | None] = SimpleQueue()
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

    def write(self, change: Callable[[Connection], _T]) -> _T:
        """What change gives, once it is on the disk.

        Raises:
            StoreError: the database cannot be written.
        """
        future: Future[_T] = Future()
        with self._starting:
            if self._writer is None:
                self._writer = threading.Thread(target=self._write_groups, name="writer", daemon=True)
                self._writer.start()
            self._waiting.put((change, future))
        with self.errors():
            return future.result()

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
            raise StoreError(self._explain(error, self._where)) from error

    def _write_groups(self) -> None:
        while (first := self._waiting.get()) is not None:
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
                return

    def _write_group(self, group: list[tuple[Callable[[Connection], Any], Future[Any]]]) -> None:
        done: list[tuple[Future[Any], Any]] = []
        try:
            with self.engine.connect().execution_options(writes=True) as connection, connection.begin():
                for change, future in group:
                    try:
                        with connection.begin_nested():
                            done.append((future, change(connection)))
                    except Exception as error:  # handed to its caller; the others' writes go on
                        future.set_exception(error)
        except Exception as error:  # the commit itself failed: nothing of the group is stored
            for future in (f for _, f in group if not f.done()):
                future.set_exception(error)
            return
        for future, result in done:
            future.set_result(result)
