"""JUnit XML, read back by junitparser and held to the schema of Jenkins' xUnit plugin."""

import io
import re
from collections import Counter
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import junitparser
import pytest

import hostile
from batches import batch, rendered, rendered_text
from charter_score.outcome import Failed, Outcome, Scored, Skipped
from charter_score.render.results.junit import JUnit, legal
from charter_score.render.text.hostile import with_breaks
from effort import some

# Elements with the attributes and children that they may have: junit-10.xsd, and `file` on a case,
# which GitLab reads (its documentation, Unit test reports), with `line`, which programs read that
# annotate pull requests.
SCHEMA: dict[str, tuple[set[str], set[str]]] = {
    "testsuites": ({"name", "time", "tests", "failures", "errors"}, {"testsuite"}),
    "testsuite": (
        {"name", "tests", "failures", "errors", "skipped", "file", "time"},
        {"properties", "testcase"},
    ),
    "properties": (set(), {"property"}),
    "property": ({"name", "value"}, set()),
    "testcase": ({"name", "classname", "file", "line", "time"}, {"failure", "error", "skipped"}),
    "failure": ({"type", "message"}, set()),
    "error": ({"type", "message"}, set()),
    "skipped": ({"type", "message"}, set()),
}
# XML 1.0, section 2.2, Char.
ILLEGAL = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def parsed(data: bytes) -> Any:
    """The suites as junitparser reads them."""
    suites = junitparser.JUnitXml.fromstring(data)
    assert isinstance(suites, junitparser.JUnitXml)
    return suites


def fresh(*, names: bool = False, comments: bool = False) -> JUnit:
    return JUnit(names=names, comments=comments)


def hold_to_the_schema(data: bytes) -> None:
    """Fail where an element, attribute or count is none that the schema has."""
    root = ET.fromstring(data)  # noqa: S314 - our own file
    assert root.tag == "testsuites"
    for element in root.iter():
        attributes, children = SCHEMA[element.tag]
        assert set(element.attrib) <= attributes
        assert {child.tag for child in element} <= children
        if element.tag == "testcase":
            assert len(element) <= 1
    for suite in root:
        cases = suite.findall("testcase")
        assert int(suite.attrib["tests"]) == len(cases)
        for attribute, tag in (
            ("failures", "failure"),
            ("errors", "error"),
            ("skipped", "skipped"),
        ):
            assert int(suite.attrib[attribute]) == sum(c.find(tag) is not None for c in cases)


@pytest.fixture(name="outcomes")
def _outcomes(tmp_path: Path) -> list[Outcome]:
    return batch(tmp_path)


def test_a_suite_is_a_review_and_a_case_a_criterion(outcomes: list[Outcome]) -> None:
    """Every input has its suite in order, a scored one a case for each criterion."""
    data = rendered(fresh(), outcomes)
    hold_to_the_schema(data)
    suites = list(parsed(data))
    assert [suite.name for suite in suites] == [
        *("a-high", "b-low", "c-critical", "d-rests", "e-calibration", "f-draft"),
        *("g-unrated.yaml", "h-open"),
    ]
    assert [suite.tests for suite in suites] == [5, 5, 5, 5, 5, 1, 1, 5]
    assert [suite.failures for suite in suites] == [0, 3, 1, 1, 0, 0, 0, 1]
    assert [suite.skipped for suite in suites] == [0, 1, 0, 3, 0, 1, 0, 0]
    assert [suite.errors for suite in suites] == [0, 0, 0, 0, 0, 0, 1, 0]


def test_failures_say_what_happened_in_both_places(outcomes: list[Outcome]) -> None:
    """Some systems show the message and some the text, so what happened stands in both."""
    low = list(parsed(rendered(fresh(), outcomes)))[1]
    tone = next(case for case in low if case.name == "tone: Tone of voice")
    (failure,) = tone.result
    assert failure.message == "not met: 0 of 2 points"
    assert failure.text == "not met: 0 of 2 points\nTry: Breathe."
    assert failure.type == "not-met"
    assert tone.classname == "b-low.welcome"


def test_a_case_knows_its_line(outcomes: list[Outcome]) -> None:
    """A criterion points at the line that rates it, an input that failed at its first error."""
    root = ET.fromstring(rendered(fresh(), outcomes))  # noqa: S314 - our own file
    lines = {
        (case.get("classname"), (case.get("name") or "").partition(":")[0]): case.get("line")
        for case in root.iter("testcase")
    }
    assert lines["b-low.welcome", "tone"] == "5"
    assert lines["c-critical.welcome", "identity"] == "4"
    assert lines["g-unrated.yaml", "score"] == "4"
    assert lines["f-draft", "score"] is None


def test_a_missed_critical_criterion_says_so(outcomes: list[Outcome]) -> None:
    """The case says that the criterion is critical, the suite what follows."""
    suite = list(parsed(rendered(fresh(), outcomes)))[2]
    (failure,) = next(case for case in suite if case.name.startswith("identity")).result
    assert failure.message == "not met: 0 of 1 point, critical"
    properties = {one.name: one.value for one in suite.properties()}
    assert properties["critical"] == 'critical, and missed: "Identity check"'
    assert properties["rubric"] == "small@1"
    assert (properties["score"], properties["band"]) == ("85.7%", "Low")


