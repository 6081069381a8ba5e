"""Diagnostics as text: what is said once of many places."""

from charter_score.diagnostics import Diagnostic, Location, Severity
from charter_score.render.text.console import Screen
from charter_score.render.text.diagnostics import problem_lines


def lint(line: int, severity: Severity = Severity.WARNING) -> Diagnostic:
    """What is wrong with the criterion of a line."""
    message = f"talk.c{line} has no `advice`"
    return Diagnostic("missing-advice", message, "r.yaml", Location(line, 5), "add it", severity)


def test_a_warning_of_many_places_is_said_once() -> None:
    """With every line that it holds of, and its way out once."""
    assert Screen(80).text(problem_lines(map(lint, range(3, 21)))) == (
        "r.yaml:3:5: warning[missing-advice] talk.c3 has no `advice`\n"
        "    17 more like it: line 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20\n"
        "    hint: add it\n"
    )


def test_each_error_stands_by_itself() -> None:
    """An error is mended where it stands."""
    text = Screen(80).text(problem_lines([lint(1, Severity.ERROR), lint(2, Severity.ERROR)]))
    assert text.count("error[missing-advice]") == 2
