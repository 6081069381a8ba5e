"""What `check` does: read everything, say what is wrong, score nothing."""

from collections.abc import Sequence
from dataclasses import dataclass

from charter_score.cli.settings import settings
from charter_score.cli.terminal import Color, tell, tell_problems
from charter_score.diagnostics import Diagnostic
from charter_score.errors import ExitCode
from charter_score.pipeline import Job, Scoring
from charter_score.render.text.console import Line
from charter_score.render.text.phrases import count


@dataclass(frozen=True, slots=True)
class CheckRequest:
    """Everything that `check` can be asked for."""

    paths: Sequence[str]
    rubric: str | None
    rubrics: Sequence[str]
    color: Color
    strict: bool
    quiet: bool
    verbose: bool


def run_check(request: CheckRequest) -> ExitCode:
    """Check documents and tell what is wrong with them on standard error.

    Raises:
        UsageError: where `--rubric` names nothing.
    """
    known = settings()
    scoring = Scoring(
        Job(request.paths, request.rubric or known.rubric, request.rubrics or known.rubrics)
    )
    found: list[Diagnostic] = []
    read = 0
    for _, could_be_read, diagnostics in scoring.checked():
        read += could_be_read
        found.extend(diagnostics)
    errors = sum(one.is_error for one in found)
    tell_problems((one for one in found if one.is_error or not request.quiet), request.color)
    if not read:
        if not found:
            tell([Line("Exit 3: there was nothing to check.", "bad")], request.color)
        return ExitCode.NOT_SCORED
    if request.verbose:
        tell([Line(f"{count(read, 'document')} checked")], request.color)
    warnings = len(found) - errors
    return ExitCode.GATE_FAILED if errors or (request.strict and warnings) else ExitCode.OK
