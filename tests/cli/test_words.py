"""What the command line refuses is refused in our own words, before any work."""

import subprocess
from pathlib import Path

import pytest

import programs

ROOT = Path(__file__).resolve().parents[2]
REVIEW = "examples/plymouth/strong.yaml"


def run(*words: str) -> subprocess.CompletedProcess[str]:
    """The program, in the repository's folder."""
    return programs.run(*words, cwd=ROOT)


@pytest.mark.parametrize(
    ("what", "words"),
    [
        ("PATH", ["score", ""]),
        ("PATH", ["score", "", "-f", "json"]),
        ("PATH", ["score", REVIEW, ""]),
        ("PATH", ["check", ""]),
        ("--output", ["score", REVIEW, "-o", ""]),
        ("--output", ["new", "plymouth-quality-monitoring", "-o", ""]),
        ("--output", ["rubrics", "plymouth-quality-monitoring", "-o", ""]),
        ("--rubric", ["score", REVIEW, "--rubric", ""]),
        ("--rubrics", ["score", REVIEW, "--rubrics", ""]),
        ("--baseline", ["score", REVIEW, "--baseline", ""]),
        ("--from", ["new", "--from", ""]),
        ("REVIEW|CODE", ["explain", ""]),
        ("FILE", ["fill", ""]),
        ("RUBRIC", ["rubrics", ""]),
        ("RUBRIC", ["selftest", ""]),
        ("RUBRIC", ["new", ""]),
    ],
)
def test_an_empty_name_is_called_empty(what: str, words: list[str]) -> None:
    """A name that is empty is a wrong use, and is not taken for the current folder."""
    done = run(*words)
    said = f"charter-score: {what} is given an empty name\n"
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == said + "    hint: a variable of the shell may be empty\n"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (
            ["score", REVIEW, "-f", "markdwon"],
            "--output-format takes full, concise, json, json-lines, csv, xlsx, junit, github, "
            "gitlab, markdown or html\n    hint: did you mean `markdown`?",
        ),
        (["score", REVIEW, "--color", "red"], "--color takes auto, always or never"),
        (["rubrics", "-f", "pdf"], "--output-format takes full, json, markdown or html"),
        (["selftest", "x", "-f", "pdf"], "--output-format takes full or json"),
        (
            ["schema", "letter"],
            "DOCUMENT takes rubric, review, result, calibration, sample, verification, impact, "
            "agreement, subject, disputes, mapping, report or volumes",
        ),
        *(
            (
                ["score", REVIEW, f"--jobs={number}"],
                "--jobs takes a whole number\n    hint: 0 is one process for each core",
            )
            for number in ("many", "-1", "1.5", "", "9" * 20)
        ),
    ],
)
def test_a_word_that_is_not_known_is_told_which_are(words: list[str], said: str) -> None:
    """What an option takes is said as the settings say it, and the wrong word is not repeated."""
    done = run(*words)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == f"charter-score: {said}\n"


@pytest.mark.parametrize(
    ("command", "shown"),
    [
        ("score", "[full|concise|json|json-lines|csv|"),
        ("score", "[auto|always|never]"),
        ("rubrics", "[full|json|markdown|html]"),
        ("selftest", "[full|json]"),
        ("schema", "rubric, review, result"),
    ],
)
def test_the_help_lists_what_an_option_takes(command: str, shown: str) -> None:
    """The values of an option can be read from the help."""
    assert shown in run(command, "--help").stdout


def test_formats_are_completed() -> None:
    """A shell is offered the formats that begin with what was typed."""
    from charter_score.cli.formats import Format
    from charter_score.cli.options import completions

    assert completions(Format)("js") == ["json", "json-lines"]
