"""The package as a whole: what it loads, what it publishes, what its README says."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from charter_score.library import built_in_rubrics
from charter_score.scalars import Boolean, Null, Number, Value
from charter_score.source.reading import is_rubric, read_document
from charter_score.wire.ours import is_mapping
from charter_score.wire.schemas import json_schema, schema_text

ROOT = Path(__file__).resolve().parent.parent
SCHEMAS = {
    "rubric": "rubric-v1",
    "review": "review-v1",
    "result": "results-v1",
    "calibration": "calibration-v1",
    "sample": "sample-v1",
    "verification": "verification-v1",
    "impact": "impact-v1",
    "agreement": "agreement-v1",
    "subject": "subject-v1",
    "disputes": "disputes-v1",
    "report": "report-v1",
    "volumes": "volumes-v1",
    "mapping": "mapping-v1",
}


def python(code: str) -> str:
    """What some code prints in an interpreter of its own, in the repository's folder."""
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return done.stdout


def loaded_by(code: str) -> set[str]:
    """The top-level modules that are loaded once some code has run."""
    told = python(f"{code}\nimport sys\nprint(*{{name.partition('.')[0] for name in sys.modules}})")
    return set(told.splitlines()[-1].split())


def test_the_engine_knows_no_files_and_no_terminal() -> None:
    """Importing the engine loads no YAML, no terminal and no command line."""
    loaded = loaded_by("import charter_score.scoring")
    assert not loaded & {"yaml", "rich", "typer", "click"}


@pytest.mark.parametrize("words", ["", ", '-f', 'json'", ", '-f', 'concise'"])
def test_scoring_one_review_loads_only_what_it_needs(words: str) -> None:
    """`score FILE` loads typer, pydantic and YAML, and no library or command it does not use.

    A terminal view loads rich's console and tables, and nothing of it that loads more; JSON none.
    """
    code = (
        "import sys, contextlib, io, charter_score.__main__ as program\n"
        f"sys.argv = ['score', 'examples/plymouth/strong.yaml'{words}]\n"
        "with contextlib.redirect_stdout(io.StringIO()), contextlib.suppress(SystemExit):\n"
        "    program.score_main()\n"
        "print(*(name.replace('charter_score.cli.', 'cli-') for name in sys.modules))"
    )
    modules = python(code).split()
    loaded = {name.partition(".")[0] for name in modules}
    assert {"yaml", "typer", "pydantic"} <= loaded
    assert not loaded & {"multiprocessing", "jinja2", "xlsxwriter", "python_calamine"}
    assert not loaded & {"pygments", "markdown_it"}
    assert ("rich" in loaded) is ("json" not in words)
    others = (
        "check",
        "new",
        "fill",
        "rubrics",
        "explain",
        "dispute",
        "selftest",
        "schema",
        "report",
    )
    assert not loaded & {f"cli-{name}" for name in others}


def test_both_programs_print_the_same() -> None:
    """`score FILE` and `charter-score score FILE` agree."""
    path = "examples/plymouth/needs.yaml"
    outputs = {
        subprocess.run(
            [sys.executable, "-c", f"from charter_score.__main__ import {main}; {main}()", *words],
            cwd=ROOT,
            capture_output=True,
            check=True,
        ).stdout
        for main, words in (("score_main", [path]), ("main", ["score", path]))
    }
    assert len(outputs) == 1


def test_a_command_loads_no_other() -> None:
    """`charter-score score FILE` loads the options of `score` alone, all of them for its help."""
    code = "import sys, contextlib, io, charter_score.__main__ as program\n"
    code += "sys.argv = ['charter-score', *{words}]\n"
    code += "with contextlib.redirect_stdout(io.StringIO()), contextlib.suppress(SystemExit):\n"
    code += "    program.main()\n"
    code += "print('charter_score.cli.dispute' in sys.modules)"
    scoring = ["score", "examples/plymouth/strong.yaml"]
    assert python(code.format(words=scoring)).strip() == "False"
    assert python(code.format(words=["--help"])).strip() == "True"


@pytest.mark.parametrize(("name", "file"), SCHEMAS.items())
def test_published_schemas_are_fresh(name: str, file: str) -> None:
    """The files in schemas/ are what the models give (`charter-score schema NAME` writes them)."""
    published = (ROOT / f"schemas/{file}.schema.json").read_text(encoding="utf-8")
    assert published == schema_text(name)


