"""What the readers of YAML and JSON have in common: limits, keys, and how problems are noted."""

from abc import ABC, abstractmethod
from typing import Any, NoReturn

from charter_score.diagnostics import Diagnostic, Location
from charter_score.errors import DocumentError
from charter_score.limits import LONGEST_KEY, MOST_DEPTH, MOST_NODES
from charter_score.scalars import Value
from charter_score.source.document import Built, Places, key_problem, key_text, scalar_problem


class ReadingStoppedError(Exception):
    """Reading cannot go on; the problems are in the builder."""


class Builder(ABC):
    """Builds the values of one document, and collects what is wrong with it.

    A spot is where the reader stands, in its own terms: an offset, an event of a parser, a place.
    """

    def __init__(self, text: str, path: str, *, note_places: bool) -> None:
        self._text = text
        self._path = path
        self._note = note_places
        self._places: Places = {}
        self._problems: list[Diagnostic] = []

    @abstractmethod
    def _at(self, spot: Any) -> Location:
        """The line and column of a spot."""

    def _finished(self, built: Built | None) -> Built:
        """What was built.

        Raises:
            DocumentError: where anything is wrong.
        """
        if self._problems or built is None:
            raise DocumentError(self._problems)
        return built

    def _key(self, text: str, container: dict[str, Value], spot: Any) -> str:
        """A key in the form in which keys are equal, checked."""
        if wrong := key_problem(text):
            self._wrong(wrong, spot)
        key = text if len(text) > LONGEST_KEY else key_text(text)
        if key in container:
            self._problem(
                "duplicate-key", "this key stands twice in one mapping", spot, "keep one of the two"
            )
        return key

    def _check_scalar(self, text: str, spot: Any) -> None:
        if wrong := scalar_problem(text):
            self._wrong(wrong, spot)

    def _wrong(self, wrong: tuple[str, str, str], spot: Any) -> None:
        code, message, hint = wrong
        self._problem(code, message, spot, hint)

    def _stop_as_empty(self, spot: Any) -> NoReturn:
        self._stop(
            "empty-document", "there is nothing in this document", spot, "is it the right file?"
        )

    def _stop_as_too_deep(self, spot: Any) -> NoReturn:
        self._stop("too-deep", f"nested more than {MOST_DEPTH} deep", spot)

    def _stop_as_too_large(self, spot: Any) -> NoReturn:
        self._stop("too-many-nodes", f"more than {MOST_NODES:,} values", spot)

    def _problem(self, code: str, message: str, spot: Any, hint: str | None = None) -> None:
        self._problems.append(Diagnostic(code, message, self._path, self._at(spot), hint))

    def _stop(self, code: str, message: str, spot: Any, hint: str | None = None) -> NoReturn:
        self._problem(code, message, spot, hint)
        raise ReadingStoppedError
