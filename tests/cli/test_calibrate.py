"""`calibrate`: what it says of reviewers who reviewed the same contacts, and what it keeps back."""

import io
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from python_calamine import CalamineWorkbook

import programs
from charter_score.wire.schemas import json_schema

ROOT = Path(__file__).resolve().parents[2]
ROUND = ROOT / "examples/calibration"

RUBRIC = """\
id: desk
version: "1"
title: Desk
expected: 70
bands: [{name: Below, meaning: x}, {name: Meets, from: 70}]
sections:
  - id: talk
    title: Talk
    criteria:
      - {id: greet, title: Greets}
      - {id: listen, title: Listens}
      - {id: depth, title: Depth, levels: {full: 2, some: 1, none: 0}}
"""


def review(reference: str | None, reviewer: str | None, *, more: str = "", **ratings: str) -> str:
    """A review of a contact by somebody; what is not said is met."""
    words = {"greet": "met", "listen": "met", "depth": "full", **ratings}
    who = f"reviewer: {reviewer}\n" if reviewer else ""
    where = f"interaction: {{reference: {reference}, date: 2016-05-04}}\n" if reference else ""
    rated = ", ".join(f"{name}: {word}" for name, word in words.items())
    return f"rubric: desk@1\n{who}{where}{more}ratings: {{talk: {{{rated}}}}}\n"


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    """A folder with a rubric of three criteria."""
    (tmp_path / "desk.yaml").write_text(RUBRIC)
    return tmp_path


def reviews_in(folder: Path, documents: Mapping[str, str]) -> None:
    """Write reviews into a folder."""
    for name, text in documents.items():
        (folder / f"{name}.yaml").write_text(text)


def calibrated(folder: Path, *words: str) -> tuple[int, dict[str, Any]]:
    """The JSON document about the reviews of a folder, which is good by its schema."""
    done = programs.run("calibrate", ".", "--rubrics", ".", "-f", "json", *words, cwd=folder)
    document = json.loads(done.stdout)
    jsonschema.Draft7Validator(json_schema("calibration")).validate(document)
    return done.returncode, document


def of_criterion(document: dict[str, Any], name: str) -> dict[str, Any]:
    """What a document says of one criterion."""
    (found,) = (c for c in document["rounds"][0]["criteria"] if c["criterion"] == name)
    return found


def test_the_example_is_compared_whole() -> None:
    """Ten contacts of four reviewers: figures with intervals, the most disputed first."""
    done = programs.run("calibrate", "examples/calibration", "-f", "json", cwd=ROOT)
    document = json.loads(done.stdout)
    jsonschema.Draft7Validator(json_schema("calibration")).validate(document)
    assert done.returncode == 0
    (one,) = document["rounds"]
    assert len(one["contacts"]) == 10
    assert one["reviewers"] == [f"Reviewer {number}" for number in range(1, 5)]
    alike = [c["states"]["percent_agreement"]["value"] for c in one["criteria"]]
    assert alike == sorted(alike)
    first = one["criteria"][0]
    assert first["criterion"] == "defuse"
    assert first["states"]["pairs"] == 60
    assert first["states"]["agreeing"] == 36
    assert first["to_the_score"]["agreeing"] == 60
    assert first["unseen_pairs"] == 24
    assert first["states"]["ac1"]["low"] < first["states"]["ac1"]["value"]
    again = programs.run("calibrate", "examples/calibration", "-f", "json", cwd=ROOT)
    assert again.stdout == done.stdout


def test_disagreement_that_the_score_cannot_see_shows(desk: Path) -> None:
    """Met against n/a: apart on three states, alike to the score, counted as unseen."""
    reviews_in(
        desk,
        {
            "a": review("C1", "Ann", greet="met", listen="not met"),
            "b": review("C1", "Ben", greet="n/a", listen="met"),
        },
    )
    _, document = calibrated(desk)
    greet, listen = of_criterion(document, "greet"), of_criterion(document, "listen")
    assert (greet["states"]["agreeing"], greet["to_the_score"]["agreeing"]) == (0, 1)
    assert (listen["states"]["agreeing"], listen["to_the_score"]["agreeing"]) == (0, 0)
    assert (greet["unseen_pairs"], listen["unseen_pairs"]) == (1, 0)
    assert document["rounds"][0]["overall"]["unseen_pairs"] == 1


