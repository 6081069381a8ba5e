"""`explain CODE`: what a diagnostic means, from the pages that the documentation has."""

import re
from pathlib import Path

import pytest

import programs
from charter_score.cli.codes import known_codes, with_examples
from charter_score.cli.explain import ExplainOptions, run_explain
from charter_score.errors import ExitCode, UsageError

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"


def test_every_code_of_the_page_is_explained(capsys: pytest.CaptureFixture[str]) -> None:
    """Each code in the tables is shown with what it means and the way out, every word."""
    page = (DOCS / "diagnostics.md").read_text(encoding="utf-8")
    codes = re.findall(r"^\| `([a-z0-9-]+)` +\|", page, re.MULTILINE)
    assert codes == list(known_codes())
    for meaning in known_codes().values():
        assert run_explain(ExplainOptions(subject=meaning.code)) is ExitCode.OK
        shown = " ".join(capsys.readouterr().out.split())
        assert shown.startswith(f"{meaning.code} Means {' '.join(meaning.means.split())}")
        assert f"Mend {' '.join(meaning.way_out.split())}" in shown


def test_a_lint_is_shown_with_its_examples(capsys: pytest.CaptureFixture[str]) -> None:
    """Every page of a lint gives a bad and a good example, and both are shown as they stand."""
    pages = sorted(page.stem for page in (DOCS / "lints").glob("*.md") if page.stem != "README")
    assert set(pages) <= set(known_codes())
    for code in pages:
        meaning = with_examples(known_codes()[code])
        assert meaning.bad
        assert meaning.good
        run_explain(ExplainOptions(subject=code))
        lines = capsys.readouterr().out.splitlines()
        bad, good = lines.index("Bad"), lines.index("Good")
        shown = [line.removeprefix("  ") for line in lines[bad + 1 : good] if line]
        assert shown == [line.rstrip() for line in meaning.bad.splitlines() if line]


def test_a_mistyped_code_is_a_wrong_use() -> None:
    """A word that is no file and no code is 2, with the code that is near."""
    with pytest.raises(UsageError) as refused:
        run_explain(ExplainOptions(subject="too-ligth"))
    assert refused.value.hint == "did you mean `too-light`?"


def test_a_file_comes_before_a_code(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A review that is called like a code is scored."""
    monkeypatch.chdir(tmp_path)
    Path("too-light").write_bytes((ROOT / "examples/plymouth/strong.yaml").read_bytes())
    assert run_explain(ExplainOptions(subject="too-light")) is ExitCode.OK
    assert "Means" not in capsys.readouterr().out


def test_the_wheel_has_the_pages() -> None:
    """What `explain` reads is put into the wheel, beside the rubrics."""
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    assert '"docs/diagnostics.md" = "charter_score/explanations/diagnostics.md"' in project
    assert '"docs/lints" = "charter_score/explanations/lints"' in project


def test_the_program_explains_a_code() -> None:
    """From the command line too."""
    done = programs.run("explain", "too-light")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("too-light\n  Means  ")
