"""Tables are read as reviews: the same scores as from YAML, and every bad cell at its place."""

import json
import random
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.worksheet.worksheet import Worksheet

import random_documents
import spreadsheets
import tables
from charter_score import limits
from charter_score.api import load_rubric, score_paths, score_table, to_json
from charter_score.diagnostics import Diagnostic, in_order
from charter_score.outcome import Failed, LeftOut, Outcome, Scored, Skipped
from charter_score.pipeline import Job, Scoring
from charter_score.render.text.diagnostics import place_text
from charter_score.source.tables.cells import text_of
from charter_score.source.tables.positions import place_of_cell
from charter_score.source.workbook_scan import scanned

RUBRIC = """\
id: r
version: "1"
title: R
fields:
  topics: {values: [rent, repairs], many: true}
sections:
  - id: welcome
    title: Welcome
    criteria: [{id: greeting, title: Friendly greeting}, {id: tone, title: Warm tone}]
  - id: close
    title: Close
    criteria:
      - {id: thanks, title: Says thanks}
      - {id: steps, title: Next steps, levels: {0: 0, 0.5: 1, 1: 2}}
"""
HEADINGS = ["id", "welcome.greeting", "welcome.tone", "close.thanks", "close.steps"]
GOOD = ["call-1", "met", "Not-Met", "n/a", "0.5"]
ABOUT = ("done_well", "could_be_better", "actions", "advisor_comment", "acknowledged", "disputes")


@pytest.fixture(name="desk", autouse=True)
def _desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a rubric, which is the current one."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "r.yaml").write_text(RUBRIC, encoding="utf-8")
    return tmp_path


def outcomes(*paths: str, mapping: str | None = None, rubric: str = "r.yaml") -> list[Outcome]:
    """What becomes of some paths."""
    path = None
    if mapping is not None:
        path = "m.yaml"
        Path(path).write_text(f"schema: charter-score/mapping/v1\n{mapping}", encoding="utf-8")
    return list(Scoring(Job(paths, rubric, mapping=path)).outcomes())


def text(rows: Sequence[Sequence[str]], name: str = "t.csv", separator: str = ",") -> str:
    """A text file of rows."""
    Path(name).write_bytes(tables.as_csv(rows, separator))
    return name


def book(change: Callable[[Worksheet], None], name: str = "t.xlsx") -> str:
    """A workbook whose one sheet somebody filled."""
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    assert sheet is not None
    sheet.title = "Sheet1"
    change(sheet)
    workbook.save(name)
    return name


def rows_of(sheet: Worksheet, rows: Sequence[Sequence[Any]]) -> None:
    """Append rows to a sheet."""
    for row in rows:
        sheet.append(list(row))


def scored(found: Sequence[Outcome]) -> dict[str, str]:
    """The shares by id."""
    return {
        one.id: f"{one.result.share.numerator}/{one.result.share.denominator}"
        for one in found
        if isinstance(one, Scored)
    }


def told(found: Sequence[Outcome]) -> list[str]:
    """Everything that is wrong: place and code."""
    given: dict[Diagnostic, None] = {}
    for one in found:
        diagnostics = one.diagnostics if isinstance(one, Failed) else one.warnings
        given.update(dict.fromkeys(in_order(diagnostics)))
    return [f"{place_text(one)} {one.code}" for one in given]


# ── The same scores ───────────────────────────────────────────────────────────────────────────────


def comparable(outcome: Outcome) -> object:
    """All of an outcome that does not speak of its file."""
    if isinstance(outcome, Failed):
        return sorted(one.code for one in outcome.diagnostics if one.is_error)
    if isinstance(outcome, Skipped):
        return outcome.id, outcome.reason
    document = json.loads(to_json(outcome))
    del document["review"]["path"], document["review"]["sha256"]
    # A list of one value is that value in a table, which has no other way to write it.
    interaction = document["review"]["interaction"]
    for name, value in interaction.items():
        if isinstance(value, list) and len(value) == 1:
            interaction[name] = value[0]
    return document


def random_month(seed: int, number: int) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """A rubric, and reviews by it of all that a table keeps."""
    rng = random.Random(seed)
    rubric = random_documents.rubric(rng)
    reviews = []
    for place in range(number):
        review = dict(random_documents.review(rng, rubric))
        random_documents.spell_out(rubric, review)
        for name in (*ABOUT, "rubric"):
            review.pop(name, None)
        reviews.append({**review, "id": f"{place:04}"})
    return rubric, reviews