def test_below_ten_contacts_there_is_no_coefficient(desk: Path) -> None:
    """Nine contacts: percent agreement alone, and the view says too few; ten have all."""
    for number in range(9):
        reviews_in(
            desk,
            {
                f"a{number}": review(f"C{number}", "Ann", depth="some" if number % 2 else "full"),
                f"b{number}": review(f"C{number}", "Ben", depth="some" if number % 3 else "none"),
            },
        )
    _, document = calibrated(desk)
    depth = of_criterion(document, "depth")
    assert depth["states"]["too_few"]
    assert depth["states"]["ac1"] is depth["states"]["alpha"] is None
    shown = programs.run("calibrate", ".", "--rubrics", ".", cwd=desk)
    assert "too few" in shown.stdout
    reviews_in(desk, {"a9": review("C9", "Ann"), "b9": review("C9", "Ben")})
    _, document = calibrated(desk)
    depth = of_criterion(document, "depth")
    assert depth["states"]["ac1"]["value"] is not None
    assert depth["states"]["ordinal_alpha"]["value"] is not None
    assert depth["cohen_kappa"] is not None
    greet = of_criterion(document, "greet")
    assert greet["states"]["alpha"] == {
        "value": None,
        "low": None,
        "high": None,
        "undefined_draws": 0,
    }
    assert greet["states"]["ordinal_alpha"] is None


def test_drift_waits_for_five_contacts(desk: Path) -> None:
    """A reviewer of four common contacts is too few to compare; of five there is a mean."""
    for number in range(4):
        reviews_in(
            desk,
            {
                f"a{number}": review(f"C{number}", "Ann", greet="not met" if number else "met"),
                f"b{number}": review(f"C{number}", "Ben"),
            },
        )
    _, document = calibrated(desk)
    assert [d["mean"] for d in document["rounds"][0]["drift"]] == [None, None]
    assert "too few to compare" in programs.run("calibrate", ".", "--rubrics", ".", cwd=desk).stdout
    reviews_in(desk, {"a4": review("C4", "Ann", greet="not met"), "b4": review("C4", "Ben")})
    _, document = calibrated(desk)
    ann, ben = document["rounds"][0]["drift"]
    assert (ann["contacts"], ann["mean"], ben["mean"]) == (5, -20, 20)
    assert ann["low"] < ann["mean"] < ann["high"]
    assert [month["month"] for month in ann["months"]] == ["2016-05"]


def test_ratings_are_those_before_a_dispute(desk: Path) -> None:
    """An upheld dispute changes a score, not what the reviewer had said."""
    upheld = (
        "disputes: [{section: talk, criterion: greet, says: met, because: x, on: 2016-05-06, "
        "by: A, outcome: upheld, decided_by: D, decided_on: 2016-05-07, reason: r}]\n"
    )
    reviews_in(
        desk,
        {
            "a": review("C1", "Ann", greet="not met", more=upheld),
            "b": review("C1", "Ben", greet="met"),
        },
    )
    _, document = calibrated(desk)
    assert of_criterion(document, "greet")["states"]["agreeing"] == 0
    (contact,) = document["rounds"][0]["contacts"]
    assert [score["percent"] for score in contact["scores"]] == [75, 100]
    assert contact["spread"] == 25


def test_what_is_not_compared_is_told(desk: Path) -> None:
    """No reference, no reviewer, alone, a draft, the same reviewer twice: counted, by why."""
    reviews_in(
        desk,
        {
            "a": review("C1", "Ann"),
            "b": review("C1", "Ben"),
            "c": review("C1", "ann"),
            "d": review("C1", None),
            "e": review("C2", "Ann"),
            "f": review(None, "Ann"),
            "g": review("C1", "Cid", more="status: draft\n"),
            "h": review("C1", "Dan", more="status: draft\n", greet=""),
        },
    )
    code, document = calibrated(desk)
    assert code == 0
    assert {entry["why"]: entry["reviews"] for entry in document["not_compared"]} == {
        "no interaction.reference": 1,
        "no reviewer": 1,
        "nobody else reviewed the contact": 1,
        "the same reviewer reviewed the contact before": 1,
        "an unfinished draft": 1,
    }
    assert document["skipped"] == 1


