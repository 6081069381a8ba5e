"""The workbook, read back by openpyxl and by calamine."""

import csv
import io
import json
import re
import subprocess
import sys
import zipfile
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import openpyxl
import pytest
import python_calamine as calamine

import hostile
import needs
from batches import batch, rendered, rendered_text
from charter_score.outcome import Outcome, Scored
from charter_score.render import sheets
from charter_score.render.results import workbook
from charter_score.render.results.csv import Csv, LongCsv
from charter_score.render.results.json import JsonEnvelope
from charter_score.render.results.workbook import Workbook
from charter_score.render.sheets import LONGEST_CELL
from documents import with_changes

# openpyxl knows no data bars of 2010; that they are there is looked up in the XML.
pytestmark = pytest.mark.filterwarnings("ignore:.*extension is not supported:UserWarning")

DAYS = {"date"}
NUMBERS = {"earned", "available", "percent", "observed_percent", "uplift", "needs"}


def opened(data: bytes) -> Any:
    """The workbook as openpyxl reads it."""
    return openpyxl.load_workbook(io.BytesIO(data))


def by_calamine(data: bytes, sheet: str) -> list[list[Any]]:
    """A sheet as calamine reads it."""
    book = calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
    rows: list[list[Any]] = book.get_sheet_by_name(sheet).to_python()
    return rows


def rows_of(sheet: Any) -> list[dict[str, Any]]:
    """A sheet's rows by the titles of its columns."""
    head, *rows = sheet.iter_rows(values_only=True)
    return [dict(zip(head, row, strict=True)) for row in rows]


@pytest.fixture(name="outcomes")
def _outcomes(tmp_path: Path) -> list[Outcome]:
    return batch(tmp_path)


@pytest.fixture(name="data")
def _data(outcomes: list[Outcome]) -> bytes:
    return rendered(Workbook(), outcomes)


def test_the_sheets_hold_the_same_cells_as_csv(outcomes: list[Outcome], data: bytes) -> None:
    """Reviews and Criteria are the tables that CSV has, cell by cell."""
    for name, text in (
        ("Reviews", rendered_text(Csv(), outcomes)),
        ("Criteria", rendered_text(LongCsv(), outcomes)),
    ):
        wanted = [dict(row) for row in csv.DictReader(io.StringIO(text, newline=""))]
        found = rows_of(opened(data)[name])
        assert [{key: shown(value) for key, value in row.items()} for row in found] == wanted


def shown(value: Any) -> str:
    """A cell as CSV has it."""
    if isinstance(value, datetime):
        return value.date().isoformat()
    return "" if value is None else str(value)


def test_numbers_are_numbers_and_text_is_text(data: bytes) -> None:
    """Our figures are numbers for both readers; everything else is text, `007` too."""
    for row in rows_of(opened(data)["Reviews"]):
        for name, value in row.items():
            if name in NUMBERS or name.endswith(".percent"):
                assert isinstance(value, int | float), name
            elif name in DAYS:
                assert value is None or isinstance(value, datetime), name
            else:
                assert value is None or isinstance(value, str), name
    head, *rows = by_calamine(data, "Reviews")
    for row in rows:
        for name, value in zip(head, row, strict=True):
            numeric = name in NUMBERS or name.endswith(".percent")
            if name in DAYS and value:
                assert value == date(2016, 5, 4)
            else:
                assert isinstance(value, float if numeric else str), name
    assert datetime(2016, 5, 4) in {row["date"] for row in rows_of(opened(data)["Criteria"])}
    assert "007" in {row["reference"] for row in rows_of(opened(data)["Reviews"])}


def test_filters_frozen_heads_and_rules_are_there(data: bytes) -> None:
    """Each table has a filter over all of it, its head and ids stay in sight, colours by rule."""
    book = opened(data)
    assert book.sheetnames == ["Reviews", "Summary", "Criteria"]
    for name in ("Reviews", "Criteria"):
        sheet = book[name]
        assert sheet.freeze_panes == "B2"
        assert sheet.auto_filter.ref == sheet.dimensions
        assert sheet.print_title_rows == "$1:$1"
    ruled = {
        book["Reviews"].cell(1, column).value
        for area in book["Reviews"].conditional_formatting
        for cells in area.sqref.ranges
        for column in range(cells.min_col, cells.max_col + 1)
    }
    assert ruled >= {
        *("meets_expected", "band_rests_on_not_applicable", "little_observed"),
        *("critical_missed", "percent", "welcome.percent", "close.percent"),
    }
    rules = [rule for area in book["Criteria"].conditional_formatting for rule in area.rules]
    assert [rule.formula for rule in rules] == [["$I2<$J2"], ['$H2="n/a"']]


