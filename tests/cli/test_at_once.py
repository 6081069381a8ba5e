"""All mistakes are told in one run, and what was mistyped is met with what is near.

Documents have theirs in `tests/bad_input` (`everything-at-once`, `misspelt-all-the-way-down`).
"""

import io
import json
import re
from pathlib import Path

import openpyxl
import pytest

from charter_score.filling.form_writer import review_form
from documents import rubric_from
from programs import Run

RUBRIC = """\
id: desk
version: "1"
title: Desk
fields: {kind: {required: true, values: [question, complaint]}}
sections:
  - id: talk
    title: Talk
    criteria:
      - {id: hello, title: Hello}
      - {id: bye, title: Bye, not_applicable: forbidden}
"""


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".git").mkdir()
    (tmp_path / "desk.yaml").write_text(RUBRIC, "utf-8")
    (tmp_path / "reviews").mkdir()
    review = "rubric: ../desk.yaml\ninteraction: {kind: question}\nratings: {talk: {hello: met}}\n"
    (tmp_path / "reviews" / "first.yaml").write_text(review, "utf-8")


def test_all_mistakes_of_a_command_line(run: Run) -> None:
    """Unknown options hide no wrong values, and neither hides what is wrong with the settings."""
    Path("charter-score.toml").write_text('gate = "yes"\nnope = 3\njobs = -1\nrubrics = ["no"]\n')
    code, out, err = run("score", "reviews", "--qiet", "--colr=x", "--fail-under", "most", "--zzz")
    assert (code, out) == (2, "")
    assert err.splitlines() == [
        "charter-score: there is no option --qiet",
        "    hint: did you mean `--quiet`?",
        "charter-score: there is no option --colr",
        "    hint: did you mean `--color`?",
        "charter-score: there is no option --zzz",
        "    hint: charter-score score --help lists them",
        "charter-score: charter-score.toml: there is no setting `nope`",
        "    hint: the settings are accountable, by, color, fail-under, fail-under-mean, gate, "
        "include-comments, include-names, jobs, mapping, max-not-applicable, no-comments, "
        "output-format, pseudonyms, rubric, rubrics, since, until and where",
        "charter-score: charter-score.toml: `rubrics` names a folder that is not there",
        "    hint: a path is relative to this file",
        "charter-score: charter-score.toml: `jobs` takes a whole number",
        "    hint: 0 is one process for each core",
        "charter-score: charter-score.toml: `gate` takes true or false",
        "charter-score: --fail-under takes a percentage from 0 to 100",
        "    hint: for example 70",
    ]


def test_all_rubrics_that_are_not_there(run: Run) -> None:
    """Folders of rubrics that are not there hide no rubric that is not."""
    code, _, err = run("score", "reviews", "--rubrics", "one", "--rubrics", "two", "--rubric", "x")
    assert code == 2
    assert [line for line in err.splitlines() if "hint" not in line] == [
        "charter-score: --rubrics: there is no folder one",
        "charter-score: --rubrics: there is no folder two",
        "charter-score: --rubric: no rubric of this id is known",
    ]


def test_an_unknown_option_beside_a_missing_argument(run: Run) -> None:
    """What is missing hides no unknown option."""
    code, _, err = run("fill", "--nosuch")
    assert code == 2
    assert "there is no option --nosuch\n" in err
    assert "FILE" in err


@pytest.mark.parametrize(
    ("words", "near"),
    [
        (["score", "reviws"], "reviews"),
        (["score", "reviws/frst.yaml"], "reviews/first.yaml"),
        (["check", "dsk.yaml"], "desk.yaml"),
        (["score", "reviews", "--rubric", "./dsk.yaml"], "./desk.yaml"),
        (["score", "reviews", "--rubrics", "revews"], "reviews"),
        (["new", "./dsk.yaml"], "./desk.yaml"),
        (["fill", "reviews/frst.yaml"], "reviews/first.yaml"),
        (["score", "reviews", "--baseline", "dsk.yaml"], "desk.yaml"),
        (["new", "plymouth"], "plymouth-quality-monitoring"),
        (["score", "reviews", "--rubric", "Plymouth-Quality"], "plymouth-quality-monitoring"),
    ],
)
def test_a_mistyped_path_or_id_is_met_with_the_near_one(
    words: list[str], near: str, run: Run
) -> None:
    """Files, folders and rubrics that are not there are answered with what may have been meant."""
    code, _, err = run(*words)
    assert code in (2, 3)
    assert f"    hint: did you mean `{near}`?\n" in err


