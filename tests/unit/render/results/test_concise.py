"""Many reviews at a glance: the signs before each, and the lines below the summary."""

import re

import pytest

from batches import closing, summarise
from charter_score.outcome import Scored, Skipped
from charter_score.render.results.concise import SIGNS, Concise
from charter_score.render.text.console import Screen
from charter_score.summary import Summary
from charter_score.wire.encoding import summary_document
from documents import review_from, rubric_from, scored


def skipped_part(number: int) -> list[str]:
    """What concise says of this many drafts."""
    concise = Concise(Screen(80), bars=True, names=False)
    for index in range(number):
        concise.add(concise.piece(Skipped(f"{index}.yaml", str(index), "draft")))
    text = "".join(concise.end(closing(Summary())))
    return text.partition("Skipped\n")[2].splitlines()


def test_few_drafts_are_named() -> None:
    """Up to five drafts are listed, and nothing is said of more."""
    assert skipped_part(5) == [f"  {index}.yaml draft" for index in range(5)]


def test_many_drafts_do_not_bury_the_summary() -> None:
    """Of hundreds of drafts five are listed, and the others counted."""
    assert skipped_part(300) == [
        *(f"  {index}.yaml draft" for index in range(5)),
        "  and 295 more",
    ]


RUBRIC = rubric_from(
    """
id: r
version: "1"
title: R
expected: 75
bands: [{name: Low}, {name: Middle, from: 50}, {name: High, from: 90}]
sections:
  - id: s
    title: S
    criteria:
      - {id: a, title: A, points: 2}
      - {id: b, title: B}
      - {id: c, title: C, critical: true}
"""
)


def review(name: str, a: str, b: str, c: str, *, more: str = "") -> Scored:
    """A scored review with these ratings."""
    document = review_from(f"{more}\nratings: {{s: {{a: {a}, b: {b}, c: {c}}}}}")
    return Scored(f"{name}.yaml", name, "0", "0", scored(RUBRIC, document))


BATCH = [
    review("a-good", "met", "met", "met"),
    review("a-critical", "met", "met", "not met"),
    review("a-below", "not met", "met", "met"),
    review("a-below-and-rests", "not met", "met", "n/a"),
    review("a-rests", "n/a", "not met", "met"),
    review("a-everything", "n/a", "not met", "not met"),
    review("a-little", "n/a", "met", "n/a"),
    review("a-practice", "not met", "not met", "not met", more="status: calibration"),
]


def shown(width: int, *batch: Scored, bars: bool = True, coloured: bool = False) -> list[str]:
    """The lines of a batch at a width."""
    concise = Concise(Screen(width, coloured), bars=bars, names=False)
    for one in batch:
        concise.add(concise.piece(one))
    return "".join(concise.end(closing(summarise(batch)))).splitlines()


def facts_of(one: Scored) -> str:
    """The signs of everything that holds for a review, worked out apart."""
    result = one.result
    if one.id == "a-practice":
        return "c"
    missed = "#" if result.critical_missed else ""
    missed += "x" if result.share * 100 < 75 else ""
    rests = "!" if result.band is not result.band_observed else ""
    return missed + rests + ("?" if result.little_observed else "")


@pytest.mark.parametrize("width", [40, 80])
def test_a_review_has_a_sign_for_everything_that_holds_for_it(width: int) -> None:
    """No fact is hidden behind a graver one, at any width."""
    lines = shown(width, *BATCH)
    for one in BATCH:
        (line,) = (line for line in lines if one.id in line.split())
        assert line.split(one.id)[0].strip() == facts_of(one)
    assert any(len(facts_of(one)) > 1 for one in BATCH)


@pytest.mark.parametrize("width", [40, 80])
def test_the_legend_counts_facts(width: int) -> None:
    """Each count is the number of rows with the sign, and the summary's own where it has one."""
    text = " ".join(" ".join(shown(width, *BATCH)).split())
    summary = summary_document(summarise(BATCH))
    (rubric,) = summary["rubrics"]
    below = sum("x" in facts_of(one) for one in BATCH)
    for meaning, number in (
        ("# critical criterion missed, whatever the points", summary["critical"]),
        ("x below expected", below),
        ("! band rests on n/a", rubric["band_rests_on_not_applicable"]),
        ("? little observed: fewer than half of the points", rubric["little_observed"]),
        ("c for calibration, not counted", summary["calibration"]),
    ):
        assert number
        assert f"{meaning} ({number})" in text


def test_a_missed_critical_criterion_alone_is_not_below_expected() -> None:
    """At the expected share the points are not below it: the sign says what decides."""
    text = "\n".join(shown(80, BATCH[1]))
    assert "  # critical criterion missed, whatever the points (1)\n" in text
    assert "x below expected" not in text


def test_columns_stand_below_each_other() -> None:
    """Reviews with one sign, two and none begin in the same column, as does the head."""
    lines = shown(80, *BATCH)[: len(BATCH) + 1]
    names = ["Review", *(one.id for one in BATCH)]
    starts = {line.index(f" {name} ") for line, name in zip(lines, names, strict=True)}
    assert len(starts) == 1
    assert shown(80, BATCH[0])[0].startswith("  Review")


@pytest.mark.parametrize("width", [40, 80, 120])
def test_bars_can_be_left_out(width: int) -> None:
    """Without them the numbers stand alone, and say the same."""
    drawn = shown(width, *BATCH)
    plain = shown(width, *BATCH, bars=False)
    assert not any("█" in line for line in plain)
    assert [line.replace("█", "").split() for line in drawn] == [line.split() for line in plain]


def test_signs_differ_by_more_than_case() -> None:
    """Who hears the signs read out can tell them apart."""
    signs = [sign.casefold() for sign, _, _ in SIGNS]
    assert len(set(signs)) == len(signs)


def test_a_wide_terminal_is_used() -> None:
    """A name too long for columns at 80 stands in columns at 120."""
    long = review(
        "a-review-with-a-name-that-takes-far-too-many-columns-for-80", "met", "met", "met"
    )
    assert len(shown(80, long)[0].split()) == 1
    assert shown(120, long)[0].split() == ["Review", "Score", "Band", "Observed", "n/a"]
    assert all(len(line) <= 120 for line in shown(120, long))


@pytest.mark.parametrize("width", [40, 80])
def test_colours_only_add_codes(width: int) -> None:
    """The same text stands there with them and without."""
    coloured = shown(width, *BATCH, coloured=True)
    assert any("\x1b" in line for line in coloured)
    assert [re.sub(r"\x1b\[[0-9;]*m", "", line) for line in coloured] == shown(width, *BATCH)
