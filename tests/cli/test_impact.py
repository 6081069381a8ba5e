"""`rubrics impact`: what another rubric would make of reviews, by the engine and nothing else."""

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

import programs
from charter_score.wire.schemas import json_schema

OLD = """\
id: desk
version: "1"
title: Desk
expected: 70
bands: [{name: Below}, {name: Meets, from: 70}]
sections:
  - id: talk
    title: Talk
    criteria:
      - {id: greet, title: Greets}
      - {id: listen, title: Listens}
      - {id: note, title: Notes it}
"""
NEW = """\
id: desk
version: "2"
title: Desk
expected: 70
bands: [{name: Below}, {name: Meets, from: 70}]
sections:
  - id: talk
    title: Talk
    criteria:
      - {id: hello, title: Greets, points: 3}
      - {id: hears, title: Hears the customer out}
      - {id: smile, title: Smiles}
"""


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    """Two rubrics, and five reviews of the old one by two advisors."""
    (tmp_path / "old.yaml").write_text(OLD)
    (tmp_path / "new.yaml").write_text(NEW)
    reviews = tmp_path / "reviews"
    reviews.mkdir()
    words = ["met met met", "met met n/a", "met not|met met", "not|met met met", "met n/a not|met"]
    for number, line in enumerate(words):
        greet, listen, note = (word.replace("|", " ") for word in line.split())
        (reviews / f"{number}.yaml").write_text(
            f"advisor: Advisor {number % 2 + 1}\nreviewer: Ann\nratings: {{talk: {{greet: {greet}, "
            f"listen: {listen}, note: {note}}}}}\n"
        )
    return tmp_path


def impact(folder: Path, *words: str, code: int = 0) -> dict[str, Any]:
    """The document, which is good by its schema."""
    done = programs.run("rubrics", "impact", *words, "-f", "json", cwd=folder)
    assert done.returncode == code, done.stderr
    document: dict[str, Any] = json.loads(done.stdout)
    jsonschema.Draft7Validator(json_schema("impact")).validate(document)
    return document


MAPPED = ("old.yaml", "new.yaml", "reviews", "--map", "talk.listen=talk.hears")


def test_reviews_are_carried_over_by_titles_and_by_the_mapping(desk: Path) -> None:
    """Shares are those of the engine: 3 of 4 points for greeting, what is new left out."""
    document = impact(desk, *MAPPED)
    assert document["mapped"] == {"talk.greet": "talk.hello", "talk.listen": "talk.hears"}
    assert (document["added"], document["removed"]) == (["talk.smile"], ["talk.note"])
    shares = [(m["before"]["share"], m["after"]["share"]) for m in document["moved"]]
    assert shares == [
        ("1/1", "1/1"),
        ("1/1", "1/1"),
        ("2/3", "3/4"),
        ("2/3", "1/4"),
        ("2/3", "1/1"),
    ]
    assert (document["up"], document["down"], document["unmoved"]) == (2, 1, 2)
    assert document["bands"] == {"Below → Below": 1, "Below → Meets": 2, "Meets → Meets": 2}
    assert (document["expectation_gained"], document["expectation_lost"]) == (2, 0)
    assert (document["mean_before"], document["mean_after"]) == (80, 80)


def test_without_the_mapping_what_cannot_be_matched_is_left_out_and_told(desk: Path) -> None:
    """A criterion under another id and title is new to the one and gone from the other."""
    document = impact(desk, "old.yaml", "new.yaml", "reviews")
    assert document["added"] == ["talk.hears", "talk.smile"]
    done = programs.run("rubrics", "impact", "old.yaml", "new.yaml", "reviews", cwd=desk)
    assert "rated by nobody, and so left out of both sums: talk.hears" in " ".join(
        done.stdout.split()
    )


