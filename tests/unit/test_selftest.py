"""The selftest of a rubric: what it proves, what it says of bands, and broken engines it sees."""

import json
import random
import unicodedata
from collections.abc import Callable, Iterator
from fractions import Fraction
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from rich.cells import cell_len as cells

import hostile
import random_documents
from charter_score import __version__, scoring
from charter_score.cases import MOST_CASES
from charter_score.cli.selftest import SelftestOptions, run_selftest
from charter_score.compiled import LOWEST, Bound, band_of
from charter_score.errors import ExitCode, UsageError
from charter_score.library import load_rubric
from charter_score.linting.review_checks import review_problems
from charter_score.rating import Policy, Rating
from charter_score.render.rubric.selftest import proofs, proofs_json
from charter_score.render.text.console import Screen
from charter_score.review import Rated, Review
from charter_score.rubric import Criterion, Rubric, values_of
from charter_score.scoring import NothingObservedError, Scorer, score
from charter_score.selftest.proofs import Promise, Selftest, Trial
from charter_score.selftest.run import TooLargeError, selftest
from charter_score.selftest.trials import Trials
from documents import errors_of, rubric_from, with_changes
from effort import LONG, examples, some
from random_documents import to_yaml

SHIPPED = sorted((Path(__file__).parents[2] / "rubrics").glob("*.yaml"))
SEEDS = st.integers(min_value=0, max_value=2**32 - 1)

SMALL = """
id: small
version: "1"
title: Small
expected: 70
bands: [{name: Low}, {name: Good, from: 70}, {name: Best, above: 90}]
fields: {channel: {values: [phone, visit]}}
sections:
  - id: s
    title: S
    criteria:
      - {id: a, title: A}
      - {id: b, title: B, points: 2}
      - {id: c, title: C, levels: {good: 2, fair: 1, poor: 0}}
      - {id: d, title: D, critical: true, not_applicable: forbidden}
  - id: t
    title: T
    criteria:
      - {id: e, title: E, points: 4, applies_when: {channel: phone}}
      - {id: f, title: F, points: 0}
"""
FEWER = SMALL[: SMALL.index("      - {id: f,")]
"""Without the last criterion: a third of the reviews, and all that an engine can break."""
TINY = (
    "{id: r, version: '1', title: R, organisation: A council, expected: 60, "
    "bands: [{name: Low}, {name: Good, from: 60}], sections: [{id: s, title: S, criteria: ["
    "{id: a, title: First}, {id: b, title: Second}, {id: c, title: Third}]}]}"
)


def small(**changes: Any) -> Rubric:
    """The small rubric with some of its fields replaced."""
    return with_changes(rubric_from(SMALL), **changes)


@cache
def proved(policy: Policy = Policy.MET) -> Selftest:
    """What is said of the small rubric by the engine as it is; nobody may change it."""
    return selftest(small(not_applicable=policy))


@cache
def proved_of(path: Path) -> Selftest:
    """What is said of a shipped rubric; nobody may change it."""
    return selftest(load_rubric(path).rubric)


@cache
def proved_of_hostile() -> Selftest:
    """What is said of a rubric of hostile texts; nobody may change it."""
    return selftest(hostile.rubric(hostile.BRIEF))


@cache
def proved_of_unmeetable() -> Selftest:
    """What is said where nothing leads to the highest band."""
    with pytest.MonkeyPatch.context() as patch:
        changed_results(nobody_excels)(patch)
        return selftest(rubric_from(SMALL))


def reviewed(trial: Trial) -> Review:
    """A made-up review as one that can be scored, with a comment wherever one is wanted."""
    ratings: dict[str, dict[str, Rated]] = {}
    for (section, criterion), word in trial.ratings.items():
        ratings.setdefault(section, {})[criterion] = Rated(rating=word, comment="Because.")
    return Review(ratings=ratings, interaction=trial.interaction)


# What holds.


