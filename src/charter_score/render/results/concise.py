"""Many reviews at a glance: one line each, then what they say together. No names."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, RenderResult
from rich.table import Table
from rich.text import Text

from charter_score.outcome import Failed, Outcome, Scored, Skipped
from charter_score.render.results.batch import Closing
from charter_score.render.results.findings import is_below_expected, reason
from charter_score.render.results.overview import (
    FEW_FIGURES,
    Grouping,
    Overview,
    chosen,
    found,
    groups,
    overview,
)
from charter_score.render.results.table import Waiting
from charter_score.render.text import phrases
from charter_score.render.text.blocks import (
    Hanging,
    Labelled,
    Parts,
    entry,
    fitted,
    fixed,
    heading,
    spaced,
    words,
)
from charter_score.render.text.console import Screen
from charter_score.render.text.diagnostics import place_text
from charter_score.render.text.hostile import visible, visible_line, without_commands
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
"""Lines that are written together."""
_MOST_SKIPPED = 5
"""Drafts and void reviews that are named; nothing is wrong with them."""


class Concise:
    """`concise` of a batch. Columns are as wide as their widest entry, so the rows wait for all.

    Rows are joined text, not renderables: there may be a million of them.
    """

    def __init__(self, screen: Screen, *, bars: bool, names: bool) -> None:
        self._screen = screen
        self._bars = bars
        self._names = names
        self._rows = Waiting()
        self._widths = [_cells(title) for title in _HEAD.texts]
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
                max(width, _cells(text))
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
        table = self._table() if self._rows.number else iter(())
        summary = iter([self._screen.text(spaced(*self._summary(closing)))])
        failed = self._not_scored() if self._failed.number else iter(())
        skipped = iter([self._screen.text(self._left_out(closing))])
        is_first = True
        for part in (table, summary, failed, skipped):
            begin = next(part, "")
            if not begin:
                continue
            yield begin if is_first else f"\n{begin}"
            yield from part
            is_first = False

    def _summary(self, closing: Closing) -> Iterator[Parts]:
        """The meaning of the signs, then what the reviews of each rubric say together."""
        counts = self._signs
        yield [
            Hanging(words((sign, style), f" {meaning} ({counts[sign]})"), 2, hang=4)
            for sign, style, meaning in SIGNS
            if counts[sign]
        ]
        if told := chosen(closing.summary, names=self._names):
            yield [_facts([("Chosen", told)])]
        rubrics = overview(closing.summary)
        if len(rubrics) != 1 and closing.summary.reviews:
            yield [_facts([("Reviews", found(closing.summary))])]
        for one in rubrics:
            yield from self._rubric(one)
        for grouping in groups(closing.summary, names=self._names):
            yield [heading(grouping.title), _Groups(grouping)]

    def _rubric(self, one: Overview) -> Iterator[Parts]:
        labels = [label for label, _ in one.facts]
        before = labels.index("Expected") if "Expected" in labels else len(labels)
        facts: Parts = [Hanging(words((one.title, "title"))), _facts(one.facts[:before])]
        if one.bands:
            facts.append(_Bands(one.bands, bars=self._bars))
        if one.facts[before:]:
            facts.append(_facts(one.facts[before:]))
        yield facts
        for title, entries in one.lists:
            yield [heading(title), *(entry(words(text)) for text in entries)]
        if one.thanks:
            yield [Hanging(words(("Thank for: ", "good"), one.thanks), hang=2)]

    def _table(self) -> Iterator[str]:
        """The table of reviews, a piece for many of them."""
        widths, indent = self._widths, self._most_signs + 1
        is_stacked = indent + sum(widths) + 9 > self._screen.width
        painted = {sign: self._screen.painted(sign, style) for sign, style, _ in SIGNS}
        if not is_stacked:
            head = self._screen.painted(_columns(_HEAD, widths), "title")
            yield f"{' ' * indent}{head}\n"
        lines: list[str] = []
        for given in self._rows.taken_out():
            row = Row(*given)
            if is_stacked:
                lines.append(self._stacked(row))
            else:
                signs = "".join([painted[sign] for sign in row.signs])
                gap = " " * (indent - len(row.signs))
                lines.append(f"{signs}{gap}{_columns(row, widths)}\n")
            if len(lines) >= _AT_ONCE:
                yield without_commands("".join(lines))
                lines = []
        if lines:
            yield without_commands("".join(lines))

    def _stacked(self, row: Row) -> str:
        """A review on lines of its own, where there is no room for columns."""
        signs = [(sign, _STYLES[sign]) for sign in row.signs]
        lead = words(*signs, " ") if signs else words("  ")
        name = self._screen.text([Hanging(words(row.name), lead, hang=2)])
        band = f" {row.band}" if row.band else ""
        rest = f"{row.score}{band} · observed {row.observed} · {row.not_applicable} n/a"
        return name + self._line(rest, 4)

    def _line(self, text: str, indent: int) -> str:
        """A line whose text goes on further in where it is long; most are not."""
        shown = visible(text)
        if indent + _cells(shown) <= self._screen.width:
            return f"{' ' * indent}{without_commands(shown)}\n"
        return self._screen.text([entry(words(text), indent)])

    def _not_scored(self) -> Iterator[str]:
        yield self._screen.text([heading("Not scored")])
        for text in self._failed.taken_out():
            yield self._line(text, 2)

    def _left_out(self, closing: Closing) -> Parts:
        if not self._skipped:
            return []
        listed: Parts = [entry(words(text)) for text in self._skipped]
        if self._more_skipped:
            listed.append(entry(words(f"and {self._more_skipped} more")))
        if ready := phrases.only_status_missing(closing.collected.skipped.found):
            listed.append(entry(words(ready)))
        return [heading("Skipped"), *listed]


CRITICAL = "#"
"""The sign of a missed critical criterion; no letter that a person would hear as another sign."""

SIGNS = (
    (CRITICAL, "bad", "critical criterion missed, whatever the points"),
    ("x", "bad", "below expected"),
    ("!", "warn", "band rests on n/a"),
    ("?", "warn", "little observed: fewer than half of the points"),
    ("c", "faint", "for calibration, not counted"),
)
"""Each sign with its style and meaning, the gravest first."""
_STYLES = {sign: style for sign, style, _ in SIGNS}


def _signs(scored: Scored) -> str:
    """What to know first about a review, as signs in front of it, the gravest first."""
    result = scored.result
    if result.review.status is Status.CALIBRATION:
        return "c"
    signs = ""
    if result.critical_missed:
        signs += CRITICAL
    if is_below_expected(result):
        signs += "x"
    if result.band_rests_on_not_applicable:
        signs += "!"
    if result.little_observed:
        signs += "?"
    return signs


def _row(one: Scored, *, names: bool) -> Row:
    result = one.result
    who = f" ({result.review.advisor})" if names and result.review.advisor else ""
    return Row(
        _signs(one),
        visible_line(one.id + who),
        phrases.percent(result.share, result.rubric),
        visible_line(phrases.band_name(result)),
        phrases.percent(result.observed_share, result.rubric),
        str(result.observed.not_applicable),
    )


def _failure(one: Failed) -> str:
    first = reason(one)
    more = len(one.diagnostics) - 1
    also = f" and {more} more" if more else ""
    return f"{place_text(first._replace(path=one.path))} {first.code}{also}"


def _columns(row: Row, widths: Sequence[int]) -> str:
    return (
        f"{_left(row.name, widths[0])}  {_right(row.score, widths[1])}   "
        f"{_left(row.band, widths[2])}  {_right(row.observed, widths[3])}  "
        f"{_right(row.not_applicable, widths[4])}"
    )


def _cells(text: str) -> int:
    return len(text) if text.isascii() else cell_len(text)


def _left(text: str, width: int) -> str:
    return text + " " * (width - _cells(text))


def _right(text: str, width: int) -> str:
    return " " * (width - _cells(text)) + text


def _facts(facts: Sequence[tuple[str, str]]) -> Labelled:
    """Labels with what they say, in line with those of the same kind below."""
    rows = [(words((label, "strong")), words(text)) for label, text in facts]
    return Labelled(rows, column=_LABELS, gap=1)


_LABELS = len("Provisional")


class _Bands:
    """How many reviews are in each band, with bars; for want of room a line for each."""

    def __init__(self, bands: Sequence[tuple[str, int]], *, bars: bool) -> None:
        self.bands = bands
        self.bars = bars

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """A grid, or the bands stacked."""
        label = words(("Bands", "strong"))
        most = max(number for _, number in self.bands)
        rows = [
            [
                words(name),
                *([Text("█" * _bar_size(number, most))] if self.bars else []),
                Text(str(number)),
            ]
            for name, number in self.bands
        ]
        grid = Table.grid(padding=(0, 2, 0, 0))
        fixed(grid, [label], least=_LABELS - 1)
        *texts, numbers = zip(*rows, strict=True)
        for cells in texts:
            fixed(grid, cells)
        fixed(grid, numbers, justify="right")
        for number, row in enumerate(rows):
            grid.add_row("" if number else label, *row)
        if view := fitted(grid, console, options, indent=2):
            yield view
            return
        yield Hanging(label, 2)
        for name, number in self.bands:
            yield entry(words(f"{name}: {number}"), 4)


class _Groups:
    """Groups as a table, or for want of room a sentence each."""

    def __init__(self, grouping: Grouping) -> None:
        self.grouping = grouping

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """The table or the sentences, and what is to be said below."""
        grouping = self.grouping
        figures = [figure for figure in FEW_FIGURES if figure in grouping.figures]
        heads = [*grouping.heads, *(figure.value for figure in figures)]
        rows = [
            [words(value) for value in (*row.values, *map(row.text, figures))]
            for row in grouping.rows
        ]
        grid = Table.grid(padding=(0, 2, 0, 0))
        titles = [words((head, "title")) for head in heads]
        for place, cells in enumerate(zip(titles, *rows, strict=True)):
            fixed(grid, cells, justify="left" if place < len(grouping.heads) else "right")
        for row in (titles, *rows):
            grid.add_row(*row)
        if view := fitted(grid, console, options, indent=2):
            yield view
            if grouping.few:
                yield Hanging(words((grouping.few, "faint")), 2)
        else:
            yield from (entry(words(f"{row.label}: {row.told}")) for row in grouping.rows)
        if grouping.note:
            yield Hanging(words((grouping.note, "faint")), 2)


def _bar_size(number: int, most: int) -> int:
    """Cells of a bar: none of nothing, one at least of anything."""
    return max(-(-number * _BAR // most), 1) if number else 0


_BAR = 11
"""Cells of the longest bar."""
