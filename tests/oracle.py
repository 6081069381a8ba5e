"""A second, naive reading of design/scoring.md, to hold the engine against.

Nothing here is shared with the engine: plain dicts in, plain dicts out, `Fraction` for every number
in between, and one step after the other in the order of the contract. Both documents are taken to
be valid, and the review to rate every criterion that applies.
"""

import math
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Any

MET = "met"
NOT_MET = "not met"
NOT_APPLICABLE = "n/a"

PLAIN_WORDS = {"met": MET, "yes": MET, "not met": NOT_MET, "no": NOT_MET}
NOT_APPLICABLE_WORDS = {"n/a", "na", "not applicable"}

ZERO = Fraction(0)
HUNDRED = Fraction(100)


@dataclass(slots=True)
class Judged:
    """One criterion that applies, with the rating that is scored.

    `worth` is what it can earn; `available` is what it adds to the sums, which differs from `worth`
    only for an n/a under `excluded`. `failed` is a miss by step 8, critical or not. `scored` means
    that it has points, `observed` that it has points and a rating other than n/a, `missed` that it
    is critical and was missed, `advisory_missed` that it was missed with nothing to earn or lose.
    """

    section: str
    id: str
    rating: str
    worth: Fraction
    earned: Fraction
    available: Fraction
    lost: Fraction
    scored: bool
    observed: bool
    is_absent: bool
    tags: list[str]
    causes: list[str]
    critical: bool
    failed: bool
    missed: bool
    advisory_missed: bool
    disputed: dict[str, str] | None


@dataclass(slots=True)
class Part:
    """One section that applies, its criteria in rubric order and their plain sums."""

    id: str
    weight: Fraction | None
    at_least: Fraction | None
    criteria: list[Judged]
    earned: Fraction
    available: Fraction
    observed_earned: Fraction
    observed_available: Fraction


@dataclass(slots=True)
class Scale:
    """The bands and the expected percent of a rubric.

    `bounds` are the percents of them all, each as a fraction and as the decimal that it is.
    """

    bands: list[dict[str, Any]]
    expected: Fraction | None
    bounds: list[tuple[Fraction, Decimal]]


def score(rubric: dict[str, Any], review: dict[str, Any]) -> dict[str, Any] | None:
    """Score a valid, complete review; `None` when nothing in it was observed."""
    parts = judge_review(rubric, review)
    criteria = [criterion for part in parts for criterion in part.criteria]
    if not any(criterion.observed for criterion in criteria):
        return None

    combine = rubric.get("combine", "points")
    scale = read_scale(rubric)
    critical_missed = [criterion for criterion in criteria if criterion.missed]
    below = [part.id for part in parts if is_below(part.at_least, part.earned, part.available)]
    below_observed = [
        part.id
        for part in parts
        if is_below(part.at_least, part.observed_earned, part.observed_available)
    ]

    earned = total(part.earned for part in parts)
    available = total(part.available for part in parts)
    observed_earned = total(part.observed_earned for part in parts)
    observed_available = total(part.observed_available for part in parts)
    share = total_share(combine, [(p.weight, p.earned, p.available) for p in parts])
    observed_share = total_share(
        combine, [(p.weight, p.observed_earned, p.observed_available) for p in parts]
    )
    assert share is not None, "something was observed, so something is available"
    assert observed_share is not None, "something was observed"
    zero = rubric.get("on_critical", "lowest_band") == "zero"
    fails, fails_observed = bool(critical_missed or below), bool(critical_missed or below_observed)
    if fails and zero:
        share = ZERO
    if fails_observed and zero:
        observed_share = ZERO
    band = 0 if fails else band_index(scale, share)
    observed_band = 0 if fails_observed else band_index(scale, observed_share)

    meets_expected: bool | None
    if fails:
        meets_expected = False
    elif scale.expected is None:
        meets_expected = None
    else:
        meets_expected = share * HUNDRED >= scale.expected

    share_lost = shares_lost(combine, parts)
    needs = [criterion for criterion in criteria if criterion.lost > 0 or criterion.missed]
    needs.sort(key=lambda need: -share_lost[need.section, need.id])  # stable: then rubric order
    sections_in_need = {need.section for need in needs}

    return {
        "score": points_and_share(scale, earned, available, share),
        "observed": {
            **points_and_share(scale, observed_earned, observed_available, observed_share),
            **observed_counts(criteria),
            "uplift": rounded((share - observed_share) * HUNDRED, 2),
        },
        "band": band_name(scale, band),
        "band_observed": band_name(scale, observed_band),
        "band_rests_on_not_applicable": band != observed_band,
        "little_observed": observed_available * 2 < total(c.worth for c in criteria),
        "meets_expected": meets_expected,
        "critical_missed": [f"{c.section}.{c.id}" for c in critical_missed],
        "below_section_minimum": below,
        "tags": [
            tag_result(scale, tag, title, tagged)
            for tag, title in rubric.get("tags", {}).items()
            if (tagged := [criterion for criterion in criteria if tag in criterion.tags])
        ],
        "provisional": any(dispute["outcome"] == "open" for dispute in review.get("disputes", [])),
        "sections": [section_result(scale, part) for part in parts],
        "development_needs": [
            {
                "section": need.section,
                "criterion": need.id,
                "rating": need.rating,
                "points_lost": printed(max(need.lost, ZERO)),
                "percent_lost": rounded(share_lost[need.section, need.id] * HUNDRED, 2),
            }
            for need in sorted(needs, key=lambda need: not need.critical)
        ],
        "strengths": [
            strength(part)
            for part in parts
            if part.observed_available > 0
            and part.id not in sections_in_need
            and not any(criterion.advisory_missed for criterion in part.criteria)
        ],
        "next_band": next_band(scale, combine, parts, band, needs),
    }


