"""Random reviews as rows of a wide table, right ones and wrong ones, and frames made of them."""

import random
import warnings
from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from typing import Any

import random_documents
from charter_score.columns.frames import ScoredByEngineWarning, scored_frame
from charter_score.columns.layout import layout_of, result_columns
from charter_score.columns.rows import RowScorer
from charter_score.rubric import Rubric
from documents import rubric_from

Row = dict[str, str | None]
KNOWN_FIELDS = ("date", "channel", "reference")
WRONG_WORDS = ("maybe", "met?", "0", "-", "11", " ")
EXACT = ("share_numerator", "share_denominator", "observed_numerator", "observed_denominator")


def row_of(review: dict[str, Any]) -> Row:
    """A review as `random_documents` makes it, in the columns of a wide table."""
    row: Row = {
        name: review[name] for name in ("id", "status", "advisor", "reviewer") if name in review
    }
    for name, value in review.get("interaction", {}).items():
        title = name if name in KNOWN_FIELDS else f"field.{name}"
        row[title] = "; ".join(value) if isinstance(value, list) else value
    for section, rated in review["ratings"].items():
        if isinstance(rated, str) or "rating" in rated:
            _put(row, section, rated)
            continue
        for criterion, one in rated.items():
            _put(row, f"{section}.{criterion}", one)
    return row


def _put(row: Row, name: str, rated: str | dict[str, Any]) -> None:
    if isinstance(rated, str):
        row[name] = rated
        return
    row[name] = rated["rating"]
    row[f"{name}.comment"] = rated.get("comment")
    if "causes" in rated:
        row[f"{name}.causes"] = ";".join(rated["causes"])


def columns_of(rubric: Rubric, rows: Iterable[Row]) -> list[str]:
    """Every column that one of the rows has, and those of every criterion."""
    names = dict.fromkeys(["id", "status"])
    for section, criterion in rubric.criteria():
        names |= dict.fromkeys([f"{section.id}.{criterion.id}"])
    for row in rows:
        names |= dict.fromkeys(row)
    return list(names)


def spoilt(rng: random.Random, rubric: Rubric, row: Row) -> Row:
    """The row with something wrong in it, or something that need not be."""
    row = dict(row)
    rated = [f"{section.id}.{criterion.id}" for section, criterion in rubric.criteria()]
    chosen = rng.choice(rated)
    match rng.randrange(12):
        case 0:
            row[chosen] = None
        case 1:
            row[chosen] = rng.choice(WRONG_WORDS)
        case 2:
            row[chosen] = "n/a"
        case 3:
            row |= {name: None for name in row if name.endswith(".comment")}
        case 4:
            row["status"] = rng.choice(("draft", "Void", "calibration", "self", "done", " "))
        case 5:
            row["drafted_by"] = "a model"
            row["reviewer"] = rng.choice((None, " ", "Reviewer 3"))
        case 6:
            for name in rubric.fields:
                title = name if name in KNOWN_FIELDS else f"field.{name}"
                row[title] = rng.choice((None, "elsewhere", "phone; email", " Phone"))
        case 7:
            section = rng.choice(rubric.sections).id
            row[section] = rng.choice(("n/a", "NA", "met"))
            row[f"{section}.comment"] = rng.choice((None, "nobody waited", "\u2003"))
            if rng.random() < 0.6:
                row |= {name: None for name in rated if name.startswith(f"{section}.")}
        case 8:
            row[f"{chosen}.causes"] = rng.choice(("habit", "habit; not_trained", "weather", ";"))
        case 9:
            row["date"] = rng.choice(("2024-02-30", "2024-02-28 09:15", "yesterday"))
        case 10:
            row |= dict.fromkeys(rated, "n/a")
        case _:
            row[rng.choice(("selection", "reviewed"))] = rng.choice(("targeted", "2024-05-06", "x"))
    return row


