"""The command `report`: what it writes, what it refuses, whose names it shows.

`CHARTER_SCORE_UPDATE_GOLDEN=1 pytest tests/cli/test_report.py` writes the golden file anew.
"""

import json
import os
import re
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from lxml import html

import programs

ROOT = Path(__file__).resolve().parents[2]
GOLDEN = ROOT / "tests/golden/report-month.md"
NAME = re.compile(r"\b(?:Advisor|Reviewer|Team Leader) \d+")


@pytest.fixture(name="desk", scope="module")
def _desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a month of eighty made-up reviews in it."""
    folder = tmp_path_factory.mktemp("desk")
    script = str(ROOT / "examples/make_month.py")
    made = [sys.executable, script, str(folder / "month"), "--reviews", "80", "--months", "2"]
    subprocess.run([*made, "--broken", "1"], check=True, capture_output=True)
    return folder


def run(desk: Path, *words: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    """The program in the folder."""
    return programs.run(*words, cwd=desk, **environment)


def tables(document: Any) -> dict[str, list[dict[str, Any]]]:
    """The rows of every table of a report's first rubric."""
    return {
        table["id"]: table["rows"]
        for block in document["rubrics"][0]["blocks"]
        for table in block["tables"]
    }


def test_a_month_is_what_its_golden_file_says(desk: Path) -> None:
    """The whole report of a small month, to the letter, names hidden."""
    done = run(desk, "report", "month", "-f", "markdown", "-q", "--each", "2")
    if os.environ.get("CHARTER_SCORE_UPDATE_GOLDEN"):
        GOLDEN.write_text(done.stdout, encoding="utf-8")
    assert done.returncode == 3  # one file is broken
    assert done.stdout == GOLDEN.read_text(encoding="utf-8")
    assert not NAME.search(done.stdout)


def test_what_could_not_be_scored_is_told_and_the_rest_is_reported(desk: Path) -> None:
    """Exit 3 with the diagnostic; the report is written all the same, and says so."""
    done = run(desk, "report", "month", "-o", "report.html")
    assert done.returncode == 3
    assert "error[unrated]" in done.stderr
    assert done.stdout == ""
    page = html.document_fromstring((desk / "report.html").read_bytes())
    assert "1 input could not be scored" in page.text_content()
    assert stat.S_IMODE((desk / "report.html").stat().st_mode) == 0o600


def test_the_same_reviews_give_the_same_report_however_many_processes(desk: Path) -> None:
    """One process or three: the same bytes."""
    one, three = (
        run(desk, "report", "month", "-f", "json", "-q", "--jobs", jobs).stdout for jobs in "13"
    )
    assert one == three
    assert json.loads(one)["schema"] == "charter-score/report/v1"


def test_names_are_shown_where_asked(desk: Path) -> None:
    """In every format: letters without --include-names, names with it."""
    for format_ in ("html", "json"):
        hidden = run(desk, "report", "month", "-f", format_, "-q").stdout
        shown = run(desk, "report", "month", "-f", format_, "-q", "--include-names").stdout
        assert not NAME.search(hidden), format_
        assert NAME.search(shown), format_


def test_pseudonyms_stand_for_names_ids_and_paths_everywhere(desk: Path) -> None:
    """The same person has one pseudonym in `report` and `score`; no name, id or path is left."""
    words = ("--pseudonyms", "k.key", "-q", "--no-comments")
    first = run(desk, "report", "month", "-f", "json", "--include-names", *words)
    assert stat.S_IMODE((desk / "k.key").stat().st_mode) == 0o600
    report = json.loads(first.stdout)
    advisors = {row["advisor"] for row in tables(report)["by-advisor"]}
    assert all(re.fullmatch("P-[A-Z2-7]{10}", name) for name in advisors)
    scored = run(desk, "score", "month", "-f", "json", *words).stdout
    known = {one["review"]["advisor"] for one in json.loads(scored)["results"]}
    assert advisors <= known
    for text in (first.stdout, first.stderr, scored):
        assert not NAME.search(text)
        assert not re.search(r"call-2016|month/|\.yaml", text)
    for format_ in ("full", "html", "csv", "junit", "markdown", "github", "gitlab"):
        out = run(desk, "score", "month", "-f", format_, "--include-names", *words).stdout
        assert not NAME.search(out), format_
        assert not re.search(r"call-2016|month/|\.yaml", out), format_


