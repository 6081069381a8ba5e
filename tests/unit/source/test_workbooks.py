"""Workbooks of strangers: every format of a form, every sheet of it, and a reader that dies."""

import io
import os
import random
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.comments import Comment

import needs
import spreadsheets
from charter_score.diagnostics import Diagnostic, Location
from charter_score.errors import DocumentError
from charter_score.filling.form_writer import review_form
from charter_score.forms.contract import About, RowKey, row_key
from charter_score.outcome import Failed, Outcome, Scored
from charter_score.pipeline import Job, Scoring
from charter_score.review import Rated, Review
from charter_score.scalars import Value
from charter_score.source import workbook_checks, workbook_process, workbooks
from charter_score.source.document import Document
from charter_score.source.reading import read_document, read_documents
from documents import rubric_from
from spreadsheets import Formula, Grids, Wrong

RUBRIC = """\
id: small
version: "1"
title: A small standard
fields:
  topic: {values: [bins, rent], many: true}
sections:
  - id: start
    title: Start
    criteria:
      - {id: greeting, title: Greeting, comment: when_missed}
      - {id: answer, title: Answer}
"""
REVIEW = Review(
    rubric="small@1",
    advisor="Ann",
    interaction={"topic": ("bins", "rent"), "reference": "00417"},
    ratings={
        "start": {
            "greeting": Rated(rating="met", comment="Warm,\nnot hurried"),
            "answer": Rated(rating="n/a"),
        }
    },
    notes="two \u202bwords\u202c",
)
FORM = review_form(rubric_from(RUBRIC), "small@1", REVIEW)
EVERY_FORMAT = pytest.mark.parametrize("ending", spreadsheets.FORMATS)


def found_in(data: bytes, name: str = "form.xlsx") -> list[Document | DocumentError]:
    return list(read_documents(data, name))


def diagnostics_in(data: bytes, name: str = "form.xlsx") -> list[Diagnostic]:
    """Everything that is told of one document."""
    [one] = found_in(data, name)
    return list(one.diagnostics)


def values_in(document: Document | DocumentError) -> dict[str, Value]:
    assert isinstance(document, Document)
    assert isinstance(document.value, dict)
    return document.value


def row_of(sheets: Grids, key: str, sheet: str = "Review") -> int:
    """The row of a form, from 0, that asks for something."""
    return next(n for n, row in enumerate(sheets[sheet]) if row and row[0] == key)


def with_cell(key: str, column: int, cell: spreadsheets.Content) -> Grids:
    """The cells of the form, with another one in a row (columns from 1)."""
    sheets = spreadsheets.grids(FORM)
    sheets["Review"][row_of(sheets, key)][column - 1] = cell
    return sheets


class Book:
    """The form in the hands of somebody with a spreadsheet program."""

    def __init__(self, data: bytes = FORM) -> None:
        self.book = openpyxl.load_workbook(io.BytesIO(data))
        self.sheet = self.book["Review"]

    def copy(self, title: str, **ratings: str) -> None:
        """A copy of the sheet, with other ratings."""
        copy = self.book.copy_worksheet(self.sheet)
        copy.title = title
        for row in copy.iter_rows(max_col=1):
            for criterion, rating in ratings.items():
                if row[0].value == f"start.{criterion}":
                    copy.cell(row[0].row, 5, rating)

    def row(self, key: str) -> int:
        """The first row with a key."""
        return next(int(cell.row) for cell in self.sheet["A"] if cell.value == key)

    def data(self) -> bytes:
        """The workbook as that program saves it."""
        stream = io.BytesIO()
        self.book.save(stream)
        return stream.getvalue()


@pytest.fixture(autouse=True)
def _a_reader_of_its_own() -> Iterator[None]:
    """No test finds the process of another, or leaves one behind."""
    workbooks.stop()
    yield
    workbooks.stop()


# ── Formats ───────────────────────────────────────────────────────────────────────────────────────


@EVERY_FORMAT
def test_a_form_says_the_same_in_every_format(ending: str) -> None:
    """Saved in another format a form is the same review, with its places."""
    data = spreadsheets.FORMATS[ending](spreadsheets.grids(FORM))
    document = read_document(data, f"form.{ending}")
    wanted = read_document(FORM, "form.xlsx")
    assert document.value == wanted.value
    assert not document.diagnostics
    for route in (("ratings", "start", "answer"), ("interaction", "topic", 1), ("notes",)):
        assert document.locate(route) == wanted.locate(route)