def batch(seed: int, number: int) -> tuple[dict[str, Any], Rubric, list[dict[str, Any]], list[Row]]:
    """A random rubric, reviews against it, and their rows; the last third of the rows is spoilt."""
    rng = random.Random(seed)
    document = random_documents.rubric(rng)
    rubric = rubric_from(random_documents.to_yaml(document))
    reviews = [random_documents.review(rng, document) for _ in range(number)]
    for review in reviews:
        review.pop("disputes", None)  # tables do not keep them
    rows = [row_of(review) for review in reviews]
    for place in range(2 * number // 3, number):
        for _ in range(rng.randint(1, 2)):
            rows[place] = spoilt(rng, rubric, rows[place])
    for place, row in enumerate(rows):
        row["id"] = f"r{place}"
    return document, rubric, reviews, rows


def by_engine(rubric: Rubric, rows: Sequence[Row]) -> list[dict[str, Any]]:
    """What the engine says of each row."""
    columns = columns_of(rubric, rows)
    scorer = RowScorer(rubric, layout_of(rubric, columns))
    names = result_columns(rubric)
    found = []
    for row in rows:
        scored = scorer.scored({name: row.get(name) for name in columns})
        found.append({"id": row["id"], **{name: scored.get(name) for name in names}})
    return found


def differences(
    rubric: Rubric,
    rows: Sequence[Row],
    make: Callable[[list[str], Sequence[Row]], Any],
    read: Callable[[Any], Iterable[dict[str, Any]]],
) -> tuple[list[str], bool]:
    """Where a frame's results differ from the engine's; whether columns made them."""
    frame = make(columns_of(rubric, rows), rows)
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always", ScoredByEngineWarning)
        given = {one["id"]: one for one in read(scored_frame(frame, rubric))}
    found = []
    for one in by_engine(rubric, rows):
        other = given[one["id"]]
        for name, value in comparable(one).items():
            if value != comparable(other)[name]:
                found.append(f"{one['id']}.{name}: {value!r}, not {comparable(other)[name]!r}")
    return found, not warned


def comparable(row: dict[str, Any]) -> dict[str, Any]:
    """The results of a row with its shares as fractions, which columns do not reduce."""
    found = {
        name: value
        for name, value in row.items()
        if name not in EXACT and not name.startswith("field.")
    }
    for share in ("share", "observed"):
        top, below = row[f"{share}_numerator"], row[f"{share}_denominator"]
        found[share] = None if top is None else Fraction(int(top), int(below))
    names = ("not_scored", "percent", "observed_percent", "share", "observed", "band")
    others = [name for name in found if name in names or "." in name or name in _PLAIN]
    return {name: found[name] for name in others if not _is_input(name)}


_PLAIN = (
    *("band_observed", "band_rests_on_not_applicable", "little_observed", "meets_expected"),
    *("critical_missed", "below_section_minimum", "needs"),
)


def _is_input(name: str) -> bool:
    return "." in name and not name.endswith(".percent")


def polars_frame(columns: list[str], rows: Sequence[Row]) -> Any:
    """The rows as a frame of Polars."""
    import polars

    return polars.DataFrame(
        {name: [row.get(name) for row in rows] for name in columns},
        schema=dict.fromkeys(columns, polars.String),
    )


def lazy_polars_frame(columns: list[str], rows: Sequence[Row]) -> Any:
    """The rows as a lazy frame of Polars."""
    return polars_frame(columns, rows).lazy()


def pandas_frame(columns: list[str], rows: Sequence[Row]) -> Any:
    """The rows as a frame of pandas."""
    import pandas

    return pandas.DataFrame(
        {name: pandas.Series([row.get(name) for row in rows], dtype="str") for name in columns}
    )


def duckdb_frame(columns: list[str], rows: Sequence[Row]) -> Any:
    """The rows as a relation of DuckDB."""
    import duckdb

    connection = duckdb.connect()
    titles = ", ".join(f'"{name}" VARCHAR' for name in columns)
    connection.execute(f"CREATE TABLE rows ({titles})")
    marks = ", ".join("?" for _ in columns)
    values = [[row.get(name) for name in columns] for row in rows]
    connection.executemany(f"INSERT INTO rows VALUES ({marks})", values)  # noqa: S608
    return connection.table("rows")


def polars_rows(frame: Any) -> list[dict[str, Any]]:
    """The rows of a frame of Polars."""
    return list((frame.collect() if hasattr(frame, "collect") else frame).to_dicts())


def pandas_rows(frame: Any) -> list[dict[str, Any]]:
    """The rows of a frame of pandas, nothing as None."""
    import pandas

    return [
        {name: None if pandas.isna(value) else value for name, value in row.items()}
        for row in frame.to_dict("records")
    ]


def duckdb_rows(relation: Any) -> list[dict[str, Any]]:
    """The rows of a relation."""
    return [dict(zip(relation.columns, row, strict=True)) for row in relation.fetchall()]


KINDS = {
    "polars": (polars_frame, polars_rows),
    "lazy polars": (lazy_polars_frame, polars_rows),
    "pandas": (pandas_frame, pandas_rows),
    "duckdb": (duckdb_frame, duckdb_rows),
}


def spark_frame(session: Any) -> Callable[[list[str], Sequence[Row]], Any]:
    """A maker of PySpark frames: the rows in seven partitions, most of them in one."""

    def make(columns: list[str], rows: Sequence[Row]) -> Any:
        values = [tuple(row.get(name) for name in columns) for row in rows]
        schema = ", ".join(f"`{name}` string" for name in columns)
        few, most = values[: len(values) // 5], values[len(values) // 5 :]
        skewed = session.createDataFrame(most, schema).coalesce(1)
        return session.createDataFrame(few, schema).repartition(6).union(skewed)

    return make


def spark_rows(frame: Any) -> list[dict[str, Any]]:
    """The rows of a frame of PySpark."""
    return [row.asDict() for row in frame.collect()]
