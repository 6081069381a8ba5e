"""Many reviews at a glance: one line each, then what they say together. No names."""

from collections import Counter
from collections.abc import Iterable, Iterator
from fractions import Fraction
from typing import NamedTuple

from charter_score.outcome import Failed, Outcome, Scored, Skipped
from charter_score.render import words
from charter_score.render.batch import Closing
from charter_score.render.layout import Page, Span, Style, cells, left, right, span
from charter_score.render.terminal import Paint
from charter_score.review import Status
from charter_score.summary import CriterionKey, RubricSummary, Summary, mean_of, quantile

MOST_LISTED = 3
"""How many criteria the summary names in each of its lists."""
FEWEST_TO_NAME = 2
"""How many reviews a criterion must have been seen in before it is named."""


class Row(NamedTuple):
    """One scored review as its line says it."""

    sign: Span
    name: str
    score: str
    band: str
    observed: str
    not_applicable: str

    @property
    def texts(self) -> tuple[str, ...]:
        """Its columns."""
        return (self.name, self.score, self.band, self.observed, self.not_applicable)


class Unscored(NamedTuple):
    """An input without a score, and why, in a few words."""

    failed: bool
    text: str


class Concise:
    """`concise` of a batch. Columns are as wide as their widest entry, so it waits for all."""

    def __init__(self, width: int, paint: Paint, *, names: bool) -> None:
        self._width = width
        self._paint = paint
        self._names = names
        self._rows: list[Row] = []
        self._unscored: list[Unscored] = []

    def piece(self, outcome: Outcome) -> Row | Unscored:
        """The review's line."""
        match outcome:
            case Scored():
                return _row(outcome, names=self._names)
            case Failed():
                return Unscored(failed=True, text=_failure(outcome))
            case Skipped():
                return Unscored(failed=False, text=f"{outcome.path} {outcome.reason}")

    def begin(self) -> str:
        """Nothing."""
        return ""

    def add(self, piece: Row | Unscored) -> str:
        """Nothing yet."""
        if isinstance(piece, Row):
            self._rows.append(piece)
        else:
            self._unscored.append(piece)
        return ""

    def end(self, closing: Closing) -> Iterator[str]:
        """The table, then the summary, then what was not scored."""
        page = Page(self._width)
        if self._rows:
            _table(page, self._rows)
        rubrics = closing.summary.in_order()
        if len(rubrics) != 1 and closing.summary.reviews:
            page.blank()
            _labelled(page, "Reviews", _found(closing.summary))
        for one in rubrics:
            _rubric(page, one, closing.summary, only=len(rubrics) == 1)
        _not_scored(page, self._unscored)
        yield self._paint(page.lines)


def _sign(scored: Scored) -> Span:
    """The one thing to know first about a review, as a sign in front of it."""
    result = scored.result
    if result.critical_missed:
        return Span("X", Style.BAD)
    if result.meets_expected is False:
        return Span("x", Style.BAD)
    if result.band_rests_on_not_applicable:
        return Span("!", Style.WARN)
    if result.little_observed:
        return Span("?", Style.WARN)
    return Span(" ")


_SIGNS = (
    ("X", "critical criterion missed"),
    ("x", "below expected"),
    ("!", "band rests on n/a"),
    ("?", "little observed: fewer than half of the points"),
)


def _table(page: Page, rows: list[Row]) -> None:
    head = Row(Span(" "), "Review", "Score", "Band", "Observed", "n/a")
    columns = zip(*(row.texts for row in [head, *rows]), strict=True)
    widths = [max(map(cells, column)) for column in columns]
    if page.is_narrow or 2 + sum(widths) + 9 > page.width:
        for row in rows:
            if row.sign.text.strip():
                page.write(row.sign, " ", row.name, hang=2)
            else:
                page.write(row.name, indent=2)
            band = f" {row.band}" if row.band else ""
            rest = f"{row.score}{band} · observed {row.observed} · {row.not_applicable} n/a"
            page.write(rest, indent=4, hang=6)
    else:
        page.row([Span("  "), Span(_columns(head, widths), Style.TITLE)])
        for row in rows:
            page.row([row.sign, Span(" " + _columns(row, widths))])
    marks = Counter(row.sign.text for row in rows)
    legend = [f"{sign} {meaning} ({marks[sign]})" for sign, meaning in _SIGNS if marks[sign]]
    if legend:
        page.blank()
        page.write(" · ".join(legend), indent=2)


def _row(one: Scored, *, names: bool) -> Row:
    result = one.result
    who = f" ({result.review.advisor})" if names and result.review.advisor else ""
    status = " (calibration)" if result.review.status is Status.CALIBRATION else ""
    return Row(
        _sign(one),
        span(one.id + who + status).text,
        words.percent(result.share, result.rubric),
        span(words.band_name(result)).text,
        words.percent(result.observed_share, result.rubric),
        str(result.observed.not_applicable),
    )


def _failure(one: Failed) -> str:
    first = one.diagnostics[0]
    where = f":{first.location.line}:{first.location.column}" if first.location else ""
    more = len(one.diagnostics) - 1
    also = f" and {more} more" if more else ""
    return f"{one.path}{where} {first.code}{also}"


def _columns(row: Row, widths: list[int]) -> str:
    return (
        f"{left(row.name, widths[0])}  {right(row.score, widths[1])}   "
        f"{left(row.band, widths[2])}  {right(row.observed, widths[3])}  "
        f"{right(row.not_applicable, widths[4])}"
    )


