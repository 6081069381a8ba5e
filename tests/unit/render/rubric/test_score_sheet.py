"""A rubric as a printable score sheet, read back by another parser."""

import re
import sys
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import pytest

import hostile
from charter_score.cli.rubrics import RubricView, ShowOptions, run_show
from charter_score.cli.terminal import Color
from charter_score.errors import ExitCode, NotWrittenError, UsageError
from charter_score.library import load_rubric
from charter_score.render.html import environment
from charter_score.render.rubric import score_sheet as module
from charter_score.render.text.hostile import visible
from charter_score.rubric import Rubric
from documents import rubric_from
from effort import some

SHIPPED = sorted((Path(__file__).parents[4] / "rubrics").glob("*.yaml"))
VOID = {"meta", "col", "br", "input"}
KNOWN_TAGS = {
    *("html", "head", "meta", "title", "style", "body", "header", "main", "footer", "section"),
    *("h1", "h2", "h3", "p", "dl", "dt", "dd", "div", "span", "bdi", "b", "strong", "ul", "li"),
    *("table", "caption", "colgroup", "col", "thead", "tbody", "tr", "th", "td", "blockquote"),
    *("label", "input"),
}
KNOWN_ATTRIBUTES = {
    *("lang", "dir", "charset", "http-equiv", "content", "name", "class", "scope"),
    *("colspan", "rowspan", "aria-hidden", "type", "id"),
}

SMALL = """
id: small
version: "2"
title: Calls
organisation: A council
source: The standard
rule_source: The standard says so.
expected: 70
bands: [{name: Low, meaning: more practice}, {name: Good, from: 70}, {name: Best, above: 90}]
fields:
  channel: {title: Channel, values: [phone, visit], required: true}
  topics: {values: [a, b], many: true}
  officer: {title: Officer, required: true}
sections:
  - id: open
    title: Opening
    guidance: How it begins.
    criteria:
      - {id: greet, title: Greeting, points: 2, guidance: Says hello.}
      - {id: check, title: Check, critical: true, not_applicable: forbidden, comment: when_missed}
      - {id: note, title: Note, points: 0, not_applicable: needs_comment}
      - {id: tone, title: Tone, levels: {good: 2, poor: 0}, applies_when: {channel: phone}}
  - id: end
    title: Ending
    applies_when: {officer: [Mx Hill], topics: a}
    criteria:
      - {id: thanks, title: Thanks, points: 2, looks_like: {met: Said it.}}
"""


class Sheet(HTMLParser):
    """The elements, texts and attributes of a page; refuses what is not well nested."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str, str | None]] = []
        self.texts: list[tuple[tuple[str, ...], str]] = []
        self.others: list[str] = []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element and its attributes."""
        self.tags.append(tag)
        self.attributes += [(tag, name, value) for name, value in attrs]
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """Close the element that is open."""
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        """Note a text and where it stands."""
        if data.strip():
            self.texts.append((tuple(self.open), data))

    def handle_comment(self, data: str) -> None:
        """Note what no text may become."""
        self.others.append(data)

    def handle_pi(self, data: str) -> None:
        """Note what no text may become."""
        self.others.append(data)

    @property
    def seen(self) -> str:
        """Everything that is shown, on one line."""
        shown = (text for place, text in self.texts if "style" not in place)
        return " ".join(" ".join(shown).split())


def sheet(rubric: Rubric) -> Sheet:
    return Sheet(module.score_sheet(rubric))


def row_of(html: str, title: str) -> str:
    """The HTML of one criterion."""
    return next(part for part in html.split("<tbody")[1:] if f"<bdi>{title}</bdi>" in part)


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_a_shipped_rubric_is_shown_whole(path: Path) -> None:
    """Every section, criterion, band, field and all guidance is on the page."""
    rubric = load_rubric(path).rubric
    found = sheet(rubric)
    for section, criterion in rubric.criteria():
        for text in (section.title, section.guidance, criterion.title, criterion.guidance):
            assert " ".join(text.split()) in found.seen, text
        for text in criterion.looks_like.values():
            assert " ".join(text.split()) in found.seen, text
    assert all(band.name in found.seen for band in rubric.bands)
    assert all((rule.title or name) in found.seen for name, rule in rubric.fields.items())
    assert ("html", "lang", rubric.language) in found.attributes


def test_what_stays_together_on_paper() -> None:
    """A criterion, a heading with its table and the foot are not torn apart; heads are repeated."""
    style = module.score_sheet(rubric_from(SMALL)).partition("<style>")[2]
    rules = {selector.strip(): rule for selector, rule in re.findall(r"([^{}]+){([^{}]*)}", style)}
    for selector in ("tbody", "thead", ".about", ".foot"):
        assert "break-inside: avoid" in rules[selector], selector
    for selector in ("thead", ".head", ".about"):
        assert "break-after: avoid" in rules[selector], selector
    assert "display: table-header-group" in rules["thead"]
    assert "size: A4" in rules["@page"]


