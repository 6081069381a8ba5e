"""A summary in words and figures, once, for every view that shows one."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence, Set
from enum import Enum
from fractions import Fraction
from typing import NamedTuple, assert_never

from charter_score import facts
from charter_score.diagnostics import joined
from charter_score.render.results.verdicts import filtered_out
from charter_score.render.text import phrases
from charter_score.rubric import CriterionKey, Rubric
from charter_score.summary import (
    FEWEST_TO_COMPARE,
    RubricSummary,
    Summary,
    fields_in,
    mean_of,
    quantile,
)

MOST_LISTED = 3
"""How many criteria each list names."""
FEWEST_TO_NAME = 2
"""How many reviews a criterion must have been seen in before it is named."""


class Tally(NamedTuple):
    """A criterion by its title, and how often: a `number` of so many."""

    title: str
    told: str
    number: int
    of: int


class Overview(NamedTuple):
    """What the reviews of one rubric say together.

    `facts` are labels with what they say, `bands` from the highest down, `tallies` titles with
    criteria, `praised` what to thank for; `lists` and `thanks` are the same as plain lines.
    """

    rubric: Rubric
    title: str
    facts: tuple[tuple[str, str], ...]
    bands: tuple[tuple[str, int], ...]
    tallies: tuple[tuple[str, tuple[Tally, ...]], ...]
    praised: Tally | None

    @property
    def lists(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """Titles with a line for each criterion."""
        return tuple(
            (title, tuple(f"{one.title}: {one.told}" for one in tallies))
            for title, tallies in self.tallies
        )

    @property
    def thanks(self) -> str | None:
        """What to thank for."""
        return f"{self.praised.title} ({self.praised.told})" if self.praised else None


def overview(summary: Summary) -> list[Overview]:
    """One overview for each rubric; two are never mixed. One person's record is shown in full."""
    rubrics = summary.in_order()
    in_full = summary.filter.advisor is not None
    return [_of(one, summary if len(rubrics) == 1 else None, in_full=in_full) for one in rubrics]


class GroupRow(NamedTuple):
    """One group of a table: its value of each field, and the reviews in it.

    `shows_mean` is False of too few reviews to compare with others; then `shows_rest` says whether
    anything but their number is shown, as it is in the record of one person.
    """

    values: tuple[str, ...]
    summary: RubricSummary
    shows_mean: bool
    shows_rest: bool

    @property
    def label(self) -> str:
        """What the group is called, in one text."""
        return " · ".join(self.values)

    @property
    def told(self) -> str:
        """What can be said of the group, as a sentence."""
        return _compared(self)

    def value(self, figure: "GroupFigure") -> Fraction | int | None:
        """A figure of the group; None where it has none or is too small to show it."""
        one = self.summary
        if figure is GroupFigure.REVIEWS:
            return one.reviews
        if not (self.shows_mean if figure.is_of_means else self.shows_rest):
            return None
        match figure:
            case GroupFigure.MEAN:
                return mean_of(one.shares)
            case GroupFigure.OBSERVED:
                return mean_of(one.observed_shares)
            case GroupFigure.ADDED:
                mean, seen = mean_of(one.shares), mean_of(one.observed_shares)
                return None if mean is None or seen is None else mean - seen
            case GroupFigure.MEDIAN:
                return quantile(one.shares, Fraction(1, 2))
            case GroupFigure.LOWEST:
                return min(one.shares, default=None)
            case GroupFigure.HIGHEST:
                return max(one.shares, default=None)
            case GroupFigure.MEETS:
                return None if one.rubric.expected is None else one.meets_expected
            case GroupFigure.CRITICAL:
                return one.critical
            case GroupFigure.PROVISIONAL:
                return one.provisional
        assert_never(figure)

    def text(self, figure: "GroupFigure") -> str:
        """A figure as a person reads it; `–` for none."""
        value = self.value(figure)
        if value is None:
            return "–"
        if figure is GroupFigure.MEETS:
            return f"{value} of {self.summary.reviews}"
        if isinstance(value, int):
            return str(value)
        if figure is GroupFigure.ADDED:
            return phrases.signed(value)
        if figure.is_of_means:
            return phrases.plain_percent(value)
        return phrases.percent(value, self.summary.rubric)


