"""A wide table of reviews in Parquet, scored by DuckDB: against DuckDB's own scan of its columns.

    python benchmarks/tables.py [ROUNDS] [REVIEWS…]

Each table has 20 criteria in four sections, 7 in 10 of them met, 2 not met, 1 n/a. The floor reads
every one of the 20 columns and takes the length of its words, which DuckDB cannot answer from the
file's statistics. Scoring is measured three ways, each in a process of its own, as the floor is:
`bands` scores and counts the reviews of each band (what a report asks), `all` works out every
column of the result, `write` scores into a Parquet file. Beside the floor stands what the
same rows take when they are only copied into another Parquet file. Threads are two.
Ratios are medians over rounds, in wall and in processor time; memory is the peak of the process.
"""

import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import Any

PYTHON = sys.executable
SECTIONS, CRITERIA = 4, 5
NAMES = [f"s{one}.c{other}" for one in range(SECTIONS) for other in range(CRITERIA)]
RUBRIC: dict[str, Any] = {
    "id": "benchmark",
    "version": "1",
    "title": "Benchmark",
    "expected": 70,
    "bands": [{"name": "Low"}, {"name": "Middle", "from": 70}, {"name": "High", "above": 90}],
    "sections": [
        {
            "id": f"s{one}",
            "title": "Section",
            "criteria": [{"id": f"c{other}", "title": "Criterion"} for other in range(CRITERIA)],
        }
        for one in range(SECTIONS)
    ],
}
STEPS = ("floor", "copy", "bands", "all", "write")


def make(path: Path, number: int) -> None:
    """A table of so many reviews, always the same."""
    import duckdb

    draws = ", ".join(f"(hash(i * 20 + {at}) >> 8) % 10 AS d{at}" for at in range(len(NAMES)))
    words = ", ".join(
        f"CASE WHEN d{at} < 7 THEN 'met' WHEN d{at} < 9 THEN 'not met' ELSE 'n/a' END AS \"{name}\""
        for at, name in enumerate(NAMES)
    )
    connection = duckdb.connect()
    connection.execute("SET threads = 2")
    connection.execute(
        f"COPY (SELECT 'r' || i AS id, 'Advisor ' || (i % 500) AS advisor, {words} "  # noqa: S608
        f"FROM (SELECT i, {draws} FROM range({number}) AS t(i))) "
        f"TO '{path}' (FORMAT parquet)"
    )


def step(name: str, path: str) -> None:
    """One measured step, and what it took as JSON."""
    import duckdb

    from charter_score import load_rubric, score_frame

    connection = duckdb.connect()
    connection.execute("SET threads = 2")
    connection.execute("SET preserve_insertion_order = false")
    table = connection.sql(f"FROM '{path}'")
    rubric = load_rubric(RUBRIC)
    out = f"{path}.{name}.parquet"
    connection.sql("SELECT 1").fetchall()
    begin, work = time.perf_counter(), time.process_time()
    match name:
        case "floor":
            sums = ", ".join(f'sum(strlen("{one}"))' for one in NAMES)
            connection.sql(f"SELECT {sums} FROM '{path}'").fetchall()  # noqa: S608
        case "copy":
            connection.execute(f"COPY (FROM '{path}') TO '{out}' (FORMAT parquet)")
        case "bands":
            score_frame(table, rubric).aggregate("band, count(*)", "band").fetchall()
        case "all":
            scored = score_frame(table, rubric)
            own = [one for one in scored.columns if one not in ("id", "advisor")]
            scored.aggregate(", ".join(f'max("{one}")' for one in own)).fetchall()
        case _:
            score_frame(table, rubric).write_parquet(out)
    took = time.perf_counter() - begin, time.process_time() - work
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    Path(out).unlink(missing_ok=True)
    print(json.dumps([*took, peak]))


def measured(name: str, path: Path) -> tuple[float, float, float]:
    """A step in a process of its own: seconds, processor seconds, megabytes."""
    words = [PYTHON, __file__, "--step", name, str(path)]
    done = subprocess.run(words, check=True, capture_output=True, text=True)
    wall, work, peak = json.loads(done.stdout)
    return wall, work, peak


def main(words: list[str]) -> None:
    """Measure and print."""
    if words[:1] == ["--step"]:
        step(words[1], words[2])
        return
    rounds = int(words[0]) if words else 3
    sizes = [int(word) for word in words[1:]] or [100_000, 1_000_000, 10_000_000]
    with tempfile.TemporaryDirectory() as name:
        for number in sizes:
            path = Path(name) / f"{number}.parquet"
            make(path, number)
            took: dict[str, list[tuple[float, float, float]]] = {one: [] for one in STEPS}
            for _ in range(rounds):
                for one in STEPS:
                    took[one].append(measured(one, path))
            print(f"{number} reviews, {rounds} rounds; medians")
            floor = took["floor"]
            for one, times in took.items():
                pairs = list(zip(times, floor, strict=True))
                print(
                    f"{one:6} {median(wall for wall, _, _ in times):7.2f} s "
                    f"{median(wall[0] / base[0] for wall, base in pairs):6.2f} x   cpu "
                    f"{median(work for _, work, _ in times):7.2f} s "
                    f"{median(work[1] / base[1] for work, base in pairs):6.2f} x   "
                    f"{max(peak for _, _, peak in times):6.0f} MB",
                    flush=True,
                )
            path.unlink()


if __name__ == "__main__":
    main(sys.argv[1:])
