"""`sample`: what it draws can be drawn again by anybody, and nobody can choose."""

import io
import json
import subprocess
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import xlsxwriter

import needs
import programs
from charter_score.source.reading import read_document
from charter_score.wire.schemas import json_schema

LIST = "reference,advisor,channel,time,length\n" + "".join(
    f"CT-{number},Advisor {number % 3 + 1},{'visit' if number % 4 == 0 else 'phone'},"
    f"{8 + number % 9}:15,{60 * number}\n"
    for number in range(30)
)


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    """A folder with a list of thirty contacts of three advisors."""
    (tmp_path / "calls.csv").write_text(LIST, encoding="utf-8")
    return tmp_path


def sampled(folder: Path, *words: str, phrase: str = "May, heron") -> dict[str, Any]:
    """The record of a sample, which is good by its schema."""
    done = programs.run("sample", *words, "--phrase", phrase, "-f", "json", cwd=folder)
    assert done.returncode == 0, done.stderr
    record: dict[str, Any] = json.loads(done.stdout)
    jsonschema.Draft7Validator(json_schema("sample")).validate(record)
    return record


def references(record: dict[str, Any]) -> list[str]:
    """What was drawn."""
    return [contact["reference"] for contact in record["contacts"]]


@needs.SHA256SUM
def test_anybody_draws_the_same_with_sha256sum(desk: Path) -> None:
    """The commands of docs/fairness.md come to the contacts of the record."""
    record = sampled(desk, "calls.csv", "--number", "5")
    script = (
        "tail -n +2 calls.csv | cut -d, -f1 | LC_ALL=C sort > references\n"
        "digest=$(sha256sum < references | cut -d' ' -f1)\n"
        "while read -r reference; do\n"
        '  printf \'%s\\n%s\\n%s\\n\' "$digest" "May, heron" "$reference" | sha256sum |\n'
        '    sed "s/-$/$reference/"\n'
        "done < references | LC_ALL=C sort | head -5\n"
    )
    page = (Path(__file__).resolve().parents[2] / "docs/fairness.md").read_text(encoding="utf-8")
    assert script in page
    done = subprocess.run(["sh", "-c", script], cwd=desk, capture_output=True, check=True)
    drawn = [line.split() for line in done.stdout.decode().splitlines()]
    assert [reference for _, reference in drawn] == references(record)
    assert [ticket for ticket, _ in drawn] == [one["ticket"] for one in record["contacts"]]


def test_the_order_of_rows_and_the_file_change_nothing(desk: Path) -> None:
    """The same list shuffled, in a workbook, with other line ends: the same sample."""
    head, *rows = LIST.splitlines()
    mixed = "\r\n".join([head, *reversed(rows)]).replace(",", ";")
    (desk / "mixed.csv").write_bytes(b"\xef\xbb\xbf" + mixed.encode())
    book = xlsxwriter.Workbook(desk / "calls.xlsx")
    sheet = book.add_worksheet()
    for at, line in enumerate(LIST.splitlines()):
        cells: list[Any] = line.split(",")
        if at:
            cells[-1] = int(cells[-1])
        sheet.write_row(at, 0, cells)
    book.close()
    words = ("--per-advisor", "2", "--strata", "channel,hour,length")
    first = sampled(desk, "calls.csv", *words)
    assert len(first["contacts"]) == 6
    for other in ("mixed.csv", "calls.xlsx"):
        record = sampled(desk, other, *words)
        assert record["contacts"] == first["contacts"]
        assert record["list"]["digest"] == first["list"]["digest"]


def test_another_phrase_or_list_draws_others(desk: Path) -> None:
    """The phrase and the list decide, and both stand in the record."""
    first = sampled(desk, "calls.csv", "--number", "5")
    assert sampled(desk, "calls.csv", "--number", "5") == first
    other = sampled(desk, "calls.csv", "--number", "5", phrase="June, otter")
    assert references(other) != references(first)
    (desk / "longer.csv").write_text(LIST + "CT-99,Advisor 1,phone,9:00,5\n")
    longer = sampled(desk, "longer.csv", "--number", "5")
    assert longer["list"]["digest"] != first["list"]["digest"]


def test_each_advisor_gets_the_quota(desk: Path) -> None:
    """As many of each advisor as asked for; all where there are fewer."""
    record = sampled(desk, "calls.csv", "--per-advisor", "4")
    advisors = [one["advisor"] for one in record["contacts"]]
    assert {name: advisors.count(name) for name in advisors} == {
        f"Advisor {n}": 4 for n in (1, 2, 3)
    }
    assert len(sampled(desk, "calls.csv", "--per-advisor", "50")["contacts"]) == 30


