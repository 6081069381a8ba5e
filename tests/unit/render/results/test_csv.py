"""CSV, read back by Python's csv module and as spreadsheets of other habits would read it."""

import csv
import io
import json
import re
import subprocess
import tracemalloc
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest

import hostile
import needs
from batches import batch, closing, rendered, rendered_text
from charter_score.figures import Figure
from charter_score.outcome import Outcome, Scored
from charter_score.render.results import table
from charter_score.render.results.csv import Csv, LongCsv, cell_text, line_of
from charter_score.render.results.json import JsonEnvelope
from charter_score.summary import Summary

SIGNS = "=+-@＝＋－＠"
UNSEEN = "".join(map(chr, (*range(0x20), *range(0x7F, 0xA0), *range(0x200B, 0x2010), 0x2060)))


def is_formula(cell: str) -> bool:
    """Whether a spreadsheet could take the cell for a formula: spaces and the unseen go first."""
    return cell.strip(UNSEEN + "\ufeff\u3000\u2028\u2029 \xa0")[:1] in tuple(SIGNS)


def is_number(cell: str) -> bool:
    return re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", cell) is not None


def rows_of(text: str) -> list[dict[str, str]]:
    """The file as `csv` reads it, strictly."""
    head, *rows = csv.reader(io.StringIO(text, newline=""), strict=True)
    assert len(set(head)) == len(head)
    assert {len(row) for row in rows} <= {len(head)}
    return [dict(zip(head, row, strict=True)) for row in rows]


def undefused(cell: str) -> str:
    """The text that was written: a `'` at the start of a cell, or behind a separator, is ours."""
    return re.sub(rf"(^|[;\t\r\n])'(?=[\t\r\n]|[^\S\t\r\n]*[{re.escape(SIGNS)}])", r"\1", cell)


def test_a_row_has_the_figures_of_the_json_document(tmp_path: Path) -> None:
    """One row a scored review, its columns in the order of the contract, its figures the wire's."""
    outcomes = batch(tmp_path)
    rows = rows_of(rendered_text(Csv(), outcomes))
    assert list(rows[0]) == [
        *("id", "path", "rubric", "version", "advisor", "reviewer", "team"),
        *("status", "reviewed", "selection", "date", "channel", "reference", "interaction.topic"),
        *("earned", "available", "share", "percent", "observed_percent", "uplift", "band"),
        *("band_observed", "band_rests_on_not_applicable", "little_observed", "meets_expected"),
        *("critical_missed", "below_section_minimum", "needs", "welcome.percent", "close.percent"),
    ]
    results = json.loads(
        rendered(JsonEnvelope(), outcomes), parse_int=Decimal, parse_float=Decimal
    )["results"]
    assert len(rows) == len(results) == 6
    for row, result in zip(rows, results, strict=True):
        assert row["id"] == result["review"]["id"]
        assert row["path"] == result["review"]["path"]
        assert (row["rubric"], row["version"]) == ("small", "1")
        assert Decimal(row["earned"]) == result["score"]["earned"]
        assert Decimal(row["available"]) == result["score"]["available"]
        assert row["share"] == result["score"]["share"]
        assert Decimal(row["percent"]) == result["score"]["percent"]
        assert Decimal(row["observed_percent"]) == result["observed"]["percent"]
        assert Decimal(row["uplift"]) == result["observed"]["uplift"]
        assert row["band"] == result["band"]
        assert row["band_observed"] == result["band_observed"]
        for name in ("band_rests_on_not_applicable", "little_observed", "meets_expected"):
            assert row[name] == str(result[name]).lower()
        assert row["critical_missed"] == "; ".join(result["critical_missed"])
        assert int(row["needs"]) == len(result["development_needs"])
        for section in result["sections"]:
            assert Decimal(row[f"{section['id']}.percent"]) == section["score"]["percent"]
    assert rows[3]["interaction.topic"] == "bins; tax"
    assert (rows[3]["date"], rows[3]["reference"]) == ("2016-05-04", "007")


