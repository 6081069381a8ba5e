"""Work spread over processes, its results in order, and nothing lost when a process dies.

Items are handed out in chunks. A worker that dies takes nothing with it: its chunk is tried again
in halves until the one item that kills is alone, and that item is reported. The pool of the
standard library gives up all its work instead (`BrokenProcessPool`). Workers are started one by one
as there is work for them; where the system has no room for another, there are fewer, and where it
has none at all the work is done in this process.
"""

import multiprocessing
import os
import pickle
import signal
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import chain, islice
from multiprocessing.connection import Connection, wait
from multiprocessing.reduction import ForkingPickler
from typing import Any, Generic, Literal, TypeVar

from charter_score.errors import shortage

T = TypeVar("T")
R = TypeVar("R")
StartMethod = Literal["fork", "spawn"]

FEWEST: dict[StartMethod, int] = {"fork": 64, "spawn": 2_500}
"""Items below which starting processes costs more than it gains; a fresh interpreter costs more."""
SMALLEST, LARGEST = 16, 250
"""Items in a chunk: small enough to spread, large enough that handing over is cheap."""
SECONDS_A_CHUNK = 0.25
AHEAD = 3
"""Chunks handed out or waiting in order, for each worker; more would hold memory for nothing."""
MOST_FOR_A_CORE, MOST_FOR_FEW_CORES = 2, 4
"""Workers beyond the cores gain where a disk is slow, and up to here only."""
MOST_WORKERS = 30
"""Windows waits for at most 63 things at once, and each worker is two of them."""


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


