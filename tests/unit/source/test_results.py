"""Earlier results read back: ours are read whole, anything else is refused."""

import json
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from batches import closing, summarise
from charter_score.errors import UsageError
from charter_score.gates import EarlierReview
from charter_score.outcome import Outcome, Scored, Skipped
from charter_score.render.results.batch import BatchRenderer
from charter_score.render.results.json import JsonEnvelope, JsonLines
from charter_score.source.earlier_results import earlier_reviews
from documents import review_from, rubric_from, scored

RUBRIC = rubric_from(
    """
id: r
version: "1"
title: R
bands: [{name: Low}, {name: High, from: 60}]
sections:
  - id: s
    title: S
    criteria: [{id: a, title: A, points: 3}, {id: b, title: B, critical: true}]
"""
)


def outcome(name: str, a: str, b: str, more: str = "") -> Scored:
    """A scored review with these ratings."""
    review = review_from(f"{more}\nratings: {{s: {{a: {a}, b: {b}}}}}")
    return Scored(f"{name}.yaml", name, "0", "0", scored(RUBRIC, review))


OUTCOMES: list[Outcome] = [
    outcome("one", "met", "met"),
    outcome("two", "met", "not met"),
    outcome("practice", "met", "met", "status: calibration"),
    Skipped("d.yaml", "d", "draft"),
]
EARLIER = (
    EarlierReview(("one", "r@1"), "one.yaml", "High", Fraction(1), "0", "0"),
    EarlierReview(("two", "r@1"), "two.yaml", "Low", Fraction(3, 4), "0", "0"),
)


def written(renderer: BatchRenderer, outcomes: list[Outcome]) -> str:
    """A batch as one of our formats writes it."""
    parts = [renderer.begin(), *(renderer.add(renderer.piece(one)) for one in outcomes)]
    parts += renderer.end(closing(summarise(outcomes)))
    return "".join(str(part) for part in parts)


ENVELOPE = written(JsonEnvelope(), OUTCOMES)
LINES = written(JsonLines(), OUTCOMES)


def refused(path: Path, text: str | bytes) -> str:
    """What is said of a file with this text, which must be refused."""
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(UsageError) as wrong:
        earlier_reviews(path)
    assert wrong.value.hint is not None
    return str(wrong.value)


@pytest.mark.parametrize("text", [ENVELOPE, LINES], ids=["json", "json-lines"])
def test_our_results_are_read_back(text: str, tmp_path: Path) -> None:
    """Every scored review comes back with its band and exact share, calibrations do not."""
    path = tmp_path / "old.json"
    path.write_text(text, encoding="utf-8")
    assert earlier_reviews(path) == EARLIER


Change = Callable[[dict[str, Any]], object]


def at(*route: str | int, to: object) -> Change:
    """A change of one value of the envelope."""

    def change(document: dict[str, Any]) -> None:
        inner: Any = document
        for name in route[:-1]:
            inner = inner[name]
        inner[route[-1]] = to

    return change


def without(*route: str | int) -> Change:
    """The envelope without one of its values."""

    def change(document: dict[str, Any]) -> None:
        inner: Any = document
        for name in route[:-1]:
            inner = inner[name]
        del inner[route[-1]]

    return change


def of_first(*route: str | int, to: object) -> Change:
    return at("results", 0, *route, to=to)


