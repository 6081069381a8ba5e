"""A summary in words and figures, once, for every view that shows one."""

from collections import Counter
from collections.abc import Iterable, Iterator, Set
from fractions import Fraction
from typing import NamedTuple

from charter_score import facts
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
    """A criterion by its title, and how often."""

    title: str
    told: str


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
    """One overview for each rubric; two are never mixed."""
    rubrics = summary.in_order()
    return [_of(one, summary if len(rubrics) == 1 else None) for one in rubrics]


class GroupLine(NamedTuple):
    """One group in a line: what it is called, and what can be said of it."""

    label: str
    told: str


NAMES = ("advisor", "reviewer")
"""Fields whose values are people's names."""
HIDDEN = "Names are hidden; --include-names shows them."


class Grouping(NamedTuple):
    """The groups of one field, and what is to be said below them, if anything."""

    title: str
    lines: tuple[GroupLine, ...]
    note: str | None


def groups(summary: Summary, *, names: bool) -> list[Grouping]:
    """For each field that was asked for, its groups; people get a letter each unless `names`."""
    several = len(summary.rubrics) > 1
    found = []
    for by in summary.by:
        fields = fields_in(by)
        hidden = frozenset() if names else frozenset(fields).intersection(NAMES)
        lines = tuple(_group_lines(summary, by, hidden=hidden, several=several))
        title = f"By {' and '.join(fields)}"
        found.append(Grouping(title, lines, HIDDEN if hidden and lines else None))
    return found


def lettered(number: int) -> str:
    """A number from 0 on in letters: `A` to `Z`, then `AA`. Many pseudonyms are numbers."""
    letters = ""
    while number >= 0:
        letters = chr(ord("A") + number % 26) + letters
        number = number // 26 - 1
    return letters


def _group_lines(
    summary: Summary, by: str, *, hidden: Set[str], several: bool
) -> Iterator[GroupLine]:
    """The groups of a field, or of several that cross; people get a letter where `hidden`."""
    letters: dict[str, dict[str, str]] = {field: {} for field in hidden}
    for group, one in summary.groups_in_order(by):
        labels = []
        for field, value in zip(group.by, group.values, strict=True):
            if value is None:
                labels.append(f"(no {field})")
            elif field in hidden:
                known = letters[field]
                labels.append(f"{field} {known.setdefault(value, lettered(len(known)))}")
            else:
                labels.append(value)
        if several:
            labels.append(one.rubric.name)
        yield GroupLine(" · ".join(labels), _compared(one))


def _compared(one: RubricSummary) -> str:
    """What can be said of a group beside others."""
    told = phrases.count(one.reviews, "review")
    mean, seen = mean_of(one.shares), mean_of(one.observed_shares)
    if one.reviews < FEWEST_TO_COMPARE or mean is None or seen is None:
        return f"{told}, too few to compare"
    told += f", mean {phrases.plain_percent(mean)}, observed {phrases.plain_percent(seen)}"
    if one.rubric.expected is not None:
        meet = "meets" if one.meets_expected == 1 else "meet"
        told += f", {one.meets_expected} {meet} what is expected"
    return told


def found(summary: Summary) -> str:
    """What was found and what became of it."""
    parts = [f"{summary.reviews} found", f"{summary.scored} scored"]
    if summary.failed:
        parts.append(f"{summary.failed} could not be scored")
    if summary.skipped:
        parts.append(f"{summary.skipped} skipped")
    if summary.calibration:
        parts.append(f"{summary.calibration} for calibration, not counted below")
    return ", ".join(parts)


def _of(one: RubricSummary, summary: Summary | None) -> Overview:
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
    if one.provisional:
        has = "has" if one.provisional == 1 else "have"
        told = f"{phrases.count(one.provisional, 'review')} {has} an open dispute"
        figures.append(("Provisional", told))
    return Overview(
        rubric,
        " · ".join(parts),
        tuple(figures),
        tuple((band.name, one.bands[band.name]) for band in reversed(rubric.bands)),
        tuple(_tallies(one)),
        _praised(one),
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


def _effect(adds: Fraction) -> str:
    """What n/a does to a score, without the average."""
    if not adds:
        return "adds nothing"
    return f"{'adds' if adds > 0 else 'takes'} {phrases.signed(abs(adds)).lstrip('+')} points"


def _bounded(one: RubricSummary, share: Fraction | None) -> str:
    """A share that somebody has or that lies in the middle: never on the wrong side of a bound."""
    return phrases.percent(share, one.rubric)


def _expectation(one: RubricSummary) -> str:
    meet = "meets" if one.meets_expected == 1 else "meet"
    said = f"{one.meets_expected} of {one.reviews} {meet} it"
    if one.meets_only_by_not_applicable:
        said += f"; {one.meets_only_by_not_applicable} of those only because of n/a"
    return said


def _titles(one: RubricSummary) -> dict[CriterionKey, str]:
    return {
        (section.id, criterion.id): criterion.title for section, criterion in one.rubric.criteria()
    }


def _tallies(one: RubricSummary) -> Iterator[tuple[str, tuple[Tally, ...]]]:
    titles = _titles(one)
    counted = one.by_criterion()
    missed = [
        Tally(titles[key], f"{number} of {counted.observed[key]}")
        for key, number in _most(counted.missed, titles)
        if counted.observed[key] >= FEWEST_TO_NAME
    ]
    partly = [
        Tally(titles[key], f"{number} of {counted.observed[key]}")
        for key, number in _most(counted.partly, titles)
        if counted.observed[key] >= FEWEST_TO_NAME
    ]
    often = [
        Tally(titles[key], str(number))
        for key, number in _most(counted.not_applicable, titles)
        if 2 * number >= one.reviews and one.reviews >= FEWEST_TO_NAME
    ]
    reviews = phrases.count(one.reviews, "review")
    for title, tallies in (
        ("Missed most (of those observed)", missed),
        ("Met in part most (of those observed)", partly),
        (f"Often n/a (of {reviews})", often),
    ):
        if tallies:
            left = len(tallies) - MOST_LISTED
            cut = f", {MOST_LISTED} of {len(tallies)} criteria" if left > 0 else ""
            yield f"{title}{cut}", tuple(tallies[:MOST_LISTED])


def _praised(one: RubricSummary) -> Tally | None:
    titles = _titles(one)
    counted = one.by_criterion()
    for key, seen in _most(counted.observed, titles):
        lost = counted.missed[key] + counted.partly[key]
        if not lost and seen >= FEWEST_TO_NAME:
            return Tally(titles[key], f"met in {seen} of {seen} observed")
    return None


def _most(
    counts: Counter[CriterionKey], order: Iterable[CriterionKey]
) -> Iterator[tuple[CriterionKey, int]]:
    """Criteria with their counts, most first, ties in the rubric's order."""
    ranked = sorted(((key, counts[key]) for key in order), key=lambda one: -one[1])
    return ((key, number) for key, number in ranked if number)