def test_strata_are_shared_as_the_list_has_them(desk: Path) -> None:
    """Of thirty contacts eight are visits: of fifteen drawn four are, by the largest remainder."""
    record = sampled(desk, "calls.csv", "--number", "15", "--strata", "channel")
    channels = [one["fields"]["channel"] for one in record["contacts"]]
    assert channels.count("visit") == 4
    lengths = [
        int(one["fields"]["length"])
        for one in sampled(desk, "calls.csv", "--number", "6", "--strata", "length")["contacts"]
    ]
    assert [sum(low <= n < low + 600 for n in lengths) for low in (0, 600, 1200)] == [2, 2, 2]


def _review(day: int, advisor: int, word: str, more: str = "") -> str:
    return (
        f"rubric: desk@1\nadvisor: Advisor {advisor}\nreviewer: R\n{more}"
        f"interaction: {{date: 2016-05-{day:02d}}}\n"
        f"ratings: {{talk: {{greet: {word}, listen: met}}}}\n"
    )


RUBRIC = """\
{id: desk, version: "1", title: Desk, expected: 70, sections: [{id: talk, title: Talk, criteria: [
  {id: greet, title: Greets}, {id: listen, title: Listens}]}]}
"""


def test_targeted_extras_come_only_when_they_are_asked_for(desk: Path) -> None:
    """Two or more of the last six short: three extras; one: two; none: none. Each is marked."""
    (desk / "desk.yaml").write_text(RUBRIC)
    (desk / "reviews").mkdir()
    short = {1: [1, 2], 2: [6], 3: []}
    for advisor, days in short.items():
        for day in range(1, 7):
            word = "not met" if day in days else "met"
            path = desk / f"reviews/a{advisor}-{day}.yaml"
            path.write_text(_review(day, advisor, word))
    # Older than the last six: it does not count.
    (desk / "reviews/old.yaml").write_text(_review(1, 3, "not met").replace("05-01", "04-01"))
    plain = sampled(desk, "calls.csv", "--per-advisor", "2")
    assert {one["selection"] for one in plain["contacts"]} == {"random"}
    words = ("--per-advisor", "2", "--targeted", "reviews", "--rubrics", ".")
    record = sampled(desk, "calls.csv", *words)
    chosen = [(one["advisor"], one["selection"]) for one in record["contacts"]]
    assert chosen.count(("Advisor 1", "targeted")) == 3
    assert chosen.count(("Advisor 2", "targeted")) == 2
    assert chosen.count(("Advisor 3", "targeted")) == 0
    assert [n for n in references(record) if n in references(plain)] == references(plain)
    assert len(set(references(record))) == len(references(record)) == 11
    because = [one["drawn"] for one in record["contacts"] if one["selection"] == "targeted"]
    assert "2 of the last 6 reviews fell short" in because[0]
    (desk / "drafts").mkdir()
    (desk / "sample.json").write_text(json.dumps(record))
    made = ("new", "desk.yaml", "--sample", "sample.json", "-o", "drafts")
    assert programs.run(*made, cwd=desk).returncode == 0
    drafts = [path.read_text() for path in (desk / "drafts").glob("*.yaml")]
    assert sum("\nselection: targeted\n" in draft for draft in drafts) == 5
    assert sum("\nselection: random\n" in draft for draft in drafts) == 6


@pytest.mark.parametrize("ending", ["yaml", "json"])
def test_new_writes_drafts_of_a_sample(desk: Path, ending: str) -> None:
    """A draft of each contact, with what the list says of it and how it was chosen."""
    (desk / "desk.yaml").write_text(RUBRIC)
    drafts = desk / "drafts"
    drafts.mkdir()
    words = ("sample", "calls.csv", "--phrase", "May, heron", "--per-advisor", "1")
    record = f"sample.{ending}"
    assert programs.run(*words, "-o", record, cwd=desk).returncode == 0
    made = ("new", "desk.yaml", "--sample", record, "-o", "drafts")
    done = programs.run(*made, cwd=desk)
    assert done.returncode == 0, done.stderr
    kept: Any = read_document((desk / record).read_bytes(), record).value
    chosen = {str(one["reference"]): one["selection"] for one in kept["contacts"]}
    written = sorted(drafts.glob("*.yaml"))
    assert len(written) == 3
    for path in written:
        text = path.read_text(encoding="utf-8")
        value: Any = read_document(text.encode(), path.name).value
        assert value["status"] == "draft"
        assert value["selection"] == chosen[path.stem]
        assert value["interaction"]["reference"] == path.stem
        assert value["interaction"]["channel"] in ("phone", "visit")
        assert value["advisor"].startswith("Advisor ")
    assert programs.run("check", "drafts", cwd=desk).returncode == 0
    before = written[0].read_bytes()
    again = programs.run(*made, cwd=desk)
    assert again.returncode == 2
    assert written[0].read_bytes() == before