def test_the_score_is_on_the_first_screen(data: bytes) -> None:
    """Whose, when and the score come first, within the 130 or so characters of a small screen."""
    sheet = opened(data)["Reviews"]
    head = [cell.value for cell in next(sheet.iter_rows())]
    assert head[:8] == [
        *("id", "advisor", "team", "date", "channel", "percent", "band", "observed_percent")
    ]
    assert head[-1] == "path"
    widths = [column.width for column in sheet.column_dimensions.values()]
    assert sum(widths[: head.index("band") + 1]) < 130


def test_it_prints_as_wide_as_a_page(data: bytes) -> None:
    """Each sheet is a page wide, its head on every page; the foot says which columns it has not."""
    book = opened(rendered(Workbook(), hostile.outcomes(hostile.BRIEF), by=("advisor",)))
    for sheet in book.worksheets:
        assert (sheet.page_setup.fitToWidth or 1, sheet.page_setup.fitToHeight) == (1, 0)
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert sheet.page_setup.paperSize == 9
        if sheet.title != "Summary":
            assert sheet.page_setup.orientation == "landscape"
            assert sheet.print_title_rows == "$1:$1"
    sheet = opened(data)["Reviews"]
    assert sheet.print_area == f"'Reviews'!$A$1:$K${sheet.max_row}"
    said = f"The first 11 of {sheet.max_column} columns; the sheet has the others"
    assert sheet.oddFooter.left.text == said


def test_the_summary_says_what_the_batch_came_to(outcomes: list[Outcome], data: bytes) -> None:
    """Means are numbers shown as percentages; inputs without a score stand below, with why."""
    (wanted,) = json.loads(rendered(JsonEnvelope(), outcomes))["summary"]["rubrics"]
    sheet = opened(data)["Summary"]
    said = {row[0].value: row[1] for row in sheet.iter_rows() if row[0].value}
    assert said["reviews"].value == wanted["reviews"] == 5
    assert said["mean"].value == wanted["mean_percent"]
    assert said["mean of what was observed"].value == wanted["mean_observed_percent"]
    assert said["mean"].number_format == '0.0#########"%"'
    assert {name: said[f"band: {name}"].value for name in wanted["bands"]} == wanted["bands"]
    assert said["below expected"].value == wanted["below_expected"]
    assert said["missed a critical criterion"].value == wanted["critical"]
    assert said["with an open dispute"].value == wanted["provisional"]
    assert "Small standard (small@1)" in said
    assert "One part of the picture. A person decides." in said
    unscored = [[cell.value for cell in row] for row in sheet.iter_rows() if row[2].value]
    unscored = [row for row in unscored if isinstance(row[2], str)]
    assert [row[1:] for row in unscored] == [
        [
            "not scored: unknown-rating",
            "this is no rating of this criterion: its ratings are met, not met or n/a (and 3 more)",
        ]
    ]
    assert said["f-draft.yaml"].value == "skipped: draft"