def test_a_long_row_is_a_criterion(tmp_path: Path) -> None:
    """`--long` has a row for each criterion, with the comment that was written."""
    rows = rows_of(rendered_text(LongCsv(), batch(tmp_path)))
    assert list(rows[0]) == [
        *("id", "advisor", "reviewer", "team", "date", "channel", "section", "section_title"),
        *("criterion", "criterion_title", "rating", "earned", "available", "comment"),
        "causes",
        *("status", "rubric", "version"),
    ]
    assert len(rows) == 6 * 5
    assert {"id": "b-low", "advisor": "Ben", "reviewer": "", "team": "", "date": "", "channel": "",
            "section": "welcome", "section_title": "Welcome", "criterion": "tone",
            "criterion_title": "Tone of voice", "rating": "not met", "earned": "0",
            "available": "2", "comment": "Rushed", "causes": "", "status": "final",
            "rubric": "small", "version": "1"} in rows  # fmt: skip
    assert {(row["date"], row["channel"]) for row in rows if row["id"] == "d-rests"} == {
        ("2016-05-04", "phone")
    }


def test_lines_end_as_the_standard_says(tmp_path: Path) -> None:
    """RFC 4180: lines end with CR LF, the last one too; UTF-8 without a mark."""
    written = rendered(Csv(), batch(tmp_path))
    assert written.count(b"\n") == written.count(b"\r\n") == 7
    assert written.endswith(b"\r\n")
    assert not written.startswith(b"\xef\xbb\xbf")


@pytest.mark.parametrize("kind", [Csv, LongCsv])
def test_a_file_begins_with_a_mark(kind: type[Csv] | type[LongCsv], tmp_path: Path) -> None:
    """The mark comes once and first, also of no review; the rest is what it is without it."""
    for outcomes in (batch(tmp_path), []):
        marked = rendered(kind(mark=True), outcomes)
        assert marked == b"\xef\xbb\xbf" + rendered(kind(), outcomes)


@pytest.mark.parametrize("start", ["", " ", "\t", "\n", "\u3000", "\u200b", "\xa0 "])
@pytest.mark.parametrize("sign", SIGNS)
def test_no_text_begins_a_formula(start: str, sign: str) -> None:
    """A text that begins like a formula gets a `'`, which comes before everything else."""
    assert cell_text(start + sign + "1").startswith("'")


@pytest.mark.parametrize("text", ["\tx", "\rx", "\nx"])
def test_a_text_that_begins_with_a_break_is_defused(text: str) -> None:
    """Tab, CR and LF at the start count as the beginning of a formula too."""
    assert cell_text(text) == "'" + text


@pytest.mark.parametrize("text", ["a=b", "1-1", "x @y", "17/20", "'quoted'", "00123", "Zoë O'Neil"])
def test_other_text_stays_as_it_is(text: str) -> None:
    """Nothing is put in front of text that no spreadsheet takes for a formula."""
    assert cell_text(text) == text


def test_our_own_figures_stay_numbers() -> None:
    """A negative number of ours is no formula; the same text from a review is one."""
    assert cell_text(Figure("-2.5")) == "-2.5"
    assert cell_text("-2.5") == "'-2.5"
    assert (cell_text(None), cell_text(True), cell_text(False)) == ("", "true", "false")


@pytest.mark.parametrize("kind", [Csv, LongCsv])
def test_hostile_text_comes_back(kind: type[Csv] | type[LongCsv]) -> None:
    """Every text comes back to the last letter, but for the `'` in front of formulas."""
    text = rendered_text(kind(), hostile.outcomes())
    found = set()
    for row in rows_of(text):
        for name, cell in row.items():
            for part in (name, cell):
                for mark in hostile.MARK.finditer(part):
                    expected = hostile.HOSTILE.replace("FIELD", mark[0])
                    assert expected in undefused(part)
                    found.add(mark[0][6:-4])
    wanted = {"review-id", "level-middle", "scale-low", "comment-tone", "comment-absent"}
    if kind is Csv:
        wanted = {"review-id", "path", "version", "advisor", "reviewer", "team", "channel"}
        wanted |= {"reference", "interaction-name", "interaction-one", "interaction-other"}
        wanted |= {"band-low", "band-middle", "applies-field", "applies-value"}
    assert found >= wanted


