"""Work spread over processes, its results in order, and nothing lost when a process dies.

Items are handed out in chunks. A worker that dies takes nothing with it: its chunk is tried again
in halves until the one item that kills is alone, and that item is reported. The pool of the
standard library gives up all its work instead (`BrokenProcessPool`).
"""

import multiprocessing
import os
import signal
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import chain, islice
from multiprocessing.connection import Connection, wait
from multiprocessing.reduction import ForkingPickler
from typing import Any, Generic, TypeVar

T = TypeVar("T")
R = TypeVar("R")

FEWEST = 64
"""Items below which starting processes costs more than it gains."""
SMALLEST, LARGEST = 16, 250
"""Items in a chunk: small enough to spread, large enough that handing over is cheap."""
SECONDS_A_CHUNK = 0.25
AHEAD = 3
"""Chunks handed out or waiting in order, for each worker; more would hold memory for nothing."""


class WorkerDefectError(RuntimeError):
    """The work itself raised, which it never should; carries the worker's traceback.

    `told` is the defect in one line, as `what_and_where` gives it.
    """

    def __init__(self, traceback: str, told: str) -> None:
        super().__init__(traceback)
        self.told = told


def what_and_where(defect: BaseException) -> str:
    """The type of an exception and the file and line that raised it; nothing of its message."""
    where = defect.__traceback__
    while where is not None and where.tb_next is not None:
        where = where.tb_next
    if where is None:
        return f"{type(defect).__name__} at ?"
    file = os.path.basename(where.tb_frame.f_code.co_filename)
    return f"{type(defect).__name__} at {file}:{where.tb_lineno}"


