"""What a rubric that can be scored with could do better: advice for the people who write it.

Only `check` gives it; scoring never runs any of this. Each lint has a code, a page in docs/lints,
and can be silenced by a line under the rubric's `ignore` that says why.

Two lints reckon instead of look: whether a band can be reached at all, and whether a criterion can
move one. They go over every rating of every criterion under every reading of the conditions, in
integers, by keeping the distinct sums that come about. That is exact, and quick because few sums
are distinct; where too many are (`MOST_SUMS`, `MOST_WORK`) the lint says nothing.
"""

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import combinations, groupby, pairwise, product
from math import gcd, lcm
from typing import NamedTuple

from charter_score.diagnostics import At, Problem, Route, Severity, did_you_mean
from charter_score.linting.rubric import rubric_problems
from charter_score.rating import Policy, Rating, same_word
from charter_score.rubric import (
    Band,
    Combine,
    Criterion,
    FieldRule,
    Rubric,
    Section,
    holds,
    same_value,
)

LINTS = (
    "critical-allows-na",
    "critical-always-missed",
    "duplicate-title",
    "expected-outside-bands",
    "missing-advice",
    "missing-guidance",
    "missing-source",
    "too-light",
    "two-things-at-once",
    "undeclared-field",
    "unreachable-band",
    "unused-ignore",
    "weights-mislead",
)
"""Every code that `ignore` can silence: the advice here, and the warnings of `rubric_problems`."""

MOST_WORK = 5_000_000
"""The most sums that one lint makes, about a second of work; beyond it, it says nothing."""

MOST_SUMS = 250_000
"""The most distinct sums that are kept at a time, some 20 MB."""

CONDITION_WORK = 20
"""What one condition, or one value of a field, costs in sums."""

Place = tuple[int, int]
"""A criterion: the number of its section and its own in it."""


def advice(rubric: Rubric) -> list[Problem]:
    """What the writer of a rubric may want to think over, as warnings; it must be without errors.

    `ignore` has not been applied yet: `without_ignored` does that.
    """
    found = [
        *_duplicate_titles(rubric),
        *_two_things(rubric),
        *_missing_texts(rubric),
        *_undeclared_fields(rubric),
        *_expected_outside_bands(rubric),
        *_misleading_weights(rubric),
    ]
    undecided: set[str] = set()
    reckoned: tuple[tuple[str, Callable[[Rubric], Iterable[Problem]]], ...] = (
        ("unreachable-band", _unreachable_bands),
        ("too-light", _too_light),
    )
    for code, lint in reckoned:
        try:
            found += lint(rubric)
        except _TooMuchError:
            undecided.add(code)
    triggered = {problem.code for problem in (*rubric_problems(rubric), *found)}
    return [*found, *_unused_ignores(rubric, triggered | undecided)]


def without_ignored(rubric: Rubric, problems: Iterable[Problem]) -> list[Problem]:
    """The problems that the rubric's `ignore` does not silence; errors are never silenced."""
    return [
        problem
        for problem in problems
        if problem.severity is Severity.ERROR or problem.code not in rubric.ignore
    ]


def _warning(
    code: str, message: str, route: Route, hint: str | None = None, at: At = At.VALUE
) -> Problem:
    return Problem(code, message, route, at, hint, Severity.WARNING)


def _route(place: Place) -> Route:
    return ("sections", place[0], "criteria", place[1])


def _criteria(rubric: Rubric) -> Iterator[tuple[Place, Section, Criterion]]:
    for s, section in enumerate(rubric.sections):
        for c, criterion in enumerate(section.criteria):
            yield (s, c), section, criterion


def _points(rubric: Rubric) -> dict[Place, Fraction]:
    """What each criterion can earn; a scale is looked through once, however many name it."""
    of_scale = {name: max(levels.values()) for name, levels in rubric.scales.items()}
    return {
        place: of_scale[criterion.levels]
        if isinstance(criterion.levels, str)
        else rubric.points_of(criterion)
        for place, _, criterion in _criteria(rubric)
    }


