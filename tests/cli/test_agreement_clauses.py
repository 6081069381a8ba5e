"""`agreement.yaml`: each clause bites, says which it is, and nothing happens without one."""

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

import programs
from charter_score.source.reading import read_document
from charter_score.wire.schemas import json_schema

RUBRIC = """\
{id: desk, version: "1", title: Desk, expected: 70, sections: [{id: talk, title: Talk, criteria: [
  {id: greet, title: Greets}, {id: listen, title: Listens}]}]}
"""
HEAD = "schema: charter-score/agreement/v1\ntitle: Works agreement\n"


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    """A repository with reviews of two advisors: six of one and three of another."""
    (tmp_path / ".git").mkdir()
    (tmp_path / "standards").mkdir()
    (tmp_path / "standards/desk.yaml").write_text(RUBRIC)
    reviews = tmp_path / "reviews"
    reviews.mkdir()
    for number in range(9):
        (reviews / f"{number}.yaml").write_text(
            f"rubric: desk@1\nadvisor: Advisor {1 + number // 6}\nreviewer: Ann\n"
            f"interaction: {{date: 2016-05-{number + 1:02d}, reference: C{number}}}\n"
            "ratings: {talk: {greet: {rating: not met, comment: Gruff}, listen: met}}\n"
        )
    return tmp_path


def agree(folder: Path, clauses: str) -> None:
    """Write an agreement, which is good by its schema."""
    (folder / "agreement.yaml").write_text(HEAD + clauses)
    value: Any = read_document((HEAD + clauses).encode(), "agreement.yaml").value
    plain = json.loads(json.dumps(value, default=lambda one: int(str(one))))
    jsonschema.Draft7Validator(json_schema("agreement")).validate(plain)


RUBRICS = ("--rubrics", "standards")


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        (["score", "reviews", "-f", "json"], "json"),
        (["score", "reviews", "-f", "csv"], "csv"),
        (["score", "reviews/0.yaml"], "full"),
        (["score", "reviews", "--include-names"], "concise"),
        (["score", "reviews", "-f", "markdown", "--include-names"], "markdown"),
        (["calibrate", "reviews", "-f", "json"], "json"),
        (["calibrate", "reviews", "--include-names"], "full"),
        (["rubrics", "impact", "desk", "desk", "reviews", "-f", "json"], "json"),
        (["subject", "Ann", "reviews"], "full"),
    ],
)
def test_names_are_refused_where_they_may_not_stand(
    desk: Path, words: list[str], shown: str
) -> None:
    """2 and the clause; the same command runs without the clause, or where it allows the output."""
    before = programs.run(*words, *RUBRICS, cwd=desk)
    assert "agreement" not in before.stderr
    agree(desk, 'names: {allowed: [xlsx], clause: "4"}\n')
    done = programs.run(*words, *RUBRICS, cwd=desk)
    assert done.returncode == 2
    assert f"(agreement.yaml, clause 4) allows no names in {shown}" in done.stderr
    assert done.stdout == ""
    agree(desk, f'names: {{allowed: [{shown}], clause: "4"}}\n')
    assert programs.run(*words, *RUBRICS, cwd=desk).returncode == before.returncode


def test_what_holds_no_names_goes_on(desk: Path) -> None:
    """A public output without names is no business of the clause."""
    agree(desk, "names: {allowed: []}\n")
    for words in (["score", "reviews"], ["score", "reviews", "-f", "markdown"]):
        assert programs.run(*words, *RUBRICS, cwd=desk).returncode == 0


@pytest.mark.parametrize(
    ("words", "way_out"),
    [
        (["score", "reviews", "-f", "json"], ["--no-comments"]),
        (["score", "reviews/0.yaml"], ["--no-comments"]),
        (["score", "reviews", "-f", "csv", "--long"], ["--no-comments"]),
        (["score", "reviews", "-f", "html", "--include-comments"], ["--no-comments"]),
    ],
)
def test_comments_are_refused_and_the_way_out_works(
    desk: Path, words: list[str], way_out: list[str]
) -> None:
    """2 and the field where the clause has no number; `--no-comments` is taken."""
    agree(desk, "comments: {allowed: []}\n")
    done = programs.run(*words, *RUBRICS, cwd=desk)
    assert done.returncode == 2
    assert "(agreement.yaml, `comments`) allows no free text" in done.stderr
    assert "--no-comments" in done.stderr
    assert programs.run(*words, *way_out, *RUBRICS, cwd=desk).returncode == 0