def test_a_key_that_others_can_read_is_none(desk: Path) -> None:
    """Refused with a way out; so is a file that holds no key."""
    key = desk / "open.key"
    key.write_text("0" * 64 + "\n")
    key.chmod(0o644)
    done = run(desk, "report", "month", "--pseudonyms", "open.key")
    assert done.returncode == 2
    assert "others can read the key" in done.stderr
    assert "chmod 600 open.key" in done.stderr
    key.chmod(0o600)
    key.write_text("secret\n")
    done = run(desk, "score", "month", "--pseudonyms", "open.key")
    assert done.returncode == 2
    assert "holds no key" in done.stderr
    assert "secret" not in done.stderr


def test_a_new_key_is_told(desk: Path) -> None:
    """Whoever loses it can tell no names again; whoever has it can."""
    done = run(desk, "report", "month", "-o", "x.json", "--pseudonyms", "new.key")
    assert "new.key: a key was made" in done.stderr


def test_a_public_page_needs_pseudonyms_and_holds_no_review(desk: Path) -> None:
    """Without a key 2; with one no person, id, path or comment, however much is asked for."""
    assert run(desk, "report", "month", "--public").returncode == 2
    words = ("--public", "--pseudonyms", "p.key", "--include-names", "--by", "advisor,team")
    out = run(desk, "report", "month", "-f", "json", "-q", *words).stdout
    assert not re.search("P-[A-Z2-7]{10}", out)
    found = tables(json.loads(out))
    assert not {"by-advisor", "by-reviewer", "by-advisor-team", "reviews"} & set(found)
    assert "by-team" in found


def test_one_advisor_gets_a_page_with_one_focus(desk: Path) -> None:
    """The record in full, words of reviewers, one focus, room for their own words; nobody else."""
    done = run(desk, "report", "month", "--advisor", "advisor 27", "-o", "four.html", "-q")
    assert done.returncode == 3  # one file is broken
    page = html.document_fromstring((desk / "four.html").read_bytes())
    shown = " ".join(page.text_content().split())
    assert page.findtext("body/header/h1/bdi") == "Advisor 27"
    assert set(NAME.findall(shown)) == {"Advisor 27"}
    assert len(page.find_class("focus")) == 1
    assert len(page.find_class("space")) == 2
    mine = json.loads(
        run(desk, "score", "month", "-f", "json", "-q", "--where", "advisor=Advisor 27").stdout
    )["results"]
    rows = page.xpath("//table[contains(@id, '-record-record')]/tbody/tr")
    assert len(rows) == len(mine)


def test_a_page_in_a_public_log_has_no_name_and_no_words(desk: Path) -> None:
    """Markdown and JSON of one advisor: names and comments only where asked."""
    words = ("report", "month", "--advisor", "Advisor 27", "-q", "-f", "markdown")
    hidden = run(desk, *words).stdout
    assert not NAME.search(hidden)
    assert "\n> " not in hidden
    assert NAME.search(run(desk, *words, "--include-names").stdout)
    assert "\n> " in run(desk, *words, "--include-comments").stdout
    silent = run(desk, *words, "--include-comments", "--no-comments").stdout
    assert "\n> " not in silent


