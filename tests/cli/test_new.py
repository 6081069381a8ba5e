"""`new`: what it writes and where, what it will not touch, and that all of it can be scored."""

import json
import os
import shutil
import stat
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import openpyxl
import pytest

from charter_score.cli.new import NewRequest, run_new
from charter_score.cli.terminal import Color
from charter_score.errors import ExitCode, NotWrittenError, UsageError
from charter_score.library import load_rubric
from charter_score.rubric import Rubric, holds
from charter_score.wire.schemas import json_schema

ROOT = Path(__file__).resolve().parents[2]
BUILT_IN = sorted(path.stem for path in ROOT.glob("rubrics/*.yaml"))
PLYMOUTH = "plymouth-quality-monitoring"
SCHEMA = f".{PLYMOUTH}@2016.schema.json"
OWN = """\
id: own
version: "{version}"
title: Our own
sections:
  - id: one
    title: One
    criteria:
      - {{id: a, title: Greeting, guidance: Heard., advice: Say it., source: "1"}}
      - {{id: b, title: Goodbye, guidance: Heard., advice: Say it., source: "2"}}
"""


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Each test stands in an empty folder."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def new(rubric: str | None = None, output: str | None = None, **more: Any) -> ExitCode:
    return run_new(NewRequest(rubric, output, color=Color.NEVER, **more))


def score(*words: str) -> tuple[int, dict[str, Any]]:
    """The program itself over some files: its exit code and its results."""
    done = subprocess.run(
        [sys.executable, "-m", "charter_score", "score", *words, "-f", "json"],
        capture_output=True,
        check=False,
        timeout=60,
    )
    return done.returncode, json.loads(done.stdout)


def checked(*words: str) -> tuple[int, str]:
    done = subprocess.run(
        [sys.executable, "-m", "charter_score", "check", *words],
        capture_output=True,
        check=False,
        timeout=60,
        text=True,
    )
    return done.returncode, done.stderr


def interaction_for(rubric: Rubric) -> dict[str, str]:
    """The first value of every field that has values."""
    return {name: rule.values[0] for name, rule in rubric.fields.items() if rule.values}


def ratings_for(rubric: Rubric) -> dict[tuple[str, str], str]:
    """The first rating word of every criterion that applies then, the second of every third."""
    given = interaction_for(rubric)
    found = {}
    for number, (section, criterion) in enumerate(rubric.criteria()):
        if holds(section.applies_when, given) and holds(criterion.applies_when, given):
            found[section.id, criterion.id] = rubric.rating_words(criterion)[number % 3 == 0]
    return found


def fill_text(path: Path, rubric: Rubric) -> None:
    """Write ratings behind the keys of a review, as a person does in an editor."""
    given, ratings = interaction_for(rubric), ratings_for(rubric)
    section = ""
    lines = []
    for line in path.read_text(encoding="utf-8").splitlines():
        key = line.strip().removesuffix(":")
        if line == "status: draft":
            line = "status: final"  # noqa: PLW2901
        elif line.startswith("  ") and line[2:3].isalpha() and line.endswith(":"):
            section = key
            if key in given and "ratings:" not in lines:
                line += f" {given[key]}"  # noqa: PLW2901
        elif line.startswith("    ") and (section, key) in ratings:
            line += f" {ratings[section, key]}"  # noqa: PLW2901
        lines.append(line)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def fill_form(path: Path, rubric: Rubric) -> None:
    """Choose ratings in the cells of a form, as a person does in a spreadsheet."""
    book = openpyxl.load_workbook(path, rich_text=True)
    sheet = book["Review"]
    rows = {cell.value: cell.row for cell in reversed(sheet["A"])}
    sheet.cell(rows["review:status"], 5, "final")
    for name, value in interaction_for(rubric).items():
        sheet.cell(rows[f"interaction:{name}"], 5, value)
    for (section, criterion), word in ratings_for(rubric).items():
        sheet.cell(rows[f"{section}.{criterion}"], 5, word)
    book.save(path)