def test_a_person_of_few_reviews_has_no_figures(desk: Path) -> None:
    """Six reviews are enough by themselves; where seven were agreed, they say nothing."""
    words = ("score", "reviews", "--by", "advisor", *RUBRICS)
    before = json.loads(programs.run(*words, "-f", "json", cwd=desk).stdout)
    assert [g["mean_percent"] for g in before["summary"]["groups"]] == [50, 50]
    agree(desk, 'fewest_reviews: {least: 7, clause: "3.1"}\n')
    shown = programs.run(*words, cwd=desk).stdout
    told = " ".join(shown.split())
    assert "fewer than 7 reviews, too few to compare" in told
    assert "clause 3.1): no figure of a person below 7 reviews" in told
    after = json.loads(programs.run(*words, "-f", "json", cwd=desk).stdout)
    jsonschema.Draft7Validator(json_schema("result")).validate(after)
    groups = after["summary"]["groups"]
    assert [g["mean_percent"] for g in groups] == [None, None]
    assert [g["too_few_to_compare"] for g in groups] == [True, True]
    by_channel = programs.run("score", "reviews", "--by", "month", *RUBRICS, cwd=desk).stdout
    assert "50%" in by_channel
    assert "too few" not in by_channel


def test_a_report_keeps_to_it_too(desk: Path) -> None:
    """No mean of an advisor, nor of their own page, where seven were agreed; the team keeps its."""
    team = ("report", "reviews", "--by", "advisor", "-f", "json", *RUBRICS)
    person = ("report", "reviews", "--advisor", "Advisor 1", "-f", "json", *RUBRICS)
    told = "clause 3.1): no figure of a person below 7 reviews."
    before, own = (programs.run(*words, cwd=desk).stdout for words in (team, person))
    assert _means(before) == [50, None]
    assert "The mean score of 6 reviews is 50%" in own
    assert told not in before + own
    agree(desk, 'fewest_reviews: {least: 7, clause: "3.1"}\n')
    after, own = (programs.run(*words, cwd=desk).stdout for words in (team, person))
    assert _means(after) == [None, None]
    assert "The mean score of 9 reviews is 50%" in after
    assert "The mean score" not in own
    assert "6 reviews: too few to compare." in own
    assert told in after
    assert told in own


def _means(report: str) -> list[int | None]:
    """The means in the table of advisors of a report; None for each where there is no column."""
    blocks = json.loads(report)["rubrics"][0]["blocks"]
    (table,) = (
        table for block in blocks for table in block["tables"] if table["id"] == "by-advisor"
    )
    return [row.get("mean") for row in table["rows"]]


def test_a_drift_of_few_contacts_is_not_told(desk: Path) -> None:
    """Where seven were agreed, the six contacts of a reviewer give no drift."""
    for number in range(6):
        text = (desk / f"reviews/{number}.yaml").read_text().replace("Ann", "Ben")
        (desk / f"reviews/b{number}.yaml").write_text(text.replace("not met", "met"))
    words = ("calibrate", "reviews", "-f", "json", *RUBRICS)
    drift = json.loads(programs.run(*words, cwd=desk).stdout)["rounds"][0]["drift"]
    assert [one["mean"] for one in drift] == [-50, 50]
    agree(desk, "fewest_reviews: {least: 7}\n")
    drift = json.loads(programs.run(*words, cwd=desk).stdout)["rounds"][0]["drift"]
    assert [one["mean"] for one in drift] == [None, None]


def test_what_should_be_deleted_is_listed(desk: Path) -> None:
    """By the clause from the contact's day, by a review's own `retain_until`, drafts too."""
    words = ("check", "--expired", "reviews", "--until")
    done = programs.run(*words, "2017-01-01", cwd=desk)
    assert done.returncode == 0
    assert "Nothing says how long 9 reviews are kept" in done.stdout
    agree(desk, 'retention: {days: 30, clause: "6"}\n')
    done = programs.run(*words, "2016-06-01", cwd=desk)
    assert done.returncode == 1
    assert "1 of 9 reviews should be deleted" in done.stdout
    told = " ".join(done.stdout.split())
    assert "reviews/0.yaml: kept until 31 May 2016 (30 days after 1 May 2016;" in told
    assert "clause 6" in told
    assert programs.run(*words, "2016-05-31", cwd=desk).returncode == 0
    own = desk / "reviews/8.yaml"
    own.write_text("retain_until: 2016-05-20\nstatus: draft\n" + own.read_text())
    done = programs.run(*words, "2016-05-31", cwd=desk)
    assert done.returncode == 1
    assert "reviews/8.yaml: kept until 20 May 2016 (its own `retain_until`)" in done.stdout
    assert programs.run("check", "reviews", "--until", "2016-05-31", cwd=desk).returncode == 2