# Titles and texts.


def _duplicate_titles(rubric: Rubric) -> Iterator[Problem]:
    sections: dict[str, str] = {}
    for s, section in enumerate(rubric.sections):
        first = sections.setdefault(same_word(section.title), section.id)
        if first != section.id:
            yield _duplicate(first, "section", ("sections", s))
    criteria: dict[str, tuple[Place, str]] = {}
    for place, section, criterion in _criteria(rubric):
        name = f"{section.id}.{criterion.id}"
        found, first = criteria.setdefault(same_word(criterion.title), (place, name))
        if found != place:
            yield _duplicate(first, "criterion", _route(place))


def _duplicate(first: str, kind: str, route: Route) -> Problem:
    return _warning(
        "duplicate-title",
        f"the {kind} {first} has this title too, so people cannot tell the two apart",
        (*route, "title"),
        "say in the title what sets them apart",
    )


_QUOTED = re.compile(r'"[^"]*"|“[^“”]*”')


def asks_two_things(title: str) -> bool:
    """Whether a title joins two things with "and" or "&" as words of their own, ";" or "/".

    What stands between double quotes is one expression, and "between … and …" is one thing. A slash
    joins only words of four letters or more: n/a, 24/7 and his/her are single things.
    """
    text = _QUOTED.sub("quoted", title)
    if ";" in text.strip("; "):
        return True
    for left, right in pairwise(part.split() for part in text.split("/")):
        if left and right and min(_letters(left[-1]), _letters(right[0])) >= 4:
            return True
    ranges = 0
    words = text.casefold().split()
    for before, word in enumerate(words[:-1]):
        if word == "between":
            ranges += 1
        elif before and word in ("and", "&"):
            ranges -= 1
            if ranges < 0:
                return True
    return False


def _letters(word: str) -> int:
    return sum(character.isalpha() for character in word)


def _two_things(rubric: Rubric) -> Iterator[Problem]:
    if rubric.language.casefold().split("-")[0] != "en":
        return  # the joining words are English
    routes: list[tuple[Route, str]] = []
    for s, section in enumerate(rubric.sections):
        routes.append((("sections", s), section.title))
        routes += [(_route((s, c)), one.title) for c, one in enumerate(section.criteria)]
    for route, title in routes:
        if asks_two_things(title):
            yield _warning(
                "two-things-at-once",
                "this title joins two things: who shows only one of them cannot be rated fairly",
                (*route, "title"),
                "make two of it, or put a fixed expression between double quotes; where the "
                "standard itself joins them, say so under `ignore`",
            )


def _missing_texts(rubric: Rubric) -> Iterator[Problem]:
    everything = list(_criteria(rubric))
    points = _points(rubric)
    yield from _missing(
        "guidance",
        everything,
        lambda criterion: not (criterion.guidance or criterion.looks_like),
        "say what a reviewer should hear or see, so that two of them rate alike",
    )
    yield from _missing(
        "advice",
        # Only what can become a development need ever shows its advice.
        [one for one in everything if one[2].critical or points[one[0]]],
        lambda criterion: not criterion.advice,
        "say what to practise when it was missed",
    )
    yield from _missing(
        "source",
        everything,
        lambda criterion: not criterion.source,
        "say where the standard asks for it, or that it is your own",
    )


def _missing(
    name: str,
    of: Sequence[tuple[Place, Section, Criterion]],
    lacks: Callable[[Criterion], bool],
    hint: str,
) -> Iterator[Problem]:
    """A warning for each criterion that lacks a text; one for all where none of them has it."""
    code = f"missing-{name}"
    hint = f"add `{name}`: {hint}"
    lacking = [one for one in of if lacks(one[2])]
    if len(lacking) == len(of) > 1:
        message = f"none of the {len(of)} criteria has `{name}`"
        yield _warning(code, message, ("sections",), hint, At.KEY)
        return
    for place, section, criterion in lacking:
        message = f"{section.id}.{criterion.id} has no `{name}`"
        yield _warning(code, message, _route(place), hint, At.KEY)


