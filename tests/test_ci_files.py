"""What CI systems read: the action, the hooks and the snippets of docs/ci.md, run as they stand.

Commands run under `bash -euo pipefail` in a temporary folder, where `score`, `charter-score` and
`python` are this interpreter with this source, and every `pip` does nothing but write down that it
was called: nothing here needs a network.
"""

import json
import os
import re
import shutil
import subprocess
import tomllib
from fractions import Fraction
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
import yaml

import programs
from charter_score.cli.options import checked, setting_of
from charter_score.cli.score_options import ScoreOptions
from charter_score.cli.settings import find_settings
from charter_score.render.results.findings import Loss

ROOT = Path(__file__).parents[1]
ACTION = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
HOOKS = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
PAGE = (ROOT / "docs" / "ci.md").read_text(encoding="utf-8")
BLOCKS = {
    found[1]: found[2] for found in re.finditer(r"^```\w+ ([\w-]+)\n(.*?)^```$", PAGE, re.M | re.S)
}
EXPRESSION = "${{"


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with two good reviews in `reviews`, as the current folder."""
    commands = tmp_path / "bin"
    programs.install(commands)
    _script(commands / "pip", f"printf '%s\\n' \"$*\" >> '{tmp_path}/pip.log'")
    # The one use of python in these files is `python -I -m pip …`.
    _script(commands / "python", '[ "$1 $2 $3" = "-I -m pip" ] && shift 3 && exec pip "$@"')
    repository = tmp_path / "repository"
    (repository / "reviews").mkdir(parents=True)
    for name in ("strong.yaml", "rests-on-na.yaml"):
        shutil.copy(ROOT / "examples" / "plymouth" / name, repository / "reviews")
    shutil.copytree(ROOT / "rubrics", repository / "rubrics")
    monkeypatch.chdir(repository)
    monkeypatch.setenv("PATH", f"{commands}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("CHARTER_SCORE", "a clone/of it.whl")
    for name in ("CHARTER_SCORE_OUTPUT_FORMAT", "GITHUB_STEP_SUMMARY", "NO_COLOR"):
        monkeypatch.delenv(name, raising=False)
    return repository


def _script(path: Path, line: str) -> None:
    path.write_text(f"#!/bin/sh\n{line}\n", encoding="utf-8")
    path.chmod(0o755)


def add_a_low_review() -> None:
    shutil.copy(ROOT / "examples" / "plymouth" / "needs.yaml", "reviews/low.yaml")


def bash(line: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    """A shell line as CI runs it."""
    return subprocess.run(
        ["bash", "-euo", "pipefail", "-c", line],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def run_action(**given: str) -> "subprocess.CompletedProcess[str]":
    """Every shell step of the action, with its inputs put in where GitHub would."""
    values = {f"inputs.{name}": one["default"] for name, one in ACTION["inputs"].items()}
    values |= {f"inputs.{name.replace('_', '-')}": value for name, value in given.items()}
    values["github.action_path"] = "/home/runner/a path"
    ran = None
    for step in ACTION["runs"]["steps"]:
        if "run" not in step:
            continue
        environment = {name: filled(text, values) for name, text in step["env"].items()}
        ran = bash(step["run"], **environment)
        if ran.returncode:
            break
    assert ran is not None
    return ran


def filled(text: str, values: dict[str, str]) -> str:
    """A text with its one expression replaced by its value."""
    found = re.fullmatch(r"\$\{\{ ([\w.-]+) \}\}", text)
    assert found, text
    return values[found[1]]


def texts_in(value: Any) -> list[str]:
    """Every text in a document."""
    if isinstance(value, dict):
        return [text for one in value.values() for text in texts_in(one)]
    if isinstance(value, list):
        return [text for one in value for text in texts_in(one)]
    return [value] if isinstance(value, str) else []


def test_inputs_are_declared_and_used() -> None:
    """The action uses the inputs that it declares, all of them, and has a default for each."""
    used = re.findall(r"inputs\.([\w-]+)", "\n".join(texts_in(ACTION["runs"])))
    assert set(used) == set(ACTION["inputs"])
    for one in ACTION["inputs"].values():
        assert one["description"]
        assert isinstance(one["default"], str)


def test_no_expression_reaches_a_shell() -> None:
    """`run` holds no expression and no variable outside quotes; only setup-python is used."""
    for step in ACTION["runs"]["steps"]:
        if "uses" in step:
            assert step["uses"].startswith("actions/setup-python@")
            continue
        assert step["shell"] == "bash"
        assert EXPRESSION not in step["run"]
        assert all(text.startswith(EXPRESSION) for text in step["env"].values())
        for name in step["env"]:
            bare = re.findall(rf'(?<!")\$\{{?{name}', step["run"])
            assert not bare, f"{name} stands outside quotes"
    for name in ("github", "gitlab"):
        assert EXPRESSION not in BLOCKS[name]


def test_the_action_scores_and_gates(desk: Path) -> None:
    """The action passes good reviews, annotates and fails with 1 where one is low."""
    good = run_action()
    assert good.returncode == 0, good.stderr
    assert "--gate passes" in good.stderr
    assert good.stdout.endswith("charter-score: 2 reviews, 2 scored, 0 could not be scored\n")
    installed = (desk.parent / "pip.log").read_text(encoding="utf-8")
    assert installed == "install --quiet --disable-pip-version-check /home/runner/a path[excel]\n"
    add_a_low_review()
    low = run_action()
    assert low.returncode == 1
    assert low.stdout.startswith(
        "::error file=reviews/low.yaml,line=1,col=1,title=--gate fails::"
        "60%25, expected 70%25 or above\n"
    )
    assert "::warning file=reviews/low.yaml,line=" in low.stdout
    assert "Exit 1: --gate fails" in low.stderr


def test_the_action_gives_its_outputs(desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each output that the action declares comes from its step, also where that fails."""
    (step,) = (step for step in ACTION["runs"]["steps"] if "id" in step)
    declared = {name: one["value"] for name, one in ACTION["outputs"].items()}
    assert declared == {
        name: f"{EXPRESSION} steps.{step['id']}.outputs.{name} }}}}" for name in declared
    }
    assert all(one["description"] for one in ACTION["outputs"].values())

    def outputs() -> dict[str, str]:
        file = desk.parent / "outputs"
        file.write_text("", encoding="utf-8")
        monkeypatch.setenv("GITHUB_OUTPUT", str(file))
        run_action()
        lines = file.read_text(encoding="utf-8").splitlines()
        return dict(line.split("=", 1) for line in lines)

    assert outputs() == {"scored": "2", "failed": "0", "mean": "87.5", "verdict": "passed"}
    add_a_low_review()
    assert outputs() == {"scored": "3", "failed": "0", "mean": "78.33", "verdict": "failed"}
    (desk / "reviews" / "broken.yaml").write_text("ratings: [", encoding="utf-8")
    assert outputs()["verdict"] == "not-scored"
    assert set(outputs()) == set(declared)


