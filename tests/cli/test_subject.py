"""`subject`: one person's records, whole, and a warning where they name others."""

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

import programs
from charter_score.wire.schemas import json_schema

RUBRIC = """\
{id: desk, version: "1", title: Desk, expected: 70, bands: [{name: Below}, {name: Meets, from: 70}],
 sections: [{id: talk, title: Talk, criteria: [
  {id: greet, title: Greets}, {id: listen, title: Listens}]}]}
"""


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    """Reviews in which Ann Hill is advisor, reviewer, decider, and named in a comment."""
    (tmp_path / "desk.yaml").write_text(RUBRIC)
    dispute = (
        "disputes: [{section: talk, criterion: greet, says: met, because: x, on: 2016-05-06, by: "
        "Cid, outcome: upheld, decided_by: ann hill, decided_on: 2016-05-07, reason: r}]\n"
    )
    reviews = {
        "own": "advisor: Ann Hill\nreviewer: Ben\n"
        "ratings: {talk: {greet: {rating: met, comment: Better than Cid}, listen: not met}}\n",
        "draft": "advisor: ANN HILL\nreviewer: Ben\nstatus: draft\nnotes: Talk\nratings: {}\n",
        "made": "advisor: Cid\nreviewer: Ann Hill\ninteraction: {date: 2016-05-04}\n"
        "ratings: {talk: {greet: met, listen: met}}\n",
        "decided": "advisor: Cid\nreviewer: Ben\n"
        + dispute
        + "ratings: {talk: {greet: not met, listen: met}}\n",
        "named": "advisor: Cid\nreviewer: Ben\nnotes: Learn from ann  hill.\n"
        "ratings: {talk: {greet: met, listen: met}}\n",
        "other": "advisor: Annabel Hillary\nreviewer: Ben\n"
        "ratings: {talk: {greet: met, listen: met}}\n",
    }
    for name, text in reviews.items():
        (tmp_path / f"{name}.yaml").write_text(f"rubric: desk@1\n{text}")
    return tmp_path


def subject(folder: Path, name: str, *words: str) -> tuple[int, dict[str, Any]]:
    """The exit code and the document, which is good by its schema."""
    done = programs.run("subject", name, ".", "--rubrics", ".", "-f", "json", *words, cwd=folder)
    document = json.loads(done.stdout)
    jsonschema.Draft7Validator(json_schema("subject")).validate(document)
    return done.returncode, document


def test_every_part_is_found(desk: Path) -> None:
    """As advisor (drafts too), reviewer and decider, whatever the spelling; nobody else's."""
    code, document = subject(desk, "Ann Hill")
    assert code == 0
    own = {one["path"]: one for one in document["as_advisor"]}
    assert own.keys() == {"own.yaml", "draft.yaml"}
    assert (own["own.yaml"]["percent"], own["own.yaml"]["band"]) == (50, "Below")
    assert own["own.yaml"]["document"]["ratings"]["talk"]["greet"]["comment"] == "Better than Cid"
    assert own["draft.yaml"]["percent"] is None
    parts = {one["path"]: one["part"] for one in document["other_parts"]}
    assert parts == {"made.yaml": "reviewed it", "decided.yaml": "decided a dispute"}
    named = [(one["path"], one["field"]) for one in document["named_in"]]
    assert named == [("named.yaml", "notes")]


def test_texts_that_name_others_are_told_and_not_repeated(desk: Path) -> None:
    """Where a comment in the person's records names somebody, its place is told."""
    _, document = subject(desk, "Ann Hill")
    others = [(one["path"], one["field"]) for one in document["names_others"]]
    assert others == [("own.yaml", "talk.greet.comment")]
    shown = programs.run("subject", "Ann Hill", ".", "--rubrics", ".", cwd=desk).stdout
    assert "own.yaml (talk.greet.comment)" in shown
    assert "Cid" not in shown
    assert "Better than" not in shown


def test_nobody_of_that_name_is_3(desk: Path) -> None:
    """Nothing found is said, so that a mistyped name is no empty answer."""
    done = programs.run("subject", "Ann Hil", ".", "--rubrics", ".", cwd=desk)
    assert done.returncode == 3
    assert "no review gives this name" in done.stderr
    assert programs.run("subject", "Ann Hill", cwd=desk).returncode == 2


def test_the_records_are_written_whole(desk: Path) -> None:
    """`-o` writes the document for its owner alone, and a walk leaves it out."""
    words = ("subject", "Ann Hill", ".", "--rubrics", ".", "-o", "records.json")
    assert programs.run(*words, cwd=desk).returncode == 0
    first = (desk / "records.json").read_bytes()
    assert programs.run(*words, cwd=desk).returncode == 0
    assert (desk / "records.json").read_bytes() == first


@pytest.mark.parametrize("width", ["40", "80"])
def test_the_view_fits(desk: Path, width: str) -> None:
    """No line is longer than the terminal."""
    words = ("subject", "Ann Hill", ".", "--rubrics", ".")
    shown = programs.run(*words, cwd=desk, COLUMNS=width).stdout
    assert max(map(len, shown.splitlines())) <= int(width)
