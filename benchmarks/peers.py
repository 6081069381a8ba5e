r"""The same 200 reviews scored by charter-score and by its peers: whole processes, equal scores.

    python benchmarks/peers.py [--rounds N] [--rubric-python PATH] [--autorubric-python PATH]
        [--rubric-kit-python PATH] [--promptfoo PATH]

Each peer is installed in a place of its own, here under a folder PEERS, and named by its path. One
that is not named is left out, and the output says so. promptfoo needs Node.js 22.22 or later.

    python -m venv PEERS/rubric && PEERS/rubric/bin/pip install rubric
    python -m venv PEERS/autorubric && PEERS/autorubric/bin/pip install autorubric
    python -m venv PEERS/rubric-kit && PEERS/rubric-kit/bin/pip install rubric-kit
    mkdir -p PEERS/promptfoo && npm install --prefix PEERS/promptfoo promptfoo

    python benchmarks/peers.py --rubric-python PEERS/rubric/bin/python \
        --autorubric-python PEERS/autorubric/bin/python \
        --rubric-kit-python PEERS/rubric-kit/bin/python \
        --promptfoo PEERS/promptfoo/node_modules/.bin/promptfoo

The peers are made to ask a language model whether a criterion is met. Here none is asked. A judge
that knows the reviewer's verdicts answers at once (rubric), the verdicts are handed in (autorubric,
rubric-kit), or the reply to be judged is the list of verdicts (promptfoo). What is left is each
peer's start-up, reading its rubric, adding up and writing. The peers are favoured: they read all
verdicts from one JSON file, charter-score reads 200 reviews in YAML, with comments. Every criterion
is met or not met; nothing is n/a, which each peer treats in its own way.

A round runs every program on the 200 reviews and on a single one, which is little more than its
start-up. A ratio is taken within a round; figures are medians over the rounds. A score is equal if
it is within a thousand-millionth of our exact share. The exit code is 1 if one is not.
"""

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from statistics import median
from typing import NamedTuple

Reviews = dict[str, dict[str, str]]  # MET or UNMET, by review and criterion

REVIEWS = 200
POINTS = {f"c{number:02}": 1 + number % 3 for number in range(1, 21)}
TOLERANCE = Fraction(1, 10**9)  # the peers give binary fractions
OUR_RUBRIC = """\
id: twenty
version: "1"
title: Twenty standards
expected: 70
bands: [{name: Below}, {name: Meets, from: 70}, {name: Exceeds, above: 90}]
sections:
  - id: service
    title: Service
    criteria:
"""
QUIET = {
    "LITELLM_LOCAL_MODEL_COST_MAP": "True",  # or litellm fetches its prices as it is imported
    "PROMPTFOO_CONFIG_DIR": "promptfoo-home",
    "PROMPTFOO_DISABLE_REMOTE_GENERATION": "1",
    "PROMPTFOO_DISABLE_TELEMETRY": "1",
    "PROMPTFOO_DISABLE_UPDATE": "1",
    "PROMPTFOO_FAILED_TEST_EXIT_CODE": "0",  # a criterion that is not met is no failure here
}

# Each reads `verdicts.json`, the verdicts by review in the rubric's order, and writes the scores.
RUBRIC = """
import asyncio, json
from rubric import CriterionEvaluation, OneShotOutput, Rubric
from rubric.autograders import PerCriterionOneShotGrader

async def judge(system_prompt, user_prompt):
    response = user_prompt.partition("<response>")[2].partition("</response>")[0]
    return OneShotOutput(criteria_evaluations=[
        CriterionEvaluation(criterion_number=number, criterion_status=verdict, explanation="")
        for number, verdict in enumerate(response.split(), start=1)
    ])

async def grade(reviews):
    rubric = Rubric.from_file("weights.json")
    grader = PerCriterionOneShotGrader(generate_fn=judge)
    return {
        name: (await rubric.grade(" ".join(verdicts), autograder=grader)).score
        for name, verdicts in reviews.items()
    }

with open("verdicts.json") as verdicts, open("rubric.json", "w") as scores:
    json.dump(asyncio.run(grade(json.load(verdicts))), scores)
"""
AUTORUBRIC = """
import json
from autorubric import Rubric

rubric = Rubric.from_file("weights.json")
with open("verdicts.json") as reviews, open("autorubric.json", "w") as scores:
    json.dump({
        name: rubric.compute_score(verdicts) for name, verdicts in json.load(reviews).items()
    }, scores)
"""
RUBRIC_KIT = """
import json
from rubric_kit.processor import calculate_total_score, evaluate_rubric
from rubric_kit.validator import load_rubric

rubric = load_rubric("rubric-kit.yaml")

def score(verdicts):
    earned, available = calculate_total_score(evaluate_rubric(rubric, {
        criterion.name: {"type": "binary", "passes": verdict == "MET"}
        for criterion, verdict in zip(rubric.criteria, verdicts, strict=True)
    }))
    return earned / available

with open("verdicts.json") as reviews, open("rubric-kit.json", "w") as scores:
    json.dump({name: score(verdicts) for name, verdicts in json.load(reviews).items()}, scores)
"""


