"""What a report says to one person: the record in full, one focus, and room for their own words."""

from collections import Counter
from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import NamedTuple

from charter_score import facts
from charter_score.compiled import bounds_of, expected_share
from charter_score.field_types import is_date
from charter_score.filters import month_of
from charter_score.report import wording
from charter_score.report.focus import Focus, Moved, focus_of, moved
from charter_score.report.model import (
    Block,
    Column,
    Kind,
    Of,
    Part,
    Report,
    Table,
    Trend,
    Value,
)
from charter_score.report.records import PersonRecords, ReviewRecord
from charter_score.report.team import trend_told, without_empty
from charter_score.report.window import MOST_POINTS, Window
from charter_score.report.wording import Carries, carries, count, day_title, percent, plain_percent
from charter_score.rubric import CriterionKey, Rubric
from charter_score.stats.control_chart import xmr
from charter_score.stats.intervals import mean_interval
from charter_score.summary import PERSONS, FewestOfPeople, fewest_for, mean_of, quantile

MOST_QUOTES = 4
"""Texts of reviewers that are listed, the latest."""
MOST_ACTIONS = 4
"""Actions that are listed, the latest."""
MOST_PRAISED = 3
"""Criteria that are listed as done well."""
METHOD = (
    "This page holds one person's reviews and nobody else's; nobody is compared with anybody.",
    "Calibration, self, targeted and requested reviews stand in the record and enter no figure.",
    "The focus is the need that cost most over the reviews of the window: the shares of the score "
    "lost on it, added up; critical ones come first, and it was missed in two reviews at least.",
    "Whether it moved is asked of the reviews after the day it was agreed against those before, by "
    "Fisher's exact test; p below 0.05 is more than chance.",
)


class Shown(NamedTuple):
    """What a person's page may show besides their own: others' names, free text.

    `people` is what was agreed about figures of persons.
    """

    names: bool = False
    comments: bool = True
    people: FewestOfPeople | None = None


def person_report(
    person: PersonRecords, window: Window, shown: Shown, *, title: str | None = None
) -> Report:
    """The page of one person; `title` in the place of their name where that is hidden."""
    parts = tuple(
        _Person(rubric, records, window, shown).part()
        for _, (rubric, records) in sorted(person.rubrics.items())
    )
    reviews = sum(part.reviews for part in parts)
    if window.months:
        since, until = (day_title(day) for day in (window.since, window.until))
        span = f" Figures and lists go from {since} to {until}."
    else:
        span = ""
    return Report(
        title=person.name if title is None else title,
        scope=(f"{count(reviews, 'review')} in the record.{span}",),
        parts=parts,
        method=METHOD if shown.people is None else (*METHOD, shown.people.told),
        since=window.since,
        until=window.until,
        reviews=reviews,
        is_person=True,
    )


