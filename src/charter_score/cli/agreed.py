"""The agreement that holds where a command runs, and what of it stands in the command's way."""

import os
from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple

from charter_score.cli.settings import folders_upwards
from charter_score.diagnostics import joined
from charter_score.errors import DocumentError, UsageError
from charter_score.source.files import is_there
from charter_score.summary import FewestOfPeople

if TYPE_CHECKING:  # the models are loaded only where there is an agreement
    from charter_score.agreement import Agreement, Clause

FILE = "agreement.yaml"


class Shown(NamedTuple):
    """What one output of a command would hold: its format, names, free text."""

    format: str
    names: bool
    comments: bool


class Agreed(NamedTuple):
    """An agreement, and its file by its path from the current folder."""

    path: str
    agreement: "Agreement"

    def cited(self, clause: "Clause", name: str) -> str:
        """How a clause is called: by its number on paper, or by its field."""
        number = clause.clause
        return f"The agreement ({self.path}, {f'clause {number}' if number else f'`{name}`'})"

    def refuse(self, outputs: Iterable[Shown]) -> None:
        """Refuse outputs that would hold what they may not.

        Raises:
            UsageError: naming the clause.
        """
        for output in outputs:
            for name, holds, way_out in (
                ("names", output.names, "leave --include-names out, or take another format"),
                ("comments", output.comments, "add --no-comments, or take another format"),
            ):
                clause = getattr(self.agreement, name)
                if clause is None or not holds or output.format in clause.allowed:
                    continue
                what = "names" if name == "names" else "free text"
                allowed = joined(clause.allowed) if clause.allowed else "no output"
                raise UsageError(
                    f"{self.cited(clause, name)} allows no {what} in {output.format}",
                    f"{way_out}: {what} may stand in {allowed}",
                )

    @property
    def people(self) -> FewestOfPeople | None:
        """How many reviews a figure of a person needs."""
        clause = self.agreement.fewest_reviews
        if clause is None:
            return None
        return FewestOfPeople(clause.least, self.cited(clause, "fewest_reviews"))

    def last_day_to_dispute(self, day: str) -> str | None:
        """The last day on which a rating may be disputed that the advisor saw on a day."""
        from charter_score.agreement import day_after

        clause = self.agreement.dispute_window
        return None if clause is None else day_after(day, clause.days)


def find_agreement() -> Agreed | None:
    """The nearest agreement from the current folder upwards; None where there is none.

    Raises:
        UsageError: where it cannot be read, or something is wrong with it.
    """
    for folder in folders_upwards():
        path = os.path.join(folder, FILE)
        try:
            if not is_there(path):
                continue
        except OSError as wrong:
            reason = (wrong.strerror or "it cannot be read").lower()
            raise UsageError(f"{path}: {reason}") from None
        from charter_score.agreement import Agreement
        from charter_score.source.small_documents import read_small

        try:
            agreement, _ = read_small(Agreement, path)
        except DocumentError as wrong:
            first = wrong.diagnostics[0]
            place = "".join(f":{number}" for number in first.location or ())
            raise UsageError(f"{path}{place}: {first.message}", first.hint) from None
        return Agreed(path, agreement)
    return None


def refuse_by_agreement(outputs: Iterable[Shown]) -> Agreed | None:
    """The agreement that holds, once it has nothing against some outputs.

    Raises:
        UsageError: naming the clause that stands in the way.
    """
    agreed = find_agreement()
    if agreed is not None:
        agreed.refuse(outputs)
    return agreed
