"""`verify`: a changed review, rubric, rating or figure is found, and nothing else is."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest

import programs
from charter_score.library import Library
from charter_score.source.recorded_results import recorded_results
from charter_score.verifying import Verifier
from charter_score.wire.schemas import json_schema

RUBRIC = """\
id: desk
version: "1"
title: Desk
expected: 70
bands: [{name: Below}, {name: Meets, from: 70}]
sections:
  - id: talk
    title: Talk
    criteria:
      - {id: greet, title: Greets, critical: true, not_applicable: forbidden}
      - {id: listen, title: Listens, points: 3}
      - {id: note, title: Notes it}
"""
REVIEWS = {
    "a": "greet: met, listen: {rating: not met, comment: Talked over}, note: n/a",
    "b": "greet: met, listen: met, note: met",
    "c": "greet: not met, listen: met, note: n/a",
}
HEAD = "rubric: desk@1\nadvisor: Advisor 1\nreviewer: Ann\nteam: Desk\nnotes: N\n"


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    """Three reviews, a draft and a broken file, scored into results.json."""
    (tmp_path / "standards").mkdir()
    (tmp_path / "standards/desk.yaml").write_text(RUBRIC)
    reviews = tmp_path / "reviews"
    reviews.mkdir()
    for name, ratings in REVIEWS.items():
        (reviews / f"{name}.yaml").write_text(f"{HEAD}ratings: {{talk: {{{ratings}}}}}\n")
    (reviews / "d.yaml").write_text(f"{HEAD}status: draft\nratings: {{}}\n")
    (reviews / "e.yaml").write_text(f"{HEAD}ratings: 5\n")
    score(tmp_path)
    return tmp_path


def score(folder: Path, *words: str, output: str = "results.json") -> None:
    """Write results."""
    more = ("--rubrics", "standards", "-o", output, "--by", "team", *words)
    done = programs.run("score", "reviews", *more, cwd=folder)
    assert done.returncode == 3, done.stderr


def verify(folder: Path, *words: str, results: str = "results.json") -> tuple[int, dict[str, Any]]:
    """The exit code and the document, which is good by its schema."""
    more = ("--rubrics", "standards", "-f", "json", *words)
    done = programs.run("verify", results, *more, cwd=folder)
    document = json.loads(done.stdout)
    jsonschema.Draft7Validator(json_schema("verification")).validate(document)
    assert document["verified"] is (done.returncode == 0)
    return done.returncode, document


def edit(path: Path, old: str, new: str) -> None:
    """Change a text in a file once."""
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


@pytest.mark.parametrize("paths", [[], ["reviews"]])
def test_what_nobody_changed_is_the_same(desk: Path, paths: list[str]) -> None:
    """All three results and the summary; what has no digest is told."""
    code, document = verify(desk, *paths)
    assert code == 0
    assert (document["recorded"], document["same"], document["without_digest"]) == (3, 3, 2)
    assert document["summary_compared"]
    shown = programs.run("verify", "results.json", "--rubrics", "standards", cwd=desk)
    assert "All 3 results are as the reviews and rubrics give today" in shown.stdout


def test_json_lines_and_results_without_comments_are_verified_too(desk: Path) -> None:
    """Both formats; where no free text is recorded, none is compared."""
    score(desk, output="results.jsonl")
    assert verify(desk, results="results.jsonl")[0] == 0
    score(desk, "--no-comments", output="bare.json")
    code, document = verify(desk, results="bare.json")
    assert (code, document["without_comments"]) == (0, True)


def test_a_filter_is_kept(desk: Path) -> None:
    """Results of some reviews are those, and the others are not missed."""
    edit(desk / "reviews/b.yaml", "team: Desk", "team: Other")
    more = ("--rubrics", "standards", "-o", "some.json", "--where", "team=Desk")
    programs.run("score", "reviews", *more, cwd=desk)
    assert verify(desk, "reviews", results="some.json")[0] == 0


def test_a_changed_review_is_found(desk: Path) -> None:
    """A rating that somebody changed in a review: its digest differs."""
    edit(desk / "reviews/a.yaml", "rating: not met", "rating: met")
    code, document = verify(desk)
    assert code == 1
    (finding,) = document["findings"]
    assert (finding["finding"], finding["path"]) == ("review changed", "reviews/a.yaml")
    assert document["same"] == 2


def test_a_changed_rubric_is_found(desk: Path) -> None:
    """A rubric of the same name with another bound: its digest differs, for every review of it."""
    edit(desk / "standards/desk.yaml", "from: 70", "from: 60")
    code, document = verify(desk)
    assert code == 1
    assert [finding["finding"] for finding in document["findings"]] == ["rubric changed"] * 3


@pytest.mark.parametrize(
    ("old", "new", "field"),
    [
        (
            '"rating": "not met"',
            '"rating": "met"',
            "sections.talk.criteria.listen.rating: recorded met, recomputed not met",
        ),
        ('"share": "2/5"', '"share": "3/5"', "score.share: recorded 3/5, recomputed 2/5"),
        ('"band": "Below"', '"band": "Meets"', "band: recorded Meets, recomputed Below"),
        ("Talked over", "Was kind", "sections.talk.criteria.listen.comment: differs"),
        ('"advisor": "Advisor 1"', '"advisor": "Advisor 2"', "review.advisor: differs"),
        ('"mean_percent": ', '"mean_percent": 1', "mean_percent: recorded 1"),
    ],
)
def test_a_changed_rating_or_figure_in_the_results_is_found(
    desk: Path, old: str, new: str, field: str
) -> None:
    """What differs is named; a person's words and names are not repeated."""
    edit(desk / "results.json", old, new)
    done = programs.run("verify", "results.json", "--rubrics", "standards", cwd=desk)
    assert done.returncode == 1
    assert field in " ".join(done.stdout.split())
    assert "Advisor" not in done.stdout
    assert "kind" not in done.stdout


