"""The workbook to fill in: written, filled as people fill it, and read back; and hostile ones."""

import io
import random
import re
import struct
import subprocess
import sys
import zipfile
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import needs
import random_documents
from charter_score.diagnostics import Diagnostic, Location
from charter_score.errors import DocumentError, UsageError
from charter_score.filling.form_writer import review_form
from charter_score.library import Library, load_rubric, review_of
from charter_score.linting.review_checks import review_problems
from charter_score.review import DisputeOutcome, Rated, Review, Status
from charter_score.rubric import Rubric
from charter_score.scalars import Null, Value
from charter_score.source import workbook_process
from charter_score.source.reading import read_document, read_documents
from charter_score.source.validation import validate
from documents import review_from, rubric_from, with_changes
from effort import examples
from random_documents import to_yaml

ROOT = Path(__file__).resolve().parents[3]
RUBRICS = [*sorted(ROOT.glob("rubrics/*.yaml")), ROOT / "examples/small/benefits-call.yaml"]
EXAMPLES = [
    path
    for path in sorted(ROOT.glob("examples/*/*.yaml"))
    if path not in RUBRICS and not path.name.endswith(".mapping.yaml")
]
EVERY_RUBRIC = pytest.mark.parametrize("path", RUBRICS, ids=lambda path: path.stem)
EVERY_EXAMPLE = pytest.mark.parametrize("path", EXAMPLES, ids=lambda p: f"{p.parent.name}/{p.stem}")

