"""A rubric as JSON: with its defaults filled in, and a rubric again when it is read back."""

import json
import random
from pathlib import Path

import pytest

import programs
import random_documents
from charter_score import load_review, load_rubric, score
from charter_score.rubric import Rubric
from charter_score.wire.encoding import rubric_json


def rubrics(folder: Path, seed: int) -> tuple[Rubric, Rubric, str]:
    """A random rubric, the one that its JSON holds, and a random review as YAML."""
    rng = random.Random(seed)
    document = random_documents.rubric(rng)
    (folder / "rubric.yaml").write_text(random_documents.to_yaml(document), encoding="utf-8")
    rubric = load_rubric(folder / "rubric.yaml")
    (folder / "rubric.json").write_text(rubric_json(rubric), encoding="utf-8")
    review = random_documents.to_yaml(random_documents.review(rng, document))
    return rubric, load_rubric(folder / "rubric.json"), review


@pytest.mark.parametrize("seed", range(25))
def test_it_is_read_back_and_scores_the_same(tmp_path: Path, seed: int) -> None:
    """What is read back has the same criteria and points, and gives a review the same score."""
    rubric, again, review = rubrics(tmp_path, seed)
    assert rubric_json(again) == rubric_json(rubric)
    assert [again.points_of(one) for _, one in again.criteria()] == [
        rubric.points_of(one) for _, one in rubric.criteria()
    ]
    (tmp_path / "review.yaml").write_text(review, encoding="utf-8")
    read = load_review(tmp_path / "review.yaml")
    if read.status.is_scored:
        one, other = score(rubric, read), score(again, read)
        assert (one.share, one.observed_share) == (other.share, other.observed_share)
        assert one.band == other.band
        assert [(s.id, c.id) for s, c in one.critical_missed] == [
            (s.id, c.id) for s, c in other.critical_missed
        ]


def test_the_defaults_are_filled_in() -> None:
    """Points are what can be earned; what has no default is not there."""
    criteria = [{"id": "a", "title": "A"}, {"id": "b", "title": "B", "levels": {"x": 2, "y": 0}}]
    section = {"id": "s", "title": "S", "criteria": criteria}
    rubric = load_rubric({"id": "r", "version": "1", "title": "R", "sections": [section]})
    written = json.loads(rubric_json(rubric))["rubric"]
    plain, levelled = written["sections"][0]["criteria"]
    assert plain["points"] == 1
    assert "points" not in levelled
    assert written["not_applicable"] == "met"
    assert "expected" not in written
    assert load_rubric(written) == load_rubric(
        {"schema": "charter-score/rubric/v1", "rubric": written}
    )


def test_the_file_is_taken_for_a_rubric(tmp_path: Path) -> None:
    """What `rubrics ID -o FILE.json` wrote can be given to `--rubric`; a fault has its place."""
    name = "plymouth-quality-monitoring"
    programs.run("rubrics", name, "-o", "own.json", cwd=tmp_path)
    done = programs.run("new", "own.json", "--example", cwd=tmp_path)
    (tmp_path / "r.yaml").write_text(done.stdout, encoding="utf-8")
    assert programs.run("score", "r.yaml", "--rubric", "own.json", cwd=tmp_path).returncode == 0
    text = (tmp_path / "own.json").read_text(encoding="utf-8")
    (tmp_path / "own.json").write_text(text.replace('"expected": 70', '"expected": 700'))
    done = programs.run("score", "r.yaml", "--rubric", "own.json", cwd=tmp_path)
    assert done.returncode == 3
    assert "own.json:2:" in done.stderr
