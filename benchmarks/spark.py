"""What Spark takes for a row, in local mode on two threads: the base of what a cluster would take.

    python benchmarks/spark.py [REVIEWS] [ROUNDS]

The table is that of `tables.py`. The session is warm: one table was scored before. `read` asks for
the rows as they are and throws them away, `score` scores them and throws the results away,
`write` writes them as Parquet; `few` scores a thousand, which is what every run costs whatever its
size, and is taken from the cost of a row. Needs the extra `spark` and Java 17.
"""

import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

from pyspark.sql import SparkSession

from charter_score import load_rubric, score_frame
from tables import RUBRIC, make


def main() -> None:
    """Measure and print."""
    number = int(sys.argv[1]) if len(sys.argv) > 1 else 2_000_000
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 3
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    builder = SparkSession.builder.master("local[2]").config("spark.ui.enabled", "false")
    builder = builder.config("spark.sql.files.maxPartitionBytes", "1m")
    session = builder.config("spark.sql.shuffle.partitions", "4").getOrCreate()
    session.sparkContext.setLogLevel("ERROR")
    rubric = load_rubric(RUBRIC)
    with tempfile.TemporaryDirectory() as name:
        path, few = Path(name) / "reviews.parquet", Path(name) / "few.parquet"
        make(path, number)
        make(few, 1_000)

        def read() -> Any:
            return session.read.parquet(str(path))

        def thrown_away(frame: Any) -> None:
            frame.write.format("noop").mode("overwrite").save()

        thrown_away(score_frame(session.read.parquet(str(few)), rubric))
        steps: dict[str, Callable[[], None]] = {
            "few": lambda: thrown_away(score_frame(session.read.parquet(str(few)), rubric)),
            "read": lambda: thrown_away(read()),
            "score": lambda: thrown_away(score_frame(read(), rubric)),
            "write": lambda: (
                score_frame(read(), rubric).write.mode("overwrite").parquet(f"{name}/out")
            ),
        }
        took: dict[str, list[float]] = {step: [] for step in steps}
        for _ in range(rounds):
            for step, run in steps.items():
                begin = time.perf_counter()
                run()
                took[step].append(time.perf_counter() - begin)
        print(f"{number} reviews, {rounds} rounds; medians")
        for step, times in took.items():
            seconds = median(times)
            ratio = median(one / base for one, base in zip(times, took["read"], strict=True))
            each = 2 * (seconds - (0 if step == "read" else median(took["few"]))) / number * 1e6
            print(
                f"{step:6} {seconds:7.2f} s   {ratio:5.2f} x read   {each:6.2f} µs a row and core"
            )
    session.stop()


if __name__ == "__main__":
    main()
