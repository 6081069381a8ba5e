"""The documentation keeps its word: examples load, commands run, every code is explained.

In the pages, `yaml rubric` and `yaml review` blocks are whole documents, `yaml broken` ones have
mistakes on purpose, and a first line such as `# my-review.yaml` names the file to save a block as.
In a `console` block `$ ` begins a command, `…` stands for lines left out, and `$ echo $?` shows an
exit code other than 0.
"""

import ast
import os
import pkgutil
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from modulefinder import ModuleFinder
from pathlib import Path
from typing import NamedTuple

import pytest

import programs
from charter_score import limits
from charter_score.errors import DocumentError
from charter_score.library import Library, load_rubric, review_of
from charter_score.source.reading import read_document

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
PAGES = (
    *("guide.md", "formats.md", "scoring.md", "diagnostics.md", "safety.md"),
    *("api.md", "contributing.md", "calibration.md", "fairness.md", "reports.md"),
)
LEFT_OUT = "…"


class Block(NamedTuple):
    """A fenced block of a page: the words after the fence, its text, the line it begins on."""

    page: str
    line: int
    kind: str
    text: str

    @property
    def file_name(self) -> str | None:
        """The file that the block's first line asks to be saved as."""
        found = re.match(r"# (\S+\.(?:yaml|yml|json))\n", self.text)
        return found[1] if found else None

    def __str__(self) -> str:
        """Where the block stands, for the names of tests."""
        return f"{self.page}:{self.line}"


class Command(NamedTuple):
    """A command of a console block, the exit code it promises and the output it shows."""

    line: str
    code: int
    output: list[str]


def blocks_of(page: str) -> Iterator[Block]:
    """The fenced blocks of a page, in order."""
    text = (DOCS / page).read_text(encoding="utf-8")
    for found in re.finditer(r"^```([a-z ]+)\n(.*?)^```$", text, re.MULTILINE | re.DOTALL):
        yield Block(page, text.count("\n", 0, found.start()) + 1, found[1], found[2])


def commands_of(block: Block) -> list[Command]:
    """The commands of a console block."""
    commands: list[Command] = []
    asked = False
    for line in block.text.splitlines():
        if line == "$ echo $?":
            asked = True
        elif line.startswith("$ "):
            commands.append(Command(line.removeprefix("$ "), 0, []))
        elif asked:
            commands[-1] = commands[-1]._replace(code=int(line))
            asked = False
        else:
            commands[-1].output.append(line)
    return commands


def shows(excerpt: list[str], actual: list[str]) -> bool:
    """Whether an excerpt is true of an output: its pieces follow each other, nothing is skipped."""
    pieces: list[list[str]] = [[]]
    for line in excerpt:
        if line == LEFT_OUT:
            pieces.append([])
        else:
            pieces[-1].append(line)
    at = 0
    for number, piece in enumerate(pieces):
        last = len(actual) - len(piece)
        first = last if 0 < number == len(pieces) - 1 else at
        starts = range(max(first, at), (at if number == 0 else last) + 1)
        found = next((start for start in starts if actual[start : start + len(piece)] == piece), -1)
        if found < 0:
            return False
        at = found + len(piece)
    return at == len(actual)


def written(lines: list[str]) -> list[str]:
    """The lines that are not blank, without spaces at their ends."""
    return [line.rstrip() for line in lines if line.strip()]