def test_not_applicable_is_skipped_with_its_rule(outcomes: list[Outcome]) -> None:
    """n/a is skipped, and says what it counts as; the reviewer's reason only where asked for."""
    suite = list(parsed(rendered(fresh(), outcomes)))[3]
    told = [case.result[0].message for case in suite if case.is_skipped]
    assert told == ["n/a counts as met"] * 3
    properties = {one.name: one.value for one in suite.properties()}
    assert properties["rests-on-na"].startswith("the band rests on n/a; by what was observed")


def test_what_has_no_score_is_one_case(outcomes: list[Outcome]) -> None:
    """A broken review is an error with every diagnostic, a draft is skipped."""
    *_, draft, broken, _ = parsed(rendered(fresh(), outcomes))
    (case,) = draft
    assert case.result[0].message == "draft, not scored"
    (case,) = broken
    (error,) = case.result
    assert error.type == "unknown-rating"
    assert error.message.startswith("g-unrated.yaml:4:19: error[unknown-rating] this is no rating")
    assert error.text.count("error[") == 4
    assert "error[unrated] welcome.greeting has" in error.text


def test_every_case_has_a_name_of_its_own(outcomes: list[Outcome]) -> None:
    """Class and name are unique over the whole file, whatever ids and paths the reviews share."""
    scored = next(one for one in outcomes if isinstance(one, Scored))
    same: list[Outcome] = [
        scored,
        scored._replace(path="other.yaml"),
        scored._replace(id="a-high (2)"),
        scored,
        Skipped("x.yaml", "a-high", "draft"),
        Failed("a-high", next(o for o in outcomes if isinstance(o, Failed)).diagnostics),
        scored._replace(id="a-high.welcome"),
        scored._replace(id="a\x01"),
        scored._replace(id="a\x02"),
    ]
    data = rendered(fresh(), same)
    names = Counter((case.classname, case.name) for suite in parsed(data) for case in suite)
    assert max(names.values()) == 1
    suites = Counter(suite.name for suite in parsed(data))
    assert max(suites.values()) == 1


def test_many_reviews_of_one_id_take_no_longer_each() -> None:
    """The number behind a repeated name is known, not searched for."""
    from charter_score.render.results.junit import Suite

    renderer = fresh()
    written = [renderer.add(Suite("same", "\0")) for _ in range(50_000)]
    assert len(set(written)) == 50_000
    assert (written[1], written[-1]) == (" (2)", " (50000)")


@pytest.mark.at_length
@pytest.mark.parametrize("text", some([hostile.BRIEF, hostile.HOSTILE]), ids=["text"])
@pytest.mark.parametrize("names", [True, False])
@pytest.mark.parametrize("comments", [True, False])
def test_hostile_text_stays_text(names: bool, comments: bool, text: str) -> None:
    """The file is XML 1.0 with our elements only, and gives every text back."""
    data = rendered(fresh(names=names, comments=comments), hostile.outcomes(text))
    assert ILLEGAL.search(data.decode("utf-8")) is None
    assert b"\0" not in data
    hold_to_the_schema(data)
    list(parsed(data))
    found = set()
    for element in ET.fromstring(data).iter():  # noqa: S314 - our own file
        for shown in (*element.attrib.values(), element.text or ""):
            for mark in hostile.MARK.finditer(shown):
                whole = text.replace("FIELD", mark[0])
                assert legal(whole) in shown or legal(with_breaks(whole)) in shown
                found.add(mark[0][6:-4])
    assert found >= {
        *("path", "review-id", "second-id", "version", "band-low", "title-greeting", "title-next"),
        *("level-middle", "advice-tone", "failed-path", "message", "hint", "skipped-id"),
    }
    people, said = {"advisor", "reviewer"}, {"comment-tone", "comment-absent", "comment-level"}
    assert found & people == (people if names else set())
    assert found & said == (said if comments else set())
    assert not found & {"who", "decided-by-tone", "notes", "evidence-tone", "because-tone"}


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain é 😀", "plain é 😀"),
        ("a\r\nb\rc\nd\te", "a\nb\nc\nd\te"),
        ("\x00\x1b\x7f\x9b", "\\u0000\\u001b\\u007f\\u009b"),
        ("\ufffe\uffff\u2028\u202e", "\\ufffe\\uffff\\u2028\\u202e"),
        ("]]> & < \"'", "]]> & < \"'"),
    ],
)
def test_text_is_made_legal_and_stays_legible(text: str, shown: str) -> None:
    """What XML cannot hold is shown as what it was; lines and tabs are kept."""
    assert legal(text) == shown
    element = ET.Element("x", a=legal(text))
    element.text = legal(text)
    read = ET.parse(io.BytesIO(ET.tostring(element))).getroot()  # noqa: S314 - our own file
    assert (read.get("a"), read.text) == (shown, shown)


def test_the_file_says_what_it_is(outcomes: list[Outcome]) -> None:
    """It begins with the declaration and ends with a line break."""
    text = rendered_text(fresh(), outcomes)
    assert text.startswith('<?xml version="1.0" encoding="UTF-8"?>\n<testsuites ')
    assert text.endswith("</testsuites>\n")
