"""Funnels decide by exact binomial tails."""

import math
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from charter_score.stats.funnel import (
    ALARM,
    WARNING,
    Standing,
    exact_tail,
    is_tail_below,
    lowest_inside,
    standing,
    tail,
)

P = Fraction(8, 10)


def test_tails_are_the_published_ones() -> None:
    """Under Bin(24, .8): P(X ≤ 13) .00379, P(X ≤ 12) .00098, P(24) .0047."""
    assert round(float(exact_tail(13, 24, P)), 5) == 0.00379
    assert round(float(exact_tail(12, 24, P)), 5) == 0.00098
    assert round(float(1 - exact_tail(23, 24, P)), 4) == 0.0047


@pytest.mark.parametrize(
    ("k", "where"),
    [
        (12, Standing.FAR_BELOW),
        (13, Standing.BELOW),
        (19, Standing.AS_EXPECTED),
        (24, Standing.ABOVE),
    ],
)
def test_where_a_group_stands(k: int, where: Standing) -> None:
    """Outside 95% below .025 on its side, outside 99.8% below .001."""
    assert standing(k, 24, P) is where


def test_far_above_is_told_too() -> None:
    """60 of 60 where half is usual is far above."""
    assert standing(60, 60, Fraction(1, 2)) is Standing.FAR_ABOVE


@pytest.mark.parametrize("share", [Fraction(0), Fraction(1)])
def test_where_everything_is_alike_nobody_is_outside(share: Fraction) -> None:
    """A whole in which all or none reach what is expected has no outside."""
    assert standing(int(share * 30), 30, share) is Standing.AS_EXPECTED


@given(
    st.integers(1, 60).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))),
    st.fractions(Fraction(1, 50), Fraction(49, 50), max_denominator=50),
)
def test_a_tail_is_the_sum_of_its_terms(k_of_n: tuple[int, int], share: Fraction) -> None:
    """By the definition, term by term; the float is near it, and the mirror image is the rest."""
    k, n = k_of_n
    terms = (math.comb(n, i) * share**i * (1 - share) ** (n - i) for i in range(k + 1))
    exact = exact_tail(k, n, share)
    assert exact == sum(terms)
    assert tail(k, n, float(share)) == pytest.approx(float(exact), rel=1e-9, abs=1e-300)
    if k:
        assert exact_tail(n - k, n, 1 - share) == 1 - exact_tail(k - 1, n, share)


@pytest.mark.parametrize("k", [1740, 1764, 1765, 1766, 1767, 1800, 1900])
def test_many_trials_are_decided_as_few_are(k: int) -> None:
    """The float that is asked first of many trials never says other than the integers."""
    n, share = 2_250, P
    for limit in (WARNING, ALARM):
        assert is_tail_below(k, n, share, limit) is (exact_tail(k, n, share) < limit)


@given(st.integers(1, 80), st.fractions(0, 1, max_denominator=30))
def test_the_edge_of_a_funnel_is_where_outside_begins(n: int, share: Fraction) -> None:
    """One less than the edge is outside; the edge is not."""
    edge = lowest_inside(n, share, WARNING)
    assert edge == n or not is_tail_below(edge, n, share, WARNING)
    assert edge == 0 or is_tail_below(edge - 1, n, share, WARNING)
