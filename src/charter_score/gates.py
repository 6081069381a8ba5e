"""Gates: what CI may ask of a batch, decided by exact comparison.

Each review is judged where it is scored; means and the comparison with an earlier run wait for the
end. Calibration reviews are practice, so no gate looks at them.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import NamedTuple, Protocol, TypeVar

from charter_score.figures import TEXT_DECIMALS, decimal_text, percent_text
from charter_score.outcome import Scored, Skipped
from charter_score.review import Status
from charter_score.rubric import Rubric
from charter_score.scoring import band_of
from charter_score.summary import Summary, mean_of

Key = tuple[str, str]
"""Review id and rubric (`id@version`)."""


class Fault(NamedTuple):
    """What a gate objects to: what is said of one review, and of several."""

    gate: str
    one: str
    several: str


class Breach(NamedTuple):
    """A review that a gate does not let pass."""

    fault: Fault
    path: str
    why: str


BELOW = Fault("--gate", "is below its rubric's expectation", "are below their rubric's expectation")
CRITICAL = Fault("--gate", "missed a critical criterion", "missed a critical criterion")
NOTHING_EXPECTED = Fault(
    "--gate",
    "has a rubric that states no expectation",
    "have a rubric that states no expectation",
)
FELL = Fault("--baseline", "fell a band", "fell a band")
MISSING = Fault("--baseline", "is not among the scored reviews", "are not among the scored reviews")
AMBIGUOUS = Fault(
    "--baseline",
    "cannot be told from another of the same id",
    "cannot be told from others of the same id",
)


class Earlier(NamedTuple):
    """A review of an earlier run, as a comparison needs it."""

    key: Key
    path: str
    band: str | None
    share: Fraction
    critical_missed: bool = False


class Standing(NamedTuple):
    """What a comparison with an earlier run needs of a review."""

    key: Key
    path: str
    band: str | None
    rank: int  # place of its band, the lowest 0; -1 without bands
    share: Fraction


@dataclass(slots=True)
class Watched:
    """What the gates saw in some reviews: how many there were, and what they may speak of.

    `calibrations` are the ids of reviews for calibration, which nothing is compared with.
    """

    reviews: int = 0
    breaches: list[Breach] = field(default_factory=list)
    standings: list[Standing] = field(default_factory=list)
    calibrations: list[str] = field(default_factory=list)

    def combine(self, other: "Watched") -> None:
        """Take in what was seen in later reviews."""
        self.reviews += other.reviews
        self.breaches += other.breaches
        self.standings += other.standings
        self.calibrations += other.calibrations


class Judgement(NamedTuple):
    """A gate's verdict over the whole batch: what it says, and the reviews it names."""

    gate: str
    passed: bool
    told: str
    breaches: tuple[Breach, ...] = ()


