"""A calibration as Markdown: no names and no comments unless they are asked for."""

from collections.abc import Iterator, Mapping, Sequence

from charter_score.calibration.findings import Calibration
from charter_score.calibration.reviews import Aside
from charter_score.render.calibration.view import (
    CONVENTIONS,
    HOW_TO_READ,
    CalibrationView,
    CriterionView,
    People,
    Said,
    aside_lines,
    calibration_view,
)
from charter_score.render.text.escaping import escaped
from charter_score.render.text.phrases import count


def calibration_markdown(
    calibrations: Sequence[Calibration],
    aside: Mapping[Aside, int],
    *,
    names: bool,
    comments: bool,
) -> str:
    """The document."""
    people = People(calibrations, names=names)
    lines = ["# How far reviewers agree", ""]
    for one in calibrations:
        lines += _one(calibration_view(one, people, comments=comments))
    told = [f"- {escaped(line)}" for line in aside_lines(aside)]
    if told:
        lines += ["## Not compared", "", *told, ""]
    if calibrations:
        lines += [escaped(HOW_TO_READ), "", escaped(CONVENTIONS), ""]
    return "\n".join(lines)


def table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """A table with its cells escaped, and an empty line behind it."""
    yield f"| {' | '.join(map(escaped, heads))} |"
    yield f"|{' --- |' * len(heads)}"
    for row in rows:
        yield f"| {' | '.join(map(escaped, row))} |"
    yield ""


def _one(view: CalibrationView) -> Iterator[str]:
    yield from (f"## {escaped(view.rubric.name)}", "", escaped(view.title), "", escaped(view.found))
    yield ""
    if view.overall:
        yield from table(("All criteria", "alike", "AC1", "alpha"), view.overall)
    if view.seen:
        yield from (escaped(view.seen), "")
    if view.criteria:
        yield from ("### Criteria, the most disputed first", "")
        heads = ("Criterion", "alike", "to the score", "AC1", "alpha")
        rows = [(c.title, c.alike, c.two, c.ac1, c.alpha) for c in view.criteria]
        yield from table(heads, rows)
    if view.drifts:
        yield from ("### Each reviewer beside the others", "")
        by_reviewer = ("Reviewer", "contacts", "apart from the others", "")
        yield from table(by_reviewer, [(d.who, d.contacts, d.apart, d.note) for d in view.drifts])
    if view.scores:
        yield from ("### Scores of the same contact", "", escaped(view.score_note or ""), "")
        by_contact = ("Contact", "apart", "bands", "scores")
        scores = [
            (
                score.reference,
                score.spread,
                "differ" if score.bands_differ else "",
                ", ".join(f"{percent} ({who})" for who, percent, _ in score.scores),
            )
            for score in view.scores
        ]
        yield from table(by_contact, scores)
    for title, told in (("Advisors' own views", view.selves), ("A model's drafts", view.drafts)):
        if told:
            yield from (f"### {title}", "", *(f"- {escaped(line)}" for line in told), "")
    if any(found.differences for found in view.criteria):
        yield from ("### To talk over: who said what", "")
        for found in view.criteria:
            yield from _talk(found)


def _talk(found: CriterionView) -> Iterator[str]:
    if not found.differences:
        return
    number = count(len(found.differences), "contact")
    yield f"- **{escaped(found.title)}** ({escaped(found.section)}), {number}"
    for one in found.differences:
        yield f"    - {escaped(one.reference)}: {'; '.join(map(_said, one.said))}"
    yield ""


def _said(said: Said) -> str:
    told = f"{escaped(said.who)}: **{escaped(said.rating)}**"
    if said.comment:
        told += f" “{escaped(said.comment)}”"
    if said.evidence:
        told += f" ({escaped(said.evidence)})"
    return told
