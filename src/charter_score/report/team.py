"""What a report says of a team, or of all reviews: parts for each rubric, made of counts."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from typing import NamedTuple

from charter_score import facts
from charter_score.compiled import bounds_of, expected_share
from charter_score.figures import decimal_text
from charter_score.filters import NO_FILTER, ReviewFilter
from charter_score.report import wording
from charter_score.report.costs import Volumes, cost_block
from charter_score.report.counts import (
    ALWAYS,
    MOST_LISTED,
    WAITS,
    Cell,
    Month,
    ReportCounts,
    ReviewLine,
    RubricCounts,
    Values,
    Waits,
    combined,
)
from charter_score.report.model import (
    Bands,
    Block,
    Column,
    Dots,
    Funnel,
    FunnelEdge,
    FunnelPoint,
    Heat,
    Kind,
    Of,
    Part,
    Report,
    Table,
    Trend,
    Value,
)
from charter_score.report.suppression import suppressed
from charter_score.report.window import Window, window_of
from charter_score.report.wording import Carries, carries, count, listed, percent, plain_percent
from charter_score.rubric import CriterionKey, same_value
from charter_score.stats.control_chart import Chart, xmr
from charter_score.stats.funnel import ALARM, WARNING, Standing, lowest_inside, standing
from charter_score.stats.intervals import mean_interval, wilson
from charter_score.summary import (
    FEWEST_TO_COMPARE,
    FewestOfPeople,
    as_people_sort,
    fewest_for,
    fields_in,
    mean_of,
    quantile,
)

PEOPLE = ("advisor", "reviewer")
"""Fields whose values are people's names."""
MOST_NEEDS = 6
"""Needs that are listed as what to develop first."""
MOST_THANKS = 3
"""Criteria that are listed as what goes well."""
FEWEST_TO_THANK = 2
"""Reviews in which a criterion was observed before somebody is thanked for it."""
MOST_DRAWN = 30
"""Points at which the edges of a funnel are reckoned."""
PERSON_DECIDES = (
    "A person decides. No figure on this page decides about anybody by itself, and each can be "
    "traced to the reviews behind it."
)


class Asked(NamedTuple):
    """What a report was asked for: names or letters, a plan, volumes, an answer to set beside.

    `people` is what was agreed about figures of persons.
    """

    names: bool = False
    public: bool = False
    by: tuple[str, ...] = ()
    chosen: ReviewFilter = NO_FILTER
    each: int | None = None
    volumes: Volumes | None = None
    beside: str | None = None
    command: str = "charter-score score PATH -o reviews.csv"
    people: FewestOfPeople | None = None


class Found(NamedTuple):
    """What a run came to besides scored reviews."""

    found: int
    scored: int
    failed: int
    skipped: int
    filtered_out: int


def team_report(counts: ReportCounts, asked: Asked, found: Found) -> Report:
    """The report of everything that was counted."""
    window = window_of(asked.chosen, counts.first_day, counts.last_day)
    labels = Labels(counts, names=asked.names)
    parts = []
    for key in sorted(counts.rubrics):
        part = _Part(counts.rubrics[key], window, labels, asked)
        parts.append(part.part())
    reviews = sum(part.reviews for part in parts)
    return Report(
        title="What our reviews say" if asked.chosen.is_empty else "What these reviews say",
        scope=tuple(_scope(counts, asked, found, window, reviews)),
        parts=tuple(parts),
        method=tuple(_method(asked)),
        since=window.since,
        until=window.until,
        reviews=reviews,
    )


class Labels:
    """What groups are called: as they are spelt, people by a letter where names are hidden."""

    def __init__(self, counts: ReportCounts, *, names: bool) -> None:
        self.spellings = counts.spellings
        self.letters: dict[tuple[str, str], str] = {}
        for field in () if names else PEOPLE:
            known = [key for key in self.spellings if key[0] == field]
            ordered = sorted(known, key=lambda key: as_people_sort(self.spellings[key]))
            for number, key in enumerate(ordered):
                self.letters[key] = f"{field} {_lettered(number)}"

    def of(self, field: str, value: str | None) -> str:
        """What one value is called."""
        if value is None:
            return f"(no {field})"
        key = (field, value)
        return self.letters.get(key) or self.spellings.get(key, value)

    def place(self, values: Sequence[str | None], fields: Sequence[str]) -> tuple[object, ...]:
        """Where a group stands among others: by name, without a value last."""
        return tuple(
            (value is None, as_people_sort(self.spellings.get((field, value or ""), "")))
            for field, value in zip(fields, values, strict=True)
        )


def _lettered(number: int) -> str:
    letters = ""
    while number >= 0:
        letters = chr(ord("A") + number % 26) + letters
        number = number // 26 - 1
    return letters


def _scope(
    counts: ReportCounts, asked: Asked, found: Found, window: Window, reviews: int
) -> Iterator[str]:
    if window.months:
        told = f"{wording.day_title(window.since)} to {wording.day_title(window.until)}"
        yield f"{count(reviews, 'review')} of contacts from {told}."
    else:
        yield f"{count(reviews, 'review')}."
    aside = [f"{number:,} {name}" for name, number in sorted(counts.other.items()) if number]
    if aside:
        yield f"Not in any figure: {listed(aside)}."
    lost = []
    if found.failed:
        lost.append(f"{count(found.failed, 'input')} could not be scored")
    if found.skipped:
        lost.append(f"{count(found.skipped, 'draft or void review', 'drafts or void reviews')}")
    if found.filtered_out:
        lost.append(f"{count(found.filtered_out, 'review')} left out by what was chosen")
    if lost:
        told = "; ".join(lost)
        yield f"{told[:1].upper()}{told[1:]}."
    yield from _chosen(asked)
    if not asked.names and not asked.public:
        yield "People stand as letters, given anew for each page: --include-names shows names."
    if asked.public:
        yield (
            "This page is for the public: no people, no free text, and no group of fewer than "
            f"{FEWEST_TO_COMPARE} reviews, nor one by which such a group could be reckoned."
        )


