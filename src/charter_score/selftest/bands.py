"""What is promised of bands: where each begins, how many misses it bears, how it is reached.

What a miss costs is what the engine takes off for it, and the engine scores the reviews on both
sides of each limit.
"""

from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from itertools import accumulate
from math import ceil, floor, lcm
from typing import NamedTuple

from charter_score.compiled import share_of
from charter_score.rating import Policy
from charter_score.rubric import Band, CriterionKey
from charter_score.selftest.proofs import Allowance, Limit, Promise, Reach
from charter_score.selftest.trials import Point, Trials, with_word

MOST_STEPS = 600_000
"""How long the fewest misses are searched for before the search is given up."""


class _Chain(NamedTuple):
    """A rating, and those that were chosen before it."""

    turn: int
    word: str
    before: "_Chain | None"


class Bands:
    """The checks of one rubric's bands, and what the one of `Promise.LIMITS` finds out.

    Attributes:
        limits: How many misses each band bears.
        reaches: How each band is reached.
    """

    def __init__(self, trials: Trials) -> None:
        self.trials = trials
        self.limits: list[Limit] = []
        self.reaches: list[Reach] = []

    def checks(self) -> dict[Promise, Callable[[], Iterator[None]]]:
        """The check of each promise about bands."""
        return {Promise.BANDS: self._bands, Promise.LIMITS: self._limits}

    def _bands(self) -> Iterator[None]:
        rubric = self.trials.rubric
        if not rubric.bands and rubric.expected is None:
            return
        for point, standing in self.trials.seen():
            critical = self.trials.critical_missed(point)
            below = self.trials.below_minimum(point, observed=False)
            for share, place, fails in (
                (standing.share, standing.band, below),
                (
                    standing.observed,
                    standing.band_observed,
                    self.trials.below_minimum(point, observed=True),
                ),
            ):
                right = _band_place(rubric.bands, Fraction(0) if critical or fails else share)
                if place != right:
                    raise self.trials.broken(f"at {share} it is in the wrong band", point)
            meets = None if rubric.expected is None else standing.share >= share_of(rubric.expected)
            if standing.meets_expected is not (False if critical or below else meets):
                raise self.trials.broken(
                    f"at {standing.share} the expected score is said to be "
                    f"{'met' if standing.meets_expected else 'not met'}",
                    point,
                )
            yield

    def _limits(self) -> Iterator[None]:
        """Work out each limit from what single misses cost, and have the engine say it is so."""
        bounds: list[tuple[Band | None, int]] = [
            (band, place) for place, band in enumerate(self.trials.rubric.bands) if place
        ]
        if self.trials.rubric.expected is not None:
            bounds.append((None, 0))
        found: dict[int, dict[Allowance, None]] = {number: {} for number in range(len(bounds))}
        different: dict[tuple[Fraction, ...], int] = {}
        for case in range(len(self.trials.cases)):
            best = self.trials.standing((case, self.trials.all_best(case)))
            if (
                best is None
                or not self.trials.is_plain
                or best.share != 1
                or best.band not in (None, len(self.trials.rubric.bands) - 1)
            ):
                continue
            costs = self._costs(case)
            key = tuple(cost for cost, _ in costs)
            if not costs or different.setdefault(key, case) != case:
                continue
            for number, (band, place) in enumerate(bounds):
                allowance = Allowance(
                    len(costs),
                    _count(band or self._expectation, costs[::-1]),
                    _count(band or self._expectation, costs),
                )
                found[number][allowance] = None
                for order, most in (
                    (costs[::-1], allowance.any_of_them),
                    (costs, allowance.most),
                ):
                    for misses in range(most, min(most + 1, len(costs)) + 1):
                        self._at_limit(case, order[:misses], place, band, within=misses == most)
                        yield
        self.limits = [
            Limit(band, tuple(sorted(found[number]))) for number, (band, _) in enumerate(bounds)
        ]
        yield from self._reach()

    @property
    def _expectation(self) -> Band:
        """The expected score as the bound that it is."""
        expected = self.trials.rubric.expected
        return Band(name="expected", from_=expected)

    def _costs(self, case: int) -> list[tuple[Fraction, int]]:
        """What missing each criterion costs that is not critical, with its turn, least first."""
        costs = []
        for turn, index in enumerate(self.trials.cases[case].applying):
            if self.trials.homes[index][1].critical:
                continue
            cost = self.trials.loss(case, turn, self.trials.worst[index].rating)
            if cost:
                costs.append((cost, turn))
        return sorted(costs)

    def _at_limit(
        self,
        case: int,
        missed: Sequence[tuple[Fraction, int]],
        place: int,
        band: Band | None,
        *,
        within: bool,
    ) -> None:
        """Refuse where the engine does not put so many misses on their side of the limit."""
        words = self.trials.all_best(case)
        for _, turn in missed:
            words = with_word(
                words, turn, self.trials.worst[self.trials.cases[case].applying[turn]].rating
            )
        standing = self.trials.standing((case, words))
        if standing is None:
            return
        reached = standing.meets_expected if band is None else (standing.band or 0) >= place
        if reached is not within:
            name = "the expected score" if band is None else band.name
            raise self.trials.broken(
                f"with {len(missed)} missed it is {'still' if reached else 'not'} at {name}",
                (case, words),
            )

    def _reach(self) -> Iterator[None]:
        """For each band the fewest misses that land in it."""
        best: dict[int, tuple[int, Point]] = {}
        settled = self.trials.all_cases
        steps = 0
        tried: set[tuple[tuple[Fraction, ...], ...]] = set()
        for case in range(len(self.trials.cases)):
            whole_case = self.trials.standing((case, self.trials.all_best(case)))
            if whole_case is None:
                continue
            if not self.trials.is_plain or whole_case.share != 1:
                settled = False  # losses do not add up to the score
                continue
            items, critical = self._items(case)
            if critical is not None and (0 not in best or best[0][0] > 1):
                best[0] = (1, critical)
            key = tuple(sorted(tuple(sorted(loss for loss, _, _ in losses)) for losses in items))
            if key in tried:
                continue
            tried.add(key)
            landed, taken, whole = self._fewest(case, items, MOST_STEPS - steps)
            steps += taken
            settled = settled and whole
            for place, (misses, point) in landed.items():
                if place not in best or misses < best[place][0]:
                    best[place] = (misses, point)
        # n/a that leaves the sums can land where misses alone do not; a degenerate rubric too.
        certain = set(best) if settled else set()
        for point, standing in self.trials.seen():
            if standing.band is not None:
                best.setdefault(standing.band, (len(self._missed(point)), point))
        if self.trials.rubric.not_applicable is Policy.EXCLUDED and any(
            option.not_applicable for options in self.trials.options for option in options
        ):
            settled = False
        for place, band in enumerate(self.trials.rubric.bands):
            if place not in best:
                self.reaches.append(Reach(band, None, (), None, settled))
                continue
            _, point = best[place]
            there = self.trials.standing(point)
            if there is None or there.band != place:
                raise self.trials.broken(f"it does not land in {band.name}", point)
            missed, sure = self._missed(point), place in certain or not best[place][0]
            self.reaches.append(Reach(band, self.trials.trial(point), missed, there.share, sure))
            yield

    def _missed(self, point: Point) -> tuple[CriterionKey, ...]:
        """The criteria of a review that do not have the highest rating, n/a aside."""
        return tuple(
            self.trials.places[index]
            for index, option in self.trials.chosen(point)
            if option != self.trials.best[index] and not option.not_applicable
        )

    def _items(self, case: int) -> tuple[list[list[tuple[Fraction, int, str]]], Point | None]:
        """What each criterion of a case can lose, by its turn and word, but for critical misses.

        The second value is a review with nothing but a critical miss.
        """
        applying, best = self.trials.cases[case].applying, self.trials.all_best(case)
        items: list[list[tuple[Fraction, int, str]]] = []
        critical: Point | None = None
        for turn, index in enumerate(applying):
            losses = []
            for option in self.trials.options[index]:
                if option.not_applicable or option.rating == best[turn]:
                    continue
                if option.missed and self.trials.homes[index][1].critical:
                    critical = critical or (case, with_word(best, turn, option.rating))
                    continue
                loss = self.trials.loss(case, turn, option.rating)
                if loss:
                    losses.append((loss, turn, option.rating))
            if losses:
                items.append(losses)
        return items, critical

    def _fewest(
        self, case: int, items: Sequence[Sequence[tuple[Fraction, int, str]]], budget: int
    ) -> tuple[dict[int, tuple[int, Point]], int, bool]:
        """Each band's fewest misses in one case; how many steps it took; whether none is left out.

        Every sum of losses that ratings without n/a can come to, with the fewest ratings that do.
        """
        best = self.trials.all_best(case)
        landed: dict[int, tuple[int, Point]] = {}
        if self.trials.critical_missed((case, best)):
            return landed, 0, False
        scale = lcm(1, *(loss.denominator for losses in items for loss, _, _ in losses))
        sums: dict[int, tuple[int, _Chain | None]] = {0: (0, None)}
        steps = 0
        whole = True
        for losses in items:
            if steps + len(sums) * len(losses) > budget:
                whole = False
                break
            steps += len(sums) * len(losses)
            scaled = [(int(loss * scale), turn, word) for loss, turn, word in losses]
            for total, (misses, chain) in list(sums.items()):
                for loss, turn, word in scaled:
                    then = total + loss
                    if then not in sums or sums[then][0] > misses + 1:
                        sums[then] = (misses + 1, _Chain(turn, word, chain))
        most = [_most_lost(band, scale) for band in self.trials.rubric.bands]
        for total, (misses, chain) in sums.items():
            place = sum(total <= lost for lost in most) - 1  # bounds rise, so losses fall
            if place >= 0 and (place not in landed or misses < landed[place][0]):
                words, link = best, chain
                while link is not None:
                    words = with_word(words, link.turn, link.word)
                    link = link.before
                landed[place] = (misses, (case, words))
        return landed, steps, whole


def _band_place(bands: Sequence[Band], share: Fraction) -> int | None:
    """The place of the highest band whose bound a share reaches."""
    reached = [place for place, band in enumerate(bands) if _reaches(band, share)]
    return reached[-1] if reached else None


# What bounds mean is said once more here, on purpose: `compiled.Bound` is under test.


def _reaches(band: Band, share: Fraction) -> bool:
    if band.from_ is not None:
        return share >= share_of(band.from_)
    return band.above is None or share > share_of(band.above)


def _most_lost(band: Band, scale: int) -> int:
    """How many parts of so many can be lost with the share still at a band."""
    if band.from_ is not None:
        return floor((1 - share_of(band.from_)) * scale)
    return scale if band.above is None else ceil((1 - share_of(band.above)) * scale) - 1


def _count(band: Band, costs: Sequence[tuple[Fraction, int]]) -> int:
    """How many misses in this order leave the share at a band."""
    sums = accumulate(cost for cost, _ in costs)
    return sum(_reaches(band, 1 - lost) for lost in sums)