def test_groups_are_tables_of_numbers(outcomes: list[Outcome]) -> None:
    """Each grouping is a sheet with a table: figures are numbers, months and days are dates."""
    rests = next(one for one in outcomes if isinstance(one, Scored) and one.id == "d-rests")
    data = rendered(Workbook(), [*outcomes, *[rests] * 5], by=("advisor", "channel,month", "date"))
    (wanted,) = [
        one
        for one in json.loads(rendered(JsonEnvelope(), [*outcomes, *[rests] * 5], by=("channel",)))[
            "summary"
        ]["groups"]
        if one["value"] == "phone"
    ]
    book = opened(data)
    assert book.sheetnames == [
        *("Reviews", "Summary", "By advisor", "By channel and month", "By date", "Criteria")
    ]
    sheet = book["By channel and month"]
    (table,) = sheet.tables.values()
    assert table.ref == sheet.dimensions
    row = rows_of(sheet)[0]
    assert row == {
        "channel": "phone",
        "month": datetime(2016, 5, 1),
        "Reviews": 6,
        "Mean": wanted["mean_percent"],
        "Observed": wanted["mean_observed_percent"],
        "n/a adds": round(wanted["mean_percent"] - wanted["mean_observed_percent"], 2),
        "Median": wanted["median_percent"],
        "Lowest": wanted["least_percent"],
        "Highest": wanted["most_percent"],
        "Meet what is expected": wanted["meets_expected"],
        "Critical missed": 0,
        "Open dispute": 0,
        "Note": None,
    }
    cells = {cell.value: cell for cell in sheet[2]}
    assert cells[row["Mean"]].number_format == '0.0#########"%"'
    assert cells[row["month"]].number_format == "yyyy-mm"
    assert rows_of(book["By date"])[0]["date"] == datetime(2016, 5, 4)
    few = rows_of(book["By advisor"])[0]
    assert (few["advisor"], few["Reviews"], few["Mean"]) == ("Ann", 1, None)
    assert few["Note"] == "too few to compare"
    assert by_calamine(data, "By advisor")[1][:2] == ["Ann", 1.0]


def test_headings_and_sheets_are_told_apart(outcomes: list[Outcome]) -> None:
    """A field may be called as anything: a table has no heading twice, a book no sheet."""
    by = (
        "advisor,ADVISOR,Reviews",
        "a/b[c]:*?'" + "é" * 60,
        "a/b[c]:*?'" + "é" * 61,
        "=cmd|'/c'!A0",
    )
    book = opened(rendered(Workbook(), outcomes, by=by))
    assert all(len(name) <= 31 for name in book.sheetnames)
    assert len(book.sheetnames) == 3 + len(by)
    for name in book.sheetnames[2:-1]:
        (table,) = book[name].tables.values()
        heads = [column.name for column in table.tableColumns]
        assert len({head.casefold() for head in heads}) == len(heads)
        assert [cell.value for cell in book[name][1]] == heads
        assert {cell.data_type for row in book[name].iter_rows() for cell in row} <= {"s", "n"}


def test_days_that_a_spreadsheet_has_not_are_text(outcomes: list[Outcome]) -> None:
    """Spreadsheets do not agree on the days before March 1900."""
    scored = next(one for one in outcomes if isinstance(one, Scored) and one.id == "d-rests")
    for day, written in (("1900-02-28", "1900-02-28"), ("1900-03-01", datetime(1900, 3, 1))):
        review = with_changes(scored.result.review, interaction={"date": day})
        changed = scored._replace(result=scored.result._replace(review=review))
        data = rendered(Workbook(), [changed], by=("date", "month"))
        assert rows_of(opened(data)["Reviews"])[0]["date"] == written
        assert rows_of(opened(data)["By date"])[0]["date"] == written


def test_counts_in_the_summary_are_numbers() -> None:
    """How often a criterion was missed or n/a is a number, and so is of how many."""
    sheet = opened(rendered(Workbook(), [_with_comment("x")] * 2))["Summary"]
    said = {row[0].value: row for row in sheet.iter_rows() if row[0].value}
    assert [cell.value for cell in said["    B"][1:]] == [2, 2]
    assert said["    B"][2].number_format == '"of "0'


def kept(text: str) -> str:
    """A text as a sheet holds it: without what XML 1.0 cannot have (section 2.2, Char)."""
    whole = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(
        one if one in "\t\n" or (one >= " " and one not in "\ufffe\uffff") else f"\\u{ord(one):04x}"
        for one in whole
    )


def test_what_a_review_wrote_is_kept(outcomes: list[Outcome]) -> None:
    """Joiners, marks of direction and emoji of several signs stand in the cell as in the review."""
    written = "می\u200cخواهم \u202bשלום\u202c \U0001f469\u200d\U0001f469\u200d\U0001f467 a\x0bb"
    scored = next(one for one in outcomes if isinstance(one, Scored))
    review = with_changes(scored.result.review, advisor=written)
    changed = scored._replace(result=scored.result._replace(review=review))
    [row] = rows_of(opened(rendered(Workbook(), [changed]))["Reviews"])
    assert row["advisor"] == written.replace("\x0b", "\\u000b")


@cache
def hostile_workbook() -> bytes:
    """A workbook of hostile reviews."""
    return rendered(Workbook(), hostile.outcomes(), by=("advisor,team",))


