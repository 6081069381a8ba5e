"""One review for the person who coaches from it: the score, what it rests on, what comes next."""

import shlex
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from typing import NamedTuple

from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.table import Table
from rich.text import Text

from charter_score import facts
from charter_score.compiled import band_of
from charter_score.diagnostics import joined
from charter_score.figures import figure_text
from charter_score.outcome import Outcome, Scored
from charter_score.rating import Policy
from charter_score.render.results.batch import Closing
from charter_score.render.text import phrases
from charter_score.render.text.blocks import (
    NARROWEST_TEXT,
    WIDEST_PROSE,
    Hanging,
    Labelled,
    Parts,
    command_lines,
    entry,
    fitted,
    fixed,
    heading,
    item,
    prose,
    quoted,
    spaced,
    with_aside,
    words,
)
from charter_score.render.text.console import Line, Screen
from charter_score.render.text.hostile import visible
from charter_score.result import (
    CriterionResult,
    Need,
    Outlook,
    ReviewResult,
    Score,
    SectionResult,
)
from charter_score.review import Action, Dispute, DisputeOutcome, Selection, Status
from charter_score.rubric import Combine, OnCritical, values_of

BAR = 10
"""Cells of a section's bar."""
NARROWEST_TITLE = 20
"""Columns that the title of a section wants beside its figures."""
WIDEST_TITLE = 36
"""Columns that titles take beside their reasons; a longer one goes on below."""
MOST_ASIDE = 20
"""Columns of evidence that still stands beside a reason."""
NOTED = "Noted on what was met"
"""What comments on ratings that lost nothing are called."""


def full(
    scored: Scored,
    *,
    bars: bool = True,
    comments: bool = True,
    explain: Sequence[str] | None = None,
) -> Parts:
    """The view of one review; without `comments` no free text of a review is shown.

    `explain` are the words of the command that derives its score, where there is one.
    """
    return View(scored, bars=bars, comments=comments, explain=explain).parts()


class Full:
    """`full` of a batch: one page a review, set apart by a line.

    `explain` gives the words of the command that derives the score of the review at a path.
    """

    def __init__(
        self,
        screen: Screen,
        *,
        bars: bool,
        comments: bool,
        explain: Callable[[str], Sequence[str] | None],
    ) -> None:
        self._screen = screen
        self._bars = bars
        self._comments = comments
        self._explain = explain
        self._any = False

    def piece(self, outcome: Outcome) -> str:
        """The page of a scored review; nothing of any other outcome."""
        if not isinstance(outcome, Scored):
            return ""
        explain = self._explain(outcome.path)
        return self._screen.text(
            full(outcome, bars=self._bars, comments=self._comments, explain=explain)
        )

    def begin(self) -> str:
        """Nothing."""
        return ""

    def add(self, piece: str) -> str:
        """The page, and before every page but the first a line."""
        if not piece or not self._any:
            self._any = self._any or bool(piece)
            return piece
        sign = "─" if self._bars else "-"
        line = Line(sign * min(self._screen.width, WIDEST_PROSE), "faint")
        return self._screen.text([Text(), line, Text()]) + piece

    def end(self, closing: Closing) -> Iterator[str]:
        """Nothing: what is wrong is told on standard error."""
        del closing
        return iter(())


