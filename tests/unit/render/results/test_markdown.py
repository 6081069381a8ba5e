"""Markdown, read back by markdown-it with GitHub's tables and automatic links."""

import re
from collections.abc import Iterator
from fractions import Fraction
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import markdown_it
import pytest

import hostile
from batches import batch, rendered, rendered_text
from charter_score.gates import Gates
from charter_score.outcome import Failed, Outcome, Scored
from charter_score.render.results.markdown import MOST_BYTES, Markdown, escaped
from charter_score.render.text.hostile import visible, with_breaks
from documents import review_from, rubric_from, scored
from effort import some

MOST_JOB_SUMMARY = 1024 * 1024
APART = "\u200b"
"""What keeps signs apart; it has no width."""

OURS = {
    *("heading_open", "heading_close", "paragraph_open", "paragraph_close", "inline", "text"),
    *("table_open", "table_close", "thead_open", "thead_close", "tbody_open", "tbody_close"),
    *("tr_open", "tr_close", "th_open", "th_close", "td_open", "td_close"),
    *("bullet_list_open", "bullet_list_close", "list_item_open", "list_item_close"),
    *("blockquote_open", "blockquote_close", "softbreak"),
    *("strong_open", "strong_close", "code_inline"),
}
CODE = re.compile(r"[a-z0-9_-]+@[\w.+-]+")
"""What may stand as code: `id@version`, or an address, which nobody is called by there either."""


def tokens(text: str) -> list[Any]:
    """The document's tokens; links are made of whatever looks like one, as on GitHub."""
    parser = markdown_it.MarkdownIt("gfm-like", {"linkify": True, "html": True})
    return list(parser.parse(text))


def flat(found: list[Any]) -> Iterator[Any]:
    for token in found:
        yield token
        yield from flat(token.children or [])


def text_of(token: Any) -> str:
    """The text of an inline token as a person reads it."""
    return "".join(
        " " if child.type == "softbreak" else child.content for child in token.children or []
    )


def tables(text: str) -> list[list[list[str]]]:
    """The tables as rows of cells."""
    found: list[list[list[str]]] = []
    inside = False
    for token in tokens(text):
        if token.type == "table_open":
            found.append([])
        elif token.type == "tr_open":
            found[-1].append([])
        elif token.type in ("td_open", "th_open"):
            inside = True
        elif token.type == "inline" and inside:
            found[-1][-1].append(text_of(token))
            inside = False
    return found