def test_every_rubric_can_be_filled_and_scored_as_text_and_as_form() -> None:
    """From `new` to a score, for each standard that ships: both ways give the same result."""
    names = []
    for rubric_id in BUILT_IN:
        rubric = load_rubric(ROOT / f"rubrics/{rubric_id}.yaml").rubric
        assert new(rubric_id, f"{rubric_id}.yaml") is ExitCode.OK
        assert new(rubric_id, f"{rubric_id}.xlsx") is ExitCode.OK
        fill_text(Path(f"{rubric_id}.yaml"), rubric)
        fill_form(Path(f"{rubric_id}.xlsx"), rubric)
        names += [f"{rubric_id}.xlsx", f"{rubric_id}.yaml"]
    code, found = score(*names)
    assert found["failures"] == []
    assert code == 0
    results = {one["review"]["path"]: one for one in found["results"]}
    assert sorted(results) == sorted(names)
    for rubric_id in BUILT_IN:
        text, form = results[f"{rubric_id}.yaml"], results[f"{rubric_id}.xlsx"]
        for part in ("rubric", "score", "observed", "band", "sections", "development_needs"):
            assert text[part] == form[part]
        assert text["score"]["share"] != "1/1"


def test_a_new_review_is_a_draft_until_it_is_filled(capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing but its status is said of it, and the message names the next step."""
    assert new(PLYMOUTH, "a.yaml") is ExitCode.OK
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err == "a.yaml: 20 criteria to rate. Then: charter-score score a.yaml\n"
    code, found = score("a.yaml")
    assert (code, found["skipped"][0]["reason"]) == (0, "draft")
    assert checked("--strict", "a.yaml") == (0, "")


def test_the_schema_of_the_very_rubric_lies_beside_a_new_review() -> None:
    """The editor's line names it; no folder walk reads it; a second review uses the same."""
    new(PLYMOUTH, "a.yaml")
    assert (
        Path("a.yaml")
        .read_text(encoding="utf-8")
        .startswith(f"# yaml-language-server: $schema={SCHEMA}\n")
    )
    before = Path(SCHEMA).stat().st_mtime_ns
    schema = json.loads(Path(SCHEMA).read_text(encoding="utf-8"))
    jsonschema.Draft7Validator.check_schema(schema)
    assert "welcome" in schema["properties"]["ratings"]["properties"]
    new(PLYMOUTH, "b.yaml")
    assert Path(SCHEMA).stat().st_mtime_ns == before
    code, found = score(".")
    assert (code, found["summary"]["reviews"]) == (0, 2)


def test_an_older_schema_of_ours_is_brought_up_to_date_and_no_other_file() -> None:
    """What `new` wrote it may renew; what somebody else wrote it leaves alone."""
    Path(SCHEMA).write_text('{"$id": "charter-score/review-v1/old"}', encoding="utf-8")
    assert new(PLYMOUTH, "a.yaml") is ExitCode.OK
    assert "welcome" in Path(SCHEMA).read_text(encoding="utf-8")
    for foreign in ('{"$id": "other"}', "[]", "not json"):
        Path(SCHEMA).write_text(foreign, encoding="utf-8")
        with pytest.raises(UsageError, match="no schema of ours"):
            new(PLYMOUTH, "b.yaml")
        assert Path(SCHEMA).read_text(encoding="utf-8") == foreign
        assert not Path("b.yaml").exists()
    assert new(PLYMOUTH, "b.yaml", force=True) is ExitCode.OK


def test_on_standard_output_a_comment_says_how_to_get_the_exact_schema(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The review goes to standard output alone, with the published schema's name."""
    assert new(PLYMOUTH) is ExitCode.OK
    told = capsys.readouterr()
    assert told.err == ""
    first, *rest = told.out.splitlines()
    assert first == "# yaml-language-server: $schema=review-v1.schema.json"
    comment = " ".join(line.lstrip("# ") for line in rest if line.startswith("#"))
    assert f"charter-score schema review --rubric {PLYMOUTH}@2016" in comment
    assert list(Path().iterdir()) == []


@pytest.mark.parametrize("name", ["a.yaml", "a.xlsx"])
def test_what_is_there_is_not_replaced_without_force(name: str) -> None:
    """An existing file, or a link that leads nowhere, stays; --force replaces it, mode kept."""
    path = Path(name)
    path.write_text("mine", encoding="utf-8")
    path.chmod(0o640)
    with pytest.raises(UsageError, match="is there already") as wrong:
        new(PLYMOUTH, name)
    assert wrong.value.hint is not None
    assert "--force" in wrong.value.hint
    assert path.read_text(encoding="utf-8") == "mine"
    assert new(PLYMOUTH, name, force=True) is ExitCode.OK
    assert path.stat().st_size > 1000
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    Path("link.yaml").symlink_to("nowhere.yaml")
    with pytest.raises(UsageError, match="is there already"):
        new(PLYMOUTH, "link.yaml")


def test_new_files_are_their_owners_alone() -> None:
    """A review will hold names."""
    new(PLYMOUTH, "a.yaml")
    new(PLYMOUTH, "a.xlsx")
    for name in ("a.yaml", "a.xlsx"):
        assert stat.S_IMODE(Path(name).stat().st_mode) == 0o600


@pytest.mark.parametrize(
    "request_",
    [
        NewRequest(),
        NewRequest(PLYMOUTH, rubric_template=True),
        NewRequest(PLYMOUTH, source="a.xlsx"),
        NewRequest(source="a.xlsx", rubric_template=True),
        NewRequest(PLYMOUTH, "a.json"),
        NewRequest(PLYMOUTH, "a"),
        NewRequest(rubric_template=True, output="a.xlsx"),
        NewRequest("no-such-rubric"),
        NewRequest("no-such-rubric.yaml"),
        NewRequest(f"{PLYMOUTH}@1999"),
    ],
)
def test_a_command_that_cannot_be_meant_is_refused(request_: NewRequest) -> None:
    """Used wrongly it writes nothing and says how it is meant."""
    with pytest.raises(UsageError) as wrong:
        run_new(request_)
    assert wrong.value.exit_code is ExitCode.USAGE
    assert list(Path().iterdir()) == []


def test_a_rubric_with_errors_is_told_and_nothing_is_written(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The rubric's own diagnostics, with their lines; exit 3."""
    Path("own.yaml").write_text(OWN.format(version="1").replace("id: b", "id: a"), encoding="utf-8")
    assert new("own.yaml", "a.yaml") is ExitCode.NOT_SCORED
    assert "own.yaml:9:14: error[duplicate-id]" in capsys.readouterr().err
    assert not Path("a.yaml").exists()


def test_what_cannot_be_written_is_said() -> None:
    """A folder that is not there is an output that could not be written."""
    with pytest.raises(NotWrittenError):
        new(PLYMOUTH, "nowhere/a.yaml")
    with pytest.raises(NotWrittenError):
        new(PLYMOUTH, "nowhere/a.xlsx")


@pytest.mark.parametrize(
    ("place", "rubric", "reference"),
    [
        ("a.yaml", "own.yaml", "./own.yaml"),
        ("a.xlsx", "own.yaml", "./own.yaml"),
        ("reviews/a.yaml", "own.yaml", "../own.yaml"),
        ("a.yaml", "reviews/own.yaml", "reviews/own.yaml"),
        ("a.yaml", "./reviews/../own.yaml", "./own.yaml"),
    ],
)
def test_a_rubric_named_by_path_is_found_again_from_the_review(
    place: str, rubric: str, reference: str
) -> None:
    """The review names the path from where it lies, and is scored without more words."""
    Path("reviews").mkdir()
    Path(rubric).write_text(OWN.format(version="1"), encoding="utf-8")
    assert new(rubric, place) is ExitCode.OK
    if place.endswith(".yaml"):
        assert f"\nrubric: {reference}\n" in Path(place).read_text(encoding="utf-8")
    code, found = score(place)
    assert (code, found["skipped"][0]["reason"]) == (0, "draft")


def test_a_rubric_that_cannot_be_found_again_is_named_by_id(
    here: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """From outside the current folder, or from --rubrics: by id and version, and so it is said."""
    Path("work").mkdir()
    Path("own.yaml").write_text(OWN.format(version="1"), encoding="utf-8")
    monkeypatch.chdir(here / "work")
    assert new("../own.yaml", "a.yaml") is ExitCode.OK
    assert "\nrubric: own@1\n" in Path("a.yaml").read_text(encoding="utf-8")
    assert "--rubrics FOLDER" in capsys.readouterr().err
    assert new("own", "b.yaml", rubrics=[".."]) is ExitCode.OK
    assert "\nrubric: own@1\n" in Path("b.yaml").read_text(encoding="utf-8")
    assert "--rubrics FOLDER" in capsys.readouterr().err
    code, found = score("a.yaml", "b.yaml", "--rubrics", "..")
    assert (code, found["summary"]["skipped"]) == (0, 2)


@pytest.mark.parametrize("version", ["2019/20", "1 #a: b", "ä" * 200, "..", "é\u0301"])
def test_odd_versions_make_good_files(version: str) -> None:
    """Whatever a version is called, the schema's name stays in the folder and the draft loads."""
    Path("lib").mkdir()
    Path("lib/own.yaml").write_text(OWN.format(version=version), encoding="utf-8")
    assert new("own", "a.yaml", rubrics=["lib"]) is ExitCode.OK
    schemas = [path for path in Path().iterdir() if path.name.endswith(".schema.json")]
    assert [path.name.startswith(".own@") for path in schemas] == [True]
    code, found = score("a.yaml", "--rubrics", "lib")
    assert (code, found["summary"]["skipped"]) == (0, 1)


def test_a_form_becomes_a_review_and_back() -> None:
    """`--from` takes either kind and writes either kind; what was rated stays, and the name."""
    rubric = load_rubric(ROOT / f"rubrics/{PLYMOUTH}.yaml").rubric
    new(PLYMOUTH, "call-7.xlsx")
    fill_form(Path("call-7.xlsx"), rubric)
    assert new(source="call-7.xlsx", output="review.yaml") is ExitCode.OK
    assert "\nid: call-7\n" in Path("review.yaml").read_text(encoding="utf-8")
    assert new(source="review.yaml", output="again.xlsx") is ExitCode.OK
    assert new(source="again.xlsx", output="again.yaml") is ExitCode.OK
    assert Path("again.yaml").read_bytes() == Path("review.yaml").read_bytes()
    _, found = score("call-7.xlsx", "review.yaml", "again.xlsx", "again.yaml")
    shares = {one["score"]["share"] for one in found["results"]}
    assert len(found["results"]) == 4
    assert len(shares) == 1
    assert {one["review"]["id"] for one in found["results"]} == {"call-7"}


def test_from_prints_a_review_and_tells_what_is_wrong(capsys: pytest.CaptureFixture[str]) -> None:
    """A form that cannot be read is told cell by cell; nothing is written then."""
    new(PLYMOUTH, "a.xlsx")
    capsys.readouterr()
    assert new(source="a.xlsx") is ExitCode.OK
    assert "\nstatus: draft\nid: a\n" in capsys.readouterr().out
    book = openpyxl.load_workbook("a.xlsx")
    rows = {cell.value: cell.row for cell in book["Review"]["A"]}
    book["Review"].cell(rows["welcome.greeting"], 5, "mett")
    book.save("a.xlsx")
    assert new(source="a.xlsx", output="b.yaml") is ExitCode.NOT_SCORED
    where = f"a.xlsx:Review!E{rows['welcome.greeting']}: error[unknown-rating]"
    assert where in capsys.readouterr().err
    assert not Path("b.yaml").exists()
    assert new(source="nowhere.xlsx") is ExitCode.NOT_SCORED
    assert "error[not-found]" in capsys.readouterr().err


def test_disputes_stay_in_text_and_are_refused_in_a_form() -> None:
    """A form has no place for what was said since; the review in YAML keeps all of it."""
    shutil.copytree(ROOT / "examples/small", "small")
    assert new(source="small/disputed.yaml", output="small/again.yaml") is ExitCode.OK
    _, found = score("small/disputed.yaml", "small/again.yaml")
    first, second = found["results"]
    for one in (first, second):
        one["review"] = {**one["review"], "path": "", "sha256": ""}
    assert first == second
    with pytest.raises(UsageError, match="no place for"):
        new(source="small/disputed.yaml", output="a.xlsx")
    assert not Path("a.xlsx").exists()


def test_what_is_read_is_never_replaced() -> None:
    """Not even with --force: neither the rubric, nor what --from names, nor a link to them."""
    Path("own.yaml").write_text(OWN.format(version="1"), encoding="utf-8")
    Path("link.yaml").symlink_to("own.yaml")
    new("own.yaml", "a.yaml")
    before = Path("own.yaml").read_bytes(), Path("a.yaml").read_bytes()
    for request in (
        NewRequest("own.yaml", "own.yaml"),
        NewRequest("own.yaml", "link.yaml"),
        NewRequest(source="a.yaml", output="a.yaml"),
        NewRequest(source="a.yaml", output="own.yaml"),
    ):
        with pytest.raises(UsageError, match="also read"):
            run_new(replace(request, force=True))
    assert (Path("own.yaml").read_bytes(), Path("a.yaml").read_bytes()) == before
    with pytest.raises(UsageError, match="this is a rubric"):
        new(source="own.yaml")


def test_a_rubric_to_begin_with(capsys: pytest.CaptureFixture[str]) -> None:
    """It passes every check at once, is named by its file, and its schema lies beside it."""
    assert new(None, "housing-calls.yaml", rubric_template=True) is ExitCode.OK
    assert "charter-score check housing-calls.yaml" in capsys.readouterr().err
    text = Path("housing-calls.yaml").read_text(encoding="utf-8")
    assert text.startswith("# yaml-language-server: $schema=.rubric-v1.schema.json\n")
    assert "\nid: housing-calls " in text
    assert json.loads(Path(".rubric-v1.schema.json").read_bytes()) == json_schema("rubric")
    assert checked("--strict", "housing-calls.yaml") == (0, "")
    assert new("housing-calls.yaml", "a.yaml") is ExitCode.OK
    with pytest.raises(UsageError, match="is there already"):
        new(None, "housing-calls.yaml", rubric_template=True)
    assert new(None, "My Standard (1).yaml", rubric_template=True) is ExitCode.OK
    assert "\nid: my-standard " in Path("My Standard (1).yaml").read_text(encoding="utf-8")
    assert new(rubric_template=True) is ExitCode.OK
    assert "$schema=rubric-v1.schema.json" in capsys.readouterr().out


def test_standard_output_is_utf_8_whatever_the_terminal_is() -> None:
    """A document is UTF-8: te reo Māori reaches a file by redirection as it stands."""
    program = (
        "from charter_score.cli.new import NewRequest, run_new\n"
        "run_new(NewRequest('auckland-our-charter'))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        check=True,
        timeout=60,
        env={**os.environ, "PYTHONIOENCODING": "ascii"},
    )
    assert "Māori" in done.stdout.decode("utf-8")


def test_without_the_extra_text_still_works(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only a form needs the extra, and the error names it."""
    monkeypatch.setitem(sys.modules, "xlsxwriter", None)
    assert new(PLYMOUTH, "a.yaml") is ExitCode.OK
    with pytest.raises(UsageError) as wrong:
        new(PLYMOUTH, "a.xlsx")
    assert wrong.value.hint == "pip install 'charter-score[excel]'"
    assert not Path("a.xlsx").exists()