def _chosen(asked: Asked) -> Iterator[str]:
    for field, values in asked.chosen.where:
        shown = asked.names or field not in PEOPLE
        yield f"Chosen: {field} {listed(values) if shown else '(name hidden)'}."


def _method(asked: Asked) -> Iterator[str]:
    yield (
        "The unit is the review. Means are of exact scores; from five reviews on they have a 95% "
        "interval by Student's t, none where all scores are equal."
    )
    yield (
        "Shares of reviews and of observed ratings are k of n with Wilson's 95% interval; n/a is "
        "left out of n, and what was met in part is a count of its own."
    )
    yield (
        "Trends are XmR charts: the mean and 2.66 mean moving ranges either way, from the first "
        "twelve months with five reviews or more; limits from six months on, on trial until twelve."
    )
    if asked.people is not None:
        yield asked.people.told
    yield (
        "Groups of twenty reviews or more are held against the whole by exact binomial tails "
        "(95%, 99.8%). There is no league table: order is by name."
    )
    yield (
        "Calibration, self, draft, void, targeted and requested reviews enter no figure; "
        "provisional ones do. Two rubrics, or two versions of one, are never averaged."
    )
    if asked.chosen.since is None:
        yield (
            "Counts and lists go over the six months up to the last contact in the data, trends "
            "over up to 24 months."
        )


# ── Tables of groups ──────────────────────────────────────────────────────────────────────────────

GROUP_COLUMNS = (
    Column("reviews", "Reviews", Kind.COUNT),
    Column("mean", "Mean", Kind.PERCENT),
    Column("mean_interval", "95% interval", Kind.INTERVAL),
    Column("median", "Median", Kind.SCORE),
    Column("least", "Least", Kind.SCORE),
    Column("most", "Most", Kind.SCORE),
    Column("observed_mean", "Observed mean", Kind.PERCENT),
    Column("uplift", "n/a adds", Kind.DIFFERENCE),
    Column("meets_expected", "At or above expected", Kind.OF),
    Column("meets_expected_interval", "95% interval of that", Kind.INTERVAL),
    Column("critical", "Critical missed", Kind.COUNT),
    Column("provisional", "Provisional", Kind.COUNT),
    Column("says", "What it carries", Kind.TEXT),
)


def group_figures(
    cell: Cell, said: str | None = None, fewest: int = FEWEST_TO_COMPARE
) -> tuple[Value, ...]:
    """The values of `GROUP_COLUMNS`: no more than so many reviews carry, the `fewest` or more."""
    summary = cell.summary
    level = carries(cell.reviews, fewest)
    has_expected = summary.rubric.expected is not None
    met = Of(summary.meets_expected, cell.reviews) if has_expected else None
    says = said if said is not None else level.told
    if level in (Carries.NOTHING, Carries.RECORD):
        none: tuple[Value, ...] = (None,) * 7
        return (cell.reviews, *none, met, None, summary.critical, summary.provisional, says)
    mean, seen = mean_of(summary.shares), mean_of(summary.observed_shares)
    return (
        cell.reviews,
        mean,
        mean_interval(summary.shares),
        quantile(summary.shares, Fraction(1, 2)),
        min(summary.shares),
        max(summary.shares),
        seen,
        None if mean is None or seen is None else mean - seen,
        met,
        None if met is None else wilson(met.k, met.n),
        summary.critical,
        summary.provisional,
        says,
    )


