"""What lies around a run: files that are read too, streams, folders and disks that fail."""

import json
import os
import pty
import re
import subprocess
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

import needs
import programs
from charter_score.cli.formats import Format
from effort import some

RUBRIC = (
    'id: r\nversion: "1"\ntitle: R\nsections: [{id: s, title: S, criteria: [{id: a, title: A}]}]'
)
REVIEW = "rubric: ./r.yaml\nratings: {s: {a: met}}\n"
MANY = 70  # more than are scored before processes start

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(name="run")
def _run(tmp_path: Path) -> Run:
    """`charter-score` in a folder with a rubric, a review, a folder of reviews and results."""
    (tmp_path / "r.yaml").write_text(RUBRIC, encoding="utf-8")
    for name in ("a.yaml", "other.yaml", "month/1.yaml"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(REVIEW.replace("./", "../" * name.count("/") or "./"), encoding="utf-8")
    (tmp_path / "charter-score.toml").write_text("", encoding="utf-8")

    def run(*words: str, before: str = "", **more: Any) -> subprocess.CompletedProcess[str]:
        if more.keys() - {"onto"}:
            options = {"cwd": tmp_path, "text": True} | more
            return programs.fresh(*words, before=before, **options)
        return programs.run(*words, before=before, cwd=tmp_path, **more)

    run("score", "a.yaml", "-o", "base.json")
    return run


# ── What is read is never written over ────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("words", "target", "why"),
    [
        ("a.yaml --rubric r.yaml -f json", "r.yaml", "is also an input"),
        ("a.yaml -f json", "r.yaml", "holds a rubric or a review"),
        ("a.yaml --rubrics . -f json", "r.yaml", "holds a rubric or a review"),
        ("a.yaml -f json", "other.yaml", "holds a rubric or a review"),
        ("a.yaml -f json", "a.yaml", "is also an input"),
        ("month -f json", "month/1.yaml", "is also an input"),
        ("a.yaml -f json", "charter-score.toml", "is also an input"),
        ("a.yaml --baseline base.json", "base.json", "is also an input"),
    ],
)
def test_an_output_is_nothing_that_is_read(
    run: Run, tmp_path: Path, words: str, target: str, why: str
) -> None:
    """Rubrics, reviews, settings and a baseline stay as they were: refused before any work."""
    before = (tmp_path / target).read_bytes()
    done = run("score", *words.split(), "-o", target)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == f"charter-score: -o {target} {why}; it was not touched\n"
    assert (tmp_path / target).read_bytes() == before


@pytest.mark.parametrize(
    ("words", "target"),
    [
        (["a.yaml"], "a.yaml"),
        (["month"], "month/1.yaml"),
        (["a.yaml", "--rubric", "r.yaml"], "r.yaml"),
        (["a.yaml", "--baseline", "base.json"], "base.json"),
        (["a.yaml"], "charter-score.toml"),
    ],
)
def test_an_output_is_no_other_name_of_what_is_read(
    run: Run, tmp_path: Path, words: list[str], target: str
) -> None:
    """A hard link to an input is the input: refused by device and inode, whatever it is called."""
    os.link(tmp_path / target, tmp_path / "out.json")
    before = (tmp_path / target).read_bytes()
    done = run("score", *words, "-o", "out.json")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "charter-score: -o out.json is also an input; it was not touched\n"
    assert (tmp_path / "out.json").read_bytes() == before
    assert os.path.samefile(tmp_path / "out.json", tmp_path / target)


def test_an_output_that_cannot_be_looked_at_is_refused(run: Run, tmp_path: Path) -> None:
    """Where the system does not say which file it is, it may be an input: it is not written."""
    (tmp_path / "out.json").write_text("old", encoding="utf-8")
    before = (
        "import os\nplain = os.stat\n"
        "def stat(path, *rest, **more):\n"
        "    if str(path).endswith('out.json'): raise PermissionError(13, 'Permission denied')\n"
        "    return plain(path, *rest, **more)\n"
        "os.stat = stat\n"
    )
    done = run("score", "a.yaml", "-o", "out.json", before=before)
    assert done.returncode == 4
    assert "out.json: permission denied" in done.stderr
    assert (tmp_path / "out.json").read_text(encoding="utf-8") == "old"


