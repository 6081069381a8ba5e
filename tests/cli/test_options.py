"""Options are declared once: the help, the settings and the model cannot differ."""

from pathlib import Path
from typing import Any

import pytest

from charter_score.__main__ import _run
from charter_score.cli.app import Commands, app
from charter_score.cli.options import FileValues, Options, checked, name_of, setting_of, shown_as
from charter_score.cli.rubrics import DIFF, SHOW
from charter_score.cli.score_options import ScoreOptions
from charter_score.errors import ExitCode, UsageError


def command(name: str) -> Any:
    """A command of the program as typer made it."""
    return app().get_command(None, name)


@pytest.mark.parametrize("name", [name for names in Commands.headings.values() for name in names])
def test_every_command_is_under_a_heading_and_loads(name: str) -> None:
    """What the help lists is there."""
    assert command(name).name == name


def test_the_parameters_are_the_fields_of_the_model() -> None:
    """Each field of `score`'s options is one parameter, in order, by its name."""
    fields = [name for name in ScoreOptions.model_fields if shown_as(ScoreOptions, name)]
    parameters = {parameter.name: parameter for parameter in command("score").params}
    assert list(parameters)[: len(fields)] == fields
    for field in fields[1:]:
        assert name_of(ScoreOptions, field) in parameters[field].opts


def test_a_setting_is_called_as_its_option() -> None:
    """Each key of a settings file is the name of an option, without its dashes."""
    for field in ScoreOptions.model_fields:
        setting = setting_of(ScoreOptions, field)
        if setting is not None:
            assert name_of(ScoreOptions, field) == f"--{setting.key}"


@pytest.mark.parametrize("kind", [SHOW.options, DIFF.options])
def test_every_option_says_how_it_is_shown(kind: type[Options]) -> None:
    """No field but those of where the values come from is left without a parameter."""
    hidden = [name for name in kind.model_fields if shown_as(kind, name) is None]
    assert hidden == list(Options.model_fields)


@pytest.mark.parametrize(
    ("field", "word", "value"), [("jobs", "x", "x"), ("fail_under", "101", 101)]
)
def test_one_mistake_has_one_wording(field: str, word: str, value: object) -> None:
    """The command line and a settings file refuse a value in the same words."""
    key = field.replace("_", "-")
    with pytest.raises(UsageError) as typed:
        checked(ScoreOptions, {field: word})
    with pytest.raises(UsageError) as written:
        checked(ScoreOptions, {}, FileValues("charter-score.toml", {key: value}))
    reason = str(typed.value).removeprefix(f"--{key} ")
    assert str(written.value) == f"charter-score.toml: `{key}` {reason}"
    assert written.value.hint == typed.value.hint


def test_the_command_line_wins_over_the_file() -> None:
    """A value of the file counts where the command line says nothing, and is known as its own."""
    file = FileValues("charter-score.toml", {"jobs": 3, "by": ["team"]})
    options = checked(ScoreOptions, {"jobs": "2"}, file)
    assert (options.jobs, options.by, options.from_settings) == (2, ("team",), {"by"})
    assert (options.typed("jobs"), options.typed("by")) == (2, ())


# The group `rubrics`.


def test_rubrics_is_a_group(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """It lists, shows one by its id, and compares; `show` may be said or left out."""
    monkeypatch.chdir(tmp_path)
    plymouth, auckland = "plymouth-quality-monitoring", "auckland-our-charter"
    outputs = []
    for words in (["rubrics", plymouth], ["rubrics", "show", plymouth]):
        assert _run(words, "charter-score") is ExitCode.OK
        outputs.append(capsys.readouterr().out)
    assert outputs[0] == outputs[1] != ""
    assert _run(["rubrics"], "charter-score") is ExitCode.OK
    assert f"{plymouth}@2016" in capsys.readouterr().out
    assert _run(["rubrics", "diff", plymouth, auckland], "charter-score") is ExitCode.OK
    assert capsys.readouterr().out.startswith(f"Old: {plymouth}@2016\n")
    with pytest.raises(UsageError, match="no rubric of this id is known"):
        _run(["rubrics", "nope"], "charter-score")


def test_the_help_is_in_groups(capsys: pytest.CaptureFixture[str]) -> None:
    """What everybody uses stands first, in the order of a day's work."""
    _run(["--help"], "charter-score")
    help_lines = capsys.readouterr().out.splitlines()
    first = help_lines.index("Commands:")
    names = [line.split()[0] for line in help_lines[first + 1 : first + 7]]
    assert names == ["score", "check", "new", "fill", "rubrics", "explain"]
    assert help_lines.index("Fairness:") > first + 6