class _Part:
    """The part of one rubric on its way."""

    def __init__(self, counts: RubricCounts, window: Window, labels: Labels, asked: Asked) -> None:
        self.counts = counts
        self.rubric = counts.rubric
        self.window = window
        self.labels = labels
        self.asked = asked
        self.months: frozenset[Month] = frozenset([*window.months, None])
        self.hidden = self._suppressed()
        self.whole = self.cell((), ())
        self.counted = self.whole.summary.by_criterion()
        self.titles = {
            (section.id, criterion.id): criterion.title
            for section, criterion in self.rubric.criteria()
        }
        self.places = {
            (section.id, criterion.id): f"{criterion.title} ({section.title} {number})"
            for section in self.rubric.sections
            for number, criterion in enumerate(section.criteria, 1)
        }
        self.advice = {
            (section.id, criterion.id): criterion.advice
            for section, criterion in self.rubric.criteria()
        }

    def cell(self, fields: tuple[str, ...], values: Values, month: Month = "") -> Cell:
        """A group over the window, or in one month."""
        wanted = self.months if month == "" else {month}
        cells = self.counts.cells
        keys = ((fields, values, each) for each in sorted(wanted, key=lambda one: one or ""))
        return combined(self.rubric, (cells[key] for key in keys if key in cells))

    def groups(self, fields: tuple[str, ...]) -> list[tuple[Values, Cell]]:
        """The groups of some fields in the window, in order of name."""
        found = {
            values
            for by, values, month in self.counts.cells
            if by == fields and month in self.months
        }
        ordered = sorted(found, key=lambda values: self.labels.place(values, fields))
        groups = [(values, self.cell(fields, values)) for values in ordered]
        if self.hidden is not None:
            groups = [one for one in groups if (fields, one[0]) not in self.hidden]
        return groups

    def _suppressed(self) -> set[tuple[tuple[str, ...], object]] | None:
        """The groups that a public page hides; None where the page is not public."""
        if not self.asked.public:
            return None
        fields = [*self._groupings(), ("month",)]
        groupings = list(self._all_groupings())
        together: Counter[tuple[object, ...]] = Counter()
        for (month, values), number in self.counts.together.items():
            if month in self.months:
                kept = [values[groupings.index(each)] for each in fields[:-1]]
                together[(*kept, (month,))] += number
        return {(fields[place], values) for place, values in suppressed(together)}

    def _all_groupings(self) -> Iterable[tuple[str, ...]]:
        """The groupings as the collector has them."""
        asked = (fields_in(by) for by in self.asked.by)
        return dict.fromkeys([(), *((name,) for name in ALWAYS), *asked])

    def _groupings(self) -> list[tuple[str, ...]]:
        """The groupings that the page may show: a public one none of people."""
        shown = [fields for fields in self._all_groupings() if fields]
        if self.asked.public:
            shown = [fields for fields in shown if not set(fields) & set(PEOPLE)]
        return shown

    def part(self) -> Part:
        """The part, block by block."""
        rubric = self.rubric
        expected = facts.expected(rubric)
        about = [rubric.name, facts.rule(rubric)]
        about += [f"expected {expected}"] if expected else []
        if self.asked.public and self.whole.reviews < FEWEST_TO_COMPARE:
            few = Block("in-short", "Too few reviews to show", ("Fewer than five reviews.",))
            return Part(rubric, facts.edition(rubric), " · ".join(about), 0, (few,))
        blocks = [
            self._in_short(),
            self._thanks(),
            self._needs(),
            self._trend(),
            self._heat("heat", ("month",)),
            self._heat("heat-teams", ("team",)),
            self._scores(),
            *self._tables(),
            self._funnel("team"),
            self._funnel("advisor"),
            self._criteria(),
            self._reviewers(),
            self._plan(),
            self._waits(),
            self._beside(),
            cost_block(rubric, self.asked.volumes),
            self._sample(),
            self._reviews(),
        ]
        kept = tuple(block for block in blocks if block is not None)
        return Part(rubric, facts.edition(rubric), " · ".join(about), self.whole.reviews, kept)

    # ── In short ──────────────────────────────────────────────────────────────────────────────

    def _in_short(self) -> Block:
        summary, reviews = self.whole.summary, self.whole.reviews
        level = carries(reviews)
        told = []
        if level is Carries.NOTHING:
            told.append("No reviews.")
        elif level is Carries.RECORD:
            told.append(f"{count(reviews, 'review')}: {level.told}. Read the record itself below.")
        else:
            told.append(self._mean_told())
        if summary.rubric.expected is not None and reviews:
            met = summary.meets_expected
            interval = wilson(met, reviews)
            around = (
                f" (95% interval {wording.between(interval)})"
                if interval and level not in (Carries.NOTHING, Carries.RECORD)
                else ""
            )
            only = summary.meets_only_by_not_applicable
            by_na = f"; {only} of those only because n/a counts" if only else ""
            verb = "is" if met == 1 else "are"
            told.append(
                f"{met} of {count(reviews, 'review')} {verb} at or above what is expected"
                f"{around}{by_na}."
            )
        if summary.critical:
            told.append(f"{count(summary.critical, 'review')} missed a critical criterion.")
        if summary.provisional:
            have = "has" if summary.provisional == 1 else "have"
            told.append(
                f"{count(summary.provisional, 'review')} {have} an open dispute and may change."
            )
        undated = self.cell((), (), None).reviews
        if undated and self.window.months and self._shown_month(None):
            told.append(
                f"{count(undated, 'review')} without a day count here and stand in no month."
            )
        columns, rows = without_empty(GROUP_COLUMNS, (group_figures(self.whole, ""),))
        table = Table("whole", "All reviews", columns, rows, self._bounds)
        return Block("in-short", "In short", tuple(told), (table,), reviews=reviews)

    def _mean_told(self) -> str:
        summary = self.whole.summary
        mean, seen = mean_of(summary.shares), mean_of(summary.observed_shares)
        median = quantile(summary.shares, Fraction(1, 2))
        if mean is None or seen is None or median is None:
            return "No reviews."
        interval = mean_interval(summary.shares)
        around = f" (95% interval {wording.between(interval)})" if interval else ""
        adds = mean - seen
        effect = "adds" if adds >= 0 else "takes"
        na = f"n/a {effect} {wording.points(adds)}" if adds else "n/a adds nothing"
        return (
            f"The mean score of {count(self.whole.reviews, 'review')} is {plain_percent(mean)}"
            f"{around}; what was observed has a mean of {plain_percent(seen)}, {na}. Half of the "
            f"reviews are at {percent(median, self.rubric)} or above; the least is "
            f"{percent(min(summary.shares), self.rubric)}, the most "
            f"{percent(max(summary.shares), self.rubric)}."
        )

    @property
    def _bounds(self) -> tuple[Fraction, ...]:
        return bounds_of(self.rubric)

    # ── What goes well, what to develop ───────────────────────────────────────────────────────

    def _thanks(self) -> Block | None:
        counted = self.counted
        fewest = FEWEST_TO_COMPARE if self.whole.reviews >= FEWEST_TO_COMPARE else 1
        rates = [
            (Fraction(seen - counted.missed[key] - counted.partly[key], seen), seen, key)
            for key in self.titles
            if (seen := counted.observed[key]) >= fewest
        ]
        rates.sort(key=lambda one: (-one[0], -one[1]))
        best = [one for one in rates[:MOST_THANKS] if one[0] > Fraction(1, 2)]
        if not best:
            return None
        first = best[0]
        met = int(first[0] * first[1])
        told = [
            f"{self.titles[first[2]]}: met in {met} of {first[1]} reviews in which it was observed."
        ]
        columns = (
            Column("criterion", "Criterion", Kind.TEXT),
            Column("met", "Met, of those observed", Kind.OF),
            Column("met_interval", "95% interval", Kind.INTERVAL),
        )
        rows = tuple(
            (self.places[key], of, wilson(of.k, of.n) if of.n >= FEWEST_TO_COMPARE else None)
            for rate, seen, key in best
            for of in (Of(int(rate * seen), seen),)
        )
        tables = [Table("goes-well", "What goes well", columns, rows)]
        if people := self._whom():
            tables.append(people)
        elif not self.asked.names and not self.asked.public:
            told.append("Whom to thank stands here with --include-names.")
        return Block(
            "thanks", "Who is to thank, and for what?", tuple(told), tuple(tables), is_thanks=True,
            reviews=self.whole.reviews,
        )  # fmt: skip

    def _whom(self) -> Table | None:
        """Each advisor with what they did whenever it was observed; only with names."""
        if not self.asked.names or self.asked.public:
            return None
        rows = []
        for values, cell in self.groups(("advisor",)):
            if values[0] is None:
                continue
            counted = cell.summary.by_criterion()
            always = [
                (seen, key)
                for key in self.titles
                if (seen := counted.observed[key]) >= FEWEST_TO_THANK
                and not counted.missed[key] + counted.partly[key]
            ]
            if always:
                # Of what everybody meets nobody has to be told; the rarer, the better the thanks.
                seen, key = max(always, key=lambda one: (self._missed_share(one[1]), one[0]))
                name = self.labels.of("advisor", values[0])
                rows.append((name, self.places[key], Of(seen, seen)))
        columns = (
            Column("advisor", "Advisor", Kind.PERSON),
            Column("criterion", "For", Kind.TEXT),
            Column("met", "Met, of those observed", Kind.OF),
        )
        return Table("whom", "Whom", columns, tuple(rows)) if rows else None

    def _missed_share(self, key: CriterionKey) -> Fraction:
        counted = self.counted
        seen = counted.observed[key]
        return Fraction(counted.missed[key] + counted.partly[key], seen) if seen else Fraction(0)

    def _needs(self) -> Block | None:
        counted = self.counted
        critical = {
            (section.id, criterion.id)
            for section, criterion in self.rubric.criteria()
            if criterion.critical
        }
        order = list(self.titles)
        lost = [
            key
            for key in order
            if self.whole.lost.get(key) or (key in critical and counted.missed[key])
        ]
        lost.sort(
            key=lambda key: (
                not (key in critical and counted.missed[key]),
                -self.whole.lost.get(key, Fraction(0)),
                order.index(key),
            )
        )
        if not lost:
            told = "No points were lost in any review."
            return Block("needs", "What is to be developed?", (told,), reviews=self.whole.reviews)
        first = lost[0]
        missed, seen = counted.missed[first], counted.observed[first]
        rows: list[tuple[Value, ...]] = []
        for key in lost[:MOST_NEEDS]:
            of = Of(counted.missed[key], counted.observed[key])
            interval = wilson(of.k, of.n) if of.n >= FEWEST_TO_COMPARE else None
            rows.append(
                (self.places[key], of, interval, counted.partly[key], self.advice[key] or None)
            )
        columns, kept = without_empty(
            (
                Column("criterion", "Criterion", Kind.TEXT),
                Column("missed", "Missed, of those observed", Kind.OF),
                Column("missed_interval", "95% interval", Kind.INTERVAL),
                Column("partly", "Met in part", Kind.COUNT),
                Column("advice", "Try", Kind.TEXT),
            ),
            tuple(rows),
        )
        told = (
            f"{self.titles[first]}: missed in {missed} of {seen} reviews in which it was observed."
        )
        more = len(lost) - len(rows)
        order_told = "In order of what they cost together" + (
            f"; {count(more, 'more criterion', 'more criteria')} below." if more > 0 else "."
        )
        table = Table("needs", "What to develop first", columns, kept)
        return Block(
            "needs", "What is to be developed first?", (told, order_told), (table,),
            reviews=self.whole.reviews,
        )  # fmt: skip

    # ── Over time ─────────────────────────────────────────────────────────────────────────────

    def _shown_month(self, month: Month) -> bool:
        return self.hidden is None or (("month",), (month,)) not in self.hidden

    def _trend(self) -> Block | None:
        months = [
            (month, cell)
            for month in self.window.trend
            if (cell := self.cell((), (), month)).reviews >= FEWEST_TO_COMPARE
            and self._shown_month(month)
        ]
        if len(months) < 2:
            return None
        means = [mean_of(cell.summary.shares) or Fraction(0) for _, cell in months]
        chart = xmr(means)
        labels = tuple(wording.month_title(month) for month, _ in months)
        told = trend_told(labels, chart, "month")
        rows = tuple(
            (month, *group_figures(cell)[:3], "; ".join(_signals_at(place, chart)) or None)
            for place, (month, cell) in enumerate(months)
        )
        columns = (
            Column("month", "Month", Kind.MONTH),
            *GROUP_COLUMNS[:3],
            Column("signal", "Signal", Kind.TEXT),
        )
        number = sum(cell.reviews for _, cell in months)
        return Block(
            "trend", "Do the scores move?", tuple(told),
            (Table("trend", "Mean score by month", columns, rows),),
            Trend(labels, chart, expected_share(self.rubric)),
            f"A line of the mean score of {count(len(months), 'month')}, from {labels[0]} "
            f"({plain_percent(means[0])}) to {labels[-1]} ({plain_percent(means[-1])}). "
            + " ".join(told),
            number,
        )  # fmt: skip

    def _heat(self, name: str, fields: tuple[str, ...]) -> Block | None:
        """Sections by month, or by another field."""
        if fields == ("month",):
            groups = [
                (wording.month_title(month), self.cell((), (), month))
                for month in self.window.months
                if self._shown_month(month)
            ]
            title, by = "How did each section go, month by month?", "month"
        else:
            groups = [
                (self.labels.of(fields[0], values[0]), cell)
                for values, cell in self.groups(fields)
                if values[0] is not None
            ]
            title, by = "How does each section go in each team?", "team"
        groups = [(label, cell) for label, cell in groups if cell.reviews]
        if len(groups) < 2 or all(cell.reviews < FEWEST_TO_COMPARE for _, cell in groups):
            return None
        sections = self.rubric.sections
        shares = [
            tuple(_section_mean(cell, section.id) for section in sections) for _, cell in groups
        ]
        head = Column(by, by[:1].upper() + by[1:], Kind.TEXT)
        columns = (
            head,
            Column("reviews", "Reviews", Kind.COUNT),
            *(Column(section.id, section.title, Kind.PERCENT) for section in sections),
        )
        rows = tuple(
            (label, cell.reviews, *row) for (label, cell), row in zip(groups, shares, strict=True)
        )
        told = _heat_told(groups, shares, [section.title for section in sections])
        few = any(cell.reviews < FEWEST_TO_COMPARE for _, cell in groups)
        sentences = [told] if told else []
        if few:
            sentences.append(f"– : fewer than {FEWEST_TO_COMPARE} reviews.")
        return Block(
            name, title, tuple(sentences), (Table(name, title, columns, rows),),
            Heat(
                tuple(section.title for section in sections),
                tuple(label for label, _ in groups),
                tuple(zip(*shares, strict=True)),
            ),
            "A table of the mean share of each section, darker where it is lower; "
            + (told or "the table below has each figure."),
            sum(cell.reviews for _, cell in groups),
        )  # fmt: skip

    # ── Scores ────────────────────────────────────────────────────────────────────────────────

    def _scores(self) -> Block | None:
        summary = self.whole.summary
        if self.whole.reviews < FEWEST_TO_COMPARE:
            return None
        bands = [band.name for band in self.rubric.bands]
        tables = []
        told = []
        if bands:
            rows = tuple(
                (band, Of(summary.bands[band], self.whole.reviews)) for band in bands[::-1]
            )
            columns = (Column("band", "Band", Kind.TEXT), Column("reviews", "Reviews", Kind.OF))
            tables.append(Table("bands", "Bands", columns, rows))
            most = max(bands, key=lambda band: summary.bands[band])
            told.append(
                f"Most reviews, {summary.bands[most]} of {self.whole.reviews}, are in the band "
                f"“{most}”."
            )
            if summary.rests_on_not_applicable:
                told.append(
                    f"In {count(summary.rests_on_not_applicable, 'review')} the band rests on n/a."
                )
        shares = tuple(sorted(summary.shares.items()))
        scores = (Column("score", "Score", Kind.SCORE), Column("reviews", "Reviews", Kind.COUNT))
        tables.append(Table("scores", "Scores", scores, shares, self._bounds))
        return Block(
            "scores", "How are the scores spread?", tuple(told), tuple(tables),
            Dots(shares, expected_share(self.rubric)),
            f"Dots, one a review, from {percent(min(summary.shares), self.rubric)} to "
            f"{percent(max(summary.shares), self.rubric)}. " + " ".join(told),
            self.whole.reviews,
        )  # fmt: skip

    # ── Groups ────────────────────────────────────────────────────────────────────────────────

    def _tables(self) -> Iterator[Block | None]:
        asked = [fields_in(by) for by in self.asked.by]
        for fields in self._groupings():
            if fields == (self.asked.beside,) and fields not in [(name,) for name in ALWAYS]:
                continue
            yield self._groups_of(fields, is_asked=fields in asked)
        if ("month",) not in asked:
            yield self._months()

    def _groups_of(self, fields: tuple[str, ...], *, is_asked: bool) -> Block | None:
        groups = self.groups(fields)
        if not groups or (not is_asked and all(values == (None,) for values, _ in groups)):
            return None
        fewest = fewest_for(self.asked.people, fields)
        kinds = [Kind.PERSON if name in PEOPLE else Kind.TEXT for name in fields]
        heads = tuple(
            Column(_key(name), f"{name[:1].upper()}{name[1:]}", kind)
            for name, kind in zip(fields, kinds, strict=True)
        )
        rows = tuple(
            (
                *(self.labels.of(*pair) for pair in zip(fields, values, strict=True)),
                *group_figures(cell, self._said(fields, cell), fewest),
            )
            for values, cell in groups
        )
        name = "-".join(_key(each) for each in fields)
        title = f"By {listed(fields)}"
        columns, rows = without_empty((*heads, *GROUP_COLUMNS), rows)
        table = Table(f"by-{name}", title, columns, rows, self._bounds)
        picture, description = self._bands_of(fields, groups)
        few = sum(cell.reviews < fewest for _, cell in groups)
        told = ["In order of name."] if len(groups) > 1 else []
        if few:
            are = "has" if few == 1 else "have"
            told.append(
                f"{count(few, 'group')} {are} fewer than {fewest} reviews: {wording.TOO_FEW}."
            )
            if self.asked.people is not None and fewest > FEWEST_TO_COMPARE:
                told.append(self.asked.people.told)
        if self.hidden is not None and any(field == fields for field, _ in self.hidden):
            told.append("Small groups are left out, with others that would give them away.")
        return Block(
            f"by-{name}", title,
            tuple(told), (table,), picture, description,
            sum(cell.reviews for _, cell in groups),
        )  # fmt: skip

    def _bands_of(
        self, fields: tuple[str, ...], groups: Sequence[tuple[Values, Cell]]
    ) -> tuple[Bands | None, str]:
        """Bands as bars: of teams and channels, never of people."""
        bands = tuple(band.name for band in self.rubric.bands)
        large = [one for one in groups if one[1].reviews >= FEWEST_TO_COMPARE]
        if not bands or len(large) < 2 or len(fields) > 1 or fields[0] in PEOPLE:
            return None, ""
        labels = tuple(self.labels.of(fields[0], values[0]) for values, _ in large)
        counts = tuple(tuple(cell.summary.bands[band] for band in bands) for _, cell in large)
        return Bands(labels, bands, counts), (
            f"Bars of how many reviews of each {fields[0]} are in each band; groups of fewer than "
            f"{FEWEST_TO_COMPARE} reviews have none."
        )

    def _said(self, fields: tuple[str, ...], cell: Cell) -> str:
        """What a group of so many reviews carries; large ones stand to the whole."""
        level = carries(cell.reviews, fewest_for(self.asked.people, fields))
        if level is not Carries.COMPARISON:
            return level.told
        share = self._share_of_whole()
        if share is None or fields == ("reviewer",):
            return ""
        if fields == ("advisor",) and self._one_reviewer_rules():
            return ""
        return wording.STANDINGS[standing(cell.summary.meets_expected, cell.reviews, share)]

    def _share_of_whole(self) -> Fraction | None:
        if self.rubric.expected is None or not self.whole.reviews:
            return None
        return Fraction(self.whole.summary.meets_expected, self.whole.reviews)

    def _months(self) -> Block | None:
        months = [
            (month, cell)
            for month in self.window.months
            if (cell := self.cell((), (), month)).reviews and self._shown_month(month)
        ]
        if not months:
            return None
        rows = tuple(
            (month, *group_figures(cell, carries(cell.reviews).told)) for month, cell in months
        )
        columns, rows = without_empty((Column("month", "Month", Kind.MONTH), *GROUP_COLUMNS), rows)
        table = Table("by-month", "By month of the contact", columns, rows, self._bounds)
        number = sum(cell.reviews for _, cell in months)
        return Block("by-month", "By month of the contact", (), (table,), reviews=number)

    # ── Comparison ────────────────────────────────────────────────────────────────────────────

    def _one_reviewer_rules(self) -> bool:
        """Whether one reviewer did more than half of the reviews of somebody who is compared."""
        by_advisor: dict[str, Counter[str]] = {}
        for (advisor, reviewer, month), number in self.counts.pairs.items():
            if month in self.months:
                by_advisor.setdefault(advisor, Counter())[reviewer] += number
        return any(
            2 * max(reviewers.values()) > reviewers.total()
            for reviewers in by_advisor.values()
            if reviewers.total() >= wording.FEWEST_IN_FUNNEL
        )

    def _funnel(self, field: str) -> Block | None:
        share = self._share_of_whole()
        if share is None or (self.asked.public and field in PEOPLE):
            return None
        fewest = max(wording.FEWEST_IN_FUNNEL, fewest_for(self.asked.people, (field,)))
        large = [
            (values, cell)
            for values, cell in self.groups((field,))
            if cell.reviews >= fewest and values[0] is not None
        ]
        if not large or len(self.groups((field,))) < 2:
            return None
        title = f"Does any {field} stand out from the whole by more than chance?"
        if field == "advisor" and self._one_reviewer_rules():
            not_drawn = (
                "Not drawn: one reviewer did more than half of somebody's reviews, and reviewers "
                "who differ by 7 points put a fifth of equal advisors outside. First see with "
                "charter-score calibrate how far reviewers agree."
            )
            return Block(f"funnel-{field}", title, (not_drawn,))
        one_team = len(dict(self.asked.chosen.where).get("team", ())) == 1
        shows_labels = field not in PEOPLE or (self.asked.names and one_team)
        points, rows = [], []
        for values, cell in large:
            met = Of(cell.summary.meets_expected, cell.reviews)
            where = standing(met.k, met.n, share)
            name = self.labels.of(field, values[0])
            is_outside = where is not Standing.AS_EXPECTED
            points.append(FunnelPoint(met, where, name if is_outside and shows_labels else None))
            rows.append((name, met, wording.STANDINGS[where]))
        outside = [point for point in points if point.standing is not Standing.AS_EXPECTED]
        columns = (
            Column(
                field, field[:1].upper() + field[1:], Kind.PERSON if field in PEOPLE else Kind.TEXT
            ),
            Column("meets_expected", "At or above expected", Kind.OF),
            Column("says", "What it carries", Kind.TEXT),
        )
        enough = "twenty" if fewest == wording.FEWEST_IN_FUNNEL else fewest
        told = [
            f"{count(len(outside), field)} of {len(points)} with {enough} reviews or more "
            f"{'is' if len(outside) == 1 else 'are'} outside the 95% limits around the whole's "
            f"{plain_percent(share)}; by chance alone about one in twenty would be."
            if outside
            else f"None of {len(points)} with {enough} reviews or more: each is as expected of the "
            f"whole's {plain_percent(share)}."
        ]
        return Block(
            f"funnel-{field}", title, tuple(told),
            (Table(f"funnel-{field}", title, columns, tuple(rows)),),
            Funnel(tuple(points), share, tuple(_edges(points, share))),
            f"A funnel: each {field} by its number of reviews and the share of them at or above "
            "expected, with limits that narrow as reviews grow. " + " ".join(told),
            sum(cell.reviews for _, cell in large),
        )  # fmt: skip

    # ── Criteria and reviewers ────────────────────────────────────────────────────────────────

    def _criteria(self) -> Block:
        counted = self.counted
        rows = []
        for key, title in self.places.items():
            seen, absent = counted.observed[key], counted.not_applicable[key]
            if not seen + absent:
                continue
            met = seen - counted.missed[key] - counted.partly[key]
            rows.append(
                (
                    title,
                    Of(met, seen),
                    wilson(met, seen) if seen >= FEWEST_TO_COMPARE else None,
                    counted.missed[key],
                    counted.partly[key],
                    Of(absent, seen + absent),
                )
            )
        columns = (
            Column("criterion", "Criterion", Kind.TEXT),
            Column("met", "Met, of those observed", Kind.OF),
            Column("met_interval", "95% interval", Kind.INTERVAL),
            Column("missed", "Missed", Kind.COUNT),
            Column("partly", "Met in part", Kind.COUNT),
            Column("not_applicable", "n/a, of all reviews", Kind.OF),
        )
        often = [f"{row[0]} ({row[5].k} of {row[5].n})" for row in rows if 2 * row[5].k > row[5].n]
        told = []
        if often:
            told.append(f"n/a in more than half of the reviews: {listed(often)}.")
        shown, kept = without_empty(columns, tuple(rows))
        return Block(
            "criteria", "Every criterion: met, missed, n/a", tuple(told),
            (Table("criteria", "Criteria", shown, kept),),
            reviews=self.whole.reviews,
        )  # fmt: skip

    def _reviewers(self) -> Block | None:
        """How often each reviewer says n/a: habits, not faults."""
        if self.asked.public:
            return None
        rows: list[tuple[Value, ...]] = []
        for values, cell in self.groups(("reviewer",)):
            if values[0] is None:
                continue
            absent = cell.summary.by_criterion().not_applicable.total()
            name = self.labels.of("reviewer", values[0])
            level = carries(cell.reviews, fewest_for(self.asked.people, ("reviewer",)))
            if level is Carries.RECORD:
                rows.append((name, cell.reviews, None, level.told))
                continue
            rows.append((name, cell.reviews, Fraction(absent, cell.reviews), None))
        if len(rows) < 2 or all(row[2] is None for row in rows):
            return None
        told = (
            "How often a reviewer says n/a hangs on the contacts too; talk about it in a "
            "calibration before anything is concluded."
        )
        columns = (
            Column("reviewer", "Reviewer", Kind.PERSON),
            Column("reviews", "Reviews", Kind.COUNT),
            Column("not_applicable_mean", "n/a in a review, on average", Kind.NUMBER),
            Column("says", "What it carries", Kind.TEXT),
        )
        shown, kept = without_empty(columns, tuple(rows))
        return Block(
            "reviewers", "Do reviewers say n/a alike?", (told,),
            (Table("reviewers", "n/a by reviewer", shown, kept),), reviews=self.whole.reviews,
        )  # fmt: skip

    # ── Plans, days, answers, sample ──────────────────────────────────────────────────────────

    def _plan(self) -> Block | None:
        """Reviews per advisor and month against a plan."""
        each = self.asked.each
        if each is None or self.asked.public or not self.window.months:
            return None
        months = self.window.months
        columns = (
            Column("advisor", "Advisor", Kind.PERSON),
            *(Column(month, wording.month_title(month), Kind.COUNT) for month in months),
            Column("reached", "Months at the plan", Kind.OF),
        )
        rows: list[tuple[Value, ...]] = []
        for values, _ in self.groups(("advisor",)):
            if values[0] is None:
                continue
            numbers = [self._number(("advisor",), values, month) for month in months]
            reached = sum(number >= each for number in numbers)
            name = self.labels.of("advisor", values[0])
            rows.append((name, *numbers, Of(reached, len(months))))
        if not rows:
            return None
        last = months[-1]
        short = sum(1 for row in rows if isinstance(row[-2], int) and row[-2] < each)
        told = (
            f"{count(each, 'review')} each a month was planned. In {wording.month_title(last)} "
            f"{short} of {count(len(rows), 'advisor')} had fewer."
        )
        return Block(
            "plan", "Is everybody reviewed as planned?", (told,),
            (Table("plan", "Reviews by advisor and month", columns, tuple(rows)),),
            reviews=self.whole.reviews,
        )  # fmt: skip

    def _number(self, fields: tuple[str, ...], values: Values, month: Month) -> int:
        cell = self.counts.cells.get((fields, values, month))
        return cell.reviews if cell else 0

    def _waits(self) -> Block | None:
        rows: list[tuple[Value, ...]] = []
        unordered = 0
        for wait in WAITS:
            waits = Waits()
            for (month, each), part in self.counts.waits.items():
                if each == wait and month in self.months:
                    waits.combine(part)
            unordered += waits.unordered
            number = waits.days.total()
            if not number:
                continue
            days = Counter({Fraction(day): n for day, n in waits.days.items()})
            is_enough = number >= FEWEST_TO_COMPARE
            median = quantile(days, Fraction(1, 2)) if is_enough else None
            longest = quantile(days, Fraction(9, 10)) if is_enough else None
            rows.append((f"from {wait.earlier} to {wait.later}", number, median, longest))
        if not rows:
            return None
        columns = (
            Column("wait", "Days", Kind.TEXT),
            Column("number", "Known of", Kind.COUNT),
            Column("median", "Half within (days)", Kind.NUMBER),
            Column("nine_in_ten", "Nine in ten within (days)", Kind.NUMBER),
        )
        shown, kept = without_empty(columns, tuple(rows))
        told = []
        if isinstance(rows[0][2], Fraction):
            told.append(
                f"Half of the time it took {decimal_text(rows[0][2])} days or fewer {rows[0][0]}."
            )
        if unordered:
            told.append(f"{count(unordered, 'pair')} of days out of order counted nowhere.")
        return Block(
            "days", "How long do people wait for what was seen?", tuple(told),
            (Table("days", "Days between events", shown, kept),),
        )  # fmt: skip

    def _beside(self) -> Block | None:
        field = self.asked.beside
        if field is None:
            return None
        groups = self.groups((field,))
        if not groups:
            return None
        rows = tuple(
            (self.labels.of(field, values[0]), *group_figures(cell, carries(cell.reviews).told))
            for values, cell in groups
        )
        rule = self.rubric.fields.get(field)
        title = rule.title if rule and rule.title else field
        head = Column(_key(field), title, Kind.TEXT)
        columns, rows = without_empty((head, *GROUP_COLUMNS), rows)
        told = (
            "The score is what a reviewer saw, the answer what the customer says; they measure "
            "different things, and where they part there is something to talk about."
        )
        return Block(
            "beside", f"What do customers say? ({title})", (told,),
            (Table("beside", f"Scores by {title}", columns, rows, self._bounds),),
            reviews=sum(cell.reviews for _, cell in groups),
        )  # fmt: skip

    def _sample(self) -> Block:
        told = ["How these contacts were drawn is not recorded in the reviews."]
        volumes = self.asked.volumes
        tables = []
        if volumes is not None and volumes.channels:
            rows = []
            reviewed = {values[0]: cell.reviews for values, cell in self.groups(("channel",))}
            for name, volume in volumes.channels.items():
                if self.hidden is None or same_value(name) in reviewed:
                    rows.append((name, reviewed.get(same_value(name), 0), volume))
            columns = (
                Column("channel", "Channel", Kind.TEXT),
                Column("reviews", "Reviewed", Kind.COUNT),
                Column("contacts", "Contacts", Kind.COUNT),
            )
            tables.append(Table("sample", "Reviewed, and all contacts", columns, tuple(rows)))
            all_of_them = sum(volumes.channels.values())
            seen = self.whole.reviews
            told.append(
                f"{count(seen, 'review')} of {count(all_of_them, 'contact')} in the volumes."
            )
        return Block(
            "sample", "How was the sample drawn?", tuple(told), tuple(tables),
            reviews=self.whole.reviews,
        )  # fmt: skip

    def _reviews(self) -> Block | None:
        """The reviews behind every figure, or the command that lists them."""
        if self.asked.public:
            return None
        lines = [line for month in self.months for line in self.counts.lines.get(month, ())]
        title = "The reviews behind these figures"
        if len(lines) > MOST_LISTED:
            told = f"{self.whole.reviews:,} reviews: {self.asked.command} lists each of them."
            return Block("reviews", title, (told,))
        lines.sort(key=lambda line: (line.day, as_people_sort(line.id), line.path))
        columns = (
            Column("id", "Review", Kind.TEXT),
            Column("day", "Day", Kind.DAY),
            Column("team", "Team", Kind.TEXT),
            Column("advisor", "Advisor", Kind.PERSON),
            Column("reviewer", "Reviewer", Kind.PERSON),
            Column("channel", "Channel", Kind.TEXT),
            Column("score", "Score", Kind.SCORE),
            Column("observed", "Observed", Kind.SCORE),
            Column("band", "Band", Kind.TEXT),
            Column("needs", "Development needs", Kind.TEXT),
        )
        rows = tuple(self._line(line) for line in lines)
        kept, rows = without_empty(columns, rows)
        return Block(
            "reviews", title, (), (Table("reviews", title, kept, rows, self._bounds),),
            reviews=len(lines),
        )  # fmt: skip

    def _line(self, line: ReviewLine) -> tuple[Value, ...]:
        people = [
            None if name is None else self._person(field, name)
            for field, name in (("advisor", line.advisor), ("reviewer", line.reviewer))
        ]
        titles = [
            self.titles.get((section, criterion), route)
            for route in line.needs
            for section, _, criterion in (route.partition("."),)
        ]
        return (
            line.id,
            line.day or None,
            line.team,
            *people,
            line.channel or None,
            line.share,
            line.observed_share,
            line.band or None,
            "; ".join(titles) or None,
        )

    def _person(self, field: str, name: str) -> str:
        return self.labels.of(field, same_value(name))