UNLISTABLE = (
    "import os\nplain = os.scandir\n"
    "def scandir(path='.'):\n"
    "    if str(path).endswith('month'): raise PermissionError(13, 'Permission denied')\n"
    "    return plain(path)\n"
    "os.scandir = scandir\n"
)


@pytest.mark.parametrize("form", ["concise", "json", "csv", "xlsx"])
def test_a_report_of_nothing_replaces_none(run: Run, tmp_path: Path, form: str) -> None:
    """Where no folder could be listed the old report is better than one of nothing; 3 says why."""
    (tmp_path / "report.txt").write_text("old", encoding="utf-8")
    done = run("score", "month", "-f", form, "-o", "report.txt", before=UNLISTABLE)
    assert done.returncode == 3
    assert "report.txt was left as it was: no folder could be listed." in done.stderr
    assert (tmp_path / "report.txt").read_text(encoding="utf-8") == "old"
    assert not [name for name in os.listdir(tmp_path) if name.startswith(".report")]


def test_a_report_of_something_is_written(run: Run, tmp_path: Path) -> None:
    """Where something was scored, or no report is there yet, the failure stands in the report."""
    for paths in (["a.yaml", "month"], ["month"]):
        done = run("score", *paths, "-f", "json", "-o", "report.txt", before=UNLISTABLE)
        assert done.returncode == 3
        report = json.loads((tmp_path / "report.txt").read_text(encoding="utf-8"))
        assert [one["path"] for one in report["failures"]] == ["month"]
        assert len(report["results"]) == len(paths) - 1
        (tmp_path / "report.txt").unlink()


def test_an_output_is_not_what_standard_input_comes_from(run: Run, tmp_path: Path) -> None:
    """`score - -o FILE < FILE` would read what it has just written."""
    with (tmp_path / "a.yaml").open("rb") as file:
        done = run("score", "-", "-f", "json", "-o", "a.yaml", stdin=file)
    assert done.returncode == 2
    assert (tmp_path / "a.yaml").read_text(encoding="utf-8") == REVIEW


@pytest.mark.parametrize("name", ["out.json", "out.xlsx", "out.html", "out.csv", "gitlab.json"])
def test_a_run_can_be_repeated(run: Run, name: str) -> None:
    """Outputs in the folder of the reviews are replaced, and are no reviews to the next run."""
    words = ["score", "month", "-o", f"month/{name}"]
    if name.startswith("gitlab"):
        words += ["-f", "gitlab"]
    for _ in range(2):
        assert run(*words).returncode == 0
    assert run("score", "month").returncode == 0


@pytest.mark.parametrize("words", [["."], ["*.yaml"], ["a.yaml", "r.yaml"], ["r.yaml", "month"]])
def test_a_rubric_among_reviews_is_left_out(run: Run, words: list[str]) -> None:
    """In a folder, for a pattern and named beside others it is no failure, and noted."""
    done = run("score", *words, "-v")
    assert done.returncode == 0
    assert "r.yaml: a rubric, left out" in done.stderr.splitlines()


def test_a_rubric_alone_is_no_review(run: Run) -> None:
    """Whoever names nothing but a rubric wants to be told."""
    done = run("score", "r.yaml")
    assert done.returncode == 3
    assert "r.yaml:1:1: error[not-a-review]" in done.stderr


