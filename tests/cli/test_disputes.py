"""`disputes`: what became of them, with how many there were, and no clock."""

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

import programs
from charter_score.dispute_record import DisputeRecord
from charter_score.render.disputes import DisputesView
from charter_score.wire.schemas import json_schema
from documents import review_from, rubric_from

RUBRIC = """\
{id: desk, version: "1", title: Desk, sections: [{id: talk, title: Talk, criteria: [
  {id: greet, title: Greets}, {id: listen, title: Listens}]}]}
"""


def dispute(criterion: str, outcome: str, on: str, decided: str = "", by: str = "Dee") -> str:
    """A dispute over a criterion."""
    end = f", decided_by: {by}, decided_on: {decided}, reason: r" if decided else ""
    return (
        f"{{section: talk, criterion: {criterion}, says: met, because: Secret, on: {on}, by: A, "
        f"outcome: {outcome}{end}}}"
    )


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    """Seven disputes over two criteria, by two reviewers, one of them in a draft."""
    (tmp_path / "desk.yaml").write_text(RUBRIC)
    listed = [
        ("Ann", "final", dispute("greet", "upheld", "2016-05-02", "2016-05-04")),
        ("Ann", "final", dispute("greet", "upheld", "2016-05-02", "2016-05-12")),
        ("Ann", "final", dispute("greet", "not upheld", "2016-05-02", "2016-05-03")),
        ("ann", "final", dispute("greet", "not upheld", "2016-06-02", "2016-06-03")),
        ("Ann", "final", dispute("greet", "upheld", "2016-06-02", "2016-06-03", "Eve")),
        ("Ben", "final", dispute("listen", "open", "2016-06-02")),
        ("Ben", "draft", dispute("listen", "withdrawn", "2016-06-30")),
    ]
    for number, (reviewer, status, one) in enumerate(listed):
        (tmp_path / f"{number}.yaml").write_text(
            f"rubric: desk@1\nreviewer: {reviewer}\nadvisor: A\nstatus: {status}\n"
            f"ratings: {{talk: {{greet: not met, listen: not met}}}}\ndisputes: [{one}]\n"
        )
    return tmp_path


def disputes(folder: Path, *words: str, code: int = 0) -> dict[str, Any]:
    """The document, which is good by its schema."""
    done = programs.run("disputes", ".", "--rubrics", ".", "-f", "json", *words, cwd=folder)
    assert done.returncode == code, done.stderr
    document: dict[str, Any] = json.loads(done.stdout)
    jsonschema.Draft7Validator(json_schema("disputes")).validate(document)
    return document


def test_every_rate_has_its_number(desk: Path) -> None:
    """Upheld of decided, by criterion, reviewer, decider and month; open and withdrawn apart."""
    document = disputes(desk)
    every = document["all"]
    assert (every["raised"], every["decided"], every["upheld"]) == (7, 5, 3)
    assert (every["open"], every["withdrawn"], every["overturned_percent"]) == (1, 1, 60)
    criteria = [(c["name"], c["upheld"], c["decided"]) for c in document["criteria"]]
    assert criteria == [("Greets", 3, 5), ("Listens", 0, 0)]
    reviewers = {r["name"]: (r["decided"], r["overturned_percent"]) for r in document["reviewers"]}
    assert reviewers == {"Ann": (5, 60), "Ben": (0, None)}
    deciders = {d["name"]: (d["decided"], d["overturned_percent"]) for d in document["deciders"]}
    assert deciders == {"Dee": (4, None), "Eve": (1, None)}
    months = [(m["name"], m["raised"]) for m in document["months"]]
    assert months == [("2016-05", 3), ("2016-06", 4)]


def test_how_long_they_are_open_goes_by_the_data(desk: Path) -> None:
    """Days from raising to decision; open ones until the last day of the data, or `--until`."""
    document = disputes(desk)
    assert document["days_to_decide"] == [1, 1, 1, 2, 10]
    assert document["median_days_to_decide"] == 1
    assert document["until"] == "2016-06-30"
    assert [one["days"] for one in document["still_open"]] == [28]


def test_persons_of_few_disputes_are_not_compared(desk: Path) -> None:
    """Below five no rate, from five on for coaching; letters until names are asked for."""
    words = ("disputes", ".", "--rubrics", ".")
    for view in ("full", "markdown"):
        shown = programs.run(*words, "-f", view, cwd=desk).stdout
        assert "Person A" in shown
        assert "Dee" not in shown
        assert "Secret" not in shown
        assert "for coaching, not for comparison" in shown
        assert "too few to compare" in shown
        named = programs.run(*words, "-f", view, "--include-names", cwd=desk).stdout
        assert "Dee" in named
    (desk / ".git").mkdir()
    agreement = "schema: charter-score/agreement/v1\ntitle: A\nfewest_reviews: {least: 6}\n"
    (desk / "agreement.yaml").write_text(agreement)
    reviewers = disputes(desk)["reviewers"]
    assert [one["overturned_percent"] for one in reviewers] == [None, None]


def test_a_dispute_over_the_whole_review_is_counted_apart() -> None:
    """Without a section and a criterion it is about the whole review."""
    rubric = rubric_from(RUBRIC)
    review = review_from(
        "{ratings: {talk: {greet: met, listen: met}}, disputes: "
        "[{section: talk, criterion: greet, says: met, outcome: upheld}]}"
    )
    whole = review.disputes[0].model_copy(update={"section": None, "criterion": None})
    record = DisputeRecord()
    record.add("a.yaml", "a", review.model_copy(update={"disputes": (whole,)}), rubric)
    record.add("b.yaml", "b", review, rubric)
    assert (record.whole().raised, record.whole_reviews().raised) == (2, 1)
    assert [rate.name for rate in record.by_criterion()] == ["Greets"]
    told = " ".join(DisputesView(record, None, names=False, fewest=5).found())
    assert "About a whole review: 1, of which 1 of 1 decided were upheld." in told


def test_a_broken_review_is_told(desk: Path) -> None:
    """3, and the rest is counted."""
    (desk / "x.yaml").write_text("rubric: desk@1\nratings: {talk: {greet: perhaps}}\n")
    assert disputes(desk, code=3)["failed"] == 1
    assert programs.run("disputes", "nowhere", cwd=desk).returncode == 3


@pytest.mark.parametrize("width", ["40", "80", "120"])
def test_the_view_fits(desk: Path, width: str) -> None:
    """No line is longer than the terminal."""
    words = ("disputes", ".", "--rubrics", ".")
    shown = programs.run(*words, cwd=desk, COLUMNS=width).stdout
    assert max(map(len, shown.splitlines())) <= int(width)
    assert "3 of 5 upheld (60%)" in shown