DOCUMENTS = [
    block
    for page in PAGES
    for block in blocks_of(page)
    if block.kind in ("yaml rubric", "yaml review")
]


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of what a reader has before them, as the current folder, so nothing of ours changes.

    The commands `score` and `charter-score` in it run this interpreter and this source.
    """
    for name in ("examples", "rubrics"):
        shutil.copytree(ROOT / name, tmp_path / name)
    commands = tmp_path / ".bin"
    programs.install(commands)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", f"{commands}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("PYTHONUTF8", "1")
    for name in ("COLUMNS", "CHARTER_SCORE_OUTPUT_FORMAT"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


def save(blocks: list[Block], folder: Path) -> None:
    """Save the blocks that name a file, as a reader would."""
    for block in blocks:
        if block.file_name:
            (folder / block.file_name).write_text(block.text, encoding="utf-8")


@pytest.mark.parametrize("block", DOCUMENTS, ids=str)
def test_documents_load(block: Block, desk: Path) -> None:
    """Every rubric and review in the pages loads without an error or a warning."""
    save(list(blocks_of(block.page)), desk)
    shown = block.file_name or "example.yaml"
    try:
        if block.kind == "yaml rubric":
            path = desk / shown
            path.write_text(block.text, encoding="utf-8")
            warnings = load_rubric(path).warnings
        else:
            document = read_document(block.text.encode(), shown)
            warnings = review_of(document, Library(), str(desk), None).warnings
    except DocumentError as wrong:
        pytest.fail(str(wrong.diagnostics))
    assert not warnings


@pytest.mark.parametrize("page", PAGES)
def test_commands_do_what_the_page_shows(page: str, desk: Path) -> None:
    """Every command in a page ends with the exit code shown, or 0, and prints what is shown."""
    for block in blocks_of(page):
        save([block], desk)
        commands = commands_of(block) if block.kind == "console" else []
        for command in commands:
            ran = _run(["sh", "-c", command.line], desk)
            assert ran.returncode == command.code, f"{block}: {command.line}\n{ran.stdout}"
            actual = written(ran.stdout.splitlines())
            said = f"{block}: {command.line} does not print this; it prints\n{ran.stdout}"
            assert shows(written(command.output), actual), said
        if block.kind == "python":
            ran = _run([sys.executable, "-c", block.text], desk)
            assert ran.returncode == 0, f"{block}\n{ran.stdout}"


def _run(arguments: list[str], folder: Path) -> "subprocess.CompletedProcess[str]":
    """A command's exit code, and all that it writes in the order in which it is written."""
    return subprocess.run(
        arguments,
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        timeout=60,
        check=False,
    )


def test_every_code_is_explained() -> None:
    """The tables of diagnostics list each code that the program can give once, and no other."""
    text = (DOCS / "diagnostics.md").read_text(encoding="utf-8")
    listed = re.findall(r"^\| `([a-z0-9-]+)` +\|", text, re.MULTILINE)
    given = codes_in_source()
    assert set(listed) - given == set(), "listed, and the program never gives them"
    assert given - set(listed) == set(), "given by the program, and not listed"
    assert len(listed) == len(given), "listed twice"


def codes_in_source() -> set[str]:
    """Every text that the program, as far as its commands reach, gives as a diagnostic's code."""
    program = ModuleFinder(path=[str(ROOT / "src")])
    program.run_script(str(ROOT / "src" / "charter_score" / "__main__.py"))
    files = [getattr(module, "__file__", None) for module in program.modules.values()]
    paths = [Path(file) for file in files if file]
    nodes = [
        node for path in paths for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
    ]
    takers = {name for node in nodes for name in _takes_a_code(node)}
    return {
        text for node in nodes for given in _codes_given(node, takers) for text in _texts(given)
    }


def _takes_a_code(node: ast.AST) -> Iterator[str]:
    """The name of a function, or of a class, whose first argument is a code."""
    if isinstance(node, ast.FunctionDef) and _first_argument(node) == "code":
        yield node.name
    elif isinstance(node, ast.ClassDef):
        makers = [one for one in node.body if isinstance(one, ast.FunctionDef)]
        fields = [one.target for one in node.body if isinstance(one, ast.AnnAssign)]
        if any(one.name == "__init__" and _first_argument(one) == "code" for one in makers) or (
            fields and isinstance(fields[0], ast.Name) and fields[0].id == "code"
        ):
            yield node.name


def _first_argument(function: ast.FunctionDef) -> str | None:
    names = [one.arg for one in function.args.args if one.arg != "self"]
    return names[0] if names else None


def _codes_given(node: ast.AST, takers: set[str]) -> Iterator[ast.expr]:
    """The code in a call of a taker or a returned `(code, message, hint)`, and a list of lints."""
    if isinstance(node, ast.Call):
        name = getattr(node.func, "id", None) or getattr(node.func, "attr", None)
        if name in takers:
            yield from node.args[:1]
            yield from (one.value for one in node.keywords if one.arg == "code")
    elif (
        isinstance(node, ast.Return)
        and isinstance(node.value, ast.Tuple)
        and len(node.value.elts) == 3
        and not any(isinstance(one, ast.Starred) for one in node.value.elts)
    ):
        yield node.value.elts[0]
    elif (
        isinstance(node, ast.Assign)
        and isinstance(node.value, ast.Tuple)
        and ast.unparse(node.targets[0]) == "LINTS"
    ):
        yield from node.value.elts


