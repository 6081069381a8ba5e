"""Every file of tests/bad_input gets the answer that its index names, in data and in text.

What is too large or too special to be stored is made here; the last part runs the real program.
"""

import ast
import json
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import groupby, pairwise
from pathlib import Path
from typing import Any

import pytest

import charter_score
import programs
from charter_score.__main__ import main
from charter_score.linting.advice import LINTS
from charter_score.render.text.diagnostics import MOST_SHOWN
from documents import read_by_pyyaml
from effort import some
from permissions import modes_obeyed

FOLDER = Path(__file__).parents[1] / "bad_input"
SECONDS = 20
"""What a run may take before it counts as hanging; all of them take a fraction of it."""

ELSEWHERE = {
    "link-outside": "test_links_out_of_a_folder_are_not_followed",
    "not-found": "test_a_path_that_leads_nowhere",
    "reviewed-twice": "test_one_contact_reviewed_twice",
    "scalar-too-long": "test_limits_on_size",
    "too-large": "test_limits_on_size",
    "too-many-nodes": "test_limits_on_size",
    "unreadable": "test_a_file_that_cannot_be_opened",
}
"""Codes whose documents cannot be stored, and the test of this file that holds each."""

OF_A_FORM = (
    "missing-extra", "not-a-workbook", "not-a-form", "form-version", "password-protected",
    "sheet-too-large", "formula", "cell-error", "unknown-row", "reader-died", "several-reviews",
    "sheet-not-read", "hidden-sheet", "cell-not-read", "only-cells-read",
)  # fmt: skip
OF_A_LIST = (
    *("missing-column", "duplicate-column", "no-reference", "duplicate-reference"),
    "row-too-long",
)
OF_A_TABLE = (
    "not-parquet", "unknown-sheet", "hidden-read", "merged-cell", "number-as-id", "unknown-table",
    "scalar-too-long",
)  # fmt: skip
OF_OTHERS = {
    **dict.fromkeys(OF_A_TABLE[:5], "only a workbook brings it about: the tests of tables"),
    **dict.fromkeys(OF_A_FORM, "only a workbook brings it about: the tests of the form"),
    "damaged-results": "only `report` gives it, on a results file: the tests of that command",
    "differs-from-results": "only `report` gives it, on a results file: the tests of that command",
    "result-column": "only `score_frame` gives it, on a frame: the tests of columns",
    "not-editable": "only `dispute` gives it, on a good review: the tests of that command",
    "not-results": "only `verify` gives it, on what is no results file: the tests of that command",
    **dict.fromkeys(OF_A_LIST, "only `sample` gives it, on a list: the tests of that command"),
    "not-to-be-scored": "only `score` of the Python API gives it: the tests of that",
    "worker-died": "no document does this: the tests of the pipeline kill a worker",
    **dict.fromkeys(LINTS, "only `check` gives it, on a good rubric: the tests of linting.advice"),
}
"""Codes that no bad document brings about, and who proves them."""


Place = tuple[str, int | None, int | None, str, str]
"""Path, line, column, severity, code."""


@dataclass(frozen=True)
class Found:
    """One diagnostic as the program gave it."""

    path: str
    line: int | None
    column: int | None
    severity: str
    code: str
    message: str
    hint: str | None

    @property
    def place(self) -> Place:
        """All that the index writes down of it."""
        return (self.path, self.line, self.column, self.severity, self.code)


@dataclass(frozen=True)
class Ran:
    """What one run of the program came to."""

    exit: int
    output: str
    errors: str

    @property
    def data(self) -> list[Found]:
        """The diagnostics in `-f json-lines`."""
        found = []
        for line in self.output.splitlines():
            one = json.loads(line)
            if one["kind"] in ("failure", "warning"):
                found += [_found(item) for item in one.get("diagnostics", [one])]
        return found

    @property
    def text(self) -> list[Found]:
        """The diagnostics on standard error."""
        found: list[Found] = []
        for line in self.errors.splitlines():
            if match := TEXT.fullmatch(line):
                found.append(_found(match.groupdict()))
            elif line.startswith(HINT):
                found[-1] = _found({**vars(found[-1]), "hint": line.removeprefix(HINT)})
        return found