@cache
def hostile_sheets() -> Any:
    """That workbook as another library reads it."""
    return opened(hostile_workbook())


@pytest.mark.parametrize("name", ["Reviews", "Criteria", "Summary", "By advisor and team"])
def test_hostile_text_is_text_and_comes_back(name: str) -> None:
    """No cell is a formula, an error or a link; every text comes back, cut where a cell ends."""
    data = hostile_workbook()
    found = set()
    for row in hostile_sheets()[name].iter_rows():
        for cell in row:
            assert cell.data_type in "snd", cell.value
            assert cell.hyperlink is None
            if isinstance(cell.value, str) and (mark := hostile.MARK.search(cell.value)):
                whole = kept(hostile.HOSTILE.replace("FIELD", mark[0]))
                shown = cell.value.removesuffix("…")
                start = max(0, shown.index("=cmd|"))
                assert whole.startswith(shown[start:]) or whole in shown
                assert len(cell.value.encode("utf-16-le")) <= 2 * LONGEST_CELL
                assert cell.quotePrefix
                found.add(mark[0])
    assert found
    seen = {
        mark[0]
        for row in by_calamine(data, name)
        for value in row
        if isinstance(value, str) and (mark := hostile.MARK.search(value))
    }
    assert seen == found


def test_no_part_of_the_file_can_act() -> None:
    """No formula outside the rules for colours, no macro, no link, nothing fetched."""
    data = rendered(Workbook(), hostile.outcomes(hostile.BRIEF))
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert not [n for n in archive.namelist() if re.search("vba|extern|hyperlink|media", n)]
        for name in archive.namelist():
            text = archive.read(name).decode("utf-8")
            for element in ET.fromstring(text).iter():  # noqa: S314 - our own file
                tag = element.tag.rpartition("}")[2]
                assert tag not in ("hyperlink", "dataValidation", "oleObject")
                assert tag != "c" or [one.tag for one in element if one.tag.endswith("}f")] == []
                if tag == "Relationship":
                    assert element.get("TargetMode") != "External"
                if tag == "definedName":
                    assert element.get("name", "").startswith("_xlnm.")


def test_a_cell_is_cut_by_the_units_that_excel_counts() -> None:
    """A cell holds 32,767 UTF-16 units: 20,000 faces are cut, not lost, and between faces."""
    text = "😀" * 20_000
    written = sheets.cut(text)
    assert written == "😀" * 16_383 + "…"
    assert sheets.cut("x" * LONGEST_CELL) == "x" * LONGEST_CELL
    assert sheets.cut("x" * (LONGEST_CELL + 1)) == "x" * (LONGEST_CELL - 1) + "…"


def test_what_was_cut_is_told() -> None:
    """A text that no cell can hold is cut, and the summary says so and where all of it is."""
    for comment, told in (("x" * LONGEST_CELL, False), ("x" * LONGEST_CELL + "…", True)):
        sheet = opened(rendered(Workbook(), [_with_comment(comment)]))["Summary"]
        said = {row[0].value for row in sheet.iter_rows()}
        line = "1 text cut: a cell holds 32,767 characters; csv and json hold all of it"
        assert (line in said) is told


def test_lines_and_escapes_of_a_comment_are_kept() -> None:
    """Line breaks stay line breaks, and a text that looks like Excel's own escape stays a text."""
    comment = "first\r\nsecond\tafter a tab\nthird _x0041_ \x1b"
    data = rendered(Workbook(), [_with_comment(comment)])
    (cell,) = {row["comment"] for row in rows_of(opened(data)["Criteria"])} - {None}
    assert _unescaped(cell) == "first\nsecond\tafter a tab\nthird _x0041_ \\u001b"
    head, *rows = by_calamine(data, "Criteria")
    values = {row[head.index("comment")] for row in rows}
    assert "first\nsecond\tafter a tab\nthird _x0041_ \\u001b" in values


def _unescaped(text: str) -> str:
    """Openpyxl leaves `_x005F_`, which stands for the underscore of an escape, as it is."""
    return text.replace("_x005F_", "_")


