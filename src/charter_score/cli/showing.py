"""What `explain`, `rubrics` and `schema` do: show one thing."""

import os
from collections.abc import Sequence

from charter_score.cli.settings import settings
from charter_score.cli.terminal import Color, show, tell, tell_problems
from charter_score.errors import DocumentError, ExitCode, UsageError
from charter_score.library import Library, LoadedRubric, named_rubric
from charter_score.outcome import Failed, Scored, Skipped
from charter_score.pipeline import Job, Scoring
from charter_score.render.text.console import Line
from charter_score.render.text.phrases import not_scored
from charter_score.writing import write_standard_output


def run_explain(review: str, rubric: str | None, rubrics: Sequence[str], color: Color) -> ExitCode:
    """Derive the score of one review.

    Raises:
        UsageError: where the path is a folder, or `--rubric` names nothing.
    """
    if os.path.isdir(review):
        raise UsageError("explain takes one review, not a folder", "name its file")
    from charter_score.render.results.explain import explain

    code = ExitCode.NOT_SCORED
    known = settings()
    job = Job([review], rubric or known.rubric, rubrics or known.rubrics)
    for outcome in Scoring(job).outcomes():
        match outcome:
            case Scored():
                tell_problems(outcome.warnings, color)
                show(explain(outcome), color)
                code = ExitCode.OK
            case Failed():
                tell_problems(outcome.diagnostics, color)
            case Skipped():
                tell([Line(f"{outcome.path}: {not_scored(outcome)}")], color)
                code = ExitCode.OK
    return code


def run_rubric_list(folders: Sequence[str], color: Color, *, as_json: bool) -> ExitCode:
    """List the known rubrics; what cannot be read among them is told, and makes the code 3."""
    library = Library(folders=folders or settings().rubrics)
    known = library.all()
    good = [one.rubric for one in known if isinstance(one, LoadedRubric)]
    bad = [one for one in known if isinstance(one, DocumentError)]
    tell_problems(
        [*library.problems, *(diagnostic for one in bad for diagnostic in one.diagnostics)], color
    )
    if as_json:
        from charter_score.wire.encoding import rubrics_json

        write_standard_output(rubrics_json(good))
    else:
        from charter_score.render.rubric.terminal import rubric_list

        show(rubric_list(good), color)
    return ExitCode.NOT_SCORED if bad or library.problems else ExitCode.OK


def run_schema(name: str, rubric: str | None, folders: Sequence[str], color: Color) -> ExitCode:
    """Print one JSON Schema: of a document, or of the reviews of one rubric.

    Raises:
        UsageError: where no such rubric is known, or another document than a review is asked for.
    """
    from charter_score.wire.schemas import schema_text

    if rubric is None:
        write_standard_output(schema_text(name))
        return ExitCode.OK
    if name != "review":
        raise UsageError("--rubric goes with `schema review`")
    found = named_rubric(rubric, Library(folders=folders or settings().rubrics), "--rubric")
    if isinstance(found, DocumentError):
        tell_problems(found.diagnostics, color)
        return ExitCode.NOT_SCORED
    write_standard_output(schema_text(name, found.rubric))
    return ExitCode.OK