class GroupFigure(Enum):
    """A column of the table of groups, with its heading."""

    REVIEWS = "Reviews"
    MEAN = "Mean"
    OBSERVED = "Observed"
    ADDED = "n/a adds"
    MEDIAN = "Median"
    LOWEST = "Lowest"
    HIGHEST = "Highest"
    MEETS = "Expected"
    CRITICAL = "Critical missed"
    PROVISIONAL = "Open dispute"

    @property
    def is_of_means(self) -> bool:
        """Whether it is a mean, which too few reviews do not carry."""
        return self in (GroupFigure.MEAN, GroupFigure.OBSERVED, GroupFigure.ADDED)


FEW_FIGURES = tuple(figure for figure in GroupFigure if figure is not GroupFigure.ADDED)
"""Columns where there is little room; the difference of two of them is left out."""


NAMES = ("advisor", "reviewer")
"""Fields whose values are people's names."""
HIDDEN = "Names are hidden; --include-names shows them."
TOO_FEW = "too few to compare"


class Grouping(NamedTuple):
    """The groups of one field, or of several that cross, as a table.

    `heads` has a heading for each value of a row, `figures` the columns that say something about
    any group, `note` what is to be said below, and `few` of groups that are too small to compare.
    """

    by: tuple[str, ...]
    heads: tuple[str, ...]
    rows: tuple[GroupRow, ...]
    figures: tuple[GroupFigure, ...]
    note: str | None
    few: str | None

    @property
    def title(self) -> str:
        """What the table is called."""
        return f"By {' and '.join(self.by)}"


def groups(summary: Summary, *, names: bool) -> list[Grouping]:
    """For each field that was asked for, its groups; people get a letter each unless `names`."""
    return [_grouping(summary, by, names=names) for by in summary.by]


def _grouping(summary: Summary, by: str, *, names: bool) -> Grouping:
    fields = fields_in(by)
    several = len(summary.rubrics) > 1
    hidden = frozenset() if names else frozenset(fields).intersection(NAMES)
    rows = tuple(_group_rows(summary, by, hidden=hidden, several=several))
    heads = tuple(f"{field[:1].upper()}{field[1:]}" for field in fields)
    figures = tuple(figure for figure in GroupFigure if _says_something(figure, rows))
    notes = [HIDDEN] if hidden and rows else []
    fewest = summary.fewest_for(fields)
    if summary.people is not None and fewest > FEWEST_TO_COMPARE and rows:
        notes.append(summary.people.told)
    note = " ".join(notes) or None
    few, too_few = None, f"fewer than {fewest} reviews, {TOO_FEW}"
    is_empty = any(row.value(figure) is None for row in rows for figure in figures)
    if is_empty and not all(row.shows_mean for row in rows):
        few = f"–: {too_few}"
    elif not all(row.shows_mean for row in rows):
        few = f"each {too_few}" if len(rows) > 1 else too_few  # so that no cell has to stay empty
    return Grouping(fields, heads + ("Rubric",) * several, rows, figures, note, few)


def _says_something(figure: GroupFigure, rows: Iterable[GroupRow]) -> bool:
    """Whether a column says something of any group: nothing critical was missed in most batches."""
    values = {row.value(figure) for row in rows} - {None}
    is_of_faults = figure in (GroupFigure.CRITICAL, GroupFigure.PROVISIONAL)
    return bool(values - {0} if is_of_faults else values)


def lettered(number: int) -> str:
    """A number from 0 on in letters: `A` to `Z`, then `AA`. Many pseudonyms are numbers."""
    letters = ""
    while number >= 0:
        letters = chr(ord("A") + number % 26) + letters
        number = number // 26 - 1
    return letters


def _group_rows(
    summary: Summary, by: str, *, hidden: Set[str], several: bool
) -> Iterator[GroupRow]:
    """The groups of a field, or of several that cross; people get a letter where `hidden`."""
    letters: dict[str, dict[str, str]] = {field: {} for field in hidden}
    is_record = summary.filter.advisor is not None
    fewest = summary.fewest_for(fields_in(by))
    for group, one in summary.groups_in_order(by):
        values = []
        for field, value in zip(group.by, group.values, strict=True):
            if value is None:
                values.append(f"(no {field})")
            elif field in hidden:
                known = letters[field]
                values.append(f"{field} {known.setdefault(value, lettered(len(known)))}")
            else:
                values.append(value)
        if several:
            values.append(one.rubric.name)
        is_enough = one.reviews >= fewest
        yield GroupRow(tuple(values), one, is_enough, is_enough or is_record)