@pytest.mark.at_length
@pytest.mark.parametrize("path", some([*SHIPPED[1:], SHIPPED[0]], 1), ids=lambda path: path.stem)
def test_a_shipped_rubric_holds_what_it_promises(path: Path) -> None:
    """Every shipped rubric passes; whatever it has something of was tried; no case is left out."""
    found = proved_of(path)
    assert found.held
    assert found.scope.all_cases
    assert found.scope.singles[0] == found.scope.singles[1]
    assert found.scope.pairs[0] == found.scope.pairs[1]
    tried = {proof.promise for proof in found.proofs if proof.tried}
    assert tried >= {Promise.ALL_MET, Promise.WORSE, Promise.BANDS, Promise.ORDER, Promise.LIMITS}
    assert all(reach.trial is not None for reach in found.reaches)


@example(3559)
@given(SEEDS)
@settings(max_examples=20 if LONG else 2)
def test_random_rubrics_hold_what_they_promise(seed: int) -> None:
    """Whatever levels, weights, conditions and policies a rubric has, the engine keeps its word."""
    rubric = rubric_from(to_yaml(random_documents.rubric(random.Random(seed))))
    broken = [proof for proof in selftest(rubric).proofs if not proof.held]
    assert broken == []


def test_the_same_rubric_gives_the_same_answer() -> None:
    """Nothing depends on the run: figures, examples and counts are the same each time."""
    once, again = (selftest(rubric_from(FEWER)) for _ in range(2))
    assert once == again


def test_few_reviews_are_all_tried() -> None:
    """Up to 4,096 reviews are tried one and all, and more are not."""
    found = proved().scope
    # a, b, f: met, not met, n/a; c: three levels and n/a; d: two; e: three, on the phone.
    assert found.possible == found.made == 3**3 * 4 * 2 * (1 + 3)
    assert found.exhaustive
    assert (found.cases, found.all_cases) == (2, True)
    plymouth = proved_of(SHIPPED[1]).scope
    assert plymouth.possible == 3**20
    assert not plymouth.exhaustive
    assert plymouth.singles == (3 * 20 * 2, 3 * 20 * 2)
    assert plymouth.pairs == (190 * 4, 190 * 4)


def test_every_promise_has_something_to_try_here() -> None:
    """The small rubric has n/a, levels, a critical criterion and a condition: all is tried."""
    for policy in Policy:
        proofs = proved(policy).proofs
        assert [proof.promise for proof in proofs] == list(Promise)
        assert [proof.promise for proof in proofs if not proof.tried or not proof.held] == []


def test_what_there_is_nothing_of_is_not_said_to_be_tried() -> None:
    """Without n/a, conditions or critical criteria their promises are tried 0 times."""
    plain = rubric_from(
        "{id: r, version: '1', title: R, sections: [{id: s, title: S, criteria: ["
        "{id: a, title: A, not_applicable: forbidden}]}]}"
    )
    untried = {proof.promise for proof in selftest(plain).proofs if not proof.tried}
    assert untried == {
        Promise.NA_AFTER_MISS, Promise.NA_AFTER_MET, Promise.NA_RULE, Promise.OBSERVED,
        Promise.CRITICAL, Promise.CONDITIONS, Promise.BANDS, Promise.LIMITS,
    }  # fmt: skip


@given(SEEDS)
@settings(max_examples=examples(40))
def test_made_up_reviews_are_ones_that_the_rubric_accepts(seed: int) -> None:
    """Every example names exactly what applies, in words and values that the rubric knows."""
    rubric = rubric_from(to_yaml(random_documents.rubric(random.Random(seed))))
    trials = Trials(rubric)
    for case in range(len(trials.cases)):
        for words in trials.plain(case):
            review = reviewed(trials.trial((case, words)))
            assert not errors_of(review_problems(rubric, review))


# The bands.


def every_review(rubric: Rubric, interaction: dict[str, tuple[str, ...]]) -> Iterator[Review]:
    """Every review of the small rubric without n/a."""
    homes = [
        (section.id, criterion)
        for section, criterion in rubric.criteria()
        if not criterion.applies_when or values_of(interaction, "channel")
    ]
    choices = [
        [word for word in rubric.rating_words(criterion) if word != Rating.NOT_APPLICABLE]
        for _, criterion in homes
    ]
    for words in product(*choices):
        ratings: dict[str, dict[str, Rated]] = {}
        for (section, criterion), word in zip(homes, words, strict=True):
            ratings.setdefault(section, {})[criterion.id] = Rated(rating=word)
        yield Review(ratings=ratings, interaction=interaction)


