"""A report in every format: the same sentences and figures, inert, and by the schema."""

import io
import json
import re
from decimal import Decimal
from fractions import Fraction
from html.parser import HTMLParser
from typing import Any

import jsonschema
import openpyxl
import pytest
from lxml import html

import hostile
from charter_score.filters import NO_FILTER
from charter_score.outcome import Scored
from charter_score.render.report.cells import document, text
from charter_score.render.report.charts import drawn
from charter_score.render.report.html import report_html
from charter_score.render.report.json import report_json
from charter_score.render.report.markdown import report_markdown
from charter_score.render.report.workbook import report_workbook
from charter_score.render.text.hostile import visible
from charter_score.report.costs import Volumes
from charter_score.report.counts import ReportCounts
from charter_score.report.model import Block, Column, Heat, Kind, Of, Part, Report, Table
from charter_score.report.person import Shown, person_report
from charter_score.report.records import Records
from charter_score.report.team import Asked, Found, team_report
from charter_score.report.window import window_of
from charter_score.scalars import Number
from charter_score.stats.intervals import Interval
from charter_score.wire.schemas import json_schema
from months import counted, made, small_rubric

RUBRIC = small_rubric()


def month() -> list[Scored]:
    """Ninety reviews of three teams and six advisors over eight months, some with open disputes."""
    outcomes = []
    letters = ("mmmmm", "mxmmm", "mmmxm", "-mmmm", "mmmx-", "xxmmm", "mmmmm", "mmxmm")
    for number in range(90):
        team = "ABC"[number % 3]
        outcomes.append(
            made(
                RUBRIC,
                number,
                letters[(number * 7 + number // 11) % len(letters)],
                team=f"Team {team}",
                advisor=f"Advisor {number % 6}",
                reviewer=f"Reviewer {number % 4}",
                day=f"2016-{number % 8 + 1:02}-{number % 27 + 1:02}",
                channel=("phone", "visit")[number % 2],
                acknowledged=f"2016-{number % 8 + 1:02}-28",
            )
        )
    return outcomes


VOLUMES = Volumes.model_validate(
    {
        "schema": "charter-score/volumes/v1",
        "channels": {"phone": Number("12000"), "visit": Number("800")},
        "shifts": [{"from": "phone", "to": "online", "percent": Number("10")}],
    }
)


def team(outcomes: list[Scored], **asked: Any) -> Report:
    """The report of a team with everything that can be asked for."""
    counts = counted(outcomes, by=("team,channel",))
    found = Found(len(outcomes), len(outcomes), 0, 0, 0)
    given = {"names": True, "by": ("team,channel",), "each": 2, "volumes": VOLUMES, **asked}
    return team_report(counts, Asked(**given), found)


@pytest.fixture(name="report", scope="module")
def _report() -> Report:
    return team(month())


def words(element: Any) -> str:
    """Text on one line."""
    return " ".join(element.text_content().split())


def test_the_json_is_by_its_schema_and_exact(report: Report) -> None:
    """The published schema takes it; every percentage is the exact share to two decimals."""
    document = json.loads(report_json(report))
    jsonschema.Draft202012Validator(json_schema("report")).validate(document)
    (part,) = document["rubrics"]
    whole = next(block for block in part["blocks"] if block["id"] == "in-short")
    (row,) = whole["tables"][0]["rows"]
    assert row["reviews"] == report.reviews
    shares = [
        one.result.share for one in month() if one.result.review.interaction["date"] >= "2016-03"
    ]
    assert row["reviews"] == len(shares)
    mean = sum(shares, Fraction(0)) / len(shares) * 100
    assert abs(Fraction(str(row["mean"])) - mean) <= Fraction(1, 200)
    assert row["meets_expected"]["k"] == sum(share >= Fraction(7, 10) for share in shares) - sum(
        bool(one.result.critical_missed) and one.result.share >= Fraction(7, 10)
        for one in month()
        if one.result.review.interaction["date"] >= "2016-03"
    )


def _numbers(shown: str) -> list[Decimal]:
    """The figures of a cell, from left to right."""
    plain = shown.replace(",", "").replace("−", "-").replace("+", "")
    return [
        Decimal(digits) for digits in re.findall(r"(?<![\d–])-?\d+(?:\.\d+)?|\d+(?:\.\d+)?", plain)
    ]


def _flat(value: Any) -> list[Decimal]:
    if isinstance(value, dict):
        return [Decimal(str(one)) for one in value.values()]
    return [] if value is None or isinstance(value, str) else [Decimal(str(value))]


def test_every_figure_on_the_page_is_the_json_s(report: Report) -> None:
    """Each table read back from the HTML has the JSON's rows, each cell the JSON's figures."""
    page = html.document_fromstring(report_html(report))
    (part,) = json.loads(report_json(report), parse_float=Decimal)["rubrics"]
    number = 0
    for block in part["blocks"]:
        (section,) = page.xpath(f"//section[@id='p1-{block['id']}']")
        assert words(section.find("h3")).startswith(block["title"])
        said = [words(one) for one in section.findall("p")]
        assert said == [" ".join(told.split()) for told in block["says"]]
        for table in block["tables"]:
            (shown,) = page.xpath(f"//table[@id='p1-{block['id']}-{table['id']}']")
            rows = shown.findall("tbody/tr")
            assert len(rows) == len(table["rows"])
            for row, wanted in zip(rows, table["rows"], strict=True):
                figures = [
                    figure
                    for cell in row
                    if "figure" in (cell.get("class") or "").split()
                    for figure in _numbers(words(cell))
                ]
                kinds = {column["id"]: column["kind"] for column in table["columns"]}
                expected = [
                    figure
                    for name, value in wanted.items()
                    if kinds[name] not in ("text", "person", "day", "month")
                    for figure in _flat(value)
                ]
                assert len(figures) == len(expected)
                for one, other in zip(figures, expected, strict=True):
                    assert abs(one - other) <= Decimal("0.05")
                    number += 1
    assert number > 300


def test_markdown_has_the_same_tables(report: Report) -> None:
    """As many rows, every cell as the page has it."""
    shown = report_markdown(report)
    for part in report.parts:
        for block in part.blocks:
            assert block.title.split(":")[0].replace("?", "") in shown.replace("\\", "")
            for table in block.tables:
                for row in table.rows:
                    cells = zip(row, table.columns, strict=True)
                    texts = [text(value, column, table.bounds) for value, column in cells]
                    assert re.sub(r"[\\]|&#8203;", "", shown).count(texts[0]) >= 1


@pytest.mark.filterwarnings("ignore:.*extension is not supported")
def test_the_workbook_has_a_sheet_for_each_table_with_its_numbers(report: Report) -> None:
    """Figures are numbers, percentages of 100, k and n in two columns."""
    book = openpyxl.load_workbook(io.BytesIO(report_workbook(report)))
    tables = [table for block in report.parts[0].blocks for table in block.tables]
    assert len(book.sheetnames) == 1 + len(tables)
    for sheet, table in zip(book.worksheets[1:], tables, strict=True):
        assert sheet.max_row == len(table.rows) + 1
        for line, row in enumerate(table.rows, 2):
            wanted = []
            for value, column in zip(row, table.columns, strict=True):
                exact = json.loads(
                    str(document(value, column, table.bounds)).replace("'", '"')
                    if isinstance(value, Fraction | int)
                    else "null"
                )
                match value:
                    case Of():
                        wanted += [value.k, value.n]
                    case Interval():
                        wanted += [round(end * 100, 2) for end in value]
                    case None if column.kind in (Kind.OF, Kind.INTERVAL):
                        wanted += [None, None]
                    case Fraction() | int():
                        wanted.append(exact)
                    case _:
                        wanted.append(value)
            found = [cell.value for cell in sheet[line]][: len(wanted)]
            for one, other in zip(found, wanted, strict=True):
                if isinstance(other, int | float) and one is not None:
                    assert one == pytest.approx(other, abs=0.006)
                else:
                    assert one == other


TAGS = {
    *("html", "head", "meta", "title", "style", "body", "header", "main", "section", "footer"),
    *("nav", "h1", "h2", "h3", "h4", "p", "span", "bdi", "blockquote", "cite", "div", "ul", "li"),
    *("a", "figure", "figcaption", "details", "summary", "small"),
    *("table", "caption", "thead", "tbody", "tr", "th", "td"),
    *("svg", "g", "path", "line", "rect", "text", "tspan"),
}
ATTRIBUTES = {
    *("charset", "http-equiv", "content", "name", "lang", "class", "scope", "role", "href", "id"),
    *("tabindex", "aria-label", "viewbox", "transform", "d", "fill", "fill-opacity", "stroke"),
    *("stroke-width", "stroke-dasharray", "stroke-opacity", "stroke-miterlimit", "opacity"),
    *("font-size", "font-family", "font-weight", "text-anchor", "x", "y", "x1", "x2", "y1", "y2"),
    *("width", "height", "aria-hidden", "dx", "dy", "stroke-linecap", "stroke-linejoin"),
}


def hostile_reports(times: int = 6) -> list[Report]:
    """Reports of reviews with the hostile text wherever text can stand."""
    outcomes = [one for one in hostile.outcomes(hostile.BRIEF) if isinstance(one, Scored)]
    many = [one._replace(id=f"{one.id}{number}") for number in range(times) for one in outcomes]
    counts, records = ReportCounts(("channel",)), Records()
    for one in many:
        counts.add(one)
        records.add(one)
    found = Found(len(many), len(many), 0, 0, 0)
    window = window_of(NO_FILTER, records.first_day, records.last_day)
    people = [person_report(one, window, Shown(names=True)) for one in records.people.values()]
    return [team_report(counts, Asked(names=True, by=("channel",)), found), *people]


def test_hostile_text_is_inert_in_html() -> None:
    """Only tags and attributes of ours; links lead within the page; one style; the policy first."""
    for report in hostile_reports():
        page = report_html(report)

        class Reader(HTMLParser):
            def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
                assert tag in TAGS
                assert {name for name, _ in attrs} <= ATTRIBUTES
                assert all(
                    (value or "").startswith("#p") for name, value in attrs if name == "href"
                )

            def handle_comment(self, data: str) -> None:
                raise AssertionError(data[:80])

            unknown_decl = handle_pi = handle_comment

        Reader().feed(page)
        tree = html.document_fromstring(page)
        assert tree.find("head")[1].get("content") == (
            "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
        )
        assert page.count("<style>") == 1
        for element in tree.iter():
            for shown, owner in ((element.text, element), (element.tail, element.getparent())):
                for mark in hostile.MARK.finditer(shown or ""):
                    assert owner.tag in ("bdi", "title", "text", "li"), mark[0]


def test_hostile_text_is_inert_in_markdown() -> None:
    """No HTML, link or picture comes of it."""
    import markdown_it

    for report in hostile_reports(times=1):
        parser = markdown_it.MarkdownIt("gfm-like", {"linkify": True, "html": True})
        shown = parser.render(report_markdown(report))
        assert not re.search(r"<(?:a|img|script|style|pre|svg)\b", shown)


def test_hostile_names_in_pictures_are_only_text() -> None:
    """A group's name is a text of the picture, visible, whatever it holds."""
    from charter_score.report.model import Bands

    name = hostile.BRIEF[:400]
    svg = drawn(Bands((name, "B"), ("Low", "High"), ((1, 5), (3, 3))), name)
    assert svg is not None
    tree = html.fragment_fromstring(svg)
    assert {one.tag for one in tree.iter()} <= {"svg", "g", "path", "line", "rect", "text", "tspan"}
    assert tree.get("role") == "img"
    assert tree.get("aria-label") == visible(" ".join(name.split()))
    assert not any(key.startswith("on") for one in tree.iter() for key in one.attrib)


def test_pictures_stand_with_their_tables_or_without_themselves(
    report: Report, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each drawing has a description; without the extra the tables are open and a line says so."""
    page = html.document_fromstring(report_html(report))
    drawings = page.xpath("//figure/*[local-name()='svg']")
    assert len(drawings) >= 4
    assert all(one.get("role") == "img" and one.get("aria-label") for one in drawings)
    assert page.xpath("//details//table[contains(@id, 'trend')]")
    monkeypatch.setattr("charter_score.render.report.charts._library", lambda: None)
    plain = html.document_fromstring(report_html(report))
    assert not plain.xpath("//figure")
    assert not plain.xpath("//details//table[contains(@id, 'trend')]")
    assert "Pictures need the extra" in words(plain)


def test_the_same_report_gives_the_same_bytes(report: Report) -> None:
    """No clock and no chance in any format."""
    for render in (report_html, report_json, report_markdown, report_workbook):
        assert render(report) == render(report)


def test_heat_is_shaded_by_steps_and_its_numbers_stand_in_it() -> None:
    """The lower the darker, blank where there are few."""
    shares = (Fraction(1), Fraction(84, 100), Fraction(40, 100), None)
    columns = (
        Column("month", "Month", Kind.TEXT),
        *(Column(f"s{place}", f"S{place}", Kind.PERCENT) for place in range(4)),
    )
    table = Table("heat", "Heat", columns, (("May", *shares),))
    block = Block("heat", "Heat?", (), (table,), Heat(("S",), ("May",), ((None,),)))
    part = Part(RUBRIC, "Small", "", 9, (block,))
    page = html.document_fromstring(report_html(Report("R", (), (part,), (), "", "", 9)))
    cells = page.xpath("//tbody/tr/td")
    assert [words(cell) for cell in cells] == ["100%", "84%", "40%", "–"]
    assert [cell.get("class") for cell in cells] == [
        "figure shade-1",
        "figure shade-3",
        "figure shade-6",
        "figure",
    ]
