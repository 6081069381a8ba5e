"""Documents given as plain Python values: a `dict` in place of a file.

They go through the same limits and checks as a file, and the same models are made of them. There
are no lines to point at, so a diagnostic names the place by its route: `review.ratings.close`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from charter_score.diagnostics import START, At, Diagnostic, Problem, Route
from charter_score.errors import DocumentError
from charter_score.field_types import is_slug
from charter_score.limits import LONGEST_NUMBER, MOST_DEPTH, MOST_NODES
from charter_score.scalars import Boolean, Null, Number, Value
from charter_score.source.document import Built, Document, key_problem, key_text, scalar_problem


def diagnostic_of(problem: Problem, name: str) -> Diagnostic:
    """A problem of something that came from no file; `name` is what the route begins at."""
    return Diagnostic(
        code=problem.code,
        message=problem.message,
        path=_written_out(name, problem),
        hint=problem.hint,
        severity=problem.severity,
    )


def _written_out(name: str, problem: Problem) -> str:
    """A route as Python code would follow it, as far as it names nothing that could be personal."""
    route = problem.route
    if problem.at is At.KEY and problem.code.startswith("unknown-"):
        route = route[:-1]  # the key itself is what is wrong
    steps = [name]
    for step in route:
        if isinstance(step, int):
            steps.append(f"[{step}]")
        elif is_slug(step):
            steps.append(f".{step}")
        else:
            break
    return "".join(steps)


@dataclass(slots=True)
class PythonDocument(Document):
    """A document without a text; `path` is what its routes begin at."""

    def diagnostic(self, problem: Problem) -> Diagnostic:
        """A problem with its route in place of a line."""
        return diagnostic_of(problem, self.path)


def document_of(values: Mapping[str, object], name: str) -> PythonDocument:
    """A document of plain values: str, int, Decimal, bool, None, and lists and dicts of them.

    Raises:
        DocumentError: for any other type, a float among them, and for what a file may not hold.
    """
    reading = _Reading(name)
    value = reading.value(values, (), 0)
    if reading.problems:
        raise DocumentError(diagnostic_of(problem, name) for problem in reading.problems)
    return PythonDocument(name, "", value, None, Built(value, START, {}))


class _Reading:
    """One pass over the values of a document, with what is wrong with them."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._nodes = 0
        self.problems: list[Problem] = []

    def value(self, given: Any, route: Route, depth: int) -> Value:
        """A value as a reader of files gives it.

        Raises:
            DocumentError: for values without end, which a list that holds itself would be.
        """
        self._nodes += 1
        if self._nodes > MOST_NODES:
            self._stop(Problem("too-many-nodes", f"more than {MOST_NODES:,} values", route))
        if isinstance(given, Mapping | list | tuple) and depth >= MOST_DEPTH:
            self._stop(Problem("too-deep", f"nested more than {MOST_DEPTH} deep", route))
        match given:
            case None:
                return Null("null")
            case bool():
                return Boolean("true" if given else "false")
            case str():
                return self._text(given, route)
            case int():
                return _number(given)
            case Decimal():
                return _number(given)
            case Mapping():
                return self._mapping(given, route, depth)
            case list() | tuple():
                return [
                    self.value(item, (*route, place), depth + 1) for place, item in enumerate(given)
                ]
            case float():
                self._wrong(
                    "bad-number",
                    "a float is not exact",
                    route,
                    hint='give an int, or a Decimal made of text: Decimal("0.5")',
                )
            case _:
                self._wrong(
                    "wrong-type",
                    "a value is str, int, Decimal, bool, None, a list or a mapping",
                    route,
                    hint="give a date as text: 2016-05-04",
                )
        return Null()

    def _mapping(self, given: Mapping[Any, object], route: Route, depth: int) -> dict[str, Value]:
        read: dict[str, Value] = {}
        for key, inner in given.items():
            if not isinstance(key, str):
                self._wrong("key-not-text", "a key is a str", route)
                continue
            if wrong := key_problem(key) or scalar_problem(key):
                self._wrong(*wrong[:2], route, hint=wrong[2])
                continue
            name = key_text(str(key))
            if name in read:
                self._wrong("duplicate-key", "this key stands here twice", (*route, name))
            read[name] = self.value(inner, (*route, name), depth + 1)
        return read

    def _text(self, given: str, route: Route) -> str:
        if wrong := scalar_problem(given):
            self._wrong(*wrong[:2], route, hint=wrong[2])
        return str(given)

    def _wrong(self, code: str, message: str, route: Route, hint: str | None = None) -> None:
        self.problems.append(Problem(code, message, route, hint=hint))

    def _stop(self, problem: Problem) -> None:
        self.problems.append(problem)
        raise DocumentError(diagnostic_of(each, self._name) for each in self.problems)


def _number(given: int | Decimal) -> Number:
    """A number as its digits; without any where it is none, or has more than a number may have."""
    if isinstance(given, int):
        return Number(str(given) if abs(given) < 10**LONGEST_NUMBER else "")
    # Asked before it is written out: 1e-9999999 would take ten million characters.
    fits = given.is_finite() and abs(given.adjusted()) <= LONGEST_NUMBER
    return Number(format(given, "f") if fits else "")