def from_yaml(rubric: dict[str, Any], reviews: Sequence[dict[str, Any]], folder: Path) -> object:
    """What the reviews come to as files, each of its own."""
    (folder / "rubric.yaml").write_text(random_documents.to_yaml(rubric), encoding="utf-8")
    (folder / "files").mkdir(exist_ok=True)
    for review in reviews:
        path = folder / f"files/{review['id']}.yaml"
        path.write_text(random_documents.to_yaml(review), encoding="utf-8")
    paths = [str(folder / f"files/{review['id']}.yaml") for review in reviews]
    return [comparable(one) for one in score_paths(paths, rubric=folder / "rubric.yaml")]


@pytest.mark.parametrize("ending", tables.WRITERS)
@pytest.mark.parametrize("shape", ["wide", "long"])
def test_a_month_comes_to_the_same_in_every_kind_of_table(
    shape: str, ending: str, desk: Path
) -> None:
    """To the last review: scores, comments, evidence, fields, drafts and void ones."""
    rubric, reviews = random_month(5, 24)
    wanted = from_yaml(rubric, reviews, desk)
    cells = (tables.wide if shape == "wide" else tables.long)(rubric, reviews)
    (desk / f"month.{ending}").write_bytes(tables.WRITERS[ending](cells))
    found = score_paths(desk / f"month.{ending}", rubric=desk / "rubric.yaml")
    assert [comparable(one) for one in found] == wanted


@given(seed=st.integers(0, 100_000), shuffled=st.booleans())
def test_any_reviews_come_to_the_same(
    tmp_path_factory: pytest.TempPathFactory, seed: int, shuffled: bool
) -> None:
    """Random rubrics and reviews, wide and long; the rows of a long table in any order."""
    folder = tmp_path_factory.mktemp("month")
    rubric, reviews = random_month(seed, 4)
    wanted = from_yaml(rubric, reviews, folder)
    head, *rows = tables.long(rubric, reviews)
    if shuffled:
        first = {row[0]: None for row in rows}
        random.Random(seed).shuffle(rows)
        order = {row[0]: None for row in rows}
        assert order.keys() == first.keys()
        by_id = dict(zip([review["id"] for review in reviews], wanted, strict=True))  # type: ignore[call-overload]
        wanted = [by_id[name] for name in order]
    (folder / "long.csv").write_bytes(tables.as_csv([head, *rows]))
    (folder / "wide.csv").write_bytes(tables.as_csv(tables.wide(rubric, reviews)))
    paths = {"long.csv": wanted}
    if not shuffled:
        paths["wide.csv"] = wanted
    for name, expected in paths.items():
        found = score_paths(folder / name, rubric=folder / "rubric.yaml")
        assert [comparable(one) for one in found] == expected


# ── A bad cell in each ────────────────────────────────────────────────────────────────────────────

PLACES = {
    "csv": "t.csv:3:12", "tsv": "t.tsv:3:12", "jsonl": "t.jsonl:2:61", "xlsx": "t.xlsx:May!C3",
    "ods": "t.ods:May!C3", "xls": "t.xls:May!C3", "parquet": "t.parquet:2:3",
}  # fmt: skip


@pytest.mark.parametrize("ending", tables.WRITERS)
def test_a_bad_cell_is_named_with_its_place(ending: str, desk: Path) -> None:
    """Good rows are scored, the bad one is named: sheet and cell, or line and column."""
    rows = [HEADINGS, GOOD, ["call-2", "met", "mett", "met", "1"], ["call-3", *GOOD[1:]]]
    (desk / f"t.{ending}").write_bytes(tables.WRITERS[ending](rows))
    found = outcomes(f"t.{ending}")
    assert scored(found).keys() == {"call-1", "call-3"}
    assert told(found) == [f"{PLACES[ending]} unknown-rating"]


def test_every_bad_cell_is_collected() -> None:
    """All of a row and all rows, each at its own cell; what they hold is not repeated."""
    name = text(
        [HEADINGS, ["call-1", "secret", "", "met", "7"], ["call-2", "x", "met", "met", "1"]]
    )
    found = outcomes(name)
    assert told(found) == [
        "t.csv:2:8 unknown-rating",
        "t.csv:2:20 unknown-rating",
        "t.csv:2:15 unrated",
        "t.csv:3:8 unknown-rating",
    ]
    assert "secret" not in repr(found)


@given(st.lists(st.text('a"\n,é', max_size=4), min_size=1, max_size=6))
def test_a_cell_is_found_in_its_text(cells: list[str]) -> None:
    """Behind quotes, line breaks and separators inside of them."""
    cells = [*cells, "END"]
    raw = tables.as_csv([cells])[3:].decode().replace("\r\n", "\n")
    place = place_of_cell(raw, 1, len(cells) - 1, ",")
    lines = raw.split("\n")
    assert lines[place.line - 1][place.column - 1 :].startswith("END")