def test_the_record_is_left_out_of_a_walk(desk: Path) -> None:
    """A record in a folder of reviews is no review."""
    (desk / "desk.yaml").write_text(RUBRIC)
    (desk / "a.yaml").write_text(_review(1, 1, "met"))
    words = ("sample", "calls.csv", "--phrase", "x", "--number", "1", "-o", "sample.yaml")
    assert programs.run(*words, cwd=desk).returncode == 0
    done = programs.run("score", ".", "--rubrics", ".", "-f", "json", cwd=desk)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("text", "code", "place"),
    [
        ("reference,advisor\nA,1\nB,2\n A ,3\n", "duplicate-reference", ":4:1:"),
        ("reference,advisor\nA,1\n,2\n", "no-reference", ":3:1:"),
        ("call,advisor\nA,1\n", "missing-column", ":1:1:"),
        ("reference,advisor,Advisor\nA,1,2\n", "duplicate-column", ":1:3:"),
        ("reference,advisor\nA,1,2\n", "row-too-long", ":2:3:"),
        ("", "empty-document", ":1:1:"),
        ("reference,advisor\n", "empty-document", ":1:1:"),
    ],
)
def test_a_list_with_a_fault_is_not_drawn_from(
    tmp_path: Path, text: str, code: str, place: str
) -> None:
    """Nothing is drawn from a part of a list: each fault has its place, its code and a way out."""
    (tmp_path / "calls.csv").write_text(text)
    words = ("sample", "calls.csv", "--phrase", "x", "--number", "1")
    done = programs.run(*words, cwd=tmp_path)
    assert done.returncode == 3
    assert f"calls.csv{place} error[{code}]" in done.stderr
    assert done.stdout == ""


def test_a_column_may_be_called_otherwise(tmp_path: Path) -> None:
    """`--reference` and `--advisor` name the columns; the way out of `missing-column` works."""
    (tmp_path / "calls.csv").write_text("Call No,Agent\nA,x\nB,y\n")
    words = ("--reference", "call no", "--advisor", "agent", "--per-advisor", "1")
    record = sampled(tmp_path, "calls.csv", *words)
    assert sorted(references(record)) == ["A", "B"]


@pytest.mark.parametrize(
    "words",
    [
        ["--number", "1"],
        ["--phrase", "x"],
        ["--phrase", "x", "--number", "1", "--per-advisor", "1"],
        ["--phrase", "x\ny", "--number", "1"],
        ["--phrase", "x", "--number", "many"],
        ["--phrase", "x", "--number", "1", "--strata", "colour"],
        ["--phrase", "x", "--number", "1", "--targeted", "reviews"],
        ["--phrase", "x", "--number", "1", "-o", "calls.csv", "-f", "json"],
    ],
)
def test_a_command_that_cannot_be_meant_is_refused(desk: Path, words: list[str]) -> None:
    """Used wrongly: 2, and the list is as it was."""
    done = programs.run("sample", "calls.csv", *words, cwd=desk)
    assert done.returncode == 2, done.stderr
    assert (desk / "calls.csv").read_text(encoding="utf-8") == LIST


def test_a_damaged_record_is_told_by_line(tmp_path: Path) -> None:
    """A record that somebody edited: the place, no value of it, and no draft."""
    (tmp_path / "desk.yaml").write_text(RUBRIC)
    record = "schema: charter-score/sample/v1\ntool: t\nlist: {name: a, contacts: 1, digest: d}\n"
    record += "phrase: p\nasked: a\ncontacts:\n  - {reference: A, selektion: random}\n"
    (tmp_path / "s.yaml").write_text(record)
    done = programs.run("new", "desk.yaml", "--sample", "s.yaml", "-o", ".", cwd=tmp_path)
    assert done.returncode == 3
    assert "s.yaml:7:20: error[unknown-field]" in done.stderr
    assert "did you mean `selection`?" in done.stderr


def test_names_stand_in_the_view_only_where_they_are_asked_for(desk: Path) -> None:
    """On a terminal advisors are letters; the record, which is for work, has their names."""
    (desk / "calls.csv").write_text(LIST.replace("Advisor 1", "Ann Example"))
    words = ("sample", "calls.csv", "--phrase", "x", "--per-advisor", "1")
    assert "Example" not in programs.run(*words, cwd=desk).stdout
    assert "Ann Example" in programs.run(*words, "--include-names", cwd=desk).stdout
    for width in ("40", "80"):
        shown = programs.run(*words, cwd=desk, COLUMNS=width).stdout
        lines = [line for line in shown.splitlines() if len(line.split()) > 1]
        assert max(map(len, lines)) <= int(width)


def test_no_other_documents_are_needed(desk: Path) -> None:
    """`-` is no list: it is said so as for any file that is not there."""
    done = programs.run("sample", "missing.csv", "--phrase", "x", "--number", "1", cwd=desk)
    assert done.returncode == 3
    assert "error[not-found]" in done.stderr
    assert io.StringIO(done.stdout).read() == ""