@pytest.mark.parametrize("name", SCHEMAS)
def test_schemas_are_valid_in_both_drafts(name: str) -> None:
    """Editors read draft-07 and other programs 2020-12; the schemas are good in both."""
    schema = json_schema(name)
    jsonschema.Draft7Validator.check_schema(schema)
    jsonschema.Draft202012Validator.check_schema(schema)


def plain(value: Value) -> Any:
    """Values as an editor's YAML 1.2 parser gives them."""
    if isinstance(value, dict):
        return {key: plain(one) for key, one in value.items()}
    if isinstance(value, list):
        return [plain(one) for one in value]
    if isinstance(value, Number):
        return float(value.text)
    if isinstance(value, Boolean):
        return value.text.casefold() == "true"
    return None if isinstance(value, Null) else str(value)


def shipped_documents() -> Iterator[Path]:
    """Every rubric and example in the repository."""
    yield from map(Path, built_in_rubrics().values())
    yield from sorted((ROOT / "examples").rglob("*.yaml"))


@pytest.mark.parametrize("path", list(shipped_documents()), ids=lambda path: path.name)
def test_shipped_documents_are_good_by_the_schemas(path: Path) -> None:
    """What ships is valid by the published schemas too, so an editor shows no false error."""
    value = read_document(path.read_bytes(), path.name).value
    kind = "mapping" if is_mapping(value) else "rubric" if is_rubric(value) else "review"
    schema = json_schema(kind)
    assert list(jsonschema.Draft7Validator(schema).iter_errors(plain(value))) == []


def test_results_are_good_by_the_schema() -> None:
    """The results of all examples are valid by the published schema."""
    done = subprocess.run(
        [sys.executable, "-m", "charter_score", "score", "examples", "-f", "json"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    results = json.loads(done.stdout)
    assert results["results"]
    assert list(jsonschema.Draft7Validator(json_schema("result")).iter_errors(results)) == []


def test_ci_runs_the_command_of_the_readme() -> None:
    """The README has one command that scores an example and one that passes the tests."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    commands = dict(re.findall(r"^```sh (\w+)\n(.*?)\n```$", readme, re.MULTILINE | re.DOTALL))
    assert "score examples/" in commands["score"]
    assert commands["test"].endswith("-m pytest -n auto")
    assert "```sh test" in (ROOT / ".ci/run").read_text(encoding="utf-8")


def test_ci_says_what_it_runs() -> None:
    """Each step of `.ci/run` is named in what it says at its start; each path it tests exists."""
    script = (ROOT / ".ci/run").read_text(encoding="utf-8")
    plan = re.findall(r"^  (\w+)  ", script.split("<<'PLAN'")[1].split("\nPLAN")[0], re.MULTILINE)
    (steps,) = re.findall(r"steps=\((\w[\w ]*)\)", script)
    assert steps.split() == plan
    assert all(re.search(rf"^{step}\(\) {{", script, re.MULTILINE) for step in plan)
    paths = re.findall(r"tests/[\w./]+", script)
    assert [path for path in paths if not (ROOT / path).exists()] == []


def test_readme_shows_what_the_program_prints() -> None:
    """Each line of the README's first example is in the program's output."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    block = readme.split("```console\n")[1].split("```")[0]
    command, *lines = block.splitlines()
    done = subprocess.run(
        [sys.executable, "-m", "charter_score", *command.removeprefix("$ ").split()],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    said = " ".join(done.stdout.split())
    for line in lines:
        for part in line.split("…"):
            assert " ".join(part.split()) in said


def test_links_of_the_readme_lead_somewhere() -> None:
    """Every file and folder that the README links to is there."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    links = [link for link in re.findall(r"\]\(([^)]+)\)", readme) if "://" not in link]
    assert [link for link in links if not (ROOT / link).exists()] == []


def test_the_readme_draws_the_house_as_it_stands() -> None:
    """Its table of rooms names each module and package of the source, each once."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    table = readme.partition("| room | what is in it |")[2].partition("\n\n")[0]
    rooms = [
        room.rstrip("/")
        for row in table.splitlines()
        for room in re.findall(r"`([a-z_]+/?)`", row.split("|")[1] if "|" in row else "")
    ]
    package = ROOT / "src" / "charter_score"
    there = {path.stem for path in package.glob("*.py")} - {"__init__", "__main__"}
    there |= {path.parent.name for path in package.glob("*/__init__.py")}
    assert sorted(rooms) == sorted(there)
