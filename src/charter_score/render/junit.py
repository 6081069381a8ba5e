"""A batch as JUnit XML, which GitLab, Jenkins and most CI systems show.

A suite is a review and a case a criterion: one that lost points (or is critical and was missed)
failed, n/a is skipped. Names of people and comments stay out unless they are asked for, since the
logs of CI are public.
"""

import re
from collections.abc import Iterator
from xml.etree import ElementTree as ET

from charter_score.diagnostics import Diagnostic
from charter_score.figures import points_text
from charter_score.outcome import Failed, Outcome, Scored, Skipped
from charter_score.render import words
from charter_score.render.batch import Closing
from charter_score.result import CriterionResult, ReviewResult, SectionResult

# Everything that XML 1.0 does not allow (section 2.2, Char).
_ILLEGAL = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def legal(text: str) -> str:
    """Text in characters that XML 1.0 allows, others as replacement characters."""
    return _ILLEGAL.sub("\ufffd", text)


class JUnit:
    """`junit`: suites given out as they come."""

    def __init__(self, *, names: bool, comments: bool) -> None:
        self._names = names
        self._comments = comments

    def piece(self, outcome: Outcome) -> str:
        """The suite of one input."""
        match outcome:
            case Scored():
                suite = self._scored(outcome)
            case Failed():
                suite = _failed(outcome)
            case Skipped():
                suite = _skipped(outcome)
        ET.indent(suite, level=1)
        return "  " + ET.tostring(suite, encoding="unicode") + "\n"

    def begin(self) -> str:
        """The head."""
        return '<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="charter-score">\n'

    def add(self, piece: str) -> str:
        """The suite itself."""
        return piece

    def end(self, closing: Closing) -> Iterator[str]:
        """The foot."""
        del closing
        yield "</testsuites>\n"

    def _scored(self, scored: Scored) -> ET.Element:
        result = scored.result
        cases = [
            self._case(scored, section, one)
            for section in result.sections
            for one in section.criteria
        ]
        suite = _suite(scored.id, cases)
        properties = ET.Element("properties")
        for name, value in self._properties(scored, result):
            ET.SubElement(properties, "property", name=name, value=legal(value))
        suite.insert(0, properties)
        return suite

    def _properties(self, scored: Scored, result: ReviewResult) -> Iterator[tuple[str, str]]:
        yield "path", scored.path
        yield "rubric", result.rubric.name
        yield "score", words.percent(result.share, result.rubric)
        yield "observed", words.percent(result.observed_share, result.rubric)
        if result.band is not None:
            yield "band", result.band.name
        if self._names and result.review.advisor:
            yield "advisor", result.review.advisor
        if self._names and result.review.reviewer:
            yield "reviewer", result.review.reviewer

    def _case(self, scored: Scored, section: SectionResult, one: CriterionResult) -> ET.Element:
        # Ids are unique where titles need not be.
        case = ET.Element(
            "testcase",
            classname=legal(f"{scored.id}.{section.section.id}"),
            name=legal(f"{one.criterion.id}: {one.criterion.title}"),
            file=legal(scored.path),
            time="0",
        )
        comment = one.rated.comment if self._comments else None
        if one.mark.lost or one.critical_missed:
            told = f"{one.mark.rating}: {points_text((one.mark.earned, one.mark.available))} points"
            if one.critical_missed:
                told += ", critical"
            if comment:
                told += f". {comment}"
            failure = ET.SubElement(case, "failure", message=legal(told), type="not-met")
            advice = f"\nTry: {one.criterion.advice}" if one.criterion.advice else ""
            failure.text = legal(told + advice)
        elif one.mark.not_applicable:
            reason = f"n/a: {comment}" if comment else "n/a"
            ET.SubElement(case, "skipped", message=legal(reason))
        return case


def _suite(name: str, cases: list[ET.Element]) -> ET.Element:
    def number(tag: str) -> str:
        return str(sum(case.find(tag) is not None for case in cases))

    suite = ET.Element(
        "testsuite",
        name=legal(name),
        tests=str(len(cases)),
        failures=number("failure"),
        errors=number("error"),
        skipped=number("skipped"),
        time="0",
    )
    suite.extend(cases)
    return suite


def _failed(failed: Failed) -> ET.Element:
    """An input that could not be scored: one case in error."""
    case = ET.Element(
        "testcase", classname=legal(failed.path), name="score", file=legal(failed.path), time="0"
    )
    told = [_told(one) for one in failed.diagnostics]
    error = ET.SubElement(case, "error", message=legal(told[0]), type=failed.diagnostics[0].code)
    error.text = legal("\n".join(told))
    return _suite(failed.path, [case])


def _told(one: Diagnostic) -> str:
    where = f":{one.location.line}:{one.location.column}" if one.location else ""
    return f"{one.path}{where}: {one.severity.value}[{one.code}] {one.message}"


def _skipped(skipped: Skipped) -> ET.Element:
    """A draft or void review: one case, skipped."""
    case = ET.Element(
        "testcase", classname=legal(skipped.id), name="score", file=legal(skipped.path), time="0"
    )
    ET.SubElement(case, "skipped", message=skipped.reason)
    return _suite(skipped.id, [case])
