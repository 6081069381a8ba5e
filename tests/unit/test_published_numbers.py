"""Every published number that design/scoring.md says to hold against, and its worked examples."""

from fractions import Fraction
from pathlib import Path

import pytest

from charter_score.compiled import bounds_of
from charter_score.figures import JSON_DECIMALS, TEXT_DECIMALS, percent_text
from charter_score.result import ReviewResult
from charter_score.rubric import Rubric
from documents import review_from, rubric_from, scored

PLYMOUTH = Path(__file__).parents[2] / "rubrics" / "plymouth-quality-monitoring.yaml"
PLYMOUTH_BANDS = """
expected: 70
bands:
  - {name: Does not meet}
  - {name: Meets, from: 70}
  - {name: Exceeds, above: 90}
"""

Ratings = dict[str, dict[str, str]]


def rubric_of(
    sections: list[list[str]], weights: list[int] | None = None, settings: str = ""
) -> Rubric:
    """A rubric with sections s0, s1, … of criteria c0, c1, … that can earn these points."""
    text = f'id: r\nversion: "1"\ntitle: R\n{settings}\n'
    if weights:
        text += "combine: section_weights\n"
    text += "sections:\n"
    for s, points in enumerate(sections):
        text += f"  - id: s{s}\n    title: S\n"
        if weights:
            text += f"    weight: {weights[s]}\n"
        text += "    criteria:\n"
        for c, amount in enumerate(points):
            text += f"      - {{id: c{c}, title: C, points: {amount}}}\n"
    return rubric_from(text)


def scored_with(rubric: Rubric, *words: str) -> ReviewResult:
    """The result of rating every criterion in the rubric's order."""
    text = "ratings:\n"
    left = list(words)
    for section in rubric.sections:
        text += f"  {section.id}:\n"
        for criterion in section.criteria:
            word = left.pop(0)
            rated = '{rating: not met, comment: "why"}' if word == "not met" else word
            text += f"    {criterion.id}: {rated}\n"
    assert not left
    return scored(rubric, review_from(text))


def earned_of(earned: list[int], most: list[int], weights: list[int] | None = None) -> ReviewResult:
    """The result of sections that earned so many of their points."""
    sections = [[str(e), str(m - e)] for e, m in zip(earned, most, strict=True)]
    return scored_with(rubric_of(sections, weights), *["met", "not met"] * len(earned))


@pytest.mark.parametrize(
    ("met", "share", "band", "meets"),
    [
        (14, Fraction(70, 100), "Meets expectations", True),
        (18, Fraction(90, 100), "Meets expectations", True),
        (19, Fraction(95, 100), "Exceeds expectations", True),
        (13, Fraction(65, 100), "Does not meet expectations", False),
    ],
)
def test_plymouth_2016(*, met: int, share: Fraction, band: str, meets: bool) -> None:
    """Plymouth 2016: 14 and 18 of 20 meet expectations, 19 exceed them, 13 do not meet them."""
    rubric = rubric_from(PLYMOUTH.read_bytes())
    result = scored_with(rubric, *["met"] * met, *["not met"] * (20 - met))
    assert result.share == share
    assert result.band is not None
    assert result.band.name == band
    assert result.meets_expected is meets


def test_intelligentics_2019() -> None:
    """Intelligentics 2019: 20 equal criteria, 10 n/a and 2 missed give 90%, observed 80%."""
    rubric = rubric_of([["1"] * 20])
    result = scored_with(rubric, *["n/a"] * 10, *["not met"] * 2, *["met"] * 8)
    assert result.share == Fraction(90, 100)
    assert result.observed_share == Fraction(80, 100)


def test_c_wenger_group_2008() -> None:
    """C Wenger Group 2008: 10 criteria of 10 points, 5 n/a, 1 missed: 90%, observed 80%."""
    rubric = rubric_of([["10"] * 10])
    result = scored_with(rubric, *["n/a"] * 5, "not met", *["met"] * 4)
    assert result.share == Fraction(90, 100)
    assert result.observed_share == Fraction(80, 100)


def test_genesys_cloud_as_points() -> None:
    """Genesys Cloud: two questions of 40, one met, and one of 20, met, are 60% by points."""
    result = scored_with(rubric_of([["40", "40"], ["20"]]), "met", "not met", "met")
    assert result.share == Fraction(60, 100)