def test_the_reader_chooses_whether_guidance_is_printed() -> None:
    """A box on the screen leaves out what a sheet can be filled in without; levels always stay."""
    html = module.score_sheet(rubric_from(SMALL))
    printed = html.partition("@media print {")[2].partition("</style>")[0]
    assert "body:has(#brief:checked) :is(.about, .spare .below) { display: none; }" in " ".join(
        printed.replace(".choose, ", "").split()
    )
    assert html.count('<input type="checkbox" id="brief">') == 1
    assert '<tbody class="spare">' in html.partition("Opening")[2]
    assert 'class="needed"' in "<tbody" + row_of(html, "Tone")


def test_what_a_criterion_asks_for() -> None:
    """A box for each rating that is allowed, points, marks and conditions beside the title."""
    html = module.score_sheet(rubric_from(SMALL))
    greet, check, note = (row_of(html, title) for title in ("Greeting", "Check", "Note"))
    assert greet.count('class="box ') == 3
    assert "2 points" in greet
    assert check.count('class="box ') == 2
    assert "not allowed here" in check
    assert all(mark in check for mark in ("CRITICAL", "1 point", ">*<"))
    assert "advisory, never scored" in note
    assert ">†<" in note
    tone = Sheet(row_of(html, "Tone").partition(">")[2].rpartition("</tbody>")[0]).seen
    assert "good (2) poor (0) n/a" in tone
    assert "only for phone" in tone
    assert (
        "met : Said it."
        in Sheet(row_of(html, "Thanks").partition(">")[2].partition("</tbody>")[0]).seen
    )


def test_the_frame_of_a_sheet() -> None:
    """Who and what was reviewed above; the bands, the rule and what is expected below."""
    found = sheet(rubric_from(SMALL)).seen
    for text in (
        "A council Calls Score sheet · small@2 · The standard",
        "Channel (required) phone visit",
        "topics (none, one or several) a b",
        "Officer (required)",
        "Opening to fill in of to fill in points that apply",
        "Ending only for Officer : Mx Hill , and a",
        "(expected: 70% or above)",
        "n/a counts as met. It earns its points as if it had been met. The standard says so.",
        "Missing a critical criterion puts the review in the lowest band.",
        "Above 90%: Best From 70%: Good Below that: Low , more practice",
        "* say why when it is missed or points are lost. † say why when it is n/a.",
    ):
        assert text in found, text


def test_the_other_rules() -> None:
    """Other policies, weights and effects of a critical criterion are said as they are."""
    other = SMALL.replace(
        "rule_source:", "not_applicable: excluded\non_critical: zero\nrule_source:"
    )
    assert "n/a is left out. Its points are taken out" in sheet(rubric_from(other)).seen
    assert "sets the score to 0%" in sheet(rubric_from(other)).seen
    missed = other.replace("excluded", "not_met")
    assert "n/a counts as not met. It earns no points." in sheet(rubric_from(missed)).seen
    weighted = SMALL.replace("rule_source:", "combine: section_weights\nrule_source:")
    weighted = weighted.replace("title: Opening", "title: Opening\n    weight: 30")
    weighted = weighted.replace("title: Ending", "title: Ending\n    weight: 70")
    found = sheet(rubric_from(weighted)).seen
    assert "points, weight 70" in found
    assert "Sum of section % × weight" in found
    never = SMALL.replace("bands:", "scales: {}\nbands:").replace("needs_comment", "forbidden")
    never = never.replace("points: 2", "points: 2, not_applicable: forbidden")
    never = never.replace("title: Tone,", "title: Tone, not_applicable: forbidden,")
    found = sheet(rubric_from(never)).seen
    assert "n/a is not used on this sheet." in found
    assert "Observed" not in found


def test_points_that_are_hidden() -> None:
    """A rubric that hides its points shows none: of criteria, levels, sections, the whole."""
    found = sheet(rubric_from(SMALL.replace("expected:", "hide_points: true\nexpected:"))).seen
    assert "points that apply" not in found
    assert not re.search(r"\d points?\b|good \(", found)


@pytest.mark.at_length
@pytest.mark.parametrize("text", some([*hostile.PIECES, hostile.BRIEF, hostile.HOSTILE], -1))
def test_no_text_acts(text: str) -> None:
    """No text of a rubric makes an element, an attribute or a style; all are shown, isolated."""
    text = text if "FIELD" in text else text + " FIELD"
    found, plain = sheet(hostile.rubric(text)), sheet(hostile.rubric("FIELD"))
    assert found.tags == plain.tags
    assert set(found.tags) <= KNOWN_TAGS
    assert {name for _, name, _ in found.attributes} <= KNOWN_ATTRIBUTES
    assert found.others == []
    shown = visible(re.sub(r"[ \t\r\n]+", " ", hostile.hostile("title-greeting", text)).strip())
    assert any(shown == data for _, data in found.texts)
    for place, data in found.texts:
        if hostile.MARK.search(data):
            assert place[-1] == "bdi" or "title" in place
            assert data == visible(data)