def test_a_form_with_macros_is_a_form() -> None:
    """An .xlsm is an .xlsx with another name for its kind."""
    assert read_document(FORM, "form.xlsm").value == read_document(FORM, "form.xlsx").value


@EVERY_FORMAT
def test_a_workbook_of_somebody_is_no_form(ending: str) -> None:
    """A workbook without the mark is called what it is, in every format."""
    data = spreadsheets.FORMATS[ending]({"Sheet1": [["Name", "Score"], ["Ann", 4.0]]})
    assert [one.code for one in diagnostics_in(data, f"x.{ending}")] == ["not-a-form"]


@EVERY_FORMAT
def test_numbers_are_what_was_typed(ending: str) -> None:
    """A number in a cell is its shortest text, as in .xlsx."""
    data = spreadsheets.FORMATS[ending](with_cell("interaction:reference", 5, 417.0))
    values = values_in(read_document(data, f"form.{ending}"))
    assert values["interaction"]["reference"] == "417"  # type: ignore[call-overload,index]


@pytest.mark.parametrize("ending", ["ods", "xlsb"])
@pytest.mark.parametrize(("cell", "code"), [(Formula("met"), "formula"), (Wrong(), "cell-error")])
def test_formulas_and_errors_are_told(ending: str, cell: spreadsheets.Content, code: str) -> None:
    """Where a format says so, a cell whose value is not its own is named and not read."""
    sheets = with_cell("start.greeting", 5, cell)
    [told] = diagnostics_in(spreadsheets.FORMATS[ending](sheets), f"form.{ending}")
    place = Location(row_of(sheets, "start.greeting") + 1, 5)
    assert (told.code, told.sheet, told.location) == (code, "Review", place)


def _far(sheets: Grids) -> Grids:
    return {"Review": [*sheets["Review"], *[[]] * 10_000, ["far below"]]}


def _wide(sheets: Grids) -> Grids:
    return {"Review": [*sheets["Review"], [*[None] * 200, "far right"]]}


@EVERY_FORMAT
@pytest.mark.parametrize("spread", [_far, _wide])
def test_a_sheet_ends_where_a_form_can(ending: str, spread: Callable[[Grids], Grids]) -> None:
    """A value far away is named, and no room is made for what lies before it."""
    data = spreadsheets.FORMATS[ending](spread(spreadsheets.grids(FORM)))
    [told] = diagnostics_in(data, f"form.{ending}")
    assert told.code == "sheet-too-large"
    assert told.location is not None
    assert max(told.location.line / 10_000, told.location.column / 100) > 1


@pytest.mark.parametrize("ending", ["xlsx", "ods", "xlsb"])
def test_a_large_table_is_no_form_that_is_too_large(ending: str) -> None:
    """A workbook without any form is only that, however far its values stand."""
    sheets: Grids = {"Sheet1": [["Name"], *[[]] * 10_000, ["far below"]]}
    if ending == "xlsx":
        book = Book()
        del book.book["Review"]
        book.book.create_sheet("Sheet1")["A20000"] = "far below"
        data = book.data()
    else:
        data = spreadsheets.FORMATS[ending](sheets)
    assert [one.code for one in diagnostics_in(data, f"x.{ending}")] == ["not-a-form"]


def ods(old: str, new: str, part: str = "content.xml") -> bytes:
    """The form as .ods, with something else in one of its parts."""
    data = spreadsheets.as_ods(spreadsheets.grids(FORM))
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    assert old.encode() in parts[part]
    parts[part] = parts[part].replace(old.encode(), new.encode(), 1)
    return spreadsheets.packed(parts)


