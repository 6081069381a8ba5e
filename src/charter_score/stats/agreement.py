"""How far reviewers agree: percent agreement, Gwet's AC1, Krippendorff's alpha, kappa.

A *unit* is what several reviewers rated once each: one criterion of one contact, as the list of its
ratings, those that are missing left out. Criteria of one contact hang together, so units come in
groups, one group a contact, and intervals are drawn over groups.

Everything is exact: what a unit adds to a coefficient is a handful of integers over one common
denominator, and a coefficient is a fraction of their sums. That is also what makes 2,000 draws
cheap: a draw adds integers up again.

Without variation (all ratings are one word) every coefficient is undefined, which is None here:
nobody can say whether the reviewers agree or always tick the same. Other programs call it 1, or
refuse. Kappa and alpha divide by nothing there; AC1 would come to 1.
"""

import random
from array import array
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from fractions import Fraction
from functools import cached_property, lru_cache
from math import lcm
from types import MappingProxyType
from typing import Any, NamedTuple

Unit = Sequence[Hashable]
"""The ratings of one thing by several reviewers, in any order."""
Group = Sequence[Unit]
"""The units of one contact."""

FEWEST_CONTACTS = 10
"""Contacts with two ratings or more below which a coefficient says more than it knows."""
DRAWS = 2_000
SEED = 1
LEFT_OUT_PART = 40
"""One in so many draws is left out at each end of an interval: 2.5%, which leaves 95%."""


class Estimate(NamedTuple):
    """A coefficient with its bootstrap interval.

    `value` is None where it is undefined. `undefined` counts the draws in which it was; `low` and
    `high` are None where no draw was to be had.
    """

    value: Fraction | None
    low: Fraction | None = None
    high: Fraction | None = None
    undefined: int = 0


class Agreement(NamedTuple):
    """How far ratings agree over some contacts.

    `contacts` and `units` have two ratings or more; `pairs` are those of ratings of one unit, and
    `agreeing` those of them that are alike. The coefficients are None below `FEWEST_CONTACTS`;
    `ordinal` is None too where the words have no order.
    """

    contacts: int
    units: int
    pairs: int
    agreeing: int
    percent: Estimate
    ac1: Estimate | None = None
    alpha: Estimate | None = None
    ordinal: Estimate | None = None
    fleiss: Fraction | None = None

    @property
    def too_few(self) -> bool:
        """Whether there are too few contacts for a coefficient."""
        return self.contacts < FEWEST_CONTACTS


