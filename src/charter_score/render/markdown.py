"""A batch as Markdown, for job summaries and merge requests: no names, no comments.

Everything from a file is escaped, and `@` and `#1` are broken so that nobody is called and nothing
linked. The table is cut before it outgrows what GitHub takes (1 MiB).
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from charter_score.outcome import Failed, Outcome, Scored, Skipped
from charter_score.render import words
from charter_score.render.batch import Closing
from charter_score.render.findings import findings
from charter_score.render.hostile import visible
from charter_score.render.overview import Overview, overview

MOST_BYTES = 900_000
"""Bytes of table before it is cut; GitHub refuses a job summary of more than 1 MiB."""

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>()#+\-.!|~&])")


def escaped(text: str) -> str:
    """Text as Markdown that shows it and nothing else."""
    plain = visible(" ".join(text.split()))
    plain = _SPECIAL.sub(r"\\\1", plain)
    return plain.replace("@", "&#64;").replace("\\#", "&#35;")


class Line(NamedTuple):
    """A row of the table, or an input without a score."""

    scored: bool
    text: str


class Markdown:
    """`markdown`: the summary first in mind but last known, so the table comes before it."""

    def __init__(self, *, names: bool, comments: bool) -> None:
        self._names = names
        self._comments = comments
        self._rows = 0
        self._bytes = 0
        self._left = 0
        self._unscored: list[str] = []

    def piece(self, outcome: Outcome) -> Line:
        """The row of one input."""
        match outcome:
            case Scored():
                return Line(scored=True, text=self._row(outcome))
            case Failed():
                first = outcome.diagnostics[0]
                where = f":{first.location.line}" if first.location else ""
                told = f"- {escaped(outcome.path + where)}: {escaped(first.message)}"
                return Line(scored=False, text=told)
            case Skipped():
                told = f"- {escaped(outcome.path)}: {escaped(outcome.reason)}, skipped"
                return Line(scored=False, text=told)

    def _row(self, scored: Scored) -> str:
        result = scored.result
        name = scored.id
        if self._names and result.review.advisor:
            name += f" ({result.review.advisor})"
        needs = "; ".join(
            one.title + (f" ({one.told})" if self._comments else "")
            for one in findings(scored, comments=self._comments)
        )
        cells = (
            name,
            words.percent(result.share, result.rubric),
            words.band_name(result)
            + (" (rests on n/a)" if result.band_rests_on_not_applicable else ""),
            words.percent(result.observed_share, result.rubric),
            str(result.observed.not_applicable),
            needs,
        )
        return "| " + " | ".join(escaped(cell) for cell in cells) + " |"

    def begin(self) -> str:
        """The title."""
        return "# Reviews\n\n"

    def add(self, piece: Line) -> str:
        """A row of the table, until it is as long as it may be."""
        if not piece.scored:
            self._unscored.append(piece.text)
            return ""
        size = len(piece.text.encode("utf-8"))
        if self._bytes + size > MOST_BYTES:
            self._left += 1
            return ""
        head = "" if self._rows else _HEAD
        self._rows += 1
        self._bytes += size
        return f"{head}{piece.text}\n"

    def end(self, closing: Closing) -> Iterator[str]:
        """What is missing from the table, what was not scored, and the summary."""
        if self._left:
            yield f"\n…and {words.count(self._left, 'review')} more.\n"
        if self._unscored:
            yield "\n## Not scored\n\n"
            left = MOST_BYTES - self._bytes
            for number, text in enumerate(self._unscored):
                left -= len(text.encode("utf-8"))
                if left < 0:
                    yield f"- …and {len(self._unscored) - number} more\n"
                    break
                yield text + "\n"
        for one in overview(closing.summary):
            yield _section(one)


_HEAD = (
    "| Review | Score | Band | Observed | n/a | To develop |\n"
    "| --- | ---: | --- | ---: | ---: | --- |\n"
)


def _section(one: Overview) -> str:
    """A rubric's summary as a table."""
    rows = "".join(f"| {escaped(name)} | {escaped(value)} |\n" for name, value in one.facts)
    text = f"\n## {escaped(one.title)}\n\n| | |\n| --- | --- |\n{rows}"
    for title, entries in one.lists:
        text += f"\n**{escaped(title)}**\n\n"
        text += "".join(f"- {escaped(entry)}\n" for entry in entries)
    return text