def test_genesys_cloud_as_section_weights() -> None:
    """Genesys Cloud: the same answers are 66.67% where the groups weigh 40 and 20."""
    result = scored_with(rubric_of([["1", "1"], ["1"]], [40, 20]), "met", "not met", "met")
    assert result.share == Fraction(2, 3)
    assert percent_text(result.share, JSON_DECIMALS) == "66.67"


def test_maestroqa_weights() -> None:
    """MaestroQA: 3/3, 5/10, 4/5 and 1/2 with weights 10, 30, 50 and 10 give 70%."""
    result = earned_of([3, 5, 4, 1], [3, 10, 5, 2], [10, 30, 50, 10])
    assert result.share == Fraction(70, 100)


def test_maestroqa_points() -> None:
    """MaestroQA: the same sections give 65% by points."""
    assert earned_of([3, 5, 4, 1], [3, 10, 5, 2]).share == Fraction(65, 100)


def test_maestroqa_not_applicable() -> None:
    """MaestroQA: 3/5, 5/10, 8/15 and a section of 5 that is n/a: 60%, observed 16/30, 53.3%."""
    rubric = rubric_of([["3", "2"], ["5", "5"], ["8", "7"], ["5"]])
    result = scored_with(rubric, *["met", "not met"] * 3, "n/a")
    assert result.share == Fraction(60, 100)
    assert result.observed_share == Fraction(16, 30)
    assert percent_text(result.observed_share, TEXT_DECIMALS) == "53.3"


def test_oversai() -> None:
    """Oversai: 5 of 10 in a section that weighs 40 of 100, and nothing elsewhere, are 20%."""
    assert earned_of([5, 0], [10, 10], [40, 60]).share == Fraction(20, 100)


def test_band_trap() -> None:
    """Weights 30, 40 and 30 with 2/2, 3/4 and 2/2 met are exactly 90%, which only meets."""
    rubric = rubric_of([["1"] * 2, ["1"] * 4, ["1"] * 2], [30, 40, 30], PLYMOUTH_BANDS)
    result = scored_with(rubric, *["met"] * 5, "not met", *["met"] * 2)
    assert 0.3 * 1 + 0.4 * 0.75 + 0.3 * 1 > 0.9  # what a float makes of it
    assert result.share == Fraction(90, 100)
    assert result.band is rubric.bands[1]


def test_float_trap() -> None:
    """Points of 0.05, 0.1 and 0.15 with only the last met are exactly 50%."""
    result = scored_with(rubric_of([["0.05", "0.1", "0.15"]]), "not met", "not met", "met")
    assert result.share == Fraction(1, 2)
    assert (result.score.earned, result.score.available) == (Fraction("0.15"), Fraction("0.3"))
    assert 0.15 / (0.05 + 0.1 + 0.15) < 0.5  # what a float makes of it


@pytest.mark.parametrize(
    ("earned", "text", "band"),
    [
        (2249, "89.96", "Meets"),
        (2250, "90", "Meets"),
        (2251, "90.04", "Exceeds"),
    ],
)
def test_percentage_beside_its_band(earned: int, text: str, band: str) -> None:
    """89.96% is "89.96%, Meets", 90.04% is "90.04%, Exceeds", and neither is ever 90.0%."""
    rubric = rubric_of([[str(earned), str(2500 - earned)]], settings=PLYMOUTH_BANDS)
    result = scored_with(rubric, "met", "not met")
    assert result.band is not None
    assert result.band.name == band
    assert percent_text(result.share, TEXT_DECIMALS, bounds_of(rubric)) == text
    assert percent_text(result.share, JSON_DECIMALS, bounds_of(rubric)) == text


def test_half_applies_and_two_are_missed() -> None:
    """10 of 20 criteria apply and 2 are missed: 90% with the rule, 80% without, said openly."""
    rubric = rubric_of([["1"] * 20], settings=PLYMOUTH_BANDS)
    result = scored_with(rubric, *["n/a"] * 10, *["not met"] * 2, *["met"] * 8)
    assert (result.share, result.observed_share) == (Fraction(9, 10), Fraction(8, 10))
    assert result.uplift == Fraction(1, 10)
    assert not result.little_observed


def test_one_met_and_the_rest_not_applicable() -> None:
    """1 met and 19 n/a is 100% with the rule and without, so it is said that little was seen."""
    rubric = rubric_of([["1"] * 20], settings=PLYMOUTH_BANDS)
    result = scored_with(rubric, "met", *["n/a"] * 19)
    assert result.share == result.observed_share == 1
    assert result.little_observed
    assert (result.observed.criteria, result.observed.of) == (1, 20)