# Conditions, the expected score, weights, `ignore`.


def _undeclared_fields(rubric: Rubric) -> Iterator[Problem]:
    places: list[tuple[Route, Iterable[str]]] = []
    for s, section in enumerate(rubric.sections):
        places.append((("sections", s, "applies_when"), section.applies_when))
        places += [
            ((*_route((s, c)), "applies_when"), criterion.applies_when)
            for c, criterion in enumerate(section.criteria)
        ]
    first = {name: (*route, name) for route, names in reversed(places) for name in names}
    for name, route in first.items():
        if name not in rubric.fields:
            # Among very many fields the search would take long, and help nobody.
            near = did_you_mean(name, rubric.fields) if len(rubric.fields) <= 100 else None
            yield _warning(
                "undeclared-field",
                "`fields` does not declare this field, so a mistyped value goes unnoticed, and "
                "what depends on it is dropped",
                route,
                near or "declare it under `fields`, with its `values` and whether it is `required`",
                At.KEY,
            )


def _expected_outside_bands(rubric: Rubric) -> Iterator[Problem]:
    if not rubric.expected or len(rubric.bands) < 2:
        return
    if all(band.from_ != rubric.expected for band in rubric.bands):
        yield _warning(
            "expected-outside-bands",
            "no band begins at `expected`, so one band can hold both reviews that meet it and "
            "reviews that do not",
            ("expected",),
            "set it to the `from` of a band, or let a band begin there",
        )


def _misleading_weights(rubric: Rubric) -> Iterator[Problem]:
    sections = rubric.sections
    if rubric.combine is not Combine.SECTION_WEIGHTS or len(sections) < 2:
        return
    weights = [section.weight or Fraction(0) for section in sections]
    counted: list[list[Fraction]] = [[] for _ in sections]
    for (s, _), points in _points(rubric).items():
        if points:
            counted[s].append(points)
    several = any(len(points) > 1 for points in counted)
    # n/a that is left out, or a criterion that does not apply, moves points and leaves the weight.
    fixed = rubric.not_applicable is not Policy.EXCLUDED and not any(
        criterion.applies_when for _, criterion in rubric.criteria()
    )
    if fixed and len({weight / sum(of) for weight, of in zip(weights, counted, strict=True)}) == 1:
        yield _warning(
            "weights-mislead",
            "the weights stand to each other as the sections' points do, so they change no score",
            ("combine",),
            "write `combine: points` and take the weights out, or change them",
        )
        return
    if _look_like_percentages(sections, weights):
        yield _warning(
            "weights-mislead",
            "these weights look like percentages, but their sum is not 100: each counts as its "
            "part of the sum",
            ("combine",),
            "make them sum to 100",
        )
    heaviest = max(weights)
    for s, section in enumerate(sections):
        if several and len(counted[s]) == 1 and weights[s] == heaviest and not section.applies_when:
            yield _warning(
                "weights-mislead",
                f"no section weighs more than {section.id}, and all its points are in one "
                "criterion: a single rating counts for as much as any whole section",
                ("sections", s, "weight"),
                "lower the weight, or judge the section by more than one criterion",
                At.KEY,
            )


def _look_like_percentages(sections: Sequence[Section], weights: Sequence[Fraction]) -> bool:
    """Whether different weights come near to 100 and miss it, conditional sections counted or not.

    Equal weights mislead nobody: 33, 33 and 33 are thirds.
    """
    everything = sum(weights)
    always = sum(
        weight
        for weight, section in zip(weights, sections, strict=True)
        if not section.applies_when
    )
    return 90 <= everything <= 110 and 100 not in (everything, always) and len(set(weights)) > 1


def _unused_ignores(rubric: Rubric, triggered: Set[str]) -> Iterator[Problem]:
    for code in rubric.ignore:
        if code in triggered:
            continue
        if code in LINTS:
            message, hint = "nothing here is silenced by this", "take it out"
        else:
            message = "there is no lint of this code"
            hint = did_you_mean(code, LINTS) or "take it out: errors cannot be silenced"
        yield _warning("unused-ignore", message, ("ignore", code), hint, At.KEY)