# Step 1 and 2: what applies, how it is rated, what it earns.


def judge_review(rubric: dict[str, Any], review: dict[str, Any]) -> list[Part]:
    """Every section that has a criterion that applies, in rubric order."""
    interaction = review.get("interaction", {})
    disputes: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for dispute in review.get("disputes", []):
        if "section" in dispute:
            disputes.setdefault((dispute["section"], dispute["criterion"]), []).append(dispute)

    parts = []
    for section in rubric["sections"]:
        if not applies(section.get("applies_when", {}), interaction):
            continue
        judged = []
        for criterion in section["criteria"]:
            if not applies(criterion.get("applies_when", {}), interaction):
                continue
            written = review["ratings"][section["id"]]
            if isinstance(written, dict) and "rating" not in written:
                written = written[criterion["id"]]
            over_it = disputes.get((section["id"], criterion["id"]), [])
            judged.append(judge_criterion(rubric, section["id"], criterion, written, over_it))
        if judged:
            weight = number(section["weight"]) if "weight" in section else None
            at_least = number(section["at_least"]) if "at_least" in section else None
            parts.append(add_up(section["id"], weight, at_least, judged))
    return parts


def add_up(
    section: str, weight: Fraction | None, at_least: Fraction | None, criteria: list[Judged]
) -> Part:
    """The section with its sums, over everything that counts and over what was observed."""
    observed = [criterion for criterion in criteria if not criterion.is_absent]
    return Part(
        id=section,
        weight=weight,
        at_least=at_least,
        criteria=criteria,
        earned=total(criterion.earned for criterion in criteria),
        available=total(criterion.available for criterion in criteria),
        observed_earned=total(criterion.earned for criterion in observed),
        observed_available=total(criterion.available for criterion in observed),
    )


def applies(condition: dict[str, Any], interaction: dict[str, Any]) -> bool:
    """Whether every field of an `applies_when` holds; a field that is lacking does not."""
    for field, allowed in condition.items():
        if not texts(interaction.get(field)) & texts(allowed):
            return False
    return True


def texts(value: Any) -> set[str]:
    """The value or values of a field as they are compared: as text, case aside."""
    if value is None:
        return set()
    values = value if isinstance(value, list) else [value]
    return {fold_case(str(one)) for one in values}


