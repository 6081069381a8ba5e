"""The workflow that tests this repository: it covers what is promised, and can do no harm."""

import re
import tomllib
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[1]
TEXT = (ROOT / ".github" / "workflows" / "test.yml").read_text(encoding="utf-8")
WORKFLOW = yaml.safe_load(TEXT)
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def test_the_suite_runs_on_every_system_and_python() -> None:
    """Three systems, every Python from the oldest that is promised to 3.14, all of the suite."""
    suite = WORKFLOW["jobs"]["suite"]
    matrix = suite["strategy"]["matrix"]
    assert [name.partition("-")[0] for name in matrix["os"]] == ["ubuntu", "macos", "windows"]
    assert matrix["python"] == ["3.11", "3.12", "3.13", "3.14"]
    assert PROJECT["requires-python"] == f">={matrix['python'][0]}"
    assert suite["strategy"]["fail-fast"] is False
    assert suite["runs-on"] == "${{ matrix.os }}"
    lines = [step["run"] for step in suite["steps"] if "run" in step]
    assert lines == ["python -m pip install --quiet -e '.[test]'", "python -m pytest -n auto"]


def test_the_suite_is_the_one_of_the_readme() -> None:
    """The same extra is installed, and pytest is given nothing more or less."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    command = re.search(r"^```sh test\n(.*)\n```$", readme, re.M)
    assert command
    assert command[1].endswith(
        "pip install --quiet -e '.[test]' && .venv/bin/python -m pytest -n auto"
    )


def test_types_are_checked_for_every_system() -> None:
    """The lint job runs the type checker as on each of the three."""
    lines = [step.get("run", "") for step in WORKFLOW["jobs"]["lint"]["steps"]]
    for system in ("linux", "win32", "darwin"):
        assert f"mypy --platform {system}" in lines
    assert {"ruff format --check .", "ruff check .", "lint-imports"} <= set(lines)


def test_nothing_of_a_stranger_reaches_a_shell() -> None:
    """The token can read and no more, and no line of a shell holds an expression."""
    assert WORKFLOW["permissions"] == {"contents": "read"}
    assert "pull_request_target" not in TEXT
    for job in WORKFLOW["jobs"].values():
        assert "permissions" not in job
        for step in job["steps"]:
            assert "${{" not in step.get("run", "")
            if step.get("uses", "").startswith("actions/checkout@"):
                assert step["with"] == {"persist-credentials": False}
