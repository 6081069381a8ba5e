"""A summary in words and figures, once, for every view that shows one."""

from collections import Counter
from collections.abc import Iterable, Iterator
from fractions import Fraction
from typing import NamedTuple

from charter_score.render import words
from charter_score.summary import CriterionKey, RubricSummary, Summary, mean_of, quantile

MOST_LISTED = 3
"""How many criteria each list names."""
FEWEST_TO_NAME = 2
"""How many reviews a criterion must have been seen in before it is named."""


class Overview(NamedTuple):
    """What the reviews of one rubric say together.

    `facts` are labels with what they say, `bands` from the highest down, `lists` titles with
    entries, `thanks` what to thank for.
    """

    title: str
    facts: tuple[tuple[str, str], ...]
    bands: tuple[tuple[str, int], ...]
    lists: tuple[tuple[str, tuple[str, ...]], ...]
    thanks: str | None


def overview(summary: Summary) -> list[Overview]:
    """One overview for each rubric; two are never mixed."""
    rubrics = summary.in_order()
    return [_of(one, summary if len(rubrics) == 1 else None) for one in rubrics]


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
    expected = words.expected(rubric)
    parts = [rubric.name, words.rule(rubric)] + ([f"expected {expected}"] if expected else [])
    facts = [("Reviews", str(one.reviews) if summary is None else found(summary))]
    facts += _scores(one)
    if rubric.expected is not None and one.reviews:
        facts.append(("Expected", _expectation(one)))
    if one.critical:
        missed = words.count(one.critical, "review")
        facts.append(("Critical", f"{missed} missed a critical criterion"))
    if one.provisional:
        has = "has" if one.provisional == 1 else "have"
        told = f"{words.count(one.provisional, 'review')} {has} an open dispute"
        facts.append(("Provisional", told))
    return Overview(
        " · ".join(parts),
        tuple(facts),
        tuple((band.name, one.bands[band.name]) for band in reversed(rubric.bands)),
        tuple(_lists(one)),
        _thanks(one),
    )


def _scores(one: RubricSummary) -> Iterator[tuple[str, str]]:
    mean, median = mean_of(one.shares), quantile(one.shares, Fraction(1, 2))
    seen = mean_of(one.observed_shares)
    if mean is None or median is None or seen is None:
        return
    least, most = min(one.shares), max(one.shares)
    yield (
        "Score",
        f"mean {words.plain_percent(mean)}, median {words.plain_percent(median)}, "
        f"from {words.percent(least, one.rubric)} to {words.percent(most, one.rubric)} "
        f"({words.count(one.reviews, 'review')})",
    )
    adds = mean - seen
    effect = "adds" if adds >= 0 else "takes"
    points = words.signed(abs(adds)).lstrip("+")
    yield (
        "Observed",
        f"mean {words.plain_percent(seen)}; n/a {effect} {points} points on average",
    )


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


def _lists(one: RubricSummary) -> Iterator[tuple[str, tuple[str, ...]]]:
    titles = _titles(one)
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
    if missed:
        yield "Missed most (of those observed)", tuple(missed[:MOST_LISTED])
    if often:
        reviews = words.count(one.reviews, "review")
        yield f"Often n/a (of {reviews})", tuple(often[:MOST_LISTED])


def _thanks(one: RubricSummary) -> str | None:
    titles = _titles(one)
    for key, _ in _most(one.observed, titles):
        seen = one.observed[key]
        if not one.missed[key] and seen >= FEWEST_TO_NAME:
            return f"{titles[key]} (met in {seen} of {seen} observed)"
    return None


def _most(
    counts: Counter[CriterionKey], order: Iterable[CriterionKey]
) -> Iterator[tuple[CriterionKey, int]]:
    """Criteria with their counts, most first, ties in the rubric's order."""
    ranked = sorted(((key, counts[key]) for key in order), key=lambda one: -one[1])
    return ((key, number) for key, number in ranked if number)
