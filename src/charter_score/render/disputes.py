"""Disputes over time: as lines, as Markdown, as a document."""

from collections.abc import Iterator, Sequence

from charter_score.dispute_record import DisputeRecord, Rate
from charter_score.figures import JSON_DECIMALS, Figure, rounded_text
from charter_score.render.results.overview import lettered
from charter_score.render.text import phrases
from charter_score.render.text.blocks import Hanging, Parts, heading, item, spaced, words
from charter_score.render.text.columns import FigureRow, Figures
from charter_score.render.text.escaping import escaped
from charter_score.render.text.phrases import count
from charter_score.summary import FEWEST_TO_COMPARE, as_people_sort
from charter_score.wire.encoding import encode, tool
from charter_score.wire.fairness import DisputesDocument, NamedRateDocument, RateDocument

MANY = 20
"""Decided disputes from which on a rate of a person may be compared."""
MOST_OPEN = 20
NOTE = (
    "Upheld of decided is the overturn rate. A high one says that something is unclear: in the "
    "standard, in how it is read, or in what can be heard. Only a talk says which."
)


class DisputesView:
    """The findings in words, which the terminal and Markdown dress."""

    def __init__(
        self, record: DisputeRecord, until: str | None, *, names: bool, fewest: int
    ) -> None:
        self.record = record
        self.until = until or record.last_day
        self.fewest = fewest
        self.still_open = list(record.still_open(until))
        persons = {rate.name for rate in (*record.by_reviewer(), *record.by_decider())}
        self._labels = {
            name: name if names else f"Person {lettered(number)}"
            for number, name in enumerate(sorted(persons, key=as_people_sort))
        }

    def found(self) -> list[str]:
        """How many there are, and what became of them."""
        whole, reviews = self.record.whole(), self.record.whole_reviews()
        told = [
            f"{count(whole.raised, 'dispute')} in {count(self.record.reviews, 'review')}: "
            f"{whole.upheld} of {whole.decided} decided were upheld"
            f"{_percent(whole, FEWEST_TO_COMPARE)}, {whole.open} open, {whole.withdrawn} withdrawn."
        ]
        if reviews.raised:
            told.append(
                f"About a whole review: {reviews.raised}, of which {reviews.upheld} of "
                f"{reviews.decided} decided were upheld."
            )
        spans = self.record.took()
        if spans.median is not None:
            middle = rounded_text(spans.median, 1)
            told.append(
                f"From raising to decision: {middle} days in the middle, {spans.days[0]} to "
                f"{spans.days[-1]} ({count(len(spans.days), 'dispute')} with both days)."
            )
        return told

    def tables(self) -> Iterator[tuple[str, list[tuple[str, str, str]]]]:
        """Each table: its title, and rows of a name, upheld of decided, and what may be said."""
        record = self.record
        yield "By criterion", [self._row(rate, FEWEST_TO_COMPARE) for rate in record.by_criterion()]
        for title, rates in (
            ("By reviewer, whose ratings were disputed", record.by_reviewer()),
            ("By who decided", record.by_decider()),
        ):
            ordered = sorted(rates, key=lambda rate: as_people_sort(rate.name))
            yield title, [self._person(rate) for rate in ordered]
        yield "By month", [self._row(rate, FEWEST_TO_COMPARE) for rate in record.by_month()]

    def _person(self, rate: Rate) -> tuple[str, str, str]:
        name, upheld, note = self._row(rate, self.fewest)
        if not note and rate.decided < MANY:
            note = "for coaching, not for comparison"
        return self._labels[name], upheld, note

    def _row(self, rate: Rate, fewest: int) -> tuple[str, str, str]:
        waiting = f", {rate.open} open" if rate.open else ""
        told = f"{rate.upheld} of {rate.decided} upheld{_percent(rate, fewest)}{waiting}"
        return rate.name, told, "too few to compare" if rate.decided < fewest else ""

    def waiting(self) -> list[str]:
        """The open ones, those longest open first."""
        told = []
        for entry, days in self.still_open[:MOST_OPEN]:
            since = "since an unknown day" if days is None else f"open for {count(days, 'day')}"
            told.append(f"{entry.id}, {entry.title}: {since}")
        if (more := len(self.still_open) - MOST_OPEN) > 0:
            told.append(f"and {more} more; -f json lists all")
        return told