VERSION = "holds no results of this version (charter-score/results/v1)"
LACKS = "is not whole: it lacks results, or the summary that counts them"
NO_SHARE = "is damaged: a share is no fraction from 0/1 to 1/1"
NO_RESULT = "is damaged: `results` holds what is no result"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (dict.clear, VERSION),
        (at("schema", to="charter-score/results/v2"), VERSION),
        (at("schema", to="charter-score/rubric/v1"), VERSION),
        (at("schema", to=None), VERSION),
        (without("schema"), VERSION),
        (without("results"), "is damaged: `results` is missing"),
        (at("results", to={}), "is damaged: `results` is no list"),
        (at("results", to=None), "is damaged: `results` is no list"),
        (at("results", to=[]), LACKS),
        (without("results", 1), LACKS),
        (without("summary"), "is damaged: `summary` is missing"),
        (at("summary", to=[]), "is damaged: `kind` is missing"),
        (at("summary", "scored", to=True), LACKS),
        (of_first("kind", to="failure"), NO_RESULT),
        (at("results", 0, to=None), "is damaged: `kind` is missing"),
        (of_first("score", "share", to=float("inf")), "Infinity and NaN are no numbers"),
        (of_first("score", "share", to=0.5), "is damaged: `score.share` is no text"),
        (of_first("score", "share", to=1), "is damaged: `score.share` is no text"),
        (of_first("score", "share", to=True), "is damaged: `score.share` is no text"),
        (of_first("score", "share", to=None), "is damaged: `score.share` is no text"),
        (of_first("score", "share", to="3/0"), NO_SHARE),
        (of_first("score", "share", to="0/0"), NO_SHARE),
        (of_first("score", "share", to="-1/2"), NO_SHARE),
        (of_first("score", "share", to="3/2"), NO_SHARE),
        (of_first("score", "share", to="0.5"), NO_SHARE),
        (of_first("score", "share", to="1e9999999/1"), NO_SHARE),
        (of_first("score", "share", to=f"1/{'9' * 100_000}"), NO_SHARE),
        (of_first("score", "share", to=" 1/2"), NO_SHARE),
        (of_first("score", "share", to="١/٢"), NO_SHARE),
        (of_first("score", to=None), "is damaged: `score.share` is missing"),
        (of_first("review", "id", to=None), "is damaged: `review.id` is no text"),
        (of_first("review", "id", to=7), "is damaged: `review.id` is no text"),
        (of_first("review", to=[]), "is damaged: `review.status` is missing"),
        (of_first("review", "status", to="draft"), "has a status that is never scored"),
        (of_first("review", "status", to="Calibration"), "has a status that is never scored"),
        (of_first("review", "path", to=None), "is damaged: `review.path` is no text"),
        (of_first("rubric", "version", to=1), "is damaged: `rubric.version` is no text"),
        (of_first("band", to=["High"]), "is damaged: `band` is no text"),
        (of_first("review", "sha256", to=None), "is damaged: `review.sha256` is no text"),
        (of_first("rubric", "sha256", to=7), "is damaged: `rubric.sha256` is no text"),
        (without("results", 0, "band"), "is damaged: `band` is missing"),
    ],
)
def test_what_is_not_as_we_wrote_it_is_refused(change: Change, said: str, tmp_path: Path) -> None:
    """One value that is missing or of another kind: the file is refused, and it is said why."""
    document = json.loads(ENVELOPE)
    change(document)
    assert said in refused(tmp_path / "old.json", json.dumps(document))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "holds no results of charter-score"),
        ("{", "holds no results of charter-score"),
        (b"\xff", "holds no results of charter-score"),
        ("[" * 100_000, "holds no results of charter-score"),
        ("[]", VERSION),
        ("null", VERSION),
        ("{}", VERSION),
        (ENVELOPE.replace('"band":', '"band": "High", "band":', 1), "a key stands twice in it"),
        (ENVELOPE.replace('"earned": 4', f'"earned": {"4" * 10_000}, "x": NaN', 1), "NaN"),
        (ENVELOPE[: len(ENVELOPE) // 2], "holds no results of charter-score"),
        (LINES.partition("\n")[2], LACKS),
        (LINES[: LINES.rindex('{"kind": "summary"')], LACKS),
        (LINES.partition("\n")[0], LACKS),
        (LINES.replace('{"kind": "result"', '{"kind": "warning"', 1), LACKS),
        (LINES.replace('{"kind": "result"', '{"kind": "results"', 1), "a line of an unknown kind"),
        (LINES + LINES, LACKS),
    ],
)
def test_what_is_no_whole_file_of_ours_is_refused(
    text: str | bytes, said: str, tmp_path: Path
) -> None:
    """Broken JSON, a file cut short, lines taken out or put together: all are refused."""
    assert said in refused(tmp_path / "old.json", text)


def test_results_with_nothing_to_compare_are_refused(tmp_path: Path) -> None:
    """A gate against nothing would always pass, so results without a review are no baseline."""
    for outcomes in ([], OUTCOMES[2:]):
        text = written(JsonEnvelope(), outcomes)
        assert "holds no review to compare with" in refused(tmp_path / "old.json", text)


def test_what_cannot_be_opened_is_said(tmp_path: Path) -> None:
    """A file that is not there, or a folder, is a mistake in the command."""
    for path in (tmp_path / "none.json", tmp_path):
        with pytest.raises(UsageError, match=path.name):
            earlier_reviews(path)


ROUTES = [
    ("schema",), ("results",), ("summary",), ("summary", "scored"), ("summary", "kind"),
    *(("results", 0, *route) for route in (
        (), ("kind",), ("review",), ("review", "id"), ("review", "path"), ("review", "status"),
        ("rubric",), ("rubric", "id"), ("rubric", "version"), ("score",), ("score", "share"),
        ("band",), ("critical_missed",),
    )),
]  # fmt: skip
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=5,
)


@given(st.sampled_from(ROUTES), VALUES)
def test_any_value_anywhere_is_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, route: tuple[str | int, ...], value: object
) -> None:
    """Whatever stands in a field that is read, there is a comparison or a refusal, no crash."""
    document = json.loads(ENVELOPE)
    at(*route, to=value)(document)
    path = tmp_path_factory.getbasetemp() / "fuzzed.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    try:
        found = earlier_reviews(path)
    except UsageError:
        return
    assert [one.share for one in found] == [Fraction(1), Fraction(3, 4)]