class Program(NamedTuple):
    """A program that scores the reviews in the current folder.

    `version` prints its version, `scores` reads what `command` has written into a folder, `install`
    says how it is had.
    """

    name: str
    version: list[str]
    command: list[str]
    scores: Callable[[Path], dict[str, Fraction]]
    install: str


def ours() -> Program:
    """charter-score, with this interpreter."""
    program = [sys.executable, "-m", "charter_score"]

    def scores(folder: Path) -> dict[str, Fraction]:
        lines = (folder / "ours.jsonl").read_text(encoding="utf-8").splitlines()
        results = [entry for entry in map(json.loads, lines) if entry["kind"] == "result"]
        return {one["review"]["id"]: Fraction(one["score"]["share"]) for one in results}

    command = [*program, "score", "reviews", "-f", "json-lines", "-o", "ours.jsonl"]
    return Program("charter-score", [*program, "--version"], command, scores, "pip install .")


def library(name: str, python: str, code: str) -> Program:
    """A peer that is a Python library, driven by a few lines of code."""

    def scores(folder: Path) -> dict[str, Fraction]:
        written = json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
        return {review: Fraction(score) for review, score in written.items()}

    version = [python, "-c", f"from importlib.metadata import version; print(version('{name}'))"]
    install = f"python -m venv DIR && DIR/bin/pip install {name}; --{name}-python DIR/bin/python"
    return Program(name, version, [python, "-c", code], scores, install)


def promptfoo(program: str) -> Program:
    """promptfoo, which adds up assertions with weights."""

    def scores(folder: Path) -> dict[str, Fraction]:
        written = json.loads((folder / "promptfoo.json").read_text(encoding="utf-8"))
        results = written["results"]["results"]
        return {one["vars"]["review"]: Fraction(one["score"]) for one in results}

    files = ["--config", "promptfooconfig.json", "--output", "promptfoo.json"]
    without = ["--no-cache", "--no-write", "--no-table", "--no-progress-bar", "--no-share"]
    command = [program, "eval", *files, *without]
    install = "npm install --prefix DIR promptfoo; --promptfoo DIR/node_modules/.bin/promptfoo"
    return Program("promptfoo", [program, "--version"], command, scores, install)


def make(folder: Path, number: int) -> Path:
    """A folder of reviews, in a form for every program."""
    chance = random.Random(number)
    reviews = {
        f"review-{index:03}": {
            criterion: "MET" if chance.random() < 0.8 else "UNMET" for criterion in POINTS
        }
        for index in range(number)
    }
    write_for_us(folder / "reviews", reviews)
    write_for_libraries(folder, reviews)
    write_for_promptfoo(folder, reviews)
    return folder


def write_for_us(folder: Path, reviews: Reviews) -> None:
    """The reviews as a reviewer would write them, and their rubric beside them."""
    folder.mkdir(parents=True)
    criteria = "".join(
        f"      - {{id: {name}, title: Standard {name}, points: {points}, advice: Show it.}}\n"
        for name, points in POINTS.items()
    )
    (folder / "rubric.yaml").write_text(f"{OUR_RUBRIC}{criteria}", encoding="utf-8")
    words = {"MET": "met", "UNMET": "{rating: not met, comment: It was not heard on this call.}"}
    for review, verdicts in reviews.items():
        ratings = "".join(f"    {name}: {words[verdict]}\n" for name, verdict in verdicts.items())
        (folder / f"{review}.yaml").write_text(
            f"rubric: ./rubric.yaml\nid: {review}\nratings:\n  service:\n{ratings}",
            encoding="utf-8",
        )