def test_a_what_if_of_one_option(desk: Path) -> None:
    """`--set not_applicable=excluded`: as a rubric that says so would score."""
    document = impact(desk, "old.yaml", "old.yaml", "reviews", "--set", "not_applicable=excluded")
    assert document["what_if"] == {"not_applicable": "excluded"}
    excluded = OLD.replace("expected: 70", "expected: 70\nnot_applicable: excluded")
    (desk / "excluded.yaml").write_text(excluded)
    plain = impact(desk, "old.yaml", "excluded.yaml", "reviews")
    assert document["moved"] == plain["moved"]
    assert document["moved"][4]["after"]["share"] == "1/2"
    expected = impact(desk, "old.yaml", "old.yaml", "reviews", "--set", "expected=60")
    assert expected["expectation_gained"] == 3
    none = impact(desk, "old.yaml", "old.yaml", "reviews", "--set", "expected=none")
    assert [m["after"]["meets_expected"] for m in none["moved"]] == [None] * 5


def test_what_counts_today_is_carried_over(desk: Path) -> None:
    """An upheld dispute is part of the score under both."""
    path = desk / "reviews/3.yaml"
    path.write_text(
        path.read_text()
        + "disputes: [{section: talk, criterion: greet, says: met, because: x, on: 2016-05-06, "
        "by: A, outcome: upheld, decided_by: D, decided_on: 2016-05-07, reason: r}]\n"
    )
    assert impact(desk, *MAPPED)["moved"][3]["after"]["share"] == "1/1"


def test_what_cannot_be_carried_over_is_counted(desk: Path) -> None:
    """A rating that the new rubric does not know, and reviews that are not meant."""
    new = NEW.replace("title: Hears the customer out", "title: Listens, not_applicable: forbidden")
    (desk / "new.yaml").write_text(new)
    path = desk / "reviews/0.yaml"
    path.write_text("status: calibration\n" + path.read_text())
    (desk / "other.yaml").write_text(OLD.replace("id: desk", "id: other"))
    (desk / "reviews/9.yaml").write_text(
        "rubric: other@1\nratings: {talk: {greet: met, listen: met, note: met}}\n"
    )
    document = impact(desk, "old.yaml", "new.yaml", "reviews", "--rubrics", ".")
    assert {one["why"].split()[0]: one["reviews"] for one in document["left_out"]} == {
        "of": 1,
        "calibration": 1,
        "has": 1,
    }
    assert document["reviews"] == 3
    assert document["mean_before"] is None


def test_names_stand_only_where_they_are_asked_for(desk: Path) -> None:
    """How many advisors would be affected; who, only with `--include-names`."""
    for view in ("full", "markdown"):
        words = ("rubrics", "impact", *MAPPED, "-f", view)
        plain = programs.run(*words, cwd=desk).stdout
        assert "2 of 2 advisors" not in plain
        assert "1 of 2 advisors" in plain
        assert "Advisor 1" not in plain
        named = programs.run(*words, "--include-names", cwd=desk).stdout
        assert "Advisor 1: 2 of 3 reviews" in named


@pytest.mark.parametrize("width", ["40", "80", "120"])
def test_the_view_fits(desk: Path, width: str) -> None:
    """No line is longer than the terminal."""
    shown = programs.run("rubrics", "impact", *MAPPED, cwd=desk, COLUMNS=width).stdout
    assert max(map(len, shown.splitlines())) <= int(width)
    assert "Below → Meets: 2 reviews" in shown


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["old.yaml", "new.yaml"], 2),
        (["old.yaml", "none.yaml", "reviews"], 2),
        (["old.yaml", "new.yaml", "reviews", "--set", "title=x"], 2),
        (["old.yaml", "new.yaml", "reviews", "--set", "expected=170"], 2),
        (["old.yaml", "new.yaml", "reviews", "--set", "expected=1", "--set", "expected=2"], 2),
        (["old.yaml", "new.yaml", "reviews", "--map", "talk.liste=talk.hears"], 2),
        (["old.yaml", "new.yaml", "reviews", "-f", "html"], 2),
        (["old.yaml", "new.yaml", "reviews", "-o", "old.yaml", "-f", "json"], 2),
        (["old.yaml", "new.yaml", "nowhere"], 3),
    ],
)
def test_what_cannot_be_meant_is_refused(desk: Path, words: list[str], code: int) -> None:
    """Used wrongly: 2; no review to compare: 3. Nothing is overwritten."""
    done = programs.run("rubrics", "impact", *words, cwd=desk)
    assert done.returncode == code, done.stderr
    assert (desk / "old.yaml").read_text() == OLD
