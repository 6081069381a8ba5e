"""`new`: what it writes and where, what it will not touch, and that all of it can be scored."""

import json
import os
import random
import re
import shlex
import shutil
import stat
import sys
from pathlib import Path
from typing import Any

import jsonschema
import openpyxl
import pytest

import programs
import random_documents
from charter_score import writing
from charter_score.cli.new import NewOptions, run_new
from charter_score.cli.terminal import Color
from charter_score.diagnostics import Severity
from charter_score.errors import ExitCode, NotWrittenError, UsageError
from charter_score.filling.example import example_review
from charter_score.filling.template import review_template
from charter_score.library import load_rubric
from charter_score.linting import review_problems
from charter_score.outcome import Skipped
from charter_score.pipeline import Job, Scoring
from charter_score.render.html import environment
from charter_score.render.text import phrases
from charter_score.rubric import Rubric, holds
from charter_score.scoring import score as charge
from charter_score.wire.schemas import json_schema, schema_text
from documents import review_from, rubric_from
from effort import some

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
    return run_new(NewOptions(rubric=rubric, output=output, color=Color.NEVER, **more))


def score(*words: str) -> tuple[int, dict[str, Any]]:
    """The program itself over some files: its exit code and its results."""
    done = programs.run("score", *words, "-f", "json")
    return done.returncode, json.loads(done.stdout)


def checked(*words: str) -> tuple[int, str]:
    done = programs.run("check", *words)
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


COMMENT = "As it was heard"


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
            word = ratings[section, key]
            line += f" {{rating: {word}, comment: {COMMENT}}}"  # noqa: PLW2901
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
        sheet.cell(rows[f"{section}.{criterion}"], 6, COMMENT)
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
    """The review goes to standard output alone, and names no file that was not written."""
    assert new(PLYMOUTH) is ExitCode.OK
    told = capsys.readouterr()
    assert told.err == ""
    assert not re.search(r"^# yaml-language-server", told.out, re.MULTILINE)
    assert list(Path().iterdir()) == []
    command = f"#   charter-score schema review --rubric {PLYMOUTH}@2016 > review.schema.json\n"
    assert command in told.out


@pytest.mark.parametrize(
    "words",
    [[PLYMOUTH], ["./own.yaml"], ["own.yaml"], ["own", "--rubrics", "."], ["a folder/own.yaml"],
     ["--from", "a folder/r.yaml"], ["--rubric-template"]],
)  # fmt: skip
def test_what_a_new_document_says_of_its_schema_works(words: list[str]) -> None:
    """The command, typed as it stands in this folder, makes the file that the line names."""
    Path("a folder").mkdir()
    for path in ("own.yaml", "a folder/own.yaml"):
        Path(path).write_text(OWN.format(version="1"), encoding="utf-8")
    Path("a folder/r.yaml").write_text("rubric: ./own.yaml\nstatus: draft\nratings: {}\n")
    made = programs.run("new", *words)
    command = re.search(r"^#   charter-score (.*) > (\S+)$", made.stdout, re.MULTILINE)
    line = re.search(r"(# yaml-language-server: \$schema=(\S+))$", made.stdout, re.MULTILINE)
    assert command
    assert line
    assert command[2] == line[2]
    schema = json.loads(programs.run(*shlex.split(command[1])).stdout)
    if words[0] == "--rubric-template":
        assert schema == json_schema("rubric")
    else:
        path = "own.yaml" if words[0] != PLYMOUTH else ROOT / f"rubrics/{PLYMOUTH}.yaml"
        assert schema == json.loads(schema_text("review", load_rubric(path).rubric))