def test_check_leaves_out_what_score_leaves_out(run: Run, tmp_path: Path) -> None:
    """Results, schemas, GitLab's lists and workbooks of others fail no check of a folder."""
    month = tmp_path / "month"
    assert run("new", "./r.yaml", "-o", "month/new.yaml").returncode == 0
    (schema,) = month.glob(".*.schema.json")
    schema.rename(month / "schema.json")
    (month / "new.yaml").unlink()
    for name, form in (("results.json", "json"), ("gl.json", "gitlab"), ("book.xlsx", "xlsx")):
        assert run("score", "month", "-f", form, "-o", f"month/{name}").returncode == 0
    names = ["book.xlsx", "gl.json", "results.json", "schema.json"]
    assert run("score", "month").returncode == 0
    done = run("check", "month", "--strict")
    assert (done.returncode, done.stderr) == (0, "")
    told = run("check", "month", "-v").stderr.splitlines()
    assert [f"month/{name}: neither a review nor a rubric, left out" for name in names] == [
        line for line in told if "left out" in line
    ]
    assert told[-1] == "1 document checked"
    alone = run("check", "month/results.json")
    assert alone.returncode == 1
    assert "error[not-a-review]" in alone.stderr


# ── Streams ───────────────────────────────────────────────────────────────────────────────────────


def test_standard_input_beside_many_files(run: Run, tmp_path: Path) -> None:
    """`-` is read once, by the process that has it, however many others share the work."""
    for number in range(MANY):
        (tmp_path / f"month/{number:03}.yaml").write_text(
            REVIEW.replace("./", "../"), encoding="utf-8"
        )
    outputs = set()
    for jobs in ("1", "2", "0"):
        with (tmp_path / "a.yaml").open("rb") as file:
            done = run("score", "-", "month", "-f", "json", "--jobs", jobs, stdin=file)
        assert done.returncode == 0
        outputs.add(done.stdout)
    assert len(outputs) == 1
    assert '"path": "-"' in outputs.pop()


@needs.NAMED_DESCRIPTORS
def test_a_pipe_by_the_name_of_its_descriptor(run: Run) -> None:
    """`-o /dev/stdout` and `-o >(cmd)` are written directly, as any pipe is."""
    done = run(
        "score",
        "a.yaml",
        "-f",
        "json",
        "-o",
        "/dev/stdout",
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert done.returncode == 0
    assert done.stdout == run("score", "a.yaml", "-f", "json").stdout
    assert done.stderr == "1 review: 1 scored\n"


def test_a_pipe_that_nobody_reads(run: Run) -> None:
    """A reader that has gone away wants no more, also of an `-o`."""
    ours, theirs = os.pipe()
    os.close(ours)
    words = ["score", "a.yaml", "-f", "json", "-o", f"/dev/fd/{theirs}"]
    done = run(*words, pass_fds=[theirs])
    os.close(theirs)
    assert (done.returncode, done.stderr) == (0, "1 review: 1 scored\n")


@pytest.mark.at_length
@pytest.mark.parametrize(
    "words", some([["--help"], ["schema", "review"], ["--version"], ["score", "--help"]], 2)
)
def test_help_that_nobody_reads(run: Run, words: list[str]) -> None:
    """A closed pipe ends quietly, whoever writes."""
    ours, theirs = os.pipe()
    os.close(ours)
    done = run(*words, stdout=theirs, stderr=subprocess.PIPE)
    os.close(theirs)
    assert (done.returncode, done.stderr) == (0, "")


@needs.FULL_DEVICE
@pytest.mark.at_length
@pytest.mark.parametrize(
    "words", some([["--help"], ["schema", "review"], ["--version"], ["score", "--help"]], 2)
)
def test_help_for_a_full_disk(run: Run, words: list[str]) -> None:
    """What cannot be written is code 4, also where typer writes."""
    with open("/dev/full", "w", encoding="utf-8") as full:
        done = run(*words, stdout=full, stderr=subprocess.PIPE)
    told = "charter-score: standard output: no space left on device\n"
    assert (done.returncode, done.stderr) == (4, told)


def test_no_line_is_a_command_to_the_runner(run: Run, tmp_path: Path) -> None:
    """With `-f github` neither stream begins a line with two colons of a stranger's."""
    names = ["::error file=x::pwned.yaml", "##[error]pwned.yaml", "::warning::low.yaml"]
    for name, text in zip(names, ["ratings: [", "ratings: [", REVIEW], strict=True):
        (tmp_path / name).write_text(text.replace("met", "not met"), encoding="utf-8")
    done = run("score", ".", "-f", "github", "--fail-under", "50", "-v")
    lines = (done.stdout + done.stderr).splitlines()
    commands = [line for line in lines if line.lstrip().startswith("::")]
    assert len(commands) == 4
    assert all(
        line.startswith(("::error file=%3A", "::warning file=%3A", "::error file=## ["))
        for line in commands
    )
    assert all("##[" not in line for line in lines)
    assert "    : :warning::low.yaml: 0%, under 50%" in lines


# ── Verdicts and faults ───────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("a.yaml --fail-under 50", "--fail-under passes: the one review judged is not under 50%."),
        ("none.yaml", "1 input could not be scored."),
    ],
)
def test_no_verdict_speaks_of_another_code(run: Run, words: str, told: str) -> None:
    """Where an output is lost the code is 4, and no line names another."""
    done = run("score", *words.split(), "-o", "missing/x.json")
    assert done.returncode == 4
    assert told in done.stderr.splitlines()
    assert done.stderr.endswith(
        "charter-score: missing/x.json: its folder is not there; make it first\n"
    )
    assert "Exit" not in done.stderr