def _rubric(page: Page, one: RubricSummary, summary: Summary, *, only: bool) -> None:
    rubric = one.rubric
    page.blank()
    expected = words.expected(rubric)
    parts = [rubric.name, words.rule(rubric)] + ([f"expected {expected}"] if expected else [])
    page.write(span(" · ".join(parts), Style.TITLE))
    _labelled(page, "Reviews", _found(summary) if only else str(one.reviews))
    mean, median = mean_of(one.shares), quantile(one.shares, Fraction(1, 2))
    seen = mean_of(one.observed_shares)
    if mean is None or median is None or seen is None:
        return
    _labelled(
        page,
        "Score",
        f"mean {words.plain_percent(mean)}, median {words.plain_percent(median)}, "
        f"from {words.percent(min(one.shares), rubric)} to "
        f"{words.percent(max(one.shares), rubric)} ({words.count(one.reviews, 'review')})",
    )
    adds = mean - seen
    effect = "adds" if adds >= 0 else "takes"
    _labelled(
        page,
        "Observed",
        f"mean {words.plain_percent(seen)}; n/a {effect} "
        f"{words.signed(abs(adds)).lstrip('+')} points on average",
    )
    _bands(page, one)
    if rubric.expected is not None:
        _labelled(page, "Expected", _expectation(one))
    if one.critical:
        missed = words.count(one.critical, "review")
        _labelled(page, "Critical", f"{missed} missed a critical criterion")
    if one.provisional:
        has = "has" if one.provisional == 1 else "have"
        _labelled(
            page,
            "Provisional",
            f"{words.count(one.provisional, 'review')} {has} an open dispute",
        )
    _criteria(page, one)


def _found(summary: Summary) -> str:
    """What was found and what became of it."""
    found = [f"{summary.reviews} found", f"{summary.scored} scored"]
    if summary.failed:
        found.append(f"{summary.failed} could not be scored")
    if summary.skipped:
        found.append(f"{summary.skipped} skipped")
    if summary.calibration:
        found.append(f"{summary.calibration} for calibration, not counted below")
    return ", ".join(found)


def _expectation(one: RubricSummary) -> str:
    meet = "meets" if one.meets_expected == 1 else "meet"
    said = f"{one.meets_expected} of {one.reviews} {meet} it"
    if one.meets_only_by_not_applicable:
        said += f"; {one.meets_only_by_not_applicable} of those only because of n/a"
    return said


def _labelled(page: Page, label: str, text: str) -> None:
    if page.is_narrow:
        page.write(Span(label, Style.STRONG), " ", span(text), indent=2, hang=4)
        return
    before = len(page.lines)
    page.write(text, indent=14)
    page.lines[before] = (
        Span("  "),
        Span(left(label, 12), Style.STRONG),
        *page.lines[before][1:],
    )


def _bands(page: Page, one: RubricSummary) -> None:
    bands = [(band.name, one.bands[band.name]) for band in reversed(one.rubric.bands)]
    if not bands:
        return
    most = max(count for _, count in bands)
    width = max(cells(span(name).text) for name, _ in bands)
    digits = len(str(most))
    for index, (name, number) in enumerate(bands):
        label = "Bands" if index == 0 else ""
        size = 0 if not most else max(-(-number * 11 // most), 1 if number else 0)
        line = (
            f"{left(span(name).text, width)}  {left('█' * size, 11)}  {right(str(number), digits)}"
        )
        if page.is_narrow:
            if label:
                page.write(Span(label, Style.STRONG), indent=2)
            page.write(span(f"{name}: {number}"), indent=4, hang=6)
        else:
            page.row([Span("  "), Span(left(label, 12), Style.STRONG), Span(line)])


def _criteria(page: Page, one: RubricSummary) -> None:
    titles = {
        (section.id, criterion.id): criterion.title for section, criterion in one.rubric.criteria()
    }
    missed = [
        f"{titles[key]}: {number} of {one.observed[key]}"
        for key, number in _most(one.missed, titles)
        if one.observed[key] >= FEWEST_TO_NAME
    ]
    often = [
        f"{titles[key]}: {number}"
        for key, number in _most(one.not_applicable, titles)
        if 2 * number >= one.reviews and one.reviews >= FEWEST_TO_NAME
    ]
    thanks = [
        f"{titles[key]} (met in {one.observed[key]} of {one.observed[key]} observed)"
        for key, _ in _most(one.observed, titles)
        if not one.missed[key] and one.observed[key] >= FEWEST_TO_NAME
    ][:1]
    for head, entries in (
        ("Missed most (of those observed)", missed),
        (f"Often n/a (of {words.count(one.reviews, 'review')})", often),
    ):
        if entries:
            page.heading(head)
            for entry in entries[:MOST_LISTED]:
                page.write(entry, indent=2, hang=4)
    for entry in thanks:
        page.blank()
        page.write(Span("Thank for: ", Style.GOOD), span(entry), hang=2)


def _most(
    counts: Counter[CriterionKey], order: Iterable[CriterionKey]
) -> Iterator[tuple[CriterionKey, int]]:
    """Criteria with their counts, most first, ties in the rubric's order."""
    ranked = sorted(((key, counts[key]) for key in order), key=lambda one: -one[1])
    return ((key, number) for key, number in ranked if number)


def _not_scored(page: Page, unscored: list[Unscored]) -> None:
    for title, failed in (("Not scored", True), ("Skipped", False)):
        entries = [one.text for one in unscored if one.failed is failed]
        if entries:
            page.heading(title)
        for entry in entries:
            page.write(entry, indent=2, hang=4)
