"""XmR charts agree with the published figures and signal what they say."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from charter_score.stats.control_chart import xmr


def _values(*texts: str) -> list[Fraction]:
    return [Fraction(text) for text in texts]


TEN = _values("49.6", "47.6", "49.9", "51.3", "47.8", "51.2", "52.6", "52.4", "53.6", "52.1")


def test_the_limits_are_the_published_ones() -> None:
    """NIST/SEMATECH e-Handbook, 6.3.2.2, individuals: 50.81, 1.8778, 45.8151 to 55.8049."""
    chart = xmr(TEN)
    assert chart.mean == Fraction("50.81")
    assert chart.moving_range is not None
    assert round(float(chart.moving_range), 4) == 1.8778
    assert chart.limits is not None
    assert round(float(chart.limits.low), 4) == 45.8151
    assert round(float(chart.limits.high), 4) == 55.8049
    assert chart.limits.trial
    assert chart.signals == ()


def test_limits_are_locked_by_twelve_points() -> None:
    """What comes after the twelfth point changes no limit, and there is no trial any more."""
    twelve = [*TEN, *_values("50", "51")]
    locked = xmr(twelve)
    assert locked.limits is not None
    assert not locked.limits.trial
    later = xmr([*twelve, *_values("80", "20")])
    assert later.limits == locked.limits
    assert later.mean == locked.mean
    assert [(signal.places, signal.above) for signal in later.signals] == [
        ((12,), True),
        ((13,), False),
    ]


@pytest.mark.parametrize("values", [TEN[:5], []])
def test_few_points_have_no_limits(values: list[Fraction]) -> None:
    """Below six points a chart is only its points."""
    chart = xmr(values)
    assert (chart.mean, chart.limits, chart.signals) == (None, None, ())


def test_points_that_do_not_move_have_no_limits() -> None:
    """Where the moving range is 0, any later point would be outside."""
    chart = xmr(_values(*["80"] * 12, "79"))
    assert chart.mean == 80
    assert chart.limits is None
    assert chart.signals == ()


def test_eight_on_one_side_are_a_signal_and_seven_are_not() -> None:
    """A long run is told once, with all its points; one on the mean ends it."""
    base = _values("60", "40") * 6
    chart = xmr([*base, *_values(*["51"] * 7, "50", *["51"] * 9)])
    (run,) = chart.signals
    assert run.is_run
    assert run.above
    assert run.places == tuple(range(20, 29))


@given(st.lists(st.fractions(0, 1, max_denominator=40), max_size=30))
def test_every_signal_is_true(values: list[Fraction]) -> None:
    """A point that is told lies outside; a run lies on the side that is told."""
    chart = xmr(values)
    for signal in chart.signals:
        assert chart.mean is not None
        assert chart.limits is not None
        for place in signal.places:
            assert (values[place] > chart.mean) is signal.above
            if not signal.is_run:
                assert not chart.limits.low <= values[place] <= chart.limits.high
        assert len(signal.places) >= 8 or not signal.is_run