ROW, CELL = "<table:table-row>", '<table:table-cell office:value-type="string">'
MANY_ZEROS = "0" * 20 + "999999999999999"
BAD_ODS: dict[str, tuple[str, tuple[str, ...]]] = {
    "a row repeated": (
        "sheet-too-large", (ROW, ROW.replace(">", ' table:number-rows-repeated="900000">')),
    ),
    "a cell repeated": (
        "sheet-too-large", (CELL, CELL.replace(">", ' table:number-columns-repeated="5000">')),
    ),
    "a count behind zeros": (
        "not-a-workbook",
        (ROW, ROW.replace(">", f' table:number-rows-repeated="{MANY_ZEROS}">')),
    ),
    "no number": (
        "not-a-workbook", (ROW, ROW.replace(">", ' table:number-rows-repeated="-1">')),
    ),
    "entities": (
        "not-a-workbook",
        ("<office:document", '<!DOCTYPE x [<!ENTITY a "a">]><office:document'),
    ),
    "a password": (
        "password-protected",
        ("</manifest:manifest>", "<manifest:encryption-data/></manifest:manifest>",
         "META-INF/manifest.xml"),
    ),
    "a bomb": ("too-large", ("Greeting", "A" * 30_000_000)),
    "damage": ("not-a-workbook", ("</office:body>", "")),
}  # fmt: skip
"""The code that each gets, and what is put in place of what in which part."""


@pytest.mark.parametrize("name", BAD_ODS)
def test_a_bad_open_document_is_refused(name: str) -> None:
    """What could do harm in an .ods is found before anybody makes room for it."""
    code, change = BAD_ODS[name]
    assert [one.code for one in diagnostics_in(ods(*change), "form.ods")] == [code]


def _binary(part: str, new: bytes) -> bytes:
    data = spreadsheets.as_xlsb(spreadsheets.grids(FORM))
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    return spreadsheets.packed({**parts, part: new})


@pytest.mark.parametrize(
    ("part", "new"),
    [
        ("xl/worksheets/sheet1.bin", b"\x00"),
        ("xl/worksheets/sheet1.bin", b"\x00\xff\xff\xff\x7f"),
        ("xl/worksheets/sheet1.bin", spreadsheets.record(0, b"\1")),
        ("xl/workbook.bin", spreadsheets.record(156, b"\0" * 8 + b"\xff" * 4)),
        ("xl/workbook.bin", spreadsheets.record(156, b"\0" * 8)),
        ("xl/sharedStrings.bin", spreadsheets.record(159, b"\xff" * 8)),
        ("xl/sharedStrings.bin", spreadsheets.record(159)),
    ],
)
def test_bad_records_are_refused(part: str, new: bytes) -> None:
    """Records that end too early or count too much are damage."""
    assert [one.code for one in diagnostics_in(_binary(part, new), "form.xlsb")] == [
        "not-a-workbook"
    ]


@EVERY_FORMAT
def test_whatever_is_damaged_is_read_or_refused(ending: str) -> None:
    """Any damage to the bytes gives values or diagnostics, never another exception."""
    whole = spreadsheets.FORMATS[ending](spreadsheets.grids(FORM))
    rng = random.Random(ending)
    for _ in range(40):
        data = bytearray(whole)
        for _ in range(rng.randint(1, 20)):
            data[rng.randrange(len(data))] = rng.randrange(256)
        for found in read_documents(bytes(data[: rng.choice([len(data), 4_000])]), f"x.{ending}"):
            assert found.diagnostics if isinstance(found, DocumentError) else found.value


# ── Sheets ────────────────────────────────────────────────────────────────────────────────────────