@pytest.mark.parametrize("documents", [{}, {"a": review("C1", "Ann")}])
def test_nothing_to_compare_is_said_with_code_3(desk: Path, documents: dict[str, str]) -> None:
    """Where no contact has two reviews the way out is told, and the code is 3."""
    reviews_in(desk, documents)
    done = programs.run("calibrate", ".", "--rubrics", ".", cwd=desk)
    assert done.returncode == 3
    assert "interaction.reference" in done.stderr


def test_a_broken_review_is_told_and_the_rest_is_compared(desk: Path) -> None:
    """One bad file stops nothing: the others are compared, and the code is 3."""
    reviews_in(
        desk,
        {"a": review("C1", "Ann"), "b": review("C1", "Ben"), "c": "rubric: desk@1\nratings: 5"},
    )
    code, document = calibrated(desk)
    assert (code, document["failed"]) == (3, 1)
    assert len(document["rounds"][0]["contacts"]) == 1


def test_two_rubrics_are_two_rounds(desk: Path) -> None:
    """Nothing is put together over two versions of a rubric."""
    (desk / "new.yaml").write_text(RUBRIC.replace('version: "1"', 'version: "2"'))
    reviews_in(
        desk,
        {
            "a": review("C1", "Ann"),
            "b": review("C1", "Ben"),
            "c": review("C1", "Ann").replace("desk@1", "desk@2"),
            "d": review("C1", "Ben", greet="n/a").replace("desk@1", "desk@2"),
        },
    )
    _, document = calibrated(desk)
    assert [one["rubric"]["version"] for one in document["rounds"]] == ["1", "2"]


NAMED = {
    "a": review("C1", "Ann Example", listen="{rating: not met, comment: Talked over me}"),
    "b": review("C1", "Ben Example"),
}


@pytest.mark.parametrize("view", ["full", "markdown", "html"])
def test_names_and_comments_stand_only_where_they_are_asked_for(desk: Path, view: str) -> None:
    """What may end up in a public place has letters for reviewers and no free text."""
    reviews_in(desk, NAMED)
    words = ["calibrate", ".", "--rubrics", ".", "-f", view]
    plain = programs.run(*words, cwd=desk).stdout
    assert "Example" not in plain
    assert "Talked over" not in plain
    assert "Reviewer A" in plain
    named = programs.run(*words, "--include-names", cwd=desk).stdout
    assert "Ann Example" in named
    assert "Talked over" not in named
    full = programs.run(*words, "--include-names", "--include-comments", cwd=desk).stdout
    assert "Talked over me" in full
    none = programs.run(*words, "--include-comments", "--no-comments", cwd=desk).stdout
    assert "Talked over" not in none


def test_the_workbook_has_who_said_what(desk: Path) -> None:
    """The sheets hold the criteria, the words, the scores and the reviewers; text stays text."""
    reviews_in(desk, {**NAMED, "c": review("C1", "'=cmd()'", depth="none")})
    done = programs.run("calibrate", ".", "--rubrics", ".", "-o", "talk.xlsx", cwd=desk)
    assert done.returncode == 0
    assert done.stdout == ""
    book = CalamineWorkbook.from_filelike(io.BytesIO((desk / "talk.xlsx").read_bytes()))
    assert book.sheet_names == ["Criteria", "Who said what", "Scores", "Reviewers"]
    said = book.get_sheet_by_name("Who said what").to_python()
    assert ["desk@1", "Talk", "Depth", "C1", "=cmd()", "none", "", ""] in said
    assert any("Talked over me" in row for row in said)
    scores = book.get_sheet_by_name("Scores").to_python()
    assert [row[4] for row in scores[1:]] == [75, 100, 50]


def test_an_output_never_takes_the_place_of_a_review(desk: Path) -> None:
    """`-o` on a review is refused, and the review is as it was."""
    reviews_in(desk, NAMED)
    before = (desk / "a.yaml").read_bytes()
    done = programs.run("calibrate", ".", "--rubrics", ".", "-f", "json", "-o", "a.yaml", cwd=desk)
    assert done.returncode == 2
    assert (desk / "a.yaml").read_bytes() == before


