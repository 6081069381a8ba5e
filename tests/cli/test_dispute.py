"""`dispute`: raising and deciding one, in a person's own file, and what it refuses."""

import os
import re
import shlex
import subprocess
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import programs
from charter_score.cli import dispute as disputing
from charter_score.cli.dispute import DisputeOptions, run_dispute
from charter_score.cli.terminal import Color
from charter_score.diagnostics import Diagnostic
from charter_score.errors import ExitCode, NotWrittenError, UsageError
from charter_score.filling.form_writer import review_form
from charter_score.library import load_rubric
from charter_score.outcome import Scored
from charter_score.pipeline import Job, Scoring
from charter_score.review import DisputeOutcome

RUBRIC = """\
id: small
version: "1"
title: A small standard
sections:
  - id: welcome
    title: Welcome
    criteria:
      - {id: greeting, title: Greeting}
      - {id: tone, title: Tone}
      - {id: check, title: Check, not_applicable: forbidden}
  - id: end
    title: End
    criteria:
      - {id: answer, title: Answer, levels: {clear: 2, partly clear: 1, unclear: 0}}
"""
BY_HAND = """\
# My own review
rubric: ./small.yaml   # ours
advisor: Advisor 5
reviewer: Reviewer 2
interaction: {date: 2016-05-04}
ratings:
    welcome:
        greeting: 'not met'      # hm

        tone: {rating: met, comment: "warm"}
        check: met
    end:
        answer: partly clear
notes: "All in all, fine."
# the end
"""
TODAY = date(2016, 5, 9)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder with a rubric and a review by hand, which is the current one."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("COLUMNS", raising=False)
    Path("small.yaml").write_text(RUBRIC)
    Path("r.yaml").write_text(BY_HAND)
    return tmp_path


def dispute(
    criterion: str | None = "welcome.greeting", path: str = "r.yaml", **more: Any
) -> ExitCode:
    return run_dispute(
        DisputeOptions(path=path, criterion=criterion, color=Color.NEVER, **more), TODAY
    )


def scored(path: str = "r.yaml") -> Scored:
    (outcome,) = Scoring(Job([path])).outcomes()
    assert isinstance(outcome, Scored), outcome
    return outcome


def warnings(path: str = "r.yaml") -> list[tuple[str, int, int]]:
    """The codes of the review's own warnings, with their places."""
    found: list[Diagnostic] = [one for one in scored(path).warnings if one.path == path]
    return [(one.code, *one.location) for one in found if one.location]


def program(*words: str) -> subprocess.CompletedProcess[str]:
    return programs.run(*words, COLUMNS="80")


# ── Raising and deciding ──────────────────────────────────────────────────────────────────────────


