"""`--where`, `--since` and `--until`: which reviews count, and that what is left out is told."""

import csv
import json
import os
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from charter_score.outputs import Output
from programs import Run

RUBRIC = (
    'id: r\nversion: "1"\ntitle: R\nexpected: 50\n'
    "sections: [{id: s, title: S, criteria: [{id: a, title: A}, {id: b, title: B}]}]\n"
)
REVIEWS = {
    "a": ("Ann", "Parking", "2016-05-01", "met", "met"),
    "b": ("Ann", "Council Tax", "2016-05-02", "met", "not met"),
    "c": ("Ben", "Parking", "2016-05-03", "not met", "not met"),
    "d": ("Ben", "Élections", None, "met", "met"),
}


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Each test stands in a folder with a rubric, four reviews, a draft and a broken one."""
    folder = tmp_path / "reviews"
    folder.mkdir()
    (tmp_path / "r.yaml").write_text(RUBRIC, encoding="utf-8")
    for name, (advisor, team, day, a, b) in REVIEWS.items():
        date = f"interaction: {{date: {day}}}\n" if day else ""
        text = f"rubric: ../r.yaml\nadvisor: {advisor}\nteam: {team}\n{date}"
        text += f"ratings: {{s: {{a: {a}, b: {b}}}}}\n"
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    for name in ("CHARTER_SCORE_OUTPUT_FORMAT", "COLUMNS"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


def scored(run: Run, *words: str) -> tuple[list[str], dict[str, Any], str]:
    """The ids that count, the summary, and what standard error says."""
    _, out, err = run("score", "reviews", "-f", "json", *words)
    document = json.loads(out)
    ids = [result["review"]["id"] for result in document["results"]]
    return ids, document["summary"], err


@pytest.mark.parametrize(
    ("words", "ids", "told"),
    [
        (["--where", "team=parking"], ["a", "c"], "2 reviews left out by --where\n"),
        (
            ["--where", "team=Parking", "--where", "team=E\u0301LECTIONS"],
            ["a", "c", "d"],
            "1 review",
        ),
        (["--where", "team=Parking", "--where", "advisor=Ann"], ["a"], "3 reviews left out"),
        (["--since", "2016-05-02"], ["b", "c"], "by --since, 1 of them without a day\n"),
        (["--until", "2016-05-02T09:15:00Z"], ["a", "b"], "2 reviews left out by --until, 1 of"),
        (
            ["--since", "2016-05-02", "--until", "2016-05-02", "--where", "month=2016-05"],
            ["b"],
            "3 reviews left out by --where, --since and --until, 1 of them without a day\n",
        ),
    ],
)
def test_only_what_was_chosen_counts(run: Run, words: list[str], ids: list[str], told: str) -> None:
    """The others are counted and told, in JSON too, and are no reviews of the summary."""
    found, summary, err = scored(run, *words)
    assert found == ids
    assert told in err
    assert summary["reviews"] == summary["scored"] == len(ids)
    assert summary["filtered_out"] == 4 - len(ids)
    assert summary["filter"] is not None


def test_without_a_filter_nothing_is_told(run: Run) -> None:
    """All count; JSON says that there is no filter."""
    found, summary, err = scored(run)
    assert (found, summary["filter"], summary["filtered_out"]) == (["a", "b", "c", "d"], None, 0)
    assert "left out" not in err


def test_the_filter_stands_in_the_results(run: Run) -> None:
    """Results that are part of a whole say of what."""
    words = ["--where", "team=Parking", "--where", "team=Tax", "--since", "2016-05-01"]
    assert scored(run, *words)[1]["filter"] == {
        "where": {"team": ["Parking", "Tax"]},
        "since": "2016-05-01",
        "until": None,
    }


def test_failures_stay_and_drafts_are_chosen_too(run: Run) -> None:
    """Nobody knows whose a broken review is; a draft of others is not listed."""
    Path("reviews/e.yaml").write_text(
        "rubric: ../r.yaml\nteam: Parking\nstatus: draft\nratings: {}\n", encoding="utf-8"
    )
    Path("reviews/f.yaml").write_text("rubric: ../r.yaml\nteam: X\nratings: {}\n", encoding="utf-8")
    _, summary, _ = scored(run, "--where", "team=Council Tax")
    assert (summary["scored"], summary["failed"], summary["skipped"]) == (1, 1, 0)
    _, summary, _ = scored(run, "--where", "team=Parking")
    assert (summary["scored"], summary["failed"], summary["skipped"]) == (2, 1, 1)


def test_where_nothing_is_left_a_run_does_not_pass(run: Run) -> None:
    """A gate that judged nothing for a mistyped value must not be green."""
    for words in ([], ["--gate"]):
        code, _, err = run("score", "reviews", "--where", "team=Nobody", *words)
        assert code == 3
        assert "Exit 3: --where left every review out.\n" in err


def test_gates_judge_what_is_left(run: Run) -> None:
    """Each review and the mean: of those that count alone."""
    assert run("score", "reviews", "--gate")[0] == 1
    assert run("score", "reviews", "--gate", "--where", "advisor=Ann")[0] == 0
    assert run("score", "reviews", "--fail-under-mean", "75", "--where", "advisor=Ann")[0] == 0
    assert run("score", "reviews", "--fail-under-mean", "75", "--where", "advisor=Ben")[0] == 1


@pytest.mark.parametrize("name", ["old.json", "old.jsonl"])
def test_an_earlier_run_is_filtered_too(run: Run, name: str) -> None:
    """What is left out today is not missing, and a mean is held against that of the same kind."""
    assert run("score", "reviews", "-o", name)[0] == 0
    for words in (
        ["--where", "team=Parking"],
        ["--where", "advisor=Ben", "--where", "rubric=r"],
        ["--since", "2016-05-02"],
        ["--where", "month=2016-05"],
    ):
        code, _, err = run("score", "reviews", "--baseline", name, *words)
        assert code == 0, err
    Path("reviews/a.yaml").unlink()
    assert run("score", "reviews", "--baseline", name, "--where", "advisor=Ben")[0] == 0
    assert run("score", "reviews", "--baseline", name, "--where", "advisor=Ann")[0] == 1
    code, _, err = run("score", "reviews", "--baseline", name, "--where", "team=Nobody")
    assert code == 2
    assert "holds no review that --where would take" in err


def test_a_field_that_no_review_gives_is_told(run: Run) -> None:
    """A mistyped field leaves everything out; which fields there are is said by name."""
    _, _, err = run("score", "reviews", "--where", "tean=Parking")
    assert (
        "--where tean: no review gives it; they give advisor, date, month, rubric, team "
        "(did you mean `team`?)\n"
    ) in err
    assert "no review gives" not in run("score", "reviews", "--where", "team=Nobody")[2]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--where", "team"], "--where takes a field and a value: FIELD=VALUE"),
        (["--where", "team="], "--where takes a field and a value: FIELD=VALUE"),
        (["--where", "=Parking"], "--where takes a field and a value: FIELD=VALUE"),
        (["--since", "2016-02-30"], "--since takes a day"),
        (["--until", "yesterday"], "--until takes a day"),
        (["--since", "2016-05-02", "--until", "2016-05-01"], "--until is before --since"),
    ],
)
def test_what_cannot_be_meant_is_refused(run: Run, words: list[str], told: str) -> None:
    """Before any work: a shell's empty variable chooses nothing by accident."""
    code, out, err = run("score", "reviews", *words)
    assert (code, out) == (2, "")
    assert told in err


