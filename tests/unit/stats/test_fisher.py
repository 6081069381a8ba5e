"""Fisher's exact test agrees with published figures."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from charter_score.stats.fisher import fisher_exact


@pytest.mark.parametrize(
    ("first", "second", "p"), [((3, 1), (1, 3), 0.4857), ((8, 2), (1, 5), 0.0350)]
)
def test_published_figures(first: tuple[int, int], second: tuple[int, int], p: float) -> None:
    """Fisher's lady tasting tea, and the example of SciPy's documentation."""
    assert round(float(fisher_exact(first, second)), 4) == p


ROW = st.tuples(st.integers(0, 12), st.integers(0, 12))


@given(ROW, ROW)
def test_it_does_not_matter_what_is_called_what(
    first: tuple[int, int], second: tuple[int, int]
) -> None:
    """Rows swapped, columns swapped, or the table turned: the same probability, from 0 to 1."""
    p = fisher_exact(first, second)
    assert p == fisher_exact(second, first)
    assert p == fisher_exact(first[::-1], second[::-1])
    assert p == fisher_exact(*zip(first, second, strict=True))
    assert 0 < p <= Fraction(1)
