"""The findings of a calibration in words and figures, which every view of them dresses."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import chain
from typing import NamedTuple

from charter_score import facts
from charter_score.calibration.findings import (
    Calibration,
    CriterionAgreement,
    Difference,
    Drift,
    Pairing,
    ScoreSpread,
)
from charter_score.calibration.reviews import Aside, Side
from charter_score.figures import rounded_text
from charter_score.render.results.overview import lettered
from charter_score.render.text import phrases
from charter_score.render.text.phrases import count
from charter_score.rubric import Rubric
from charter_score.stats.agreement import DRAWS, FEWEST_CONTACTS, SEED, Agreement, Estimate
from charter_score.stats.student import FEWEST_VALUES, Interval
from charter_score.summary import as_people_sort

TOO_FEW = "too few to compare"
UNDEFINED = "undefined"
DECIMALS = 2

HOW_TO_READ = (
    "Alike is the share of pairs of ratings that say the same. AC1 and alpha take off what chance "
    "would give: 1 is full agreement, 0 is chance. Undefined: all ratings are one word, so nobody "
    "can say. In brackets: what 95% of "
    f"{DRAWS:,} draws of contacts give (a bootstrap, seed {SEED}). "
    f"Below {FEWEST_CONTACTS} contacts there is percent agreement alone."
)
CONVENTIONS = (
    "By convention, and no more than that: Krippendorff asks for an alpha of 0.8, or 0.667 for "
    "first conclusions; Landis and Koch call 0.61 to 0.8 substantial. Talk about the criteria, "
    "not about the figure."
)
_ASIDE = {
    Aside.NO_REFERENCE: "without `interaction.reference`, so that nobody knows the contact",
    Aside.NO_REVIEWER: "without a reviewer",
    Aside.ALONE: "of a contact that nobody else reviewed",
    Aside.REPEATED: "by a reviewer who had reviewed the contact before",
    Aside.DRAFT: "that are drafts of nobody",
    Aside.NOTHING_OBSERVED: "in which nothing was observed, as they were rated",
}


class Said(NamedTuple):
    """What one reviewer said of a criterion."""

    who: str
    rating: str
    comment: str | None
    evidence: str | None


class DifferenceView(NamedTuple):
    """One contact over which reviewers differ on a criterion."""

    reference: str
    said: tuple[Said, ...]


class CriterionView(NamedTuple):
    """One criterion: where it stands, its figures, and who said what."""

    title: str
    section: str
    alike: str
    ac1: str
    alpha: str
    two: str
    notes: tuple[str, ...]
    differences: tuple[DifferenceView, ...]

    @property
    def plain(self) -> tuple[str, ...]:
        """The four figures without their intervals."""
        return tuple(text.partition(" (")[0] for text in (self.alike, self.two, *self.beyond))

    @property
    def beyond(self) -> tuple[str, str]:
        """AC1 and alpha."""
        return self.ac1, self.alpha

    @property
    def intervals(self) -> str | None:
        """The intervals of AC1 and alpha, where they have any."""
        named = zip(("AC1", "alpha"), self.beyond, strict=True)
        told = [f"{name} {text.partition(' (')[2][:-1]}" for name, text in named if "(" in text]
        return ", ".join(told) or None


class OverallView(NamedTuple):
    """The agreement over all criteria, on one way to look at the ratings."""

    title: str
    alike: str
    ac1: str
    alpha: str


class DriftView(NamedTuple):
    """One reviewer beside the others: how many contacts, how far apart, how much may be said."""

    who: str
    contacts: str
    apart: str
    note: str
    months: tuple[str, ...]


class ScoreView(NamedTuple):
    """The scores of one contact, and how far they are apart."""

    reference: str
    scores: tuple[tuple[str, str, str], ...]
    spread: str
    bands_differ: bool


class CalibrationView(NamedTuple):
    """The findings about the reviews of one rubric."""

    rubric: Rubric
    title: str
    found: str
    overall: tuple[OverallView, ...]
    seen: str | None
    criteria: tuple[CriterionView, ...]
    drifts: tuple[DriftView, ...]
    scores: tuple[ScoreView, ...]
    score_note: str | None
    selves: tuple[str, ...]
    drafts: tuple[str, ...]


class People:
    """What reviewers are called: by their names, or by letters in the order in which they come."""

    def __init__(self, calibrations: Iterable[Calibration], *, names: bool) -> None:
        every = dict.fromkeys(chain.from_iterable(one.reviewers for one in calibrations))
        self._labels = {
            name: name if names else f"Reviewer {lettered(number)}"
            for number, name in enumerate(every)
        }

    def __getitem__(self, name: str) -> str:
        return self._labels[name]


def calibration_view(one: Calibration, people: People, *, comments: bool) -> CalibrationView:
    """The findings in words; free text only where comments are wanted."""
    rubric = one.rubric
    reviews = sum(len(spread.sides) for spread in one.scores)
    contacts = count(one.compared, "contact")
    found = f"{contacts} with {count(reviews, 'review')} by {count(len(one.reviewers), 'reviewer')}"
    return CalibrationView(
        rubric,
        facts.title(rubric),
        found if one.compared else "no contact that two people reviewed",
        tuple(_overall(one)) if one.compared else (),
        _seen(one),
        tuple(_criterion(found, people, comments=comments) for found in _compared(one)),
        tuple(_drift(drift, people) for drift in _by_name(one.drifts, people)),
        tuple(_score(spread, people, rubric) for spread in one.scores),
        _score_note(one),
        tuple(_selves(one)),
        tuple(_drafts(one)),
    )


def aside_lines(aside: Mapping[Aside, int]) -> Iterator[str]:
    """How many reviews were not compared, and why."""
    for why in Aside:
        if number := aside.get(why, 0):
            yield f"{count(number, 'review')} {_ASIDE[why]}"


def places(value: Fraction) -> str:
    """A coefficient: two decimals, no more than the data carry."""
    text = rounded_text(value, DECIMALS)
    return text.replace("-", "−")


def estimate(found: Estimate | None, *, is_percent: bool = False) -> str:
    """A figure with its interval in brackets."""
    if found is None:
        return "too few"
    if found.value is None:
        return UNDEFINED
    show = phrases.plain_percent if is_percent else places
    if found.low is None or found.high is None:
        return show(found.value)
    return f"{show(found.value)} ({show(found.low)} to {show(found.high)})"


def _alike(found: Agreement) -> str:
    return "–" if found.percent.value is None else estimate(found.percent, is_percent=True)


def _overall(one: Calibration) -> Iterator[OverallView]:
    three = "Met, not met, n/a" if one.rubric.allows_na else "Met, not met"
    for title, found in ((three, one.overall.three), ("Costs points or not", one.overall.two)):
        yield OverallView(title, _alike(found), estimate(found.ac1), estimate(found.alpha))


def _seen(one: Calibration) -> str | None:
    differing = sum(found.states.pairs - found.states.agreeing for found in one.criteria)
    if not differing:
        return None
    told = f"{count(differing, 'pair')} of ratings differ"
    if not one.overall.unseen:
        return f"{told}, and the score sees every one of them."
    return (
        f"{told}; {one.overall.unseen} of them earn the same, so the score cannot see that the "
        "reviewers disagree."
    )


def _compared(one: Calibration) -> list[CriterionAgreement]:
    return [found for found in one.criteria if found.states.pairs]


def _criterion(found: CriterionAgreement, people: People, *, comments: bool) -> CriterionView:
    states = found.states
    notes = []
    if states.ordinal is not None:
        notes.append(f"As levels in their order: alpha {estimate(states.ordinal)}.")
    if states.alpha is not None and states.alpha.undefined:
        notes.append(f"Undefined in {states.alpha.undefined:,} of {DRAWS:,} draws.")
    if found.unseen:
        differ = "pair differs and earns" if found.unseen == 1 else "pairs differ and earn"
        notes.append(f"{found.unseen} {differ} the same.")
    return CriterionView(
        found.criterion.title,
        found.section.title,
        _alike(states),
        estimate(states.ac1),
        estimate(states.alpha),
        _alike(found.two),
        tuple(notes),
        tuple(_difference(one, people, comments=comments) for one in found.differences),
    )


def _difference(one: Difference, people: People, *, comments: bool) -> DifferenceView:
    return DifferenceView(
        one.reference,
        tuple(
            Said(
                people[word.reviewer],
                word.rated.worth.rating,
                word.rated.rated.comment if comments else None,
                word.rated.rated.evidence if comments else None,
            )
            for word in one.words
        ),
    )


def _by_name(drifts: Sequence[Drift], people: People) -> list[Drift]:
    return sorted(drifts, key=lambda drift: as_people_sort(people[drift.reviewer]))


def _points(value: Fraction) -> str:
    return f"{phrases.signed(value)} points"


def _interval(found: Interval | None, mean: Fraction | None) -> str:
    if mean is None:
        return TOO_FEW
    if found is None:
        return _points(mean)
    return f"{_points(mean)} ({phrases.signed(found.low)} to {phrases.signed(found.high)})"


def _drift(drift: Drift, people: People) -> DriftView:
    if drift.mean is None:
        note = ""
    elif drift.comparable:
        note = "a mean of many contacts; which of them differs, only a talk can say"
    else:
        note = "for coaching, not for comparison"
    months = (
        f"{month.month}: {_interval(month.interval, month.interval.mean)}, {month.number} contacts"
        for month in drift.months
        if len(drift.months) > 1
    )
    return DriftView(
        people[drift.reviewer],
        count(drift.number, "contact"),
        _interval(drift.interval, drift.mean),
        note,
        tuple(months),
    )


def _score(spread: ScoreSpread, people: People, rubric: Rubric) -> ScoreView:
    return ScoreView(
        spread.reference,
        tuple((people[who], *_result(side, rubric)) for who, side in spread.sides),
        f"{phrases.signed(spread.spread).removeprefix('+')} points",
        len(spread.bands) > 1,
    )


def _result(side: Side, rubric: Rubric) -> tuple[str, str]:
    return phrases.percent(side.result.share, rubric), phrases.band_name(side.result)


def _score_note(one: Calibration) -> str | None:
    if not one.scores:
        return None
    other = sum(len(spread.bands) > 1 for spread in one.scores)
    most = max(spread.spread for spread in one.scores)
    bands = ""
    if one.rubric.bands:
        bands = f"; on {other} of {count(one.compared, 'contact')} the bands differ"
    apart = phrases.signed(most).removeprefix("+")
    return f"The scores of one contact are up to {apart} points apart{bands}."


def _selves(one: Calibration) -> Iterator[str]:
    found = one.selves
    if found is None:
        return
    yield (
        f"{count(found.number, 'own view')} of advisors beside "
        f"{count(len(found.pairings), 'review')} of the same contacts: {_parts(found.pairings)} "
        "ratings are alike."
    )
    if found.mean is None:
        yield f"Below {FEWEST_VALUES} own views no mean is told."
    else:
        apart = _interval(found.interval, found.mean)
        yield f"Advisors score themselves {apart} beside the reviewers' mean."
    if found.most:
        most = found.most[0][2]
        titles = [criterion.title for _, criterion, number in found.most if number == most]
        yield f"They differ most often ({most} times) over: {', '.join(titles)}."


def _parts(pairings: Sequence[Pairing]) -> str:
    return f"{sum(p.alike for p in pairings)} of {sum(p.ratings for p in pairings)}"


def _drafts(one: Calibration) -> Iterator[str]:
    for found in one.drafts:
        if found.finished:
            changed = sum(len(pairing.differing) for pairing in found.finished)
            of = sum(pairing.ratings for pairing in found.finished)
            yield (
                f"{found.model}: in {count(len(found.finished), 'draft')} that a person finished, "
                f"{changed} of {of} ratings were changed."
            )
        if found.others:
            yield (
                f"{found.model}: beside {count(len(found.others), 'review')} that people made on "
                f"their own, {_parts(found.others)} ratings are alike."
            )
