"""One review for the person who coaches from it: the score, what it rests on, what comes next."""

import shlex
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction

from charter_score.figures import decimal_text
from charter_score.outcome import Outcome, Scored
from charter_score.rating import Policy
from charter_score.render.results.batch import Closing
from charter_score.render.text import phrases
from charter_score.render.text.console import Paint
from charter_score.render.text.hostile import visible
from charter_score.render.text.layout import (
    WIDEST,
    Line,
    Page,
    Span,
    Style,
    cells,
    left,
    right,
    span,
)
from charter_score.result import CriterionResult, Need, Outlook, ReviewResult, SectionResult
from charter_score.review import Dispute, DisputeOutcome
from charter_score.rubric import Combine, OnCritical, values_of
from charter_score.scoring import band_of

BAR = 10
"""Cells of a section's bar."""


def full(
    scored: Scored, width: int, *, comments: bool = True, explain: Sequence[str] | None = None
) -> list[Line]:
    """The lines of one review at a width; without `comments` no free text of a review is shown.

    `explain` are the words of the command that derives its score, where there is one.
    """
    page = Page(width)
    _View(page, scored, comments=comments, explain=explain).write()
    return page.lines


class Full:
    """`full` of a batch: one page a review, set apart by a line.

    `explain` gives the words of the command that derives the score of the review at a path.
    """

    def __init__(
        self,
        width: int,
        paint: Paint,
        *,
        comments: bool,
        explain: Callable[[str], Sequence[str] | None],
    ) -> None:
        self._width = width
        self._paint = paint
        self._comments = comments
        self._explain = explain
        self._any = False

    def piece(self, outcome: Outcome) -> str:
        """The page of a scored review; nothing of any other outcome."""
        if not isinstance(outcome, Scored):
            return ""
        explain = self._explain(outcome.path)
        return self._paint(full(outcome, self._width, comments=self._comments, explain=explain))

    def begin(self) -> str:
        """Nothing."""
        return ""

    def add(self, piece: str) -> str:
        """The page, and before every page but the first a line."""
        if not piece or not self._any:
            self._any = self._any or bool(piece)
            return piece
        line = (Span("─" * min(self._width, WIDEST), Style.FAINT),)
        return self._paint([(), line, ()]) + piece

    def end(self, closing: Closing) -> Iterator[str]:
        """Nothing: what is wrong is told on standard error."""
        del closing
        return iter(())


