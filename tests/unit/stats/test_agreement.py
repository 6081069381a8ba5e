"""Agreement coefficients against published data, and what they refuse to say."""

from fractions import Fraction
from itertools import chain, repeat
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from charter_score.figures import rounded_text
from charter_score.stats.agreement import (
    DRAWS,
    FEWEST_CONTACTS,
    ac1,
    agreement,
    cohen_kappa,
    draws,
    fleiss_kappa,
    nominal_alpha,
    ordinal_alpha,
    percent_agreement,
)


def _units(*raters: str) -> list[list[str]]:
    """Units of raters who are given one a line; a point is a missing rating."""
    return [[word for word in unit if word != "."] for unit in zip(*raters, strict=True)]


KRIPPENDORFF = _units(
    "123321412...", "12332241 25..".replace(" ", ""), ".33323422513", "12332441251."
)
"""Krippendorff 2011, Computing Krippendorff's alpha-reliability, section C: 4 observers, 12 units.

CRAN's irrCAC has the same as `cac.raw4raters`.
"""
FIVE_OBSERVERS = _units(
    "112.001122.0131",
    "1130000.2110231",
    "203000222100221",
    ".13....0.10022.",
    "2..0001.2....31",
)
"""CRAN's irrCAC 1.0, `cac.raw5obser`: Gwet 2014, Handbook of Inter-Rater Reliability, page 120."""


def _table(*rows: list[int]) -> list[tuple[int, int]]:
    """Pairs of ratings of two reviewers, from how often each two came together."""
    return list(
        chain.from_iterable(
            repeat((one, other), times)
            for one, row in enumerate(rows)
            for other, times in enumerate(row)
        )
    )


def _rounded(value: Fraction | None, decimals: int) -> str:
    assert value is not None
    return rounded_text(value, decimals)


def test_alpha_is_krippendorffs() -> None:
    """Nominal and ordinal alpha of his own example."""
    assert _rounded(nominal_alpha(KRIPPENDORFF), 6) == "0.743421"
    assert _rounded(ordinal_alpha(KRIPPENDORFF, "12345"), 6) == "0.815388"


def test_ac1_is_gwets() -> None:
    """AC1 with missing ratings, as irrCAC's own tests have it (.775 and .497, p_a .818, .616)."""
    assert _rounded(ac1(KRIPPENDORFF, 5), 5) == "0.77544"
    assert _rounded(ac1(FIVE_OBSERVERS, 4), 5) == "0.49662"
    assert _rounded(percent_agreement(KRIPPENDORFF), 3) == "0.818"
    assert _rounded(percent_agreement(FIVE_OBSERVERS), 3) == "0.616"


def test_fleiss_kappa_is_irrcacs() -> None:
    """Fleiss' kappa with missing ratings, as irrCAC's own tests have it (.761 and .458)."""
    assert _rounded(fleiss_kappa(KRIPPENDORFF), 5) == "0.76117"
    assert _rounded(fleiss_kappa(FIVE_OBSERVERS), 5) == "0.45762"


@pytest.mark.parametrize(
    ("table", "decimals", "kappa"),
    [
        ([[20, 5], [10, 15]], 4, "0.4"),
        ([[75, 1, 4], [5, 4, 1], [0, 0, 10]], 4, "0.6765"),
        ([[118, 5], [2, 0]], 4, "-0.0234"),
    ],
)
def test_cohens_kappa_of_published_tables(
    table: list[list[int]], decimals: int, kappa: str
) -> None:
    """Two reviewers' kappa, from 0.4 to below 0."""
    assert _rounded(cohen_kappa(_table(*table)), decimals) == kappa


def test_ac1_is_steady_where_kappa_falls_below_zero() -> None:
    """118 of 125 alike and nearly all met: kappa says worse than chance, AC1 .9408."""
    assert _rounded(ac1(_table([118, 5], [2, 0]), 2), 4) == "0.9408"