class View:
    """What there is to say about one review, as sentences and as parts for a terminal.

    The sentences (methods without an underscore) serve the pages of one review too.
    """

    def __init__(
        self,
        scored: Scored,
        *,
        bars: bool = False,
        comments: bool = True,
        explain: Sequence[str] | None = None,
    ) -> None:
        self.bars = bars
        self.explain = explain
        self.scored = scored
        self.result: ReviewResult = scored.result
        self.rubric = scored.result.rubric
        self.review = scored.result.review
        self.comments = comments
        self.noun = phrases.noun(self.review, self.rubric)
        self.titles = {
            section.section.id: section.section.title for section in self.result.sections
        }
        self.numbers = {
            (section.id, criterion.id): number
            for section in self.rubric.sections
            for number, criterion in enumerate(section.criteria, 1)
        }

    def parts(self) -> Parts:
        """All of it for a terminal."""
        return spaced(
            list(self._head()),
            list(self._scores()),
            *(_warning(title, text) for title, text in self.cautions()),
            [self._sections()],
            list(self._tags()),
            list(self._done_well()),
            list(self._noted()),
            *self._needs(),
            *self._without_points(),
            list(self._not_applicable()),
            *map(list, self._disputes()),
            list(self._next_band()),
            *self._conversation(),
            list(self._foot()),
        )

    # ── What was reviewed ─────────────────────────────────────────────────────────────────────

    def _head(self) -> Iterator[RenderableType]:
        rubric, review = self.rubric, self.review
        yield Hanging(words((facts.edition(rubric), "title")))
        person = ", ".join(name for name in (review.advisor, review.team) if name)
        known = {name: values_of(review.interaction, name) for name in ("channel", "date")}
        date = [phrases.day(text) for text in known["date"]]
        about = (self.scored.id, person, *known["channel"], *date)
        yield Hanging(words(" · ".join(part for part in about if part)))
        other = [
            f"{name.replace('_', ' ')}: {', '.join(values)}"
            for name in review.interaction
            if name not in known and (values := values_of(review.interaction, name))
        ]
        if other:
            yield Hanging(words((" · ".join(other), "faint")))
        notes = list(self._how_it_was_made())
        standing = [words(note) for note in notes]
        if self.result.provisional:
            still_open = sum(one.outcome is DisputeOutcome.OPEN for one in review.disputes)
            are = "is" if still_open == 1 else "are"
            told = f"PROVISIONAL: {phrases.count(still_open, 'dispute')} {are} open"
            standing.append(words((told, "warn")))
        if standing:
            yield Hanging(words(" · ").join(standing))

    def _how_it_was_made(self) -> Iterator[str]:
        """Who reviewed, when, how the contact was chosen, and what the review counts for."""
        review = self.review
        by = f" by {review.reviewer}" if review.reviewer else ""
        on = f" on {phrases.day(review.reviewed)}" if review.reviewed else ""
        if by or on:
            yield f"Reviewed{by}{on}"
        if review.drafted_by:
            yield f"drafted by {review.drafted_by}"
        if review.selection is not Selection.RANDOM:
            yield f"{review.selection.value}, not drawn at random"
        match review.status:
            case Status.FINAL:
                pass
            case Status.SELF:
                yield "THE ADVISOR'S OWN VIEW"
            case _:
                yield review.status.value.upper()
        if review.retain_until:
            yield f"kept until {phrases.day(review.retain_until)}"

    # ── The score ─────────────────────────────────────────────────────────────────────────────

    def _scores(self) -> Iterator[RenderableType]:
        result = self.result
        observed = result.observed.score
        expected = facts.expected(self.rubric)
        shares = [
            phrases.percent(share, self.rubric) for share in (result.share, result.observed_share)
        ]
        bands = [
            words((band.name, style)) if band else Text()
            for band, style in (
                (result.band, self._band_style()),
                (result.band_observed, ""),
            )
        ]
        yield _Scores(
            _figures([result.score, observed], shares, share_left=True),
            bands,
            words(f"(expected: {expected})") if expected else None,
        )
        for about in self.about_the_score():
            yield Hanging(words(about), _Scores.INDENT)

    def _band_style(self) -> str:
        if self.result.meets_expected is None:
            return "strong"
        return "good" if self.result.meets_expected else "bad"

    def about_the_score(self) -> Iterator[str]:
        """What the percentages are of, and what n/a does to them."""
        result, observed = self.result, self.result.observed
        if self.rubric.combine is Combine.SECTION_WEIGHTS:
            yield "The percentages weigh the sections; the points are plain sums."
        of = phrases.criteria_with_points(result)
        if not observed.not_applicable:
            match observed.of:
                case 1:
                    yield f"The only {of.removeprefix('1 ')} was observed."
                case 2:
                    yield f"Both {of.removeprefix('2 ')} were observed."
                case _:
                    yield f"All {of} were observed."
            return
        were = "was" if observed.not_applicable == 1 else "were"
        said = f"{observed.not_applicable} of {of} {were} n/a; "
        it = "it" if observed.not_applicable == 1 else "them"
        match self.rubric.not_applicable:
            case Policy.MET:
                how = f"counts {it} as met"
            case Policy.EXCLUDED:
                how = f"leaves {it} out"
            case Policy.NOT_MET:
                how = f"counts {it} as not met"
        effect = f" ({phrases.signed(result.uplift)})" if result.uplift else ""
        yield f"{said}{facts.standard(self.rubric)} {how}{effect}."

    def tags(self) -> Iterator[tuple[str, str]]:
        """Each tag, and what its criteria come to across the sections."""
        for tag in self.result.tags:
            share = phrases.percent(tag.score.share, self.rubric)
            told = f"{figure_text(tag.score.earned)} of "
            told += f"{facts.points(tag.score.available)} ({share})"
            if not tag.observed.criteria:
                told += ", nothing observed"
            elif tag.observed.not_applicable:
                seen = phrases.percent(tag.observed.score.share, self.rubric)
                told += f", observed {seen}"
            if tag.missed:
                told += f", {tag.missed} of {phrases.count(tag.criteria, 'criterion', 'criteria')}"
                told += " missed"
            yield tag.title, told

    def _tags(self) -> Iterator[RenderableType]:
        if self.result.tags:
            yield heading(TAGS_HEADING)
            yield from (entry(words(f"{title}: {told}")) for title, told in self.tags())

    def cautions(self) -> Iterator[tuple[str, str]]:
        """What to know before the score is relied on: a title, and what it means."""
        result = self.result
        share = phrases.percent(result.observed_share, self.rubric)
        if result.critical_missed:
            missed = joined(f'"{criterion.title}"' for _, criterion in result.critical_missed)
            were = "was" if len(result.critical_missed) == 1 else "were"
            by_points = phrases.percent(result.share_by_points, self.rubric)
            alike = band_of(self.rubric, result.share_by_points) == result.band
            if self.rubric.on_critical is OnCritical.ZERO:
                effect = (
                    f"so the score is 0% although without it it would be {by_points}."
                    if result.share_by_points
                    else "and the score is 0%, as it is by the points alone."
                )
            elif result.band is not None and alike:
                effect = f'and the band is "{result.band.name}", as it is by the points alone.'
            elif result.band is not None:
                effect = f'so the band is "{result.band.name}" although the points are {by_points}.'
            else:
                fails = (
                    "does not meet what is expected"
                    if self.rubric.expected is not None
                    else "fails"
                )
                effect = f"so this {self.noun} {fails}, whatever its points."
            yield (f"CRITICAL: {missed} {were} missed,", effect)
        if result.below_section_minimum:
            below = joined(
                f'"{section.title}" ({figure_text(section.at_least)}% or above)'
                for section in result.below_section_minimum
                if section.at_least is not None
            )
            one = len(result.below_section_minimum) == 1
            yield (
                f"BELOW {'THE' if one else 'A'} MINIMUM: {below} {'is' if one else 'are'} below "
                f"what {'this section' if one else 'these sections'} must reach,",
                f"so this {self.noun} fails as it would by a missed critical criterion.",
            )
        if result.band_rests_on_not_applicable and result.band_observed is not None:
            observed = result.observed
            yield (
                "THE BAND RESTS ON N/A",
                f"On the {phrases.count(observed.criteria, 'criterion', 'criteria')} that "
                f"{'was' if observed.criteria == 1 else 'were'} observed this {self.noun} is at "
                f'{share}, which would be "{result.band_observed.name}". The score stands: nobody '
                "is penalised for what there was no opportunity to show. Before you rely on the "
                f"band, look at the {phrases.count(observed.not_applicable, 'n/a mark')} "
                f"below together, or review another {self.noun}."
                if self.rubric.not_applicable is Policy.MET
                else f"On what was observed this {self.noun} is at {share}, which would be "
                f'"{result.band_observed.name}". Before you rely on the band, check the n/a marks '
                "below together.",
            )
        if result.little_observed:
            seen = result.observed.score.available
            whole = sum(
                (criterion.worth.points for s in result.sections for criterion in s.criteria),
                Fraction(0),
            )
            rest = figure_text(whole - seen)
            yield (
                f"LITTLE WAS OBSERVED: {figure_text(seen)} of {facts.points(whole)}.",
                f"{phrases.percent(result.share, self.rubric)} says nothing about the other "
                f"{rest}.",
            )

    # ── Sections ──────────────────────────────────────────────────────────────────────────────

    def _sections(self) -> "_Sections":
        sections = self.result.sections
        shares = [phrases.section_percent(section, self.rubric) for section in sections]
        figures = _figures([section.score for section in sections], shares)
        return _Sections(
            [
                _SectionRow(
                    words(section.section.title),
                    _bar(section) if self.bars else Text(),
                    text,
                    words(about_a_section(section)),
                )
                for section, text in zip(sections, figures, strict=True)
            ],
            in_part=any(one.is_partly_met for section in sections for one in section.criteria),
        )

    # ── What went well, what to develop ───────────────────────────────────────────────────────

    def _done_well(self) -> Iterator[RenderableType]:
        own = self.review.done_well if self.comments else ()
        strengths = self.strengths()
        if not (own or strengths):
            return
        yield heading("Done well")
        for praised in own:
            yield item(prose(praised), "+", "good")
        if strengths:
            yield entry(words(strengths))

    def strengths(self) -> str | None:
        """The sections in which everything observed was met; None where there is none."""
        if not self.result.strengths:
            return None
        listed = ", ".join(
            section.section.title
            + (
                f" (only {section.observed.criteria} of {section.observed.of} observed)"
                if section.observed.criteria < section.observed.of
                else ""
            )
            for section in self.result.strengths
        )
        return f"Every criterion observed was met: {listed}"

    def _noted(self) -> Iterator[RenderableType]:
        noted = self.noted()
        if not noted:
            return
        yield heading(NOTED)
        for section, result in noted:
            text = words(self.titled(section, result))
            if comment := self.comment(result):
                text = words(text, ": ", quoted(comment))
            yield with_aside(entry(text), self._evidence(result))

    def noted(self) -> list[tuple[SectionResult, CriterionResult]]:
        """Ratings that lost nothing with something beside them; it may be praise, or coaching."""
        return [
            (section, result)
            for section in self.result.sections
            for result in section.criteria
            if result.worth.observed and result.worth.lost <= 0
            if self.comment(result) or self.evidence(result)
        ]

    def titled(self, section: SectionResult, result: CriterionResult) -> str:
        """A criterion with where it stands: `Greeting (Welcome 1)`."""
        number = self.numbers[section.section.id, result.criterion.id]
        return f"{result.criterion.title} ({phrases.place(section.section.title, number)})"

    def comment(self, result: CriterionResult) -> str | None:
        """The reviewer's comment, where the rating it was written for still counts.

        Where a dispute changed the rating, comment and evidence stand with the dispute.
        """
        return result.rated.comment if self.comments and not is_changed(result) else None

    def causes(self, result: CriterionResult) -> str | None:
        """Why a criterion was missed, as the reviewer ticked it."""
        return ", ".join(self.rubric.causes[cause] for cause in result.rated.causes) or None

    def evidence(self, result: CriterionResult) -> str | None:
        """The reviewer's evidence, where the rating it was given for still counts."""
        return result.rated.evidence if self.comments and not is_changed(result) else None

    def _evidence(self, result: CriterionResult) -> Text | None:
        evidence = self.evidence(result)
        return prose(evidence, "faint") if evidence else None

    def _needs(self) -> Iterator[Parts]:
        if none := self.no_needs():
            yield [heading(self.needs_heading()), entry(words(none))]
        else:
            shown = [part for need in self.result.needs for part in self._need(need)]
            yield [heading(self.needs_heading()), *shown]
        own = self.review.could_be_better if self.comments else ()
        if own:
            head = Hanging(words(("Could be better", "strong")), 2)
            yield [head, *(item(prose(text)) for text in own)]

    def no_needs(self) -> str | None:
        """That there is no need; None where there is one."""
        if self.result.needs:
            return None
        not_met = [
            result.criterion
            for section in self.result.sections
            for result in section.criteria
            if result.advisory_not_met
        ]
        # Where all levels are worth nothing, none of them says that it was not met.
        advisory = sum(not self.rubric.levels_of(criterion) for criterion in not_met)
        if advisory:
            were = "was" if advisory == 1 else "were"
            criteria = phrases.count(advisory, "advisory criterion", "advisory criteria")
            return f"None: no points were lost, though {criteria} {were} not met."
        if not_met:
            return "None: no points were lost."
        return "None: nothing that was observed was missed."

    def needs_heading(self) -> str:
        """How many development needs there are, and what they are worth."""
        needs = self.result.needs
        if not needs:
            return "Development needs"
        total = sum((need.points_lost for need in needs), Fraction(0))
        if not total:
            each = ""  # critical ones without points
        elif self.needs_are_alike and len(needs) > 1:
            each = f", each {facts.points(total / len(needs))}"
        else:
            each = f", worth {facts.points(total)}"
        return f"Development needs ({len(needs)}{each})"

    @property
    def needs_are_alike(self) -> bool:
        """Whether each need costs the same, which is then said once."""
        lost = {need.points_lost for need in self.result.needs}
        return len(lost) == 1 and self.rubric.combine is Combine.POINTS

    def need_title(self, need: Need) -> str:
        """What a need is about, with where it stands."""
        place = phrases.place(need.section.title, self._number(need))
        return f"{need.result.criterion.title} ({place})"

    def need_cost(self, need: Need) -> str | None:
        """What a need costs; None where all cost the same, or this one nothing."""
        if self.needs_are_alike or not need.points_lost:
            return None
        return f"−{facts.points(need.points_lost)} ({phrases.plain_percent(need.share_lost)})"

    def need_rating(self, need: Need) -> str | None:
        """How a need was rated, where that is more than "not met"."""
        worth = need.result.worth
        if worth.not_applicable:
            return f"n/a, not shown ({facts.rule(self.rubric)})"
        if worth.rating in ("met", "not met"):
            return None
        return f"{worth.rating} ({_earned(need.result)})"

    def _need(self, need: Need) -> Iterator[RenderableType]:
        result = need.result
        title = words(self.need_title(need))
        if result.critical_missed:
            title.append_text(words((" CRITICAL", "bad")))
        if cost := self.need_cost(need):
            title.append_text(words((f" {cost}", "faint")))
        comment, evidence = self.comment(result), self._evidence(result)
        disputed = is_disputed(result)
        aside = words(("DISPUTED", "warn")) if disputed else evidence
        yield with_aside(item(title, "-", "bad"), aside)
        said: list[tuple[str, Text]] = []
        if rating := self.need_rating(need):
            said.append(("Rated:", words(rating)))
        if comment:
            said.append(("Reviewer:", prose(comment)))
        if causes := self.causes(result):
            said.append(("Cause:", words(causes)))
        if disputed and evidence:
            said.append(("Evidence:", evidence))
        if result.criterion.advice:
            said.append(("Try:", prose(result.criterion.advice)))
        if said:
            rows = [(words(label), text) for label, text in said]
            yield Labelled(rows, indent=4, column=len("Reviewer:"), gap=1)

    def _number(self, need: Need) -> int:
        return self.numbers[need.section.id, need.result.criterion.id]

    def _without_points(self) -> Iterator[Parts]:
        for title, shown in self.without_points():
            yield [heading(title), *(self._unscored(*one) for one in shown)]

    def without_points(
        self,
    ) -> Iterator[tuple[str, list[tuple[SectionResult, CriterionResult]]]]:
        """Criteria that no sum holds: advisory ones, and critical ones that were not missed."""
        groups: dict[str, list[tuple[SectionResult, CriterionResult]]] = {}
        needs = {need.route for need in self.result.needs}
        for section in self.result.sections:
            for result in section.criteria:
                if result.worth.points or result.critical_missed:
                    continue
                if f"{section.section.id}.{result.criterion.id}" in needs:
                    continue  # a deduction
                if result.criterion.is_critical:
                    title = "Critical, without points"
                elif result.worth.advisory:
                    title = "Advisory (never scored)"
                else:
                    title = "Bonus or deduction"
                groups.setdefault(title, []).append((section, result))
        yield from sorted(groups.items(), key=lambda group: _UNSCORED.index(group[0]))

    def _unscored(self, section: SectionResult, result: CriterionResult) -> RenderableType:
        text = words(f"{self.titled(section, result)}: {unscored_rating(result)}")
        if comment := self.comment(result):
            text = words(text, ": ", prose(comment))
        return with_aside(entry(text), self._evidence(result))

    def _not_applicable(self) -> Iterator[RenderableType]:
        shown = self.not_applicable()
        if not shown:
            return
        yield heading(self.not_applicable_heading(len(shown)))
        if self.comments:
            yield _Reasons(
                [
                    (words(title), prose(self.reason(result), "faint"), self._evidence(result))
                    for title, result in shown
                ]
            )
        else:
            yield from (entry(words(title)) for title, _ in shown)

    def not_applicable(self) -> list[tuple[str, CriterionResult]]:
        """What was n/a, each with its title; with its place where two are called alike."""
        shown = [
            (section, result)
            for section in self.result.sections
            for result in section.criteria
            if result.worth.not_applicable and result.worth.points
        ]
        plain = [result.criterion.title for _, result in shown]
        return [
            (title if plain.count(title) == 1 else self.titled(section, result), result)
            for title, (section, result) in zip(plain, shown, strict=True)
        ]

    def not_applicable_heading(self, number: int) -> str:
        """What became of what was n/a, and how much of it there was."""
        match self.rubric.not_applicable:
            case Policy.MET:
                head = "Counted as met, not observed"
            case Policy.EXCLUDED:
                head = "Left out, not observed"
            case Policy.NOT_MET:
                head = "Counted as not met, not observed"
        return f"{head} ({number} n/a)"

    def reason(self, result: CriterionResult) -> str:
        """Why something was n/a, or that nobody said."""
        missing = "(after a dispute)" if is_changed(result) else "(no reason given)"
        return self.comment(result) or missing

    # ── Disputes, the way up, the conversation ────────────────────────────────────────────────

    def _disputes(self) -> Iterator[Iterator[RenderableType]]:
        outlooks = iter(self.result.outlooks)
        for dispute in self.review.disputes:
            if dispute.section is None or dispute.criterion is None:
                yield self._dispute_over_all(dispute)
                continue
            yield self._dispute(
                dispute,
                next(outlooks) if dispute.outcome is DisputeOutcome.OPEN else None,
            )

    def _dispute_over_all(self, dispute: Dispute) -> Iterator[RenderableType]:
        about = f" {self.dispute_about(dispute)}"
        yield words((f"Dispute ({dispute.outcome.value})", "title"), about)
        raised = _raised(dispute)
        if dispute.because and self.comments:
            yield with_aside(Hanging(quoted(dispute.because), 2, hang=3), raised)
        elif raised:
            yield Hanging(words(("Raised ", "faint"), raised), 2)
        yield from self._decision(dispute)
        if dispute.outcome is DisputeOutcome.OPEN:
            yield Hanging(words(IF_UPHELD_OVER_ALL), 2)

    def _dispute(self, dispute: Dispute, outlook: Outlook | None) -> Iterator[RenderableType]:
        found = self.disputed(dispute)
        yield Hanging(
            words(
                (f"Dispute ({dispute.outcome.value})", "title"), f" {self.dispute_about(dispute)}"
            ),
            hang=2,
        )
        if is_changed(found) and found.dispute is dispute:
            yield from self._first_rating(found)
        raised = _raised(dispute)
        if dispute.because and self.comments:
            because = Hanging(quoted(dispute.because), 2, hang=3)
            yield with_aside(because, raised)
        elif raised:
            yield Hanging(words(("Raised ", "faint"), raised), 2)
        yield from self._decision(dispute)
        if dispute.outcome is DisputeOutcome.UPHELD and found.dispute is dispute:
            yield Hanging(words(f"It is scored as {found.worth.rating}."), 2)
        if outlook is not None:
            yield entry(words(self.outlook(outlook)))

    def disputed(self, dispute: Dispute) -> CriterionResult:
        """The criterion that a dispute is about."""
        return next(
            result
            for section in self.result.sections
            for result in section.criteria
            if (section.section.id, result.criterion.id) == (dispute.section, dispute.criterion)
        )

    def dispute_about(self, dispute: Dispute) -> str:
        """What a dispute is about, and what it asks for."""
        if dispute.section is None or dispute.criterion is None:
            return "over the whole review"
        title = self.titles.get(dispute.section, dispute.section)
        number = self.numbers[dispute.section, dispute.criterion]
        original = self.disputed(dispute).original
        return f"{phrases.place(title, number)}: {original}; the advisor says {dispute.says}"

    def outlook(self, outlook: Outlook) -> str:
        """What upholding a dispute would make of the score."""
        if outlook.share is None or outlook.observed is None:
            return "If upheld: nothing would be left observed."
        then = phrases.percent(outlook.share, self.rubric)
        seen = phrases.percent(outlook.observed, self.rubric)
        band = f", {outlook.band.name}" if outlook.band else ""
        seen_band = f", {outlook.band_observed.name}" if outlook.band_observed else ""
        return f"If upheld: {then}{band}; observed {seen}{seen_band}."

    def _first_rating(self, result: CriterionResult) -> Iterator[RenderableType]:
        """What the reviewer wrote about a rating that a dispute has changed since."""
        comment, evidence = result.rated.comment, result.rated.evidence
        if not self.comments:
            return
        if comment:
            aside = prose(evidence, "faint") if evidence else None
            yield with_aside(entry(prose(f"Reviewer: {comment}")), aside)
        elif evidence:
            yield entry(prose(f"Evidence: {evidence}"))

    def _decision(self, dispute: Dispute) -> Iterator[RenderableType]:
        decided, reason = self.decision(dispute)
        if decided:
            yield entry(words(f"{decided}: ", prose(reason)) if reason else words(f"{decided}."))

    def decision(self, dispute: Dispute) -> tuple[str | None, str | None]:
        """Who decided a dispute and when, and why; None where nobody says."""
        by = f"by {dispute.decided_by}" if dispute.decided_by else None
        who_and_when = ", ".join(part for part in (by, dispute.decided_on) if part)
        reason = dispute.reason if self.comments else None
        if not (who_and_when or reason):
            return None, None
        is_withdrawn = dispute.outcome is DisputeOutcome.WITHDRAWN
        return f"{'Withdrawn' if is_withdrawn else 'Decided'} {who_and_when}".rstrip(), reason

    def _next_band(self) -> Iterator[RenderableType]:
        if way := self.next_band():
            yield Hanging(words(("Next band: ", "title"), way), hang=2)

    def next_band(self) -> str | None:
        """Which needs lead to the next band; None from the top one."""
        way = self.result.next_band
        if way is None:
            return None
        needs = self.result.needs
        share = phrases.percent(way.share, self.rubric)
        reached = (band_of(self.rubric, way.share) or way.band).name
        alike = len({need.share_lost for need in needs}) == 1
        critical = any(need.result.critical_missed for need in way.needs)
        if len(way.needs) == len(needs) > 1:
            which = "both needs" if len(needs) == 2 else f"all {len(needs)} needs"
        elif alike and not critical and len(needs) > 1:
            which = f"any {len(way.needs)} of the {len(needs)} needs"
        else:
            named = [need.result.criterion.title for need in way.needs]
            which = "meeting " + joined(f'"{name}"' for name in named)
        return f"{which} would make this {self.noun} {share}, {reached}."

    def _conversation(self) -> Iterator[Parts]:
        review = self.review
        if review.notes and self.comments:
            yield [heading("Notes"), Hanging(prose(review.notes), 2)]
        if review.actions and self.comments:
            yield [heading("Agreed"), *(item(_action(action)) for action in review.actions)]
        if review.advisor_comment and self.comments:
            yield [heading("The advisor's words"), Hanging(prose(review.advisor_comment), 2)]
        if review.acknowledged:
            yield [Hanging(words((f"Seen by the advisor: {review.acknowledged}", "faint")))]

    def _foot(self) -> Iterator[RenderableType]:
        yield Hanging(words((self.picture(), "faint")))
        yield _Why(self.rubric.name, phrases.percent(self.result.share, self.rubric), self.explain)

    def picture(self) -> str:
        """What the score of one review is, and what it is not."""
        return (
            f"One {self.noun}, one part of the picture: read it with customer surveys and other "
            "measures. A person decides."
        )


