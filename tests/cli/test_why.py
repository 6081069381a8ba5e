"""The command at the end of `full`, which explains the score: it works as it is printed."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

import programs

ROOT = Path(__file__).resolve().parents[2]
REVIEW = (ROOT / "examples/plymouth/strong.yaml").read_text(encoding="utf-8")
NAMELESS = REVIEW.replace("rubric: plymouth-quality-monitoring@2016\n", "")
RUBRIC = ROOT / "rubrics/plymouth-quality-monitoring.yaml"


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder to work in, with another beside it, where `charter-score` runs this source."""
    commands = tmp_path / "commands"
    programs.install(commands)
    monkeypatch.setenv("PATH", f"{commands}{os.pathsep}{os.environ['PATH']}")
    here = tmp_path / "here"
    here.mkdir()
    (tmp_path / "there").mkdir()
    monkeypatch.chdir(here)
    return tmp_path


def shell(command: str, text: str = "", columns: int = 80) -> subprocess.CompletedProcess[str]:
    """What a person sees who types this."""
    return subprocess.run(
        ["/bin/sh", "-c", command],
        input=text,
        env={**os.environ, "COLUMNS": str(columns)},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def why(seen: str) -> str:
    """The command that a view ends with."""
    return seen.rpartition("95%?")[2].strip()


@pytest.mark.parametrize("columns", [40, 80])
@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("a.yaml", "a.yaml"),
        ("a.yaml", "./a.yaml"),
        ("a.yaml", "."),
        ("a.yaml", "'*.yaml'"),
        ("deep/er/a.yaml", "deep"),
        ("two  spaces/it's $HOME.yaml", '"two  spaces/it\'s \\$HOME.yaml"'),
        ("-a.yaml", "./-a.yaml"),
        ("~a.yaml", "./~a.yaml"),
        ("../there/a.yaml", "../there/a.yaml"),
        ("../there/a b.yaml", '"../there/a b.yaml"'),
    ],
)
def test_the_command_that_is_printed_explains_the_score(
    desk: Path, name: str, words: str, columns: int
) -> None:
    """However a review was named and wherever it lies, what `full` prints can be typed."""
    path = desk / "here" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(REVIEW, encoding="utf-8")
    command = why(shell(f"charter-score score {words}", columns=columns).stdout)
    assert command.startswith("charter-score explain")
    explained = shell(command)
    assert explained.returncode == 0, explained.stderr
    assert "19 of 20" in explained.stdout


@pytest.mark.parametrize("options", ["--rubric r.yaml", "--rubric '../there/r r.yaml'"])
def test_the_rubric_that_was_named_is_named_again(desk: Path, options: str) -> None:
    """A review that names no rubric is explained by the one that scored it."""
    (desk / "here/a.yaml").write_text(NAMELESS, encoding="utf-8")
    for place in ("here/r.yaml", "there/r r.yaml"):
        shutil.copy(RUBRIC, desk / place)
    seen = shell(f"charter-score score a.yaml {options}").stdout
    assert why(seen).endswith(options)
    assert shell(why(seen)).returncode == 0


def test_the_folders_of_rubrics_are_named_again(desk: Path) -> None:
    """A review of a rubric that lies elsewhere is explained with that folder."""
    own = RUBRIC.read_text(encoding="utf-8").replace("id: plymouth", "id: our-plymouth", 1)
    (desk / "there/r.yaml").write_text(own, encoding="utf-8")
    review = REVIEW.replace("rubric: plymouth", "rubric: our-plymouth")
    (desk / "here/a.yaml").write_text(review, encoding="utf-8")
    seen = shell("charter-score score a.yaml --rubrics ../there --rubrics .").stdout
    assert why(seen).endswith("--rubrics ../there --rubrics .")
    assert shell(why(seen)).returncode == 0


def test_a_command_that_could_not_work_is_not_printed(desk: Path) -> None:
    """Standard input is gone, and of a folder elsewhere only a file's name would be shown."""
    (desk / "there/a.yaml").write_text(REVIEW, encoding="utf-8")
    for words in ("-", "/dev/stdin < ../there/a.yaml", "../there", "'../there/*.yaml'"):
        seen = shell(f"charter-score score {words}", text=REVIEW)
        assert seen.returncode == 0, seen.stderr
        assert "charter-score" not in seen.stdout
        assert seen.stdout.rstrip().endswith("plymouth-quality-monitoring@2016")


def test_of_two_reviews_each_is_explained(desk: Path) -> None:
    """Two files that were named, here and elsewhere, have each a command of its own."""
    (desk / "here/a.yaml").write_text(REVIEW, encoding="utf-8")
    (desk / "there/b.yaml").write_text(REVIEW, encoding="utf-8")
    seen = shell("charter-score score -f full a.yaml ../there/b.yaml").stdout
    assert "charter-score explain a.yaml\n" in seen
    assert "charter-score explain ../there/b.yaml\n" in seen


def test_two_reviews_of_one_name_are_not_taken_for_each_other(desk: Path) -> None:
    """Where the path that is shown could be either of two files, no command is printed."""
    (desk / "here/a.yaml").write_text(REVIEW, encoding="utf-8")
    (desk / "there/a.yaml").write_text(REVIEW, encoding="utf-8")
    seen = shell("charter-score score -f full a.yaml ../there/a.yaml").stdout
    assert seen.count("19 of 20") == 2
    assert "charter-score" not in seen
