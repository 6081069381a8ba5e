"""Faults: disks that fail, workers that die, signals, readers that go away.

Whatever happens, an old output stays as it was or is replaced by a whole one, no temporary file is
left, no process stays behind, and nothing waits for ever.
"""

import errno
import io
import json
import multiprocessing
import os
import re
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import needs
from charter_score import workers, writing
from charter_score.outcome import LeftOut, Outcome
from charter_score.pipeline import Scoring
from charter_score.source import files
from charter_score.source.files import Input
from effort import some
from programs import Run

pytestmark = needs.FORKS

ROOT = Path(__file__).resolve().parents[2]
GOOD = (ROOT / "examples" / "plymouth" / "strong.yaml").read_text(encoding="utf-8")
GOOD = re.sub("(?m)^reviewer: .*$", "", GOOD)  # or all would be of one contact by one person
MANY = 100
"""Reviews in the folder: enough for more than one process and several chunks."""
SECONDS = 60
"""What a run may take before it counts as hanging."""
OLD = b'{"an": "older result"}'


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder with `reviews/000.yaml` and on, each named by its file; a hang is a failure."""
    folder = tmp_path / "here"
    (folder / "reviews").mkdir(parents=True)
    nameless = re.sub(r"^id: .*\n", "", GOOD, flags=re.M)
    for n in range(MANY):
        (folder / "reviews" / f"{n:03}.yaml").write_text(nameless, encoding="utf-8")
    monkeypatch.chdir(folder)
    for name in ("CHARTER_SCORE_OUTPUT_FORMAT", "GITHUB_STEP_SUMMARY"):
        monkeypatch.delenv(name, raising=False)
    # What a test changes in this process is changed in a fork too, and in nothing else.
    monkeypatch.setattr(workers, "start_method", lambda: "fork")
    before = signal.signal(signal.SIGALRM, _too_long)
    signal.alarm(SECONDS)
    yield folder
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)
    assert not multiprocessing.active_children(), "a worker was left behind"


def _too_long(*_: object) -> None:
    raise TimeoutError


def paths(*numbers: int) -> list[str]:
    return [f"reviews/{n:03}.yaml" for n in numbers]


def scored_and_failed(text: str) -> tuple[list[str], dict[str, str]]:
    """The paths that were scored, and the code of each that was not, from JSON."""
    found = json.loads(text)
    failed = {one["path"]: one["diagnostics"][0]["code"] for one in found["failures"]}
    return [one["review"]["path"] for one in found["results"]], failed


# Writing


class Broken(io.BytesIO):
    """A file whose writing fails at once, or only when it is flushed."""

    def __init__(self, descriptor: int, *, at_once: bool) -> None:
        super().__init__()
        self.descriptor = descriptor
        self.at_once = at_once

    def write(self, data: Any) -> int:
        """Take it, or not."""
        return self._no() if self.at_once else super().write(data)

    def flush(self) -> None:
        """Fail, however often it is tried."""
        if not self.closed:
            self._no()

    def close(self) -> None:
        """Give the descriptor back."""
        if not self.closed:
            os.close(self.descriptor)
        super().close()

    def _no(self) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def failing(number: int) -> Callable[..., Any]:
    def fail(*_: Any, **__: Any) -> Any:
        raise OSError(number, os.strerror(number))

    return fail


WRITING: dict[str, tuple[object, str, Callable[..., Any]]] = {
    "making": (tempfile, "mkstemp", failing(errno.EACCES)),
    "mode": (os, "fchmod", failing(errno.EPERM)),
    "opening": (os, "fdopen", failing(errno.EMFILE)),
    "writing": (os, "fdopen", lambda fd, _mode: Broken(fd, at_once=True)),
    "flushing": (os, "fdopen", lambda fd, _mode: Broken(fd, at_once=False)),
    "fsync": (os, "fsync", failing(errno.EIO)),
    "renaming": (os, "replace", failing(errno.EBUSY)),
}


@pytest.mark.parametrize("old", [OLD, None], ids=["over an old one", "new"])
@pytest.mark.parametrize("fault", WRITING.values(), ids=WRITING)
def test_an_output_is_whole_or_as_it_was(
    fault: tuple[object, str, Callable[..., Any]],
    old: bytes | None,
    run: Run,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Each step of writing fails in turn: 4, the old output with its mode, nothing left over."""
    if old is not None:
        Path("results.json").write_bytes(old)
        Path("results.json").chmod(0o640)
    before = sorted(os.listdir())
    opened = len(os.listdir("/proc/self/fd")) if os.path.isdir("/proc/self/fd") else 0
    with monkeypatch.context() as broken:
        broken.setattr(*fault)
        code, out, err = run("score", "reviews", "-o", "results.json", "--jobs", "1")
    assert (code, out) == (4, "")
    assert "results.json: " in err
    assert sorted(os.listdir()) == before
    if old is not None:
        assert Path("results.json").read_bytes() == old
        assert stat.S_IMODE(Path("results.json").stat().st_mode) == 0o640
    if opened:
        assert len(os.listdir("/proc/self/fd")) == opened, "a file was left open"


