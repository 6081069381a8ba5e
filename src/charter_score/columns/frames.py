"""Frames of every kind that Narwhals knows, scored: what differs between their engines stands here.

Narwhals speaks to all of them alike, but for three things: which values a column has, how its words
become codes, and what to do where the engine itself must score row by row. DuckDB and Spark have
their own ways for these; Polars and pandas share one.
"""

import json
import os
import tempfile
import warnings
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import reduce
from operator import or_
from typing import Any

import narwhals as nw

from charter_score.columns.expression import (
    MOST_DAYS,
    ByEngineError,
    Coding,
    Expressions,
    columns_looked_at,
)
from charter_score.columns.integers import Stages
from charter_score.columns.layout import Layout, layout_of, result_columns
from charter_score.columns.rows import RowScorer
from charter_score.errors import UsageError
from charter_score.rubric import Rubric

MOST_VALUES = MOST_DAYS
"""Different values of one column that are looked at one by one."""
_FEW = 16
INTEGERS = frozenset(
    {"share_numerator", "share_denominator", "observed_numerator", "observed_denominator", "needs"}
)
FLAGS = frozenset(
    {
        "band_rests_on_not_applicable",
        "little_observed",
        "meets_expected",
        "critical_missed",
        "below_section_minimum",
    }
)
TEXTS = frozenset({"not_scored", "band", "band_observed"})


class ScoredByEngineWarning(UserWarning):
    """Columns could not score a frame exactly, so the engine did, row by row, which is slow."""


def scored_frame(native: Any, rubric: Rubric) -> Any:
    """A frame with the results of each review, of the same kind as the frame given."""
    try:
        given = nw.from_native(native)
    except TypeError:
        raise UsageError(
            "this is no frame that can be scored",
            "give one of Polars, pandas, DuckDB or PySpark",
        ) from None
    layout = layout_of(rubric, given.collect_schema().names())
    frame = _kind(given)
    return frame.scored(rubric, layout)


def _kind(given: Any) -> "Frame":
    implementation = given.implementation
    if implementation.is_duckdb():
        return DuckDBFrame(given)
    if implementation.is_pyspark():
        return SparkFrame(given)
    if implementation.is_polars() or implementation.is_pandas():
        return MemoryFrame(given)
    raise UsageError(
        f"frames of {implementation.name.lower()} are not scored",
        "give one of Polars, pandas, DuckDB or PySpark; `duckdb.from_arrow` takes PyArrow",
    )


class Frame(ABC):
    """A frame to be scored, its columns called c0, c1… while it is worked on.

    A dot in a name, as every rating's has, means a field of a struct to Spark.
    """

    def __init__(self, given: Any) -> None:
        self.given = given
        self.columns: list[str] = given.collect_schema().names()
        self.names = {name: f"c{number}" for number, name in enumerate(self.columns)}

    def scored(self, rubric: Rubric, layout: Layout) -> Any:
        """The frame with its results."""
        looked_at = columns_looked_at(rubric, layout)
        frame = self._as_words(self.renamed(), [self.names[name] for name in looked_at])
        values = self.values(frame, [self.names[name] for name in looked_at])
        by_name = {name: values[self.names[name]] for name in looked_at}
        try:
            expressions = Expressions(rubric, layout, self.names, by_name)
            working, results = expressions.built(self.coded(frame, expressions.codings))
        except ByEngineError as why:
            warnings.warn(f"{why}; the engine scores row by row", ScoredByEngineWarning, 5)
            return self.by_engine(rubric, layout)
        carried = [nw.col(self.names[name]).alias(name) for name in layout.carried]
        columns = [results[name].alias(name) for name in result_columns(rubric)]
        return working.select(*carried, *columns).to_native()

    def renamed(self) -> Any:
        """The frame with the names that it is worked on under."""
        return self.given.rename(self.names)

    def _as_words(self, frame: Any, names: Iterable[str]) -> Any:
        """The columns that are looked at as text, where they are neither text nor numbers."""
        schema = frame.collect_schema()
        cast = []
        for name in names:
            dtype = schema[name]
            if dtype == nw.Object():
                place = int(name[1:]) + 1
                raise UsageError(
                    f"column {place} holds values of several kinds", "make them text first"
                )
            if not (dtype == nw.String() or dtype.is_integer() or dtype.is_float()):
                cast.append(nw.col(name).cast(nw.String()))
        return frame.with_columns(*cast) if cast else frame

    @abstractmethod
    def values(self, frame: Any, names: Sequence[str]) -> dict[str, list[Any] | None]:
        """The distinct values of some columns; None of one that has more than `MOST_VALUES`."""

    def coded(self, frame: Any, codings: Mapping[str, Coding]) -> Any:
        """The frame with its words as codes, null where a value has none."""
        if not codings:
            return frame
        nowhere = Stages(frame).never
        columns = [_coded(one, nowhere).alias(name) for name, one in codings.items()]
        return frame.with_columns(*columns)

    @abstractmethod
    def by_engine(self, rubric: Rubric, layout: Layout) -> Any:
        """The frame with its results, each row scored by the engine."""


