"""Worker processes: as many as help, started as they are needed, fewer where there is no room."""

import errno
import os
import threading
from collections.abc import Callable
from typing import Any

import pytest

from charter_score import workers
from charter_score.workers import StartMethod, WorkerDefectError, in_order, worker_count

ITEMS = 300
METHODS: tuple[StartMethod, ...] = ("fork", "spawn")


def same(items: list[int]) -> list[tuple[int, int]]:
    """Each item with the process that had it."""
    return [(item, os.getpid()) for item in items]


def lost(item: int) -> list[tuple[int, int]]:
    """What is told of an item that killed."""
    return [(item, -1)]


def deadly(items: list[int]) -> list[tuple[int, int]]:
    """Ends its process over item 100."""
    if 100 in items:
        os._exit(9)
    return same(items)


def starving(items: list[int]) -> list[tuple[int, int]]:
    """Finds no memory for item 100."""
    if 100 in items:
        raise MemoryError
    return same(items)


def defective(items: list[int]) -> list[tuple[int, int]]:
    """Raises over item 100."""
    if 100 in items:
        raise LookupError
    return same(items)


@pytest.fixture(params=METHODS)
def method(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> StartMethod:
    """How workers begin here; a spawned one is made to be worth its price.

    Chunks stay small, so that few processes die until one item of a chunk is found to blame.
    """
    chosen: StartMethod = request.param
    if chosen not in workers.multiprocessing.get_all_start_methods():
        pytest.skip("Windows starts processes by `spawn` alone, which is tried there")
    monkeypatch.setattr(workers, "start_method", lambda: chosen)
    monkeypatch.setitem(workers.FEWEST, "spawn", workers.FEWEST["fork"])
    monkeypatch.setattr(workers, "SMALLEST", 8)
    monkeypatch.setattr(workers, "LARGEST", 8)
    return chosen


def run(
    work: Callable[[list[int]], list[tuple[int, int]]], jobs: int = 2, number: int = ITEMS
) -> tuple[list[int], set[int]]:
    """The items as they came back, in order, and the processes that had them."""
    told = [one for part in in_order(work, range(number), jobs, lost) for one in part]
    return [item for item, _ in told], {process for _, process in told}


def refuse(monkeypatch: pytest.MonkeyPatch, method: StartMethod, after: int, fault: Any) -> None:
    """Let a number of processes begin, and no more."""
    context = workers.multiprocessing.get_context(method)
    process: Any = context.Process  # type: ignore[attr-defined]
    plain, begun = process.start, []

    def start(self: Any) -> None:
        if len(begun) >= after:
            raise fault
        begun.append(self)
        plain(self)

    monkeypatch.setattr(process, "start", start)


@pytest.mark.usefixtures("method")
def test_results_come_in_order_from_other_processes() -> None:
    """Every item once, in order, and none of the work done here."""
    items, processes = run(same)
    assert items == list(range(ITEMS))
    assert os.getpid() not in processes
    assert 1 <= len(processes) <= 2


@pytest.mark.usefixtures("method")
def test_an_item_that_kills_is_lost_alone() -> None:
    """The others of its chunk are done, in their places."""
    told = [one for part in in_order(deadly, range(ITEMS), 2, lost) for one in part]
    assert [item for item, _ in told] == list(range(ITEMS))
    assert [item for item, process in told if process == -1] == [100]


@pytest.mark.usefixtures("method")
def test_an_item_without_memory_is_lost_alone() -> None:
    """A worker that finds no memory ends quietly: its chunk is halved, no defect is told."""
    told = [one for part in in_order(starving, range(ITEMS), 2, lost) for one in part]
    assert [item for item, process in told if process == -1] == [100]


@pytest.mark.usefixtures("method")
def test_a_defect_is_told() -> None:
    """An exception in a worker is raised here, with where it was."""
    with pytest.raises(WorkerDefectError) as caught:
        run(defective)
    assert caught.value.told.startswith("LookupError at test_workers.py:")


# ── As many as help ───────────────────────────────────────────────────────────────────────────────


def started(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """A list that grows by one for every worker that is started."""
    begun: list[int] = []
    start = workers._Pool._start

    def counted(pool: Any) -> Any:
        begun.append(1)
        return start(pool)

    monkeypatch.setattr(workers._Pool, "_start", counted)
    return begun


@pytest.mark.parametrize(("number", "most"), [(64, 2), (70, 2), (95, 2), (96, 3), (200, 6)])
def test_workers_start_as_they_are_needed(
    number: int, most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However many are allowed, a few items start few: one for every 32."""
    begun = started(monkeypatch)
    items, _ = run(same, 30, number)
    assert items == list(range(number))
    assert 1 <= len(begun) <= most


@pytest.mark.parametrize(
    ("asked", "has", "given"),
    [
        (0, 1, 1),
        (0, 8, 8),
        (0, 128, 30),
        (1, 8, 1),
        (2, 1, 2),
        (3, 2, 3),
        (10_000, 1, 4),
        (10_000, 2, 4),
        (10_000, 8, 16),
        (10_000, 128, 30),
    ],
)
def test_no_more_workers_than_help(
    asked: int, has: int, given: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Twice the cores, four at least, thirty at most; one for each core where none are named."""
    monkeypatch.setattr(workers, "cores", lambda: has)
    assert worker_count(asked) == given


def test_cores_without_affinity(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a system does not say which cores a process may use, all count, and one at least."""
    monkeypatch.delattr(os, "sched_getaffinity", raising=False)
    monkeypatch.setattr(os, "cpu_count", lambda: 6)
    assert workers.cores() == 6
    monkeypatch.setattr(os, "cpu_count", lambda: None)
    assert workers.cores() == 1


def test_a_fork_only_where_it_is_safe(monkeypatch: pytest.MonkeyPatch) -> None:
    """On Linux, from one thread; in a fresh interpreter everywhere else."""
    monkeypatch.setattr(workers.sys, "platform", "linux")
    monkeypatch.setattr(os, "fork", lambda: 0, raising=False)
    assert workers.start_method() == "fork"
    let_go = threading.Event()
    thread = threading.Thread(target=let_go.wait)
    thread.start()
    assert workers.start_method() == "spawn"
    let_go.set()
    thread.join()
    for system in ("darwin", "win32"):
        monkeypatch.setattr(workers.sys, "platform", system)
        assert workers.start_method() == "spawn"
    monkeypatch.setattr(workers.sys, "platform", "linux")
    monkeypatch.delattr(os, "fork")
    assert workers.start_method() == "spawn"


# ── No room ───────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "fault",
    [
        OSError(errno.EAGAIN, os.strerror(errno.EAGAIN)),
        OSError(errno.ENOMEM, os.strerror(errno.ENOMEM)),
        OSError(errno.EMFILE, os.strerror(errno.EMFILE)),
        MemoryError(),
    ],
    ids=str,
)
@pytest.mark.parametrize("after", [0, 1])
def test_where_no_process_can_begin(
    after: int, fault: BaseException, method: StartMethod, monkeypatch: pytest.MonkeyPatch
) -> None:
    """There are fewer workers, or it is all done here; nothing is lost and nothing raised."""
    refuse(monkeypatch, method, after, fault)
    items, processes = run(same, 4)
    assert items == list(range(ITEMS))
    assert len(processes) == 1
    assert (os.getpid() in processes) is (after == 0)


@pytest.mark.usefixtures("method")
def test_where_no_pipe_can_be_made(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a handle for a connection the work is done here."""
    monkeypatch.setattr(
        workers._Pool,
        "_start",
        lambda _: (_ for _ in ()).throw(OSError(errno.EMFILE, "too many open files")),
    )
    assert run(same) == (list(range(ITEMS)), {os.getpid()})


def test_what_killed_is_not_tried_here(
    method: StartMethod, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where a worker died and none can follow, its items are given up, and the rest done here."""
    refuse(monkeypatch, method, 1, OSError(errno.EAGAIN, "no more"))
    told = [one for part in in_order(deadly, range(ITEMS), 4, lost) for one in part]
    assert [item for item, _ in told] == list(range(ITEMS))
    given_up = [item for item, process in told if process == -1]
    assert 100 in given_up
    assert len(given_up) <= workers.LARGEST
    assert told[-1] == (ITEMS - 1, os.getpid())


@pytest.mark.usefixtures("method")
def test_workers_that_never_are_ready(monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker that dies before it is ready is no item's fault: the work is done here."""
    monkeypatch.setattr(workers, "_serve", never_ready)
    items, processes = run(same)
    assert items == list(range(ITEMS))
    assert processes == {os.getpid()}


def never_ready(*_: Any) -> None:
    """A worker's life that ends as it begins."""
    os._exit(1)