def _warning(title: str, text: str) -> Parts:
    """A warning: its title on a line of its own, or at the head of what it says."""
    if title.isupper():
        return [Hanging(words((f"! {title}", "warn")), hang=2), Hanging(words(text), 2)]
    return [Hanging(words((f"! {title}", "warn"), f" {text}"), hang=2)]


TAGS_HEADING = "Across the sections"
IF_UPHELD_OVER_ALL = "If it is upheld, the review is not scored."
_UNSCORED = ("Critical, without points", "Bonus or deduction", "Advisory (never scored)")
"""What criteria without points are told under, in this order."""


def _raised(dispute: Dispute) -> Text | None:
    """Who raised a dispute, and when."""
    raised = ", ".join(filter(None, (dispute.by, dispute.on)))
    return words((raised, "faint")) if raised else None


def _earned(result: CriterionResult) -> str:
    """What a rating came to: `2 of 4 points`, or what it took where there was nothing to earn."""
    worth = result.worth
    if not worth.points:
        return f"takes {facts.points(-worth.earned)}"
    return f"{figure_text(worth.earned)} of {facts.points(worth.points)}"


def _action(action: Action) -> Text:
    """What was agreed, with who does it and by when."""
    who = who_and_when(action)
    return words(prose(action.what), f" ({who})" if who else "")