# What the ratings can come to.


def _unreachable_bands(rubric: Rubric) -> list[Problem]:
    """The bands that no review can be given, whatever its ratings and its interaction.

    Raises:
        _TooMuchError: where that cannot be made out in reasonable time.
    """
    if not rubric.bands:
        return []
    work = _Work()
    missing = set(range(len(rubric.bands)))
    can_be_scored = False
    for space in _spaces(rubric, work):
        can_be_scored = True
        missing -= space.bands(rubric.bands, work)
        if not missing:
            break
    return [
        _warning(
            "unreachable-band",
            "no combination of ratings comes to a score in this band",
            ("bands", b, "name"),
            "move its bound or the next one, or take the band out",
        )
        for b in sorted(missing)
        if can_be_scored
    ]


def _too_light(rubric: Rubric) -> list[Problem]:
    """The criteria with points that change the band of no review, whatever else it says.

    Raises:
        _TooMuchError: where that cannot be made out in reasonable time.
    """
    if len(rubric.bands) < 2:
        return []
    work = _Work()
    waiting = {place for place, points in _points(rubric).items() if points}
    applying: set[Place] = set()
    for space in _spaces(rubric, work):
        applying |= space.places
        waiting -= space.moving(waiting, rubric.bands, work)
        if not waiting:
            break
    light = waiting & applying  # one that never applies is no lighter for that
    return [
        _warning(
            "too-light",
            f"{section.id}.{criterion.id} cannot change the band, whatever the other ratings are",
            (*_route(place), "points" if criterion.levels is None else "levels"),
            "give it more points, or make it advisory with `points: 0`",
            At.KEY,
        )
        for place, section, criterion in _criteria(rubric)
        if place in light
    ]


class _TooMuchError(Exception):
    """The sums are too many to be gone over in reasonable time."""


class _Work:
    """Counts what is done, so that no rubric keeps `check` waiting; the same on every machine."""

    def __init__(self) -> None:
        self._left = MOST_WORK

    def spend(self, sums: int) -> None:
        """Count sums in.

        Raises:
            _TooMuchError: where they are too many.
        """
        self._left -= sums
        if self._left < 0:
            raise _TooMuchError


class _Option(NamedTuple):
    """What one rating of a criterion is worth, in points."""

    earned: Fraction
    available: Fraction
    observed: bool
    missed: bool

    def times(self, rate: Fraction) -> "_Option":
        """The same where a point is worth so much."""
        return self._replace(earned=self.earned * rate, available=self.available * rate)


Worth = Mapping[Place, Sequence[_Option]]
"""What the ratings of some criteria are worth."""


class _Step(NamedTuple):
    """What one rating adds to the sums of a review, in units of which all of them are whole."""

    earned: int
    available: int
    observed: bool
    missed: bool


Steps = tuple[_Step, ...]


@dataclass(frozen=True, slots=True)
class _Item:
    """What adds one of its steps to the sums, so many times over.

    `places` are the criteria it stands for: those whose ratings add the same, or a whole section.
    """

    steps: Steps
    copies: int
    places: frozenset[Place]


class _Sums(NamedTuple):
    """All that some criteria can come to while no critical one is missed.

    `seen` goes from what is available to the sums earned, where something with points was
    observed. `unseen` is the one (earned, available) where nothing was, which is no review by
    itself; None where some n/a is forbidden.
    """

    seen: Mapping[int, Set[int]]
    unseen: tuple[int, int] | None


_NOTHING = _Sums({}, (0, 0))


