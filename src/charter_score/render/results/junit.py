"""A batch as JUnit XML, which GitLab, Jenkins and most CI systems show.

A suite is a review and a case a criterion: one that lost points (or is critical and was missed)
failed, n/a is skipped. Names of people and comments stay out unless they are asked for, since the
logs of CI are public.

Source: the schema of Jenkins' xUnit plugin (junit-10.xsd); beside it `file` on a case, which the
documentation of GitLab names (unit test reports), and `line`, by which pull requests are annotated.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple
from xml.etree import ElementTree as ET

from charter_score import facts
from charter_score.diagnostics import Diagnostic
from charter_score.outcome import Failed, Outcome, Scored, Skipped
from charter_score.render.results.batch import Closing
from charter_score.render.results.findings import amount_of, loss_of, reason, remarks
from charter_score.render.results.overview import chosen
from charter_score.render.text import phrases
from charter_score.render.text.diagnostics import place_text
from charter_score.render.text.hostile import visible, with_breaks
from charter_score.result import CriterionResult, ReviewResult, SectionResult

_AGAIN = "\0"
"""Stands in a piece behind the name of its suite, until it is known whether that came before."""


_BREAK = re.compile("\r\n?|\n")


def legal(text: str) -> str:
    r"""Text that XML 1.0 can hold: its lines and tabs kept, what acts or hides shown as `\u001b`.

    That takes in every character that XML 1.0 does not allow (section 2.2, Char).
    """
    if text.isprintable():
        return text
    lines = (line.split("\t") for line in _BREAK.split(text))
    return "\n".join("\t".join(map(visible, line)) for line in lines)


class Suite(NamedTuple):
    """The suite of one input: its name, and its XML with a mark wherever the name stands."""

    name: str
    text: str


class JUnit:
    """`junit`: suites given out as they come.

    CI systems know a case by its class and name. Ids of criteria are unique in a review, ids of
    reviews only should be, so a second suite of one name says that it is.
    """

    def __init__(self, *, names: bool, comments: bool) -> None:
        self._names = names
        self._comments = comments
        self._times: dict[int, int] = {}

    def piece(self, outcome: Outcome) -> Suite:
        """The suite of one input."""
        match outcome:
            case Scored():
                name, suite = outcome.id, self._scored(outcome)
            case Failed():
                name, suite = outcome.path, _failed(outcome)
            case Skipped():
                name, suite = outcome.id, _skipped(outcome)
        ET.indent(suite, level=1)
        return Suite(legal(name), "  " + ET.tostring(suite, encoding="unicode") + "\n")

    def begin(self) -> str:
        """The head."""
        return '<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="charter-score">\n'

    def add(self, piece: Suite) -> str:
        """The suite itself."""
        number = self._times.get(hash(piece.name), 0) + 1
        while hash(_numbered(piece.name, number)) in self._times:
            number += 1
        self._times[hash(piece.name)] = number
        self._times.setdefault(hash(_numbered(piece.name, number)), 1)
        return piece.text.replace(_AGAIN, _numbered("", number))

    def end(self, closing: Closing) -> Iterator[str]:
        """A suite without a case for what a filter left out, if there is one, and the foot."""
        if told := chosen(closing.summary, names=self._names):
            suite = _suite("charter-score", "", [])
            del suite.attrib["file"]
            properties = ET.SubElement(suite, "properties")
            ET.SubElement(properties, "property", name="chosen", value=legal(told))
            ET.indent(suite, level=1)
            text = "  " + ET.tostring(suite, encoding="unicode") + "\n"
            yield self.add(Suite("charter-score", text))
        yield "</testsuites>\n"

    def _scored(self, scored: Scored) -> ET.Element:
        result = scored.result
        cases = [
            self._case(scored, section, one)
            for section in result.sections
            for one in section.criteria
        ]
        suite = _suite(scored.id, scored.path, cases)
        properties = ET.Element("properties")
        for name, value in self._properties(scored, result):
            ET.SubElement(properties, "property", name=name, value=legal(value))
        suite.insert(0, properties)
        return suite

    def _properties(self, scored: Scored, result: ReviewResult) -> Iterator[tuple[str, str]]:
        yield "path", scored.path
        yield "rubric", result.rubric.name
        yield "score", phrases.percent(result.share, result.rubric)
        yield "observed", phrases.percent(result.observed_share, result.rubric)
        if result.band is not None:
            yield "band", result.band.name
        for remark in remarks(scored):
            yield remark.caution.value, remark.text
        if self._names and result.review.advisor:
            yield "advisor", result.review.advisor
        if self._names and result.review.reviewer:
            yield "reviewer", result.review.reviewer

    def _case(self, scored: Scored, section: SectionResult, one: CriterionResult) -> ET.Element:
        # Ids are unique where titles need not be.
        case = ET.Element(
            "testcase",
            classname=f"{legal(scored.id)}{_AGAIN}.{section.section.id}",
            name=legal(f"{one.criterion.id}: {one.criterion.title}"),
            file=legal(scored.path),
            time="0",
        )
        line = scored.lines.get((section.section.id, one.criterion.id))
        if line is not None:
            case.set("line", str(line))
        comment = with_breaks(one.rated.comment or "") if self._comments else None
        if (loss := loss_of(one)) is not None:
            told = f"{one.worth.rating}: {amount_of(one)}"
            if one.critical_missed:
                told += ", critical"
            if comment:
                told += f": {comment}"
            failure = ET.SubElement(case, "failure", message=legal(told), type=loss.value)
            advice = f"\nTry: {one.criterion.advice}" if one.criterion.advice else ""
            failure.text = legal(told + advice)
        elif one.worth.not_applicable:
            told = facts.rule(scored.result.rubric)
            if not one.worth.points:
                told = "n/a, and without points"
            told += f": {comment}" if comment else ""
            ET.SubElement(case, "skipped", message=legal(told))
        return case


def _numbered(name: str, number: int) -> str:
    return name if number == 1 else f"{name} ({number})"


def _suite(name: str, path: str, cases: list[ET.Element]) -> ET.Element:
    def number(tag: str) -> str:
        return str(sum(case.find(tag) is not None for case in cases))

    suite = ET.Element(
        "testsuite",
        name=legal(name) + _AGAIN,
        tests=str(len(cases)),
        failures=number("failure"),
        errors=number("error"),
        skipped=number("skipped"),
        file=legal(path),
        time="0",
    )
    suite.extend(cases)
    return suite


def _failed(failed: Failed) -> ET.Element:
    """An input that could not be scored: one case in error."""
    case = _whole(failed.path, failed.path)
    first = reason(failed)
    if first.location is not None and first.path == failed.path:
        case.set("line", str(first.location.line))
    error = ET.SubElement(case, "error", message=legal(_told(first)), type=first.code)
    error.text = legal("\n".join(map(_told, failed.diagnostics)))
    return _suite(failed.path, failed.path, [case])


def _skipped(skipped: Skipped) -> ET.Element:
    """A draft or void review: one case, skipped."""
    case = _whole(skipped.id, skipped.path)
    ET.SubElement(case, "skipped", message=legal(f"{skipped.reason}, not scored"))
    return _suite(skipped.id, skipped.path, [case])


def _whole(name: str, path: str) -> ET.Element:
    """The one case of an input without a score."""
    return ET.Element(
        "testcase", classname=legal(name) + _AGAIN, name="score", file=legal(path), time="0"
    )


def _told(one: Diagnostic) -> str:
    hint = f" ({one.hint})" if one.hint else ""
    return f"{place_text(one)}: {one.severity.value}[{one.code}] {one.message}{hint}"
