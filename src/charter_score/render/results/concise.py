"""Many reviews at a glance: one line each, then what they say together. No names."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from charter_score.outcome import Failed, Outcome, Scored, Skipped
from charter_score.render.results.batch import Closing
from charter_score.render.results.findings import reason
from charter_score.render.results.overview import Overview, found, groups, overview
from charter_score.render.results.table import Waiting
from charter_score.render.text import phrases
from charter_score.render.text.console import Paint
from charter_score.render.text.diagnostics import place_text
from charter_score.render.text.layout import Page, Span, Style, cells, left, right, span
from charter_score.review import Status


class Row(NamedTuple):
    """One scored review as its line says it; `signs` has one for each thing to look at."""

    signs: str
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


_HEAD = Row("", "Review", "Score", "Band", "Observed", "n/a")
_AT_ONCE = 1_000
"""Lines that are painted together."""
_MOST_SKIPPED = 5
"""Drafts and void reviews that are named; nothing is wrong with them."""


class Concise:
    """`concise` of a batch. Columns are as wide as their widest entry, so the rows wait for all."""

    def __init__(self, width: int, paint: Paint, *, names: bool) -> None:
        self._width = width
        self._paint = paint
        self._names = names
        self._rows = Waiting()
        self._widths = [cells(title) for title in _HEAD.texts]
        self._signs: Counter[str] = Counter()
        self._most_signs = 1
        self._failed = Waiting()
        self._skipped: list[str] = []
        self._more_skipped = 0

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
            self._rows.add(piece)
            self._signs.update(piece.signs)
            self._most_signs = max(self._most_signs, len(piece.signs))
            self._widths = [
                max(width, cells(text))
                for width, text in zip(self._widths, piece.texts, strict=True)
            ]
        elif piece.failed:
            self._failed.add(piece.text)
        elif len(self._skipped) < _MOST_SKIPPED:
            self._skipped.append(piece.text)
        else:
            self._more_skipped += 1
        return ""

    def end(self, closing: Closing) -> Iterator[str]:
        """The table, then the summary, then what was not scored."""
        page = Page(self._width)
        if self._rows.number:
            yield from self._written(page, self._table(page))
        rubrics = overview(closing.summary)
        if len(rubrics) != 1 and closing.summary.reviews:
            page.blank()
            _labelled(page, "Reviews", found(closing.summary))
        for one in rubrics:
            _rubric(page, one)
        for title, lines, note in groups(closing.summary, names=self._names):
            page.heading(title)
            for line in lines:
                page.write(f"{line.label}: {line.told}", indent=2, hang=4)
            if note:
                page.write(span(note, Style.FAINT), indent=2)
        if self._failed.number:
            page.heading("Not scored")
            yield from self._written(page, _listed(page, self._failed))
        if self._skipped:
            page.heading("Skipped")
            for entry in self._skipped:
                page.write(entry, indent=2, hang=4)
            if self._more_skipped:
                page.write(f"and {self._more_skipped} more", indent=2)
        yield self._paint(page.taken())

    def _written(self, page: Page, steps: Iterable[None]) -> Iterator[str]:
        """What many steps write, handed on before it is too much to hold."""
        for _ in steps:
            if len(page.lines) >= _AT_ONCE:
                yield self._paint(page.taken())

    def _table(self, page: Page) -> Iterator[None]:
        """The table of reviews, a step for each."""
        widths, indent = self._widths, self._most_signs + 1
        stacked = page.is_narrow or indent + sum(widths) + 9 > page.width
        if not stacked:
            page.row([Span(" " * indent), Span(_columns(_HEAD, widths), Style.TITLE)])
        for given in self._rows.taken_out():
            row = Row(*given)
            signs = [Span(sign, _STYLES[sign]) for sign in row.signs]
            if not stacked:
                gap = " " * (indent - len(signs))
                page.row([*signs, Span(gap + _columns(row, widths))])
            else:
                _stacked(page, row, signs)
            yield
        # Who missed a critical criterion is below expected too, by a sign of its own.
        counts = self._signs + Counter({"x": self._signs["X"]})
        legend = [
            (Span(sign, style), f" {meaning} ({counts[sign]})")
            for sign, style, meaning in _SIGNS
            if counts[sign]
        ]
        if legend:
            page.blank()
        for entry in legend:
            page.write(*entry, indent=2, hang=4)


_SIGNS = (
    ("X", Style.BAD, "critical criterion missed, so below expected"),
    ("x", Style.BAD, "below expected"),
    ("!", Style.WARN, "band rests on n/a"),
    ("?", Style.WARN, "little observed: fewer than half of the points"),
    ("c", Style.FAINT, "for calibration, not counted"),
)
_STYLES = {sign: style for sign, style, _ in _SIGNS}


def _signs(scored: Scored) -> str:
    """What to know first about a review, as signs in front of it, the gravest first."""
    result = scored.result
    if result.review.status is Status.CALIBRATION:
        return "c"
    signs = ""
    if result.critical_missed:
        signs += "X"
    elif result.meets_expected is False:
        signs += "x"
    if result.band_rests_on_not_applicable:
        signs += "!"
    if result.little_observed:
        signs += "?"
    return signs


def _stacked(page: Page, row: Row, signs: Sequence[Span]) -> None:
    """A review on lines of its own, where there is no room for columns."""
    if signs:
        page.write(*signs, " ", row.name, hang=2)
    else:
        page.write(row.name, indent=2)
    band = f" {row.band}" if row.band else ""
    rest = f"{row.score}{band} · observed {row.observed} · {row.not_applicable} n/a"
    page.write(rest, indent=4, hang=6)


def _listed(page: Page, waiting: Waiting) -> Iterator[None]:
    for entry in waiting.taken_out():
        page.write(entry, indent=2, hang=4)
        yield


def _row(one: Scored, *, names: bool) -> Row:
    result = one.result
    who = f" ({result.review.advisor})" if names and result.review.advisor else ""
    return Row(
        _signs(one),
        span(one.id + who).text,
        phrases.percent(result.share, result.rubric),
        span(phrases.band_name(result)).text,
        phrases.percent(result.observed_share, result.rubric),
        str(result.observed.not_applicable),
    )


def _failure(one: Failed) -> str:
    first = reason(one)
    more = len(one.diagnostics) - 1
    also = f" and {more} more" if more else ""
    return f"{place_text(first._replace(path=one.path))} {first.code}{also}"


def _columns(row: Row, widths: list[int]) -> str:
    return (
        f"{left(row.name, widths[0])}  {right(row.score, widths[1])}   "
        f"{left(row.band, widths[2])}  {right(row.observed, widths[3])}  "
        f"{right(row.not_applicable, widths[4])}"
    )


def _rubric(page: Page, one: Overview) -> None:
    page.blank()
    page.write(span(one.title, Style.TITLE))
    for label, said in one.facts:
        if label == "Expected":
            _bands(page, one.bands)
        _labelled(page, label, said)
    if not any(label == "Expected" for label, _ in one.facts):
        _bands(page, one.bands)
    for title, entries in one.lists:
        page.heading(title)
        for entry in entries:
            page.write(entry, indent=2, hang=4)
    if one.thanks:
        page.blank()
        page.write(Span("Thank for: ", Style.GOOD), span(one.thanks), hang=2)


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


def _bands(page: Page, bands: Sequence[tuple[str, int]]) -> None:
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