# ── Blank is unrated ──────────────────────────────────────────────────────────────────────────────


def test_blank_is_unrated_and_never_not_applicable() -> None:
    """A blank cell, one of spaces, a formula without a value and an error alike."""

    def fill(sheet: Worksheet) -> None:
        rows_of(sheet, [HEADINGS, ["a", "met", None, "met", 1], ["b", "met", "  ", "met", 1]])
        rows_of(sheet, [["c", "met", "=NA()", "met", 1], ["d", "met", "met", "met", 1]])

    data = spreadsheets.as_ods({"S": [HEADINGS, ["e", "met", spreadsheets.Wrong(), "met", "1"]]})
    Path("t.ods").write_bytes(data)
    found = outcomes(book(fill), "t.ods")
    assert scored(found).keys() == {"d"}
    assert told(found) == [
        "t.ods:S!C2 cell-error",
        "t.ods:S!C2 unrated",
        "t.xlsx:Sheet1!C2 unrated",
        "t.xlsx:Sheet1!C3 unrated",
        "t.xlsx:Sheet1!C4 unrated",
    ]


def test_a_dash_is_no_word_unless_the_mapping_says_so() -> None:
    """`-` trims to nothing as a word, so it is compared as it is written; blank stays unrated."""
    rows = [HEADINGS, ["a", "-", "–", "met", "1"], ["b", "", "met", "met", "1"]]
    assert told(outcomes(text(rows)))[:2] == [
        "t.csv:2:3 unknown-rating",
        "t.csv:2:5 unknown-rating",
    ]
    found = outcomes("t.csv", mapping='words: {"-": n/a, "–": not met}')
    assert scored(found) == {"a": "4/5"}
    assert told(found) == ["t.csv:3:3 unrated"]


# ── What cells are ────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        (417.0, "417"),
        (0.1, "0.1"),
        (0.5, "0.5"),
        (1e-5, "0.00001"),
        (-2.0, "-2"),
        (2.5e20, "250000000000000000000"),
    ],
)
def test_a_number_is_its_shortest_text(number: float, shown: str) -> None:
    """Never with `.0`, never with an exponent."""
    assert text_of(number) == shown


def test_ids_levels_and_days_of_a_workbook() -> None:
    """Zeros stay in ids that are text, a level is its number, a date is a day."""
    import datetime

    def fill(sheet: Worksheet) -> None:
        rows_of(sheet, [[*HEADINGS, "date", "field.topics"]])
        day = datetime.datetime(2016, 5, 4, 9, 15)
        rows_of(sheet, [["00417", "met", "met", "met", 0.5, day, "rent; repairs"]])
        rows_of(sheet, [[417, "met", "met", "met", 1, datetime.date(2016, 5, 5), "rent"]])

    found = outcomes(book(fill))
    assert scored(found) == {"00417": "4/5", "417": "1/1"}
    assert told(found) == ["t.xlsx:Sheet1!A3 number-as-id"]
    first = found[0]
    assert isinstance(first, Scored)
    assert first.result.review.interaction == {"date": "2016-05-04", "topics": ("rent", "repairs")}


def test_decimal_commas_and_other_orders_of_a_day() -> None:
    """A mapping says how they are written; without it they are named, not guessed."""
    rows = [[*HEADINGS, "date"], ["a", "met", "met", "met", "0,5", "04/05/2016"]]
    name = text(rows, separator=";")
    assert told(outcomes(name)) == ["t.csv:2:15 unknown-rating", "t.csv:2:19 bad-date"]
    found = outcomes(name, mapping='decimal: ","\ndates: day/month/year')
    assert scored(found) == {"a": "4/5"}
    assert isinstance(found[0], Scored)
    assert found[0].result.review.interaction["date"] == "2016-05-04"


def test_a_row_without_an_id_is_called_after_file_sheet_and_row() -> None:
    """In a workbook with its sheet, in a text with its line."""
    rows = [HEADINGS, ["", *GOOD[1:]], ["call-2", *GOOD[1:]]]
    Path("team.xlsx").write_bytes(tables.as_xlsx(rows))
    assert scored(outcomes("team.xlsx")).keys() == {"team May 2", "call-2"}
    assert scored(outcomes(text(rows, "team.csv"))).keys() == {"team 2", "call-2"}


# ── Headings ──────────────────────────────────────────────────────────────────────────────────────