class _View:
    def __init__(
        self, page: Page, scored: Scored, *, comments: bool, explain: Sequence[str] | None
    ) -> None:
        self.page = page
        self.explain = explain
        self.scored = scored
        self.result: ReviewResult = scored.result
        self.rubric = scored.result.rubric
        self.review = scored.result.review
        self.comments = comments
        self.noun = phrases.noun(self.review)
        self.titles = {
            section.section.id: section.section.title for section in self.result.sections
        }
        self.numbers = {
            (section.id, criterion.id): number
            for section in self.rubric.sections
            for number, criterion in enumerate(section.criteria, 1)
        }

    def write(self) -> None:
        self._head()
        self._scores()
        self._warnings()
        self._sections()
        self._done_well()
        self._needs()
        self._advisory()
        self._not_applicable()
        self._disputes()
        self._next_band()
        self._conversation()
        self._foot()

    # ── What was reviewed ─────────────────────────────────────────────────────────────────────

    def _head(self) -> None:
        rubric, review, page = self.rubric, self.review, self.page
        organisation = f"{rubric.organisation}: " if rubric.organisation else ""
        page.write(span(f"{organisation}{rubric.title} ({rubric.version})", Style.TITLE))
        person = ", ".join(name for name in (review.advisor, review.team) if name)
        known = {name: values_of(review.interaction, name) for name in ("channel", "date")}
        date = [phrases.day(text) for text in known["date"]]
        page.write(
            " · ".join(part for part in (self.scored.id, person, *known["channel"], *date) if part)
        )
        other = [
            f"{name.replace('_', ' ')}: {', '.join(values)}"
            for name in review.interaction
            if name not in known and (values := values_of(review.interaction, name))
        ]
        if other:
            page.write(span(" · ".join(other), Style.FAINT))
        notes = [f"Reviewed by {review.reviewer}"] if review.reviewer else []
        if review.status.value != "final":
            notes.append(review.status.value.upper())
        spans = [span(" · ".join(notes))] if notes else []
        if self.result.provisional:
            still_open = len(self.result.outlooks)
            are = "is" if still_open == 1 else "are"
            said = f"PROVISIONAL: {phrases.count(still_open, 'dispute')} {are} open"
            spans += [span(" · ")] if spans else []
            spans.append(span(said, Style.WARN))
        if spans:
            page.write(*spans)

    # ── The score ─────────────────────────────────────────────────────────────────────────────

    def _scores(self) -> None:
        result, page = self.result, self.page
        page.blank()
        expected = phrases.expected(self.rubric)
        rows = [
            ("Score", result.score.earned, result.score.available, result.share, result.band),
            (
                "Observed",
                result.observed.score.earned,
                result.observed.score.available,
                result.observed_share,
                result.band_observed,
            ),
        ]
        told = [
            f"{decimal_text(earned)} of {decimal_text(out_of)}" for _, earned, out_of, _, _ in rows
        ]
        shares = [phrases.percent(share, self.rubric) for _, _, _, share, _ in rows]
        bands = [band.name if band else "" for _, _, _, _, band in rows]
        wide = max(map(len, told)), max(map(len, shares))
        for index, (label, _, _, _, _) in enumerate(rows):
            band = span(bands[index], self._band_style(is_score=index == 0))
            aside = f"(expected: {expected})" if expected and index == 0 else ""
            figures = f"{right(told[index], wide[0])}   {left(shares[index], wide[1])}"
            line = [Span(left(label, 10), Style.STRONG), Span(figures, Style.STRONG)]
            for piece in (band, Span(aside)):
                if sum(cells(one.text) for one in line) + 3 + cells(piece.text) <= page.width:
                    line += [Span("   "), piece] if piece.text else []
                else:
                    page.row(line)
                    line = [Span(" " * 10), piece]
            if sum(cells(one.text) for one in line) <= page.width:
                page.row(line)
            else:
                page.write(*line[1:], indent=10)
        for said in self._about_the_score():
            page.write(said, indent=10)

    def _band_style(self, *, is_score: bool) -> Style:
        if not is_score:
            return Style.PLAIN
        if self.result.meets_expected is None:
            return Style.STRONG
        return Style.GOOD if self.result.meets_expected else Style.BAD

    def _about_the_score(self) -> Iterator[str]:
        result, observed = self.result, self.result.observed
        if self.rubric.combine is Combine.SECTION_WEIGHTS:
            yield "The percentages weigh the sections; the points are plain sums."
        if not observed.not_applicable:
            yield f"All {phrases.count(observed.of, 'criterion', 'criteria')} were observed."
            return
        were = "was" if observed.not_applicable == 1 else "were"
        said = f"{observed.not_applicable} of {observed.of} criteria {were} n/a; "
        it = "it" if observed.not_applicable == 1 else "them"
        match self.rubric.not_applicable:
            case Policy.MET:
                how = f"counts {it} as met"
            case Policy.EXCLUDED:
                how = f"leaves {it} out"
            case Policy.NOT_MET:
                how = f"counts {it} as not met"
        yield f"{said}{phrases.standard(self.rubric)} {how} ({phrases.signed(result.uplift)})."

    def _warnings(self) -> None:
        result = self.result
        share = phrases.percent(result.observed_share, self.rubric)
        if result.critical_missed:
            missed = phrases.both(f'"{criterion.title}"' for _, criterion in result.critical_missed)
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
                effect = "so this review does not meet what is expected."
            self._warning(f"CRITICAL: {missed} {were} missed,", effect)
        if result.band_rests_on_not_applicable and result.band_observed is not None:
            observed = result.observed
            self._warning(
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
                (criterion.mark.points for s in result.sections for criterion in s.criteria),
                Fraction(0),
            )
            rest = decimal_text(whole - seen)
            self._warning(
                f"LITTLE WAS OBSERVED: {decimal_text(seen)} of {phrases.points(whole)}.",
                f"{phrases.percent(result.share, self.rubric)} says nothing about the other "
                f"{rest}.",
            )

    def _warning(self, title: str, text: str) -> None:
        page = self.page
        page.blank()
        if title.isupper():
            page.write(span(f"! {title}", Style.WARN), hang=2)
            page.write(span(text), indent=2)
        else:
            page.write(span(f"! {title}", Style.WARN), span(" " + text), hang=2)

    # ── Sections ──────────────────────────────────────────────────────────────────────────────

    def _sections(self) -> None:
        page, sections = self.page, self.result.sections
        legend = "█ met  ░ n/a  · missed"
        page.blank()
        title_width = min(35, max(cells(section.section.title) for section in sections))
        told = [
            f"{decimal_text(section.score.earned)} of {decimal_text(section.score.available)}"
            for section in sections
        ]
        shares = [phrases.percent(section.score.share, self.rubric) for section in sections]
        told_width, share_width = max(map(len, told)), max(map(len, shares))
        beside_the_title = title_width + 4
        row_width = beside_the_title + BAR + 2 + told_width + 3 + share_width
        is_stacked = page.is_narrow or row_width > page.width
        if is_stacked:
            page.write(span("Sections", Style.TITLE))
            page.write(span(legend, Style.FAINT), indent=2)
        else:
            gap = " " * max(2, beside_the_title - len("Sections"))
            page.row([Span("Sections", Style.TITLE), Span(gap), Span(legend, Style.FAINT)])
        for section, points_text, share in zip(sections, told, shares, strict=True):
            figures = f"{right(points_text, told_width)}   {right(share, share_width)}"
            asides = (
                [f"{section.observed.not_applicable} n/a"]
                if section.observed.not_applicable
                else []
            )
            if section.section.weight is not None:
                asides.append(f"weight {decimal_text(section.section.weight)}")
            if section.nothing_observed:
                asides.append("nothing observed")
            aside = ", ".join(asides)
            title = span(section.section.title)
            if is_stacked or cells(title.text) > title_width:
                page.write(title, indent=2)
                head = Span(" " * (4 if is_stacked else beside_the_title))
            else:
                head = Span("  " + left(title.text, title_width) + "  ")
            line = [head, *_bar(section), Span("  " + figures)]
            if sum(cells(piece.text) for piece in line) + 3 + len(aside) > page.width:
                page.row(line)
                page.write(aside, indent=4)
            else:
                page.row([*line, Span("   " + aside if aside else "")])

    # ── What went well, what to develop ───────────────────────────────────────────────────────

    def _praise(self) -> Iterator[tuple[SectionResult, CriterionResult]]:
        for section in self.result.sections:
            for result in section.criteria:
                earned_all = result.mark.observed and not result.mark.lost
                if earned_all and (self._comment(result) or self._evidence(result)):
                    yield section, result

    def _done_well(self) -> None:
        page = self.page
        praise = list(self._praise()) if self.comments else []
        own = self.review.done_well if self.comments else ()
        if not (praise or own or self.result.strengths):
            return
        page.heading("Done well")
        for text in own:
            page.write(Span("+ ", Style.GOOD), span(text), indent=2, hang=4)
        for section, result in praise:
            comment = self._comment(result)
            quoted = f': "{comment}"' if comment else ""
            page.write(
                Span("+ ", Style.GOOD),
                span(f"{self._titled(section, result)}{quoted}"),
                indent=2,
                hang=4,
                end=self._evidence(result),
            )
        if self.result.strengths:
            listed = ", ".join(
                section.section.title
                + (
                    f" (only {section.observed.criteria} of {section.observed.of} observed)"
                    if section.observed.criteria < section.observed.of
                    else ""
                )
                for section in self.result.strengths
            )
            page.write(f"Every criterion observed was met: {listed}", indent=2, hang=4)

    def _titled(self, section: SectionResult, result: CriterionResult) -> str:
        number = self.numbers[section.section.id, result.criterion.id]
        return f"{result.criterion.title} ({phrases.place(section.section.title, number)})"

    def _comment(self, result: CriterionResult) -> str | None:
        """The reviewer's comment, where the rating it was written for still counts.

        Where a dispute changed the rating, comment and evidence stand with the dispute.
        """
        return result.rated.comment if self.comments and not _is_changed(result) else None

    def _evidence(self, result: CriterionResult) -> Span | None:
        """The reviewer's evidence, where the rating it was given for still counts."""
        if self.comments and result.rated.evidence and not _is_changed(result):
            return span(result.rated.evidence, Style.FAINT)
        return None

    def _needs(self) -> None:
        page, needs = self.page, self.result.needs
        own = self.review.could_be_better if self.comments else ()
        if not needs:
            page.heading("Development needs")
            page.write("None: nothing that was observed was missed.", indent=2)
        else:
            lost = {need.points_lost for need in needs}
            alike = len(lost) == 1 and self.rubric.combine is Combine.POINTS
            total = sum((need.points_lost for need in needs), Fraction(0))
            each = (
                f", each {phrases.points(next(iter(lost)))}"
                if alike and len(needs) > 1
                else f", worth {phrases.points(total)}"
            )
            page.heading(f"Development needs ({len(needs)}{each})")
            for need in needs:
                self._need(need, alike=alike)
        if own:
            page.blank()
            page.write(span("Could be better", Style.STRONG), indent=2)
            for text in own:
                page.write("- ", text, indent=2, hang=4)

    def _need(self, need: Need, *, alike: bool) -> None:
        page, result = self.page, need.result
        title = (
            f"{result.criterion.title} ({phrases.place(need.section.title, self._number(need))})"
        )
        extra: list[Span] = []
        if result.critical_missed:
            extra.append(span(" CRITICAL", Style.BAD))
        if not alike and need.points_lost:
            share = phrases.plain_percent(need.share_lost)
            extra.append(span(f" −{phrases.points(need.points_lost)} ({share})", Style.FAINT))
        comment, evidence = self._comment(result), self._evidence(result)
        disputed = result.dispute is not None and result.dispute.outcome is DisputeOutcome.OPEN
        end = Span("DISPUTED", Style.WARN) if disputed else evidence
        page.write(Span("- ", Style.BAD), span(title), *extra, indent=2, hang=4, end=end)
        if result.mark.not_applicable:
            self._labelled("Rated:", f"n/a, not shown ({phrases.rule(self.rubric)})")
        elif result.mark.rating not in ("met", "not met"):
            earned = decimal_text(result.mark.earned)
            level = f"{result.mark.rating} ({earned} of {phrases.points(result.mark.points)})"
            self._labelled("Rated:", level)
        if comment:
            self._labelled("Reviewer:", comment, evidence if disputed else None)
        elif disputed and evidence:
            self._labelled("Evidence:", evidence.text)
        if result.criterion.advice:
            self._labelled("Try:", result.criterion.advice)

    def _number(self, need: Need) -> int:
        return self.numbers[need.section.id, need.result.criterion.id]

    def _labelled(self, label: str, text: str, end: Span | None = None) -> None:
        """A label, then a text that hangs beside it."""
        if self.page.is_narrow:
            self.page.write(f"{label} ", text, indent=4, hang=6, end=end)
            return
        before = len(self.page.lines)
        self.page.write(text, indent=14, end=end)
        self.page.lines[before] = (
            Span(" " * 4 + left(label, 10)),
            *self.page.lines[before][1:],
        )

    def _advisory(self) -> None:
        shown = [
            (section, result)
            for section in self.result.sections
            for result in section.criteria
            if not result.mark.points
        ]
        if not shown:
            return
        self.page.heading("Advisory (never scored)")
        for section, result in shown:
            comment = self._comment(result)
            said = f": {comment}" if comment else ""
            self.page.write(
                f"{self._titled(section, result)}: {result.mark.rating}{said}",
                indent=2,
                hang=4,
                end=self._evidence(result),
            )

    def _not_applicable(self) -> None:
        shown = [
            (section, result)
            for section in self.result.sections
            for result in section.criteria
            if result.mark.not_applicable and result.mark.points
        ]
        if not shown:
            return
        match self.rubric.not_applicable:
            case Policy.MET:
                head = "Counted as met, not observed"
            case Policy.EXCLUDED:
                head = "Left out, not observed"
            case Policy.NOT_MET:
                head = "Counted as not met, not observed"
        page = self.page
        page.heading(f"{head} ({len(shown)} n/a)")
        plain = [result.criterion.title for _, result in shown]
        titles = [
            title if plain.count(title) == 1 else self._titled(section, result)
            for title, (section, result) in zip(plain, shown, strict=True)
        ]
        width = min(36, max(map(cells, titles)))
        for title, (_, result) in zip(titles, shown, strict=True):
            evidence = self._evidence(result)
            missing = "(after a dispute)" if _is_changed(result) else "(no reason given)"
            reason = span(self._comment(result) or missing, Style.FAINT)
            taken = (
                2 + width + 2 + cells(reason.text) + (2 + cells(evidence.text) if evidence else 0)
            )
            if not self.comments:
                page.write(title, indent=2, hang=4)
            elif page.is_narrow or cells(title) > width or taken > page.width:
                page.write(title, indent=2, hang=4)
                page.write(reason, indent=6, end=evidence)
            else:
                line = [Span("  "), span(left(title, width)), Span("  "), reason]
                gap = page.width - taken + 2
                page.row([*line, Span(" " * gap), evidence] if evidence else line)

    # ── Disputes, the way up, the conversation ────────────────────────────────────────────────

    def _disputes(self) -> None:
        outlooks = iter(self.result.outlooks)
        for dispute in self.review.disputes:
            self._dispute(
                dispute, next(outlooks) if dispute.outcome is DisputeOutcome.OPEN else None
            )

    def _dispute(self, dispute: Dispute, outlook: Outlook | None) -> None:
        page = self.page
        title = self.titles.get(dispute.section, dispute.section)
        number = self.numbers[dispute.section, dispute.criterion]
        found = next(
            result
            for section in self.result.sections
            for result in section.criteria
            if (section.section.id, result.criterion.id) == (dispute.section, dispute.criterion)
        )
        page.heading(
            span(f"Dispute ({dispute.outcome.value})", Style.TITLE),
            span(
                f"  {phrases.place(title, number)}: {found.original}; "
                f"the advisor says {dispute.says}"
            ),
        )
        if _is_changed(found) and found.dispute is dispute:
            self._first_rating(found)
        raised = span(dispute.on, Style.FAINT) if dispute.on else None
        if dispute.because and self.comments:
            page.write(f'"{dispute.because}"', indent=2, hang=3, end=raised)
        elif raised:
            page.write(span(f"Raised {raised.text}", Style.FAINT), indent=2)
        self._decision(dispute)
        if dispute.outcome is DisputeOutcome.UPHELD and found.dispute is dispute:
            page.write(f"It is scored as {found.mark.rating}.", indent=2)
        if outlook is None:
            return
        if outlook.share is None or outlook.observed is None:
            page.write("If upheld: nothing would be left observed.", indent=2)
            return
        then = phrases.percent(outlook.share, self.rubric)
        seen = phrases.percent(outlook.observed, self.rubric)
        band = f", {outlook.band.name}" if outlook.band else ""
        seen_band = f", {outlook.band_observed.name}" if outlook.band_observed else ""
        page.write(f"If upheld: {then}{band}; observed {seen}{seen_band}.", indent=2, hang=4)

    def _first_rating(self, result: CriterionResult) -> None:
        """What the reviewer wrote about a rating that a dispute has changed since."""
        comment, evidence = result.rated.comment, result.rated.evidence
        if not self.comments:
            return
        if comment:
            end = span(evidence, Style.FAINT) if evidence else None
            self.page.write("Reviewer: ", comment, indent=2, hang=4, end=end)
        elif evidence:
            self.page.write("Evidence: ", evidence, indent=2, hang=4)

    def _decision(self, dispute: Dispute) -> None:
        """Who decided a dispute, when and why."""
        by = f"by {dispute.decided_by}" if dispute.decided_by else None
        who_and_when = ", ".join(part for part in (by, dispute.decided_on) if part)
        reason = dispute.reason if self.comments else None
        if not (who_and_when or reason):
            return
        is_withdrawn = dispute.outcome is DisputeOutcome.WITHDRAWN
        head = f"{'Withdrawn' if is_withdrawn else 'Decided'} {who_and_when}".rstrip()
        self.page.write(f"{head}: {reason}" if reason else f"{head}.", indent=2, hang=4)

    def _next_band(self) -> None:
        way = self.result.next_band
        if way is None:
            return
        needs = self.result.needs
        share = phrases.percent(way.share, self.rubric)
        reached = next(
            (band.name for band in reversed(self.rubric.bands) if band.holds(way.share)),
            way.band.name,
        )
        alike = len({need.share_lost for need in needs}) == 1
        critical = any(need.result.critical_missed for need in way.needs)
        if len(way.needs) == len(needs) > 1:
            which = "both needs" if len(needs) == 2 else f"all {len(needs)} needs"
        elif alike and not critical and len(needs) > 1:
            which = f"any {len(way.needs)} of the {len(needs)} needs"
        else:
            named = [need.result.criterion.title for need in way.needs]
            which = "meeting " + phrases.both(f'"{name}"' for name in named)
        self.page.blank()
        self.page.write(
            span("Next band: ", Style.TITLE),
            span(f"{which} would make this {self.noun} {share}, {reached}."),
            hang=2,
        )

    def _conversation(self) -> None:
        review, page = self.review, self.page
        if review.notes and self.comments:
            page.heading("Notes")
            page.paragraphs(review.notes, indent=2)
        if review.actions and self.comments:
            page.heading("Agreed")
            for action in review.actions:
                who = ", ".join(
                    part for part in (action.who, f"by {action.by}" if action.by else None) if part
                )
                page.write("- ", action.what + (f" ({who})" if who else ""), indent=2, hang=4)
        if review.advisor_comment and self.comments:
            page.heading("The advisor's words")
            page.paragraphs(review.advisor_comment, indent=2)
        if review.acknowledged:
            page.blank()
            page.write(span(f"Seen by the advisor: {review.acknowledged}", Style.FAINT))

    def _foot(self) -> None:
        page = self.page
        page.blank()
        page.write(
            span(
                f"One {self.noun}, one part of the picture: read it with customer surveys and "
                "other measures. A person decides.",
                Style.FAINT,
            )
        )
        self._why()

    def _why(self) -> None:
        """The rubric, and the command that derives the score; on lines of its own where long."""
        page = self.page
        if self.explain is None or any(visible(word) != word for word in self.explain):
            page.write(span(self.rubric.name, Style.FAINT))
            return
        name = span(self.rubric.name, Style.FAINT)
        why = Span(f"why {phrases.percent(self.result.share, self.rubric)}?", Style.FAINT)
        command = shlex.join(self.explain)
        if cells(f"{name.text} · {why.text} {command}") <= page.width:
            page.row([name, Span(f" · {why.text} {command}", Style.FAINT)])
            return
        if cells(f"{name.text} · {why.text}") <= page.width:
            page.row([name, Span(f" · {why.text}", Style.FAINT)])
        else:
            page.write(name)
            page.row([why])
        for line in _to_type(self.explain, page.width):
            page.row([Span(line, Style.FAINT)])