@pytest.mark.parametrize("chosen", ["csv", "concise"])
def test_a_full_temporary_folder(run: Run, chosen: str) -> None:
    """Rows that wait in a temporary file which cannot grow: the output is lost, and told so."""
    full = (
        "import errno, tempfile\n"
        "class Full(tempfile.SpooledTemporaryFile):\n"
        "    def write(self, *_):\n"
        "        raise OSError(errno.ENOSPC, 'No space left on device')\n"
        "tempfile.SpooledTemporaryFile = Full\n"
    )
    done = run("score", "a.yaml", "-f", chosen, "-o", "x", before=full)
    told = "charter-score: x: a temporary file was needed: no space left on device\n"
    assert done.returncode == 4
    assert done.stderr.endswith(told)


def test_a_current_folder_that_is_gone(run: Run, tmp_path: Path) -> None:
    """Nothing can be found from nowhere; that is no defect of ours."""
    (tmp_path / "gone").mkdir()
    done = run("score", "a.yaml", cwd=tmp_path / "gone", before="import os; os.rmdir('../gone')\n")
    assert (done.returncode, done.stderr) == (
        4,
        "charter-score: the current folder: no such file or directory\n",
    )


# ── Terminals ─────────────────────────────────────────────────────────────────────────────────────


HOSTILE = "\u001b]0;owned\u0007\u001b[2J\u202egnp\u200b\u2028"
"""A title for the window, a cleared screen, text turned round, no width, a line of another kind."""
ACTING = "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b\u2028\u202e]"
"""What no terminal may be sent, colours aside."""


def at_a_terminal(
    run: Run, *words: str, messages: bool = False
) -> "tuple[subprocess.CompletedProcess[str], str]":
    """The program at a terminal, `messages` too: its end, and all that was sent, uncoloured."""
    ours, theirs = pty.openpty()
    done = run(*words, onto={1: theirs, 2: theirs} if messages else {1: theirs})
    os.close(theirs)
    seen = b""
    # Reading fails where the other end is closed and all of it was read.
    with suppress(OSError):
        while piece := os.read(ours, 65536):
            seen += piece
    os.close(ours)
    return done, re.sub("\u001b\\[[0-9;]*m", "", seen.decode("utf-8"))


@pytest.mark.parametrize(
    "form",
    [one.value for one in Format if one is not Format.XLSX],
)
def test_a_terminal_gets_nothing_that_acts(run: Run, tmp_path: Path, form: str) -> None:
    """A file's name is enough to act on a terminal, so there every format is made visible."""
    path = tmp_path / "month" / f"{HOSTILE}.yaml"
    path.write_text(REVIEW.replace("./", "../").replace("met", "not met"), encoding="utf-8")
    done, text = at_a_terminal(run, "score", "month", "-f", form)
    assert done.returncode == 0
    assert not re.search(ACTING, text)
    assert "2J" in text


