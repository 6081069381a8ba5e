"""The HTML page, read back by lxml and by html.parser."""

import json
import re
import subprocess
import sys
from decimal import Decimal
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from lxml import html

import hostile
from batches import batch, rendered, rendered_text
from charter_score.diagnostics import Diagnostic, Location
from charter_score.outcome import Failed, Outcome, Scored
from charter_score.render.results.json import JsonEnvelope
from charter_score.render.results.junit import legal
from charter_score.render.results.page import HtmlReport
from charter_score.render.text.hostile import visible, visible_lines, with_breaks
from effort import some

POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
TAGS = {
    *("html", "head", "meta", "title", "style", "body", "header", "main", "section", "footer"),
    *("h1", "h2", "h3", "p", "span", "b", "strong", "bdi", "blockquote", "div", "ul", "li", "dl"),
    *("dt", "dd", "table", "caption", "thead", "tbody", "tr", "th", "td", "svg", "rect", "line"),
    *("article", "h4", "h5", "ol"),
}
ATTRIBUTES = {
    *("charset", "http-equiv", "content", "name", "lang", "class", "scope", "role", "colspan"),
    *("viewbox", "preserveaspectratio", "aria-hidden", "focusable", "width", "height"),
    *("x", "x1", "x2", "y", "y1", "y2", "aria-label"),
}


def fresh(*, names: bool = False, comments: bool = False) -> HtmlReport:
    return HtmlReport(names=names, comments=comments)


def text_of(element: Any) -> str:
    """The element's text on one line."""
    return " ".join(element.text_content().split())


def hundredths(text: str) -> Decimal:
    return Decimal(text.removesuffix("%"))


@pytest.fixture(name="outcomes")
def _outcomes(tmp_path: Path) -> list[Outcome]:
    return batch(tmp_path)