def test_a_dispute_is_raised_and_decided_in_a_persons_own_file(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Comments, quotes and blank lines stay to the byte; only the dispute is new."""
    assert dispute(says="Yes", because="It is at 00:02.", who="Advisor 5") is ExitCode.OK
    said = capsys.readouterr()
    assert said.err == ""
    assert said.out == (
        "Raised. r.yaml: welcome.greeting is in dispute.\n"
        "Until it is decided the score of 60% is provisional: 80% if it is upheld.\n"
        "To decide it:\n"
        "  charter-score dispute r.yaml welcome.greeting --decide upheld|'not "
        "upheld'|withdrawn --who NAME --reason TEXT\n"
    )
    raised = BY_HAND.replace(
        "# the end\n",
        "disputes:\n  - section: welcome\n    criterion: greeting\n    says: met\n"
        '    because: "It is at 00:02."\n    on: 2016-05-09\n    by: Advisor 5\n'
        "    outcome: open\n# the end\n",
    )
    assert Path("r.yaml").read_text() == raised
    assert scored().result.provisional

    assert dispute(decide="Upheld", who="Team Leader 1", reason="It is there.") is ExitCode.OK
    assert capsys.readouterr().out == (
        "Decided. r.yaml: the dispute over welcome.greeting is upheld.\n"
        "The score is 80% now; it was 60%.\n"
    )
    assert Path("r.yaml").read_text() == raised.replace(
        "outcome: open\n",
        "outcome: upheld\n    decided_by: Team Leader 1\n    decided_on: 2016-05-09\n"
        '    reason: "It is there."\n',
    )
    assert not scored().result.provisional
    assert warnings() == []


def test_through_the_command_line_with_all_that_score_says(folder: Path) -> None:
    """`dispute` is a command like the others, and its epilog can be followed."""
    del folder
    done = program("dispute", "r.yaml", "welcome.greeting", "--says", "met", "--because", "Heard")
    assert (done.returncode, done.stderr) == (0, "")
    assert "PROVISIONAL" in program("score", "r.yaml").stdout
    done = program("dispute", "r.yaml", "--decide", "not-upheld", "--who", "T", "--reason", "No")
    assert (done.returncode, done.stderr) == (0, "")
    assert "Dispute (not upheld)" in program("score", "r.yaml").stdout
    help_text = program("dispute", "--help").stdout
    example = re.search(r'dispute review.yaml (.*)"', " ".join(help_text.split()))
    assert example
    assert program(*shlex.split(f'dispute r.yaml {example[1]}"')).returncode == 0


def test_a_second_dispute_stands_behind_the_first(capsys: pytest.CaptureFixture[str]) -> None:
    """In the list that is there; a decision finds its own entry, however it is written."""
    entry = "disputes: [{section: welcome, criterion: tone, says: not met, outcome: open}]  # one\n"
    Path("r.yaml").write_text(BY_HAND + entry)
    dispute("end.answer", says="clear", on="2016-05-07")
    assert dispute(decide="withdrawn", criterion="welcome.tone") is ExitCode.OK
    assert Path("r.yaml").read_text() == BY_HAND + (
        "disputes: [{section: welcome, criterion: tone, says: not met, outcome: withdrawn, "
        "decided_on: 2016-05-09}, {section: end, criterion: answer, says: clear, on: 2016-05-07, "
        "outcome: open}]  # one\n"
    )
    capsys.readouterr()
    dispute(None, decide="upheld")  # the only one that is open
    assert "end.answer is upheld" in capsys.readouterr().out
    assert [one.outcome for one in scored().result.review.disputes] == [
        DisputeOutcome.WITHDRAWN,
        DisputeOutcome.UPHELD,
    ]


def test_a_decision_that_names_nobody_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    """It is written, and what a decision should say is named."""
    dispute(says="met")
    dispute(decide="not_upheld")
    assert (
        "The file does not say who decided (--who) and why (--reason)." in capsys.readouterr().out
    )
    (one,) = scored().result.review.disputes
    assert (one.outcome, one.decided_by) == (DisputeOutcome.NOT_UPHELD, None)


def test_after_a_decision_the_next_dispute_goes_by_what_stands() -> None:
    """What was upheld is the rating now, and the reviewer's can be asked for again."""
    dispute(says="met")
    dispute(decide="upheld", who="Lead", reason="Heard again")
    with pytest.raises(UsageError, match="rated so already"):
        dispute(says="met")
    assert dispute(says="not met") is ExitCode.OK
    assert warnings() == []


@pytest.mark.parametrize("bom", [b"", b"\xef\xbb\xbf"])
def test_line_breaks_and_byte_order_mark_of_another_machine_stay(bom: bytes) -> None:
    """And a place that `new` keeps with a # is taken up."""
    text = BY_HAND.replace("# the end\n", "# disputes:\n#   - {section: …}\n").replace("\n", "\r\n")
    Path("r.yaml").write_bytes(bom + text.encode())
    dispute(says="met")
    after = Path("r.yaml").read_bytes()
    assert after.startswith(bom + b"# My own review\r\n")
    assert b"\r\ndisputes:\r\n  - section: welcome\r\n" in after
    assert after.replace(b"\r\n", b"").count(b"\n") == 0
    assert scored().result.provisional


def test_a_draft_can_be_disputed_too(capsys: pytest.CaptureFixture[str]) -> None:
    """It has no score yet, so none is told."""
    Path("r.yaml").write_text(BY_HAND + "status: draft\n")
    dispute(says="met")
    assert "%" not in capsys.readouterr().out


# ── What is refused ───────────────────────────────────────────────────────────────────────────────

OPEN = "disputes:\n  - {section: welcome, criterion: tone, says: not met}\n"


@pytest.mark.parametrize(
    ("words", "told", "hint"),
    [
        ({"criterion": "welcome.greting", "says": "met"}, "no such criterion",
         "did you mean `welcome.greeting`?"),
        ({"criterion": "tone", "says": "met"}, "no such criterion", "did you mean `welcome.tone`?"),
        ({"criterion": "welcome.zzz", "says": "met"}, "no such criterion",
         "the criteria of welcome are greeting, tone and check"),
        ({"criterion": "zzz", "says": "met"}, "no such criterion",
         "SECTION.CRITERION, for example welcome.greeting; the sections are welcome and end"),
        ({"says": "good"}, "--says is no rating of welcome.greeting: its ratings are met, not met",
         None),
        ({"criterion": "end.answer", "says": "clera"}, "its ratings are clear, partly clear",
         "did you mean `clear`?"),
        ({"says": "NOT-MET"}, "welcome.greeting is rated so already", "met or n/a"),
        ({"criterion": "welcome.check", "says": "na"}, "always applies", "met or not met"),
        ({"criterion": "welcome.tone", "says": "n/a"}, "is open already", "--decide upheld"),
        ({"decide": "upheld"}, "no dispute over welcome.greeting is open",
         "open are: welcome.tone"),
        ({"decide": "maybe"}, "--decide takes upheld, not upheld or withdrawn", None),
        ({"decide": "uphelt"}, "--decide takes", "did you mean `upheld`?"),
        ({"decide": "upheld", "says": "met"}, "--says raises a dispute", "--reason"),
        ({"decide": "upheld", "because": "x"}, "--because raises a dispute", "--reason"),
        ({"says": "met", "reason": "x"}, "--reason goes with --decide", "--because"),
        ({}, "say what the rating should be", "welcome.greeting --says RATING"),
        ({"criterion": None}, "say what the rating should be", "SECTION.CRITERION --says RATING"),
        ({"criterion": None, "says": "met"}, "--says needs the criterion", "SECTION.CRITERION"),
        ({"says": "met", "on": "4 May"}, "--on takes a day", "2016-05-09"),
        ({"says": "met", "on": "2016-02-30"}, "--on takes a day", "2016-05-09"),
        ({"says": "met", "because": " "}, "--because: there is nothing in it", "leave"),
        ({"says": "met", "because": "a\x07"}, "--because", None),
        ({"says": "met", "who": "\udcff"}, "--who is no text", "UTF-8"),
        ({"path": "-", "says": "met"}, "written into a file", "review.yaml"),
        ({"path": ".", "says": "met"}, "not a folder", "name its file"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_politely(
    words: dict[str, Any], told: str, hint: str | None
) -> None:
    """With a way out, and the file as it was."""
    Path("r.yaml").write_text(BY_HAND + OPEN)
    with pytest.raises(UsageError, match=re.escape(told)) as refused:
        dispute(**words)
    assert (hint or "") in (refused.value.hint or "")
    assert Path("r.yaml").read_text() == BY_HAND + OPEN


def test_what_is_not_open_cannot_be_decided() -> None:
    """It says how the last one ended, how to raise one, and which of several to name."""
    with pytest.raises(UsageError, match="no dispute of this review is open") as refused:
        dispute(None, decide="upheld")
    way = re.search(r"charter-score dispute (.*) --because", refused.value.hint or "")
    assert way
    assert program("dispute", *shlex.split(way[1].replace("RATING", "met"))).returncode == 0
    dispute(decide="withdrawn")
    with pytest.raises(UsageError, match="is open; the last one is withdrawn"):
        dispute(decide="upheld")
    dispute(says="met")
    dispute("welcome.tone", says="n/a")
    with pytest.raises(UsageError, match="several disputes are open") as refused:
        dispute(None, decide="upheld")
    assert refused.value.hint == "say which: welcome.greeting, welcome.tone"


def test_a_criterion_without_a_rating_cannot_be_disputed() -> None:
    """A draft in which it is still to be rated."""
    Path("r.yaml").write_text(BY_HAND.replace("check: met", "check:") + "status: draft\n")
    with pytest.raises(UsageError, match=r"does not rate welcome\.check"):
        dispute("welcome.check", says="met")


def test_a_form_is_refused_with_commands_that_work() -> None:
    """They are typed as they stand: a YAML file of it, and the same dispute in that."""
    Path("a form.xlsx").write_bytes(review_form(load_rubric("small.yaml").rubric, "./small.yaml"))
    assert program("new", "--from", "r.yaml", "-o", "a form.xlsx", "--force").returncode == 0
    done = program("dispute", "a form.xlsx", "welcome.greeting", "--says", "met", "--who", "A B")
    assert done.returncode == 2
    first, then = re.findall(r"charter-score (.*?)(?= makes one|$)", done.stderr, re.MULTILINE)
    assert program(*shlex.split(first)).returncode == 0
    assert program(*shlex.split(then)).returncode == 0
    (one,) = scored("a form.yaml").result.review.disputes
    assert (one.says, one.by) == ("met", "A B")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (BY_HAND.replace("greeting:", "gretting:"), "unknown-criterion"),
        (BY_HAND.replace("./small", "./nowhere"), "unknown-rubric"),
        (RUBRIC, "not-a-review"),
        ("a: [\n", "yaml-syntax"),
        (None, "not-found"),
    ],
)
def test_a_review_with_errors_is_told_and_left_alone(
    text: str | None, code: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit 3, as `check` tells it."""
    if text is None:
        Path("r.yaml").unlink()
    else:
        Path("r.yaml").write_text(text)
    assert dispute(says="met") is ExitCode.NOT_SCORED
    said = capsys.readouterr()
    assert f"[{code}]" in said.err
    assert said.out == ""
    assert (Path("r.yaml").read_text() if Path("r.yaml").exists() else None) == text


def test_what_cannot_be_edited_is_told_with_its_line(capsys: pytest.CaptureFixture[str]) -> None:
    """The file is as it was."""
    text = BY_HAND + (
        "disputes:\n  - section: welcome\n    criterion: tone\n    says: not met\n"
        "    ? outcome\n    : open\n"
    )
    Path("r.yaml").write_text(text)
    assert dispute("welcome.tone", decide="upheld") is ExitCode.NOT_SCORED
    line = text.count("\n") - 1
    said = capsys.readouterr()
    assert f"r.yaml:{line}:7: error[not-editable] this is written in a way" in said.err
    assert said.out == ""
    assert Path("r.yaml").read_text() == text


def test_a_file_that_cannot_be_written_is_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    """A full disk: exit 4."""

    def full(*_: object) -> None:
        raise NotWrittenError("r.yaml: no space left on device")

    monkeypatch.setattr(disputing, "write_file", full)
    with pytest.raises(NotWrittenError):
        dispute(says="met")
    assert Path("r.yaml").read_text() == BY_HAND


# ── What is told of disputes that are there ───────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("entry", "codes"),
    [
        ("{section: welcome, criterion: tone, says: Yes}", ["dispute-says-rating"]),
        ("{section: welcome, criterion: tone, says: met, outcome: not upheld, decided_by: L, "
         "decided_on: 2016-05-09, reason: R}", ["dispute-says-rating"]),
        ("{section: welcome, criterion: tone, says: not met, outcome: not upheld}",
         ["decision-incomplete"]),
        ("{section: welcome, criterion: tone, says: met, outcome: withdrawn}", []),
        ("{section: welcome, criterion: tone, says: not met, on: 2016-05-03}",
         ["days-out-of-order"]),
        ("{section: welcome, criterion: tone, says: not met, on: 2016-05-04}", []),
        ("{section: welcome, criterion: tone, says: not met, on: 2016-05-06, outcome: upheld, "
         "decided_on: 2016-05-05, decided_by: L, reason: R}", ["days-out-of-order"]),
        ("{section: welcome, criterion: tone, says: not met, outcome: upheld, "
         "decided_on: 2016-05-01, decided_by: L, reason: R}", ["days-out-of-order"]),
        ("{section: welcome, criterion: tone, says: not met, on: last week}", []),
    ],
)  # fmt: skip
def test_an_idle_dispute_and_days_that_run_backwards_are_told(entry: str, codes: list[str]) -> None:
    """As warnings at their own place; the review is scored all the same."""
    Path("r.yaml").write_text(f"{BY_HAND}disputes:\n  - {entry}\n")
    line = BY_HAND.count("\n") + 2
    assert [(code, at) for code, at, _ in warnings()] == [(code, line) for code in codes]


def test_a_dispute_of_one_day_after_another_is_told_by_the_command(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """A slip of the day is seen when it is made."""
    dispute(says="met", on="2016-05-01")
    assert "warning[days-out-of-order]" in capsys.readouterr().err


# ── Any text at all ───────────────────────────────────────────────────────────────────────────────


@settings(max_examples=60)
@given(
    st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1).filter(str.strip),
    st.sampled_from(
        ["", OPEN, "disputes: []\n", "disputes: [{section: welcome, criterion: tone, says: n/a}]"]
    ),
)
def test_any_words_come_back_as_they_were_typed(
    tmp_path_factory: pytest.TempPathFactory, text: str, there: str
) -> None:
    """And everything that stood in the file before still does."""
    os.chdir(tmp_path_factory.mktemp("any"))
    Path("small.yaml").write_text(RUBRIC)
    Path("r.yaml").write_text(BY_HAND + there)
    try:
        dispute(says="met", because=text, who=text)
    except UsageError:
        assert Path("r.yaml").read_text() == BY_HAND + there
        return
    review = scored().result.review
    assert (review.disputes[-1].because, review.disputes[-1].by) == (text.strip(), text.strip())
    assert review.notes == "All in all, fine."
    kept = Path("r.yaml").read_text()
    assert [one for one in BY_HAND.splitlines() if one not in kept.splitlines()] == []