def test_each_advisor_gets_a_file_with_nobody_else_in_it(desk: Path) -> None:
    """A page a person, their name in it and no other; under pseudonyms none in its name either."""
    shown = ("-q", "-f", "markdown", "--include-names")
    done = run(desk, "report", "month", "--each-advisor", "-o", "people", *shown)
    assert done.returncode == 3
    files = sorted((desk / "people").iterdir())
    assert len(files) > 10
    for file in files:
        names = set(re.findall(r"\bAdvisor \d+", file.read_text(encoding="utf-8")))
        assert len(names) == 1  # whoever reviewed is named too where names are asked for
        assert file.name.startswith(next(iter(names)).casefold().replace(" ", "-") + "-")
    hidden = ("--pseudonyms", "k2.key", *shown)
    run(desk, "report", "month", "--each-advisor", "-o", "hidden", *hidden)
    assert len(list((desk / "hidden").iterdir())) == len(files)
    for file in (desk / "hidden").iterdir():
        assert re.fullmatch(r"p-[a-z2-7]{10}-\d{3}\.md", file.name)
        assert not NAME.search(file.read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--advisor", "Nobody"], "no review is of anybody with this name"),
        (["--advisor", "A", "--each-advisor", "-o", "x"], "do not go together"),
        (["--each-advisor"], "needs a folder"),
        (["--advisor", "A", "--each", "4"], "about several people"),
        (["--each", "0"], "a number from 1 on"),
        (["--since", "2016-05-01", "--until", "2016-04-01"], "--until is before --since"),
        (["-o", "report.pdf"], "its ending chooses no format"),
        (["--volumes", "none.yaml"], "none.yaml"),
    ],
)
def test_what_cannot_be_meant_is_refused(desk: Path, words: list[str], told: str) -> None:
    """Exit 2, with what is wrong."""
    done = run(desk, "report", "month", "-q", *words)
    assert done.returncode == 2
    assert told in done.stderr


def test_nothing_is_read_and_written_at_once(desk: Path) -> None:
    """An input, a key or the volumes as output is refused and left as it was."""
    review = next(iter(sorted((desk / "month").rglob("*.yaml"))))
    before = review.read_bytes()
    path = str(review.relative_to(desk))
    done = run(desk, "report", "month", "-f", "json", "-o", path)
    assert done.returncode == 2
    assert review.read_bytes() == before


def test_a_report_among_reviews_is_left_out(desk: Path) -> None:
    """A report's JSON in the folder is known by its schema and is no review."""
    (desk / "month" / "report.json").write_text('{"schema": "charter-score/report/v1"}')
    done = run(desk, "score", "month", "-f", "json", "-q")
    (desk / "month" / "report.json").unlink()
    assert json.loads(done.stdout)["summary"]["failed"] == 1  # the broken one, as ever


def test_without_jinja_the_reason_and_the_way_out_are_told(desk: Path) -> None:
    """HTML needs an extra; JSON and Markdown do not."""
    before = "import sys; sys.modules['jinja2'] = None"
    done = programs.fresh("report", "month", "-q", cwd=desk, before=before, text=True)
    assert done.returncode == 2
    assert "charter-score[report]" in done.stderr
    assert programs.run("report", "month", "-f", "json", "-q", cwd=desk, before=before).stdout


@pytest.mark.parametrize("name", ["results.json", "results.jsonl"])
def test_a_results_file_gives_the_report_of_its_reviews(desk: Path, name: str) -> None:
    """Named as an input, results are the reviews that they record: the same report, to the byte."""
    run(desk, "score", "month", "-o", name, "-q")
    wanted = run(desk, "report", "month", "-f", "json", "-q", "--include-names")
    done = run(desk, "report", name, "-f", "json", "-q", "--include-names")
    assert done.stdout == wanted.stdout
    assert (done.returncode, done.stderr) == (wanted.returncode, wanted.stderr)
    person = ("--advisor", "Advisor 27", "-f", "json", "-q", "--include-comments")
    assert run(desk, "report", name, *person).stdout == (
        run(desk, "report", "month", *person).stdout
    )