def test_titles_as_the_rubric_writes_them() -> None:
    """Alone, behind the section's, with the comment beside; in any case."""
    rows = [
        ["ID", "Friendly greeting", "Welcome: warm tone", "Says thanks", "Says thanks comment",
         "Next steps", "Team"],
        ["a", "met", "met", "n/a", "None was due", "1", "North"],
    ]  # fmt: skip
    (only,) = outcomes(text(rows))
    assert isinstance(only, Scored)
    assert only.result.review.ratings["close"]["thanks"].comment == "None was due"
    assert only.result.review.team == "North"


def test_titles_in_a_long_table() -> None:
    """Sections and criteria may be named by their titles there too."""
    rows = [["id", "section", "criterion", "rating"]]
    rows += [["a", "Welcome", "Friendly greeting", "met"], ["a", "welcome", "tone", "met"]]
    rows += [["a", "", "Says thanks", "met"], ["a", "", "close.steps", "1"]]
    assert scored(outcomes(text(rows))) == {"a": "1/1"}


def test_two_lines_of_headings_merged_over_columns() -> None:
    """A section over its criteria, a criterion over its rating and comment."""

    def fill(sheet: Worksheet) -> None:
        rows_of(sheet, [["Team North, May"], ["n/a: no opportunity"]])
        rows_of(sheet, [["id", "Welcome", None, "Says thanks", None, "Next steps"]])
        rows_of(sheet, [[None, "Friendly greeting", "Warm tone", "rating", "comment", None]])
        rows_of(sheet, [["a", "met", "no", "n/a", "none was due", 1]])
        for area in ("B3:C3", "D3:E3", "A3:A4", "F3:F4"):
            sheet.merge_cells(area)

    (only,) = outcomes(book(fill))
    assert isinstance(only, Scored)
    assert only.result.review.ratings["close"]["thanks"].comment == "none was due"
    assert not only.warnings


def test_a_heading_that_is_merged_names_each_of_its_columns() -> None:
    """So two columns of one criterion are double, and the table says which."""

    def fill(sheet: Worksheet) -> None:
        rows_of(sheet, [[*HEADINGS[:4], "close.steps", "close.steps"], [*GOOD, "1"]])

    assert told(outcomes(book(fill))) == ["t.xlsx:Sheet1!F1 duplicate-column"]


def test_a_section_may_be_called_as_a_field_is() -> None:
    """`interaction.tone` is a criterion, `field.tone` a field; a section `team` has no column."""
    rubric = RUBRIC.replace("id: welcome", "id: interaction").replace("id: close", "id: team")
    Path("r.yaml").write_text(rubric, encoding="utf-8")
    rows = [
        ["id", "team", "field.tone", "interaction.greeting", "interaction.tone", "team.thanks",
         "team.steps"],
        ["a", "North", "x", "met", "no", "met", "1"],
    ]  # fmt: skip
    (only,) = outcomes(text(rows))
    assert isinstance(only, Scored)
    assert only.result.review.team == "North"
    assert only.result.review.interaction == {"tone": "x"}
    assert only.result.review.ratings["interaction"]["tone"].rating == "no"


def test_rows_may_be_of_several_rubrics() -> None:
    """Each names its own; the first one's titles are known."""
    Path("q.yaml").write_text(
        "id: q\nversion: '1'\ntitle: Q\n"
        "sections: [{id: s, title: S, criteria: [{id: a, title: A}]}]",
        encoding="utf-8",
    )
    rows = [["id", "rubric", "welcome.greeting", "welcome.tone", "close.thanks", "close.steps"]]
    rows += [["a", "./r.yaml", "met", "met", "met", "1"], ["b", "./q.yaml", "met", "", "", ""]]
    found = list(Scoring(Job([text(rows)])).outcomes())
    assert scored(found) == {"a": "1/1"}
    assert told(found) == ["t.csv:3:1 unknown-section", "t.csv:3:1 unrated"] or told(found)


# ── Spreadsheets as people keep them ──────────────────────────────────────────────────────────────


def kept(sheet: Worksheet) -> None:
    """A sheet as a team leader keeps it: a title, a note, sums, a legend, a row that is hidden."""
    sheet["A1"] = "Team North"
    sheet["A2"] = "n/a where there was no opportunity"
    rows_of(sheet, [[], ["Call", "Agent", *HEADINGS[1:], "Score"]])
    for number in range(3):
        rows_of(
            sheet,
            [
                [
                    f"C{number}",
                    "A 1",
                    "Y",
                    "N",
                    "n/a",
                    1,
                    f'=COUNTIF(C{number + 5}:E{number + 5},"Y")',
                ]
            ],
        )
    rows_of(sheet, [["Total", None, 3, 0, 0, 3], [], ["Listened to by two people"]])
    sheet.row_dimensions[6].hidden = True
    sheet.column_dimensions["G"].hidden = True


