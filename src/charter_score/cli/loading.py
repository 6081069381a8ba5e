"""A rubric that a command names, with what is wrong with it told."""

from charter_score.cli.terminal import Color, tell_problems
from charter_score.errors import DocumentError
from charter_score.library import Library, LoadedRubric, named_rubric


def loaded_rubric(
    reference: str, library: Library, color: Color, option: str = ""
) -> LoadedRubric | None:
    """A rubric with its warnings told, or None with everything told that is wrong with it.

    `option` is the one that names it, if an option does.

    Raises:
        UsageError: where no such rubric is known.
    """
    rubric = named_rubric(reference, library, option)
    if isinstance(rubric, DocumentError):
        tell_problems(rubric.diagnostics, color)
        return None
    tell_problems(rubric.warnings, color)
    return rubric