def write_for_libraries(folder: Path, reviews: Reviews) -> None:
    """The verdicts in one file, and the rubric in the forms of the Python libraries."""
    write_json(
        folder / "verdicts.json",
        {review: list(verdicts.values()) for review, verdicts in reviews.items()},
    )
    write_json(
        folder / "weights.json",
        [{"requirement": name, "weight": points} for name, points in POINTS.items()],
    )
    write_json(  # JSON is YAML
        folder / "rubric-kit.yaml",
        {
            "dimensions": [{"service": "How the customer was served", "grading_type": "binary"}],
            "criteria": {
                name: {"dimension": "service", "criterion": f"Standard {name}", "weight": points}
                for name, points in POINTS.items()
            },
        },
    )


def write_for_promptfoo(folder: Path, reviews: Reviews) -> None:
    """Each review as a test whose text is its verdicts, each criterion as an assertion."""
    texts = {
        review: " ".join(f"{name}:{verdict}" for name, verdict in verdicts.items())
        for review, verdicts in reviews.items()
    }
    assertions = [
        {"type": "contains", "value": f"{name}:MET", "weight": points}
        for name, points in POINTS.items()
    ]
    write_json(
        folder / "promptfooconfig.json",
        {
            "prompts": ["{{verdicts}}"],
            "providers": ["echo"],
            "defaultTest": {"assert": assertions},
            "tests": [
                {"vars": {"review": review, "verdicts": text}} for review, text in texts.items()
            ],
        },
    )


def write_json(path: Path, content: object) -> None:
    """Write a JSON file."""
    path.write_text(json.dumps(content), encoding="utf-8")


def version_of(program: Program, folder: Path) -> str | None:
    """The version that is installed, or None."""
    try:
        return run(program.version, folder).split()[-1]
    except (OSError, subprocess.CalledProcessError):
        return None


def seconds(program: Program, folder: Path) -> float:
    """How long a program takes over the reviews in a folder, from start to end."""
    begin = time.perf_counter()
    run(program.command, folder)
    return time.perf_counter() - begin


def run(command: list[str], folder: Path) -> str:
    """What a command prints when it runs in a folder."""
    done = subprocess.run(
        command, cwd=folder, env=os.environ | QUIET, check=True, capture_output=True, text=True
    )
    return done.stdout


def equal_scores(program: Program, folder: Path, exact: dict[str, Fraction]) -> int:
    """How many of a program's scores are ours."""
    scores = program.scores(folder)
    return sum(abs(scores[review] - share) <= TOLERANCE for review, share in exact.items())


def main() -> None:
    """Measure, compare the scores and print."""
    parser = argparse.ArgumentParser(description="charter-score and its peers on the same reviews")
    parser.add_argument("--rounds", type=int, default=5)
    for option in ("--rubric-python", "--autorubric-python", "--rubric-kit-python", "--promptfoo"):
        parser.add_argument(option, type=os.path.abspath, default="not-named", metavar="PATH")
    given = parser.parse_args()
    us = ours()
    peers = [
        library("rubric", given.rubric_python, RUBRIC),
        library("autorubric", given.autorubric_python, AUTORUBRIC),
        library("rubric-kit", given.rubric_kit_python, RUBRIC_KIT),
        promptfoo(given.promptfoo),
    ]
    with tempfile.TemporaryDirectory() as name:
        many, single = make(Path(name, "many"), REVIEWS), make(Path(name, "single"), 1)
        versions = {program.name: version_of(program, single) for program in (us, *peers)}
        present = [program for program in (us, *peers) if versions[program.name]]
        took: dict[str, list[float]] = {program.name: [] for program in present}
        took_one: dict[str, list[float]] = {program.name: [] for program in present}
        for number in range(given.rounds + 1):
            for program in present:
                times = seconds(program, many), seconds(program, single)
                if number:  # the first round warms the caches
                    took[program.name].append(times[0])
                    took_one[program.name].append(times[1])
        exact = us.scores(many)
        equal = {program.name: equal_scores(program, many, exact) for program in present}
    print(f"{REVIEWS} reviews, {given.rounds} rounds; medians")
    print(f"{'program':24} {'seconds':>8} {'one review':>11} {'x ours':>7} {'equal scores':>13}")
    for program in present:
        times = took[program.name]
        ratio = median(one / base for one, base in zip(times, took[us.name], strict=True))
        print(
            f"{program.name + ' ' + versions[program.name]:24} {median(times):8.2f}"
            f" {median(took_one[program.name]):11.2f} {ratio:7.1f}"
            f" {equal[program.name]:6} of {REVIEWS}"
        )
    for program in peers:
        if program not in present:
            print(f"{program.name}: not installed: {program.install}")
    if any(number < REVIEWS for number in equal.values()):
        sys.exit(1)


if __name__ == "__main__":
    main()
