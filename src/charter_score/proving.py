"""A rubric put to the proof: what docs/scoring.md promises, tried on this very rubric.

`selftest` makes reviews, has the engine itself score them, and holds the results against the
promises. Where all reviews are too many it takes every review that differs in one or two ratings
from a few plain ones, and some drawn by a fixed seed; `Scope` says which, and how many. The same
rubric always gives the same answer.

It also says how many criteria may be missed before a band is lost. What a miss costs is what the
engine takes off for it, and the engine scores the reviews on both sides of each limit.
"""

import random
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from fractions import Fraction
from functools import cached_property
from itertools import accumulate, combinations, permutations, product
from math import ceil, comb, floor, lcm, prod
from typing import NamedTuple

from charter_score.rating import Policy, Rating, same_word
from charter_score.result import ReviewResult
from charter_score.review import Rated, Review
from charter_score.rubric import (
    Band,
    Criterion,
    FieldRule,
    OnCritical,
    Rubric,
    same_value,
)
from charter_score.scoring import NothingObservedError, Scorer

EXHAUSTIVE = 4096
"""Up to so many reviews, over all cases, every one is tried."""
MOST_CASES = 96
"""How many sets of criteria that apply together are tried at most."""
MOST_APPLYING = 4000
"""How many criteria those sets have together at most, though four sets are always tried."""
MOST_COMBINATIONS = 20_000
"""Up to so many answers to all those fields together, every one is looked at."""
MOST_TOGETHER = 6
"""Up to so many values of one field, every choice of several is looked at."""
MOST_RATINGS = 650_000
"""How many ratings the reviews together hold at most, where not all are tried."""
SAMPLE = 400
"""How many reviews are drawn, where not all are tried."""
MOST_PROBED = 900
"""How many reviews are scored again by a rubric that was changed."""
MOST_STEPS = 600_000
"""How long the fewest misses are searched for before the search is given up."""
MOST_CRITERIA = 300
"""A rubric with more is not put to the proof; a form that a person fills in has a tenth of it."""
SEED = 2016

Place = tuple[str, str]
"""Section id and criterion id."""
Interaction = Mapping[str, tuple[str, ...]]


class Promise(Enum):
    """What is proved: an id for programs, and the promise in words."""

    ALL_MET = "all-met", "Everything met is 100%, and the highest band."
    RANGE = "range", "Every share lies from 0% to 100%."
    WORSE = "worse-never-raises", "A worse rating never raises the score or the band."
    NA_AFTER_MISS = "na-never-lowers", "n/a in place of a miss never lowers the score or the band."
    NA_AFTER_MET = "na-never-raises", "n/a in place of met never raises the score or the band."
    NA_RULE = "na-rule", "n/a counts as the rubric says."
    OBSERVED = "observed", "What was observed is the score with every n/a left out."
    NOTHING = "nothing-observed", "Only a review in which nothing was observed has no score."
    ADDITIVE = "additive", "A miss costs the same whatever else was missed."
    BANDS = "bands", "Band and expected score follow from the exact share."
    CRITICAL = "critical", "A missed critical criterion does what the rubric says."
    CONDITIONS = "conditions", "What does not apply counts nowhere."
    ORDER = "order", "The order of sections, criteria and ratings changes nothing."
    SCALING = "scaling", "Multiplying all points by one number changes nothing."
    LIMITS = "limits", "One miss more than each limit below loses the band."

    @property
    def id(self) -> str:
        """The stable name, in kebab case."""
        return self.value[0]

    @property
    def words(self) -> str:
        """The promise as a sentence."""
        return self.value[1]


class Trial(NamedTuple):
    """A review that was made up: its interaction, and the ratings of all that applies."""

    interaction: Interaction
    ratings: Mapping[Place, str]


@dataclass(frozen=True, slots=True)
class Counterexample:
    """A review that breaks a promise; `other` is the one it was held against."""

    said: str
    trial: Trial
    other: Trial | None = None


@dataclass(frozen=True, slots=True)
class Proof:
    """One promise: whether it held, how often it was tried, and what broke it.

    `tried` is 0 where the rubric has nothing that it speaks of, such as n/a or a condition.
    """

    promise: Promise
    tried: int
    counterexample: Counterexample | None = None

    @property
    def held(self) -> bool:
        """Whether nothing broke it."""
        return self.counterexample is None


@dataclass(frozen=True, slots=True)
class Scope:
    """What was tried.

    Attributes:
        cases: Sets of criteria that can apply together, each with an interaction of its own.
        all_cases: Whether no other case exists.
        largest: How many of them it takes to hold every two criteria that can apply together.
        possible: How many different reviews these cases allow.
        exhaustive: Whether each of those was tried.
        singles: Reviews one rating away from a plain one, and how many of them there are.
        pairs: The same for two ratings away from all met.
        drawn: Reviews drawn by the seed.
        made: Different reviews in all.
        scored: How often the engine scored one, under this rubric or a changed one.
    """

    cases: int
    all_cases: bool
    largest: int
    possible: int
    exhaustive: bool
    singles: tuple[int, int]
    pairs: tuple[int, int]
    drawn: int
    made: int
    scored: int


