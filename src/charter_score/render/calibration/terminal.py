"""A calibration on a terminal: how far reviewers agree, and then the table to talk over."""

from collections.abc import Iterator, Mapping, Sequence

from rich.console import RenderableType
from rich.text import Text

from charter_score.calibration.findings import Calibration
from charter_score.calibration.reviews import Aside
from charter_score.render.calibration.view import (
    CONVENTIONS,
    HOW_TO_READ,
    CalibrationView,
    CriterionView,
    People,
    Said,
    ScoreView,
    aside_lines,
    calibration_view,
)
from charter_score.render.text.blocks import (
    Hanging,
    Parts,
    Piece,
    entry,
    heading,
    item,
    quoted,
    spaced,
    words,
)
from charter_score.render.text.columns import FigureRow, Figures

MOST_TALKED = 5
"""Contacts that stand under one criterion; pages and tables have all of them."""


def calibration_lines(
    calibrations: Sequence[Calibration],
    aside: Mapping[Aside, int],
    *,
    names: bool,
    comments: bool,
    everything: bool,
) -> Parts:
    """The view of each rubric's reviews, and what was not compared."""
    people = People(calibrations, names=names)
    parts: Parts = []
    for one in calibrations:
        view = calibration_view(one, people, comments=comments)
        parts = spaced(parts, *_one(view, everything=everything))
    told = list(aside_lines(aside))
    left = [heading("Not compared"), *(item(words(line)) for line in told)] if told else []
    notes = [Hanging(words((line, "faint"))) for line in (HOW_TO_READ, CONVENTIONS)]
    return spaced(parts, left, notes if calibrations else [])


def _one(view: CalibrationView, *, everything: bool) -> Iterator[Parts]:
    yield [
        heading(f"How far reviewers agree: {view.rubric.name}"),
        Hanging(words(view.title)),
        Hanging(words(view.found)),
    ]
    heads = ("alike", "AC1", "alpha")
    if view.overall:
        rows = [FigureRow(words(o.title), (o.alike, o.ac1, o.alpha)) for o in view.overall]
        part: Parts = [Figures("All criteria", heads, rows)]
        yield [*part, Hanging(words(view.seen), 2)] if view.seen else part
    disputed = [found for found in view.criteria if found.differences]
    if disputed:
        rows = [
            FigureRow(
                words(found.title),
                found.plain,
                [_note(" · ".join([*_intervals(found), *found.notes]))]
                if found.notes or found.intervals
                else [],
            )
            for found in disputed
        ]
        heads4 = ("alike", "to the score", "AC1", "alpha")
        yield [Figures("Criteria, the most disputed first", heads4, rows)]
    if alike := [found.title for found in view.criteria if not found.differences]:
        yield [Hanging(words(("Always alike: ", "strong"), "; ".join(alike)))]
    if view.drifts:
        rows = [
            FigureRow(
                words(drift.who),
                (drift.apart, drift.contacts),
                [_note(line) for line in (drift.note, *drift.months) if line],
            )
            for drift in view.drifts
        ]
        yield [Figures("Each reviewer beside the others", ("", ""), rows)]
    if view.scores:
        yield [
            heading("Scores of the same contact"),
            *([Hanging(words(view.score_note), 2)] if view.score_note else []),
            *(part for score in view.scores for part in _score(score)),
        ]
    for title, lines in (
        ("Advisors' own views", view.selves),
        ("A model's drafts", view.drafts),
    ):
        if lines:
            yield [heading(title), *(entry(words(line)) for line in lines)]
    talk = [part for found in view.criteria for part in _talk(found, everything=everything)]
    if talk:
        yield [heading("To talk over: who said what"), *talk]


def _note(text: str) -> Hanging:
    return Hanging(words((text, "faint")), 4)


def _intervals(found: CriterionView) -> list[str]:
    return [] if found.intervals is None else [f"95%: {found.intervals}"]


def _score(score: ScoreView) -> Iterator[RenderableType]:
    told = ", ".join(f"{percent} ({who})" for who, percent, _ in score.scores)
    apart = f": {score.spread} apart{', bands differ' if score.bands_differ else ''}"
    yield Hanging(words((score.reference, "strong"), f"{apart}: {told}"), 2, 4)


def _talk(found: CriterionView, *, everything: bool) -> Iterator[RenderableType]:
    if not found.differences:
        return
    yield Hanging(words((found.title, "strong"), (f" ({found.section})", "faint")), 2)
    shown = found.differences if everything else found.differences[:MOST_TALKED]
    for one in shown:
        by_rating: dict[str, list[str]] = {}
        for said in one.said:
            by_rating.setdefault(said.rating, []).append(said.who)
        told: list[Piece] = [f"{one.reference}: "]
        for rating, people in by_rating.items():
            told += [(rating, "strong"), f" {', '.join(people)}; "]
        told[-1] = str(told[-1]).removesuffix("; ")
        yield Hanging(words(*told), 4, 6)
        for said in one.said:
            if said.comment or said.evidence:
                yield Hanging(_remark(said), words(" " * 6, f"{said.who}: "), 8)
    if more := len(found.differences) - len(shown):
        yield Hanging(words((f"and {more} more; --verbose shows them", "faint")), 4)


def _remark(said: Said) -> Text:
    comment = quoted(said.comment) if said.comment else ""
    evidence = f"{' ' if said.comment else ''}({said.evidence})" if said.evidence else ""
    return words(comment, (evidence, "faint"))