def judge_criterion(
    rubric: dict[str, Any],
    section: str,
    criterion: dict[str, Any],
    written: Any,
    disputes: list[dict[str, Any]],
) -> Judged:
    """What the criterion earns with the rating that its disputes leave it."""
    marks = marks_of(rubric, criterion)
    reviewer_said = written["rating"] if isinstance(written, dict) else written
    words = rubric.get("words", {})
    original = canonical_rating(marks, reviewer_said, words)

    deciding = deciding_dispute(disputes) if disputes else None
    rating = original
    disputed = None
    if deciding is not None:
        says = canonical_rating(marks, deciding["says"], words)
        disputed = {"original": original, "says": says, "outcome": deciding["outcome"]}
        if deciding["outcome"] == "upheld":
            rating = says

    worth = marks.points
    available = worth
    if rating == NOT_APPLICABLE:
        policy = rubric.get("not_applicable", "met")
        if policy == "met":
            earned = not_applicable_as_met(marks, words)
        elif policy == "not_met":
            earned = ZERO
        else:
            earned = available = ZERO
    else:
        earned = marks.earned(rating)

    scored = worth > 0
    critical = criterion.get("critical", False) is not False
    return Judged(
        section=section,
        id=criterion["id"],
        rating=rating,
        worth=worth,
        earned=earned,
        available=available,
        lost=available - earned,
        scored=scored,
        observed=scored and rating != NOT_APPLICABLE,
        critical=critical,
        is_absent=rating == NOT_APPLICABLE,
        tags=criterion.get("tags", []),
        causes=written.get("causes", []) if isinstance(written, dict) else [],
        failed=is_miss(marks, criterion.get("critical"), rating),
        missed=critical and is_miss(marks, criterion["critical"], rating),
        advisory_missed=marks.is_advisory and not critical and is_miss(marks, None, rating),
        disputed=disputed,
    )


def deciding_dispute(disputes: list[dict[str, Any]]) -> dict[str, Any] | None:
    """The last decided one, else the last open one; a withdrawn one is as if never made."""
    decided = [dispute for dispute in disputes if dispute["outcome"] in ("upheld", "not upheld")]
    still_open = [dispute for dispute in disputes if dispute["outcome"] == "open"]
    if decided:
        return decided[-1]
    if still_open:
        return still_open[-1]
    return None


@dataclass(slots=True)
class Marks:
    """How a criterion is marked: its points, and each word with what it earns and its rank.

    The rank is what "lowest" and "no more" go by: a part, a number, or points. With a range there
    are no words, and `highest` is its `to`.
    """

    points: Fraction
    words: dict[str, tuple[Fraction, Fraction]] | None
    numbers: tuple[Fraction, Fraction] | None

    def earned(self, rating: str) -> Fraction:
        """The points of a rating other than n/a."""
        if self.numbers is not None:
            return self.points * Fraction(rating) / self.numbers[1]
        if self.words is None:
            return self.points if rating == MET else ZERO
        return self.words[rating][0]

    def rank(self, rating: str) -> Fraction:
        """Where a rating other than n/a stands among the others."""
        if self.numbers is not None:
            return Fraction(rating)
        if self.words is None:
            return Fraction(1) if rating == MET else ZERO
        return self.words[rating][1]

    @property
    def is_advisory(self) -> bool:
        """Whether there is nothing to earn or lose."""
        return not self.points and not any(earned for earned, _ in (self.words or {}).values())

    def lowest(self) -> Fraction:
        """The rank of the worst rating."""
        if self.numbers is not None:
            return self.numbers[0]
        if self.words is None:
            return ZERO
        return min(rank for _, rank in self.words.values())