def agreement(
    groups: Sequence[Group], states: int, ranks: Mapping[Any, int] = MappingProxyType({})
) -> Agreement:
    """How far the ratings of some contacts agree, with intervals where they are enough.

    `states` is the number of words that could have been given. `ranks` says of words how high they
    are, for the ordinal alpha; those of one rank are alike to it, and those of none left out of it.
    """
    rated = [[unit for unit in group if unit] for group in groups]
    rated = [group for group in rated if group]
    contacts = sum(any(len(unit) > 1 for unit in group) for group in rated)
    compared = [unit for group in rated for unit in group if len(unit) > 1]
    pairs = sum(len(unit) * (len(unit) - 1) // 2 for unit in compared)
    agreeing = sum(n * (n - 1) // 2 for unit in compared for n in Counter(unit).values())
    tables = _Tables(rated)
    enough = contacts >= FEWEST_CONTACTS
    percent = tables.estimate(_Sums.percent, draw=enough)
    if not enough:
        return Agreement(contacts, len(compared), pairs, agreeing, percent)
    ordinal = None
    if ranks:
        ranked = [[[ranks[w] for w in unit if w in ranks] for unit in group] for group in rated]
        ordered = _Tables(
            [[unit for unit in group if unit] for group in ranked], sorted(set(ranks.values()))
        )
        ordinal = ordered.estimate(_Sums.ordinal_alpha)
    return Agreement(
        contacts,
        len(compared),
        pairs,
        agreeing,
        percent,
        tables.estimate(lambda sums: sums.ac1(states)),
        tables.estimate(_Sums.alpha),
        ordinal,
        tables.whole.fleiss(),
    )


def percent_agreement(units: Iterable[Unit]) -> Fraction | None:
    """Mean over the units of the share of pairs of ratings that are alike.

    p_a = 1/n · Σ_i Σ_k r_ik (r_ik − 1) / (r_i (r_i − 1)), over the n units with two ratings or
    more; r_ik of the r_i ratings of unit i are k. None where there is no such unit.
    """
    return _Tables([list(units)]).whole.percent()


def ac1(units: Iterable[Unit], states: int) -> Fraction | None:
    """Gwet's first-order agreement coefficient, steady where nearly all ratings are one word.

    (p_a − p_e) / (1 − p_e), with p_e = Σ_k π_k (1 − π_k) / (q − 1), π_k the mean over the units
    with a rating of r_ik / r_i, and q the number of `states` that could have been given.

    Source: Gwet 2008, Computing inter-rater reliability and its variance in the presence of high
    agreement; Gwet 2014, Handbook of Inter-Rater Reliability, for missing ratings.
    """
    return _Tables([list(units)]).whole.ac1(states)


def nominal_alpha(units: Iterable[Unit]) -> Fraction | None:
    """Krippendorff's alpha where two words are alike or not.

    1 − D_o / D_e. With the coincidences o_ck (each pair of a unit of m ratings adds 1 / (m − 1)),
    their sums n_c and n: D_o = Σ o_ck δ²_ck / n, D_e = Σ n_c n_k δ²_ck / (n (n − 1)); δ² is 0 of
    two alike and 1 of two others.

    Source: Krippendorff 2011, Computing Krippendorff's alpha-reliability.
    """
    return _Tables([list(units)]).whole.alpha()


def ordinal_alpha(units: Iterable[Unit], order: Sequence[Hashable]) -> Fraction | None:
    """Krippendorff's alpha where words are in an order, so that neighbours differ less.

    As `nominal_alpha` with δ²_ck = (n_c / 2 + Σ of n_g between the two + n_k / 2)².
    """
    return _Tables([list(units)], order).whole.ordinal_alpha()


def fleiss_kappa(units: Iterable[Unit]) -> Fraction | None:
    """Fleiss' kappa: (p_a − p_e) / (1 − p_e) with p_e = Σ π_k², p_a and π_k as in AC1.

    Source: Fleiss 1971, Measuring nominal scale agreement among many raters.
    """
    return _Tables([list(units)]).whole.fleiss()


def cohen_kappa(pairs: Iterable[tuple[Hashable, Hashable]]) -> Fraction | None:
    """Cohen's kappa of two reviewers: (p_o − p_e) / (1 − p_e), p_e of their own margins.

    Source: Cohen 1960, A coefficient of agreement for nominal scales.
    """
    both = list(pairs)
    if not both:
        return None
    number = len(both)
    first = Counter(one for one, _ in both)
    second = Counter(other for _, other in both)
    observed = Fraction(sum(one == other for one, other in both), number)
    by_chance = Fraction(sum(first[word] * second[word] for word in first), number * number)
    return None if by_chance == 1 else (observed - by_chance) / (1 - by_chance)


class _Sums(NamedTuple):
    """What units add up to: integers over one common denominator.

    Attributes:
        denominator: Of all the parts.
        words: How many words there are; their order is that of `shares`.
        rated: Units with a rating.
        compared: Units with two or more.
        alike: Parts of pairs alike, over the compared units.
        shares: For each word its parts of the rated units.
        together: The coincidences of each two words, the first not behind the second.
    """

    denominator: int
    words: int
    rated: int
    compared: int
    alike: int
    shares: tuple[int, ...]
    together: tuple[int, ...]

    @property
    def varies(self) -> bool:
        """Whether more than one word was given."""
        return sum(1 for share in self.shares if share) > 1

    def percent(self) -> Fraction | None:
        """Percent agreement."""
        if not self.compared:
            return None
        return Fraction(self.alike, self.denominator * self.compared)

    def _beyond_chance(self, by_chance: Fraction) -> Fraction | None:
        percent = self.percent()
        if percent is None or not self.varies or by_chance == 1:
            return None
        return (percent - by_chance) / (1 - by_chance)

    def ac1(self, states: int) -> Fraction | None:
        """Gwet's AC1."""
        if not self.rated or states < 2:
            return None
        whole = self.denominator * self.rated
        spread = sum(share * (whole - share) for share in self.shares)
        return self._beyond_chance(Fraction(spread, whole * whole * (states - 1)))

    def fleiss(self) -> Fraction | None:
        """Fleiss' kappa."""
        if not self.rated:
            return None
        whole = self.denominator * self.rated
        return self._beyond_chance(Fraction(sum(s * s for s in self.shares), whole * whole))

    def alpha(self) -> Fraction | None:
        """Krippendorff's nominal alpha."""
        return self._alpha(lambda one, other, _: int(one != other))

    def ordinal_alpha(self) -> Fraction | None:
        """Krippendorff's ordinal alpha; the words are in their order."""
        return self._alpha(_ordinal_distance)

    def _alpha(self, distance: Callable[[int, int, Sequence[int]], int]) -> Fraction | None:
        number = self.words
        margins = [0] * number
        observed = [(pair, part) for pair, part in zip(_pairs(number), self.together, strict=True)]
        for (one, other), part in observed:
            margins[one] += part
            if one != other:
                margins[other] += part
        whole = sum(margins)
        if not whole:
            return None
        apart = sum(
            2 * part * distance(one, other, margins)
            for (one, other), part in observed
            if one != other and part
        )
        expected = sum(
            2 * margins[one] * margins[other] * distance(one, other, margins)
            for one, other in _pairs(number)
            if one != other
        )
        if not expected:
            return None
        # n and n_c are `whole` and `margins` over the denominator, which leaves n − 1 so.
        return 1 - Fraction(apart * (whole - self.denominator), expected)


def _ordinal_distance(one: int, other: int, margins: Sequence[int]) -> int:
    """Four times δ² of two words in the order of the margins (the factor falls out)."""
    doubled = 2 * sum(margins[one : other + 1]) - margins[one] - margins[other]
    return doubled * doubled


@lru_cache(maxsize=64)
def _pairs(number: int) -> tuple[tuple[int, int], ...]:
    return tuple((one, other) for one in range(number) for other in range(one, number))


class _Tables:
    """The groups of units as rows of integers that add up, and draws from them."""

    def __init__(self, groups: Sequence[Group], order: Sequence[Hashable] = ()) -> None:
        seen = {word for group in groups for unit in group for word in unit}
        words = [word for word in order if word in seen] if order else sorted(seen, key=str)
        place = {word: index for index, word in enumerate(words)}
        sizes = {len(unit) for group in groups for unit in group}
        self._denominator = lcm(*(size * max(1, size - 1) for size in sizes if size))
        self._words = len(words)
        rows = [self._row(group, place) for group in groups]
        self._distinct = list(dict.fromkeys(rows))
        index = {row: number for number, row in enumerate(self._distinct)}
        self._kinds = array("L", (index[row] for row in rows))
        self.whole = self._sums(Counter(self._kinds).items())

    def _row(self, group: Group, place: dict[Hashable, int]) -> tuple[int, ...]:
        """What a group adds: rated, compared, alike, shares of words, coincidences."""
        rated = compared = alike = 0
        shares = [0] * self._words
        together = dict.fromkeys(_pairs(self._words), 0)
        whole = self._denominator
        for unit in group:
            size = len(unit)
            if not size:
                continue
            counts = Counter(place[word] for word in unit)
            rated += 1
            for word, number in counts.items():
                shares[word] += number * whole // size
            if size == 1:
                continue
            compared += 1
            for word, number in counts.items():
                alike += number * (number - 1) * whole // (size * (size - 1))
                together[word, word] += number * (number - 1) * whole // (size - 1)
                for other, more in counts.items():
                    if word < other:
                        together[word, other] += number * more * whole // (size - 1)
        return (rated, compared, alike, *shares, *together.values())

    def _sums(self, numbers: Iterable[tuple[int, int]]) -> _Sums:
        """What so many rows of each kind add up to."""
        length = 3 + self._words + len(_pairs(self._words))
        total = [0] * length
        for kind, times in numbers:
            for at, part in enumerate(self._distinct[kind]):
                if part:
                    total[at] += times * part
        rated, compared, alike, *rest = total
        return _Sums(
            self._denominator,
            self._words,
            rated,
            compared,
            alike,
            tuple(rest[: self._words]),
            tuple(rest[self._words :]),
        )

    @cached_property
    def _drawn(self) -> "Counter[_Sums]":
        """What the draws add up to, and how many of them to the same."""
        kinds = self._kinds
        drawn = Counter(
            tuple(sorted(Counter(map(kinds.__getitem__, places)).items()))
            for places in draws(len(kinds))
        )
        sums: Counter[_Sums] = Counter()
        for numbers, times in drawn.items():
            sums[self._sums(numbers)] += times
        return sums

    def estimate(
        self, coefficient: Callable[[_Sums], Fraction | None], *, draw: bool = True
    ) -> Estimate:
        """A coefficient, with its interval where draws are wanted and it has a value."""
        value = coefficient(self.whole)
        if not draw or value is None:
            return Estimate(value)
        values: Counter[Fraction] = Counter()
        undefined = 0
        for sums, times in self._drawn.items():
            found = coefficient(sums)
            if found is None:
                undefined += times
            else:
                values[found] += times
        if not values:
            return Estimate(value, undefined=undefined)
        cut = values.total() // LEFT_OUT_PART
        ordered = sorted(values)
        return Estimate(
            value, _beyond(ordered, values, cut), _beyond(ordered[::-1], values, cut), undefined
        )


def _beyond(ordered: Iterable[Fraction], times: Mapping[Fraction, int], cut: int) -> Fraction:
    """The first value after so many are left out."""
    value = Fraction(0)
    for value in ordered:
        cut -= times[value]
        if cut < 0:
            break
    return value


@lru_cache(maxsize=4)
def draws(number: int) -> tuple[Sequence[int], ...]:
    """The draws of a bootstrap: each has as many places below `number`, some of them repeated.

    The place is the whole part of `number` times the next random number of CPython's Mersenne
    Twister after `random.seed(1)`, which every version and machine gives alike.
    """
    generator = random.Random(SEED)  # noqa: S311 - repeatable is what it has to be
    return tuple(
        array("L", (int(generator.random() * number) for _ in range(number))) for _ in range(DRAWS)
    )
