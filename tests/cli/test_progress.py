"""The line on a terminal that says how far a long run has come."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

pty = pytest.importorskip("pty", reason="only where there are pseudo-terminals")

RUBRIC = (
    'id: r\nversion: "1"\ntitle: R\nsections: [{id: s, title: S, criteria: [{id: a, title: A}]}]'
)
REVIEWS = 150
BROKEN = 90
AT_ONCE = "import charter_score.cli.progress as p; p.SECONDS_BEFORE = p.SECONDS_BETWEEN = 0; "
NOT_YET = "import charter_score.cli.progress as p; p.SECONDS_BEFORE *= 3600; "
"""However slow the machine is, the run is shorter than the wait before the first line."""
RUN = "from charter_score.__main__ import score_main; score_main()"
ERASED = re.compile(r"\x1b\[2K")


@pytest.fixture(name="folder")
def _folder(tmp_path: Path) -> Path:
    """Reviews enough for several parts, one of them broken."""
    (tmp_path / "r.yaml").write_text(RUBRIC, encoding="utf-8")
    for number in range(REVIEWS):
        rating = "perhaps" if number == BROKEN else "met"
        text = f"rubric: ./r.yaml\nratings: {{s: {{a: {rating}}}}}\n"
        (tmp_path / f"{number:03}.yaml").write_text(text, encoding="utf-8")
    return tmp_path


def on_a_terminal(folder: Path, *words: str, code: str = AT_ONCE + RUN) -> str:
    """What standard error gets, where it is a terminal."""
    ours, theirs = os.openpty()
    with subprocess.Popen(
        [sys.executable, "-c", code, str(folder), "--jobs", "1", *words],
        stdout=subprocess.DEVNULL,
        stderr=theirs,
        cwd=folder,
        env={**os.environ, "TERM": "xterm", "COLUMNS": "80"},
    ):
        os.close(theirs)
        told = b""
        try:
            while piece := os.read(ours, 65_536):
                told += piece
        except OSError:
            pass  # the other end was closed
    os.close(ours)
    return told.decode()


def through_a_pipe(folder: Path) -> subprocess.CompletedProcess[str]:
    """The same run without any terminal."""
    return subprocess.run(
        [sys.executable, "-c", AT_ONCE + RUN, str(folder), "--jobs", "1"],
        capture_output=True,
        text=True,
        cwd=folder,
        check=False,
    )


def left_on_the_screen(told: str) -> str:
    """What is still to be read once every erased line is gone."""
    lines = [ERASED.split(line)[-1] for line in told.split("\n")]
    return "\n".join(line for line in lines if "so far" not in line)


def test_a_long_run_says_how_far_it_came(folder: Path) -> None:
    """The number of reviews and of failures grows; in the end nothing of it is left."""
    told = on_a_terminal(folder)
    numbers = [int(found) for found in re.findall(r"([0-9]+) reviews so far", told)]
    assert numbers == sorted(numbers)
    assert (numbers[0], numbers[-1]) == (64, REVIEWS)
    assert f"{REVIEWS} reviews so far, 1 could not be scored · " in told
    assert told.rindex("\x1b[2K") > told.rindex("so far")
    assert told.count("\x1b[?25l") == told.count("\x1b[?25h")  # the cursor is back


def test_nothing_runs_into_the_line(folder: Path) -> None:
    """With the line gone, a terminal shows what a pipe gets: diagnostics and the verdict."""
    left = left_on_the_screen(on_a_terminal(folder, "--color", "never"))
    assert left.replace("\r", "") == through_a_pipe(folder).stderr


@pytest.mark.parametrize(
    ("words", "code"), [((), NOT_YET + RUN), (("--quiet",), AT_ONCE + RUN)], ids=["short", "quiet"]
)
def test_where_there_is_nothing_to_say(folder: Path, words: tuple[str, ...], code: str) -> None:
    """A short run, and a quiet one, show no line."""
    assert "so far" not in on_a_terminal(folder, *words, code=code)


def test_what_is_no_terminal_gets_no_line(folder: Path) -> None:
    """A file or a pipe gets only what is to be kept."""
    done = through_a_pipe(folder)
    assert done.returncode == 3
    assert "so far" not in done.stderr + done.stdout
    assert "\x1b" not in done.stderr
