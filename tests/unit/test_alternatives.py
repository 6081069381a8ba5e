"""What other rules would have given is what a rubric with those rules gives."""

from fractions import Fraction

import pytest

from charter_score.comparing.alternatives import OtherRule, alternatives
from charter_score.outcome import Scored
from charter_score.render.results.explain import explain
from charter_score.render.text.console import Screen
from charter_score.scoring import score
from documents import review_from, rubric_from

RUBRIC = """
id: desk
version: "1"
title: Desk
{more}
sections:
  - {{id: a, title: A, {weight}criteria: [{{id: x, title: X}}, {{id: y, title: Y}}]}}
  - {{id: b, title: B, {weight}criteria: [{{id: z, title: Z, points: 2}}, {{id: w, title: W}}]}}
"""
REVIEW = review_from("{ratings: {a: {x: met, y: n/a}, b: {z: not met, w: met}}}")


@pytest.mark.parametrize(
    ("more", "weight", "expected"),
    [
        (
            "not_applicable: met",
            "",
            {
                OtherRule.EXCLUDED: Fraction(2, 4),
                OtherRule.AS_NOT_MET: Fraction(2, 5),
                OtherRule.SECTIONS_ALIKE: Fraction(2, 3),
            },
        ),
        (
            "{not_applicable: excluded, combine: section_weights}",
            "weight: 3, ",
            {
                OtherRule.AS_MET: Fraction(2, 3),
                OtherRule.AS_NOT_MET: Fraction(5, 12),
                OtherRule.POINTS: Fraction(2, 4),
            },
        ),
    ],
)
def test_each_other_rule_gives_what_its_rubric_would(
    more: str, weight: str, expected: dict[OtherRule, Fraction]
) -> None:
    """n/a as another standard counts it, sections alike or plain points; never its own rule."""
    fields = "\n".join(more.strip("{}").split(", "))
    result = score(rubric_from(RUBRIC.format(more=fields, weight=weight)), REVIEW)
    assert {one.rule: one.result.share for one in alternatives(result)} == expected


def test_what_could_make_no_difference_is_not_asked() -> None:
    """Nothing n/a and one section: there is no other rule to speak of."""
    rubric = rubric_from(
        '{id: d, version: "1", title: D, '
        "sections: [{id: a, title: A, criteria: [{id: x, title: X}]}]}"
    )
    result = score(rubric, review_from("{ratings: {a: {x: met}}}"))
    assert list(alternatives(result)) == []
    shown = Screen(80).text(explain(Scored("a.yaml", "a", "0", "0", result)))
    assert "other rules" not in shown
    assert "If you see it otherwise" in shown
    assert "charter-score dispute" not in shown


def test_every_rule_that_is_referred_to_is_said() -> None:
    """Each number in square brackets stands below with its sentence, and no other does."""
    result = score(rubric_from(RUBRIC.format(more="not_applicable: met", weight="")), REVIEW)
    shown = Screen(80).text(explain(Scored("a.yaml", "a", "0", "0", result), "a.yaml"))
    above, _, below = shown.partition("\nThe rules\n")
    for number in range(1, 12):
        assert (f"[{number}]" in above) is (f"  [{number}]" in below), number
    assert "charter-score dispute a.yaml b.z --says RATING --because TEXT --who NAME" in shown
