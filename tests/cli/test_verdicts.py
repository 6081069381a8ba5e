"""What the command line says of gates and groups, and mistakes that are answered with 2."""

import json
import sys
from pathlib import Path

import pytest

from charter_score.__main__ import main

EXAMPLES = Path(__file__).resolve().parents[2] / "examples" / "plymouth"


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Each test stands in a folder with two reviews (95% and 80%)."""
    for name in ("strong.yaml", "rests-on-na.yaml"):
        (tmp_path / name).write_bytes((EXAMPLES / name).read_bytes())
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("CHARTER_SCORE_OUTPUT_FORMAT", raising=False)
    return tmp_path


def run(monkeypatch: pytest.MonkeyPatch, *words: str) -> int:
    """`score` in this process; what it says is for capsys."""
    monkeypatch.setattr(sys, "argv", ["charter-score", "score", *words])
    with pytest.raises(SystemExit) as ended:
        main()
    return int(ended.value.code or 0)


@pytest.mark.parametrize(
    "option", ["--fail-under", "--fail-under-mean", "--max-not-applicable", "--tolerance"]
)
@pytest.mark.parametrize("text", ["", "%", " ", ".", "-1", "101", "7O", "1e2", "٧٠", "nan", "1%%"])
def test_a_percentage_that_is_none_is_refused(
    option: str, text: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whatever is no percentage from 0 to 100 is a mistake in the command."""
    assert run(monkeypatch, ".", "-o", "old.json") == 0
    more = ["--baseline", "old.json"] if option == "--tolerance" else []
    capsys.readouterr()
    assert run(monkeypatch, ".", f"{option}={text}", *more) == 2
    assert f"{option} takes a percentage from 0 to 100" in capsys.readouterr().err


@pytest.mark.parametrize("text", ["", "%"])
def test_a_setting_that_is_no_percentage_is_refused(
    text: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The same holds in a settings file, which is named."""
    Path("charter-score.toml").write_text(f'fail-under = "{text}"\n', encoding="utf-8")
    assert run(monkeypatch, ".") == 2
    said = capsys.readouterr().err
    assert "charter-score.toml" in said
    assert "takes a percentage from 0 to 100" in said


def test_a_tolerance_without_a_baseline_is_refused(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A tolerance alone would look like a gate and be none."""
    assert run(monkeypatch, ".", "--tolerance", "5") == 2
    assert "--tolerance needs --baseline" in capsys.readouterr().err


def test_a_run_against_itself_passes(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nothing fell since the same reviews, in either of the two formats."""
    for name in ("old.json", "old.jsonl"):
        form = "json" if name == "old.json" else "json-lines"
        assert run(monkeypatch, ".", "-f", form, "-o", name) == 0
        assert run(monkeypatch, "strong.yaml", "rests-on-na.yaml", "--baseline", name) == 0
        said = capsys.readouterr().err
        assert "none of 2 earlier reviews fell a band, and no mean fell too far." in said


@pytest.mark.parametrize("text", ["{}", '{"schema": "charter-score/results/v2", "results": []}'])
def test_a_baseline_of_nothing_is_refused(
    text: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A file without results of this version never passes for a comparison."""
    Path("old.txt").write_text(text, encoding="utf-8")
    assert run(monkeypatch, "strong.yaml", "--baseline", "old.txt") == 2
    assert "holds no results of this version" in capsys.readouterr().err


def test_a_review_that_became_a_draft_is_told_as_one(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The gate fails with 1, and what is said of the review is what it is."""
    assert run(monkeypatch, ".", "-o", "old.json") == 0
    path = Path("strong.yaml")
    path.write_text("status: draft\n" + path.read_text(encoding="utf-8"), encoding="utf-8")
    name = json.loads(Path("old.json").read_bytes())["results"][1]["review"]["id"]
    assert run(monkeypatch, "strong.yaml", "rests-on-na.yaml", "--baseline", "old.json") == 1
    assert f"{name}: is now a draft (plymouth-quality-monitoring@2016)" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["", "  ", ",", "team,", "team, ,month"])
def test_a_group_needs_a_field(
    name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """`--by` without a name is a mistake in the command, before any work."""
    assert run(monkeypatch, ".", "--by", "team", "--by", name) == 2
    said = capsys.readouterr()
    assert "--by takes the name of a field" in said.err
    assert not said.out


def test_a_field_that_no_review_gives_is_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Which fields there are is said by name, no value is shown, and the run is none the worse."""
    assert run(monkeypatch, ".", "-f", "json", "--by", "tean", "--by", "team") == 0
    said = capsys.readouterr().err
    assert said.count("--by ") == 1
    assert (
        "--by tean: no review gives it; they give "
        "advisor, channel, date, month, reference, reviewer, rubric, team (did you mean `team`?)\n"
    ) in said
    assert run(monkeypatch, ".", "-f", "json", "--by", "tean", "--quiet") == 0
    assert "tean" not in capsys.readouterr().err


def test_fields_are_not_told_without_end(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A review with very many fields does not fill the terminal."""
    path = Path("strong.yaml")
    text = path.read_text(encoding="utf-8")
    more = "".join(f"  z{number:03}: x\n" for number in range(100))
    text = text.replace("\ninteraction:\n", f"\ninteraction:\n{more}")
    path.write_text(text, encoding="utf-8")
    assert run(monkeypatch, "strong.yaml", "--by", "tean") == 0
    assert (
        "reviewer, rubric, team, z000, z001, z002, z003 and 96 more (did you mean `team`?)\n"
        in (capsys.readouterr().err)
    )


def test_fields_cross_in_every_summary(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """`team,month` is one grouping by both; JSON has each value, people see both in one line."""
    words = [".", "--by", "team, month", "--by", "team,month", "--by", "month"]
    assert run(monkeypatch, *words, "-f", "json") == 0
    groups = json.loads(capsys.readouterr().out)["summary"]["groups"]
    assert [(one["by"], one["value"], one["values"]) for one in groups] == [
        (
            "team,month",
            "Council Tax · 2016-05",
            {"team": "Council Tax", "month": "2016-05"},
        ),
        (
            "team,month",
            "Housing Benefit · 2016-05",
            {"team": "Housing Benefit", "month": "2016-05"},
        ),
        ("month", "2016-05", {"month": "2016-05"}),
    ]
    assert run(monkeypatch, *words) == 0
    said = capsys.readouterr().out
    assert (
        "By team and month\n"
        "  Team             Month    Reviews\n"
        "  Council Tax      2016-05        1\n"
        "  Housing Benefit  2016-05        1\n"
        "  each fewer than 5 reviews, too few to compare\n"
    ) in said
    assert run(monkeypatch, ".", "--by", "advisor,month") == 0
    said = capsys.readouterr().out
    assert "advisor A  2016-05" in said
    assert "Advisor 17" not in said
    assert "Advisor 8" not in said
