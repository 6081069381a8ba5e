"""A batch as one HTML page to talk about: what the reviews say together, then each of them.

Nothing in it acts and nothing is fetched: no script, a content security policy, every text escaped
and isolated. Rows are made where the reviews are scored and wait in a temporary file, because the
summary is known last and stands first. Needs the extra `report` (Jinja2).
"""

from collections.abc import Iterator
from fractions import Fraction
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from charter_score import __version__, facts
from charter_score.diagnostics import Diagnostic
from charter_score.figures import figure_text, rounded_text
from charter_score.outcome import Failed, Outcome, Scored, Skipped
from charter_score.render.html import environment
from charter_score.render.results.batch import Closing
from charter_score.render.results.findings import Finding, Remark, findings, remarks
from charter_score.render.results.overview import (
    Grouping,
    Overview,
    chosen,
    found,
    groups,
    overview,
)
from charter_score.render.results.review_page import review_page
from charter_score.render.results.table import Waiting
from charter_score.render.text import phrases
from charter_score.render.text.diagnostics import MOST_SHOWN, cell_text
from charter_score.rubric import Rubric, values_of
from charter_score.summary import Summary

if TYPE_CHECKING:
    from jinja2 import Template

MOST_WARNINGS = 100
"""Warnings that the page lists; JSON holds all."""


class Entry(NamedTuple):
    """The HTML of one input, and the rubric that it was scored against, if it was.

    `page` is the whole review as a page of its own, where there is to be one.
    """

    html: str
    rubric: str | None = None
    page: str | None = None


class Bar(NamedTuple):
    """A review's bar, in hundredths of its length.

    `score` is how far the score goes, `seen` how much of that rests on what was observed,
    `expected` where the expected score lies.
    """

    score: str
    seen: str
    expected: str | None


class ReviewView(NamedTuple):
    """One review in words and figures; `person` and `reviewer` only where names are to be shown."""

    id: str
    about: str
    person: tuple[str, ...]
    reviewer: str | None
    rubric: Rubric
    score: str
    points: str
    low: bool
    bar: Bar
    band: str
    observed: str
    seen: str
    not_applicable: int
    remarks: tuple[Remark, ...]
    needs: tuple[Finding, ...]


class UnscoredView(NamedTuple):
    """An input without a score: what became of it, its diagnostics, how many more there are."""

    path: str
    told: str
    diagnostics: tuple[Diagnostic, ...] = ()
    more: int = 0


class BandView(NamedTuple):
    """A band with its reviews; `part` is the length of its bar, in hundredths of the longest."""

    name: str
    number: int
    part: str


class PageView(NamedTuple):
    """Everything on the page but its rows."""

    found: str
    chosen: str | None
    reviews: int
    rubrics: tuple[str, ...]
    scored: int
    sheets: int
    unscored: int
    overviews: tuple[tuple[Overview, tuple[BandView, ...]], ...]
    groups: list[Grouping]
    warnings: tuple[Diagnostic, ...]
    more_warnings: int
    tool_version: str


class HtmlReport:
    """`html`: waits for all, with the rows in a temporary file, then writes the page in pieces.

    Where names are shown, a page for each review follows the summary, to be handed to its advisor.

    Raises:
        UsageError: where the extra is not installed.
    """

    def __init__(self, *, names: bool, comments: bool) -> None:
        _template()
        self._names = names
        self._comments = comments
        self._rubrics: set[str] = set()
        self._rows = Waiting()
        self._pages = Waiting()
        self._unscored = Waiting()

    def piece(self, outcome: Outcome) -> Entry:
        """The row of one input."""
        made: Any = _template().module
        if isinstance(outcome, Scored):
            review = _review(outcome, names=self._names, comments=self._comments)
            row, name = str(made.review_row(review)), review.rubric.name
            if not self._names:
                return Entry(row, name)
            sheets: Any = environment().get_template("review.html").module
            page = review_page(outcome, comments=self._comments)
            return Entry(row, name, str(sheets.review_sheet(page, 3)))
        return Entry(str(made.unscored_item(_unscored(outcome))))

    def begin(self) -> str:
        """Nothing yet."""
        return ""

    def add(self, piece: Entry) -> str:
        """Nothing yet; the row waits."""
        if piece.rubric is None:
            self._unscored.add(piece.html)
        else:
            self._rubrics.add(piece.rubric)
            self._rows.add(piece.html)
            if piece.page is not None:
                self._pages.add(piece.page)
        return ""

    def end(self, closing: Closing) -> Iterator[str]:
        """The page."""
        from markupsafe import Markup

        page = PageView(
            found=found(closing.summary),
            chosen=chosen(closing.summary, names=self._names),
            reviews=closing.summary.reviews,
            rubrics=tuple(sorted(self._rubrics)),
            scored=self._rows.number,
            sheets=self._pages.number,
            unscored=self._unscored.number,
            overviews=_overviews(closing.summary),
            groups=groups(closing.summary, names=self._names),
            warnings=tuple(closing.warnings[:MOST_WARNINGS]),
            more_warnings=max(0, len(closing.warnings) - MOST_WARNINGS),
            tool_version=__version__,
        )
        # The rows were escaped when they were made.
        stream = _template().stream(
            page=page,
            rows=map(Markup, self._rows.taken_out()),
            sheets=map(Markup, self._pages.taken_out()),
            unscored=map(Markup, self._unscored.taken_out()),
        )
        stream.enable_buffering(100)
        yield from stream
        yield "\n"