class Allowance(NamedTuple):
    """Of so many criteria: any `any_of_them` may be missed, and of the lightest `most`."""

    of: int
    any_of_them: int
    most: int


@dataclass(frozen=True, slots=True)
class Limit:
    """How many criteria may be missed with the score still at a band (None: at `expected`).

    Critical criteria are not counted: none of them may be missed. One allowance for every
    different case.
    """

    band: Band | None
    allowances: tuple[Allowance, ...]


@dataclass(frozen=True, slots=True)
class Reach:
    """How a band is reached without n/a, with as few misses as can be.

    Attributes:
        trial: A review that lands in it; None where none was found.
        missed: The criteria that could have been rated better in it.
        share: Its score.
        settled: Whether it is certain that fewer misses do not land there or, without a trial,
            that nothing does.
    """

    band: Band
    trial: Trial | None
    missed: tuple[Place, ...]
    share: Fraction | None
    settled: bool


@dataclass(frozen=True, slots=True)
class Selftest:
    """A rubric's proofs, what they rest on, and what they say of its bands."""

    rubric: Rubric
    scope: Scope
    proofs: tuple[Proof, ...]
    limits: tuple[Limit, ...]
    reaches: tuple[Reach, ...]

    @property
    def held(self) -> bool:
        """Whether every promise held."""
        return all(proof.held for proof in self.proofs)


class TooLargeError(ValueError):
    """The rubric has more criteria than can be put to the proof in a reasonable time."""


def prove(rubric: Rubric) -> tuple[Proof, ...]:
    """The proofs of a rubric without errors; see `selftest`."""
    return selftest(rubric).proofs


def selftest(rubric: Rubric) -> Selftest:
    """Everything that can be said of a rubric without errors by scoring made-up reviews.

    Raises:
        TooLargeError: where it has more than `MOST_CRITERIA` criteria.
    """
    if sum(1 for _ in rubric.criteria()) > MOST_CRITERIA:
        raise TooLargeError(f"it has more than {MOST_CRITERIA} criteria")
    return _Prover(rubric).selftest()


class _Standing(NamedTuple):
    """What a score comes to; bands by their place from the lowest up."""

    share: Fraction
    observed: Fraction
    band: int | None
    band_observed: int | None
    meets_expected: bool | None


class _Case(NamedTuple):
    """An interaction, and the places in the rubric of the criteria that apply to it."""

    interaction: Interaction
    applying: tuple[int, ...]


Words = tuple[str, ...]
"""A rating for each criterion that applies, in the rubric's order."""
Point = tuple[int, Words]
"""A made-up review: the number of its case, and its ratings."""


class _Option(NamedTuple):
    """A word that a criterion can be rated with, and what it is worth."""

    word: str
    earned: Fraction
    missed: bool
    absent: bool


class _Neighbours(NamedTuple):
    """Two reviews that differ in the rating of one criterion, and their scores."""

    at: int
    option: _Option
    other_option: _Option
    point: Point
    other: Point
    standing: _Standing
    then: _Standing


class _Chain(NamedTuple):
    """A rating, and those that were chosen before it."""

    turn: int
    word: str
    before: "_Chain | None"


class _BrokenError(Exception):
    """A promise was broken; holds the counterexample."""

    def __init__(self, counterexample: Counterexample) -> None:
        super().__init__(counterexample.said)
        self.counterexample = counterexample