def default_jobs() -> int:
    """The cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def in_order(
    work: Callable[[list[T]], R],
    items: Iterable[T],
    jobs: int,
    lost: Callable[[T], R],
) -> Iterator[R]:
    """The results of `work` over chunks of `items`, in their order.

    `lost` makes the result for an item that killed its worker. With one job, or few items, it all
    happens in this process.

    Raises:
        WorkerDefectError: where `work` raised in a worker.
    """
    stream = iter(items)
    first = list(islice(stream, FEWEST))
    if jobs < 2 or len(first) < FEWEST:
        everything = chain(first, stream)
        while chunk := list(islice(everything, FEWEST)):
            yield work(chunk)
        return
    pool = _Pool(work, lost, jobs)
    try:
        yield from pool.run(chain(first, stream))
    finally:
        pool.stop()


@dataclass(slots=True)
class _Part(Generic[T, R]):
    """Some items of a chunk and, once done, their result."""

    items: list[T]
    results: list[R] = field(default_factory=list)
    done: bool = False
    returned: bool = False


@dataclass(slots=True)
class _Chunk(Generic[T, R]):
    """A chunk as it was handed out: one part, or more after a worker died over it."""

    parts: list[_Part[T, R]]

    @property
    def done(self) -> bool:
        return all(part.done for part in self.parts)


@dataclass(slots=True)
class _Worker(Generic[T, R]):
    process: Any
    connection: Connection
    chunk: _Chunk[T, R] | None = None
    part: _Part[T, R] | None = None
    began: float = 0.0


class _Pool(Generic[T, R]):
    def __init__(self, work: Callable[[list[T]], R], lost: Callable[[T], R], jobs: int) -> None:
        methods = multiprocessing.get_all_start_methods()
        # A fork has everything loaded already; nothing here has threads that it could break.
        self._context: Any = multiprocessing.get_context("fork" if "fork" in methods else "spawn")
        self._work = work
        self._lost = lost
        self._jobs = jobs
        self._size = SMALLEST
        self._workers: list[_Worker[T, R]] = []
        self._again: deque[tuple[_Chunk[T, R], _Part[T, R]]] = deque()

    def run(self, items: Iterator[T]) -> Iterator[R]:
        order: deque[_Chunk[T, R]] = deque()
        more = True
        while more or order:
            for worker in self._idle():
                if self._again:
                    self._hand(worker, *self._again.popleft())
                elif more and len(order) < self._jobs * AHEAD:
                    taken = list(islice(items, self._size))
                    if not taken:
                        more = False
                        break
                    chunk: _Chunk[T, R] = _Chunk([_Part(taken)])
                    order.append(chunk)
                    self._hand(worker, chunk, chunk.parts[0])
            if order and not order[0].done:
                self._wait()
            while order and order[0].done:
                for part in order.popleft().parts:
                    yield from part.results

    def _idle(self) -> list[_Worker[T, R]]:
        for worker in [one for one in self._workers if one.part is None]:
            if not worker.process.is_alive():
                self._died(worker)
        while len(self._workers) < self._jobs:
            self._workers.append(self._start())
        return [worker for worker in self._workers if worker.part is None]

    def _start(self) -> _Worker[T, R]:
        ours, theirs = self._context.Pipe()
        process = self._context.Process(
            target=_serve,
            args=(theirs, self._work, [ours, *(worker.connection for worker in self._workers)]),
            daemon=True,
        )
        # A signal that comes while a process begins would find our handlers in it, not its own.
        before = signal.pthread_sigmask(signal.SIG_BLOCK, _OURS)
        try:
            process.start()
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)
        theirs.close()
        return _Worker(process, ours)

    def _hand(self, worker: _Worker[T, R], chunk: _Chunk[T, R], part: _Part[T, R]) -> None:
        worker.chunk, worker.part, worker.began = chunk, part, time.monotonic()
        try:
            worker.connection.send(part.items)
        except OSError:
            if not part.returned:
                # It died idle, so what it was about to get is not to blame; once, since workers
                # that die as soon as they begin would go on for ever.
                part.returned = True
                worker.chunk = worker.part = None
                self._again.appendleft((chunk, part))
            self._died(worker)

    def _wait(self) -> None:
        """Take what the next workers have to say: a result, or their death."""
        busy = [worker for worker in self._workers if worker.part is not None]
        if not busy:
            return  # all of them died as they were handed something; waiting would never end
        ready = wait([one for w in busy for one in (w.connection, w.process.sentinel)])
        for worker in busy:
            if worker.connection in ready:
                try:
                    said = worker.connection.recv()
                except (EOFError, OSError):
                    self._died(worker)
                else:
                    self._took(worker, said)
            elif worker.process.sentinel in ready:
                self._died(worker)

    def _took(self, worker: _Worker[T, R], said: tuple[str, Any]) -> None:
        what, value = said
        if what == "defect":
            raise WorkerDefectError(*value)
        part = worker.part
        if part is None:
            return
        part.results.append(value)
        part.done = True
        took = max(time.monotonic() - worker.began, 1e-6)
        wanted = int(len(part.items) * SECONDS_A_CHUNK / took)
        self._size = max(SMALLEST, min(LARGEST, wanted, self._size * 2))
        worker.chunk = worker.part = None

    def _died(self, worker: _Worker[T, R]) -> None:
        """Replace a dead worker, and split what it was working on."""
        chunk, part = worker.chunk, worker.part
        worker.process.kill()  # it may have lost its connection only, and join would wait
        worker.process.join()
        worker.connection.close()
        self._workers.remove(worker)
        if chunk is None or part is None:
            return
        if len(part.items) == 1:
            part.results.append(self._lost(part.items[0]))
            part.done = True
            return
        half = len(part.items) // 2
        halves = [_Part[T, R](part.items[:half]), _Part[T, R](part.items[half:])]
        at = chunk.parts.index(part)
        chunk.parts[at : at + 1] = halves
        self._again.extend((chunk, one) for one in halves)

    def stop(self) -> None:
        """End every worker, at work or not."""
        for worker in self._workers:
            worker.process.kill()
        for worker in self._workers:
            worker.process.join()
            worker.connection.close()
        self._workers.clear()


_OURS = frozenset([signal.SIGINT, signal.SIGTERM])
"""The signals that the parent answers."""


def _serve(
    connection: Connection, work: Callable[[list[Any]], Any], inherited: Iterable[Connection]
) -> None:
    """A worker's life: chunks in, results out, until the parent ends it or is gone."""
    # Ctrl-C goes to the whole group: the parent alone answers it and ends the workers.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, _OURS)
    # The parent's ends of all connections came along. While one is open here, its connection does
    # not break when the parent is gone, and a worker would wait for ever to be read.
    for one in inherited:
        one.close()
    with suppress(EOFError, OSError):
        while True:
            connection.send_bytes(_answer(work, connection.recv()))


def _answer(work: Callable[[list[Any]], Any], items: list[Any]) -> bytes:
    """The result of one piece of work, or the defect in it, ready to be sent."""
    try:
        return bytes(ForkingPickler.dumps(("result", work(items))))
    except Exception as defect:  # noqa: BLE001 - the parent reports it as the defect it is
        import traceback

        told = (traceback.format_exc(), what_and_where(defect))
        return bytes(ForkingPickler.dumps(("defect", told)))