def test_a_copied_sheet_is_a_second_review(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each form of a workbook is scored; without an id it is called by file and sheet."""
    book = Book()
    book.copy("Review (2)", greeting="not met")
    book.copy("Tuesday", greeting="met")
    outcomes = scored(tmp_path, monkeypatch, {"calls.xlsx": book.data()})
    assert [(one.path, one.id) for one in outcomes if isinstance(one, Scored)] == [
        ("calls.xlsx", "calls Review"),
        ("calls.xlsx", "calls Review (2)"),
        ("calls.xlsx", "calls Tuesday"),
    ]
    earned = [int(one.result.score.earned) for one in outcomes if isinstance(one, Scored)]
    assert earned[0] == earned[2] > earned[1]


def test_one_bad_form_leaves_the_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is wrong with one sheet fails that review alone, and says the sheet."""
    book = Book()
    book.copy("Second", greeting="mett")
    book.copy("Third", greeting="met")
    book.book["Third"]["A1"] = "charter-score/form/v9"
    outcomes = scored(tmp_path, monkeypatch, {"calls.xlsx": book.data()})
    assert [type(one) for one in outcomes] == [Scored, Failed, Failed]
    told = [
        (one.code, one.sheet, one.location)
        for outcome in outcomes
        if isinstance(outcome, Failed)
        for one in outcome.diagnostics
    ]
    assert told == [
        ("unknown-rating", "Second", Location(book.row("start.greeting"), 5)),
        ("form-version", "Third", Location(1, 1)),
    ]


def test_one_form_alone_is_called_by_its_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Other sheets, and the name of its own, do not change what a single form is called."""
    book = Book()
    book.sheet.title = "Tabelle1"
    book.book.create_sheet("Mine")["B2"] = "things"
    [one] = scored(tmp_path, monkeypatch, {"call.xlsx": book.data()})
    assert isinstance(one, Scored)
    assert one.id == "call"


def test_a_sheet_that_is_not_read_is_named() -> None:
    """Every sheet beside a form is told that holds something; empty ones and our own are not."""
    book = Book()
    book.book.create_sheet("Empty")
    book.book.create_sheet("Blank")["C3"] = "  "
    book.book.create_sheet("Notes", 0)["B2"] = "He was kind"
    book.book.create_sheet("Hidden")["B2"] = 4
    book.book["Hidden"].sheet_state = "hidden"
    book.book.create_sheet("Words")["A1"] = "met"
    book.book["Words"].sheet_state = "veryHidden"
    book.book.create_chartsheet("Chart")
    found = diagnostics_in(book.data())
    assert [(one.code, one.sheet) for one in found] == [
        ("sheet-not-read", "Notes"),
        ("sheet-not-read", "Hidden"),
        ("sheet-not-read", "Chart"),
    ]
    assert not any(one.is_error for one in found)
    book.book["Words"].sheet_state = "visible"
    assert diagnostics_in(book.data())[-2].sheet == "Words"


@pytest.mark.parametrize("state", ["hidden", "veryHidden"])
def test_a_form_on_a_hidden_sheet_is_read_and_told(state: str) -> None:
    """An old copy that nobody sees would count without a word."""
    book = Book()
    book.book.copy_worksheet(book.sheet).title = "Old"
    book.book["Old"].sheet_state = state
    shown, hidden = found_in(book.data())
    assert [one.code for one in shown.diagnostics] == []
    assert [(one.code, one.sheet, one.is_error) for one in hidden.diagnostics] == [
        ("hidden-sheet", "Old", False)
    ]


def test_notes_on_cells_are_told() -> None:
    """A remark in a note on a cell is no answer, and does not vanish without a word."""
    book = Book()
    book.sheet["E20"].comment = Comment("She called back", "Bo")
    assert [one.code for one in diagnostics_in(book.data())] == ["only-cells-read"]
    annotated = ods(CELL, f"{CELL}<office:annotation><text:p>x</text:p></office:annotation>")
    assert [one.code for one in diagnostics_in(annotated, "form.ods")] == ["only-cells-read"]


def test_what_stands_beside_the_answers_is_told() -> None:
    """A column of somebody's own, or a remark where the form asks for nothing, is a warning."""
    book = Book()
    book.sheet.unmerge_cells(f"E{book.row('review:advisor')}:G{book.row('review:advisor')}")
    book.sheet.cell(book.row("review:advisor"), 6, "new here")
    book.sheet.cell(book.row("start.answer"), 9, "to be checked")
    book.sheet.cell(book.row("start.answer") + 1, 9, "again")
    assert [(one.code, one.location) for one in diagnostics_in(book.data())] == [
        ("cell-not-read", Location(book.row("review:advisor"), 6)),
        ("cell-not-read", Location(book.row("start.answer"), 9)),
    ]


def test_an_older_form_says_nothing_of_its_columns() -> None:
    """A form made before all its columns had names is read as it was, without warnings."""
    book = Book()
    for column in "BCD":
        book.sheet[f"{column}1"] = None
    document = read_document(book.data(), "form.xlsx")
    assert not document.diagnostics
    assert document.value == read_document(FORM, "form.xlsx").value


def test_several_reviews_are_refused_where_one_is_wanted() -> None:
    """Whoever needs one document is never given the first of several in silence."""
    book = Book()
    book.copy("Review (2)")
    with pytest.raises(DocumentError) as wrong:
        read_document(book.data(), "form.xlsx")
    assert [one.code for one in wrong.value.diagnostics] == ["several-reviews"]


def test_a_year_of_sheets_is_read() -> None:
    """A workbook may hold very many reviews."""
    book = Book()
    for number in range(2, 121):
        book.copy(f"Review ({number})")
    assert len([one for one in found_in(book.data()) if isinstance(one, Document)]) == 120


def test_the_first_value_of_a_list_has_its_own_cell() -> None:
    """Each value of a field that may have several is placed in the row that it stands in."""
    document = read_document(FORM, "form.xlsx")
    rows = [cell.row for cell in Book().sheet["A"] if cell.value == "interaction:topic"]
    assert document.locate(("interaction", "topic", 0)) == Location(rows[0], 5)
    assert document.locate(("interaction", "topic", 1)) == Location(rows[1], 5)


def test_all_that_is_wrong_with_a_form_is_told_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A cell that cannot be read hides nothing else, and is not told as missing too."""
    book = Book()
    book.sheet.cell(book.row("start.greeting"), 5, "=1+1")
    book.sheet.cell(book.row("start.greeting"), 6, "#REF!")
    book.sheet.cell(book.row("start.answer"), 5, "mett")
    book.sheet.cell(book.row("interaction:topic"), 5, "taxes")
    book.sheet.cell(book.row("review:advisor"), 5, "=A1")
    book.sheet.cell(book.row("review:status"), 5, "done")
    [failed] = scored(tmp_path, monkeypatch, {"call.xlsx": book.data()})
    assert isinstance(failed, Failed)
    assert [(one.code, one.location) for one in failed.diagnostics] == sorted(
        [
            ("formula", Location(book.row("start.greeting"), 5)),
            ("cell-error", Location(book.row("start.greeting"), 6)),
            ("unknown-rating", Location(book.row("start.answer"), 5)),
            ("unknown-word", Location(book.row("interaction:topic"), 5)),
            ("formula", Location(book.row("review:advisor"), 5)),
            ("unknown-word", Location(book.row("review:status"), 5)),
        ],
        key=lambda one: one[1],
    )


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("start.greeting", RowKey(About.CRITERION, "greeting", "start")),
        ("interaction:a.b", RowKey(About.INTERACTION, "a.b")),
        ("review:notes", RowKey(About.REVIEW, "notes")),
        *((text, None) for text in ("", "heading:", "criterion:x", "a.", ".a", "review:", "x")),
    ],
)
def test_the_key_of_a_row(text: str, key: RowKey | None) -> None:
    """What the writer names a row is what the reader takes it for; nothing else is a key."""
    assert row_key(text) == key
    if key is not None:
        assert str(key) == text


# ── The process ───────────────────────────────────────────────────────────────────────────────────

DEADLY = 'uniqueCount="00000000000000000000999999999999999"'


def deadly() -> bytes:
    """A form that makes the library ask for all memory there is."""
    with zipfile.ZipFile(io.BytesIO(FORM)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    strings = parts["xl/sharedStrings.xml"]
    at = strings.index(b"uniqueCount=")
    end = strings.index(b'"', strings.index(b'"', at) + 1) + 1
    parts["xl/sharedStrings.xml"] = strings[:at] + DEADLY.encode() + strings[end:]
    return spreadsheets.packed(parts)


def unchecked(unpacked: workbook_checks.Unpacked, rows: int, columns: int) -> Any:
    """What a check gives that overlooks everything."""
    del rows, columns
    return workbook_checks.Workbook(unpacked.data, {}, has_more=False)


def scored(folder: Path, monkeypatch: pytest.MonkeyPatch, files: dict[str, bytes]) -> list[Outcome]:
    """What becomes of some files beside a rubric, all in this process."""
    (folder / "small.yaml").write_text(RUBRIC, encoding="utf-8")
    for name, data in files.items():
        (folder / name).write_bytes(data)
    monkeypatch.chdir(folder)
    job = Job(sorted(files), rubrics=["."])
    return list(Scoring(job).outcomes())


def test_a_count_behind_zeros_is_a_large_count() -> None:
    """Numbers are read as whole numbers before anybody makes room for as many."""
    assert [one.code for one in diagnostics_in(deadly())] == ["not-a-workbook"]


def test_what_kills_the_library_costs_one_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where a check overlooks something, the file fails and the next ones are read, in one job."""
    monkeypatch.setattr(workbook_checks.Unpacked, "check", unchecked)
    files = {"a.xlsx": FORM, "b.xlsx": deadly(), "c.xlsx": FORM, "d.xlsx": deadly()}
    outcomes = scored(tmp_path, monkeypatch, files)
    assert [type(one) for one in outcomes] == [Scored, Failed, Scored, Failed]
    [told] = next(one for one in outcomes if isinstance(one, Failed)).diagnostics
    assert (told.code, told.path) == ("reader-died", "b.xlsx")


@pytest.mark.parametrize(
    ("program", "seconds", "what"),
    [
        ("import os; os.abort()", 60.0, "died"),
        ("import sys; sys.stdin.buffer.read(20); print('half', flush=True)", 60.0, "died"),
        ("import time; time.sleep(600)", 0.2, "took too long"),
    ],
)
def test_a_reader_that_dies_or_stalls(
    monkeypatch: pytest.MonkeyPatch, program: str, seconds: float, what: str
) -> None:
    """Its file fails with the reason; the next file gets a new one."""
    with monkeypatch.context() as broken:
        broken.setattr(workbooks, "COMMAND", ("-c", program))
        broken.setattr(workbooks, "MOST_SECONDS", seconds)
        [told] = diagnostics_in(FORM)
    assert told.code == "reader-died"
    assert what in told.message
    assert told.hint
    assert not diagnostics_in(FORM)


def test_a_reader_that_cannot_be_started(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the system gives no process, the file fails and says why."""
    with monkeypatch.context() as broken:
        broken.setattr(sys, "executable", "/no/such/python")
        [told] = diagnostics_in(FORM)
    assert told.code == "unreadable"
    assert "no such file" in told.message
    assert not diagnostics_in(FORM)


def test_one_process_reads_many() -> None:
    """The process is started with the first workbook and stays."""
    found_in(FORM)
    first = workbooks._reader
    found_in(FORM)
    assert first is not None
    assert workbooks._reader is first


def test_a_fork_has_a_reader_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """A process never speaks with the reader of its parent, nor ends it."""
    found_in(FORM)
    parents = workbooks._reader
    assert parents is not None
    with monkeypatch.context() as forked:
        forked.setattr(os, "getpid", lambda: parents.owner + 1)
        assert not diagnostics_in(FORM)
        assert workbooks._reader is not parents
        workbooks.stop()
    assert parents._process.poll() is None
    monkeypatch.setattr(workbooks, "_reader", parents)
    assert not diagnostics_in(FORM)


def test_an_interruption_leaves_no_half_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever is interrupted in the middle begins with a new process."""

    def interrupted(stream: object) -> bytes:
        del stream
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr(workbook_process, "receive", interrupted)
        with pytest.raises(KeyboardInterrupt):
            found_in(FORM)
    assert workbooks._reader is None
    assert not diagnostics_in(FORM)


def test_the_current_folder_lends_no_modules(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A stranger's folder cannot put code of its own into the process."""
    for name in ("json", "struct", "python_calamine"):
        (tmp_path / f"{name}.py").write_text("raise SystemExit('ours now')", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert not diagnostics_in(FORM)


@needs.KILLS
def test_the_process_ends_with_the_one_that_asks(tmp_path: Path) -> None:
    """Killed without a chance to clean up, whoever asked leaves no process behind."""
    (tmp_path / "form.xlsx").write_bytes(FORM)
    program = (
        "import sys, time; from charter_score.source import reading, workbooks\n"
        "list(reading.read_documents(open('form.xlsx', 'rb').read(), 'form.xlsx'))\n"
        "print(workbooks._reader._process.pid, flush=True)\n"
        "time.sleep(600)\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program], cwd=tmp_path, stdout=subprocess.PIPE
    ) as asking:
        assert asking.stdout is not None
        reader = int(asking.stdout.readline())
        os.kill(reader, 0)
        asking.kill()
    # Nobody waits for it but the system; gone, or a zombie that is waited for, is ended.
    while _is_running(reader):
        time.sleep(0.01)


def _is_running(process: int) -> bool:
    """Whether a process is still at work."""
    try:
        os.kill(process, 0)
        state = (
            Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0]
        )
    except (OSError, IndexError):
        return False
    return state not in "ZX"
