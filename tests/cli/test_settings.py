"""Settings: which place wins, what each mistake is answered with, and what a file costs."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from charter_score.__main__ import main
from charter_score.cli.formats import Format
from charter_score.cli.options import checked
from charter_score.cli.score_options import ScoreOptions
from charter_score.cli.settings import find_settings
from charter_score.cli.terminal import Color
from charter_score.errors import UsageError

ROOT = Path(__file__).resolve().parents[2]
REVIEWS = ROOT / "examples" / "plymouth"
EVERY_KEY = """\
output-format = "csv"
rubric = "plymouth-quality-monitoring"
rubrics = ["standards"]
by = ["team", "month"]
where = ["team=Council Tax", "team=Parking"]
since = 2016-05-01
until = "2016-05-31"
jobs = 3
gate = true
fail-under = 62.50
fail-under-mean = 70
max-not-applicable = "33.3%"
include-names = true
include-comments = true
no-comments = true
color = "never"
"""


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Each test stands in a folder with one review (80%) and no settings."""
    review = (REVIEWS / "rests-on-na.yaml").read_text(encoding="utf-8")
    (tmp_path / "a.yaml").write_text(review, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    for name in ("CHARTER_SCORE_OUTPUT_FORMAT", "NO_COLOR", "COLUMNS"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


def own(text: str) -> None:
    Path("charter-score.toml").write_text(text, encoding="utf-8")


def shared(text: str) -> None:
    Path("pyproject.toml").write_text(f"[tool.charter-score]\n{text}", encoding="utf-8")


def settings() -> dict[str, Any]:
    """What a settings file gives to `score`, by field."""
    options = checked(ScoreOptions, {}, find_settings())
    return {name: getattr(options, name) for name in options.from_settings}


def run(monkeypatch: pytest.MonkeyPatch, *words: str) -> int:
    """The program in this process; what it says is for capsys."""
    monkeypatch.setattr(sys, "argv", ["charter-score", *words])
    with pytest.raises(SystemExit) as ended:
        main()
    return int(ended.value.code or 0)


def shape_of(text: str) -> str:
    """Which format a text is in, of those that these tests ask for."""
    if text.startswith('{"schema"'):
        return "json"
    if text.startswith("id,path"):
        return "csv"
    if text.startswith('{"kind"'):
        return "json-lines"
    return "concise" if text.startswith("  Review") else "full"


def test_no_file_is_the_defaults() -> None:
    """Without a file, or with one that does not speak of charter-score, nothing is set."""
    assert settings() == {}
    Path("pyproject.toml").write_text('[project]\nname = "theirs"\nbroken here', encoding="utf-8")
    assert settings() == {}
    Path("pyproject.toml").write_text('[project]\nname = "charter-score"\n', encoding="utf-8")
    assert settings() == {}


@pytest.mark.parametrize("place", [own, shared])
def test_every_key_is_read(place: Callable[[str], None]) -> None:
    """Each key arrives, percentages with every digit that the file has."""
    Path("standards").mkdir()
    place(EVERY_KEY)
    assert settings() == {
        "output_format": Format.CSV,
        "rubric": "plymouth-quality-monitoring",
        "rubrics": ("standards",),
        "by": ("team", "month"),
        "where": (("team", ("Council Tax", "Parking")),),
        "since": "2016-05-01",
        "until": "2016-05-31",
        "jobs": 3,
        "gate": True,
        "fail_under": Fraction("0.625"),
        "fail_under_mean": Fraction("0.7"),
        "max_not_applicable": Fraction("0.333"),
        "include_names": True,
        "include_comments": True,
        "no_comments": True,
        "color": Color.NEVER,
    }


def test_the_nearer_place_wins(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Command line, environment, charter-score.toml, pyproject.toml: taken away one by one."""

    def shape(*more: str) -> str:
        assert run(monkeypatch, "score", "a.yaml", *more) == 0
        return shape_of(capsys.readouterr().out)

    shared('output-format = "csv"')
    own('output-format = "json-lines"')
    monkeypatch.setenv("CHARTER_SCORE_OUTPUT_FORMAT", "json")
    assert shape("-f", "concise") == "concise"
    assert shape() == "json"
    monkeypatch.delenv("CHARTER_SCORE_OUTPUT_FORMAT")
    assert shape() == "json-lines"
    Path("charter-score.toml").unlink()
    assert shape() == "csv"
    Path("pyproject.toml").unlink()
    assert shape() == "full"


def test_one_file_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    """What only pyproject.toml says is not mixed into charter-score.toml, nor are its mistakes."""
    own("jobs = 1")
    shared("gate = true")
    assert settings() == {"jobs": 1}
    shared("nonsense = = charter-score")
    assert settings() == {"jobs": 1}
    own("")
    assert settings() == {}
    monkeypatch.chdir(Path("/"))
    assert settings() == {}


def test_an_ending_beats_a_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    """`-o results.json` is JSON whatever a file asks for; `-o -` has no ending."""
    own('output-format = "csv"')
    assert run(monkeypatch, "score", "a.yaml", "-o", "results.json") == 0
    assert json.loads(Path("results.json").read_text(encoding="utf-8"))["summary"]["scored"] == 1


def test_a_gate_of_a_file_is_a_gate(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """80% fails under 80.01 and passes 80; the command line overrides a file's bound."""
    own("fail-under = 80.01")
    assert run(monkeypatch, "score", "a.yaml") == 1
    assert run(monkeypatch, "score", "a.yaml", "--fail-under", "80") == 0
    own("fail-under = 80.00")
    assert run(monkeypatch, "score", "a.yaml") == 0
    own("max-not-applicable = 30")
    assert run(monkeypatch, "score", "a.yaml") == 1
    capsys.readouterr()


def test_the_environment_silences_a_files_colours(monkeypatch: pytest.MonkeyPatch) -> None:
    """NO_COLOR comes before `color = "always"`."""
    own('color = "always"')
    assert settings()["color"] is Color.ALWAYS
    monkeypatch.setenv("NO_COLOR", "1")
    assert settings()["color"] is Color.AUTO


def test_the_command_line_wins_with_a_default_too(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """What is said on the command line counts, also where it says what nobody had to say."""
    own('color = "always"')
    assert run(monkeypatch, "score", "a.yaml") == 0
    assert "\x1b" in capsys.readouterr().out
    assert run(monkeypatch, "score", "a.yaml", "--color", "auto") == 0
    assert "\x1b" not in capsys.readouterr().out


def test_a_byte_order_mark_is_no_mistake() -> None:
    """Editors of Windows begin a file with one."""
    Path("charter-score.toml").write_text("jobs = 3\n", encoding="utf-8-sig")
    assert settings()["jobs"] == 3


@pytest.mark.parametrize(
    ("words", "before"),
    [
        (("new", "nope"), ""),
        (("rubrics", "nope"), ""),
        (("score", "a.yaml", "--rubric", "nope"), "--rubric: "),
        (("schema", "review", "--rubric", "nope"), "--rubric: "),
        (("fill", "a.yaml", "--rubric", "nope"), "--rubric: "),
    ],
)
def test_an_unknown_rubric_is_called_as_it_was_named(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    words: tuple[str, ...],
    before: str,
) -> None:
    """No message speaks of an option that nobody gave."""
    assert run(monkeypatch, *words) == 2
    told = capsys.readouterr().err.splitlines()[0]
    assert told == f"charter-score: {before}no rubric of this id is known"


def test_check_rubrics_and_explain_know_the_folders(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A review that can be scored by way of the settings can be checked and explained by them."""
    Path("standards").mkdir()
    rubric = (ROOT / "rubrics" / "plymouth-quality-monitoring.yaml").read_text(encoding="utf-8")
    ours = rubric.replace("id: plymouth-quality-monitoring", "id: our-own", 1)
    Path("standards/our-own.yaml").write_text(ours, encoding="utf-8")
    review = Path("a.yaml").read_text(encoding="utf-8")
    named = "rubric: plymouth-quality-monitoring@2016\n"
    assert named in review
    Path("a.yaml").write_text(review.replace(named, ""), encoding="utf-8")
    commands = (("score", "a.yaml"), ("check", "a.yaml"), ("explain", "a.yaml"))
    for words in commands:
        assert run(monkeypatch, *words) in (1, 3)
    assert run(monkeypatch, "rubrics", "our-own") == 2
    own('rubrics = ["standards"]\nrubric = "our-own"')
    more = (("rubrics", "our-own"), ("new", "our-own"), ("schema", "review", "--rubric", "our-own"))
    for words in (*commands, *more):
        assert run(monkeypatch, *words) == 0, words
    capsys.readouterr()


WRONG = {
    "unknown key": (
        "ouput-format = 'csv'",
        "there is no setting `ouput-format`",
        "`output-format`",
    ),
    "nothing near": ("zzz = 1", "there is no setting `zzz`", "fail-under-mean"),
    "format": (
        'output-format = "jsn"',
        "`output-format` takes full, concise, ",
        "did you mean `json`?",
    ),
    "format's type": ("output-format = 1.5", "`output-format` takes full, concise, ", None),
    "text": ("rubric = 7", "`rubric` takes a text", "in quotes"),
    "decimal for text": ("rubric = 7.5", "`rubric` takes a text", "in quotes"),
    "list": ('by = "team"', "`by` takes a list of texts", '["…", "…"]'),
    "list of numbers": ("by = [1]", "`by` takes a text", "in quotes"),
    "no such folder": ('rubrics = ["nowhere"]', "a folder that is not there", "relative"),
    "flag": ('gate = "yes"', "`gate` takes true or false", None),
    "number": ("jobs = true", "`jobs` takes a whole number", "0 is"),
    "below zero": ("jobs = -1", "`jobs` takes a whole number", "0 is"),
    "percentage": ("fail-under = 101", "takes a percentage from 0 to 100", "70"),
    "flag for percentage": ("fail-under = true", "takes a percentage from 0 to 100", "70"),
    "infinity": ("fail-under-mean = inf", "takes a percentage from 0 to 100", "70"),
    "exponent": ("fail-under = 7e1", "takes a percentage from 0 to 100", "70"),
    "color": ('color = "red"', "`color` takes auto, always or never", None),
}


@pytest.mark.parametrize("place", [own, shared])
@pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG)
def test_a_wrong_setting_is_a_usage_error(
    wrong: tuple[str, str, str | None], place: Callable[[str], None]
) -> None:
    """Each mistake names the file, the setting and the way out."""
    text, message, hint = wrong
    place(text)
    with pytest.raises(UsageError) as told:
        settings()
    name = "charter-score.toml" if place is own else "pyproject.toml"
    assert str(told.value).startswith(f"{name}: ")
    assert message in str(told.value)
    assert (told.value.hint is None) if hint is None else (hint in (told.value.hint or ""))


BROKEN = {
    "no value": (b"gate = true\njobs =\n", ":2:7: this is not valid TOML: invalid value"),
    "twice": (b"jobs = 1\njobs = 2", ":2: this is not valid TOML: cannot overwrite a value"),
    "cut off": (b"by = [\n'a',\n", ":2: this is not valid TOML: invalid value"),
    "quoted value": (b"a = {x = 1, x = 'secret'}", ": this is not valid TOML"),
    "no UTF-8": (b"jobs = 1\nrubric = 'caf\xe9'", ":2: this is not UTF-8"),
    "too deep": (b"by = " + b"[" * 100_000, "nested too deeply"),
    "too long a number": (b"jobs = " + b"9" * 5000, ": this is not valid TOML"),
}


@pytest.mark.parametrize("broken", BROKEN.values(), ids=BROKEN)
def test_broken_toml_is_a_usage_error(broken: tuple[bytes, str]) -> None:
    """Broken TOML is answered with its line where there is one, and quotes nothing of the file."""
    data, message = broken
    Path("charter-score.toml").write_bytes(data)
    with pytest.raises(UsageError) as told:
        settings()
    said = str(told.value)
    assert said.startswith("charter-score.toml")
    assert message in said
    assert "secret" not in said


def test_what_is_no_file_is_a_usage_error(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A folder, or a link to nowhere, in the place of the file is told and nothing is scored."""
    Path("charter-score.toml").mkdir()
    assert run(monkeypatch, "score", "a.yaml") == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err == "charter-score: charter-score.toml: this is a folder, not a file\n"
    Path("charter-score.toml").rmdir()
    Path("charter-score.toml").symlink_to("nowhere")
    assert run(monkeypatch, "score", "a.yaml") == 2
    Path("charter-score.toml").unlink()
    shared("tool = 1")
    Path("pyproject.toml").write_text('tool = "charter-score"', encoding="utf-8")
    with pytest.raises(UsageError, match="`tool` must be a table"):
        settings()


@pytest.mark.parametrize(
    ("text", "loaded"), [(None, False), ("[project]", False), ("[tool.charter-score]", True)]
)
def test_tomllib_is_loaded_only_where_it_is_needed(text: str | None, *, loaded: bool) -> None:
    """Without settings, scoring a review does not pay for reading them."""
    if text is not None:
        Path("pyproject.toml").write_text(text, encoding="utf-8")
    program = (
        "import sys; from charter_score.cli.settings import find_settings; find_settings(); "
        "print('tomllib' in sys.modules)"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True
    )
    assert ran.stdout.strip() == str(loaded)


# Folders above.


def below(monkeypatch: pytest.MonkeyPatch, *, root: str | None) -> None:
    """Go to a folder two below; `root` is what makes the upper one the place to stop at."""
    Path("team/reviews").mkdir(parents=True)
    if root == ".git":
        Path(".git").mkdir()
    monkeypatch.setenv("HOME", str(Path.cwd()) if root == "home" else "/nowhere")
    monkeypatch.setenv("USERPROFILE", str(Path.cwd()) if root == "home" else "/nowhere")
    monkeypatch.chdir("team/reviews")


@pytest.mark.parametrize("root", [".git", "home"])
@pytest.mark.parametrize("place", [own, shared])
def test_settings_are_found_from_a_subfolder(
    place: Callable[[str], None], root: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Up to the repository's root or the home folder; paths in the file are relative to it."""
    Path("standards").mkdir()
    place('rubric = "standards/own.yaml"\nrubrics = ["standards"]\n')
    name = next(one.name for one in Path().glob("*.toml"))
    below(monkeypatch, root=root)
    upper = os.path.join("..", "..")
    found = find_settings()
    assert found is not None
    assert found.path == os.path.join(upper, name)
    assert settings() == {
        "rubric": os.path.join(upper, "standards/own.yaml"),
        "rubrics": (os.path.join(upper, "standards"),),
    }


def test_the_nearest_folder_with_settings_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files of two folders are not mixed, and a pyproject.toml of others is passed by."""
    own('rubric = "plymouth-quality-monitoring"')
    below(monkeypatch, root=".git")
    Path("pyproject.toml").write_text('[project]\nname = "charter-score"\n', encoding="utf-8")
    assert settings() == {"rubric": "plymouth-quality-monitoring"}
    Path("../charter-score.toml").write_text("jobs = 1", encoding="utf-8")
    assert settings() == {"jobs": 1}


def test_nothing_is_looked_for_above_the_root(monkeypatch: pytest.MonkeyPatch) -> None:
    """Above a repository, or where no root is known, a file is somebody else's."""
    own("jobs = 1")
    below(monkeypatch, root=None)
    assert find_settings() is None
    Path("../.git").write_text("gitdir: elsewhere", encoding="utf-8")
    assert find_settings() is None


def test_the_file_is_named_with_verbose(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whoever wonders which settings act is told; its rubric scores from below too."""
    own('rubric = "plymouth-quality-monitoring"')
    text = Path("a.yaml").read_text(encoding="utf-8")
    below(monkeypatch, root=".git")
    Path("b.yaml").write_text(text, encoding="utf-8")
    for command in ("score", "check"):
        assert run(monkeypatch, command, "b.yaml", "--verbose") == 0
        assert "settings: ../../charter-score.toml\n" in capsys.readouterr().err
        assert run(monkeypatch, command, "b.yaml") == 0
        assert "charter-score.toml" not in capsys.readouterr().err


def test_a_wrong_setting_above_is_named_by_its_path(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The message leads to the file from here."""
    own('rubrics = ["not-there"]')
    below(monkeypatch, root=".git")
    assert run(monkeypatch, "score", "../../a.yaml") == 2
    told = capsys.readouterr().err
    assert "../../charter-score.toml: `rubrics` names a folder that is not there" in told


@pytest.mark.parametrize("part", ["a", '"a"', "'a'", "a "])
@pytest.mark.parametrize("around", ["{} = 1", "[{}]", "[[{}]]", "x = {{{} = 1}}"])
def test_a_key_of_very_many_parts(part: str, around: str) -> None:
    """It would take tomllib the square of their number, so it is refused before."""
    own(around.format(".".join([part] * 100_000)))
    with pytest.raises(UsageError, match="its values are nested too deeply"):
        find_settings()