def test_one_lost_output_does_not_cost_the_others(run: Run) -> None:
    """Where one of several outputs cannot be written, the others are, and 4 says so."""
    code, _, err = run("score", "reviews", "-o", "nowhere/results.csv", "-o", "results.json")
    assert code == 4
    assert "results.csv: its folder is not there; make it first" in err
    assert len(scored_and_failed(Path("results.json").read_text(encoding="utf-8"))[0]) == MANY


def test_a_limit_of_the_system_is_a_fault_of_writing(here: Path) -> None:
    """A file that may not grow (a real fault, half way through) leaves what was there."""
    (here / "results.json").write_bytes(OLD)
    program = f"exec {sys.executable} -m charter_score score reviews -o results.json"
    ran = bash(f"ulimit -f 8; {program}")
    assert ran.returncode == 4, ran.stderr
    assert "charter-score: results.json: file too large" in ran.stderr
    assert (here / "results.json").read_bytes() == OLD
    assert sorted(os.listdir(here)) == ["results.json", "reviews"]


def test_an_interrupt_while_opening_leaves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C between making a temporary file and using it takes the file away again."""

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fchmod", interrupt)
    with pytest.raises(KeyboardInterrupt):
        writing.Replacement("results.json", "results.json")
    assert os.listdir() == ["reviews"]


def test_a_long_name_can_be_written() -> None:
    """The temporary file beside a name of 252 bytes has a name that is short enough."""
    name = "\N{BOOKS}" * 63
    writing.write_file(name, b"whole", name)
    assert Path(name).read_bytes() == b"whole"


# Reading


@pytest.mark.parametrize("jobs", ["1", "2"])
@pytest.mark.parametrize("step", ["open", "read"])
def test_a_file_that_cannot_be_read_is_one_failure(
    step: str, jobs: str, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An input that fails to open or to be read is told, and the rest scored: 3."""
    plain_open, plain_read = os.open, os.read
    bad: set[int] = set()

    def opening(path: Any, *rest: Any, **more: Any) -> int:
        if str(path).endswith("042.yaml") and step == "open":
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        descriptor = plain_open(path, *rest, **more)
        bad.discard(descriptor)
        if str(path).endswith("042.yaml"):
            bad.add(descriptor)
        return descriptor

    def reading(descriptor: int, number: int) -> bytes:
        if descriptor in bad:
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        return plain_read(descriptor, number)

    with monkeypatch.context() as broken:
        broken.setattr(files.os, "open", opening)
        broken.setattr(files.os, "read", reading)
        code, out, err = run("score", "reviews", "-f", "json", "--jobs", jobs)
    assert code == 3
    scored, failed = scored_and_failed(out)
    assert failed == {"reviews/042.yaml": "unreadable"}
    assert len(scored) == MANY - 1
    assert "reviews/042.yaml: error[unreadable] input/output error" in err


# Workers


def over(monkeypatch: pytest.MonkeyPatch, what: Callable[[str], None]) -> None:
    """Do something in a worker whenever it comes to a file; never in this process."""
    plain, parent = Scoring.outcomes_of, os.getpid()

    def outcomes_of(self: Scoring, one: Any) -> Iterator[Outcome | LeftOut]:
        if os.getpid() != parent and isinstance(one, Input):
            what(one.shown)
        return plain(self, one)

    monkeypatch.setattr(Scoring, "outcomes_of", outcomes_of)


LAST = MANY - 1