class Page(HTMLParser):
    """The text of rendered HTML that is not code, its code, and its tags."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.text = ""
        self.code: list[str] = []
        self.tags: set[str] = set()
        self._tag = ""
        self.feed(html)

    def handle_data(self, data: str) -> None:
        """Text, or code."""
        if self._tag == "code":
            self.code.append(data)
        else:
            self.text += data

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """A tag."""
        self.tags.add(tag)
        self._tag = tag
        assert {name for name, _ in attrs} <= {"style"}

    def handle_endtag(self, tag: str) -> None:
        """Code has no tags in it."""
        del tag
        self._tag = ""


# What GitHub and GitLab make links, pictures or calls of in finished text.
CALLS = re.compile(
    r"@[^\s\u200b]|(?<!&)#\d|![\d]|\$\d|%\d|%\"|~\w|~\"|&\d|\^\w|GH-\d|://|www\.|:[a-z+-][\w+-]*:",
    re.I,
)


def fresh(*, names: bool = False, comments: bool = False) -> Markdown:
    return Markdown(names=names, comments=comments)


@pytest.fixture(name="outcomes")
def _outcomes(tmp_path: Path) -> list[Outcome]:
    return batch(tmp_path)


def test_the_summary_stands_first(outcomes: list[Outcome]) -> None:
    """Title, what the reviews say together, each review, what has no score, who decides."""
    text = rendered_text(fresh(), outcomes)
    found = tokens(text)
    heads = [text_of(found[n + 1]) for n, t in enumerate(found) if t.type == "heading_open"]
    assert heads == ["Reviews", "Small standard (1)", "6 reviews", "Not scored"]
    assert text.rstrip().endswith("A person decides.")
    assert "Thank for" in text
    assert ["Fair", "2"] in tables(text)[1]


def test_each_review_has_a_row(outcomes: list[Outcome]) -> None:
    """Score, band, observed, n/a, what to know and what to develop, without names."""
    *_, reviews = tables(rendered_text(fresh(), outcomes))
    assert reviews[0] == [*("Review", "Score", "Band", "Observed", "n/a", "To know", "To develop")]
    assert {len(row) for row in reviews} == {7}
    rows = {row[0]: row[1:] for row in reviews[1:]}
    assert list(rows) == ["a-high", "b-low", "c-critical", "d-rests", "e-calibration", "h-open"]
    assert rows["a-high"] == ["100%", "High", "100%", "0", "", ""]
    assert rows["c-critical"][4] == 'critical, and missed: "Identity check"'
    assert rows["d-rests"][4].startswith("the band rests on n/a; by what was observed (33.3%)")
    assert rows["e-calibration"][4] == "for calibration, not counted in the summary"
    assert rows["h-open"][4].endswith("provisional: 1 dispute is open")
    assert rows["b-low"][5] == "Tone of voice; Greeting; Level"


def test_names_and_comments_only_where_asked_for(outcomes: list[Outcome]) -> None:
    """The advisor stands beside the id, the comment behind its need."""
    text = rendered_text(fresh(names=True, comments=True), outcomes)
    reviews = next(table for table in tables(text) if table[0][0] == "Review")
    row = next(row for row in reviews if row[0].startswith("b-low"))
    assert row[0] == "b-low (Ben)"
    assert row[6] == "Tone of voice (not met, 0 of 2 points: Rushed); Greeting; Level"


def test_several_rubrics_are_named_in_each_row(outcomes: list[Outcome]) -> None:
    """Where there are two rubrics every row says which it is, and the totals go over both."""
    text = rendered_text(fresh(), [*outcomes, *hostile.outcomes(hostile.BRIEF)])
    reviews = next(table for table in tables(text) if table[0][0] == "Review")
    assert reviews[0][1] == "Rubric"
    assert {len(row) for row in reviews} == {8}
    assert {row[1].replace(APART, "")[:6] for row in reviews[1:]} == {"small@", "hostil"}
    assert {row[1] for row in reviews[1:] if row[1].startswith("small")} == {"small@1"}
    assert "13 found, 9 scored, 2 could not be scored, 2 skipped" in text


@pytest.mark.at_length
@pytest.mark.parametrize(
    ("names", "comments"),
    some([(True, True), (False, False), (True, False), (False, True)], 2),
)
def test_hostile_text_shows_itself_and_nothing_else(names: bool, comments: bool) -> None:
    """No link, picture, HTML, mention or reference; cells stay cells; all text comes back."""
    text = rendered_text(fresh(names=names, comments=comments), hostile.outcomes(hostile.BRIEF))
    found = tokens(text)
    assert {token.type for token in flat(found)} <= OURS
    for table in tables(text):
        assert len({len(row) for row in table}) == 1
    html = markdown_it.MarkdownIt("gfm-like", {"linkify": True, "html": True}).render(text)
    page = Page(html)
    assert not page.tags & {"a", "img", "script", "style", "pre", "em", "s", "hr"}
    assert ("h3" in page.tags) is names  # the pages of single reviews
    assert all(CODE.fullmatch(code) for code in page.code)
    assert CALLS.findall(page.text) == []
    shown = set()
    for token in flat(found):
        if token.type == "inline":
            plain = text_of(token).replace(APART, "")
            for mark in hostile.MARK.finditer(plain):
                whole = hostile.BRIEF.replace("FIELD", mark[0])
                assert seen(whole) in plain or seen(with_breaks(whole)) in plain
                shown.add(mark[0][6:-4])
    assert shown >= {
        *("review-id", "second-id", "band-low", "title-tone", "title-identity", "failed-path"),
        *("message", "skipped-path", "rubric-title", "version"),
    }
    assert ("advisor" in shown) is names
    assert ("comment-tone" in shown) is comments
    # Only the page made for an advisor has room for all of it.
    assert {"reviewer", "decided-by-tone", "reference"}.issubset(shown) is names
    assert {"who", "notes", "because-tone", "evidence-tone"}.issubset(shown) is (names and comments)


def seen(text: str) -> str:
    """A text as Markdown shows it: on one line, with nothing invisible in it."""
    return visible(re.sub(r"[ \t\r\n]+", " ", text).strip())


@pytest.mark.parametrize("piece", hostile.PIECES)
@pytest.mark.parametrize("form", ["{}", "- {}", "| {} |\n| --- |", "# {}"])
def test_every_piece_alone_shows_itself(piece: str, form: str) -> None:
    """At the start of a line, of an item, of a cell and of a title."""
    text = form.format(escaped(piece)) + "\n"
    found = list(flat(tokens(text)))
    assert {token.type for token in found} <= OURS
    inlines = [text_of(token).replace(APART, "") for token in found if token.type == "inline"]
    assert inlines == [seen(piece)]


@pytest.mark.parametrize("start", ["-", "+", "*", "1.", "12)", "#", ">", "=", "```", "~~~", "    "])
def test_no_text_begins_a_block(start: str) -> None:
    """What would begin a list, a title, a quotation or code at the start of a line does not."""
    found = list(flat(tokens(escaped(f"{start} text") + "\n")))
    assert [token.type for token in found if token.type.endswith("_open")] == ["paragraph_open"]


def test_plain_text_stays_legible_as_it_is() -> None:
    """What needs no escape gets none: ids, dates, figures and names read well in the source."""
    for text in ("call-2016-05-04-0012", "77.8%", "Zoë O'Neil", "from 60% to 100% (11 reviews)"):
        assert escaped(text) == text


def test_the_whole_stays_under_what_github_takes(outcomes: list[Outcome]) -> None:
    """Under 1 MiB whatever comes: long texts, many reviews, many failures; what is left is said."""
    failed = next(one for one in outcomes if isinstance(one, Failed))
    low = next(one for one in outcomes if isinstance(one, Scored) and one.id == "b-low")
    long = low._replace(id="W" * 300)
    data = rendered(
        fresh(names=True, comments=True),
        [*hostile.outcomes(hostile.BRIEF), *[long] * 2_000, *[failed] * 4_000],
    )
    assert MOST_BYTES // 2 < len(data) <= MOST_BYTES < MOST_JOB_SUMMARY
    text = data.decode("utf-8")
    assert re.search(r"\n[0-9]+ more reviews are too much for this page\.\n", text)
    assert re.search(r"\n[0-9]+ more inputs are too much for this page\.\n", text)
    assert "2003 reviews" in text


def test_many_rubrics_stay_under_it_too() -> None:
    """Overviews are cut as well: a title may have 64 KB, and a batch any number of rubrics."""
    outcomes: list[Outcome] = []
    for number in range(20):
        one = rubric_from(
            f'id: r{number}\nversion: "1"\ntitle: "{"T*" * 30_000}"\n'
            "sections: [{id: s, title: S, criteria: [{id: a, title: A}]}]"
        )
        result = scored(one, review_from("ratings: {s: {a: met}}"))
        outcomes.append(Scored(f"{number}.yaml", str(number), "0", "0", result))
    text = rendered_text(fresh(), outcomes)
    assert len(text.encode()) <= MOST_BYTES
    assert re.search(r"\n[0-9]+ more parts are too much for this page\.\n", text)
    assert "## 20 reviews" in text


@pytest.mark.parametrize("kind", ["b-low", "failed"])
def test_room_that_others_do_not_use_is_used(outcomes: list[Outcome], kind: str) -> None:
    """A batch of only one kind of input has nearly the whole page for itself."""
    low = next(one for one in outcomes if isinstance(one, Scored) and one.id == "b-low")
    failed = next(one for one in outcomes if isinstance(one, Failed))
    room = MOST_BYTES // 20
    page = Markdown(names=False, comments=False, room=room)
    data = rendered(page, [low if kind == "b-low" else failed] * 1_500)
    assert room * 0.8 < len(data) <= room


def test_no_part_takes_the_room_of_another(outcomes: list[Outcome]) -> None:
    """However many reviews there are, failures have their share, and the other way round."""
    low = next(one for one in outcomes if isinstance(one, Scored) and one.id == "b-low")
    failed = next(one for one in outcomes if isinstance(one, Failed))
    few, many = 20, 1_500

    def page() -> Markdown:
        return Markdown(names=False, comments=False, room=MOST_BYTES // 20)

    text = rendered_text(page(), [*[failed] * few, *[low] * many])
    assert text.count(escaped(failed.path)) == few
    assert "too much for this page" in text
    text = rendered_text(page(), [*[failed] * many, *[low] * few])
    assert text.count("| b-low |") == few
    text = rendered_text(page(), [*[failed] * many, *[low] * many])
    assert text.count(escaped(failed.path)) > 100
    assert text.count("| b-low |") > 100


def test_one_too_many_is_said_in_the_singular(outcomes: list[Outcome]) -> None:
    """What there was no room for is counted in plain words."""
    low = next(one for one in outcomes if isinstance(one, Scored) and one.id == "b-low")
    fits = next(
        number
        for number in range(100)
        if "too much"
        in rendered_text(Markdown(names=False, comments=False, room=6_000), [low] * number)
    )
    text = rendered_text(Markdown(names=False, comments=False, room=6_000), [low] * fits)
    assert "\n1 more review is too much for this page.\n" in text


@pytest.mark.parametrize(
    "text",
    [
        "plymouth-quality-monitoring@2016",
        "a@1.0",
        "r_2@2024-05-01",
        "known: a@1, b@2.1 (c@3).",
        "a@ü",
    ],
)
def test_a_rubric_s_name_can_be_copied(text: str) -> None:
    """`id@version` comes back letter by letter, and is no mention and no address."""
    found = list(flat(tokens(escaped(text))))
    assert {token.type for token in found} <= OURS
    assert [text_of(token) for token in found if token.type == "inline"] == [text]
    for token in found:
        assert token.type != "text" or "@" not in token.content


def test_less_room_is_kept_to(outcomes: list[Outcome]) -> None:
    """Where others have used up a part of the room, what remains is enough."""
    low = next(one for one in outcomes if isinstance(one, Scored) and one.id == "b-low")
    for room in (0, 5_000, 50_000):
        text = rendered_text(Markdown(names=False, comments=False, room=room), [low] * 1_000)
        assert len(text.encode()) <= max(room, 2_000)


def test_groups_are_listed_and_people_get_letters(outcomes: list[Outcome]) -> None:
    """What was grouped by stands in the summary, people by a letter unless names are shown."""
    for names, label in ((False, "advisor A"), (True, "Ann")):
        text = rendered(fresh(names=names), outcomes, by=("advisor",)).decode()
        items = [text_of(one) for one in tokens(text) if one.type == "inline"]
        assert "By advisor" in items
        assert {label, "Advisor", "Reviews"} <= set(items)
        assert "each fewer than 5 reviews, too few to compare" in items
        assert ("Names are hidden; --include-names shows them." in items) is not names
        assert ("Ann" in text) is names


def test_nothing_found_is_said() -> None:
    """The batch without a review says so."""
    assert "0 found, 0 scored" in rendered_text(fresh(), [])


def test_the_verdict_stands_first(tmp_path: Path) -> None:
    """A job summary says why the job is red before it says anything else."""
    outcomes = batch(tmp_path)
    gates = Gates(expected=True, fail_under_mean=Fraction(1, 2))
    text = rendered_text(Markdown(names=False, comments=False), outcomes, gates=gates)
    assert text.startswith(
        "# Reviews\n\n"
        "**1 input could not be scored.**\n\n"
        "**\\--gate also fails: 1 of 5 is below its rubric's expectation; "
        "1 of 5 missed a critical criterion.**\n\n"
        "- b-low.yaml: 42.9%, expected 70% or above\n"
        "- c-critical.yaml: a critical criterion was missed\n\n"
        "\\--fail-under-mean passes for what was scored: `small@1` has a mean of 74.3%, "
        "wanted 50% or above.\n"
    ), text[:800]
    plain = rendered_text(Markdown(names=False, comments=False), outcomes[:1])
    assert plain.startswith("# Reviews\n\n## ")
