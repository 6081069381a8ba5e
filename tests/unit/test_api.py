"""What Python programs call: each name, what it gives, and what it raises."""

import ast
import doctest
import json
import re
import subprocess
import sys
from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import jsonschema
import pytest

import charter_score
import typed_usage
from charter_score import (
    Criterion,
    DocumentError,
    Failed,
    Rated,
    Review,
    Rubric,
    Scored,
    Section,
    Skipped,
    UsageError,
    api,
    load_review,
    load_rubric,
    score,
    score_paths,
    to_json,
)
from charter_score.limits import MOST_DEPTH, MOST_NODES
from charter_score.wire.schemas import json_schema

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = ROOT / "examples/plymouth/needs.yaml"
STANDARD = ROOT / "rubrics/plymouth-quality-monitoring.yaml"
GREETING: Mapping[str, Any] = {
    "id": "greeting",
    "version": "1",
    "title": "Greeting",
    "expected": 70,
    "sections": [
        {
            "id": "welcome",
            "title": "Welcome",
            "criteria": [
                {"id": "name", "title": "Gave their name", "points": Decimal("0.5")},
                {"id": "tone", "title": "Was friendly", "critical": True},
            ],
        }
    ],
}
GOOD = {"ratings": {"welcome": {"name": "not met", "tone": "met"}}}


def raised(values: Mapping[str, Any], *, rubric: bool = False) -> list[tuple[str, str]]:
    """Route and code of everything that is wrong with some values."""
    with pytest.raises(DocumentError) as wrong:
        load_rubric(values) if rubric else load_review(values)
    return [(found.path, found.code) for found in wrong.value.diagnostics]


def test_examples_in_the_docstrings() -> None:
    """Each example in a docstring gives what it says."""
    outcome = doctest.testmod(api, optionflags=doctest.ELLIPSIS)
    assert outcome.attempted > 10
    assert outcome.failed == 0


