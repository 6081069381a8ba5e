"""What was asked for, and how to ask about one review of it again."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from charter_score.source.files import (
    STANDARD_INPUT,
    is_standard_input,
    is_under,
    shown_path,
    slashed,
)


@dataclass(frozen=True)
class Asked:
    """What the command was given to work on: its paths, `--rubric` and `--rubrics`, as typed.

    Where paths are `hidden` behind pseudonyms, no command is shown that would name one.
    """

    paths: Sequence[str] = ()
    rubric: str | None = None
    rubrics: Sequence[str] = ()
    hidden: bool = False

    def explain(self, shown: str) -> tuple[str, ...] | None:
        """The words that explain the review shown under a path, typed in the same folder.

        None where no words would be sure to: for standard input, and for a review that was found
        in a folder, or by a glob, outside the current folder, where only its name is shown.
        """
        if self.hidden:
            return None
        path = shown if self._is_here else self._typed.get(shown)
        if path is None or path == STANDARD_INPUT:
            return None
        if path.startswith("-"):
            path = f"./{path}"
        rubric = ("--rubric", slashed(self.rubric)) if self.rubric is not None else ()
        rubrics = (word for folder in self.rubrics for word in ("--rubrics", slashed(folder)))
        return ("charter-score", "explain", slashed(path), *rubric, *rubrics)

    @cached_property
    def _is_here(self) -> bool:
        """Whether everything lies in the current folder, where a path that is shown can be typed.

        Of what lies elsewhere only the name is shown.
        """
        here = os.getcwd()
        return all(is_under(os.path.abspath(path), here) for path in self.paths)

    @cached_property
    def _typed(self) -> Mapping[str, str]:
        """What was typed for each path that is shown; nothing where that is not certain."""
        paths = dict.fromkeys(path for path in self.paths if path != STANDARD_INPUT)
        if not all(os.path.isfile(path) and not is_standard_input(path) for path in paths):
            return {}
        typed: dict[str, str] = {}
        ambiguous = set()
        for path in paths:
            shown = shown_path(path)
            if shown in typed:
                ambiguous.add(shown)
            typed[shown] = path
        return {shown: path for shown, path in typed.items() if shown not in ambiguous}