# ── Words for pictures ────────────────────────────────────────────────────────────────────────────


def trend_told(labels: Sequence[str], chart: Chart, point: str) -> list[str]:
    """What a control chart says, in sentences; a point is a month or a review."""
    told = []
    if chart.limits is None:
        if chart.mean is None:
            told.append(f"Fewer than six {point}s: no limits yet, so no movement can be told.")
        else:
            told.append(f"The {point}s hardly move, so there are no limits.")
        return told
    trial = ", on trial until there are twelve" if chart.limits.trial else ""
    told.append(
        f"Usual is {wording.tenths(float(max(chart.limits.low, Fraction(0))))}% to "
        f"{wording.tenths(float(min(chart.limits.high, Fraction(1))))}% around a mean of "
        f"{plain_percent(chart.mean or Fraction(0))}{trial}."
    )
    for signal in chart.signals:
        side = "above" if signal.above else "below"
        first, last = labels[signal.places[0]], labels[signal.places[-1]]
        if signal.is_run:
            told.append(
                f"{len(signal.places)} {point}s in a row, {first} to {last}, are {side} the mean: "
                "something has changed."
            )
        else:
            told.append(f"{first} is {side} what is usual: ask what was different.")
    if not chart.signals:
        told.append(f"No {point} stands out: the differences are what chance makes.")
    return told