class Baseline(NamedTuple):
    """An earlier run: all of its reviews. `tolerance` is how far a mean may fall, as a share."""

    reviews: Sequence[Earlier]
    tolerance: Fraction = Fraction(0)

    def means(self) -> dict[str, Fraction]:
        """The mean share of each rubric in the earlier run."""
        shares: dict[str, Counter[Fraction]] = {}
        for one in self.reviews:
            shares.setdefault(one.key[1], Counter())[one.share] += 1
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
            if self.baseline is not None:
                watched.calibrations.append(scored.id)
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
                yield Breach(CRITICAL, scored.path, "a critical criterion was missed")
            elif expected is None:
                why = f"{result.rubric.name} states no `expected`"
                yield Breach(NOTHING_EXPECTED, scored.path, why)
            elif not result.meets_expected:
                share = _percent(result.share, *result.rubric.bounds)
                why = f"{share}, expected {_exact(expected)} or above"
                yield Breach(BELOW, scored.path, why)
        if self.fail_under is not None and result.share < self.fail_under:
            share = _percent(result.share, self.fail_under, *result.rubric.bounds)
            why = f"{share}, under {_exact(self.fail_under)}"
            yield Breach(_under(self.fail_under), scored.path, why)
        if self.max_not_applicable is not None:
            observed = result.observed
            share_of = Fraction(observed.not_applicable, observed.of)
            if share_of > self.max_not_applicable:
                most = _exact(self.max_not_applicable)
                counted = f"{observed.not_applicable} of {observed.of} criteria"
                share = _percent(share_of, self.max_not_applicable)
                why = f"{counted} n/a, {share}, more than {most}"
                yield Breach(_not_applicable(self.max_not_applicable), scored.path, why)

    def judge(
        self, watched: Watched, summary: Summary, skipped: Iterable[Skipped] = ()
    ) -> list[Judgement]:
        """The verdict of every gate that was asked for; `skipped` are drafts and void reviews."""
        found: list[Judgement] = []
        if self.expected:
            found.append(_each(watched, BELOW, CRITICAL, NOTHING_EXPECTED))
        if self.fail_under is not None:
            found.append(_each(watched, _under(self.fail_under)))
        if self.max_not_applicable is not None:
            found.append(_each(watched, _not_applicable(self.max_not_applicable)))
        if self.fail_under_mean is not None:
            found.append(self._mean(self.fail_under_mean, summary))
        if self.baseline is not None:
            found.append(_against(self.baseline, watched, summary, skipped))
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
        said = f"{'; '.join(told)}, wanted {_exact(bound)} or above" if told else NOTHING_TO_JUDGE
        return Judgement("--fail-under-mean", passed, said)


NOTHING_TO_JUDGE = "there was no review to judge"


def _under(bound: Fraction) -> Fault:
    said = f"under {_exact(bound)}"
    return Fault("--fail-under", f"is {said}", f"are {said}")


def _not_applicable(most: Fraction) -> Fault:
    said = f"more than {_exact(most)} of"
    return Fault(
        "--max-not-applicable", f"has {said} its criteria n/a", f"have {said} their criteria n/a"
    )


def _each(watched: Watched, *faults: Fault) -> Judgement:
    """The verdict of a gate over each review, from the usual fault on."""
    own = tuple(breach for breach in watched.breaches if breach.fault in faults)
    said = "; ".join(_counted(own, faults, str(watched.reviews)))
    if not own:
        said = f"none of {watched.reviews} {faults[0].one}" if watched.reviews else NOTHING_TO_JUDGE
    return Judgement(faults[0].gate, not own, said, own)


def _counted(breaches: Sequence[Breach], faults: Sequence[Fault], of: str) -> Iterator[str]:
    """How many reviews have each fault: `2 of 11 are under 70%`."""
    counts = Counter(breach.fault for breach in breaches)
    for fault in faults:
        number = counts[fault]
        if number:
            yield f"{number} of {of} {fault.one if number == 1 else fault.several}"


def _against(
    baseline: Baseline, watched: Watched, summary: Summary, skipped: Iterable[Skipped]
) -> Judgement:
    """The verdict of a comparison with an earlier run."""
    rubrics = {one.rubric.name: one.rubric for one in summary.in_order()}
    by_key, now = _by_key(baseline.reviews), _by_key(watched.standings)
    elsewhere = _elsewhere(by_key, watched, skipped)
    breaches: list[Breach] = []
    for key, earlier in sorted(by_key.items()):
        pairs = _pairs(earlier, now.get(key, []))
        if pairs is None:
            breaches += [Breach(AMBIGUOUS, one.path, _SAME_ID) for one in earlier]
            continue
        for before, after in pairs:
            if after is None:
                became = elsewhere.get(key[0], MISSING.one)
                breaches.append(Breach(MISSING, key[0], f"{became} ({key[1]})"))
            elif why := _fall(before, after, rubrics[key[1]]):
                breaches.append(Breach(FELL, after.path, why))
    means = {one.rubric.name: mean_of(one.shares) for one in summary.in_order()}
    fell = []
    for name, mean in sorted(baseline.means().items()):
        mean_now = means.get(name)
        if mean_now is not None and mean - mean_now > baseline.tolerance:
            was, is_now = _percent(mean, mean_now), _percent(mean_now, mean)
            fell.append(f"the mean of {name} fell from {was} to {is_now}")
    number = len(baseline.reviews)
    of = f"{number} earlier {'review' if number == 1 else 'reviews'}"
    told = [*_counted(breaches, (FELL, MISSING, AMBIGUOUS), of), *fell]
    if not told:
        told.append(f"none of {of} {FELL.one}, and no mean fell too far")
    surplus = Counter(one.key for one in watched.standings)
    surplus.subtract(one.key for one in baseline.reviews)
    new = sum(number for number in surplus.values() if number > 0)
    if new:
        told.append(f"{new} new")
    return Judgement("--baseline", not breaches and not fell, "; ".join(told), tuple(breaches))


