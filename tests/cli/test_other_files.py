"""Files of other kinds: counted and named in a folder, called what they are if named alone."""

import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from jsonschema import Draft7Validator

import programs
import spreadsheets
import tables
from charter_score.filling.form_writer import review_form
from charter_score.render.results.markdown import escaped
from charter_score.review import Rated, Review
from documents import rubric_from

RUBRIC = (
    'id: r\nversion: "1"\ntitle: R\nsections: [{id: s, title: S, criteria: [{id: a, title: A}]}]'
)
REVIEW = "rubric: ./r.yaml\nratings: {s: {a: met}}\n"
RATED = Review(rubric="./r.yaml", ratings={"s": {"a": Rated(rating="met")}})
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600
PDF = b"%PDF-1.7\n%\xe2\xe3\n"
DOCX = b"PK\x03\x04" + b"\0" * 30

Score = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(name="score")
def _score(tmp_path: Path) -> Score:
    """`score` in a folder with a rubric and one review."""
    (tmp_path / "r.yaml").write_text(RUBRIC, encoding="utf-8")
    (tmp_path / "a.yaml").write_text(REVIEW, encoding="utf-8")

    def score(*words: str, command: str = "score") -> subprocess.CompletedProcess[str]:
        return programs.run(command, *words, cwd=tmp_path)

    return score


def form() -> bytes:
    return review_form(rubric_from(RUBRIC), "./r.yaml", RATED)


def test_a_folder_leaves_nothing_out_in_silence(score: Score, tmp_path: Path) -> None:
    """What somebody may have meant as a review is counted and, with --verbose, named with why."""
    others = {
        "b.csv": b"id,s.a\nx,met\n", "c.ods": spreadsheets.as_ods({"Sheet1": [["Name"]]}),
        "d.pdf": PDF, "e.docx": DOCX, "f.doc": OLE, "g.numbers": DOCX,
            "h.PARQUET": tables.as_parquet([["name"], ["x"]]),
        "i.xls": spreadsheets.as_xls({"Sheet1": [["Name"]]}), "j.tsv": b"", "k.odt": DOCX,
    }  # fmt: skip
    for name, data in others.items():
        (tmp_path / name).write_bytes(data)
    for name in ("note.txt", "picture.png", "page.md", "~$c.xlsx", ".hidden.csv"):
        (tmp_path / name).write_bytes(b"x")
    done = score(".", "-f", "json")
    assert done.returncode == 0, done.stderr
    assert "11 documents left out: not reviews (--verbose names each and says why)\n" in done.stderr
    assert json.loads(done.stdout)["summary"]["reviews"] == 1
    told = score(".", "-f", "json", "--verbose").stderr.splitlines()
    assert told == [
        "b.csv: a table whose headings are not known, left out",
        "c.ods: a workbook that is no form and no table of reviews, left out",
        "d.pdf: a PDF document, left out",
        "e.docx: a text document, left out",
        "f.doc: a text document, left out",
        "g.numbers: a spreadsheet, left out",
        "h.PARQUET: a table whose headings are not known, left out",
        "i.xls: a workbook that is no form and no table of reviews, left out",
        "j.tsv: a table whose headings are not known, left out",
        "k.odt: a text document, left out",
        "r.yaml: a rubric, left out",
    ]
    assert score(".", command="check").returncode == 0


def test_forms_of_every_format_are_reviews(score: Score, tmp_path: Path) -> None:
    """A folder's forms are scored in whatever format they were saved, with one job or two."""
    (tmp_path / "a.yaml").unlink()
    (tmp_path / "forms").mkdir()
    cells = spreadsheets.grids(review_form(rubric_from(RUBRIC), "../r.yaml", RATED))
    for ending, write in spreadsheets.FORMATS.items():
        for number in range(24):
            (tmp_path / f"forms/{number}.{ending}").write_bytes(write(cells))
    one = score("forms", "-f", "json", "--jobs", "1")
    assert one.returncode == 0, one.stderr
    assert json.loads(one.stdout)["summary"]["scored"] == 72
    assert score("forms", "-f", "json", "--jobs", "2").stdout == one.stdout