def test_a_broken_file_is_told_beside_the_list(desk: Path) -> None:
    """What cannot be read cannot be judged: 3, and the rest is listed."""
    agree(desk, "retention: {days: 30}\n")
    (desk / "reviews/x.yaml").write_text("a: [")
    done = programs.run("check", "--expired", "reviews", "--until", "2020-01-01", cwd=desk)
    assert done.returncode == 3
    assert "9 of 9 reviews" in done.stdout
    assert "reviews/x.yaml" in done.stderr


def test_a_dispute_after_its_time_is_refused(desk: Path) -> None:
    """28 days after the advisor saw it, else after the contact; `explain` says until when."""
    agree(desk, 'dispute_window: {days: 28, clause: "5"}\n')
    review = desk / "reviews/0.yaml"
    explained = programs.run("explain", "reviews/0.yaml", *RUBRICS, cwd=desk).stdout
    assert "clause 5) gives until 29 May 2016 to dispute a rating" in " ".join(explained.split())
    before = review.read_bytes()
    raised = ("dispute", "reviews/0.yaml", "talk.greet", "--says", "met", "--because", "x")
    late = programs.run(*raised, "--on", "2016-05-30", *RUBRICS, cwd=desk)
    assert late.returncode == 2
    assert "clause 5) gives until 2016-05-29" in late.stderr
    assert review.read_bytes() == before
    seen = before.replace(b"reviewer: Ann", b"reviewer: Ann\nacknowledged: 2016-05-10")
    review.write_bytes(seen)
    in_time = programs.run(*raised, "--on", "2016-05-30", *RUBRICS, cwd=desk)
    assert in_time.returncode == 0, in_time.stderr


@pytest.mark.parametrize(
    ("clauses", "told"),
    [
        ("names: {allowed: [paper]}\n", "agreement.yaml:3:19: "),
        ("nams: {allowed: []}\n", "agreement.yaml:3:1: there is no such field here"),
        ("fewest_reviews: {least: few}\n", "agreement.yaml:3:25: "),
        ("retention: {days: 0}\n", "agreement.yaml:3:19: a whole number from 1"),
        ("retention: 30\n", "agreement.yaml:3:12: "),
    ],
)
def test_an_agreement_with_a_mistake_stops_every_command(
    desk: Path, clauses: str, told: str
) -> None:
    """A fence with a gap is none: 2, with the place; `check` lists all that is wrong."""
    (desk / "agreement.yaml").write_text(HEAD + clauses)
    for words in (["score", "reviews"], ["calibrate", "reviews"], ["explain", "reviews/0.yaml"]):
        done = programs.run(*words, *RUBRICS, cwd=desk)
        assert done.returncode == 2, done.stderr
        assert told in done.stderr
    done = programs.run("check", "agreement.yaml", cwd=desk)
    assert done.returncode == 1
    assert "agreement.yaml:3:" in done.stderr


def test_a_good_agreement_passes_check_and_is_no_review(desk: Path) -> None:
    """`check` reads it, and a walk through the folder leaves it out."""
    agree(desk, "names: {allowed: [concise]}\n")
    assert programs.run("check", "agreement.yaml", cwd=desk).returncode == 0
    done = programs.run("score", ".", *RUBRICS, cwd=desk)
    assert done.returncode == 0, done.stderr
    assert "9 found" in done.stdout


def test_it_holds_in_folders_below(desk: Path) -> None:
    """Looked for upwards to the repository's root, as settings are."""
    agree(desk, "names: {allowed: []}\n")
    done = programs.run("score", ".", "-f", "json", cwd=desk / "reviews")
    assert done.returncode == 2
    assert "../agreement.yaml" in done.stderr
