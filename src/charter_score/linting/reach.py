"""Which bands the reviews of a rubric can reach, and which criteria can change the band at all.

They are made out over every rating of every criterion, under every reading of the conditions;
`sums` adds the ratings up, and gives up where that would take too long.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from fractions import Fraction
from itertools import combinations, groupby, product
from math import gcd, lcm

from charter_score.compiled import Worth, worths_of
from charter_score.linting.sums import (
    Item,
    Place,
    Step,
    Steps,
    Sums,
    TooMuchError,
    Work,
    all_of,
    bands_of,
    each_without_itself,
    moves,
)
from charter_score.rating import Policy, Rating
from charter_score.rubric import (
    Band,
    Combine,
    Criterion,
    FieldRule,
    Rubric,
    Section,
    same_value,
)

CONDITION_WORK = 20
"""What one condition, or one value of a field that it asks for, costs in sums."""


def unreachable_bands(rubric: Rubric) -> list[int]:
    """The places of the bands that no review can be given, whatever its ratings and interaction.

    Raises:
        TooMuchError: where that cannot be made out in reasonable time.
    """
    work = Work()
    missing = set(range(len(rubric.bands)))
    can_be_scored = False
    for space in _spaces(rubric, work):
        can_be_scored = True
        missing -= space.bands(rubric.bands, work)
        if not missing:
            break
    if any(section.at_least for section in rubric.sections):
        missing.discard(0)  # a section below its minimum leads there, whatever the score
    # Numbers between those that were tried may come to the bands that are left.
    return sorted(missing) if can_be_scored and not _has_ranges(rubric) else []


def without_effect(rubric: Rubric) -> set[Place]:
    """The criteria with points that change the band of no review, whatever else it says.

    Raises:
        TooMuchError: where that cannot be made out in reasonable time.
    """
    work = Work()
    waiting = {place for place, points in points_of(rubric).items() if points}
    applying: set[Place] = set()
    for space in _spaces(rubric, work):
        applying |= space.places
        waiting -= space.moving(waiting, rubric.bands, work)
        if not waiting:
            break
    # One that never applies is no lighter for that.
    if _has_ranges(rubric):
        return set()
    # In a section with a minimum any criterion can decide.
    return {place for place in waiting & applying if rubric.sections[place[0]].at_least is None}


def _has_ranges(rubric: Rubric) -> bool:
    return any(criterion.range is not None for _, criterion in rubric.criteria())


def criteria_of(rubric: Rubric) -> Iterator[tuple[Place, Section, Criterion]]:
    """Every criterion with its section, in the order of the rubric."""
    for s, section in enumerate(rubric.sections):
        for c, criterion in enumerate(section.criteria):
            yield (s, c), section, criterion


def points_of(rubric: Rubric) -> dict[Place, Fraction]:
    """What each criterion can earn; a scale is looked through once, however many name it."""
    of_scale: dict[str, Fraction] = {}
    points: dict[Place, Fraction] = {}
    for place, _, criterion in criteria_of(rubric):
        if isinstance(criterion.levels, str) and criterion.points is None:
            if criterion.levels not in of_scale:
                of_scale[criterion.levels] = rubric.points_of(criterion)
            points[place] = of_scale[criterion.levels]
        else:
            points[place] = rubric.points_of(criterion)
    return points


Worths = Mapping[Place, Sequence[Worth]]
"""What the ratings of some criteria are worth."""


def _at_rate(worth: Worth, rate: Fraction) -> Worth:
    """The same where a point is worth so much."""
    return worth._replace(earned=worth.earned * rate, available=worth.available * rate)


def _items(worths: Worths) -> list[Item]:
    """Criteria in whole units; those whose ratings add the same are one item."""
    amounts = [
        amount
        for options in worths.values()
        for worth in options
        for amount in (worth.earned, worth.available)
    ]
    scale = lcm(*(amount.denominator for amount in amounts))
    # What all have in common is taken out, which keeps the numbers small.
    unit = gcd(*(int(amount * scale) for amount in amounts)) or 1
    alike: dict[frozenset[Step], set[Place]] = {}
    for place, options in worths.items():
        steps = frozenset(
            Step(
                int(one.earned * scale) // unit,
                int(one.available * scale) // unit,
                one.observed,
                one.missed,
            )
            for one in options
        )
        alike.setdefault(steps, set()).add(place)
    return [Item(tuple(steps), len(places), frozenset(places)) for steps, places in alike.items()]


def _lowest_if_missed(items: Iterable[Item]) -> set[int]:
    """The lowest band, where a critical criterion can be missed: that alone leads there."""
    return {0} if any(step.missed for item in items for step in item.steps) else set()


class _Flat:
    """All reviews of a rubric whose score is one ratio of plain sums.

    That is so under `combine: points`, and with weights while the points of each section stay the
    same: a point is then worth its section's weight divided by the section's points.
    """

    def __init__(self, worths: Worths) -> None:
        self.places = frozenset(worths)
        self._items = _items(worths)

    def bands(self, bands: Sequence[Band], work: Work) -> set[int]:
        """The bands that can be reached."""
        return bands_of(all_of(self._items, work), bands, work) | _lowest_if_missed(self._items)

    def moving(self, wanted: Set[Place], bands: Sequence[Band], work: Work) -> set[Place]:
        """Criteria that can change the band, all of the wanted ones that can among them."""
        return {
            place
            for item, others in each_without_itself(self._items, wanted, work)
            if moves(others, item.steps, bands, work)
            for place in item.places
        }


class _Nested:
    """All reviews of a rubric of weighted sections whose points change with what is n/a.

    The score is a ratio of weights: a section that counts adds its weight to what is available, and
    its share of the weight to what is earned.
    """

    def __init__(self, sections: Iterable[tuple[Fraction, Worths]], work: Work) -> None:
        inside = [(weight, frozenset(worths), _items(worths)) for weight, worths in sections]
        sums = [all_of(items, work) for _, _, items in inside]
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
            Item(
                tuple(
                    self._step(weight, share, observed=share is not None)
                    for share in (*own, *([] if whole.unseen is None else [None]))
                ),
                1,
                places,
            )
            for (weight, places, _), own, whole in zip(inside, shares, sums, strict=True)
        ]

    def _step(
        self, weight: Fraction, share: Fraction | None, *, observed: bool, missed: bool = False
    ) -> Step:
        """What a section adds with this share of its points; nothing where it has none."""
        if share is None:
            return Step(0, 0, observed, missed)
        whole = weight * self._scale
        return Step(0 if missed else int(whole * share), int(whole), observed, missed)

    def bands(self, bands: Sequence[Band], work: Work) -> set[int]:
        """The bands that can be reached."""
        found = bands_of(all_of(self._sections, work), bands, work)
        return found.union(*(_lowest_if_missed(items) for _, items in self._inside.values()))

    def moving(self, wanted: Set[Place], bands: Sequence[Band], work: Work) -> set[Place]:
        """Criteria that can change the band, all of the wanted ones that can among them."""
        return {
            place
            for section, others in each_without_itself(self._sections, wanted, work)
            for item, own in each_without_itself(self._inside[section.places][1], wanted, work)
            if any(
                moves(others, steps, bands, work)
                for steps in self._steps_in(section, item, own, work)
            )
            for place in item.places
        }

    def _steps_in(self, section: Item, item: Item, own: Sums, work: Work) -> Iterator[Steps]:
        """What a criterion makes its section add, for each sum of the section's other criteria."""
        weight, _ = self._inside[section.places]
        sums = [(one, available, True) for available, many in own.seen.items() for one in many]
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


