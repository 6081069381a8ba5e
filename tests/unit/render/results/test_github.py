"""Workflow commands, read back by a strict parser of what GitHub documents.

Source: GitHub documentation, Workflow commands for GitHub Actions; actions/runner,
ActionCommand.cs, for what acts although it is not documented any more.
"""

import re
from fractions import Fraction
from pathlib import Path
from typing import NamedTuple

import pytest

import hostile
from batches import batch, rendered_text
from charter_score.diagnostics import Diagnostic, Location, Severity
from charter_score.gates import Gates
from charter_score.outcome import Failed, Outcome, Scored
from charter_score.render.results.github import MOST, GitHub, StepOutputs
from charter_score.render.text.hostile import visible, with_breaks
from effort import some


class Command(NamedTuple):
    """One annotation, unescaped."""

    kind: str
    file: str
    line: int
    column: int
    title: str
    data: str


COMMAND = re.compile(
    "::(?P<kind>error|warning) (?:file=(?P<file>[^,:]*),line=(?P<line>[1-9][0-9]*),"
    "col=(?P<column>[1-9][0-9]*),)?title=(?P<title>[^,:]*)::(?P<data>[^\r\n]*)"
)
SAYING = re.compile("charter-score: [^\r\n:]*")


def unescaped(text: str, codes: dict[str, str]) -> str:
    """Text without its escapes; any other percent sign is a fault."""
    codes = {"%25": "%", "%0D": "\r", "%0A": "\n", **codes}
    assert not re.search("%(?!25|0D|0A|3A|2C)", text)
    return re.sub("|".join(codes), lambda found: codes[found[0]], text)


def parsed(output: str) -> tuple[list[Command], list[str]]:
    """The commands of an output and what else it says; anything else is a fault."""
    assert output.endswith("\n")
    lines = output.split("\n")[:-1]
    assert lines == output.splitlines()
    commands, sayings = [], []
    for line in lines:
        assert "##[" not in line
        assert line.isprintable()
        if found := COMMAND.fullmatch(line):
            assert line.count("::") == 2
            assert ":::" not in line
            more = {"%3A": ":", "%2C": ","}
            commands.append(
                Command(
                    found["kind"],
                    unescaped(found["file"] or "", more),
                    int(found["line"] or 0),
                    int(found["column"] or 0),
                    unescaped(found["title"], more),
                    unescaped(found["data"], {}),
                )
            )
        else:
            assert SAYING.fullmatch(line), line
            sayings.append(line.removeprefix("charter-score: "))
    return commands, sayings


def written(
    outcomes: list[Outcome],
    *,
    names: bool = False,
    comments: bool = False,
    gates: Gates | None = None,
) -> str:
    return rendered_text(GitHub(names=names, comments=comments), outcomes, gates=gates)


@pytest.fixture(name="outcomes")
def _outcomes(tmp_path: Path) -> list[Outcome]:
    return batch(tmp_path)


def test_annotations_point_at_what_was_missed(outcomes: list[Outcome]) -> None:
    """Each need is a warning on the line that rates it, a critical one an error."""
    commands, sayings = parsed(written(outcomes))
    assert Command(
        "warning", "b-low.yaml", 5, 1, "b-low: Tone of voice", "not met, 0 of 2 points"
    ) in (commands)
    assert Command("error", "c-critical.yaml", 4, 1, "c-critical: Identity check",
                   "not met, 0 of 1 point") in commands  # fmt: skip
    assert sayings == ["8 reviews, 6 scored, 1 could not be scored, 1 skipped"]


def test_the_gravest_come_first(outcomes: list[Outcome]) -> None:
    """Why an input has no score comes first, then critical criteria, then the other needs."""
    commands, _ = parsed(written(outcomes))
    assert [command.kind for command in commands] == ["error"] * 3 + ["warning"] * 5
    assert [command.title for command in commands[:3]] == [
        "unknown-rating",
        "c-critical: Identity check",
        "3 things are missing",
    ]


def test_what_is_missing_in_one_review_is_one(outcomes: list[Outcome]) -> None:
    """A review that is not filled in yet is one annotation, which goes through what is missing."""
    commands, _ = parsed(written([one for one in outcomes if isinstance(one, Failed)]))
    missing = next(command for command in commands if command.title == "3 things are missing")
    assert missing.file == "g-unrated.yaml"
    assert missing.data == (
        "welcome.greeting has no rating\nwelcome.identity has no rating\n"
        "close: 2 criteria have no rating"
    )
    found = tuple(Diagnostic("unrated", f"no {n}", "x.yaml", Location(n, 1)) for n in range(1, 100))
    (many,), _ = parsed(written([Failed("x.yaml", found)]))
    assert (many.title, many.line) == ("99 things are missing", 1)
    assert many.data.splitlines()[-2:] == ["no 10", "and 89 more"]


def test_ten_of_a_kind_are_given_and_the_rest_is_counted(outcomes: list[Outcome]) -> None:
    """No more than ten of a kind; unscored inputs at the end of a batch are not lost."""
    critical = next(o for o in outcomes if isinstance(o, Scored) and o.id == "c-critical")
    low = next(o for o in outcomes if isinstance(o, Scored) and o.id == "b-low")
    failed = next(o for o in outcomes if isinstance(o, Failed))
    many: list[Outcome] = [low] * 20 + [critical] * 3 + [failed] * 4
    commands, sayings = parsed(written(many))
    assert MOST == 10
    assert [command.title for command in commands if command.kind == "error"] == [
        *["unknown-rating"] * 4,
        *["c-critical: Identity check"] * 3,
        *["3 things are missing"] * 3,
    ]
    assert [command.kind for command in commands[10:]] == ["warning"] * 10
    assert sayings[0].startswith("20 of 71 findings are shown here; the job summary")


