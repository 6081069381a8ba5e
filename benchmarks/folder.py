"""A folder of reviews: against libyaml's own event loop, on one core and two, in time and memory.

    python benchmarks/folder.py [REVIEWS] [ROUNDS]

The reviews are those of `examples/make_month.py`, none of them broken. Everything is measured in
one run. The floor opens, reads and parses each file with `CParser(text).get_event()` to the end of
the stream, in one process. `score` writes JSON lines to a file. Rounds alternate, ratios are
medians over rounds. Memory is the peak of the largest process as the system counts it, the parent's
and the workers' alike; `folder.py 100000 1` measures that of 1,000 and of 100,000 reviews.
"""

import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parent.parent
PYTHON = sys.executable
FLOOR = """
import os, sys, yaml
for folder, _, names in sorted(os.walk(sys.argv[1])):
    for name in sorted(names):
        descriptor = os.open(os.path.join(folder, name), os.O_RDONLY)
        text = os.read(descriptor, 1_000_000)
        os.close(descriptor)
        parser = yaml.cyaml.CParser(text)
        while not isinstance(parser.get_event(), yaml.StreamEndEvent):
            pass
"""


def make(folder: Path, number: int) -> Path:
    """A folder with a month of reviews."""
    script = str(ROOT / "examples/make_month.py")
    words = ["--reviews", str(number), "--months", "1", "--broken", "0"]
    subprocess.run([PYTHON, script, str(folder), *words], check=True, stdout=subprocess.DEVNULL)
    return folder


def seconds(*command: str) -> float:
    """How long a command takes, from start to end."""
    begin = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return time.perf_counter() - begin


def peak_megabytes(*command: str) -> float:
    """The peak memory of a command and its children, measured by a process of its own."""
    code = (
        "import resource, subprocess, sys;"
        "subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL,"
        " stderr=subprocess.DEVNULL);"
        "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
    )
    done = subprocess.run(
        [PYTHON, "-c", code, *command], check=True, capture_output=True, text=True
    )
    return int(done.stdout) / 1024


def score(folder: Path, out: Path, jobs: int) -> list[str]:
    """The command that scores a folder into JSON lines."""
    words = ["score", str(folder), "-f", "json-lines", "-o", str(out), "--jobs", str(jobs)]
    return [PYTHON, "-m", "charter_score", *words]


def main() -> None:
    """Measure and print."""
    number = int(sys.argv[1]) if len(sys.argv) > 1 else 3000
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 7
    with tempfile.TemporaryDirectory() as name:
        top = Path(name)
        out = top / "out.jsonl"
        whole, half = make(top / "whole", number), make(top / "half", number // 2)
        few = make(top / "few", number // 100)
        took: dict[str, list[float]] = {}
        for _ in range(rounds):
            for label, command in {
                "floor": [PYTHON, "-c", FLOOR, str(whole)],
                "one core": score(whole, out, 1),
                "two cores": score(whole, out, 2),
                "half of them": score(half, out, 1),
            }.items():
                took.setdefault(label, []).append(seconds(*command))
        floor = took["floor"]
        print(f"{number} reviews, {rounds} rounds; medians")
        for label, times in took.items():
            ratio = median(one / base for one, base in zip(times, floor, strict=True))
            print(f"{label:14} {median(times):8.2f} s   {ratio:5.2f} x floor")
        pairs = list(zip(took["one core"], took["two cores"], took["half of them"], strict=True))
        print(
            f"two cores are {median(one / two for one, two, _ in pairs):.2f} times as fast as one"
        )
        print(
            f"twice the files take {median(one / part for one, _, part in pairs):.2f} times as long"
        )
        for jobs in (1, 2):
            small = peak_megabytes(*score(few, out, jobs))
            large = peak_megabytes(*score(whole, out, jobs))
            print(
                f"memory with --jobs {jobs}: {small:.1f} MB for {number // 100} reviews, "
                f"{large:.1f} MB for {number}"
            )


if __name__ == "__main__":
    main()