@pytest.mark.parametrize("kind", [Csv, LongCsv])
@pytest.mark.parametrize(
    ("separator", "quoting"),
    [
        (",", csv.QUOTE_MINIMAL),
        (";", csv.QUOTE_MINIMAL),
        ("\t", csv.QUOTE_MINIMAL),
        (";", csv.QUOTE_NONE),
        ("\t", csv.QUOTE_NONE),
    ],
)
def test_no_spreadsheet_finds_a_formula(
    kind: type[Csv] | type[LongCsv], separator: str, quoting: int
) -> None:
    """Whatever separates cells where the file is opened, no cell is a formula."""
    text = rendered_text(kind(), hostile.outcomes(hostile.BRIEF))
    reader = csv.reader(
        io.StringIO(text.replace("\0", " "), newline=""), delimiter=separator, quoting=quoting
    )
    seen = 0
    for row in reader:
        for cell in row:
            seen += "cmd|" in cell
            assert is_number(cell) or not is_formula(cell), cell[:80]
    assert seen


def test_a_field_and_a_section_may_have_one_title(tmp_path: Path) -> None:
    """A field `percent` of the interaction and a section `interaction` are two columns."""
    from charter_score.render.results.table import Columns, ReviewRow, review_row

    scored = next(one for one in batch(tmp_path) if isinstance(one, Scored))
    row = review_row(scored)
    row = ReviewRow(
        row.cells, {"interaction.percent": "theirs"}, {"interaction.percent": Figure("50")}
    )
    columns = Columns()
    columns.take_in(row)
    columns.settle()
    pairs = list(zip(columns.titles, columns.cells(row), strict=True))
    assert ("interaction.percent", "theirs") in pairs
    assert ("interaction.percent", "50") in pairs


def test_rows_do_not_wait_in_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Many rows take no more memory than a few, since they wait on the disk."""
    scored = next(one for one in batch(tmp_path) if isinstance(one, Scored))
    monkeypatch.setattr(table, "_SPOOLED", 200_000)
    renderer = Csv()
    piece = renderer.piece(scored)
    for _ in range(1_000):
        renderer.add(piece)
    tracemalloc.start()
    for _ in range(2_000):
        renderer.add(piece)
    held = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    ending = closing(Summary())
    assert sum(1 for _ in renderer.end(ending)) == 3_001
    assert held < 300_000


def test_a_line_quotes_whatever_could_separate_cells() -> None:
    """Spreadsheets take tabs, semicolons and bars for separators too."""
    cells = ["a", "b;c", "d\te", 'f"g', "h,i", "j\nk", "l|m", "n o"]
    assert line_of(cells) == 'a,"b;c","d\te","f""g","h,i","j\nk","l|m",n o\r\n'


@needs.LIBREOFFICE
@pytest.mark.long
def test_libreoffice_finds_no_formula(tmp_path: Path) -> None:
    """LibreOffice itself, told that commas, semicolons and tabs separate, makes no formula."""
    outcomes: list[Outcome] = hostile.outcomes(hostile.BRIEF)
    (tmp_path / "long.csv").write_bytes(rendered(LongCsv(), outcomes).replace(b"\0", b" "))
    subprocess.run(
        [
            *(str(needs.OFFICE), "--headless", f"-env:UserInstallation=file://{tmp_path}/profile"),
            *("--infilter=CSV:44/59/9,34,76", "--convert-to", "xlsx", "--outdir", str(tmp_path)),
            str(tmp_path / "long.csv"),
        ],
        check=True,
        capture_output=True,
        timeout=120,
    )
    sheet = openpyxl.load_workbook(tmp_path / "long.xlsx").active
    cells = [cell for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert any("cmd|" in str(cell.value) for cell in cells)
    assert [cell.value for cell in cells if cell.data_type == "f"] == []
