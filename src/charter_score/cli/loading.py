"""What a command names beside its paths: a rubric, with what is wrong with it told, or a key."""

from charter_score.cli.terminal import Color, tell, tell_problems
from charter_score.errors import DocumentError
from charter_score.library import Library, LoadedRubric, named_rubric
from charter_score.pseudonyms import Pseudonyms
from charter_score.render.text.console import Line


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


def pseudonyms_under(path: str | None, color: Color) -> Pseudonyms | None:
    """The pseudonyms under the key in a file, which is made, and told of, where it is not there.

    Raises:
        UsageError: where others can read the file, or it holds no key.
        NotWrittenError: where no file can be made.
    """
    if path is None:
        return None
    from charter_score.source.keys import pseudonyms_of

    pseudonyms, made = pseudonyms_of(path)
    if made:
        told = f"{path}: a key was made; whoever has it can tell which name a pseudonym stands for."
        tell([Line(told)], color)
    return pseudonyms
