"""The page of one review as rows of a sheet: what a line is about, what it says, and an aside."""

from collections.abc import Iterable, Iterator
from enum import Enum, auto
from typing import NamedTuple

from charter_score.render.results.review_page import Remark, ReviewPage


class Kind(Enum):
    """What a row is, by which it is dressed."""

    TITLE = auto()
    HEADING = auto()
    LINE = auto()
    TO_SIGN = auto()


class Row(NamedTuple):
    """A row of the sheet."""

    kind: Kind
    label: str = ""
    text: str = ""
    aside: str = ""


def review_rows(page: ReviewPage) -> Iterator[Row]:
    """The page from its title to the lines to sign on."""
    yield Row(Kind.TITLE, page.person or page.id)
    yield Row(Kind.LINE, "Standard", page.edition)
    about = [page.id, *page.contact, *filter(None, (page.status, page.provisional))]
    yield Row(Kind.LINE, "Review", " · ".join(about))
    if page.reviewer:
        yield Row(Kind.LINE, "Reviewed by", page.reviewer)
    for label, figures in (("Score", page.score), ("Observed", page.observed)):
        yield Row(Kind.LINE, label, f"{figures.percent} ({figures.points})", figures.band)
    expected = [f"Expected: {page.expected}."] if page.expected else []
    yield from (Row(Kind.LINE, "", text) for text in [*expected, *page.about])
    yield from (Row(Kind.LINE, title, text) for title, text in page.cautions)
    yield Row(Kind.HEADING, "Sections")
    for row in page.sections:
        yield Row(Kind.LINE, row.title, f"{row.percent} ({row.points})", row.aside)
    if page.done_well or page.strengths:
        yield Row(Kind.HEADING, "Done well")
        yield from _lines([*page.done_well, *filter(None, [page.strengths])])
    yield from _remarks(page.noted_heading, page.noted)
    yield from _needs(page)
    for heading, listed in page.without_points:
        yield from _remarks(heading, listed)
    yield from _remarks(page.not_applicable_heading, page.not_applicable)
    for dispute in page.disputes:
        yield Row(Kind.HEADING, f"Dispute ({dispute.outcome})")
        yield Row(Kind.LINE, "", dispute.about, dispute.raised or "")
        yield from _lines([*filter(None, [dispute.because]), *dispute.more])
    if page.notes:
        yield Row(Kind.HEADING, "Notes")
        yield from _lines([page.notes])
    if page.agreed:
        yield Row(Kind.HEADING, "Agreed")
        yield from (Row(Kind.LINE, "", action.what, action.who) for action in page.agreed)
    if page.advisor_comment:
        yield Row(Kind.HEADING, "The advisor's words")
        yield from _lines([page.advisor_comment])
    if page.acknowledged:
        yield Row(Kind.LINE, "Seen by the advisor", page.acknowledged)
    yield Row(Kind.HEADING, "If you see it otherwise")
    yield from _lines([page.challenge])
    yield from (Row(Kind.TO_SIGN, who, "", "Date") for who in page.signatures)
    yield from _lines([page.seen, *filter(None, [page.left_out]), page.picture, page.rubric.name])


def _needs(page: ReviewPage) -> Iterator[Row]:
    yield Row(Kind.HEADING, page.needs_heading)
    if page.no_needs:
        yield Row(Kind.LINE, "", page.no_needs)
    for need in page.needs:
        marks = [
            "critical" if need.critical else None,
            "disputed" if need.disputed else None,
            need.cost,
            need.evidence,
        ]
        said = [f"{label}: {text}" for label, text in need.said]
        yield Row(Kind.LINE, need.title, "\n".join(said), ", ".join(filter(None, marks)))
    yield from (Row(Kind.LINE, "Could be better", text) for text in page.could_be_better)
    if page.next_band:
        yield Row(Kind.LINE, "Next band", page.next_band)


def _remarks(heading: str, listed: Iterable[Remark]) -> Iterator[Row]:
    rows = [Row(Kind.LINE, one.title, one.text, one.evidence or "") for one in listed]
    if rows:
        yield Row(Kind.HEADING, heading)
        yield from rows


def _lines(texts: Iterable[str]) -> Iterator[Row]:
    return (Row(Kind.LINE, "", text) for text in texts)
