"""What is promised of shares and ratings: each promise a check of the reviews that were tried.

A check yields once for each time that the promise held.
"""

import random
from collections.abc import Callable, Iterator, Set
from fractions import Fraction
from functools import cached_property
from itertools import permutations
from typing import NamedTuple

from charter_score.compiled import Worth
from charter_score.rating import Policy, same_word
from charter_score.review import WholeSection
from charter_score.rubric import CriterionKey, OnCritical, Rubric
from charter_score.scoring import Scorer
from charter_score.selftest.proofs import Promise
from charter_score.selftest.sampling import SEED
from charter_score.selftest.trials import Point, Standing, Trials
from charter_score.selftest.variants import changed, times, without

MOST_PROBED = 900
"""How many reviews are scored again by a rubric that was changed."""


class _Neighbours(NamedTuple):
    """Two reviews that differ in the rating of one criterion, and their scores."""

    at: int
    option: Worth
    other_option: Worth
    point: Point
    other: Point
    standing: Standing
    then: Standing


class Promises:
    """The checks of one rubric."""

    def __init__(self, trials: Trials) -> None:
        self.trials = trials

    def checks(self) -> dict[Promise, Callable[[], Iterator[None]]]:
        """The check of each promise but those of bands."""
        return {
            Promise.ALL_MET: self._all_met,
            Promise.RANGE: self._range,
            Promise.WORSE: self._worse,
            Promise.NA_AFTER_MISS: self._na_after_miss,
            Promise.NA_AFTER_MET: self._na_after_met,
            Promise.NA_RULE: self._na_rule,
            Promise.OBSERVED: self._observed,
            Promise.NOTHING: self._nothing,
            Promise.ADDITIVE: self._additive,
            Promise.CRITICAL: self._critical,
            Promise.CONDITIONS: self._conditions,
            Promise.ORDER: self._order,
            Promise.SCALING: self._scaling,
        }

    @cached_property
    def _neighbours(self) -> list[_Neighbours]:
        """Every two scored reviews that differ in one rating, both ways round.

        Each review is filed once for every criterion, under what all its other ratings add up to:
        neighbours meet in one file. The numbers that are added up are so large that no others do.
        """
        rng = random.Random(SEED)  # noqa: S311 - to be repeatable, not secret
        numbers = [
            {option.rating: rng.getrandbits(96) for option in options}
            for options in self.trials.options
        ]
        by_case: dict[int, list[tuple[Point, Standing]]] = {}
        for point, standing in self.trials.seen():
            by_case.setdefault(point[0], []).append((point, standing))
        found: list[_Neighbours] = []
        for case, reviews in by_case.items():
            applying = self.trials.cases[case].applying
            files: dict[tuple[int, int], list[tuple[Point, Standing]]] = {}
            for review in reviews:
                own = [
                    numbers[index][word] for index, word in zip(applying, review[0][1], strict=True)
                ]
                whole = sum(own)
                for turn, number in enumerate(own):
                    files.setdefault((turn, whole - number), []).append(review)
            for (turn, _), together in files.items():
                options = self.trials.option_of[applying[turn]]
                for (one, standing), (other, then) in permutations(together, 2):
                    before, after = options[one[1][turn]], options[other[1][turn]]
                    found.append(
                        _Neighbours(applying[turn], before, after, one, other, standing, then)
                    )
        return found

    def _probe(self) -> list[tuple[Point, Standing]]:
        """Scored reviews, evenly spread over all of them."""
        seen = list(self.trials.seen())
        if len(seen) <= MOST_PROBED:
            return seen
        return [seen[number * len(seen) // MOST_PROBED] for number in range(MOST_PROBED)]

    def _all_met(self) -> Iterator[None]:
        for case in range(len(self.trials.cases)):
            point = (case, self.trials.all_best(case))
            standing = self.trials.standing(point)
            if standing is None:
                continue  # nothing with points applies
            if any(self.trials.best[index].lost > 0 for index in self.trials.cases[case].applying):
                continue  # no level earns all the points
            if standing.share != 1 or standing.observed != 1:
                raise self.trials.broken(f"its score is {standing.share}, not 1", point)
            if standing.band not in (None, len(self.trials.rubric.bands) - 1):
                raise self.trials.broken("it is not in the highest band", point)
            if standing.meets_expected is False:
                raise self.trials.broken("it does not meet the expected score", point)
            yield

    def _range(self) -> Iterator[None]:
        for point, standing in self.trials.seen():
            for share in (standing.lowest, standing.highest):
                if not 0 <= share <= 1:
                    raise self.trials.broken(f"one of its shares is {share}", point)
            yield

    def _worse(self) -> Iterator[None]:
        for one in self._neighbours:
            before, after = one.option, one.other_option
            if before.not_applicable or after.not_applicable:
                continue
            if after.rank >= before.rank:
                continue
            self._not_higher(one, one.then, one.standing, observed=True)
            yield

    def _na_after_miss(self) -> Iterator[None]:
        for one in self._neighbours:
            # A level that earns something and still misses is worth more than n/a may be.
            if one.option.missed and not one.option.earned and one.other_option.not_applicable:
                if not self._rest_is_within(one):
                    continue
                self._not_higher(one, one.standing, one.then, observed=False)
                yield

    def _na_after_met(self) -> Iterator[None]:
        for one in self._neighbours:
            best = one.option == self.trials.best[one.at] and one.option.lost <= 0
            if best and one.other_option.not_applicable:
                if one.option.missed and self.trials.homes[one.at][1].critical:
                    continue  # every level misses it
                if not self._rest_is_within(one):
                    continue
                self._not_higher(one, one.then, one.standing, observed=False)
                yield

    def _rest_is_within(self, one: _Neighbours) -> bool:
        """Whether an n/a that is left out leaves no section above all its points, or below none.

        What is met lowers the average of a section that a bonus brought above 100%, and what is
        missed raises that of one below 0%: to leave it out moves the score the other way.
        """
        if one.other_option.available:
            return True
        sums: dict[str, tuple[Fraction, Fraction]] = {}
        for index, option in self.trials.chosen(one.other):
            section = self.trials.places[index][0]
            earned, available = sums.get(section, (Fraction(0), Fraction(0)))
            sums[section] = earned + option.earned, available + option.available
        return all(0 <= earned <= available for earned, available in sums.values())

    def _not_higher(
        self, one: _Neighbours, low: Standing, high: Standing, *, observed: bool
    ) -> None:
        """Refuse where the one score stands above the other in anything."""
        change = f"{_named(self.trials.places[one.at])} from {one.option.rating} to "
        change += f"{one.other_option.rating}: the "
        for what, lower, higher in (
            ("score goes", low.share, high.share),
            ("observed score goes", low.observed, high.observed),
        ):
            if lower > higher and (observed or what == "score goes"):
                moved = (one.standing.share, one.then.share)
                if what != "score goes":
                    moved = (one.standing.observed, one.then.observed)
                raise self.trials.broken(
                    f"{change}{what} from {moved[0]} to {moved[1]}", one.point, one.other
                )
        if (low.band or 0) > (high.band or 0) or (
            observed and (low.band_observed or 0) > (high.band_observed or 0)
        ):
            raise self.trials.broken(f"{change}band moves the wrong way", one.point, one.other)
        if low.meets_expected is True and high.meets_expected is False:
            raise self.trials.broken(
                f"{change}expected score is met the wrong way round", one.point, one.other
            )

    def _na_rule(self) -> Iterator[None]:
        policy = self.trials.rubric.not_applicable
        if policy is Policy.EXCLUDED:
            for point, standing in self.trials.seen():
                if self.trials.has_absent(point):
                    if standing.share != standing.observed:
                        raise self.trials.broken(
                            f"its score is {standing.share} with n/a in it, "
                            f"{standing.observed} without",
                            point,
                        )
                    yield
            return
        for one in self._neighbours:
            if not one.option.not_applicable:
                continue
            critical = self.trials.homes[one.at][1].critical and one.other_option.missed
            if policy is Policy.MET:
                other = one.other_option
                same = other.rating == self._met_word(one.at)
                # n/a earns no bonus, and all the points where no level is called met.
                same = same and (
                    other.lost == 0
                    or (other.lost > 0 and same_word(other.rating) in self._called_met)
                )
            else:
                same = not one.other_option.earned
            if same and not critical:
                if one.standing.share != one.then.share or one.standing.band != one.then.band:
                    raise self.trials.broken(
                        f"{_named(self.trials.places[one.at])}: {one.standing.share} with n/a, "
                        f"{one.then.share} with {one.other_option.rating}",
                        one.point,
                        one.other,
                    )
                yield

    @cached_property
    def _called_met(self) -> Set[str]:
        return self.trials.rubric.met_words

    def _met_word(self, index: int) -> str:
        """What n/a counts as where it counts as met: the level of that name, else the highest."""
        named = (
            one.rating
            for one in self.trials.options[index]
            if same_word(one.rating) in self._called_met
        )
        return next(named, self.trials.best[index].rating)

    def _observed(self) -> Iterator[None]:
        absent = [one for one in self._probe() if self.trials.has_absent(one[0])]
        for point, standing in absent[:: max(1, len(absent) // (MOST_PROBED // 3))]:
            gone = {index for index, option in self.trials.chosen(point) if option.not_applicable}
            smaller = Scorer(
                without(self.trials.rubric, {self.trials.places[index] for index in gone})
            )
            result = self.trials.result(smaller, self.trials.review(point))
            if result is None or result.share != standing.observed:
                raise self.trials.broken(
                    f"observed is {standing.observed}; without what is n/a the score is "
                    f"{'none' if result is None else result.share}",
                    point,
                )
            yield

    def _nothing(self) -> Iterator[None]:
        for point, standing in list(self.trials.standings.items()):
            observed = any(
                self.trials.worths[index] and not option.not_applicable
                for index, option in self.trials.chosen(point)
            )
            if observed is (standing is None):
                raise self.trials.broken(
                    "it has no score" if observed else "it has a score, of nothing", point
                )
            yield

    def _additive(self) -> Iterator[None]:
        zero = self.trials.rubric.on_critical is OnCritical.ZERO
        if not self.trials.is_plain:
            return  # a share is held between 0 and 1, whatever is added or taken away
        for point, standing in self.trials.seen():
            if self.trials.has_absent(point) or (zero and self.trials.critical_missed(point)):
                continue
            case, words = point
            best = self.trials.all_best(case)
            if zero and self.trials.critical_missed((case, best)):
                continue
            losses = [
                self.trials.loss(case, turn, word) or Fraction(0)
                for turn, word in enumerate(words)
                if word != best[turn]
            ]
            whole = self.trials.standing((case, best))
            top = Fraction(1) if whole is None else whole.share
            if top - standing.share != sum(losses):
                raise self.trials.broken(
                    f"its score is {standing.share}; one by one its misses leave "
                    f"{top - sum(losses)}",
                    point,
                )
            yield

    def _critical(self) -> Iterator[None]:
        zero = self.trials.rubric.on_critical is OnCritical.ZERO
        plain = Scorer(
            changed(
                self.trials.rubric,
                lambda criterion: criterion.model_copy(update={"critical": False}),
            )
        )
        missed = [one for one in self._probe() if self.trials.critical_missed(one[0])]
        for point, standing in missed:
            if standing.band not in (None, 0) or standing.meets_expected is not False:
                raise self.trials.broken("a critical criterion was missed and it passes", point)
            otherwise = self.trials.stand(plain, self.trials.review(point))
            right = Fraction(0) if zero or otherwise is None else otherwise.share
            if standing.share != right:
                raise self.trials.broken(f"its score is {standing.share}, not {right}", point)
            yield

    def _conditions(self) -> Iterator[None]:
        if not any(s.applies_when or c.applies_when for s, c in self.trials.homes):
            return
        for number, case in enumerate(self.trials.cases):
            applying = {self.trials.places[index] for index in case.applying}
            # One that keeps what applies and has no conditions left.
            smaller = without(
                self.trials.rubric, {place for place in self.trials.places if place not in applying}
            )
            bare = changed(
                smaller, lambda criterion: criterion.model_copy(update={"applies_when": {}})
            )
            sections = tuple(
                section.model_copy(update={"applies_when": {}}) for section in bare.sections
            )
            scorer = Scorer(bare.model_copy(update={"sections": sections}))
            for words in self.trials.plain(number):
                point = (number, words)
                result = self.trials.result(self.trials.scorer, self.trials.review(point))
                if result is None:
                    continue
                rated = {
                    (s.section.id, c.criterion.id) for s in result.sections for c in s.criteria
                }
                if rated != applying:
                    raise self.trials.broken("it is scored by criteria that do not apply", point)
                if self.trials.stand(scorer, self.trials.review(point)) != self.trials.standing(
                    point
                ):
                    raise self.trials.broken("what does not apply changes its score", point)
                yield

    def _order(self) -> Iterator[None]:
        sections = tuple(
            section.model_copy(update={"criteria": section.criteria[::-1]})
            for section in self.trials.rubric.sections[::-1]
        )
        turned = self.trials.rubric.model_copy(update={"sections": sections})
        yield from self._same_by(turned, "in another order")

    def _scaling(self) -> Iterator[None]:
        for factor in (Fraction(3), Fraction(1, 8)):
            larger = times(self.trials.rubric, factor)
            yield from self._same_by(larger, f"with all points times {factor}")

    def _same_by(self, other: Rubric, how: str) -> Iterator[None]:
        """That another rubric scores as this one does."""
        scorer = Scorer(other)
        for point, standing in self._probe():
            review = self.trials.review(point)
            turned = {
                section: rated
                if isinstance(rated, WholeSection)
                else {name: rated[name] for name in reversed(list(rated))}
                for section, rated in reversed(list(review.ratings.items()))
            }
            then = self.trials.stand(scorer, review.model_copy(update={"ratings": turned}))
            if then != standing:
                share = "none" if then is None else then.share
                raise self.trials.broken(f"its score is {standing.share}, {how} {share}", point)
            yield


def _named(place: CriterionKey) -> str:
    return ".".join(place)