def missed(rubric: Rubric, review: Review) -> list[Criterion]:
    """The criteria of a review that could have been rated better."""
    return [
        criterion
        for section, criterion in rubric.criteria()
        if (own := review.ratings.get(section.id, {}).get(criterion.id)) is not None
        and rubric.earns(criterion, own.rating or "") != rubric.points_of(criterion)
    ]


INTERACTIONS: tuple[dict[str, tuple[str, ...]], ...] = ({}, {"channel": ("phone",)})


def test_the_fewest_misses_of_each_band() -> None:
    """Each band's example lands in it, and no review with fewer misses does."""
    rubric = small()
    fewest: dict[str, int] = {}
    for interaction in INTERACTIONS:
        for review in every_review(rubric, interaction):
            band = score(rubric, review).band
            assert band is not None
            misses = len(missed(rubric, review))
            fewest[band.name] = min(misses, fewest.get(band.name, misses))
    for reach in proved().reaches:
        assert reach.trial is not None
        result = score(rubric, reviewed(reach.trial))
        assert (result.band, result.share) == (reach.band, reach.share)
        assert len(reach.missed) == fewest[reach.band.name]


def test_how_many_may_be_missed() -> None:
    """Any so many may be missed, some one more may not; by brute force over all of them."""
    rubric = small()
    found = {
        limit.band.name if limit.band else "expected": limit.allowances for limit in proved().limits
    }
    for name, bound in (("Good", Fraction(7, 10)), ("Best", None), ("expected", Fraction(7, 10))):
        expected = set()
        for interaction in INTERACTIONS:
            whole: dict[int, set[bool]] = {}
            of = 0
            for review in every_review(rubric, interaction):
                rated = [
                    (criterion, (review.ratings[section.id][criterion.id].rating or ""))
                    for section, criterion in rubric.criteria()
                    if criterion.id in review.ratings[section.id]
                ]
                if any(c.critical and rubric.misses(c, word) for c, word in rated):
                    continue
                counting = [
                    (c, word) for c, word in rated if rubric.points_of(c) and not c.critical
                ]
                of = len(counting)
                if any(0 < (rubric.earns(c, w) or 0) < rubric.points_of(c) for c, w in counting):
                    continue  # only whole misses are counted
                share = score(rubric, review).share
                holds = share > Fraction(9, 10) if bound is None else share >= bound
                misses = sum(rubric.misses(c, word) for c, word in counting)
                whole.setdefault(misses, set()).add(holds)
            any_of_them = max(k for k in whole if all(whole[n] == {True} for n in range(k + 1)))
            most = max(k for k, held in whole.items() if True in held)
            expected.add((of, any_of_them, most))
        assert {tuple(one) for one in found[name]} == expected


def test_a_band_that_no_review_reaches() -> None:
    """A band whose bounds leave no share that the points can come to is named as unreachable."""
    rubric = rubric_from(
        "{id: r, version: '1', title: R, sections: [{id: s, title: S, criteria: ["
        "{id: a, title: A}, {id: b, title: B}, {id: c, title: C}]}], "
        "bands: [{name: Low}, {name: Never, from: 70}, {name: Best, above: 90}]}"
    )
    found = {reach.band.name: reach for reach in selftest(rubric).reaches}
    assert (found["Never"].trial, found["Never"].settled) == (None, True)
    assert found["Best"].missed == ()
    assert found["Low"].missed == (("s", "a"),)
    left_out = {
        reach.band.name: reach
        for reach in selftest(with_changes(rubric, not_applicable=Policy.EXCLUDED)).reaches
    }
    assert not left_out["Never"].settled  # n/a could have made other shares


def test_n_a_that_leaves_the_sums_can_reach_more() -> None:
    """Where n/a is left out, a band that misses alone do not reach is shown with an n/a."""
    rubric = rubric_from(
        "{id: r, version: '1', title: R, not_applicable: excluded, sections: [{id: s, title: S, "
        "criteria: [{id: a, title: A}, {id: b, title: B}, {id: c, title: C}]}], "
        "bands: [{name: Low}, {name: Half, from: 45}, {name: More, from: 60}, "
        "{name: Best, from: 100}]}"
    )
    found = {reach.band.name: reach for reach in selftest(rubric).reaches}
    half = found["Half"]
    assert half.trial is not None
    assert "n/a" in half.trial.ratings.values()
    assert (half.share, half.settled) == (Fraction(1, 2), False)
    assert [found[name].settled for name in ("Low", "More", "Best")] == [True] * 3