def test_without_variation_every_coefficient_is_undefined() -> None:
    """All ratings one word: nobody knows whether the reviewers agree or always tick the same."""
    alike = [["met", "met"]] * 12
    assert percent_agreement(alike) == 1
    assert ac1(alike, 3) is nominal_alpha(alike) is fleiss_kappa(alike) is None
    assert ordinal_alpha(alike, ["not met", "met"]) is None
    assert cohen_kappa([("met", "met")] * 12) is None
    found = agreement([[unit] for unit in alike], 3)
    assert found.ac1 is not None
    assert found.alpha is not None
    assert found.ac1.value is found.alpha.value is found.ac1.low is None


@pytest.mark.parametrize("contacts", [FEWEST_CONTACTS - 1, FEWEST_CONTACTS])
def test_below_ten_contacts_there_is_percent_agreement_alone(contacts: int) -> None:
    """Nine contacts are too few for a coefficient or an interval, ten are not."""
    groups = [[["met", "met" if number else "n/a"]] for number in range(contacts)]
    found = agreement(groups, 3)
    enough = contacts == FEWEST_CONTACTS
    assert found.too_few is not enough
    assert found.percent.value == Fraction(contacts - 1, contacts)
    assert (found.ac1 is not None) is (found.alpha is not None) is enough
    assert (found.percent.low is not None) is enough


def test_undefined_draws_are_counted() -> None:
    """One disagreement among twelve: draws that miss it have no variation, and are counted."""
    groups = [[["met", "met" if number else "not met"]] for number in range(12)]
    found = agreement(groups, 3).alpha
    missed = sum(0 not in draw for draw in draws(12))
    assert found is not None
    assert found.undefined == missed > 0
    assert found.value is not None
    assert found.low is not None
    assert found.high is not None


def test_the_draws_are_the_same_everywhere() -> None:
    """The bootstrap is repeatable: its first draws are written down here."""
    assert len(draws(10)) == DRAWS
    assert list(draws(10)[0]) == [1, 8, 7, 2, 4, 4, 6, 7, 0, 0]
    assert list(draws(10)[1]) == [8, 4, 7, 0, 4, 7, 2, 9, 9, 0]


def test_intervals_are_drawn_over_contacts() -> None:
    """Twenty criteria of one contact are no twenty contacts: the interval is that of twelve."""
    alike, apart = [["met", "met"]] * 20, [["met", "n/a"]] * 20
    together = agreement([*[alike] * 6, *[apart] * 6], 3)
    single = agreement([*[alike[:1]] * 6, *[apart[:1]] * 6], 3)
    assert together.percent == single.percent
    assert together.contacts == single.contacts == 12
    assert together.units == 20 * single.units


_WORDS = st.sampled_from(["met", "not met", "n/a"])
_SOME_UNITS = st.lists(st.lists(_WORDS, max_size=5), min_size=1, max_size=12)


@given(_SOME_UNITS, st.randoms())
def test_order_and_names_of_reviewers_change_nothing(
    units: list[list[str]], chance: Random
) -> None:
    """Units and the ratings in them may come in any order."""
    mixed = [chance.sample(unit, len(unit)) for unit in chance.sample(units, len(units))]
    assert percent_agreement(units) == percent_agreement(mixed)
    assert ac1(units, 3) == ac1(mixed, 3)
    assert nominal_alpha(units) == nominal_alpha(mixed)
    assert fleiss_kappa(units) == fleiss_kappa(mixed)


@given(_SOME_UNITS)
def test_full_agreement_is_1_wherever_there_is_variation(units: list[list[str]]) -> None:
    """Where all reviewers say the same, and not always the same, each coefficient is 1."""
    alike = [[unit[0]] * len(unit) for unit in units if len(unit) > 1]
    for value in (ac1(alike, 3), nominal_alpha(alike), fleiss_kappa(alike)):
        assert value in (None, 1)


@given(_SOME_UNITS)
def test_ordinal_alpha_of_two_words_is_the_nominal_one(units: list[list[str]]) -> None:
    """With two words there is no between."""
    two = [[word for word in unit if word != "n/a"] for unit in units]
    assert ordinal_alpha(two, ["not met", "met"]) == nominal_alpha(two)