def test_the_document_is_left_out_of_a_walk(desk: Path) -> None:
    """A calibration that lies in the folder of the reviews is no review."""
    reviews_in(desk, NAMED)
    words = ("calibrate", ".", "--rubrics", ".", "-o", "round.json")
    assert programs.run(*words, cwd=desk).returncode == 0
    before = (desk / "round.json").read_bytes()
    assert programs.run(*words, cwd=desk).returncode == 0
    assert (desk / "round.json").read_bytes() == before


@pytest.mark.parametrize("width", ["40", "80", "120"])
def test_the_view_keeps_every_word_at_any_width(desk: Path, width: str) -> None:
    """No line is longer than the terminal, and nothing is cut off."""
    reviews_in(desk, NAMED)
    words = ("calibrate", ".", "--rubrics", ".", "--include-names", "--include-comments")
    shown = programs.run(*words, cwd=desk, COLUMNS=width).stdout
    assert max(map(len, shown.splitlines())) <= int(width)
    assert "Talked over me" in " ".join(shown.split())
    assert "…" not in shown


def test_a_warning_of_the_rubric_is_told_once(desk: Path) -> None:
    """What is to be said of a rubric is said with the first of its reviews, not with each."""
    rubric = RUBRIC.replace("title: Greets", "title: Greets, critical: true")
    (desk / "desk.yaml").write_text(rubric)
    reviews_in(desk, {"a": review("C1", "Ann"), "b": review("C1", "Ben")})
    words = ("calibrate", ".", "--rubrics", ".")
    done = programs.run(*words, cwd=desk)
    assert done.stderr.count("critical-allows-na") == 1
    assert "warning" not in programs.run(*words, "--quiet", cwd=desk).stderr


def test_an_own_view_stands_beside_the_reviewers(desk: Path) -> None:
    """`status: self` is nobody's judgement of a colleague: it is told apart, in no agreement."""
    reviews_in(
        desk,
        {
            "ann": review("C1", "Ann", greet="not met"),
            "ben": review("C1", "Ben", greet="not met"),
            "own": review("C1", None, more="status: self\n"),
        },
    )
    _, document = calibrated(desk)
    (one,) = document["rounds"]
    assert one["reviewers"] == ["Ann", "Ben"]
    greet = of_criterion(document, "greet")["states"]
    assert (greet["pairs"], greet["agreeing"]) == (1, 1)
    assert programs.run("calibrate", ".", "--rubrics", ".", cwd=desk).stdout.count("own view") >= 1


@pytest.mark.parametrize("status", ["", "status: draft\n"])
def test_a_models_draft_is_held_against_the_person(desk: Path, status: str) -> None:
    """Without a reviewer a model's review is a draft, whatever its status: told apart."""
    model = "drafted_by: Model 1\n"
    reviews_in(
        desk,
        {
            "draft": review("C1", None, more=model + status),
            "ann": review("C1", "Ann", more=model, greet="not met"),
        },
    )
    _, document = calibrated(desk)
    (one,) = document["rounds"]
    assert one["reviewers"] == ["Ann"]
    assert one["drafts"][0]["drafted_by"] == "Model 1"
    told = programs.run("calibrate", ".", "--rubrics", ".", cwd=desk).stdout
    assert "1 of 3 ratings" in " ".join(told.split())


def test_a_range_is_compared_by_the_numbers_that_were_given(tmp_path: Path) -> None:
    """Half a mark counts as a state of its own, and numbers near each other agree more."""
    rubric = RUBRIC.replace("levels: {full: 2, some: 1, none: 0}", "range: {from: 0, to: 10}")
    (tmp_path / "desk.yaml").write_text(rubric)
    pairs = [("9.5", "9"), ("0.5", "1"), ("10", "9.5"), ("0", "0.5"), ("5", "5.5")] * 2
    reviews_in(
        tmp_path,
        {
            f"{who}{number}": review(f"C{number}", who, depth=pair[place])
            for number, pair in enumerate(pairs)
            for place, who in enumerate(("Ann", "Ben"))
        },
    )
    _, document = calibrated(tmp_path)
    states = of_criterion(document, "depth")["states"]
    assert (states["pairs"], states["agreeing"]) == (10, 0)
    assert states["ordinal_alpha"]["value"] > 0.8 > states["alpha"]["value"]