def who_and_when(action: Action) -> str:
    """Who does what was agreed, by when, and what became of it; empty where nothing is said."""
    asides = (
        action.who,
        f"by {action.by}" if action.by else None,
        f"agreed {action.agreed}" if action.agreed else None,
        f"done: {action.done}" if action.done else None,
    )
    return ", ".join(filter(None, asides))


def unscored_rating(result: CriterionResult) -> str:
    """The rating of a criterion without points, and what a bonus earned."""
    earned = result.worth.earned
    return f"{result.worth.rating} (+{facts.points(earned)})" if earned > 0 else result.worth.rating


def about_a_section(section: SectionResult) -> str:
    """What else is to be said of a section's figures."""
    asides = []
    if section.observed.not_applicable:
        asides.append(f"{section.observed.not_applicable} n/a")
    if section.section.weight is not None:
        asides.append(f"weight {figure_text(section.section.weight)}")
    if least := facts.minimum(section.section):
        asides.append(least)
    if not section.observed.of:
        asides.append("no points")
    elif section.nothing_observed:
        asides.append("nothing observed")
    return ", ".join(asides)


def _figures(
    scores: Sequence[Score], shares: Sequence[str], *, share_left: bool = False
) -> list[str]:
    """Points and percentages below each other: `12 of 20   60%`."""
    points = [f"{figure_text(one.earned)} of {figure_text(one.available)}" for one in scores]
    wide, wide_share = max(map(len, points)), max(map(len, shares))
    return [
        f"{text:>{wide}}   {share:{'<' if share_left else '>'}{wide_share}}"
        for text, share in zip(points, shares, strict=True)
    ]