def test_a_failed_gate_stands_on_its_review_before_the_criteria(outcomes: list[Outcome]) -> None:
    """A pull request says why it is red: an error on each review that a gate fails, at once."""
    reviews = [one for one in outcomes if isinstance(one, Scored)]
    gates = Gates(expected=True, fail_under_mean=Fraction(9, 10))
    commands, _ = parsed(written(list(reviews), gates=gates))
    told = [(one.kind, one.file, one.title, one.data) for one in commands[:5]]
    below = "42.9%, expected 70% or above"
    assert told == [
        ("error", "b-low.yaml", "--gate fails", below),
        ("error", "c-critical.yaml", "--gate fails", "a critical criterion was missed"),
        (
            "error",
            "",
            "--fail-under-mean fails",
            "small@1 has a mean of 74.3%, wanted 90% or above",
        ),
        ("error", "c-critical.yaml", "c-critical: Identity check", "not met, 0 of 1 point"),
        told[4],
    ]
    assert told[4][0] == "warning"


def test_the_outputs_of_a_step_are_figures_and_our_words(outcomes: list[Outcome]) -> None:
    """Later steps get the counts, the mean where there is one, and how the run ended."""
    assert rendered_text(StepOutputs(), outcomes) == (
        "scored=6\nfailed=1\nmean=74.29\nverdict=not-scored\n"
    )
    assert rendered_text(StepOutputs(), []) == "scored=0\nfailed=0\nmean=\nverdict=not-scored\n"
    low = [one for one in outcomes if isinstance(one, Scored) and one.id == "b-low"]
    text = rendered_text(StepOutputs(), low, gates=Gates(expected=True))
    assert text.endswith("verdict=failed\n")


def test_a_piece_is_small(outcomes: list[Outcome]) -> None:
    """No input hands over more than ten annotations, and none more is kept on the way."""
    found = tuple(
        Diagnostic("bad-date", f"no {n}", "x.yaml", Location(n, 1)) for n in range(1, 1000)
    )
    renderer = GitHub(names=False, comments=False)
    piece = renderer.piece(Failed("x.yaml", found))
    assert (len(piece.kept), piece.number) == (MOST, 999)
    assert outcomes


def test_warnings_of_a_failure_are_warnings() -> None:
    """A warning that stands before the error is not given for the reason."""
    found = (
        Diagnostic("odd", "odd", "x.yaml", Location(1, 1), severity=Severity.WARNING),
        Diagnostic("unrated", "no rating", "x.yaml", Location(2, 1), hint="rate it"),
    )
    commands, _ = parsed(written([Failed("x.yaml", found)]))
    assert [(one.kind, one.title, one.data) for one in commands] == [
        ("error", "unrated", "no rating (rate it)"),
        ("warning", "odd", "odd"),
    ]


def test_a_problem_without_a_place_stands_at_the_start() -> None:
    """A file that is not there has no line; GitHub wants one."""
    failed = Failed("x.yaml", (Diagnostic("not-found", "there is no such file", "x.yaml"),))
    (command,), _ = parsed(written([failed]))
    assert (command.line, command.column) == (1, 1)


@pytest.mark.at_length
@pytest.mark.parametrize("text", some([hostile.BRIEF, hostile.HOSTILE]), ids=["text"])
@pytest.mark.parametrize("names", [True, False])
@pytest.mark.parametrize("comments", [True, False])
def test_hostile_text_never_acts_and_comes_back(names: bool, comments: bool, text: str) -> None:
    """Ten commands of ours and nothing else; what they say is the text, its colons apart."""
    given: list[Command] = []
    for one in hostile.outcomes(text):
        output = written([one], names=names, comments=comments)
        commands, _ = parsed(output)
        given += commands
    found = set()
    for command in given:
        for shown in (command.file, command.title, command.data):
            for mark in hostile.MARK.finditer(shown):
                whole = text.replace("FIELD", mark[0])
                assert same(whole) in same(shown) or same(with_breaks(whole)) in same(shown)
                found.add(mark[0][6:-4])
    assert found >= {
        *("path", "review-id", "title-tone", "title-identity", "level-middle", "scale-low"),
        *("failed-path", "message", "hint"),
    }
    assert ("advisor" in found) is names
    assert ("comment-tone" in found) is comments
    assert not found & {"reviewer", "who", "notes", "because-tone", "evidence-tone"}


def same(text: str) -> str:
    """Text as an annotation shows it, without the spaces that keep signs apart."""
    shown = "".join(c if c in "\r\n" else visible(c) for c in text)
    return shown.replace(" ", "")


@pytest.mark.parametrize(
    "text", ["::", ":::", ":::::", "::error::x", "##[error]", "###[x", "%0A::x", "%25", "\r\n::x"]
)
def test_signs_of_commands_are_kept_apart(text: str) -> None:
    """However the signs of a command are stacked, they never meet in the output."""
    failed = Failed(text, (Diagnostic("unrated", text, text, Location(1, 1)),))
    (command,), _ = parsed(written([failed]))
    assert command.file == text.replace("##[", "## [")
    assert same(command.data) == same(text)


def test_a_review_outside_the_lines_known_points_at_the_first(outcomes: list[Outcome]) -> None:
    """Without lines (another format alone asked) the first line is pointed at."""
    low = next(o for o in outcomes if isinstance(o, Scored) and o.id == "b-low")
    commands, _ = parsed(written([low._replace(lines={})]))
    assert {command.line for command in commands} == {1}
