"""One review as a page to hand to its advisor, in words and figures; formats dress them.

The same as `full` shows a reviewer, with room for two signatures and how a rating is challenged.
The sentences are those of `full.View`.
"""

from collections.abc import Iterator
from fractions import Fraction
from typing import NamedTuple

from charter_score import facts
from charter_score.figures import figure_text, rounded_text
from charter_score.outcome import Scored
from charter_score.render.results.full import (
    IF_UPHELD_OVER_ALL,
    NOTED,
    TAGS_HEADING,
    View,
    about_a_section,
    bar_parts,
    is_changed,
    is_disputed,
    unscored_rating,
    who_and_when,
)
from charter_score.render.text import phrases
from charter_score.result import CriterionResult, Need, Score, SectionResult
from charter_score.review import Dispute, DisputeOutcome, Selection, Status
from charter_score.rubric import Band, Rubric, values_of

CHALLENGE = (
    "If you see a rating otherwise, say which one and why, to your reviewer or to anybody you "
    "trust to pass it on. It is written beside the rating (charter-score dispute). The score is "
    "provisional until somebody who was not part of this review has decided, and both views stay "
    "on record."
)
"""How a rating is challenged."""
SIGNATURES = ("Advisor", "Reviewer")
"""Who signs; what they sign is `SEEN`."""
SEEN = "Signing says that we talked about this page, not that we agree on all of it."


class ScoreFigures(NamedTuple):
    """A score or observed score: `80%`, `16 of 20 points`, its band, and its part of 100."""

    percent: str
    points: str
    band: str
    part: str


class SectionFigures(NamedTuple):
    """A section in a line; `met`, `not_applicable` and `missed` are parts of 100, None of none."""

    title: str
    points: str
    percent: str
    aside: str
    bar: tuple[str, str, str] | None


class NeedWords(NamedTuple):
    """A development need; what was said about it has labels: `Reviewer`, `Try`, …."""

    title: str
    critical: bool
    disputed: bool
    cost: str | None
    evidence: str | None
    said: tuple[tuple[str, str], ...]


class Remark(NamedTuple):
    """A criterion with what was written beside it, and where it can be heard."""

    title: str
    text: str
    evidence: str | None = None


class DisputeWords(NamedTuple):
    """A dispute: how it stands, what it is about, the advisor's reason, and what else to say."""

    outcome: str
    about: str
    because: str | None
    raised: str | None
    more: tuple[str, ...]


class Agreed(NamedTuple):
    """Something agreed, with who does it and by when."""

    what: str
    who: str


class ReviewPage(NamedTuple):
    """Everything that the page of one review says."""

    rubric: Rubric
    edition: str
    id: str
    noun: str
    person: str
    contact: tuple[str, ...]
    reviewer: str | None
    status: str | None
    provisional: str | None
    score: ScoreFigures
    observed: ScoreFigures
    meets_expected: bool | None
    expected: str | None
    about: tuple[str, ...]
    cautions: tuple[tuple[str, str], ...]
    sections: tuple[SectionFigures, ...]
    done_well: tuple[str, ...]
    strengths: str | None
    needs_heading: str
    no_needs: str | None
    needs: tuple[NeedWords, ...]
    could_be_better: tuple[str, ...]
    noted: tuple[Remark, ...]
    without_points: tuple[tuple[str, tuple[Remark, ...]], ...]
    not_applicable_heading: str
    not_applicable: tuple[Remark, ...]
    disputes: tuple[DisputeWords, ...]
    next_band: str | None
    notes: str | None
    agreed: tuple[Agreed, ...]
    advisor_comment: str | None
    acknowledged: str | None
    picture: str
    left_out: str | None

    noted_heading: str = NOTED
    challenge: str = CHALLENGE
    signatures: tuple[str, ...] = SIGNATURES
    seen: str = SEEN