def test_a_critical_criterion_beside_cases_that_lose_alike() -> None:
    """Two cases whose misses cost the same are still told apart by what is critical in one."""
    rubric = rubric_from(
        "{id: r, version: '1', title: R, bands: [{name: Low}, {name: Good, from: 1}], "
        "sections: [{id: s, title: S, criteria: [{id: a, title: A, points: 9, comment: optional}, "
        "{id: b, title: B, points: 0, critical: true, not_applicable: forbidden, "
        "applies_when: {channel: phone}}]}]}"
    )
    found = selftest(rubric)
    low = found.reaches[0]
    assert (low.share, low.missed) in (
        (Fraction(0), (("s", "a"),)),
        (Fraction(1), (("s", "b"),)),
    )
    assert found.held


def test_a_critical_criterion_is_the_shortest_way_down() -> None:
    """One missed critical criterion lands in the lowest band, and limits do not count it."""
    found = proved()
    assert found.reaches[0].missed == (("s", "d"),)
    assert {one.of for limit in found.limits for one in limit.allowances} == {3, 4}


# What breaks.


def broken(found: Selftest) -> set[Promise]:
    """The promises that did not hold."""
    return {proof.promise for proof in found.proofs if not proof.held}


def test_a_rubric_that_cannot_be_met() -> None:
    """A highest band that nothing leads to breaks the first promise, with a review."""
    found = proved_of_unmeetable()
    assert Promise.ALL_MET in broken(found)
    counterexample = found.proofs[0].counterexample
    assert counterexample is not None
    assert counterexample.said == "it is not in the highest band"
    assert counterexample.trial.ratings["s", "d"] == "met"


Break = Callable[[pytest.MonkeyPatch], None]


def n_a_is_worth_nothing(patch: pytest.MonkeyPatch) -> None:
    earns = Rubric.earns

    def wrong(self: Rubric, criterion: Criterion, rating: str) -> Fraction | None:
        if rating == Rating.NOT_APPLICABLE:
            return Fraction(0)
        return earns(self, criterion, rating)

    patch.setattr(Rubric, "earns", wrong)


def a_bound_is_missed(patch: pytest.MonkeyPatch) -> None:
    def wrong(self: Bound, share: Fraction) -> bool:
        return self == LOWEST or share > self.share

    patch.setattr(Bound, "is_reached_by", wrong)


def changed_results(change: Callable[[Review, Any], Any]) -> Break:
    """An engine whose results are changed on the way out."""

    def apply(patch: pytest.MonkeyPatch) -> None:
        right = Scorer.score

        def wrong(self: Scorer, review: Review) -> Any:
            return change(review, right(self, review))

        patch.setattr(Scorer, "score", wrong)

    return apply


def word_of(review: Review, criterion: str) -> str:
    return review.ratings["s"][criterion].rating or ""


def nobody_excels(_: Review, result: Any) -> Any:
    """Whatever was met, the band is never the highest."""
    return result._replace(band=result.rubric.bands[0])


def a_float_decides(_: Review, result: Any) -> Any:
    """The band is that of a share that is not the exact one."""
    share = Fraction(float(result.share)) + Fraction(1, 10)
    return result._replace(band=band_of(result.rubric, share))


def critical_is_forgotten(_: Review, result: Any) -> Any:
    """A missed critical criterion does nothing to the band."""
    return result._replace(band=band_of(result.rubric, result.share))


def misses_pay(review: Review, result: Any) -> Any:
    """Missing A and B together is worth more than missing A alone."""
    if word_of(review, "a") == word_of(review, "b") == "not met":
        return result._replace(share=min(Fraction(1), result.share + Fraction(1, 2)))
    return result