def _spaces(rubric: Rubric, work: Work) -> Iterator[_Flat | _Nested]:
    """All reviews that can be, for each reading of the conditions.

    Where n/a leaves the sums, those without any n/a come first: they are quickly gone over, and
    mostly settle the matter.
    """
    weighted = rubric.combine is Combine.SECTION_WEIGHTS
    excluded = rubric.not_applicable is Policy.EXCLUDED
    points = points_of(rubric)
    options = {
        place: _options(rubric, criterion, work) for place, _, criterion in criteria_of(rubric)
    }
    if any(
        one.earned and not points[place] for place, of in options.items() for one in of.values()
    ):
        raise TooMuchError  # what earns something beside no points is not reckoned with
    for places in _readings(rubric, work):
        if not any(points[place] for place in places):
            continue  # there is nothing to observe, so there is no review
        fixed: dict[Place, list[Worth]] = {}
        sections: list[tuple[Fraction, Worths]] = []
        for s, own in _by_section(places):
            weight = rubric.sections[s].weight or Fraction(1)
            of = sum((points[place] for place in own), Fraction(0))
            rate = weight / of if weighted and of else Fraction(1)
            sections.append((weight, {place: list(options[place].values()) for place in own}))
            for place in own:
                fixed[place] = [
                    _at_rate(one, rate)
                    for word, one in options[place].items()
                    if not excluded or word != Rating.NOT_APPLICABLE
                ]
        yield _Flat(fixed)
        if excluded and weighted:
            yield _Nested(sections, work)
        elif excluded:
            yield _Flat({place: one for _, worths in sections for place, one in worths.items()})