def review_page(scored: Scored, *, names: bool = True, comments: bool = True) -> ReviewPage:
    """The page of a scored review, without what is not to be shown, which it then says."""
    return _Page(scored, names=names, comments=comments).page()


class _Page:
    def __init__(self, scored: Scored, *, names: bool, comments: bool) -> None:
        self.view = View(scored, comments=comments)
        self.scored = scored
        self.names = names
        self.comments = comments

    def page(self) -> ReviewPage:
        view, result = self.view, self.scored.result
        review, rubric = result.review, result.rubric
        shown = view.not_applicable()
        own_words = review if self.comments else None
        known = {name: values_of(review.interaction, name) for name in ("channel", "date")}
        others = (
            f"{self._title(name)}: {', '.join(values)}"
            for name in review.interaction
            if name not in known and (values := values_of(review.interaction, name))
        )
        return ReviewPage(
            rubric=rubric,
            edition=facts.edition(rubric),
            id=self.scored.id,
            noun=view.noun,
            person=", ".join(self._named(review.advisor, review.team)),
            contact=(*known["channel"], *map(phrases.day, known["date"]), *others),
            reviewer=review.reviewer if self.names else None,
            status=self._status(),
            provisional=self._provisional(),
            score=self._figures(result.score, result.share, result.band),
            observed=self._figures(
                result.observed.score, result.observed_share, result.band_observed
            ),
            meets_expected=result.meets_expected,
            expected=facts.expected(rubric),
            about=tuple(view.about_the_score()),
            cautions=tuple(view.cautions()),
            sections=tuple(map(self._section, result.sections)),
            done_well=own_words.done_well if own_words else (),
            strengths=view.strengths(),
            needs_heading=view.needs_heading(),
            no_needs=view.no_needs(),
            needs=tuple(map(self._need, result.needs)),
            could_be_better=own_words.could_be_better if own_words else (),
            noted=tuple(self._remark(*one) for one in view.noted()),
            without_points=(
                *self._tags(),
                *(
                    (title, tuple(self._rated(*one) for one in rated))
                    for title, rated in view.without_points()
                ),
            ),
            not_applicable_heading=view.not_applicable_heading(len(shown)),
            not_applicable=tuple(
                Remark(title, view.reason(one) if self.comments else "", view.evidence(one))
                for title, one in shown
            ),
            disputes=tuple(self._disputes()),
            next_band=view.next_band(),
            notes=own_words.notes if own_words else None,
            agreed=tuple(
                Agreed(
                    action.what,
                    who_and_when(action if self.names else action.model_copy(update={"who": None})),
                )
                for action in (own_words.actions if own_words else ())
            ),
            advisor_comment=own_words.advisor_comment if own_words else None,
            acknowledged=review.acknowledged,
            picture=view.picture(),
            left_out=self._left_out(),
        )

    def _status(self) -> str | None:
        """What the review counts for, and how its contact was chosen."""
        review = self.scored.result.review
        told = [] if review.status is Status.FINAL else [review.status.value]
        if review.selection is not Selection.RANDOM:
            told.append(review.selection.value)
        return ", ".join(told) or None

    def _title(self, field: str) -> str:
        """What the rubric calls a field of the interaction, or the review."""
        rule = self.scored.result.rubric.fields.get(field)
        return rule.title if rule and rule.title else field

    def _named(self, *names: str | None) -> list[str]:
        return [name for name in names if name] if self.names else []

    def _left_out(self) -> str | None:
        """What the page does not show though the review may have it."""
        left_out = {"names": self.names, "comments": self.comments}
        hidden = [what for what, is_shown in left_out.items() if not is_shown]
        if not hidden:
            return None
        options = " and ".join(f"--include-{what}" for what in hidden)
        return f"Left out: {' and '.join(hidden)} ({options})."

    def _provisional(self) -> str | None:
        if not self.scored.result.provisional:
            return None
        disputes = self.scored.result.review.disputes
        still_open = sum(dispute.outcome is DisputeOutcome.OPEN for dispute in disputes)
        return f"{phrases.count(still_open, 'dispute')} {'is' if still_open == 1 else 'are'} open"

    def _figures(self, score: Score, share: Fraction, band: Band | None) -> ScoreFigures:
        points = f"{figure_text(score.earned)} of {facts.points(score.available)}"
        percent = phrases.percent(share, self.scored.result.rubric)
        return ScoreFigures(percent, points, band.name if band else "", _hundredths(share))

    def _tags(self) -> Iterator[tuple[str, tuple[Remark, ...]]]:
        """What the criteria with each tag come to."""
        if tags := tuple(Remark(title, told) for title, told in self.view.tags()):
            yield TAGS_HEADING, tags

    def _section(self, section: SectionResult) -> SectionFigures:
        score, parts = section.score, bar_parts(section)
        return SectionFigures(
            section.section.title,
            f"{figure_text(score.earned)} of {figure_text(score.available)}",
            phrases.percent(score.share, self.scored.result.rubric),
            about_a_section(section),
            None if parts is None else _bar(parts),
        )

    def _need(self, need: Need) -> NeedWords:
        view, result = self.view, need.result
        said = {
            "Rated": view.need_rating(need),
            "Reviewer": view.comment(result),
            "Cause": view.causes(result),
            "Try": result.criterion.advice or None,
        }
        return NeedWords(
            view.need_title(need),
            critical=result.critical_missed,
            disputed=is_disputed(result),
            cost=view.need_cost(need),
            evidence=view.evidence(result),
            said=tuple((label, text) for label, text in said.items() if text),
        )

    def _remark(self, section: SectionResult, result: CriterionResult) -> Remark:
        view = self.view
        return Remark(
            view.titled(section, result), view.comment(result) or "", view.evidence(result)
        )

    def _rated(self, section: SectionResult, result: CriterionResult) -> Remark:
        title, comment, evidence = self._remark(section, result)
        rating = unscored_rating(result)
        return Remark(title, f"{rating}: {comment}" if comment else rating, evidence)

    def _disputes(self) -> Iterator[DisputeWords]:
        outlooks = iter(self.scored.result.outlooks)
        for dispute in self.scored.result.review.disputes:
            is_open = dispute.outcome is DisputeOutcome.OPEN
            more = list(self._decided(dispute))
            if is_open:
                over_all = dispute.is_over_all
                more.append(IF_UPHELD_OVER_ALL if over_all else self.view.outlook(next(outlooks)))
            yield DisputeWords(
                dispute.outcome.value,
                self.view.dispute_about(dispute),
                dispute.because if self.comments else None,
                dispute.on,
                tuple(more),
            )

    def _decided(self, dispute: Dispute) -> Iterator[str]:
        """What the reviewer wrote first, who decided, and what is scored since."""
        found = None if dispute.is_over_all else self.view.disputed(dispute)
        first = found.rated.comment if self.comments and found is not None else None
        if first and found is not None and is_changed(found) and found.dispute is dispute:
            yield f"Reviewer: {first}"
        shown = dispute if self.names else dispute.model_copy(update={"decided_by": None})
        decided, reason = self.view.decision(shown)
        if decided:
            yield f"{decided}: {reason}" if reason else f"{decided}."
        if found is None:
            return
        if dispute.outcome is DisputeOutcome.UPHELD and found.dispute is dispute:
            yield f"It is scored as {found.worth.rating}."


def _hundredths(share: Fraction) -> str:
    return rounded_text(share * 100, 2)


def _bar(parts: list[Fraction]) -> tuple[str, str, str]:
    """The lengths of a bar's parts, in hundredths of it; what is deducted or a bonus has none."""
    met = min(max(parts[0], Fraction(0)), Fraction(1))
    not_applicable = min(parts[1], 1 - met)
    return (
        _hundredths(met),
        _hundredths(not_applicable),
        _hundredths(1 - met - not_applicable),
    )