def cores() -> int:
    """The cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def worker_count(asked: int) -> int:
    """The workers to have where `asked` are wanted (0: one for each core); never more than help."""
    most = max(MOST_FOR_FEW_CORES, MOST_FOR_A_CORE * cores())
    return min(asked or cores(), most, MOST_WORKERS)


def start_method() -> StartMethod:
    """How workers begin: as a fork where that is safe, in a fresh interpreter elsewhere.

    A fork has everything loaded already. macOS has one too, but its own libraries break in it, as
    does whatever a second thread was holding.
    """
    safe = sys.platform == "linux" and hasattr(os, "fork") and threading.active_count() == 1
    return "fork" if safe else "spawn"


def in_order(
    work: Callable[[list[T]], R],
    items: Iterable[T],
    jobs: int,
    lost: Callable[[T], R],
) -> Iterator[R]:
    """The results of `work` over chunks of `items`, in their order.

    `lost` makes the result for an item that killed its worker. With one job, or few items, it all
    happens in this process. Where workers do not begin as a fork, `work`, the items and the results
    must be picklable.

    Raises:
        WorkerDefectError: where `work` raised in a worker.
    """
    stream = iter(items)
    method = start_method()
    fewest = FEWEST[method]
    first = list(islice(stream, fewest))
    everything = chain(first, stream)
    if jobs < 2 or len(first) < fewest:
        while chunk := list(islice(everything, FEWEST["fork"])):
            yield work(chunk)
        return
    pool = _Pool(work, lost, jobs, method)
    try:
        yield from pool.run(everything)
    finally:
        pool.stop()


@dataclass(slots=True)
class _Part(Generic[T, R]):
    """Some items of a chunk and, once done, their result.

    A part is suspect after a worker died over its items.
    """

    items: list[T]
    suspect: bool = False
    results: list[R] = field(default_factory=list)
    done: bool = False


@dataclass(slots=True)
class _Chunk(Generic[T, R]):
    """A chunk as it was handed out: one part, or more after a worker died over it."""

    parts: list[_Part[T, R]]

    @property
    def done(self) -> bool:
        return all(part.done for part in self.parts)


@dataclass(slots=True)
class _Worker(Generic[T, R]):
    """A worker process, and the part it is working on. It is ready once it has said so."""

    process: Any
    connection: Connection
    chunk: _Chunk[T, R] | None = None
    part: _Part[T, R] | None = None
    began: float = 0.0
    ready: bool = False


class _Pool(Generic[T, R]):
    """Workers, and the parts of chunks that wait for one."""

    def __init__(
        self,
        work: Callable[[list[T]], R],
        lost: Callable[[T], R],
        jobs: int,
        method: StartMethod,
    ) -> None:
        self._context: Any = multiprocessing.get_context(method)
        self._work = work
        self._lost = lost
        self._jobs = jobs
        self._most = jobs
        self._method = method
        # Pickled now: a renderer that `work` holds may later have a file open, which cannot be.
        self._sent = work if method == "fork" else bytes(ForkingPickler.dumps(work))
        self._each = FEWEST[method] // 2  # items for each worker that there should at least be
        self._taken = 0
        self._size = SMALLEST
        self._workers: list[_Worker[T, R]] = []
        self._waiting: deque[tuple[_Chunk[T, R], _Part[T, R]]] = deque()

    def run(self, items: Iterator[T]) -> Iterator[R]:
        """The results of all items, in order."""
        order: deque[_Chunk[T, R]] = deque()
        more = True
        while more or order:
            while True:
                if not self._waiting and more and len(order) < self._jobs * AHEAD:
                    taken = list(islice(items, self._size))
                    more = bool(taken)
                    if taken:
                        self._taken += len(taken)
                        order.append(_Chunk([_Part(taken)]))
                        self._waiting.append((order[-1], order[-1].parts[0]))
                if not self._waiting:
                    break
                worker = self._free()
                if worker is None and self._workers:
                    break  # all of them are busy
                chunk, part = self._waiting.popleft()
                if worker is None:
                    self._do_here(part)
                    break
                self._hand(worker, chunk, part)
            if order and not order[0].done:
                self._wait()
            while order and order[0].done:
                for part in order.popleft().parts:
                    yield from part.results

    def _free(self) -> _Worker[T, R] | None:
        """A worker without work; a new one where there are items enough for one more."""
        for worker in self._workers:
            if worker.part is None:
                return worker
        number = len(self._workers)
        if number >= self._most:
            return None
        if number and (number + 1) * self._each > max(self._taken, FEWEST[self._method]):
            return None
        try:
            worker = self._start()
        except (OSError, MemoryError):
            self._most = number  # no room for another: those that there are have to do
            return None
        self._workers.append(worker)
        return worker

    def _start(self) -> _Worker[T, R]:
        ours, theirs = self._context.Pipe()
        try:
            # A fork has the parent's ends of all connections too; anything else has not.
            inherited = [ours, *(worker.connection for worker in self._workers)]
            process = self._context.Process(
                target=_serve,
                args=(theirs, self._sent, inherited if self._method == "fork" else []),
                daemon=True,
            )
            # A signal that comes while a process begins would find our handlers in it, not its own.
            before = _block_signals()
            try:
                process.start()
            finally:
                _unblock_signals(before)
        except BaseException:
            ours.close()
            raise
        finally:
            theirs.close()
        return _Worker(process, ours)

    def _do_here(self, part: _Part[T, R]) -> None:
        """Do the work in this process, which has no worker left; what may kill it is given up."""
        if part.suspect:
            part.results.extend(map(self._lost, part.items))
        else:
            part.results.append(self._work(part.items))
        part.done = True

    def _hand(self, worker: _Worker[T, R], chunk: _Chunk[T, R], part: _Part[T, R]) -> None:
        worker.chunk, worker.part, worker.began = chunk, part, time.monotonic()
        try:
            worker.connection.send(part.items)
        except OSError:
            worker.ready = False  # it died idle: what it was about to get is not to blame
            self._died(worker)

    def _wait(self) -> None:
        """Take what the next workers have to say: a result, or their death."""
        busy = [worker for worker in self._workers if worker.part is not None]
        if not busy:
            return  # all of them died as they were handed something; waiting would never end
        ready = wait(
            [end for worker in busy for end in (worker.connection, worker.process.sentinel)]
        )
        for worker in busy:
            if worker.connection in ready:
                try:
                    answer = worker.connection.recv()
                except (EOFError, OSError):
                    self._died(worker)
                else:
                    self._took(worker, answer)
            elif worker.process.sentinel in ready:
                self._died(worker)

    def _took(self, worker: _Worker[T, R], answer: tuple[str, Any]) -> None:
        what, value = answer
        if what == "defect":
            raise WorkerDefectError(*value)
        if what == "ready":
            worker.ready = True
            worker.began = time.monotonic()  # what it took to begin says nothing of the work
            return
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
        """Take a dead worker out, and have what it was working on tried again.

        Where it died over nothing, or before it was ready, another would do no better: there are
        fewer from then on.
        """
        chunk, part = worker.chunk, worker.part
        self._workers.remove(worker)
        _end(worker)
        if chunk is None or part is None:
            return
        if not worker.ready:
            self._most = len(self._workers)
            self._waiting.appendleft((chunk, part))
            return
        if len(part.items) == 1:
            part.results.append(self._lost(part.items[0]))
            part.done = True
            return
        half = len(part.items) // 2
        halves = [
            _Part[T, R](items, suspect=True) for items in (part.items[:half], part.items[half:])
        ]
        at = chunk.parts.index(part)
        chunk.parts[at : at + 1] = halves
        self._waiting.extend((chunk, half) for half in halves)

    def stop(self) -> None:
        """End every worker, at work or not."""
        for worker in self._workers:
            worker.process.kill()
        for worker in self._workers:
            _end(worker)
        self._workers.clear()


def _end(worker: _Worker[Any, Any]) -> None:
    """See a worker end, and give back what it took of the system."""
    worker.process.kill()  # it may have lost its connection only, and join would wait
    worker.process.join()
    worker.process.close()
    worker.connection.close()


_OURS = frozenset([signal.SIGINT, signal.SIGTERM])
"""The signals that the parent answers."""


def _block_signals() -> Any:
    """Have our signals wait, where the system can; what was blocked before."""
    change = getattr(signal, "pthread_sigmask", None)
    return change and change(signal.SIG_BLOCK, _OURS)  # type: ignore[attr-defined,unused-ignore]


def _unblock_signals(before: Any) -> None:
    """Let the signals come that were not blocked before."""
    change = getattr(signal, "pthread_sigmask", None)
    if change:
        change(signal.SIG_SETMASK, before)  # type: ignore[attr-defined,unused-ignore]


def _serve(
    connection: Connection,
    sent: Callable[[list[Any]], Any] | bytes,
    inherited: Iterable[Connection],
) -> None:
    """A worker's life: chunks in, results out, until the parent ends it or is gone.

    `sent` is the work, pickled unless the worker is a fork.
    """
    # Ctrl-C goes to the whole group: the parent alone answers it and ends the workers.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    _unblock_signals(frozenset())
    # While a parent's end of a connection is open here, that connection does not break when the
    # parent is gone, and a worker would wait for ever to be read.
    for inherited_end in inherited:
        inherited_end.close()
    try:
        work = pickle.loads(sent) if isinstance(sent, bytes) else sent  # noqa: S301 - our own
        connection.send(("ready", None))
        with suppress(EOFError):
            while True:
                connection.send_bytes(_answer(work, connection.recv()))
    except Exception as fault:
        # The parent is gone, or the system has no room; the parent then sees that this one ended.
        if not isinstance(fault, OSError) and shortage(fault) is None:
            raise


def _answer(work: Callable[[list[Any]], Any], items: list[Any]) -> bytes:
    """The result of one piece of work, or the defect in it, ready to be sent."""
    try:
        return bytes(ForkingPickler.dumps(("result", work(items))))
    except Exception as defect:
        if shortage(defect) is not None:
            raise
        import traceback

        account = (traceback.format_exc(), what_and_where(defect))
        return bytes(ForkingPickler.dumps(("defect", account)))