@pytest.mark.at_length
@pytest.mark.parametrize(
    "killers",
    some([[37], [0, LAST], [20, 21], [0], [LAST], [3, 50], [0, 1, 2]], 3),
    ids=lambda numbers: "-".join(map(str, numbers)),
)
def test_a_worker_that_dies_costs_its_file(
    killers: list[int], run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each file that kills is named `worker-died`; everything else is scored, in order."""
    deadly = paths(*killers)

    def die(path: str) -> None:
        if path in deadly:
            os.kill(os.getpid(), signal.SIGKILL)

    over(monkeypatch, die)
    code, out, err = run("score", "reviews", "-f", "json", "--jobs", "2")
    scored, failed = scored_and_failed(out)
    assert code == 3
    assert failed == dict.fromkeys(deadly, "worker-died")
    assert scored == [path for path in paths(*range(MANY)) if path not in deadly]
    assert err.count("error[worker-died]") == len(deadly)


def test_where_every_file_kills_all_are_named(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Even then the run ends, and each file is told."""
    few = 64
    for number in range(few, MANY):
        os.unlink(f"reviews/{number:03}.yaml")
    over(monkeypatch, lambda _: os.kill(os.getpid(), signal.SIGKILL))
    code, out, _ = run("score", "reviews", "-f", "json", "--jobs", "2")
    assert (code, len(scored_and_failed(out)[1])) == (3, few)


@pytest.mark.parametrize("debug", [False, True])
def test_a_defect_in_a_worker_is_told_once(
    run: Run, monkeypatch: pytest.MonkeyPatch, *, debug: bool
) -> None:
    """70, with the place of the defect and not its text; --debug shows all. No output is made."""

    def raise_something(path: str) -> None:
        if path == "reviews/070.yaml":
            raise LookupError("a name: Advisor 8")

    over(monkeypatch, raise_something)
    Path("results.json").write_bytes(OLD)
    more = ["--debug"] if debug else []
    code, out, err = run("score", "reviews", "-o", "results.json", "--jobs", "2", *more)
    assert (code, out) == (70, "")
    assert re.search(r"please report it: LookupError at test_faults\.py:\d+ \(--debug", err)
    assert ("a name: Advisor 8" in err) is debug
    assert ("Traceback" in err) is debug
    assert Path("results.json").read_bytes() == OLD
    assert sorted(os.listdir()) == ["results.json", "reviews"]


def test_a_result_that_cannot_be_sent_is_a_defect() -> None:
    """A result that does not pickle is a defect of the work, and no death of a worker."""
    parts = workers.in_order(lambda _: lambda: None, range(MANY), 2, lambda _: lambda: None)
    with pytest.raises(workers.WorkerDefectError) as told:
        list(parts)
    assert " at " in told.value.told


def test_workers_that_die_idle_lose_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where workers are killed after their result was sent, no item is lost, blamed or repeated."""
    monkeypatch.setattr(workers, "SMALLEST", 1)
    monkeypatch.setattr(workers, "LARGEST", 1)
    pool: workers._Pool[int, list[int]] = workers._Pool(
        lambda items: items, lambda _: [-1], 2, "fork"
    )
    found: list[list[int]] = []
    killed = 0
    for part in pool.run(iter(range(60))):
        found.append(part)
        if len(found) in (1, 2, 30):
            for worker in list(pool._workers):
                # Idle, or its result lies ready. What it says first is that it began: until that
                # is heard, what lies there may be no result, and it would die at its work.
                if worker.part is not None and not worker.ready:
                    continue
                assert worker.part is None or worker.connection.poll(SECONDS)
                worker.process.kill()
                worker.process.join()
                killed += 1
    pool.stop()
    assert killed
    assert found == [[one] for one in range(60)]


def test_workers_that_die_at_once_lose_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where no worker lives long enough to take anything, the work is done in this process."""
    start = workers._Pool._start

    def stillborn(pool: Any) -> Any:
        worker = start(pool)
        worker.process.kill()
        worker.process.join()
        return worker

    monkeypatch.setattr(workers._Pool, "_start", stillborn)
    parts = list(workers.in_order(lambda items: items, range(MANY), 2, lambda _: [-1]))
    assert [one for part in parts for one in part] == list(range(MANY))


# Signals

SLOWLY = """
import os, time
from charter_score import pipeline, workers
from charter_score.cli import score as scoring
from charter_score.__main__ import main

workers.start_method = lambda: "fork"
workers.SMALLEST = workers.LARGEST = 8
outcomes_of, take = pipeline.Scoring.outcomes_of, scoring._Run.take

def slow(self, one):
    open(f"../process-{os.getpid()}", "w").close()
    time.sleep(0.05)
    return outcomes_of(self, one)

def marked(self, part):
    take(self, part)
    open("../taken", "w").close()

pipeline.Scoring.outcomes_of, scoring._Run.take = slow, marked
main()
"""
"""The program, slow enough to be stopped on its way: its batch takes some seconds."""


def begin(*words: str, program: str = SLOWLY) -> "subprocess.Popen[str]":
    """The slow program over the reviews, once the first of them have passed."""
    Path("results.json").write_bytes(OLD)
    running = subprocess.Popen(
        [sys.executable, "-c", program, "score", "reviews", "-o", "results.json", *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        # A shell that runs the tests in the background has Ctrl-C ignored, and children inherit it.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509
    )
    while not os.path.exists("../taken"):
        assert running.poll() is None, running.communicate()
        time.sleep(0.01)
    return running


def is_alive(number: int) -> bool:
    """Whether a process still runs; one that is dead and not yet fetched does not."""
    try:
        status = Path(f"/proc/{number}/stat").read_text(encoding="utf-8")
    except OSError:
        return False
    return status.rpartition(")")[2].split()[0] not in "ZX"


def workers_left(parent: int) -> list[int]:
    found = [int(path.name.partition("-")[2]) for path in Path("..").glob("process-*")]
    return [number for number in found if number != parent and is_alive(number)]


HOW = {
    "as many processes as help": (),
    "one process": ("--jobs", "1"),
    "two processes": ("--jobs", "2"),
}


STOPPED = [
    (signal.SIGINT, "two processes"),
    (signal.SIGTERM, "one process"),
    (signal.SIGTERM, "two processes"),
    (signal.SIGINT, "one process"),
    (signal.SIGINT, "as many processes as help"),
    (signal.SIGTERM, "as many processes as help"),
]


@needs.PROC
@pytest.mark.at_length
@pytest.mark.parametrize(("number", "how"), some(STOPPED, 2))
def test_a_stopped_batch_leaves_no_trace(number: signal.Signals, how: str) -> None:
    """Ctrl-C (to the whole group) or SIGTERM: the code, how far it came, and all as it was."""
    code, told = {signal.SIGINT: (130, "interrupted"), signal.SIGTERM: (143, "terminated")}[number]
    running = begin(*HOW[how])
    if number is signal.SIGINT:
        os.killpg(running.pid, number)
    else:
        running.send_signal(number)
    out, err = running.communicate(timeout=SECONDS)
    assert (running.returncode, out) == (code, "")
    said = re.fullmatch(
        rf"charter-score: {told} after (\d+) reviews; no file was left half written\n", err
    )
    assert said, err
    assert 8 <= int(said[1]) < MANY
    assert Path("results.json").read_bytes() == OLD
    assert sorted(os.listdir()) == ["results.json", "reviews"]
    assert workers_left(running.pid) == []


LARGE = """
import os, time
from charter_score import workers

workers.start_method = lambda: "fork"

def work(items):
    open(f"../process-{os.getpid()}", "w").close()
    return bytes(5_000_000)

for _ in workers.in_order(work, range(1000), 2, len):
    open("../taken", "w").close()
    time.sleep(60)
"""
"""A batch whose results fill every buffer, taken by nobody."""


@needs.PROC
@pytest.mark.parametrize("program", [SLOWLY, LARGE], ids=["at work", "handing over"])
def test_a_killed_parent_leaves_no_workers(program: str) -> None:
    """After kill -9 the old output is as it was, and the workers end by themselves, silently."""
    running = begin("--jobs", "2", program=program)
    assert len(workers_left(running.pid)) == 2
    running.kill()
    until = time.monotonic() + 5
    while (left := workers_left(running.pid)) and time.monotonic() < until:
        time.sleep(0.05)
    for number in left:
        os.kill(number, signal.SIGKILL)
    assert left == []
    out, err = running.communicate(timeout=SECONDS)
    assert (running.returncode, out, err) == (-signal.SIGKILL, "", "")
    assert Path("results.json").read_bytes() == OLD
    os.unlink("results.json")
    others = [name for name in os.listdir() if name != "reviews"]
    assert all(name.startswith(".results.json.") for name in others), "a temporary file at most"


# Readers


def bash(line: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        ["bash", "-uc", line], capture_output=True, text=True, timeout=SECONDS, check=False
    )


@pytest.mark.at_length
@pytest.mark.parametrize("jobs", some(["2", "1"]))
def test_a_closed_pipe_ends_quietly_with_the_code_earned(here: Path, jobs: str) -> None:
    """`| head -1` is given its line; the code is that of the work, 0 or 3, without a complaint."""
    program = f"{sys.executable} -m charter_score score reviews -f json-lines --jobs {jobs}"
    line = f"{program} | head -1; exit ${{PIPESTATUS[0]}}"
    good = bash(line)
    assert (good.returncode, good.stderr) == (0, "")
    assert json.loads(good.stdout)["review"]["path"] == "reviews/000.yaml"
    (here / "reviews" / "099.yaml").write_text("ratings: [", encoding="utf-8")
    bad = bash(line)
    assert bad.returncode == 3
    assert bad.stdout == good.stdout
    assert bad.stderr.endswith("Exit 3: 1 input could not be scored.\n")
    assert "pipe" not in bad.stderr.lower()


@needs.FULL_DEVICE
@pytest.mark.at_length
@pytest.mark.parametrize(
    "words",
    some(
        [
            "reviews/000.yaml > /dev/full",
            "reviews -f json -o /dev/full",
            "reviews -f json-lines > /dev/full",
            "reviews/000.yaml -f csv -o /dev/full",
        ],
        2,
    ),
)
def test_a_full_disk_is_4(words: str) -> None:
    """Results that found no room are a fault, said in one line."""
    ran = bash(f"{sys.executable} -m charter_score score {words}")
    assert ran.returncode == 4
    assert ran.stderr.endswith(": no space left on device\n")
    assert "Traceback" not in ran.stderr
    assert "Exception ignored" not in ran.stderr