class _Person:
    """The part of one rubric on its way."""

    def __init__(
        self, rubric: Rubric, records: Sequence[ReviewRecord], window: Window, shown: Shown
    ) -> None:
        self.rubric = rubric
        self.records = sorted(records, key=lambda record: (record.day, record.id, record.path))
        self.shown = shown
        self.fewest = fewest_for(shown.people, PERSONS)
        self.counted = [
            record
            for record in self.records
            if record.counts and (not record.day or month_of(record.day) in window.months)
        ]
        self.places = {
            (section.id, criterion.id): f"{criterion.title} ({section.title} {number})"
            for section in rubric.sections
            for number, criterion in enumerate(section.criteria, 1)
        }
        self.criteria = {
            (section.id, criterion.id): criterion for section, criterion in rubric.criteria()
        }

    def part(self) -> Part:
        expected = facts.expected(self.rubric)
        about = [self.rubric.name, facts.rule(self.rubric)]
        about += [f"expected {expected}"] if expected else []
        focus = focus_of(self.rubric, self.counted)
        blocks = [
            self._in_short(),
            self._done_well(),
            self._could_be_better(),
            self._focus(focus),
            self._trend(),
            self._agreed(),
            self._record(),
            Block("next", "What we agree on next", ("What, who, by when:",), space=True),
            Block("words", "How I see it", ("Room for the advisor's own words:",), space=True),
        ]
        return Part(
            self.rubric,
            facts.edition(self.rubric),
            " · ".join(about),
            len(self.records),
            tuple(block for block in blocks if block is not None),
        )

    def _in_short(self) -> Block:
        reviews = len(self.counted)
        level = carries(reviews, self.fewest)
        shares = Counter(record.share for record in self.counted)
        told = []
        if level is Carries.NOTHING:
            since = max((record.day for record in self.records if record.day), default="")
            told.append(
                f"No reviews in these months; the last contact reviewed is of {day_title(since)}."
                if since
                else "No reviews."
            )
        elif level is Carries.RECORD:
            told.append(f"{count(reviews, 'review')}: {level.told}. The record itself is below.")
        else:
            told.append(self._mean_told(shares))
        if self.rubric.expected is not None and reviews:
            met = sum(record.meets_expected is True for record in self.counted)
            verb = "is" if met == 1 else "are"
            told.append(f"{met} of {count(reviews, 'review')} {verb} at or above what is expected.")
        provisional = sum(record.provisional for record in self.counted)
        if provisional:
            have = "has" if provisional == 1 else "have"
            told.append(f"{count(provisional, 'review')} {have} an open dispute and may change.")
        return Block("in-short", "In short", tuple(told), reviews=reviews or None)

    def _mean_told(self, shares: Counter[Fraction]) -> str:
        mean = mean_of(shares) or Fraction(0)
        seen = mean_of(Counter(record.observed_share for record in self.counted)) or Fraction(0)
        median = quantile(shares, Fraction(1, 2)) or Fraction(0)
        interval = mean_interval(shares)
        around = f" (95% interval {wording.between(interval)})" if interval else ""
        return (
            f"The mean score of {count(len(self.counted), 'review')} is {plain_percent(mean)}"
            f"{around}, of what was observed {plain_percent(seen)}: {wording.FOR_COACHING}. Half "
            f"of the reviews are at {percent(median, self.rubric)} or above; the least is "
            f"{percent(min(shares), self.rubric)}, the most {percent(max(shares), self.rubric)}."
        )

    # ── What was done well ────────────────────────────────────────────────────────────────────

    def _done_well(self) -> Block | None:
        seen: Counter[CriterionKey] = Counter()
        met: Counter[CriterionKey] = Counter()
        for record in self.counted:
            seen.update(record.observed)
            met.update(record.met)
        always = [key for key in self.places if seen[key] and met[key] == seen[key]]
        always.sort(key=lambda key: -seen[key])
        rows = tuple((self.places[key], Of(met[key], seen[key])) for key in always[:MOST_PRAISED])
        quotes = self._quotes("done_well", self.counted)
        if not rows and not quotes:
            return None
        columns = (
            Column("criterion", "Criterion", Kind.TEXT),
            Column("met", "Met, of those observed", Kind.OF),
        )
        tables = (
            (Table("done-well", "Met whenever it was observed", columns, rows),) if rows else ()
        )
        return Block(
            "done-well", "What was done well", (), tables, quotes=quotes, is_thanks=True
        )  # fmt: skip

    def _quotes(
        self, field: str, records: Sequence[ReviewRecord]
    ) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """What reviewers wrote, the latest first, under the review that it is about."""
        if not self.shown.comments:
            return ()
        found = []
        number = 0
        said: set[str] = set()
        for record in reversed(records):
            texts = tuple(text for text in getattr(record, field) if text not in said)
            if texts and number < MOST_QUOTES:
                found.append((self._called(record), texts))
                number += len(texts)
                said.update(texts)
        return tuple(found)

    def _called(self, record: ReviewRecord) -> str:
        return f"{record.id}, {day_title(record.day)}" if record.day else record.id

    # ── One focus ─────────────────────────────────────────────────────────────────────────────

    def _focus(self, focus: Focus | None) -> Block:
        if focus is None:
            none = (
                "No need was missed in two reviews or more, so there is nothing to put first. "
                "Keep what goes well."
            )
            return Block("focus", "One focus", (none,), is_focus=True)
        title = self.places[focus.key]
        told = [
            f"Missed in {focus.missed.k} of {count(focus.missed.n, 'review')} in which it was "
            "observed."
        ]
        if focus.critical:
            told.append("It is critical: missing it decides over a review.")
        if advice := self.criteria[focus.key].advice:
            told.append(f"Try: {advice}")
        told += _moved_told(moved(focus.key, self.counted))
        quotes = []
        if self.shown.comments:
            for record, need in focus.said:
                where = f" ({need.evidence})" if need.evidence else ""
                quotes.append((f"{self._called(record)}{where}", (need.comment or "",)))
        return Block(
            "focus", f"One focus: {title}", tuple(told), quotes=tuple(quotes), is_focus=True
        )

    def _could_be_better(self) -> Block | None:
        quotes = self._quotes("could_be_better", self.counted)
        if not quotes:
            return None
        return Block("could-be-better", "What could be better, as reviewers put it", quotes=quotes)

    def _numbered(self, record: ReviewRecord) -> Iterator[str]:
        """The needs of a review by section and number, as a score sheet has them: `Close 1, 4`."""
        needs: dict[str, list[int]] = {}
        places = _places(self.rubric)
        for need in record.needs:
            section, criterion = need.key
            needs.setdefault(section, []).append(places[section][1][criterion])
        for section, (title, _) in places.items():
            if section in needs:
                yield f"{title} {', '.join(map(str, sorted(needs[section])))}"

    # ── Over time, the record, what was agreed ────────────────────────────────────────────────

    def _trend(self) -> Block | None:
        records = [record for record in self.records if record.counts and record.day]
        records = records[-MOST_POINTS:]
        chart = xmr([record.share for record in records])
        if chart.mean is None or len(records) < self.fewest:
            return None
        labels = tuple(day_title(record.day) for record in records)
        told = trend_told(labels, chart, "review")
        rows = tuple((record.day, record.id, record.share) for record in records)
        columns = (
            Column("day", "Day", Kind.DAY),
            Column("id", "Review", Kind.TEXT),
            Column("score", "Score", Kind.SCORE),
        )
        table = Table("record-trend", "Score of each review", columns, rows, bounds_of(self.rubric))
        return Block(
            "trend", "Do my scores move?", tuple(told), (table,),
            Trend(labels, chart, expected_share(self.rubric)),
            f"A line of the scores of {count(len(records), 'review')}. " + " ".join(told),
            len(records),
        )  # fmt: skip

    def _agreed(self) -> Block | None:
        if not self.shown.comments:
            return None
        rows: list[tuple[Value, ...]] = [
            (
                action.what,
                action.who if self.shown.names else None,
                action.agreed,
                action.by,
                action.done,
                record.id,
            )
            for record in reversed(self.records)
            for action in record.actions
        ]
        if not rows:
            return None
        columns = (
            Column("what", "What", Kind.TEXT),
            Column("who", "Who", Kind.PERSON),
            Column("agreed", "Agreed", Kind.TEXT),
            Column("by", "By", Kind.TEXT),
            Column("done", "What became of it", Kind.TEXT),
            Column("review", "Review", Kind.TEXT),
        )
        shown, kept = without_empty(columns, tuple(rows[:MOST_ACTIONS]))
        told = (
            ()
            if any(row[4] for row in rows)
            else ("What became of it is not recorded in the reviews: ask.",)
        )
        table = Table("agreed", "What was agreed, the latest first", shown, kept)
        return Block("agreed", "What we agreed, and what became of it", told, (table,))

    def _record(self) -> Block:
        rows: tuple[tuple[Value, ...], ...] = tuple(map(self._row, reversed(self.records)))
        columns = (
            Column("day", "Day", Kind.DAY),
            Column("id", "Review", Kind.TEXT),
            Column("channel", "Channel", Kind.TEXT),
            Column("reviewer", "Reviewer", Kind.PERSON),
            Column("score", "Score", Kind.SCORE),
            Column("observed", "Observed", Kind.SCORE),
            Column("band", "Band", Kind.TEXT),
            Column("needs", "To develop", Kind.TEXT),
            Column("note", "To know", Kind.TEXT),
        )
        shown, kept = without_empty(columns, rows)
        title = "Every review, the latest first"
        table = Table("record", title, shown, kept, bounds_of(self.rubric))
        return Block("record", title, (), (table,), reviews=len(self.records))

    def _row(self, record: ReviewRecord) -> tuple[Value, ...]:
        needs = "; ".join(self._numbered(record))
        notes = [record.kind and f"{record.kind}, in no figure"]
        notes.append("provisional: a dispute is open" if record.provisional else "")
        seen = record.acknowledged
        notes.append(f"seen {day_title(seen)}" if seen and is_date(seen) else "")
        return (
            record.day or None,
            record.id,
            record.channel or None,
            record.reviewer if self.shown.names else None,
            record.share,
            record.observed_share,
            record.band or None,
            needs or "nothing",
            "; ".join(note for note in notes if note) or None,
        )


def _places(rubric: Rubric) -> dict[str, tuple[str, dict[str, int]]]:
    """The title of each section, and the numbers of its criteria."""
    return {
        section.id: (
            section.title,
            {criterion.id: number for number, criterion in enumerate(section.criteria, 1)},
        )
        for section in rubric.sections
    }


def _moved_told(change: Moved | None) -> Iterator[str]:
    """Whether a focus moved, in a sentence."""
    if change is None:
        yield "Whether it moves can be told once an action says on which day it was agreed."
        return
    before, after = change.before, change.after
    told = (
        f"Since {day_title(change.agreed)}, when something was agreed: missed in {after.k} of "
        f"{after.n}, before in {before.k} of {before.n}"
    )
    if change.is_better:
        yield f"{told}. It got better, by more than chance."
    elif change.is_worse:
        yield f"{told}. It is missed more often, by more than chance: talk about what changed."
    else:
        yield f"{told}: too few to tell."
