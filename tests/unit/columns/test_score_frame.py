"""`score_frame`: which columns it takes and gives, what it refuses, and what it says."""

import sys
import warnings
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pandas
import polars
import pytest

from charter_score import DocumentError, Rubric, UsageError, load_rubric, score_frame
from charter_score.columns.frames import ScoredByEngineWarning
from charter_score.columns.integers import TooLargeError, constant, total
from charter_score.columns.layout import result_columns
from charter_score.library import built_in_rubrics
from charter_score.source.reading import is_rubric, read_document

ROOT = Path(__file__).parents[3]


def small(**more: Any) -> Rubric:
    """A rubric of one section with two criteria."""
    criteria = [
        {"id": "name", "title": "Gave their name"},
        {"id": "tone", "title": "Was friendly", "points": 3},
    ]
    section = {"id": "welcome", "title": "Welcome", "criteria": criteria}
    return load_rubric(
        {"id": "small", "version": "1", "title": "Small", "sections": [section], **more}
    )


def rows_of(**columns: list[Any]) -> polars.DataFrame:
    """A frame with dots for the double underscores of its names."""
    return polars.DataFrame({name.replace("__", "."): values for name, values in columns.items()})


def codes(frame: Any, rubric: Rubric) -> list[str]:
    """The codes of what is wrong with a frame's columns."""
    with pytest.raises(DocumentError) as wrong:
        score_frame(frame, rubric)
    return [one.code for one in wrong.value.diagnostics]


def test_the_columns_of_the_result() -> None:
    """Columns that hold no rating come first as they are, the results behind them."""
    frame = rows_of(
        id=["a"], team=["Tax"], welcome__name=["met"], welcome__tone=["no"],
        welcome__tone__comment=["Rushed"], field__topic=["move"],
    )  # fmt: skip
    scored = score_frame(frame, small(tags={"x": "X"}))
    assert scored.columns == ["id", "team", "field.topic", *result_columns(small(tags={"x": "X"}))]
    assert scored["share_numerator"].to_list() == [1]
    assert scored["share_denominator"].to_list() == [4]
    assert scored["needs"].to_list() == [1]


def test_a_percentage_never_contradicts_a_bound() -> None:
    """A third is above 33.33%, so it is 33.333%; and 89.996% is not the 90% of a band."""
    thirds = small(bands=[{"name": "Low"}, {"name": "High", "above": Decimal("33.33")}])
    thirds = thirds.model_copy(update={"sections": (_equal(3),)})
    frame = polars.DataFrame({"equal.c0": ["met"], "equal.c1": ["no"], "equal.c2": ["no"]})
    scored = score_frame(frame, thirds)
    assert scored.select("percent", "band").row(0) == (33.333, "High")


def _equal(number: int) -> Any:
    criteria = [{"id": f"c{one}", "title": "Criterion"} for one in range(number)]
    section = {"id": "equal", "title": "Equal", "criteria": criteria}
    document = {"id": "equal", "version": "1", "title": "Equal", "sections": [section]}
    return load_rubric(document).sections[0]


def test_numbers_of_any_type_are_ratings() -> None:
    """A column of numbers is read as its shortest text: whole, with a point, or a decimal."""
    ranged = {"id": "clear", "title": "Clear", "range": {"to": 10}}
    section = {"id": "talk", "title": "Talk", "criteria": [ranged]}
    rubric = small(sections=[section])
    for values in ([7, 11, None], [7.0, 11.0, None], [Decimal("7.0"), Decimal("11.0"), None]):
        scored = score_frame(polars.DataFrame({"talk.clear": values}), rubric)
        assert scored["percent"].to_list() == [70.0, None, None]
        assert scored["not_scored"].to_list() == [None, "unknown-rating", "unrated"]


def test_what_is_missing_in_pandas_is_unrated() -> None:
    """However pandas says that nothing is there: None, its own NA, or the NaN of its floats."""
    ranged = {"id": "clear", "title": "Clear", "range": {"to": 10}}
    rubric = small(sections=[{"id": "talk", "title": "Talk", "criteria": [ranged]}])
    for kind in ("Int64", "float64", "string", "object"):
        words = kind in ("string", "object")
        values = pandas.Series(["7", None] if words else [7, None], dtype=kind)
        scored = score_frame(pandas.DataFrame({"talk.clear": values}), rubric)
        assert scored["percent"].tolist()[0] == 70.0
        assert scored["not_scored"].tolist()[1] == "unrated"
    nan = polars.DataFrame({"talk.clear": [7.0, float("nan")]})
    assert score_frame(nan, rubric)["not_scored"].to_list() == [None, "unrated"]


def test_words_of_any_type_are_ratings() -> None:
    """A column of categories is read by its words; true and false are no ratings."""
    categories = polars.Series(["met", "no", None], dtype=polars.Categorical)
    frame = polars.DataFrame({"welcome.name": categories, "welcome.tone": [True, True, True]})
    scored = score_frame(frame, small())
    assert scored["not_scored"].to_list() == ["unknown-rating", "unknown-rating", "unknown-rating"]
    frame = frame.with_columns(polars.lit("yes").alias("welcome.tone"))
    assert score_frame(frame, small())["percent"].to_list() == [100.0, 75.0, None]


def test_what_is_wrong_with_columns_is_told_together() -> None:
    """A missing criterion, a name of the result, and a criterion that the rubric has not."""
    frame = rows_of(welcome__name=["met"], percent=[1], welcome__voice=["met"])
    assert codes(frame, small()) == ["missing-column", "result-column", "unknown-column"]