def _coded(coding: Coding, nowhere: nw.Expr) -> nw.Expr:
    """A column of codes; few words are compared one by one."""
    words = nw.col(coding.column)
    if not coding.codes:
        return nw.when(nowhere).then(nw.lit(0, dtype=nw.Int64()))
    if len(coding.codes) > _FEW:
        old, new = list(coding.codes), list(coding.codes.values())
        return words.replace_strict(old, new, default=None, return_dtype=nw.Int64())
    by_code: dict[int, list[Any]] = {}
    for value, code in coding.codes.items():
        by_code.setdefault(code, []).append(value)
    chain: Any = nw
    for code, values in by_code.items():
        same = reduce(or_, [words == value for value in values])
        chain = chain.when(same).then(nw.lit(code, dtype=nw.Int64()))
    found: nw.Expr = chain
    return found


def _rows_scored(
    rubric: Rubric, layout: Layout, rows: Iterable[Sequence[Any]]
) -> Iterator[list[Any]]:
    """What is carried of each row, and its results."""
    scorer = RowScorer(rubric, layout)
    results = result_columns(rubric)
    for row in rows:
        by_name = dict(zip(layout.columns, row, strict=True))
        scored = scorer.scored(by_name)
        yield [
            *(by_name[name] for name in layout.carried),
            *(scored.get(name) for name in results),
        ]


def _dtype(name: str) -> Any:
    """The type of a column of the result."""
    if name in INTEGERS:
        return nw.Int64()
    if name in FLAGS:
        return nw.Boolean()
    return nw.String() if name in TEXTS else nw.Float64()


class MemoryFrame(Frame):
    """A frame of Polars or pandas."""

    def values(self, frame: Any, names: Sequence[str]) -> dict[str, list[Any] | None]:
        """The distinct values, asked for column by column."""
        found: dict[str, list[Any] | None] = {}
        for name in names:
            column = frame.select(name).filter(~nw.col(name).is_null()).unique()
            if isinstance(column, nw.LazyFrame):
                column = column.collect()
            found[name] = column[name].to_list() if len(column) <= MOST_VALUES else None
        return found

    def by_engine(self, rubric: Rubric, layout: Layout) -> Any:
        """The rows in the frame's order."""
        given = self.given
        is_lazy = isinstance(given, nw.LazyFrame)
        whole = given.collect() if is_lazy else given
        names = result_columns(rubric)
        results: dict[str, list[Any]] = {name: [] for name in names}
        for row in _rows_scored(rubric, layout, whole.iter_rows()):
            for name, value in zip(names, row[len(layout.carried) :], strict=True):
                results[name].append(value)
        schema: dict[str, Any] | None = {name: _dtype(name) for name in names}
        if whole.implementation.is_pandas():
            schema = None  # its own whole numbers and truth values cannot be absent
        made = nw.from_dict(results, schema=schema, backend=whole.implementation)
        carried = [whole[name] for name in layout.carried]
        scored = whole.select(*layout.carried) if carried else made
        if carried:
            scored = nw.concat([scored, made], how="horizontal")
        return (scored.lazy() if is_lazy else scored).to_native()


