"""A year of a team: one command scores it, names what is broken and loses nothing else.

The reviews come from examples/make_month.py, which says itself what it broke and how.
"""

import csv
import json
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml

from charter_score import workers
from charter_score.cli.formats import Format
from charter_score.cli.score import run_score
from charter_score.cli.score_options import ScoreOptions
from charter_score.errors import ExitCode
from effort import some

MAKER = Path(__file__).resolve().parents[2] / "examples" / "make_month.py"
REVIEWS, BROKEN = 600, 12


def make(folder: Path, *words: str) -> list[str]:
    """Make reviews in `year`, and give what the maker says of them."""
    given = [sys.executable, str(MAKER), "year", *words]
    made = subprocess.run(
        given, cwd=folder, capture_output=True, encoding="utf-8", timeout=60, check=True
    )
    return made.stdout.splitlines()


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[str]]:
    """A folder with a year of reviews in `year`, and what was said of them."""
    folder = tmp_path_factory.mktemp("team")
    return folder, make(folder, "--reviews", str(REVIEWS), "--broken", str(BROKEN))


@pytest.fixture
def year(told: tuple[Path, list[str]], monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of the year, as the current one."""
    monkeypatch.chdir(told[0])
    for name in ("CHARTER_SCORE_OUTPUT_FORMAT", "NO_COLOR", "COLUMNS"):
        monkeypatch.delenv(name, raising=False)
    return told[0]


def files_in(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*.yaml")
    }


def results() -> dict[str, Any]:
    """The results of the one command, which wrote them."""
    found: dict[str, Any] = json.loads(Path("results.json").read_bytes())
    return found


def test_the_maker_is_deterministic(year: Path, tmp_path: Path) -> None:
    """The same seed gives the same bytes, another seed other ones, one month only January."""
    make(tmp_path, "--reviews", str(REVIEWS), "--broken", str(BROKEN))
    assert files_in(tmp_path / "year") == files_in(year / "year")
    other = tmp_path / "other"
    other.mkdir()
    assert make(other, "--reviews", "20", "--broken", "0", "--months", "1", "--seed", "2")
    found = files_in(other / "year")
    assert len(found) == 20
    assert {name.partition("/")[0] for name in found} == {"2016-01"}
    assert not set(found.values()) & set(files_in(year / "year").values())


def test_one_command_loses_nothing(
    year: Path, told: tuple[Path, list[str]], capsys: pytest.CaptureFixture[str]
) -> None:
    """Every broken file is named with its code, all else is scored or skipped, counts add up."""
    *broken, last = told[1]
    assert len(broken) == BROKEN
    assert len({line.split(": ")[1] for line in broken}) == BROKEN
    wanted = dict(line.split(": ")[:2] for line in broken)
    counted = {kind: int(n) for n, kind in (one.split(" ") for one in last[5 + 8 :].split(", "))}
    assert last.startswith(f"{REVIEWS} reviews: ")
    assert sum(counted.values()) == REVIEWS

    code = run_score(ScoreOptions(paths=["year"], outputs=["results.json"], by=("team", "advisor")))
    errors = capsys.readouterr().err
    assert code is ExitCode.NOT_SCORED
    assert f"Exit 3: {BROKEN} inputs could not be scored." in errors
    for path, why in wanted.items():
        assert any(
            line.startswith(f"{path}:") and f"error[{why}]" in line for line in errors.splitlines()
        ), path

    found = results()
    failures = {one["path"]: one["diagnostics"][0]["code"] for one in found["failures"]}
    assert failures == wanted
    scored = {one["review"]["path"]: one for one in found["results"]}
    skipped = Counter(one["reason"] for one in found["skipped"])
    status = Counter(one["review"]["status"] for one in found["results"])
    assert {**skipped, **status, "broken": len(failures)} == counted
    paths = [*scored, *failures, *(one["path"] for one in found["skipped"])]
    assert sorted(paths) == sorted(files_in(year)), "each file once"

    summary = found["summary"]
    assert summary["reviews"] == REVIEWS
    assert summary["reviews"] == summary["scored"] + summary["failed"] + summary["skipped"]
    assert (summary["scored"], summary["failed"]) == (len(scored), BROKEN)
    assert summary["calibration"] == counted["calibration"]
    rubric = summary["rubrics"][0]
    assert rubric["reviews"] == sum(summary["bands"].values()) == counted["final"]
    assert summary["provisional"] == sum(
        one["provisional"] for one in scored.values() if one["review"]["status"] == "final"
    )
    assert summary["provisional"] > 0


def test_what_was_scored_is_what_was_written(year: Path) -> None:
    """Each score is the sum that a second reader of the same file comes to."""
    assert run_score(ScoreOptions(paths=["year"], outputs=["results.json"])) is ExitCode.NOT_SCORED
    for one in results()["results"]:
        text = (year / one["review"]["path"]).read_text(encoding="utf-8")
        review = yaml.load(text, Loader=yaml.CSafeLoader)
        words = {
            (section, name): rated["rating"] if isinstance(rated, dict) else rated
            for section, criteria in review["ratings"].items()
            for name, rated in criteria.items()
        }
        for raised in review.get("disputes", ()):
            if raised["outcome"] == "upheld":
                words[raised["section"], raised["criterion"]] = raised["says"]
        lost = sum(word == "not met" for word in words.values())
        assert (one["score"]["earned"], one["score"]["available"]) == (20 - lost, 20)


SPREAD = [(2, 3, 7), (2, 16, 500), (2, 1, 1), (2, 97, 101), (1, 3, 7)]
"""Jobs, and the smallest and largest chunk."""


@pytest.mark.at_length
def test_jobs_and_chunks_change_nothing(
    year: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """One process or two, small chunks or odd ones: the same bytes and the same messages."""
    assert year.is_dir()

    def everything(jobs: int) -> dict[str, bytes | str]:
        names = ["results.json", "results.jsonl", "results.csv"]
        request = ScoreOptions(paths=["year"], outputs=[*names, "-"], jobs=jobs, by=("month",))
        assert run_score(request) is ExitCode.NOT_SCORED
        told = capsys.readouterr()
        return {name: Path(name).read_bytes() for name in names} | {
            "concise": told.out,
            "messages": told.err,
        }

    first = everything(1)
    rows = list(csv.DictReader(Path("results.csv").read_text(encoding="utf-8-sig").splitlines()))
    assert len({row["path"] for row in rows}) == len(rows) > REVIEWS * 0.9
    assert all(str(first["concise"]).count(row["id"]) == 1 for row in rows)
    for jobs, smallest, largest in some(SPREAD):
        monkeypatch.setattr(workers, "SMALLEST", smallest)
        monkeypatch.setattr(workers, "LARGEST", largest)
        again = everything(jobs)
        for name, text in first.items():
            assert again[name] == text, f"{name} with {jobs} jobs, chunks {smallest}-{largest}"


def test_formats_agree_on_the_counts(year: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """json-lines says of each file what json says, in order of path, the summary last."""
    assert year.is_dir()
    assert run_score(ScoreOptions(paths=["year"], outputs=["results.json"])) is ExitCode.NOT_SCORED
    request = ScoreOptions(paths=["year"], output_format=Format.JSON_LINES)
    assert run_score(request) is ExitCode.NOT_SCORED
    found = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    *ones, summary = found
    assert summary == results()["summary"]
    kinds = Counter(one["kind"] for one in ones)
    assert kinds["result"] == summary["scored"]
    assert kinds["failure"] == summary["failed"]
    assert kinds["skipped"] == summary["skipped"]
    paths = [one["review"]["path"] if "review" in one else one["path"] for one in ones]
    assert paths == sorted(paths)
