"""Which reviews are tried: all of them, or those that tell most where all are too many."""

import random
from collections.abc import Iterable
from dataclasses import replace
from functools import cached_property
from itertools import combinations, product
from math import comb, prod

from charter_score.selftest.proofs import Scope
from charter_score.selftest.trials import Trials, Words, with_word

EXHAUSTIVE = 4096
"""Up to so many reviews, over all cases, every one is tried."""
MOST_RATINGS = 650_000
"""How many ratings the reviews together hold at most, where not all are tried."""
SAMPLE = 400
"""How many reviews are drawn, where not all are tried."""
SEED = 2016
"""What chance begins with, so that it repeats itself."""


def try_reviews(trials: Trials) -> Scope:
    """Score the reviews that everything else looks at; the same rubric always gets the same."""
    return _Sampling(trials).run()


class _Sampling:
    """One choice of reviews."""

    def __init__(self, trials: Trials) -> None:
        self.trials = trials
        self.rng = random.Random(SEED)  # noqa: S311 - to be repeatable, not secret

    def run(self) -> Scope:
        """Score the reviews of the choice, and say which they were."""
        sizes = [
            prod(len(self.trials.options[index]) for index in case.applying)
            for case in self.trials.cases
        ]
        possible = sum(sizes)
        scope = Scope(
            cases=len(self.trials.cases),
            all_cases=self.trials.all_cases,
            largest=len(self._covering),
            possible=possible,
            exhaustive=possible <= EXHAUSTIVE,
            singles=(0, 0),
            pairs=(0, 0),
            drawn=0,
            made=0,
            scored=0,
        )
        if scope.exhaustive:
            for number, case in enumerate(self.trials.cases):
                for words in product(
                    *([option.rating for option in self.trials.options[i]] for i in case.applying)
                ):
                    self.trials.standing((number, words))
            return scope
        largest = max(len(case.applying) for case in self.trials.cases)
        budget = max(60, MOST_RATINGS // max(1, largest))
        singles = self._try_singles(budget // 2)
        pairs = self._try_pairs(budget * 2 // 5)
        return replace(scope, singles=singles, pairs=pairs, drawn=self._draw(budget // 10))

    def _try_singles(self, budget: int) -> tuple[int, int]:
        """Each plain review with every rating changed, as far as the budget goes.

        All met in every case; the other plain reviews where two criteria meet that had not met.
        """
        covering = set(self._covering)
        starts = [
            (case, words)
            for case in range(len(self.trials.cases))
            for words in self.trials.plain(case)[: None if case in covering else 1]
        ][:budget]
        sizes = [
            sum(len(self.trials.options[index]) - 1 for index in self.trials.cases[case].applying)
            for case, _ in starts
        ]
        total = sum(sizes)
        wanted = range(total) if total <= budget else sorted(self.rng.sample(range(total), budget))
        numbers = iter(wanted)
        number = next(numbers, total)
        end = 0
        for (case, words), size in zip(starts, sizes, strict=True):
            self.trials.standing((case, words))
            moves = self._moves(case, words)
            while number < end + size:
                self.trials.standing((case, with_word(words, *moves[number - end])))
                number = next(numbers, total)
            end += size
        return len(wanted), total

    def _try_pairs(self, budget: int) -> tuple[int, int]:
        """All met with every two ratings changed, in cases that hold every two that can meet."""
        cases = self._covering
        moves = [self._moves(case, self.trials.all_best(case)) for case in cases]
        total = sum(
            comb(len(one), 2)
            - sum(comb(sum(turn == t for turn, _ in one), 2) for t in {t for t, _ in one})
            for one in moves
        )
        tried = 0
        for number, case in enumerate(cases):
            best = self.trials.all_best(case)
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
                    self.trials.standing((case, with_word(with_word(best, *one), *other)))
                    tried += 1
        return tried, total

    @cached_property
    def _covering(self) -> list[int]:
        """The largest cases first, each only if two criteria meet in it that had not met."""
        met: set[tuple[int, int]] = set()
        chosen = []
        largest = sorted(
            range(len(self.trials.cases)), key=lambda one: -len(self.trials.cases[one].applying)
        )
        for case in largest:
            pairs = set(combinations(self.trials.cases[case].applying, 2))
            if not pairs <= met:
                met |= pairs
                chosen.append(case)
        return chosen

    def _draw(self, budget: int) -> int:
        """Reviews by the seed, each with a neighbour, so that they are held against something."""
        drawn = min(SAMPLE, budget // 2)
        for _ in range(drawn):
            case = self.rng.randrange(len(self.trials.cases))
            applying = self.trials.cases[case].applying
            # Met far more often than by chance alone: bands lie near the top.
            shape = self.rng.choice((0.5, 0.8, 0.9))
            words = tuple(
                self.trials.best[index].rating
                if self.rng.random() < shape
                else self.rng.choice(self.trials.options[index]).rating
                for index in applying
            )
            self.trials.standing((case, words))
            if applying:
                turn = self.rng.randrange(len(applying))
                other = self.rng.choice(self.trials.options[applying[turn]]).rating
                self.trials.standing((case, with_word(words, turn, other)))
        return drawn

    def _moves(self, case: int, words: Words) -> list[tuple[int, str]]:
        """Every other rating that can stand at each turn of a review."""
        return [
            (turn, option.rating)
            for turn, index in enumerate(self.trials.cases[case].applying)
            for option in self.trials.options[index]
            if option.rating != words[turn]
        ]