@pytest.mark.parametrize(
    ("name", "data", "kind"),
    [
        ("X.PDF", PDF, "a PDF document"),
        ("x.docx", DOCX, "a text document"),
        ("x.numbers", DOCX, "a spreadsheet"),
        ("x.yaml", PDF, "a PDF document"),
        ("x.xlsx", PDF, "a PDF document"),
        ("x.yaml", DOCX, "a workbook or another packed file"),
        ("x", OLE, "a workbook or another packed file"),
        ("x.rtf", b"{\\rtf1", "a text document"),
        ("x.txt", b"{\\rtf1", "a text document"),
        ("large.pdf", PDF * 1_000_000, "a PDF document"),
        ("form.html", b"<!DOCTYPE html>\n<html>", "a web page"),
    ],
)
@pytest.mark.parametrize("command", ["score", "check"])
def test_a_named_file_is_called_what_it_is(
    score: Score, tmp_path: Path, name: str, data: bytes, kind: str, command: str
) -> None:
    """Name or first bytes tell what it is, and the hint is a way out."""
    (tmp_path / name).write_bytes(data)
    done = score(name, command=command)
    assert done.returncode == (3 if command == "score" else 1), done
    first, hint, *_ = done.stderr.splitlines()
    assert first == f"{name}:1:1: error[unsupported-file] this is {kind}, which is not read"
    assert ("save the review there" if kind == "a web page" else ".xlsx") in hint


def test_links_to_other_kinds_are_not_followed(score: Score, tmp_path: Path) -> None:
    """A link named like a table is left out like one, wherever it leads."""
    os.symlink("/dev/zero", tmp_path / "endless.docx")
    os.symlink("/nowhere/at/all", tmp_path / "broken.pdf")
    done = score(".", "--verbose")
    assert done.returncode == 0
    assert (
        "broken.pdf: a PDF document, left out\nendless.docx: a text document, left out\n"
        in done.stderr
    )


def test_a_report_may_stand_beside_the_reviews(score: Score, tmp_path: Path) -> None:
    """An output of ours that cannot be read back is written again, and counted as left out."""
    for _ in range(2):
        done = score(".", "-o", "report.csv")
        assert done.returncode == 0, done.stderr
    assert (tmp_path / "report.csv").exists()


def test_an_output_spares_a_workbook_of_several_reviews(score: Score, tmp_path: Path) -> None:
    """A workbook with reviews in it is never written over, however many they are."""
    (tmp_path / "x.xlsx").write_bytes(form())
    book = openpyxl.load_workbook(tmp_path / "x.xlsx")
    book.copy_worksheet(book["Review"])
    book.save(tmp_path / "x.xlsx")
    before = (tmp_path / "x.xlsx").read_bytes()
    done = score("a.yaml", "-o", "x.xlsx")
    assert done.returncode == 2
    assert (tmp_path / "x.xlsx").read_bytes() == before


def test_every_format_names_sheet_and_cell(score: Score, tmp_path: Path) -> None:
    """Text says path, sheet and cell; JSON keeps row and column as numbers and adds the sheet."""
    (tmp_path / "x.xlsx").write_bytes(form())
    book = openpyxl.load_workbook(tmp_path / "x.xlsx")
    row = next(cell.row for cell in book["Review"]["A"] if cell.value == "s.a")
    book["Review"].cell(row, 5, "mett")
    book["Review"].title = "Form | <b>"
    book.save(tmp_path / "x.xlsx")
    cell = f"Form | <b>!E{row}"
    done = score("x.xlsx", "a.yaml", "-f", "json")
    assert done.stderr.startswith(f"x.xlsx:{cell}: error[unknown-rating] ")
    [told] = json.loads(done.stdout)["failures"][0]["diagnostics"]
    assert (told["sheet"], told["line"], told["column"]) == ("Form | <b>", row, 5)
    schema = json.loads(score("result", command="schema").stdout)
    Draft7Validator(schema).validate(json.loads(done.stdout))
    in_xml = f"Form | &lt;b&gt;!E{row}"
    for name, shown in {
        "concise": f"x.xlsx:{cell} unknown-rating",
        "markdown": escaped(f"x.xlsx:{cell}") + ": ",
        "junit": f"x.xlsx:{in_xml}: error[unknown-rating]",
        "github": f"file=x.xlsx,line={row},col=5,title=unknown-rating::{cell}: ",
        "gitlab": f'"{cell}: this is no rating',
        "html": in_xml,
    }.items():
        output = score("x.xlsx", "a.yaml", "-f", name).stdout
        assert shown in output, (name, output)


def test_json_of_texts_has_no_sheet(score: Score, tmp_path: Path) -> None:
    """A place in a text is a line and a column alone, as ever."""
    (tmp_path / "b.yaml").write_text(REVIEW.replace("met", "mett"), encoding="utf-8")
    [told] = json.loads(score("b.yaml", "-f", "json").stdout)["failures"][0]["diagnostics"]
    assert list(told) == ["severity", "code", "message", "path", "line", "column", "hint"]
