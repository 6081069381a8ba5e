"""What `check` does: read everything, say what is wrong, score nothing."""

from collections.abc import Sequence
from dataclasses import dataclass

from charter_score.cli.settings import find_settings
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
    in_hook: bool = False


def run_check(request: CheckRequest) -> ExitCode:
    """Check documents and tell what is wrong with them on standard error.

    Raises:
        UsageError: where `--rubric` names nothing.
    """
    known, file = find_settings()
    scoring = Scoring(
        Job(
            request.paths,
            request.rubric or known.rubric,
            request.rubrics or known.rubrics,
            part=request.in_hook,
        )
    )
    found: list[Diagnostic] = []
    left_out: list[str] = []
    read = 0
    for checked in scoring.checked():
        read += checked.is_read
        found.extend(checked.diagnostics)
        if checked.is_left_out:
            left_out.append(checked.path)
    errors = sum(one.is_error for one in found)
    tell_problems((one for one in found if one.is_error or not request.quiet), request.color)
    if not read:
        if not found:
            tell([Line("Exit 3: there was nothing to check.", "bad")], request.color)
        return ExitCode.NOT_SCORED
    if request.verbose:
        if file is not None:
            tell([Line(f"settings: {file}")], request.color)
        notes = [f"{path}: neither a review nor a rubric, left out" for path in left_out]
        tell([Line(note, "faint") for note in notes], request.color)
        tell([Line(f"{count(read - len(left_out), 'document')} checked")], request.color)
    warnings = len(found) - errors
    return ExitCode.GATE_FAILED if errors or (request.strict and warnings) else ExitCode.OK