_SAME_ID = "has its id and its path in common with another review: give each an id of its own"


class _Keyed(Protocol):
    @property
    def key(self) -> Key: ...


K = TypeVar("K", bound=_Keyed)


def _by_key(reviews: Iterable[K]) -> dict[Key, list[K]]:
    """Reviews by id and rubric: one each, unless an id was given twice."""
    found: dict[Key, list[K]] = {}
    for one in reviews:
        found.setdefault(one.key, []).append(one)
    return found


def _pairs(
    earlier: Sequence[Earlier], now: Sequence[Standing]
) -> list[tuple[Earlier, Standing | None]] | None:
    """Each earlier review of an id with what it is now; None where that cannot be told.

    Reviews that share an id are told apart by their paths, so that none hides behind another.
    """
    if len(earlier) == 1 and len(now) <= 1:
        return [(earlier[0], now[0] if now else None)]
    paths = {one.path: one for one in now}
    if len(paths) < len(now) or len({one.path for one in earlier}) < len(earlier):
        return None
    return [(one, paths.get(one.path)) for one in earlier]


def _elsewhere(
    earlier: Collection[Key], watched: Watched, skipped: Iterable[Skipped]
) -> dict[str, str]:
    """What is known of ids whose reviews are there and not compared, because of what they are."""
    found = {
        one.key[0]: f"is now scored against {one.key[1]}"
        for one in watched.standings
        if one.key not in earlier
    }
    found |= dict.fromkeys(watched.calibrations, "is now for calibration")
    for one in skipped:
        found[one.id] = "is now a draft" if one.reason == Status.DRAFT else f"is now {one.reason}"
    return found


def _fall(before: Earlier, now: Standing, rubric: Rubric) -> str | None:
    """From which band to which a review fell; None where it did not.

    A band that the rubric does not name any more cannot be compared by its name. The earlier share
    then stands for the band it would have today, unless a critical criterion had put the review in
    the lowest one, from which there is no fall.
    """
    names = [band.name for band in rubric.bands]
    if before.band in names:
        fell = now.rank < names.index(before.band)
        return f"fell from {before.band} to {now.band}" if fell else None
    then = band_of(rubric, before.share)
    if before.critical_missed or then is None or rubric.bands.index(then) <= now.rank:
        return None
    was, is_now = (_percent(share, *rubric.bounds) for share in (before.share, now.share))
    unknown = "it had no band" if before.band is None else f"{before.band} is no band any more"
    return (
        f"fell from {was} to {is_now}, by today's bands from {then.name} to {now.band} ({unknown})"
    )


def _percent(share: Fraction, *bounds: Fraction) -> str:
    """A percentage with as many decimals as it takes to agree with the verdict."""
    return percent_text(share, TEXT_DECIMALS, tuple(bounds)) + "%"


def _exact(share: Fraction) -> str:
    return decimal_text(share * 100) + "%"