def test_the_page_is_inert() -> None:
    """Only tags and attributes of ours: no script, event, link, form, frame, object or image."""
    text = rendered_text(fresh(names=True, comments=True), hostile.outcomes(), hostile.warnings())

    class Reader(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            assert tag in TAGS
            assert {name for name, _ in attrs} <= ATTRIBUTES

        def handle_decl(self, decl: str) -> None:
            assert decl == "DOCTYPE html"

        def handle_comment(self, data: str) -> None:
            raise AssertionError(data[:80])

        unknown_decl = handle_pi = handle_comment

    Reader().feed(text)
    page = html.document_fromstring(text)
    assert {one.tag for one in page.iter()} == TAGS
    style = page.findtext("head/style")
    assert not re.search(r"url\(|@import|expression|behavior", style)
    assert text.count("<style>") == 1


def test_the_policy_stands_before_everything_that_it_governs(outcomes: list[Outcome]) -> None:
    """The content security policy comes right behind the encoding, and is the contract's."""
    head = html.document_fromstring(rendered(fresh(), outcomes)).find("head")
    assert head[0].get("charset") == "utf-8"
    assert head[1].get("http-equiv") == "Content-Security-Policy"
    assert head[1].get("content") == POLICY
    assert {one.get("name"): one.get("content") for one in head.findall("meta")[2:]} == {
        "viewport": "width=device-width, initial-scale=1",
        "referrer": "no-referrer",
        "robots": "noindex",
    }


def test_the_page_says_its_language_and_prints() -> None:
    """`lang` on the page, and on the rubric's texts where they have another; styles for print."""
    from documents import review_from, rubric_from, scored

    rubric = rubric_from(
        'id: r\nversion: "1"\ntitle: Ansawdd\nlanguage: cy\nbands: [{name: Isel}]\n'
        "sections: [{id: s, title: S, criteria: [{id: a, title: Croeso}]}]"
    )
    result = scored(rubric, review_from("ratings: {s: {a: not met}}"))
    text = rendered_text(fresh(), [Scored("r.yaml", "r", "0", "0", result)])
    page = html.document_fromstring(text)
    assert page.get("lang") == "en"
    welsh = {text_of(one) for one in page.iter("bdi") if one.get("lang") == "cy"}
    assert welsh == {"Ansawdd", "Isel", "Croeso"}
    assert "@media print" in text
    assert "@page" in text


@pytest.mark.at_length
@pytest.mark.parametrize("text", some([hostile.BRIEF, hostile.HOSTILE]), ids=["text"])
@pytest.mark.parametrize("names", [True, False])
@pytest.mark.parametrize("comments", [True, False])
def test_hostile_text_comes_back_isolated(names: bool, comments: bool, text: str) -> None:
    """Every text of a file stands in a `bdi` (or the title), all of it, with nothing hidden."""
    outcomes = hostile.outcomes(text)
    page = html.document_fromstring(
        rendered(fresh(names=names, comments=comments), outcomes, hostile.warnings(text))
    )
    found = set()
    for element in page.iter():
        for shown, owner in ((element.text, element), (element.tail, element.getparent())):
            for mark in hostile.MARK.finditer(shown or ""):
                assert owner.tag in ("bdi", "title")
                whole = text.replace("FIELD", mark[0])
                line = visible(re.sub(r"[ \t\r\n]+", " ", whole).strip())
                assert (
                    line in shown
                    or legal(with_breaks(whole)) in shown
                    or visible_lines(whole) in shown
                )
                found.add(mark[0][6:-4])
    assert found >= {
        *("rubric-title", "organisation", "version", "band-low", "band-middle", "band-high"),
        *("review-id", "second-id", "calibration-id", "channel", "title-tone", "title-identity"),
        *("title-greeting", "failed-path", "message", "hint", "skipped-path"),
        *("warning-path", "warning-message", "warning-hint"),
    }
    people = {"advisor", "team", "reviewer"}
    assert found & people == (people if names else set())
    assert ("comment-tone" in found) is comments
    # Only the page made for an advisor has room for all of it.
    assert ({"notes", "because-tone", "evidence-tone", "what"} <= found) is (names and comments)
    assert ("decided-by-tone" in found) is names
    assert ("who" in found) is (names and comments)
    assert ({"reference", "interaction-one"} <= found) is names


def test_every_figure_is_the_wire_s(outcomes: list[Outcome]) -> None:
    """Each row's score, observed score, n/a and needs, each band's count: what JSON has."""
    page = html.document_fromstring(rendered(fresh(), outcomes))
    document = json.loads(
        rendered(JsonEnvelope(), outcomes), parse_float=Decimal, parse_int=Decimal
    )
    rows = page.xpath("//tr[@class='review']")
    assert len(rows) == len(document["results"]) == 6
    for row, result in zip(rows, document["results"], strict=True):
        cells = {one.get("class").split()[-1]: one for one in row}
        score = row.find_class("score")[0]
        assert text_of(cells["name"]).startswith(result["review"]["id"])
        shown = hundredths(text_of(score.find("b")))
        assert abs(shown - result["score"]["percent"]) <= Decimal("0.05")
        assert ("low" in score.get("class")) is (result["meets_expected"] is False)
        points = result["score"]
        assert f"{points['earned']} of {points['available']} point" in text_of(score)
        observed = text_of(cells["observed"]).split()
        assert abs(hundredths(observed[0]) - result["observed"]["percent"]) <= Decimal("0.05")
        assert Decimal(observed[1]) == result["observed"]["earned"]
        assert Decimal(observed[3]) == result["observed"]["available"]
        assert text_of(cells["band"]) == result["band"]
        assert Decimal(text_of(cells["na"])) == result["observed"]["not_applicable"]
        assert int(text_of(cells["needs"])) == len(result["development_needs"])
        bar = {one.get("class"): one for one in score.iter("rect")}
        assert Decimal(bar["by-na"].get("width")) == result["score"]["percent"]
        assert Decimal(bar["seen"].get("width")) == min(
            result["score"]["percent"], result["observed"]["percent"]
        )
        (expected,) = score.iter("line")
        assert Decimal(expected.get("x1")) == result["rubric"]["expected"]
    (rubric,) = document["summary"]["rubrics"]
    bands = {
        text_of(row.find("th")): int(text_of(row.find("td")))
        for row in page.xpath("//table[@class='bands']//tr")
    }
    assert bands == rubric["bands"]
    assert list(bands) == ["High", "Fair", "Low"]
    facts = {text_of(one.find("dt")): text_of(one.find("dd")) for one in page.iter("dl").__next__()}
    assert facts["Score"].startswith(f"mean {round(rubric['mean_percent'], 1)}%, median ")
    assert facts["Observed"].startswith(f"mean {round(rubric['mean_observed_percent'], 1)}%")
    assert facts["Expected"].startswith(
        f"{rubric['reviews'] - rubric['below_expected']} of {rubric['reviews']} meet"
    )
    assert facts["Critical"].startswith(f"{rubric['critical']} review")
    assert facts["Provisional"].startswith(f"{rubric['provisional']} review")
    assert text_of(page.find_class("found")[0]).startswith(
        f"{document['summary']['reviews']} found, {document['summary']['scored']} scored"
    )


def test_a_bar_goes_no_further_than_the_score() -> None:
    """Where n/a takes points away, what was observed lies beyond the score and is not drawn."""
    from documents import review_from, rubric_from, scored

    rubric = rubric_from(
        'id: r\nversion: "1"\ntitle: R\nnot_applicable: not_met\n'
        "sections: [{id: s, title: S, criteria: [{id: a, title: A}, {id: b, title: B}]}]"
    )
    result = scored(rubric, review_from("ratings: {s: {a: met, b: n/a}}"))
    page = html.document_fromstring(rendered(fresh(), [Scored("r.yaml", "r", "0", "0", result)]))
    (row,) = page.xpath("//tr[@class='review']")
    bar = {one.get("class"): one.get("width") for one in row.iter("rect")}
    assert (bar["by-na"], bar["seen"]) == ("50", "50")
    assert text_of(row.find_class("observed")[0]) == "100% 1 of 1 point"
    assert list(row.iter("line")) == []


def test_bars_have_figures_beside_them(outcomes: list[Outcome]) -> None:
    """Every picture is hidden from readers of screens, because its figures stand as text."""
    page = html.document_fromstring(rendered(fresh(), outcomes))
    pictures = list(page.iter("svg"))
    assert len(pictures) == 3 + 3 + 6
    assert {one.get("aria-hidden") for one in pictures} == {"true"}
    for row in page.xpath("//table[@class='bands']//tr"):
        assert text_of(row.find("td")).isdigit()


def test_warnings_are_told_in_words(outcomes: list[Outcome]) -> None:
    """What to know before a score is relied on stands under it."""
    page = html.document_fromstring(rendered(fresh(), outcomes))
    told = {
        text_of(body.find_class("id")[0]): [text_of(one) for one in remarks.iter("li")]
        for body in page.xpath("//tbody[tr[@class='review']]")
        for remarks in body.find_class("remarks")
    }
    assert told["b-low"] == ["below what is expected (70% or above)"]
    assert told["c-critical"][0] == "critical, and missed: Identity check"
    assert told["d-rests"][:2] == [
        "the band rests on n/a; by what was observed (33.3%) it would be Low",
        "little was observed: 3 of 7 points",
    ]
    assert told["e-calibration"] == ["for calibration, not counted in the summary"]
    assert told["h-open"] == ["provisional: 1 dispute is open"]


def test_lists_say_what_to_talk_about(outcomes: list[Outcome]) -> None:
    """What was missed most, and what to thank for, with their counts."""
    page = html.document_fromstring(rendered(fresh(), outcomes))
    lists = {
        text_of(one.find("h3")): [text_of(item) for item in one.iter("li")]
        for one in page.find_class("lists")[0]
    }
    assert lists["Missed most (of those observed), 3 of 4 criteria"] == [
        "Tone of voice 2 of 4",
        "Greeting 1 of 4",
        "Identity check 1 of 5",
    ]
    assert lists["Thank for"] == ["Thanks met in 3 of 3 observed"]


def test_what_has_no_score_is_listed_with_its_diagnostics(outcomes: list[Outcome]) -> None:
    """A draft by its reason, a broken review by every diagnostic up to twenty."""
    many = tuple(Diagnostic("unrated", f"no {n}", "z.yaml", Location(n, 1)) for n in range(1, 31))
    page = html.document_fromstring(rendered(fresh(), [*outcomes, Failed("z.yaml", many)]))
    draft, broken, last = page.find_class("problems")[0]
    assert text_of(draft) == "f-draft.yaml skipped: draft"
    assert "line 4, column 3: error[unrated] welcome.greeting has no rating" in text_of(broken)
    assert len(list(broken.iter("li"))) == 1 + 4
    items = [text_of(one) for one in last.iter("li")]
    assert items[-2:] == ["line 20, column 1: error[unrated] no 20", "and 10 more"]
    assert "Without a score (3)" in [text_of(one) for one in page.iter("h2")]


def test_a_person_decides_and_the_rubric_is_named(outcomes: list[Outcome]) -> None:
    """The foot says so, with the rubric and its version."""
    page = html.document_fromstring(rendered(fresh(), outcomes))
    foot = text_of(page.find("body/footer"))
    assert "A person decides." in foot
    assert "Rubric small@1;" in foot
    assert page.findtext("head/title") == "Reviews: Small standard (1)"


def test_names_and_comments_only_where_asked_for(outcomes: list[Outcome]) -> None:
    """The advisor, team and reviewer under the id; the comment under its need."""
    shy = rendered_text(fresh(), outcomes)
    for word in ("Ann", "Rob", "Ben", "Rushed", "007", "bins", "I did"):
        assert not re.search(rf"\b{word}\b", shy)
    page = html.document_fromstring(rendered(fresh(names=True, comments=True), outcomes))
    (rows,) = page.find_class("reviews")
    names = [text_of(one) for one in rows.find_class("about")]
    assert "Ann" in names
    assert "reviewed by Rob" in names
    assert [text_of(one) for one in rows.iter("blockquote")] == ["Rushed"]


def test_several_rubrics_are_shown_apart(outcomes: list[Outcome]) -> None:
    """A part for each rubric, and each row says which it is."""
    page = html.document_fromstring(
        rendered(fresh(), [*outcomes, *hostile.outcomes(hostile.BRIEF)])
    )
    assert len(page.find_class("together")) == 2
    assert page.find_class("reviews")[0].get("class") == "reviews"
    one = html.document_fromstring(rendered(fresh(), outcomes))
    assert one.find_class("reviews")[0].get("class") == "reviews one-rubric"


def test_groups_are_listed_and_people_get_letters(outcomes: list[Outcome]) -> None:
    """What was grouped by stands in the summary, people by a letter unless names are shown."""
    for names, label in ((False, "advisor A"), (True, "Ann")):
        data = rendered(fresh(names=names), outcomes, by=("advisor", "channel"))
        page = html.document_fromstring(data)
        section = page.xpath("//h2[text()='Groups']/..")[0]
        tables = list(section.iter("table"))
        assert [text_of(one.find("caption")) for one in tables] == ["By advisor", "By channel"]
        heads = [[text_of(one) for one in table.findall("thead/tr/th")] for table in tables]
        assert heads == [["Advisor", "Reviews"], ["Channel", "Reviews"]]
        assert {one.get("scope") for one in section.iter("th")} == {"col", "row"}
        labels = [text_of(one) for one in tables[0].findall("tbody/tr/th")]
        assert label in labels
        notes = [text_of(one) for one in section.iter("p")]
        hidden = [] if names else ["Names are hidden; --include-names shows them."]
        few = "each fewer than 5 reviews, too few to compare"
        assert notes == [few, *hidden, few]
        assert (b"Ann" in data) is names


def test_groups_are_a_table_of_figures(outcomes: list[Outcome]) -> None:
    """Each figure stands under its heading, which a narrow page repeats beside it."""
    low = next(one for one in outcomes if isinstance(one, Scored) and one.id == "b-low")
    page = html.document_fromstring(rendered(fresh(), [low] * 5, by=("advisor,rubric",)))
    (table,) = page.xpath("//table[@class='groups']")
    heads = [text_of(one) for one in table.findall("thead/tr/th")]
    assert heads == [
        *("Advisor", "Rubric", "Reviews", "Mean", "Observed", "n/a adds", "Median", "Lowest"),
        *("Highest", "Expected"),
    ]
    cells = [text_of(one) for one in table.find("tbody/tr")]
    assert cells == [
        *("advisor A", "small@1", "Reviews 5", "Mean 42.9%", "Observed 33.3%", "n/a adds +9.5"),
        *("Median 42.9%", "Lowest 42.9%", "Highest 42.9%", "Expected 0 of 5"),
    ]


def test_nothing_found_is_said() -> None:
    """The batch without a review is a page too."""
    page = html.document_fromstring(rendered(fresh(), []))
    assert "No review was found." in text_of(page.find("body/main"))


def test_rows_do_not_wait_in_memory(outcomes: list[Outcome]) -> None:
    """Rows are on the disk once they are many, and the page comes in pieces."""
    import tracemalloc

    from batches import closing, summarise

    low = next(one for one in outcomes if isinstance(one, Scored) and one.id == "b-low")
    renderer = fresh()
    piece = renderer.piece(low)
    for _ in range(4_000):
        renderer.add(piece)
    tracemalloc.start()
    for _ in range(4_000):
        renderer.add(piece)
    most = 0
    length = 0
    for part in renderer.end(closing(summarise([low]))):
        length += len(part)
        most = max(most, len(part))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert length > 8_000 * len(piece.html)
    assert most < 500_000
    assert peak < 2_000_000


def test_without_the_extra_the_way_to_it_is_told() -> None:
    """Where Jinja2 is missing the format is refused with what to install."""
    code = (
        "import sys; sys.modules['jinja2'] = None\n"
        "from charter_score.__main__ import main\n"
        "sys.argv = ['charter-score', 'score', 'examples/plymouth', '-f', 'html']\n"
        "main()"
    )
    root = Path(__file__).resolve().parents[4]
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=root, capture_output=True, check=False, timeout=60
    )
    assert done.returncode == 2
    assert b"pip install 'charter-score[report]'" in done.stderr
    assert done.stdout == b""