class _Scores:
    """Score and observed score below each other; for want of room the bands on lines of their own.

    `aside` stands beside the score, or below its band.
    """

    INDENT = 10

    def __init__(self, figures: Sequence[str], bands: Sequence[Text], aside: Text | None) -> None:
        self.labels = [words((label, "strong")) for label in ("Score", "Observed")]
        self.figures = [words((text, "strong")) for text in figures]
        self.bands = bands
        self.asides = [aside or Text(), Text()]

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """A grid where there is room for one."""
        leads = [
            words(label, " " * (self.INDENT - label.cell_len), figures)
            for label, figures in zip(self.labels, self.figures, strict=True)
        ]
        for between in ("   ", "\n"):
            bands = [
                Text(between).join([part for part in (band, aside) if part])
                for band, aside in zip(self.bands, self.asides, strict=True)
            ]
            grid = Table.grid(padding=(0, 3, 0, 0))
            fixed(grid, leads)
            fixed(grid, [line for band in bands for line in band.split()])
            for lead, band in zip(leads, bands, strict=True):
                grid.add_row(lead, band)
            if view := fitted(grid, console, options):
                yield view
                return
        for lead, band, aside in zip(leads, self.bands, self.asides, strict=True):
            line = words(lead, "   ", band)
            below = [aside] if line.cell_len <= options.max_width else [band, aside]
            yield lead if len(below) > 1 else line
            yield from (Hanging(text, self.INDENT) for text in below if text)