def test_the_next_command_can_be_typed_as_it_is(
    here: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name with spaces is quoted, and a folder in which the rubric is found is named."""
    Path("work").mkdir()
    Path("my own.yaml").write_text(OWN.format(version="1"), encoding="utf-8")
    monkeypatch.chdir(here / "work")
    new("../my own.yaml", "a b.yaml")
    new("own", "b.yaml", rubrics=[".."])
    new(None, "my (1).yaml", rubric_template=True)
    said = capsys.readouterr().err
    commands = re.findall(r"Then: charter-score (.*)$", said, re.MULTILINE)
    assert len(commands) == 3
    for command in commands:
        done = programs.run(*shlex.split(command))
        assert (done.returncode, "error" in done.stderr) == (0, False), (command, done.stderr)


def test_a_form_in_one_page_is_made_like_any_other(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Blank, made up or from a review; it is told what to do with it; only it is written."""
    assert new(PLYMOUTH, "a b.html") is ExitCode.OK
    said = capsys.readouterr().err
    assert said == (
        "a b.html: 20 criteria to rate. Open it in a browser, and save the review beside it as "
        "a b.json. Then: charter-score score 'a b.json'\n"
    )
    assert new(PLYMOUTH, "B.HTM", example=True) is ExitCode.OK
    assert "B.HTM: a review that is made up, to try. Open it" in capsys.readouterr().err
    assert new(PLYMOUTH, "c.yaml", example=True) is ExitCode.OK
    assert new(source="c.yaml", output="c.html") is ExitCode.OK
    assert '"Advisor 1"' in Path("c.html").read_text(encoding="utf-8")
    assert sorted(path.name for path in here.iterdir() if path.name[0] != ".") == [
        *("B.HTM", "a b.html", "c.html", "c.yaml")
    ]
    Path("own.yaml").write_text(OWN.format(version="1"), encoding="utf-8")
    assert new("own.yaml", "own.html") is ExitCode.OK
    assert '"reference": "./own.yaml"' in Path("own.html").read_text(encoding="utf-8")


def test_a_folder_that_is_not_there_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    """Not the schema that would lie beside the file; nothing is written."""
    Path("file").write_text("")
    for output, folder in (
        ("nodir/x.yaml", "nodir"),
        ("a/b/x.xlsx", "a/b"),
        ("file/x.yaml", "file"),
    ):
        with pytest.raises(NotWrittenError, match=f"-o {output}: {folder} is") as wrong:
            new(PLYMOUTH, output)
        assert "make it first" in str(wrong.value)
    with pytest.raises(NotWrittenError, match="nodir is a folder that is not there"):
        new(None, "nodir/x.yaml", rubric_template=True)
    assert capsys.readouterr().out == ""
    assert os.listdir() == ["file"]


# ── An example ────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("rubric", [*BUILT_IN, str(ROOT / "examples/small/benefits-call.yaml")])
@pytest.mark.parametrize("name", ["example.yaml", "example.xlsx"])
def test_an_example_is_complete_and_says_that_it_is_made_up(rubric: str, name: str) -> None:
    """It is scored at once, without an error or a warning of its own, and shows all there is."""
    shutil.copytree(ROOT / "examples/small", "small")
    path = rubric if rubric in BUILT_IN else "small/benefits-call.yaml"
    assert new(path, name, example=True) is ExitCode.OK
    code, found = score(name)
    assert code == 0
    assert [one for one in found["warnings"] if one["path"] == name] == []
    (result,) = found["results"]
    assert result["review"]["notes"] == "This review is made up, to try charter-score with."
    assert result["development_needs"]
    assert all(one["comment"] for one in result["development_needs"])
    if name.endswith(".yaml"):
        lines = Path(name).read_text(encoding="utf-8").splitlines()
        assert lines[1].startswith("# This review is made up, to try charter-score with.")
        again = Path("again.yaml")
        assert new(path, str(again), example=True) is ExitCode.OK
        assert again.read_text(encoding="utf-8").splitlines() == lines
    else:
        sheet = openpyxl.load_workbook(name)["Review"]
        told = [str(cell.value) for row in sheet.iter_rows(max_row=6) for cell in row]
        assert any("This review is made up" in text for text in told)


def test_an_example_goes_to_standard_output_too() -> None:
    """And can be scored from there, which needs no file at all."""
    made = programs.run_binary("new", "--example", PLYMOUTH)
    done = programs.run_binary("score", "-", given=made.stdout)
    assert (done.returncode, done.stderr) == (0, b"")
    assert b"80%" in done.stdout


@pytest.mark.at_length
@pytest.mark.parametrize("seed", some(range(200), 60))
def test_any_rubric_has_an_example(seed: int) -> None:
    """Whatever its levels, conditions, fields and demands: scored, without an error."""
    rubric = rubric_from(random_documents.to_yaml(random_documents.rubric(random.Random(seed))))
    try:
        review = example_review(rubric)
    except UsageError:
        # Only where no criterion with points can apply to any interaction of given values.
        assert all(one.points == 0 or one.applies_when or section.applies_when
                   for section, one in rubric.criteria())  # fmt: skip
        return
    errors = [one for one in review_problems(rubric, review) if one.severity is Severity.ERROR]
    assert errors == []
    assert review == example_review(rubric)
    result = charge(rubric, review)
    assert result.observed.criteria
    text = review_template(rubric, rubric.name, "s.json", review=review, is_example=True)
    again = review_from(text)
    assert [one for one in review_problems(rubric, again) if one.severity is Severity.ERROR] == []
    assert charge(rubric, again).share == result.share


def test_a_draft_in_which_all_is_rated_says_that_only_its_status_is_missing() -> None:
    """In `explain`, and as a sentence for a batch; a comment that is due is missing too."""
    assert new(PLYMOUTH, "a.yaml", example=True) is ExitCode.OK
    text = Path("a.yaml").read_text(encoding="utf-8")
    Path("a.yaml").write_text(text.replace("status: final", "status: draft"), encoding="utf-8")
    unrated = re.sub(
        r"(?m)^( +greeting:) met$", r"\1", text.replace("status: final", "status: draft")
    )
    assert unrated != text
    Path("b.yaml").write_text(unrated, encoding="utf-8")
    Path("c.yaml").write_text(text.replace("status: final", "status: void"), encoding="utf-8")
    told = {}
    for name in ("a", "b", "c"):
        told[name] = programs.run("explain", f"{name}.yaml").stderr
    assert told == {
        "a": "a.yaml: draft, not scored: every criterion is rated. Only the status is missing: "
        "`status: final` makes it count\n",
        "b": "b.yaml: draft, not scored: 19 of 20 criteria are rated. It can still end between 75% "
        "(Meets expectations) and 80% (Meets expectations).\n",
        "c": "c.yaml: void, not scored\n",
    }
    skipped = [one for one in Scoring(Job(["a.yaml", "b.yaml", "c.yaml"])).outcomes()
               if isinstance(one, Skipped)]  # fmt: skip
    assert phrases.only_status_missing(skipped) == (
        "1 draft has every criterion rated; only the status is missing: `status: final` makes it "
        "count"
    )
    assert phrases.only_status_missing(skipped[1:]) is None


def test_an_example_needs_a_rubric() -> None:
    """Nothing else that `new` takes has one."""
    Path("r.yaml").write_text("ratings: {}")
    for request in (NewOptions(source="r.yaml", example=True),
                    NewOptions(rubric_template=True, example=True)):  # fmt: skip
        with pytest.raises(UsageError, match="--example takes a RUBRIC"):
            run_new(request)


def test_what_help_names_is_there_without_a_clone(here: Path) -> None:
    """Every command that a help text tells to type works in an empty folder, in its order."""
    for command in ([], ["score"], ["explain"]):
        done = programs.run(*command, "--help")
        told = re.search(r"(?:Start with|To try it): (.*)", " ".join(done.stdout.split()))
        assert told
        assert "examples/" not in done.stdout
        for line in told[1].split(", then: "):
            words = shlex.split(line)
            words = words[1:] if words[0] == "charter-score" else words
            ran = programs.run(*words)
            assert ran.returncode == 0, (line, ran.stderr)
        for path in here.iterdir():
            path.unlink()
    done = programs.run("score")
    assert done.returncode == 2
    for line in re.findall(r"(?:To try it|and then): +charter-score (.*)", done.stderr):
        assert programs.run(*shlex.split(line)).returncode == 0
    assert "example.yaml" in os.listdir()


# ── A rubric of one's own in another folder ───────────────────────────────────────────────────────


@pytest.mark.parametrize("name", ["form.xlsx", "form.yaml"])
def test_what_was_made_for_a_rubric_of_ones_own_is_read_elsewhere(here: Path, name: str) -> None:
    """Parted from its rubric, it finds that by `--rubric` or `--rubrics`; without, it is told."""
    Path("standards").mkdir()
    Path("standards/own.yaml").write_text(OWN.format(version="1"), encoding="utf-8")
    assert new("standards/own.yaml", f"standards/{name}") is ExitCode.OK
    Path("other/reviews").mkdir(parents=True)
    shutil.copy(f"standards/{name}", f"other/reviews/{name}")
    code, found = score(f"other/reviews/{name}")
    (wrong,) = [one for failure in found["failures"] for one in failure["diagnostics"]]
    assert (code, wrong["code"]) == (3, "unknown-rubric")
    assert "--rubrics FOLDER" in wrong["hint"]
    os.chdir("other")
    for words in (["--rubrics", "../standards"], ["--rubric", "../standards/own.yaml"],
                  ["--rubrics", "../standards", "--rubric", "own"]):  # fmt: skip
        code, found = score(f"reviews/{name}", *words)
        assert (code, found["failures"], found["summary"]["skipped"]) == (0, [], 1), words
    Path("reviews/own.yaml").write_text(OWN.format(version="2"), encoding="utf-8")
    assert score(f"reviews/{name}", "--rubrics", "../standards")[1]["summary"]["skipped"] == 1
    # Two different ones of that name: which is meant is not guessed.
    Path("third").mkdir()
    shutil.move("reviews/own.yaml", "third/own.yaml")
    code, found = score(f"reviews/{name}", "--rubrics", "../standards", "--rubrics", "third")
    assert (code, found["summary"]["failed"]) == (3, 1)
    os.chdir(here)


@pytest.mark.parametrize("name", ["a.yaml", "a.xlsx", "a.html"])
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
    new(PLYMOUTH, "a.html")
    for name in ("a.yaml", "a.xlsx", "a.html"):
        assert stat.S_IMODE(Path(name).stat().st_mode) == 0o600


@pytest.mark.parametrize(
    "request_",
    [
        NewOptions(),
        NewOptions(rubric=PLYMOUTH, rubric_template=True),
        NewOptions(rubric=PLYMOUTH, source="a.xlsx"),
        NewOptions(source="a.xlsx", rubric_template=True),
        NewOptions(rubric=PLYMOUTH, output="a.json"),
        NewOptions(rubric=PLYMOUTH, output="a"),
        NewOptions(rubric_template=True, output="a.xlsx"),
        NewOptions(rubric_template=True, output="a.html"),
        NewOptions(rubric="no-such-rubric"),
        NewOptions(rubric="no-such-rubric.yaml"),
        NewOptions(rubric=f"{PLYMOUTH}@1999"),
    ],
)
def test_a_command_that_cannot_be_meant_is_refused(request_: NewOptions) -> None:
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
    assert "Then: charter-score score a.yaml --rubrics .." in capsys.readouterr().err
    assert new("own", "b.yaml", rubrics=[".."]) is ExitCode.OK
    assert "\nrubric: own@1\n" in Path("b.yaml").read_text(encoding="utf-8")
    assert "Then: charter-score score b.yaml --rubrics .." in capsys.readouterr().err
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


def test_disputes_stay_and_what_has_no_place_is_refused_in_a_form() -> None:
    """A form has a place for disputes and none for the advisor's words; YAML keeps all of it."""
    shutil.copytree(ROOT / "examples/small", "small")
    assert new(source="small/disputed.yaml", output="small/again.yaml") is ExitCode.OK
    _, found = score("small/disputed.yaml", "small/again.yaml")
    first, second = found["results"]
    for one in (first, second):
        one["review"] = {**one["review"], "path": "", "sha256": ""}
    assert first == second
    with pytest.raises(UsageError, match="no place for acknowledged"):
        new(source="small/disputed.yaml", output="a.xlsx")
    assert not Path("a.xlsx").exists()
    text = Path("small/disputed.yaml").read_text(encoding="utf-8")
    Path("small/disputed.yaml").write_text(text.replace("acknowledged: 2024-03-18\n", ""))
    assert new(source="small/disputed.yaml", output="small/a.xlsx") is ExitCode.OK
    assert new(source="small/a.xlsx", output="small/b.yaml") is ExitCode.OK
    _, found = score("small/disputed.yaml", "small/b.yaml")
    first, second = (
        (one["score"], [c["disputed"] for s in one["sections"] for c in s["criteria"]])
        for one in found["results"]
    )
    assert first == second
    assert any(first[1])


def test_what_is_read_is_never_replaced() -> None:
    """Not even with --force: neither the rubric, nor what --from names, nor a link to them."""
    Path("own.yaml").write_text(OWN.format(version="1"), encoding="utf-8")
    Path("link.yaml").symlink_to("own.yaml")
    new("own.yaml", "a.yaml")
    before = Path("own.yaml").read_bytes(), Path("a.yaml").read_bytes()
    for request in (
        NewOptions(rubric="own.yaml", output="own.yaml"),
        NewOptions(rubric="own.yaml", output="link.yaml"),
        NewOptions(source="a.yaml", output="a.yaml"),
        NewOptions(source="a.yaml", output="own.yaml"),
    ):
        with pytest.raises(UsageError, match="also read"):
            run_new(request.model_copy(update={"force": True}))
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
    assert capsys.readouterr().out.startswith("# A standard of your own")


def test_standard_output_is_utf_8_whatever_the_terminal_is() -> None:
    """A document is UTF-8: te reo Māori reaches a file by redirection as it stands."""
    done = programs.run_binary("new", "auckland-our-charter", PYTHONIOENCODING="ascii")
    assert "Māori" in done.stdout.decode()


def test_without_the_extra_text_still_works(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only a form needs the extra, and the error names it."""
    monkeypatch.setitem(sys.modules, "xlsxwriter", None)
    assert new(PLYMOUTH, "a.yaml") is ExitCode.OK
    with pytest.raises(UsageError) as wrong:
        new(PLYMOUTH, "a.xlsx")
    assert wrong.value.hint == "pip install 'charter-score[excel]'"
    assert not Path("a.xlsx").exists()
    monkeypatch.setitem(sys.modules, "jinja2", None)
    environment.cache_clear()
    with pytest.raises(UsageError) as wrong:
        new(PLYMOUTH, "a.html")
    assert wrong.value.hint == "pip install 'charter-score[report]'"
    assert not Path("a.html").exists()


@pytest.mark.parametrize("step", ["making", "writing", "renaming"])
@pytest.mark.parametrize("what", [[PLYMOUTH], ["--rubric-template"]], ids=["review", "rubric"])
def test_no_schema_stays_behind_alone(
    step: str, what: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the document cannot be written, its schema is not there either."""
    plain = writing.Replacement

    class Failing(plain):  # type: ignore[misc,valid-type]
        def __init__(self, path: Any, shown: str) -> None:
            self.fails = str(path).endswith("call.yaml")
            if self.fails and step == "making":
                raise NotWrittenError("no")
            super().__init__(path, shown)

        def write(self, data: bytes) -> None:
            if self.fails and step == "writing":
                raise NotWrittenError("no")
            super().write(data)

        def commit(self) -> None:
            if self.fails and step == "renaming":
                raise NotWrittenError("no")
            super().commit()

    monkeypatch.setattr(writing, "Replacement", Failing)
    monkeypatch.setattr("charter_score.cli.new.Replacement", Failing)
    before = sorted(os.listdir())
    rubric = None if what[0].startswith("--") else what[0]
    request = NewOptions(rubric=rubric, output="call.yaml", rubric_template=rubric is None)
    with pytest.raises(NotWrittenError):
        run_new(request)
    assert sorted(os.listdir()) == before


def test_an_older_schema_stays_as_it_was_where_the_document_fails(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What was there before is there afterwards, byte for byte."""
    old = b'{"$id": "charter-score/review/v1"}'
    Path(SCHEMA).write_bytes(old)

    def fail(*_: object) -> None:
        raise OSError(16, "Device or resource busy")

    plain = os.replace
    monkeypatch.setattr(
        os, "replace", lambda a, b: fail() if str(b).endswith("call.yaml") else plain(a, b)
    )
    with pytest.raises(NotWrittenError):
        run_new(NewOptions(rubric=PLYMOUTH, output="call.yaml"))
    assert Path(SCHEMA).read_bytes() == old
    assert not Path("call.yaml").exists()