def test_a_name_from_the_frame_is_not_repeated() -> None:
    """What is told of a column is its place, since its name may be personal."""
    frame = rows_of(welcome__name=["met"], welcome__tone=["met"], welcome__mrs_smith=["met"])
    with pytest.raises(DocumentError) as wrong:
        score_frame(frame, small())
    assert "column 3" in str(wrong.value)
    assert "smith" not in str(wrong.value)


@pytest.mark.parametrize("given", [{"id": ["a"]}, [1], None, "reviews.csv"])
def test_what_is_no_frame_is_refused(given: Any) -> None:
    """Anything but a frame is refused with what can be given."""
    with pytest.raises(UsageError) as wrong:
        score_frame(given, small())
    assert "Polars" in (wrong.value.hint or "")


def test_a_blank_is_unrated_whichever_words_a_column_has() -> None:
    """Also where nobody was rated met: a blank must not take the place of the missing word."""
    table = duckdb.sql(
        """SELECT * FROM (VALUES ('no', 'met'), (NULL, 'met'), ('', NULL))
        AS calls("welcome.name", "welcome.tone")"""
    )
    scored = score_frame(table, small()).select("not_scored", "percent").fetchall()
    assert scored == [(None, 75.0), ("unrated", None), ("unrated", None)]


def test_values_of_several_kinds_are_refused() -> None:
    """A column of pandas in which text and numbers are mixed is refused by its place."""
    frame = pandas.DataFrame({"welcome.name": ["met", 1], "welcome.tone": ["met", "met"]})
    with pytest.raises(UsageError, match="column 1 holds values of several kinds"):
        score_frame(frame, small())


def test_without_the_extra_its_name_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without Narwhals the error says what to install."""
    for name in [name for name in sys.modules if name.startswith("charter_score.columns")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "narwhals", None)
    with pytest.raises(UsageError) as wrong:
        score_frame(None, small())
    assert wrong.value.hint == "pip install 'charter-score[tables]'"


def heavy() -> Rubric:
    """A rubric whose weighted sums 64 bits cannot hold: sections whose points share nothing."""
    primes = (1_000_003, 1_000_033, 1_000_037, 1_000_039, 1_000_081)
    sections = [
        {
            "id": f"s{prime}",
            "title": "Section",
            "weight": 1,
            "criteria": [{"id": "one", "title": "One", "points": prime},
                         {"id": "two", "title": "Two", "points": 1}],
        }
        for prime in primes
    ]  # fmt: skip
    return small(combine="section_weights", sections=sections)


@pytest.mark.parametrize("kind", ["polars", "lazy", "pandas", "duckdb"])
def test_what_64_bits_cannot_hold_the_engine_scores(kind: str) -> None:
    """Nothing is approximated: the engine scores row by row, and a warning says so and why."""
    rubric = heavy()
    columns = {f"{section.id}.{name}": ["met", "met", "no"] for section in rubric.sections
               for name in ("one", "two")}  # fmt: skip
    columns["id"] = ["a", "b", "c"]
    columns[f"{rubric.sections[0].id}.two"] = ["met", "no", ""]
    frame: Any = polars.DataFrame(columns)
    if kind == "lazy":
        frame = frame.lazy()
    elif kind == "pandas":
        frame = pandas.DataFrame(columns)
    elif kind == "duckdb":
        frame = duckdb.sql("FROM frame")
    with pytest.warns(ScoredByEngineWarning, match="64 bits; the engine scores row by row"):
        scored = score_frame(frame, rubric)
    if kind == "pandas":
        assert scored["percent"].tolist()[0] == 100.0
        assert scored["not_scored"].tolist()[2] == "unrated"
        return
    rows = scored.fetchall() if kind == "duckdb" else scored.lazy().collect().rows()
    at = list(scored.columns if kind != "lazy" else scored.collect_schema().names())
    assert [row[at.index("not_scored")] for row in rows] == [None, None, "unrated"]
    assert rows[0][at.index("percent")] == 100.0
    assert [row[0] for row in rows] == ["a", "b", "c"]


def test_a_step_that_might_not_fit_is_refused() -> None:
    """The bounds of a sum are known before it is made."""
    most = constant(2**63 - 1)
    assert total([most, constant(0)]).high == 2**63 - 1
    with pytest.raises(TooLargeError):
        total([most, constant(1)])
    with pytest.raises(TooLargeError):
        constant(2**62) * 2


def published() -> list[Path]:
    """Every rubric that comes with the program, or lies among its examples."""
    examples = sorted((ROOT / "examples").rglob("*.yaml"))
    mine = [path for path in examples if is_rubric(read_document(path.read_bytes(), "x").value)]
    return [*map(Path, built_in_rubrics().values()), *mine]


@pytest.mark.parametrize("path", published(), ids=lambda path: path.stem)
def test_columns_do_for_every_published_rubric(path: Path) -> None:
    """None of them needs the engine row by row."""
    rubric = load_rubric(path)
    columns = {}
    for section, criterion in rubric.criteria():
        words = rubric.rating_words(criterion)
        columns[f"{section.id}.{criterion.id}"] = [words[at % len(words)] for at in range(5)]
    for name, rule in rubric.fields.items():
        title = name if name in ("date", "channel", "reference") else f"field.{name}"
        columns[title] = [(rule.values or ("2024-05-06",))[0]] * 5
    with warnings.catch_warnings():
        warnings.simplefilter("error", ScoredByEngineWarning)
        assert len(score_frame(polars.DataFrame(columns), rubric)) == 5