class _SectionRow(NamedTuple):
    """One section in a line: what it is called, its bar, its figures, and what else is to say."""

    title: Text
    bar: Text
    figures: str
    aside: Text


class _Sections:
    """The sections in columns; for want of room each title on a line of its own."""

    def __init__(self, rows: Sequence[_SectionRow], *, in_part: bool) -> None:
        self.rows = rows
        self.in_part = in_part

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """A grid with the meaning of the bars above them, or the rows stacked."""
        rows = self.rows
        has_bars = any(row.bar for row in rows)
        legend = self._legend() if has_bars else ""
        titles = max(row.title.cell_len for row in rows)
        figures = [words(f"{row.figures} " if row.aside else row.figures) for row in rows]
        grid = Table.grid(padding=(0, 2, 0, 0))
        grid.add_column(ratio=1, min_width=min(titles, NARROWEST_TITLE))
        if has_bars:
            grid.add_column(width=BAR)
        fixed(grid, figures)
        fixed(grid, [row.aside for row in rows])
        for row, text in zip(rows, figures, strict=True):
            grid.add_row(row.title, *([row.bar] if has_bars else []), text, row.aside)
        view = fitted(grid, console, options, indent=2)
        if view and grid.width is not None:
            rest = sum(column.width + 2 for column in grid.columns if column.width is not None)
            gap = max(2, grid.width - rest + 4 - len("Sections"))
            yield words(("Sections", "title"), " " * gap, (legend, "faint"))
            yield view
            return
        yield heading("Sections")
        if legend:
            yield Hanging(words((legend, "faint")), 2)
        for row in rows:
            line = words("  ").join([part for part in (row.bar, words(row.figures)) if part])
            if row.aside:
                line = words(line, "   ", row.aside)
            yield Hanging(row.title, 2)
            yield Hanging(line, 4)

    def _legend(self) -> str:
        """What the cells of the bars are; with credit in part they are points, earned or lost."""
        in_part = {"met": "earned", "missed": "lost"} if self.in_part else {}
        return "  ".join(f"{sign} {in_part.get(meaning, meaning)}" for sign, _, meaning in _SIGNS)