def test_nothing_is_scored_that_is_no_review_and_nothing_left_out_in_silence() -> None:
    """Sums and notes are named as what they are; hidden rows are read, and told once."""
    found = outcomes(
        book(kept), mapping="columns: {Call: id, Agent: advisor}\nwords: {Y: met, N: not met}"
    )
    assert scored(found) == {"C0": "4/5", "C1": "4/5", "C2": "4/5"}
    assert told(found) == [
        "t.xlsx:Sheet1!G4 column-not-read",
        "t.xlsx:Sheet1!A6 hidden-read",
        "t.xlsx:Sheet1!A8 totals-row",
        "t.xlsx:Sheet1!A10 no-review",
    ]


def test_a_mapping_leaves_out_what_is_no_review() -> None:
    """Sums by what their first cell says, the rest by where the table ends."""
    mapping = (
        "columns: {Call: id, Agent: advisor}\nignore: [Score]\nwords: {Y: met, N: not met}\n"
        "leave_out: [total]\nend: Listened to by two people\nalways: {team: North, field.site: A}\n"
    )
    found = outcomes(book(kept), mapping=mapping)
    assert scored(found).keys() == {"C0", "C1", "C2"}
    assert told(found) == ["t.xlsx:Sheet1!A6 hidden-read"]
    assert isinstance(found[0], Scored)
    assert found[0].result.review.team == "North"
    assert found[0].result.review.interaction == {"site": "A"}


def test_a_sheet_a_month_and_one_that_is_hidden() -> None:
    """Every sheet with known headings is read; another is named; `sheets` chooses."""

    def fill(sheet: Worksheet) -> None:
        rows_of(sheet, [HEADINGS, GOOD])
        workbook = sheet.parent
        assert workbook is not None
        june = workbook.create_sheet("June")
        rows_of(june, [["Title"], HEADINGS, ["call-2", *GOOD[1:]]])
        june.sheet_state = "hidden"
        rows_of(workbook.create_sheet("July"), [HEADINGS])
        rows_of(workbook.create_sheet("Notes"), [["Remember"]])

    found = outcomes(book(fill))
    assert scored(found).keys() == {"call-1", "call-2"}
    assert told(found) == ["t.xlsx:June!A1 hidden-read", "t.xlsx:Notes!A1 sheet-not-read"]
    chosen = outcomes("t.xlsx", mapping="sheets: [June]")
    assert scored(chosen).keys() == {"call-2"}
    assert told(outcomes("t.xlsx", mapping="sheets: [May]")) == ["t.xlsx:1:1 unknown-sheet"]


def test_a_merged_cell_counts_in_the_first_unless_the_mapping_says_all() -> None:
    """With a warning, since the others are blank."""

    def fill(sheet: Worksheet) -> None:
        rows_of(sheet, [HEADINGS, ["a", "met", None, "met", 1], ["b", "met", "met", "met", 1]])
        sheet.merge_cells("B2:C2")

    found = outcomes(book(fill))
    assert told(found) == ["t.xlsx:Sheet1!B2 merged-cell", "t.xlsx:Sheet1!C2 unrated"]
    assert scored(outcomes("t.xlsx", mapping="merged: all")) == {"a": "1/1", "b": "1/1"}


def test_what_stands_under_no_heading_is_told() -> None:
    """Between columns and beside them."""

    def fill(sheet: Worksheet) -> None:
        rows_of(sheet, [[*HEADINGS[:2], None, *HEADINGS[2:]]])
        rows_of(sheet, [["a", "met", "?", "met", "met", 1, "aside"]])

    assert told(outcomes(book(fill))) == [
        "t.xlsx:Sheet1!C2 cell-not-read",
        "t.xlsx:Sheet1!G2 cell-not-read",
    ]


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_separators_are_found(separator: str) -> None:
    """By the headings that they make known; `sep=` says it too."""
    assert scored(outcomes(text([HEADINGS, GOOD], separator=separator))) == {"call-1": "3/5"}
    data = Path("t.csv").read_bytes()[3:]
    Path("s.csv").write_bytes(f"sep={separator}\r\n".encode() + data)
    found = outcomes("t.csv", "s.csv")
    assert [one.id for one in found if isinstance(one, Scored)] == ["call-1", "call-1"]


