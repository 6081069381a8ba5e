"""Gates: what CI may ask of a batch, decided by exact comparison.

Each review is judged where it is scored; means and the comparison with an earlier run wait for the
end. Calibration reviews are practice, so no gate looks at them.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import NamedTuple

from charter_score.figures import TEXT_DECIMALS, decimal_text, percent_text
from charter_score.outcome import Scored
from charter_score.review import Status
from charter_score.summary import Summary, mean_of

Key = tuple[str, str]
"""Review id and rubric (`id@version`)."""


class Breach(NamedTuple):
    """A review that a gate does not let pass."""

    gate: str
    path: str
    why: str


class Standing(NamedTuple):
    """What a comparison with an earlier run needs of a review."""

    key: Key
    path: str
    band: str | None
    rank: int  # place of its band, the lowest 0; -1 without bands
    share: Fraction


@dataclass(slots=True)
class Watched:
    """What the gates saw in some reviews: how many there were, and what they may speak of."""

    reviews: int = 0
    breaches: list[Breach] = field(default_factory=list)
    standings: list[Standing] = field(default_factory=list)

    def combine(self, other: "Watched") -> None:
        """Take in what was seen in later reviews."""
        self.reviews += other.reviews
        self.breaches += other.breaches
        self.standings += other.standings


class Judgement(NamedTuple):
    """A gate's verdict over the whole batch: what it says, and the reviews it names."""

    gate: str
    passed: bool
    told: str
    breaches: tuple[Breach, ...] = ()


class Baseline(NamedTuple):
    """An earlier run: every review's band and share, and the means of its rubrics.

    `tolerance` is how far a mean may fall, as a share.
    """

    reviews: Mapping[Key, tuple[str | None, Fraction]]
    tolerance: Fraction = Fraction(0)

    def means(self) -> dict[str, Fraction]:
        """The mean share of each rubric in the earlier run."""
        shares: dict[str, Counter[Fraction]] = {}
        for (_, rubric), (_, share) in self.reviews.items():
            shares.setdefault(rubric, Counter())[share] += 1
        return {name: mean for name, of in shares.items() if (mean := mean_of(of)) is not None}


class Gates(NamedTuple):
    """The gates that were asked for. Shares from 0 to 1; at the bound passes."""

    expected: bool = False
    fail_under: Fraction | None = None
    fail_under_mean: Fraction | None = None
    max_not_applicable: Fraction | None = None
    baseline: Baseline | None = None

    def watch(self, scored: Scored, watched: Watched) -> None:
        """Add what the gates have to say of one review; nothing where they do not look at it."""
        result = scored.result
        if result.review.status is Status.CALIBRATION:
            return
        watched.reviews += 1
        watched.breaches.extend(self._breaches(scored))
        if self.baseline is not None:
            band = result.band
            watched.standings.append(
                Standing(
                    (scored.id, result.rubric.name),
                    scored.path,
                    band.name if band else None,
                    result.rubric.bands.index(band) if band else -1,
                    result.share,
                )
            )

    def _breaches(self, scored: Scored) -> Iterator[Breach]:
        result = scored.result
        if self.expected:
            expected = result.rubric.expected
            if result.critical_missed:
                why = "a critical criterion was missed"
                yield Breach("--gate", scored.path, why)
            elif expected is None:
                yield Breach("--gate", scored.path, f"{result.rubric.name} states no `expected`")
            elif not result.meets_expected:
                share = _percent(result.share, *result.rubric.bounds)
                why = f"{share}, expected {_exact(expected)} or above"
                yield Breach("--gate", scored.path, why)
        if self.fail_under is not None and result.share < self.fail_under:
            share = _percent(result.share, self.fail_under, *result.rubric.bounds)
            yield Breach("--fail-under", scored.path, f"{share}, under {_exact(self.fail_under)}")
        if self.max_not_applicable is not None:
            observed = result.observed
            share_of = Fraction(observed.not_applicable, observed.of)
            if share_of > self.max_not_applicable:
                most = _exact(self.max_not_applicable)
                counted = f"{observed.not_applicable} of {observed.of} criteria"
                share = _percent(share_of, self.max_not_applicable)
                why = f"{counted} n/a, {share}, more than {most}"
                yield Breach("--max-not-applicable", scored.path, why)

    def judge(self, watched: Watched, summary: Summary) -> list[Judgement]:
        """The verdict of every gate that was asked for."""
        breaches, number = watched.breaches, watched.reviews
        found: list[Judgement] = []
        if self.expected:
            found.append(_each(breaches, "--gate", number, "below their rubric's expectation"))
        if self.fail_under is not None:
            told = f"under {_exact(self.fail_under)}"
            found.append(_each(breaches, "--fail-under", number, told))
        if self.max_not_applicable is not None:
            told = f"with more than {_exact(self.max_not_applicable)} n/a"
            found.append(_each(breaches, "--max-not-applicable", number, told))
        if self.fail_under_mean is not None:
            found.append(self._mean(self.fail_under_mean, summary))
        if self.baseline is not None:
            found.append(_against(self.baseline, watched.standings, summary))
        return found

    def _mean(self, bound: Fraction, summary: Summary) -> Judgement:
        told = []
        passed = True
        for one in summary.in_order():
            mean = mean_of(one.shares)
            if mean is None:
                continue
            passed = passed and mean >= bound
            told.append(f"{one.rubric.name} has a mean of {_percent(mean, bound)}")
        said = "; ".join(told) or "nothing was scored"
        return Judgement("--fail-under-mean", passed, f"{said}, wanted {_exact(bound)} or above")


def _each(breaches: Sequence[Breach], gate: str, number: int, told: str) -> Judgement:
    """The verdict of a gate over each review."""
    own = tuple(breach for breach in breaches if breach.gate == gate)
    are = "is" if len(own) == 1 else "are"
    said = f"{len(own)} of {number} {are} {told}" if own else f"none of {number} is {told}"
    return Judgement(gate, not own, said, own)


def _against(baseline: Baseline, standings: Iterable[Standing], summary: Summary) -> Judgement:
    """The verdict of a comparison with an earlier run."""
    gate = "--baseline"
    now = {one.key: one for one in standings}
    ranks = {
        one.rubric.name: [band.name for band in one.rubric.bands] for one in summary.in_order()
    }
    breaches = []
    for key, (band, _) in sorted(baseline.reviews.items()):
        one = now.get(key)
        if one is None:
            breaches.append(Breach(gate, key[0], f"is gone ({key[1]})"))
            continue
        names = ranks[key[1]]
        if band in names and one.rank < names.index(band):
            breaches.append(Breach(gate, one.path, f"fell from {band} to {one.band}"))
    means = {one.rubric.name: mean_of(one.shares) for one in summary.in_order()}
    fell = []
    for name, before in sorted(baseline.means().items()):
        after = means.get(name)
        if after is not None and before - after > baseline.tolerance:
            was, is_now = _percent(before, after), _percent(after, before)
            fell.append(f"the mean of {name} fell from {was} to {is_now}")
    new = sum(key not in baseline.reviews for key in now)
    told = [f"{len(breaches)} of {len(baseline.reviews)} earlier reviews fell a band or are gone"]
    told += fell
    if new:
        told.append(f"{new} new")
    return Judgement(gate, not breaches and not fell, "; ".join(told), tuple(breaches))


def _percent(share: Fraction, *bounds: Fraction) -> str:
    """A percentage with as many decimals as it takes to agree with the verdict."""
    return percent_text(share, TEXT_DECIMALS, tuple(bounds)) + "%"


def _exact(share: Fraction) -> str:
    return decimal_text(share * 100) + "%"
