"""Exact figures as text."""

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from charter_score.figures import decimal_text, percent_text, points_text, rounded_text
from effort import examples

SHARES = st.fractions(min_value=0, max_value=1, max_denominator=3000)


@st.composite
def shares_and_bounds(draw: st.DrawFn) -> tuple[Fraction, tuple[Fraction, ...]]:
    """A share, and bounds of up to five decimals on it, just below or just above."""
    share = draw(SHARES)
    bounds = []
    for _ in range(draw(st.integers(0, 4))):
        unit = 10 ** draw(st.integers(1, 5))
        bounds.append(Fraction(round(share * unit) + draw(st.integers(-2, 2)), unit))
    return share, tuple(bound for bound in bounds if 0 <= bound <= 1)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Fraction(85), "85"),
        (Fraction(0), "0"),
        (Fraction(100), "100"),
        (Fraction(1, 2), "0.5"),
        (Fraction("0.05"), "0.05"),
        (Fraction("12.50"), "12.5"),
        (Fraction(-9, 4), "-2.25"),
        (Fraction(1, 1024), "0.0009765625"),
        (Fraction("123456789012345678901234"), "123456789012345678901234"),
    ],
)
def test_decimals_in_shortest_form(value: Fraction, text: str) -> None:
    """A number with a finite expansion is written with all of its digits and no others."""
    assert decimal_text(value) == text


@pytest.mark.parametrize("value", [Fraction(1, 3), Fraction(1, 6), Fraction(7, 30)])
def test_endless_decimals_are_refused(value: Fraction) -> None:
    """A number whose expansion does not end is never cut off silently."""
    with pytest.raises(ValueError, match="finite"):
        decimal_text(value)


@given(
    st.decimals(allow_nan=False, allow_infinity=False, places=7, min_value=-1000, max_value=1000)
)
def test_decimals_are_exact(value: Decimal) -> None:
    """The text of a decimal is that decimal."""
    text = decimal_text(Fraction(value))
    assert Decimal(text) == value
    assert text == "0" or not text.endswith((".", ".0"))


@pytest.mark.parametrize(
    ("value", "decimals", "text"),
    [
        (Fraction("2.65"), 1, "2.7"),
        (Fraction("2.5"), 0, "3"),
        (Fraction("3.5"), 0, "4"),
        (Fraction("-2.65"), 1, "-2.7"),
        (Fraction("-0.5"), 0, "-1"),
        (Fraction("-0.04"), 1, "0"),
        (Fraction("0.05"), 1, "0.1"),
        (Fraction(2, 3), 2, "0.67"),
        (Fraction("89.96"), 1, "90"),
        (Fraction("9.999"), 2, "10"),
    ],
)
def test_rounding_half_away_from_zero(value: Fraction, decimals: int, text: str) -> None:
    """A figure is rounded half away from zero on both sides of it, and never to -0."""
    assert rounded_text(value, decimals) == text


@given(
    st.decimals(allow_nan=False, allow_infinity=False, places=4, min_value=-100, max_value=100),
    st.integers(0, 3),
)
def test_rounding_is_that_of_decimal(value: Decimal, decimals: int) -> None:
    """Rounding agrees with the standard library's ROUND_HALF_UP."""
    expected = value.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
    assert Decimal(rounded_text(Fraction(value), decimals)) == expected


@pytest.mark.parametrize(
    ("share", "decimals", "bounds", "text"),
    [
        (Fraction("0.8996"), 1, ["0.9"], "89.96"),
        (Fraction("0.9004"), 1, ["0.9"], "90.04"),
        (Fraction("0.9"), 1, ["0.9"], "90"),
        (Fraction("0.8996"), 1, [], "90"),
        (Fraction("0.8996"), 1, ["0.7"], "90"),
        (Fraction("0.89999996"), 1, ["0.9"], "89.999996"),
        (Fraction("0.89999996"), 2, ["0.9"], "89.999996"),
        (Fraction(2, 3), 2, ["0.6667"], "66.667"),
        (Fraction(2, 3), 2, ["0.6667", "0.66667"], "66.6667"),
        (Fraction(999_999, 1_000_000), 1, ["1"], "99.9999"),
        (Fraction(1), 1, ["1"], "100"),
        (Fraction(1, 100_000), 1, ["0"], "0.001"),
        (Fraction(0), 2, ["0"], "0"),
        (Fraction("0.90004"), 2, ["0.9", "0.90005"], "90.004"),
        (Fraction("0.8235"), 1, ["0.7", "0.9"], "82.4"),
        (Fraction("0.6996"), 1, ["0.7"], "69.96"),
        # Rounded it would be on the other side, and on no bound:
        (Fraction("0.66664"), 1, ["0.66667"], "66.66"),
        (Fraction("0.66649"), 1, ["0.66645"], "66.65"),
    ],
)
def test_percentages_near_a_bound(
    share: Fraction, decimals: int, bounds: list[str], text: str
) -> None:
    """A percentage gets as many decimals as it takes to stand to every bound as the share does."""
    assert percent_text(share, decimals, tuple(map(Fraction, bounds))) == text


@given(shares_and_bounds(), st.integers(0, 2))
@settings(max_examples=examples(500))
def test_percentages_never_contradict_a_bound(
    beside: tuple[Fraction, tuple[Fraction, ...]], decimals: int
) -> None:
    """Whatever the bounds, a printed percentage is below, on or above each as the share is."""
    share, bounds = beside
    shown = Fraction(percent_text(share, decimals, bounds)) / 100
    for bound in bounds:
        assert (shown < bound, shown > bound) == (share < bound, share > bound)


@given(shares_and_bounds())
@settings(max_examples=examples(300))
def test_percentages_get_no_more_decimals_than_needed(
    beside: tuple[Fraction, tuple[Fraction, ...]],
) -> None:
    """With one decimal less the percentage would contradict a bound."""
    share, bounds = beside
    text = percent_text(share, 1, bounds)
    decimals = len(text.partition(".")[2])
    if decimals <= 1:
        return
    shorter = Fraction(rounded_text(share * 100, decimals - 1)) / 100
    assert any(
        (shorter < bound, shorter > bound) != (share < bound, share > bound) for bound in bounds
    )


def test_points_as_text() -> None:
    """Points are written as earned of available."""
    assert points_text([Fraction("16.5"), Fraction(20)]) == "16.5 of 20"
