"""What was asked for, and how to ask about one review of it again."""

import os
from collections.abc import Sequence
from typing import NamedTuple

from charter_score.source.files import STANDARD_INPUT, is_standard_input, is_under, shown_path


class Asked(NamedTuple):
    """What the command was given to work on: its paths, `--rubric` and `--rubrics`, as typed."""

    paths: Sequence[str] = ()
    rubric: str | None = None
    rubrics: Sequence[str] = ()

    def explain(self, shown: str) -> tuple[str, ...] | None:
        """The words that explain the review shown under a path, typed in the same folder.

        None where no words would be sure to: for standard input, and for a review that was found
        in a folder, or by a glob, outside the current folder, where only its name is shown.
        """
        path = self._path(shown)
        if path is None:
            return None
        rubric = ("--rubric", self.rubric) if self.rubric is not None else ()
        rubrics = (word for folder in self.rubrics for word in ("--rubrics", folder))
        return ("charter-score", "explain", path, *rubric, *rubrics)

    def _path(self, shown: str) -> str | None:
        """How to name the review that is shown under a path; None where that is not certain."""
        if shown == STANDARD_INPUT:
            return None
        paths = [path for path in self.paths if path != STANDARD_INPUT]
        here = os.getcwd()
        if all(is_under(os.path.abspath(path), here) for path in paths):
            found = [shown]
        elif all(os.path.isfile(path) and not is_standard_input(path) for path in paths):
            found = [path for path in dict.fromkeys(paths) if shown_path(path) == shown]
        else:
            found = []
        if len(found) != 1:
            return None
        return f"./{found[0]}" if found[0].startswith("-") else found[0]
