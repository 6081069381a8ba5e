"""The versioned JSON documents of a batch: one envelope, or one object a line."""

from collections.abc import Iterator
from typing import NamedTuple

from charter_score.outcome import Failed, Outcome, Scored, Skipped
from charter_score.render.results.batch import Closing
from charter_score.wire import encoding as wire


class Entry(NamedTuple):
    """One outcome's object as JSON, and the list of the envelope that it belongs to."""

    list: str
    text: str


def _entry(writer: wire.ResultWriter, outcome: Outcome) -> Entry:
    match outcome:
        case Scored():
            return Entry("results", writer.result(outcome))
        case Failed():
            return Entry("failures", wire.encode(wire.failure(outcome)))
        case Skipped():
            return Entry("skipped", wire.encode(wire.skipped(outcome)))


class JsonLines:
    """`json-lines`: outcomes in order, then warnings, the summary last."""

    def __init__(self) -> None:
        self._writer = wire.ResultWriter()

    def piece(self, outcome: Outcome) -> str:
        """The outcome's object on one line."""
        return _entry(self._writer, outcome).text + "\n"

    def begin(self) -> str:
        """Nothing: every line stands for itself."""
        return ""

    def add(self, piece: str) -> str:
        """The line itself."""
        return piece

    def end(self, closing: Closing) -> Iterator[str]:
        """The warnings and the summary."""
        lines = [wire.encode(wire.warning(one)) for one in closing.warnings]
        lines.append(wire.encode(wire.summary_document(closing.summary)))
        yield from (line + "\n" for line in lines)


class JsonEnvelope:
    """`json`: results as they come; what failed or was skipped is kept for its list."""

    def __init__(self) -> None:
        self._writer = wire.ResultWriter()
        self._others: dict[str, list[str]] = {"failures": [], "skipped": []}
        self._any_result = False
        self._around = wire.around_parts()

    def piece(self, outcome: Outcome) -> Entry:
        """The outcome's object and its list."""
        return _entry(self._writer, outcome)

    def begin(self) -> str:
        """The head of the envelope."""
        return self._around[0] + "["

    def add(self, piece: Entry) -> str:
        """A result at once, the others at the end."""
        if piece.list != "results":
            self._others[piece.list].append(piece.text)
            return ""
        before = ",\n  " if self._any_result else "\n  "
        self._any_result = True
        return before + piece.text

    def end(self, closing: Closing) -> Iterator[str]:
        """The other lists and the summary."""
        lists = [
            self._others["failures"],
            self._others["skipped"],
            [wire.encode(wire.warning(one)) for one in closing.warnings],
        ]
        _, *between, end = self._around
        parts = ["\n ]" if self._any_result else "]"]
        for before, entries in zip(between, lists, strict=False):
            inside = ",".join("\n  " + entry for entry in entries)
            parts.append(f"{before}[{inside}" + ("\n ]" if entries else "]"))
        parts.append(between[-1] + wire.encode(wire.summary_document(closing.summary)))
        yield "".join(parts) + end
