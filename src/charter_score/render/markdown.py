"""A batch as Markdown, for job summaries and merge requests: no names, no comments.

Everything from a file is escaped. What GitHub and GitLab look for in finished text (people,
issues, addresses, emoji) is broken by a character without width, because escapes are gone by the
time they look; so nobody is called and nothing linked. The whole stays under what GitHub takes.

Source: GitHub Flavored Markdown; GitLab documentation, GitLab-specific references; GitHub
documentation, Adding a job summary (1 MiB a step).
"""

import re
from collections.abc import Iterable, Iterator
from typing import Generic, NamedTuple, TypeVar

from charter_score.outcome import Failed, Outcome, Scored, Skipped
from charter_score.render import words
from charter_score.render.batch import Closing
from charter_score.render.findings import findings, reason, remarks, titled
from charter_score.render.hostile import visible
from charter_score.render.overview import Overview, found, groups, overview

T = TypeVar("T")

MOST_BYTES = 1_000_000
"""Bytes of the whole; GitHub refuses a job summary of more than 1 MiB (1,048,576)."""
_LITTLE = 2_000
"""Bytes of what is always there: the title, heads of tables, the last line."""
_FRAME = 12
"""Bytes that a table puts around the texts of a row."""

_SPECIAL = re.compile(r"[\\`*_{}\[\]<>#|~&$]")
_AT_THE_START = re.compile(r"[-+=:]|[0-9]+(?=[.)](?:\s|$))")
_ACTS = re.compile(
    r"""@(?=\S)                  # people; then issues, merge requests, milestones, labels, …
      | [\#!$%~&^](?=[\w"\\])     # (behind a sign, a backslash is an escape of ours)
      | /(?=/) | \bwww(?=\.)     # addresses
      | :(?=[a-z+-][\w+-]*:)     # emoji
      | \bGH(?=-[0-9])
    """,
    re.VERBOSE | re.IGNORECASE,
)


def escaped(text: str) -> str:
    """Text as Markdown that shows it on one line and nothing else."""
    plain = visible(re.sub(r"[ \t\r\n]+", " ", text).strip())
    plain = _SPECIAL.sub(r"\\\g<0>", plain)
    if first := _AT_THE_START.match(plain):
        end = first.end() if first[0][0].isdigit() else 0
        plain = f"{plain[:end]}\\{plain[end:]}"
    return _ACTS.sub(r"\g<0>&#8203;", plain)


class Row(NamedTuple):
    """A row of the table: the review, its rubric (shown where there are several), the rest."""

    name: str
    rubric: str
    rest: str


class Markdown:
    """`markdown`: the summary, then the reviews, then what was not scored.

    The summary is known last and stands first, so the lines wait; no more are kept than there is
    `room` for, in bytes.
    """

    def __init__(self, *, names: bool, comments: bool, room: int | None = None) -> None:
        self._names = names
        self._comments = comments
        room = max(0, min(MOST_BYTES if room is None else room, MOST_BYTES) - _LITTLE)
        self._overviews = _Waiting[str](room * 2 // 10)
        self._rows = _Waiting[Row](room * 6 // 10)
        self._unscored = _Waiting[str](room * 2 // 10)
        self._rubrics: set[str] = set()

    def piece(self, outcome: Outcome) -> Row | str:
        """The row of one input, or a line."""
        match outcome:
            case Scored():
                return self._row(outcome)
            case Failed():
                first = reason(outcome)
                where = f":{first.location.line}:{first.location.column}" if first.location else ""
                more = len(outcome.diagnostics) - 1
                told = f"{first.severity.value}[{first.code}] {first.message}"
                told += f" (and {more} more)" if more else ""
                return f"- {escaped(outcome.path + where)}: {escaped(told)}\n"
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
            words.percent(result.share, result.rubric),
            words.band_name(result),
            words.percent(result.observed_share, result.rubric),
            str(result.observed.not_applicable),
            "; ".join(one.text for one in remarks(scored)),
            needs,
        )
        return Row(name, escaped(result.rubric.name), " | ".join(map(escaped, cells)))

    def begin(self) -> str:
        """Nothing yet."""
        return ""

    def add(self, piece: Row | str) -> str:
        """Nothing yet; the line waits."""
        if isinstance(piece, Row):
            self._rubrics.add(piece.rubric)
            self._rows.add(piece, "".join(piece))
        else:
            self._unscored.add(piece, piece)
        return ""

    def end(self, closing: Closing) -> Iterator[str]:
        """All of it."""
        yield "# Reviews\n"
        rubrics = overview(closing.summary)
        if len(rubrics) != 1:
            yield f"\n{escaped(found(closing.summary))}\n"
        for one in rubrics:
            section = _section(one)
            self._overviews.add(section, section)
        for title, lines, note in groups(closing.summary, names=self._names):
            section = f"\n**{escaped(title)}**\n\n"
            section += "".join(f"- {escaped(one.label)}: {escaped(one.told)}\n" for one in lines)
            section += f"\n{escaped(note)}\n" if note else ""
            self._overviews.add(section, section)
        yield from self._overviews.kept
        yield self._overviews.left("part")
        if self._rows.number:
            yield f"\n## {words.count(self._rows.number, 'review')}\n\n"
            yield from self._table()
            yield self._rows.left("review")
        if self._unscored.number:
            yield "\n## Not scored\n\n"
            yield from self._unscored.kept
            yield self._unscored.left("input")
        yield "\nOne part of the picture. A person decides.\n"

    def _table(self) -> Iterator[str]:
        several = len(self._rubrics) > 1
        head, line = ("| Rubric ", "| --- ") if several else ("", "")
        yield f"| Review {head}| Score | Band | Observed | n/a | To know | To develop |\n"
        yield f"| --- {line}| ---: | --- | ---: | ---: | --- | --- |\n"
        for row in self._rows.kept:
            rubric = f" | {row.rubric}" if several else ""
            yield f"| {row.name}{rubric} | {row.rest} |\n"


class _Waiting(Generic[T]):
    """What waits to be written, as long as there is room for it."""

    def __init__(self, room: int) -> None:
        self._room = room
        self.kept: list[T] = []
        self.number = 0

    def add(self, one: T, text: str) -> None:
        """Keep one that takes so much text, or only count it."""
        self.number += 1
        size = len(text.encode("utf-8")) + _FRAME
        if size <= self._room:
            self._room -= size
            self.kept.append(one)

    def left(self, noun: str) -> str:
        """How many there was no room for."""
        left = self.number - len(self.kept)
        return f"\n{words.count(left, noun)} more, too much for this page.\n" if left else ""


def _table_row(cells: Iterable[str]) -> str:
    return "| " + " | ".join(escaped(cell) for cell in cells) + " |\n"


def _section(one: Overview) -> str:
    """A rubric's summary."""
    text = f"\n## {escaped(f'{one.rubric.title} ({one.rubric.version})')}\n\n"
    text += f"{escaped(one.title)}\n\n| | |\n| --- | --- |\n"
    text += "".join(_table_row(fact) for fact in one.facts)
    if one.bands:
        text += "\n| Band | Reviews |\n| --- | ---: |\n"
        text += "".join(_table_row((name, str(number))) for name, number in one.bands)
    for title, entries in one.lists:
        text += f"\n**{escaped(title)}**\n\n"
        text += "".join(f"- {escaped(entry)}\n" for entry in entries)
    if one.thanks:
        text += f"\n**Thank for** {escaped(one.thanks)}\n"
    return text