def test_results_that_are_not_whole_or_not_true_are_no_reviews(desk: Path) -> None:
    """Cut off, or with another score than the rubric gives: told, and exit 3."""
    run(desk, "score", "month", "-o", "whole.json", "-q")
    whole = (desk / "whole.json").read_text(encoding="utf-8")
    (desk / "cut.json").write_text(whole[: len(whole) // 2])
    done = run(desk, "report", "cut.json", "-f", "json", "-q")
    assert done.returncode == 3
    assert "error[damaged-results]" in done.stderr
    document = json.loads(whole)
    document["results"][0]["score"]["share"] = "1/7"
    (desk / "untrue.json").write_text(json.dumps(document))
    done = run(desk, "report", "untrue.json", "-f", "json", "-q")
    assert done.returncode == 3
    assert "error[differs-from-results]" in done.stderr


def test_only_final_reviews_of_contacts_chosen_by_chance_enter_figures(tmp_path: Path) -> None:
    """Practice, own views, targeted and requested ones, and a model's draft move no mean."""
    (tmp_path / "desk.yaml").write_text(
        '{id: desk, version: "1", title: Desk, sections: [{id: talk, title: Talk, criteria: ['
        "{id: greet, title: Greets}]}]}"
    )

    def write(name: str, more: str, word: str) -> None:
        (tmp_path / f"{name}.yaml").write_text(
            f"rubric: desk@1\n{more}interaction: {{date: 2016-05-04, reference: {name}}}\n"
            f"ratings: {{talk: {{greet: {word}}}}}\n"
        )

    write("plain", "reviewer: R\nteam: North\n", "met")
    words = ("report", ".", "--rubrics", ".", "-f", "json", "-q")
    before = tables(json.loads(run(tmp_path, *words).stdout))
    for number, more in enumerate(
        ("status: calibration", "status: self", "selection: targeted", "selection: requested")
    ):
        write(f"aside{number}", f"reviewer: R{number}\nteam: North\n{more}\n", "not met")
    write("draft", "team: North\ndrafted_by: Model 1\n", "not met")
    done = run(tmp_path, *words)
    assert tables(json.loads(done.stdout)) == before
    for kind in ("calibration", "self", "targeted", "requested"):
        assert f"1 {kind}" in done.stdout


@pytest.mark.parametrize(
    ("clause", "words", "way_out"),
    [
        ("names", ["-f", "json", "--include-names"], ["-f", "json"]),
        ("names", ["--advisor", "Advisor 1"], ["--advisor", "Advisor 1", "-f", "json"]),
        ("comments", ["--advisor", "Advisor 1"], ["--advisor", "Advisor 1", "--no-comments"]),
    ],
)
def test_the_agreement_is_asked_first(
    tmp_path: Path, clause: str, words: list[str], way_out: list[str]
) -> None:
    """A report that would show what was agreed to stay out is refused; the way out works."""
    (tmp_path / "desk.yaml").write_text(
        '{id: desk, version: "1", title: Desk, sections: [{id: talk, title: Talk, criteria: ['
        "{id: greet, title: Greets}]}]}"
    )
    (tmp_path / "a.yaml").write_text(
        "rubric: desk@1\nadvisor: Advisor 1\ninteraction: {date: 2016-05-04}\n"
        "ratings: {talk: {greet: met}}\n"
    )
    paths = ("report", "a.yaml", "--rubrics", ".")
    assert run(tmp_path, *paths, *words).returncode == 0
    (tmp_path / "agreement.yaml").write_text(
        "schema: charter-score/agreement/v1\ntitle: Works agreement\n"
        f'{clause}: {{allowed: [xlsx], clause: "4"}}\n'
    )
    done = run(tmp_path, *paths, *words)
    assert done.returncode == 2
    assert "(agreement.yaml, clause 4) allows no" in done.stderr
    assert done.stdout == ""
    assert run(tmp_path, *paths, *way_out).returncode == 0