def _with_comment(comment: str) -> Scored:
    from documents import review_from, rubric_from, scored

    rubric = rubric_from(
        'id: r\nversion: "1"\ntitle: R\nsections: [{id: s, title: S, criteria: '
        "[{id: a, title: A}, {id: b, title: B}]}]"
    )
    result = scored(rubric, review_from("ratings: {s: {a: met, b: not met}}"))
    section = result.sections[0]
    first = section.criteria[0]
    from charter_score.review import Rated

    changed = first._replace(rated=Rated(rating="met", comment=comment))
    section = section._replace(criteria=(changed, *section.criteria[1:]))
    return Scored("r.yaml", "r", "0", "0", result._replace(sections=(section,)))


def test_rows_that_a_sheet_cannot_hold_go_on_another(
    outcomes: list[Outcome], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is lost where a sheet is full: the rows go on on the next one, with their head."""
    monkeypatch.setattr(workbook, "MOST_ROWS", 11)
    book = opened(rendered(Workbook(), outcomes))
    assert book.sheetnames == ["Reviews", "Summary", "Criteria", "Criteria 2", "Criteria 3"]
    rows = [row for name in book.sheetnames[2:5] for row in rows_of(book[name])]
    assert len(rows) == 30
    assert {name for row in rows for name in row} >= {"id", "rating", "comment"}


def test_columns_that_a_sheet_cannot_hold_are_counted(
    outcomes: list[Outcome], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Fields of a hostile review cannot push the results out of the sheet."""
    monkeypatch.setattr(workbook, "MOST_COLUMNS", 29)
    book = opened(rendered(Workbook(), outcomes))
    head = [cell.value for cell in next(book["Reviews"].iter_rows())]
    assert len(head) == 29
    assert {"welcome.percent", "close.percent"} <= set(head)
    assert "interaction.topic" not in head
    said = [row[0].value for row in book["Summary"].iter_rows()]
    assert "1 column left out: a sheet holds 29" in said


def test_no_clock_is_in_the_file(outcomes: list[Outcome]) -> None:
    """The same reviews give the same bytes, whenever."""
    once, again = (rendered(Workbook(), outcomes) for _ in range(2))
    assert once == again
    assert opened(once).properties.created == datetime(2016, 1, 1)


def test_without_the_extra_the_way_to_it_is_told() -> None:
    """Where XlsxWriter is missing the format is refused with what to install."""
    code = (
        "import sys; sys.modules['xlsxwriter'] = None\n"
        "from charter_score.__main__ import main\n"
        "sys.argv = ['charter-score', 'score', 'examples/plymouth', '-f', 'xlsx']\n"
        "main()"
    )
    root = Path(__file__).resolve().parents[4]
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=root, capture_output=True, check=False, timeout=60
    )
    assert done.returncode == 2
    assert b"pip install 'charter-score[excel]'" in done.stderr
    assert done.stdout == b""


@needs.LIBREOFFICE
@pytest.mark.long
def test_libreoffice_opens_and_prints_it(tmp_path: Path, data: bytes) -> None:
    """LibreOffice makes a PDF of it (7.4 crashed over truth values under rules for colours)."""
    (tmp_path / "team.xlsx").write_bytes(data)
    subprocess.run(
        [
            *(str(needs.OFFICE), "--headless", f"-env:UserInstallation=file://{tmp_path}/profile"),
            *("--convert-to", "pdf", "--outdir", str(tmp_path), str(tmp_path / "team.xlsx")),
        ],
        check=True,
        capture_output=True,
        timeout=120,
    )
    assert (tmp_path / "team.pdf").stat().st_size > 10_000


def test_paper_takes_a_thousand_rows(outcomes: list[Outcome]) -> None:
    """A long sheet prints its first rows on pages as wide as it is, and their foot says so."""
    low = next(one for one in outcomes if isinstance(one, Scored))
    many = [low._replace(path=f"{number}.yaml", id=str(number)) for number in range(300)]
    for reviews, printed in ((many, 1_001), (many[:100], 501)):
        sheet = opened(rendered(Workbook(), reviews))["Criteria"]
        assert sheet.print_area.endswith(f"${printed}")
        assert sheet.print_title_rows == "$1:$1"
        assert (sheet.page_setup.fitToWidth or 1, sheet.page_setup.fitToHeight) == (1, 0)
        said = "1,000 of 1,500 rows" if len(reviews) == 300 else "columns; the sheet has the others"
        assert said in str(sheet.oddFooter.left.text)