def test_importing_loads_nothing_until_a_name_is_used() -> None:
    """`import charter_score` loads no library; the first name that needs one does."""
    code = (
        "import sys\n"
        "import charter_score\n"
        "print(*sys.modules)\n"
        "charter_score.Rubric\n"
        "print('pydantic' in sys.modules, 'typer' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    first, after = done.stdout.splitlines()
    loaded = set(first.split())
    assert {name for name in loaded if name.startswith("charter_score")} == {"charter_score"}
    assert not {"pydantic", "yaml", "rich", "typer", "json", "decimal"} & loaded
    assert after == "True False"


def test_names_are_the_same_for_programs_and_for_type_checkers() -> None:
    """What is listed, what is loaded late and what type checkers see agree, and each is there."""
    source = Path(charter_score.__file__).read_text(encoding="utf-8")
    imported = {
        (statement.module, name.name)
        for statement in ast.walk(ast.parse(source))
        if isinstance(statement, ast.ImportFrom) and statement.module != "typing"
        for name in statement.names
    }
    late = {
        (f"charter_score.{module}", name)
        for module, names in charter_score._MODULES.items()
        for name in names
    }
    assert late | {("importlib", "import_module")} == imported
    assert {name for _, name in late} | {"__version__"} == set(charter_score.__all__)
    assert set(charter_score.__all__) <= set(dir(charter_score))
    assert all(getattr(charter_score, name) is not None for name in charter_score.__all__)


def test_a_name_that_is_not_there() -> None:
    """Any other name is an AttributeError, as of every module."""
    with pytest.raises(AttributeError, match="no attribute 'Nothing'"):
        _ = charter_score.Nothing  # type: ignore[attr-defined]


def test_a_mapping_and_a_file_give_the_same(tmp_path: Path) -> None:
    """The same values make the same models, whether they come from a file or from Python."""
    (tmp_path / "rubric.json").write_text(json.dumps(GREETING, default=float), encoding="utf-8")
    (tmp_path / "review.json").write_text(json.dumps(GOOD), encoding="utf-8")
    rubric, review = load_rubric(tmp_path / "rubric.json"), load_review(tmp_path / "review.json")
    assert rubric == load_rubric(GREETING)
    assert review == load_review(GOOD)
    result = score(rubric, review)
    assert result.share == Fraction(1, Fraction(3, 2))
    assert result.meets_expected is False


@pytest.mark.parametrize(
    ("value", "code"),
    [
        (0.5, "bad-number"),
        (-1, "bad-number"),
        (10**5000, "bad-number"),
        (Decimal("NaN"), "bad-number"),
        (Decimal("1e999999"), "bad-number"),
        (Decimal("1e-999999"), "bad-number"),
        (True, "wrong-type"),
        (b"1", "wrong-type"),
        ("a\x00", "control-character"),
        ("\ud800", "lone-surrogate"),
    ],
    ids=range(10),
)
def test_values_that_are_refused(value: object, code: str) -> None:
    """What would not be exact, and what no file may hold, is refused at its route."""
    sections: Any = [
        {"id": "a", "title": "A", "criteria": [{"id": "b", "title": "B", "points": value}]}
    ]
    wrong = raised({**GREETING, "sections": sections}, rubric=True)
    assert wrong == [("rubric.sections[0].criteria[0].points", code)]


def test_mappings_without_end_are_refused() -> None:
    """A list that holds itself, and one that is there many times, stop at the limits of a file."""
    endless: list[object] = []
    endless.append(endless)
    steps = "[0]" * (MOST_DEPTH - 1)
    assert raised({"notes": endless}) == [(f"review.notes{steps}", "too-deep")]
    many: object = ["x"] * 1000
    assert [code for _, code in raised({"notes": [many] * (MOST_NODES // 999)})] == [
        "too-many-nodes"
    ]


def test_what_a_diagnostic_of_a_mapping_does_not_say() -> None:
    """A key that is not known, or that is no id, stands in no diagnostic."""
    with pytest.raises(DocumentError) as wrong:
        load_review({**GOOD, "jane": "x", "interaction": {"Jane Doe": {"a": "b"}}})
    told = " ".join(f"{found} {found.hint}" for found in wrong.value.diagnostics)
    assert "review: error[unknown-field]" in told
    assert "review.interaction: error[" in told
    assert "jane" not in told.lower()
    assert raised({1: "x", **GOOD}) == [("review", "key-not-text")]  # type: ignore[dict-item]


@pytest.mark.parametrize(
    ("ratings", "place", "code"),
    [
        ({"welcome": {"tone": "met"}}, "review.ratings.welcome", "unrated"),
        (
            {"welcome": {"tone": "met", "name": "x"}},
            "review.ratings.welcome.name",
            "unknown-rating",
        ),
        ({"other": {}}, "review.ratings", "unknown-section"),
        ({"welcome": {"tone": "n/a", "name": "n/a"}}, "review.ratings", "nothing-observed"),
    ],
)
def test_scoring_checks_the_review_first(ratings: Any, place: str, code: str) -> None:
    """A review that cannot be scored raises DocumentError with each reason, never KeyError."""
    review = load_review({"ratings": ratings})
    with pytest.raises(DocumentError) as wrong:
        score(load_rubric(GREETING), review)
    found = {(found.path.removesuffix(".rating"), found.code) for found in wrong.value.diagnostics}
    assert (place, code) in found


@pytest.mark.parametrize("status", ["draft", "void"])
def test_what_is_not_to_be_scored(status: str) -> None:
    """A draft or a void review has no score, however complete it is."""
    with pytest.raises(DocumentError) as wrong:
        score(load_rubric(GREETING), load_review({**GOOD, "status": status, "reason": "Cut off"}))
    assert [found.code for found in wrong.value.diagnostics] == ["not-to-be-scored"]


def test_scoring_checks_a_rubric_that_python_made() -> None:
    """A rubric whose parts do not fit together raises DocumentError."""
    criterion = Criterion(id="tone", title="Tone", levels="nowhere")
    section = Section(id="welcome", title="Welcome", criteria=(criterion,))
    rubric = Rubric(id="greeting", version="1", title="Greeting", sections=(section,))
    with pytest.raises(DocumentError, match=r"^rubric\.sections\[0\]\.criteria\[0\]"):
        score(rubric, Review(ratings={"welcome": {"tone": Rated(rating="met")}}))


def test_a_review_held_against_its_rubric_knows_its_lines(tmp_path: Path) -> None:
    """With a rubric `load_review` reports what is wrong by it at the line in the file."""
    path = tmp_path / "review.yaml"
    path.write_text("ratings:\n  welcome:\n    tone: met\n    name: perhaps\n", encoding="utf-8")
    assert load_review(path).ratings["welcome"]["name"].rating == "perhaps"
    with pytest.raises(DocumentError, match=r":4:11: error\[unknown-rating\]"):
        load_review(path, load_rubric(GREETING))


@pytest.mark.parametrize("instead", [GREETING, {"schema": "charter-score/results/v1"}])
def test_what_is_no_review(instead: Mapping[str, object]) -> None:
    """A rubric or a result in place of a review is called what it is."""
    assert raised(instead) == [("review", "not-a-review")]


def test_scoring_paths(tmp_path: Path) -> None:
    """Each review under the paths is an outcome, in order; one that is wrong stops no other."""
    rubric = tmp_path / "rubric.json"
    rubric.write_text(json.dumps(GREETING, default=float), encoding="utf-8")
    reviews = tmp_path / "reviews"
    reviews.mkdir()
    for name, status in (("a", "final"), ("b", "draft")):
        text = json.dumps({**GOOD, "status": status})
        (reviews / f"{name}.json").write_text(text, encoding="utf-8")
    (reviews / "c.json").write_text("{", encoding="utf-8")
    outcomes = list(score_paths(reviews, rubric=rubric))
    assert [type(outcome) for outcome in outcomes] == [Scored, Skipped, Failed]
    document = json.loads(to_json(outcomes))
    jsonschema.Draft7Validator(json_schema("result")).validate(document)
    assert document["summary"]["reviews"] == len(outcomes)
    assert [json.loads(to_json(outcome))["kind"] for outcome in outcomes] == [
        *("result", "skipped", "failure"),
    ]
    assert document["results"] == [json.loads(to_json(outcomes[0]))]


def test_a_wrong_name_is_refused_at_the_call() -> None:
    """A rubric that is not there is a UsageError before the first review is asked for."""
    with pytest.raises(UsageError):
        score_paths(EXAMPLE, rubric="no-such-rubric")


def test_json_is_that_of_the_command(capfd: pytest.CaptureFixture[str]) -> None:
    """`to_json` of some paths writes the bytes that `score -f json` writes."""
    words = ["-m", "charter_score", "score", str(EXAMPLE), "-f", "json"]
    subprocess.run([sys.executable, *words], check=True)
    assert to_json(score_paths(EXAMPLE)) == capfd.readouterr().out


def test_json_of_a_result_alone() -> None:
    """A result that came from no file is a whole result document, without path and digests."""
    written = json.loads(to_json(score(load_rubric(STANDARD), load_review(EXAMPLE))))
    of_file = json.loads(to_json(next(score_paths(EXAMPLE))))
    assert written["review"]["path"] == written["review"]["sha256"] == ""
    assert written["score"] == of_file["score"]
    assert written["sections"] == of_file["sections"]


def test_code_as_a_user_writes_it(tmp_path: Path) -> None:
    """`typed_usage`, which the type checker reads, uses every public name, and runs."""
    lines = typed_usage.use(tmp_path)
    assert lines[0] == charter_score.__version__
    assert "welcome.name: " in lines
    assert any(line.endswith("absent.yaml  not-found") for line in lines)
    words = set(re.findall(r"\w+", Path(typed_usage.__file__).read_text(encoding="utf-8")))
    assert set(charter_score.__all__) - words == set()