def test_the_job_summary_is_the_one_shown(desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The page shows how a job summary begins; what it leaves out stands at a `…`."""
    add_a_low_review()
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(desk.parent / "summary.md"))
    assert run_action().returncode == 1
    summary = (desk.parent / "summary.md").read_text(encoding="utf-8")
    place = 0
    for part in re.split("^…\n", BLOCKS["job-summary"], flags=re.M):
        assert part in summary[place:]
        place = summary.index(part, place) + len(part)


def test_the_action_takes_paths_by_line_and_options_by_word(desk: Path) -> None:
    """A path may hold spaces, `*` stands for itself unless it is a glob, options are words."""
    (desk / "more reviews").mkdir()
    shutil.copy("reviews/strong.yaml", "more reviews/one more.yaml")
    ran = run_action(paths="more reviews\nreviews/r*.yaml\n", args="--quiet\n  --fail-under 99")
    assert ran.returncode == 1
    assert "charter-score: 2 reviews, 2 scored, 0 could not be scored\n" in ran.stdout
    assert "--fail-under fails" in ran.stderr
    assert "more reviews/one more.yaml" in ran.stdout + ran.stderr


def test_inputs_are_data(desk: Path) -> None:
    """What a caller gives is never run: it is a path that is not there, or a wrong option."""
    hostile = (
        "$(touch pwned)\n`touch pwned`\n\"; touch pwned; \"\n'; touch pwned; '\n--output\npwned"
    )
    assert run_action(paths=hostile).returncode == 3
    assert run_action(args=hostile.removesuffix("\n--output\npwned")).returncode in (2, 3)
    assert run_action(paths="").returncode == 2
    assert not (desk / "pwned").exists()


def test_the_workflow_gives_what_the_action_takes(desk: Path) -> None:
    """The GitHub snippet uses declared inputs, with which the action runs."""
    workflow = yaml.safe_load(BLOCKS["github"])
    assert workflow["permissions"] == {"contents": "read"}
    steps = workflow["jobs"]["score"]["steps"]
    ours = [step for step in steps if step["uses"].endswith("/charter-score@COMMIT")]
    assert len(ours) == 1
    assert set(ours[0]["with"]) <= set(ACTION["inputs"])
    ran = run_action(**{name.replace("-", "_"): text for name, text in ours[0]["with"].items()})
    assert ran.returncode == 0, ran.stderr
    assert "--max-not-applicable passes" in ran.stderr
    assert desk.is_dir()


def test_gitlab_gets_both_reports(desk: Path) -> None:
    """The GitLab job writes each artifact that it names, and fails where a review is low."""
    job = yaml.safe_load(BLOCKS["gitlab"])["reviews"]
    reports = job["artifacts"]["reports"]
    good = bash("\n".join(job["script"]))
    assert good.returncode == 0, good.stderr
    add_a_low_review()
    low = bash("\n".join(job["script"]))
    assert low.returncode == 1
    assert ET.parse(reports["junit"]).getroot().tag == "testsuites"  # noqa: S314 - our own output
    issues = json.loads((desk / reports["codequality"]).read_text(encoding="utf-8"))
    assert {"description", "check_name", "fingerprint", "severity", "location"} == set(issues[0])
    # A broken review is told by the code of the line that decides, and in both reports.
    (desk / "reviews" / "broken.yaml").write_text("ratings: [", encoding="utf-8")
    assert bash("\n".join(job["script"])).returncode == 3
    assert "broken.yaml" in (desk / reports["codequality"]).read_text(encoding="utf-8")
    assert "broken.yaml" in (desk / reports["junit"]).read_text(encoding="utf-8")


def test_jenkins_gets_its_report(desk: Path) -> None:
    """Each `sh` step of the Jenkins pipeline runs, and writes the file that `junit` reads."""
    steps = re.findall(r"\bsh '(.*)'$", BLOCKS["jenkins"], re.M)
    assert len(steps) == 2
    for line in steps:
        ran = bash(line)
        assert ran.returncode == 0, ran.stderr
    report = re.findall(r"\bjunit '(.*)'", BLOCKS["jenkins"])
    assert ET.parse(desk / report[0]).getroot().tag == "testsuites"  # noqa: S314 - our own output
    log = (desk.parent / "pip.log").read_text(encoding="utf-8")
    assert log == "install --quiet a clone/of it.whl\n"


def matching(hook: dict[str, Any]) -> list[str]:
    """The files of the repository that pre-commit would give to a hook."""
    found = sorted(str(path) for path in Path().rglob("*") if path.is_file())
    return [path for path in found if re.search(hook["files"], path)]


def run_hook(hook: dict[str, Any], paths: list[str]) -> "subprocess.CompletedProcess[str]":
    """A hook as pre-commit runs it on the files of a commit."""
    words = [*hook["entry"].split(), *hook.get("args", []), *paths]
    return subprocess.run(words, capture_output=True, text=True, timeout=60, check=False)


def test_hooks_take_forms(desk: Path) -> None:
    """A review that was filled in as a workbook is checked and judged, with what reads it."""
    source = ROOT / "examples" / "quiz" / "strong.yaml"
    command = ["charter-score", "new", "--from", str(source), "-o", "reviews/form.xlsx"]
    subprocess.run(command, check=True, timeout=60)
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    excel = {re.split("[<>=~ ]", one)[0] for one in project["optional-dependencies"]["excel"]}
    assert desk.is_dir()
    for hook in HOOKS:
        for ending in ("xlsx", "xlsm", "xlsb", "xls", "ods"):
            assert re.search(hook["files"], f"team/reviews/form.{ending}")
        assert "reviews/form.xlsx" in matching(hook)
        assert set(hook["additional_dependencies"]) <= excel
        ran = run_hook(hook, ["reviews/form.xlsx"])
        assert ran.returncode == 0, ran.stderr


def test_hooks_leave_out_what_the_program_wrote(desk: Path) -> None:
    """Results and schemas beside reviews fail no commit, not even one of nothing else."""
    made = ["reviews/results.json", "reviews/gl.json", "reviews/none.json"]
    commands = [
        "charter-score new plymouth-quality-monitoring -o reviews/blank.yaml",
        "charter-score score reviews -o reviews/results.json",
        "charter-score score reviews/strong.yaml -f gitlab -o reviews/none.json",
        "charter-score score reviews -f gitlab -o reviews/gl.json",
    ]
    for command in commands:
        bash(command)
    schema = next(str(path) for path in Path("reviews").glob(".*.schema.json"))
    assert desk.is_dir()
    for hook in HOOKS:
        assert {schema, *made} < set(matching(hook))
        for paths in ([schema], ["reviews/results.json"], [schema, *made, "reviews/strong.yaml"]):
            ran = run_hook(hook, paths)
            assert ran.returncode == 0, (hook["id"], paths, ran.stderr)


@pytest.mark.parametrize("place", ["settings", "command"])
def test_a_hook_refuses_a_gate_on_all_reviews(desk: Path, place: str) -> None:
    """A hook is given the files of one commit, whose mean says nothing: refused, with a way out."""
    gate = {hook["id"]: hook for hook in HOOKS}["charter-score-gate"]
    paths = ["reviews/strong.yaml"]
    if place == "settings":
        (desk / "charter-score.toml").write_text("fail-under-mean = 80\n", encoding="utf-8")
        hint = (
            "take `fail-under-mean` out of charter-score.toml, and give --fail-under-mean to the "
            "run that scores the whole folder"
        )
    else:
        gate = {**gate, "args": ["--fail-under-mean", "80"]}
        hint = "give it to the run that scores the whole folder"
    ran = run_hook(gate, paths)
    assert (ran.returncode, ran.stdout) == (2, "")
    assert ran.stderr == (
        "charter-score: --fail-under-mean cannot be judged in a hook: a hook is given the files of "
        f"one commit, and this gate is about all reviews together\n    hint: {hint}\n"
    )
    compared = run_hook({**gate, "args": ["--baseline", "results.json"]}, paths)
    assert compared.returncode == 2


def test_hooks_run_on_the_files_they_ask_for(desk: Path) -> None:
    """Each hook passes on good documents and fails on a low or a broken review."""
    assert desk.is_dir()
    hooks = {hook["id"]: hook for hook in HOOKS}
    wanted = [one["id"] for one in yaml.safe_load(BLOCKS["pre-commit"])["repos"][0]["hooks"]]
    assert set(wanted) == set(hooks)
    check, gate = hooks["charter-score-check"], hooks["charter-score-gate"]
    assert {"reviews/strong.yaml", "rubrics/wrexham-customer-contract.yaml"} < set(matching(check))
    assert matching(gate) == ["reviews/rests-on-na.yaml", "reviews/strong.yaml"]

    def code(hook: dict[str, Any]) -> int:
        assert hook["language"] == "python"
        return run_hook(hook, matching(hook)).returncode

    assert (code(check), code(gate)) == (0, 0)
    add_a_low_review()
    assert (code(check), code(gate)) == (0, 1)
    Path("reviews/broken.yaml").write_text("ratings: [", encoding="utf-8")
    assert (code(check), code(gate)) == (1, 3)


def test_the_settings_shown_are_settings(desk: Path) -> None:
    """The settings of the page are read, and every other key that it lists is one."""
    (desk / "charter-score.toml").write_text(BLOCKS["settings"], encoding="utf-8")
    assert checked(ScoreOptions, {}, find_settings()).max_not_applicable == Fraction("0.725")
    listed = set(
        re.findall(r"`([a-z-]+)`", PAGE.partition("Other keys are")[2].partition("\n## ")[0])
    )
    shown = set(tomllib.loads(BLOCKS["settings"]))
    marks = [setting_of(ScoreOptions, field) for field in ScoreOptions.model_fields]
    assert listed | shown == {mark.key for mark in marks if mark is not None}


def test_the_kinds_of_findings_are_those_listed() -> None:
    """The page lists what findings are called in GitLab and in JUnit, and how grave each is."""
    rows = re.findall(r"^\| `charter-score/(.+?)` \| (?:`(.+?)`)? +\| `(\w+)`", PAGE, re.M)
    told = {name: (kind, severity) for name, kind, severity in rows}
    losses = {loss.value: (loss.value, "minor") for loss in Loss}
    assert told == {
        **losses,
        "critical": ("critical", "critical"),
        "gate": ("", "blocker"),
        "CODE": ("CODE", "blocker"),
    }


def test_reports_call_findings_as_the_page_does(desk: Path) -> None:
    """Types and check names of a run with a gate are among those of the page."""
    add_a_low_review()
    (desk / "reviews" / "broken.yaml").write_text("ratings: [", encoding="utf-8")
    programs.run("score", "reviews", "-f", "gitlab", "-o", "gl.json", "--gate", cwd=desk)
    programs.run("score", "reviews", "-o", "junit.xml", "--gate", cwd=desk)
    issues = json.loads((desk / "gl.json").read_text(encoding="utf-8"))
    found = {(one["check_name"], one["severity"]) for one in issues}
    assert found == {
        ("charter-score/not-met", "minor"),
        ("charter-score/gate", "blocker"),
        ("charter-score/yaml-syntax", "blocker"),
    }
    root = ET.parse(desk / "junit.xml").getroot()  # noqa: S314 - our own file
    assert {one.get("type") for one in root.iter("failure")} == {"not-met"}
    assert {one.get("type") for one in root.iter("error")} == {"yaml-syntax"}