SMALL = """\
id: small
version: "1"
title: A small standard
fields:
  channel: {title: How they came, values: [phone, visit], required: true}
  topic: {values: [bins, "tax, and rent"], many: true}
sections:
  - id: start
    title: Start
    criteria:
      - {id: greeting, title: Greeting, guidance: A greeting is heard.}
      - {id: answer, title: Answer, levels: {clear: 2, "half, at best": 1, unclear: 0}}
  - id: close
    title: Close
    applies_when: {channel: phone}
    criteria:
      - {id: goodbye, title: Goodbye, not_applicable: forbidden}
"""
HOSTILE = [
    *('=HYPERLINK("http://x","y")', "=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "＝1+1", "{=1}"),
    *("http://example.org", "<b>&amp;</b>", "_x0041_", "'quoted", '"', "a\nb", "\u202egnp"),
    *("a\u200bb", "00123", "1e5", "TRUE", "#N/A", "😀", "\ufffe"),
]


@pytest.fixture(scope="module")
def small() -> Rubric:
    return rubric_from(SMALL)


def values_of(data: bytes) -> dict[str, Value]:
    document = read_document(data, "form.xlsx")
    assert not document.diagnostics
    value = document.value
    assert isinstance(value, dict)
    return value


def review_in(data: bytes) -> Review:
    found, _ = validate(Review, values_of(data))
    assert found is not None
    return found


def problems_of(data: bytes) -> list[Diagnostic]:
    [document] = read_documents(data, "form.xlsx")
    return list(document.diagnostics)


def as_a_form_keeps_it(review: Review, name: str) -> Review:
    """A review as it can stand in a form: what has no place there left out, no space around."""
    return with_changes(
        review,
        rubric=name,
        actions=(),
        advisor_comment=None,
        acknowledged=None,
        disputes=tuple(
            with_changes(one, says=one.says.strip() if one.says else None)
            for one in review.disputes
        ),
        interaction={
            field: kept if len(kept) > 1 else kept[0]
            for field, value in review.interaction.items()
            if (kept := tuple(one for one in ([value] if isinstance(value, str) else value) if one))
        },
        ratings={
            section: kept_ratings
            for section, rated in review.ratings.items()
            if (
                kept_ratings := {
                    name: with_changes(own, rating=own.rating.strip() if own.rating else None)
                    for name, own in rated.items()
                    if own != Rated()
                }
            )
        },
    )


class Sheet:
    """A form in the hands of somebody who fills it with another program."""

    def __init__(self, data: bytes) -> None:
        self.book = openpyxl.load_workbook(io.BytesIO(data), rich_text=True)
        self.sheet = self.book["Review"]

    def row(self, key: str, number: int = 0) -> int:
        """The row with a key; the first, or one further down."""
        rows = [cell.row for cell in self.sheet["A"] if cell.value == key]
        return int(rows[number])

    def put(self, key: str, value: Any, column: str = "E", number: int = 0) -> None:
        """Write into a cell of a row."""
        self.sheet[f"{column}{self.row(key, number)}"] = value

    def words(self, key: str) -> list[str]:
        """The words of the drop-down in a row."""
        place = f"E{self.row(key)}"
        for rule in self.sheet.data_validations.dataValidation:
            if place in rule.sqref:
                listed = str(rule.formula1)
                if listed.startswith('"'):
                    return listed.strip('"').split(",")
                name, cells = listed.removeprefix("=").split("!")
                found = self.book[name.strip("'")][cells.replace("$", "")]
                return [str(row[0].value) for row in found]
        raise AssertionError(f"{place} has no drop-down")

    def data(self) -> bytes:
        """The workbook as that program saves it."""
        stream = io.BytesIO()
        self.book.save(stream)
        return stream.getvalue()


@EVERY_RUBRIC
def test_a_blank_form_is_a_draft_with_every_criterion_unrated(path: Path) -> None:
    """Reading an empty form gives what an empty review has: nothing rated, nothing else wrong."""
    rubric = load_rubric(path).rubric
    review = review_in(review_form(rubric, rubric.name))
    assert review.status is Status.DRAFT
    assert review.rubric == rubric.name
    assert review.interaction == {}
    assert review.ratings == {
        section.id: {criterion.id: Rated() for criterion in section.criteria}
        for section in rubric.sections
    }
    assert {problem.code for problem in review_problems(rubric, review)} <= {"field-required"}


@EVERY_RUBRIC
def test_every_drop_down_has_the_exact_words(path: Path) -> None:
    """A reviewer chooses from the rubric's own words, and from a field's own values."""
    rubric = load_rubric(path).rubric
    sheet = Sheet(review_form(rubric, rubric.name))
    for section, criterion in rubric.criteria():
        words = sheet.words(f"{section.id}.{criterion.id}")
        assert words == list(rubric.rating_words(criterion))
    for name, rule in rubric.fields.items():
        if rule.values:
            assert sheet.words(f"interaction:{name}") == list(rule.values)
    assert sheet.words("review:status") == [one.value for one in Status]


@EVERY_RUBRIC
def test_a_form_tells_all_and_prints_well(path: Path) -> None:
    """Guidance, conditions and looks stand in their row; the head stays; A4, one page wide."""
    rubric = load_rubric(path).rubric
    sheet = Sheet(review_form(rubric, rubric.name)).sheet
    rows = {row[0].value: " ".join(str(cell.value) for cell in row[1:4]) for row in sheet.rows}
    for section, criterion in rubric.criteria():
        told = " ".join(rows[f"{section.id}.{criterion.id}"].split())
        assert section.title in told
        assert criterion.title in told
        assert " ".join(criterion.guidance.split()) in told
        for word, looks in criterion.looks_like.items():
            assert word in told
            assert " ".join(looks.split()) in told
        for name, values in {**section.applies_when, **criterion.applies_when}.items():
            assert f"only when {name} is {' or '.join(values)}" in told
        assert not (rubric.hide_points and re.search(r"\d points?", told))
    assert sheet.freeze_panes == "A5"
    assert sheet.print_title_rows == "$3:$4"
    assert sheet.column_dimensions["A"].hidden
    assert sheet.row_dimensions[1].hidden
    assert sheet.row_dimensions[2].hidden
    assert (sheet.page_setup.paperSize, sheet.page_setup.orientation) == (9, "landscape")
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert (sheet.page_setup.fitToWidth or 1, sheet.page_setup.fitToHeight) == (1, 0)
    assert not sheet.protection.sheet


@EVERY_RUBRIC
def test_the_same_form_is_the_same_bytes(path: Path) -> None:
    """No clock and no chance in a form."""
    rubric = load_rubric(path).rubric
    assert review_form(rubric, rubric.name) == review_form(rubric, rubric.name)


@EVERY_EXAMPLE
def test_a_filled_form_reads_as_the_same_review(path: Path) -> None:
    """A review put into a form and read back is the review, to the letter."""
    library = Library(folders=[str(ROOT / "examples/small")])
    document = read_document(path.read_bytes(), str(path))
    loaded = review_of(document, library, str(path.parent), None)
    rubric = loaded.rubric.rubric
    review = as_a_form_keeps_it(loaded.review, rubric.name)
    back = review_in(review_form(rubric, rubric.name, review))
    assert as_a_form_keeps_it(back, rubric.name) == review


@settings(max_examples=examples(60))
@given(st.integers(0, 10**9))
def test_any_review_that_fits_survives_a_form(seed: int) -> None:
    """Levels, several values of a field, odd spellings: nothing is lost or changed."""
    rng = random.Random(seed)
    document = random_documents.rubric(rng)
    rubric = rubric_from(to_yaml(document))
    written = random_documents.review(rng, document)
    random_documents.spell_out(document, written)
    review = as_a_form_keeps_it(review_from(to_yaml(written)), rubric.name)
    back = review_in(review_form(rubric, rubric.name, review))
    assert as_a_form_keeps_it(back, rubric.name) == review


def test_a_form_filled_by_hand_is_the_yaml_review(small: Rubric) -> None:
    """Filled with another program, a form has the very values of the review in YAML."""
    sheet = Sheet(review_form(small, "small@1"))
    sheet.put("review:status", "final")
    sheet.put("review:advisor", "Advisor 17 ")
    sheet.put("review:id", 4711.0)
    sheet.put("interaction:date", date(2016, 5, 4))
    sheet.put("interaction:channel", "phone")
    sheet.put("interaction:topic", "bins")
    sheet.put("interaction:topic", "tax, and rent", number=1)
    sheet.put("interaction:reference", "00123")
    sheet.put("start.greeting", "met")
    sheet.put("start.answer", "half, at best")
    sheet.put("start.answer", "Two words too many", "F")
    sheet.put("start.answer", time(0, 4, 5), "G")
    sheet.put("close.goodbye", "not met")
    sheet.put("review:done_well", "Kept calm", number=1)
    sheet.put("review:could_be_better", "Slower\nAnd\n\n warmer ")
    sheet.put("review:notes", "One.\nTwo.")
    assert review_in(sheet.data()) == review_from("""
        rubric: small@1
        status: final
        advisor: Advisor 17
        id: "4711"
        interaction: {date: 2016-05-04, channel: phone, topic: [bins, "tax, and rent"],
                      reference: "00123"}
        ratings:
          start:
            greeting: met
            answer: {rating: "half, at best", comment: Two words too many, evidence: "00:04:05"}
          close: {goodbye: not met}
        done_well: [Kept calm]
        could_be_better: [Slower, And, warmer]
        notes: "One.\\nTwo."
        """)


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (4, "4"),
        (4.0, "4"),
        (4.5, "4.5"),
        (0.1, "0.1"),
        (-3.0, "-3"),
        (1e20, "100000000000000000000"),
        (True, "true"),
        (date(2016, 5, 4), "2016-05-04"),
        (datetime(2016, 5, 4), "2016-05-04"),
        (datetime(2016, 5, 4, 14, 30), "2016-05-04 14:30"),
        (time(0, 4), "00:04"),
        (time(0, 4, 59), "00:04:59"),
        (timedelta(hours=26, minutes=3), "26:03:00"),
        ("  two\r\nlines ", "two\nlines"),
    ],
)
def test_numbers_days_and_times_are_what_a_person_would_write(
    small: Rubric, cell: Any, text: str
) -> None:
    """Spreadsheets turn what is typed into numbers; read back it is what was typed."""
    sheet = Sheet(review_form(small, "small@1"))
    sheet.put("interaction:reference", cell)
    sheet.put("start.greeting", cell)
    values = values_of(sheet.data())
    assert values["interaction"] == {"reference": text}
    assert values["ratings"]["start"]["greeting"] == text  # type: ignore[index,call-overload]