def test_cp1252_where_the_mapping_says_so() -> None:
    """Then without a warning, and where it says UTF-8 the line is wrong."""
    Path("t.csv").write_bytes(
        tables.as_csv([[*HEADINGS, "advisor"], [*GOOD, "Renée"]])[3:].decode().encode("cp1252")
    )
    assert told(outcomes("t.csv")) == ["t.csv:2:31 read-as-cp1252"]
    (only,) = outcomes("t.csv", mapping="encoding: cp1252")
    assert isinstance(only, Scored)
    assert (only.result.review.advisor, only.warnings) == ("Renée", ())
    assert told(outcomes("t.csv", mapping="encoding: utf-8")) == ["t.csv:2:31 not-utf8"]


# ── Long tables ───────────────────────────────────────────────────────────────────────────────────


def long_rows(*reviews: str) -> list[list[str]]:
    """The ratings of some reviews, all met."""
    return [
        [review, section, criterion, word]
        for review in reviews
        for section, criterion, word in (
            ("welcome", "greeting", "met"), ("welcome", "tone", "met"),
            ("close", "thanks", "met"), ("close", "steps", "1"),
        )
    ]  # fmt: skip


LONG = ["id", "section", "criterion", "rating"]


def test_a_rating_given_twice_names_both_cells() -> None:
    """Also where they agree; the other reviews are scored."""
    rows = [*long_rows("a", "b"), ["a", "close", "thanks", "met"]]
    Path("t.xlsx").write_bytes(tables.as_xlsx([LONG, *rows]))
    found = outcomes("t.xlsx")
    assert scored(found).keys() == {"b"}
    (failed,) = [one for one in found if isinstance(one, Failed)]
    (twice,) = failed.diagnostics
    assert (place_text(twice), twice.code) == ("t.xlsx:May!D10", "rated-twice")
    assert "D4" in twice.message


def test_a_table_of_many_rows_is_gathered_on_the_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows of one review need not follow each other, however many others stand between."""
    rows = [
        row
        for part in zip(long_rows("a"), long_rows("b"), long_rows("c"), strict=True)
        for row in part
    ]
    assert list(scored(outcomes(text([LONG, *rows])))) == ["a", "b", "c"]
    monkeypatch.setattr("charter_score.source.tables.long.MOST_ROWS", 2)
    assert list(scored(outcomes("t.csv"))) == ["a", "b", "c"]


# ── Folders, and what is ours ─────────────────────────────────────────────────────────────────────


def every_outcome(*paths: str) -> list[tuple[str, str]]:
    """What becomes of each input, what is left out among them."""
    scoring = Scoring(Job(paths, "r.yaml"))
    from charter_score.source.files import search

    found = []
    for entry in search(paths):
        for one in scoring.outcomes_of(entry):
            said = one.why if isinstance(one, LeftOut) else type(one).__name__
            found.append((one.path, said))
    return found


def test_a_folder_mixes_every_kind() -> None:
    """Known tables are read, tables of ours and others are left out and counted, mappings too."""
    Path("f").mkdir()
    text([HEADINGS, GOOD], "f/a.csv")
    text([["name"], ["x"]], "f/b.csv")
    text([["Kind words", *HEADINGS[2:]], GOOD[1:]], "f/c.csv")
    Path("f/c.mapping.yaml").write_text(
        "schema: charter-score/mapping/v1\ncolumns: {Kind words: welcome.greeting}\n",
        encoding="utf-8",
    )
    Path("f/d.yaml").write_text(
        "ratings: {welcome: {greeting: met, tone: met}, close: {thanks: met, steps: 1}}",
        encoding="utf-8",
    )
    text([["id", "earned", "available", "share", "percent", "observed_percent"]], "f/e.csv")
    text([["id", "section", "criterion", "rating", "earned", "available"]], "f/f.csv")
    Path("f/g.jsonl").write_text('{"kind": "summary", "reviews": 3}\n', encoding="utf-8")
    assert every_outcome("f") == [
        ("f/a.csv", "Scored"),
        ("f/b.csv", "a table whose headings are not known"),
        ("f/c.csv", "Scored"),
        ("f/c.mapping.yaml", "a mapping"),
        ("f/d.yaml", "Scored"),
        ("f/e.csv", "written by charter-score"),
        ("f/f.csv", "written by charter-score"),
        ("f/g.jsonl", "written by charter-score"),
    ]


def test_whole_reviews_in_json_lines() -> None:
    """A line may be a review as JSON has it, with its places."""
    good = (
        '{"id": "a", "ratings": {"welcome": {"greeting": "met", "tone": "met"}, '
        '"close": {"thanks": "met", "steps": 1}}}'
    )
    Path("t.jsonl").write_text(
        good + "\n\n" + good.replace('"tone": "met"', '"tone": "mat"') + "\n", encoding="utf-8"
    )
    found = outcomes("t.jsonl")
    assert scored(found) == {"a": "1/1"}
    assert told(found) == ["t.jsonl:3:64 unknown-rating"]


def test_a_large_table_comes_in_pieces_with_the_same_results(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Read in one process and scored in any: the outcomes are those of the file as one."""
    rows = [
        [f"call-{number:03}", "met", "met" if number % 7 else "mett", "met", "1"]
        for number in range(200)
    ]
    text([HEADINGS, *rows])
    Path("t.xlsx").write_bytes(tables.as_xlsx([HEADINGS, *rows]))
    whole = outcomes("t.csv", "t.xlsx")
    monkeypatch.setattr("charter_score.pipeline.LARGE", 10)
    scoring = Scoring(Job(["t.csv", "t.xlsx"], "r.yaml"))
    parts = list(scoring.parts(lambda _number: [], 1))
    summary = parts[0].collected.summary
    for part in parts[1:]:
        summary.combine(part.collected.summary)
    assert summary.reviews == len(whole) == 400
    assert summary.scored == sum(isinstance(one, Scored) for one in whole)