def _by_section(places: Iterable[Place]) -> Iterator[tuple[int, list[Place]]]:
    for s, own in groupby(places, key=lambda place: place[0]):
        yield s, list(own)


def _options(rubric: Rubric, criterion: Criterion, work: Work) -> dict[str, Worth]:
    """What each rating is worth, by its word; here a miss is what leads to the lowest band."""
    work.spend(len(rubric.rating_words(criterion)) ** 2)  # each is seen against all the levels
    return {
        worth.rating: worth._replace(missed=criterion.is_critical and worth.missed)
        for worth in worths_of(rubric, criterion)
    }


def _readings(rubric: Rubric, work: Work) -> Iterator[tuple[Place, ...]]:
    """The criteria that apply together in some review: each different set of them once."""
    sections = [_ready(section.applies_when) for section in rubric.sections]
    criteria = [(place, _ready(one.applies_when)) for place, _, one in criteria_of(rubric)]
    conditions = [*sections, *(condition for _, condition in criteria)]
    named: dict[str, dict[str, None]] = {}
    for condition in conditions:
        for name, values in condition.items():
            named.setdefault(name, {}).update(dict.fromkeys(values))
    choices = [list(_together(rubric.fields.get(name), of, work)) for name, of in named.items()]
    longest = {name: max(map(len, of), default=0) for name, of in zip(named, choices, strict=True)}
    looked_at = len(named) + sum(
        1 + sum(1 + longest[name] for name in condition) for condition in conditions
    )
    met: set[tuple[Place, ...]] = set()
    for values_of_each in product(*choices):
        work.spend(CONDITION_WORK * looked_at)
        given = dict(zip(named, values_of_each, strict=True))
        applying = [_holds(condition, given) for condition in sections]
        places = tuple(
            place
            for place, condition in criteria
            if applying[place[0]] and _holds(condition, given)
        )
        if places not in met:
            met.add(places)
            yield places


_Allowed = Mapping[str, Mapping[str, None]]
"""A condition: by field its values, in the form in which two are equal and in their order."""


def _ready(condition: Mapping[str, tuple[str, ...]]) -> _Allowed:
    return {name: dict.fromkeys(map(same_value, values)) for name, values in condition.items()}


def _holds(condition: _Allowed, given: Mapping[str, Iterable[str]]) -> bool:
    """Whether every field of a condition is given one of its values."""
    return all(
        any(value in allowed for value in given[name]) for name, allowed in condition.items()
    )


def _together(
    rule: FieldRule | None, named: Iterable[str], work: Work
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