TEXT = re.compile(
    r"(?P<path>.+?)(?::(?P<line>\d+):(?P<column>\d+))?: "
    r"(?P<severity>error|warning)\[(?P<code>[a-z0-9-]+)\] (?P<message>.+)"
)
HINT = "    hint: "
INVISIBLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")


def _found(one: dict[str, Any]) -> Found:
    line, column = one["line"], one["column"]
    return Found(
        one["path"],
        None if line is None else int(line),
        None if column is None else int(column),
        one["severity"],
        one["code"],
        one["message"],
        one.get("hint"),
    )


def index() -> list[dict[str, Any]]:
    """The entries of the index."""
    entries: list[dict[str, Any]] = read_by_pyyaml(FOLDER / "index.yaml")
    return entries


def wanted(entry: dict[str, Any]) -> list[Place]:
    """The diagnostics that an entry names, as `Found.place` has them."""
    return [
        (
            one.get("path", entry["file"]),
            one["line"],
            one["column"],
            one.get("severity", "error"),
            one["code"],
        )
        for one in entry["diagnostics"]
    ]


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> Ran:
    """The program in this process."""
    before = signal.getsignal(signal.SIGTERM)
    sys.argv = ["charter-score", *arguments]
    try:
        with pytest.raises(SystemExit) as ended:
            main()
    finally:
        signal.signal(signal.SIGTERM, before)
    output, errors = capsys.readouterr()
    assert isinstance(ended.value.code, int)
    return Ran(ended.value.code, output, errors)