def _plus(sums: _Sums, steps: Steps, work: _Work) -> _Sums:
    """The sums with one more criterion counted in."""
    passing = [step for step in steps if not step.missed]
    seen: dict[int, set[int]] = {}
    for available, earned in sums.seen.items():
        for step in passing:
            work.spend(len(earned))
            more = seen.setdefault(available + step.available, set())
            more.update([one + step.earned for one in earned])
    unseen = None
    if sums.unseen is not None:
        for step in passing:
            one, available = sums.unseen[0] + step.earned, sums.unseen[1] + step.available
            if step.observed:
                seen.setdefault(available, set()).add(one)
            else:
                unseen = (one, available)  # all ratings that observe nothing add the same
    if sum(map(len, seen.values())) > MOST_SUMS:
        raise _TooMuchError
    return _Sums(seen, unseen)


def _all_of(items: Iterable[_Item], work: _Work, sums: _Sums = _NOTHING) -> _Sums:
    """The sums with all these items counted in."""
    for item in items:
        for _ in range(item.copies):
            sums = _plus(sums, item.steps, work)
    return sums


def _each_without_itself(
    items: Sequence[_Item], wanted: Set[Place], work: _Work, sums: _Sums = _NOTHING
) -> Iterator[tuple[_Item, _Sums]]:
    """Each item that is wanted, and what everything but one copy of it can come to.

    Each half is counted in once for all of the other half: n·log n additions, not n².
    """
    if not any(item.places & wanted for item in items):
        return
    if len(items) == 1:
        (item,) = items
        yield item, _all_of([replace(item, copies=item.copies - 1)], work, sums)
        return
    half = len(items) // 2
    for those, others in ((items[:half], items[half:]), (items[half:], items[:half])):
        yield from _each_without_itself(those, wanted, work, _all_of(others, work, sums))