def _signals_at(place: int, chart: Chart) -> Iterator[str]:
    for signal in chart.signals:
        if place in signal.places:
            side = "above" if signal.above else "below"
            yield f"in a run {side} the mean" if signal.is_run else f"{side} the limits"


def _edges(points: Sequence[FunnelPoint], share: Fraction) -> Iterator[FunnelEdge]:
    """The edges of a funnel over the numbers of reviews that its points have."""
    most = max(point.met.n for point in points)
    lowest = wording.FEWEST_IN_FUNNEL
    step = max(1, (most - lowest) // MOST_DRAWN)
    numbers = sorted({*range(lowest, most + 1, step), most})
    for number in numbers:
        low_95, low_998 = (lowest_inside(number, share, tail) for tail in (WARNING, ALARM))
        high_95, high_998 = (
            number - lowest_inside(number, 1 - share, tail) for tail in (WARNING, ALARM)
        )
        yield FunnelEdge(
            number, low_998 / number, low_95 / number, high_95 / number, high_998 / number
        )


def _section_mean(cell: Cell, section: str) -> Fraction | None:
    number, total = cell.sections.get(section, (0, Fraction(0)))
    return total / number if number >= FEWEST_TO_COMPARE else None


def _heat_told(
    groups: Sequence[tuple[str, Cell]],
    shares: Sequence[Sequence[Fraction | None]],
    titles: Sequence[str],
) -> str | None:
    """Where the lowest section lies."""
    known = [
        (share, titles[place], groups[at][0])
        for at, row in enumerate(shares)
        for place, share in enumerate(row)
        if share is not None
    ]
    if not known:
        return None
    share, title, group = min(known, key=lambda one: one[0])
    return f"The lowest is {title} in {group}: {plain_percent(share)} on average."


def without_empty(
    columns: tuple[Column, ...], rows: tuple[tuple[Value, ...], ...]
) -> tuple[tuple[Column, ...], tuple[tuple[Value, ...], ...]]:
    """A table without the columns that say nothing in any row."""
    keeps = [
        place
        for place in range(len(columns))
        if any(_says_something(columns[place], row[place]) for row in rows)
    ]
    return (
        tuple(columns[place] for place in keeps),
        tuple(tuple(row[place] for place in keeps) for row in rows),
    )


_FAULTS = ("critical", "provisional", "partly")


def _says_something(column: Column, value: Value) -> bool:
    return value not in (None, "") and not (column.id in _FAULTS and value == 0)


def _key(name: str) -> str:
    """A field's name as a key in JSON and an id in HTML."""
    return "".join(sign if sign.isalnum() else "_" for sign in name.casefold())