def _texts(expression: ast.expr) -> Iterator[str]:
    if isinstance(expression, ast.Constant) and re.fullmatch("[a-z0-9-]+", str(expression.value)):
        yield str(expression.value)
    elif isinstance(expression, ast.IfExp):
        yield from _texts(expression.body)
        yield from _texts(expression.orelse)


def test_links_lead_somewhere() -> None:
    """Every link between the pages leads to a file that is there, and to a heading in it."""
    for page in PAGES:
        text = (DOCS / page).read_text(encoding="utf-8")
        for target, heading in re.findall(r"\]\(([^)#:]*)(?:#([^)]*))?\)", text):
            path = DOCS / (target or page)
            assert path.exists(), f"{page}: {target}"
            assert not heading or heading in headings_of(path), f"{page}: {target}#{heading}"


def headings_of(path: Path) -> set[str]:
    """The headings of a page, in the form in which a link names them."""
    titles = re.findall(r"^#+ (.*)$", path.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in titles}


def test_every_field_and_column_is_described() -> None:
    """The reference of formats names each field of a result, and each column of a table."""
    from charter_score.render.results import table
    from charter_score.wire import documents

    text = (DOCS / "formats.md").read_text(encoding="utf-8").partition("\n## Result\n")[2]
    described = set(re.findall(r"`([a-z_0-9]+)`", text))
    fields = {
        field
        for name, document in vars(documents).items()
        if name.endswith("Document")
        for field in document.__annotations__
    }
    columns = {*table.REVIEW_COLUMNS, *table.KNOWN_FIELDS, *table.RESULT_COLUMNS}
    columns |= set(table.CRITERION_COLUMNS)
    assert (fields | columns) - described == set()


def test_the_table_of_personal_data_has_every_format() -> None:
    """Whoever looks up a format finds whether it carries names and comments."""
    from charter_score.cli.formats import Format

    text = (DOCS / "safety.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (`.*?) \|", text, re.MULTILINE)
    named = {name for row in rows for name in re.findall("`([a-z-]+)`", row)}
    assert {one.value for one in Format} - named == set()


def test_the_limits_are_those_of_the_page() -> None:
    """The table of limits in safety.md has the figures that the program goes by."""
    text = (DOCS / "safety.md").read_text(encoding="utf-8")
    table = dict(re.findall(r"^\| ([^|]+) \| ([0-9][^|]*) \|$", text, re.MULTILINE))
    words = "levels of a criterion, bands of a rubric, values of a field"
    assert {
        "size of a review, rubric or form": f"{limits.MOST_BYTES // 1_000_000} MB",
        "length of one text": f"{limits.LONGEST_SCALAR // 1024} KB",
        "nesting": f"{limits.MOST_DEPTH} levels",
        "values in a file": f"{limits.MOST_NODES:,}",
        "length of a key": f"{limits.LONGEST_KEY:,} characters",
        "length of a number": f"{limits.LONGEST_NUMBER} characters",
        "criteria of a rubric": f"{limits.MOST_CRITERIA:,}",
        "sections of a rubric": f"{limits.MOST_SECTIONS}",
        "fields that a rubric declares, or a condition names": f"{limits.MOST_FIELDS}",
        words: f"{limits.MOST_WORDS}",
    }.items() <= table.items()


def test_the_page_for_colleagues_names_what_exists() -> None:
    """Every path and every name in contributing.md is there, in the source or the repository."""
    text = (DOCS / "contributing.md").read_text(encoding="utf-8")
    quoted = re.findall(r"`([^`\s]+)`", re.sub(r"^```.*?^```$", "", text, flags=re.M | re.S))
    paths = {word for word in quoted if "/" in word or word.endswith((".py", ".toml"))}
    package = ROOT / "src" / "charter_score"
    missing = {path for path in paths if not ((package / path).exists() or (ROOT / path).exists())}
    assert missing == set()
    names = {word for word in quoted if re.fullmatch(r"[a-z_]+(\.\w+)+", word)} - paths
    assert len(names) > 30
    for name in names - {"review.yaml"}:
        assert pkgutil.resolve_name(f"charter_score.{name}") is not None
