"""A batch as Markdown, for job summaries and merge requests: no names, no comments.

Everything from a file is escaped (`render.text.escaping`). The whole stays under what GitHub takes.

Source: GitHub documentation, Adding a job summary (1 MiB a step).
"""

from collections.abc import Iterator
from typing import Any, Generic, NamedTuple, TypeVar

from charter_score import facts
from charter_score.outcome import Failed, Outcome, Scored, Skipped
from charter_score.render.results.batch import Closing
from charter_score.render.results.findings import findings, reason, remarks, titled
from charter_score.render.results.overview import (
    Grouping,
    Overview,
    chosen,
    found,
    groups,
    overview,
)
from charter_score.render.results.verdicts import not_scored, sentence
from charter_score.render.text import phrases
from charter_score.render.text.diagnostics import place_text
from charter_score.render.text.escaping import escaped, table_row

T = TypeVar("T")

MOST_BYTES = 1_000_000
"""Bytes of the whole; GitHub refuses a job summary of more than 1 MiB (1,048,576)."""
_LITTLE = 2_000
"""Bytes of what is always there: the title, heads of tables, the last line."""


class Row(NamedTuple):
    """A row of the table: the review, its rubric (shown where there are several), the rest.

    `page` is the whole review as a page of its own, where there is to be one.
    """

    name: str
    rubric: str
    rest: str
    page: str | None = None

    def line(self, *, several: bool) -> str:
        """The row, where there are several rubrics or one."""
        rubric = f" | {self.rubric}" if several else ""
        return f"| {self.name}{rubric} | {self.rest} |\n"


MOST_FAILED = 20
"""Reviews that a gate fails of which the verdict speaks one by one."""