def test_settings_choose_too(run: Run) -> None:
    """A settings file may say so; TOML's own days are days."""
    Path("charter-score.toml").write_text(
        'where = ["team=Parking", "team=Council Tax"]\nsince = 2016-05-02\nuntil = "2016-05-03"\n',
        encoding="utf-8",
    )
    assert scored(run)[0] == ["b", "c"]
    assert scored(run, "--where", "advisor=Ben", "--since", "2016-05-01")[0] == ["c"]
    Path("charter-score.toml").write_text("since = true\n", encoding="utf-8")
    code, _, err = run("score", "reviews")
    assert code == 2
    assert "`since` takes a" in err


def test_any_number_of_jobs_gives_the_same_bytes(run: Run) -> None:
    """What is left out is counted over all processes."""
    text = Path("reviews/a.yaml").read_text(encoding="utf-8")
    for number in range(80):
        day = f"2016-06-{1 + number % 30:02}"
        path = Path(f"reviews/g{number:02}.yaml")
        path.write_text(text.replace("2016-05-01", day), encoding="utf-8")
    words = ["--where", "team=Parking", "--since", "2016-05-02", "--until", "2016-06-20"]
    once, twice = (
        run("score", "reviews", "-f", "json", "--by", "month", *words, "--jobs", jobs)
        for jobs in ("1", "2")
    )
    assert once == twice
    assert json.loads(once[1])["summary"]["filtered_out"] == 3 + 20