def _mark(band: Band, available: int) -> int:
    """The fewest units that reach a band's bound."""
    if band.from_ is not None:
        return -(-band.from_.numerator * available // band.from_.denominator)
    above = band.above or Fraction(0)
    return above.numerator * available // above.denominator + 1


def _bands_of(sums: _Sums, bands: Sequence[Band], work: _Work) -> set[int]:
    """The bands of the reviews that come to these sums."""
    found: set[int] = set()
    for available, earned in sums.seen.items():
        work.spend(len(earned))
        marks = [_mark(band, available) for band in bands[1:]]
        found.update(bisect_right(marks, one) for one in earned)
    return found


def _moves(others: _Sums, steps: Steps, bands: Sequence[Band], work: _Work) -> bool:
    """Whether these steps, with some ratings of all the others, lead to different bands."""
    reviews: list[tuple[int, Set[int], Steps]] = [
        (available, earned, steps) for available, earned in others.seen.items()
    ]
    if others.unseen is not None:
        alone, available = others.unseen
        reviews.append((available, {alone}, tuple(step for step in steps if step.observed)))
    return any(
        _crosses(band, available, earned, some, work)
        for available, earned, some in reviews
        if len(some) > 1
        for band in bands[1:]
    )


def _crosses(band: Band, available: int, earned: Set[int], steps: Steps, work: _Work) -> bool:
    """Whether, from one of these sums, one step reaches the band's bound and another does not."""
    # What must have been earned before a step for it to reach the bound; a miss never does.
    needed = [
        available + 1 if step.missed else _mark(band, available + step.available) - step.earned
        for step in steps
    ]
    least, most = min(needed), max(needed)
    work.spend(len(earned))
    return any(least <= one < most for one in earned)


def _items(worth: Worth) -> list[_Item]:
    """Criteria in whole units; those whose ratings add the same are one item."""
    amounts = [amount for options in worth.values() for one in options for amount in one[:2]]
    scale = lcm(*(amount.denominator for amount in amounts))
    # What all have in common is taken out, which keeps the numbers small.
    unit = gcd(*(int(amount * scale) for amount in amounts)) or 1
    alike: dict[frozenset[_Step], set[Place]] = {}
    for place, options in worth.items():
        steps = frozenset(
            _Step(
                int(one.earned * scale) // unit,
                int(one.available * scale) // unit,
                one.observed,
                one.missed,
            )
            for one in options
        )
        alike.setdefault(steps, set()).add(place)
    return [_Item(tuple(steps), len(places), frozenset(places)) for steps, places in alike.items()]


def _lowest_if_missed(items: Iterable[_Item]) -> set[int]:
    """The lowest band, where a critical criterion can be missed: that alone leads there."""
    return {0} if any(step.missed for item in items for step in item.steps) else set()


class _Flat:
    """All reviews of a rubric whose score is one ratio of plain sums.

    That is so under `combine: points`, and with weights while the points of each section stay the
    same: a point is then worth its section's weight divided by the section's points.
    """

    def __init__(self, worth: Worth) -> None:
        self.places = frozenset(worth)
        self._items = _items(worth)

    def bands(self, bands: Sequence[Band], work: _Work) -> set[int]:
        """The bands that can be reached."""
        return _bands_of(_all_of(self._items, work), bands, work) | _lowest_if_missed(self._items)

    def moving(self, wanted: Set[Place], bands: Sequence[Band], work: _Work) -> set[Place]:
        """Criteria that can change the band, all of the wanted ones that can among them."""
        return {
            place
            for item, others in _each_without_itself(self._items, wanted, work)
            if _moves(others, item.steps, bands, work)
            for place in item.places
        }


class _Nested:
    """All reviews of a rubric of weighted sections whose points change with what is n/a.

    The score is a ratio of weights: a section that counts adds its weight to what is available, and
    its share of the weight to what is earned.
    """

    def __init__(self, sections: Iterable[tuple[Fraction, Worth]], work: _Work) -> None:
        inside = [(weight, frozenset(worth), _items(worth)) for weight, worth in sections]
        sums = [_all_of(items, work) for _, _, items in inside]
        shares = [
            {Fraction(one, available) for available, earned in own.seen.items() for one in earned}
            for own in sums
        ]
        self.places = frozenset(place for _, places, _ in inside for place in places)
        self._inside = {places: (weight, items) for weight, places, items in inside}
        self._scale = lcm(
            *(
                (weight * share).denominator
                for (weight, _, _), own in zip(inside, shares, strict=True)
                for share in (Fraction(1), *own)
            )
        )
        self._sections = [
            _Item(
                tuple(
                    self._step(weight, share, observed=share is not None)
                    for share in (*own, *([] if all_of.unseen is None else [None]))
                ),
                1,
                places,
            )
            for (weight, places, _), own, all_of in zip(inside, shares, sums, strict=True)
        ]

    def _step(
        self, weight: Fraction, share: Fraction | None, *, observed: bool, missed: bool = False
    ) -> _Step:
        """What a section adds with this share of its points; nothing where it has none."""
        if share is None:
            return _Step(0, 0, observed, missed)
        whole = weight * self._scale
        return _Step(0 if missed else int(whole * share), int(whole), observed, missed)

    def bands(self, bands: Sequence[Band], work: _Work) -> set[int]:
        """The bands that can be reached."""
        found = _bands_of(_all_of(self._sections, work), bands, work)
        return found.union(*(_lowest_if_missed(items) for _, items in self._inside.values()))

    def moving(self, wanted: Set[Place], bands: Sequence[Band], work: _Work) -> set[Place]:
        """Criteria that can change the band, all of the wanted ones that can among them."""
        return {
            place
            for section, others in _each_without_itself(self._sections, wanted, work)
            for item, own in _each_without_itself(self._inside[section.places][1], wanted, work)
            if any(
                _moves(others, steps, bands, work)
                for steps in self._steps_in(section, item, own, work)
            )
            for place in item.places
        }

    def _steps_in(self, section: _Item, item: _Item, own: _Sums, work: _Work) -> Iterator[Steps]:
        """What a criterion makes its section add, for each sum of the section's other criteria."""
        weight, _ = self._inside[section.places]
        sums = [(one, available, True) for available, all_of in own.seen.items() for one in all_of]
        if own.unseen is not None:
            sums.append((*own.unseen, False))
        for earned, available, observed in sums:
            work.spend(len(item.steps))
            yield tuple(
                self._step(
                    weight,
                    Fraction(earned + step.earned, available + step.available)
                    if available + step.available
                    else None,
                    observed=observed or step.observed,
                    missed=step.missed,
                )
                for step in item.steps
            )


def _spaces(rubric: Rubric, work: _Work) -> Iterator[_Flat | _Nested]:
    """All reviews that can be, for each reading of the conditions.

    Where n/a leaves the sums, those without any n/a come first: they are quickly gone over, and
    mostly settle the matter.
    """
    weighted = rubric.combine is Combine.SECTION_WEIGHTS
    excluded = rubric.not_applicable is Policy.EXCLUDED
    points = _points(rubric)
    options = {
        place: _options(rubric, criterion, points[place], work)
        for place, _, criterion in _criteria(rubric)
    }
    for places in _readings(rubric, work):
        if not any(points[place] for place in places):
            continue  # there is nothing to observe, so there is no review
        fixed: dict[Place, list[_Option]] = {}
        sections: list[tuple[Fraction, Worth]] = []
        for s, own in _by_section(places):
            weight = rubric.sections[s].weight or Fraction(1)
            of = sum((points[place] for place in own), Fraction(0))
            rate = weight / of if weighted and of else Fraction(1)
            sections.append((weight, {place: list(options[place].values()) for place in own}))
            for place in own:
                fixed[place] = [
                    one.times(rate)
                    for word, one in options[place].items()
                    if not excluded or word != Rating.NOT_APPLICABLE
                ]
        yield _Flat(fixed)
        if excluded and weighted:
            yield _Nested(sections, work)
        elif excluded:
            yield _Flat({place: one for _, worth in sections for place, one in worth.items()})


def _by_section(places: Iterable[Place]) -> Iterator[tuple[int, list[Place]]]:
    for s, own in groupby(places, key=lambda place: place[0]):
        yield s, list(own)


def _options(
    rubric: Rubric, criterion: Criterion, points: Fraction, work: _Work
) -> dict[str, _Option]:
    """What each rating is worth that a reviewer may give, by its word."""
    options: dict[str, _Option] = {}
    words = rubric.rating_words(criterion)
    work.spend(len(words) ** 2)  # whether a level misses is seen from all of them
    for word in words:
        earned = rubric.earns(criterion, word)
        options[word] = _Option(
            earned or Fraction(0),
            Fraction(0) if earned is None else points,
            points > 0 and word != Rating.NOT_APPLICABLE,
            criterion.critical and rubric.misses(criterion, word),
        )
    return options


def _readings(rubric: Rubric, work: _Work) -> Iterator[tuple[Place, ...]]:
    """The criteria that apply together in some review: each different set of them once."""
    conditions = [section.applies_when for section in rubric.sections]
    conditions += [criterion.applies_when for _, criterion in rubric.criteria()]
    named: dict[str, dict[str, None]] = {}
    for condition in conditions:
        for name, values in condition.items():
            named.setdefault(name, {}).update(dict.fromkeys(map(same_value, values)))
    choices = [list(_together(rubric.fields.get(name), of, work)) for name, of in named.items()]
    met: set[tuple[Place, ...]] = set()
    for values_of_each in product(*choices):
        work.spend(CONDITION_WORK * len(conditions))
        interaction = dict(zip(named, values_of_each, strict=True))
        places = tuple(
            place
            for place, section, criterion in _criteria(rubric)
            if holds(section.applies_when, interaction)
            and holds(criterion.applies_when, interaction)
        )
        if places not in met:
            met.add(places)
            yield places


def _together(
    rule: FieldRule | None, named: Iterable[str], work: _Work
) -> Iterator[tuple[str, ...]]:
    """Of the values that conditions name, those that one review can give in this field."""
    values = [value for value in named if value]
    known = set() if rule is None else {same_value(value) for value in rule.values} - {""}
    if rule is None or not rule.required or not known or known - set(values):
        yield ()
    most = len(values) if rule is None or rule.many else 1
    work.spend(CONDITION_WORK * (2 ** len(values) if most > 1 else len(values)))
    for size in range(1, most + 1):
        yield from combinations(values, size)