HOSTILE_RUBRIC = """\
id: hostile
version: "1"
title: "\\u202egnp\\u200b\\u2028"
sections: [{id: s, title: "\\u202eS", criteria: [{id: a, title: "\\u202eA"}]}]
"""


@pytest.mark.parametrize(
    "words",
    [
        "schema review --rubric ./hostile.yaml",
        "selftest ./hostile.yaml -f json",
        "rubrics ./hostile.yaml -f html",
        "rubrics ./hostile.yaml -f json",
        "rubrics diff hostile.yaml hostile.yaml -f json",
        "new ./hostile.yaml",
        "explain a.yaml \u202enames-of-files-by-a-pattern",
        "score --\u202enames-of-files-by-a-pattern",
    ],
)
def test_no_command_acts_on_a_terminal(run: Run, tmp_path: Path, words: str) -> None:
    """What a rubric says, or what a pattern made of names, is made visible by every command."""
    (tmp_path / "hostile.yaml").write_text(HOSTILE_RUBRIC, encoding="utf-8")
    done, text = at_a_terminal(run, *words.split(), messages=True)
    assert done.returncode in (0, 2)
    assert not re.search(ACTING, text)
    assert "202e" in text


@pytest.mark.parametrize(
    "words",
    [
        "score month -f csv -o /dev/stdout",
        "score month -f json -o /dev/stdout",
        "score month -f html -o /dev/stdout",
        "rubrics ./hostile.yaml -f html -o /dev/stdout",
    ],
)
def test_a_terminal_by_the_name_of_a_file(run: Run, tmp_path: Path, words: str) -> None:
    """`-o /dev/stdout` and `-o /dev/tty` are a terminal too."""
    (tmp_path / "hostile.yaml").write_text(HOSTILE_RUBRIC, encoding="utf-8")
    path = tmp_path / "month" / "\u202e\u200b.yaml"
    path.write_text(REVIEW.replace("./", "../"), encoding="utf-8")
    done, text = at_a_terminal(run, *words.split())
    assert (done.returncode, bool(text)) == (0, True)
    assert not re.search(ACTING, text)


def test_a_workbook_to_a_terminal_by_the_name_of_a_file(run: Run) -> None:
    """It is refused there as well; a pipe by that name gets it."""
    words = ["score", "a.yaml", "-f", "xlsx", "-o", "/dev/stdout"]
    done, text = at_a_terminal(run, *words)
    assert (done.returncode, text) == (2, "")
    assert "xlsx is no text for a terminal" in done.stderr
    assert bytes(run(*words, text=False).stdout).startswith(b"PK")


def test_a_file_keeps_what_a_terminal_must_not_get(run: Run, tmp_path: Path) -> None:
    """To a file or a pipe CSV goes as it is."""
    path = tmp_path / "month" / f"{HOSTILE}.yaml"
    path.write_text(REVIEW.replace("./", "../"), encoding="utf-8")
    assert run("score", "month", "-o", "out.csv").returncode == 0
    assert HOSTILE in (tmp_path / "out.csv").read_text(encoding="utf-8")
    piped = run("score", "month", "-f", "csv", env={**os.environ, "PYTHONIOENCODING": "utf-8"})
    assert HOSTILE in piped.stdout


def test_a_workbook_is_no_text_for_a_terminal(run: Run) -> None:
    """The bytes of a workbook would act on a terminal, so they are refused before any work."""
    words = ["score", "a.yaml", "-f", "xlsx"]
    done, text = at_a_terminal(run, *words)
    assert (done.returncode, text) == (2, "")
    assert "xlsx is no text for a terminal" in done.stderr
    assert bytes(run(*words, text=False).stdout).startswith(b"PK")