def _compared(row: GroupRow) -> str:
    """What can be said of a group beside others."""
    one = row.summary
    told = phrases.count(one.reviews, "review")
    if not row.shows_rest:
        return f"{told}, {TOO_FEW}"
    if row.shows_mean:
        told += f", mean {row.text(GroupFigure.MEAN)}, observed {row.text(GroupFigure.OBSERVED)}"
    lowest, highest = row.text(GroupFigure.LOWEST), row.text(GroupFigure.HIGHEST)
    told += f", median {row.text(GroupFigure.MEDIAN)}, from {lowest} to {highest}"
    if one.rubric.expected is not None:
        meet = "meets" if one.meets_expected == 1 else "meet"
        told += f", {one.meets_expected} {meet} what is expected"
    return told


def chosen(summary: Summary, *, names: bool) -> str | None:
    """Which reviews count and how many do not; None where there is no filter."""
    if (left_out := filtered_out(summary)) is None:
        return None
    wanted = summary.filter
    parts = []
    for field, values in wanted.where:
        is_hidden = field in NAMES and not names
        value = "(name hidden)" if is_hidden else _either(values)
        parts.append(f"{field} {value}")
    if wanted.since is not None:
        parts.append(f"from {phrases.day(wanted.since)}")
    if wanted.until is not None:
        parts.append(f"until {phrases.day(wanted.until)}")
    return f"{', '.join(parts)}; {left_out}"


def _either(values: Sequence[str]) -> str:
    *most, last = values
    return f"{', '.join(most)} or {last}" if most else last


def found(summary: Summary) -> str:
    """What was found and what became of it."""
    parts = [f"{summary.reviews} found", f"{summary.scored} scored"]
    if summary.failed:
        parts.append(f"{summary.failed} could not be scored")
    if summary.skipped:
        parts.append(f"{summary.skipped} skipped")
    apart = {
        "for calibration": summary.calibration,
        "by the advisor": summary.own,
        "targeted": summary.targeted,
        "requested": summary.requested,
    }
    if told := [f"{number} {kind}" for kind, number in apart.items() if number]:
        parts.append(f"{joined(told)}, not counted below")
    return ", ".join(parts)


def _of(one: RubricSummary, summary: Summary | None, *, in_full: bool) -> Overview:
    rubric = one.rubric
    expected = facts.expected(rubric)
    parts = [rubric.name, facts.rule(rubric)] + ([f"expected {expected}"] if expected else [])
    figures = [("Reviews", str(one.reviews) if summary is None else found(summary))]
    figures += _scores(one)
    if rubric.expected is not None and one.reviews:
        figures.append(("Expected", _expectation(one)))
    if one.critical:
        missed = phrases.count(one.critical, "review")
        figures.append(("Critical", f"{missed} missed a critical criterion"))
    if one.below_section_minimum:
        is_below = "is" if one.below_section_minimum == 1 else "are"
        told = f"{phrases.count(one.below_section_minimum, 'review')} {is_below} below a section's"
        figures.append(("Minimum", f"{told} minimum"))
    figures += _tags(one)
    if one.provisional:
        has = "has" if one.provisional == 1 else "have"
        told = f"{phrases.count(one.provisional, 'review')} {has} an open dispute"
        figures.append(("Provisional", told))
    return Overview(
        rubric,
        " · ".join(parts),
        tuple(figures),
        tuple((band.name, one.bands[band.name]) for band in reversed(rubric.bands)),
        tuple(_tallies(one, in_full=in_full)),
        _praised(one, fewest=1 if in_full else FEWEST_TO_NAME),
    )


def _scores(one: RubricSummary) -> Iterator[tuple[str, str]]:
    mean, median = mean_of(one.shares), quantile(one.shares, Fraction(1, 2))
    seen = mean_of(one.observed_shares)
    if mean is None or median is None or seen is None:
        return
    lower, upper = quantile(one.shares, Fraction(1, 4)), quantile(one.shares, Fraction(3, 4))
    number = phrases.count(one.reviews, "review")
    half = ""
    if one.reviews >= FEWEST_TO_COMPARE:
        half = f"half of them {_bounded(one, lower)} to {_bounded(one, upper)}, "
    if len(one.shares) == 1:
        yield "Score", f"{'all ' if one.reviews > 1 else ''}{_bounded(one, median)} ({number})"
    else:
        yield (
            "Score",
            f"mean {phrases.plain_percent(mean)}, median {_bounded(one, median)}, {half}"
            f"from {_bounded(one, min(one.shares))} to {_bounded(one, max(one.shares))} ({number})",
        )
    effect = f"n/a {_effect(mean - seen)}"
    if len(one.observed_shares) == 1:
        observed = ("all " if one.reviews > 1 else "") + _bounded(one, min(one.observed_shares))
    else:
        observed = f"mean {phrases.plain_percent(seen)}"
    average = " on average" if one.reviews > 1 else ""
    yield "Observed", f"{observed}; {effect}{average}"