@pytest.mark.parametrize("text", HOSTILE)
def test_text_is_never_a_formula_and_comes_back(small: Rubric, text: str) -> None:
    """What begins like a formula or a link is text in the cell, in every cell it can reach."""
    review = Review(
        ratings={"start": {"greeting": Rated(rating="met", comment=text, evidence=text)}},
        rubric="small@1",
        advisor=text,
        interaction={"reference": text},
        notes=text,
    )
    data = review_form(small, "small@1", review)
    kept = text.strip().replace("\ufffe", "\ufffd")
    back = review_in(data)
    assert (back.advisor, back.notes, back.interaction) == (kept, kept, {"reference": kept})
    assert back.ratings["start"]["greeting"] == Rated(rating="met", comment=kept, evidence=kept)
    for row in Sheet(data).sheet.rows:
        assert all(cell.data_type != "f" and cell.hyperlink is None for cell in row)


def test_a_hostile_rubric_makes_a_harmless_form() -> None:
    """Titles, guidance, values and words from a stranger's rubric are shown, never run."""
    bad = '=cmd|\\"/c calc\\"!A1'
    text = SMALL.replace("title: Greeting", f'title: "{bad}"').replace(
        "A greeting is heard.", f'"{bad}"'
    )
    text = text.replace("values: [bins", f'values: ["{bad}"').replace("unclear: 0", f'"{bad}": 0')
    text = text.replace("title: How they came", 'title: "a\\nb\\u202e\\u2028&G"')
    rubric = rubric_from(
        text.replace("title: A small", 'title: "=A small&G&amp;<b>').replace(
            "standard\n", 'standard"\n', 1
        )
    )
    data = review_form(rubric, rubric.name)
    sheet = Sheet(data)
    for row in sheet.sheet.rows:
        for cell in row:
            assert cell.data_type != "f"
            assert not re.search("[\u202e\u2028]", str(cell.value))
    assert '=cmd|"/c calc"!A1' in sheet.words("start.answer")
    assert sheet.words("interaction:topic")[0] == '=cmd|"/c calc"!A1'
    assert review_in(data).status is Status.DRAFT