@pytest.fixture(name="copied", scope="module")
def _copied(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder outside the repository, whose own settings need not be read for every run."""
    return Path(shutil.copytree(FOLDER, tmp_path_factory.mktemp("copied") / "bad_input"))


@pytest.fixture(autouse=True)
def _plain_surroundings(monkeypatch: pytest.MonkeyPatch, copied: Path) -> None:
    monkeypatch.chdir(copied)
    monkeypatch.setattr(sys, "argv", sys.argv)
    monkeypatch.delenv("CHARTER_SCORE_OUTPUT_FORMAT", raising=False)


ENTRIES = index()
by_entry = pytest.mark.parametrize("entry", ENTRIES, ids=[one["file"] for one in ENTRIES])
scored_entry = pytest.mark.parametrize(
    "entry",
    [one for one in ENTRIES if one["command"] == "score"],
    ids=[one["file"] for one in ENTRIES if one["command"] == "score"],
)


@scored_entry
def test_answer_as_data(entry: dict[str, Any], capsys: pytest.CaptureFixture[str]) -> None:
    """`-f json-lines` gives every diagnostic of the index and the exit code, never the value."""
    ran = run(capsys, "score", entry["file"], *entry.get("arguments", ()), "-f", "json-lines")
    assert [one.place for one in ran.data] == wanted(entry)
    assert ran.exit == entry["exit"]
    holds_the_words(entry, ran.data)
    never_shows(entry, ran)


@by_entry
def test_answer_as_text(entry: dict[str, Any], capsys: pytest.CaptureFixture[str]) -> None:
    """The text gives the same, 20 of a file at most, each as `path:line:column: error[code] …`."""
    ran = run(capsys, entry["command"], entry["file"], *entry.get("arguments", ()))
    shown = []
    for path, group in groupby(wanted(entry), key=lambda one: one[0]):
        places = list(group)
        shown += places[:MOST_SHOWN]
        if len(places) > MOST_SHOWN:
            assert f"{path}: and {len(places) - MOST_SHOWN} more\n" in ran.errors
    assert [one.place for one in ran.text] == shown
    assert ran.exit == entry["exit"]
    holds_the_words(entry, ran.text)
    never_shows(entry, ran)
    if shown:
        path, line, column, severity, code = shown[0]
        where = path if line is None else f"{path}:{line}:{column}"
        assert ran.errors.startswith(f"{where}: {severity}[{code}] ")
    assert not INVISIBLE.search(ran.output + ran.errors)


def holds_the_words(entry: dict[str, Any], found: Sequence[Found]) -> None:
    """Assert that every diagnostic says something, and one hint what the entry wants of it."""
    assert all(one.message and not one.message.endswith(".") for one in found)
    if words := entry.get("hint_contains"):
        assert any(words in (one.hint or "") for one in found), [one.hint for one in found]


def never_shows(entry: dict[str, Any], ran: Ran) -> None:
    """Assert that no personal value and, where nothing was scored, no line of the file is shown."""
    said = ran.errors if entry["exit"] == 0 else ran.output + ran.errors
    if value := entry.get("never_shows"):
        assert value.casefold() not in said.casefold()
    own = re.sub("`[^`]*`", "", said)  # between backquotes stand words of the program
    for line in (FOLDER / entry["file"]).read_text("utf-8", "replace").splitlines():
        if len(line.strip()) >= 10:
            assert line.strip() not in own


# The index itself.


def test_every_file_has_an_entry_and_every_entry_a_file() -> None:
    """Nothing lies in the folder that no entry speaks of, and no entry stands twice."""
    files = {
        path.relative_to(FOLDER).as_posix()
        for path in FOLDER.rglob("*")
        if path.is_file() and path.name not in ("index.yaml", ".gitattributes")
    }
    named = [entry["file"] for entry in ENTRIES]
    assert len(named) == len(set(named))
    assert files == set(named)


def test_git_keeps_every_byte() -> None:
    """Git changes no line end of these files."""
    lines = (FOLDER / ".gitattributes").read_text("utf-8").splitlines()
    assert "* -text" in lines


def test_every_code_is_proven() -> None:
    """Every code that the source can give stands in the index, or in a test named here."""
    proven = {one["code"] for entry in ENTRIES for one in entry["diagnostics"]}
    given = codes_of_the_source()
    assert given - proven - ELSEWHERE.keys() - OF_OTHERS.keys() == set()
    assert (proven | ELSEWHERE.keys() | OF_OTHERS.keys()) - given == set()
    assert proven & ELSEWHERE.keys() == set()
    assert all(name in globals() for name in ELSEWHERE.values())


MAKERS = frozenset(
    [
        "Problem",
        "Diagnostic",
        "_note",
        "problem",
        "diagnostic",
        "MisshapenError",
        "_problem",
        "_stop",
        "_syntax",
        "_warning",
        "_refuse",
        "refuse",
    ]
)
CODE = re.compile(r"[a-z]+(?:-[a-z0-9]+)*")
"""Codes are kebab case; the messages that some makers take first hold spaces."""


@cache
def codes_of_the_source() -> frozenset[str]:
    """Every code that a maker of diagnostics is given, and what `scalar_problem` returns first."""
    found = set(LINTS)  # some of them are put together from parts
    for path in Path(charter_score.__file__).parent.rglob("*.py"):
        tree = ast.parse(path.read_text("utf-8"))
        found.update(code for node in ast.walk(tree) for code in _codes_in(node))
    return frozenset(found)


def _codes_in(node: ast.AST) -> Iterator[str]:
    first: ast.expr | None = None
    match node:
        case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)) if name in MAKERS:
            first = node.args[0] if node.args else None
            for keyword in node.keywords:
                if keyword.arg == "code":
                    first = keyword.value
        case ast.FunctionDef(name="scalar_problem" | "key_problem"):
            for inside in ast.walk(node):
                if isinstance(inside, ast.Return) and isinstance(inside.value, ast.Tuple):
                    yield from _constant(inside.value.elts[0])
    yield from _constant(first)


def _constant(value: ast.expr | None) -> Iterator[str]:
    if isinstance(value, ast.Constant) and isinstance(value.value, str):
        if CODE.fullmatch(value.value):
            yield value.value
    elif isinstance(value, ast.IfExp):
        yield from _constant(value.body)
        yield from _constant(value.orelse)


# All at once, and what cannot be stored.


@pytest.mark.parametrize("folder", ["encoding", "json", "reference", "review", "yaml"])
def test_a_folder_of_faults_is_the_sum_of_its_files(
    folder: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """One bad file never stops the rest: in a batch each gets what it gets alone.

    But what is no review at all is an error only where nothing else was named.
    """
    alone = [
        one
        for one in ENTRIES
        if one["file"].startswith(f"{folder}/")
        and one["command"] == "score"
        and not one.get("arguments")
        and not any(found["code"] == "not-a-review" for found in one.get("diagnostics", ()))
    ]
    ran = run(capsys, "score", *[one["file"] for one in alone], "-f", "json-lines")
    assert ran.exit == 3
    kinds = [(one["kind"], one.get("path")) for one in map(json.loads, ran.output.splitlines())]
    failed = sorted(one["file"] for one in alone if one["exit"] == 3)
    assert [path for kind, path in kinds if kind == "failure"] == failed
    rows = [row for entry in alone for row in wanted(entry)]
    found = [one.place for one in ran.data]
    assert errors_of(found) == errors_of(rows)
    # A warning about a rubric is said once; that two reviews have one id shows only here.
    assert {row for row in found if row[3] == "warning" and row[4] != "duplicate-review-id"} == {
        row for row in rows if row[3] == "warning"
    }


def errors_of(rows: Sequence[Place]) -> list[Place]:
    """The errors among diagnostics, in one order for all."""
    return sorted((row for row in rows if row[3] == "error"), key=repr)


TOO_MUCH: dict[str, tuple[Callable[[], str], str, int]] = {
    "bytes.yaml": (lambda: "#" * 5_000_001, "too-large", 1),
    "bytes.json": (lambda: " " * 5_000_001, "too-large", 1),
    "text.yaml": (lambda: f'notes: "{"a" * 65_537}"', "scalar-too-long", 8),
    "text.json": (lambda: f'{{"notes": "{"a" * 65_537}"}}', "scalar-too-long", 11),
    "wide-text.yaml": (lambda: f'notes: "{"€" * 21_846}"', "scalar-too-long", 8),
    "wide-text.json": (lambda: f'{{"notes": "{"€" * 21_846}"}}', "scalar-too-long", 11),
    "plain-text.yaml": (lambda: "notes:" + "\n  word" * 20_000, "scalar-too-long", 3),
    "block-text.yaml": (lambda: "notes: |" + "\n  word" * 20_000, "scalar-too-long", 8),
    "key.yaml": (lambda: f'? "{"a" * 65_537}"\n: x', "scalar-too-long", 3),
    "key.json": (lambda: f'{{"{"a" * 65_537}": 1}}', "scalar-too-long", 2),
    "number.json": (lambda: f'{{"notes": {"1" * 65_537}}}', "scalar-too-long", 11),
    "values.yaml": (lambda: f"notes: [{', '.join('a' * 199_999)}]", "too-many-nodes", 600_003),
    "values.json": (
        lambda: f'{{"notes": [{", ".join("1" * 199_999)}]}}',
        "too-many-nodes",
        600_006,
    ),
}


@pytest.mark.at_length
@pytest.mark.parametrize("name", some([*TOO_MUCH], -1))
def test_limits_on_size(
    name: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """One byte, one value or one letter more than the limit is refused, with its place."""
    make, code, column = TOO_MUCH[name]
    monkeypatch.chdir(tmp_path)
    Path(name).write_text(make(), "utf-8")
    ran = run(capsys, "score", name, "-f", "json-lines")
    line = 2 if name == "plain-text.yaml" else 1
    assert [one.place for one in ran.data] == [(name, line, column, "error", code)]
    assert ran.exit == 3


JUST_ENOUGH: dict[str, Callable[[], str]] = {
    "bytes.yaml": lambda: "{}\n" + "#" * 4_999_997,
    "bytes.json": lambda: "{}" + " " * 4_999_998,
    "text.yaml": lambda: f'notes: "{"a" * 65_536}"',
    "text.json": lambda: f'{{"notes": "{"a" * 65_536}"}}',
    "wide-text.yaml": lambda: f'notes: "{"€" * 21_845}"',
    "values.json": lambda: f'{{"ratings": {{}}, "notes": [{", ".join("1" * 199_997)}]}}',
    "values.yaml": lambda: f"ratings: {{}}\nnotes: [{', '.join('a' * 199_997)}]",
}


@pytest.mark.at_length
@pytest.mark.parametrize("name", some([*JUST_ENOUGH], -2))
def test_just_inside_the_limits(
    name: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Exactly as much as the limit allows is read, and only what it says is judged."""
    monkeypatch.chdir(tmp_path)
    Path(name).write_text(JUST_ENOUGH[name](), "utf-8")
    ran = run(capsys, "score", name, "-f", "json-lines")
    assert {one.code for one in ran.data} <= {"missing-field", "wrong-type"}
    assert ran.exit == 3


@pytest.mark.parametrize("command", ["score", "check"])
@pytest.mark.parametrize("name", ["nowhere.yaml", "no/where/", "*.nothing", "a\0b.yaml"])
def test_a_path_that_leads_nowhere(
    name: str,
    command: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """A path or a glob without a file is a failure without a place, and ends with 3."""
    monkeypatch.chdir(tmp_path)
    ran = run(capsys, command, name)
    assert [(one.code, one.line) for one in ran.text] == [("not-found", None)]
    assert ran.exit == 3


def test_links_out_of_a_folder_are_not_followed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A link in a folder that leads out of it is a failure; the files beside it are scored."""
    monkeypatch.chdir(tmp_path)
    Path("reviews").mkdir()
    good = FOLDER / "review" / "ratings-in-other-spellings.yaml"
    (tmp_path / "secret.yaml").write_text("team: Siobhan Murphy\n", "utf-8")
    Path("reviews/good.yaml").write_text(
        good.read_text("utf-8").replace("rubric: ../support/plain.yaml\n", ""), "utf-8"
    )
    Path("reviews/link.yaml").symlink_to(tmp_path / "secret.yaml")
    rubric = str(FOLDER / "support" / "plain.yaml")
    ran = run(capsys, "score", "reviews", "--rubric", rubric, "-f", "json-lines")
    assert [one.place for one in ran.data] == [
        ("reviews/link.yaml", None, None, "error", "link-outside")
    ]
    kinds = [json.loads(line)["kind"] for line in ran.output.splitlines()]
    assert kinds == ["result", "failure", "summary"]
    assert "Siobhan" not in ran.output + ran.errors
    assert ran.exit == 3


def test_a_rubric_behind_a_link_out_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A rubric's path is judged by where it really leads, also through a link."""
    outside, inside = tmp_path / "outside.yaml", tmp_path / "inside"
    outside.write_bytes((FOLDER / "support" / "plain.yaml").read_bytes())
    inside.mkdir()
    monkeypatch.chdir(inside)
    Path("link.yaml").symlink_to(outside)
    Path("review.yaml").write_text("rubric: ./link.yaml\nratings: {}\n", "utf-8")
    ran = run(capsys, "score", "review.yaml", "-f", "json-lines")
    assert [one.place for one in ran.data] == [("review.yaml", 1, 9, "error", "rubric-outside")]
    assert ran.exit == 3


# The program itself, in a process of its own.


def program(folder: Path, *arguments: str | bytes, data: bytes | None = None, **more: Any) -> Ran:
    """Run the program in a folder; it must end in time, without a defect and without colours."""
    if more:
        done = programs.fresh(*arguments, cwd=folder, env={**os.environ, "COLUMNS": "80"}, **more)
    else:
        done = programs.run_binary(*arguments, cwd=folder, given=data, COLUMNS="80")
    ran = Ran(done.returncode, done.stdout.decode("utf-8"), done.stderr.decode("utf-8"))
    assert "Traceback" not in ran.errors
    assert not INVISIBLE.search(ran.output + ran.errors)
    return ran


def place_in(ran: Ran) -> list[tuple[str, int | None, int | None]]:
    """Code, line and column of each diagnostic in the text."""
    return [(one.code, one.line, one.column) for one in ran.text]


@pytest.mark.parametrize("command", ["score", "check"])
def test_pipes_devices_and_folders_are_not_read(command: str, tmp_path: Path) -> None:
    """A pipe without a writer, /dev/zero and a folder named like a review hang nothing."""
    os.mkfifo(tmp_path / "pipe.yaml")
    (tmp_path / "folder.yaml").mkdir()
    for path in ("pipe.yaml", "/dev/zero", "/dev/stdin"):
        ran = program(tmp_path, command, path)
        assert place_in(ran) == [("not-a-file", None, None)], path
        assert ran.exit == 3
    ran = program(tmp_path, command, "folder.yaml")
    assert place_in(ran) == []
    assert ran.errors
    assert ran.exit == 3


def test_a_pipe_beside_reviews_costs_only_itself(tmp_path: Path) -> None:
    """In a folder a pipe is a failure of its own, and a folder named like a review is walked."""
    os.mkfifo(tmp_path / "pipe.yaml")
    inner = tmp_path / "folder.yaml"
    inner.mkdir()
    (inner / "good.yaml").write_text("ratings: {welcome: {greeting: met, tone: no}}\n", "utf-8")
    rubric = str(FOLDER / "support" / "plain.yaml")
    ran = program(tmp_path, "score", ".", "--rubric", rubric, "-f", "json-lines")
    kinds = [json.loads(line)["kind"] for line in ran.output.splitlines()]
    assert kinds == ["result", "failure", "summary"]
    assert [one.place for one in ran.data] == [("pipe.yaml", None, None, "error", "not-a-file")]
    assert ran.exit == 3


def test_a_rubric_that_is_a_pipe_or_a_folder(tmp_path: Path) -> None:
    """A review whose rubric is a pipe or a folder named like a rubric fails without hanging."""
    os.mkfifo(tmp_path / "pipe.yaml")
    (tmp_path / "folder.yaml").mkdir()
    for rubric in ("pipe.yaml", "folder.yaml"):
        (tmp_path / "review.yaml").write_text(f"rubric: ./{rubric}\nratings: {{}}\n", "utf-8")
        ran = program(tmp_path, "score", "review.yaml")
        assert {one.code for one in ran.text} == {"not-a-file", "invalid-rubric"}
        assert ran.exit == 3


def test_a_file_that_cannot_be_opened(tmp_path: Path) -> None:
    """A link that leads round in a circle cannot be opened: a failure, and no more than that."""
    (tmp_path / "circle.yaml").symlink_to("circle.yaml")
    ran = program(tmp_path, "score", "circle.yaml")
    assert place_in(ran) == [("unreadable", None, None)]
    assert ran.exit == 3


def test_a_file_without_permission(tmp_path: Path) -> None:
    """A file that its reader may not open is a failure, and no more than that."""
    (tmp_path / "mine.yaml").write_text("ratings: {}\n", "utf-8")
    (tmp_path / "mine.yaml").chmod(0)
    with modes_obeyed():
        ran = program(tmp_path, "score", "mine.yaml")
    assert place_in(ran) == [("unreadable", None, None)]
    assert ran.exit == 3


def test_standard_input_of_garbage() -> None:
    """Binary garbage, endless zeros and nothing at all on standard input are failures."""
    ran = program(FOLDER, "score", "-", data=b"\x7fELF\x02\x01\x01\x00\xff\xfe")
    assert place_in(ran) == [("not-utf8", 1, 9)]
    assert ran.exit == 3
    with open("/dev/zero", "rb") as zeros:
        ran = program(FOLDER, "score", "-", stdin=zeros)
    assert place_in(ran) == [("too-large", 1, 1)]
    assert ran.exit == 3
    ran = program(FOLDER, "score", "-", data=b"")
    assert place_in(ran) == [("empty-document", 1, 1)]
    assert ran.exit == 3


def test_standard_input_that_looks_like_json() -> None:
    """Text that begins with `{` is YAML too: what is wrong with it is said of the YAML."""
    ran = program(FOLDER, "score", "-", data=b"{ratings: {}, ratings: {}}")
    assert place_in(ran) == [("duplicate-key", 1, 15)]
    assert ran.exit == 3


def test_standard_input_that_cannot_be_read(tmp_path: Path) -> None:
    """Standard input that is closed, or open for writing only, is a failure and no defect."""
    words = [sys.executable, "-m", "charter_score", "score", "-"]
    for redirection in ("<&-", "0>written"):
        line = " ".join(f"'{word}'" for word in words) + " " + redirection
        done = subprocess.run(
            ["sh", "-c", line], cwd=tmp_path, capture_output=True, timeout=SECONDS, check=False
        )
        ran = Ran(done.returncode, done.stdout.decode("utf-8"), done.stderr.decode("utf-8"))
        assert place_in(ran) == [("unreadable", None, None)], ran.errors
        assert ran.exit == 3


DEEP = {
    "lists.yaml": ("[" * 100_000, "too-deep", 33),
    "mappings.yaml": ("{a: " * 100_000, "too-deep", 129),
    "items.yaml": ("- " * 100_000, "too-deep", 65),
    "keys.yaml": ("? " * 100_000, "key-not-text", 3),
    "lists.json": ("[" * 100_000, "too-deep", 33),
    "mappings.json": ('{"a":' * 100_000, "too-deep", 161),
    "closing.yaml": ("]" * 100_000, "yaml-syntax", 1),
    "closing.json": ("]" * 100_000, "json-syntax", 1),
    "quotes.yaml": ('"' * 100_001, "yaml-syntax", 3),
    "tags.yaml": ("!" * 100_000, "tag", 1),
}


@pytest.mark.parametrize("name", DEEP)
def test_nesting_without_end(name: str, tmp_path: Path) -> None:
    """100,000 brackets, dashes or marks crash nothing: they are refused at the first too many."""
    text, code, column = DEEP[name]
    (tmp_path / name).write_text(text, "utf-8")
    ran = program(tmp_path, "score", name)
    assert place_in(ran)[:1] == [(code, 1, column)]
    assert ran.exit == 3


def test_bombs_are_refused_at_once() -> None:
    """A merge-key bomb and billion laughs of 26 levels are refused without being built."""
    letters = "abcdefghijklmnopqrstuvwxyz"
    merge = "a: &a {x: y}\n"
    laughs = "a: &a [lol, lol, lol, lol, lol, lol, lol, lol, lol]\n"
    for before, letter in pairwise(letters):
        merge += f"{letter}: &{letter} {{<<: [{', '.join(['*' + before] * 9)}]}}\n"
        laughs += f"{letter}: &{letter} [{', '.join(['*' + before] * 9)}]\n"
    for bomb, code in ((merge, "merge-key"), (laughs, "alias")):
        ran = program(FOLDER, "score", "-", "-f", "json-lines", data=bomb.encode())
        codes = [one.code for one in ran.data]
        assert codes.count("anchor") == 26
        assert codes.count(code) >= 25
        assert set(codes) == {"anchor", "alias", code}
        assert ran.exit == 3


NAMES = [
    (b"esc\x1b[31m.yaml", "esc\\u001b[31m.yaml"),
    (b"line\nbreak.yaml", "line\\u000abreak.yaml"),
    ("back\u202ewards.yaml".encode(), "back\\u202ewards.yaml"),
    (b"latin\xe9.yaml", "latin\ufffd.yaml"),
    (b"%0A::error::x.yaml", "%0A::error::x.yaml"),
]


@pytest.mark.parametrize(("name", "shown"), NAMES, ids=[shown for _, shown in NAMES])
def test_hostile_file_names(name: bytes, shown: str, tmp_path: Path) -> None:
    """A name that would act on a terminal is shown, not obeyed, in text and in data."""
    path = os.fsencode(tmp_path) + b"/" + name
    with open(path, "wb") as stream:
        stream.write(b"ratings: {}\n")
    ran = program(tmp_path, "score", name)
    assert ran.errors.startswith(f"{shown}:1:1: error[missing-field] ")
    assert ran.exit == 3
    ran = program(tmp_path, "score", name, "-f", "json-lines")
    assert [one.code for one in ran.data] == ["missing-field"]
    ran = program(tmp_path, "score", b"no-" + name)
    assert ran.errors.startswith(f"no-{shown}: error[not-found] ")
    assert ran.exit == 3


def test_one_contact_reviewed_twice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only a batch can see it: the later of two reviews of one contact by one reviewer is told."""
    monkeypatch.chdir(tmp_path)
    plain = (FOLDER / "support" / "plain.yaml").read_text(encoding="utf-8")
    Path("plain.yaml").write_text(plain, encoding="utf-8")
    text = (
        "{rubric: ./plain.yaml, reviewer: R, interaction: {reference: C-1}, "
        "ratings: {welcome: {greeting: met, tone: met}}}"
    )
    for name in ("a", "b"):
        Path(f"{name}.yaml").write_text(text, encoding="utf-8")
    found = json.loads(programs.run("score", ".", "-f", "json").stdout)["warnings"]
    assert [(one["code"], one["path"]) for one in found] == [("reviewed-twice", "b.yaml")]