class ReviewHtml:
    """`html` of one review alone: its page, made for its advisor. Of an input without, as a batch.

    Raises:
        UsageError: where the extra is not installed.
    """

    def __init__(self, *, comments: bool) -> None:
        self._batch = HtmlReport(names=True, comments=comments)
        self._comments = comments

    def piece(self, outcome: Outcome) -> Entry:
        """The whole page of the review."""
        if not isinstance(outcome, Scored):
            return self._batch.piece(outcome)
        page = review_page(outcome, comments=self._comments)
        made = environment().get_template("review.html").render(review=page)
        return Entry("", page.rubric.name, made)

    def begin(self) -> str:
        """Nothing yet."""
        return ""

    def add(self, piece: Entry) -> str:
        """The page; what has none waits."""
        return self._batch.add(piece) if piece.page is None else f"{piece.page}\n"

    def end(self, closing: Closing) -> Iterator[str]:
        """Nothing after a page; what has none as the page of a batch."""
        return iter(()) if closing.summary.scored else self._batch.end(closing)


@lru_cache(maxsize=1)
def _template() -> "Template":
    pages = environment()
    pages.filters["cell"] = cell_text
    return pages.get_template("batch.html")


def _review(scored: Scored, *, names: bool, comments: bool) -> ReviewView:
    result = scored.result
    review, rubric, observed = result.review, result.rubric, result.observed
    known = {name: values_of(review.interaction, name) for name in ("channel", "date")}
    person = (review.advisor, review.team) if names else ()
    return ReviewView(
        id=scored.id,
        about=" · ".join([*known["channel"], *map(phrases.day, known["date"])]),
        person=tuple(name for name in person if name),
        reviewer=review.reviewer if names else None,
        rubric=rubric,
        score=phrases.percent(result.share, rubric),
        points=_of(result.score.earned, result.score.available),
        low=result.meets_expected is False,
        bar=Bar(
            _hundredths(result.share),
            _hundredths(min(result.share, result.observed_share)),
            None if rubric.expected is None else rounded_text(rubric.expected, 2),
        ),
        band=phrases.band_name(result),
        observed=phrases.percent(result.observed_share, rubric),
        seen=_of(observed.score.earned, observed.score.available),
        not_applicable=observed.not_applicable,
        remarks=tuple(remarks(scored)),
        needs=tuple(findings(scored, comments=comments)),
    )


def _of(earned: Fraction, available: Fraction) -> str:
    return f"{figure_text(earned)} of {facts.points(available)}"


def _hundredths(share: Fraction) -> str:
    """A share as a length; what it is in figures stands beside it."""
    return rounded_text(share * 100, 2)


def _unscored(outcome: Failed | Skipped) -> UnscoredView:
    if isinstance(outcome, Skipped):
        return UnscoredView(outcome.path, f"skipped: {outcome.reason}")
    return UnscoredView(
        outcome.path,
        "not scored",
        outcome.diagnostics[:MOST_SHOWN],
        max(0, len(outcome.diagnostics) - MOST_SHOWN),
    )


def _overviews(summary: Summary) -> tuple[tuple[Overview, tuple[BandView, ...]], ...]:
    return tuple((one, tuple(_bands(one))) for one in overview(summary))


def _bands(one: Overview) -> Iterator[BandView]:
    most = max((number for _, number in one.bands), default=0)
    for name, number in one.bands:
        yield BandView(name, number, _hundredths(Fraction(number, most)) if most else "0")