class _Reasons:
    """What was n/a, each with its reason beside it, and the evidence at the edge.

    For want of room the reason stands below.
    """

    def __init__(self, rows: Sequence[tuple[Text, Text, Text | None]]) -> None:
        self.rows = rows

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """A grid, or the rows stacked."""
        titles = [title for title, _, _ in self.rows]
        reasons = max(reason.cell_len for _, reason, _ in self.rows)
        evidence = [text or Text() for _, _, text in self.rows]
        grid = Table.grid(padding=(0, 2, 0, 0))
        fixed(grid, titles, most=WIDEST_TITLE)
        grid.add_column(ratio=1, min_width=min(reasons, NARROWEST_TEXT))
        if any(evidence):
            fixed(grid, evidence, justify="right")
        for (title, reason, _), text in zip(self.rows, evidence, strict=True):
            grid.add_row(title, reason, *([text] if any(evidence) else []))
        is_short = all(text.cell_len <= MOST_ASIDE and "\n" not in text for text in evidence)
        view = fitted(grid, console, options, indent=2, widest=WIDEST_PROSE)
        if is_short and view:
            yield view
            return
        for title, reason, aside in self.rows:
            yield entry(title)
            yield with_aside(Hanging(reason, 6), aside)


class _Why:
    """The rubric, and the command that derives the score; on lines of their own where long."""

    def __init__(self, rubric: str, share: str, explain: Sequence[str] | None) -> None:
        self.rubric = rubric
        self.why = f"why {share}?"
        self.explain = explain

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """In one line, two, or as many as the command needs."""
        del console
        if self.explain is None or any(visible(word) != word for word in self.explain):
            yield Hanging(words((self.rubric, "faint")))
            return
        width = options.max_width
        whole = f"{self.rubric} · {self.why} {shlex.join(self.explain)}"
        if words(whole).cell_len <= width:
            yield Line(whole, "faint")
            return
        head = words((f"{self.rubric} · {self.why}", "faint"))
        if head.cell_len <= width:
            yield head
        else:
            yield Hanging(words((self.rubric, "faint")))
            yield Line(self.why, "faint")
        for line in command_lines(self.explain, width):
            yield Line(line, "faint")


