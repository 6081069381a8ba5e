"""A rubric put to the proof, from its made-up reviews to the report."""

from collections.abc import Iterator
from dataclasses import replace

from charter_score.linting.weakest import weakest_reviews
from charter_score.rubric import Rubric
from charter_score.selftest.bands import Bands
from charter_score.selftest.promises import Promises
from charter_score.selftest.proofs import Promise, Proof, Selftest
from charter_score.selftest.sampling import try_reviews
from charter_score.selftest.trials import BrokenError, Trials

MOST_CRITERIA = 300
"""A rubric with more is not put to the proof; a form that a person fills in has a tenth of it."""


class TooLargeError(ValueError):
    """The rubric has more criteria than can be put to the proof in a reasonable time."""


def selftest(rubric: Rubric) -> Selftest:
    """Everything that can be said of a rubric without errors by scoring made-up reviews.

    Where all reviews are too many it takes every review that differs in one or two ratings from a
    few plain ones, and some drawn by a fixed seed; the `Scope` says which, and how many. The same
    rubric always gives the same answer.

    Raises:
        TooLargeError: where it has more than `MOST_CRITERIA` criteria.
    """
    if sum(1 for _ in rubric.criteria()) > MOST_CRITERIA:
        raise TooLargeError(f"it has more than {MOST_CRITERIA} criteria")
    trials = Trials(rubric)
    scope = try_reviews(trials)
    bands = Bands(trials)
    checks = Promises(trials).checks() | bands.checks()
    proofs = tuple(_proof(promise, checks[promise]()) for promise in Promise)
    return Selftest(
        rubric,
        replace(scope, made=len(trials.standings), scored=trials.scored),
        proofs,
        tuple(bands.limits),
        tuple(bands.reaches),
        tuple(weakest_reviews(rubric)),
    )


def _proof(promise: Promise, check: Iterator[None]) -> Proof:
    """Try one promise until it breaks; a check yields once for each time that it held."""
    tried = 0
    try:
        for _ in check:
            tried += 1
    except BrokenError as broken:
        return Proof(promise, tried + 1, broken.counterexample)
    return Proof(promise, tried)