def leaves(value: Any, route: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The routes of all plain values of a document."""
    if isinstance(value, dict):
        for key, one in value.items():
            yield from leaves(one, (*route, key))
    elif isinstance(value, list):
        for at, one in enumerate(value):
            yield from leaves(one, (*route, at))
    else:
        yield route


def test_every_value_of_the_results_counts(desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whichever value of a result or of the summary is changed, it is found."""
    monkeypatch.chdir(desk)
    path = desk / "results.json"
    document = json.loads(path.read_text())
    parts = {"results": document["results"][0], "summary": document["summary"]}
    library = Library(folders=["standards"])
    missed = []
    for part, inside in parts.items():
        for route in leaves(inside):
            changed = json.loads(path.read_text())
            at = changed[part][0] if part == "results" else changed[part]
            for step in route[:-1]:
                at = at[step]
            value = at[route[-1]]
            at[route[-1]] = not value if isinstance(value, bool) else "x" if value != "x" else 1
            path.with_name("changed.json").write_text(json.dumps(changed))
            found = Verifier(recorded_results("changed.json"), "", library).verify()
            if not found.findings:
                missed.append((part, *route))
    # Where a file lay is no figure: by its digest it is found wherever it lies now.
    assert missed == []


def test_a_field_that_an_older_version_did_not_write_is_no_difference(desk: Path) -> None:
    """Fields are added from version to version; in a file of this one none may be missing."""
    path = desk / "results.json"
    document = json.loads(path.read_text())
    del document["results"][0]["little_observed"]
    path.write_text(json.dumps(document))
    assert verify(desk)[0] == 1
    document["tool"]["version"] = "0.0.1"
    path.write_text(json.dumps(document))
    assert verify(desk)[0] == 0
    document["results"][0]["band"] = "Meets"
    path.write_text(json.dumps(document))
    assert verify(desk)[0] == 1


@pytest.mark.parametrize("what", ["dropped", "doubled", "added"])
def test_a_result_too_few_or_too_many_is_found(desk: Path, what: str) -> None:
    """Results that somebody took out or copied; with the folder named, also with a new summary."""
    path = desk / "results.json"
    document = json.loads(path.read_text())
    if what == "dropped":
        del document["results"][0]
    elif what == "doubled":
        document["results"].append(document["results"][0])
    path.write_text(json.dumps(document))
    if what == "added":
        shutil.copy(desk / "reviews/b.yaml", desk / "reviews/f.yaml")
        edit(desk / "reviews/f.yaml", "notes: N", "notes: M")
        assert verify(desk)[0] == 0
    code, found = verify(desk, "reviews")
    assert code == 1
    kinds = {finding["finding"] for finding in found["findings"]}
    expected = {
        "dropped": {"summary differs", "not in the results"},
        "doubled": {"recorded twice"},
        "added": {"not in the results"},
    }
    assert kinds == expected[what]


def test_what_cannot_be_found_is_3(desk: Path) -> None:
    """A review or a rubric that is gone: 3, since nothing is known of it."""
    (desk / "reviews/a.yaml").unlink()
    code, document = verify(desk)
    assert code == 3
    assert [finding["finding"] for finding in document["findings"]] == ["review not found"]
    done = programs.run("verify", "results.json", cwd=desk)
    assert done.returncode == 3
    assert done.stdout.count("RUBRIC NOT FOUND") == 2


def test_a_moved_review_is_found_by_its_digest(desk: Path) -> None:
    """Reviews that were moved are recomputed where they lie now, when that is named."""
    (desk / "reviews").rename(desk / "archive")
    assert verify(desk)[0] == 3
    assert verify(desk, "archive")[0] == 0


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"schema": "charter-score/results/v1"}', "x: 1"])
def test_what_is_no_results_file_is_told(tmp_path: Path, text: str) -> None:
    """A diagnostic with a way out, and 3."""
    (tmp_path / "r.json").write_text(text)
    done = programs.run("verify", "r.json", cwd=tmp_path)
    assert done.returncode == 3
    assert "error[not-results]" in done.stderr
    assert programs.run("verify", "none.json", cwd=tmp_path).returncode == 3


def test_a_rubric_named_by_the_command_is_used(desk: Path) -> None:
    """Reviews that name no rubric are recomputed with `--rubric`, or with the recorded one."""
    for name in ("a", "b", "c", "d", "e"):
        edit(desk / f"reviews/{name}.yaml", "rubric: desk@1\n", "")
    score(desk, "--rubric", "desk")
    assert verify(desk)[0] == 0
    assert verify(desk, "--rubric", "desk")[0] == 0


@pytest.mark.parametrize("width", ["40", "80"])
def test_the_view_fits(desk: Path, width: str) -> None:
    """No line is longer than the terminal."""
    edit(desk / "results.json", '"share": "2/5"', '"share": "3/5"')
    more = ("--rubrics", "standards")
    shown = programs.run("verify", "results.json", *more, cwd=desk, COLUMNS=width).stdout
    assert max(map(len, shown.splitlines())) <= int(width)