def test_the_mistyped_rubric_of_a_review(run: Run) -> None:
    """The near path is relative to the review, so that it can be written there."""
    review = Path("reviews/first.yaml")
    review.write_text(review.read_text("utf-8").replace("desk", "dsek"), "utf-8")
    _, _, err = run("score", "reviews")
    assert "    hint: did you mean `../desk.yaml`?\n" in err


def test_the_command_that_checks_a_broken_rubric_works_here(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The hint of a review whose rubric has errors names it by a path from the current folder."""
    Path("desk.yaml").write_text(RUBRIC.replace("Hello}", "Hello, points: -1}"), "utf-8")
    monkeypatch.chdir("reviews")
    code, _, err = run("score", "first.yaml", "--rubrics", "..")
    assert code == 3
    assert "    hint: charter-score check ../desk.yaml\n" in err


def test_one_cell_of_a_form_hides_no_other(run: Run) -> None:
    """A formula takes its own answer away and nothing beside it; each fault names its cell."""
    book = openpyxl.load_workbook(io.BytesIO(review_form(rubric_from(RUBRIC), "desk@1")))
    sheet = book["Review"]
    rows = {str(cell.value): cell.row for cell in sheet["A"] if cell.value}
    for row, value in (
        ("review:advisor", "=A1"),
        ("review:status", "fnal"),
        ("interaction:date", "2016-13-01"),
        ("talk.hello", "mett"),
        ("dispute:1.criterion", "=A1"),
        ("dispute:1.says", "met"),
    ):
        sheet.cell(rows[row], 5).value = value
    book.save("form.xlsx")
    places = {
        name: f"Review!E{rows[name]}"
        for name in ("review:advisor", "review:status", "interaction:date", "interaction:kind",
                     "talk.hello", "talk.bye", "dispute:1.criterion")
    }  # fmt: skip
    wanted = {
        ("review:advisor", "formula"),
        ("review:status", "unknown-word"),
        ("interaction:date", "bad-date"),
        ("interaction:kind", "field-required"),
        ("talk.hello", "unknown-rating"),
        ("talk.bye", "unrated"),
        ("dispute:1.criterion", "formula"),
    }
    _, _, err = run("score", "form.xlsx", "--rubric", "./desk.yaml")
    told = [line.partition("] ")[0] for line in err.splitlines() if "error[" in line]
    assert sorted(told) == sorted(f"form.xlsx:{places[row]}: error[{code}" for row, code in wanted)
    assert "    hint: rate it met or not met\n" in err  # n/a is forbidden there
    _, out, _ = run("score", "form.xlsx", "--rubric", "./desk.yaml", "-f", "github")
    for row, _ in wanted:
        assert f"{places[row]}: " in out


@pytest.mark.parametrize(
    ("status", "reviewers", "warned"),
    [
        ("calibration", ("Reviewer 1", "Reviewer 2"), False),
        ("calibration", ("Reviewer 1", "Reviewer 1"), True),
        ("final", ("Reviewer 1", "Reviewer 2"), True),
    ],
)
def test_calibration_reviews_of_one_contact_share_its_id(
    status: str, reviewers: tuple[str, str], *, warned: bool, run: Run
) -> None:
    """Two reviewers' views of one contact are told nothing about their ids; copies are."""
    for number, reviewer in enumerate(reviewers):
        Path(f"view-{number}.yaml").write_text(
            f"rubric: ./desk.yaml\nid: call-1\nstatus: {status}\nreviewer: {reviewer}\n"
            "interaction: {kind: question}\nratings: {talk: {hello: met, bye: met}}\n",
            "utf-8",
        )
    code, _, err = run("score", "view-0.yaml", "view-1.yaml")
    assert code == 0
    assert ("duplicate-review-id" in err) is warned


def test_all_outputs_whose_ending_chooses_nothing(run: Run) -> None:
    """Each is named, and nothing is written, of those that are right neither."""
    code, out, err = run("score", "reviews", "-o", "a.foo", "-o", "b.json", "-o", "c", "-o", "d.x")
    assert (code, out) == (2, "")
    assert [line for line in err.splitlines() if "hint" not in line] == [
        f"charter-score: -o {name}: its ending chooses no format" for name in ("a.foo", "c", "d.x")
    ]
    assert not Path("b.json").exists()


def test_an_invalid_rubric_comes_behind_its_own_errors(run: Run) -> None:
    """What is wrong with the rubric stands before the review that cannot be scored for it."""
    Path("desk.yaml").write_text(RUBRIC.replace("id: hello", "id: Hello!"), "utf-8")
    Path("a.yaml").write_text("rubric: ./desk.yaml\nratings: {}\n", "utf-8")
    _, _, err = run("score", "a.yaml")
    told = [line for line in err.splitlines() if "error[" in line]
    assert told[0].startswith("desk.yaml:")
    assert told[-1].startswith("a.yaml:1:9: error[invalid-rubric]")
    _, out, _ = run("score", "a.yaml", "-f", "json")
    assert [one["code"] for one in json.loads(out)["failures"][0]["diagnostics"]][-1] == (
        "invalid-rubric"
    )


def test_a_draft_is_named_once(run: Run) -> None:
    """The overview lists drafts; where it is not on standard output, standard error does."""
    Path("reviews/draft.yaml").write_text(
        "rubric: ../desk.yaml\nstatus: draft\nratings: {talk: {hello: met}}\n", "utf-8"
    )
    _, out, err = run("score", "reviews")
    assert "  reviews/draft.yaml draft" in out.splitlines()
    assert "draft.yaml" not in err
    for words in (["-f", "json"], ["-o", "out.csv"]):
        _, _, err = run("score", "reviews", *words)
        assert err.count("reviews/draft.yaml: draft, not scored") == 1


def test_one_review_is_spoken_of_as_one(run: Run) -> None:
    """No sentence says `none of 1` or `1 of 1`, in the verdicts and in the overview."""
    rubric = RUBRIC.replace("title: Desk", "title: Desk\nexpected: 50", 1)
    Path("desk.yaml").write_text(rubric, "utf-8")
    gates = ["--gate", "--fail-under", "90", "--max-not-applicable", "10"]
    for rating, of in (("met", "is not"), ("not met", "is")):
        Path("reviews/first.yaml").write_text(
            "rubric: ../desk.yaml\ninteraction: {kind: question}\n"
            f"ratings: {{talk: {{hello: {rating}, bye: {rating}}}}}\n",
            "utf-8",
        )
        _, out, err = run("score", "reviews", "-f", "concise", *gates)
        assert f"the one review judged {of} below its rubric's expectation" in err
        assert f"the one review judged {of} under 90%" in err
        assert "the one review judged does not have more than 10% of its criteria n/a" in err
        assert re.search(rf"^  Expected +{rating}$", out, re.M)
        assert not re.search(r"\b(none of 1|[01] of 1)\b", out + err)


def test_one_criterion_is_spoken_of_as_one(run: Run) -> None:
    """The arithmetic, the selftest and a group of a rubric of one criterion are plain English."""
    lines = RUBRIC.replace("title: Desk", "title: Desk\nexpected: 50", 1).splitlines(keepends=True)
    Path("desk.yaml").write_text("".join(lines[:-1]), "utf-8")
    _, out, _ = run("explain", "reviews/first.yaml")
    assert "= 0 points; the only criterion was not n/a\n" in out
    _, out, _ = run("selftest", "./desk.yaml")
    assert re.search(r"^  Expected \(50% or above\) +not the only one$", out, re.M)
    _, out, _ = run("score", "reviews", "-f", "concise", "--by", "kind")
    assert "\n  fewer than 5 reviews, too few to compare\n" in out