def is_changed(result: CriterionResult) -> bool:
    """Whether a dispute was upheld that gave another rating than the reviewer's."""
    return result.original != result.worth.rating


def is_disputed(result: CriterionResult) -> bool:
    """Whether a dispute over the rating is still open."""
    return result.dispute is not None and result.dispute.outcome is DisputeOutcome.OPEN


_SIGNS = (("█", "good", "met"), ("░", "faint", "n/a"), ("·", "bad", "missed"))
"""What the cells of a bar are, in its order."""


def _bar(section: SectionResult) -> Text:
    """A section's points as a bar: earned by what was observed, n/a, missed."""
    parts = bar_parts(section)
    if parts is None:
        return Text(" " * BAR)
    sizes = _shares_of_cells(parts)
    return Text.assemble(
        *((sign * size, style) for (sign, style, _), size in zip(_SIGNS, sizes, strict=True))
    )


def bar_parts(section: SectionResult) -> list[Fraction] | None:
    """The parts of a section's points: earned by what was observed, n/a, missed; None of none."""
    met = section.observed.score.earned
    whole = sum((result.worth.points for result in section.criteria), Fraction(0))
    not_applicable = sum(
        (result.worth.points for result in section.criteria if result.worth.not_applicable),
        Fraction(0),
    )
    if not whole:
        return None
    return [part / whole for part in (met, not_applicable, whole - met - not_applicable)]


def _shares_of_cells(parts: list[Fraction]) -> list[int]:
    """Shares that add up to 1 as whole cells that add up to the bar; no part above 0 gets none."""
    sizes = [max(int(part * BAR), 1 if part else 0) for part in parts]
    while sum(sizes) < BAR:
        # The one that was cut most gets the next cell.
        index = max(range(len(parts)), key=lambda i: parts[i] * BAR - sizes[i])
        sizes[index] += 1
    while sum(sizes) > BAR:
        index = max(range(len(parts)), key=lambda i: sizes[i] - parts[i] * BAR)
        sizes[index] -= 1
    return sizes