def test_two_workbooks_read_in_turns_keep_their_rows() -> None:
    """Only one is open at a time: reading on in the first opens it again."""
    for name in ("a", "b"):
        rows = [[f"{name}-{number}", *GOOD[1:]] for number in range(40)]
        Path(f"{name}.xlsx").write_bytes(tables.as_xlsx([HEADINGS, *rows]))
    scoring = Scoring(Job(["a.xlsx", "b.xlsx"], "r.yaml"))
    from charter_score.source.files import search

    first, second = (scoring.outcomes_of(entry) for entry in search(["a.xlsx", "b.xlsx"]))
    names: list[str] = []
    for one, other in zip(first, second, strict=True):
        assert isinstance(one, Scored)
        assert isinstance(other, Scored)
        names += [one.id, other.id]
    assert names == [f"{name}-{number}" for number in range(40) for name in "ab"]


def test_limits() -> None:
    """A sheet may reach over so many cells, a row have so many, a text so many characters."""
    wide = [*HEADINGS, *(f"field.f{number}" for number in range(limits.MOST_COLUMNS))]
    assert told(outcomes(text([wide, GOOD])))[-1:] == ["t.csv:2:24 short-row"]
    long = text([[*HEADINGS, "notes"], [*GOOD, "x" * 70_000], ["call-2", *GOOD[1:], "y"]])
    found = outcomes(long)
    assert scored(found).keys() == {"call-2"}
    assert told(found) == ["t.csv:2:1 scalar-too-long"]

    def far(sheet: Worksheet) -> None:
        rows_of(sheet, [HEADINGS, GOOD])
        sheet["EZ900000"] = "x"

    assert [one.split()[1] for one in told(outcomes(book(far)))] == ["sheet-too-large"]


def test_parquet_without_its_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    """The command that installs it is named."""
    Path("t.parquet").write_bytes(tables.as_parquet([HEADINGS, GOOD]))
    from charter_score.source import workbooks

    monkeypatch.setattr(workbooks, "find_spec", lambda _name: None)
    (failed,) = outcomes("t.parquet")
    assert isinstance(failed, Failed)
    (only,) = failed.diagnostics
    assert (only.code, only.hint) == ("missing-extra", "pip install 'charter-score[tables]'")


def test_a_file_that_is_no_parquet() -> None:
    """Whatever it is."""
    Path("t.parquet").write_bytes(b"PAR1 and no more")
    assert told(outcomes("t.parquet")) == ["t.parquet:1:1 not-parquet"]


def test_a_mapping_with_mistakes_fails_the_table() -> None:
    """Its diagnostics stand in the mapping; a criterion that the rubric has not is one."""
    text([["id", "Kind words", *HEADINGS[2:]], GOOD])
    found = outcomes("t.csv", mapping="columns: {Kind words: welcome.kindness}")
    assert told(found) == ["m.yaml:2:23 unknown-column"]
    found = outcomes("t.csv", mapping="shape: tall")
    assert told(found) == ["m.yaml:2:8 unknown-word"]


def test_columns_by_their_letters() -> None:
    """For headings that are blank or stand twice."""
    rows = [["id", "a", "a", "b", ""], GOOD]
    letters = "letters: {B: welcome.greeting, C: welcome.tone, D: close.thanks, E: close.steps}"
    assert scored(outcomes(text(rows), mapping=letters)) == {"call-1": "3/5"}


