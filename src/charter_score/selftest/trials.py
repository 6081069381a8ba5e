"""Made-up reviews of a rubric, and what the engine says of each."""

from collections.abc import Iterator
from fractions import Fraction
from typing import NamedTuple

from charter_score.cases import cases_of
from charter_score.compiled import Worth, best_of, worst_of, worths_of
from charter_score.result import ReviewResult
from charter_score.review import Rated, Review
from charter_score.rubric import CriterionKey, Rubric
from charter_score.scoring import NothingObservedError, Scorer
from charter_score.selftest.proofs import Counterexample, Trial

Words = tuple[str, ...]
"""A rating for each criterion that applies, in the rubric's order."""
Point = tuple[int, Words]
"""A made-up review: the number of its case, and its ratings."""


class Standing(NamedTuple):
    """What a score comes to; bands by their place from the lowest up.

    `lowest` and `highest` are those of all its shares, of each section too.
    """

    share: Fraction
    observed: Fraction
    band: int | None
    band_observed: int | None
    meets_expected: bool | None
    lowest: Fraction
    highest: Fraction


class BrokenError(Exception):
    """A promise was broken; holds the counterexample."""

    def __init__(self, counterexample: Counterexample) -> None:
        super().__init__(counterexample.said)
        self.counterexample = counterexample


class Trials:
    """The reviews that were made up of one rubric, and their scores.

    Attributes:
        homes: The criteria with their sections. All that follow have one entry for each.
        places: Their ids.
        worths: Their points.
        options: The words that they can be rated with.
        option_of: Those by the word.
        is_plain: Whether losses add up: no rating earns more than the points or takes any away,
            and no section has a minimum.
        best: The highest of them, n/a aside.
        worst: The lowest.
        cases: The interactions to try; a review names its case by the place in here.
        all_cases: Whether no other case exists.
        scored: How often the engine scored a review, under this rubric or a changed one.
        standings: Each review that was tried, with its score; None where nothing was observed.
    """

    def __init__(self, rubric: Rubric) -> None:
        self.rubric = rubric
        self.homes = list(rubric.criteria())
        self.places: list[CriterionKey] = [(s.id, c.id) for s, c in self.homes]
        self.worths = [rubric.points_of(criterion) for _, criterion in self.homes]
        self.options = [worths_of(rubric, criterion) for _, criterion in self.homes]
        self.option_of = [{one.rating: one for one in options} for options in self.options]
        # Made once for each word: a model is frozen, and thousands of reviews share it.
        self.rated = {word: Rated(rating=word) for words in self.option_of for word in words}
        self.is_plain = all(
            0 <= option.earned <= option.points for options in self.options for option in options
        ) and all(section.at_least is None for section in rubric.sections)
        self.best = [best_of(options) for options in self.options]
        self.worst = [worst_of(options) for options in self.options]
        self.cases, self.all_cases = cases_of(rubric)
        self.scorer = Scorer(rubric)
        self.scored = 0
        self.standings: dict[Point, Standing | None] = {}

    def review(self, point: Point) -> Review:
        """A made-up review as the engine takes it."""
        case = self.cases[point[0]]
        ratings: dict[str, dict[str, Rated]] = {}
        for index, word in zip(case.applying, point[1], strict=True):
            section, criterion = self.places[index]
            ratings.setdefault(section, {})[criterion] = self.rated[word]
        return Review(ratings=ratings, interaction=case.interaction)

    def trial(self, point: Point) -> Trial:
        """A made-up review as it is reported."""
        case = self.cases[point[0]]
        named = zip((self.places[index] for index in case.applying), point[1], strict=True)
        return Trial(case.interaction, dict(named))

    def result(self, scorer: Scorer, review: Review) -> ReviewResult | None:
        """What the engine says; None where it says that nothing was observed."""
        self.scored += 1
        try:
            return scorer.score(review)
        except NothingObservedError:
            return None

    def stand(self, scorer: Scorer, review: Review) -> Standing | None:
        """What a review comes to by some rubric; None where nothing was observed."""
        result = self.result(scorer, review)
        if result is None:
            return None
        places = {id(band): place for place, band in enumerate(scorer.rubric.bands)}
        shares = [result.share, result.observed_share]
        shares += [
            score.share
            for section in result.sections
            for score in (section.score, section.observed.score)
            if score.share is not None
        ]
        return Standing(
            result.share,
            result.observed_share,
            None if result.band is None else places[id(result.band)],
            None if result.band_observed is None else places[id(result.band_observed)],
            result.meets_expected,
            min(shares),
            max(shares),
        )

    def standing(self, point: Point) -> Standing | None:
        """What a review comes to by this rubric, scored once and kept."""
        if point not in self.standings:
            self.standings[point] = self.stand(self.scorer, self.review(point))
        return self.standings[point]

    def all_best(self, case: int) -> Words:
        """All met."""
        return tuple(self.best[index].rating for index in self.cases[case].applying)

    def plain(self, case: int) -> list[Words]:
        """All met; all missed; met, missed and n/a (where it may be) by turns."""
        applying = self.cases[case].applying
        mixed = []
        for turn, index in enumerate(applying):
            absent = next(
                (one for one in self.options[index] if one.not_applicable), self.best[index]
            )
            mixed.append((self.best[index], self.worst[index], absent)[turn % 3].rating)
        return [
            self.all_best(case),
            tuple(self.worst[index].rating for index in applying),
            tuple(mixed),
        ]

    def broken(self, said: str, point: Point, other: Point | None = None) -> BrokenError:
        """The error that says how a review breaks a promise."""
        return BrokenError(
            Counterexample(said, self.trial(point), None if other is None else self.trial(other))
        )

    def seen(self) -> Iterator[tuple[Point, Standing]]:
        """Every review that was scored, with its score."""
        for point, standing in list(self.standings.items()):
            if standing is not None:
                yield point, standing

    def chosen(self, point: Point) -> Iterator[tuple[int, Worth]]:
        """The criteria of a review, by their place in the rubric, with what was chosen."""
        for index, word in zip(self.cases[point[0]].applying, point[1], strict=True):
            yield index, self.option_of[index][word]

    def critical_missed(self, point: Point) -> bool:
        """Whether a review misses a critical criterion."""
        return any(
            option.missed and self.homes[index][1].critical for index, option in self.chosen(point)
        )

    def below_minimum(self, point: Point, *, observed: bool) -> bool:
        """Whether a section of a review is below its minimum: a reckoning of its own."""
        sums: dict[str, tuple[Fraction, Fraction]] = {}
        for index, option in self.chosen(point):
            if not (observed and option.not_applicable):
                earned, available = sums.get(self.places[index][0], (Fraction(0), Fraction(0)))
                sums[self.places[index][0]] = earned + option.earned, available + option.available
        return any(
            section.at_least is not None and of and 100 * earned < section.at_least * of
            for section in self.rubric.sections
            for earned, of in [sums.get(section.id, (Fraction(0), Fraction(0)))]
        )

    def has_absent(self, point: Point) -> bool:
        """Whether a review has an n/a in it."""
        return any(option.not_applicable for _, option in self.chosen(point))

    def loss(self, case: int, turn: int, word: str) -> Fraction | None:
        """What the engine takes off for one rating where all else is met."""
        best = self.all_best(case)
        whole = self.standing((case, best))
        lost = self.standing((case, with_word(best, turn, word)))
        return None if whole is None or lost is None else whole.share - lost.share


def with_word(words: Words, turn: int, word: str) -> Words:
    """The same ratings but for one."""
    return (*words[:turn], word, *words[turn + 1 :])