def _to_type(explain: Sequence[str], width: int) -> Iterator[str]:
    """A command in lines that can be copied into a shell; no word is broken, however long."""
    program, *more = map(shlex.quote, explain)
    line = f"  {program}"
    for word in more:
        if cells(line) + 1 + cells(word) + len(" \\") <= width:
            line += f" {word}"
        else:
            yield f"{line} \\"
            line = f"    {word}"
    yield line


def _is_changed(result: CriterionResult) -> bool:
    """Whether a dispute was upheld that gave another rating than the reviewer's."""
    return result.original != result.mark.rating


def _bar(section: SectionResult) -> list[Span]:
    """A section's points as a bar: earned by what was observed, n/a, missed."""
    met = section.observed.score.earned
    whole = sum((result.mark.points for result in section.criteria), Fraction(0))
    not_applicable = sum(
        (result.mark.points for result in section.criteria if result.mark.not_applicable),
        Fraction(0),
    )
    if not whole:
        return [Span(" " * BAR)]
    parts = [met, not_applicable, whole - met - not_applicable]
    sizes = _shares_of_cells([part / whole for part in parts])
    signs = (("█", Style.GOOD), ("░", Style.FAINT), ("·", Style.BAD))
    return [Span(sign * size, style) for (sign, style), size in zip(signs, sizes, strict=True)]


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
