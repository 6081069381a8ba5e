"""The same input gives the same words in the same order, however its parts were cut."""

import json
from pathlib import Path

import pytest

import programs
from charter_score.collectors import Noted, RunDiagnostics

MANY = 65
"""Reviews: one more than are scored before processes start."""
RUBRIC = """
id: r
version: "1"
title: R
sections:
  - id: s
    title: S
    criteria: [{id: a, title: A, applies_when: {channel: [phone]}}, {id: b, title: B}]
"""
WARNS = "id: same\nrubric: ./r.yaml\nratings: {s: {b: met}}\n"
"""A review that repeats an id and leaves out a field that the rubric goes by: two warnings."""
FAILS = "id: other\nrubric: ./wrong.yaml\nratings: {}\n"
"""A review whose rubric has an error of its own, which is told once."""


@pytest.fixture(name="folder")
def _folder(tmp_path: Path) -> Path:
    (tmp_path / "r.yaml").write_text(RUBRIC, encoding="utf-8")
    (tmp_path / "wrong.yaml").write_text(RUBRIC.replace("title: R", "titel: R"), encoding="utf-8")
    reviews = tmp_path / "reviews"
    reviews.mkdir()
    for number in range(MANY):
        text = FAILS if number % 7 == 3 else WARNS
        path = reviews / f"{number:02}.yaml"
        path.write_text(text.replace("./", "../"), encoding="utf-8")
    return tmp_path


def run(folder: Path, *words: str, smallest: int = 16) -> tuple[str, str]:
    """Standard output and standard error of a run whose chunks begin with so many items."""
    sizes = f"from charter_score import workers; workers.SMALLEST = {smallest}"
    done = programs.run("score", *words, cwd=folder, before=sizes)
    assert done.returncode == 3, done.stderr
    return done.stdout, done.stderr


@pytest.mark.parametrize("form", ["json", "json-lines"])
def test_whatever_the_parts(folder: Path, form: str) -> None:
    """Neither the number of processes nor the size of what they are handed changes a byte."""
    alone = run(folder, "reviews", "-f", form, "--jobs", "1")
    for smallest in (1, 5, 64):
        assert run(folder, "reviews", "-f", form, "--jobs", "2", smallest=smallest) == alone


def test_the_order_of_warnings(folder: Path) -> None:
    """Warnings stand by path and place in JSON and on standard error, repeated ids among them."""
    out, told = run(folder, "reviews", "-f", "json", "--jobs", "2", "--verbose")
    warnings = json.loads(out)["warnings"]
    places = [(one["path"], one["line"], one["column"], one["code"]) for one in warnings]
    assert places == sorted(places)
    assert {code for *_, code in places} == {"condition-field-missing", "duplicate-review-id"}
    paths = [
        line.partition(":")[0]
        for line in told.splitlines()
        if line.startswith("reviews/") and ("warning[" in line or "error[" in line)
    ]
    assert paths == sorted(paths)
    assert len(set(paths)) == MANY


def test_a_rubrics_errors_are_told_once(folder: Path) -> None:
    """What is wrong with a rubric comes with the first review that names it, and not again."""
    _, told = run(folder, "reviews", "-f", "json", "--jobs", "2", smallest=1)
    assert told.count("unknown-field") == 1
    assert told.count("invalid-rubric") == len(range(3, MANY, 7))


class Alike(str):
    """A text whose hash is that of every other of its kind."""

    __slots__ = ()

    def __hash__(self) -> int:
        """The same for all."""
        return 1


def test_only_an_equal_id_is_repeated() -> None:
    """Ids are held against each other, not their hashes; long ones too."""
    collected = RunDiagnostics()
    ids = [Alike("a"), Alike("b"), "x" * 100 + "1", "x" * 100 + "2", Alike("a"), "x" * 100 + "1"]
    collected.noted += [Noted(f"{number}.yaml", one, ()) for number, one in enumerate(ids)]
    assert [warning.path for warning in collected.warnings()] == ["4.yaml", "5.yaml"]