@pytest.mark.parametrize("kind", ["polars", "lazy", "duckdb"])
def test_frames(kind: str) -> None:
    """A frame is scored as a file of the same rows is, and results come as one."""
    import duckdb
    import polars

    rows = [GOOD, ["call-2", "met", "mett", "met", "1"], ["call-3", "met", "met", None, "1"]]
    frame: Any = polars.DataFrame(rows, schema=HEADINGS, orient="row")
    if kind == "lazy":
        frame = frame.lazy()
    if kind == "duckdb":
        names = ", ".join(f'"{name}"' for name in HEADINGS)
        values = ", ".join(
            "(" + ", ".join("NULL" if cell is None else f"'{cell}'" for cell in row) + ")"
            for row in rows
        )
        frame = duckdb.sql(f"SELECT * FROM (VALUES {values}) AS t({names})")  # noqa: S608
    found = score_table(frame, load_rubric("r.yaml"))
    assert scored(found) == {"call-1": "3/5"}
    assert told(found) == ["table:2:3 unknown-rating", "table:3:4 unrated"]
    results = found.to_frame("polars")
    assert results.select("id", "percent", "share").rows() == [("call-1", 60.0, "3/5")]
    assert "<td><bdi>Could not be scored</bdi></td><td><bdi>2</bdi></td>" in found._repr_html_()


def test_a_result_in_a_notebook() -> None:
    """Its text is harmless there, whatever stands in the review."""
    (only,) = score_table(text([HEADINGS, ["<b>", *GOOD[1:]]]), "r.yaml")
    assert isinstance(only, Scored)
    shown = only.result._repr_html_()
    assert "<b>" not in shown
    assert "&lt;b&gt;" in shown
    assert "<td><bdi>Score</bdi></td><td><bdi></bdi></td><td><bdi>60%</bdi></td>" in shown


# ── The quick look through a workbook ─────────────────────────────────────────────────────────────


def _rewritten(change: Callable[[str], str]) -> str:
    """The workbook that is kept as people do, with its sheet's XML changed."""
    import zipfile

    book(kept, "source.xlsx")
    with zipfile.ZipFile("source.xlsx") as old, zipfile.ZipFile("t.xlsx", "w") as new:
        for name in old.namelist():
            data = old.read(name)
            if name.startswith("xl/worksheets/"):
                data = change(data.decode()).encode()
            new.writestr(name, data)
    return "t.xlsx"


MAPPED = "columns: {Call: id, Agent: advisor}\nwords: {Y: met, N: not met}"


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text,
        lambda text: text.replace("<c r=", "<c  r="),
        lambda text: text.replace("<sheetData>", "<!-- <c r='A1'> --><sheetData>"),
        lambda text: re.sub(r'<c r="([A-Z]+[0-9]+)"', r"<c r='\1'", text),
        lambda text: re.sub(r'<c r="([A-Z]+[0-9]+)" t="(\w+)"', r'<c t="\2" r="\1"', text),
        lambda text: re.sub(r'<row r="([0-9]+)"', r"<row\nr='\1'", text),
    ],
)
def test_a_pattern_sees_what_a_parser_sees(
    change: Callable[[str], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """However a workbook is written: the same scores, and the same is told."""
    name = _rewritten(change)
    quick = outcomes(name, mapping=MAPPED)
    monkeypatch.setattr("charter_score.source.workbook_checks.scanned", lambda _part: None)
    slow = outcomes(name, mapping=MAPPED)
    assert scored(quick) == scored(slow) == {"C0": "4/5", "C1": "4/5", "C2": "4/5"}
    assert told(quick) == told(slow)
    assert "t.xlsx:Sheet1!A6 hidden-read" in told(quick)


@pytest.mark.parametrize(
    "part",
    [
        b"<x:c r='A1'/>", b"<!DOCTYPE a>", b"<a><![CDATA[x]]></a>", b"<c t='s' r='A1'/>",
        b'<c r="A0"/>', b'<c r="AAAA1"/>', b'<c r="A12345678"/>', b'<row spans="1:2"/>', b"<c/>",
        b"\xff", b"<?xml version='1.0' encoding='utf-16'?>", b'<c\nr="A1"/>', b'<c r="&#65;1"/>',
    ],
)  # fmt: skip
def test_what_a_pattern_cannot_judge_goes_to_the_parser(part: bytes) -> None:
    """Nothing that it does not know in full."""
    assert scanned(part) is None


def test_a_pattern_refuses_what_a_parser_refuses() -> None:
    """A number that claims too much, and a cell far away."""
    name = _rewritten(lambda text: text.replace("<sheetData>", '<sheetData count="99999999999">'))
    assert [one.split()[1] for one in told(outcomes(name))] == ["not-a-workbook"]
    name = _rewritten(lambda text: text.replace('r="B4"', 'r="ZZZ4"'))
    assert [one.split()[1] for one in told(outcomes(name))] == ["sheet-too-large"]