def _tags(one: RubricSummary) -> Iterator[tuple[str, str]]:
    """What the criteria with each tag come to."""
    for tag, title in one.rubric.tags.items():
        counted = one.tags.get(tag)
        mean = None if counted is None else mean_of(counted.shares)
        if counted is None or mean is None:
            continue
        average = "mean " if counted.shares.total() > 1 else ""
        told = f"{average}{phrases.plain_percent(mean)}"
        seen = mean_of(counted.observed_shares)
        told += f", observed {phrases.plain_percent(seen)}" if seen is not None else ""
        of = phrases.count(counted.shares.total(), "review")
        yield title, f"{told}; {counted.missed} of {counted.criteria} missed ({of})"


def _effect(adds: Fraction) -> str:
    """What n/a does to a score, without the average."""
    if not adds:
        return "adds nothing"
    return f"{'adds' if adds > 0 else 'takes'} {phrases.signed(abs(adds)).lstrip('+')} points"


def _bounded(one: RubricSummary, share: Fraction | None) -> str:
    """A share that somebody has or that lies in the middle: never on the wrong side of a bound."""
    return phrases.percent(share, one.rubric)


def _expectation(one: RubricSummary) -> str:
    if one.reviews == 1:
        if not one.meets_expected:
            return "not met"
        return "met, but only because of n/a" if one.meets_only_by_not_applicable else "met"
    meet = "meets" if one.meets_expected == 1 else "meet"
    said = f"{one.meets_expected} of {one.reviews} {meet} it"
    if one.meets_only_by_not_applicable:
        said += f"; {one.meets_only_by_not_applicable} of those only because of n/a"
    return said


def _titles(one: RubricSummary) -> dict[CriterionKey, str]:
    return {
        (section.id, criterion.id): criterion.title for section, criterion in one.rubric.criteria()
    }


def _tallies(one: RubricSummary, *, in_full: bool) -> Iterator[tuple[str, tuple[Tally, ...]]]:
    """The criteria that were missed and n/a most; all of them, once or often, `in_full`."""
    fewest, most = (1, None) if in_full else (FEWEST_TO_NAME, MOST_LISTED)
    titles = _titles(one)
    counted = one.by_criterion()
    missed = [
        Tally(titles[key], f"{number} of {counted.observed[key]}", number, counted.observed[key])
        for key, number in _most(counted.missed, titles)
        if counted.observed[key] >= fewest
    ]
    partly = [
        Tally(titles[key], f"{number} of {counted.observed[key]}", number, counted.observed[key])
        for key, number in _most(counted.partly, titles)
        if counted.observed[key] >= fewest
    ]
    often = [
        Tally(titles[key], str(number), number, one.reviews)
        for key, number in _most(counted.not_applicable, titles)
        if 2 * number >= one.reviews and one.reviews >= fewest
    ]
    reviews = phrases.count(one.reviews, "review")
    ticked = one.causes.total()
    causes = [
        Tally(title, f"{one.causes[cause]} of {ticked}", one.causes[cause], ticked)
        for cause, title in one.rubric.causes.items()
        if one.causes[cause]
    ]
    for title, tallies in (
        ("Missed most (of those observed)", missed),
        ("Met in part most (of those observed)", partly),
        (f"Often n/a (of {reviews})", often),
        ("Causes ticked", sorted(causes, key=lambda cause: -cause.number)),
    ):
        if tallies:
            listed = tallies[:most]
            left_out = len(tallies) > len(listed)
            cut = f", {len(listed)} of {len(tallies)} criteria" if left_out else ""
            yield f"{title}{cut}", tuple(listed)


def _praised(one: RubricSummary, *, fewest: int) -> Tally | None:
    titles = _titles(one)
    counted = one.by_criterion()
    for key, seen in _most(counted.observed, titles):
        lost = counted.missed[key] + counted.partly[key]
        if not lost and seen >= fewest:
            return Tally(titles[key], f"met in {seen} of {seen} observed", seen, seen)
    return None


def _most(
    counts: Counter[CriterionKey], order: Iterable[CriterionKey]
) -> Iterator[tuple[CriterionKey, int]]:
    """Criteria with their counts, most first, ties in the rubric's order."""
    ranked = sorted(((key, counts[key]) for key in order), key=lambda one: -one[1])
    return ((key, number) for key, number in ranked if number)
