"""Tables on the command line: scored, checked, mapped, and never an input twice."""

import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

import programs
import tables
from charter_score.source.mapping_file import load_mapping

EXAMPLES = Path(__file__).parents[2] / "examples"
RUBRIC = "small/benefits-call.yaml"
Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture(name="at_desk")
def _at_desk(tmp_path: Path) -> Run:
    """`charter-score` in a folder with the examples of tables."""
    for name in ("tables", "small"):
        shutil.copytree(EXAMPLES / name, tmp_path / name)

    def run(*words: str) -> "subprocess.CompletedProcess[str]":
        return programs.run(*words, cwd=tmp_path)

    return run


def scores(done: "subprocess.CompletedProcess[str]") -> dict[str, tuple[object, ...]]:
    """What the JSON results say of each review, by its id."""
    results = json.loads(done.stdout)["results"]
    return {
        one["review"]["id"]: (one["score"], one["band"], one["review"]["interaction"])
        for one in results
    }


def test_the_examples_come_to_the_same(at_desk: Run) -> None:
    """Wide, long, and a spreadsheet as a team leader keeps it, by the mapping beside it."""
    found = [
        at_desk("score", f"tables/{name}", "-f", "json")
        for name in ("april.csv", "april-long.csv", "team.xlsx")
    ]
    assert [done.returncode for done in found] == [0, 0, 0]
    assert len(scores(found[0])) == 8
    assert scores(found[0]) == scores(found[1]) == scores(found[2])
    assert at_desk("check", "--strict", "tables").stderr == ""


def test_a_spreadsheet_of_a_team_leader_is_scored_after_one_map(
    at_desk: Run, tmp_path: Path
) -> None:
    """`map` proposes what the example's mapping is, and `score` follows it."""
    beside = tmp_path / "tables/team.mapping.yaml"
    wanted = beside.read_text("utf-8")
    beside.unlink()
    done = at_desk("score", "tables/team.xlsx", "--rubric", RUBRIC)
    assert done.returncode == 3
    assert "tables/team.xlsx:April!A4: error[missing-column] no column holds" in done.stderr
    assert "`charter-score map` finds what is near" in done.stderr
    done = at_desk("map", "tables/team.xlsx", "--rubric", RUBRIC, "-o", "tables/team.mapping.yaml")
    assert done.returncode == 0
    assert done.stderr == (
        "13 columns placed, 7 of them only by likeness.\n"
        "11 lines are marked as a proposal: look whether it is so.\n"
        "tables/team.mapping.yaml: look at it. Then: charter-score score tables/team.xlsx\n"
    )
    assert beside.read_text("utf-8") == wanted
    assert at_desk("score", "tables/team.xlsx").returncode == 0
    again = at_desk("map", "tables/team.xlsx", "--rubric", RUBRIC, "-o", "tables/team.mapping.yaml")
    assert (again.returncode, beside.read_text("utf-8")) == (2, wanted)


def test_map_never_guesses_in_silence(at_desk: Run, tmp_path: Path) -> None:
    """What only looks alike is marked, what is not placed is named by its cell, words too."""
    rows = [
        ["Who", "Friendly greting", "Mood", "Mood", "Decision explained", "Day", "Remarks"],
        ["Ann", "y", "x", "z", "rather clear", "25/12/2023", "secret"],
        ["Average", "1", "", "", "", "", ""],
    ]
    (tmp_path / "t.csv").write_bytes(tables.as_csv(rows, ";"))
    done = at_desk("map", "t.csv", "--rubric", RUBRIC)
    assert done.returncode == 0
    look = "  # a proposal: look whether it is so"
    assert done.stdout == (
        "# How t.csv is read. Lines marked as proposals are guesses: look at them.\n"
        "schema: charter-score/mapping/v1\n"
        "rubric: small/benefits-call.yaml\n"
        "shape: wide\n"
        'separator: ";"\n'
        "columns:\n"
        f'  "Friendly greting": opening.greeting{look}\n'
        '  "Decision explained": help.explanation\n'
        f"  Day: date{look}\n"
        f"  Remarks: notes{look}\n"
        "ignore:  # could not be placed, so they are not read: is one of them wanted?\n"
        "  - Who\n  - C\n  - D\n"
        "# No column was found for:\n"
        "#   opening.identity_check\n#   help.listening\n#   help.evidence_needed\n"
        "#   help.next_steps\n"
        f"words:\n  y: met{look}\n"
        "# Words that are no ratings, and that nothing is known of: E2\n"
        f"dates: day/month/year{look}\n"
        "leave_out:  # what the first cell says of rows that are no reviews\n"
        f"  - Average{look}\n"
    )
    assert "secret" not in done.stderr
    assert "Not placed, and not read: A1, C1 and D1.\n" in done.stderr
    assert "Words that are no ratings, for `words` in the mapping: E2.\n" in done.stderr
    assert yaml.safe_load(done.stdout)["ignore"] == ["Who", "C", "D"]