def test_a_row_that_does_not_apply_goes_grey(small: Rubric) -> None:
    """The row of a conditional criterion looks at the answers that its condition is about."""
    sheet = Sheet(review_form(small, "small@1"))
    channel, row = sheet.row("interaction:channel"), sheet.row("close.goodbye")
    rules = {
        str(place.sqref): [rule for rule in found if rule.type == "expression"]
        for place, found in sheet.sheet.conditional_formatting._cf_rules.items()
    }
    [rule] = rules[f"B{row}:G{row}"]
    cell = f"$E${channel}"
    assert rule.formula == [f'OR(AND({cell}<>"",NOT(OR(TRIM({cell})="phone"))))']
    assert rule.stopIfTrue
    assert not any(f"{sheet.row('start.greeting')}" in place for place in rules if rules[place])


def test_rows_and_columns_may_be_moved(small: Rubric) -> None:
    """The sheet says itself what its cells are: notes beside it change nothing, and are told."""
    sheet = Sheet(review_form(small, "small@1"))
    sheet.put("start.greeting", "met")
    sheet.put("start.greeting", "Warm", "F")
    sheet.put("close.goodbye", "met")
    before = review_in(sheet.data())
    sheet.sheet.insert_cols(4, 2)
    sheet.sheet.insert_rows(3)
    sheet.sheet.insert_rows(12, 3)
    sheet.sheet["D13"] = "a note of my own"
    sheet.sheet["Z20"] = "another"
    sheet.book.create_sheet("Mine", 0)["A1"] = "=1+1"
    document = read_document(sheet.data(), "form.xlsx")
    assert validate(Review, document.value)[0] == before
    assert [(one.code, one.sheet, one.location) for one in document.diagnostics] == [
        ("sheet-not-read", "Mine", Location(1, 1)),
        ("cell-not-read", "Review", Location(13, 4)),
        ("cell-not-read", "Review", Location(20, 26)),
    ]
    assert not any(one.is_error for one in document.diagnostics)


