"""How a batch becomes one output: pieces made where the reviews are scored, joined in order.

A renderer makes a small, picklable piece of each outcome (in any process) and turns the pieces, in
order, into text or bytes. Formats that allow it give out each piece as it comes, so memory does not
grow with the number of reviews; where the text goes is not their business.
"""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple, Protocol

from charter_score.collectors import Collected
from charter_score.diagnostics import Diagnostic
from charter_score.gates import Conclusion, Verdict
from charter_score.outcome import Outcome
from charter_score.summary import Summary


class Closing(NamedTuple):
    """What is known once every outcome has passed.

    What was collected, what each gate says of it, and how the run ends.
    """

    collected: Collected
    verdicts: Sequence[Verdict] = ()
    conclusion: Conclusion = Conclusion.PASSED

    @property
    def summary(self) -> Summary:
        """The counts over everything."""
        return self.collected.summary

    @property
    def warnings(self) -> Sequence[Diagnostic]:
        """All warnings, by path and place."""
        return self.collected.diagnostics.warnings()


class BatchRenderer(Protocol):
    """One format of a batch. Called in this order: begin, add for every piece, end."""

    def piece(self, outcome: Outcome) -> Any:
        """What this format needs of one outcome; runs in a worker and must be picklable."""

    def begin(self) -> str | bytes:
        """What stands before everything."""

    def add(self, piece: Any) -> str | bytes:
        """What one piece adds now; nothing where the format has to wait for all."""

    def end(self, closing: Closing) -> Iterable[str | bytes]:
        """What stands after everything, in as many pieces as suit."""