@pytest.mark.parametrize("ending", ["csv", "xlsx", "ods", "jsonl", "parquet"])
def test_what_map_writes_is_a_mapping(at_desk: Run, tmp_path: Path, ending: str) -> None:
    """Of every kind of table, long ones among them, and one whose headings are all known."""
    head = ["Case", "Question group", "Question", "Answer", "Feedback"]
    words = ["met", "met", "met", "clear", "met", "met"]
    criteria = [
        ("Opening", "Friendly greeting"), ("Opening", "Identity check"),
        ("Help", "Lets the customer finish"), ("Help", "Decision explained"),
        ("Help", "Says what evidence is needed"),
        ("Help", "Gives a date for what happens next"),
    ]  # fmt: skip
    rows = [
        [name, *keys, word, ""]
        for name in ("a", "b")
        for keys, word in zip(criteria, words, strict=True)
    ]
    (tmp_path / f"t.{ending}").write_bytes(tables.WRITERS[ending]([head, *rows]))
    done = at_desk("map", f"t.{ending}", "--rubric", RUBRIC, "-o", "m.yaml")
    assert done.returncode == 0, done.stderr
    assert load_mapping(tmp_path / "m.yaml").mapping.columns["Answer"] == "rating"
    done = at_desk("score", f"t.{ending}", "--mapping", "m.yaml", "-f", "json")
    assert done.returncode == 0, done.stderr
    assert scores(done).keys() == {"a", "b"}


def test_map_used_wrongly(at_desk: Run, tmp_path: Path) -> None:
    """Without a rubric, with what is no table, and where nothing looks like a heading."""
    assert at_desk("map", "tables/team.xlsx").returncode == 2
    assert at_desk("map", "small/critical.yaml", "--rubric", RUBRIC).returncode == 2
    assert at_desk("map", "tables/team.xlsx", "--rubric", RUBRIC, "-o", "m.csv").returncode == 2
    (tmp_path / "n.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    assert at_desk("map", "n.csv", "--rubric", RUBRIC).returncode == 3
    assert at_desk("map", "none.csv", "--rubric", RUBRIC).returncode == 3


def test_scores_may_stand_beside_the_tables(at_desk: Run, tmp_path: Path) -> None:
    """They are written again, and never read; a table of reviews is never written over."""
    for name in ("scores.csv", "scores.xlsx", "long.csv"):
        more = ["--long"] if name == "long.csv" else []
        for _ in range(2):
            done = at_desk("score", "tables", "-o", f"tables/{name}", *more)
            assert done.returncode == 0, done.stderr
    done = at_desk("score", "tables", "-f", "json", "--verbose")
    assert json.loads(done.stdout)["summary"]["reviews"] == 24
    for name in ("scores.csv", "scores.xlsx", "long.csv"):
        assert f"tables/{name}: written by charter-score, left out\n" in done.stderr
    before = (tmp_path / "tables/april.csv").read_bytes()
    for words in (["tables"], ["small/disputed.yaml"], ["tables/april.csv"]):
        done = at_desk("score", *words, "-o", "tables/april.csv")
        assert (done.returncode, (tmp_path / "tables/april.csv").read_bytes()) == (2, before)
    done = at_desk("score", "tables/team.xlsx", "--mapping", "tables/team.mapping.yaml",
                   "-o", "tables/team.mapping.yaml", "-f", "json")  # fmt: skip
    assert done.returncode == 2


def test_a_mapping_by_the_settings(at_desk: Run, tmp_path: Path) -> None:
    """Its path is relative to the settings file."""
    (tmp_path / "tables/team.mapping.yaml").rename(tmp_path / "tables/m.yaml")
    settings = tmp_path / "tables/charter-score.toml"
    settings.write_text('mapping = "m.yaml"\n', encoding="utf-8")
    done = programs.run("score", "team.xlsx", "--rubrics", "../small", cwd=tmp_path / "tables")
    assert done.returncode == 0, done.stderr
    assert at_desk("score", "tables/team.xlsx", "--mapping", "none.yaml").returncode == 2


def test_the_diagnostics_of_one_table_are_cut(at_desk: Run, tmp_path: Path) -> None:
    """At most 20 of one file are shown, whatever reviews they are of; JSON has all."""
    rubric = yaml.safe_load((tmp_path / RUBRIC).read_text("utf-8"))
    cells = tables.wide(rubric, [])
    rows = [[f"{number}", *[""] * (len(cells[0]) - 2), "x"] for number in range(30)]
    (tmp_path / "t.csv").write_bytes(tables.as_csv([*cells, *rows]))
    done = at_desk("score", "t.csv", "--rubric", RUBRIC, "-f", "json")
    assert len(json.loads(done.stdout)["failures"]) == 30
    lines = [line for line in done.stderr.splitlines() if ": error[" in line]
    assert len(lines) == 20
    assert "t.csv: and 40 more\n" in done.stderr