class Markdown:
    """`markdown`: the verdict, the summary, then the reviews, then what was not scored.

    The summary is known last and stands first, so the lines wait; no more are kept than there is
    `room` for, in bytes. Where names are shown, a page for each review follows; with `page` there
    is one review, and its page is all there is.
    """

    def __init__(
        self, *, names: bool, comments: bool, room: int | None = None, page: bool = False
    ) -> None:
        self._names = names
        self._comments = comments
        self._is_alone = page
        self._room = max(0, min(MOST_BYTES if room is None else room, MOST_BYTES) - _LITTLE)
        self._overviews = _Waiting[str](self._room)
        self._rows = _Waiting[Row](self._room)
        self._pages = _Waiting[str](self._room)
        self._unscored = _Waiting[str](self._room)
        self._rubrics: set[str] = set()

    def piece(self, outcome: Outcome) -> Row | str:
        """The row of one input, or a line."""
        match outcome:
            case Scored():
                return self._row(outcome)
            case Failed():
                first = reason(outcome)
                where = place_text(first._replace(path=outcome.path))
                more = len(outcome.diagnostics) - 1
                told = f"{first.severity.value}[{first.code}] {first.message}"
                told += f" (and {more} more)" if more else ""
                return f"- {escaped(where)}: {escaped(told)}\n"
            case Skipped():
                return f"- {escaped(outcome.path)}: {escaped(outcome.reason)}, skipped\n"

    def _row(self, scored: Scored) -> Row:
        result = scored.result
        needs = "; ".join(
            f"{one.title} ({one.text})" if one.comment else one.title
            for one in findings(scored, comments=self._comments)
        )
        name = escaped(titled(scored, names=self._names))
        cells = (
            phrases.percent(result.share, result.rubric),
            phrases.band_name(result),
            phrases.percent(result.observed_share, result.rubric),
            str(result.observed.not_applicable),
            "; ".join(one.text for one in remarks(scored)),
            needs,
        )
        page = None
        if self._names or self._is_alone:
            from charter_score.render.results.review_markdown import review_markdown
            from charter_score.render.results.review_page import review_page

            shown = review_page(scored, names=self._names, comments=self._comments)
            page = review_markdown(shown, level=1 if self._is_alone else 3)
        return Row(name, escaped(result.rubric.name), " | ".join(map(escaped, cells)), page)

    def begin(self) -> str:
        """Nothing yet."""
        return ""

    def add(self, piece: Row | str) -> str:
        """Nothing yet; the line waits."""
        if isinstance(piece, Row):
            self._rubrics.add(piece.rubric)
            self._rows.add(piece._replace(page=None), piece.line(several=True))
            if piece.page is not None:
                self._pages.add(piece.page, piece.page)
        else:
            self._unscored.add(piece, piece)
        return ""

    def end(self, closing: Closing) -> Iterator[str]:
        """All of it."""
        if self._is_alone and self._pages.number:
            yield from _verdict(closing)
            self._pages.settle(self._room)
            if self._pages.size:
                yield from self._pages.kept
                return
        yield "# Reviews\n"
        for section in _verdict(closing):
            self._overviews.add(section, section)
        if told := chosen(closing.summary, names=self._names):
            section = f"\nChosen: {escaped(told)}\n"
            self._overviews.add(section, section)
        rubrics = overview(closing.summary)
        if len(rubrics) != 1:
            yield f"\n{escaped(found(closing.summary))}\n"
        for one in rubrics:
            section = _section(one)
            self._overviews.add(section, section)
        for grouping in groups(closing.summary, names=self._names):
            section = _groups(grouping)
            self._overviews.add(section, section)
        self._share_room()
        yield from self._overviews.kept
        yield self._overviews.left("part")
        if self._rows.number:
            yield f"\n## {phrases.count(self._rows.number, 'review')}\n\n"
            yield from self._table()
            yield self._rows.left("review")
        if self._pages.number:
            yield "\n## Each review on a page\n"
            yield from self._pages.kept
            yield self._pages.left("page")
        if self._unscored.number:
            yield "\n## Not scored\n\n"
            yield from self._unscored.kept
            yield self._unscored.left("input")
        yield "\nOne part of the picture. A person decides.\n"

    def _share_room(self) -> None:
        """Give each part a share of the room, and what others leave of theirs to whoever needs it.

        The last of them takes all that is left; the summary is small, so it comes first.
        """
        room = self._room
        shares: list[tuple[_Waiting[Any], int]] = [
            (self._overviews, 2),
            (self._unscored, 2),
            (self._rows, 6),
            (self._pages, 0),
        ]
        for number, (waiting, _) in enumerate(shares):
            others = shares[number + 1 :]
            kept_free = sum(min(one.size, self._room * share // 10) for one, share in others)
            waiting.settle(room - kept_free)
            room -= waiting.size

    def _table(self) -> Iterator[str]:
        several = len(self._rubrics) > 1
        head, line = ("| Rubric ", "| --- ") if several else ("", "")
        yield f"| Review {head}| Score | Band | Observed | n/a | To know | To develop |\n"
        yield f"| --- {line}| ---: | --- | ---: | ---: | --- | --- |\n"
        for row in self._rows.kept:
            yield row.line(several=several)


class _Waiting(Generic[T]):
    """What waits to be written: no more than there can be room for, in bytes."""

    def __init__(self, room: int) -> None:
        self._room = room
        self._waiting: list[tuple[T, int]] = []
        self.size = 0
        self.number = 0

    @property
    def kept(self) -> Iterator[T]:
        """What is to be written."""
        return (one for one, _ in self._waiting)

    def add(self, one: T, text: str) -> None:
        """Keep one that takes so much text, or only count it."""
        self.number += 1
        self._keep(one, len(text.encode("utf-8")))

    def settle(self, room: int) -> None:
        """Keep what fits into so much room, which is no more than before."""
        waiting, self._waiting = self._waiting, []
        self._room, self.size = room, 0
        for one, size in waiting:
            self._keep(one, size)

    def _keep(self, one: T, size: int) -> None:
        if self.size + size <= self._room:
            self.size += size
            self._waiting.append((one, size))

    def left(self, noun: str) -> str:
        """How many there was no room for."""
        left = self.number - len(self._waiting)
        if not left:
            return ""
        nouns, are = (noun, "is") if left == 1 else (f"{noun}s", "are")
        return f"\n{left} more {nouns} {are} too much for this page.\n"


def _verdict(closing: Closing) -> Iterator[str]:
    """What keeps the run from passing, and what each gate says, with the reviews that it fails."""
    if why := not_scored(closing.summary):
        yield f"\n**{escaped(why[:1].upper() + why[1:])}**\n"
    for verdict in closing.verdicts:
        told = escaped(sentence(verdict, closing.conclusion))
        if verdict.passed:
            yield f"\n{told}\n"
            continue
        yield f"\n**{told}**\n"
        shown = verdict.violations[:MOST_FAILED]
        lines = [f"- {escaped(one.name)}: {escaped(one.detail)}\n" for one in shown]
        if len(verdict.violations) > MOST_FAILED:
            lines.append(f"- and {len(verdict.violations) - MOST_FAILED} more\n")
        if lines:
            yield "\n" + "".join(lines)


def _groups(grouping: Grouping) -> str:
    """Groups as a table."""
    text = f"\n**{escaped(grouping.title)}**\n\n"
    if grouping.rows:
        text += table_row((*grouping.heads, *(figure.value for figure in grouping.figures)))
        marks = ["---"] * len(grouping.heads) + ["---:"] * len(grouping.figures)
        text += f"| {' | '.join(marks)} |\n"
    for row in grouping.rows:
        text += table_row((*row.values, *map(row.text, grouping.figures)))
    for note in (grouping.few, grouping.note):
        text += f"\n{escaped(note)}\n" if note else ""
    return text


def _section(one: Overview) -> str:
    """A rubric's summary."""
    text = f"\n## {escaped(facts.short_edition(one.rubric))}\n\n"
    text += f"{escaped(one.title)}\n\n| | |\n| --- | --- |\n"
    text += "".join(table_row(fact) for fact in one.facts)
    if one.bands:
        text += "\n| Band | Reviews |\n| --- | ---: |\n"
        text += "".join(table_row((name, str(number))) for name, number in one.bands)
    for title, entries in one.lists:
        text += f"\n**{escaped(title)}**\n\n"
        text += "".join(f"- {escaped(entry)}\n" for entry in entries)
    if one.thanks:
        text += f"\n**Thank for** {escaped(one.thanks)}\n"
    return text
