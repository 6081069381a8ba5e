"""Gates: what CI may ask of a batch, decided by exact comparison.

Each review is judged where it is scored; means and the comparison with an earlier run wait for the
end. Calibration reviews are practice, so no gate looks at them.

A gate lets nothing pass unseen: where no review was found, where a rubric states no expectation,
and where an earlier run cannot be compared with, it fails and says why. Where drafts, void reviews
and calibration are all there is, it passes and says that it judged nothing.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import Enum, auto
from fractions import Fraction
from typing import NamedTuple, Protocol, TypeVar

from charter_score.compiled import bounds_of, expected_share
from charter_score.figures import TEXT_DECIMALS, decimal_text, percent_text
from charter_score.linting.accountability import ACCOUNTABILITY
from charter_score.outcome import LeftOut, Outcome, Scored, Skipped
from charter_score.review import Status
from charter_score.summary import Summary, mean_of

_UNJUDGED = {
    Status.CALIBRATION: "is now for calibration",
    Status.SELF: "is now the advisor's own view",
}
"""The scored reviews that no gate judges, and what has become of one that one did."""
Key = tuple[str, str]
"""Review id and rubric (`id@version`)."""


class Gate(Enum):
    """What a gate looks at. What people call it is for whoever asks them."""

    EXPECTATION = auto()
    SHARE = auto()
    NOT_APPLICABLE = auto()
    ACCOUNTABILITY = auto()
    MEAN = auto()
    EARLIER_RUN = auto()


class Reason(NamedTuple):
    """Why a gate fails reviews, as the end of a sentence about one of them, and about several.

    `not_one` is what can be said of one review that the gate passes.
    """

    gate: Gate
    one: str
    several: str
    not_one: str = ""


class Violation(NamedTuple):
    """A review that a gate fails: why, what it is called, the details, and its file if it has one.

    A review of an earlier run that is gone has a name and no file.
    """

    reason: Reason
    name: str
    detail: str
    path: str | None = None


class Verdict(NamedTuple):
    """Result of one gate over the whole batch: what is to be said, and the reviews it fails."""

    gate: Gate
    passed: bool
    text: str
    violations: tuple[Violation, ...] = ()


class Conclusion(Enum):
    """Result of a whole run, from which its exit code follows."""

    PASSED = "passed"
    FAILED = "failed"
    NOT_SCORED = "not-scored"


def conclusion_of(summary: Summary, verdicts: Iterable[Verdict]) -> Conclusion:
    """The result of a run: what could not be scored weighs more than a gate."""
    if summary.failed or not summary.reviews:
        return Conclusion.NOT_SCORED
    passed = all(verdict.passed for verdict in verdicts)
    return Conclusion.PASSED if passed else Conclusion.FAILED


BELOW = Reason(
    Gate.EXPECTATION,
    "is below its rubric's expectation",
    "are below their rubric's expectation",
    "is not below its rubric's expectation",
)
CRITICAL = Reason(Gate.EXPECTATION, "missed a critical criterion", "missed a critical criterion")
MINIMUM = Reason(
    Gate.EXPECTATION,
    "is below a section's minimum",
    "are below a section's minimum",
)
NOTHING_EXPECTED = Reason(
    Gate.EXPECTATION,
    "has a rubric that states no expectation",
    "have a rubric that states no expectation",
)
UNACCOUNTABLE = Reason(
    Gate.ACCOUNTABILITY,
    "has a warning about who answers for it",
    "have a warning about who answers for them",
    "has no warning about who answers for it",
)
FELL = Reason(Gate.EARLIER_RUN, "fell a band", "fell a band", "did not fall a band")
MISSING = Reason(
    Gate.EARLIER_RUN,
    "is not among the scored reviews",
    "are not among the scored reviews",
)
OTHER_RUBRIC = Reason(
    Gate.EARLIER_RUN, "was scored with another rubric", "were scored with another rubric"
)
AMBIGUOUS = Reason(
    Gate.EARLIER_RUN,
    "cannot be told from another of the same id",
    "cannot be told from others of the same id",
)


class EarlierReview(NamedTuple):
    """A review of an earlier run, as a comparison needs it; digests are SHA-256 of the files."""

    key: Key
    path: str
    band: str | None
    share: Fraction
    sha256: str
    rubric_sha256: str


class CurrentReview(NamedTuple):
    """A review of this run, as a comparison with an earlier one needs it."""

    key: Key
    path: str
    band: str | None
    sha256: str
    rubric_sha256: str


class Baseline(NamedTuple):
    """An earlier run: all of its reviews. `tolerance` is how far a mean may fall, as a share."""

    reviews: Sequence[EarlierReview]
    tolerance: Fraction = Fraction(0)

    def means(self) -> dict[str, Fraction]:
        """The mean share of each rubric in the earlier run."""
        shares: dict[str, Counter[Fraction]] = {}
        for review in self.reviews:
            shares.setdefault(review.key[1], Counter())[review.share] += 1
        return {name: mean for name, of in shares.items() if (mean := mean_of(of)) is not None}


class Gates(NamedTuple):
    """The gates that were asked for. Shares from 0 to 1; at the bound passes."""

    expected: bool = False
    fail_under: Fraction | None = None
    fail_under_mean: Fraction | None = None
    max_not_applicable: Fraction | None = None
    accountable: bool = False
    baseline: Baseline | None = None

    def findings(self) -> "GateFindings":
        """A collector of what these gates find in reviews."""
        # It is handed between processes, so it does not carry the earlier run.
        return GateFindings(self._replace(baseline=None), compares=self.baseline is not None)

    def violations(self, scored: Scored) -> Iterator[Violation]:
        """What the gates on each review have against one."""
        result = scored.result
        if self.expected:
            expected = expected_share(result.rubric)
            if result.critical_missed:
                yield _violation(CRITICAL, scored, "a critical criterion was missed")
            elif result.below_section_minimum:
                titles = ", ".join(section.title for section in result.below_section_minimum)
                yield _violation(MINIMUM, scored, f"below the section's minimum: {titles}")
            elif expected is None:
                detail = f"{result.rubric.name} states no `expected`"
                yield _violation(NOTHING_EXPECTED, scored, detail)
            elif not result.meets_expected:
                share = _percent(result.share, *bounds_of(result.rubric))
                detail = f"{share}, expected {_exact(expected)} or above"
                yield _violation(BELOW, scored, detail)
        if self.fail_under is not None and result.share < self.fail_under:
            share = _percent(result.share, self.fail_under, *bounds_of(result.rubric))
            detail = f"{share}, under {_exact(self.fail_under)}"
            yield _violation(_under(self.fail_under), scored, detail)
        if self.max_not_applicable is not None:
            observed = result.observed
            share_of = Fraction(observed.not_applicable, observed.of)
            if share_of > self.max_not_applicable:
                most = _exact(self.max_not_applicable)
                counted = f"{observed.not_applicable} of {observed.of} criteria"
                share = _percent(share_of, self.max_not_applicable)
                detail = f"{counted} n/a, {share}, more than {most}"
                yield _violation(_not_applicable(self.max_not_applicable), scored, detail)

    def unanswered(self, outcome: Scored | Skipped) -> Iterator[Violation]:
        """What keeps a review from being answered for, where that was asked."""
        if not self.accountable:
            return
        for warning in outcome.warnings:
            if warning.code in ACCOUNTABILITY:
                yield Violation(UNACCOUNTABLE, outcome.path, warning.message, outcome.path)

    def verdicts(self, findings: "GateFindings", summary: Summary) -> list[Verdict]:
        """The verdict of every gate that was asked for, once all reviews were looked at."""
        verdicts: list[Verdict] = []
        if self.expected:
            reasons = (BELOW, CRITICAL, MINIMUM, NOTHING_EXPECTED)
            verdicts.append(_verdict_on_each(findings, summary, *reasons))
        if self.fail_under is not None:
            verdicts.append(_verdict_on_each(findings, summary, _under(self.fail_under)))
        if self.max_not_applicable is not None:
            reason = _not_applicable(self.max_not_applicable)
            verdicts.append(_verdict_on_each(findings, summary, reason))
        if self.accountable:
            verdicts.append(_verdict_on_accountability(findings, summary))
        if self.fail_under_mean is not None:
            verdicts.append(_verdict_on_means(self.fail_under_mean, summary))
        if self.baseline is not None:
            verdicts.append(_Comparison(self.baseline, findings, summary).verdict())
        return verdicts


@dataclass(slots=True)
class GateFindings:
    """Collector: what the gates on each review found, and what a comparison needs of each.

    `absent` says why a review is there and not compared, by its id.
    """

    gates: Gates
    compares: bool = False
    judged: int = 0
    violations: list[Violation] = field(default_factory=list)
    current: list[CurrentReview] = field(default_factory=list)
    absent: dict[str, str] = field(default_factory=dict)
    void: int = 0
    contacts: list[tuple[tuple[str, ...], str]] = field(default_factory=list)

    def add(self, outcome: Outcome | LeftOut) -> None:
        """Look at one outcome."""
        match outcome:
            case Skipped():
                self.violations.extend(self.gates.unanswered(outcome))
                if self.gates.accountable and outcome.reason == Status.VOID:
                    self.void += 1
                if not self.compares:
                    return
                is_draft = outcome.reason == Status.DRAFT
                self.absent[outcome.id] = (
                    "is now a draft" if is_draft else f"is now {outcome.reason}"
                )
            case Scored() if outcome.result.review.status in _UNJUDGED:
                if self.compares:
                    self.absent[outcome.id] = _UNJUDGED[outcome.result.review.status]
            case Scored():
                self.judged += 1
                self.violations.extend(self.gates.violations(outcome))
                self.violations.extend(self.gates.unanswered(outcome))
                result = outcome.result
                if self.gates.accountable and result.review.contact is not None:
                    contact = (*result.review.contact, result.rubric.id)
                    self.contacts.append((contact, outcome.path))
                if self.compares:
                    self.current.append(_current(outcome))

    def combine(self, later: "GateFindings") -> None:
        """Take in what was found in later reviews."""
        self.judged += later.judged
        self.violations += later.violations
        self.current += later.current
        self.absent |= later.absent
        self.void += later.void
        self.contacts += later.contacts

    def reviewed_twice(self) -> Iterator[Violation]:
        """Each review of a contact that an earlier one by the same reviewer is of."""
        known: set[tuple[str, ...]] = set()
        for contact, path in self.contacts:
            if contact in known:
                detail = "the contact was reviewed before by the same reviewer"
                yield Violation(UNACCOUNTABLE, path, detail, path)
            known.add(contact)


def _current(scored: Scored) -> CurrentReview:
    result = scored.result
    return CurrentReview(
        (scored.id, result.rubric.name),
        scored.path,
        result.band.name if result.band else None,
        scored.sha256,
        scored.rubric_sha256,
    )


def _violation(reason: Reason, scored: Scored, detail: str) -> Violation:
    return Violation(reason, scored.path, detail, scored.path)


def _under(bound: Fraction) -> Reason:
    under = f"under {_exact(bound)}"
    return Reason(Gate.SHARE, f"is {under}", f"are {under}", f"is not {under}")


def _not_applicable(most: Fraction) -> Reason:
    more = f"more than {_exact(most)} of"
    return Reason(
        Gate.NOT_APPLICABLE,
        f"has {more} its criteria n/a",
        f"have {more} their criteria n/a",
        f"does not have {more} its criteria n/a",
    )


def _verdict_on_nothing(gate: Gate, summary: Summary) -> Verdict:
    """The verdict where there was no review to judge: it only passes where that is meant so."""
    if not summary.reviews:
        return Verdict(gate, passed=False, text="no review was found")
    if summary.failed:
        return Verdict(gate, passed=False, text="no review could be judged")
    skipped = f"{summary.skipped} drafts or void" if summary.skipped > 1 else "1 draft or void"
    kinds = [skipped] if summary.skipped else []
    if summary.calibration:
        kinds.append(f"{summary.calibration} for calibration")
    if summary.own:
        kinds.append(f"{summary.own} by the advisor")
    if summary.targeted + summary.requested:
        kinds.append(f"{summary.targeted + summary.requested} chosen on purpose")
    return Verdict(gate, passed=True, text=f"it judged nothing: {', '.join(kinds)}")


def _verdict_on_each(findings: GateFindings, summary: Summary, *reasons: Reason) -> Verdict:
    """The verdict of a gate over each review, from the usual reason on."""
    gate = reasons[0].gate
    if not findings.judged:
        return _verdict_on_nothing(gate, summary)
    own = tuple(violation for violation in findings.violations if violation.reason in reasons)
    text = "; ".join(_counted(own, reasons, _Number(findings.judged)))
    if not own:
        text = _none(reasons[0], _Number(findings.judged))
    return Verdict(gate, not own, text, own)


def _verdict_on_accountability(findings: GateFindings, summary: Summary) -> Verdict:
    """The verdict of the gate on who answers for what; void reviews are looked at too."""
    gate = Gate.ACCOUNTABILITY
    looked_at = findings.judged + findings.void
    own = [one for one in findings.violations if one.reason == UNACCOUNTABLE]
    own += findings.reviewed_twice()
    if not looked_at and not own:
        return _verdict_on_nothing(gate, summary)
    if not own:
        return Verdict(gate, passed=True, text=f"none of {looked_at} {UNACCOUNTABLE.one}")
    number = len({violation.path for violation in own})
    said = UNACCOUNTABLE.one if number == 1 else UNACCOUNTABLE.several
    text = f"{number} of {looked_at} {said}"
    return Verdict(gate, passed=False, text=text, violations=tuple(own))


def _verdict_on_means(bound: Fraction, summary: Summary) -> Verdict:
    """The verdict of the gate over the mean of each rubric."""
    means = _means(summary)
    if not means:
        return _verdict_on_nothing(Gate.MEAN, summary)
    sentences = [f"{name} has a mean of {_percent(mean, bound)}" for name, mean in means.items()]
    passed = all(mean >= bound for mean in means.values())
    return Verdict(Gate.MEAN, passed, f"{'; '.join(sentences)}, wanted {_exact(bound)} or above")


def _means(summary: Summary) -> dict[str, Fraction]:
    """The mean share of each rubric by which reviews were scored."""
    means = ((counts.rubric.name, mean_of(counts.shares)) for counts in summary.in_order())
    return {name: mean for name, mean in means if mean is not None}


class _Number(NamedTuple):
    """How many reviews a sentence is about; of this run, or of an earlier one."""

    of: int
    are_earlier: bool = False

    def __str__(self) -> str:
        return f"{self.of} earlier reviews" if self.are_earlier else str(self.of)

    @property
    def only(self) -> str:
        """The one that there is."""
        return "the one earlier review" if self.are_earlier else "the one review judged"


def _counted(
    violations: Sequence[Violation], reasons: Sequence[Reason], number: _Number
) -> Iterator[str]:
    """How many reviews there are for each reason: `2 of 11 are under 70%`."""
    counts = Counter(violation.reason for violation in violations)
    for reason in reasons:
        found = counts[reason]
        if found == number.of == 1:
            yield f"{number.only} {reason.one}"
        elif found:
            yield f"{found} of {number} {reason.one if found == 1 else reason.several}"


def _none(reason: Reason, number: _Number) -> str:
    """That there is no review for a reason: `none of 11 is under 70%`."""
    if number.of == 1 and reason.not_one:
        return f"{number.only} {reason.not_one}"
    return f"none of {number} {reason.one}"


class _Comparison:
    """A comparison of this run with an earlier one, like with like.

    Reviews are compared that have the same id and were scored by the same rubric, byte for byte. A
    rubric that changed makes every figure of then mean something else, so nothing of it is compared
    and the gate fails. Reviews that share an id are told apart by their paths, and by their bytes
    where a path changed, so that none hides behind another.
    """

    def __init__(self, baseline: Baseline, findings: GateFindings, summary: Summary) -> None:
        self._baseline = baseline
        self._summary = summary
        self._absent = findings.absent
        self._violations: list[Violation] = []
        self._moved = self._new = 0
        self._bands = {
            counts.rubric.name: [band.name for band in counts.rubric.bands]
            for counts in summary.in_order()
        }
        earlier_rubrics = _digests(baseline.reviews)
        now_rubrics = _digests(findings.current)
        self._changed = sorted(
            name
            for name, digests in earlier_rubrics.items()
            if len(digests | now_rubrics.get(name, digests)) > 1
        )
        earlier = [review for review in baseline.reviews if review.key[1] not in self._changed]
        current = [review for review in findings.current if review.key[1] not in self._changed]
        self._rubric_now = {review.key[0]: review.key[1] for review in findings.current}
        self._compare(_by_key(earlier), _by_key(current))

    def verdict(self) -> Verdict:
        """The verdict: what is not as it was, and what could not be compared."""
        number = _Number(len(self._baseline.reviews), are_earlier=True)
        reasons = (FELL, MISSING, OTHER_RUBRIC, AMBIGUOUS)
        sentences = [
            *(
                f"{name} is not the rubric of the earlier run, its file changed, so nothing "
                "scored by it is compared: keep new results"
                for name in self._changed
            ),
            *_counted(self._violations, reasons, number),
            *self._fallen_means(),
        ]
        passed = not sentences
        if passed:
            none = _none(FELL, number)
            sentences.append(f"{none}, and no mean fell too far")
        if self._moved:
            sentences.append(f"{self._moved} moved")
        if self._new:
            sentences.append(f"{self._new} new")
        return Verdict(Gate.EARLIER_RUN, passed, "; ".join(sentences), tuple(self._violations))

    def _compare(
        self,
        earlier: dict[Key, list[EarlierReview]],
        current: dict[Key, list[CurrentReview]],
    ) -> None:
        gone: list[EarlierReview] = []
        new: list[CurrentReview] = []
        for key in sorted(earlier.keys() | current.keys()):
            pairs = _Pairs(earlier.get(key, []), current.get(key, []))
            for before, now in pairs.pairs:
                self._moved += before.path != now.path
                self._compare_bands(before, now)
            if pairs.earlier and pairs.current:
                for before in pairs.earlier:
                    self._violations.append(
                        Violation(AMBIGUOUS, before.path, _SAME_ID, pairs.current[0].path)
                    )
            else:
                gone += pairs.earlier
                new += pairs.current
        self._find_again(gone, new)

    def _compare_bands(self, before: EarlierReview, now: CurrentReview) -> None:
        """Fail a review whose band is below the one it had; the rubric is the same one."""
        bands = self._bands[now.key[1]]
        if before.band is None or now.band is None:
            return
        if before.band not in bands:
            detail = f"{before.band} is no band of its rubric"  # the results were edited
        elif bands.index(now.band) < bands.index(before.band):
            detail = f"fell from {before.band} to {now.band}"
        else:
            return
        self._violations.append(Violation(FELL, now.path, detail, now.path))

    def _find_again(self, gone: Sequence[EarlierReview], new: Sequence[CurrentReview]) -> None:
        """Look for reviews whose id is gone among the new ones.

        One that says no id is called after its file, so one that was moved has another id and the
        same bytes.
        """
        gone_contents = Counter((review.key[1], review.sha256) for review in gone)
        new_contents = Counter((review.key[1], review.sha256) for review in new)
        moved = 0
        for before in gone:
            content = (before.key[1], before.sha256)
            if gone_contents[content] == new_contents[content] == 1:
                moved += 1
                continue
            name, rubric = before.key
            rubric_now = self._rubric_now.get(name)
            if rubric_now is not None and rubric_now != rubric and name not in self._absent:
                detail = f"is now scored with {rubric_now} ({rubric})"
                self._violations.append(Violation(OTHER_RUBRIC, name, detail))
            else:
                detail = f"{self._absent.get(name, MISSING.one)} ({rubric})"
                self._violations.append(Violation(MISSING, name, detail))
        self._moved += moved
        self._new = len(new) - moved

    def _fallen_means(self) -> Iterator[str]:
        means = _means(self._summary)
        for name, mean in sorted(self._baseline.means().items()):
            mean_now = means.get(name)
            if name in self._changed or mean_now is None:
                continue
            if mean - mean_now > self._baseline.tolerance:
                between = (mean + mean_now) / 2  # two figures on its two sides are never alike
                was, is_now = _percent(mean, between), _percent(mean_now, between)
                yield f"the mean of {name} fell from {was} to {is_now}"


_SAME_ID = (
    "has its id in common with another review, and its path is not the one it had: "
    "give each an id of its own"
)


class _Compared(Protocol):
    @property
    def key(self) -> Key: ...
    @property
    def rubric_sha256(self) -> str: ...


R = TypeVar("R", bound=_Compared)


def _by_key(reviews: Iterable[R]) -> dict[Key, list[R]]:
    """Reviews by id and rubric: one each, unless an id was given twice."""
    reviews_by_key: dict[Key, list[R]] = {}
    for review in reviews:
        reviews_by_key.setdefault(review.key, []).append(review)
    return reviews_by_key


def _digests(reviews: Iterable[_Compared]) -> dict[str, set[str]]:
    """The digests of each rubric; more than one where two files have the same id and version."""
    digests: dict[str, set[str]] = {}
    for review in reviews:
        digests.setdefault(review.key[1], set()).add(review.rubric_sha256)
    return digests


class _Pairs:
    """Reviews of one id and rubric: each earlier one with what it is now, and who was left over."""

    def __init__(self, earlier: Sequence[EarlierReview], current: Sequence[CurrentReview]) -> None:
        self.earlier = earlier
        self.current = current
        self.pairs: list[tuple[EarlierReview, CurrentReview]] = []
        if len(earlier) == len(current) == 1:
            self.pairs, self.earlier, self.current = [(earlier[0], current[0])], (), ()
            return
        self._match(lambda review: review.path)
        self._match(lambda review: review.sha256)

    def _match(self, mark_of: Callable[[EarlierReview | CurrentReview], str]) -> None:
        """Pair the reviews of a mark that one of then and one of now alone has."""
        then, now = _only_ones(self.earlier, mark_of), _only_ones(self.current, mark_of)
        common = then.keys() & now.keys()
        self.pairs += [(review, now[mark]) for mark, review in then.items() if mark in common]
        self.earlier = [review for review in self.earlier if mark_of(review) not in common]
        self.current = [review for review in self.current if mark_of(review) not in common]


def _only_ones(reviews: Sequence[R], mark_of: Callable[[R], str]) -> dict[str, R]:
    """The reviews that share their mark with no other, by it."""
    counts = Counter(map(mark_of, reviews))
    return {mark: review for review in reviews if counts[mark := mark_of(review)] == 1}


def _percent(share: Fraction, *bounds: Fraction) -> str:
    """A percentage with as many decimals as it takes to agree with the verdict."""
    return percent_text(share, TEXT_DECIMALS, tuple(bounds)) + "%"


def _exact(share: Fraction) -> str:
    return decimal_text(share * 100) + "%"