def test_every_summary_says_what_was_chosen(run: Run) -> None:
    """A page of a part does not look like the whole; a name is hidden where names are."""
    words = ["--where", "advisor=Ann", "--since", "2016-05-01"]
    wanted = ", from 1 May 2016; 2 reviews left out by --where and --since"
    _, out, _ = run("score", "reviews", *words)
    assert f"Chosen      advisor (name hidden){wanted[:18]}" in " ".join(out.split("\n"))
    for format_ in ("markdown", "html"):
        for names, shown in (([], "(name hidden)"), (["--include-names"], "Ann")):
            _, out, _ = run("score", "reviews", "-f", format_, *words, *names)
            plain = out.replace("\\", "").replace("&#8203;", "").replace("<bdi>", "")
            assert f"Chosen: advisor {shown}{wanted}" in plain
            assert ("Ann" in out) is bool(names)


def test_a_run_in_a_hook_leaves_others_alone(run: Run) -> None:
    """A commit of reviews that the settings leave out is no failed commit."""
    code, _, _ = run("score", "--in-hook", "reviews/a.yaml", "--where", "team=Council Tax")
    assert code == 0


def test_a_csv_file_begins_with_a_mark_and_standard_output_does_not(run: Run) -> None:
    """A spreadsheet opens the file as it was written; a program reads the stream as it is."""
    mark = b"\xef\xbb\xbf"
    for more in ([], ["--long"]):
        run("score", "reviews", "-o", "out.csv", *more)
        data = Path("out.csv").read_bytes()
        assert data.startswith(mark)
        assert data.count(mark) == 1
        for words in (["-f", "csv"], ["-f", "csv", "-o", "-"]):
            _, out, _ = run("score", "reviews", *words, *more)
            assert out.encode() == data.removeprefix(mark)
        rows = list(csv.DictReader(out.splitlines()))
        assert "Élections" in {row["team"] for row in rows}
        again = run("score", "reviews", "-o", "out.csv", *more)
        assert again[0] == 0
        assert Path("out.csv").read_bytes() == data
    with Output(os.devnull) as pipe, Output("new.csv") as file:
        assert not pipe.is_file
        assert file.is_file


def test_groups_are_in_the_order_of_people_everywhere(run: Run) -> None:
    """Numbers by their size, letters beside those with an accent, in every format."""
    teams = ["Team 10", "team 2", "Zoo", "École", "Eagle", "Eyre"]
    for number, team in enumerate(teams):
        text = Path("reviews/a.yaml").read_text(encoding="utf-8").replace("Parking", team)
        Path(f"reviews/h{number}.yaml").write_text(text, encoding="utf-8")
    wanted = ["Council Tax", "Eagle", "École", "Élections", "Eyre", "Parking", "team 2", "Team 10"]
    _, summary, _ = scored(run, "--by", "team")
    assert [group["value"] for group in summary["groups"]] == [*wanted, "Zoo"]
    for format_ in ("concise", "markdown", "html"):
        _, out, _ = run("score", "reviews", "--by", "team", "-f", format_)
        groups = out[out.index("By team") :]
        places = [groups.index(name) for name in wanted]
        assert places == sorted(places)


def test_fields_are_completed() -> None:
    """The usual ones: alone, as the last of several, with the sign that a value follows."""
    from charter_score.cli.options import field_names, fields_with_value

    assert field_names("te") == ["team"]
    assert field_names("team,mo") == ["team,month"]
    assert fields_with_value("re") == ["reviewer=", "reference="]
    assert fields_with_value("team=") == ["team="]
    assert fields_with_value("team=P") == []


def test_what_was_left_out_is_told_where_a_format_has_a_place(run: Run) -> None:
    """JUnit and GitHub name filter and count; GitLab and CSV have no place."""
    words = ["score", "reviews", "--where", "advisor=Ann", "--since", "2016-05-02"]
    told = {form: run(*words, "-f", form) for form in ("junit", "github")}
    reason = "from 2 May 2016; 3 reviews left out by --where and --since, 1 of them without a day"
    for form, (_, out, _) in told.items():
        text = " ".join(out.replace("\\-", "-").replace("\\", "").split())
        assert reason in text, form
        assert "advisor (name hidden)" in text, form
    suite = ET.fromstring(told["junit"][1]).findall("testsuite")[-1]  # noqa: S314 - our own file
    assert (suite.get("name"), suite.get("tests")) == ("charter-score", "0")
    assert suite.find("properties/property[@name='chosen']") is not None
    for form in ("gitlab", "csv"):
        _, out, err = run(*words, "-f", form)
        assert "left out" not in out
        assert "3 reviews left out by --where and --since" in err


def test_without_a_filter_nothing_is_said_of_it(run: Run) -> None:
    """A run over everything has no suite, line or sentence about what was chosen."""
    for form in ("markdown", "html", "junit", "github"):
        assert "chosen" not in run("score", "reviews", "-f", form)[1].casefold()