def _percent(rate: Rate, fewest: int) -> str:
    share = rate.overturned
    if share is None or rate.decided < fewest:
        return ""
    return f" ({phrases.plain_percent(share)})"


def dispute_lines(view: DisputesView) -> Parts:
    """The view for a terminal."""
    tables: list[Parts] = [
        [
            Figures(
                title,
                ("",),
                [
                    FigureRow(
                        words(name),
                        (told,),
                        [Hanging(words((note, "faint")), 4)] if note else [],
                    )
                    for name, told, note in rows
                ],
            )
        ]
        for title, rows in view.tables()
        if rows
    ]
    waiting = view.waiting()
    return spaced(
        [heading("Disputes"), *(Hanging(words(line)) for line in view.found())],
        *tables,
        [heading(_open_title(view)), *(item(words(line)) for line in waiting)] if waiting else [],
        [Hanging(words((NOTE, "faint")))],
    )


def _open_title(view: DisputesView) -> str:
    by = "" if view.until is None else f" by {phrases.day(view.until)}"
    return f"Open{by}, the longest first"


def disputes_markdown(view: DisputesView) -> str:
    """The view as Markdown."""
    lines = ["# Disputes", "", *(escaped(line) for line in view.found()), ""]
    for title, rows in view.tables():
        if rows:
            lines += [f"## {title}", "", "| | upheld of decided | |", "| --- | --- | --- |"]
            lines += [f"| {' | '.join(map(escaped, row))} |" for row in rows]
            lines.append("")
    if waiting := view.waiting():
        lines += [f"## {_open_title(view)}", "", *(f"- {escaped(line)}" for line in waiting), ""]
    return "\n".join([*lines, escaped(NOTE)]) + "\n"


def disputes_json(view: DisputesView, *, failed: int) -> str:
    """`charter-score/disputes/v1`."""
    record = view.record
    spans = record.took()
    document: DisputesDocument = {
        "schema": "charter-score/disputes/v1",
        "tool": tool(),
        "reviews": record.reviews,
        "until": view.until,
        "all": _rate(record.whole(), 1),
        "whole_reviews": _rate(record.whole_reviews(), 1),
        "criteria": _named(record.by_criterion(), 1),
        "reviewers": _named(record.by_reviewer(), view.fewest),
        "deciders": _named(record.by_decider(), view.fewest),
        "months": _named(record.by_month(), 1),
        "days_to_decide": list(spans.days),
        "median_days_to_decide": None
        if spans.median is None
        else Figure(rounded_text(spans.median, 1)),
        "still_open": [
            {
                "path": entry.path,
                "id": entry.id,
                "criterion": None if entry.place is None else ".".join(entry.place),
                "on": entry.on,
                "days": days,
            }
            for entry, days in view.still_open
        ],
        "failed": failed,
    }
    return encode(document) + "\n"


def _rate(rate: Rate, fewest: int) -> RateDocument:
    share = rate.overturned
    return {
        "raised": rate.raised,
        "decided": rate.decided,
        "upheld": rate.upheld,
        "withdrawn": rate.withdrawn,
        "open": rate.open,
        "overturned_percent": None
        if share is None or rate.decided < fewest
        else Figure(rounded_text(share * 100, JSON_DECIMALS)),
    }


def _named(rates: Sequence[Rate], fewest: int) -> list[NamedRateDocument]:
    return [{"name": rate.name, **_rate(rate, fewest)} for rate in rates]
