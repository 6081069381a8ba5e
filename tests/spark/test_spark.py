"""Reviews scored by Spark in local mode: what the engine gives, whatever the partitions."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import polars
import pytest

import wide_rows
from charter_score import load_rubric, score_frame
from charter_score.columns.frames import ScoredByEngineWarning
from needs import JAVA

pytestmark = [JAVA, pytest.mark.filterwarnings("ignore:PySpark does not yet:FutureWarning")]

ROOT = Path(__file__).parents[2]
JOB = ROOT / "examples/spark/score_reviews.py"
RUBRIC = ROOT / "rubrics/plymouth-quality-monitoring.yaml"
REVIEWS = 120
COLUMNS, BY_ENGINE = 3, 1
"""Seeds of a random rubric that columns do, and of one that needs the engine row by row."""


@pytest.mark.parametrize("seed", [COLUMNS, 4])
def test_spark_gives_what_the_engine_gives(session: Any, seed: int) -> None:
    """The same for every review, right or spoilt, over several partitions, one of them skewed."""
    _, rubric, _, rows = wide_rows.batch(seed, REVIEWS)
    make = wide_rows.spark_frame(session)
    found, is_by_columns = wide_rows.differences(rubric, rows, make, wide_rows.spark_rows)
    assert not found
    assert is_by_columns


def test_the_engine_scores_where_the_partitions_lie(session: Any) -> None:
    """What 64 bits cannot hold is scored row by row in each partition, and a warning says so."""
    _, rubric, _, rows = wide_rows.batch(BY_ENGINE, REVIEWS)
    frame = wide_rows.spark_frame(session)(wide_rows.columns_of(rubric, rows), rows)
    with pytest.warns(ScoredByEngineWarning):
        scored = score_frame(frame, rubric)
    assert scored.rdd.getNumPartitions() == frame.rdd.getNumPartitions() > 2
    given = {row["id"]: row for row in wide_rows.spark_rows(scored)}
    for one in wide_rows.by_engine(rubric, rows):
        assert wide_rows.comparable(given[one["id"]]) == wide_rows.comparable(one)


def test_the_job_of_the_examples(tmp_path: Path) -> None:
    """`spark-submit` runs it: partitioned output, the same scores as by Polars, and a count."""
    pytest.importorskip("pyspark", reason="needs the extra `spark`")
    rubric = load_rubric(RUBRIC)
    reviews = _month(rubric)
    for part in range(3):  # a folder of several files
        folder = tmp_path / "reviews"
        folder.mkdir(exist_ok=True)
        reviews[part::3].write_parquet(folder / f"part-{part}.parquet")
    output = tmp_path / "scored"
    words = [_spark_submit(), "--master", "local[2]", "--conf", "spark.ui.enabled=false"]
    words += [str(JOB), str(RUBRIC), str(tmp_path / "reviews"), str(output), "--by", "team"]
    environment = {**os.environ, "PYSPARK_PYTHON": sys.executable, "SPARK_LOCAL_IP": "127.0.0.1"}
    done = subprocess.run(words, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    told = [line for line in done.stdout.splitlines() if line.endswith((": 88", ": 2"))]
    assert sorted(told) == ["scored: 88", "unrated: 2"]
    assert sorted(path.name for path in output.glob("team=*")) == ["team=Benefits", "team=Tax"]
    written = polars.read_parquet(output / "**/*.parquet", hive_partitioning=True).sort("id")
    expected = score_frame(reviews, rubric).sort("id")
    assert written.select(expected.columns).rows() == expected.rows()


def _month(rubric: Any) -> polars.DataFrame:
    """Ninety reviews of two teams, one of which has nearly all; two have a criterion unrated."""
    columns: dict[str, list[str | None]] = {
        "id": [f"r{number:03}" for number in range(90)],
        "team": ["Benefits" if number % 15 == 0 else "Tax" for number in range(90)],
    }
    for place, (section, criterion) in enumerate(rubric.criteria()):
        words = ("met", "met", "not met", "met", "n/a")
        column = [words[(number * 7 + place * place) % 5] for number in range(90)]
        columns[f"{section.id}.{criterion.id}"] = list(column)
        columns[f"{section.id}.{criterion.id}.comment"] = ["Heard"] * 90
    first = next(name for name in columns if name.count(".") == 1)
    columns[first][3] = columns[first][50] = None
    return polars.DataFrame(columns)


def _spark_submit() -> str:
    """The command as pip installs it beside this Python."""
    return str(Path(sys.executable).parent / "spark-submit")