class DuckDBFrame(Frame):
    """A relation of DuckDB."""

    def values(self, frame: Any, names: Sequence[str]) -> dict[str, list[Any] | None]:
        """The distinct values, asked for column by column: DuckDB reads the one it needs."""
        relation = frame.to_native()
        found: dict[str, list[Any] | None] = {}
        for name in names:
            rows = relation.select(name).distinct().limit(MOST_VALUES + 1).fetchall()
            found[name] = None if len(rows) > MOST_VALUES else [value for (value,) in rows]
        return found

    def coded(self, frame: Any, codings: Mapping[str, Coding]) -> Any:
        """Codes by a function that DuckDB asks once for each word of a column's dictionary.

        Comparing every row with every word took 3.5 times as long, `replace_strict` 14 times.
        """
        from duckdb import ColumnExpression as Column
        from duckdb import ConstantExpression as Constant
        from duckdb import FunctionExpression as Function
        from duckdb import StarExpression as Star

        relation = frame.to_native()
        columns = []
        for name, coding in codings.items():
            if not coding.codes:
                columns.append(Constant(None).cast("BIGINT").alias(name))
                continue
            words, column = list(coding.codes), Column(coding.column)
            by_code = {code: word for word, code in coding.codes.items()}
            if len(words) == len(by_code) and sorted(by_code) == [*range(1, len(words) + 1)]:
                # One word a code and no gap between them: a word's place in a list is its code.
                # A gap could not be filled with null, whose place would be that of every blank.
                at_place = [by_code[place] for place in sorted(by_code)]
                found = Function("list_position", Constant(at_place), column)
            else:
                place = Function("list_position", Constant(words), column)
                found = Function("list_extract", Constant(list(coding.codes.values())), place)
            columns.append(found.alias(name))
        return nw.from_native(relation.select(Star(), *columns)) if columns else frame

    def by_engine(self, rubric: Rubric, layout: Layout) -> Any:
        """The rows in batches, by way of a temporary table."""
        relation = self.given.to_native()
        carried = [f"x{number}" for number in range(len(layout.carried))]
        results = result_columns(rubric)
        kinds = {nw.Int64(): "BIGINT", nw.Boolean(): "BOOLEAN", nw.String(): "VARCHAR"}
        of_results = [kinds.get(_dtype(name), "DOUBLE") for name in results]
        types = dict(zip(relation.columns, relation.types, strict=True))
        of_carried = [str(types[name]) for name in layout.carried]
        names = [*carried, *(f"y{number}" for number in range(len(results)))]
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "scored.jsonl")
            with open(path, "w", encoding="utf-8") as file:
                for row in _rows_scored(rubric, layout, _fetched(relation)):
                    json.dump(dict(zip(names, row, strict=True)), file, default=str)
                    file.write("\n")
            columns = ", ".join(
                f"'{name}': {_quoted(kind)}"
                for name, kind in zip(names, [*of_carried, *of_results], strict=True)
            )
            titles = [*layout.carried, *results]
            renamed = ", ".join(
                f"{name} AS {_name(title)}" for name, title in zip(names, titles, strict=True)
            )
            table = f"charter_score_{os.urandom(6).hex()}"
            source = (
                f"read_json({_quoted(path)}, format='newline_delimited', columns={{{columns}}})"
            )
            made = f"CREATE TEMP TABLE {table} AS SELECT {renamed} FROM {source}"  # noqa: S608
            relation.query(f"{table}_given", made)
        whole = f"SELECT * FROM {table}"  # noqa: S608 - our own name
        return relation.query(f"{table}_given", whole)


def _fetched(relation: Any) -> Iterator[Sequence[Any]]:
    if hasattr(relation, "iter_rows"):
        yield from relation.iter_rows()
        return
    while rows := relation.fetchmany(1_000):  # before DuckDB 2
        yield from rows


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _name(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


class SparkFrame(Frame):
    """A frame of PySpark."""

    def renamed(self) -> Any:
        """All columns at once, by their place: a name with a dot cannot be asked for."""
        return nw.from_native(self.given.to_native().toDF(*self.names.values()))

    def values(self, frame: Any, names: Sequence[str]) -> dict[str, list[Any] | None]:
        """The distinct values of all columns in one job."""
        from pyspark.sql import functions

        native = frame.to_native()
        found: dict[str, list[Any] | None] = {name: [] for name in names}
        kinds: dict[str, list[str]] = {}
        for name, kind in native.select(*names).dtypes if names else ():
            kinds.setdefault(kind, []).append(name)
        for alike in kinds.values():
            pairs = functions.explode(
                functions.array(
                    *(
                        functions.struct(
                            functions.lit(name).alias("name"), functions.col(name).alias("value")
                        )
                        for name in alike
                    )
                )
            )
            rows = native.select(pairs.alias("pair")).distinct().select("pair.name", "pair.value")
            for name, value in rows.limit(MOST_VALUES * len(alike) + 1).collect():
                values = found[name]
                if values is not None and value is not None:
                    values.append(value)
        return {
            name: None if values is not None and len(values) > MOST_VALUES else values
            for name, values in found.items()
        }

    def by_engine(self, rubric: Rubric, layout: Layout) -> Any:
        """The rows where they lie: each partition by itself."""
        from pyspark.sql import types

        native = self.given.to_native()
        kinds = {
            nw.Int64(): types.LongType(),
            nw.Boolean(): types.BooleanType(),
            nw.String(): types.StringType(),
        }
        given = {one.name: one.dataType for one in native.schema.fields}
        schema = types.StructType(
            [types.StructField(name, given[name]) for name in layout.carried]
            + [
                types.StructField(name, kinds.get(_dtype(name), types.DoubleType()))
                for name in result_columns(rubric)
            ]
        )
        scored = native.rdd.mapPartitions(lambda rows: _rows_scored(rubric, layout, rows))
        return native.sparkSession.createDataFrame(scored, schema)