def first_counts_more(review: Review, result: Any) -> Any:
    """What is rated first decides a little."""
    first = next(iter(next(iter(review.ratings.values())).values()))
    lost = Fraction(1, 100) if first.rating == "not met" else 0
    return result._replace(share=max(Fraction(0), result.share - lost))


def too_much(_: Review, result: Any) -> Any:
    """Everything is a little more than it is."""
    return result._replace(share=result.share * Fraction(11, 10))


def observed_is_the_score(_: Review, result: Any) -> Any:
    """What was observed is said to be the score."""
    return result._replace(observed_share=result.share)


def expected_is_forgotten(_: Review, result: Any) -> Any:
    """Nobody is said to miss what is expected."""
    return result._replace(meets_expected=True)


def points_decide(_: Review, result: Any) -> Any:
    """Many points lower the share."""
    factor = Fraction(99, 100) if result.score.available > 20 else 1
    return result._replace(share=result.share * factor)


def nothing_is_a_score(patch: pytest.MonkeyPatch) -> None:
    right = Scorer.score

    def wrong(self: Scorer, review: Review) -> Any:
        try:
            return right(self, review)
        except NothingObservedError:
            ratings = {
                section: {name: Rated(rating="met") if name == "a" else own
                          for name, own in rated.items()}
                for section, rated in review.ratings.items()
            }  # fmt: skip
            return right(self, with_changes(review, ratings=ratings))

    patch.setattr(Scorer, "score", wrong)


BREAKS: list[tuple[Break, Policy, set[Promise]]] = [
    (n_a_is_worth_nothing, Policy.MET, {Promise.NA_RULE}),
    (a_bound_is_missed, Policy.MET, {Promise.BANDS}),
    (changed_results(a_float_decides), Policy.MET, {Promise.BANDS, Promise.LIMITS}),
    (changed_results(critical_is_forgotten), Policy.MET, {Promise.BANDS, Promise.CRITICAL}),
    (changed_results(misses_pay), Policy.MET, {Promise.WORSE, Promise.ADDITIVE}),
    (changed_results(first_counts_more), Policy.MET, {Promise.ORDER}),
    (changed_results(too_much), Policy.MET, {Promise.ALL_MET, Promise.RANGE}),
    (changed_results(observed_is_the_score), Policy.MET, {Promise.OBSERVED}),
    (changed_results(expected_is_forgotten), Policy.MET, {Promise.BANDS, Promise.LIMITS}),
    (changed_results(points_decide), Policy.MET, {Promise.SCALING}),
]