def marks_of(rubric: dict[str, Any], criterion: dict[str, Any]) -> Marks:
    """Step 2: what the criterion can earn, and with which ratings."""
    stated = number(criterion["points"]) if "points" in criterion else None
    if "range" in criterion:
        numbers = number(criterion["range"].get("from", 0)), number(criterion["range"]["to"])
        return Marks(numbers[1] if stated is None else stated, None, numbers)
    levels = criterion.get("levels")
    if levels is None:
        return Marks(Fraction(1) if stated is None else stated, None, None)
    if isinstance(levels, str):
        levels = rubric["scales"][levels]
    if any(str(worth).endswith("%") for worth in levels.values()):
        points = Fraction(1) if stated is None else stated
        parts = {word: number(worth.rstrip("%")) / HUNDRED for word, worth in levels.items()}
        return Marks(points, {word: (part * points, part) for word, part in parts.items()}, None)
    earned = {word: number(worth) for word, worth in levels.items()}
    points = max(earned.values()) if stated is None else stated
    return Marks(points, {word: (points, points) for word, points in earned.items()}, None)


def canonical_rating(marks: Marks, written: str, words: dict[str, list[str]] | None = None) -> str:
    """`met`, `not met`, `n/a`, the rubric's own level, or the shortest text of the number."""
    folded = fold_rating(written)
    if words:
        own = {fold_rating(word): rating for rating in words for word in words[rating]}
        known = {MET: MET, NOT_MET: NOT_MET, NOT_APPLICABLE: NOT_APPLICABLE} | own
        if known.get(folded) == NOT_APPLICABLE:
            return NOT_APPLICABLE
        if marks.words is None and marks.numbers is None:
            return known[folded]
    elif folded in NOT_APPLICABLE_WORDS:
        return NOT_APPLICABLE
    if marks.numbers is not None:
        return format(exact(Fraction(written.strip())), "f")
    if marks.words is None:
        return PLAIN_WORDS[folded]
    return next(word for word in marks.words if fold_rating(word) == folded)


def not_applicable_as_met(marks: Marks, words: dict[str, list[str]]) -> Fraction:
    """What an n/a earns under `met`: at most the points of the level named met, else everything."""
    called = {MET, *(fold_rating(word) for word in words.get(MET, []))}
    for word, (points, _) in (marks.words or {}).items():
        if fold_rating(word) in called:
            return min(points, marks.points)
    return marks.points


def is_miss(marks: Marks, critical: Any, rating: str) -> bool:
    """Whether a critical criterion with this rating was missed; with n/a it never was."""
    if rating == NOT_APPLICABLE:
        return False
    limit = marks.lowest()
    if isinstance(critical, dict):
        limit = marks.rank(canonical_rating(marks, str(critical["up_to"])))
    return marks.rank(rating) <= limit


def is_below(at_least: Fraction | None, earned: Fraction, available: Fraction) -> bool:
    """Step 8: whether a section's share is below its minimum; no share, no failure."""
    if at_least is None or available <= 0:
        return False
    return held(earned / available) * HUNDRED < at_least


# Step 3 to 6: shares and bands.


def total_share(
    combine: str, sums: Iterable[tuple[Fraction | None, Fraction, Fraction]]
) -> Fraction | None:
    """The share over sections given as (weight, earned, available); `None` over nothing."""
    parts = list(sums)
    counted = [(weight, earned, available) for weight, earned, available in parts if available > 0]
    if not counted:
        return None
    if combine == "points":
        all_earned = total(earned for _, earned, _ in parts)
        return held(all_earned / total(available for _, _, available in counted))
    weights = [weight or ZERO for weight, _, _ in counted]
    weighted = [
        weight * earned / available
        for weight, (_, earned, available) in zip(weights, counted, strict=True)
    ]
    return held(total(weighted) / total(weights))


def held(share: Fraction) -> Fraction:
    """Step 3: a share that leaves the engine is held between 0 and 1."""
    return min(max(share, ZERO), Fraction(1))


