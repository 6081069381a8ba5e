"""The wait at the keyboard: whole processes, in multiples of `python -c pass`, in one run.

    python benchmarks/startup.py [ROUNDS]

Every round runs each command once, so that a busy moment of the machine falls on all of them; the
ratio printed is the median of the rounds' ratios to `python -c pass` in the same round. The review
lies in a folder of its own, as a reviewer's does. Bytecode is compiled first. yamllint and
check-jsonschema (extra `bench`) check the same file as peers.
"""

import compileall
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from subprocess import DEVNULL

import charter_score

ROOT = Path(__file__).resolve().parent.parent
EXAMPLE = ROOT / "examples/plymouth/needs.yaml"
REVIEW = "review.yaml"
PYTHON = sys.executable


def commands() -> dict[str, list[str]]:
    """What is timed: the floor first."""
    beside = Path(PYTHON).parent
    score = str(beside / "score")
    found = {
        "python -c pass": [PYTHON, "-c", "pass"],
        "python -c 'import yaml'": [PYTHON, "-c", "import yaml"],
        "score review.yaml": [score, REVIEW],
        "score review.yaml -f json": [score, REVIEW, "-f", "json"],
        "score (by way of typer)": [score, "--color", "never", REVIEW],
        "charter-score check": [str(beside / "charter-score"), "check", REVIEW],
    }
    if yamllint := shutil.which("yamllint", path=str(beside)):
        found["yamllint (peer)"] = [yamllint, REVIEW]
    if checker := shutil.which("check-jsonschema", path=str(beside)):
        schema = str(ROOT / "schemas/review-v1.schema.json")
        found["check-jsonschema (peer)"] = [checker, "--schemafile", schema, REVIEW]
    return found


def main() -> None:
    """Time every command and print milliseconds and ratios."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 15
    compileall.compile_dir(str(Path(charter_score.__file__).parent), quiet=1)
    timed = commands()
    took: dict[str, list[float]] = {name: [] for name in timed}
    with tempfile.TemporaryDirectory() as folder:
        shutil.copy(EXAMPLE, Path(folder) / REVIEW)
        for number in range(rounds + 1):
            for name, command in timed.items():
                begin = time.perf_counter()
                subprocess.run(command, cwd=folder, check=False, stdout=DEVNULL, stderr=DEVNULL)
                if number:  # the first round warms the caches
                    took[name].append(time.perf_counter() - begin)
    floor = took["python -c pass"]
    print(f"{'process':28} {'median ms':>10} {'x floor':>8}   ({rounds} rounds)")
    for name, times in took.items():
        ratio = median(one / base for one, base in zip(times, floor, strict=True))
        print(f"{name:28} {median(times) * 1000:10.1f} {ratio:8.1f}")


if __name__ == "__main__":
    main()