@pytest.mark.parametrize(("breaks", "policy", "expected"), BREAKS)
def test_a_broken_engine_is_seen(
    breaks: Break, policy: Policy, expected: set[Promise], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each way of breaking the engine breaks the promises that speak of it, with a review."""
    assert proved(policy).held
    breaks(monkeypatch)
    found = selftest(with_changes(rubric_from(FEWER), not_applicable=policy))
    assert broken(found) >= expected
    for proof in found.proofs:
        if proof.counterexample is not None:
            assert proof.counterexample.said
            assert proof.counterexample.trial.ratings


BEYOND = [Fraction(101, 100), Fraction(-1, 100)]


def beyond(what: str, share: Fraction) -> Callable[[Review, Any], Any]:
    """One kind of share lies beyond the whole, or below nothing, where `b` was missed."""

    def change(review: Review, result: Any) -> Any:
        if word_of(review, "b") != "not met":
            return result
        if what in ("share", "observed_share"):
            return result._replace(**{what: share})
        first, *others = result.sections
        if what == "section":
            first = first._replace(score=first.score._replace(share=share))
        else:
            score = first.observed.score._replace(share=share)
            first = first._replace(observed=first.observed._replace(score=score))
        return result._replace(sections=(first, *others))

    return change


@pytest.mark.parametrize("share", BEYOND)
@pytest.mark.parametrize("what", ["share", "observed_share", "section", "observed section"])
def test_a_share_out_of_range_is_seen(
    what: str, share: Fraction, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A share above 1 or below 0, of a review or a section, breaks the promise of the range."""
    changed_results(beyond(what, share))(monkeypatch)
    found = selftest(rubric_from(TINY))
    assert Promise.RANGE in broken(found)
    proof = next(one for one in found.proofs if one.promise is Promise.RANGE)
    assert proof.counterexample is not None
    assert proof.counterexample.said == f"one of its shares is {share}"
    assert proof.counterexample.trial.ratings["s", "b"] == "not met"


def test_a_score_of_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """An engine that scores a review in which nothing was observed is seen."""
    rubric = rubric_from(TINY)
    assert selftest(rubric).held
    nothing_is_a_score(monkeypatch)
    assert Promise.NOTHING in broken(selftest(rubric))


def test_conditions_that_the_engine_forgets(monkeypatch: pytest.MonkeyPatch) -> None:
    """An engine that scores what does not apply cannot even read the made-up reviews."""
    monkeypatch.setattr(scoring, "holds", lambda *_: True)
    with pytest.raises(KeyError):
        selftest(rubric_from(FEWER))


def test_conditions_that_the_engine_reads_too_narrowly(monkeypatch: pytest.MonkeyPatch) -> None:
    """An engine that leaves out what does apply breaks the promise of conditions."""
    monkeypatch.setattr(scoring, "holds", lambda condition, _: not condition)
    assert Promise.CONDITIONS in broken(selftest(rubric_from(FEWER)))


# How large it may be.


def test_a_rubric_that_is_too_large() -> None:
    """More than 300 criteria are refused, before any work."""
    criteria = ", ".join(f"{{id: c{n}, title: C}}" for n in range(301))
    rubric = rubric_from(
        "{id: r, version: '1', title: R, sections: [{id: s, title: S, "
        f"criteria: [{criteria}]}}]}}"
    )
    with pytest.raises(TooLargeError):
        selftest(rubric)


def test_many_conditions_are_tried_within_a_bound() -> None:
    """Where conditions allow more cases than the bound, that many are tried, and it says so."""
    criteria = ", ".join(
        f"{{id: c{n}, title: C, applies_when: {{f{n}: 'yes'}}}}" for n in range(20)
    )
    rubric = rubric_from(
        "{id: r, version: '1', title: R, sections: [{id: s, title: S, "
        f"criteria: [{{id: a, title: A}}, {criteria}]}}]}}"
    )
    scope = selftest(rubric).scope
    assert scope.cases == MOST_CASES
    assert not scope.all_cases
    assert scope.made <= 20_000


# What people and programs see of it.


def text_of(found: Selftest, width: int = 80) -> str:
    return Screen(width).text(proofs(found, "rubrics/small.yaml", "0" * 64))


def test_the_whole_text() -> None:
    """Who was tested by what, what was tried, each promise, and what may be missed."""
    assert (
        text_of(selftest(rubric_from(TINY)))
        == f"""\
Selftest of r@1
A council: R
rubrics/small.yaml, sha256
  {"0" * 64}
charter-score {__version__}, by the engine that scores reviews

What was tried
  Every possible review, 27 in all: this is exhaustive.
  27 different reviews; the engine scored 123 times, under this rubric and under
  changed copies of it.

Promises
  held    Everything met is 100%, and the highest band.                  1 tried
  held    Every share lies from 0% to 100%.                             26 tried
  held    A worse rating never raises the score or the band.            27 tried
  held    n/a in place of a miss never lowers the score or the band.    24 tried
  held    n/a in place of met never raises the score or the band.       24 tried
  held    n/a counts as the rubric says.                                24 tried
  held    What was observed is the score with every n/a left out.       18 tried
  held    Only a review in which nothing was observed has no score.     27 tried
  held    A miss costs the same whatever else was missed.                8 tried
  held    Band and expected score follow from the exact share.          26 tried
  –       A missed critical criterion does what the rubric says.  nothing to try
  –       What does not apply counts nowhere.                     nothing to try
  held    The order of sections, criteria and ratings changes nothing.  26 tried
  held    Multiplying all points by one number changes nothing.         52 tried
  held    One miss more than each limit below loses the band.           10 tried

How many criteria may be missed
  Expected (60% or above)  any 1 of 3
  Good (from 60%)          any 1 of 3
  An n/a is no miss.

How each band is reached with the fewest misses and no n/a
  Good: nothing missed, 100%
  Low: 2 missed, 33.3%: First; Second

How low one section can stand in each band, with all else met
  Good: S at 66.7% (1 missed)

All held: 13 promises tried on this rubric, none broken.
"""
    )


def test_the_text_of_a_broken_promise() -> None:
    """A broken promise is FAILED, with what went wrong and the review that shows it."""
    found = proved_of_unmeetable()
    text = " ".join(text_of(found).split())
    assert "FAILED Everything met is 100%, and the highest band." in text
    assert "because it is not in the highest band in a review with nothing missed" in text
    assert "did not hold on this rubric." in text
    assert not found.held


def test_the_text_says_what_was_not_tried() -> None:
    """Where not everything was tried the text says how much was, and how it was chosen."""
    text = " ".join(text_of(proved_of(SHIPPED[1])).split())
    assert "3,486,784,401 different reviews are possible, too many to try them all." in text
    assert "all 120 that differ in one rating from a plain one" in text
    assert "all 760 that differ in two ratings from all met" in text
    assert "drawn with the seed 2016" in text
    assert "Meets expectations (from 70%) any 6 of 20" in text


def test_limits_that_depend_on_the_case() -> None:
    """Different numbers of criteria, and criteria of different weight, are told apart."""
    text = " ".join(text_of(proved()).split())
    assert "Good (from 70%) up to 1 of 3, the lightest; up to 2 of 4, the lightest" in text
    assert "How many apply depends on the interaction." in text
    assert "each of those may not be missed" in text


@pytest.mark.parametrize("width", [40, 80])
def test_nothing_acts_in_a_terminal(width: int) -> None:
    """No text of a rubric puts a character into the terminal that acts or hides; lines fit.

    But for the space that takes a command to a runner apart.
    """
    text = text_of(proved_of_hostile(), width)
    assert not {c for c in text if c != "\n" and unicodedata.category(c) in ("Cc", "Cf", "Zl")}
    lines = [line.replace("## [", "##[").replace(": :", "::") for line in text.splitlines()]
    assert all(cells(line) <= width for line in lines)


def test_the_document_holds_everything() -> None:
    """The JSON has the digest, the scope, every promise, the limits and the examples."""
    found = proved()
    document = json.loads(proofs_json(found, "rubrics/small.yaml", "a" * 64))
    assert document["schema"] == "charter-score/selftest/v1"
    assert document["rubric"]["sha256"] == "a" * 64
    assert document["held"] is True
    assert document["scope"]["exhaustive"] is True
    assert document["scope"]["possible_reviews"] == 864
    assert [one["id"] for one in document["promises"]] == [promise.id for promise in Promise]
    assert document["limits"][0]["band"] == "Good"
    assert document["bands"][0]["missed"] == ["s.d"]
    assert document["bands"][0]["review"]["ratings"]["s"]["d"] == "not met"
    again = json.loads(proofs_json(proved_of_hostile(), "", ""))
    assert again["promises"]


def test_the_command(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """0 where all held, 1 where something broke, 2 for what is unknown or too large, 3 for bad."""
    good, bad, large = (tmp_path / name for name in ("good.yaml", "bad.yaml", "large.yaml"))
    good.write_text(TINY)
    bad.write_text("id: bad\nsections: []\n")
    criteria = ", ".join(f"{{id: c{n}, title: C}}" for n in range(301))
    large.write_text(
        "{id: r, version: '1', title: R, sections: [{id: s, title: S, "
        f"criteria: [{criteria}]}}]}}"
    )
    assert run_selftest(SelftestOptions(rubric=str(good))) is ExitCode.OK
    assert "All held" in capsys.readouterr().out
    assert run_selftest(SelftestOptions(rubric=str(good), output_format="json")) is ExitCode.OK
    assert json.loads(capsys.readouterr().out)["held"] is True
    assert run_selftest(SelftestOptions(rubric=str(bad))) is ExitCode.NOT_SCORED
    for unknown in ("no-such-rubric", str(large)):
        with pytest.raises(UsageError):
            run_selftest(SelftestOptions(rubric=unknown))
    n_a_is_worth_nothing(monkeypatch)
    assert run_selftest(SelftestOptions(rubric=str(good))) is ExitCode.GATE_FAILED
    assert "FAILED" in capsys.readouterr().out