def test_every_field_is_shown() -> None:
    """The text of every field that a reviewer needs is on the sheet."""
    rubric = hostile.rubric("FIELD")
    left_out = {
        *("scale-name", "cost-channel", "ignore-reason", "description", "field-name"),
        "cost-source",
        *(f"{what}-{criterion.id}" for what in ("advice", "source")
          for _, criterion in rubric.criteria()),
        "looks-level", "looks-scaled",
    }  # fmt: skip
    wanted = set(hostile.MARK.findall(repr(rubric))) - {hostile.mark(one) for one in left_out}
    assert wanted <= set(hostile.MARK.findall(sheet(rubric).seen))


def test_nothing_is_fetched_or_run() -> None:
    """The page says so to the browser too, by a policy that allows its own styles alone."""
    html = module.score_sheet(hostile.rubric(hostile.BRIEF))
    policy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
    assert ("meta", "content", policy) in Sheet(html).attributes
    style = html.partition("<style>")[2].partition("</style>")[0]
    assert "url(" not in style
    assert "@import" not in style


def test_tables_and_headings_for_those_who_listen() -> None:
    """Tables have captions and headers with a scope; headings go down one step at a time."""
    found = sheet(rubric_from(SMALL))
    scopes = [value for tag, name, value in found.attributes if (tag, name) == ("th", "scope")]
    assert len(scopes) == found.tags.count("th")
    assert set(scopes) == {"col", "row"}
    assert found.tags.count("caption") == found.tags.count("table") == 2
    levels = [int(tag[1]) for tag in found.tags if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))


def test_colours_can_be_read() -> None:
    """Every colour of text has a contrast of 4.5 at least on white and on the tint of heads."""
    style = module.score_sheet(rubric_from(SMALL)).partition("<style>")[2]
    colours = dict(re.findall(r"--(\w+): (#[0-9a-f]{6})", style))
    for name in ("ink", "soft", "mark"):
        for ground in ("#ffffff", colours["tint"]):
            assert contrast(colours[name], ground) >= 4.5, (name, ground)


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours. Source: WCAG 2.2, relative luminance."""

    def luminance(colour: str) -> float:
        parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
        red, green, blue = (
            p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts
        )
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_another_language() -> None:
    """The page has the rubric's language and direction, and our own English words say so."""
    html = module.score_sheet(
        rubric_from(SMALL.replace("\nsource: The", "\nlanguage: he\nsource: The"))
    )
    assert '<html lang="he" dir="rtl">' in html
    assert '<span lang="en" dir="ltr">Score sheet</span>' in html
    assert 'lang="en"' not in module.score_sheet(rubric_from(SMALL)).partition("<body")[2]


def test_without_jinja2(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the extra the error says how to install it."""
    monkeypatch.setitem(sys.modules, "jinja2", None)
    environment.cache_clear()
    with pytest.raises(UsageError) as wrong:
        module.score_sheet(rubric_from(SMALL))
    assert wrong.value.hint == "pip install 'charter-score[report]'"


def test_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A rubric is written as its file's ending says, `-f` wins, and the rubric itself is safe."""
    source = tmp_path / "small.yaml"
    source.write_text(SMALL)

    def run(view: RubricView | None, output: str | None) -> ExitCode:
        return run_show(
            ShowOptions(rubric=str(source), color=Color.NEVER, output_format=view, output=output)
        )

    for name, begins in (
        ("a.html", "<!DOCTYPE html>"),
        ("a.md", "# A council: Calls"),
        ("a.json", '{"schema": "charter-score/rubric/v1"'),
        ("a.txt", "A council: Calls (2)"),
    ):
        assert run(None, str(tmp_path / name)) is ExitCode.OK
        assert (tmp_path / name).read_text().startswith(begins)
        assert (tmp_path / name).stat().st_mode & 0o777 == 0o600
    assert run(RubricView.MARKDOWN, str(tmp_path / "b.html")) is ExitCode.OK
    assert (tmp_path / "b.html").read_text().startswith("# A council: Calls")
    assert capsys.readouterr().out == ""
    for view, begins in ((RubricView.HTML, "<!DOCTYPE"), (RubricView.MARKDOWN, "# A"), (None, "A")):
        assert run(view, "-") is ExitCode.OK
        assert capsys.readouterr().out.startswith(begins)
    copy = tmp_path / "copy.html"
    copy.write_text(SMALL)
    for output in (str(copy), str(tmp_path / "a.pdf")):
        with pytest.raises(UsageError):
            run(None, output)
    assert copy.read_text() == SMALL
    with pytest.raises(UsageError):
        run(RubricView.JSON, str(source))
    with pytest.raises(NotWrittenError):
        run(None, str(tmp_path / "missing" / "a.html"))
    bad = tmp_path / "bad.yaml"
    bad.write_text("id: bad\nsections: []\n")
    code = run_show(ShowOptions(rubric=str(bad), color=Color.NEVER, output_format=RubricView.HTML))
    assert code is ExitCode.NOT_SCORED
