"""Whole outputs: what a person sees, held to the letter.

`CHARTER_SCORE_UPDATE_GOLDEN=1 pytest tests/cli/test_views.py` writes the files anew; read the diff.
"""

import os
import subprocess
from pathlib import Path

import pytest

import programs

ROOT = Path(__file__).resolve().parents[2]
GOLDEN = ROOT / "tests/golden"

VIEWS = [
    (name, words, width)
    for name, words in (
        ("full-strong", "score examples/plymouth/strong.yaml"),
        ("full-needs", "score examples/plymouth/needs.yaml"),
        ("full-rests-on-na", "score examples/plymouth/rests-on-na.yaml"),
        ("full-critical", "score examples/small/critical.yaml"),
        ("full-disputed", "score examples/small/disputed.yaml"),
        ("full-no-comments", "score --no-comments examples/plymouth/rests-on-na.yaml"),
        ("concise", "score examples/plymouth"),
        ("concise-two-rubrics", "score examples/plymouth examples/small"),
        ("explain-rests-on-na", "explain examples/plymouth/rests-on-na.yaml"),
        ("explain-critical", "explain examples/small/critical.yaml"),
        ("rubric", "rubrics examples/small/benefits-call.yaml"),
    )
    for width in (40, 80)
]


def run(*words: str, **environment: str) -> subprocess.CompletedProcess[bytes]:
    """The program as a person runs it, in the repository's folder, not on a terminal."""
    return programs.run_binary(*words, cwd=ROOT, **{"NO_COLOR": "", **environment})


@pytest.mark.parametrize(("name", "words", "width"), VIEWS)
def test_a_view_is_what_its_golden_file_says(name: str, words: str, width: int) -> None:
    """Each view at 40 and 80 columns prints exactly what was approved."""
    done = run(*words.split(), COLUMNS=str(width))
    golden = GOLDEN / f"{name}-{width}.txt"
    if os.environ.get("CHARTER_SCORE_UPDATE_GOLDEN"):
        golden.write_bytes(done.stdout)
    assert done.returncode == 0
    assert done.stdout.decode() == golden.read_text(encoding="utf-8")


@pytest.mark.parametrize(("name", "width"), [(name, width) for name, _, width in VIEWS])
def test_no_line_is_wider_than_asked(name: str, width: int) -> None:
    """No view writes past the width it was given, nor leaves spaces at a line's end."""
    for line in (GOLDEN / f"{name}-{width}.txt").read_text(encoding="utf-8").splitlines():
        assert len(line) <= width, line
        assert line == line.rstrip(), line


@pytest.mark.parametrize("name", sorted({name for name, _, _ in VIEWS}))
def test_no_word_is_lost_at_40_columns(name: str) -> None:
    """Every word of the wide view stands in the narrow one too."""
    wide = (GOLDEN / f"{name}-80.txt").read_text(encoding="utf-8").split()
    narrow = "".join((GOLDEN / f"{name}-40.txt").read_text(encoding="utf-8").split())
    columns = {"Review", "Score", "Band", "Observed", "n/a"}  # the head of the table
    lost = {word for word in wide if word not in narrow and word not in columns}
    assert {word for word in lost if not set(word) <= set("█░·")} == set()


def test_colour_only_adds_codes() -> None:
    """With colours the same text stands there, with codes around it and nothing else."""
    import re

    words = ["score", "examples/plymouth/rests-on-na.yaml", "--color"]
    plain, coloured = (
        run(*words, how, COLUMNS="80").stdout.decode() for how in ("never", "always")
    )
    assert "\x1b[" in coloured
    assert re.sub(r"\x1b\[[0-9;]*m", "", coloured) == plain


def test_no_color_is_honoured() -> None:
    """NO_COLOR keeps colours away unless they are asked for outright."""
    done = run("score", "examples/plymouth/strong.yaml", NO_COLOR="1")
    assert b"\x1b" not in done.stdout


def test_an_ascii_terminal_gets_signs_it_has() -> None:
    """Where the output cannot carry our signs, ASCII stand-ins say the same."""
    done = run("score", "examples/plymouth/rests-on-na.yaml", PYTHONIOENCODING="ascii")
    assert done.returncode == 0
    assert b"######--.." in done.stdout
    assert done.stdout.isascii()