def shares_lost(combine: str, parts: list[Part]) -> dict[tuple[str, str], Fraction]:
    """The share of the total that each development need lost."""
    counted = [part for part in parts if part.available > 0]
    all_available = total(part.available for part in counted)
    all_weights = total(part.weight or ZERO for part in counted)
    lost = {}
    for part in parts:
        if combine == "points":
            of_one_point = 1 / all_available
        elif not part.available:
            of_one_point = ZERO
        else:
            of_one_point = (part.weight or ZERO) / part.available / all_weights
        for criterion in part.criteria:
            if criterion.lost > 0 or criterion.missed:
                lost[part.id, criterion.id] = max(criterion.lost, ZERO) * of_one_point
    return lost


def total(values: Iterable[Fraction]) -> Fraction:
    """The exact sum, over one common denominator."""
    ratios = [value.as_integer_ratio() for value in values]
    common = math.lcm(*[below for _, below in ratios])
    return Fraction(sum([above * (common // below) for above, below in ratios]), common)


def read_scale(rubric: dict[str, Any]) -> Scale:
    """The bands and `expected`, with every bound that a printed percentage must not contradict."""
    bands = rubric.get("bands", [])
    expected = number(rubric["expected"]) if "expected" in rubric else None
    bounds = [number(band[kind]) for band in bands for kind in ("from", "above") if kind in band]
    if expected is not None:
        bounds.append(expected)
    return Scale(bands, expected, [(bound, exact(bound)) for bound in bounds])


def band_index(scale: Scale, share: Fraction) -> int:
    """The place of the last band whose bound holds for the share; 0 without bands."""
    percent = share * HUNDRED
    found = 0
    for index, band in enumerate(scale.bands):
        if "from" in band:
            holds = percent >= number(band["from"])
        elif "above" in band:
            holds = percent > number(band["above"])
        else:
            holds = True
        if holds:
            found = index
    return found


def band_name(scale: Scale, index: int) -> str | None:
    """The name of the band at this place, `None` for a rubric without bands."""
    return scale.bands[index]["name"] if scale.bands else None


def next_band(
    scale: Scale, combine: str, parts: list[Part], band: int, needs: list[Judged]
) -> dict[str, Any] | None:
    """What it takes to rise above `band`; `needs` come largest share of the total first."""
    if band + 1 >= len(scale.bands):
        return None
    chosen = [need for need in needs if need.missed]
    others = [need for need in needs if not need.missed]
    earned = {part.id: part.earned for part in parts}
    for need in chosen:
        earned[need.section] += need.lost
    for part in parts:
        while is_below(part.at_least, earned[part.id], part.available):
            need = next(need for need in others if need.section == part.id)
            others.remove(need)
            earned[part.id] += need.lost
            chosen.append(need)
    while True:
        share = total_share(combine, [(p.weight, earned[p.id], p.available) for p in parts])
        assert share is not None, "something was observed"
        if band_index(scale, share) > band:
            return {
                "name": band_name(scale, band_index(scale, share)),
                "needs": [f"{need.section}.{need.id}" for need in chosen],
                "percent": percent_of(scale, share),
            }
        need = others.pop(0)
        earned[need.section] += need.lost
        chosen.append(need)


# What is printed.


def tag_result(scale: Scale, tag: str, title: str, criteria: list[Judged]) -> dict[str, Any]:
    """Step 12: the plain sums over the criteria of a tag that apply."""
    part = add_up(tag, None, None, criteria)
    found = section_result(scale, part)
    return {
        "id": tag,
        "title": title,
        "score": found["score"],
        "observed": found["observed"],
        "missed": sum(criterion.failed for criterion in criteria),
        "criteria": len(criteria),
    }


def section_result(scale: Scale, part: Part) -> dict[str, Any]:
    """The result of one section: `observed` is `None` when nothing in it was observed."""
    if part.at_least is not None:
        bounds = [*scale.bounds, (part.at_least, exact(part.at_least))]
        scale = Scale(scale.bands, scale.expected, bounds)
    share = held(part.earned / part.available) if part.available > 0 else None
    observed = None
    if any(criterion.observed for criterion in part.criteria):
        assert share is not None, "what was observed is available"
        observed_share = held(part.observed_earned / part.observed_available)
        observed = {
            **points_and_share(
                scale, part.observed_earned, part.observed_available, observed_share
            ),
            **observed_counts(part.criteria),
            "uplift": rounded((share - observed_share) * HUNDRED, 2),
        }
    return {
        "id": part.id,
        "weight": None if part.weight is None else exact(part.weight),
        "score": points_and_share(scale, part.earned, part.available, share),
        "observed": observed,
        "nothing_observed": observed is None,
        "criteria": [
            {
                "id": criterion.id,
                "rating": criterion.rating,
                "earned": printed(criterion.earned),
                "available": printed(criterion.available),
                "critical": criterion.critical,
                "causes": criterion.causes,
                "disputed": criterion.disputed,
            }
            for criterion in part.criteria
        ],
    }


def strength(part: Part) -> dict[str, Any]:
    """A section without a need: how many of its criteria with points were observed."""
    counts = observed_counts(part.criteria)
    return {"section": part.id, "criteria": counts["criteria"], "of": counts["of"]}


def points_and_share(
    scale: Scale, earned: Fraction, available: Fraction, share: Fraction | None
) -> dict[str, Any]:
    """Plain sums of points, and a share as reduced text and as percent."""
    return {
        "earned": printed(earned),
        "available": printed(available),
        "share": None if share is None else f"{share.numerator}/{share.denominator}",
        "percent": None if share is None else percent_of(scale, share),
    }


def observed_counts(criteria: list[Judged]) -> dict[str, int]:
    """How many criteria with points were observed, of how many, and how many were n/a."""
    scored = sum(criterion.scored for criterion in criteria)
    observed = sum(criterion.observed for criterion in criteria)
    return {"criteria": observed, "of": scored, "not_applicable": scored - observed}


def percent_of(scale: Scale, share: Fraction) -> Decimal:
    """The percent to two decimals, and to more until no bound is contradicted."""
    percent = share * HUNDRED
    sides = [side(percent, bound) for bound, _ in scale.bounds]
    places = 2
    while True:
        shown = rounded(percent, places)
        if sides == [(shown > bound) - (shown < bound) for _, bound in scale.bounds]:
            return shown
        places += 1


def side(value: Fraction, bound: Fraction) -> int:
    """-1 below the bound, 0 on it, 1 above it."""
    difference = value.numerator * bound.denominator - bound.numerator * value.denominator
    return (difference > 0) - (difference < 0)


def rounded(value: Fraction, places: int) -> Decimal:
    """The value to this many decimals, half away from zero, without trailing zeros."""
    scaled = abs(value.numerator) * 10**places
    whole, rest = divmod(scaled, value.denominator)
    if 2 * rest >= value.denominator:
        whole += 1
    return decimal(-whole if value < 0 else whole, places)


def printed(value: Fraction) -> Decimal:
    """Points as they are printed: rounded to six places where no decimal can write them."""
    rest = value.denominator
    for prime in (2, 5):
        while rest % prime == 0:
            rest //= prime
    return exact(value) if rest == 1 else rounded(value, 6)


def exact(value: Fraction) -> Decimal:
    """The value as it is; a sum of decimals always ends."""
    if value.denominator == 1:
        return Decimal(value.numerator)
    places = 0
    while 10**places % value.denominator:
        places += 1
    return decimal(value.numerator * 10**places // value.denominator, places)


def decimal(whole: int, places: int) -> Decimal:
    """`whole` / 10**`places`, minimal: 85, not 85.00."""
    while places and whole % 10 == 0:
        whole //= 10
        places -= 1
    return Decimal(f"{whole}e-{places}")


# How text is read.


@lru_cache(maxsize=10_000)
def number(text: str | int) -> Fraction:
    """A decimal exactly as it is written."""
    return Fraction(text)


@lru_cache(maxsize=10_000)
def fold_case(text: str) -> str:
    """The text in NFC, case aside."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).casefold())


@lru_cache(maxsize=10_000)
def fold_rating(text: str) -> str:
    """A rating word as it is compared: NFC, case aside, trimmed, runs of space, - and _ alike."""
    return re.sub(r"[\s_-]+", " ", fold_case(text).strip())