class _Prover:
    """One run over one rubric."""

    def __init__(self, rubric: Rubric) -> None:
        self.rubric = rubric
        self.homes = list(rubric.criteria())
        self.places: list[Place] = [(s.id, c.id) for s, c in self.homes]
        self.worths = [rubric.points_of(criterion) for _, criterion in self.homes]
        self.options = [_options(rubric, criterion) for _, criterion in self.homes]
        self.option_of = [{one.word: one for one in options} for options in self.options]
        self.best = [_best(options) for options in self.options]
        self.worst = [_worst(options) for options in self.options]
        self.cases, self.all_cases = _cases(rubric)
        self.scorer = Scorer(rubric)
        self.scored = 0
        self.standings: dict[Point, _Standing | None] = {}
        self.limits: list[Limit] = []
        self.reaches: list[Reach] = []
        self.rng = random.Random(SEED)  # noqa: S311 - to be repeatable, not secret

    def selftest(self) -> Selftest:
        """Try the reviews, hold their scores against every promise, then look at the bands."""
        scope = self._try_reviews()
        proofs = tuple(self._prove(promise) for promise in Promise)
        return Selftest(
            self.rubric,
            replace(scope, made=len(self.standings), scored=self.scored),
            proofs,
            tuple(self.limits),
            tuple(self.reaches),
        )

    # Reviews, and their scores.

    def _review(self, point: Point) -> Review:
        case = self.cases[point[0]]
        ratings: dict[str, dict[str, Rated]] = {}
        for index, word in zip(case.applying, point[1], strict=True):
            section, criterion = self.places[index]
            ratings.setdefault(section, {})[criterion] = Rated(rating=word)
        return Review(ratings=ratings, interaction=case.interaction)

    def _trial(self, point: Point) -> Trial:
        case = self.cases[point[0]]
        named = zip((self.places[index] for index in case.applying), point[1], strict=True)
        return Trial(case.interaction, dict(named))

    def _result(self, scorer: Scorer, review: Review) -> ReviewResult | None:
        """What the engine says; None where it says that nothing was observed."""
        self.scored += 1
        try:
            return scorer.score(review)
        except NothingObservedError:
            return None

    def _stand(self, scorer: Scorer, review: Review) -> _Standing | None:
        result = self._result(scorer, review)
        if result is None:
            return None
        places = {id(band): place for place, band in enumerate(scorer.rubric.bands)}
        return _Standing(
            result.share,
            result.observed_share,
            None if result.band is None else places[id(result.band)],
            None if result.band_observed is None else places[id(result.band_observed)],
            result.meets_expected,
        )

    def _standing(self, point: Point) -> _Standing | None:
        if point not in self.standings:
            self.standings[point] = self._stand(self.scorer, self._review(point))
        return self.standings[point]

    def _all_best(self, case: int) -> Words:
        return tuple(self.best[index].word for index in self.cases[case].applying)

    def _plain(self, case: int) -> list[Words]:
        """All met; all missed; met, missed and n/a (where it may be) by turns."""
        applying = self.cases[case].applying
        mixed = []
        for turn, index in enumerate(applying):
            absent = next((one for one in self.options[index] if one.absent), self.best[index])
            mixed.append((self.best[index], self.worst[index], absent)[turn % 3].word)
        return [
            self._all_best(case),
            tuple(self.worst[index].word for index in applying),
            tuple(mixed),
        ]

    def _moves(self, case: int, words: Words) -> list[tuple[int, str]]:
        """Every other rating that can stand at each turn of a review."""
        return [
            (turn, option.word)
            for turn, index in enumerate(self.cases[case].applying)
            for option in self.options[index]
            if option.word != words[turn]
        ]

    def _try_reviews(self) -> Scope:
        """Score the reviews that everything else looks at."""
        sizes = [prod(len(self.options[index]) for index in case.applying) for case in self.cases]
        possible = sum(sizes)
        scope = Scope(
            cases=len(self.cases),
            all_cases=self.all_cases,
            largest=len(self.covering),
            possible=possible,
            exhaustive=possible <= EXHAUSTIVE,
            singles=(0, 0),
            pairs=(0, 0),
            drawn=0,
            made=0,
            scored=0,
        )
        if scope.exhaustive:
            for number, case in enumerate(self.cases):
                for words in product(
                    *([option.word for option in self.options[i]] for i in case.applying)
                ):
                    self._standing((number, words))
            return scope
        largest = max(len(case.applying) for case in self.cases)
        budget = max(60, MOST_RATINGS // max(1, largest))
        singles = self._try_singles(budget // 2)
        pairs = self._try_pairs(budget * 2 // 5)
        return replace(scope, singles=singles, pairs=pairs, drawn=self._draw(budget // 10))

    def _try_singles(self, budget: int) -> tuple[int, int]:
        """Each plain review with every rating changed, as far as the budget goes.

        All met in every case; the other plain reviews where two criteria meet that had not met.
        """
        covering = set(self.covering)
        starts = [
            (case, words)
            for case in range(len(self.cases))
            for words in self._plain(case)[: None if case in covering else 1]
        ][:budget]
        sizes = [
            sum(len(self.options[index]) - 1 for index in self.cases[case].applying)
            for case, _ in starts
        ]
        total = sum(sizes)
        wanted = range(total) if total <= budget else sorted(self.rng.sample(range(total), budget))
        numbers = iter(wanted)
        number = next(numbers, total)
        end = 0
        for (case, words), size in zip(starts, sizes, strict=True):
            self._standing((case, words))
            moves = self._moves(case, words)
            while number < end + size:
                self._standing((case, _with(words, *moves[number - end])))
                number = next(numbers, total)
            end += size
        return len(wanted), total

    def _try_pairs(self, budget: int) -> tuple[int, int]:
        """All met with every two ratings changed, in cases that hold every two that can meet."""
        cases = self.covering
        moves = [self._moves(case, self._all_best(case)) for case in cases]
        total = sum(
            comb(len(one), 2)
            - sum(comb(sum(turn == t for turn, _ in one), 2) for t in {t for t, _ in one})
            for one in moves
        )
        tried = 0
        for number, case in enumerate(cases):
            best = self._all_best(case)
            if total <= budget:
                chosen: Iterable[tuple[tuple[int, str], ...]] = combinations(moves[number], 2)
            else:
                share = budget // len(cases)
                chosen = (
                    tuple(self.rng.sample(moves[number], 2))
                    for _ in range(share if len(moves[number]) > 1 else 0)
                )
            for one, other in chosen:
                if one[0] != other[0]:
                    self._standing((case, _with(_with(best, *one), *other)))
                    tried += 1
        return tried, total

    @cached_property
    def covering(self) -> list[int]:
        """The largest cases first, each only if two criteria meet in it that had not met."""
        met: set[tuple[int, int]] = set()
        chosen = []
        largest = sorted(range(len(self.cases)), key=lambda one: -len(self.cases[one].applying))
        for case in largest:
            pairs = set(combinations(self.cases[case].applying, 2))
            if not pairs <= met:
                met |= pairs
                chosen.append(case)
        return chosen

    def _draw(self, budget: int) -> int:
        """Reviews by the seed, each with a neighbour, so that they are held against something."""
        drawn = min(SAMPLE, budget // 2)
        for _ in range(drawn):
            case = self.rng.randrange(len(self.cases))
            applying = self.cases[case].applying
            # Met far more often than by chance alone: bands lie near the top.
            shape = self.rng.choice((0.5, 0.8, 0.9))
            words = tuple(
                self.best[index].word
                if self.rng.random() < shape
                else self.rng.choice(self.options[index]).word
                for index in applying
            )
            self._standing((case, words))
            if applying:
                turn = self.rng.randrange(len(applying))
                other = self.rng.choice(self.options[applying[turn]]).word
                self._standing((case, _with(words, turn, other)))
        return drawn

    # The promises.

    def _prove(self, promise: Promise) -> Proof:
        """Try one promise until it breaks; a check yields once for each time that it held."""
        checks = {
            Promise.ALL_MET: self._all_met,
            Promise.RANGE: self._range,
            Promise.WORSE: self._worse,
            Promise.NA_AFTER_MISS: self._na_after_miss,
            Promise.NA_AFTER_MET: self._na_after_met,
            Promise.NA_RULE: self._na_rule,
            Promise.OBSERVED: self._observed,
            Promise.NOTHING: self._nothing,
            Promise.ADDITIVE: self._additive,
            Promise.BANDS: self._bands,
            Promise.CRITICAL: self._critical,
            Promise.CONDITIONS: self._conditions,
            Promise.ORDER: self._order,
            Promise.SCALING: self._scaling,
            Promise.LIMITS: self._limits,
        }
        tried = 0
        try:
            for _ in checks[promise]():
                tried += 1
        except _BrokenError as broken:
            return Proof(promise, tried + 1, broken.counterexample)
        return Proof(promise, tried)

    def _broken(self, said: str, point: Point, other: Point | None = None) -> _BrokenError:
        return _BrokenError(
            Counterexample(said, self._trial(point), None if other is None else self._trial(other))
        )

    def _seen(self) -> Iterator[tuple[Point, _Standing]]:
        """Every review that was scored, with its score."""
        for point, standing in list(self.standings.items()):
            if standing is not None:
                yield point, standing

    def _chosen(self, point: Point) -> Iterator[tuple[int, _Option]]:
        """The criteria of a review, by their place in the rubric, with what was chosen."""
        for index, word in zip(self.cases[point[0]].applying, point[1], strict=True):
            yield index, self.option_of[index][word]

    def _critical_missed(self, point: Point) -> bool:
        return any(
            option.missed and self.homes[index][1].critical for index, option in self._chosen(point)
        )

    def _has_absent(self, point: Point) -> bool:
        return any(option.absent for _, option in self._chosen(point))

    @cached_property
    def _neighbours(self) -> list[_Neighbours]:
        """Every two scored reviews that differ in one rating, both ways round.

        Each review is filed once for every criterion, under what all its other ratings add up to:
        neighbours meet in one file. The numbers that are added up are so large that no others do.
        """
        numbers = [
            {option.word: self.rng.getrandbits(96) for option in options}
            for options in self.options
        ]
        by_case: dict[int, list[tuple[Point, _Standing]]] = {}
        for point, standing in self._seen():
            by_case.setdefault(point[0], []).append((point, standing))
        found: list[_Neighbours] = []
        for case, reviews in by_case.items():
            applying = self.cases[case].applying
            files: dict[tuple[int, int], list[tuple[Point, _Standing]]] = {}
            for review in reviews:
                own = [
                    numbers[index][word] for index, word in zip(applying, review[0][1], strict=True)
                ]
                whole = sum(own)
                for turn, number in enumerate(own):
                    files.setdefault((turn, whole - number), []).append(review)
            for (turn, _), together in files.items():
                options = self.option_of[applying[turn]]
                for (one, standing), (other, then) in permutations(together, 2):
                    before, after = options[one[1][turn]], options[other[1][turn]]
                    found.append(
                        _Neighbours(applying[turn], before, after, one, other, standing, then)
                    )
        return found

    def _probe(self, most: int = MOST_PROBED) -> list[tuple[Point, _Standing]]:
        """Scored reviews, evenly spread over all of them."""
        seen = list(self._seen())
        return (
            [seen[number * len(seen) // most] for number in range(most)]
            if len(seen) > most
            else seen
        )

    def _all_met(self) -> Iterator[None]:
        for case in range(len(self.cases)):
            point = (case, self._all_best(case))
            standing = self._standing(point)
            if standing is None:
                continue  # nothing with points applies
            if standing.share != 1 or standing.observed != 1:
                raise self._broken(f"its score is {standing.share}, not 1", point)
            if standing.band not in (None, len(self.rubric.bands) - 1):
                raise self._broken("it is not in the highest band", point)
            if standing.meets_expected is False:
                raise self._broken("it does not meet the expected score", point)
            yield

    def _range(self) -> Iterator[None]:
        for point, standing in self._seen():
            if not (0 <= standing.share <= 1 and 0 <= standing.observed <= 1):
                raise self._broken(
                    f"its score is {standing.share}, observed {standing.observed}", point
                )
            yield

    def _worse(self) -> Iterator[None]:
        for one in self._neighbours:
            before, after = one.option, one.other_option
            if before.absent or after.absent:
                continue
            if _worth(after) >= _worth(before):
                continue
            self._not_higher(one, one.then, one.standing, observed=True)
            yield

    def _na_after_miss(self) -> Iterator[None]:
        for one in self._neighbours:
            # A level that earns something and still misses is worth more than n/a may be.
            if one.option.missed and not one.option.earned and one.other_option.absent:
                self._not_higher(one, one.standing, one.then, observed=False)
                yield

    def _na_after_met(self) -> Iterator[None]:
        for one in self._neighbours:
            if one.option == self.best[one.at] and one.other_option.absent:
                if one.option.missed and self.homes[one.at][1].critical:
                    continue  # every level misses it
                self._not_higher(one, one.then, one.standing, observed=False)
                yield

    def _not_higher(
        self, one: _Neighbours, low: _Standing, high: _Standing, *, observed: bool
    ) -> None:
        """Refuse where the one score stands above the other in anything."""
        change = f"{_named(self.places[one.at])} from {one.option.word} to "
        change += f"{one.other_option.word}: the "
        for what, lower, higher in (
            ("score goes", low.share, high.share),
            ("observed score goes", low.observed, high.observed),
        ):
            if lower > higher and (observed or what == "score goes"):
                moved = (one.standing.share, one.then.share)
                if what != "score goes":
                    moved = (one.standing.observed, one.then.observed)
                raise self._broken(
                    f"{change}{what} from {moved[0]} to {moved[1]}", one.point, one.other
                )
        if (low.band or 0) > (high.band or 0) or (
            observed and (low.band_observed or 0) > (high.band_observed or 0)
        ):
            raise self._broken(f"{change}band moves the wrong way", one.point, one.other)
        if low.meets_expected is True and high.meets_expected is False:
            raise self._broken(
                f"{change}expected score is met the wrong way round", one.point, one.other
            )

    def _na_rule(self) -> Iterator[None]:
        policy = self.rubric.not_applicable
        if policy is Policy.EXCLUDED:
            for point, standing in self._seen():
                if self._has_absent(point):
                    if standing.share != standing.observed:
                        raise self._broken(
                            f"its score is {standing.share} with n/a in it, "
                            f"{standing.observed} without",
                            point,
                        )
                    yield
            return
        for one in self._neighbours:
            if not one.option.absent:
                continue
            critical = self.homes[one.at][1].critical and one.other_option.missed
            if policy is Policy.MET:
                same = one.other_option.word == self._met_word(one.at)
            else:
                same = not one.other_option.earned
            if same and not critical:
                if one.standing.share != one.then.share or one.standing.band != one.then.band:
                    raise self._broken(
                        f"{_named(self.places[one.at])}: {one.standing.share} with n/a, "
                        f"{one.then.share} with {one.other_option.word}",
                        one.point,
                        one.other,
                    )
                yield

    def _met_word(self, index: int) -> str:
        """What n/a counts as where it counts as met: the level of that name, else the highest."""
        named = (one.word for one in self.options[index] if same_word(one.word) == "met")
        return next(named, self.best[index].word)

    def _observed(self) -> Iterator[None]:
        absent = [one for one in self._probe() if self._has_absent(one[0])]
        for point, standing in absent[:: max(1, len(absent) // (MOST_PROBED // 3))]:
            gone = {index for index, option in self._chosen(point) if option.absent}
            smaller = Scorer(_without(self.rubric, {self.places[index] for index in gone}))
            result = self._result(smaller, self._review(point))
            if result is None or result.share != standing.observed:
                raise self._broken(
                    f"observed is {standing.observed}; without what is n/a the score is "
                    f"{'none' if result is None else result.share}",
                    point,
                )
            yield

    def _nothing(self) -> Iterator[None]:
        for point, standing in list(self.standings.items()):
            observed = any(
                self.worths[index] and not option.absent for index, option in self._chosen(point)
            )
            if observed is (standing is None):
                raise self._broken(
                    "it has no score" if observed else "it has a score, of nothing", point
                )
            yield

    def _loss(self, case: int, turn: int, word: str) -> Fraction | None:
        """What the engine takes off for one rating where all else is met."""
        best = self._all_best(case)
        whole = self._standing((case, best))
        lost = self._standing((case, _with(best, turn, word)))
        return None if whole is None or lost is None else whole.share - lost.share

    def _additive(self) -> Iterator[None]:
        zero = self.rubric.on_critical is OnCritical.ZERO
        for point, standing in self._seen():
            if self._has_absent(point) or (zero and self._critical_missed(point)):
                continue
            case, words = point
            best = self._all_best(case)
            if zero and self._critical_missed((case, best)):
                continue
            losses = [
                self._loss(case, turn, word) or Fraction(0)
                for turn, word in enumerate(words)
                if word != best[turn]
            ]
            if 1 - standing.share != sum(losses):
                raise self._broken(
                    f"its score is {standing.share}; one by one its misses leave {1 - sum(losses)}",
                    point,
                )
            yield

    def _bands(self) -> Iterator[None]:
        rubric = self.rubric
        if not rubric.bands and rubric.expected is None:
            return
        for point, standing in self._seen():
            critical = self._critical_missed(point)
            for share, place in (
                (standing.share, standing.band),
                (standing.observed, standing.band_observed),
            ):
                right = _band_place(rubric.bands, Fraction(0) if critical else share)
                if place != right:
                    raise self._broken(f"at {share} it is in the wrong band", point)
            meets = None if rubric.expected is None else standing.share >= rubric.expected
            if standing.meets_expected is not (False if critical else meets):
                raise self._broken(
                    f"at {standing.share} the expected score is said to be "
                    f"{'met' if standing.meets_expected else 'not met'}",
                    point,
                )
            yield

    def _critical(self) -> Iterator[None]:
        zero = self.rubric.on_critical is OnCritical.ZERO
        plain = Scorer(_changed(self.rubric, lambda criterion: replace(criterion, critical=False)))
        missed = [one for one in self._probe() if self._critical_missed(one[0])]
        for point, standing in missed:
            if standing.band not in (None, 0) or standing.meets_expected is not False:
                raise self._broken("a critical criterion was missed and it passes", point)
            without = self._stand(plain, self._review(point))
            right = Fraction(0) if zero or without is None else without.share
            if standing.share != right:
                raise self._broken(f"its score is {standing.share}, not {right}", point)
            yield

    def _conditions(self) -> Iterator[None]:
        if not any(s.applies_when or c.applies_when for s, c in self.homes):
            return
        for number, case in enumerate(self.cases):
            applying = {self.places[index] for index in case.applying}
            # One that keeps what applies and has no conditions left.
            smaller = _without(
                self.rubric, {place for place in self.places if place not in applying}
            )
            bare = _changed(smaller, lambda criterion: replace(criterion, applies_when={}))
            sections = tuple(replace(section, applies_when={}) for section in bare.sections)
            scorer = Scorer(replace(bare, sections=sections))
            for words in self._plain(number):
                point = (number, words)
                result = self._result(self.scorer, self._review(point))
                if result is None:
                    continue
                rated = {
                    (s.section.id, c.criterion.id) for s in result.sections for c in s.criteria
                }
                if rated != applying:
                    raise self._broken("it is scored by criteria that do not apply", point)
                if self._stand(scorer, self._review(point)) != self._standing(point):
                    raise self._broken("what does not apply changes its score", point)
                yield

    def _order(self) -> Iterator[None]:
        turned = replace(
            self.rubric,
            sections=tuple(
                replace(section, criteria=section.criteria[::-1])
                for section in self.rubric.sections[::-1]
            ),
        )
        yield from self._same_by(turned, "in another order")

    def _scaling(self) -> Iterator[None]:
        for factor in (Fraction(3), Fraction(1, 8)):
            larger = _times(self.rubric, factor)
            yield from self._same_by(larger, f"with all points times {factor}")

    def _same_by(self, other: Rubric, how: str) -> Iterator[None]:
        """That another rubric scores as this one does."""
        scorer = Scorer(other)
        for point, standing in self._probe():
            review = self._review(point)
            turned = {
                section: {name: review.ratings[section][name] for name in reversed(list(rated))}
                for section, rated in reversed(list(review.ratings.items()))
            }
            then = self._stand(scorer, replace(review, ratings=turned))
            if then != standing:
                share = "none" if then is None else then.share
                raise self._broken(f"its score is {standing.share}, {how} {share}", point)
            yield

    # The bands.

    def _limits(self) -> Iterator[None]:
        """Work out each limit from what single misses cost, and have the engine say it is so."""
        bounds: list[tuple[Band | None, int]] = [
            (band, place) for place, band in enumerate(self.rubric.bands) if place
        ]
        if self.rubric.expected is not None:
            bounds.append((None, 0))
        found: dict[int, dict[Allowance, None]] = {number: {} for number in range(len(bounds))}
        different: dict[tuple[Fraction, ...], int] = {}
        for case in range(len(self.cases)):
            best = self._standing((case, self._all_best(case)))
            if (
                best is None
                or best.share != 1
                or best.band not in (None, len(self.rubric.bands) - 1)
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
        return Band(name="expected", from_=self.rubric.expected)

    def _costs(self, case: int) -> list[tuple[Fraction, int]]:
        """What missing each criterion costs that is not critical, with its turn, least first."""
        costs = []
        for turn, index in enumerate(self.cases[case].applying):
            if self.homes[index][1].critical:
                continue
            cost = self._loss(case, turn, self.worst[index].word)
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
        words = self._all_best(case)
        for _, turn in missed:
            words = _with(words, turn, self.worst[self.cases[case].applying[turn]].word)
        standing = self._standing((case, words))
        if standing is None:
            return
        reached = standing.meets_expected if band is None else (standing.band or 0) >= place
        if reached is not within:
            name = "the expected score" if band is None else band.name
            raise self._broken(
                f"with {len(missed)} missed it is {'still' if reached else 'not'} at {name}",
                (case, words),
            )

    def _reach(self) -> Iterator[None]:
        """For each band the fewest misses that land in it."""
        best: dict[int, tuple[int, Point]] = {}
        settled = self.all_cases
        steps = 0
        tried: set[tuple[tuple[Fraction, ...], ...]] = set()
        for case in range(len(self.cases)):
            if self._standing((case, self._all_best(case))) is None:
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
        for point, standing in self._seen():
            if standing.band is not None:
                best.setdefault(standing.band, (len(self._missed(point)), point))
        if self.rubric.not_applicable is Policy.EXCLUDED and any(
            option.absent for options in self.options for option in options
        ):
            settled = False
        for place, band in enumerate(self.rubric.bands):
            if place not in best:
                self.reaches.append(Reach(band, None, (), None, settled))
                continue
            _, point = best[place]
            there = self._standing(point)
            if there is None or there.band != place:
                raise self._broken(f"it does not land in {band.name}", point)
            missed, sure = self._missed(point), place in certain or not best[place][0]
            self.reaches.append(Reach(band, self._trial(point), missed, there.share, sure))
            yield

    def _missed(self, point: Point) -> tuple[Place, ...]:
        """The criteria of a review that do not have the highest rating, n/a aside."""
        return tuple(
            self.places[index]
            for index, option in self._chosen(point)
            if option != self.best[index] and not option.absent
        )

    def _items(self, case: int) -> tuple[list[list[tuple[Fraction, int, str]]], Point | None]:
        """What each criterion of a case can lose, by its turn and word, but for critical misses.

        The second value is a review with nothing but a critical miss.
        """
        applying, best = self.cases[case].applying, self._all_best(case)
        items: list[list[tuple[Fraction, int, str]]] = []
        critical: Point | None = None
        for turn, index in enumerate(applying):
            losses = []
            for option in self.options[index]:
                if option.absent or option.word == best[turn]:
                    continue
                if option.missed and self.homes[index][1].critical:
                    critical = critical or (case, _with(best, turn, option.word))
                    continue
                loss = self._loss(case, turn, option.word)
                if loss:
                    losses.append((loss, turn, option.word))
            if losses:
                items.append(losses)
        return items, critical

    def _fewest(
        self, case: int, items: Sequence[Sequence[tuple[Fraction, int, str]]], budget: int
    ) -> tuple[dict[int, tuple[int, Point]], int, bool]:
        """Each band's fewest misses in one case; how many steps it took; whether none is left out.

        Every sum of losses that ratings without n/a can come to, with the fewest ratings that do.
        """
        best = self._all_best(case)
        landed: dict[int, tuple[int, Point]] = {}
        if self._critical_missed((case, best)):
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
        most = [_most_lost(band, scale) for band in self.rubric.bands]
        for total, (misses, chain) in sums.items():
            place = sum(total <= lost for lost in most) - 1  # bounds rise, so losses fall
            if place >= 0 and (place not in landed or misses < landed[place][0]):
                words, link = best, chain
                while link is not None:
                    words = _with(words, link.turn, link.word)
                    link = link.before
                landed[place] = (misses, (case, words))
        return landed, steps, whole


def _with(words: Words, turn: int, word: str) -> Words:
    return (*words[:turn], word, *words[turn + 1 :])


def _named(place: Place) -> str:
    return ".".join(place)


def _options(rubric: Rubric, criterion: Criterion) -> tuple[_Option, ...]:
    """Every word that a criterion can be rated with."""
    found = []
    for word in rubric.rating_words(criterion):
        absent = word == Rating.NOT_APPLICABLE
        earned = rubric.earns(criterion, word) or Fraction(0)
        found.append(_Option(word, earned, rubric.misses(criterion, word), absent))
    return tuple(found)


def _best(options: Sequence[_Option]) -> _Option:
    return max((one for one in options if not one.absent), key=_worth)


def _worst(options: Sequence[_Option]) -> _Option:
    return min((one for one in options if not one.absent), key=_worth)


def _worth(option: _Option) -> tuple[Fraction, bool]:
    """What makes one rating better than another: its points, and that it does not miss."""
    return option.earned, not option.missed


def _band_place(bands: Sequence[Band], share: Fraction) -> int | None:
    """The place of the highest band whose bound a share reaches."""
    reached = [place for place, band in enumerate(bands) if _reaches(band, share)]
    return reached[-1] if reached else None


def _reaches(band: Band, share: Fraction) -> bool:
    if band.from_ is not None:
        return share >= band.from_
    return band.above is None or share > band.above


def _most_lost(band: Band, scale: int) -> int:
    """How many parts of so many can be lost with the share still at a band."""
    if band.from_ is not None:
        return floor((1 - band.from_) * scale)
    return scale if band.above is None else ceil((1 - band.above) * scale) - 1


def _count(band: Band, costs: Sequence[tuple[Fraction, int]]) -> int:
    """How many misses in this order leave the share at a band."""
    sums = accumulate(cost for cost, _ in costs)
    return sum(_reaches(band, 1 - lost) for lost in sums)


# Rubrics that say the same in another way, or a part of it.


def _changed(rubric: Rubric, change: Callable[[Criterion], Criterion]) -> Rubric:
    """The rubric with every criterion changed."""
    sections = tuple(
        replace(section, criteria=tuple(change(criterion) for criterion in section.criteria))
        for section in rubric.sections
    )
    return replace(rubric, sections=sections)


def _times(rubric: Rubric, factor: Fraction) -> Rubric:
    """The rubric with all points, and those of all levels, multiplied."""

    def multiplied(criterion: Criterion) -> Criterion:
        levels = rubric.levels_of(criterion)
        if levels is None:
            return replace(criterion, points=rubric.points_of(criterion) * factor)
        return replace(criterion, levels={word: one * factor for word, one in levels.items()})

    return _changed(rubric, multiplied)


def _without(rubric: Rubric, gone: set[Place]) -> Rubric:
    """The rubric without some criteria, and without the sections that are empty then."""
    sections = (
        replace(
            section, criteria=tuple(c for c in section.criteria if (section.id, c.id) not in gone)
        )
        for section in rubric.sections
    )
    return replace(rubric, sections=tuple(section for section in sections if section.criteria))


# The interactions that conditions tell apart.


def _cases(rubric: Rubric) -> tuple[list[_Case], bool]:
    """An interaction for every set of criteria that can apply together; whether those are all."""
    homes = list(rubric.criteria())
    conditions = [(section.applies_when, criterion.applies_when) for section, criterion in homes]
    names = dict.fromkeys(name for both in conditions for one in both for name in one)
    choices: list[list[tuple[str, tuple[str, ...]]]] = []
    whole = True
    for name in names:
        allowed = [one[name] for both in conditions for one in both if name in one]
        answers, all_of_them = _answers(rubric.fields.get(name), allowed)
        whole = whole and all_of_them
        choices.append([(name, answer) for answer in answers])
    most = min(MOST_CASES, max(4, MOST_APPLYING // max(1, len(homes))))
    found: dict[tuple[int, ...], Interaction] = {}
    for combination in _spread(choices):
        interaction = {name: answer for name, answer in combination if answer}
        applying = tuple(
            index
            for index, both in enumerate(conditions)
            if all(_holds(one, interaction) for one in both)
        )
        found.setdefault(applying, interaction)
        if len(found) == most:
            break
    whole = whole and prod(len(one) for one in choices) <= MOST_COMBINATIONS
    whole = whole and len(found) < most
    return [_Case(interaction, applying) for applying, interaction in found.items()], whole


def _spread(
    choices: Sequence[Sequence[tuple[str, tuple[str, ...]]]],
) -> Iterator[tuple[tuple[str, tuple[str, ...]], ...]]:
    """Every combination of answers; where they are too many, all that change one or two answers."""
    if prod(len(one) for one in choices) <= MOST_COMBINATIONS:
        yield from product(*choices)
        return
    first = tuple(one[0] for one in choices)
    yield first
    for many in (1, 2):
        for places in combinations(range(len(choices)), many):
            for answers in product(*(choices[place][1:] for place in places)):
                changed = dict(zip(places, answers, strict=True))
                yield tuple(changed.get(place, one) for place, one in enumerate(first))


def _answers(
    rule: FieldRule | None, allowed: Sequence[tuple[str, ...]]
) -> tuple[list[tuple[str, ...]], bool]:
    """What a review can say in a field, one answer for each way in which conditions take it.

    `allowed` is what each condition allows; the second value is whether every way is there.
    """
    mentioned = dict.fromkeys(value for values in allowed for value in values if value.strip())
    declared = rule.values if rule is not None else ()
    singles: list[tuple[str, ...]] = [(value,) for value in (declared or mentioned)]
    if not declared:
        singles.append(("something else",))
    answers = [*singles] if rule is not None and rule.required else [(), *singles]
    whole = True
    if rule is None or rule.many:
        possible = [value for value in mentioned if not declared or _among(value, declared)]
        whole = len(possible) <= MOST_TOGETHER
        sizes = range(2, len(possible) + 1) if whole else (2, len(possible))
        answers += [several for size in sizes for several in combinations(possible, size)]
    ways: dict[tuple[bool, ...], tuple[str, ...]] = {}
    for answer in answers:
        way = tuple(any(_among(value, values) for value in answer) for values in allowed)
        ways.setdefault(way, answer)
    return list(ways.values()), whole


def _holds(condition: Mapping[str, tuple[str, ...]], interaction: Interaction) -> bool:
    """Whether a condition holds: its own reckoning, which the engine's is held against."""
    return all(
        any(_among(value, allowed) for value in interaction.get(name, ()))
        for name, allowed in condition.items()
    )


def _among(value: str, values: Iterable[str]) -> bool:
    return same_value(value) in {same_value(one) for one in values}