def test_a_problem_of_the_review_has_its_cell(small: Rubric) -> None:
    """What is wrong with a rating is said with the row and the column of its cell."""
    sheet = Sheet(review_form(small, "small@1"))
    sheet.put("review:status", "final")
    sheet.put("interaction:channel", "letter")
    sheet.put("start.greeting", "mett")
    sheet.put("start.answer", "clear")
    document = read_document(sheet.data(), "form.xlsx")
    review, _ = validate(Review, document.value)
    assert review is not None
    found = [document.diagnostic(one) for one in review_problems(small, review)]
    assert [(one.code, one.location) for one in found] == [
        ("unknown-word", Location(sheet.row("interaction:channel"), 5)),
        ("unknown-rating", Location(sheet.row("start.greeting"), 5)),
    ]
    blank = with_changes(review, ratings={})
    unrated = read_document(review_form(small, "small@1", blank), "form.xlsx")
    assert unrated.locate(("ratings", "start", "answer")) == Location(sheet.row("start.answer"), 5)
    assert unrated.locate(()) == Location(sheet.row("interaction:date"), 5)


def parts_of(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(parts: dict[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return stream.getvalue()


def edited(part: str, old: str, new: str) -> Callable[[bytes], bytes]:
    """A form with one change in the XML of a part."""

    def edit(data: bytes) -> bytes:
        parts = parts_of(data)
        assert old.encode() in parts[part]
        parts[part] = parts[part].replace(old.encode(), new.encode(), 1)
        return packed(parts)

    return edit


def change(how: Callable[[Sheet], None]) -> Callable[[bytes], bytes]:
    """A change to a form as somebody makes it in another program."""

    def changed(data: bytes) -> bytes:
        sheet = Sheet(data)
        how(sheet)
        return sheet.data()

    return changed


def _copy_row(sheet: Sheet) -> None:
    row = sheet.row("start.greeting")
    sheet.sheet.insert_rows(row + 1)
    for column in range(1, 8):
        sheet.sheet.cell(row + 1, column, sheet.sheet.cell(row, column).value)


@pytest.mark.parametrize(
    ("how", "code", "column"),
    [
        (change(lambda s: s.put("start.greeting", "=A1")), "formula", 5),
        (change(lambda s: s.put("start.greeting", "=A1", "F")), "formula", 6),
        (change(lambda s: s.put("review:advisor", "=A1")), "formula", 5),
        (change(lambda s: s.put("start.greeting", "#N/A")), "cell-error", 5),
        (edited("xl/worksheets/sheet1.xml", ">met<", f">{'x' * 70_000}<"), "scalar-too-long", 5),
        (edited("xl/worksheets/sheet1.xml", ">met<", ">me_x0007_t<"), "control-character", 5),
        (change(_copy_row), "duplicate-key", 5),
        (change(lambda s: s.put("start.greeting", "greeting", "A")), "unknown-row", 5),
        (change(lambda s: s.put("start.greeting", None, "A")), "unknown-row", 5),
        (change(lambda s: s.put("start.greeting", "other:greeting", "A")), "unknown-row", 5),
    ],
)
def test_a_cell_that_cannot_be_read_is_named(
    small: Rubric, how: Callable[[bytes], bytes], code: str, column: int
) -> None:
    """Formulas, errors, copied rows and rows of nobody's are said with their cell, never lost."""
    filled = Sheet(review_form(small, "small@1"))
    filled.put("start.greeting", "met")
    [found] = problems_of(how(filled.data()))
    assert found.code == code
    assert found.location is not None
    assert found.location.column == column
    assert found.hint


def without(part: str) -> Callable[[bytes], bytes]:
    return lambda data: packed({n: p for n, p in parts_of(data).items() if n != part})


def lying(data: bytes) -> bytes:
    """A form whose sheet claims to unpack to a few bytes and unpacks to very many."""
    parts = parts_of(data)
    parts[SHEET] = parts[SHEET].replace(b"<sheetData>", b"<sheetData>" + b" " * 60_000_000)
    whole = bytearray(packed(parts))
    for signature, at in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        start = -1
        while (start := whole.find(signature, start + 1)) >= 0:
            name = start + (30 if at == 22 else 46)
            if whole[name:].startswith(SHEET.encode()):
                whole[start + at : start + at + 4] = struct.pack("<I", 100)
    return bytes(whole)


def bomb(data: bytes) -> bytes:
    """A form with one text of thirty million letters, a few kilobytes packed."""
    return edited(STRINGS, "<si>", f"<si><t>{'A' * 30_000_000}</t></si><si>")(data)


def many_cells(data: bytes) -> bytes:
    return edited(SHEET, "</sheetData>", "<row>" + "<c/>" * 400_000 + "</row></sheetData>")(data)


def encrypted_member(data: bytes) -> bytes:
    whole = bytearray(data)
    start = -1
    while (start := whole.find(b"PK\x01\x02", start + 1)) >= 0:
        whole[start + 8] |= 1
    return bytes(whole)


def twice(data: bytes) -> bytes:
    stream = io.BytesIO(data)
    with zipfile.ZipFile(stream, "a") as archive:
        archive.writestr("xl/Worksheets/Sheet1.xml", "<worksheet/>")
    return stream.getvalue()


def other_kind(name: str) -> Callable[[bytes], bytes]:
    return lambda _: packed({"[Content_Types].xml": b"<Types/>", name: b"<document/>"})


SHEET, STRINGS = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"
BOOK, RELATIONS = "xl/workbook.xml", "xl/_rels/workbook.xml.rels"
FAR = '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600
BAD_WORKBOOKS: list[tuple[str, Callable[[bytes], bytes], str]] = [
    ("empty", lambda _: b"", "not-a-workbook"),
    ("text", lambda _: b"rubric: small@1\n", "not-a-workbook"),
    ("cut off", lambda data: data[:2000], "not-a-workbook"),
    ("a damaged one of before 2007", lambda _: OLE, "not-a-workbook"),
    ("password", lambda _: OLE + "EncryptedPackage".encode("utf-16-le"), "password-protected"),
    ("encrypted parts", encrypted_member, "password-protected"),
    ("too large", lambda _: b"PK" + b"\0" * 5_000_000, "too-large"),
    ("bomb", bomb, "too-large"),
    ("lying sizes", lying, "not-a-workbook"),
    ("many cells", many_cells, "too-large"),
    ("another kind", other_kind("word/document.xml"), "not-a-workbook"),
    ("a part twice", twice, "not-a-workbook"),
    ("no sheet", without(SHEET), "not-a-workbook"),
    ("no book", without(BOOK), "not-a-workbook"),
    ("no relations", without(RELATIONS), "not-a-workbook"),
    ("no strings", without(STRINGS), "not-a-workbook"),
    ("a far cell", edited(SHEET, "</sheetData>", FAR), "sheet-too-large"),
    ("a cell nowhere", edited(SHEET, 'r="A1"', 'r="A99999999999"'), "not-a-workbook"),
    ("a cell that counts", edited(SHEET, 'r="A1" ', ""), "not-a-workbook"),
    ("a count behind zeros",
     edited(STRINGS, 'uniqueCount="', f'uniqueCount="{"0" * 20}999999999999999'),
     "not-a-workbook"),
    ("a row behind zeros", edited(SHEET, '<row r="', f'<row r="{"0" * 20}999999999999999'),
     "not-a-workbook"),
    ("spans behind zeros", edited(SHEET, 'spans="1:', f'spans="{"0" * 20}999999999999999:'),
     "not-a-workbook"),
    ("a dimension behind zeros", edited(SHEET, 'ref="A1', f'ref="A{"0" * 20}999999999999999'),
     "not-a-workbook"),
    ("a count", edited(STRINGS, 'uniqueCount="', 'uniqueCount="99999999999'), "not-a-workbook"),
    ("not a count", edited(STRINGS, 'uniqueCount="', 'uniqueCount="x'), "not-a-workbook"),
    ("a string nowhere", edited(SHEET, "<v>0</v>", "<v>99999</v>"), "not-a-workbook"),
    ("entities", edited(SHEET, "<worksheet", '<!DOCTYPE x [<!ENTITY a "a">]><worksheet'),
     "not-a-workbook"),
    ("another encoding", edited(SHEET, "UTF-8", "UTF-16"), "not-a-workbook"),
    ("bad xml", edited(SHEET, "</sheetData>", ""), "not-a-workbook"),
    ("a newer form", edited(STRINGS, "charter-score/form/v1", "charter-score/form/v9"),
     "form-version"),
    ("no form", edited(STRINGS, "charter-score/form/v1", "Name"), "not-a-form"),
    ("no columns", edited(STRINGS, "<t>rating</t>", "<t>Rating</t>"), "not-a-form"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("how", "code"), [one[1:] for one in BAD_WORKBOOKS], ids=[one[0] for one in BAD_WORKBOOKS]
)
def test_a_workbook_that_is_no_form_is_refused(
    small: Rubric, how: Callable[[bytes], bytes], code: str
) -> None:
    """Foreign, damaged, protected and hostile workbooks are a diagnostic, whatever is in them."""
    [found] = problems_of(how(review_form(small, "small@1")))
    assert found.code == code
    assert found.location is not None
    assert found.path == "form.xlsx"


def test_a_small_workbook_cannot_ask_for_all_memory(small: Rubric, tmp_path: Path) -> None:
    """Seven kilobytes made the library ask for 500 GB and die; the check comes before it."""
    pytest.importorskip("resource")
    path = tmp_path / "far.xlsx"
    path.write_bytes(edited(SHEET, "</sheetData>", FAR)(review_form(small, "small@1")))
    program = (
        "import resource, sys; resource.setrlimit(resource.RLIMIT_AS, (2 << 30, 2 << 30))\n"
        "from charter_score.source.reading import read_documents\n"
        "[wrong] = read_documents(open(sys.argv[1], 'rb').read(), 'far.xlsx')\n"
        "print(wrong.diagnostics[0].code)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(path)], capture_output=True, check=False, timeout=60
    )
    assert (done.returncode, done.stdout) == (0, b"sheet-too-large\n"), done.stderr


NUMBERS = ["0", "-1", "99", "65536", "4294967296", "99999999999999999999", "", "x", "ZZZ9999999"]


def damaged(rng: random.Random, data: bytes) -> bytes:
    """A form with a few bytes, numbers, elements or parts changed at random."""
    if rng.random() < 0.3:
        whole = bytearray(data)
        for _ in range(rng.randint(1, 8)):
            whole[rng.randrange(len(whole))] = rng.randrange(256)
        return bytes(whole)
    parts = parts_of(data)
    for _ in range(rng.randint(1, 3)):
        name = rng.choice([one for one in parts if one.endswith((".xml", ".rels"))])
        text = parts[name].decode()
        pattern = rng.choice([r'="([^"]*)"', r">([^<]+)<", r"(<[^>]+>)"])
        found = list(re.finditer(pattern, text))
        if found:
            at = rng.choice(found)
            new = "" if pattern.startswith("(") else rng.choice(NUMBERS)
            parts[name] = (text[: at.start(1)] + new + text[at.end(1) :]).encode()
    return packed(parts)


@settings(max_examples=examples(300))
@given(st.integers(0, 10**9))
def test_whatever_is_damaged_is_read_or_refused(seed: int) -> None:
    """Any damage gives values or diagnostics, never another exception."""
    data = damaged(random.Random(seed), BLANK)
    for found in read_documents(data, "form.xlsx"):
        assert found.diagnostics if isinstance(found, DocumentError) else found.value


BLANK = review_form(rubric_from(SMALL), "small@1")


def test_a_panic_of_the_library_is_a_diagnostic(monkeypatch: pytest.MonkeyPatch) -> None:
    """What native code throws is no Exception; it costs the file. An interruption goes through."""

    class PanicException(BaseException):
        pass

    def failing(wrong: BaseException) -> Callable[[object], None]:
        def load(data: object) -> None:
            del data
            raise wrong

        return load

    reading = workbook_process.Reading()
    monkeypatch.setattr("python_calamine.load_workbook", failing(PanicException("index")))
    assert reading.open(BLANK) == {"wrong": "damaged"}
    monkeypatch.setattr("python_calamine.load_workbook", failing(KeyboardInterrupt()))
    with pytest.raises(KeyboardInterrupt):
        reading.open(BLANK)


def test_without_the_extra_the_error_names_it(
    small: Rubric, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where XlsxWriter or python-calamine is missing, the way to install it is said."""
    monkeypatch.setitem(sys.modules, "xlsxwriter", None)
    monkeypatch.setitem(sys.modules, "python_calamine", None)
    with pytest.raises(UsageError) as wrong:
        review_form(small, "small@1")
    assert wrong.value.hint == "pip install 'charter-score[excel]'"
    [found] = problems_of(BLANK)
    assert (found.code, found.hint) == ("missing-extra", "pip install 'charter-score[excel]'")


def test_what_a_form_cannot_hold_is_refused(small: Rubric) -> None:
    """What the advisor said and endless texts are not cut off in silence."""
    review = review_from("ratings: {start: {greeting: met}}\nadvisor_comment: Thanks\n")
    with pytest.raises(UsageError, match="no place for advisor_comment"):
        review_form(small, "small@1", review)
    with pytest.raises(UsageError, match="longer than a cell"):
        review_form(
            small, "small@1", with_changes(review, advisor_comment=None, notes="x" * 40_000)
        )


def test_a_dispute_is_raised_in_a_form(small: Rubric) -> None:
    """Its rows are asked at the end; what is wrong with it has its own cell."""
    sheet = Sheet(review_form(small, "small@1"))
    sheet.put("start.greeting", "met")
    sheet.put("dispute:1.criterion", "start.greeting")
    sheet.put("dispute:1.says", "not met")
    sheet.put("dispute:1.because", "It was another call.")
    sheet.put("dispute:1.on", date(2016, 5, 9))
    (dispute,) = review_in(sheet.data()).disputes
    assert (dispute.section, dispute.criterion, dispute.says) == ("start", "greeting", "not met")
    assert (dispute.because, dispute.on) == ("It was another call.", "2016-05-09")
    assert dispute.outcome is DisputeOutcome.OPEN
    sheet.put("dispute:1.criterion", "greeting")
    document = read_document(sheet.data(), "form.xlsx")
    review, _ = validate(Review, document.value)
    assert review is not None
    (problem,) = review_problems(small, review)
    row = sheet.row("dispute:1.criterion")
    assert problem.code == "missing-field"
    assert document.diagnostic(problem).location == Location(row, 5)
    sheet.put("dispute:1.criterion", "start.greting")
    document = read_document(sheet.data(), "form.xlsx")
    review, _ = validate(Review, document.value)
    assert review is not None
    (wrong,) = review_problems(small, review)
    assert wrong.code == "unknown-criterion"
    assert document.diagnostic(wrong).location == Location(row, 5)


def test_a_form_is_known_by_its_ending(small: Rubric) -> None:
    """`read_document` takes a form where the name says so, in any case of letters."""
    document = read_document(review_form(small, "small@1"), "Form.XLSX")
    assert isinstance(document.value, dict)
    assert document.value["rubric"] == "small@1"
    assert document.value["ratings"]["close"] == {"goodbye": Null()}  # type: ignore[index,call-overload]


@needs.LIBREOFFICE
@pytest.mark.long
def test_another_program_opens_saves_and_prints_a_form(tmp_path: Path) -> None:
    """LibreOffice keeps values, drop-downs and hidden cells, and prints pages of A4 landscape."""
    rubric = load_rubric(ROOT / "rubrics/plymouth-quality-monitoring.yaml").rubric
    example = ROOT / "examples/plymouth/needs.yaml"
    review = review_of(
        read_document(example.read_bytes(), "needs.yaml"), Library(), None, None
    ).review
    filled = tmp_path / "form.xlsx"
    filled.write_bytes(review_form(rubric, rubric.name, as_a_form_keeps_it(review, rubric.name)))
    for kind in ("xlsx", "pdf"):
        subprocess.run(
            [str(needs.OFFICE), "--headless",
             f"-env:UserInstallation={(tmp_path / 'office').as_uri()}",
             "--convert-to", kind, "--outdir", str(tmp_path / kind), str(filled)],
            check=True, capture_output=True, timeout=120,
        )  # fmt: skip
    saved = (tmp_path / "xlsx/form.xlsx").read_bytes()
    back = as_a_form_keeps_it(review_in(saved), rubric.name)
    assert back == as_a_form_keeps_it(review, rubric.name)
    sheet = Sheet(saved)
    for section, criterion in rubric.criteria():
        words = sheet.words(f"{section.id}.{criterion.id}")
        assert words == list(rubric.rating_words(criterion))
    assert sheet.sheet.column_dimensions["A"].hidden
    boxes = re.findall(
        rb"/MediaBox ?\[ ?0 0 (\d+)[\d.]* (\d+)", (tmp_path / "pdf/form.pdf").read_bytes()
    )
    assert boxes
    assert all((int(width), int(height)) in ((841, 595), (842, 595)) for width, height in boxes)
